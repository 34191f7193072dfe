"""How varied the words of a text are, whatever its length."""

from collections.abc import Sequence

FACTOR = 0.72
"""The ratio of types to tokens at which a stretch of text has used up its variety."""

FEWEST = 100
"""Tokens from which on the measure is stable (McCarthy and Jarvis 2010)."""


def mtld(words: Sequence[str], factor: float = FACTOR) -> float | None:
    """The mean length in words of stretches whose ratio of types to tokens stays above ``factor``.

    The measure of textual lexical diversity (McCarthy 2005; McCarthy and Jarvis 2010): the mean of a pass forwards and
    a pass backwards, in which a last stretch counts as the part of a factor that it has come to. No words: None. Words
    of which none comes twice have no full stretch: their number.
    """
    if not words:
        return None
    return (_one_way(words, factor) + _one_way(words[::-1], factor)) / 2


def _one_way(words: Sequence[str], factor: float) -> float:
    factors, seen, length = 0.0, set[str](), 0
    for word in words:
        length += 1
        seen.add(word)
        if len(seen) / length <= factor:
            factors, seen, length = factors + 1, set(), 0
    if length:
        factors += (1 - len(seen) / length) / (1 - factor)
    return len(words) / factors if factors else float(len(words))
