"""Values as people read them, and as people write them."""

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from refleqt_core.errors import InvalidInput

if TYPE_CHECKING:
    from refleqt_core.values import Money

NONE = "–"


def spoken(name: str | None) -> str:
    """A stored name as words; a dash for none."""
    return (name or "").replace("_", " ") or NONE


def percent(rate: float | None) -> str:
    """A rate in whole per cent."""
    return NONE if rate is None else f"{100 * rate:.0f} %"


def number(value: float | None, digits: int = 0) -> str:
    """A number with thousands parted; a dash for none."""
    return NONE if value is None else f"{value:,.{digits}f}"


def money(amount: "Money | None") -> str:
    """An amount with its currency; a dash for none."""
    return NONE if amount is None else str(amount)


def amount(paid: "Money") -> str:
    """An amount without its currency, for a column that is of one."""
    return str(paid).partition(" ")[0]


def counted(count: int, one: str, many: str | None = None) -> str:
    """The count and its noun, such as ``1 row`` or ``1,200 rows``."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def moment(at: datetime | None, time_zone: str = "UTC") -> str:
    """A moment in that time zone, to the minute."""
    return NONE if at is None else at.astimezone(ZoneInfo(time_zone)).strftime("%Y-%m-%d %H:%M")


def day(at: date | None, time_zone: str = "UTC") -> str:
    """The day of a moment in that time zone, or a day."""
    if at is None:
        return NONE
    return (at.astimezone(ZoneInfo(time_zone)) if isinstance(at, datetime) else at).strftime("%Y-%m-%d")


def duration(span: timedelta) -> str:
    """A span in its two largest units, such as ``2 h 5 min``."""
    seconds = max(span.total_seconds(), 0.0)
    if seconds < 1:
        return f"{1000 * seconds:.0f} ms"
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    units = [(days, "d"), (hours, "h"), (minutes, "min"), (rest, "s")]
    told = [f"{count} {unit}" for count, unit in units if count]
    return " ".join(told[:2])


def size(octets: int) -> str:
    """A number of bytes in the unit that fits."""
    amount, units = float(octets), ["bytes", "kB", "MB", "GB", "TB"]
    while amount >= 1000 and len(units) > 1:
        amount /= 1000
        units.pop(0)
    return f"{amount:.0f} {units[0]}" if units[0] == "bytes" or amount >= 100 else f"{amount:.1f} {units[0]}"


def cut(text: str, longest: int) -> str:
    """The text on one line, and no longer than that."""
    line = " ".join(text.split())
    return line if len(line) <= longest else f"{line[: longest - 1].rstrip()}…"


def read_moment(text: str, option: str, time_zone: str = "UTC", *, end_of_day: bool = False) -> datetime:
    """A moment as ISO 8601 writes it; without an offset it is of ``time_zone``, and a bare day is its start or end."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        remedy = "write it like 2026-03-31 or 2026-03-31T09:00:00+02:00"
        raise InvalidInput(f"{option}: '{text}' is not a moment; {remedy}") from None
    if len(text) == len("2026-03-31") and end_of_day:
        found = datetime.combine(found.date(), time.max)
    if found.tzinfo is None:
        found = found.replace(tzinfo=ZoneInfo(time_zone))
    return found.astimezone(UTC)
