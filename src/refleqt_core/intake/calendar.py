"""The marketing calendar: every artifact, its search and distribution fields, and how it went through its statuses."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, ClassVar
from uuid import UUID

import attrs

from ..entities import Entity, Owned
from ..values import Money, aware, not_blank, not_negative, one_of
from .imports import ImportBatch

STATUSES = ("idea", "planned", "in_production", "in_review", "scheduled", "published", "reviewed")
ARTIFACT_TYPES = (
    "blog_copy",
    "landing_page",
    "ad_copy",
    "email",
    "newsletter",
    "social_post",
    "case_study",
    "whitepaper",
    "video_script",
    "webinar",
    "design",
    "infographic",
    "podcast",
)
CHANNELS = (
    "blog",
    "email",
    "linkedin",
    "twitter",
    "instagram",
    "facebook",
    "youtube",
    "google_ads",
    "meta_ads",
    "linkedin_ads",
    "webinar",
    "podcast",
    "community",
    "partner",
)
FUNNEL_STAGES = ("tofu", "mofu", "bofu")
SEARCH_INTENTS = ("informational", "navigational", "commercial", "transactional")
ANGLES = (
    "roi",
    "pain_relief",
    "social_proof",
    "fear_of_loss",
    "education",
    "product_news",
    "behind_the_scenes",
    "comparison",
)
ATTRIBUTION_MODELS = ("first_touch", "last_touch", "linear", "time_decay", "position_based")
KPIS = ("clicks", "signups", "demo_bookings", "opens", "engagement", "impressions", "purchases")
RULES = "rules"
"""Who categorised an entry, where no model was asked."""


@attrs.frozen(kw_only=True)
class Campaign(Owned):
    """Entries with one aim; ``group`` names the larger undertaking that several campaigns belong to."""

    unique: ClassVar[tuple[tuple[str, ...], ...]] = (("business_id", "name"),)

    name: str = attrs.field(validator=not_blank)
    goal: str = ""
    group: str | None = None
    owner: str | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    budget: Money | None = attrs.field(default=None, validator=not_negative)


@attrs.frozen(kw_only=True)
class Keyword(Owned):
    """A search term that entries aim at, in its cluster."""

    unique: ClassVar[tuple[tuple[str, ...], ...]] = (("business_id", "term"),)

    term: str
    cluster: str | None = None
    search_intent: str | None = attrs.field(default=None, validator=one_of(*SEARCH_INTENTS))
    difficulty: int | None = attrs.field(default=None, validator=not_negative)
    search_volume: int | None = attrs.field(default=None, validator=not_negative)


@attrs.frozen(kw_only=True)
class EntrySeries(Owned):
    """Entries that come back: ``fields`` of each, by the recurrence ``rule`` (RFC 5545) in local time.

    Every occurrence up to ``made_until`` has been an entry once; one that was removed does not come back.
    """

    unique: ClassVar[tuple[tuple[str, ...], ...]] = (("business_id", "name"),)

    name: str = attrs.field(validator=not_blank)
    rule: str
    starts_at: datetime = attrs.field(validator=aware)
    time_zone: str = "UTC"
    fields: Mapping[str, Any] = attrs.field(factory=dict)
    active: bool = True
    made_until: datetime | None = attrs.field(default=None, validator=aware)
    created_at: datetime = attrs.field(validator=aware)


@attrs.frozen(kw_only=True)
class CalendarEntry(Owned):
    """One marketing artifact. ``external_id`` is how the business's own files name it.

    ``team`` are the people beside the owner; ``own_tags`` are the tags that people gave it, ``tags`` these and those
    that were found. ``categorised_by`` says who found category and tags: ``rules``, or the model that was asked.
    ``import_id`` is the last import that wrote it, ``series_id`` what it recurs by.
    """

    references: ClassVar[Mapping[str, type[Entity]]] = {
        "campaign_id": Campaign,
        "import_id": ImportBatch,
        "series_id": EntrySeries,
    }
    unique: ClassVar[tuple[tuple[str, ...], ...]] = (("business_id", "external_id"),)

    external_id: str
    title: str = attrs.field(validator=attrs.validators.min_len(1))
    artifact_type: str = attrs.field(validator=one_of(*ARTIFACT_TYPES))
    status: str = attrs.field(default="idea", validator=one_of(*STATUSES))
    owner: str | None = None
    team: tuple[str, ...] = ()
    notes: str | None = None
    publish_at: datetime | None = attrs.field(default=None, validator=aware)
    campaign_id: UUID | None = None
    funnel_stage: str | None = attrs.field(default=None, validator=one_of(*FUNNEL_STAGES))
    icp_segment: str | None = None
    buyer_persona: str | None = None
    angle: str | None = attrs.field(default=None, validator=one_of(*ANGLES))
    strategic_intent: str | None = None
    competitive_context: str | None = None
    channel: str | None = attrs.field(default=None, validator=one_of(*CHANNELS))
    production_cost: Money | None = attrs.field(default=None, validator=not_negative)
    primary_kpi: str | None = attrs.field(default=None, validator=one_of(*KPIS))
    kpi_target: float | None = attrs.field(default=None, validator=not_negative)
    secondary_kpis: tuple[str, ...] = attrs.field(default=(), validator=one_of(*KPIS))
    utm_source: str | None = None
    utm_medium: str | None = None
    utm_campaign: str | None = None
    utm_content: str | None = None
    utm_term: str | None = None
    attribution_model: str | None = attrs.field(default=None, validator=one_of(*ATTRIBUTION_MODELS))
    conversion_event: str | None = None
    review_due: date | None = None
    lifetime_value_tag: str | None = None
    category: str | None = None
    own_tags: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    keyword_cluster: str | None = None
    categorised_by: str = RULES
    import_id: UUID | None = None
    series_id: UUID | None = None
    created_at: datetime = attrs.field(validator=aware)
    updated_at: datetime = attrs.field(validator=aware)


@attrs.frozen(kw_only=True)
class SeoMetadata(Owned):
    """The search fields of an entry, technical ones included."""

    references: ClassVar[Mapping[str, type[Entity]]] = {"calendar_entry_id": CalendarEntry}
    unique: ClassVar[tuple[tuple[str, ...], ...]] = (("business_id", "calendar_entry_id"),)

    calendar_entry_id: UUID
    primary_keyword: str | None = None
    secondary_keywords: tuple[str, ...] = ()
    search_intent: str | None = attrs.field(default=None, validator=one_of(*SEARCH_INTENTS))
    keyword_difficulty: int | None = attrs.field(default=None, validator=not_negative)
    search_volume: int | None = attrs.field(default=None, validator=not_negative)
    ranking_position: int | None = attrs.field(default=None, validator=not_negative)
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
    core_web_vitals: Mapping[str, float] = attrs.field(factory=dict)
    mobile_rendering: str | None = None
    image_alt_texts: tuple[str, ...] = ()
    anchor_texts: tuple[str, ...] = ()
    crawl_directives: tuple[str, ...] = ()


@attrs.frozen(kw_only=True)
class DistributionPlan(Owned):
    """How an entry goes out on one channel."""

    references: ClassVar[Mapping[str, type[Entity]]] = {"calendar_entry_id": CalendarEntry}
    unique: ClassVar[tuple[tuple[str, ...], ...]] = (("business_id", "calendar_entry_id", "channel"),)

    calendar_entry_id: UUID
    channel: str = attrs.field(validator=one_of(*CHANNELS))
    parameters: Mapping[str, Any] = attrs.field(factory=dict)
    posting_schedule: tuple[str, ...] = ()
    paid_budget: Money | None = attrs.field(default=None, validator=not_negative)
    repurposing_plan: str | None = None


@attrs.frozen(kw_only=True)
class StatusChange(Owned):
    """One step of an entry through its statuses; ``left`` is None for the first."""

    references: ClassVar[Mapping[str, type[Entity]]] = {"calendar_entry_id": CalendarEntry}
    calendar_entry_id: UUID
    left: str | None = attrs.field(default=None, validator=one_of(*STATUSES))
    reached: str = attrs.field(validator=one_of(*STATUSES))
    at: datetime = attrs.field(validator=aware)
    by: str | None = None


@attrs.frozen(kw_only=True)
class EntryRevision(Owned):
    """What an entry was ``before`` a change: its own fields, its search fields and its plans, as a JSON document.

    All revisions of one change (one edit, or a whole import) share the ``change_id``. ``after_version`` is the version
    of the entry that the change made; versions between two of them found out something and changed nothing.
    """

    references: ClassVar[Mapping[str, type[Entity]]] = {"calendar_entry_id": CalendarEntry}

    calendar_entry_id: UUID
    change_id: UUID
    action: str = attrs.field(validator=one_of("edit", "move", "import", "undo", "redo"))
    before: Mapping[str, Any]
    after_version: int
    at: datetime = attrs.field(validator=aware)
    by: str | None = None


@attrs.frozen(kw_only=True)
class EntryComment(Owned):
    """A remark on an entry."""

    references: ClassVar[Mapping[str, type[Entity]]] = {"calendar_entry_id": CalendarEntry}

    calendar_entry_id: UUID
    author: str = attrs.field(validator=not_blank)
    text: str = attrs.field(validator=not_blank)
    written_at: datetime = attrs.field(validator=aware)
    edited_at: datetime | None = attrs.field(default=None, validator=aware)


@attrs.frozen(kw_only=True)
class EntryTemplate(Owned):
    """Fields that new entries start with, as `EntryDraft` names them; their values as JSON writes them."""

    unique: ClassVar[tuple[tuple[str, ...], ...]] = (("business_id", "name"),)

    name: str = attrs.field(validator=not_blank)
    fields: Mapping[str, Any] = attrs.field(factory=dict)
    created_at: datetime = attrs.field(validator=aware)


@attrs.frozen(kw_only=True)
class UtmTemplate(Owned):
    """How the UTM parameters of a link are made: texts in which ``{field}`` stands for a field of the entry.

    ``channel`` says which channel it is the default of; without one it is used where it is named.
    """

    unique: ClassVar[tuple[tuple[str, ...], ...]] = (("business_id", "name"), ("business_id", "channel"))

    name: str = attrs.field(validator=not_blank)
    channel: str | None = attrs.field(default=None, validator=one_of(*CHANNELS))
    utm_source: str
    utm_medium: str
    utm_campaign: str = "{campaign}"
    utm_content: str | None = None
    utm_term: str | None = None
