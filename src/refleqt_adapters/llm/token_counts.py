"""How many tokens a server says that a question took, and how many they must have been where it does not."""

import logging
import math
from typing import Any, NamedTuple

log = logging.getLogger(__name__)

MOST_TOKENS = 10_000_000
"""More than any model takes in one question."""

_BYTES = 3
"""A token of English has four bytes on average; three count rather too many tokens than too few."""


class TokenCounts(NamedTuple):
    """Tokens read and written, each from 0 to `MOST_TOKENS`; ``is_told``: the server itself has counted both."""

    tokens_in: int
    tokens_out: int
    is_told: bool


def token_counts(model: str, used: Any, asked: str, said: str) -> TokenCounts:
    """What the server's ``used`` tells; where a number is missing or cannot be, an estimate by the text, and a warning.

    No text has no tokens, and a text has at least one: a count of 0 for it is none.
    """
    tokens_in = _believed(getattr(used, "prompt_tokens", None), asked)
    tokens_out = _believed(getattr(used, "completion_tokens", None), said)
    if tokens_in is not None and tokens_out is not None:
        return TokenCounts(tokens_in, tokens_out, is_told=True)
    guess = TokenCounts(
        _estimated(asked) if tokens_in is None else tokens_in,
        _estimated(said) if tokens_out is None else tokens_out,
        is_told=False,
    )
    log.warning(
        "%s does not say how many tokens a question took, or says what cannot be; by the length of the text "
        "they are counted as %d read and %d written",
        model,
        guess.tokens_in,
        guess.tokens_out,
    )
    return guess


def _believed(count: Any, text: str) -> int | None:
    least = 1 if text else 0
    return count if isinstance(count, int) and least <= count <= MOST_TOKENS else None


def _estimated(text: str) -> int:
    return min(MOST_TOKENS, math.ceil(len(text.encode("utf-8", "replace")) / _BYTES))
