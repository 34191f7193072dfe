"""How often each theme came up, week by week or month by month."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import attrs

from .vent_rules import is_credible
from .vents import VentEntry, VentTheme

MOST_WEEKS = 30
"""Over a longer time months are counted."""


@attrs.frozen(kw_only=True)
class ThemeLine:
    """A theme with its number of vents in each span of time."""

    theme_id: UUID
    label: str
    counts: tuple[int, ...]

    @property
    def total(self) -> int:
        """All of its vents in that time."""
        return sum(self.counts)


@attrs.frozen(kw_only=True)
class ThemesOverTime:
    """The first days of the spans, ``step`` (week or month) each, and the themes, the most frequent first."""

    step: str
    starts: tuple[date, ...]
    lines: tuple[ThemeLine, ...]
    left_out: int


def themes_over_time(
    vents: Sequence[VentEntry], themes: Sequence[VentTheme], *, time_zone: str, as_of: datetime, most: int = 8
) -> ThemesOverTime:
    """The ``most`` themes with the most vents; days are those of ``time_zone``, weeks begin on Mondays.

    ``left_out`` vents have no theme yet, or one of those that are not shown, or no date that can be right as of then.
    """
    zone, known = ZoneInfo(time_zone), {theme.id: theme for theme in themes}
    placed = [vent for vent in vents if vent.theme_id in known and is_credible(vent.written_at, as_of)]
    dated = [(vent.theme_id, vent.written_at.astimezone(zone).date()) for vent in placed]
    if not dated:
        return ThemesOverTime(step="week", starts=(), lines=(), left_out=len(vents))
    first, last = min(day for _, day in dated), max(day for _, day in dated)
    step = "week" if (last - first).days <= 7 * MOST_WEEKS else "month"
    starts = _starts(first, last, step)
    place = {start: number for number, start in enumerate(starts)}
    counts: dict[UUID, list[int]] = {}
    for theme, day in dated:
        assert theme is not None
        counts.setdefault(theme, [0] * len(starts))[place[_start(day, step)]] += 1
    shown = sorted(counts, key=lambda theme: (-sum(counts[theme]), known[theme].first_seen, theme))[:most]
    lines = tuple(ThemeLine(theme_id=id, label=known[id].label, counts=tuple(counts[id])) for id in shown)
    left_out = len(vents) - sum(line.total for line in lines)
    return ThemesOverTime(step=step, starts=starts, lines=lines, left_out=left_out)


def _start(day: date, step: str) -> date:
    return day - timedelta(days=day.weekday()) if step == "week" else day.replace(day=1)


def _starts(first: date, last: date, step: str) -> tuple[date, ...]:
    starts = [_start(first, step)]
    while (following := _start(starts[-1] + timedelta(days=7 if step == "week" else 32), step)) <= last:
        starts.append(following)
    return tuple(starts)
