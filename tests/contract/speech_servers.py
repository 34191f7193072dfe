"""Servers on loopback that speak the APIs of hosted transcribers, and say the same words for every run of sound."""

import io
import json
import threading
import time
import wave
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, TypeVar
from urllib.parse import parse_qs, urlsplit

import attrs
import numpy as np

SAID = "we should raise the price of the small plan"
QUIET, LOUD = 0.3, 300
"""Seconds without a sample that is so loud end a run of sound."""

S = TypeVar("S", bound="SpeechServer")
Run = tuple[float, float]


@attrs.frozen(kw_only=True)
class Reply:
    """What the server does instead of listening."""

    status: int = 200
    body: Any = attrs.field(factory=dict)
    headers: dict[str, str] = attrs.field(factory=dict)
    drops: bool = False
    """Closes the connection instead of answering."""
    drops_within: bool = False
    """Closes it in the middle of the answer."""
    sleeps: float = 0.0
    drips: float = 0.0
    """So many seconds it gives a blank now and then before the body."""


@attrs.frozen(kw_only=True)
class Request:
    """What has been asked of the server."""

    path: str
    query: dict[str, str]
    headers: dict[str, str]
    fields: dict[str, str]
    sound: bytes

    @property
    def seconds(self) -> float:
        """The length of the sound."""
        with wave.open(io.BytesIO(self.sound)) as file:
            return file.getnframes() / file.getframerate()


class SpeechServer(ThreadingHTTPServer):
    """Answers what was put into ``replies`` before; then by what it hears."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.replies: deque[Reply] = deque()
        self.requests: list[Request] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def asked(self, path: str, headers: dict[str, str], body: bytes) -> Request:
        address = urlsplit(path)
        query = {name: values[0] for name, values in parse_qs(address.query).items()}
        return Request(path=address.path, query=query, headers=headers, fields={}, sound=body)

    def answer(self, request: Request) -> Any:
        raise NotImplementedError


class WhisperServer(SpeechServer):
    """``POST /v1/audio/transcriptions`` of OpenAI, in the form ``verbose_json``."""

    def asked(self, path: str, headers: dict[str, str], body: bytes) -> Request:
        form = message_from_bytes(f"Content-Type: {headers['content-type']}\r\n\r\n".encode() + body)
        parts = {str(part.get_param("name", header="content-disposition")): part for part in form.get_payload()}  # type: ignore[union-attr]
        sound = parts.pop("file").get_payload(decode=True)  # type: ignore[union-attr]
        fields = {name: part.get_payload(decode=True).decode() for name, part in parts.items()}  # type: ignore[union-attr]
        return attrs.evolve(super().asked(path, headers, sound), fields=fields)  # type: ignore[arg-type]

    def answer(self, request: Request) -> Any:
        pieces = [verbose(start, end, f" {SAID}") for start, end in runs(request.sound)]
        return verbose_json(pieces, seconds=request.seconds)


class DeepgramServer(SpeechServer):
    """``POST /v1/listen`` of Deepgram."""

    def answer(self, request: Request) -> Any:
        return listened([utterance(start, end, SAID) for start, end in runs(request.sound)])


class _Handler(BaseHTTPRequestHandler):
    server: SpeechServer

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = self.server.asked(self.path, headers, body)
        self.server.requests.append(request)
        reply = self.server.replies.popleft() if self.server.replies else Reply(body=self.server.answer(request))
        time.sleep(reply.sleeps)
        if reply.drops:
            self.close_connection = True
            return
        self._send(reply)

    def _send(self, reply: Reply) -> None:
        data = reply.body if isinstance(reply.body, bytes) else json.dumps(reply.body).encode()
        self.send_response(reply.status)
        for name, value in ({"Content-Type": "application/json"} | reply.headers).items():
            self.send_header(name, value)
        blanks = int(reply.drips / 0.05)
        self.send_header("Content-Length", str(blanks + len(data) + reply.drops_within))
        self.end_headers()
        for _ in range(blanks):
            self.wfile.write(b" ")
            time.sleep(0.05)
        self.wfile.write(data)
        self.close_connection = self.close_connection or reply.drops_within

    def log_message(self, *_: Any) -> None:
        pass

    def handle(self) -> None:
        # Whoever has asked may have stopped listening.
        try:
            super().handle()
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True


@contextmanager
def running(server: S) -> Iterator[S]:
    """The server answers from a thread of its own."""
    with server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def runs(sound: bytes) -> list[Run]:
    """From when to when, in seconds, there is sound that no `QUIET` interrupts."""
    with wave.open(io.BytesIO(sound)) as file:
        rate, samples = file.getframerate(), np.frombuffer(file.readframes(file.getnframes()), "<i2")
    loud = np.flatnonzero(np.abs(samples.astype(int)) > LOUD)
    if not len(loud):
        return []
    cuts = np.flatnonzero(np.diff(loud) > QUIET * rate)
    return [(int(run[0]) / rate, (int(run[-1]) + 1) / rate) for run in np.split(loud, cuts + 1)]


def verbose(start: float, end: float, text: str, **changes: Any) -> dict[str, Any]:
    """A segment as OpenAI's documentation shows it."""
    rest = {"temperature": 0.0, "avg_logprob": -0.2, "compression_ratio": 0.9, "no_speech_prob": 0.01}
    return {"id": 0, "seek": 0, "start": start, "end": end, "text": text, "tokens": [50364], **rest, **changes}


