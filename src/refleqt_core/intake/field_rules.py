"""The rules of each field of a calendar entry, and all that they find wrong with a draft.

A field's type comes first (`field_types`), then the rule that it has of its own. A rule gives None, or what is wrong
with a value and what mends it.
"""

import re
from collections.abc import Mapping
from dataclasses import fields
from functools import lru_cache
from operator import attrgetter
from types import NoneType
from typing import Any, NamedTuple, get_args, get_type_hints

from .address_rules import LONGEST_URL, Problem, slug_problem, url_problem, utm_problem
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
from .field_types import LONGEST_ID, LONGEST_LIST, LONGEST_NAME, LONGEST_TEXT, RULE_OF_TYPE, Rule
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

LONGEST: Mapping[str, int] = {
    "external_id": LONGEST_ID,
    "notes": LONGEST_TEXT,
    "strategic_intent": LONGEST_TEXT,
    "competitive_context": LONGEST_TEXT,
    "repurposing_plan": LONGEST_TEXT,
    "meta_title": LONGEST_META_TITLE,
    "meta_description": LONGEST_META_DESCRIPTION,
    "canonical_url": LONGEST_URL,
    "internal_link_targets": LONGEST_URL,
}
"""Characters of each text, or of each part of it; the others are names, of at most `LONGEST_NAME`."""

_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


class FieldFault(NamedTuple):
    """What is wrong with a field of a draft, and what mends it."""

    field: str
    problem: str
    remedy: str


def faults_of(draft: EntryDraft) -> list[FieldFault]:
    """All that the fields' rules find wrong with the draft, in the order of its fields; [] where it can be kept.

    Whatever its fields hold, nothing is raised. One that holds what it holds by default is never wrong.
    """
    faults = [
        FieldFault(name, *found)
        for name, value, usual, rule in zip(FIELDS, _values(draft), _USUAL, _RULES, strict=True)
        if value is not usual and (found := rule(value))
    ]
    if draft.plans != ():
        faults += [FieldFault("plans", *found) for found in _plan_problems(draft.plans)]
    if draft.given is not None and (found := _given_problem(draft.given)):
        faults.append(FieldFault("given", *found))
    return faults


def name_of(draft: EntryDraft) -> str:
    """How a fault names the entry: by its id, of which what is very long is cut and what cannot be written escaped."""
    said = draft.external_id
    if said.__class__ is not str:
        return "an entry whose id is no text"
    cut = said if len(said) <= LONGEST_ID else f"{said[:LONGEST_ID]}…"
    return f"entry '{cut.encode('utf-8', 'backslashreplace').decode()}'".replace("\0", r"\x00")


def _plan_problems(plans: Any) -> list[Problem]:
    if plans.__class__ is not tuple or any(plan.__class__ is not PlanDraft for plan in plans):
        return [Problem("they are no plans", "Give a tuple of PlanDraft")]
    if len(plans) > LONGEST_LIST:
        return [Problem(f"there are {len(plans):,}", "Give each channel one plan")]
    problems = [found for plan in plans for found in _faults_of_plan(plan)]
    channels = [plan.channel for plan in plans if plan.channel.__class__ is str and plan.channel in CHANNELS]
    several = sorted({each for each in channels if channels.count(each) > 1})
    return [*problems, *(Problem(f"{each} has several", "Give each channel one plan") for each in several)]


def _faults_of_plan(plan: PlanDraft) -> list[Problem]:
    """What is wrong with the plan, each with its channel before it."""
    wrong = [
        (name, found)
        for (name, rule), usual in zip(PLAN_RULES.items(), _USUAL_OF_PLAN, strict=True)
        if (value := getattr(plan, name)) is not usual and (found := rule(value))
    ]
    channel = "a plan" if any(name == "channel" for name, _ in wrong) else plan.channel
    return [Problem(f"{channel}: {_PART.get(name, '')}{found.problem}", found.remedy) for name, found in wrong]


def _given_problem(given: Any) -> Problem | None:
    if given.__class__ is not frozenset:
        return Problem(f"it is of the type {given.__class__.__name__}", "Give a frozenset of the names of fields")
    unknown = given.difference(FIELDS, ("plans",))
    return Problem("it names what is no field", "Name fields of EntryDraft") if unknown else None


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


@lru_cache(4_096)
def _one_line(text: str) -> Problem | None:
    """A text without line breaks or control characters."""
    if _UNSEEN.search(text):
        return Problem("it has a line break or a control character", "Write it on one line")
    return None


def _not_blank(remedy: str) -> Rule:
    """A text that says something."""
    return lambda text: None if text.strip() else Problem("it is blank", remedy)


_OWN: Mapping[str, Rule] = {
    "external_id": _not_blank("Give the entry an id of your own"),
    "title": _not_blank("Give the entry a title"),
    "campaign": _not_blank("Name one, or leave it out"),
    "primary_keyword": _not_blank("Name one, or leave it out"),
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
    "meta_title": _one_line,
    "meta_description": _one_line,
    "schema_markup": schema_problem,
    "canonical_url": url_problem,
    "index_status": index_problem,
    "core_web_vitals": vitals_problem,
    "mobile_rendering": mobile_problem,
    "crawl_directives": directives_problem,
}
"""The rule of each field that has one beside that of its type."""


def _rule_of(name: str, hint: Any, own: Mapping[str, Rule]) -> Rule:
    """The rule of the field's type, then its own; None is let pass by neither."""
    (kind,) = [each for each in get_args(hint) if each is not NoneType] if NoneType in get_args(hint) else (hint,)
    of_type = RULE_OF_TYPE[kind](LONGEST.get(name, LONGEST_NAME))
    of_field = own.get(name)
    if of_field is None:
        return of_type

    def rule(value: Any) -> Problem | None:
        return of_type(value) or of_field(value)

    return rule


def _rules_of(kind: type, own: Mapping[str, Rule], *, but: tuple[str, ...] = ()) -> dict[str, Rule]:
    return {name: _rule_of(name, hint, own) for name, hint in get_type_hints(kind).items() if name not in but}


RULES: Mapping[str, Rule] = _rules_of(EntryDraft, _OWN, but=("plans", "given"))
"""The rule of each field of a draft but its plans, for a value that is there."""

PLAN_RULES: Mapping[str, Rule] = _rules_of(
    PlanDraft, {"channel": _one_of(*CHANNELS), "posting_schedule": schedule_problem}
)
_PART: Mapping[str, str] = {"parameters": "of the parameters, ", "paid_budget": "of the budget, "}

FIELDS = tuple(RULES)
_RULES = tuple(RULES.values())
_USUAL = tuple(field.default for field in fields(EntryDraft) if field.name in RULES)
_USUAL_OF_PLAN = tuple(field.default for field in fields(PlanDraft))
_values = attrgetter(*FIELDS)
