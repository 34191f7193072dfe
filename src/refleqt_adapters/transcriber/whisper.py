"""OpenAI's Whisper on this machine, from a checkpoint that lies here: nothing is downloaded, nothing leaves."""

import hashlib
import importlib
import os
import threading
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from itertools import chain
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from refleqt_core.errors import Fault, InvalidInput, MissingDependency
from refleqt_core.ports import Progress, Segment, Transcript

from .decoding import SAMPLE_RATE, decoded
from .languages import NOT_TOLD, language_code
from .plain_words import plain_words
from .voice_activity import Utterance, speech
from .whisper_certainty import TOO_UNLIKELY, confidence, is_invention, is_loop

OPENING_SECONDS = 30.0
"""How much speech the language is detected by, as Whisper itself does."""
TEMPERATURES = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
"""A text that goes round in circles, or is unlikely, is sampled anew at the next of them, as Whisper itself does."""
FIRST_BYTES = (b"PK\x03\x04", b"\x80\x02")
"""How files of PyTorch begin: an archive, or a pickle as it was before 1.6."""
DIGESTED = 1 << 16
"""Bytes at the end of a checkpoint, where an archive of PyTorch lists the check sums of all that is in it."""


class WhisperTranscriber:
    """Hears the languages that its checkpoint knows, utterance by utterance.

    A segment is one utterance, at most 30 s: each is heard for itself, so that no invention is carried on into the
    next. The same recording gives the same transcript. The checkpoint is loaded with the first recording in which
    somebody speaks; one recording is heard at a time, and further callers wait their turn. ``language`` (ISO 639-1)
    is detected where it is not given. ``threads`` limits what PyTorch takes, for the whole process.
    """

    def __init__(self, checkpoint: Path, *, language: str | None = None, threads: int | None = None):
        self._checkpoint, self._language, self._threads = checkpoint, language, threads
        self._name = f"whisper-{_release()}-{checkpoint.stem}-{_fingerprint(checkpoint)}"
        self._turn = threading.Lock()
        self._whisper: Any = None
        self._loaded: Any = None

    @property
    def model(self) -> str:
        """The release of Whisper, the checkpoint's name, and a fingerprint of what is in it."""
        return self._name

    def transcribe(
        self, audio: BinaryIO, media_type: str, *, progress: Progress = lambda _seconds, _of: None
    ) -> Transcript:
        """What is said in ``audio``; see `Transcriber.transcribe`."""
        with self._turn, decoded(audio, media_type) as sound:
            spoken = speech(sound.blocks(progress))
            opening = _opening(spoken)
            language = self._language_of(opening)
            heard = (self._hear(utterance, language) for utterance in chain(opening, spoken))
            segments = tuple(segment for segment in heard if segment is not None)
        return Transcript(
            segments=segments, language=language_code(language), model=self.model, duration=sound.duration
        )

    def _language_of(self, opening: list[Utterance]) -> str:
        """What Whisper calls the language."""
        if not opening:
            return self._language or NOT_TOLD
        model = self._model()
        if self._language is not None:
            return _known(self._language, multilingual=model.is_multilingual)
        if not model.is_multilingual:
            return "en"
        samples = np.concatenate([utterance.samples for utterance in opening])
        _, chances = model.detect_language(self._features(samples))
        return str(max(chances, key=chances.__getitem__))

    def _hear(self, utterance: Utterance, language: str) -> Segment | None:
        result = self._decoded(self._features(utterance.samples), language)
        text = plain_words(result.text)
        invented = is_invention(result.avg_logprob, result.no_speech_prob, result.compression_ratio)
        if invented or not any(letter.isalnum() for letter in text):
            return None
        return Segment(
            start=utterance.start,
            end=utterance.start + len(utterance.samples) / SAMPLE_RATE,
            text=text,
            confidence=confidence(result.avg_logprob, result.no_speech_prob),
        )

    def _decoded(self, features: Any, language: str) -> Any:
        """The first text that neither goes round in circles nor is unlikely, else the last; the same every time."""
        import torch

        model, on_gpu = self._model(), features.is_cuda
        with torch.random.fork_rng(devices=[features.device] if on_gpu else []):
            torch.manual_seed(0)
            for temperature in TEMPERATURES:
                options = self._whisper.DecodingOptions(
                    language=language, temperature=temperature, without_timestamps=True, fp16=on_gpu
                )
                result = model.decode(features, options)
                if not is_loop(result.compression_ratio) and result.avg_logprob >= TOO_UNLIKELY:
                    break
        return result

    def _features(self, samples: np.ndarray[Any, np.dtype[np.int16]]) -> Any:
        """What the encoder makes of the sound, once for all temperatures."""
        import torch

        model, whisper = self._model(), self._whisper
        sound = whisper.pad_or_trim(samples.astype(np.float32) / 32768)
        spectrogram = whisper.log_mel_spectrogram(sound, model.dims.n_mels).to(model.device)
        with torch.inference_mode():
            return model.embed_audio((spectrogram.half() if spectrogram.is_cuda else spectrogram)[None])[0]

    def _model(self) -> Any:
        if self._loaded is None:
            import torch

            if self._threads is not None:
                torch.set_num_threads(self._threads)
            self._whisper = importlib.import_module("whisper")
            try:
                # Weights are drawn at random before the checkpoint's take their place.
                with torch.random.fork_rng(devices=[]):
                    self._loaded = self._whisper.load_model(str(self._checkpoint.resolve())).eval()
            except Exception as error:
                raise _unusable(f"'{self._checkpoint}' holds no model: {error}") from error
        return self._loaded


def _opening(spoken: Iterator[Utterance]) -> list[Utterance]:
    """The first utterances, until they last `OPENING_SECONDS` or nothing more is said."""
    taken: list[Utterance] = []
    while sum(len(each.samples) for each in taken) < OPENING_SECONDS * SAMPLE_RATE:
        following = next(spoken, None)
        if following is None:
            break
        taken.append(following)
    return taken


def _known(language: str, *, multilingual: bool) -> str:
    whispers = {"jv": "jw"}.get(language, language)
    languages = importlib.import_module("whisper.tokenizer").LANGUAGES if multilingual else {"en"}
    if whispers in languages:
        return whispers
    remedy = "Set REFLEQT_TRANSCRIBER_LANGUAGE to another, to none, or take a checkpoint that knows it."
    raise InvalidInput([Fault("settings", None, "transcriber_language", "the checkpoint does not know it", remedy)])


def _release() -> str:
    try:
        return version("openai-whisper")
    except PackageNotFoundError:
        # Another package is imported as whisper too.
        raise MissingDependency("openai-whisper", "whisper") from None


def _fingerprint(checkpoint: Path) -> str:
    """Eight digits that tell checkpoints apart without reading gigabytes."""
    try:
        with checkpoint.open("rb") as file:
            if not file.read(4).startswith(FIRST_BYTES):
                raise _unusable(f"'{checkpoint}' is no file of PyTorch")
            size = file.seek(0, os.SEEK_END)
            file.seek(max(size - DIGESTED, 0))
            return hashlib.sha256(size.to_bytes(8, "big") + file.read()).hexdigest()[:8]
    except OSError as error:
        raise _unusable(f"'{checkpoint}' cannot be read ({error.strerror})") from error


def _unusable(problem: str) -> InvalidInput:
    remedy = "Set REFLEQT_WHISPER_MODEL to the path of a checkpoint of openai-whisper, such as …/base.en.pt."
    return InvalidInput([Fault("settings", None, "whisper_model", problem, remedy)])
