"""Which words somebody uses more than was to be expected.

Log-odds with an informative Dirichlet prior: Monroe, Colaresi, Quinn, *Fightin' Words* (2008), equations 15–22.
"""

import math
import re
from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple


def word_set(text: str) -> frozenset[str]:
    """The words of ``text`` between white space; with commas in it, the phrases between the commas."""
    parts = text.split(",") if "," in text else text.split()
    return frozenset(" ".join(part.split()) for part in parts)


STOPWORDS = word_set(
    """a about above after again against all also am an and any are aren't as at be because been before being below
    between both but by can can't cannot could couldn't did didn't do does doesn't doing don't down during each even
    ever few for from further get gets getting go goes going got had has hasn't have haven't having he he's her here
    hers him his how i i'd i'll i'm i've if in into is isn't it it's its itself just let's like lot lots made make me
    more most much my myself no nor not of off on once one only or other our ours out over own really same say says
    she so some still such than that that's the their them then there there's these they they'd they'll they're
    they've thing things this those through to too under until up us very was wasn't way we we'd we'll we're we've
    well were weren't what what's when where which while who whom why will with won't would wouldn't you you'd you'll
    you're you've your yours"""
)
"""English words that say nothing about their topic."""

_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")


class TermOdds(NamedTuple):
    """A term, its log-odds in the text against the background, and the z-score of those."""

    term: str
    log_odds: float
    z: float


def terms(text: str) -> list[tuple[str, int, int]]:
    """The words of ``text`` that are not stopwords, and pairs of neighbours among them, each with its span.

    In small letters; a pair is two words with nothing but white space between them.
    """
    words = [(match.group().casefold().replace("’", "'"), *match.span()) for match in _WORD.finditer(text)]
    found = []
    for i, (word, start, end) in enumerate(words):
        if _is_stopword(word):
            continue
        found.append((word, start, end))
        if i + 1 < len(words) and not _is_stopword(words[i + 1][0]) and text[end : words[i + 1][1]].isspace():
            found.append((f"{word} {words[i + 1][0]}", start, words[i + 1][2]))
    return found


def counts(text: str) -> Counter[str]:
    """How often each of the `terms` occurs."""
    return Counter(term for term, _, _ in terms(text))


def log_odds(
    here: Mapping[str, int], elsewhere: Mapping[str, int], prior: Mapping[str, int] | None = None, *, mass: float = 100
) -> list[TermOdds]:
    """Every term of the two texts by its z-score in ``here`` against ``elsewhere``, the highest first.

    The Dirichlet prior has the frequencies of ``prior`` (default: of both together), smoothed by one and scaled to
    ``mass`` words, so that a rare word needs more than one occurrence to lead. A z above 1.96 is unlikely to be chance;
    below −1.96 the term is avoided. Ties are in the order of the alphabet.
    """
    vocabulary = sorted(set(here) | set(elsewhere) | set(prior or ()))
    if not vocabulary:
        return []
    base = prior if prior is not None else Counter(here) + Counter(elsewhere)
    scale = mass / (sum(base.values()) + len(vocabulary))
    weights = {term: (base.get(term, 0) + 1) * scale for term in vocabulary}
    n_here, n_elsewhere = sum(here.values()), sum(elsewhere.values())
    odds = [
        _odds(term, here.get(term, 0), n_here, elsewhere.get(term, 0), n_elsewhere, weights[term], mass)
        for term in vocabulary
    ]
    return sorted(odds, key=lambda each: (-each.z, each.term))


def _odds(term: str, y_i: int, n_i: int, y_j: int, n_j: int, weight: float, mass: float) -> TermOdds:
    delta = _logit(y_i, n_i, weight, mass) - _logit(y_j, n_j, weight, mass)
    return TermOdds(term, delta, delta / math.sqrt(1 / (y_i + weight) + 1 / (y_j + weight)))


def _logit(y: int, n: int, weight: float, mass: float) -> float:
    """With a single term in the vocabulary the odds are without bound; then they are those of one word more."""
    return math.log((y + weight) / max(n + mass - y - weight, 1.0))


def _is_stopword(word: str) -> bool:
    return word in STOPWORDS or len(word) < 2
