"""What belongs to an entry beside its own row: its search fields, and the channels that it goes out on."""

from collections.abc import Mapping, Sequence
from uuid import UUID

import attrs

from ..ports import Ids, Query, Transaction, where
from .calendar import CalendarEntry, Campaign, DistributionPlan, SeoMetadata
from .drafts import EntryDraft, PlanDraft
from .entry_drafts import NOT_GIVEN, PLAN_FIELDS, SEO_FIELDS, draft_of, plan_values, search_values

Detail = SeoMetadata | DistributionPlan


@attrs.frozen(kw_only=True)
class StoredEntry:
    """An entry as it is kept, with all that belongs to it, and the draft that would say the same."""

    entry: CalendarEntry
    search: SeoMetadata | None
    plans: tuple[DistributionPlan, ...]
    draft: EntryDraft


def stored_entries(tx: Transaction, entries: Sequence[CalendarEntry]) -> Mapping[str, StoredEntry]:
    """The entries by their ``external_id``, with their details, for the time of one look-up."""
    if not entries:
        return {}
    of_these = where(calendar_entry_id__in=[entry.id for entry in entries])
    campaigns = sorted({entry.campaign_id for entry in entries if entry.campaign_id})
    searches, plans, named = tx.find_all(
        Query(SeoMetadata, of_these),
        Query(DistributionPlan, of_these, order="channel"),
        Query(Campaign, where(id__in=campaigns)),
    )
    search_of: dict[UUID, SeoMetadata] = {row.calendar_entry_id: row for row in searches}
    plans_of: dict[UUID, list[DistributionPlan]] = {}
    for plan in plans:
        plans_of.setdefault(plan.calendar_entry_id, []).append(plan)
    name_of = {campaign.id: campaign.name for campaign in named}
    return {
        entry.external_id: _stored(
            entry,
            search_of.get(entry.id),
            plans_of.get(entry.id, ()),
            None if entry.campaign_id is None else name_of[entry.campaign_id],
        )
        for entry in entries
    }


NOTHING_SAID = search_values(NOT_GIVEN)


def write_details(
    tx: Transaction,
    ids: Ids,
    entry: CalendarEntry,
    target: EntryDraft,
    plans: Sequence[PlanDraft],
    stored: StoredEntry | None,
) -> list[Detail]:
    """What is stored of the entry's details is as said; gives the rows that are still to be added."""
    search = None if stored is None else stored.search
    values, new = search_values(target), list[Detail]()
    said = dict(zip(SEO_FIELDS, values, strict=True))
    if search is not None:
        if (fresh := attrs.evolve(search, **said)) != search:
            tx.save(fresh)
    elif values != NOTHING_SAID:
        new.append(SeoMetadata(id=ids.new(), business_id=entry.business_id, calendar_entry_id=entry.id, **said))
    return new + _write_plans(tx, ids, entry, plans, stored)


def _write_plans(
    tx: Transaction, ids: Ids, entry: CalendarEntry, plans: Sequence[PlanDraft], stored: StoredEntry | None
) -> list[Detail]:
    left = {} if stored is None else {plan.channel: plan for plan in stored.plans}
    new: list[Detail] = []
    for plan in plans:
        said = dict(zip(PLAN_FIELDS, plan_values(plan), strict=True))
        before = left.pop(plan.channel, None)
        if before is None:
            new.append(
                DistributionPlan(id=ids.new(), business_id=entry.business_id, calendar_entry_id=entry.id, **said)
            )
        elif (fresh := attrs.evolve(before, **said)) != before:
            tx.save(fresh)
    if left:
        tx.remove(DistributionPlan, *(plan.id for plan in left.values()))
    return new


def _stored(
    entry: CalendarEntry, search: SeoMetadata | None, plans: Sequence[DistributionPlan], campaign: str | None
) -> StoredEntry:
    return StoredEntry(entry=entry, search=search, plans=tuple(plans), draft=draft_of(entry, search, plans, campaign))
