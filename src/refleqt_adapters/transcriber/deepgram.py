"""Deepgram's REST API for recordings (``POST /v1/listen``), which tells speakers apart.

Spoken to with httpx: it is one request, for which the official SDK (its seventh major version, with websockets) is a
lot to keep up with.
"""

import importlib
import os
import time
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from importlib.util import find_spec
from itertools import pairwise
from statistics import fmean
from typing import TYPE_CHECKING, Any, BinaryIO

from pydantic import BaseModel, FiniteFloat, ValidationError

from refleqt_core.errors import MissingDependency, Unavailable
from refleqt_core.ports import Progress, Segment, Transcript

from ..asking_again import Patience, Refusal, asked_wait
from .decoding import decoded
from .languages import NOT_TOLD, language_code
from .plain_words import plain_words
from .service_faults import refusal, told
from .spoken_parts import SpokenPart, in_order, spoken_parts
from .voice_activity import speech

if TYPE_CHECKING:
    import httpx

API_BASE = "https://api.deepgram.com"
PART_SECONDS = 2 * 3600.0
"""Two hours of speech are 230 MB; Deepgram takes 2 GB."""
LARGEST_ANSWER = 100_000_000
"""Bytes; a word takes about 300 of them, twice over, and two hours of speech have some 20,000 words."""
PIECE = 1 << 16


class _Word(BaseModel):
    word: str
    punctuated_word: str | None = None
    start: FiniteFloat
    end: FiniteFloat
    confidence: FiniteFloat
    speaker: int | None = None

    @property
    def text(self) -> str:
        return self.punctuated_word or self.word


class _Utterance(BaseModel):
    words: list[_Word]
    speaker: int | None = None


class _Channel(BaseModel):
    detected_language: str | None = None


class _Results(BaseModel):
    channels: list[_Channel]
    utterances: list[_Utterance]


class _Answer(BaseModel):
    """What is taken of an answer."""

    results: _Results


class DeepgramTranscriber:
    """Sends the speech of a recording, and nothing else of it, and asks that it is neither kept nor learned from.

    A segment is what one speaker says without a long pause; speakers are "Speaker 1", "Speaker 2" in the order in which
    they are heard. Words that are placed where nobody speaks are left out. ``language`` (ISO 639-1) is detected by the
    service where it is not given. ``time_out`` is in seconds, for one request. Any number of callers are served at
    once. Deepgram does not say what a request costs.
    """

    def __init__(
        self,
        model: str = "nova-3",
        *,
        api_key: str | None = None,
        api_base: str | None = None,
        language: str | None = None,
        time_out: float = 600.0,
        patience: Patience | None = None,
    ):
        if find_spec("httpx") is None:
            raise MissingDependency("httpx", "hosted")
        self._model, self._key, self._language, self._time_out = model, api_key, language, time_out
        self._url = f"{(api_base or API_BASE).rstrip('/')}/v1/listen"
        self._patience = patience or Patience()

    @property
    def model(self) -> str:
        """Deepgram's name of it."""
        return f"deepgram-{self._model}"

    def transcribe(
        self, audio: BinaryIO, media_type: str, *, progress: Progress = lambda _seconds, _of: None
    ) -> Transcript:
        """What is said in ``audio``; see `Transcriber.transcribe`. A recording without speech is not sent anywhere.

        ``progress`` counts what has been sent.
        """
        segments: list[Segment] = []
        language, speakers, parts = self._language, 0, 0
        with decoded(audio, media_type) as sound:
            tell = _only_forward(lambda seconds: progress(seconds, sound.seconds))
            for part in spoken_parts(speech(sound.blocks()), longest=PART_SECONDS):
                results = self._patience.ask(partial(self._hear, part, tell)).results
                # Nobody knows which speaker of one part is which of the next: each part has its own.
                segments += [each for said in results.utterances for each in _segments(said, part, speakers)]
                speakers += _number_of_speakers(results)
                language = language or _language(results)
                parts += 1
            progress(sound.duration, sound.duration)
        return Transcript(
            segments=tuple(in_order(segments)),
            language=language or NOT_TOLD,
            model=self.model,
            duration=sound.duration,
            cost_micros=None if parts else 0,
        )

    def _hear(self, part: SpokenPart, tell: Callable[[float], None]) -> _Answer | Refusal:
        httpx = importlib.import_module("httpx")
        try:
            with (
                httpx.Client(timeout=self._time_out, auth=self._with_key) as client,
                client.stream("POST", self._url, params=self._wanted(), **_upload(part, tell)) as response,
            ):
                return self._answer(response, time.monotonic() + self._time_out)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            return refusal(self.model, None, f"{type(error).__name__}: {error}", key=self._key)

    def _with_key(self, request: "httpx.Request") -> "httpx.Request":
        if self._key is not None:
            request.headers["Authorization"] = f"Token {self._key}"
        return request

    def _wanted(self) -> Mapping[str, str]:
        language = {"language": self._language} if self._language else {"detect_language": "true"}
        options = ("smart_format", "punctuate", "diarize", "utterances", "mip_opt_out")
        return {"model": self._model, **dict.fromkeys(options, "true"), **language}

    def _answer(self, response: "httpx.Response", until: float) -> _Answer | Refusal:
        body = _body(response, until)
        if isinstance(body, Refusal):
            return body
        if response.status_code != 200:
            wait = asked_wait(response.headers.get("retry-after"))
            return refusal(self.model, response.status_code, body.decode(errors="replace"), key=self._key, wait=wait)
        try:
            return _Answer.model_validate_json(body)
        except ValidationError as error:
            faults = "; ".join(f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors()[:3])
            said = told(faults, self._key)
            return Refusal(error=Unavailable(f"{self.model} answers in another form: {said}"), passing=True)


