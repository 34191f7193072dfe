"""The calendar's use cases: save, import, move, find."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

import attrs

from ..errors import Fault, InvalidInput
from ..jobs.catalogue import GenerateEmbeddings, job
from ..ports import Clock, Ids, Queue, Store, Transaction, where
from ..values import BusinessId
from .calendar import CalendarEntry, Campaign, Keyword, StatusChange
from .calendar_details import Details, detailed
from .categorise import CATEGORY_OF_TYPE, cluster_of, tags_of
from .drafts import EntryDraft, ImportedFile
from .imports import ImportBatch
from .upserts import Upserted, batch, check_no_duplicates, compared

SAME_NAME = [field.name for field in attrs.fields(CalendarEntry) if field.name in EntryDraft.__slots__]


@attrs.frozen(kw_only=True)
class CalendarService:
    """What can be done with the calendar of a business."""

    store: Store
    queue: Queue
    clock: Clock
    ids: Ids

    def save(self, business_id: BusinessId, draft: EntryDraft, *, by: str | None = None) -> CalendarEntry:
        """The entry is on the calendar: categorised, tagged, in its keyword cluster, and about to be indexed.

        One with the same ``external_id`` is changed; saved as it is already, nothing happens.
        """
        with self.store.business(business_id) as tx:
            done = self._write(tx, business_id, [draft], by)
            return (done.touched + done.unchanged)[0]

    def import_entries(self, business_id: BusinessId, drafts: Sequence[EntryDraft], file: ImportedFile) -> ImportBatch:
        """All entries of the file are on the calendar, or none of them. Imported again, all are unchanged."""
        check_no_duplicates([draft.external_id for draft in drafts], file, "external_id")
        with self.store.business(business_id) as tx:
            done = self._write(tx, business_id, drafts, by=f"import of {file.name}")
            identity = {"id": self.ids.new(), "business_id": business_id, "imported_at": self.clock.now()}
            return batch(tx, "calendar", file, done, **identity)

    def move(self, business_id: BusinessId, entry_id: UUID, status: str, *, by: str | None = None) -> CalendarEntry:
        """The entry has that status, and the step is on record with its time. Already there: nothing happens."""
        with self.store.business(business_id) as tx:
            entry = tx.get(CalendarEntry, entry_id)
            if entry.status == status:
                return entry
            moved = tx.save(attrs.evolve(entry, status=status, updated_at=self.clock.now()))
            tx.add(self._step(entry.status, moved, by))
            return moved

    def find(
        self,
        business_id: BusinessId,
        *,
        status: str | None = None,
        start: datetime | None = None,
        end: datetime | None = None,
        limit: int | None = None,
    ) -> list[CalendarEntry]:
        """Entries of that status with a publication from ``start`` until before ``end``, in its order."""
        asked = {"status": status, "publish_at__ge": start, "publish_at__lt": end}
        conditions = where(**{name: value for name, value in asked.items() if value is not None})
        with self.store.business(business_id) as tx:
            return tx.find(CalendarEntry, *conditions, order="publish_at", limit=limit)

    def _write(
        self, tx: Transaction, business_id: BusinessId, drafts: Sequence[EntryDraft], by: str | None
    ) -> Upserted[CalendarEntry]:
        """All drafts are on the calendar, by as many statements for one as for a thousand."""
        campaigns, new_campaigns = self._campaigns(tx, business_id, drafts)
        clusters, new_keywords = self._clusters(tx, business_id, drafts)
        entries = self._entries(business_id, drafts, campaigns, clusters)
        stored = tx.find(CalendarEntry, *where(external_id__in=[entry.external_id for entry in entries]))
        done = compared(stored, entries, key="external_id", keep=("created_at",), stamp=("updated_at",))
        details = detailed(tx, self.ids, drafts, done)
        done = self._with_details(done, details)
        if done.changed:
            tx.add(*new_campaigns)
            new_campaigns = ()
            done = attrs.evolve(done, changed=tuple(tx.save(entry) for entry in done.changed))
        left = {entry.id: entry.status for entry in stored}
        steps = [
            self._step(left.get(entry.id), entry, by) for entry in done.touched if left.get(entry.id) != entry.status
        ]
        tx.add(*new_campaigns, *new_keywords, *done.new, *details.new, *steps)
        jobs = [GenerateEmbeddings(source_type="calendar", source_id=entry.id) for entry in done.touched]
        self.queue.enqueue(*(job(payload, business_id) for payload in jobs), tx=tx)
        return done

    def _entries(
        self,
        business_id: BusinessId,
        drafts: Sequence[EntryDraft],
        campaigns: Mapping[str, UUID],
        clusters: Mapping[str, str],
    ) -> list[CalendarEntry]:
        """The drafts as entries; every one that cannot be is named in one `InvalidInput`."""
        entries, faults = [], []
        for draft in drafts:
            try:
                entries.append(self._entry(business_id, draft, campaigns, clusters))
            except (InvalidInput, ValueError) as error:
                faults.append(Fault(f"entry '{draft.external_id}'", None, None, str(error), "Correct it."))
        if faults:
            raise InvalidInput(faults)
        return entries

    def _entry(
        self,
        business_id: BusinessId,
        draft: EntryDraft,
        campaigns: Mapping[str, UUID],
        clusters: Mapping[str, str],
    ) -> CalendarEntry:
        if draft.paid_budget is not None and not (draft.channel or draft.channels):
            raise InvalidInput("paid_budget needs a channel that it is spent on")
        now = self.clock.now()
        given = {name: getattr(draft, name) for name in SAME_NAME} | {"created_at": draft.created_at or now}
        return CalendarEntry(
            **given,
            id=self.ids.new(),
            business_id=business_id,
            campaign_id=campaigns.get(draft.campaign or ""),
            category=CATEGORY_OF_TYPE.get(draft.artifact_type),
            tags=tags_of(draft.title, draft.funnel_stage, draft.angle),
            keyword_cluster=clusters.get(draft.primary_keyword or ""),
            updated_at=now,
        )

    def _campaigns(
        self, tx: Transaction, business_id: BusinessId, drafts: Sequence[EntryDraft]
    ) -> tuple[Mapping[str, UUID], Sequence[Campaign]]:
        """The campaigns' ids by name, and those that are still to be added."""
        names = sorted({draft.campaign for draft in drafts if draft.campaign})
        stored = tx.find(Campaign, *where(name__in=names)) if names else []
        known = {campaign.name: campaign.id for campaign in stored}
        fresh = [Campaign(id=self.ids.new(), business_id=business_id, name=name) for name in names if name not in known]
        return known | {campaign.name: campaign.id for campaign in fresh}, fresh

    def _clusters(
        self, tx: Transaction, business_id: BusinessId, drafts: Sequence[EntryDraft]
    ) -> tuple[Mapping[str, str], Sequence[Keyword]]:
        """The cluster of each keyword, and the keywords that are still to be added to it.

        All keywords of the business are looked at only when there is a new one to be placed among them.
        """
        terms = sorted({draft.primary_keyword for draft in drafts if draft.primary_keyword})
        stored = tx.find(Keyword, *where(term__in=terms)) if terms else []
        found = {keyword.term: keyword.cluster or keyword.term for keyword in stored}
        fresh = [term for term in terms if term not in found]
        clusters: dict[str, list[str]] = {}
        for keyword in tx.find(Keyword) if fresh else ():
            clusters.setdefault(keyword.cluster or keyword.term, []).append(keyword.term)
        for term in fresh:
            found[term] = cluster_of(term, clusters) or term
            clusters.setdefault(found[term], []).append(term)
        return found, [
            Keyword(id=self.ids.new(), business_id=business_id, term=term, cluster=found[term]) for term in fresh
        ]

    def _with_details(self, done: Upserted[CalendarEntry], details: Details) -> Upserted[CalendarEntry]:
        """An entry of which nothing but search fields or channels is new has changed too."""
        now = self.clock.now()
        also = [attrs.evolve(entry, updated_at=now) for entry in done.unchanged if entry.id in details.entries]
        same = [entry for entry in done.unchanged if entry.id not in details.entries]
        return attrs.evolve(done, changed=(*done.changed, *also), unchanged=tuple(same))

    def _step(self, left: str | None, entry: CalendarEntry, by: str | None) -> StatusChange:
        return StatusChange(
            id=self.ids.new(),
            business_id=entry.business_id,
            calendar_entry_id=entry.id,
            left=left,
            reached=entry.status,
            at=self.clock.now(),
            by=by,
        )
