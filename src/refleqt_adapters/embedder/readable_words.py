"""The words of a text that a model can be asked about."""

import re

WORD = re.compile(r"[^\W_]+")
LONGEST_WORD = 100
"""Letters and digits; what is longer is noise, and tokenizers spend much time on it."""
MOST_LOOKED_AT = 20_000


def readable_words(text: str) -> list[str]:
    """The words of the first 20,000 characters, in their order, without those of more than `LONGEST_WORD` letters."""
    return [word for word in WORD.findall(text[:MOST_LOOKED_AT]) if len(word) <= LONGEST_WORD]


def encodable(text: str) -> str:
    """The text without halves of surrogate pairs, as broken JSON brings them: they have no UTF-8."""
    return text.encode("utf-8", "replace").decode()
