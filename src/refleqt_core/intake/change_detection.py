"""What has changed between two windows of a series, and whether it is more than chance.

Counts are compared by their rate ratio under a Poisson law whose variance is scaled by the dispersion that the days
show (quasi-Poisson; McCullagh and Nelder 1989), with half an event added to both windows, so that none at all is not
taken for certainty (Anscombe 1948). Rates, by their mean, and all else, by its median, are compared by the ranks of the
days (Mann and Whitney 1947), which errs no more often in the shortest window. Over all series of one extraction the
false discovery rate is held (Benjamini and Hochberg 1995).
"""

from collections.abc import Sequence
from typing import Literal

import attrs
import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtr, stdtrit
from scipy.stats import false_discovery_control, mannwhitneyu

Floats = NDArray[np.float64]
Law = Literal["count", "rate", "other"]

LEVEL = 0.9
"""The quantile at the upper end of intervals of 80 %, as everywhere in Refleqt."""
MEDIAN_EFFICIENCY = 1.2533
"""How much wider the standard error of a median is than that of a mean, for normal data."""
HALF_AN_EVENT = 0.5
CLUMPED = 2.0
"""The variance / mean of counts from which their days are taken to clump."""
WIDEST = 20.0
"""The end of an interval on the logarithmic scale, beyond which a ratio says nothing."""


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
    low, high, p_value = (_count_test if series.law == "count" else _rank_test)(series, before, after)
    return Change(
        series=series,
        before=before,
        after=after,
        magnitude=after / before - 1,
        low=low,
        high=high,
        p_value=p_value,
    )


def _level(values: Floats, law: Law) -> float:
    return float(np.median(values) if law == "other" else np.mean(values))


def _count_test(series: Series, _before: float, _after: float) -> tuple[float, float, float]:
    """The interval of the rate ratio less one, and the p-value that the rates are the same."""
    counts = [series.before.sum() + HALF_AN_EVENT, series.after.sum() + HALF_AN_EVENT]
    effect = np.log(counts[1] / len(series.after)) - np.log(counts[0] / len(series.before))
    freedom = len(series.before) + len(series.after) - 2
    dispersion = _dispersion(series, freedom)
    error = np.sqrt(dispersion * (1 / counts[0] + 1 / counts[1]))
    reach = stdtrit(freedom, LEVEL) * error
    low, high = (float(np.expm1(np.clip(end, -WIDEST, WIDEST))) for end in (effect - reach, effect + reach))
    p_value = float(2 * stdtr(freedom, -abs(effect) / error))
    # Of clumped counts a few days say too little of the variance; then the ranks of the days have to agree.
    return low, high, max(p_value, _rank_p_value(series)) if dispersion > CLUMPED else p_value


def _dispersion(series: Series, freedom: int) -> float:
    """Pearson's estimate of variance / mean within the windows, never below that of a Poisson law."""
    windows = [each for each in (series.before, series.after) if each.any()]
    pearson = sum(float(((each - each.mean()) ** 2).sum() / each.mean()) for each in windows)
    return max(1.0, pearson / freedom)


def _rank_test(series: Series, before: float, after: float) -> tuple[float, float, float]:
    """The interval of after / before less one, by the delta method, and the p-value that the days are alike."""
    variance = _variance_of_mean if series.law == "rate" else _variance_of_median
    ratio = after / before
    error = np.sqrt(variance(series.after) + ratio**2 * variance(series.before)) / before
    reach = float(stdtrit(min(len(series.before), len(series.after)) - 1, LEVEL) * error)
    return max(-1.0, ratio - 1 - reach), ratio - 1 + reach, _rank_p_value(series)


def _rank_p_value(series: Series) -> float:
    return float(mannwhitneyu(series.before, series.after).pvalue)


def _variance_of_mean(values: Floats) -> float:
    return float(np.var(values, ddof=1)) / len(values)


def _variance_of_median(values: Floats) -> float:
    deviation = 1.4826 * np.median(np.abs(values - np.median(values)))
    return float((MEDIAN_EFFICIENCY * deviation) ** 2) / len(values)
