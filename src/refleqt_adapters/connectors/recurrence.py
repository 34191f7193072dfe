"""When something comes back, by a recurrence rule of RFC 5545: dateutil follows it, the bounds are set here."""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, time, timedelta, tzinfo
from itertools import islice
from types import MappingProxyType
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from refleqt_core.errors import Fault, InvalidInput

if TYPE_CHECKING:
    from dateutil.rrule import rrule

MOST = 5_000
"""Occurrences that one rule is asked for at once: thirteen years of a daily one."""

MOST_PASSED = 50_000
"""Occurrences that are passed over to reach the days that are asked for: a daily rule of 1900 is there in 2030."""

NEVER = "the rule falls on no day at all"

LONGEST_RULE = 1_000
"""Characters."""

SOURCE = "recurrence rule"

_EXAMPLE = "Write it like FREQ=WEEKLY;BYDAY=TU or FREQ=MONTHLY;BYMONTHDAY=1;COUNT=12"
_FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
_TOO_OFTEN = ("SECONDLY", "MINUTELY", "HOURLY")
_WHOLE = r"0*[1-9]\d{0,5}"
_NUMBERS = r"[+-]?\d{1,3}(,[+-]?\d{1,3})*"
_WEEKDAY = "(MO|TU|WE|TH|FR|SA|SU)"
_DAYS = rf"[+-]?\d{{0,2}}{_WEEKDAY}(,[+-]?\d{{0,2}}{_WEEKDAY})*"
_PARTS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "FREQ": ("|".join(_FREQUENCIES), f"Write one of {', '.join(_FREQUENCIES)}"),
        "INTERVAL": (_WHOLE, "Write a whole number from 1 to 999999"),
        "COUNT": (_WHOLE, "Write a whole number from 1 to 999999"),
        "UNTIL": (r"\d{8}(T\d{6}Z?)?", "Write a day like 20261231, or a moment like 20261231T230000Z"),
        "BYDAY": (_DAYS, "Write weekdays like MO,WE,FR, or 1MO for the first Monday"),
        "WKST": (_WEEKDAY, "Write one of MO, TU, WE, TH, FR, SA, SU"),
    }
    | dict.fromkeys(
        ("BYMONTH", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYSETPOS", "BYHOUR", "BYMINUTE", "BYSECOND"),
        (_NUMBERS, "Write whole numbers parted by commas"),
    )
)

LAST_YEAR = 9999
"""What datetime and dateutil count to."""

_GREGORIAN_CYCLE = 400
"""Years after which every date has its weekday and its week again: 146,097 days, which seven divides."""


def occurrences(rule: str, starts_at: datetime, time_zone: str, until: datetime) -> list[datetime]:
    """The moments, in UTC and in order, at which the rule falls from ``starts_at`` on and before ``until``.

    The rule is one of RFC 5545, with or without ``RRULE:`` before it. Its days and hours are those of ``time_zone``
    (a name of the IANA database), so that the clock there shows the same time in summer and winter; a local time that a
    clock change leaves out is as many minutes after the last one that there was (02:30 becomes 03:30), one that comes
    twice is the first. ``starts_at`` counts only where the rule falls on it.

    A rule that is wrong, never falls, falls more often than daily, or more than `MOST` times raises `InvalidInput` with
    every fault of it; so do a zone that is not known and a moment without one.
    """
    zone = _zone(time_zone)
    first, last = (_on_the_clock(each, zone) for each in (starts_at, until))
    found = local_occurrences(rule, first, zone, first, last)
    return [moment.replace(tzinfo=zone).astimezone(UTC) for moment in found]


