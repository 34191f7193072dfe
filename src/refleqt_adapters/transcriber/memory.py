"""Transcripts that were written down before: for tests, simulations and recordings somebody has typed up."""

import hashlib
from collections.abc import Mapping
from typing import BinaryIO

from refleqt_core.errors import Fault, InvalidInput
from refleqt_core.ports import Progress, Transcript

from .decoding import decoded
from .languages import NOT_TOLD


class MemoryTranscriber:
    """Knows the transcripts it is given, by the sha256 (hex) of the audio file; hears nothing itself.

    It reads the file as strictly as a transcriber that listens. A recording that is silent throughout has no segment;
    any other that it was given no transcript for raises `InvalidInput`.
    """

    def __init__(self, transcripts: Mapping[str, Transcript]):
        self._transcripts = dict(transcripts)

    @property
    def model(self) -> str:
        """The same for every set of transcripts."""
        return "memory"

    def transcribe(
        self, audio: BinaryIO, media_type: str, *, progress: Progress = lambda _seconds, _of: None
    ) -> Transcript:
        """The transcript given for exactly these bytes."""
        digest = hashlib.file_digest(audio, "sha256").hexdigest()  # type: ignore[arg-type]  # any binary file will do
        audio.seek(0)
        with decoded(audio, media_type) as sound:
            loud = [bool(block.any()) for block in sound.blocks(progress)]
        if digest in self._transcripts:
            return self._transcripts[digest]
        if any(loud):
            remedy = "Give its transcript when the transcriber is made, or choose one that listens."
            raise InvalidInput([Fault("recording", None, None, f"no transcript is known for sha256 {digest}", remedy)])
        return Transcript(segments=(), language=NOT_TOLD, model=self.model, duration=sound.duration)
