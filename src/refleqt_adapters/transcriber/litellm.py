"""Whisper behind a network, through LiteLLM: OpenAI's, and any server that speaks its API (vLLM, Groq, …)."""

import importlib
import os
from collections.abc import Iterable, Iterator
from functools import partial
from importlib.util import find_spec
from typing import Any, BinaryIO

import attrs
from pydantic import BaseModel, FiniteFloat, ValidationError

from refleqt_core.errors import InvalidInput, MissingDependency, Unavailable
from refleqt_core.ports import Progress, Segment, Transcript

from ..asking_again import Patience, Refusal, asked_wait
from ..deadlines import SLACK, within
from .decoding import decoded
from .languages import NOT_TOLD, language_code
from .plain_words import plain_words
from .service_faults import refusal
from .spoken_parts import SpokenPart, in_order, spoken_parts
from .voice_activity import speech
from .whisper_certainty import confidence, is_invention, without_repeats

PART_SECONDS = 600.0
"""Ten minutes are 19.2 MB; services take 25 MB."""


class _Piece(BaseModel):
    start: FiniteFloat
    end: FiniteFloat
    text: str
    avg_logprob: FiniteFloat | None = None
    no_speech_prob: FiniteFloat | None = None
    compression_ratio: FiniteFloat | None = None


class _Heard(BaseModel):
    """What is taken of an answer in OpenAI's form ``verbose_json``."""

    text: str
    language: str | None = None
    segments: list[_Piece] | None = None


@attrs.frozen(kw_only=True)
class _Answer:
    heard: _Heard
    cost_micros: int | None


class LiteLLMTranscriber:
    """Sends the speech of a recording, and nothing else of it, in parts of at most ten minutes.

    ``model`` is LiteLLM's name ("openai/whisper-1"); ``api_base`` points it at another server. ``language`` (ISO 639-1)
    is detected by the service where it is not given. ``time_out`` is in seconds, for one part, and ``slack`` what that
    may take beyond it, however slowly the answer drips. A segment is what the service takes for one; what it says of
    silence, or over and over, is left out. Any number of callers are served at once.
    """

    def __init__(
        self,
        model: str = "openai/whisper-1",
        *,
        api_base: str | None = None,
        api_key: str | None = None,
        language: str | None = None,
        time_out: float = 300.0,
        slack: float = SLACK,
        patience: Patience | None = None,
    ):
        if find_spec("litellm") is None:
            raise MissingDependency("litellm", "hosted")
        self._model, self._language, self._key = model, language, api_key
        self._patience, self._longest = patience or Patience(), time_out + slack
        # A server without a key of its own gets this one, not the key of OpenAI that may be in the environment.
        key = api_key or ("none" if api_base else None)
        self._target = {"model": model, "api_base": api_base, "api_key": key, "timeout": time_out, "max_retries": 0}
        self._wanted = {"response_format": "verbose_json", "timestamp_granularities": ["segment"], "temperature": 0}

    @property
    def model(self) -> str:
        """LiteLLM's name of it."""
        return self._model

    def transcribe(
        self, audio: BinaryIO, media_type: str, *, progress: Progress = lambda _seconds, _of: None
    ) -> Transcript:
        """What is said in ``audio``; see `Transcriber.transcribe`. A recording without speech is not sent anywhere."""
        segments: list[Segment] = []
        languages: list[str] = []
        costs: list[int | None] = []
        with decoded(audio, media_type) as sound:
            for part in spoken_parts(speech(sound.blocks()), longest=PART_SECONDS):
                answer = self._patience.ask(partial(self._hear, part))
                segments += _segments(answer.heard.segments or (), part)
                languages.append(language_code(answer.heard.language))
                costs.append(answer.cost_micros)
                progress(part.end, sound.seconds)
            progress(sound.duration, sound.duration)
        return Transcript(
            segments=tuple(without_repeats(in_order(segments))),
            language=self._language or _commonest(languages),
            model=self.model,
            duration=sound.duration,
            cost_micros=_total(costs),
        )

    def _hear(self, part: SpokenPart) -> _Answer | Refusal:
        package = _load()
        language = {"language": self._language} if self._language else {}
        part.file.seek(0)
        # A request that was given up may still read, so that each has a copy of its own.
        sound = part.file.read()
        try:
            response = within(
                self._longest,
                lambda: package.transcription(
                    file=("speech.wav", sound, "audio/wav"), **self._target, **self._wanted, **language
                ),
            )
        except Exception as error:
            return self._refusal(error)
        try:
            heard = _Heard.model_validate(response.model_dump())
        except ValidationError as error:
            return Refusal(error=Unavailable(f"{self._model} answers in another form: {_fields(error)}"), passing=True)
        if heard.segments is None and heard.text.strip():
            return Refusal(error=_without_times(self._model), passing=False)
        return _Answer(heard=heard, cost_micros=_cost(response))

    def _refusal(self, error: Exception) -> Refusal:
        # OpenAI says 429 of an empty account too, which no waiting fills.
        status = 402 if getattr(error, "code", None) == "insufficient_quota" else getattr(error, "status_code", None)
        headers = getattr(getattr(error, "response", None), "headers", None) or {}
        wait = asked_wait(headers.get("retry-after"))
        return refusal(self._model, status, f"{type(error).__name__}: {error}", key=self._key, wait=wait)


def _load() -> Any:
    """The package, told to use the price list that it ships with and to keep quiet."""
    os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")
    package = importlib.import_module("litellm")
    vars(package).update(telemetry=False, suppress_debug_info=True, drop_params=True)
    return package


def _segments(pieces: Iterable[_Piece], part: SpokenPart) -> Iterator[Segment]:
    for piece in pieces:
        when = part.in_recording(piece.start, piece.end)
        text = plain_words(piece.text)
        invented = is_invention(piece.avg_logprob, piece.no_speech_prob, piece.compression_ratio)
        if when is not None and text and not invented:
            sure = confidence(piece.avg_logprob, piece.no_speech_prob)
            yield Segment(start=when[0], end=when[1], text=text, confidence=sure)


def _commonest(languages: list[str]) -> str:
    return max(languages, key=languages.count, default=NOT_TOLD)


def _total(costs: list[int | None]) -> int | None:
    return None if None in costs else sum(cost or 0 for cost in costs)


def _cost(response: Any) -> int | None:
    """By LiteLLM's price list; one that it does not know has no price there."""
    cost = response._hidden_params.get("response_cost")
    return round(1e6 * cost) if cost else None


def _fields(error: ValidationError) -> str:
    return "; ".join(f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors()[:3])


def _without_times(model: str) -> InvalidInput:
    return InvalidInput(
        f"{model} gives text without times, and a quote needs its second. Set REFLEQT_TRANSCRIBER_MODEL to one that "
        "answers in the form verbose_json, such as openai/whisper-1."
    )
