"""What every transcriber hears: one channel at 16 kHz, a second at a time."""

from collections.abc import Iterable, Iterator
from typing import NoReturn

import numpy as np
from numpy.typing import NDArray

from refleqt_core.errors import Fault, InvalidInput
from refleqt_core.ports import Progress

SAMPLE_RATE = 16_000
LONGEST_HOURS = 24
"""A small file can hold years of silence; what is longer than this is no recording of people who talk."""
REMEDY = (
    "Upload a recording that plays elsewhere, or save it anew, for instance: "
    "ffmpeg -i RECORDING -ac 1 -ar 16000 recording.wav"
)


class Sound:
    """A recording that is being decoded, and can be read once from its beginning to its end.

    ``seconds`` is the length that the file announces, None where it announces none.
    """

    def __init__(self, blocks: Iterable[NDArray[np.int16]], *, seconds: float | None):
        self.seconds = seconds
        self._blocks = blocks
        self._samples = 0

    @property
    def duration(self) -> float:
        """Seconds decoded so far; after the last block, those of the whole recording."""
        return self._samples / SAMPLE_RATE

    def blocks(self, progress: Progress = lambda _seconds, _of: None) -> Iterator[NDArray[np.int16]]:
        """The samples ``(n,)`` of about a second each; ``progress`` is told when the reader is done with each.

        What cannot be decoded to its end raises `InvalidInput`.
        """
        for block in self._blocks:
            self._samples += len(block)
            if self.duration > LONGEST_HOURS * 3600:
                refuse(f"it is longer than {LONGEST_HOURS} hours", "Cut it into parts, and upload each of them.")
            yield block
            progress(self.duration, self.seconds)


def refuse(problem: str, remedy: str = REMEDY) -> NoReturn:
    """Raises `InvalidInput`: the recording has this problem."""
    raise InvalidInput([Fault("recording", None, None, problem, remedy)])
