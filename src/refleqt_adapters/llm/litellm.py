"""Hosted models through LiteLLM, and any server that speaks the OpenAI API (vLLM, LoRAX, llama.cpp)."""

import importlib
import json
import math
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from string import ascii_uppercase
from typing import Any, Literal, TypeVar

from refleqt_core.errors import InvalidInput, MissingDependency, NotAllowed, RefleqtError, Unavailable
from refleqt_core.ports.llm import Answer, Prompt, Unsatisfied, Usage

from .answers import json_schema, satisfied
from .asking import again, json_demand, messages

T = TypeVar("T")

_GROUP = 20
"""As many tokens as the API gives probabilities for."""


class LiteLLM:
    """An `LLM` behind a network.

    ``model`` is LiteLLM's name ("openai/gpt-5-mini", "anthropic/…"); ``api_base`` points it at another server. ``lora``
    is the hash of the LoRA that the server answers with under this name, for the `Usage`. An answer that does not
    satisfy its schema is asked for again, ``attempts`` times in all. ``json_mode`` is how the server takes the schema:
    as OpenAI's ``json_schema``, or as llama.cpp's ``json_object`` with a schema beside it.
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
        json_mode: Literal["json_schema", "json_object"] = "json_schema",
    ):
        self._litellm = _load()
        self._model, self._lora, self._attempts, self._json_mode = model, lora, attempts, json_mode
        self._target = {"model": model, "api_base": api_base, "api_key": api_key, "timeout": timeout, "max_retries": 0}

    @property
    def model(self) -> str:
        """See `LLM.model`."""
        return self._model

    def complete(self, prompt: Prompt, schema: type[T]) -> Answer[T]:
        """See `LLM.complete`; the usage is that of all attempts together."""
        shape = json_schema(schema)
        chat = messages(prompt, json_demand(shape))
        usages: list[Usage] = []
        problem = ""
        for _ in range(self._attempts):
            response = self._ask(messages=chat, response_format=self._format(schema.__name__, shape), temperature=0)
            usages.append(self._usage(response))
            content = response.choices[0].message.content or ""
            try:
                return Answer(value=satisfied(schema, _parsed(content)), usage=_total(usages))
            except InvalidInput as error:
                problem = str(error)
                chat = [*chat, *again(content, problem)]
        said = f"{self._model} did not answer '{prompt.task}' as asked in {self._attempts} attempts; at last: {problem}"
        raise Unsatisfied(said, _total(usages))

    def score(self, prompt: Prompt, options: Sequence[str]) -> list[float]:
        """See `LLM.score`: the model names its choice by a letter, whose probabilities are read.

        Options are lettered in alphabetical order, whatever the order they come in. More than 20 are asked in groups
        that share one option, by which their odds are made comparable. A server that gives no log-probabilities raises
        `InvalidInput`.
        """
        distinct = sorted(set(options))
        scores = dict.fromkeys(distinct[:1], 0.0)
        for i in range(1, len(distinct), _GROUP - 1):
            group = [distinct[0], *distinct[i : i + _GROUP - 1]]
            odds = self._letter_scores(prompt, group)
            scores |= {option: score - odds[0] for option, score in zip(group, odds, strict=True)}
        norm = math.log(math.fsum(math.exp(scores[option]) for option in sorted(options))) if options else 0.0
        return [min(0.0, scores[option] - norm) for option in options]

    def _letter_scores(self, prompt: Prompt, options: Sequence[str]) -> list[float]:
        letters = ascii_uppercase[: len(options)]
        lettered = "\n".join(f"{letter}: {option}" for letter, option in zip(letters, options, strict=True))
        chat = messages(prompt, "Answer with the letter of the option that fits best, and with nothing else.")
        chat[1]["content"] += f"\n\nOptions:\n{lettered}"
        response = self._ask(messages=chat, logprobs=True, top_logprobs=_GROUP, max_tokens=1, temperature=0)
        return _by_letter(_top_logprobs(response, self._model), letters)

    def _ask(self, **arguments: Any) -> Any:
        with _translated(self._litellm, self._model):
            return self._litellm.completion(**self._target, **arguments)

    def _format(self, name: str, shape: Mapping[str, Any]) -> dict[str, Any]:
        if self._json_mode == "json_object":
            return {"type": "json_object", "schema": shape}
        return {"type": "json_schema", "json_schema": {"name": name, "schema": shape, "strict": True}}

    def _usage(self, response: Any) -> Usage:
        used = getattr(response, "usage", None)
        return Usage(
            model=self._model,
            lora=self._lora,
            tokens_in=getattr(used, "prompt_tokens", 0) or 0,
            tokens_out=getattr(used, "completion_tokens", 0) or 0,
            cost_micros=round(1e6 * (response._hidden_params.get("response_cost") or 0.0)),
        )


def _load() -> Any:
    """The package, told to use the price list that it ships with and to keep quiet."""
    os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")
    try:
        package = importlib.import_module("litellm")
    except ImportError as error:
        raise MissingDependency("litellm", "hosted") from error
    vars(package).update(telemetry=False, suppress_debug_info=True, drop_params=True)
    return package


@contextmanager
def _translated(package: Any, model: str) -> Iterator[None]:
    try:
        yield
    except Exception as error:
        raise _meaning(package.exceptions, model, error) from error


def _meaning(kinds: Any, model: str, error: Exception) -> RefleqtError:
    if isinstance(error, kinds.AuthenticationError | kinds.PermissionDeniedError):
        return NotAllowed(f"{model} refused the key: {error}. Check the API key and what it may use.")
    if isinstance(error, kinds.BadRequestError | kinds.NotFoundError | kinds.UnprocessableEntityError):
        return InvalidInput(
            f"{model} did not take the request: {error}. Check the model's name, its server and the length."
        )
    return Unavailable(f"{model} does not answer: {error}")


def _parsed(content: str) -> Any:
    """The JSON of an answer; a fence of Markdown around it is no part of it."""
    fenced = re.fullmatch(r"\s*```(?:json)?\s*(.*?)\s*```\s*", content, flags=re.DOTALL)
    try:
        return json.loads(fenced[1] if fenced else content)
    except ValueError as error:
        raise InvalidInput(f"not JSON: {error}") from error


def _total(usages: Sequence[Usage]) -> Usage:
    return Usage(
        model=usages[-1].model,
        lora=usages[-1].lora,
        tokens_in=sum(usage.tokens_in for usage in usages),
        tokens_out=sum(usage.tokens_out for usage in usages),
        cost_micros=sum(usage.cost_micros for usage in usages),
    )


def _top_logprobs(response: Any, model: str) -> list[tuple[str, float]]:
    given = getattr(response.choices[0], "logprobs", None)
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
