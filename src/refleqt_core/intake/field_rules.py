"""The own rules of each field of a calendar entry, and all that they find wrong with a draft.

A rule takes a value that is there and gives None, or what is wrong with it and what mends it.
"""

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from operator import attrgetter
from typing import Any, NamedTuple, TypeAlias

from .address_rules import Problem, slug_problem, url_problem, utm_problem
from .calendar import (
    ANGLES,
    ARTIFACT_TYPES,
    ATTRIBUTION_MODELS,
    CHANNELS,
    FUNNEL_STAGES,
    KPIS,
    SEARCH_INTENTS,
    STATUSES,
)
from .drafts import EntryDraft, PlanDraft
from .schedule_rules import schedule_problem
from .search_rules import (
    directives_problem,
    features_problem,
    index_problem,
    links_problem,
    mobile_problem,
    schema_problem,
    vitals_problem,
)

LONGEST_META_TITLE = 500
LONGEST_META_DESCRIPTION = 2_000
"""Characters; what search shows of them is far shorter, which is advice and no rule."""

_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")

Rule: TypeAlias = Callable[[Any], Problem | None]


class FieldFault(NamedTuple):
    """What is wrong with a field of a draft, and what mends it."""

    field: str
    problem: str
    remedy: str


def faults_of(draft: EntryDraft) -> list[FieldFault]:
    """All that the fields' rules find wrong with the draft, in the order of its fields; [] where it can be kept.

    A field that says nothing (None, or empty) is never wrong, except for the id and the title.
    """
    faults = [] if draft.title.strip() else [FieldFault("title", "it is blank", "Give the entry a title")]
    if not draft.external_id.strip():
        faults.append(FieldFault("external_id", "it is blank", "Give the entry an id of your own"))
    for name, value in zip(FIELDS, _values(draft), strict=True):
        if value is not None and value != () and (found := RULES[name](value)):
            faults.append(FieldFault(name, *found))
    for plan in draft.plans:
        faults += _plan_faults(plan)
    channels = [plan.channel for plan in draft.plans]
    for channel in sorted({each for each in channels if channels.count(each) > 1}):
        faults.append(FieldFault("plans", f"{channel} has several", "Give each channel one plan"))
    return faults


def _plan_faults(plan: PlanDraft) -> list[FieldFault]:
    rules = ((_one_of(*CHANNELS), plan.channel), (schedule_problem, plan.posting_schedule))
    return [FieldFault("plans", f"{plan.channel}: {found.problem}", found.remedy) for r, v in rules if (found := r(v))]


def _one_of(*known: str) -> Rule:
    """One of the ``known`` words, or some of them."""
    words, every = frozenset(known), ", ".join(known)

    def rule(value: str | tuple[str, ...]) -> Problem | None:
        if value.__class__ is str:
            return None if value in words else Problem(f"'{value}' is unknown", f"Use one of: {every}")
        wrong = next((each for each in value if each not in words), None)
        return None if wrong is None else Problem(f"'{wrong}' is unknown", f"Use some of: {every}")

    return rule


def _within(least: float, most: float, remedy: str) -> Rule:
    """A number from ``least`` to ``most``."""

    def rule(value: float) -> Problem | None:
        return None if least <= value <= most else Problem(f"{value:g} is out of its range", remedy)

    return rule


def _one_line(longest: int) -> Rule:
    """A text without line breaks or control characters, of at most so many characters."""

    @lru_cache(4_096)
    def rule(text: str) -> Problem | None:
        if len(text) > longest:
            return Problem(f"it has {len(text)} characters, more than {longest}", "Shorten it")
        if _UNSEEN.search(text):
            return Problem("it has a line break or a control character", "Write it on one line")
        return None

    return rule


RULES: Mapping[str, Rule] = {
    "artifact_type": _one_of(*ARTIFACT_TYPES),
    "status": _one_of(*STATUSES),
    "funnel_stage": _one_of(*FUNNEL_STAGES),
    "angle": _one_of(*ANGLES),
    "channel": _one_of(*CHANNELS),
    "channels": _one_of(*CHANNELS),
    "primary_kpi": _one_of(*KPIS),
    "kpi_target": _within(0, 1e15, "Give how many are a success: 0 or more"),
    "secondary_kpis": _one_of(*KPIS),
    "utm_source": utm_problem,
    "utm_medium": utm_problem,
    "utm_campaign": utm_problem,
    "utm_content": utm_problem,
    "utm_term": utm_problem,
    "attribution_model": _one_of(*ATTRIBUTION_MODELS),
    "search_intent": _one_of(*SEARCH_INTENTS),
    "keyword_difficulty": _within(0, 100, "Difficulty goes from 0 (easy) to 100"),
    "search_volume": _within(0, 2**31 - 1, "Give the searches a month: 0 or more"),
    "ranking_position": _within(1, 2**31 - 1, "The first place is 1; leave it out where the page does not rank"),
    "serp_features": features_problem,
    "internal_link_targets": links_problem,
    "url_slug": slug_problem,
    "meta_title": _one_line(LONGEST_META_TITLE),
    "meta_description": _one_line(LONGEST_META_DESCRIPTION),
    "schema_markup": schema_problem,
    "canonical_url": url_problem,
    "index_status": index_problem,
    "core_web_vitals": vitals_problem,
    "mobile_rendering": mobile_problem,
    "crawl_directives": directives_problem,
}
"""The rule of each field that has one of its own; a draft's dates and money are checked by their types."""

FIELDS = tuple(RULES)
_values = attrgetter(*FIELDS)
