"""An initiative in full: its artifacts with their days, goals and predictions, its cost, and what a writer is told."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import attrs

from ..cdt.outcomes import WINDOW
from ..errors import NeedsReview
from ..phrases import kpi_name, local_date
from ..values import Money, total
from .candidates import publish_moments
from .choices import Prospect
from .economics import base_fees
from .goals import Goal, Prediction, prediction_of
from .initiatives import Bundle, Theme, best_bundle, support_of, theme_of, timeline
from .landscape import Landscape
from .planner import PlanningPolicy
from .reasons import usual_once
from .suggestions import facts_of_candidate
from .wording import MapFacts, SuggestionFacts

HORIZON_DAYS = 42
"""How far ahead the artifacts of a map may lie."""


@attrs.frozen(kw_only=True)
class PlacedArtifact:
    """One artifact of an initiative before it has words: what, when, for which goal, with which prediction."""

    index: int
    publish_at: datetime
    facts: SuggestionFacts
    goal: Goal
    prediction: Prediction
    media: Money | None
    support: Sequence[tuple[str, timedelta, str]]
    beliefs: Sequence[UUID]


@attrs.frozen(kw_only=True)
class Initiative:
    """A whole initiative before it has words."""

    bundle: Bundle
    theme: Theme
    artifacts: Sequence[PlacedArtifact]
    facts: MapFacts
    cost: Money


def initiative_of(ahead: Prospect, policy: PlanningPolicy) -> Initiative:
    """The initiative that is worth most now; `NeedsReview` where no segment has three artifacts to offer."""
    bundle = best_bundle(ahead, policy)
    if bundle is None:
        raise NeedsReview("no initiative can be proposed: fewer than three artifacts are neither planned nor proposed")
    theme = theme_of(ahead, bundle.segment)
    placed = timeline(ahead, bundle.chosen, publish_moments(ahead.landscape, HORIZON_DAYS), ahead.landscape.now)
    keywords = _keywords(ahead, [index for index, _ in placed], theme)
    artifacts = [_placed(ahead, index, at, keywords[index]) for index, at in placed]
    prices = [ahead.economy.prices[ahead.candidates[each.index].idea.artifact_type] for each in artifacts]
    cost = total([price.total for price in prices if price is not None])
    return Initiative(
        bundle=bundle, theme=theme, artifacts=artifacts, cost=cost, facts=_facts(ahead, bundle, theme, artifacts, cost)
    )


def predicted(ahead: Prospect, initiative: Initiative) -> dict[str, Any]:
    """What the map is predicted to reach, with intervals and due dates, and what it costs at the least."""
    kinds = [ahead.candidates[each.index].idea.artifact_type for each in initiative.artifacts]
    least = sum(base_fees(ahead.landscape, kind)[0] for kind in kinds)
    return {
        "expected_successes": round(sum(each.prediction.probability for each in initiative.artifacts), 4),
        "lowest_base_fees_minor": least,
        "currency": initiative.cost.currency,
        "artifacts": [
            {
                "metric": each.goal.kpi,
                "target": each.goal.target,
                "probability": round(each.prediction.probability, 6),
                "expected": round(each.prediction.expected, 3),
                "low": round(each.prediction.low, 3),
                "high": round(each.prediction.high, 3),
                "due_at": (each.publish_at + WINDOW).isoformat(),
            }
            for each in initiative.artifacts
        ],
    }


def distribution(artifact: PlacedArtifact, channel: str, note: str) -> dict[str, Any]:
    """How the artifact goes out: where first, for which paid budget, and which channels carry it on, when and as what.

    The budget is what the business usually spends on that channel; it is no part of the map's price.
    """
    return {
        "channel": channel,
        "publish_at": artifact.publish_at.isoformat(),
        "note": note,
        "paid_budget_minor": artifact.media and artifact.media.minor,
        "support": [{"channel": name, "days_after": after.days, "as": form} for name, after, form in artifact.support],
    }


def _placed(ahead: Prospect, index: int, at: datetime, keyword: str | None) -> PlacedArtifact:
    candidate, landscape = ahead.candidates[index], ahead.landscape
    facts, goal, _, beliefs = facts_of_candidate(ahead, index, keyword, None)
    chance = float(ahead.choice.chance[index])
    return PlacedArtifact(
        index=index,
        publish_at=at,
        facts=_on(facts, landscape, at),
        goal=goal,
        prediction=prediction_of(landscape, goal, candidate.idea.artifact_type, chance),
        media=ahead.economy.media[candidate.idea.channel],
        support=support_of(ahead, candidate.idea, candidate.moment.slot),
        beliefs=beliefs,
    )


def _on(facts: SuggestionFacts, landscape: Landscape, at: datetime) -> SuggestionFacts:
    return replace(facts, publish_on=local_date(at, landscape.business.time_zone))


def _keywords(ahead: Prospect, chosen: Sequence[int], theme: Theme) -> Mapping[int, str | None]:
    """The search term of each artifact: the theme's own for the first that can aim at it, others each their own."""
    used: set[str] = set()
    found: dict[int, str | None] = {}
    for index in chosen:
        terms = [term.term for term in ahead.gaps.terms_for(ahead.candidates[index].idea)]
        wanted = [theme.keyword] if theme.keyword in terms else []
        found[index] = next((term for term in (*wanted, *terms) if term and term not in used), None)
        used |= {found[index] or ""}
    return found


def _facts(ahead: Prospect, bundle: Bundle, theme: Theme, artifacts: Sequence[PlacedArtifact], cost: Money) -> MapFacts:
    audience = ahead.landscape.audience(bundle.segment)
    evidence = usual_once(sentence for each in artifacts for sentence in each.facts.evidence[:2])
    compared = [each for each in artifacts if each.facts.angle == "comparison"]
    return MapFacts(
        theme=theme.text,
        segment_name=audience,
        goal=f"{kpi_name(artifacts[-1].goal.kpi)} from {audience}",
        artifacts=[each.facts for each in artifacts],
        cost=str(cost),
        evidence=evidence[:5],
        competitors=list(ahead.landscape.profile.competitors.direct[:2]) if compared else [],
    )