def local_occurrences(
    rule: str, first: datetime, zone: tzinfo, start: datetime, end: datetime, most: int = MOST
) -> list[datetime]:
    """The local times of ``zone`` in ``[start, end)`` at which the rule falls that begins at ``first``.

    All times are local ones without an offset; errors are those of `occurrences`.
    """
    parts = read_rule(rule)
    # The rule is followed at the end of the years that dateutil counts, where one that never falls is soon over.
    ahead = max(0, (LAST_YEAR - max(first.year, end.year)) // _GREGORIAN_CYCLE * _GREGORIAN_CYCLE)
    try:
        dated = _dated(parts, _moved(first, ahead), zone, ahead)
        found = _between(iter(dated), "UNTIL" in parts, *(_moved(each, ahead) for each in (start, end)))
        listed = list(islice(found, most + 1))
    except (ValueError, TypeError, IndexError, OverflowError) as error:
        raise _refused(None, f"the rule '{rule[:100]}' cannot be followed: {error}", f"{_EXAMPLE}.") from error
    if len(listed) > most:
        remedy = "End it with COUNT or UNTIL, or make it less frequent."
        raise _refused("FREQ", f"the rule falls more than {most:,} times in that time", remedy)
    return [_moved(each, -ahead) for each in listed]


def _on_the_clock(moment: datetime, zone: tzinfo) -> datetime:
    if moment.tzinfo is None:
        raise _refused("starts_at", "a moment has no time zone", "Write it with its offset, like 2026-03-02T09:00Z.")
    try:
        return moment.astimezone(zone).replace(tzinfo=None)
    except OverflowError as error:
        raise _refused("starts_at", f"{moment} lies before or after all years", "Give a day of this age.") from error


def _between(dated: Iterator[datetime], is_ended: bool, start: datetime, end: datetime) -> Iterator[datetime]:
    """The moments from ``start`` until before ``end``; a rule that never falls, or too often before, is refused."""
    passed = -1
    for passed, moment in enumerate(dated):
        if moment >= end:
            return
        if moment >= start:
            yield moment
        elif passed > MOST_PASSED:
            problem = f"the rule falls more than {MOST_PASSED:,} times before the days that are asked for"
            raise _refused("FREQ", problem, "Let it start later, or make it less frequent.")
    if passed < 0 and not is_ended:
        raise _refused("FREQ", NEVER, "Check its parts against each other and against the start.")


def _dated(parts: Mapping[str, str], first: datetime, zone: tzinfo, ahead: int) -> "rrule":
    from dateutil.rrule import rrule, rrulestr

    written = ";".join(f"{name}={value}" for name, value in parts.items() if name != "UNTIL")
    dated = rrulestr(written, dtstart=first, cache=False)
    assert isinstance(dated, rrule)
    if "UNTIL" not in parts or int(parts["UNTIL"][:4]) + ahead >= LAST_YEAR:
        return dated
    return dated.replace(until=_moved(_until(parts["UNTIL"], zone), ahead))


def _until(text: str, zone: tzinfo) -> datetime:
    """The last local time that still counts: of a day, its end."""
    day = datetime.strptime(text[:8], "%Y%m%d")  # noqa: DTZ007  # local times are naive here
    if len(text) == 8:
        return datetime.combine(day, time.max)
    moment = datetime.strptime(text[:15], "%Y%m%dT%H%M%S")  # noqa: DTZ007
    if not text.endswith("Z"):
        return moment
    return _on_the_clock(moment.replace(tzinfo=UTC), zone)


def _moved(moment: datetime, years: int) -> datetime:
    return moment + timedelta(days=146_097 * (years // _GREGORIAN_CYCLE))


def read_rule(rule: str) -> dict[str, str]:
    """The parts of the rule by name, in capitals; `InvalidInput` names every one that is wrong."""
    text = re.sub(r"^\s*RRULE:", "", rule[: LONGEST_RULE + 1], flags=re.IGNORECASE).strip().upper().removesuffix(";")
    if not text or len(rule) > LONGEST_RULE:
        problem = "the rule is empty" if not text else f"the rule is longer than {LONGEST_RULE:,} characters"
        raise _refused(None, problem, f"{_EXAMPLE}.")
    parts: dict[str, str] = {}
    faults = []
    for part in text.split(";"):
        name, _, value = part.partition("=")
        faults += _faults_of(name, value, twice=name in parts)
        parts[name] = value
    faults += _faults_together(parts)
    if faults:
        raise InvalidInput(faults)
    return parts


def _faults_of(name: str, value: str, *, twice: bool) -> list[Fault]:
    if name not in _PARTS:
        problem = f"'{name[:50]}' is no part of a recurrence rule"
        return [_fault(name[:50] or None, problem, f"The parts are: {', '.join(_PARTS)}.")]
    if twice:
        return [_fault(name, f"{name} stands there twice", "Keep one of them.")]
    if name == "FREQ" and value in _TOO_OFTEN:
        remedy = "Write DAILY with BYHOUR, or one of WEEKLY, MONTHLY, YEARLY."
        return [_fault(name, f"{value} falls more often than a calendar of days can show", remedy)]
    pattern, remedy = _PARTS[name]
    if not re.fullmatch(pattern, value, flags=re.ASCII):
        return [_fault(name, f"'{value[:100]}' is no {name}", f"{remedy}.")]
    return []


def _faults_together(parts: Mapping[str, str]) -> list[Fault]:
    faults = []
    if "FREQ" not in parts:
        faults.append(_fault("FREQ", "the rule does not say how often it falls", f"{_EXAMPLE}."))
    if "COUNT" in parts and "UNTIL" in parts:
        faults.append(_fault("COUNT", "COUNT and UNTIL both end the rule", "Keep one of them."))
    return faults


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        problem = f"there is no time zone '{name[:100]}'"
        raise _refused("time_zone", problem, "Write a name like Europe/Berlin or America/New_York.") from error


def _fault(field: str | None, problem: str, remedy: str) -> Fault:
    return Fault(SOURCE, None, field, problem, remedy)


def _refused(field: str | None, problem: str, remedy: str) -> InvalidInput:
    return InvalidInput([_fault(field, problem, remedy)])
