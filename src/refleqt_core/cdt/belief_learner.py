"""What works for whom: beliefs over cells (category, segment, option) that learn from outcomes and choose under doubt.

`BeliefLearner` is the whole surface. The model is in `hierarchical_filter`, the order of evidence in `dated_evidence`;
here posteriors become choices, rates, intervals and Beta parameters.
"""

import math
from collections.abc import Mapping, Sequence

import attrs
import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv

from ..errors import InvalidInput
from ..values import share
from .dated_evidence import DatedEvidence, Outcome
from .drift import PageHinkley
from .hierarchical_filter import LEAST_VARIANCE, EffectScales, filter_bank, positive, trust
from .logit_normal import moment_matched_beta

Array = NDArray[np.float64]

JITTER = 1e-9
SAMPLING_SEED = 20_260_731
"""Of the fixed sample by which propensities are computed: equal posteriors have equal propensities."""


@attrs.frozen(kw_only=True)
class LearnerSettings:
    """How beliefs are learned and used.

    ``prior_rate``: what is expected without evidence, such as the industry's mean; one for all categories or one each.
    ``half_lives``: days after which what is known has halved; of several, the evidence chooses. ``reopening``: the
    share of the prior doubt that returns to a cell, and to its option's effect, when drift is found in it. ``width``:
    the exploration budget, as a factor on the posterior's standard deviations when an option is sampled: 1 is Thompson
    sampling, near 0 is greedy. ``minimum_propensity``: the chance that every option keeps, so that policies can be
    evaluated from the log. ``draws``: the sample, rounded to an even number, from which propensities are computed.
    """

    prior_rate: float | Mapping[str, float] = 0.25
    scales: EffectScales = attrs.field(factory=EffectScales)
    half_lives: Sequence[float] = attrs.field(default=(730.0,), validator=positive)
    drift: PageHinkley = attrs.field(factory=PageHinkley)
    reopening: float = attrs.field(default=1.0, validator=share)
    width: float = attrs.field(default=0.3, validator=positive)
    minimum_propensity: float = attrs.field(default=0.001, validator=share)
    draws: int = attrs.field(default=1024, validator=positive)

    def rate(self, category: str) -> float:
        """The prior rate of a category, in (0, 1)."""
        rate = self.prior_rate[category] if isinstance(self.prior_rate, Mapping) else self.prior_rate
        if not 0 < rate < 1:
            raise InvalidInput(
                f"the prior rate of '{category}' is {rate}; it has to lie between 0 and 1, both excluded"
            )
        return rate


