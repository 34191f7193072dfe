"""Recursive Bayesian logistic regression over the cells (segment, option) of one category.

The logit of a cell is intercept + segment + option + segment × option, each a Gaussian effect. What is filtered is the
vector of the cells' logits itself: its prior covariance is the sum of the effects' covariances, so the sharing of
strength over segments and options is in that matrix, and an outcome is a rank-one update. The effects drift as an
Ornstein–Uhlenbeck process, which forgets towards the prior. The effects' variances are not known: a bank of filters,
one for each candidate set, runs in parallel, and each is trusted as far as it has forecast well (Magill 1965).

Cells are numbered segment by segment: ``cell = segment * options + option``. G candidates, C cells.
"""

import itertools
from collections.abc import Sequence
from typing import Any

import attrs
import numpy as np
from numpy.typing import NDArray

from ..errors import InvalidInput
from .drift import PageHinkley
from .logit_normal import expected_rate, laplace_mode, logistic, logit_of_expected

Array = NDArray[np.float64]

LEAST_VARIANCE = 1e-10
"""Of a logit; what rounding could otherwise turn negative after enormous evidence."""


def positive(_instance: Any, attribute: "attrs.Attribute[Any]", value: float | Sequence[float]) -> None:
    """An attrs validator: a number, or each of at least one number, is above zero."""
    numbers = value if isinstance(value, Sequence) else (value,)
    if not numbers or min(numbers) <= 0:
        raise InvalidInput(f"{attribute.name} is {value}, and has to be above zero")


@attrs.frozen(kw_only=True)
class EffectScales:
    """Standard deviations of the effects, in logits; where several are given, the evidence chooses among them."""

    intercept: float = attrs.field(default=0.6, validator=positive)
    segment: float = attrs.field(default=0.4, validator=positive)
    options: Sequence[float] = attrs.field(default=(0.4, 0.8, 1.4), validator=positive)
    interactions: Sequence[float] = attrs.field(default=(0.2, 0.5, 1.0), validator=positive)


@attrs.frozen(kw_only=True, eq=False)
class FilterBank:
    """What the filters of one category are before any evidence.

    ``prior_logits`` (G,), each with the prior rate as its expectation; ``covariances`` (G, C, C); ``half_lives`` (G,),
    the days after which what is known has halved; ``option_variances`` and ``interaction_variances`` (G,).
    """

    options: int
    prior_logits: Array
    covariances: Array
    half_lives: Array
    option_variances: Array
    interaction_variances: Array
    drift: PageHinkley
    reopening: float

    def start(self) -> "Filtered":
        """The state before any evidence."""
        candidates, cells = self.covariances.shape[:2]
        return Filtered(
            at=-np.inf,
            shifts=np.zeros((candidates, cells)),
            learned=np.zeros_like(self.covariances),
            log_evidence=np.zeros(candidates),
            errors=self.drift.start(cells),
            alarms=(),
        )

    def retention(self, since: float, at: float) -> Array:
        """The share (G,) of what was known at ``since`` that holds at ``at``."""
        kept: Array = (
            0.5 ** (max(0.0, at - since) / self.half_lives) if since > -np.inf else np.ones_like(self.half_lives)
        )
        return kept

    def reopen(self, learned: Array, cell: int) -> None:
        """Take back, in place, the bank's share of what can be known of the cell and of its option's effect."""
        row = cell % self.options
        learned[:, row :: self.options, row :: self.options] -= self.reopening * self.option_variances[:, None, None]
        learned[:, cell, cell] -= self.reopening * self.interaction_variances


def filter_bank(
    segments: int,
    options: int,
    *,
    prior_rate: float,
    scales: EffectScales,
    half_lives: Sequence[float],
    drift: PageHinkley,
    reopening: float,
) -> FilterBank:
    """The bank over all combinations of the candidate scales and half-lives."""
    grid = np.array(list(itertools.product(scales.options, scales.interactions, half_lives)))
    option_variances, interaction_variances = grid[:, 0] ** 2, grid[:, 1] ** 2
    covariances = (
        scales.intercept**2
        + scales.segment**2 * np.kron(np.eye(segments), np.ones((options, options)))
        + option_variances[:, None, None] * np.kron(np.ones((segments, segments)), np.eye(options))
        + interaction_variances[:, None, None] * np.eye(segments * options)
    )
    return FilterBank(
        options=options,
        prior_logits=np.array([logit_of_expected(prior_rate, variance) for variance in covariances[:, 0, 0]]),
        covariances=covariances,
        half_lives=grid[:, 2],
        option_variances=option_variances,
        interaction_variances=interaction_variances,
        drift=drift,
        reopening=reopening,
    )


