"""What a field of a draft can hold at all, by its type: texts that can be kept, moments of our time, plain JSON.

A rule takes any value, whatever it is, and gives None, or what is wrong with it and what mends it. Types are taken
exactly: what is only alike (a list for a tuple, True for 1) would come back from the store as something else.
"""

import math
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any, TypeAlias

from ..values import Money
from .address_rules import Problem

FIRST_YEAR, LAST_YEAR = 1970, 2199
"""Of every moment, in UTC, and of every day."""

LONGEST_ID, LONGEST_NAME, LONGEST_TEXT = 255, 500, 50_000
"""Characters."""

LONGEST_LIST = 200
DEEPEST = 8
"""Levels of lists and objects in the parameters of a platform."""

LARGEST_AMOUNT = 10**15
"""Minor units."""

LARGEST_WHOLE = 2**63 - 1

LARGEST_FLOAT = 1e15
"""In parameters: JSON in a database writes larger ones as whole numbers, which some of them are not equal to."""

Rule: TypeAlias = Callable[[Any], Problem | None]


def no_text(text: str, longest: int) -> Problem | None:
    """A text can be kept: at most so many characters, no NUL, no half of a surrogate pair."""
    if len(text) > longest:
        return Problem(f"it has {len(text):,} characters, more than {longest:,}", "Shorten it")
    if "\0" in text:
        return Problem("it holds a NUL character", "Remove the character")
    if not text.isascii() and not _is_whole(text):
        return Problem("it holds half of a surrogate pair", "Write the whole character")
    return None


def _is_whole(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def text_up_to(longest: int) -> Rule:
    """A text that can be kept (`no_text`)."""

    def rule(value: Any) -> Problem | None:
        if value.__class__ is not str:
            return _other(value, "a text")
        return no_text(value, longest)

    return rule


def name_up_to(longest: int) -> Rule:
    """A text that can be kept, and says something."""
    is_text = text_up_to(longest)

    def rule(value: Any) -> Problem | None:
        return is_text(value) or (None if value.strip() else Problem("it is blank", "Write something"))

    return rule


def texts_up_to(longest: int) -> Rule:
    """A tuple of texts that can be kept."""

    def rule(value: Any) -> Problem | None:
        if value.__class__ is not tuple:
            return _other(value, "a tuple of texts")
        if len(value) > LONGEST_LIST:
            return _too_many(value)
        for each in value:
            if each.__class__ is not str:
                return _other(each, "a text, as each of them has to be")
            if found := no_text(each, longest):
                return Problem(f"one of them: {found.problem}", found.remedy)
        return None

    return rule


def moment_problem(value: Any) -> Problem | None:
    """A moment has a time zone, and lies in our years in UTC."""
    if not isinstance(value, datetime):
        return _other(value, "a moment (datetime)")
    try:
        if value.utcoffset() is None:
            return Problem(f"{value} has no time zone", "Give it one, such as timezone.utc")
        year = value.astimezone(UTC).year
    except OverflowError:
        return _out_of_time(f"{value} lies outside of what a calendar can say in UTC")
    return None if FIRST_YEAR <= year <= LAST_YEAR else _out_of_time(f"{value} is in the year {year} in UTC")


def day_problem(value: Any) -> Problem | None:
    """A day lies in our years; a moment is none."""
    if isinstance(value, datetime) or not isinstance(value, date):
        return _other(value, "a day (date)")
    return None if FIRST_YEAR <= value.year <= LAST_YEAR else _out_of_time(f"{value} is in the year {value.year}")


def money_problem(value: Any) -> Problem | None:
    """An amount is 0 or more, and is not larger than what can be counted."""
    if value.__class__ is not Money:
        return _other(value, "an amount of money (Money)")
    if value.minor.__class__ is not int or not 0 <= value.minor <= LARGEST_AMOUNT:
        return Problem("it is negative or too large", f"Give 0 to {LARGEST_AMOUNT:,} minor units")
    return None


def flag_problem(value: Any) -> Problem | None:
    """A flag is True or False."""
    return None if value.__class__ is bool else _other(value, "True or False")


def whole_problem(value: Any) -> Problem | None:
    """A whole number is an int of at most 63 bits."""
    if value.__class__ is not int:
        return _other(value, "a whole number (int)")
    return None if abs(value) <= LARGEST_WHOLE else Problem("it has over 63 bits", "Give a smaller number")


def number_problem(value: Any) -> Problem | None:
    """A number is finite."""
    if value.__class__ is int:
        return whole_problem(value)
    if value.__class__ is not float:
        return _other(value, "a number (float or int)")
    return None if math.isfinite(value) else Problem(f"{value} is no finite number", "Give one, or leave it out")


def numbers_problem(value: Any) -> Problem | None:
    """Numbers by name."""
    if value.__class__ is not dict:
        return _other(value, "a dict of numbers by their names")
    for name, number in value.items():
        if found := _NAME(name) or number_problem(number):
            return found
    return None


def json_problem(value: Any) -> Problem | None:
    """Parameters are a JSON object as Python reads it: what is kept comes back equal to itself."""
    if value.__class__ is not dict:
        return _other(value, "a dict with parameters by their names")
    return _in_json(value, 1)


def _in_json(value: Any, depth: int) -> Problem | None:
    kind = value.__class__
    if kind in _LEAVES:
        return _LEAVES[kind](value)
    if kind not in (dict, list):
        return _other(value, "JSON (dict, list, str, int, float, bool, None)")
    if depth > DEEPEST:
        return Problem(f"it is nested more than {DEEPEST} levels deep", "Make it flatter")
    if len(value) > LONGEST_LIST:
        return _too_many(value)
    names, parts = (value, value.values()) if kind is dict else ((), value)
    faults = (*map(_NAME, names), *(_in_json(part, depth + 1) for part in parts))
    return next((found for found in faults if found), None)


def _json_float(value: float) -> Problem | None:
    if not math.isfinite(value) or abs(value) > LARGEST_FLOAT:
        return Problem(f"{value} is not finite, or too large", f"Give numbers of at most {LARGEST_FLOAT:g}")
    return None


def _other(value: Any, wanted: str) -> Problem:
    if value is None:
        return Problem("it is missing", f"Give {wanted}")
    return Problem(f"it is of the type {value.__class__.__name__}", f"Give {wanted}")


def _too_many(value: Any) -> Problem:
    return Problem(f"it has {len(value):,} parts, more than {LONGEST_LIST:,}", "Give fewer")


def _out_of_time(said: str) -> Problem:
    return Problem(said, f"Give one from {FIRST_YEAR} to {LAST_YEAR}")


_NAME = name_up_to(LONGEST_NAME)
_LEAVES: Mapping[type, Rule] = {
    str: text_up_to(LONGEST_TEXT),
    int: whole_problem,
    float: _json_float,
    bool: flag_problem,
    type(None): lambda _: None,
}

RULE_OF_TYPE: Mapping[Any, Callable[[int], Rule]] = {
    str: text_up_to,
    tuple[str, ...]: texts_up_to,
    datetime: lambda _: moment_problem,
    date: lambda _: day_problem,
    Money: lambda _: money_problem,
    bool: lambda _: flag_problem,
    int: lambda _: whole_problem,
    float: lambda _: number_problem,
    Mapping[str, float]: lambda _: numbers_problem,
    Mapping[str, Any]: lambda _: json_problem,
}
"""The rule of each type that a field of a draft can have, for texts of at most so many characters."""
