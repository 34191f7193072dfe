"""PocketSphinx: English speech to text on the CPU, with the acoustic and language model that its wheel carries."""

import threading
from importlib.metadata import version
from statistics import fmean
from typing import TYPE_CHECKING, BinaryIO

from refleqt_core.ports import Progress, Segment, Transcript

from .decoding import SAMPLE_RATE, decoded
from .languages import NOT_TOLD
from .voice_activity import Utterance, speech

if TYPE_CHECKING:
    from pocketsphinx import Decoder
    from pocketsphinx import Segment as PsSegment

FRAMES_PER_SECOND = 100


class PocketSphinxTranscriber:
    """Hears American English in whatever ffmpeg can decode.

    A segment is what is said between two pauses, at most 30 s. Its confidence is the mean posterior probability of its
    words, which ranks segments and is no calibrated share of right words. The model (about 0.5 s) is loaded with the
    first recording that somebody speaks in; one segment is heard at a time, and further callers wait their turn.
    """

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._loaded: Decoder | None = None

    @property
    def model(self) -> str:
        """The release of PocketSphinx, which is that of the model inside it."""
        return f"pocketsphinx-{version('pocketsphinx')}-en-us"

    def transcribe(
        self, audio: BinaryIO, media_type: str, *, progress: Progress = lambda _seconds, _of: None
    ) -> Transcript:
        """What is said in ``audio``, the same whatever was heard before."""
        with decoded(audio, media_type) as sound:
            heard = [self._hear(utterance) for utterance in speech(sound.blocks(progress))]
        segments = tuple(segment for segment in heard if segment is not None)
        language = "en" if segments else NOT_TOLD
        return Transcript(segments=segments, language=language, model=self.model, duration=sound.duration)

    def _hear(self, utterance: Utterance) -> Segment | None:
        with self._turn:
            words = self._words(utterance)
        if not words:
            return None
        return Segment(
            start=utterance.start + words[0].start_frame / FRAMES_PER_SECOND,
            end=utterance.start + (words[-1].end_frame + 1) / FRAMES_PER_SECOND,
            text=" ".join(part.word.partition("(")[0] for part in words),
            confidence=min(fmean(part.prob for part in words), 1.0),
        )

    def _words(self, utterance: Utterance) -> "list[PsSegment]":
        decoder = self._decoder()
        # The front end carries its state from one utterance to the next; results would depend on what came before.
        decoder.reinit_feat()
        decoder.start_utt()
        decoder.process_raw(utterance.samples.tobytes(), full_utt=True)
        decoder.end_utt()
        return [part for part in decoder.seg() or () if _is_word(part.word)]

    def _decoder(self) -> "Decoder":
        if self._loaded is None:
            from pocketsphinx import Decoder

            self._loaded = Decoder(samprate=SAMPLE_RATE, frate=FRAMES_PER_SECOND, loglevel="FATAL")
        return self._loaded


def _is_word(heard: str) -> bool:
    """Silence and noise are heard as ``<sil>``, ``<s>``, ``[NOISE]``; a second pronunciation as ``as(2)``."""
    return not heard.startswith(("<", "["))