def verbose_json(segments: list[dict[str, Any]], *, seconds: float, language: str = "english") -> dict[str, Any]:
    """An answer as OpenAI's documentation shows it."""
    text = "".join(segment["text"] for segment in segments).strip()
    usage = {"type": "duration", "seconds": round(seconds)}
    return {
        "task": "transcribe",
        "language": language,
        "duration": seconds,
        "text": text,
        "segments": segments,
        "usage": usage,
    }


def word(text: str, start: float, end: float, speaker: int = 0, confidence: float = 0.9) -> dict[str, Any]:
    """A word as Deepgram's documentation shows it."""
    bare = text.strip(".,?!").lower()
    sure = {"confidence": confidence, "speaker": speaker, "speaker_confidence": 0.7}
    return {"word": bare, "start": start, "end": end, "punctuated_word": text, **sure}


def utterance(start: float, end: float, text: str, speaker: int = 0) -> dict[str, Any]:
    """An utterance as Deepgram's documentation shows it, its words in even time."""
    each = (end - start) / len(text.split())
    times = [start + each * number for number in range(len(text.split()) + 1)]
    words = [word(one, *times[place : place + 2], speaker) for place, one in enumerate(text.split())]
    return spoken(words, speaker)


def spoken(words: list[dict[str, Any]], speaker: int = 0) -> dict[str, Any]:
    """An utterance of these words."""
    told = {"transcript": " ".join(one["punctuated_word"] for one in words), "words": words, "speaker": speaker}
    times = {"start": words[0]["start"], "end": words[-1]["end"]}
    return {**times, "confidence": 0.9, "channel": 0, "id": "3f2a", **told}


def listened(utterances: list[dict[str, Any]], language: str = "en") -> dict[str, Any]:
    """An answer as Deepgram's documentation shows it."""
    transcript = " ".join(each["transcript"] for each in utterances)
    words = [one for each in utterances for one in each["words"]]
    alternative = {"transcript": transcript, "confidence": 0.9, "words": words}
    channel = {"alternatives": [alternative], "detected_language": language, "language_confidence": 0.99}
    metadata = {"request_id": "8d1b", "created": "2026-03-02T12:00:00Z", "duration": 2.7, "channels": 1}
    return {"metadata": metadata, "results": {"channels": [channel], "utterances": utterances}}
