"""How good forecasts were, and the map that corrects their confidence from what came true."""

from collections.abc import Sequence
from typing import Literal

import attrs
import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import isotonic_regression

from ..errors import InvalidInput
from .logit_normal import logistic

Array = NDArray[np.float64]

NEWTON_STEPS = 50
EDGE = 1e-6
"""Nearer to 0 or 1 than this no forecast is taken at its word: its logit would be infinite."""


def brier(forecasts: ArrayLike, outcomes: ArrayLike) -> float:
    """The mean squared difference of forecast probabilities and outcomes in [0, 1]; 0 is perfect (Brier 1950)."""
    predicted, happened = pairs(forecasts, outcomes)
    return float(np.mean((predicted - happened) ** 2))


def expected_calibration_error(forecasts: ArrayLike, outcomes: ArrayLike, bins: int = 10) -> float:
    """The mean distance of forecast and frequency over equally wide bins, weighted by their counts; 0 is perfect."""
    predicted, happened = pairs(forecasts, outcomes)
    bin_of = np.minimum((predicted * bins).astype(int), bins - 1)
    gaps = np.bincount(bin_of, predicted - happened, bins)
    return float(np.abs(gaps).sum() / len(predicted))


def interval_coverage(lows: ArrayLike, highs: ArrayLike, actuals: ArrayLike) -> float:
    """The share of actual values inside their intervals, ends included; 0.8 is right for 80 % intervals."""
    low, high, actual = aligned(lows, highs, actuals)
    return float(np.mean((low <= actual) & (actual <= high)))


def pinball(quantiles: ArrayLike, actuals: ArrayLike, level: float) -> float:
    """The mean loss of forecast quantiles of this ``level``, in units of the metric; least for the true quantile.

    An actual value above the quantile costs ``level`` a unit, one below 1 − ``level`` (Koenker and Bassett 1978).
    """
    forecast, actual = aligned(quantiles, actuals)
    above = actual - forecast
    return float(np.mean(np.maximum(level * above, (level - 1) * above)))


@attrs.frozen(kw_only=True)
class CalibrationMap:
    """A non-decreasing map from forecast to corrected probability, small enough to be stored.

    ``identity`` has no points; ``platt`` has one, (slope, intercept) on logits; ``isotonic`` has the corners
    (forecast, corrected) of a broken line, flat beyond its ends. ``count`` is how many pairs it was learned from.
    """

    kind: Literal["identity", "platt", "isotonic"] = "identity"
    points: tuple[tuple[float, float], ...] = ()
    count: int = 0

    def apply(self, forecasts: ArrayLike) -> Array:
        """The corrected probabilities, of the same shape."""
        predicted = np.asarray(forecasts, dtype=float)
        if self.kind == "identity":
            return predicted
        if self.kind == "platt":
            slope, intercept = self.points[0]
            return logistic(slope * logits(predicted) + intercept)
        corners = np.array(self.points)
        corrected: Array = np.interp(predicted, corners[:, 0], corners[:, 1])
        return corrected

    def correct(self, forecast: float) -> float:
        """The corrected probability of one forecast."""
        return float(self.apply(np.array([forecast]))[0])


def learn_calibration(
    forecasts: ArrayLike, outcomes: ArrayLike, *, platt_from: int = 30, isotonic_from: int = 1000
) -> CalibrationMap:
    """The map that the number of pairs can carry: identity, then Platt's two numbers, then an isotonic line."""
    count = np.size(np.asarray(forecasts))
    if count < platt_from:
        return CalibrationMap(count=count)
    return learn_isotonic(forecasts, outcomes) if count >= isotonic_from else learn_platt(forecasts, outcomes)


def learn_platt(forecasts: ArrayLike, outcomes: ArrayLike) -> CalibrationMap:
    """Slope and intercept on the logits by penalised maximum likelihood (Platt 1999), shrunk to the identity.

    The Gaussian priors, slope N(1, 1) and intercept N(0, 1), keep few or one-sided outcomes from a map that is certain.
    A slope that came out negative is set to zero: forecasts that say nothing are replaced by the mean.
    """
    predicted, happened = pairs(forecasts, outcomes)
    design = np.column_stack([logits(predicted), np.ones_like(predicted)])
    found = penalised_logistic(design, happened, centre=np.array([1.0, 0.0]))
    if found[0] < 0:
        found = np.array([0.0, penalised_logistic(design[:, 1:], happened, centre=np.array([0.0]))[0]])
    return CalibrationMap(kind="platt", points=((float(found[0]), float(found[1])),), count=len(predicted))


