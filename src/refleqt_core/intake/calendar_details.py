"""What belongs to an entry beside its own row: its search fields, and the channels that it goes out on."""

from collections.abc import Mapping, Sequence
from uuid import UUID

import attrs

from ..ports import Ids, Transaction, where
from ..values import Money
from .calendar import CalendarEntry, DistributionPlan, SeoMetadata
from .drafts import EntryDraft
from .upserts import Upserted, compared

SEO_FIELDS = [field.name for field in attrs.fields(SeoMetadata) if field.name in EntryDraft.__slots__]
SEO_KEPT = [
    field.name
    for field in attrs.fields(SeoMetadata)
    if field.name not in {*SEO_FIELDS, "id", "version", "business_id", "calendar_entry_id"}
]
"""What a draft cannot say of an entry's search fields, and so does not change."""


@attrs.frozen(kw_only=True)
class Details:
    """The rows that are still to be added, and the entries whose details are other than they were."""

    new: tuple[SeoMetadata | DistributionPlan, ...]
    entries: frozenset[UUID]


def detailed(tx: Transaction, ids: Ids, drafts: Sequence[EntryDraft], entries: Upserted[CalendarEntry]) -> Details:
    """The details of the drafts' entries; those that are stored are brought up to date, or gone if no longer given."""
    by_key = {entry.external_id: entry for entry in (*entries.new, *entries.changed, *entries.unchanged)}
    drafted = {by_key[draft.external_id].id: (by_key[draft.external_id], draft) for draft in drafts}
    known = sorted(entry.id for entry in (*entries.changed, *entries.unchanged))
    of_known = where(calendar_entry_id__in=known)
    seo = _searched(ids, drafted, tx.find(SeoMetadata, *of_known) if known else [])
    plans = _planned(ids, drafted, tx.find(DistributionPlan, *of_known) if known else [])
    for row in (*seo.changed, *plans.changed):
        tx.save(row)
    gone = [plan for plan in plans.unchanged if plan.channel not in _budgets(drafted[plan.calendar_entry_id][1])]
    if gone:
        tx.remove(DistributionPlan, *(plan.id for plan in gone))
    written: tuple[SeoMetadata | DistributionPlan, ...] = (*seo.touched, *plans.touched, *gone)
    return Details(new=(*seo.new, *plans.new), entries=frozenset(row.calendar_entry_id for row in written))


Drafted = Mapping[UUID, tuple[CalendarEntry, EntryDraft]]


def _searched(ids: Ids, drafted: Drafted, stored: Sequence[SeoMetadata]) -> Upserted[SeoMetadata]:
    there = {row.calendar_entry_id for row in stored}
    given = [(entry, {name: getattr(draft, name) for name in SEO_FIELDS}) for entry, draft in drafted.values()]
    fresh = [
        SeoMetadata(id=ids.new(), business_id=entry.business_id, calendar_entry_id=entry.id, **fields)
        for entry, fields in given
        if entry.id in there or any(fields.values())
    ]
    return compared(stored, fresh, key="calendar_entry_id", keep=SEO_KEPT)


def _planned(ids: Ids, drafted: Drafted, stored: Sequence[DistributionPlan]) -> Upserted[DistributionPlan]:
    """A single channel without a budget needs no plan of its own; how a stored one goes out is kept."""
    before = {(plan.calendar_entry_id, plan.channel): plan for plan in stored}
    new, changed = [], []
    for entry, draft in drafted.values():
        for channel, budget in _budgets(draft).items():
            known = before.get((entry.id, channel))
            if known is not None and known.paid_budget != budget:
                changed.append(attrs.evolve(known, paid_budget=budget))
            elif known is None and (draft.channels or budget):
                plan = DistributionPlan(
                    id=ids.new(),
                    business_id=entry.business_id,
                    calendar_entry_id=entry.id,
                    channel=channel,
                    paid_budget=budget,
                )
                new.append(plan)
    ids_changed = {plan.id for plan in changed}
    unchanged = [plan for plan in stored if plan.id not in ids_changed]
    return Upserted(new=tuple(new), changed=tuple(changed), unchanged=tuple(unchanged))


def _budgets(draft: EntryDraft) -> dict[str, Money | None]:
    """The channels of the draft, each once, the first with the budget."""
    named = dict.fromkeys(channel for channel in (draft.channel, *draft.channels) if channel)
    return {channel: None if place else draft.paid_budget for place, channel in enumerate(named)}
