"""What is believed at one moment, as numbers: the chance that an artifact reaches its target.

Each category's cells come from `BeliefLearner`. An artifact lies in one cell of every category, and these overlap: who
is reached by email is also who is told about savings. So the deviations of its cells from the baseline are stacked with
weights that are earned on outcomes which were not yet known when the deviations were computed (Dawid 1984).
"""

import itertools
from collections.abc import Mapping, Sequence

import attrs
import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv, expit, logit, ndtr

from .belief_learner import BeliefLearner, LearnerSettings
from .calibration import penalised_logistic
from .logit_normal import moment_matched_beta, rate_moments

Array = NDArray[np.float64]
Candidate = tuple[str | None, str | None, str | None, str | None]
"""Segment, channel, angle, slot; None or an unknown name says nothing."""

CATEGORIES = ("channel", "messaging", "timing")
EVERYONE = "all"
"""The segment of audience beliefs, whose options are the segments."""

FIRST_WEIGHT = 0.7
"""How far a deviation counts before any outcome has said so."""
STACKED_OUTCOMES = 400
"""The newest outcomes that the weights are learned from."""
WIDTH = 0.3
"""The exploration budget: the factor on the posterior's standard deviations when chances are sampled."""


@attrs.frozen(kw_only=True)
class Observation:
    """An outcome in [0, 1] at a time in days, with the artifact's segment, channel, angle and slot."""

    candidate: Candidate
    outcome: float
    at: float
    weight: float = 1.0


@attrs.frozen(kw_only=True)
class CellEstimate:
    """The success rate of a cell: mean, 80 % interval, the Beta with the same moments, outcomes and successes."""

    mean: float
    low: float
    high: float
    alpha: float
    beta: float
    outcomes: float = 0.0
    successes: float = 0.0


@attrs.frozen(kw_only=True, eq=False)
class BeliefModel:
    """Beliefs over cells as of one moment.

    ``means`` and ``variances`` of the cells' logits by category, each (segments, options), ``centres`` the logits of
    their expected rates; ``weights`` of the categories' deviations from ``intercept``.
    """

    segments: tuple[str, ...]
    options: Mapping[str, tuple[str, ...]]
    baseline: float
    intercept: float
    weights: Mapping[str, float]
    means: Mapping[str, Array]
    variances: Mapping[str, Array]
    centres: Mapping[str, Array]
    counts: Mapping[tuple[str, str, str], tuple[float, float]] = attrs.field(factory=dict)
    width: float = WIDTH

    def chance(self, segment: str | None, channel: str | None, angle: str | None, slot: str | None) -> float:
        """The probability that such an artifact reaches its target."""
        return float(self.chances([(segment, channel, angle, slot)])[0])

    def chances(self, candidates: Sequence[Candidate]) -> Array:
        """The probability of each candidate, shape (n,)."""
        deviations = deviations_of(self._cells(candidates), self.centres, self.baseline)
        logits = np.full(len(candidates), self.intercept)
        for category, each in deviations.items():
            logits += self.weights[category] * each
        return np.asarray(expit(logits), dtype=float)

    def sample(self, candidates: Sequence[Candidate], rng: np.random.Generator, draws: int) -> Array:
        """Chances drawn from the narrowed posterior, shape (draws, n); candidates that share a cell share its draw."""
        logits = np.full((draws, len(candidates)), self.intercept)
        for category, cells in self._cells(candidates).items():
            noise = rng.standard_normal((draws, *self.means[category].shape))
            drawn = self.centres[category] + self.width * np.sqrt(self.variances[category]) * noise
            known = cells[0] >= 0
            deviations = drawn[:, cells[0][known], cells[1][known]] - logit(self.baseline)
            logits[:, known] += self.weights[category] * deviations
        return np.asarray(expit(logits), dtype=float)

    def cell(self, category: str, segment: str, option: str) -> CellEstimate:
        """What is believed of one cell."""
        segments = (EVERYONE,) if category == "audience" else self.segments
        i, j = segments.index(segment), self.options[category].index(option)
        mean, variance = self.means[category][i, j], self.variances[category][i, j]
        alpha, beta = moment_matched_beta(np.array([mean]), np.array([variance]), np.ones(1))
        outcomes, successes = self.counts.get((category, segment, option), (0.0, 0.0))
        return CellEstimate(
            mean=alpha / (alpha + beta),
            low=float(betaincinv(alpha, beta, 0.1)),
            high=float(betaincinv(alpha, beta, 0.9)),
            alpha=alpha,
            beta=beta,
            outcomes=outcomes,
            successes=successes,
        )

    def better(self, category: str, segment: str, option: str) -> float:
        """The probability that the best other option of the cell's segment is better than it."""
        segments = (EVERYONE,) if category == "audience" else self.segments
        i, j = segments.index(segment), self.options[category].index(option)
        means, variances = self.means[category][i], self.variances[category][i]
        others = [k for k in range(len(means)) if k != j]
        if not others:
            return 0.0
        best = max(others, key=lambda k: means[k])
        apart = (means[best] - means[j]) / np.sqrt(variances[best] + variances[j])
        return float(ndtr(apart))

    def _cells(self, candidates: Sequence[Candidate]) -> dict[str, tuple[NDArray[np.int64], NDArray[np.int64]]]:
        return cells_of(candidates, self.segments, self.options)


