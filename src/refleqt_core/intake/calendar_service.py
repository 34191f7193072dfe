"""The calendar's use cases: save, import, move, find."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

import attrs

from ..errors import InvalidInput
from ..jobs.catalogue import GenerateEmbeddings, job
from ..ports import Clock, Ids, Queue, Store, Transaction, where
from ..values import BusinessId
from .calendar import CalendarEntry, Campaign, DistributionPlan, Keyword, SeoMetadata, StatusChange
from .categorise import category_of, cluster_of, tags_of
from .drafts import EntryDraft, ImportedFile
from .imports import ImportBatch
from .upserts import Upserted, batch, check_no_duplicates, upsert

SAME_NAME = [field.name for field in attrs.fields(CalendarEntry) if field.name in EntryDraft.__slots__]
SEO_FIELDS = [field.name for field in attrs.fields(SeoMetadata) if field.name in EntryDraft.__slots__]


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
        campaigns = self._campaigns(tx, business_id, drafts)
        clusters = self._clusters(tx, business_id, drafts)
        entries = [self._entry(business_id, draft, campaigns, clusters) for draft in drafts]
        before = {entry.external_id: entry.status for entry in self._stored(tx, drafts)}
        done = upsert(tx, CalendarEntry, entries, key="external_id", keep=("created_at",), stamp=("updated_at",))
        by_key = {entry.external_id: entry for entry in done.touched + done.unchanged}
        self._write_details(tx, business_id, drafts, by_key)
        left = {entry.id: before.get(entry.external_id) for entry in done.touched}
        tx.add(*(self._step(left[entry.id], entry, by) for entry in done.touched if left[entry.id] != entry.status))
        jobs = [GenerateEmbeddings(source_type="calendar", source_id=entry.id) for entry in done.touched]
        self.queue.enqueue(*(job(payload, business_id) for payload in jobs), tx=tx)
        return done

    def _stored(self, tx: Transaction, drafts: Sequence[EntryDraft]) -> list[CalendarEntry]:
        return tx.find(CalendarEntry, *where(external_id__in=[draft.external_id for draft in drafts]))

    def _entry(
        self,
        business_id: BusinessId,
        draft: EntryDraft,
        campaigns: Mapping[str, UUID],
        clusters: Mapping[str, str],
    ) -> CalendarEntry:
        now = self.clock.now()
        given = {name: getattr(draft, name) for name in SAME_NAME} | {"created_at": draft.created_at or now}
        try:
            return CalendarEntry(
                **given,
                id=self.ids.new(),
                business_id=business_id,
                campaign_id=campaigns.get(draft.campaign or ""),
                category=category_of(draft.artifact_type) if draft.artifact_type else None,
                tags=tags_of(draft.title, draft.funnel_stage, draft.angle),
                keyword_cluster=clusters.get(draft.primary_keyword or ""),
                updated_at=now,
            )
        except (KeyError, ValueError) as error:
            raise InvalidInput(f"entry '{draft.external_id}': {error}") from error

    def _campaigns(self, tx: Transaction, business_id: BusinessId, drafts: Sequence[EntryDraft]) -> Mapping[str, UUID]:
        names = sorted({draft.campaign for draft in drafts if draft.campaign})
        if not names:
            return {}
        fresh = [Campaign(id=self.ids.new(), business_id=business_id, name=name) for name in names]
        done = upsert(tx, Campaign, fresh, key="name", keep=("goal",))
        return {campaign.name: campaign.id for campaign in done.touched + done.unchanged}

    def _clusters(self, tx: Transaction, business_id: BusinessId, drafts: Sequence[EntryDraft]) -> Mapping[str, str]:
        """The cluster of each keyword of the drafts; keywords that are new are added to it."""
        terms = sorted({draft.primary_keyword for draft in drafts if draft.primary_keyword})
        if not terms:
            return {}
        known = {keyword.term: keyword for keyword in tx.find(Keyword)}
        clusters: dict[str, list[str]] = {}
        for keyword in known.values():
            clusters.setdefault(keyword.cluster or keyword.term, []).append(keyword.term)
        found: dict[str, str] = {}
        for term in terms:
            stored = known.get(term)
            cluster = (stored and stored.cluster) or cluster_of(term, clusters) or term
            clusters.setdefault(cluster, []).append(term)
            found[term] = cluster
        fresh = [term for term in terms if term not in known]
        tx.add(*(Keyword(id=self.ids.new(), business_id=business_id, term=t, cluster=found[t]) for t in fresh))
        return found

    def _write_details(
        self,
        tx: Transaction,
        business_id: BusinessId,
        drafts: Sequence[EntryDraft],
        entries: Mapping[str, CalendarEntry],
    ) -> None:
        """The search fields and the channels of each draft."""
        seo, plans = [], []
        for draft in drafts:
            entry = entries[draft.external_id]
            fields = {name: getattr(draft, name) for name in SEO_FIELDS}
            if any(fields.values()):
                seo.append(
                    SeoMetadata(id=self.ids.new(), business_id=business_id, calendar_entry_id=entry.id, **fields)
                )
            for channel in dict.fromkeys((draft.channel, *draft.channels)):
                if channel and (draft.channels or draft.paid_budget):
                    budget = draft.paid_budget if channel == draft.channel else None
                    plans.append(
                        DistributionPlan(
                            id=self.ids.new(),
                            business_id=business_id,
                            calendar_entry_id=entry.id,
                            channel=channel,
                            paid_budget=budget,
                        )
                    )
        if seo:
            upsert(tx, SeoMetadata, seo, key="calendar_entry_id")
        if plans:
            self._replace_plans(tx, plans)

    def _replace_plans(self, tx: Transaction, plans: Sequence[DistributionPlan]) -> None:
        entries = {plan.calendar_entry_id for plan in plans}
        stored = {
            (plan.calendar_entry_id, plan.channel): plan
            for plan in tx.find(DistributionPlan, *where(calendar_entry_id__in=sorted(entries)))
        }
        for plan in plans:
            before = stored.pop((plan.calendar_entry_id, plan.channel), None)
            if before is None:
                tx.add(plan)
            elif before.paid_budget != plan.paid_budget:
                tx.save(attrs.evolve(before, paid_budget=plan.paid_budget))
        tx.remove(DistributionPlan, *(plan.id for plan in stored.values()))

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
