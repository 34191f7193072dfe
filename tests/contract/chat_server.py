"""A chat-completions server on loopback: it answers by the schema it is given, or what was planned."""

import json
import math
import time
from collections import deque
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple


class Fault(NamedTuple):
    """A planned failure: the HTTP status, ``after`` seconds, with headers, words of the server or a whole body."""

    status: int
    headers: dict[str, str] | None = None
    said: str = ""
    after: float = 0.0
    body: str | None = None


class Drip(NamedTuple):
    """An answer that never ends: a blank each ``every`` seconds."""

    every: float = 0.05


class Told(NamedTuple):
    """An answer with what the server says that it took; None: it says nothing."""

    content: str
    usage: dict[str, object] | None = None


class Cut(NamedTuple):
    """An answer that was cut at the most tokens that the model may write."""

    content: str


class ChatServer(ThreadingHTTPServer):
    """Speaks the OpenAI API: it answers by the schema it is given, or what was put into ``replies`` before."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Chat)
        self.replies: deque[str | int | Fault] = deque()
        self.requests: list[dict] = []

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}/v1"


class _Chat(BaseHTTPRequestHandler):
    def do_POST(self):
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.requests.append(request)
        reply = self.server.replies.popleft() if self.server.replies else _fitting(request)
        if isinstance(reply, int):
            reply = Fault(reply)
        if isinstance(reply, Fault):
            time.sleep(reply.after)
            said = reply.said or f"planned fault {reply.status}"
            body = {"error": {"message": said, "type": "fault", "code": None}}
            return self._send(reply.status, json.dumps(body) if reply.body is None else reply.body, reply.headers)
        if isinstance(reply, Drip):
            return self._drip(reply)
        reason = "stop"
        usage = {"prompt_tokens": 90, "completion_tokens": 10, "total_tokens": 100}
        if isinstance(reply, Told):
            reply, usage = reply
        if isinstance(reply, Cut):
            reply, reason = reply.content, "length"
        choice = {"index": 0, "finish_reason": reason, "message": {"role": "assistant", "content": reply}}
        if request.get("logprobs"):
            choice["logprobs"] = {"content": [_letter_odds(request)]}
        body = {"id": "1", "object": "chat.completion", "created": 1, "model": request["model"]}
        body |= {} if usage is None else {"usage": usage}
        return self._send(200, json.dumps({**body, "choices": [choice]}))

    def _drip(self, drip):
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", "1000000")
        with suppress(OSError):  # nobody reads any more
            self.end_headers()
            for _ in range(400):
                self.wfile.write(b" ")
                time.sleep(drip.every)

    def _send(self, status, body, headers=None):
        data = body.encode()
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        with suppress(ConnectionError):  # whoever has waited long enough is gone
            self.end_headers()
            self.wfile.write(data)

    def log_message(self, *_):
        pass


def _fitting(request):
    form = request.get("response_format")
    if form is None:
        return "A"
    schema = form["json_schema"]["schema"]
    return json.dumps(_example(schema, schema.get("$defs", {})))


def _example(schema, known):
    if "$ref" in schema:
        return _example(known[schema["$ref"].rsplit("/", 1)[1]], known)
    if "enum" in schema:
        return schema["enum"][0]
    if schema["type"] == "object":
        return {name: _example(each, known) for name, each in schema["properties"].items()}
    if schema["type"] == "array":
        return [_example(schema["items"], known)]
    return {"string": "stock counts", "number": 0.5, "integer": 1}[schema["type"]]


def _letter_odds(request):
    """The longer an option, the likelier; the fourth letter on is left out, as a server leaves out the unlikely."""
    lines = request["messages"][-1]["content"].rsplit("Options:\n", 1)[1].splitlines()
    weights = {line[0]: len(line) for line in lines[:3]}
    total = sum(weights.values()) * 1.25
    top = [{"token": letter, "logprob": math.log(weight / total), "bytes": None} for letter, weight in weights.items()]
    return {**top[0], "top_logprobs": top}
