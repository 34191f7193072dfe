"""Hosted models through LiteLLM, and any server that speaks the OpenAI API (vLLM, LoRAX, llama.cpp)."""

import importlib
import logging
import math
import os
from collections.abc import Mapping, Sequence
from string import ascii_uppercase
from typing import Any, Literal, TypeVar

import attrs

from refleqt_core.errors import InvalidInput, MissingDependency, NotAllowed, RefleqtError, Unavailable
from refleqt_core.ports.llm import Answer, Interrupted, Prompt, Usage

from ..asking_again import Patience, Refusal, asked_wait
from ..deadlines import SLACK, DeadlinePassed, within
from .answers import json_schema
from .asking import json_demand, messages, without_control_marks
from .replies import Chat, Reply, answered, total
from .token_counts import TokenCounts, token_counts

T = TypeVar("T")

log = logging.getLogger(__name__)

_GROUP = 20
"""As many tokens as the API gives probabilities for."""

PATIENCE = Patience(attempts=4, longest_wait=30.0)
"""Somebody may wait for the words."""

_OF_THE_KEY, _PAYMENT_REQUIRED, _CLIENT_ERRORS = frozenset({401, 403}), 402, range(400, 500)
_SHORTEST_KEY = 8
_PASSING = frozenset({408, 409, 425, 429})
"""Client errors that may be gone the next time; so may all of the server's."""
_UNREADABLE = (
    "Traceback (most recent call last)",
    "Received response - <",
    "Empty or invalid response from LLM endpoint",
)
"""How LiteLLM speaks of an answer that it cannot read."""
_MOST_SAID = 500
_MICROS_MOST = 10**9
"""A thousand dollars: more than any question costs."""


@attrs.frozen(kw_only=True)
class Price:
    """US dollars per million tokens, which is micro-USD per token."""

    tokens_in: float = 0.0
    tokens_out: float = 0.0


