"""An entry in its outer form: what is stored as the draft that says all of it, and that draft as a JSON document."""

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from datetime import date, datetime
from functools import lru_cache
from operator import attrgetter
from typing import TYPE_CHECKING, Any

import attrs

from ..errors import Fault, InvalidInput
from ..values import Money
from .calendar import CalendarEntry, DistributionPlan, SeoMetadata
from .drafts import EntryDraft, PlanDraft

if TYPE_CHECKING:
    from cattrs import Converter

DRAFT_FIELDS = tuple(field.name for field in fields(EntryDraft) if field.name != "given")
ENTRY_FIELDS = tuple(
    name for name in attrs.fields_dict(CalendarEntry) if name in DRAFT_FIELDS and name not in ("tags", "channel")
)
SEO_FIELDS = tuple(name for name in attrs.fields_dict(SeoMetadata) if name in DRAFT_FIELDS)
PLAN_FIELDS = tuple(field.name for field in fields(PlanDraft))
SHORT_FORMS = ("channels", "paid_budget")
"""Fields that are only another way to say ``plans``."""

entry_values, search_values, plan_values = attrgetter(*ENTRY_FIELDS), attrgetter(*SEO_FIELDS), attrgetter(*PLAN_FIELDS)
"""What a draft says for these fields, in their order."""

NOT_GIVEN = EntryDraft(external_id="", title="", artifact_type="")


def speaks_of(draft: EntryDraft, field: str) -> bool:
    """Whether the draft says something of that field, be it that there is nothing."""
    return draft.given is None or field in draft.given


def draft_of(
    entry: CalendarEntry, search: SeoMetadata | None, plans: Sequence[DistributionPlan], campaign: str | None
) -> EntryDraft:
    """The draft that says everything of the entry that any draft can say, plans in their long form."""
    said = {name: getattr(entry, name) for name in ENTRY_FIELDS}
    if search is not None:
        said |= {name: getattr(search, name) for name in SEO_FIELDS}
    return EntryDraft(
        **said,
        tags=entry.own_tags,
        channel=entry.channel,
        campaign=campaign,
        plans=tuple(PlanDraft(**{name: getattr(plan, name) for name in PLAN_FIELDS}) for plan in plans),
    )


def merged(stored: EntryDraft | None, draft: EntryDraft) -> EntryDraft:
    """What the entry is to be: ``draft`` where it speaks, else what is ``stored``; plans in their long form."""
    before = stored or NOT_GIVEN
    plans = planned(draft, before)
    settled: dict[str, Any] = {
        "channel": main_channel(draft, plans, before),
        "channels": (),
        "paid_budget": None,
        "plans": plans,
        "given": None,
        "created_at": before.created_at or draft.created_at,
    }
    if stored is None or draft.given is None:
        return replace(draft, **settled)
    kept = {name: getattr(before, name) for name in DRAFT_FIELDS if name not in draft.given}
    return replace(draft, **(kept | settled))


def main_channel(draft: EntryDraft, plans: Sequence[PlanDraft], before: EntryDraft = NOT_GIVEN) -> str | None:
    """The channel that the entry is said to go out on, else the first that is named.

    A draft that does not speak of it leaves it as it is, unless it names other channels, or says that there are none.
    """
    if speaks_of(draft, "channel") and draft.channel:
        return draft.channel
    channels, explicit = _said_of_channels(draft)
    named = (*channels, *explicit, *(plan.channel for plan in plans))
    others = speaks_of(draft, "channels") or bool(explicit)
    if not speaks_of(draft, "channel") and (before.channel in named or not others):
        return before.channel
    return next(iter(named), None)


def planned(draft: EntryDraft, before: EntryDraft = NOT_GIVEN) -> tuple[PlanDraft, ...]:
    """How the entry goes out on each of its channels, the main one with the budget of the short form.

    The short form says nothing of how it goes out on a channel, so what is stored of that stays. A single channel of
    which there is nothing more to say needs no plan.
    """
    if before is NOT_GIVEN and not (draft.channels or draft.plans or draft.paid_budget):
        return ()
    channels, explicit = _said_of_channels(draft)
    stored = {plan.channel: plan for plan in before.plans}
    named = dict.fromkeys([draft.channel] if speaks_of(draft, "channel") and draft.channel else [])
    named |= dict.fromkeys((*channels, *explicit))
    if not _names_channels(draft):
        named |= dict.fromkeys((*([before.channel] if before.channel else []), *stored))
    plans = {each: explicit.get(each) or stored.get(each) or PlanDraft(channel=each) for each in named}
    first = main_channel(draft, tuple(plans.values()), before)
    if first in plans and first not in explicit and speaks_of(draft, "paid_budget"):
        plans[first] = _with_budget(plans[first], draft.paid_budget)
    if list(plans.values()) == [PlanDraft(channel=first or "")]:
        return ()
    return tuple(sorted(plans.values(), key=lambda plan: plan.channel))


def _said_of_channels(draft: EntryDraft) -> tuple[tuple[str, ...], dict[str, PlanDraft]]:
    """The channels and the plans by channel, as far as the draft speaks of them."""
    plans = draft.plans if speaks_of(draft, "plans") else ()
    return draft.channels if speaks_of(draft, "channels") else (), {plan.channel: plan for plan in plans}


def _names_channels(draft: EntryDraft) -> bool:
    """Whether the draft says on which channels the entry goes out beside the main one."""
    return speaks_of(draft, "channels") or speaks_of(draft, "plans")


def _with_budget(plan: PlanDraft, budget: Money | None) -> PlanDraft:
    return plan if plan.paid_budget == budget else replace(plan, paid_budget=budget)


def document_of(draft: EntryDraft) -> dict[str, Any]:
    """The draft as a JSON document, without the fields that say nothing."""
    document: dict[str, Any] = _converter().unstructure(draft)
    return document


def draft_from(document: Mapping[str, Any]) -> EntryDraft:
    """The draft that `document_of` wrote, or that a person or program wrote in the same form.

    Unknown fields, and values that are not what the field takes, raise `InvalidInput` with all of them.
    """
    from cattrs import BaseValidationError
    from cattrs.v import transform_error

    try:
        return _converter().structure(dict(document), EntryDraft)
    except (BaseValidationError, InvalidInput, TypeError, ValueError) as error:
        problems = transform_error(error) if isinstance(error, BaseValidationError) else [str(error)]
        remedy = f"The fields are: {', '.join(DRAFT_FIELDS)}."
        raise InvalidInput(Fault("the entry", None, None, problem, remedy) for problem in problems) from error


@lru_cache(maxsize=1)
def _converter() -> "Converter":
    from cattrs.preconf.json import make_converter

    converter = make_converter(omit_if_default=True, forbid_extra_keys=True)
    converter.register_unstructure_hook(datetime, datetime.isoformat)
    converter.register_unstructure_hook(date, date.isoformat)
    converter.register_structure_hook(datetime, lambda text, _: datetime.fromisoformat(text))
    converter.register_structure_hook(date, lambda text, _: date.fromisoformat(text))
    return converter
