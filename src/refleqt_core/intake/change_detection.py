"""What has changed between two windows of a series, and whether it is more than chance.

Counts are compared by their rate ratio under a Poisson law whose variance is scaled by the dispersion that the days
show (quasi-Poisson; McCullagh and Nelder 1989), rates by the standard error of their daily means, all else by a
robust z of the daily medians (median absolute deviation; Rousseeuw and Croux 1993). Over all series of one extraction
the false discovery rate is held (Benjamini and Hochberg 1995).
"""

from collections.abc import Sequence
from typing import Literal

import attrs
import numpy as np
from numpy.typing import NDArray
from scipy.stats import false_discovery_control, norm

Floats = NDArray[np.float64]
Law = Literal["count", "rate", "other"]

LEVEL_Z = float(norm.ppf(0.9))
"""For intervals of 80 %, as everywhere in Refleqt."""
MEDIAN_EFFICIENCY = 1.2533
"""How much wider the standard error of a median is than that of a mean, for normal data."""


@attrs.frozen(kw_only=True)
class Series:
    """Daily values of one metric of one thing: ``before`` and ``after``, each of shape (days,)."""

    entity_id: str
    metric: str
    law: Law
    before: Floats
    after: Floats


@attrs.frozen(kw_only=True)
class Change:
    """By how much a series changed: ``magnitude`` is after / before − 1, with its 80 % interval and p-value."""

    series: Series
    before: float
    after: float
    magnitude: float
    low: float
    high: float
    p_value: float


def significant_changes(
    series: Sequence[Series], *, false_discovery_rate: float = 0.05, minimum_effect: float = 0.10
) -> list[Change]:
    """The changes that are neither chance nor trifles, the largest first.

    A series needs two days with values in both windows, and something before, to be compared at all.
    """
    changes = [change for each in series if (change := compared(each)) is not None]
    if not changes:
        return []
    adjusted = false_discovery_control([change.p_value for change in changes], method="bh")
    found = [
        change
        for change, q in zip(changes, adjusted, strict=True)
        if q <= false_discovery_rate and abs(change.magnitude) >= minimum_effect
    ]
    return sorted(found, key=lambda change: (-abs(change.magnitude), change.series.entity_id, change.series.metric))


def compared(series: Series) -> Change | None:
    """The change of one series on its own; None where there is too little to compare."""
    if min(len(series.before), len(series.after)) < 2:
        return None
    before, after = _level(series.before, series.law), _level(series.after, series.law)
    if before <= 0 or after < 0:
        return None
    error = _relative_error(series, before, max(after, before / 1000))
    if error is None:
        return None
    effect = float(np.log(max(after, before / 1000) / before))
    return Change(
        series=series,
        before=before,
        after=after,
        magnitude=after / before - 1,
        low=float(np.exp(effect - LEVEL_Z * error)) - 1,
        high=float(np.exp(effect + LEVEL_Z * error)) - 1,
        p_value=float(2 * norm.sf(abs(effect) / error)),
    )


def _level(values: Floats, law: Law) -> float:
    return float(np.median(values) if law == "other" else np.mean(values))


def _relative_error(series: Series, before: float, after: float) -> float | None:
    """The standard error of log(after / before)."""
    if series.law == "count":
        totals = series.before.sum(), max(series.after.sum(), 0.5)
        dispersion = max(1.0, _dispersion(series.before), _dispersion(series.after))
        return float(np.sqrt(dispersion * (1 / max(totals[0], 0.5) + 1 / totals[1])))
    if series.law == "rate":
        spread = [float(np.var(values, ddof=1)) / len(values) for values in (series.before, series.after)]
        return _positive(np.sqrt(spread[0] / before**2 + spread[1] / after**2))
    spread = [_robust_variance(values) / len(values) for values in (series.before, series.after)]
    return _positive(MEDIAN_EFFICIENCY * np.sqrt(spread[0] / before**2 + spread[1] / after**2))


def _dispersion(counts: Floats) -> float:
    mean = counts.mean()
    return float(np.var(counts, ddof=1) / mean) if mean > 0 else 1.0


def _robust_variance(values: Floats) -> float:
    return float((1.4826 * np.median(np.abs(values - np.median(values)))) ** 2)


def _positive(error: float) -> float | None:
    return float(error) if error > 0 else None
