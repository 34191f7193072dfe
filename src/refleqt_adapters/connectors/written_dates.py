"""Days and moments as people and their tools write them."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

from refleqt_core.intake.column_reading import Order, is_slashed

from .cells import Unreadable, shown

FIRST_YEAR, LAST_YEAR = 1900, 2200
LONGEST = 120
"""Characters of a cell that may be a date."""

_MONTHS = (
    "january jan januar januari janvier janv enero ene gennaio",
    "february feb februar februari février févr fevr febrero",
    "march mar märz mrz maart mrt mars marzo",
    "april apr avril avr abril abr",
    "may mai mei mayo",
    "june jun juni juin junio",
    "july jul juli juillet juil julio",
    "august aug augustus août aout agosto ago",
    "september sep sept septembre septiembre",
    "october oct oktober okt octobre octubre",
    "november nov novembre noviembre",
    "december dec dezember dez décembre déc diciembre dic",
)
_MONTH: Mapping[str, int] = {word: number for number, words in enumerate(_MONTHS, 1) for word in words.split()}
_ZONES = {
    "utc": 0,
    "gmt": 0,
    "z": 0,
    "wet": 0,
    "bst": 1,
    "cet": 1,
    "cest": 2,
    "eet": 2,
    "est": -5,
    "edt": -4,
    "cst": -6,
}
_ZONES |= {"cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7}

_RANGE = re.compile(r"\s*(?:→|->|–|—|\s-\s|\sto\s)\s*")
_WEEKDAY = re.compile(r"^(?:[^\W\d_]{2,10}\.?,\s*|(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\s+)", re.IGNORECASE)
_SERIAL = re.compile(r"\d{1,6}(?:\.\d{1,12})?", re.ASCII)
_NUMBERS = re.compile(r"(\d{1,4})[./-](\d{1,2})[./-](\d{1,4})\.?", re.ASCII)
_DAY_MONTH = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?[.\s-]{0,3}(?:of\s)?([^\W\d_]{3,10})\.?,?[\s-](\d{4}|\d{2})")
_MONTH_DAY = re.compile(r"([^\W\d_]{3,10})\.?\s(\d{1,2})(?:st|nd|rd|th)?,?\s(\d{4})")
_CLOCK = re.compile(
    r"(\d{1,2})(?:[:.h](\d{2}))?(?:[:.](\d{2})(?:[.,]\d{1,9})?)?\s?(a\.?m\.?|p\.?m\.?|uhr|h)?", re.IGNORECASE | re.ASCII
)
_TAIL = re.compile(
    r"(?:\s*(?:,|\bat\b|\bT|\bum\b)\s*|[T\s]\s*)(\d{1,2}(?:[:.h]\d{2}){0,2}(?:[.,]\d{1,9})?\s?(?:a\.?m\.?|p\.?m\.?|uhr)?)"
    r"\s*(\(?[A-Za-z]{1,4}(?:[+-]\d{1,2}(?::?\d{2})?)?\)?|\(?[+-]\d{2}:?\d{2}\)?|\(?[+-]\d{1,2}\)?)?$",
    re.IGNORECASE | re.ASCII,
)
_FRACTION = re.compile(r"0(?:\.\d{1,17})?", re.ASCII)
_OFFSET = re.compile(r"(?:utc|gmt)?([+-])(\d{1,2})(?::?(\d{2}))?", re.IGNORECASE | re.ASCII)


class Written:
    """Reads days and moments: numbers in that order, moments without an offset as those of that zone.

    Where there is no zone, such a moment is `Unreadable`. Bare numbers are the day numbers of spreadsheets, from 1900,
    or from 1904 where ``is_of_1904``; in a sheet a time of day below 1 is that part of the day.
    Of a range it is the beginning.
    """

    def __init__(
        self, order: Order, zone: ZoneInfo | None, *, is_of_1904: bool = False, is_sheet: bool = False
    ) -> None:
        self._order, self._zone, self._is_sheet = order, zone, is_sheet
        self._first = datetime(1904, 1, 1) if is_of_1904 else datetime(1899, 12, 30)  # noqa: DTZ001  # no zone yet

    def day(self, cell: str) -> date:
        """The day, whatever time of it is written beside it."""
        return self._read(cell, "day")[0]

    def moment(self, cell: str, clock: str = "", zone: str = "") -> datetime:
        """The moment in UTC; of a bare day its start, or the time ``clock`` where that is given."""
        found, at, offset = self._read(cell, "moment")
        if clock:
            at, offset = _clock_of_sheet(clock) if self._is_sheet else _clock(clock)
        if offset is None:
            if zone or self._zone is None:
                offset = _zone(zone, cell, datetime.combine(found, at or time()))
            else:
                offset = self._zone
        try:
            return datetime.combine(found, at or time(), offset).astimezone(UTC)
        except (OverflowError, ValueError) as error:
            raise Unreadable(f"'{shown(cell)}' is not a moment", "Write it like 2026-03-31T09:00:00+02:00.") from error

    def _read(self, cell: str, what: str) -> tuple[date, time | None, "timezone | ZoneInfo | None"]:
        said = " ".join(cell[: LONGEST + 1].split())
        if len(said) <= LONGEST:
            said = _RANGE.split(said, 1)[0]
            found = _iso(said) or self._serial(said) or self._worded(said)
            if found is not None and not FIRST_YEAR <= found[0].year <= LAST_YEAR:
                remedy = f"Write a year from {FIRST_YEAR} to {LAST_YEAR}."
                raise Unreadable(f"'{shown(cell)}' is in the year {found[0].year}", remedy)
            if found is not None:
                return found
        how = "2026-03-31" if what == "day" else "2026-03-31T09:00:00+02:00"
        order, other = ("day/month", "mdy") if self._order == "dmy" else ("month/day", "dmy")
        hint = f" Here it is read as {order}; --dates {other} reads it the other way." if is_slashed(cell) else ""
        raise Unreadable(f"'{shown(cell)}' is not a {what}", f"Write it like {how}.{hint}")

    def _serial(self, said: str) -> "tuple[date, time | None, None] | None":
        if not _SERIAL.fullmatch(said) or not 1 <= float(said) < 150_000:
            return None
        found = self._first + timedelta(seconds=round(float(said) * 86_400))
        return found.date(), None if "." not in said else found.time(), None

    def _worded(self, said: str) -> "tuple[date, time | None, timezone | None] | None":
        said = _WEEKDAY.sub("", said) if not _MONTH_DAY.match(said) else said
        tail = _TAIL.search(said)
        if tail and (found := self._day(said[: tail.start()].strip(" ,"))) is not None:
            try:
                at, offset = _clock(tail[1])
                return found, at, _offset(tail[2]) if tail[2] else offset
            except Unreadable:
                return None
        found = self._day(said.strip(" ,"))
        return None if found is None else (found, None, None)

    def _day(self, said: str) -> date | None:
        if parts := _NUMBERS.fullmatch(said):
            first, second, third = parts.groups()
            if len(first) == 4:
                return _date(first, second, third)
            if len(third) not in (2, 4) or len(first) > 2:
                return None
            return _date(third, second, first) if self._order == "dmy" else _date(third, first, second)
        if parts := _MONTH_DAY.fullmatch(said):
            return _date(parts[3], str(_MONTH.get(parts[1].casefold(), 0)), parts[2])
        if parts := _DAY_MONTH.fullmatch(said):
            return _date(parts[3], str(_MONTH.get(parts[2].casefold(), 0)), parts[1])
        return None


def clock(cell: str) -> time:
    """A time of day; `Unreadable` where it is none."""
    return _clock(cell)[0]


def _clock_of_sheet(cell: str) -> tuple[time, timezone | None]:
    """A spreadsheet's bare number below 1 is that part of the day, to the second."""
    if _FRACTION.fullmatch(cell) and (seconds := round(float(cell) * 86_400)) < 86_400:
        return time(seconds // 3_600, seconds // 60 % 60, seconds % 60), None
    return _clock(cell)


def _iso(said: str) -> "tuple[date, time | None, timezone | None] | None":
    if not said[:4].isdecimal() or "W" in said:
        return None
    try:
        if len(said) == 10:
            return date.fromisoformat(said), None, None
        found = datetime.fromisoformat(said)
    except ValueError:
        return None
    offset = None if found.tzinfo is None else timezone(found.utcoffset() or timedelta())
    return found.date(), None if len(said) <= 10 else found.time(), offset


def _date(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year) + (2000 if len(year) == 2 else 0), int(month), int(day))
    except ValueError:
        return None


