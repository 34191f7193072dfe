"""The logistic of a Gaussian: its moments, its prior, and its posterior after outcomes of a logistic model."""

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq

Array = NDArray[np.float64]

NODES, NODE_WEIGHTS = np.polynomial.hermite_e.hermegauss(31)
NODE_WEIGHTS = NODE_WEIGHTS / NODE_WEIGHTS.sum()
NEWTON_STEPS = 40
SAFE_PULL = 4.0
"""Up to here the slope of the mode's equation stays within a factor of two, so that Newton's steps contract."""

CONVERGED = 1e-6
"""A last step this small leaves an error of its square."""


def rate_moments(mean: Array, variance: Array) -> tuple[Array, Array]:
    """Means and variances (n,) of rates whose logits are Gaussian (n,), by Gauss–Hermite quadrature."""
    rates = logistic(mean[:, None] + np.sqrt(variance)[:, None] * NODES)
    expected = rates @ NODE_WEIGHTS
    return expected, (rates - expected[:, None]) ** 2 @ NODE_WEIGHTS


def moment_matched_beta(mean: Array, variance: Array, weights: Array) -> tuple[float, float]:
    """Parameters (a, b) of the Beta distribution with the mean and variance of a mixture of logit-normal rates.

    ``mean`` and ``variance`` (n,) are of the components' logits, ``weights`` (n,) sum to one.
    """
    rates, spreads = rate_moments(mean, variance)
    expected = float(weights @ rates)
    spread = float(weights @ (spreads + (rates - expected) ** 2))
    strength = expected * (1 - expected) / spread - 1
    return expected * strength, (1 - expected) * strength


def logit_of_expected(rate: float, variance: float) -> float:
    """The mean of a Gaussian logit of this ``variance`` whose expected rate is ``rate``, in (0, 1)."""
    reach = 40 * (1 + variance)
    return float(brentq(lambda mean: rate_moments(np.array([mean]), np.array([variance]))[0][0] - rate, -reach, reach))


def expected_rate(mean: Array, variance: Array) -> Array:
    """Rates expected of Gaussian logits, to about 0.01, strictly inside (0, 1); quick (MacKay 1992)."""
    return np.clip(logistic(mean / np.sqrt(1 + np.pi * variance / 8)), 1e-9, 1 - 1e-9)


def laplace_mode(mean: Array, variance: Array, reward: float, weight: float) -> Array:
    """The mode of a Gaussian prior times ``weight`` logistic outcomes of graded ``reward``, for many priors at once.

    It solves f = mean + variance · weight · (reward − σ(f)), monotone in f, by Newton's steps. Where the pull of the
    outcomes could make those overshoot, the middle of what is still possible replaces a step that leaves it or crosses
    most of it.
    """
    pull = variance * weight
    overshoots = pull.max() > SAFE_PULL
    low, high = mean + pull * (reward - 1), mean + pull * reward
    mode = mean
    for _ in range(NEWTON_STEPS):
        rate = logistic(mode)
        excess = mode - mean - pull * (reward - rate)
        change = excess / (1 + pull * (rate - rate * rate))
        if overshoots:
            low, high = np.where(excess < 0, mode, low), np.where(excess > 0, mode, high)
            step = mode - change
            far = (step < low) | (step > high) | (np.abs(change) > (high - low) / 2)
            change = np.where(far, mode - (low + high) / 2, change)
        mode = mode - change
        if np.abs(change).max() < CONVERGED:
            break
    return mode


def logistic(logit: Array) -> Array:
    """1 / (1 + e^−logit), without overflow."""
    rate: Array = 0.5 * (1 + np.tanh(0.5 * logit))
    return rate
