"""The use cases of the nine signals: analyse, read, compare over time, and ask what one rests on."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import attrs

from ...context.records import AnalyticsSnapshot
from ...errors import InvalidInput, NotFound
from ...ports import Clock, Ids, Store, where
from ...values import BusinessId
from ..business import Business
from ..calendar import CalendarEntry
from .analysis import KEPT, analysed
from .document import document_of, patterns_of
from .findings import SIGNALS, CalendarPatterns, Finding
from .stored_rows import columns_of, read_rows

KIND = "calendar_patterns"


@attrs.frozen(kw_only=True)
class EntryName:
    """How people know an entry."""

    external_id: str
    title: str


@attrs.frozen(kw_only=True)
class Explained:
    """A signal with all entries that it rests on, and their names."""

    signal: str
    day: date
    finding: Finding
    names: Mapping[UUID, EntryName]


@attrs.frozen(kw_only=True)
class Reading:
    """The headline numbers of one day by signal; None where nothing could be said."""

    day: date
    entries: int
    values: Mapping[str, float | None]


@attrs.frozen(kw_only=True)
class PatternService:
    """What can be learned of how a business plans."""

    store: Store
    clock: Clock
    ids: Ids

    def analyze(self, business_id: BusinessId, day: date | None = None) -> AnalyticsSnapshot:
        """The signals as of the end of ``day`` are on record; without one, as of now. Again replaces those of the day.

        Days are the business's own. A day that has not begun: `InvalidInput`.
        """
        patterns = self._patterns(business_id, day, KEPT)
        with self.store.business(business_id) as tx:
            found = tx.find(AnalyticsSnapshot, *where(kind=KIND, day=patterns.day))
            news: dict[str, Any] = {"patterns": document_of(patterns), "computed_at": self.clock.now()}
            if found:
                return tx.save(attrs.evolve(found[0], **news))
            made = AnalyticsSnapshot(id=self.ids.new(), business_id=business_id, kind=KIND, day=patterns.day, **news)
            tx.add(made)
            return made

    def read(self, business_id: BusinessId, day: date | None = None) -> AnalyticsSnapshot:
        """What was found on that day, or last. There is none: `NotFound`."""
        asked = where(kind=KIND) if day is None else where(kind=KIND, day=day)
        with self.store.business(business_id) as tx:
            found = tx.find(AnalyticsSnapshot, *asked, order="-day", limit=1)
        if not found:
            when = "yet" if day is None else f"as of {day}"
            raise NotFound(f"the calendar was not analysed {when}; do it with: refleqt calendar patterns --fresh")
        return found[0]

    def history(self, business_id: BusinessId, limit: int = 90) -> list[Reading]:
        """The newest ``limit`` readings, the oldest of them first."""
        with self.store.business(business_id) as tx:
            found = tx.rows(AnalyticsSnapshot, ("patterns",), *where(kind=KIND), order="-day", limit=limit)
        return [_reading(patterns_of(document)) for (document,) in reversed(found)]

    def explain(self, business_id: BusinessId, signal: str, day: date | None = None) -> Explained:
        """The signal as it is found now as of ``day``, with every entry that it rests on, not only the first ones."""
        if signal not in SIGNALS:
            raise InvalidInput(f"there is no signal '{signal}'; the signals are: {', '.join(SIGNALS)}")
        patterns = self._patterns(business_id, day, None)
        finding: Finding = getattr(patterns, signal)
        rests_on = {noted.id for evidence in finding.evidence for noted in evidence.entries}
        return Explained(signal=signal, day=patterns.day, finding=finding, names=self.names(business_id, rests_on))

    def names(self, business_id: BusinessId, ids: "set[UUID]") -> Mapping[UUID, EntryName]:
        """The names of those entries; one that is gone has none."""
        with self.store.business(business_id) as tx:
            found = tx.rows(CalendarEntry, ("id", "external_id", "title"), *where(id__in=sorted(ids))) if ids else []
        return {id: EntryName(external_id=external_id, title=title) for id, external_id, title in found}

    def _patterns(self, business_id: BusinessId, day: date | None, keep: int | None) -> CalendarPatterns:
        with self.store.business(business_id) as tx:
            zone = tx.get(Business, business_id).time_zone
            as_of = _end_of(day, ZoneInfo(zone), self.clock.now())
            rows = read_rows(tx)
        return analysed(columns_of(rows, as_of=as_of, time_zone=zone), keep)


def _end_of(day: date | None, zone: ZoneInfo, now: datetime) -> datetime:
    """The last moment of the day, or now where it has not ended."""
    today = now.astimezone(zone).date()
    if day is not None and day > today:
        raise InvalidInput(f"{day} has not begun where the business is; the calendar can be analysed up to {today}")
    if day is None or day == today:
        return now
    after = datetime.combine(day + timedelta(days=1), time(), zone)
    return after.astimezone(UTC) - timedelta(microseconds=1)


def _reading(patterns: CalendarPatterns) -> Reading:
    values = {signal: getattr(patterns, signal).value for signal in SIGNALS}
    return Reading(day=patterns.day, entries=patterns.entries, values=values)
