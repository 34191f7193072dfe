"""Feature hashing: vectors of the words and parts of words of a text, with no model to load."""

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache
from math import log

import numpy as np

from refleqt_core.ports import Vectors

WORD = re.compile(r"\w+")
LONGEST = 256
LONGEST_WORD = 100
PART_WEIGHT = 0.3
NOTHING = "\0"


class HashingEmbedder:
    """It knows words, not meaning: texts are near when they share words or parts of words, and no paraphrase is found.

    For tests and simulations, where it costs microseconds. Signed feature hashing (Weinberger et al., 2009) of words
    with sublinear term frequency, and of their 3- to 5-character n-grams; 256 words are read.
    """

    def __init__(self, dimension: int = 384):
        self._dimension = dimension

    @property
    def model(self) -> str:
        """The method, its revision, and the dimension, since each of them decides the vectors."""
        return f"hashing-1-{self._dimension}"

    @property
    def dimension(self) -> int:
        """As given."""
        return self._dimension

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Unit-length float32 vectors (n, dimension); each is computed by itself."""
        vectors = np.zeros((len(texts), self._dimension), np.float32)
        for row, text in enumerate(texts):
            vectors[row] = self._vector(text)
        return vectors

    def reads(self, text: str) -> bool:
        """Whether there is a word of at most `LONGEST_WORD` letters and digits; longer ones are noise."""
        return any(len(word) <= LONGEST_WORD for word in WORD.findall(text))

    def _vector(self, text: str) -> Vectors:
        words = WORD.findall(text.casefold())[:LONGEST] or [NOTHING]
        vector = np.zeros(self._dimension)
        for word, count in Counter(words).items():
            for hashed, weight in _features(word):
                vector[(hashed >> 1) % self._dimension] += (1 if hashed & 1 else -1) * weight * (1 + log(count))
        # Features could cancel out to nothing; the text then counts as one that holds none.
        length = float(np.linalg.norm(vector))
        return (vector / length).astype(np.float32) if length > 0 else self._vector("")


@lru_cache(maxsize=65_536)
def _features(word: str) -> tuple[tuple[int, float], ...]:
    """The hash of each feature of the word with its weight."""
    parts = [(_hash(part), PART_WEIGHT) for part in _ngrams(f"<{word}>")]
    return ((_hash(word), 1.0), *parts)


def _ngrams(marked: str) -> Iterator[str]:
    for size in (3, 4, 5):
        for start in range(len(marked) - size + 1):
            yield marked[start : start + size]


def _hash(feature: str) -> int:
    """63 bits for the place and one for the sign, the same in every process (as `hash` of a str is not)."""
    data = feature.encode("utf-8", "replace")  # half of a surrogate pair has no UTF-8
    return int.from_bytes(hashlib.blake2b(data, digest_size=8).digest(), "little")
