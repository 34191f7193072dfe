"""A month of the calendar: what goes out on each day, what is suggested for it, and what has no day yet."""

from calendar import monthrange
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

import attrs

from ..errors import InvalidInput
from ..intake.business import Business
from ..intake.calendar import FUNNEL_STAGES, STATUSES, CalendarEntry
from ..ports import Clock, Query, Store, Transaction, where
from ..values import BusinessId
from .records import RecommendationOutcome

FIRST_YEAR, LAST_YEAR = 1970, 2199

LISTED = 20
"""Entries without a date that a month lists; a calendar of ideas has thousands."""

T = TypeVar("T")


@attrs.frozen(kw_only=True)
class Ghost:
    """An entry that is only suggested; ``chance`` is how likely it is to reach its target."""

    id: UUID
    title: str
    artifact_type: str
    channel: str
    segment: str
    publish_at: datetime
    chance: float


@attrs.frozen(kw_only=True)
class Day:
    """A day in the business's time zone, with what goes out on it in order, and the reviews that are due."""

    day: date
    entries: tuple[CalendarEntry, ...] = ()
    ghosts: tuple[Ghost, ...] = ()
    reviews: tuple[CalendarEntry, ...] = ()


@attrs.frozen(kw_only=True)
class Month:
    """A month: all its days in order.

    ``undated`` are the first `LISTED` entries that have no publication, by title, of ``undated_count`` in all.
    ``by_status`` and ``by_stage`` count its entries, those without a funnel stage under "".
    """

    first: date
    today: date
    time_zone: str
    days: tuple[Day, ...]
    undated: tuple[CalendarEntry, ...]
    undated_count: int
    by_status: Mapping[str, int]
    by_stage: Mapping[str, int]


@attrs.frozen(kw_only=True)
class MonthService:
    """Shows the calendar by months."""

    store: Store
    clock: Clock

    def read(self, business_id: BusinessId, year: int | None = None, month: int | None = None) -> Month:
        """That month, or the present one, in the business's time zone; a month that there is not: `InvalidInput`.

        Ghosts are suggestions that nothing was done with and whose moment is still to come. A review is due of what was
        published and not reviewed.
        """
        now = self.clock.now()
        with self.store.business(business_id) as tx:
            time_zone = tx.get(Business, business_id).time_zone
            zone = ZoneInfo(time_zone)
            today = now.astimezone(zone).date()
            first = _first(year or today.year, month or today.month)
            last = first.replace(day=monthrange(first.year, first.month)[1])
            entries, undated, reviews = tx.find_all(*_queries(first, last, zone))
            undated_count = tx.count(CalendarEntry, *where(publish_at=None)) if len(undated) > LISTED else len(undated)
            ghosts = _ghosts(tx, now)
        published = _grouped(entries, lambda entry: _local(entry.publish_at, zone))
        suggested = _grouped(ghosts, lambda ghost: _local(ghost.publish_at, zone))
        due = _grouped(reviews, lambda entry: entry.review_due)
        days = [first + timedelta(days=passed) for passed in range(last.day)]
        return Month(
            first=first,
            today=today,
            time_zone=time_zone,
            days=tuple(
                Day(day=each, entries=published(each), ghosts=suggested(each), reviews=due(each)) for each in days
            ),
            undated=tuple(undated[:LISTED]),
            undated_count=undated_count,
            by_status=_counted((entry.status for entry in entries), STATUSES),
            by_stage=_counted((entry.funnel_stage or "" for entry in entries), (*FUNNEL_STAGES, "")),
        )


def month_of(text: str) -> tuple[int, int]:
    """The year and month that ``2026-03`` names; `InvalidInput` for anything else."""
    year, dash, month = text.strip().partition("-")
    if not (dash and year.isascii() and month.isascii() and year.isdigit() and month.isdigit() and len(year) == 4):
        raise InvalidInput(f"'{text[:40]}' is no month; write it like 2026-03")
    _first(int(year), int(month))
    return int(year), int(month)


def _first(year: int, month: int) -> date:
    if not (FIRST_YEAR <= year <= LAST_YEAR and 1 <= month <= 12):
        problem = f"there is no month {year:04}-{month:02} here"
        raise InvalidInput(f"{problem}; name one from {FIRST_YEAR}-01 to {LAST_YEAR}-12")
    return date(year, month, 1)


def _queries(first: date, last: date, zone: ZoneInfo) -> Sequence[Query[CalendarEntry]]:
    start, end = (datetime.combine(day, time(), zone) for day in (first, last + timedelta(days=1)))
    return (
        Query(CalendarEntry, where(publish_at__ge=start, publish_at__lt=end), order="publish_at"),
        Query(CalendarEntry, where(publish_at=None), order="title", limit=LISTED + 1),
        Query(CalendarEntry, where(status="published", review_due__ge=first, review_due__le=last), order="review_due"),
    )


def _ghosts(tx: Transaction, now: datetime) -> list[Ghost]:
    open_ones = tx.find(RecommendationOutcome, *where(recommendation_type="calendar_suggestion", user_action=None))
    ghosts = [_ghost(each.id, each.recommendation_content) for each in open_ones]
    return sorted((each for each in ghosts if each.publish_at > now), key=lambda each: (each.publish_at, each.id))


def _ghost(id: UUID, content: Mapping[str, Any]) -> Ghost:
    return Ghost(
        id=id,
        title=content["title"],
        artifact_type=content["artifact_type"],
        channel=content["channel"],
        segment=content["segment"],
        publish_at=datetime.fromisoformat(content["publish_at"]),
        chance=content["success_chance"],
    )


def _local(moment: datetime | None, zone: ZoneInfo) -> date | None:
    return None if moment is None else moment.astimezone(zone).date()


def _grouped(things: Iterable[T], day_of: Callable[[T], date | None]) -> Callable[[date], tuple[T, ...]]:
    """What gives the things of a day, in their order."""
    groups: dict[date | None, list[T]] = {}
    for each in things:
        groups.setdefault(day_of(each), []).append(each)
    return lambda day: tuple(groups.get(day, ()))


def _counted(words: Iterable[str], order: Sequence[str]) -> dict[str, int]:
    found = Counter(words)
    return {word: found[word] for word in order if word in found}
