"""A tool's numbers come in, and what has changed in them is flagged."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from uuid import UUID

import attrs
import numpy as np

from ..ports import Clock, Ids, MetricRecord, Store, where
from ..values import BusinessId
from .change_detection import Change, Law, Series, significant_changes
from .drafts import ImportedFile
from .tooling import Signal, ToolingExtraction, ToolingMetric


@attrs.frozen(kw_only=True)
class ToolingService:
    """Keeps the extractions of a business's tools, versioned, and compares one month with the month before."""

    store: Store
    clock: Clock
    ids: Ids

    def extract(
        self, business_id: BusinessId, source: str, records: Sequence[MetricRecord], file: ImportedFile
    ) -> ToolingExtraction:
        """The records are on record in the unified schema. The same pull again changes nothing but its own row."""
        now = self.clock.now()
        days = [record.day for record in records] or [now.date()]
        extraction = ToolingExtraction(
            id=self.ids.new(),
            business_id=business_id,
            source=source,
            extraction_date=now.date(),
            window_start=min(days),
            window_end=max(days),
            blob=file.blob,
            records=len(records),
            rejected=file.rejected,
            extracted_at=now,
        )
        with self.store.business(business_id) as tx:
            tx.add(extraction)
            counts = tx.append([self._point(extraction, record) for record in records])
            same = len(records) - counts.new - counts.changed
            return tx.save(attrs.evolve(extraction, new=counts.new, changed=counts.changed, unchanged=same))

    def delta(self, business_id: BusinessId, source: str) -> list[Signal]:
        """The significant changes of the newest month that is there against the month before, largest first.

        Both windows hold only days that the tool's numbers reach, so that a month which has just begun has not fallen.
        Signals are kept; computed again over the same days, the ones that are known are left as they are.
        """
        with self.store.business(business_id) as tx:
            newest = tx.find(ToolingMetric, *where(source=source), order="-day", limit=1)
            if not newest:
                return []
            last = newest[0].day
            start = last.replace(day=1)
            points = tx.latest(ToolingMetric, *where(source=source, day__ge=_month_before(start), day__le=last))
            first = min(point.day for point in points)
            changes = significant_changes(series_of(points, first, start, last + timedelta(days=1)))
            window = where(source=source, window_start=start, window_end=last)
            known = {_subject(signal): signal for signal in tx.find(Signal, *window)}
            extraction_of = {point.entity_id: point.extraction_id for point in points}
            found = {
                _subject(signal): signal
                for change in reversed(changes)  # of two things with one name the larger change is told
                for signal in [self._signal(business_id, source, change, start, last, extraction_of)]
            }
            tx.add(*(signal for subject, signal in found.items() if subject not in known))
            return sorted((found | known).values(), key=lambda signal: -abs(signal.magnitude))

    def signals(self, business_id: BusinessId, *, limit: int = 50) -> list[Signal]:
        """The newest signals of all tools first."""
        with self.store.business(business_id) as tx:
            return tx.find(Signal, order="-detected_at", limit=limit)

    def _point(self, extraction: ToolingExtraction, record: MetricRecord) -> ToolingMetric:
        return ToolingMetric(
            id=self.ids.new(),
            business_id=extraction.business_id,
            extraction_id=extraction.id,
            recorded_at=extraction.extracted_at,
            **{field.name: getattr(record, field.name) for field in attrs.fields(MetricRecord)},
        )

    def _signal(
        self,
        business_id: BusinessId,
        source: str,
        change: Change,
        start: date,
        last: date,
        extraction_of: Mapping[str, UUID],
    ) -> Signal:
        series = change.series
        return Signal(
            id=self.ids.new(),
            business_id=business_id,
            signal_type="rise" if change.magnitude > 0 else "fall",
            source=source,
            entity_id=series.entity_id,
            metric=series.metric,
            before=change.before,
            after=change.after,
            magnitude=change.magnitude,
            magnitude_low=change.low,
            magnitude_high=change.high,
            p_value=change.p_value,
            window_start=start,
            window_end=last,
            extraction_id=extraction_of[series.entity_id],
            detail={"law": series.law, "days_before": len(series.before), "days_after": len(series.after)},
            detected_at=self.clock.now(),
        )


def series_of(points: Sequence[ToolingMetric], first: date, start: date, end: date) -> list[Series]:
    """The points as one series for each thing and metric, from ``first`` until before ``start``, and on until ``end``.

    A day without a point counts zero where values add up.
    """
    by_series: dict[tuple[str, str, str], dict[date, ToolingMetric]] = {}
    for point in points:
        by_series.setdefault((point.entity_kind, point.entity_id, point.metric), {})[point.day] = point
    return [
        Series(
            entity_id=entity_id,
            metric=metric,
            law=_law(next(iter(days.values()))),
            before=_values(days, first, start),
            after=_values(days, start, end),
        )
        for (_, entity_id, metric), days in by_series.items()
    ]


def _law(point: ToolingMetric) -> Law:
    if point.additivity == "ratio":
        return "rate"
    return "count" if point.additivity == "additive" and point.unit == "count" else "other"


def _values(
    days: Mapping[date, ToolingMetric], start: date, end: date
) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    adds_up = next(iter(days.values())).additivity == "additive"
    every = [start + timedelta(days=n) for n in range((end - start).days)]
    return np.array([days[day].value if day in days else 0.0 for day in every if adds_up or day in days])


def _month_before(start: date) -> date:
    return (start - timedelta(days=1)).replace(day=1)


def _subject(signal: Signal) -> tuple[str, str]:
    return signal.entity_id, signal.metric
