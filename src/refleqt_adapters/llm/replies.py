"""Models that write text are asked until what they wrote is what the schema asks for."""

import json
import re
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import attrs

from refleqt_core.errors import InvalidInput, Unavailable
from refleqt_core.ports.llm import Answer, Interrupted, Unsatisfied, Usage

from .answers import satisfied
from .asking import again

T = TypeVar("T")
Chat = list[dict[str, str]]

_SHOWN = 300
"""As many characters of an answer that was cut are shown to the model again: the rest would only fill its context."""


@attrs.frozen(kw_only=True)
class Reply:
    """What a model wrote, whether it was cut at the most it may write, and what it took."""

    content: str
    usage: Usage
    is_cut: bool = False


def answered(ask: Callable[[Chat], Reply], chat: Chat, schema: type[T], *, task: str, attempts: int) -> Answer[T]:
    """An instance of ``schema``, asked for at most ``attempts`` times; the usage is that of all of them together.

    Each further request says what was wrong before. `Unsatisfied` at last, or when a further request is more than the
    model takes; `Interrupted` where the model no longer answers. What the first request raises comes through.
    """
    usages: list[Usage] = []
    problem = ""
    for _ in range(attempts):
        try:
            reply = ask(chat)
        except (InvalidInput, Unavailable) as error:
            if not usages:
                raise
            if isinstance(error, Unavailable):
                raise Interrupted(str(error), total(usages), retry_after=error.retry_after) from error
            problem = f"{problem}; and it could not be asked again: {error}"
            break
        usages.append(reply.usage)
        try:
            return Answer(value=satisfied(schema, _parsed(reply)), usage=total(usages))
        except InvalidInput as error:
            problem = str(error)
        chat = [*chat, *again(_shown(reply), problem)]
    said = f"{usages[-1].model} did not answer '{task}' as asked in {len(usages)} attempts; at last: {problem}"
    raise Unsatisfied(said, total(usages))


def total(usages: Sequence[Usage]) -> Usage:
    """What questions to one model took together."""
    return attrs.evolve(
        usages[-1],
        tokens_in=sum(usage.tokens_in for usage in usages),
        tokens_out=sum(usage.tokens_out for usage in usages),
        cost_micros=sum(usage.cost_micros for usage in usages),
    )


def _parsed(reply: Reply) -> Any:
    """The JSON of an answer; a fence of Markdown around it is no part of it."""
    if reply.is_cut:
        raise InvalidInput(f"cut after {reply.usage.tokens_out} tokens; answer in fewer words")
    fenced = re.fullmatch(r"\s*```(?:json)?\s*(.*?)\s*```\s*", reply.content, re.DOTALL)
    try:
        return json.loads(fenced[1] if fenced else reply.content)
    except (ValueError, RecursionError) as error:
        raise InvalidInput(f"not JSON: {error}") from error


def _shown(reply: Reply) -> str:
    return f"{reply.content[:_SHOWN]} …" if reply.is_cut and len(reply.content) > _SHOWN else reply.content
