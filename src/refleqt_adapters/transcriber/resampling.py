"""Another sample rate for sound that comes in pieces."""

from collections.abc import Iterable, Iterator
from math import ceil, gcd

import numpy as np
from numpy.typing import NDArray

ZEROS_PER_SIDE = 10
"""Zero crossings of the low-pass filter on each side, as in `scipy.signal.resample_poly`."""


def resampled(blocks: Iterable[NDArray[np.int16]], rate: int, to_rate: int) -> Iterator[NDArray[np.int16]]:
    """The same sound at ``to_rate`` samples a second, by polyphase filtering.

    However the sound is cut into blocks ``(n,)``, the result is that of the whole in one piece: each block is filtered
    together with as much of its neighbours as the filter is wide.
    """
    common = gcd(rate, to_rate)
    up, down = to_rate // common, rate // common
    if up == down:
        yield from blocks
        return
    taps = _low_pass(up, down)
    margin = down * ceil(ZEROS_PER_SIDE * max(up, down) / (up * down))
    held, total, given = np.zeros(margin, np.int16), 0, 0
    for block in blocks:
        held, total = np.concatenate([held, block]), total + len(block)
        inner = (len(held) - 2 * margin) // down * down
        if inner > 0:
            piece = _filtered(held[: inner + 2 * margin], up, down, taps, margin)
            held, given = held[inner:], given + len(piece)
            yield piece
    left = ceil(total * up / down) - given
    if left > 0:
        rest = np.concatenate([held, np.zeros(2 * margin + down, np.int16)])
        rest = rest[: len(rest) // down * down]
        yield _filtered(rest, up, down, taps, margin)[:left]


def _low_pass(up: int, down: int) -> NDArray[np.float64]:
    from scipy.signal import firwin

    widest = max(up, down)
    taps = firwin(2 * ZEROS_PER_SIDE * widest + 1, 1.0 / widest, window=("kaiser", 5.0))
    return np.asarray(taps, dtype=np.float64)


def _filtered(
    samples: NDArray[np.int16], up: int, down: int, taps: NDArray[np.float64], margin: int
) -> NDArray[np.int16]:
    from scipy.signal import resample_poly

    edge = margin // down * up
    heard = resample_poly(samples.astype(np.float64), up, down, window=taps)[edge:-edge]
    return np.asarray(np.clip(np.rint(heard), -32768, 32767), dtype=np.int16)
