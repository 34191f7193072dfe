"""How long something lasts, of observations that are partly not over yet."""

import attrs
import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from .findings import LEVEL


@attrs.frozen(kw_only=True, eq=False)
class Survival:
    """The curve: ``share`` that lasts longer than each of ``times``, at which something ended, with its interval."""

    times: NDArray[np.float64]
    share: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    longest: float

    @property
    def median(self) -> float | None:
        """The first time that at most half last beyond; None where more than half still last."""
        return _first_at_most_half(self.times, self.share)

    @property
    def interval(self) -> tuple[float | None, float | None]:
        """The median's (Brookmeyer, Crowley 1982): where the curve's bounds cross one half; None where they do not."""
        return _first_at_most_half(self.times, self.low), _first_at_most_half(self.times, self.high)

    @property
    def at_least(self) -> float | None:
        """A bound from below of a median that is not known: the longest time seen; None where it is known or n is 0."""
        return self.longest if self.median is None and self.longest >= 0 else None


def kaplan_meier(durations: NDArray[np.float64], ended: NDArray[np.bool_], level: float = LEVEL) -> Survival:
    """The product-limit estimate (Kaplan and Meier 1958) with Greenwood's variance on the log-log scale.

    ``durations`` (n,) are not negative; where ``ended`` (n,) is false the thing has lasted that long and still does.
    ``scipy.stats.ecdf`` gives the same curve and interval; it is not called since it warns, process-wide, wherever the
    curve is 0 or 1, that is nearly always.
    """
    times, place = np.unique(durations[ended], return_inverse=True)
    ends = np.bincount(place, minlength=times.size)
    at_risk = durations.size - np.searchsorted(np.sort(durations), times)
    share: NDArray[np.float64] = np.cumprod(1 - ends / at_risk, dtype=np.float64)
    low, high = _log_log(share, ends, at_risk, level)
    longest = float(durations.max()) if durations.size else -1.0
    return Survival(times=times, share=share, low=low, high=high, longest=longest)


def _log_log(
    share: NDArray[np.float64], ends: NDArray[np.int64], at_risk: NDArray[np.int64], level: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The bounds of the curve; where nothing lasts on there is no variance, and so no upper bound below 1."""
    low, high = np.zeros_like(share), np.ones_like(share)
    inner = share > 0
    variance = np.cumsum(ends[inner] / (at_risk[inner] * (at_risk[inner] - ends[inner])))
    log = np.log(share[inner])
    spread = np.exp(ndtri((1 + level) / 2) * np.sqrt(variance) / np.abs(log))
    low[inner], high[inner] = np.exp(log * spread), np.exp(log / spread)
    return low, high


def _first_at_most_half(times: NDArray[np.float64], share: NDArray[np.float64]) -> float | None:
    below = np.flatnonzero(share <= 0.5 + 1e-12)
    return float(times[below[0]]) if below.size else None
