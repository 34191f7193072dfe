"""The fields of a calendar entry in their five groups: what each takes, told from what `EntryDraft` is made of."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import date, datetime
from functools import cache
from types import NoneType
from typing import Any, Literal, TypeAlias, get_args, get_origin, get_type_hints

import attrs

from ..values import Money
from .choice_words import ALLOWED
from .drafts import EntryDraft
from .entry_drafts import DRAFT_FIELDS, NOT_GIVEN, SHORT_FORMS
from .search_rules import INDEX_STATUSES, MOBILE_RENDERINGS, VITALS

Takes: TypeAlias = Literal["text", "moment", "day", "amount", "number", "whole", "yes_no", "vitals", "plans"]

GROUPS: Mapping[str, tuple[str, ...]] = {
    "Core": (
        *("external_id", "title", "artifact_type", "status", "owner", "team", "publish_at", "created_at", "campaign"),
        *("funnel_stage", "icp_segment", "buyer_persona", "angle", "strategic_intent", "competitive_context"),
        *("tags", "notes"),
    ),
    "Search": (
        *("primary_keyword", "secondary_keywords", "search_intent", "keyword_difficulty", "search_volume"),
        *("ranking_position", "serp_features", "internal_link_targets", "featured_snippet"),
    ),
    "Technical search": (
        *("url_slug", "meta_title", "meta_description", "header_structure", "schema_markup", "canonical_url"),
        *("index_status", "core_web_vitals", "mobile_rendering", "image_alt_texts", "anchor_texts"),
        *("crawl_directives",),
    ),
    "Distribution": ("channel", "channels", "plans", "paid_budget", "production_cost"),
    "Performance": (
        *("primary_kpi", "kpi_target", "secondary_kpis", "utm_source", "utm_medium", "utm_campaign", "utm_content"),
        *("utm_term", "attribution_model", "conversion_event", "review_due", "lifetime_value_tag"),
    ),
}
"""As the design document's section 2.2 groups them."""

CHOICES: Mapping[str, tuple[str, ...]] = {
    **ALLOWED,
    "index_status": INDEX_STATUSES,
    "mobile_rendering": MOBILE_RENDERINGS,
    "core_web_vitals": tuple(VITALS),
}
REQUIRED = ("external_id", "title", "artifact_type")
NEVER_EMPTY = (*REQUIRED, "status")

_TAKES: Mapping[Any, Takes] = {
    str: "text",
    datetime: "moment",
    date: "day",
    Money: "amount",
    float: "number",
    int: "whole",
    bool: "yes_no",
}


@attrs.frozen(kw_only=True)
class EntryField:
    """A field: what one value of it is, whether it takes ``many``, and which values are ``allowed`` (none: any)."""

    name: str
    group: str
    takes: Takes
    many: bool
    allowed: tuple[str, ...]

    @property
    def empty(self) -> Any:
        """What it is where nothing is said of it."""
        return getattr(NOT_GIVEN, self.name)

    @property
    def can_be_empty(self) -> bool:
        """Whether an entry can be without it."""
        return self.name not in NEVER_EMPTY

    @property
    def is_short_form(self) -> bool:
        """Whether it only says shortly what ``plans`` say."""
        return self.name in SHORT_FORMS


@cache
def entry_fields() -> Mapping[str, EntryField]:
    """Every field by its name, group by group."""
    hints = get_type_hints(EntryDraft)
    return {name: _field(name, group, hints[name]) for group, names in GROUPS.items() for name in names}


def _field(name: str, group: str, hint: Any) -> EntryField:
    """The field, by the type that the draft has for it."""
    kinds = [each for each in get_args(hint) if each not in (NoneType, Ellipsis)]
    origin = get_origin(hint)
    many = origin is tuple
    of_one: Any = kinds[0] if kinds else hint
    takes: Takes = "vitals" if origin is Mapping else _TAKES.get(of_one, "plans")
    return EntryField(name=name, group=group, takes=takes, many=many, allowed=CHOICES.get(name, ()))


assert {name for names in GROUPS.values() for name in names} == set(DRAFT_FIELDS)
assert len(fields(EntryDraft)) == len(DRAFT_FIELDS) + 1
