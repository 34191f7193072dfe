"""Chooses a varied set of what is worth most under what is believed, and says how likely each choice was.

A draw is one sample of all chances from the narrowed posterior. For each draw the set is chosen greedily by maximum
marginal relevance (Carbonell and Goldstein 1998): the value of a candidate against its likeness to what is chosen. One
draw is acted on; the others say with what probability an idea would have been chosen.
"""

import attrs
import numpy as np
from numpy.typing import NDArray

from ..errors import InvalidInput
from ..values import not_negative, share

Array = NDArray[np.float64]
Indices = NDArray[np.int64]

DRAWS_AT_ONCE = 64
"""Draws that are worked on together, so that their arrays stay in the cache."""


@attrs.frozen(kw_only=True)
class PlanningPolicy:
    """The parameters that one version of the planner chooses with.

    The weights of the gaps are in successes: a weight of 0.15 is worth as much as 15 percentage points of chance. An
    idea that was shown within ``repeat_days`` is shown again only when its chance has moved by ``moved`` or more.
    ``diversity`` is the share of likeness in the choice, 0 for value alone.
    """

    version: str = "planner-1"
    diversity: float = attrs.field(default=0.3, validator=share)
    funnel: float = attrs.field(default=0.15, validator=not_negative)
    cadence: float = attrs.field(default=0.1, validator=not_negative)
    keyword: float = attrs.field(default=0.1, validator=not_negative)
    deadline: float = attrs.field(default=0.1, validator=not_negative)
    crowding: float = attrs.field(default=0.2, validator=not_negative)
    horizon_days: int = 28
    repeat_days: int = 14
    moved: float = attrs.field(default=0.05, validator=share)
    draws: int = attrs.field(default=200, validator=attrs.validators.ge(1))


@attrs.frozen(kw_only=True, eq=False)
class Choice:
    """What can be chosen: n candidates, several of which may carry out the same idea.

    ``chance`` (n,) and ``sampled`` (draws, n) are chances of success; ``worth`` and ``cost`` (n,) count in mean
    successes, ``fit`` (n,) what a candidate does for the gaps; ``idea`` (n,) numbers the ideas from 0; ``traits``
    (n, f) are codes whose equality makes two candidates alike, by ``trait_weights`` (f,), which sum to 1; ``open`` (n,)
    says which may be chosen at all.
    """

    chance: Array
    sampled: Array
    worth: Array
    cost: Array
    fit: Array
    idea: Indices
    traits: Indices
    trait_weights: Array
    open: NDArray[np.bool_]

    @property
    def values(self) -> Array:
        """The expected value (n,) of every candidate in mean successes: chance × worth − cost + fit."""
        values: Array = self.chance * self.worth - self.cost + self.fit
        return values


@attrs.frozen(kw_only=True, eq=False)
class Plan:
    """The chosen candidates, the most valuable first, and how likely each idea was to be chosen, (ideas,)."""

    chosen: tuple[int, ...]
    propensity: Array


def plan(choice: Choice, count: int, policy: PlanningPolicy) -> Plan:
    """Up to ``count`` candidates of different ideas, chosen in the first draw.

    Fewer open ideas give fewer. The propensity of an idea is the share of draws that choose it, the first included; so
    what is shown never has a propensity of zero. No candidate open: an empty plan.
    """
    _check(choice, count)
    ideas = int(choice.idea.max(initial=-1)) + 1
    count = min(count, len(np.unique(choice.idea[choice.open])))
    if count == 0:
        return Plan(chosen=(), propensity=np.zeros(ideas))
    chosen = chosen_by_draw(choice, count, policy.diversity)
    times = np.bincount(choice.idea[chosen].ravel(), minlength=ideas)
    values = choice.values
    first = sorted(chosen[0].tolist(), key=lambda candidate: (-values[candidate], candidate))
    return Plan(chosen=tuple(first), propensity=times / len(chosen))


def chosen_by_draw(choice: Choice, count: int, diversity: float) -> Indices:
    """For each draw the candidates it chooses, (draws, count), in the order of the choice; no idea twice in one."""
    candidates = np.flatnonzero(choice.open)
    relevance = _relevance(choice, candidates)
    parts = [
        _greedy(relevance[start : start + DRAWS_AT_ONCE], choice, candidates, count, diversity)
        for start in range(0, len(relevance), DRAWS_AT_ONCE)
    ]
    chosen: Indices = candidates[np.concatenate(parts)]
    return chosen


def likeness(choice: Choice, one: int, other: int) -> float:
    """How alike two candidates are, in [0, 1]: the weight of the traits that they share."""
    return float(choice.trait_weights @ (choice.traits[one] == choice.traits[other]))


def _relevance(choice: Choice, candidates: Indices) -> Array:
    """Values by draw, (draws, c), on a scale in which the usual expected values lie in [0, 1]."""
    expected = choice.values[candidates]
    low, high = np.quantile(expected, 0.05), expected.max()
    scale = high - low if high > low else 1.0
    worth, rest = choice.worth[candidates], (choice.fit - choice.cost)[candidates]
    relevance: Array = (choice.sampled[:, candidates] * worth + rest - low) / scale
    return relevance


def _greedy(relevance: Array, choice: Choice, candidates: Indices, count: int, diversity: float) -> Indices:
    """Positions in ``candidates`` that each of the draws chooses, (draws, count)."""
    idea, traits = choice.idea[candidates], choice.traits[candidates]
    draws = np.arange(len(relevance))
    scores = (1 - diversity) * relevance
    alike = np.zeros_like(relevance)
    chosen = np.empty((len(relevance), count), dtype=np.int64)
    for position in range(count):
        picked = np.argmax(scores - diversity * alike, axis=1)
        chosen[draws, position] = picked
        scores[idea[picked][:, None] == idea] = -np.inf
        if position + 1 < count:
            np.maximum(alike, _alike(traits, picked, choice.trait_weights), out=alike)
    return chosen


def _alike(traits: Indices, picked: Indices, weights: Array) -> Array:
    """The likeness of each draw's pick to all candidates, (draws, c)."""
    alike = np.zeros((len(picked), len(traits)))
    for trait, weight in zip(traits.T, weights, strict=True):
        alike += weight * (trait[picked][:, None] == trait)
    return alike


def _check(choice: Choice, count: int) -> None:
    if count < 1:
        raise InvalidInput(f"a plan needs a count of at least 1, not {count}")
    shape = choice.chance.shape
    arrays = (choice.worth, choice.cost, choice.fit, choice.idea, choice.open, choice.sampled[0], choice.traits[:, 0])
    if any(each.shape != shape for each in arrays):
        raise InvalidInput("every array of a choice needs one value for each candidate")
