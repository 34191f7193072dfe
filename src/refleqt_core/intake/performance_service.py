"""Results come in, and are joined to the artifacts that they are results of."""

from collections.abc import Sequence

import attrs

from ..ports import Clock, Ids, MetricRecord, Store, Transaction, where
from ..values import BusinessId
from .calendar import CalendarEntry, SeoMetadata
from .drafts import ImportedFile
from .imports import ImportBatch
from .joining import EntryIndex
from .performance import PerformanceRecord


def entry_index(tx: Transaction) -> EntryIndex:
    """The index over all entries of the business."""
    return EntryIndex.of(tx.find(CalendarEntry), tx.find(SeoMetadata))


@attrs.frozen(kw_only=True)
class PerformanceService:
    """Imports results and maps them to calendar entries."""

    store: Store
    clock: Clock
    ids: Ids

    def import_records(
        self, business_id: BusinessId, records: Sequence[MetricRecord], file: ImportedFile
    ) -> ImportBatch:
        """The results are on record, each joined to its entry where one is known by its artifact id, UTM or URL.

        What matches nothing is kept without an entry. A corrected value stands beside the old one; the same file again
        changes nothing, as does the same result twice in one file.
        """
        with self.store.business(business_id) as tx:
            index = entry_index(tx)
            counts = tx.append([self._point(business_id, record, index) for record in records])
            repeated = len(records) - counts.new - counts.changed - counts.unchanged
            record = ImportBatch(
                id=self.ids.new(),
                business_id=business_id,
                kind="performance",
                file_name=file.name,
                blob=file.blob,
                read=len(records) + file.rejected,
                new=counts.new,
                changed=counts.changed,
                unchanged=counts.unchanged + repeated,
                rejected=file.rejected,
                imported_at=self.clock.now(),
            )
            tx.add(record)
            return record

    def map(self, business_id: BusinessId) -> int:
        """Results without an entry are joined again, now that more entries may be known; gives how many were."""
        with self.store.business(business_id) as tx:
            index = entry_index(tx)
            joined = 0
            for point in tx.find(PerformanceRecord, *where(calendar_entry_id=None)):
                match = index.match(artifact_id=point.entity_id, utm_content=point.entity_id, url=point.entity_id)
                if match:
                    tx.save(attrs.evolve(point, calendar_entry_id=match.calendar_entry_id, matched_by=match.matched_by))
                    joined += 1
            return joined

    def unmatched(self, business_id: BusinessId) -> list[PerformanceRecord]:
        """The results that no entry is known for, as they were last corrected."""
        with self.store.business(business_id) as tx:
            alone = tx.latest(PerformanceRecord, *where(calendar_entry_id=None))
            things = sorted({point.entity_id for point in alone})
            joined = tx.latest(PerformanceRecord, *where(entity_id__in=things, calendar_entry_id__null=False))
        corrected = {_series_of(point): point.revision for point in joined}
        return [point for point in alone if point.revision > corrected.get(_series_of(point), -1)]

    def _point(self, business_id: BusinessId, record: MetricRecord, index: EntryIndex) -> PerformanceRecord:
        labels = record.labels
        match = index.match(
            artifact_id=labels.get("artifact_id"), utm_content=labels.get("utm_content"), url=labels.get("url")
        )
        return PerformanceRecord(
            id=self.ids.new(),
            business_id=business_id,
            calendar_entry_id=match and match.calendar_entry_id,
            matched_by=match and match.matched_by,
            source=record.source,
            entity_id=record.entity_id,
            metric=record.metric,
            unit=record.unit,
            currency=record.currency,
            additivity=record.additivity,
            day=record.day,
            value=record.value,
            recorded_at=self.clock.now(),
        )


def _series_of(point: PerformanceRecord) -> tuple[object, ...]:
    return tuple(getattr(point, field) for field in PerformanceRecord.key)