def _clock(said: str) -> tuple[time, timezone | None]:
    """The time, and the offset that stands behind it."""
    text = said.strip()[:LONGEST]
    found = _CLOCK.match(text)
    wrong = Unreadable(f"'{shown(said)}' is not a time of day", "Write it like 14:30.")
    if found is None or not (found[2] or found[4]):
        raise wrong
    hour, minute, second = int(found[1]), int(found[2] or 0), int(found[3] or 0)
    half = (found[4] or "").casefold()[:1]
    if half in ("a", "p"):
        if not 1 <= hour <= 12:
            raise wrong
        hour = hour % 12 + 12 * (half == "p")
    try:
        return time(hour, minute, second), _offset(rest) if (rest := text[found.end() :].strip()) else None
    except ValueError as error:
        raise wrong from error


def _offset(said: str) -> timezone:
    name = said.strip("() ").casefold()
    if name in _ZONES:
        return timezone(timedelta(hours=_ZONES[name]))
    if (found := _OFFSET.fullmatch(name)) and int(found[2]) <= 14 and int(found[3] or 0) < 60:
        apart = timedelta(hours=int(found[2]), minutes=int(found[3] or 0))
        return timezone(-apart if found[1] == "-" else apart)
    raise Unreadable(f"'{shown(said)}' is not a time zone that is known", "Write the offset from UTC, like +02:00.")


def _zone(name: str, cell: str, at: datetime) -> "ZoneInfo | timezone":
    if not name:
        remedy = f"Write the offset from UTC behind it, like {at.isoformat()}+02:00, or Z for UTC itself."
        raise Unreadable(f"'{shown(cell)}' has no time zone", remedy)
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, LookupError):
        return _offset(name)
