"""What belongs to an entry beside its own row: its search fields, and the channels that it goes out on."""

from collections.abc import Mapping, Sequence
from uuid import UUID

import attrs

from ..ports import Ids, Query, Transaction, where
from .calendar import CalendarEntry, Campaign, DistributionPlan, SeoMetadata
from .drafts import EntryDraft
from .entry_drafts import NOT_GIVEN, PLAN_FIELDS, SEO_FIELDS, draft_of

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


def write_details(
    tx: Transaction, ids: Ids, entry: CalendarEntry, target: EntryDraft, stored: StoredEntry | None
) -> list[Detail]:
    """What is stored of the entry's details is as ``target`` says; gives the rows that are still to be added."""
    searches = [] if stored is None or stored.search is None else [stored.search]
    new: list[Detail] = []
    said = {name: getattr(target, name) for name in SEO_FIELDS}
    if searches:
        if (fresh := attrs.evolve(searches[0], **said)) != searches[0]:
            tx.save(fresh)
    elif any(said[name] != getattr(NOT_GIVEN, name) for name in SEO_FIELDS):
        new.append(SeoMetadata(id=ids.new(), business_id=entry.business_id, calendar_entry_id=entry.id, **said))
    return new + _write_plans(tx, ids, entry, target, stored)


def _write_plans(
    tx: Transaction, ids: Ids, entry: CalendarEntry, target: EntryDraft, stored: StoredEntry | None
) -> list[Detail]:
    left = {} if stored is None else {plan.channel: plan for plan in stored.plans}
    new: list[Detail] = []
    for plan in target.plans:
        said = {name: getattr(plan, name) for name in PLAN_FIELDS}
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
