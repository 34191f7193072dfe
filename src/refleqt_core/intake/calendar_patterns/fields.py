"""The five groups of fields that a calendar entry can fill, and where each is stored."""

from collections.abc import Mapping

CORE = (
    "owner", "publish_at", "campaign_id", "funnel_stage", "icp_segment", "buyer_persona", "strategic_intent",
    "competitive_context", "angle",
)  # fmt: skip
SEO = (
    "primary_keyword", "secondary_keywords", "search_intent", "keyword_difficulty", "search_volume",
    "ranking_position", "serp_features", "internal_link_targets",
)  # fmt: skip
TECHNICAL_SEO = (
    "url_slug", "meta_title", "meta_description", "header_structure", "schema_markup", "canonical_url",
    "index_status", "core_web_vitals", "mobile_rendering", "image_alt_texts", "anchor_texts", "crawl_directives",
)  # fmt: skip
DISTRIBUTION = ("channel", "parameters", "posting_schedule", "paid_budget", "repurposing_plan")
PERFORMANCE = (
    "primary_kpi", "kpi_target", "secondary_kpis", "utm_source", "utm_medium", "utm_campaign", "utm_content",
    "utm_term", "attribution_model", "conversion_event", "review_due", "lifetime_value_tag",
)  # fmt: skip

GROUPS: Mapping[str, tuple[str, ...]] = {
    "core": CORE,
    "seo": SEO,
    "technical_seo": TECHNICAL_SEO,
    "distribution": DISTRIBUTION,
    "performance": PERFORMANCE,
}
"""Title, type and status are not among them, since no entry is without; nor is what the product fills in by itself,
nor a yes or no, of which nobody can tell a no from a skipped one."""

FIELDS: tuple[str, ...] = tuple(name for group in GROUPS.values() for name in group)

NUMBERS = frozenset({"keyword_difficulty", "search_volume", "ranking_position", "kpi_target", "paid_budget"})
"""Zero is an answer in these; in any other field what is empty is skipped."""

ENTRY_FIELDS = (
    "id", "created_at", "status", "channel", "keyword_cluster", *CORE, *PERFORMANCE,
)  # fmt: skip
SEARCH_FIELDS = ("calendar_entry_id", *SEO, *TECHNICAL_SEO)
PLAN_FIELDS = ("calendar_entry_id", *DISTRIBUTION)
STEP_FIELDS = ("id", "calendar_entry_id", "left", "reached", "at", "by")


def spoken_field(name: str) -> str:
    """The field as people name it."""
    return SPOKEN.get(name, name.replace("_", " "))


SPOKEN = {
    "campaign_id": "campaign", "publish_at": "publish date", "icp_segment": "ICP segment", "kpi_target": "KPI target",
    "primary_kpi": "primary KPI", "secondary_kpis": "secondary KPIs", "utm_source": "UTM source",
    "utm_medium": "UTM medium", "utm_campaign": "UTM campaign", "utm_content": "UTM content", "utm_term": "UTM term",
    "url_slug": "URL slug", "canonical_url": "canonical URL", "serp_features": "SERP features",
    "review_due": "review date", "parameters": "platform parameters", "core_web_vitals": "Core Web Vitals",
}  # fmt: skip
