"""Every kind of entity that a `Store` keeps, by the name of its table in the design."""

from collections.abc import Iterable, Mapping

import attrs

from .access import ApiToken
from .attribution.records import ArtifactCredit, Conversion, Touch
from .cdt.records import Belief, BeliefEvidence, CdtTrainingRun, CdtVersion, Forecast
from .context.records import (
    AnalyticsSnapshot,
    CompetitiveIntelligence,
    ContextExtraction,
    InferredSegment,
    PassageReading,
    SourceReading,
)
from .entities import Entity
from .intake.activities import Activity, ActivityArtifact, ActivityType, StoredTranscript
from .intake.business import BrandAsset, Business, BusinessProfile, OnboardingResponse, TeamMember
from .intake.calendar import (
    CalendarEntry,
    Campaign,
    DistributionPlan,
    EntryComment,
    EntryRevision,
    EntrySeries,
    EntryTemplate,
    Keyword,
    SeoMetadata,
    StatusChange,
    UtmTemplate,
)
from .intake.imports import ColumnMapping, ImportBatch
from .intake.performance import PerformanceRecord
from .intake.tooling import Signal, ToolingConnection, ToolingExtraction, ToolingMetric
from .intake.vents import VentEntry, VentTheme
from .marketplace.records import BriefOffer, Creator, CreatorPerformance, Delivery, EscrowHold, LedgerLeg
from .outputs.records import CreatorBrief, ExecutionMap, MapArtifact, RecommendationOutcome
from .recommendations.records import RecommendationPolicy
from .spending import LlmBudget, LlmSpend

KINDS: Mapping[str, type[Entity]] = {
    "businesses": Business,
    "business_profiles": BusinessProfile,
    "onboarding_responses": OnboardingResponse,
    "brand_assets": BrandAsset,
    "team_members": TeamMember,
    "import_batches": ImportBatch,
    "column_mappings": ColumnMapping,
    "campaigns": Campaign,
    "keywords": Keyword,
    "entry_templates": EntryTemplate,
    "entry_series": EntrySeries,
    "utm_templates": UtmTemplate,
    "calendar_entries": CalendarEntry,
    "seo_metadata": SeoMetadata,
    "distribution_plans": DistributionPlan,
    "status_changes": StatusChange,
    "entry_revisions": EntryRevision,
    "entry_comments": EntryComment,
    "performance_records": PerformanceRecord,
    "activity_types": ActivityType,
    "activities": Activity,
    "activity_artifacts": ActivityArtifact,
    "transcripts": StoredTranscript,
    "context_extractions": ContextExtraction,
    "passage_readings": PassageReading,
    "source_readings": SourceReading,
    "vent_themes": VentTheme,
    "vent_entries": VentEntry,
    "tooling_connections": ToolingConnection,
    "tooling_extractions": ToolingExtraction,
    "tooling_metrics": ToolingMetric,
    "signals": Signal,
    "inferred_segments": InferredSegment,
    "competitive_intelligence": CompetitiveIntelligence,
    "analytics_snapshots": AnalyticsSnapshot,
    "cdt_beliefs": Belief,
    "belief_evidence": BeliefEvidence,
    "forecasts": Forecast,
    "cdt_versions": CdtVersion,
    "cdt_training_runs": CdtTrainingRun,
    "recommendation_outcomes": RecommendationOutcome,
    "recommendation_policies": RecommendationPolicy,
    "execution_maps": ExecutionMap,
    "map_artifacts": MapArtifact,
    "creator_briefs": CreatorBrief,
    "creators": Creator,
    "creator_performance": CreatorPerformance,
    "brief_offers": BriefOffer,
    "deliveries": Delivery,
    "escrow_holds": EscrowHold,
    "creator_payments": LedgerLeg,
    "touches": Touch,
    "conversions": Conversion,
    "attribution_credits": ArtifactCredit,
    "api_tokens": ApiToken,
    "llm_budgets": LlmBudget,
    "llm_spend": LlmSpend,
}
"""In an order in which each kind comes after those that it refers to."""

_CALLED: Mapping[str, str] = {
    "business_profiles": "profile of a business",
    "map_artifacts": "artifact of a map",
    "entry_series": "series of entries",
    "vent_entries": "vent",
    "vent_themes": "theme of vents",
    "cdt_beliefs": "belief",
    "cdt_versions": "version of the beliefs",
    "cdt_training_runs": "training run",
    "llm_budgets": "budget for models",
    "llm_spend": "spending on models",
    "creator_payments": "payment",
    "brief_offers": "offer of a brief",
    "api_tokens": "token",
    "utm_templates": "UTM template",
    "seo_metadata": "record of SEO",
}
"""Kinds whose table is named otherwise than people name one of them."""

BLOB_KINDS = tuple(kind for kind in KINDS.values() if "blob" in attrs.fields_dict(kind))
"""Those whose rows name an object of the blob store."""

_PLACES = {kind: place for place, kind in enumerate(KINDS.values())}


def referred_first(entities: Iterable[Entity]) -> list[Entity]:
    """The entities kind by kind, so that each comes after those that it refers to."""
    return sorted(entities, key=lambda entity: _PLACES[type(entity)])


def in_words(kind: type[Entity]) -> str:
    """What people call one of that kind, such as ``vent`` or ``calendar entry``."""
    table = next((name for name, known in KINDS.items() if known is kind), kind.__name__)
    return _CALLED.get(table) or _singular(table.replace("_", " "))


def _singular(words: str) -> str:
    for many, one in (("ies", "y"), ("sses", "ss"), ("ches", "ch"), ("s", "")):
        if words.endswith(many):
            return words.removesuffix(many) + one
    return words
