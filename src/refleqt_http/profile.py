"""The business context profile β."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import Field, model_validator

from refleqt_core import profile
from refleqt_core.errors import NotFound

from .auth import Caller
from .bodies import Input, Moment, MoneyOut, Output
from .endpoints import Resource

resource = Resource("profile", "What is known of the business, now or as of a past moment.")


class BusinessOut(Output):
    """The business."""

    id: UUID
    slug: str
    name: str
    industry: str
    specialization: str
    size: str | None
    stage: str | None
    website: str | None
    time_zone: str
    created_at: datetime


class SegmentOut(Output):
    """A group of the target audience."""

    key: str
    name: str
    industries: list[str]
    company_sizes: list[str]
    job_titles: list[str]
    geographies: list[str]
    pain_points: list[str]


class CompetitorsOut(Output):
    """The competitive landscape, by name."""

    direct: list[str]
    indirect: list[str]
    aspirational: list[str]


class BrandVoiceOut(Output):
    """Four attributes in [0, 1], and the words to use and to avoid."""

    formality: float
    technicality: float
    boldness: float
    playfulness: float
    words_we_use: list[str]
    words_we_avoid: list[str]


class VisualIdentityOut(Output):
    """Colours, fonts, logo and references."""

    colors: list[str]
    fonts: list[str]
    logo: str | None
    style_references: list[str]


class PricingTierOut(Output):
    """What a product costs."""

    name: str
    price: MoneyOut
    per: str


class ProductOut(Output):
    """Something the business sells."""

    name: str
    description: str
    pricing_tiers: list[PricingTierOut]
    key_features: list[str]
    differentiators: list[str]


class MarketingStackOut(Output):
    """The tools in use."""

    cms: str | None
    email: str | None
    crm: str | None
    analytics: str | None
    social: list[str]


class MarketingStateOut(Output):
    """What works, what does not, what was tried and what never was."""

    working: list[str]
    not_working: list[str]
    tried: list[str]
    never_tried: list[str]


class FoundationOut(Output):
    """The ten explicit groups of the onboarding."""

    business_models: list[str]
    revenue_mechanics: list[str]
    segments: list[SegmentOut]
    competitors: CompetitorsOut
    brand_voice: BrandVoiceOut
    visual_identity: VisualIdentityOut
    products: list[ProductOut]
    marketing_stack: MarketingStackOut
    marketing_state: MarketingStateOut
    valid_from: datetime
    valid_to: datetime | None


class AnswerOut(Output):
    """A free-text answer, with what was read between its lines."""

    group: str
    question: str
    answer: str
    signals: dict[str, Any]


class GapOut(Output):
    """A question that was skipped or answered vaguely."""

    group: str
    question: str
    note: str


class TopicOut(Output):
    """What is spoken of, and how many findings say so."""

    topic: str
    findings: int

    @model_validator(mode="before")
    @classmethod
    def _named(cls, given: Any) -> Any:
        return dict(zip(("topic", "findings"), given, strict=True)) if isinstance(given, tuple) else given


class ThemeOut(Output):
    """What is vented about again and again."""

    id: UUID
    label: str
    count: int
    first_seen: datetime
    last_seen: datetime


class CompetitorOut(Output):
    """What is known of one competitor."""

    competitor: str
    mentions: int
    sentiment: float
    topics: list[str]
    last_seen: datetime


class BeliefOut(Output):
    """What is believed of a cell, how sure that is, and what it rests on."""

    id: UUID
    belief_category: str
    segment: str
    option: str
    metric: str
    belief_text: str
    confidence: float = Field(description="the probability that the rate is above the business's own baseline")
    evidence_count: int
    evidence_for: float
    evidence_against: float
    mean: float
    low: float
    high: float
    baseline: float
    status: str


class ProfileOut(Output):
    """β: the static foundation, what was learned since, and what is derived from it."""

    as_of: datetime | None
    business: BusinessOut
    foundation: FoundationOut
    answers: list[AnswerOut]
    gaps: list[GapOut]
    topics: list[TopicOut]
    themes: list[ThemeOut]
    competitors: list[CompetitorOut]
    beliefs: list[BeliefOut]
    counts: dict[str, int]


class ProfileQuery(Input):
    """Which state of the profile."""

    as_of: Moment | None = Field(default=None, description="the profile as it was at that moment")


@resource.get("/v1/profile", gives=ProfileOut, raises=[NotFound])
def read_profile(caller: Caller, query: ProfileQuery) -> profile.Profile:
    """The business context profile, now or as of a past moment.

    Foundation and answers are those that held at `as_of`; beliefs, themes and counts are always of the present.
    """
    return caller.refleqt.profile().read(caller.business_id, as_of=query.as_of)
