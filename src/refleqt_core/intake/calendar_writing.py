"""How drafts become the calendar's rows: compared with what is stored, categorised, written, and put into the queue."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from uuid import UUID

import attrs

from ..errors import Fault, InvalidInput
from ..jobs.catalogue import CategorizeEntry, GenerateEmbeddings, job
from ..ports import Clock, Ids, Job, Query, Queue, Transaction, where
from ..values import BusinessId
from .calendar import RULES, CalendarEntry, Campaign, EntryRevision, Keyword, StatusChange
from .calendar_details import StoredEntry, stored_entries, write_details
from .categorise import category_of, tags_of, unsure
from .drafts import EntryDraft, PlanDraft
from .entry_drafts import ENTRY_FIELDS, document_of, entry_values, main_channel, merged, planned
from .field_rules import faults_of
from .keyword_clusters import assign_clusters
from .upserts import Counted

FEW = 50
"""Up to as many entries are indexed by a job each; the entries of a larger import by one job."""


@attrs.frozen(kw_only=True)
class Change:
    """Something that was done to the calendar, to one entry or to many."""

    id: UUID
    action: str
    by: str | None = None
    import_id: UUID | None = None
    series_id: UUID | None = None


@attrs.frozen(kw_only=True)
class Written:
    """One entry as it is to be, with the draft and the plans that say so; ``before`` is None for a new one."""

    entry: CalendarEntry
    target: EntryDraft
    plans: tuple[PlanDraft, ...]
    before: StoredEntry | None


@attrs.frozen(kw_only=True)
class Prepared:
    """What a change comes to, before anything is written."""

    new: tuple[Written, ...]
    changed: tuple[Written, ...]
    unchanged: tuple[CalendarEntry, ...]
    campaigns: tuple[Campaign, ...]
    keywords: tuple[Keyword, ...]

    @property
    def counted(self) -> Counted:
        """How many entries there are of each."""
        return Counted(new=len(self.new), changed=len(self.changed), unchanged=len(self.unchanged))


@attrs.frozen
class _Names:
    """What the drafts call by name: campaigns and keyword clusters, and which of them are new."""

    campaigns: Mapping[str, UUID]
    clusters: Mapping[str, str]
    new_campaigns: tuple[Campaign, ...]
    new_keywords: tuple[Keyword, ...]


@attrs.frozen(kw_only=True)
class CalendarWriter:
    """Writes drafts by as many statements for one as for a thousand."""

    queue: Queue
    clock: Clock
    ids: Ids

    def write(
        self, tx: Transaction, business_id: BusinessId, drafts: Sequence[EntryDraft], change: Change
    ) -> list[CalendarEntry]:
        """The drafts are on the calendar; gives the entries, those that nothing had to be done for included."""
        prepared = self.prepare(tx, business_id, drafts, change)
        return [*self.apply(tx, business_id, prepared, change), *prepared.unchanged]

    def prepare(
        self, tx: Transaction, business_id: BusinessId, drafts: Sequence[EntryDraft], change: Change
    ) -> Prepared:
        """What the drafts come to; every one that cannot be an entry is named in one `InvalidInput`."""
        _check(drafts)
        known, names = self._look_up(tx, business_id, drafts)
        targets = [(known.get(draft.external_id), draft) for draft in drafts]
        _check_budgets(targets)
        merges = [(before, _target(before, draft, change)) for before, draft in targets]
        unchanged = [before.entry for before, target in merges if before is not None and before.draft == target]
        written = [
            self._written(business_id, target, before, names, change)
            for before, target in merges
            if before is None or before.draft != target
        ]
        return Prepared(
            new=tuple(each for each in written if each.before is None),
            changed=tuple(each for each in written if each.before is not None),
            unchanged=tuple(unchanged),
            campaigns=names.new_campaigns,
            keywords=names.new_keywords,
        )

    def apply(
        self, tx: Transaction, business_id: BusinessId, prepared: Prepared, change: Change
    ) -> list[CalendarEntry]:
        """What was prepared is written, with its history, its steps and its jobs; gives new and changed entries."""
        tx.add(*prepared.campaigns, *prepared.keywords)
        saved = tx.save_all([each.entry for each in prepared.changed]) if prepared.changed else []
        new = [each.entry for each in prepared.new]
        details = [
            row
            for each in (*prepared.new, *prepared.changed)
            for row in write_details(tx, self.ids, each.entry, each.target, each.plans, each.before)
        ]
        revisions = [
            self._revision(each.before, entry, change)
            for each, entry in zip(prepared.changed, saved, strict=True)
            if each.before is not None
        ]
        steps = list(self._steps(prepared, change))
        tx.add(*new, *details, *revisions, *steps)
        touched = [*new, *saved]
        self.queue.enqueue(*self._jobs(business_id, touched, change), tx=tx)
        return touched

    def _look_up(
        self, tx: Transaction, business_id: BusinessId, drafts: Sequence[EntryDraft]
    ) -> tuple[Mapping[str, StoredEntry], _Names]:
        """What is stored of all that the drafts name, for the time of one look-up where all of it is known."""
        campaigns = sorted({draft.campaign for draft in drafts if draft.campaign})
        terms = sorted({draft.primary_keyword for draft in drafts if draft.primary_keyword})
        found = tx.find_all(
            Query(CalendarEntry, where(external_id__in=[draft.external_id for draft in drafts])),
            *([Query(Campaign, where(name__in=campaigns))] if campaigns else []),
            *([Query(Keyword, where(term__in=terms))] if terms else []),
        )
        entries, stored_keywords = found[0], found[-1] if terms else []
        stored_campaigns = found[1] if campaigns else []
        known = {campaign.name: campaign.id for campaign in stored_campaigns}
        new = [
            Campaign(id=self.ids.new(), business_id=business_id, name=name) for name in campaigns if name not in known
        ]
        clusters, keywords = self._clusters(tx, business_id, terms, stored_keywords)
        stored = stored_entries(tx, entries)
        known |= {campaign.name: campaign.id for campaign in new}
        known |= {
            each.draft.campaign: each.entry.campaign_id
            for each in stored.values()
            if each.draft.campaign and each.entry.campaign_id
        }
        return stored, _Names(known, clusters, tuple(new), tuple(keywords))

    def _clusters(
        self, tx: Transaction, business_id: BusinessId, terms: Sequence[str], stored: Sequence[Keyword]
    ) -> tuple[Mapping[str, str], Sequence[Keyword]]:
        """The cluster of each keyword, and the keywords that are still to be added to it.

        All keywords of the business are looked at only when there is a new one to be placed among them.
        """
        found = {keyword.term: keyword.cluster or keyword.term for keyword in stored}
        fresh = [term for term in terms if term not in found]
        if not fresh:
            return found, []
        clusters: dict[str, list[str]] = {}
        for term, cluster in tx.rows(Keyword, ("term", "cluster")):
            clusters.setdefault(cluster or term, []).append(term)
        assigned = assign_clusters(fresh, clusters)
        keywords = [
            Keyword(id=self.ids.new(), business_id=business_id, term=term, cluster=assigned[term]) for term in fresh
        ]
        return found | assigned, keywords

    def _written(
        self,
        business_id: BusinessId,
        target: EntryDraft,
        before: StoredEntry | None,
        names: _Names,
        change: Change,
    ) -> Written:
        plans = planned(target)
        said = dict(zip(ENTRY_FIELDS, entry_values(target), strict=True)) | {
            "own_tags": target.tags,
            "channel": main_channel(target, plans),
            "campaign_id": names.campaigns.get(target.campaign or ""),
            "keyword_cluster": _cluster(target, before, names),
            "updated_at": (now := self.clock.now()),
            **_categorised(target, before),
        }
        if before is None:
            said |= {"import_id": change.import_id, "series_id": change.series_id}
            said["created_at"] = target.created_at or now
            entry = CalendarEntry(id=self.ids.new(), business_id=business_id, **said)
        else:
            if change.import_id is not None or change.action in ("undo", "redo"):
                said["import_id"] = change.import_id
            entry = attrs.evolve(before.entry, **said)
        return Written(entry=entry, target=target, plans=plans, before=before)

    def _revision(self, before: StoredEntry, saved: CalendarEntry, change: Change) -> EntryRevision:
        imported = before.entry.import_id
        return EntryRevision(
            id=self.ids.new(),
            business_id=saved.business_id,
            calendar_entry_id=saved.id,
            change_id=change.id,
            action=change.action,
            before={"draft": document_of(before.draft), "import_id": imported and str(imported)},
            after_version=saved.version,
            at=self.clock.now(),
            by=change.by,
        )

    def _steps(self, prepared: Prepared, change: Change) -> Iterator[StatusChange]:
        now = self.clock.now()
        for each in (*prepared.new, *prepared.changed):
            left = None if each.before is None else each.before.entry.status
            if left != each.entry.status:
                yield StatusChange(
                    id=self.ids.new(),
                    business_id=each.entry.business_id,
                    calendar_entry_id=each.entry.id,
                    left=left,
                    reached=each.entry.status,
                    at=now,
                    by=change.by,
                )

    def _jobs(self, business_id: BusinessId, touched: Sequence[CalendarEntry], change: Change) -> Iterator[Job]:
        """Indexing, and the question to a model where the rules are unsure: of a large import one job each."""
        asked = [each.id for each in touched if each.categorised_by == RULES and unsure(each.title, each.notes)]
        if change.import_id is not None and len(touched) > FEW:
            yield job(GenerateEmbeddings(source_type="calendar_import", source_id=change.import_id), business_id)
            if asked:
                yield job(CategorizeEntry(calendar_entry_id=change.import_id), business_id)
            return
        for entry in touched:
            yield job(GenerateEmbeddings(source_type="calendar", source_id=entry.id), business_id)
        for entry_id in asked:
            yield job(CategorizeEntry(calendar_entry_id=entry_id), business_id)


def _target(before: StoredEntry | None, draft: EntryDraft, change: Change) -> EntryDraft:
    """What the entry is to be. No other tool knows of our reviews, so an import takes none of them back."""
    if before is None:
        return draft
    if change.action == "import" and (before.draft.status, draft.status) == ("reviewed", "published"):
        draft = replace(draft, status="reviewed")
    return merged(before.draft, draft)


def _check(drafts: Sequence[EntryDraft]) -> None:
    """Every rule of every field holds; else `InvalidInput` with all that is wrong with any of the drafts."""
    faults = [
        Fault(f"entry '{draft.external_id}'", None, field, problem, remedy)
        for draft in drafts
        for field, problem, remedy in faults_of(draft)
    ]
    if faults:
        raise InvalidInput(faults)


def _check_budgets(drafts: Sequence[tuple[StoredEntry | None, EntryDraft]]) -> None:
    problem = "it needs a channel that it is spent on"
    faults = [
        Fault(f"entry '{draft.external_id}'", None, "paid_budget", problem, "Name one.")
        for before, draft in drafts
        if draft.paid_budget is not None and merged(None if before is None else before.draft, draft).channel is None
    ]
    if faults:
        raise InvalidInput(faults)


def _cluster(target: EntryDraft, before: StoredEntry | None, names: _Names) -> str | None:
    if before is not None and before.draft.primary_keyword == target.primary_keyword:
        return before.entry.keyword_cluster
    return names.clusters.get(target.primary_keyword or "")


def _categorised(target: EntryDraft, before: StoredEntry | None) -> dict[str, object]:
    """Category and tags by the rules; those that a model found stay as long as it would be asked the same."""
    found = tags_of(target.title, target.funnel_stage, target.angle)
    by, category = RULES, category_of(target.artifact_type)
    if before is not None and before.entry.categorised_by != RULES and _asks_the_same(before.draft, target):
        own = set(before.entry.own_tags)
        by, category = before.entry.categorised_by, before.entry.category or category
        found = tuple(tag for tag in before.entry.tags if tag not in own)
    return {"category": category, "tags": tuple(sorted({*found, *target.tags})), "categorised_by": by}


def _asks_the_same(before: EntryDraft, target: EntryDraft) -> bool:
    asked = ("title", "notes", "artifact_type", "funnel_stage", "angle")
    return all(getattr(before, name) == getattr(target, name) for name in asked)
