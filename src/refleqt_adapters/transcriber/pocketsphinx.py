"""PocketSphinx: English speech to text on the CPU, with the acoustic and language model that its wheel carries."""

import threading
from importlib.metadata import version
from math import gcd
from statistics import fmean
from typing import TYPE_CHECKING, BinaryIO

import numpy as np
from numpy.typing import NDArray

from refleqt_core.ports import Progress, Segment, Transcript

from .voice_activity import utterances
from .wav import Recording, read_wav

if TYPE_CHECKING:
    from pocketsphinx import Decoder

SAMPLE_RATE = 16_000
FRAMES_PER_SECOND = 100


class PocketSphinxTranscriber:
    """Hears American English in 16-bit PCM WAV of any rate and number of channels.

    A segment is what is said between two pauses. Its confidence is the mean posterior probability of its words, which
    ranks segments and is no calibrated share of right words. The model (about 0.5 s) is loaded with the first recording
    that has sound in it; one recording is heard at a time, and further callers wait their turn.
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
        """What is said in ``audio``, the same whatever was heard before. Steady sound gives no segment."""
        recording = read_wav(audio, media_type)
        spans = utterances(recording.samples, recording.rate)
        with self._turn:
            heard = [self._hear(recording, start, end) for start, end in spans]
        segments = tuple(segment for segment in heard if segment is not None)
        return Transcript(segments=segments, language="en", model=self.model, duration=recording.duration)

    def _hear(self, recording: Recording, start: int, end: int) -> Segment | None:
        decoder = self._decoder()
        # The front end carries its state from one utterance to the next; results would depend on what came before.
        decoder.reinit_feat()
        decoder.start_utt()
        decoder.process_raw(at_16_khz(recording.samples[start:end], recording.rate).tobytes(), full_utt=True)
        decoder.end_utt()
        words = [part for part in decoder.seg() or () if _is_word(part.word)]
        if not words:
            return None
        offset = start / recording.rate
        return Segment(
            start=offset + words[0].start_frame / FRAMES_PER_SECOND,
            end=offset + (words[-1].end_frame + 1) / FRAMES_PER_SECOND,
            text=" ".join(part.word.partition("(")[0] for part in words),
            confidence=min(fmean(part.prob for part in words), 1.0),
        )

    def _decoder(self) -> "Decoder":
        if self._loaded is None:
            from pocketsphinx import Decoder

            self._loaded = Decoder(samprate=SAMPLE_RATE, frate=FRAMES_PER_SECOND, loglevel="FATAL")
        return self._loaded


def at_16_khz(samples: NDArray[np.int16], rate: int) -> NDArray[np.int16]:
    """The same sound at 16,000 samples a second, by polyphase filtering."""
    from scipy.signal import resample_poly

    if rate == SAMPLE_RATE:
        return samples
    common = gcd(rate, SAMPLE_RATE)
    resampled = resample_poly(samples.astype(np.float64), SAMPLE_RATE // common, rate // common)
    return np.asarray(np.clip(np.rint(resampled), -32768, 32767), dtype=np.int16)


def _is_word(heard: str) -> bool:
    """Silence and noise are heard as ``<sil>``, ``<s>``, ``[NOISE]``; a second pronunciation as ``as(2)``."""
    return not heard.startswith(("<", "["))
