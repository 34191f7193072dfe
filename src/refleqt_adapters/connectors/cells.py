"""What the text of one cell, or of one field of a form, means; or what is wrong with it and how to mend it."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from difflib import get_close_matches
from functools import lru_cache
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

from refleqt_core.errors import InvalidInput
from refleqt_core.values import Money

Parser: TypeAlias = Callable[..., Any]
"""Reads a stripped text that is not empty, or raises `Unreadable`."""

LARGEST = 1e15
YES = frozenset({"true", "yes", "y", "1"})
NO = frozenset({"false", "no", "n", "0"})

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)
_AMOUNT = re.compile(r"[+-]?(\d{1,40}(\.\d*)?|\.\d+)", re.ASCII)
LARGEST_AMOUNT = 10**15
"""Minor units."""
_CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)
_SURROGATE = re.compile("[\ud800-\udfff]")
_SHOWN = 500
_FIRST_YEAR, _LAST_YEAR = 1900, 2200


class Unreadable(ValueError):
    """The problem, the remedy, and the field if it is another one than the text's own."""

    def __init__(self, problem: str, remedy: str, field: str | None = None) -> None:
        super().__init__(problem, remedy)
        self.problem, self.remedy, self.field = problem, remedy, field


def text(cell: str) -> str:
    """The text itself."""
    return cell


def keepable(said: str) -> str:
    """The text itself, if a database can keep it: no NUL, no half of a surrogate pair."""
    if "\0" in said:
        raise Unreadable("the text holds a NUL character", "Remove the character.")
    if not said.isascii() and _SURROGATE.search(said):
        raise Unreadable("the text holds half of a surrogate pair", "Write the whole character.")
    return said


def shown(cell: str) -> str:
    """The cell as it is quoted in a problem: what is very long is cut."""
    return cell if len(cell) <= _SHOWN else f"{cell[:_SHOWN]}…"


def choice(*allowed: str) -> Parser:
    """One of ``allowed``, whatever its case is in the text."""
    known = {each.casefold(): each for each in allowed}

    def parse(cell: str) -> str:
        found = known.get(cell) or known.get(cell.casefold())
        if found is None:
            raise Unreadable(f"'{shown(cell)}' is none of: {', '.join(allowed)}", _nearest(cell, known))
        return found

    return parse


@lru_cache(maxsize=10_000)
def day(cell: str) -> date:
    """A day as ISO 8601 writes it."""
    try:
        found = date.fromisoformat(cell)
    except ValueError:
        raise Unreadable(f"'{shown(cell)}' is not a day", "Write it like 2026-03-31.") from None
    _check_year(found.year, cell)
    return found


def moment(cell: str) -> datetime:
    """A moment of ISO 8601 with its offset, in UTC."""
    try:
        found = datetime.fromisoformat(cell)
    except ValueError:
        remedy = "Write it like 2026-03-31T09:00:00+02:00."
        raise Unreadable(f"'{shown(cell)}' is not a moment", remedy) from None
    _check_year(found.year, cell)
    if found.tzinfo is None:
        remedy = f"Write the offset from UTC behind it, like {found.isoformat()}+02:00, or Z for UTC itself."
        raise Unreadable(f"'{cell}' has no time zone", remedy)
    return found.astimezone(UTC)


def number(
    minimum: float | None = None, maximum: float | None = None, remedy: str = "Write how many or how much there were"
) -> Parser:
    """A decimal number from ``minimum`` to ``maximum``, both included; neither is over 10^15."""

    def parse(cell: str) -> float:
        if not _NUMBER.fullmatch(cell):
            how = "Write it like 1234.5, with no unit and no thousands separator."
            raise Unreadable(f"'{shown(cell)}' is not a number", how)
        found = float(cell)
        _check_range(found, cell, minimum, maximum, remedy)
        return abs(found) if found == 0 else found

    return parse


def whole(minimum: int | None = None, maximum: int | None = None) -> Parser:
    """A whole number from ``minimum`` to ``maximum``, both included; ``3.0`` is one, ``3.5`` is not."""
    read = number(minimum, maximum, remedy="Write a whole number")

    def parse(cell: str) -> int:
        found = read(cell)
        if found != int(found):
            raise Unreadable(f"'{cell}' is not a whole number", "Write it without decimals.")
        return int(found)

    return parse


def currency_code(cell: str) -> str:
    """A currency as ISO 4217 writes it; a fault of it is one of the field ``currency``."""
    if not _CURRENCY.fullmatch(cell):
        remedy = "Write its three capital letters of ISO 4217, like EUR."
        raise Unreadable(f"'{shown(cell)}' is not a currency", remedy, "currency")
    return cell


def amount(cell: str, currency: str = "") -> Money:
    """An amount of money, 0 or more, in that currency (EUR where none is given), exact to its minor unit."""
    paid_in = currency_code(currency) if currency else "EUR"
    if not _AMOUNT.fullmatch(cell):
        how = "Write it like 1234.50, with no currency sign and no thousands separator."
        raise Unreadable(f"'{shown(cell)}' is not an amount of money", how)
    try:
        found = Money.parse(cell, paid_in)
    except InvalidInput as error:
        raise Unreadable(str(error), "Round it to what can be paid.") from error
    if found.minor > LARGEST_AMOUNT:
        raise Unreadable(f"{cell} is too large", "Check the number of its digits.")
    if found.minor < 0:
        raise Unreadable(f"{cell} is negative", "Write what it costs or is worth, 0 or more.")
    return found


def words(separator: str = ";", each: Parser = text) -> Parser:
    """The parts between the separators, each read by ``each``; empty ones are dropped."""

    def parse(cell: str) -> tuple[Any, ...]:
        return tuple(each(part) for raw in cell.split(separator) if (part := raw.strip()))

    return parse


def yes_no(cell: str) -> bool:
    """Whether the text is a yes: true, yes, y or 1, against false, no, n or 0, in any case."""
    said = cell.casefold()
    if said in YES or said in NO:
        return said in YES
    raise Unreadable(f"'{shown(cell)}' is neither yes nor no", "Write true or false.")


def time_zone(cell: str) -> str:
    """The name of a time zone that is known here."""
    try:
        ZoneInfo(cell)
    except (OSError, ValueError, LookupError):
        raise Unreadable(f"'{shown(cell)}' is not a time zone", "Write its name, like Europe/Amsterdam.") from None
    return cell


def _nearest(cell: str, known: Mapping[str, str]) -> str:
    near = get_close_matches(cell.casefold()[:_SHOWN], list(known), n=1, cutoff=0.7)
    return f"Did you mean '{known[near[0]]}'?" if near else "Write one of them."


def _check_year(year: int, cell: str) -> None:
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        raise Unreadable(f"'{cell}' is in the year {year}", f"Write a year from {_FIRST_YEAR} to {_LAST_YEAR}.")


def _check_range(found: float, cell: str, minimum: float | None, maximum: float | None, remedy: str) -> None:
    if minimum is not None and found < minimum:
        problem = f"{cell} is negative" if minimum == 0 else f"{cell} is less than {minimum:.15g}"
        raise Unreadable(problem, f"{remedy}, {minimum:.15g} or more.")
    if maximum is not None and found > maximum:
        raise Unreadable(f"{cell} is more than {maximum:.15g}", f"{remedy}, at most {maximum:.15g}.")
    if abs(found) > LARGEST:
        raise Unreadable(f"{cell} is too large", f"Write a number of at most {LARGEST:g}.")
