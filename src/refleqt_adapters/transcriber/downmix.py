"""One channel out of several, without losing who stands in opposite phase on two of them."""

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

CANCELLED = 0.5
"""Of the loudness that the average has when one channel alone is heard; where it has less, the channels cancel out."""
AS_LOUD = 0.5
"""A channel that was taken is kept while it has as much of the loudest one's loudness."""
QUIET = 1.0
"""Loudness (of 32,768) below which nothing is decided anew."""
CHANGE = 800
"""Samples in which one way of mixing becomes another, so that nothing clicks."""

Frames = NDArray[np.float64]


def one_channel(blocks: Iterable[Frames]) -> Iterator[NDArray[np.int16]]:
    """The average of the channels of frames ``(n, channels)``; where that cancels them out, the loudest of them.

    It is decided for each block. Loudness is the standard deviation, so that a constant counts for nothing. The average
    of a single voice on one of n channels has 1/n of its loudness: below half of that (−12 dB of the loudest for two)
    the channels are taken to be in opposite phase.
    """
    present: Frames | None = None
    for frames in blocks:
        if not len(frames):
            continue
        wanted = _weights(frames, present)
        mixed = frames @ wanted
        if present is not None and not np.array_equal(present, wanted):
            first = frames[:CHANGE]
            share = np.arange(1, len(first) + 1) / len(first)
            mixed[:CHANGE] = (1 - share) * (first @ present) + share * mixed[:CHANGE]
        present = wanted
        yield np.asarray(np.clip(np.rint(mixed), -32768, 32767), dtype=np.int16)


def _weights(frames: Frames, present: Frames | None) -> Frames:
    """What each channel counts: the same for all, or everything for one."""
    channels = frames.shape[1]
    average = np.full(channels, 1 / channels)
    loudness = frames.std(axis=0)
    if channels == 1 or loudness.max() < QUIET:
        return average if present is None else present
    if (frames @ average).std() >= CANCELLED * loudness.max() / channels:
        return average
    taken = int(loudness.argmax())
    if present is not None and present.max() == 1 and loudness[present.argmax()] >= AS_LOUD * loudness.max():
        taken = int(present.argmax())
    weights = np.zeros(channels)
    weights[taken] = 1
    return weights