class LiteLLM:
    """An `LLM` behind a network.

    ``model`` is LiteLLM's name ("openai/gpt-5-mini", "anthropic/…"); ``api_base`` points it at another server. ``lora``
    is the hash of the LoRA that the server answers with under this name, for the `Usage`. An answer that does not
    satisfy its schema is asked for again, ``attempts`` times in all. A server in trouble is given ``patience``. It may
    be silent for ``timeout`` seconds, and a whole request may take ``slack`` seconds more than that, however slowly the
    answer drips. ``json_mode`` is how the server takes the schema: as OpenAI's ``json_schema``, or as llama.cpp's
    ``json_object`` with a schema beside it. What a question costs is LiteLLM's list price; ``price`` comes before it.
    A server that does not say what a question took, or says what cannot be, has its tokens estimated by the text.
    """

    def __init__(
        self,
        model: str,
        *,
        api_base: str | None = None,
        api_key: str | None = None,
        lora: str | None = None,
        attempts: int = 3,
        timeout: float = 60.0,
        slack: float = SLACK,
        json_mode: Literal["json_schema", "json_object"] = "json_schema",
        price: Price | None = None,
        patience: Patience | None = None,
    ):
        self._litellm = _load()
        self._model, self._lora, self._attempts, self._json_mode = model, lora, attempts, json_mode
        self._price, self._patience, self._keys = price, patience or PATIENCE, _keys(api_key)
        self._is_price_missed, self._longest = False, timeout + slack
        self._target = {"model": model, "api_base": api_base, "api_key": api_key, "timeout": timeout, "max_retries": 0}

    @property
    def model(self) -> str:
        """See `LLM.model`."""
        return self._model

    def complete(self, prompt: Prompt, schema: type[T]) -> Answer[T]:
        """See `LLM.complete`; the usage is that of all attempts together."""
        shape = json_schema(schema)
        form = self._format(schema.__name__, shape)

        def ask(chat: Chat) -> Reply:
            sent = _unmarked(chat)
            response = self._ask(messages=sent, response_format=form, temperature=0)
            choice = _choice(response, self._model)
            content = choice.message.content or ""
            usage = self._usage(response, sent, content)
            return Reply(content=content, usage=usage, is_cut=choice.finish_reason == "length")

        chat = messages(prompt, json_demand(shape))
        return answered(ask, chat, schema, task=prompt.task, attempts=self._attempts)

    def score(self, prompt: Prompt, options: Sequence[str]) -> list[float]:
        """See `LLM.score`: the model names its choice by a letter, whose probabilities are read.

        Options are lettered in alphabetical order, whatever the order they come in. More than 20 are asked in groups
        that share one option, by which their odds are made comparable. A server that gives no log-probabilities raises
        `InvalidInput`.
        """
        return self.scored(prompt, options).value

    def scored(self, prompt: Prompt, options: Sequence[str]) -> Answer[list[float]]:
        """See `ScoresOnAccount.scored`; the usage is that of all groups together."""
        distinct = sorted(set(options))
        scores = dict.fromkeys(distinct[:1], 0.0)
        usages = [Usage(model=self._model, lora=self._lora)]
        for i in range(1, len(distinct), _GROUP - 1):
            group = [distinct[0], *distinct[i : i + _GROUP - 1]]
            try:
                odds = self._letter_scores(prompt, group, usages)
            except Unavailable as error:
                if len(usages) == 1:
                    raise
                raise Interrupted(str(error), total(usages), retry_after=error.retry_after) from error
            scores |= {option: score - odds[0] for option, score in zip(group, odds, strict=True)}
        norm = math.log(math.fsum(math.exp(scores[option]) for option in sorted(options))) if options else 0.0
        return Answer(value=[min(0.0, scores[option] - norm) for option in options], usage=total(usages))

    def _letter_scores(self, prompt: Prompt, options: Sequence[str], usages: list[Usage]) -> list[float]:
        letters = ascii_uppercase[: len(options)]
        lettered = "\n".join(f"{letter}: {option}" for letter, option in zip(letters, options, strict=True))
        chat = messages(prompt, "Answer with the letter of the option that fits best, and with nothing else.")
        chat[1]["content"] += f"\n\nOptions:\n{lettered}"
        sent = _unmarked(chat)
        response = self._ask(messages=sent, logprobs=True, top_logprobs=_GROUP, max_tokens=1, temperature=0)
        usages.append(self._usage(response, sent, letters[0]))
        return _by_letter(_top_logprobs(response, self._model), letters)

    def _ask(self, **arguments: Any) -> Any:
        """The server's answer, asked for again while there is `Patience` and the fault may pass."""

        def request() -> Any:
            try:
                return within(self._longest, lambda: self._litellm.completion(**self._target, **arguments))
            except Exception as error:
                return self._refusal(error)

        return self._patience.ask(request)

    def _refusal(self, error: Exception) -> Refusal:
        meaning = self._meaning(error)
        # A key that the server repeats has no place in a traceback either.
        meaning.__cause__ = None if any(key in str(error) for key in self._keys) else error
        headers = getattr(error, "litellm_response_headers", None) or {}
        wait = asked_wait(headers.get("retry-after"))
        return Refusal(error=meaning, passing=isinstance(meaning, Unavailable), wait=wait)

    def _meaning(self, error: Exception) -> RefleqtError:
        """By the HTTP status, since LiteLLM has no class of its own for some of them."""
        said = str(error)
        for key in self._keys:
            said = said.replace(key, "…")
        if isinstance(error, DeadlinePassed):
            return Unavailable(f"{self._model} does not answer: its answer was {said}")
        if any(sign in said for sign in _UNREADABLE):
            return Unavailable(f"{self._model} gave an answer in another form than that of the OpenAI API.")
        said = " ".join(said.split())[:_MOST_SAID]
        status = getattr(error, "status_code", None)
        if status in _OF_THE_KEY:
            return NotAllowed(f"{self._model} refused the key. Check the API key and what it may use.")
        if status == _PAYMENT_REQUIRED:
            return NotAllowed(f"{self._model} wants to be paid first: {said}")
        if status in _CLIENT_ERRORS and status not in _PASSING:
            return InvalidInput(
                f"{self._model} did not take the request: {said}. Check the model's name, its server and the length."
            )
        return Unavailable(f"{self._model} does not answer: {said}")

    def _format(self, name: str, shape: Mapping[str, Any]) -> dict[str, Any]:
        if self._json_mode == "json_object":
            return {"type": "json_object", "schema": shape}
        return {"type": "json_schema", "json_schema": {"name": name, "schema": shape, "strict": True}}

    def _usage(self, response: Any, sent: Chat, said: str) -> Usage:
        asked = "\n".join(message["content"] for message in sent)
        counts = token_counts(self._model, getattr(response, "usage", None), asked, said)
        return Usage(
            model=self._model,
            lora=self._lora,
            tokens_in=counts.tokens_in,
            tokens_out=counts.tokens_out,
            cost_micros=self._cost(response, counts),
        )

    def _cost(self, response: Any, counts: TokenCounts) -> int:
        """In micro-USD, any fraction of one counted whole; 0 where no price is known, which is logged once."""
        if self._price is not None:
            return math.ceil(self._price.tokens_in * counts.tokens_in + self._price.tokens_out * counts.tokens_out)
        listed = response._hidden_params.get("response_cost") if counts.is_told else self._list_price(counts)
        if listed is None and not self._is_price_missed:
            self._is_price_missed = True
            log.warning(
                "no price is known of %s, so that its questions count as free; set REFLEQT_LLM_PRICE_IN and "
                "REFLEQT_LLM_PRICE_OUT to US dollars per million tokens",
                self._model,
            )
        return math.ceil(min(max(round(1e6 * (listed or 0.0), 6), 0.0), _MICROS_MOST))

    def _list_price(self, counts: TokenCounts) -> float | None:
        """In US dollars, for tokens that the server itself has not counted."""
        try:
            both: tuple[float, float] = self._litellm.cost_per_token(
                model=self._model, prompt_tokens=counts.tokens_in, completion_tokens=counts.tokens_out
            )
        except Exception:  # LiteLLM raises a bare Exception for a model that it does not know
            return None
        return sum(both)


