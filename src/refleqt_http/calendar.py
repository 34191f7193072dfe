"""The marketing calendar."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from refleqt_core.errors import NotFound
from refleqt_core.intake.calendar import (
    ANGLES,
    ARTIFACT_TYPES,
    ATTRIBUTION_MODELS,
    CHANNELS,
    FUNNEL_STAGES,
    KPIS,
    SEARCH_INTENTS,
    STATUSES,
    CalendarEntry,
)
from refleqt_core.intake.drafts import EntryDraft
from refleqt_core.ports import where

from .auth import Caller
from .bodies import (
    Count,
    Day,
    Identity,
    Input,
    Moment,
    MoneyBody,
    MoneyOut,
    Name,
    OneOf,
    Output,
    Page,
    PageOf,
    PageQuery,
    Tags,
    Target,
    Text,
    page,
)
from .endpoints import Resource

resource = Resource("calendar", "Every marketing artifact, from the idea to the review of its results.")

Status = Annotated[str, OneOf(STATUSES)]
Channel = Annotated[str, OneOf(CHANNELS)]
Kpi = Annotated[str, OneOf(KPIS)]
Intent = Annotated[str, OneOf(SEARCH_INTENTS)]


class EntryBody(Input):
    """A calendar entry as somebody writes it."""

    external_id: Name = Field(description="how you name the entry; saved again under it, the entry is changed")
    title: Name
    artifact_type: Annotated[str, OneOf(ARTIFACT_TYPES)]
    status: Status = "idea"
    owner: Text | None = None
    publish_at: Moment | None = None
    created_at: Moment | None = None
    campaign: Text | None = Field(default=None, description="the campaign's name; a new one is made")
    funnel_stage: Annotated[str, OneOf(FUNNEL_STAGES)] | None = None
    icp_segment: Text | None = None
    buyer_persona: Text | None = None
    angle: Annotated[str, OneOf(ANGLES)] | None = None
    strategic_intent: Text | None = None
    competitive_context: Text | None = None
    channel: Channel | None = None
    channels: tuple[Channel, ...] = Field(default=(), max_length=len(CHANNELS))
    paid_budget: MoneyBody | None = None
    production_cost: MoneyBody | None = None
    primary_kpi: Kpi | None = None
    kpi_target: Target | None = None
    secondary_kpis: tuple[Kpi, ...] = Field(default=(), max_length=len(KPIS))
    utm_source: Text | None = None
    utm_medium: Text | None = None
    utm_campaign: Text | None = None
    utm_content: Text | None = None
    attribution_model: Annotated[str, OneOf(ATTRIBUTION_MODELS)] | None = None
    conversion_event: Text | None = None
    review_due: Day | None = None
    primary_keyword: Text | None = None
    secondary_keywords: Tags = ()
    search_intent: Intent | None = None
    keyword_difficulty: Count | None = None
    search_volume: Count | None = None
    ranking_position: Count | None = None
    url_slug: Text | None = None
    meta_title: Text | None = None
    meta_description: Text | None = None
    canonical_url: Text | None = None

    def draft(self) -> EntryDraft:
        """The entry as the calendar takes it."""
        given = {name: getattr(self, name) for name in type(self).model_fields}
        money = {name: body.value() for name, body in given.items() if isinstance(body, MoneyBody)}
        return EntryDraft(**given | money)


class EntryOut(Output):
    """A calendar entry as it is kept, with the category, tags and keyword cluster that it was given."""

    id: UUID
    version: int
    external_id: str
    title: str
    artifact_type: str
    status: str
    owner: str | None
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
    attribution_model: str | None
    conversion_event: str | None
    review_due: date | None
    category: str | None
    tags: list[str]
    keyword_cluster: str | None
    created_at: datetime
    updated_at: datetime


class EntryPage(PageOf[EntryOut]):
    """A part of the calendar."""


class EntryQuery(PageQuery):
    """Which entries of the calendar."""

    status: Status | None = None
    channel: Channel | None = None
    start: Moment | None = Field(default=None, description="published at that moment or later")
    end: Moment | None = Field(default=None, description="published before that moment")


class StatusBody(Input):
    """The status to reach."""

    status: Status


@resource.get("/v1/calendar", gives=EntryPage, raises=[NotFound])
def list_entries(caller: Caller, query: EntryQuery) -> Page[CalendarEntry]:
    """A part of the calendar, in the order of publication.

    Entries without a date come last; `start` and `end` leave them out.
    """
    asked = {
        "status": query.status,
        "channel": query.channel,
        "publish_at__ge": query.start,
        "publish_at__lt": query.end,
    }
    filters = where(**{name: value for name, value in asked.items() if value is not None})
    store = caller.refleqt.store()
    return page(store, caller.business_id, CalendarEntry, *filters, order="publish_at", query=query)


@resource.post("/v1/calendar", gives=EntryOut)
def save_entry(caller: Caller, body: EntryBody) -> CalendarEntry:
    """The entry is on the calendar: categorised, tagged, and about to be indexed.

    One with the same `external_id` is changed to what the body says; saved as it is already, nothing happens.
    """
    return caller.refleqt.calendar().save(caller.business_id, body.draft(), by=caller.name)


@resource.get("/v1/calendar/{entry_id}", gives=EntryOut, raises=[NotFound])
def read_entry(caller: Caller, entry_id: Identity) -> CalendarEntry:
    """One entry of the calendar."""
    with caller.refleqt.store().business(caller.business_id) as tx:
        return tx.get(CalendarEntry, entry_id)


@resource.post("/v1/calendar/{entry_id}/status", gives=EntryOut, raises=[NotFound])
def move_entry(caller: Caller, entry_id: Identity, body: StatusBody) -> CalendarEntry:
    """The entry has that status, and the step is on record with its time."""
    return caller.refleqt.calendar().move(caller.business_id, entry_id, body.status, by=caller.name)