class BeliefLearner:
    """Learns from outcomes which option works for which segment, and chooses options.

    ``at`` is a time in days from any fixed day. Whatever is asked at a time follows from the evidence dated then or
    before, and is the same in whatever order the evidence arrived. Names that were not given here raise `InvalidInput`.
    """

    def __init__(
        self,
        options: Mapping[str, Sequence[str]],
        segments: Sequence[str],
        rng: np.random.Generator,
        settings: LearnerSettings | None = None,
    ):
        self.settings = settings or LearnerSettings()
        self.options = {category: distinct(f"options of '{category}'", each) for category, each in options.items()}
        self.segments = distinct("segments", segments)
        self._rng = rng
        self._evidence = {category: self._empty(category) for category in self.options}
        self._normals = antithetic_normals(self.settings.draws, max(map(len, self.options.values()), default=1))

    def choose(self, category: str, segment: str, at: float) -> str:
        """An option drawn with exactly the probabilities that `propensities` gives for the same arguments."""
        chances = self._propensities(category, segment, at)
        return self.options[category][int(self._rng.choice(len(chances), p=chances))]

    def propensities(self, category: str, segment: str, at: float) -> dict[str, float]:
        """The probability of each option to be chosen; they sum to one, and none is below the minimum."""
        return dict(zip(self.options[category], self._propensities(category, segment, at).tolist(), strict=True))

    def observe(self, category: str, segment: str, option: str, reward: float, at: float, weight: float = 1.0) -> None:
        """The outcome is evidence from ``at`` on, which may lie before what was observed earlier.

        ``reward`` in [0, 1]; ``weight`` counts as that many outcomes, zero as none. The same one twice counts twice.
        """
        if not 0 <= reward <= 1:
            raise InvalidInput(f"a reward is {reward}, and has to be in [0, 1]")
        if not (math.isfinite(at) and math.isfinite(weight) and weight >= 0):
            raise InvalidInput(f"evidence needs a finite date and a weight that is not negative, not {at} and {weight}")
        cell = self._cell(category, segment, option)
        self._evidence[category].add(Outcome(float(at), cell, float(reward), float(weight)))

    def predict(self, category: str, segment: str, option: str, at: float) -> float:
        """The rate that is expected of the cell, in (0, 1); without any evidence the prior rate."""
        a, b = self.beta(category, segment, option, at)
        return a / (a + b)

    def interval(self, category: str, segment: str, option: str, at: float, level: float = 0.8) -> tuple[float, float]:
        """The central interval that holds the cell's rate with probability ``level``, by its Beta distribution."""
        a, b = self.beta(category, segment, option, at)
        return float(betaincinv(a, b, (1 - level) / 2)), float(betaincinv(a, b, (1 + level) / 2))

    def beta(self, category: str, segment: str, option: str, at: float) -> tuple[float, float]:
        """The Beta parameters (a, b) with the posterior's mean and variance of the cell's rate: what a belief shows."""
        cell = self._cell(category, segment, option)
        evidence = self._evidence[category]
        means, covariances = evidence.state(at).moments(evidence.bank, at, slice(cell, cell + 1))
        variances = np.maximum(covariances[:, 0, 0], LEAST_VARIANCE)
        return moment_matched_beta(means[:, 0], variances, self._trust(at))

    def posterior(self, category: str, at: float) -> tuple[Array, Array]:
        """Means and variances of the cells' logits, each of shape (segments, options)."""
        shape = (len(self.segments), len(self._known(category)))
        means, covariances = self._joint(category, at, slice(None))
        return means.reshape(shape), np.diag(covariances).reshape(shape).copy()

    def drifts(self, category: str, at: float) -> tuple[tuple[float, str, str], ...]:
        """When, for which segment and option a change was found, up to ``at``, in the order of time."""
        width = len(self._known(category))
        alarms = self._evidence[category].state(at).alarms
        return tuple(
            (when, self.segments[cell // width], self.options[category][cell % width]) for when, cell in alarms
        )

    def evidence_count(self, category: str) -> int:
        """How many outcomes of the category were observed."""
        self._known(category)
        return len(self._evidence[category])

    def _empty(self, category: str) -> DatedEvidence:
        settings, options = self.settings, len(self.options[category])
        if settings.minimum_propensity * options > 1:
            raise InvalidInput(f"'{category}' has {options} options, too many for the minimum propensity")
        bank = filter_bank(
            len(self.segments),
            options,
            prior_rate=settings.rate(category),
            scales=settings.scales,
            half_lives=settings.half_lives,
            drift=settings.drift,
            reopening=settings.reopening,
        )
        return DatedEvidence(bank)

    def _propensities(self, category: str, segment: str, at: float) -> Array:
        means, covariances = self._joint(category, at, self._row(category, segment))
        n, floor = len(means), self.settings.minimum_propensity
        root = np.linalg.cholesky(covariances + JITTER * np.eye(n)) * self.settings.width
        best = np.argmax(self._normals[:, :n] @ root.T + means, axis=1)
        chances: Array = floor + (1 - n * floor) * (np.bincount(best, minlength=n) / len(best))
        return chances

    def _joint(self, category: str, at: float, cells: slice) -> tuple[Array, Array]:
        """Means (c,) and covariances (c, c) of the logits, the candidates' mixture matched by its moments."""
        evidence = self._evidence[category]
        means, covariances = evidence.state(at).moments(evidence.bank, at, cells)
        weights = self._trust(at)
        mean = weights @ means
        apart = means - mean
        spread: Array = np.tensordot(weights, covariances, 1) + (apart * weights[:, None]).T @ apart
        return mean, spread

    def _trust(self, at: float) -> Array:
        """All categories vote on the candidates: how far effects spread is the business's, not a category's."""
        return trust(np.array([evidence.state(at).log_evidence for evidence in self._evidence.values()]).sum(axis=0))

    def _known(self, category: str) -> tuple[str, ...]:
        if category not in self.options:
            raise InvalidInput(f"no category '{category}'; there are: {', '.join(self.options)}")
        return self.options[category]

    def _row(self, category: str, segment: str) -> slice:
        width = len(self._known(category))
        if segment not in self.segments:
            raise InvalidInput(f"no segment '{segment}'; there are: {', '.join(self.segments)}")
        first = self.segments.index(segment) * width
        return slice(first, first + width)

    def _cell(self, category: str, segment: str, option: str) -> int:
        first, options = self._row(category, segment).start, self.options[category]
        if option not in options:
            raise InvalidInput(f"'{category}' has no option '{option}'; there are: {', '.join(options)}")
        return int(first + options.index(option))


def distinct(what: str, names: Sequence[str]) -> tuple[str, ...]:
    """The names as a tuple; none at all, or one twice, raises `InvalidInput`."""
    if not names or len(set(names)) < len(names):
        raise InvalidInput(f"{what} have to be at least one and each only once: {', '.join(names) or 'none'}")
    return tuple(names)


def antithetic_normals(draws: int, width: int) -> Array:
    """A fixed sample (draws, width) of standard normals, with each its negative, so that symmetry is exact."""
    half = np.random.default_rng(SAMPLING_SEED).standard_normal((-(-draws // 2), width))
    return np.concatenate([half, -half])