@attrs.frozen(eq=False)
class Filtered:
    """What is known at ``at``; never changed in place, so that it can be kept as a checkpoint.

    ``shifts`` (G, C): the logits' means less the prior logit. ``learned`` (G, C, C): prior covariance less posterior
    covariance. ``log_evidence`` (G,): how well each candidate has forecast. ``errors`` (2, C): statistics of the drift
    test. ``alarms``: when and in which cells it found drift.
    """

    at: float
    shifts: Array
    learned: Array
    log_evidence: Array
    errors: Array
    alarms: tuple[tuple[float, int], ...]

    def moments(self, bank: FilterBank, at: float, cells: slice) -> tuple[Array, Array]:
        """Means (G, c) and covariances (G, c, c) of the logits of c cells at ``at``, not before ``self.at``."""
        kept = bank.retention(self.at, at)
        means = bank.prior_logits[:, None] + kept[:, None] * self.shifts[:, cells]
        return means, bank.covariances[:, cells, cells] - (kept**2)[:, None, None] * self.learned[:, cells, cells]

    def after(self, bank: FilterBank, cell: int, reward: float, weight: float, at: float) -> "Filtered":
        """The state after one outcome at ``at`` (not before ``self.at``); a weight counts as that many outcomes."""
        kept = bank.retention(self.at, at)
        shifts = kept[:, None] * self.shifts
        learned = (kept**2)[:, None, None] * self.learned
        column = bank.covariances[:, cell] - learned[:, cell]
        mean, variance = bank.prior_logits + shifts[:, cell], np.maximum(column[:, cell], LEAST_VARIANCE)
        forecast = expected_rate(mean, variance)
        condition(shifts, learned, column, mean, variance, reward, weight)
        trusted = trust(self.log_evidence)
        error = standardised(reward, weight, float(trusted @ forecast), float(trusted @ variance))
        errors, drifted = bank.drift.update(self.errors, cell, error, weight)
        if drifted:
            bank.reopen(learned, cell)
        score = weight * (reward * np.log(forecast) + (1 - reward) * np.log1p(-forecast))
        alarms = (*self.alarms, (at, cell)) if drifted else self.alarms
        return Filtered(at, shifts, learned, self.log_evidence + score, errors, alarms)


def condition(
    shifts: Array, learned: Array, column: Array, mean: Array, variance: Array, reward: float, weight: float
) -> None:
    """Condition, in place, all cells on an outcome of one, whose posterior is found by Laplace's method.

    ``column`` (G, C) is the covariance of all cells with the observed one, ``mean`` and ``variance`` (G,) its own.
    """
    mode = laplace_mode(mean, variance, reward, weight)
    rate = logistic(mode)
    information = weight * rate * (1 - rate)
    gain = information / (1 + variance * information)
    shifts += column * ((mode - mean) / variance)[:, None]
    learned += (column * gain[:, None])[:, :, None] * column[:, None, :]


def trust(log_evidence: Array) -> Array:
    """The posterior probabilities (G,) of the candidates, equal before evidence; they sum to one."""
    odds = np.exp(log_evidence - log_evidence.max())
    trusted: Array = odds / odds.sum()
    return trusted


def standardised(reward: float, weight: float, forecast: float, variance: float) -> float:
    """The forecast's error in standard deviations of a single outcome, less where the forecast itself was in doubt.

    A rate known by a logit of this ``variance`` is expected to be off: ``weight`` times the result has variance
    ``weight`` if nothing changed, however vague the forecast was.
    """
    single = forecast * (1 - forecast)
    return float((reward - forecast) / np.sqrt(single * (1 + weight * variance * single)))