def _upload(part: SpokenPart, tell: Callable[[float], None]) -> dict[str, Any]:
    """The file from its beginning, read as it is sent, with its length: services refuse what has none."""
    size = part.file.seek(0, os.SEEK_END)
    part.file.seek(0)
    headers = {"Content-Type": "audio/wav", "Content-Length": str(size)}
    return {"content": _sent(part, size, tell), "headers": headers}


def _sent(part: SpokenPart, size: int, tell: Callable[[float], None]) -> Iterator[bytes]:
    while piece := part.file.read(PIECE):
        yield piece
        tell(part.end * part.file.tell() / size)


def _only_forward(tell: Callable[[float], None]) -> Callable[[float], None]:
    """Tells only what is more than was told before: a part that is sent again does not go back."""
    most = 0.0

    def told_more(seconds: float) -> None:
        nonlocal most
        if seconds > most:
            most = seconds
            tell(seconds)

    return told_more


def _body(response: "httpx.Response", until: float) -> bytes | Refusal:
    """The whole answer; one that is too long, or comes too slowly, is cut off."""
    body = bytearray()
    for piece in response.iter_bytes():
        body += piece
        if len(body) > LARGEST_ANSWER or time.monotonic() > until:
            return Refusal(error=Unavailable("deepgram's answer does not end"), passing=True)
    return bytes(body)


def _segments(said: _Utterance, part: SpokenPart, speakers: int) -> Iterator[Segment]:
    """The utterance's words where somebody speaks, apart where a long pause was between them."""
    placed = [(word, places[0]) for word in said.words if (places := part.pieces_between(word.start, word.end))]
    if not placed:
        return
    cuts = [number for number, ((_, one), (_, other)) in enumerate(pairwise(placed), 1) if _paused(part, one, other)]
    for first, last in pairwise([0, *cuts, len(placed)]):
        words = [word for word, _ in placed[first:last]]
        when = part.in_recording(words[0].start, words[-1].end)
        text = plain_words(" ".join(word.text for word in words))
        if when is not None and text:
            sure = min(max(fmean(word.confidence for word in words), 0.0), 1.0)
            yield Segment(
                start=when[0], end=when[1], text=text, confidence=sure, speaker=_named(said.speaker, speakers)
            )


def _paused(part: SpokenPart, one: int, other: int) -> bool:
    return any(part.pause_after(place) for place in range(one, other))


def _named(speaker: int | None, before: int) -> str | None:
    return None if speaker is None else f"Speaker {before + speaker + 1}"


def _number_of_speakers(results: _Results) -> int:
    return 1 + max((each.speaker for each in results.utterances if each.speaker is not None), default=-1)


def _language(results: _Results) -> str | None:
    told = next((each.detected_language for each in results.channels if each.detected_language), None)
    return language_code(told) if told else None
