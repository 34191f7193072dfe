"""Which keywords belong together: those that share words, by Jaccard's index of their word sets."""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from .vocabulary import STOPWORDS

SHARE = 0.5
"""The least Jaccard index by which a keyword joins a cluster."""


def cluster_of(keyword: str | None, clusters: Mapping[str, Sequence[str]], *, share: float = SHARE) -> str | None:
    """The cluster that has the term which shares the most words with ``keyword`` (Jaccard, at least ``share``).

    Of several as near the last by name. Where no cluster is near enough the keyword opens one of its own name; without
    a keyword there is none.
    """
    if not keyword:
        return None
    nearest = ClusterIndex(clusters, share=share).nearest(keyword)
    return keyword.strip().lower() if nearest is None else nearest


def assign_clusters(
    terms: Sequence[str], clusters: Mapping[str, Sequence[str]], *, share: float = SHARE
) -> dict[str, str]:
    """The cluster of each of the ``terms``, as `cluster_of` gives it when they come one after the other.

    A term joins its cluster at once, so that those after it find it there; one without a word opens a cluster of its
    own. The time grows with the number of terms that share a rare word, not with all pairs.
    """
    index = ClusterIndex(clusters, share=share)
    assigned: dict[str, str] = {}
    for term in terms:
        nearest = index.nearest(term) if term else None
        assigned[term] = (term.strip().lower() if nearest is None else nearest) or term
        index.add(assigned[term], (term,))
    return assigned


class ClusterIndex:
    """The terms of clusters by their words, for finding the nearest one without looking at all of them.

    Two sets of sizes m and n with Jaccard index of at least s share at least s / (1 + s) · (m + n) words, so that one
    of them stands among any m − o + 1 words of the first, where o is that number (prefix filtering: Chaudhuri, Ganti,
    Kaushik 2006). The rarest are looked up, and only sets of a size that can be near.
    """

    def __init__(self, clusters: Mapping[str, Sequence[str]], *, share: float = SHARE):
        self._share = share
        self._names: dict[frozenset[str], str] = {}
        self._by_word: dict[tuple[str, int], list[frozenset[str]]] = {}
        for name, terms in clusters.items():
            self.add(name, terms)

    def add(self, name: str, terms: Iterable[str]) -> None:
        """The cluster of that name has the terms too."""
        for words in map(words_of, terms):
            if words not in self._names:
                for word in words:
                    self._by_word.setdefault((word, len(words)), []).append(words)
            self._names[words] = max(name, self._names.get(words, name))

    def nearest(self, term: str) -> str | None:
        """The name of the cluster with the term nearest to this one; None where none is near enough."""
        words = words_of(term)
        if not words:
            return None
        near = [(jaccard(words, each), self._names[each]) for each in self._candidates(words)]
        index, name = max(near, default=(0.0, ""))
        return name if index >= self._share else None

    def _candidates(self, words: frozenset[str]) -> Iterable[frozenset[str]]:
        if words in self._names:
            return (words,)  # nothing is nearer than the same words, and their cluster is the last by name
        smallest = math.ceil(self._share * len(words) - 1e-9)
        found: set[frozenset[str]] = set()
        for size in range(max(smallest, 1), math.floor(len(words) / self._share + 1e-9) + 1):
            common = math.ceil(self._share / (1 + self._share) * (len(words) + size) - 1e-9)
            lists = sorted((self._by_word.get((word, size), []) for word in words), key=len)
            for sets in lists[: len(words) - common + 1]:
                found.update(sets)
        return found


@lru_cache(maxsize=100_000)
def words_of(text: str) -> frozenset[str]:
    """The words of ``text`` that say something, in small letters."""
    return frozenset(re.findall(r"[^\W_]+", text.lower())) - STOPWORDS


def jaccard(left: frozenset[str], right: frozenset[str]) -> float:
    """The share of the words of both that they have in common, in [0, 1]; two without any share nothing."""
    return len(left & right) / len(left | right) if left | right else 0.0
