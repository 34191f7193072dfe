"""Spans, shares and counts as a sentence says them."""

from ...phrases import percent


def days(span: float) -> str:
    """A span in days: "12 days", "1 day", "2.5 days", "less than a day"."""
    if span < 0.95:
        return "less than a day"
    return "1 day" if _rounded(span) == "1" else f"{_rounded(span)} days"


def between(low: float | None, high: float | None) -> str:
    """An interval of a span in days: "80 % interval 4 to 12 days", or "from 4 days up" where it has no upper end."""
    if low is None or high is None:
        return f"80 % interval from {days(low or 0.0)} up"
    return f"80 % interval {_rounded(low)} to {days(high)}"


def counted(count: int, one: str, many: str | None = None) -> str:
    """The count and its noun: "1 entry", "1,200 entries"."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def share(part: float) -> str:
    """A share in per cent, which is neither 0 nor 100 unless it is exactly so."""
    return f"{percent(part)} %"


def _rounded(span: float) -> str:
    return f"{round(span) if span >= 9.95 else round(span, 1):,}".removesuffix(".0")
