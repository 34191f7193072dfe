"""A business and what it says of itself: the static foundation β_s."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar, Self

import attrs

from ..entities import Entity, Owned
from ..values import Money, aware, not_negative, one_of, share

STAGES = ("pre_revenue", "seed", "series_a", "growth", "enterprise")
SIZES = ("1-10", "11-50", "51-200", "201-1000", "1000+")
BUSINESS_MODELS = ("b2b", "b2c", "b2b2c", "marketplace", "saas", "services", "ecommerce", "hybrid")
REVENUE_MECHANICS = ("subscription", "one_time", "usage_based", "freemium", "advertising", "transaction_fees")
ASSET_KINDS = ("logo", "font", "image", "guideline", "template", "other")
ONBOARDING_GROUPS = (
    "identity",
    "business_model",
    "revenue_mechanics",
    "audience",
    "competitors",
    "brand_voice",
    "visual_identity",
    "offering",
    "marketing_stack",
    "marketing_state",
)


@attrs.frozen(kw_only=True)
class Business(Entity):
    """A tenant. The platform sees this row of each, as a directory; everything else is the business's own."""

    scope: ClassVar[str | None] = "id"
    platform_reads: ClassVar[bool] = True
    unique: ClassVar[tuple[tuple[str, ...], ...]] = (("slug",),)

    slug: str = attrs.field(validator=attrs.validators.matches_re(r"[a-z0-9][a-z0-9-]*"))
    name: str
    industry: str = ""
    specialization: str = "B2B_SaaS"
    size: str | None = attrs.field(default=None, validator=one_of(*SIZES))
    stage: str | None = attrs.field(default=None, validator=one_of(*STAGES))
    website: str | None = None
    time_zone: str = "UTC"
    created_at: datetime = attrs.field(validator=aware)


@attrs.frozen(kw_only=True)
class Identity:
    """What the row of the business said at some time; it is kept with the profile, so that it stays readable."""

    name: str = ""
    slug: str = ""
    industry: str = ""
    specialization: str = "B2B_SaaS"
    size: str | None = None
    stage: str | None = None
    website: str | None = None
    time_zone: str = "UTC"

    @classmethod
    def of(cls, business: Business) -> Self:
        """What the row of the business says now."""
        return cls(**{field.name: getattr(business, field.name) for field in attrs.fields(cls)})

    def laid_into(self, business: Business) -> Business:
        """The business with this identity; one that says nothing leaves it as it is."""
        return attrs.evolve(business, **attrs.asdict(self)) if self.name else business


@attrs.frozen(kw_only=True)
class Segment:
    """One group of the target audience (ICP). ``key`` is how the calendar and the beliefs name it."""

    key: str
    name: str
    industries: tuple[str, ...] = ()
    company_sizes: tuple[str, ...] = ()
    job_titles: tuple[str, ...] = ()
    geographies: tuple[str, ...] = ()
    pain_points: tuple[str, ...] = ()


@attrs.frozen(kw_only=True)
class Competitors:
    """The competitive landscape, by name."""

    direct: tuple[str, ...] = ()
    indirect: tuple[str, ...] = ()
    aspirational: tuple[str, ...] = ()

    @property
    def all(self) -> tuple[str, ...]:
        """Every named competitor, the direct ones first."""
        return self.direct + self.indirect + self.aspirational


@attrs.frozen(kw_only=True)
class BrandVoice:
    """Four attributes in [0, 1]: casual to formal, accessible to technical, measured to bold, serious to playful."""

    formality: float = attrs.field(default=0.5, validator=share)
    technicality: float = attrs.field(default=0.5, validator=share)
    boldness: float = attrs.field(default=0.5, validator=share)
    playfulness: float = attrs.field(default=0.5, validator=share)
    words_we_use: tuple[str, ...] = ()
    words_we_avoid: tuple[str, ...] = ()


@attrs.frozen(kw_only=True)
class VisualIdentity:
    """Colours, fonts, logo and references."""

    colors: tuple[str, ...] = ()
    fonts: tuple[str, ...] = ()
    logo: str | None = None
    style_references: tuple[str, ...] = ()


@attrs.frozen(kw_only=True)
class PricingTier:
    """What a product costs, ``per`` what (month, site, seat …)."""

    name: str
    price: Money
    per: str = "month"


@attrs.frozen(kw_only=True)
class Product:
    """Something the business sells."""

    name: str
    description: str = ""
    pricing_tiers: tuple[PricingTier, ...] = ()
    key_features: tuple[str, ...] = ()
    differentiators: tuple[str, ...] = ()


@attrs.frozen(kw_only=True)
class MarketingStack:
    """The tools in use."""

    cms: str | None = None
    email: str | None = None
    crm: str | None = None
    analytics: str | None = None
    social: tuple[str, ...] = ()


@attrs.frozen(kw_only=True)
class MarketingState:
    """What works, what does not, what was tried and what never was."""

    working: tuple[str, ...] = ()
    not_working: tuple[str, ...] = ()
    tried: tuple[str, ...] = ()
    never_tried: tuple[str, ...] = ()


@attrs.frozen(kw_only=True)
class BusinessProfile(Owned):
    """The ten explicit onboarding groups as of ``valid_from``; open (``valid_to`` None) for the present one."""

    identity: Identity = attrs.field(factory=Identity)
    business_models: tuple[str, ...] = attrs.field(default=(), validator=one_of(*BUSINESS_MODELS))
    revenue_mechanics: tuple[str, ...] = attrs.field(default=(), validator=one_of(*REVENUE_MECHANICS))
    segments: tuple[Segment, ...] = ()
    competitors: Competitors = attrs.field(factory=Competitors)
    brand_voice: BrandVoice = attrs.field(factory=BrandVoice)
    visual_identity: VisualIdentity = attrs.field(factory=VisualIdentity)
    products: tuple[Product, ...] = ()
    marketing_stack: MarketingStack = attrs.field(factory=MarketingStack)
    marketing_state: MarketingState = attrs.field(factory=MarketingState)
    valid_from: datetime = attrs.field(validator=aware)
    valid_to: datetime | None = attrs.field(default=None, validator=aware)


@attrs.frozen(kw_only=True)
class OnboardingResponse(Owned):
    """A free-text answer with the implicit signals that were read from it, each with the words that caused it."""

    group: str = attrs.field(validator=one_of(*ONBOARDING_GROUPS))
    position: int
    question: str
    answer: str = ""
    signals: Mapping[str, Any] = attrs.field(factory=dict)
    valid_from: datetime = attrs.field(validator=aware)
    valid_to: datetime | None = attrs.field(default=None, validator=aware)


@attrs.frozen(kw_only=True)
class BrandAsset(Owned):
    """A file of the visual identity, kept as a blob; ``removed_at`` says since when it is no longer in use.

    ``in_use_as`` is its name for as long as it is in use, which no other one can have then. ``size`` is in bytes.
    """

    unique: ClassVar[tuple[tuple[str, ...], ...]] = (("business_id", "in_use_as"),)

    name: str
    in_use_as: str | None = None
    kind: str = attrs.field(validator=one_of(*ASSET_KINDS))
    media_type: str
    blob: str
    size: int = attrs.field(default=0, validator=not_negative)
    added_at: datetime = attrs.field(validator=aware)
    removed_at: datetime | None = attrs.field(default=None, validator=aware)


@attrs.frozen(kw_only=True)
class TeamMember(Owned):
    """A person of the business."""

    unique: ClassVar[tuple[tuple[str, ...], ...]] = (("business_id", "name"),)

    name: str
    role: str = ""
    email: str | None = None
    active: bool = True
