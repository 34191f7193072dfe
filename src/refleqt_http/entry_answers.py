"""A calendar entry on its way out: its row in a list, or all that is known of it."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

import attrs
from pydantic import Field

from refleqt_core.intake.entry_drafts import NOT_GIVEN, SEO_FIELDS, document_of
from refleqt_core.outputs.entry_page import EntryChange, EntryPage

from .bodies import MoneyOut, Output


class EntryOut(Output):
    """A calendar entry as it is kept, with the category, tags and keyword cluster that it was given.

    `tags` are all of them, `own_tags` those that people gave it.
    """

    id: UUID
    version: int
    external_id: str
    title: str
    artifact_type: str
    status: str
    owner: str | None
    team: list[str]
    notes: str | None
    publish_at: datetime | None
    campaign_id: UUID | None
    funnel_stage: str | None
    icp_segment: str | None
    buyer_persona: str | None
    angle: str | None
    strategic_intent: str | None
    competitive_context: str | None
    channel: str | None
    production_cost: MoneyOut | None
    primary_kpi: str | None
    kpi_target: float | None
    secondary_kpis: list[str]
    utm_source: str | None
    utm_medium: str | None
    utm_campaign: str | None
    utm_content: str | None
    utm_term: str | None
    attribution_model: str | None
    conversion_event: str | None
    review_due: date | None
    lifetime_value_tag: str | None
    category: str | None
    own_tags: list[str]
    tags: list[str]
    keyword_cluster: str | None
    categorised_by: str = Field(description="'rules', or the model that was asked")
    import_id: UUID | None = Field(description="the last import that wrote it")
    series_id: UUID | None = Field(description="the series that made it")
    created_at: datetime
    updated_at: datetime


class PlanOut(Output):
    """How the entry goes out on one channel."""

    channel: str
    parameters: dict[str, Any]
    posting_schedule: list[str]
    paid_budget: MoneyOut | None
    repurposing_plan: str | None


class AdviceOut(Output):
    """Something about a field that could be better; it keeps nothing from being saved."""

    field: str
    what: str
    why: str


class WholeEntryOut(EntryOut):
    """A calendar entry with its campaign, search fields and plans, with what could be better, and its results.

    `results` are sums by metric over the thirty days from publication; null where it has no publication.
    """

    campaign: str | None
    plans: list[PlanOut]
    primary_keyword: str | None
    secondary_keywords: list[str]
    search_intent: str | None
    keyword_difficulty: int | None
    search_volume: int | None
    ranking_position: int | None
    serp_features: list[str]
    internal_link_targets: list[str]
    featured_snippet: bool
    url_slug: str | None
    meta_title: str | None
    meta_description: str | None
    header_structure: list[str]
    schema_markup: str | None
    canonical_url: str | None
    index_status: str | None
    core_web_vitals: dict[str, float]
    mobile_rendering: str | None
    image_alt_texts: list[str]
    anchor_texts: list[str]
    crawl_directives: list[str]
    warnings: list[AdviceOut]
    results: dict[str, float] | None


class StepOut(Output):
    """A step of the entry through its statuses; `left` is null for the first."""

    left: str | None
    reached: str
    at: datetime
    by: str | None


class FieldChangeOut(Output):
    """A field before and after a change, as it is sent to be saved; null says that there was none."""

    field: str
    before: Any
    after: Any


class ChangeOut(Output):
    """A change of the entry, and each field that it changed."""

    at: datetime
    by: str | None
    action: str = Field(description="edit, move, import or undo")
    fields: list[FieldChangeOut]


class HistoryOut(Output):
    """How the entry came to be what it is: its steps, the first first, and its changes, the latest first."""

    steps: list[StepOut]
    changes: list[ChangeOut]


def whole(page: EntryPage) -> dict[str, Any]:
    """What `WholeEntryOut` is made of."""
    entry = {field.name: getattr(page.entry, field.name) for field in attrs.fields(type(page.entry))}
    search = {name: getattr(page.draft, name) for name in SEO_FIELDS}
    more = {"campaign": page.draft.campaign, "plans": page.draft.plans, "warnings": page.advice}
    return entry | search | more | {"results": page.results}


def history(page: EntryPage) -> dict[str, Any]:
    """What `HistoryOut` is made of."""
    changes = [
        {"at": each.at, "by": each.by, "action": each.action, "fields": list(_fields(each))} for each in page.changes
    ]
    return {"steps": page.steps, "changes": changes}


def _fields(change: EntryChange) -> Iterator[dict[str, Any]]:
    before, after = (_documented(change.fields, side) for side in (0, 1))
    for name in change.fields:
        # A document leaves out what says nothing: an idea is an idea all the same.
        usual = getattr(NOT_GIVEN, name) or None
        yield {"field": name, "before": before.get(name, usual), "after": after.get(name, usual)}


def _documented(fields: Mapping[str, tuple[Any, Any]], side: int) -> dict[str, Any]:
    """The values of one side as JSON has them."""
    return document_of(replace(NOT_GIVEN, **{name: values[side] for name, values in fields.items()}))