def cells_of(
    candidates: Sequence[Candidate], segments: Sequence[str], options: Mapping[str, Sequence[str]]
) -> dict[str, tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """By category the row (segment) and column (option) of every candidate, both −1 where it lies in no cell."""
    row_of = {segment: row for row, segment in enumerate(segments)}
    cells = {}
    for category, part in (("channel", 1), ("messaging", 2), ("timing", 3)):
        column_of = {option: column for column, option in enumerate(options[category])}
        rows = np.array([row_of.get(each[0] or "", -1) for each in candidates], dtype=np.int64)
        columns = np.array([column_of.get(each[part] or "", -1) for each in candidates], dtype=np.int64)
        known = (rows >= 0) & (columns >= 0)
        cells[category] = (np.where(known, rows, -1), np.where(known, columns, -1))
    columns = np.array([row_of.get(each[0] or "", -1) for each in candidates], dtype=np.int64)
    cells["audience"] = (np.where(columns >= 0, 0, -1), columns)
    return cells


def centres_of(means: Mapping[str, Array], variances: Mapping[str, Array]) -> dict[str, Array]:
    """By category the logits of the cells' expected rates, so that a cell without evidence is where the baseline is."""
    return {
        category: np.asarray(logit(rate_moments(mean.ravel(), variances[category].ravel())[0]), dtype=float).reshape(
            mean.shape
        )
        for category, mean in means.items()
    }


def deviations_of(
    cells: Mapping[str, tuple[NDArray[np.int64], NDArray[np.int64]]], means: Mapping[str, Array], baseline: float
) -> dict[str, Array]:
    """By category how far the logit of each candidate's cell is from the baseline's, (n,); 0 outside of all cells."""
    base = logit(baseline)
    return {
        category: np.where(rows >= 0, means[category][rows, columns] - base, 0.0)
        for category, (rows, columns) in cells.items()
    }


def fitted_model(
    observations: Sequence[Observation],
    options: Mapping[str, Sequence[str]],
    segments: Sequence[str],
    at: float,
    *,
    prior_rate: float = 0.25,
    prior_outcomes: float = 4.0,
) -> BeliefModel:
    """The model as of ``at``, from the evidence dated then or before; the same in whatever order it is given.

    The baseline is the business's own rate, drawn to ``prior_rate`` as by ``prior_outcomes`` outcomes more.
    """
    known = sorted((each for each in observations if each.at <= at), key=_place)
    weight = sum(each.weight for each in known)
    successes = sum(each.weight * each.outcome for each in known)
    baseline = (successes + prior_rate * prior_outcomes) / (weight + prior_outcomes)
    learners = _Learners(options, segments, baseline)
    deviations = _learned(known, learners, baseline)
    means, variances = learners.posteriors(at)
    intercept, weights = _stacked(known[-STACKED_OUTCOMES:], deviations, baseline)
    return BeliefModel(
        segments=tuple(segments),
        options=learners.options,
        baseline=baseline,
        intercept=intercept,
        weights=weights,
        means=means,
        variances=variances,
        centres=centres_of(means, variances),
        counts=learners.counts,
    )


def _place(each: Observation) -> tuple[float, str, float, float]:
    """By time, and by all that tells two outcomes of one time apart."""
    return each.at, str(each.candidate), each.outcome, each.weight


class _Learners:
    """One learner for what depends on the segment, and one for the segments themselves."""

    def __init__(self, options: Mapping[str, Sequence[str]], segments: Sequence[str], baseline: float):
        settings, rng = LearnerSettings(prior_rate=baseline), np.random.default_rng(0)
        self.segments = tuple(segments)
        self.options = {name: tuple(each) for name, each in options.items()} | {"audience": self.segments}
        self.by_segment = BeliefLearner({name: options[name] for name in CATEGORIES}, segments, rng, settings)
        self.audience = BeliefLearner({"audience": segments}, [EVERYONE], rng, settings)
        self.counts: dict[tuple[str, str, str], tuple[float, float]] = {}

    def observe(self, each: Observation) -> None:
        for category, (rows, columns) in cells_of([each.candidate], self.segments, self.options).items():
            if rows[0] < 0:
                continue
            segment = EVERYONE if category == "audience" else self.segments[rows[0]]
            option = self.options[category][columns[0]]
            learner = self.audience if category == "audience" else self.by_segment
            learner.observe(category, segment, option, each.outcome, each.at, each.weight)
            outcomes, successes = self.counts.get((category, segment, option), (0.0, 0.0))
            self.counts[category, segment, option] = (
                outcomes + each.weight,
                successes + each.weight * each.outcome,
            )

    def posteriors(self, at: float) -> tuple[dict[str, Array], dict[str, Array]]:
        found = {category: self.by_segment.posterior(category, at) for category in CATEGORIES}
        found["audience"] = self.audience.posterior("audience", at)
        return {name: each[0] for name, each in found.items()}, {name: each[1] for name, each in found.items()}


def _learned(known: Sequence[Observation], learners: _Learners, baseline: float) -> Array:
    """The learners have observed all of ``known``; gives the deviations from before each of the newest, (n, 4).

    Day by day, since what is believed at the end of the evidence is quick to get, and what was long before it is not.
    """
    oldest = len(known) - STACKED_OUTCOMES
    rows = [np.empty((0, len(CATEGORIES) + 1))]
    for day, group in itertools.groupby(enumerate(known), key=lambda placed: placed[1].at):
        today = list(group)
        candidates = [each.candidate for place, each in today if place >= oldest]
        if candidates:
            centres = centres_of(*learners.posteriors(float(np.nextafter(day, -np.inf))))
            cells = cells_of(candidates, learners.segments, learners.options)
            deviations = deviations_of(cells, centres, baseline)
            rows.append(np.column_stack([deviations[category] for category in (*CATEGORIES, "audience")]))
        for _, each in today:
            learners.observe(each)
    return np.concatenate(rows)


def _stacked(known: Sequence[Observation], deviations: Array, baseline: float) -> tuple[float, dict[str, float]]:
    """Intercept and weights by penalised logistic regression on the deviations (n, 4) from before each outcome."""
    categories = [*CATEGORIES, "audience"]
    centre = np.array([float(logit(baseline)), *(FIRST_WEIGHT for _ in categories)])
    if not known:
        return float(centre[0]), dict.fromkeys(categories, FIRST_WEIGHT)
    design = np.column_stack([np.ones(len(known)), deviations])
    found = penalised_logistic(design, np.array([each.outcome for each in known]), centre)
    weights = np.clip(found[1:], 0.0, 1.5)
    return float(found[0]), dict(zip(categories, weights.tolist(), strict=True))
