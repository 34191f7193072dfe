"""What comes in at the edges, before it is anybody's record: read from files, forms and HTTP bodies alike."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, BinaryIO
from uuid import UUID

from ..ports import Transcript
from ..values import Money
from .activities import Participant
from .business import (
    BrandVoice,
    Competitors,
    MarketingStack,
    MarketingState,
    Product,
    Segment,
    VisualIdentity,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class ImportedFile:
    """The file that an import came from: its name, what is kept of it as a blob, and how many rows were rejected.

    ``sha256`` is that of the file, in hex, where the blob is a manifest and not the file itself.
    """

    name: str
    blob: str
    rejected: int = 0
    sha256: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class UploadedFile:
    """A file on its way into the blob store; ``transcript`` is what it says, where that has been read already."""

    name: str
    media_type: str
    data: BinaryIO
    transcript: Transcript | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class PlanDraft:
    """How an entry goes out on one channel.

    ``parameters`` are the platform's own (a LinkedIn hook, an Instagram format, the segments of a mail).
    """

    channel: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    posting_schedule: tuple[str, ...] = ()
    paid_budget: Money | None = None
    repurposing_plan: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class EntryDraft:
    """A calendar entry as somebody writes it: the five groups of fields of the design document's section 2.2.

    ``campaign`` is a name; a new one is made. ``channels`` and ``paid_budget`` are the short way to say on what it goes
    out, ``plans`` the long one; a channel that both name is as its plan says. ``tags`` are those that people give it,
    beside which the calendar finds its own. ``given`` names the fields that the draft
    speaks of: those it does not name stay as they are stored. None: it speaks of all.
    """

    external_id: str
    title: str
    artifact_type: str
    status: str = "idea"
    owner: str | None = None
    team: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    notes: str | None = None
    publish_at: datetime | None = None
    created_at: datetime | None = None
    campaign: str | None = None
    funnel_stage: str | None = None
    icp_segment: str | None = None
    buyer_persona: str | None = None
    angle: str | None = None
    strategic_intent: str | None = None
    competitive_context: str | None = None
    channel: str | None = None
    channels: tuple[str, ...] = ()
    plans: tuple[PlanDraft, ...] = ()
    paid_budget: Money | None = None
    production_cost: Money | None = None
    primary_kpi: str | None = None
    kpi_target: float | None = None
    secondary_kpis: tuple[str, ...] = ()
    utm_source: str | None = None
    utm_medium: str | None = None
    utm_campaign: str | None = None
    utm_content: str | None = None
    utm_term: str | None = None
    attribution_model: str | None = None
    conversion_event: str | None = None
    review_due: date | None = None
    lifetime_value_tag: str | None = None
    primary_keyword: str | None = None
    secondary_keywords: tuple[str, ...] = ()
    search_intent: str | None = None
    keyword_difficulty: int | None = None
    search_volume: int | None = None
    ranking_position: int | None = None
    serp_features: tuple[str, ...] = ()
    internal_link_targets: tuple[str, ...] = ()
    featured_snippet: bool = False
    url_slug: str | None = None
    meta_title: str | None = None
    meta_description: str | None = None
    header_structure: tuple[str, ...] = ()
    schema_markup: str | None = None
    canonical_url: str | None = None
    index_status: str | None = None
    core_web_vitals: Mapping[str, float] = field(default_factory=dict)
    mobile_rendering: str | None = None
    image_alt_texts: tuple[str, ...] = ()
    anchor_texts: tuple[str, ...] = ()
    crawl_directives: tuple[str, ...] = ()
    given: frozenset[str] | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class VentDraft:
    """A vent as it was written."""

    external_id: str
    text: str
    written_at: datetime
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class ActivityDraft:
    """A team activity that has taken place. ``activity_type`` is the slug or the name of its type.

    ``recommendation_id`` names the recommendation that it follows; without one, an open one of its type counts.
    """

    external_id: str
    activity_type: str
    held_at: datetime
    duration_minutes: float | None = None
    participants: tuple[Participant, ...] = ()
    notes: str = ""
    title: str = ""
    recommendation_id: UUID | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class MessageDraft:
    """What somebody wrote in a conversation, on one line."""

    at: datetime
    speaker: str
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ConversationDraft:
    """A day of a channel where people write to each other.

    ``messages`` are in the order in which they are read, which need not be that of time; there is at least one.
    ``roles`` are those of speakers who have one, ``name`` is that of the file which keeps the words. ``covered`` is
    from when to when the source was read: of the day it says nothing before or after that.
    """

    external_id: str
    title: str
    name: str
    messages: tuple[MessageDraft, ...]
    covered: tuple[datetime, datetime]
    roles: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """A free-text answer of the onboarding; an empty one was skipped."""

    question: str
    answer: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class OnboardingForm:
    """All ten groups: their typed fields, and the free-text answers by group."""

    name: str
    slug: str
    industry: str = ""
    specialization: str = "B2B_SaaS"
    size: str | None = None
    stage: str | None = None
    website: str | None = None
    time_zone: str = "UTC"
    business_models: tuple[str, ...] = ()
    revenue_mechanics: tuple[str, ...] = ()
    segments: tuple[Segment, ...] = ()
    competitors: Competitors = field(default_factory=Competitors)
    brand_voice: BrandVoice = field(default_factory=BrandVoice)
    visual_identity: VisualIdentity = field(default_factory=VisualIdentity)
    products: tuple[Product, ...] = ()
    marketing_stack: MarketingStack = field(default_factory=MarketingStack)
    marketing_state: MarketingState = field(default_factory=MarketingState)
    answers: Mapping[str, tuple[Answer, ...]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class TouchDraft:
    """A visit as the analytics tool exports it."""

    external_id: str
    visitor_id: str
    occurred_at: datetime
    channel: str = ""
    utm_source: str | None = None
    utm_medium: str | None = None
    utm_campaign: str | None = None
    utm_content: str | None = None
    url: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ConversionDraft:
    """A conversion as the analytics tool or the CRM exports it."""

    external_id: str
    visitor_id: str
    occurred_at: datetime
    event: str
    revenue: Money
