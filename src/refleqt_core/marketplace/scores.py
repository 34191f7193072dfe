"""Scores of creators from few jobs, so shrunk that one lucky job doesn't lead."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from math import sqrt

import attrs
import numpy as np
from numpy.typing import NDArray

from ..errors import InvalidInput
from .records import CreatorPerformance

HALF_LIFE_DAYS = 90.0
INDIFFERENT = 0.5
SPREAD = 0.15
"""Standard deviation of what one creator's jobs achieve."""


@attrs.frozen(kw_only=True)
class Score:
    """An estimate in [0, 1] with its standard deviation; ``evidence`` is the summed weight of its ``jobs``."""

    mean: float
    deviation: float
    evidence: float
    jobs: int


@attrs.frozen(kw_only=True)
class Weighing:
    """How much past jobs count ``now``: half for each ``half_life_days``; the prior is worth ``prior_jobs`` jobs."""

    now: datetime
    half_life_days: float = HALF_LIFE_DAYS
    prior_jobs: float = 3.0

    def recency(self, jobs: Sequence[CreatorPerformance]) -> list[float]:
        """1 for a job completed now (or later), half of it for each half-life before; in the order of ``jobs``."""
        ages = [(self.now - job.completed_at).total_seconds() / 86_400 for job in jobs]
        return [float(weight) for weight in np.exp2(-np.maximum(ages, 0) / self.half_life_days)]


def shrunken_score(
    values: Sequence[float], weights: Sequence[float], *, prior_mean: float, prior_jobs: float, spread: float = SPREAD
) -> Score:
    """The posterior mean after ``values`` in [0, 1] with ``weights``, with a prior worth ``prior_jobs`` jobs.

    Mean (κm + Σwv) / (κ + Σw) and deviation spread / √(κ + Σw): the normal model with a known ``spread`` of single jobs
    around their creator's level. A Beta model has the same mean, yet takes grades for hits and misses and would give
    newcomers three times that deviation. Values outside [0, 1], negative weights and a prior worth nothing raise
    `InvalidInput`.
    """
    v, w = np.asarray(values, dtype=float), np.asarray(weights, dtype=float)
    if v.shape != w.shape or ((v < 0) | (v > 1)).any() or (w < 0).any() or not prior_jobs > 0:
        raise InvalidInput("scores need one non-negative weight for each value in [0, 1], and a prior worth something")
    evidence = float(w.sum())
    mean = (prior_jobs * prior_mean + float(w @ v)) / (prior_jobs + evidence)
    deviation = spread / sqrt(prior_jobs + evidence)
    return Score(mean=min(1.0, max(0.0, mean)), deviation=deviation, evidence=evidence, jobs=int((w > 0).sum()))


def exploration_bonus(tier: str, score: Score, strength: float) -> float:
    """What a rising creator is given on top: ``strength`` standard deviations, so that it fades as jobs come in."""
    return strength * score.deviation if tier == "rising" else 0.0


def achieved(job: CreatorPerformance) -> float | None:
    """How well the job served its customer: the mean of measured performance and satisfaction, of what is known."""
    known = [value for value in (job.artifact_performance, job.customer_satisfaction) if value is not None]
    return sum(known) / len(known) if known else None


def performance_score(
    jobs: Sequence[CreatorPerformance], similarities: Sequence[float], weighing: Weighing, *, prior_mean: float
) -> Score:
    """What the jobs achieved, each with weight similarity × recency; one whose results are unknown counts for nothing.

    ``similarities`` in [0, 1] are to the brief that is asked about, one for each job.
    """
    weights = [s * recency for s, recency in zip(similarities, weighing.recency(jobs), strict=True)]
    known = [
        (outcome, weight) for job, weight in zip(jobs, weights, strict=True) if (outcome := achieved(job)) is not None
    ]
    values = [outcome for outcome, _ in known]
    return shrunken_score(
        values, [weight for _, weight in known], prior_mean=prior_mean, prior_jobs=weighing.prior_jobs
    )


def quality_score(
    jobs: Sequence[CreatorPerformance], artifact_type: str, weighing: Weighing, *, prior_mean: float
) -> Score:
    """The quality of the jobs of that type, shrunk to that of the creator's other jobs, and that to ``prior_mean``.

    A job counts in one of the two levels alone, so that none is evidence for its own prior.
    """
    recency = weighing.recency(jobs)
    score = shrunken_score([], [], prior_mean=prior_mean, prior_jobs=weighing.prior_jobs)
    for of_type in (False, True):
        chosen = [
            (job.quality_score, w)
            for job, w in zip(jobs, recency, strict=True)
            if (job.artifact_type == artifact_type) is of_type
        ]
        score = shrunken_score(
            [quality for quality, _ in chosen],
            [w for _, w in chosen],
            prior_mean=score.mean,
            prior_jobs=weighing.prior_jobs,
        )
    return score


@attrs.frozen(kw_only=True)
class Prior:
    """What is assumed of a creator before their own jobs are looked at."""

    performance: float
    quality: float


class Peers:
    """Everybody's jobs by tier: a creator is shrunk to their tier, that to the whole market, that to one half."""

    def __init__(self, jobs: Iterable[tuple[str, Sequence[CreatorPerformance]]], weighing: Weighing):
        self._weighing = weighing
        self._by_tier: dict[str, NDArray[np.float64]] = {}
        for tier, own in jobs:
            self._by_tier[tier] = self._by_tier.get(tier, np.zeros((2, 2))) + self._sums(own)
        self._all = sum(self._by_tier.values(), np.zeros((2, 2)))

    def prior(self, tier: str, own: Sequence[CreatorPerformance]) -> Prior:
        """The level of the tier without the creator's ``own`` jobs, which else would be evidence for their own prior.

        One indifferent job is counted along, so that the first results of a young market don't set its level alone.
        """
        mine = self._sums(own)
        market = _mean(self._all - mine, INDIFFERENT, 1.0)
        performance, quality = _mean(self._by_tier.get(tier, mine) - mine, market, self._weighing.prior_jobs)
        return Prior(performance=float(performance), quality=float(quality))

    def _sums(self, jobs: Sequence[CreatorPerformance]) -> NDArray[np.float64]:
        """Rows performance and quality; columns weighted sum and weight."""
        sums = np.zeros((2, 2))
        for job, weight in zip(jobs, self._weighing.recency(jobs), strict=True):
            for row, value in enumerate((achieved(job), job.quality_score)):
                if value is not None:
                    sums[row] += (weight * value, weight)
        return sums


def _mean(sums: NDArray[np.float64], prior: NDArray[np.float64] | float, prior_jobs: float) -> NDArray[np.float64]:
    means = (sums[:, 0] + prior_jobs * np.asarray(prior)) / (sums[:, 1] + prior_jobs)
    return np.clip(means, 0.0, 1.0)
