"""Revenue split over the touches of each journey, exact to the cent."""

import numpy as np
from numpy.typing import ArrayLike

from ..errors import InvalidInput
from .journeys import FloatArray, IntArray, Journeys

_EXACT = 2**53
"""Up to here every whole number is a float of its own, so that shares of an amount are right to the cent."""


def allocate_cents(journeys: Journeys, weights: FloatArray, revenue: ArrayLike) -> IntArray:
    """Minor units of each step (s), which sum to the ``revenue`` (n, whole minor units) of their journey exactly.

    Each step gets its share rounded down; what is left goes one by one to the largest remainders, ties to the earlier
    step (Hamilton's method). A refund (negative revenue) is split as the sale of the same amount, so that both cancel
    out at every step. Weights of a journey that do not sum to 1, a negative weight, fractions of a minor unit, and
    amounts beyond 2^53 raise `InvalidInput`.
    """
    amounts = _whole(revenue)
    _check(journeys, weights, amounts)
    sizes = np.abs(amounts)
    exact = weights * journeys.spread(sizes.astype(np.float64))
    parts: IntArray = np.floor(exact).astype(np.int64)
    left = sizes - np.add.reduceat(parts, journeys.starts)
    by_remainder = np.lexsort((parts - exact, journeys.spread(np.arange(len(journeys)))))
    place = np.arange(len(parts)) - journeys.spread(journeys.starts)
    # Rounding of floats may leave more than one unit a step, or less than none: whole rounds for all come first.
    rounds, extra = np.divmod(left, journeys.lengths)
    parts[by_remainder] += journeys.spread(rounds) + (place < journeys.spread(extra))
    signs: IntArray = np.where(amounts < 0, -1, 1)
    return parts * journeys.spread(signs)


def cents_by_code(journeys: Journeys, cents: IntArray) -> IntArray:
    """Minor units of each code, in the order of ``journeys.names``: the sum over its steps, in whole numbers."""
    totals = np.zeros(len(journeys.names), dtype=np.int64)
    np.add.at(totals, journeys.codes, cents)
    return totals


def _whole(revenue: ArrayLike) -> IntArray:
    amounts = np.asarray(revenue)
    if len(amounts) and amounts.dtype.kind not in "iu":
        raise InvalidInput("revenue is counted in whole minor units (cents), never in fractions")
    return amounts.astype(np.int64)


def _check(journeys: Journeys, weights: FloatArray, amounts: IntArray) -> None:
    if len(amounts) != len(journeys) or len(weights) != len(journeys.codes):
        raise InvalidInput("each journey needs one revenue, and each step one weight")
    if np.any(np.abs(amounts) > _EXACT):
        raise InvalidInput("a revenue is beyond 2^53 minor units, where shares are no longer right to the cent")
    sums = np.add.reduceat(weights, journeys.starts)
    if np.any(weights < 0) or not np.allclose(sums, 1.0, rtol=0, atol=1e-9):
        raise InvalidInput("the weights of a journey have to sum to 1, and none can be negative")
