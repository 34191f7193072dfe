"""The speech of a recording, joined to sound files that a service takes, and when in the recording each was said."""

import wave
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from tempfile import TemporaryFile
from typing import BinaryIO

import attrs
import numpy as np

from refleqt_core.ports import Segment

from .decoding import SAMPLE_RATE
from .voice_activity import Utterance

LONGEST_PAUSE = 0.5
"""Seconds: what is left of a longer pause. It is enough to hear a sentence end, and to be paid for."""
LEAST_OVERLAP = 0.1
"""Seconds that words have to share with a piece to have been said in it; services place words that exactly."""


@attrs.frozen(kw_only=True)
class Piece:
    """An utterance in a part: it begins at ``at`` there, and at ``start`` in the recording, and lasts ``seconds``."""

    at: float
    start: float
    seconds: float


@attrs.frozen(kw_only=True, eq=False)
class SpokenPart:
    """A WAV file (16 kHz, one channel, 16 bits) of utterances in their order, with pauses cut short."""

    file: BinaryIO
    pieces: tuple[Piece, ...]

    @property
    def seconds(self) -> float:
        """Length of the part."""
        return self.pieces[-1].at + self.pieces[-1].seconds

    @property
    def end(self) -> float:
        """When in the recording its last utterance ends, in seconds."""
        return self.pieces[-1].start + self.pieces[-1].seconds

    def pieces_between(self, start: float, end: float) -> list[int]:
        """The places of the pieces in which something was said from ``start`` to ``end`` of the part; none: nowhere."""
        if end < start:
            return []
        least = min(LEAST_OVERLAP, (end - start) / 2)
        after = bisect_right(self.pieces, end, key=lambda piece: piece.at)
        found: list[int] = []
        for place in range(after - 1, -1, -1):
            piece = self.pieces[place]
            if piece.at + piece.seconds < start:
                break
            if min(end, piece.at + piece.seconds) - max(start, piece.at) >= least:
                found.insert(0, place)
        return found

    def in_recording(self, start: float, end: float) -> tuple[float, float] | None:
        """When in the recording it was said, in seconds; None where the part has no speech then."""
        places = self.pieces_between(start, end)
        if not places:
            return None
        first, last = self.pieces[places[0]], self.pieces[places[-1]]
        return first.start + max(start - first.at, 0.0), last.start + min(end - last.at, last.seconds)

    def pause_after(self, place: int) -> bool:
        """Whether the pause after that piece was cut short."""
        piece, following = self.pieces[place], self.pieces[place + 1]
        return following.start - (piece.start + piece.seconds) > LONGEST_PAUSE


def spoken_parts(utterances: Iterable[Utterance], *, longest: float) -> Iterator[SpokenPart]:
    """The parts one after another, each at most ``longest`` seconds (more than 30); no utterance is cut in two.

    A part lies on disk, and is gone when the next one is asked for: memory does not grow with the recording.
    """
    waiting = iter(utterances)
    held = next(waiting, None)
    while held is not None:
        with _part_from(held, waiting, longest) as (part, held):
            yield part


@contextmanager
def _part_from(
    first: Utterance, following: Iterator[Utterance], longest: float
) -> Iterator[tuple[SpokenPart, Utterance | None]]:
    with TemporaryFile() as file:
        part, held = _written(file, first, following, longest)
        yield part, held


def _written(
    file: BinaryIO, first: Utterance, following: Iterator[Utterance], longest: float
) -> tuple[SpokenPart, Utterance | None]:
    """The part that is in the file now, and the utterance that has no room in it."""
    pieces: list[Piece] = []
    held: Utterance | None = first
    with wave.open(file, "wb") as sound:
        sound.setparams((1, 2, SAMPLE_RATE, 0, "NONE", ""))
        while held is not None:
            pause, piece = _placed(held, pieces[-1] if pieces else None)
            if piece.at + piece.seconds > longest and pieces:
                break
            sound.writeframesraw(bytes(2 * pause) + np.ascontiguousarray(held.samples, "<i2").tobytes())
            pieces.append(piece)
            held = next(following, None)
    file.seek(0)
    return SpokenPart(file=file, pieces=tuple(pieces)), held


def _placed(utterance: Utterance, before: Piece | None) -> tuple[int, Piece]:
    """How many samples of pause stand before the utterance in its part, and where it is put."""
    seconds = len(utterance.samples) / SAMPLE_RATE
    if before is None:
        return 0, Piece(at=0.0, start=utterance.start, seconds=seconds)
    left = utterance.start - (before.start + before.seconds)
    pause = round(min(max(left, 0.0), LONGEST_PAUSE) * SAMPLE_RATE)
    at = before.at + before.seconds + pause / SAMPLE_RATE
    return pause, Piece(at=at, start=utterance.start, seconds=seconds)


def in_order(segments: Iterable[Segment]) -> Iterator[Segment]:
    """The segments by their start, of which none begins before the one before it ends."""
    before = 0.0
    for segment in sorted(segments, key=lambda each: (each.start, each.end)):
        start = max(segment.start, before)
        before = max(segment.end, start)
        yield attrs.evolve(segment, start=start, end=before)
