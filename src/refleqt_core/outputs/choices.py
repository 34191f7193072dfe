"""From all that is known to the `Choice` that the planner makes, and back to what was chosen."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import attrs
import numpy as np
from numpy.typing import NDArray

from ..cdt.belief_model import BeliefModel
from ..errors import NeedsReview
from ..values import BusinessId
from .candidates import Candidate, Idea, best_moments, publish_moments, sensible_ideas
from .economics import Economy, Terms, economy_of
from .gaps import Gaps
from .landscape import Landscape
from .planner import Choice, Plan, PlanningPolicy

TRAIT_WEIGHTS = np.array([0.15, 0.25, 0.2, 0.25, 0.15])
"""Of artifact type, channel, segment, angle and day in the likeness of two candidates."""
MOST_LOGGED = 40
"""Alternatives that are kept with each recommendation."""


@attrs.frozen(kw_only=True, eq=False)
class Prospect:
    """Everything that could be done now, with what it is worth; ``chance`` is by candidate."""

    landscape: Landscape
    gaps: Gaps
    economy: Economy
    ideas: Sequence[Idea]
    candidates: Sequence[Candidate]
    choice: Choice
    model: BeliefModel

    @property
    def model_version(self) -> str:
        """Which model says so: its kind, and how many outcomes it has seen."""
        return model_version_of(self.model)

    def expected_value(self, index: int) -> int | None:
        """Revenue to be expected less cost, in minor units; None where the worth of a success isn't known."""
        idea = self.candidates[index].idea
        return self.economy.expected_value(idea.artifact_type, idea.channel, float(self.choice.chance[index]))

    def alternatives(self, plan: Plan) -> tuple[Mapping[str, Any], ...]:
        """The ideas that could have been chosen, the likeliest first, each with the chance of its best moment."""
        best: dict[int, float] = {}
        for candidate, chance in zip(self.candidates, self.choice.chance.tolist(), strict=True):
            best[candidate.idea_index] = max(best.get(candidate.idea_index, 0.0), chance)
        likely = sorted(np.flatnonzero(plan.propensity).tolist(), key=lambda i: (-plan.propensity[i], i))[:MOST_LOGGED]
        return tuple(
            {
                **self.ideas[i]._asdict(),
                "success_chance": round(best[i], 6),
                "propensity": float(plan.propensity[i]),
            }
            for i in likely
        )


def prospect(
    landscape: Landscape,
    model: BeliefModel,
    policy: PlanningPolicy,
    rng: np.random.Generator,
    *,
    terms: Terms | None = None,
    days: int | None = None,
    priced_only: bool = False,
) -> Prospect:
    """All candidates of the coming ``days`` (default: the policy's horizon) with chances, samples, worth and fit.

    ``priced_only`` leaves out what no creator makes. Nothing left: `NeedsReview`.
    """
    gaps = Gaps(landscape)
    ideas = sensible_ideas(landscape)
    economy = economy_of(landscape, [i.artifact_type for i in ideas], [i.channel for i in ideas], terms or Terms())
    if priced_only:
        ideas = [idea for idea in ideas if economy.prices[idea.artifact_type] is not None]
    moments = publish_moments(landscape, days or policy.horizon_days)
    candidates = best_moments(ideas, moments, gaps.moment_fit(ideas, moments, policy), landscape.now)
    if not candidates:
        raise NeedsReview("nothing can be recommended: no creator makes an artifact that suits this business")
    return Prospect(
        landscape=landscape,
        gaps=gaps,
        economy=economy,
        ideas=ideas,
        candidates=candidates,
        choice=_choice(gaps, ideas, candidates, economy, model, policy, rng),
        model=model,
    )


def model_version_of(model: BeliefModel) -> str:
    """Which model it is: its kind, and how many outcomes it has seen."""
    return f"beliefs-{model_outcomes(model)}"


def model_outcomes(model: BeliefModel) -> int:
    """How many outcomes the model has learned from."""
    return round(sum(seen for (category, _, _), (seen, _) in model.counts.items() if category == "audience"))


def _choice(
    gaps: Gaps,
    ideas: Sequence[Idea],
    candidates: Sequence[Candidate],
    economy: Economy,
    model: BeliefModel,
    policy: PlanningPolicy,
    rng: np.random.Generator,
) -> Choice:
    cells = [candidate.cell for candidate in candidates]
    chance = model.chances(cells)
    rows = np.array([candidate.idea_index for candidate in candidates])
    money = np.array([economy.in_successes(idea.artifact_type, idea.channel) for idea in ideas])
    return Choice(
        chance=chance,
        sampled=model.sample(cells, rng, policy.draws),
        worth=money[rows, 0],
        cost=money[rows, 1],
        fit=gaps.idea_fit(ideas, policy)[rows] + np.array([candidate.fit for candidate in candidates]),
        idea=rows,
        traits=_traits(candidates),
        trait_weights=TRAIT_WEIGHTS,
        open=_open(gaps.landscape, candidates, chance, policy),
    )


def _traits(candidates: Sequence[Candidate]) -> NDArray[np.int64]:
    columns = [
        [candidate.idea.artifact_type for candidate in candidates],
        [candidate.idea.channel for candidate in candidates],
        [candidate.idea.segment for candidate in candidates],
        [candidate.idea.angle for candidate in candidates],
        [candidate.moment.at.date().isoformat() for candidate in candidates],
    ]
    return np.column_stack([np.unique(column, return_inverse=True)[1] for column in columns]).astype(np.int64)


def _open(
    landscape: Landscape, candidates: Sequence[Candidate], chance: NDArray[np.float64], policy: PlanningPolicy
) -> NDArray[np.bool_]:
    """False for what is planned already, and for what was shown lately while its chance was about the same."""
    horizon = landscape.now + timedelta(days=policy.horizon_days)
    planned = {
        (entry.artifact_type, entry.channel, entry.icp_segment, entry.angle)
        for entry in landscape.planned
        if entry.publish_at and entry.publish_at <= horizon
    }
    shown = shown_ideas(landscape, policy)
    best: dict[Idea, float] = {}
    for candidate, p in zip(candidates, chance.tolist(), strict=True):
        best[candidate.idea] = max(best.get(candidate.idea, 0.0), p)
    closed = {
        idea
        for idea, p in best.items()
        if tuple(idea) in planned or any(abs(p - then) < policy.moved for then in shown.get(idea, ()))
    }
    return np.array([candidate.idea not in closed for candidate in candidates], dtype=bool)


def shown_ideas(landscape: Landscape, policy: PlanningPolicy) -> Mapping[Idea, Sequence[float]]:
    """The ideas that were suggested within the last days, with the best chance that each had then."""
    shown: dict[Idea, list[float]] = {}
    since = landscape.now - timedelta(days=policy.repeat_days)
    for each in landscape.recommended:
        if each.recommendation_type == "calendar_suggestion" and each.recommended_at > since:
            content = each.recommendation_content
            idea = Idea(*(str(content.get(field, "")) for field in Idea._fields))
            shown.setdefault(idea, []).append(float(content.get("best_chance", content.get("success_chance", 0.0))))
    return shown


def rng_for(seed: int, business_id: BusinessId, now: datetime, purpose: str) -> np.random.Generator:
    """The generator of one decision: the same for the same seed, business, moment and purpose."""
    milliseconds = round(now.timestamp() * 1000)
    return np.random.default_rng([seed, business_id.int, milliseconds, *purpose.encode()])
