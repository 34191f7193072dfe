"""Shares of a whole: how they are spread, and how sure a share is."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv

from .findings import LEVEL, Part


def parts_of(counts: NDArray[np.int64], names: Sequence[str]) -> tuple[Part, ...]:
    """Each name with its count and share, the largest first, equal ones by name; what nothing has is left out."""
    whole = int(counts.sum())
    found = [
        Part(name=name, count=int(count), share=int(count) / whole)
        for name, count in zip(names, counts, strict=True)
        if count
    ]
    return tuple(sorted(found, key=lambda part: (-part.count, part.name)))


def herfindahl(counts: NDArray[np.int64]) -> float | None:
    """The sum of squared shares (Hirschman 1945, Herfindahl 1950), in [1/n, 1]; None of nothing."""
    whole = counts.sum()
    return float(np.square(counts / whole).sum()) if whole else None


def balance(counts: NDArray[np.int64]) -> float | None:
    """The shares' entropy (Shannon 1948) by that of equal ones, in [0, 1]; None of nothing."""
    if not counts.sum():
        return None
    shares = counts[counts > 0] / counts.sum()
    entropy = float(-(shares * np.log(shares)).sum() / np.log(counts.size))
    return min(max(entropy, 0.0), 1.0)


def share_interval(count: int, of: int, level: float = LEVEL) -> tuple[float, float] | tuple[None, None]:
    """Jeffreys' interval of a proportion (Brown, Cai and DasGupta 2001); of nothing there is none."""
    if not of:
        return None, None
    tail = (1 - level) / 2
    low = float(betaincinv(count + 0.5, of - count + 0.5, tail)) if count else 0.0
    high = float(betaincinv(count + 0.5, of - count + 0.5, 1 - tail)) if count < of else 1.0
    return low, high
