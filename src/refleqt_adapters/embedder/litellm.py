"""Hosted embeddings through LiteLLM, and any server that has ``POST /v1/embeddings`` (vLLM, llama.cpp, TEI, …)."""

import importlib
import os
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from importlib.util import find_spec
from typing import Any
from urllib.parse import urlsplit

import numpy as np

from refleqt_core.errors import InvalidInput, MissingDependency, NotAllowed, RefleqtError, Unavailable
from refleqt_core.ports import Vectors

from ..asking_again import Patience, Refusal, asked_wait
from ..deadlines import SLACK, within
from .readable_words import encodable, readable_words
from .unit_rows import nothing, unit_rows

LONGEST = 8_000
"""Bytes of a text. A token is at least one, and OpenAI takes 8,192 tokens, so that none of its limits is met."""
BATCH = 32
"""Texts of a request: what Hugging Face's server takes; OpenAI takes 2,048."""
BATCH_BYTES = 200_000
"""OpenAI takes 300,000 tokens in one request."""
LONGEST_SAID = 300
PASSING = (408, 409, 425, 429)
SHORTEST_KEY = 8


class LiteLLMEmbedder:
    """Sends the texts to a service, which knows what its model knows.

    ``model`` is LiteLLM's name ("openai/text-embedding-3-small"); ``api_base`` points it at another server. A text is
    cut at ``longest`` bytes, and ``batch`` texts are sent in one request. A server in trouble is given ``patience``; it
    may be silent for ``time_out`` seconds, and a request may take ``slack`` seconds more than that. Blank texts are not
    sent, and no text twice in one call. It may be called from any thread.
    """

    def __init__(
        self,
        model: str = "openai/text-embedding-3-small",
        *,
        api_base: str | None = None,
        api_key: str | None = None,
        longest: int = LONGEST,
        batch: int = BATCH,
        time_out: float = 60.0,
        slack: float = SLACK,
        patience: Patience | None = None,
    ):
        if find_spec("litellm") is None:
            raise MissingDependency("litellm", "hosted")
        self._service, self._server = model, urlsplit(api_base).netloc.rpartition("@")[2] if api_base else ""
        self._largest, self._batch, self._longest = longest, batch, time_out + slack
        self._patience, self._keys = patience or Patience(), _keys(api_key)
        # A server without a key of its own gets this one, not the key of OpenAI that may be in the environment.
        key = api_key or ("none" if api_base else None)
        self._target = {"model": model, "api_base": api_base, "api_key": key, "timeout": time_out, "max_retries": 0}
        self._dimension: int | None = None

    @property
    def model(self) -> str:
        """LiteLLM's name of it, and the server where it is not the provider's own: there, it may mean another model."""
        return f"{self._service}@{self._server}" if self._server else self._service

    @property
    def dimension(self) -> int:
        """As the service has answered; it is asked for one vector where it has not been asked for any yet."""
        if self._dimension is None:
            self._ask(["dimension"])
        assert self._dimension is not None
        return self._dimension

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Unit-length float32 vectors (n, dimension), in the order of ``texts`` whatever that of the answers.

        A service that does not answer raises `Unavailable`, as does one whose vectors are of another length than
        before; a key or a bill that it refuses `NotAllowed`, and a wrong name or address `InvalidInput`.
        """
        sent = [_cut(text, self._largest) for text in texts]
        known = {"": nothing(self.dimension)} if "" in sent or not sent else {}
        for part in _batches(dict.fromkeys(text for text in sent if text), self._batch):
            known.update(zip(part, self._ask(part), strict=True))
        return np.stack([known[text] for text in sent]) if sent else np.empty((0, self.dimension), np.float32)

    def reads(self, text: str) -> bool:
        """Whether there is a word of at most 100 letters: the service does not say what its model knows."""
        return bool(readable_words(text))

    def _ask(self, texts: list[str]) -> Vectors:
        return self._patience.ask(partial(self._answer, texts))

    def _answer(self, texts: list[str]) -> Vectors | Refusal:
        package = _load()
        try:
            response = within(
                self._longest, lambda: package.embedding(input=texts, encoding_format="float", **self._target)
            )
        except Exception as error:
            return self._refusal(error)
        try:
            vectors = _vectors(response, len(texts))
        except (ArithmeticError, AttributeError, KeyError, TypeError, ValueError) as error:
            return self._misunderstood(f"not one vector of numbers for each text ({type(error).__name__})")
        if self._dimension not in (None, vectors.shape[1]):
            return self._misunderstood(f"vectors of {vectors.shape[1]} numbers, and before of {self._dimension}")
        self._dimension = vectors.shape[1]
        return vectors

    def _misunderstood(self, found: str) -> Refusal:
        return Refusal(error=Unavailable(f"{self._service} answers in another form: {found}"), passing=True)

    def _refusal(self, error: Exception) -> Refusal:
        status, said = _status(error), self._told(error)
        if status is None or status in PASSING or status >= 500:
            headers = getattr(error, "litellm_response_headers", None) or {}
            unanswered = Unavailable(f"{self._service} does not answer: {said}")
            return Refusal(error=unanswered, passing=True, wait=asked_wait(headers.get("retry-after")))
        return Refusal(error=_meaning(self._service, status, said), passing=False)

    def _told(self, error: Exception) -> str:
        """What was said, on one line, without a key that may have been sent."""
        said = f"{type(error).__name__}: {error}"
        for key in self._keys:
            said = said.replace(key, "[key]")
        line = " ".join("".join(sign if sign.isprintable() else " " for sign in said).split())
        return line if len(line) <= LONGEST_SAID else f"{line[: LONGEST_SAID - 1]}…"


def _status(error: BaseException) -> int | None:
    """The HTTP status; OpenAI says 429 of an empty account too, which no waiting fills and is 402 here."""
    status: int | None = getattr(error, "status_code", None)
    cause: BaseException | None = error
    while cause is not None:
        if getattr(cause, "code", None) == "insufficient_quota":
            return 402
        cause = cause.__cause__ or cause.__context__
    return status


def _meaning(service: str, status: int, said: str) -> RefleqtError:
    if status in (401, 403):
        return NotAllowed(
            f"{service} refused the key ({status}): {said}. Check REFLEQT_EMBEDDER_API_KEY and what it may use."
        )
    if status == 402:
        return NotAllowed(f"{service} wants to be paid first (402): {said}. Top up the account there.")
    remedy = "Check REFLEQT_EMBEDDER_MODEL, REFLEQT_EMBEDDER_API_BASE and REFLEQT_EMBEDDER_LONGEST."
    return InvalidInput(f"{service} did not take the request ({status}): {said}. {remedy}")


def _load() -> Any:
    """The package, told to use the price list that it ships with and to keep quiet."""
    os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")
    package = importlib.import_module("litellm")
    # For vectors it takes max_retries=0 for none given, and asks as often as this says, whatever the service wishes.
    vars(package).update(telemetry=False, suppress_debug_info=True, drop_params=True, DEFAULT_MAX_RETRIES=0)
    return package


def _keys(given: str | None) -> list[str]:
    """The keys that LiteLLM may send: the given one, and those that it finds in the environment."""
    found = [value for name, value in os.environ.items() if name.endswith("API_KEY") and len(value) >= SHORTEST_KEY]
    return sorted({*found, *([given] if given else [])}, key=len, reverse=True)


def _cut(text: str, longest: int) -> str:
    """At most so many bytes of it, and "" of a blank one."""
    data = encodable(text).encode()[:longest]
    kept = data.decode("utf-8", "ignore")
    return kept if kept.strip() else ""


def _batches(texts: Iterable[str], most: int) -> Iterator[list[str]]:
    part: list[str] = []
    taken = 0
    for text in texts:
        size = len(text.encode())
        if part and (len(part) == most or taken + size > BATCH_BYTES):
            yield part
            part, taken = [], 0
        part.append(text)
        taken += size
    if part:
        yield part


def _vectors(response: Any, asked: int) -> Vectors:
    """Each at the place that its index names; `ValueError` for any other answer than one vector a text."""
    placed = {int(each["index"]): each["embedding"] for each in response.data}
    vectors = np.array([placed[place] for place in range(asked)], np.float64)
    if len(response.data) != asked or vectors.ndim != 2 or not vectors.shape[1] or not np.isfinite(vectors).all():
        raise ValueError
    return unit_rows(vectors)
