"""A calendar entry on its way in: all that can be said of it, or only what changes."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from refleqt_core.intake.calendar import (
    ANGLES,
    ARTIFACT_TYPES,
    ATTRIBUTION_MODELS,
    CHANNELS,
    FUNNEL_STAGES,
    KPIS,
    SEARCH_INTENTS,
    STATUSES,
)
from refleqt_core.intake.drafts import EntryDraft, PlanDraft
from refleqt_core.intake.entry_drafts import DRAFT_FIELDS, NOT_GIVEN, document_of
from refleqt_core.intake.search_rules import INDEX_STATUSES, MOBILE_RENDERINGS

from .bodies import Count, Day, Difficulty, Flag, Input, Moment, MoneyBody, Number, OneOf, Rank, Target, Text, as_number
from .entry_texts import (
    CanonicalUrl,
    Directives,
    Features,
    Line,
    Lines,
    Links,
    LongLine,
    Note,
    OwnId,
    Said,
    SchemaType,
    Slots,
    Slug,
    Told,
    UtmValue,
    Words,
)

Status = Annotated[str, OneOf(STATUSES)]
Channel = Annotated[str, OneOf(CHANNELS)]
ArtifactType = Annotated[str, OneOf(ARTIFACT_TYPES)]
Stage = Annotated[str, OneOf(FUNNEL_STAGES)]
Angle = Annotated[str, OneOf(ANGLES)]
Kpi = Annotated[str, OneOf(KPIS)]
Parameter = Annotated[Text | Flag | Number | Lines, Field(union_mode="left_to_right")]
Version = Annotated[Count | None, Field(description="the version that was read; another one now is a conflict")]


class PlanBody(Input):
    """How the entry goes out on one channel; the parameters are the platform's own."""

    channel: Channel
    parameters: dict[Told, Parameter] = Field(
        default={}, max_length=50, json_schema_extra={"additionalProperties": False}
    )
    posting_schedule: Slots = ()
    paid_budget: MoneyBody | None = None
    repurposing_plan: Note | None = None


class VitalsBody(Input):
    """Targets for Core Web Vitals: lcp in seconds, inp in milliseconds, cls without a unit."""

    lcp: Annotated[float, Field(ge=0, le=60), BeforeValidator(as_number)] | None = None
    inp: Annotated[float, Field(ge=0, le=10_000), BeforeValidator(as_number)] | None = None
    cls: Annotated[float, Field(ge=0, le=10), BeforeValidator(as_number)] | None = None


