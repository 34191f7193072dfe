"""Where in a recording somebody may be speaking, by loudness alone."""

import numpy as np
from numpy.typing import NDArray

FRAME_SECONDS = 0.02
LEAST_LEVEL = -55.0
"""dB below full scale; no microphone that is spoken into is as quiet as this."""
ABOVE_NOISE = 9.0
"""dB that speech stands above the background, the 10th percentile of the recording's frames."""
PAUSE_FRAMES = 20
SHORTEST_FRAMES = 6
MARGIN_FRAMES = 10
LONGEST_FRAMES = 1_500


def utterances(samples: NDArray[np.int16], rate: int) -> list[tuple[int, int]]:
    """Spans ``(start, end)`` of samples that may hold speech, in order, none overlapping, each at most 30 s.

    A pause of 0.4 s or more ends a span; what is louder for less than 0.12 s (a click) is none. Each span has 0.2 s of
    margin where there is room. Steady sound of any loudness, and silence, give no span.
    """
    size = max(round(rate * FRAME_SECONDS), 1)
    levels = _levels(samples, size)
    if not len(levels):
        return []
    loud = levels > max(LEAST_LEVEL, float(np.percentile(levels, 10)) + ABOVE_NOISE)
    spans = [span for span in _joined(_runs(loud)) if span[1] - span[0] >= SHORTEST_FRAMES]
    parts = [part for span in _with_margin(spans, len(levels)) for part in _cut(*span, levels)]
    return [(start * size, min(end * size, len(samples))) for start, end in parts]


def _levels(samples: NDArray[np.int16], size: int) -> NDArray[np.float64]:
    """The loudness of each whole frame in dB of full scale; digital silence is -120."""
    frames = samples[: len(samples) - len(samples) % size].reshape(-1, size)
    power = np.array([np.square(frame / 32768).mean() for frame in frames])
    return np.asarray(10 * np.log10(np.maximum(power, 1e-12)))


def _runs(loud: NDArray[np.bool_]) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate([[False], loud, [False]]).astype(np.int8)))
    return [(int(start), int(end)) for start, end in edges.reshape(-1, 2)]


def _joined(runs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for start, end in runs:
        if joined and start - joined[-1][1] < PAUSE_FRAMES:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined


def _with_margin(spans: list[tuple[int, int]], count: int) -> list[tuple[int, int]]:
    # Half a pause is the most that two neighbours can both take without overlapping.
    margin = min(MARGIN_FRAMES, PAUSE_FRAMES // 2)
    return [(max(start - margin, 0), min(end + margin, count)) for start, end in spans]


def _cut(start: int, end: int, levels: NDArray[np.float64]) -> list[tuple[int, int]]:
    """The span in parts of at most 30 s, cut where it is quietest in the second half of each."""
    parts = []
    while end - start > LONGEST_FRAMES:
        half = start + LONGEST_FRAMES // 2
        quietest = half + int(np.argmin(levels[half : start + LONGEST_FRAMES]))
        parts.append((start, quietest))
        start = quietest
    return [*parts, (start, end)]
