"""What holding a type of activity now is worth to what is known of a business."""

from collections.abc import Mapping, Sequence
from math import exp
from statistics import fmean

import attrs
import numpy as np
from numpy.typing import NDArray

from ..intake.activity_guides import Exercise
from ..phrases import spoken
from ..values import not_negative, share

ENOUGH = 15
"""Findings of a kind, in all sources, from which on it is not lacking."""
MOST_KINDS = 3
"""Kinds of findings that one exercise can be held for."""
LITTLE = 0.3
"""How far from `ENOUGH` a kind has to be for a reason to name it."""
FRESH_DAYS = 60.0
"""After that many days 63 % of what a type could give is new again (1 − 1/e)."""
PRIOR_QUALITY, PRIOR_HELD = 0.5, 2
"""A type that was never held counts as having given that, as if it had been held so often."""
TEMPERATURE = 0.08
"""How readily the second best is tried out: of two types that are 0.08 apart the better is e times as likely."""
NAMES = {
    "theme": "themes",
    "brand_voice": "how you want to sound",
    "competitor_mention": "competitors",
    "customer_insight": "what customers need",
    "alignment_gap": "where the team sees things differently",
    "emotional_charge": "what moves people",
    "signal": "what calls for action",
}


@attrs.frozen(kw_only=True)
class Weights:
    """The parameters of one version of the policy: what each part of the worth counts."""

    version: str = "activity-advice-1"
    need: float = attrs.field(default=0.45, validator=not_negative)
    fresh: float = attrs.field(default=0.2, validator=not_negative)
    quality: float = attrs.field(default=0.2, validator=not_negative)
    alignment: float = attrs.field(default=0.15, validator=not_negative)


@attrs.frozen(kw_only=True)
class ExercisePast:
    """How often a type was held, how many days ago last, and the quality in [0, 1] of what each time gave."""

    held: int = 0
    days_since: float | None = None
    scores: tuple[float, ...] = ()


@attrs.frozen(kw_only=True)
class Worth:
    """The worth in [0, 1], its parts, and the reasons in words, the weightiest first."""

    value: float = attrs.field(validator=share)
    parts: Mapping[str, float]
    reasons: tuple[str, ...]


def worth_of(
    exercise: Exercise, past: ExercisePast, coverage: Mapping[str, int], agreement: float | None, weights: Weights
) -> Worth:
    """What the exercise is worth, by ``coverage`` (findings by kind) and the team's ``agreement`` in [0, 1].

    Need is how far the kinds that it feeds are from `ENOUGH`, in all, where `MOST_KINDS` count whole; a type of which
    nobody has said what it feeds counts as feeding two kinds that lack as much as all do.
    Fresh is 1 − e^(−days/60), 1 where it was never held. Quality is the mean of what it gave, drawn to `PRIOR_QUALITY`
    while it was held seldom. Alignment is how far the team disagrees, for a type that brings disagreements up.
    """
    fed = {kind: coverage[kind] for kind in exercise.feeds or coverage if kind in coverage}
    lacking = {kind: max(0.0, 1 - count / ENOUGH) for kind, count in fed.items()}
    parts = {
        "need": min(sum(lacking.values()) / MOST_KINDS, 1.0)
        if exercise.feeds
        else 2 / MOST_KINDS * fmean(lacking.values()),
        "fresh": 1.0 if past.days_since is None else 1 - exp(-max(past.days_since, 0.0) / FRESH_DAYS),
        "quality": (PRIOR_QUALITY * PRIOR_HELD + sum(past.scores)) / (PRIOR_HELD + len(past.scores)),
        "alignment": (1 - agreement) if agreement is not None and "alignment_gap" in exercise.feeds else 0.0,
    }
    weight = {name: getattr(weights, name) for name in parts}
    whole = sum(weight.values()) or 1.0
    value = sum(weight[name] * part for name, part in parts.items()) / whole
    return Worth(
        value=min(max(value, 0.0), 1.0),
        parts={name: round(part, 6) for name, part in parts.items()},
        reasons=_reasons(past, fed, lacking, agreement, parts["alignment"]),
    )


def propensities(values: Sequence[float], temperature: float = TEMPERATURE) -> NDArray[np.float64]:
    """The probability of each to be drawn: softmax of value by ``temperature``; they sum to 1."""
    scaled = np.asarray(values, dtype=np.float64) / temperature
    weights = np.exp(scaled - scaled.max())
    found: NDArray[np.float64] = weights / weights.sum()
    return found


def _reasons(
    past: ExercisePast,
    fed: Mapping[str, int],
    lacking: Mapping[str, float],
    agreement: float | None,
    alignment: float,
) -> tuple[str, ...]:
    said = [
        f"Little is known of {NAMES.get(kind, spoken(kind))}: {_counted(fed[kind])}."
        for kind in sorted(lacking, key=lambda kind: (-lacking[kind], kind))
        if lacking[kind] >= LITTLE
    ][:2]
    if alignment > 0 and agreement is not None:
        said.append(f"The team's statements on one topic agree to {100 * agreement:.0f} %.")
    if past.days_since is None:
        said.append("You have never held it.")
    else:
        said.append(
            f"You held it last {past.days_since:.0f} days ago." if past.days_since >= 1 else "You just held it."
        )
    if past.scores:
        said.append(f"It gave context of quality {fmean(past.scores):.2f} so far.")
    return tuple(said)


def _counted(count: int) -> str:
    return {0: "no finding", 1: "one finding"}.get(count, f"{count} findings")
