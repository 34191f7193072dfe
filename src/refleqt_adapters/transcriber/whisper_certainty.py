"""How sure a Whisper model is of what it wrote, and when it has made it up.

The limits are those of Whisper's own decoding (Radford et al. 2022, section 4.5).
"""

import math
from collections.abc import Iterable, Iterator

from refleqt_core.ports import Segment

TOO_REPETITIVE = 2.4
"""Above this ratio of the text's length to that of its zlib compression it repeats itself."""
TOO_UNLIKELY = -1.0
"""Below this mean log-probability of its tokens a text is a guess."""
NO_SPEECH = 0.6
"""Above this probability of silence a guess is an invention."""
SAME_IN_A_ROW = 2
LOOP_PAUSE = 1.0
"""So many segments of the same words may follow each other within so many seconds; loops say a thing for minutes."""


def confidence(log_probability: float | None, no_speech: float | None) -> float | None:
    """The geometric mean of the tokens' probabilities, less that of silence; in [0, 1], None where it is not told."""
    if log_probability is None:
        return None
    return math.exp(min(log_probability, 0.0)) * (1.0 - min(max(no_speech or 0.0, 0.0), 1.0))


def is_loop(compression_ratio: float | None) -> bool:
    """The text repeats itself more than speech does."""
    return compression_ratio is not None and compression_ratio > TOO_REPETITIVE


def is_invention(log_probability: float | None, no_speech: float | None, compression_ratio: float | None) -> bool:
    """The text goes round in circles, or is a guess at what is probably silence."""
    guess = log_probability is not None and log_probability < TOO_UNLIKELY
    return is_loop(compression_ratio) or (guess and (no_speech or 0.0) > NO_SPEECH)


def without_repeats(segments: Iterable[Segment]) -> Iterator[Segment]:
    """The segments, of which no more than `SAME_IN_A_ROW` say the same without a pause in between."""
    before, end, in_a_row = "", 0.0, 0
    for segment in segments:
        words = segment.text.casefold()
        again = words == before and segment.start - end <= LOOP_PAUSE
        before, end, in_a_row = words, segment.end, in_a_row + 1 if again else 1
        if in_a_row <= SAME_IN_A_ROW:
            yield segment
