"""What came of a published artifact: whether its primary KPI reached its target within thirty days."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import attrs

from ..intake.calendar import CalendarEntry
from ..intake.performance import PerformanceRecord

WINDOW = timedelta(days=30)
"""From publication until an outcome is known."""

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
DAY_PARTS = (("morning", 12), ("afternoon", 17), ("evening", 24))
SLOTS = tuple(f"{weekday}_{part}" for weekday in WEEKDAYS for part, _ in DAY_PARTS)
"""The options of timing: weekday and part of the day, in the business's own time zone."""


def slot(moment: datetime, time_zone: str = "UTC") -> str:
    """The timing option of a moment, such as ``tuesday_morning``: before noon, before five, or later."""
    local = moment.astimezone(ZoneInfo(time_zone))
    part = next(name for name, end in DAY_PARTS if local.hour < end)
    return f"{WEEKDAYS[local.weekday()]}_{part}"


@attrs.frozen(kw_only=True)
class EntryOutcome:
    """``actual`` is the sum of the primary KPI over the window; ``success`` says whether it reached the target."""

    entry: CalendarEntry
    actual: float
    success: bool
    known_at: datetime


def outcomes_due(
    entries: Iterable[CalendarEntry], points: Iterable[PerformanceRecord], now: datetime
) -> list[EntryOutcome]:
    """The outcomes of entries whose window has passed, in the order of publication.

    An entry without publication, KPI or target has none, nor has one that nothing was measured of in its window: no
    data is not a failure. Ratios and uniques are not summed over days; their largest value counts.
    """
    measured: dict[UUID, list[PerformanceRecord]] = defaultdict(list)
    for point in points:
        if point.calendar_entry_id is not None:
            measured[point.calendar_entry_id].append(point)
    due = []
    for entry in entries:
        if entry.publish_at is None or not entry.primary_kpi or not entry.kpi_target:
            continue
        known_at = entry.publish_at + WINDOW
        points_inside = in_window(measured.get(entry.id, ()), entry.publish_at)
        if known_at <= now and points_inside:
            actual = total(points_inside, entry.primary_kpi, entry.publish_at)
            due.append(EntryOutcome(entry=entry, actual=actual, success=actual >= entry.kpi_target, known_at=known_at))
    return sorted(due, key=lambda outcome: (outcome.known_at, outcome.entry.id))


def in_window(points: Sequence[PerformanceRecord], published: datetime) -> list[PerformanceRecord]:
    """The points of the window, from the day of publication on (a source's day may begin up to one day earlier)."""
    first, last = (published - timedelta(days=1)).date(), (published + WINDOW).date()
    return [point for point in points if first <= point.day <= last]


def total(points: Sequence[PerformanceRecord], metric: str, published: datetime) -> float:
    """The metric over the window."""
    inside = [point for point in in_window(points, published) if point.metric == metric]
    summed = sum(point.value for point in inside if point.additivity == "additive")
    return summed + max((point.value for point in inside if point.additivity != "additive"), default=0.0)