def _load() -> Any:
    """The package, told to use the price list that it ships with and to keep quiet."""
    os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")
    try:
        package = importlib.import_module("litellm")
    except ImportError as error:
        raise MissingDependency("litellm", "hosted") from error
    vars(package).update(telemetry=False, suppress_debug_info=True, drop_params=True)
    return package


def _keys(given: str | None) -> list[str]:
    """The keys that LiteLLM may send: the given one, and those that it finds in the environment."""
    found = [value for name, value in os.environ.items() if name.endswith("API_KEY") and len(value) >= _SHORTEST_KEY]
    return sorted({*found, *([given] if given else [])}, key=len, reverse=True)


def _unmarked(chat: Chat) -> Chat:
    return [{**message, "content": without_control_marks(message["content"])} for message in chat]


def _choice(response: Any, model: str) -> Any:
    if not response.choices:
        raise Unavailable(f"{model} gave an answer without content")
    return response.choices[0]


def _top_logprobs(response: Any, model: str) -> list[tuple[str, float]]:
    given = getattr(_choice(response, model), "logprobs", None)
    content = getattr(given, "content", None)
    if not content:
        raise InvalidInput(f"{model} gives no log-probabilities; score with the offline or a local model instead")
    return [(each.token, each.logprob) for each in content[0].top_logprobs]


def _by_letter(given: Sequence[tuple[str, float]], letters: str) -> list[float]:
    """The log-probability of each letter; one that was not listed shares what the listed ones leave."""
    found: dict[str, float] = {}
    for token, logprob in given:
        letter = token.strip().strip('"').upper()
        if letter in letters and letter:
            found[letter] = math.log(math.exp(found[letter]) + math.exp(logprob)) if letter in found else logprob
    listed = math.fsum(math.exp(logprob) for _, logprob in given)
    missing = len(letters) - len(found)
    rest = math.log(max(1.0 - listed, 1e-9) / missing) if missing else 0.0
    lowest = min((logprob for _, logprob in given), default=0.0)
    return [found.get(letter, min(rest, lowest)) for letter in letters]
