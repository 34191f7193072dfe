"""A tool's numbers come in, and what has changed in them is flagged."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

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
            return tx.save(attrs.evolve(extraction, new=counts.new, changed=counts.changed, unchanged=counts.unchanged))

    def delta(self, business_id: BusinessId, source: str) -> list[Signal]:
        """The significant changes of the newest month that is there against the month before, largest first.

        They are kept; computed again over the same months, the ones that are known are left as they are.
        """
        with self.store.business(business_id) as tx:
            newest = tx.find(ToolingMetric, *where(source=source), order="-day", limit=1)
            if not newest:
                return []
            start, end = _month_of(newest[0].day)
            earlier, _ = _month_of(start - timedelta(days=1))
            points = tx.latest(ToolingMetric, *where(source=source, day__ge=earlier, day__lt=end))
            changes = significant_changes(series_of(points, earlier, start, end))
            known = {
                (signal.entity_id, signal.metric)
                for signal in tx.find(Signal, *where(source=source, window_start=start))
            }
            fresh = [self._signal(business_id, source, change, start, end, points) for change in changes]
            tx.add(*(signal for signal in fresh if (signal.entity_id, signal.metric) not in known))
            return tx.find(Signal, *where(source=source, window_start=start))

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
        end: date,
        points: Sequence[ToolingMetric],
    ) -> Signal:
        series = change.series
        extraction = next(p.extraction_id for p in reversed(points) if p.entity_id == series.entity_id)
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
            window_end=end - timedelta(days=1),
            extraction_id=extraction,
            detail={"law": series.law, "days_before": len(series.before), "days_after": len(series.after)},
            detected_at=self.clock.now(),
        )


def series_of(points: Sequence[ToolingMetric], earlier: date, start: date, end: date) -> list[Series]:
    """The points as one series for each thing and metric; a day without a point counts zero where values add up."""
    by_series: dict[tuple[str, str], dict[date, ToolingMetric]] = {}
    for point in points:
        by_series.setdefault((point.entity_id, point.metric), {})[point.day] = point
    return [
        Series(
            entity_id=entity_id,
            metric=metric,
            law=_law(next(iter(days.values()))),
            before=_values(days, earlier, start),
            after=_values(days, start, end),
        )
        for (entity_id, metric), days in by_series.items()
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


def _month_of(day: date) -> tuple[date, date]:
    start = day.replace(day=1)
    return start, (start + timedelta(days=32)).replace(day=1)
