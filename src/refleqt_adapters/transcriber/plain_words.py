"""Words of an answer, as every store and every terminal can hold them."""

import unicodedata

UNFIT = ("Cc", "Cs")
"""Control characters, which move cursors and end strings, and halves of surrogate pairs, which are no characters."""


def plain_words(text: str) -> str:
    """The words with single spaces in between, without characters of `UNFIT` kinds."""
    fit = "".join(" " if unicodedata.category(letter) in UNFIT else letter for letter in text)
    return " ".join(fit.split())
