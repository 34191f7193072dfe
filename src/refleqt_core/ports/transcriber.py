"""The Transcriber: speech to text that knows when each word was said."""

from collections.abc import Callable
from typing import BinaryIO, Protocol

import attrs


@attrs.frozen(kw_only=True)
class Segment:
    """Words said without a pause: seconds from the start, and the confidence in [0, 1] (None where unknown)."""

    start: float
    end: float
    text: str
    confidence: float | None = None
    speaker: str | None = None


@attrs.frozen(kw_only=True)
class Transcript:
    """All that was said, in order of time, with the language (ISO 639-1) and the model that heard it.

    A ``duration`` of 0.0 says that no times are known (a written transcript without any): then every start and end is
    0.0 too, and the order is that of the text. The language of one that names none is ``und``, as of a recording in
    which nothing is said. ``cost_micros`` is what a service takes for it, in micro-USD: 0 where nobody takes anything,
    None where the service does not say.
    """

    segments: tuple[Segment, ...]
    language: str
    model: str
    duration: float
    cost_micros: int | None = 0

    @property
    def text(self) -> str:
        """The segments' words, joined by single spaces; a segment's text is a literal part of it."""
        return " ".join(segment.text for segment in self.segments)


Progress = Callable[[float, float | None], None]
"""Is told now and then how many seconds of the recording have been heard, and of how many where that is known."""


class Transcriber(Protocol):
    """Hears one recording at a time; it may be called from any thread."""

    @property
    def model(self) -> str:
        """Name and version of what listens."""
        ...

    def transcribe(
        self, audio: BinaryIO, media_type: str, *, progress: Progress = lambda _seconds, _of: None
    ) -> Transcript:
        """What is said in ``audio``. Silence, noise and music give no segment; speakers are named where they are known.

        ``media_type`` is a hint: what a file is, its content says. One that holds no sound raises `InvalidInput` with
        the remedy; a service that does not answer raises `Unavailable`. Memory is bounded, whatever the length.
        """
        ...
