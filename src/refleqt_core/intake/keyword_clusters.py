"""Which keywords belong together: those that share words, by Jaccard's index of their word sets."""

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import combinations, combinations_with_replacement

from .vocabulary import STOPWORDS

SHARE = 0.5
"""The least Jaccard index by which a keyword joins a cluster."""

ROUNDING = 1e-9
"""By how much a bound may be missed for floats being inexact."""


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

    Two sets of m and n words with a Jaccard index of at least s have o = s / (1 + s) · (m + n) words in common or more,
    so that one of these stands among any m − o + 1 words of the first, and two among any m − o + 2 (prefix filtering:
    Chaudhuri, Ganti, Kaushik 2006). The rarest are looked up, in pairs where two are certain, and only sets of a size
    that can be near.
    """

    def __init__(self, clusters: Mapping[str, Sequence[str]], *, share: float = SHARE):
        self._share = share
        self._names: dict[frozenset[str], str] = {}
        self._by_words: dict[tuple[str, str, int], list[frozenset[str]]] = {}
        for name, terms in clusters.items():
            self.add(name, terms)

    def add(self, name: str, terms: Iterable[str]) -> None:
        """The cluster of that name has the terms too."""
        for words in map(words_of, terms):
            if words not in self._names:
                for first, second in combinations_with_replacement(sorted(words), 2):
                    self._by_words.setdefault((first, second, len(words)), []).append(words)
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
        smallest = math.ceil(self._share * len(words) - ROUNDING)
        largest = math.floor(len(words) / self._share + ROUNDING)
        found: set[frozenset[str]] = set()
        for size in range(max(smallest, 1), largest + 1):
            found.update(*self._lists(words, size))
        return found

    def _lists(self, words: frozenset[str], size: int) -> Iterator[Sequence[frozenset[str]]]:
        """Lists that together hold every set of that size which can be near enough."""
        common = math.ceil(self._share / (1 + self._share) * (len(words) + size) - ROUNDING)
        rarest = sorted(words, key=lambda word: (len(self._by_words.get((word, word, size), ())), word))
        if common < 2:
            pairs = [(word, word) for word in rarest[: len(words) - common + 1]]
        else:
            pairs = list(combinations(sorted(rarest[: len(words) - common + 2]), 2))
        return (self._by_words.get((*pair, size), ()) for pair in pairs)


@lru_cache(maxsize=100_000)
def words_of(text: str) -> frozenset[str]:
    """The words of ``text`` that say something, in small letters."""
    return frozenset(re.findall(r"[^\W_]+", text.lower())) - STOPWORDS


def jaccard(left: frozenset[str], right: frozenset[str]) -> float:
    """The share of the words of both that they have in common, in [0, 1]; two without any share nothing."""
    return len(left & right) / len(left | right) if left | right else 0.0