class EntryFields(Input):
    """What can be said of an entry beside its id, title and type. Null says that there is none."""

    status: Status = "idea"
    owner: Said | None = None
    team: Words | None = Field(default=None, description="the people beside the owner")
    tags: Words | None = Field(default=None, description="your own tags, beside which the calendar finds others")
    notes: Note | None = None
    publish_at: Moment | None = None
    campaign: Said | None = Field(default=None, description="the campaign's name; a new one is made")
    funnel_stage: Stage | None = None
    icp_segment: Said | None = None
    buyer_persona: Said | None = None
    angle: Angle | None = None
    strategic_intent: Said | None = None
    competitive_context: Said | None = None
    channel: Channel | None = None
    channels: Annotated[tuple[Channel, ...], Field(max_length=len(CHANNELS))] | None = Field(
        default=None, description="the short way to say where it goes out; 'plans' is the long one"
    )
    plans: Annotated[tuple[PlanBody, ...], Field(max_length=len(CHANNELS))] | None = Field(
        default=None, description="one for each channel"
    )
    paid_budget: MoneyBody | None = Field(default=None, description="of the first channel")
    production_cost: MoneyBody | None = None
    primary_kpi: Kpi | None = None
    kpi_target: Target | None = None
    secondary_kpis: Annotated[tuple[Kpi, ...], Field(max_length=len(KPIS))] | None = None
    utm_source: UtmValue | None = None
    utm_medium: UtmValue | None = None
    utm_campaign: UtmValue | None = None
    utm_content: UtmValue | None = None
    utm_term: UtmValue | None = None
    attribution_model: Annotated[str, OneOf(ATTRIBUTION_MODELS)] | None = None
    conversion_event: Said | None = None
    review_due: Day | None = None
    lifetime_value_tag: Said | None = None
    primary_keyword: Said | None = None
    secondary_keywords: Words | None = None
    search_intent: Annotated[str, OneOf(SEARCH_INTENTS)] | None = None
    keyword_difficulty: Difficulty | None = None
    search_volume: Count | None = None
    ranking_position: Rank | None = None
    serp_features: Features | None = None
    internal_link_targets: Links | None = None
    featured_snippet: Flag = Field(default=False, description="whether it aims at the featured snippet")
    url_slug: Slug | None = None
    meta_title: Line | None = None
    meta_description: LongLine | None = None
    header_structure: Words | None = None
    schema_markup: SchemaType | None = None
    canonical_url: CanonicalUrl | None = None
    index_status: Annotated[str, OneOf(INDEX_STATUSES)] | None = None
    core_web_vitals: VitalsBody | None = None
    mobile_rendering: Annotated[str, OneOf(MOBILE_RENDERINGS)] | None = None
    image_alt_texts: Lines | None = Field(default=None, description="one for each image; blank where it has none")
    anchor_texts: Words | None = None
    crawl_directives: Directives | None = None

    def said(self) -> dict[str, Any]:
        """The fields that the body names, as `EntryDraft` has them; what is null is as if it never was."""
        return {name: self._value(name) for name in DRAFT_FIELDS if name in self.model_fields_set}

    def _value(self, name: str) -> Any:
        given = getattr(self, name)
        if given is None:
            return getattr(NOT_GIVEN, name)
        return _READ.get(name, _as_it_is)(given)


class EntryBody(EntryFields):
    """A calendar entry as somebody writes it."""

    external_id: OwnId = Field(description="how you name the entry; saved again under it, the entry is changed")
    title: Told
    artifact_type: ArtifactType
    created_at: Moment | None = None

    def draft(self) -> EntryDraft:
        """The entry as the calendar takes it; of fields that the body does not name, it does not speak."""
        return EntryDraft(**self.said(), given=frozenset(self.model_fields_set))


class PartOfEntry(EntryFields):
    """Some of the fields of an entry; those that are left out are not spoken of."""

    title: Told = Field(default_factory=str)
    artifact_type: ArtifactType = Field(default_factory=str)
    status: Status = Field(default_factory=str)
    featured_snippet: Flag = Field(default_factory=bool)

    def document(self) -> dict[str, Any]:
        """The fields that say something, as JSON has them."""
        said = self.said()
        written = document_of(replace(NOT_GIVEN, **said))
        return {name: written[name] for name in said if name in written}


class EntryChanges(PartOfEntry):
    """What of an entry is to be another; all that is left out stays as it is, and null takes a value away."""

    version: Version = None


def _plan_of(body: PlanBody) -> PlanDraft:
    given = {name: list(value) if isinstance(value, tuple) else value for name, value in body.parameters.items()}
    return PlanDraft(
        channel=body.channel,
        parameters=given,
        posting_schedule=body.posting_schedule,
        paid_budget=None if body.paid_budget is None else body.paid_budget.value(),
        repurposing_plan=body.repurposing_plan,
    )


def _as_it_is(value: Any) -> Any:
    return value


_READ: Mapping[str, Callable[[Any], Any]] = {
    "plans": lambda plans: tuple(map(_plan_of, plans)),
    "paid_budget": MoneyBody.value,
    "production_cost": MoneyBody.value,
    "core_web_vitals": lambda vitals: vitals.model_dump(exclude_none=True),
}
"""How the fields that have parts become what `EntryDraft` has for them."""