def learn_isotonic(forecasts: ArrayLike, outcomes: ArrayLike) -> CalibrationMap:
    """The broken line through the pools of adjacent violators, none of which claims certainty.

    Each pool's frequency counts half an outcome more of either kind, so that five of five isn't "always". The corners
    are at the pools' mean forecasts.
    """
    predicted, happened = pairs(forecasts, outcomes)
    order = np.argsort(predicted, kind="stable")
    levels, counts = tied_means(predicted[order], happened[order])
    fitted = isotonic_regression(levels[:, 1], weights=counts)
    corners = [
        pool_corner(levels[start:stop], counts[start:stop])
        for start, stop in zip(fitted.blocks[:-1], fitted.blocks[1:], strict=True)
    ]
    heights = np.maximum.accumulate([height for _, height in corners])
    points = tuple((place, float(height)) for (place, _), height in zip(corners, heights, strict=True))
    return CalibrationMap(kind="isotonic", points=points, count=len(predicted))


def tied_means(predicted: Array, happened: Array) -> tuple[Array, Array]:
    """Distinct sorted forecasts with the mean outcome of each, (n, 2), and how many pairs each stands for, (n,)."""
    values, starts, counts = np.unique(predicted, return_index=True, return_counts=True)
    return np.column_stack([values, np.add.reduceat(happened, starts) / counts]), counts.astype(float)


def pool_corner(levels: Array, counts: Array) -> tuple[float, float]:
    """The mean forecast of a pool, and its frequency with half an outcome of either kind added."""
    total = counts.sum()
    place, frequency = counts @ levels / total
    return float(place), float((frequency * total + 0.5) / (total + 1))


def penalised_logistic(design: Array, outcomes: Array, centre: Array) -> Array:
    """The coefficients (k,) of greatest posterior density under independent N(centre, 1) priors, by damped Newton."""
    found = centre.copy()
    for _ in range(NEWTON_STEPS):
        rate = logistic(design @ found)
        gradient = design.T @ (outcomes - rate) - (found - centre)
        curvature = (design.T * (rate * (1 - rate))) @ design + np.eye(len(centre))
        step = np.linalg.solve(curvature, gradient)
        found = found + step * min(1.0, 1.0 / max(np.abs(step).max(), 1e-12))
        if np.abs(step).max() < 1e-10:
            break
    return found


def logits(predicted: Array) -> Array:
    """Log odds, finite for forecasts of 0 and 1 too."""
    inside = np.clip(predicted, EDGE, 1 - EDGE)
    odds: Array = np.log(inside) - np.log1p(-inside)
    return odds


def pairs(forecasts: ArrayLike, outcomes: ArrayLike) -> tuple[Array, Array]:
    """Forecasts and outcomes as arrays (n,) of the same length, all in [0, 1]; else `InvalidInput`."""
    predicted, happened = aligned(forecasts, outcomes)
    if min(predicted.min(), happened.min()) < 0 or max(predicted.max(), happened.max()) > 1:
        raise InvalidInput("forecasts and outcomes have to be in [0, 1]")
    return predicted, happened


def aligned(*columns: ArrayLike | Sequence[float]) -> tuple[Array, ...]:
    """The columns as arrays (n,), n ≥ 1 and the same for all, of finite numbers; else `InvalidInput`."""
    arrays = tuple(np.asarray(column, dtype=float) for column in columns)
    if any(array.ndim != 1 or array.shape != arrays[0].shape for array in arrays) or not len(arrays[0]):
        raise InvalidInput("scoring needs one outcome for each forecast, and at least one of both")
    if not all(np.isfinite(array).all() for array in arrays):
        raise InvalidInput("a forecast or an outcome is not a finite number")
    return arrays
