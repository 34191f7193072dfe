"""Where somebody speaks in a recording: a small neural network says it, 32 ms at a time."""

from collections import deque
from collections.abc import Iterable, Iterator

import attrs
import numpy as np
from numpy.typing import NDArray

from .silero import FRAME, Silero
from .sound import SAMPLE_RATE

BEGINS, GOES_ON = 0.5, 0.35
"""Probabilities of speech from which an utterance begins, and down to which it goes on: Silero's own defaults."""
PAUSE_FRAMES = 16
MARGIN_FRAMES = 8
SHORTEST_FRAMES = 6
LONGEST_FRAMES = 937


@attrs.frozen(eq=False)
class Utterance:
    """Somebody speaks: ``samples`` (n,) int16 of 16 kHz, which begin ``start`` seconds after the recording does."""

    start: float
    samples: NDArray[np.int16]


@attrs.define
class _Heard:
    """Frames on end that may become an utterance, each with whether it is speech."""

    first: int
    frames: list[NDArray[np.int16]]
    speaks: list[bool]
    quiet: int = 0
    is_rest: bool = False

    def add(self, frame: NDArray[np.int16], probability: float) -> None:
        self.frames.append(frame)
        self.speaks.append(probability >= BEGINS)
        self.quiet = 0 if probability >= GOES_ON else self.quiet + 1

    def utterance(self) -> Utterance | None:
        """What was said, with a margin at its end; None for a noise that is too short for a word."""
        if sum(self.speaks) < (1 if self.is_rest else SHORTEST_FRAMES):
            return None
        kept = self.frames[: len(self.frames) - max(self.quiet - MARGIN_FRAMES, 0)]
        return Utterance(self.first * FRAME / SAMPLE_RATE, np.concatenate(kept))

    def cut(self) -> "tuple[_Heard, _Heard]":
        """Both parts, cut where it is quietest in the second half."""
        half = len(self.frames) // 2
        levels = [float(np.square(frame, dtype=np.float64).sum()) for frame in self.frames[half:]]
        at = half + int(np.argmin(levels))
        rest = _Heard(self.first + at, self.frames[at:], self.speaks[at:], self.quiet, is_rest=True)
        return _Heard(self.first, self.frames[:at], self.speaks[:at], is_rest=self.is_rest), rest


def speech(blocks: Iterable[NDArray[np.int16]]) -> Iterator[Utterance]:
    """What is said in the sound ``blocks`` (n,) of 16 kHz, in order, none overlapping, each at most 30 s.

    A pause of 0.5 s ends an utterance, and up to 0.26 s before and after it belong to it, so that no word is cut. One
    that goes on for 30 s is cut where it is quietest. Silence, noise, and music that nobody sings to give none; what
    is speech for less than 0.2 s is a noise. At most 30 s are in memory, and what comes later changes no earlier one.
    """
    before: deque[NDArray[np.int16]] = deque(maxlen=MARGIN_FRAMES)
    heard: _Heard | None = None
    for number, (frame, probability) in enumerate(_rated(blocks)):
        if heard is None and probability < BEGINS:
            before.append(frame)
            continue
        if heard is None:
            heard = _Heard(number - len(before), list(before), [False] * len(before))
        heard.add(frame, probability)
        if heard.quiet == PAUSE_FRAMES:
            before = deque(heard.frames[-MARGIN_FRAMES:], maxlen=MARGIN_FRAMES)
            yield from _said(heard)
            heard = None
        elif len(heard.frames) == LONGEST_FRAMES:
            done, heard = heard.cut()
            yield from _said(done)
    if heard is not None:
        yield from _said(heard)


def _said(heard: _Heard) -> Iterator[Utterance]:
    utterance = heard.utterance()
    if utterance is not None:
        yield utterance


def _rated(blocks: Iterable[NDArray[np.int16]]) -> Iterator[tuple[NDArray[np.int16], float]]:
    """Each frame of the sound (the last one may be short) with the probability that it is speech."""
    network, held = Silero(), np.empty(0, np.int16)
    for block in blocks:
        held = np.concatenate([held, block])
        whole = len(held) // FRAME
        if whole:
            frames = held[: whole * FRAME].reshape(whole, FRAME)
            yield from zip(frames, network.probabilities(frames), strict=True)
            held = held[whole * FRAME :]
    if len(held):
        rest = np.zeros((1, FRAME), np.int16)
        rest[0, : len(held)] = held
        yield held, network.probabilities(rest)[0]
