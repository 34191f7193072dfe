"""How sure somebody sounds: boosters and hedges of English, with their negation and scope.

The words follow the lists of Hyland, *Metadiscourse* (2005); the rules of scope are our own.
"""

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from .vocabulary import word_set

BOOSTERS = word_set(
    """absolutely, always, beyond doubt, by far, certain, certainly, clear that, clearly, completely, confident,
    convinced, definitely, every single, everyone knows, exactly, for sure, guaranteed, hands down, in fact,
    indeed, it's clear, know, must be, never, no doubt, no question, obvious, obviously, of course, one hundred
    percent, period, precisely, proven, sure, surely, totally, undeniably, undoubtedly, we've proven, without a
    doubt, without doubt, without question"""
)
HEDGES = word_set(
    """almost, apparently, appear to, appears to, approximately, around, about, as far as i know, assume, at a guess,
    believe, can't say, could, could be, debatable, depends, don't know, doubt, doubtful, feel, figuring out,
    generally, guess, guessing, hard to say, hard to tell, hope, hopefully, hunch, i'd say, i would say, idk, in
    theory, in a way, kind of, likely, may, maybe, might, more or less, mostly, no clue, no idea, not
    necessarily, often, or so, perhaps, possibly, presumably, pretty sure, fairly sure, probably, questionable,
    reckon, roughly, seem, seemed, seems, sometimes, somewhat, sort of, supposedly, suppose, suspect, tend to,
    tends to, think, to some extent, typically, uncertain, unclear, unsure, usually, we'll see, who knows"""
)

_TOKEN = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*|\d[\d.,]*%?|[^\w\s]")
_CLAUSE_ENDS = frozenset('.,;:!?()—–"“”') | {"but", "because", "although", "though", "however", "while", "whereas"}
_NEGATORS = frozenset(
    {"not", "no", "never", "nor", "neither", "cannot", "without", "hardly", "barely", "nobody", "isnt"}
)
_FIRST_PERSON = frozenset({"i", "we", "i'd", "we'd", "i'm", "we're", "i've", "we've", "personally"})
_OWN_THOUGHT = frozenset(
    {"assume", "believe", "feel", "guess", "hope", "know", "reckon", "suppose", "suspect", "think"}
)
_BEFORE_CERTAIN = frozenset({"am", "are", "is", "i'm", "we're", "be", "feel", "absolutely", "quite", "not", "for"})
_BEFORE_A_SORT = word_set("the this that these what any every each some a which certain one same another right other")
_OTHER_SENSE: Mapping[str, tuple[frozenset[str], frozenset[str]]] = {
    "sure": (frozenset({"make", "makes", "making", "made"}), frozenset()),
    "kind of": (_BEFORE_A_SORT, frozenset()),
    "sort of": (_BEFORE_A_SORT, frozenset()),
    "period": (frozenset({"a", "the", "trial", "this", "that", "billing", "time"}), frozenset({"of"})),
    "think": (frozenset({"to"}), frozenset({"about", "of", "through"})),
    "believe": (frozenset({"to"}), frozenset({"in"})),
    "feel": (frozenset({"to"}), frozenset({"like", "free"})),
    "may": (frozenset({"in", "since", "until", "by", "last", "next", "of"}), frozenset()),
    "depends": (frozenset({"that"}), frozenset()),
    "know": (frozenset({"to"}), frozenset({"how"})),
}
"""Words before or after, with which the word means something else."""

_FLIPPED_BY_NEGATION = frozenset(
    {"doubt", "doubtful", "guess", "guessing", "hunch", "questionable", "unclear", "debatable"}
)
"""Hedges that assert when negated ("we're not guessing"); the others stay hedges ("it might not")."""

_REACH = 3
"""How many words a negation reaches within its clause."""

_WORDS: Mapping[tuple[str, ...], int] = {
    **{tuple(phrase.split()): 1 for phrase in BOOSTERS},
    **{tuple(phrase.split()): -1 for phrase in HEDGES},
}
_LONGEST = max(map(len, _WORDS))


class Marker(NamedTuple):
    """A booster (+1) or hedge (−1): the words ``text[start:end]``, with the negation that turned them."""

    start: int
    end: int
    polarity: int


class _Token(NamedTuple):
    word: str
    start: int
    end: int
    raw: str


def markers(text: str) -> tuple[Marker, ...]:
    """The boosters and hedges of ``text`` in order; each word counts once, the longest phrase first.

    A negated booster is a hedge ("not sure", "don't always"). Thoughts count only in the first person ("I think", not
    "customers think"), approximators only before a number, and a question as an answer is a hedge.
    """
    tokens = [_Token(_normal(match.group()), *match.span(), match.group()) for match in _TOKEN.finditer(text)]
    found: list[Marker] = []
    taken = -1
    for i in range(len(tokens)):
        match = _phrase_at(tokens, i) if i > taken else None
        if match is None:
            if tokens[i].word == "?":
                found.append(Marker(tokens[i].start, tokens[i].end, -1))
            continue
        length, polarity = match
        negator = _negator(tokens, i)
        taken = i + length - 1
        if negator is not None and found and found[-1].start == tokens[negator].start:
            found.pop()
        first = i if negator is None else negator
        found.append(Marker(tokens[first].start, tokens[taken].end, _turned(tokens, i, length, polarity, negator)))
    return tuple(found)


def certainty(text: str) -> float:
    """(boosters − hedges) / (boosters + hedges + 1), in (−1, 1); 0 where there is neither."""
    found = markers(text)
    return sum(marker.polarity for marker in found) / (len(found) + 1)


def _normal(word: str) -> str:
    return word.casefold().replace("’", "'")


def _phrase_at(tokens: Sequence[_Token], i: int) -> tuple[int, int] | None:
    for length in range(min(_LONGEST, len(tokens) - i), 0, -1):
        words = tuple(token.word for token in tokens[i : i + length])
        if words in _WORDS and _is_meant(tokens, i, words):
            return length, _WORDS[words]
    return None


def _is_meant(tokens: Sequence[_Token], i: int, words: tuple[str, ...]) -> bool:
    """Whether the words stand in the sense that makes them a hedge or booster."""
    phrase = " ".join(words)
    before = tokens[i - 1].word if i else ""
    after = tokens[i + len(words)].word if i + len(words) < len(tokens) else ""
    not_before, not_after = _OTHER_SENSE.get(phrase, (frozenset(), frozenset()))
    if before in not_before or after in not_after:
        return False
    if phrase in {"about", "around"}:
        return after[:1].isdigit()
    if phrase == "certain":
        return before in _BEFORE_CERTAIN or after in {"that", "of", "about"}
    if phrase in _OWN_THOUGHT:
        clause = _clause_before(tokens, i, _REACH)
        return not clause or before in {"my", "our"} or any(tokens[j].word in _FIRST_PERSON for j in clause)
    return not (phrase == "may" and tokens[i].raw == "May" and before not in {"", "."})


def _clause_before(tokens: Sequence[_Token], i: int, reach: int) -> list[int]:
    """The indices of up to ``reach`` words before word ``i`` in its clause, the nearest first."""
    clause = []
    for j in range(i - 1, max(-1, i - 1 - reach), -1):
        if tokens[j].word in _CLAUSE_ENDS:
            break
        clause.append(j)
    return clause


def _negator(tokens: Sequence[_Token], i: int) -> int | None:
    for j in _clause_before(tokens, i, _REACH):
        negates = tokens[j].word in _NEGATORS or tokens[j].word.endswith("n't")
        if negates and tokens[j + 1].word != "only":
            return j
    return None


def _turned(tokens: Sequence[_Token], i: int, length: int, polarity: int, negator: int | None) -> int:
    if negator is None:
        return polarity
    phrase = " ".join(token.word for token in tokens[i : i + length])
    return -polarity if polarity > 0 or phrase in _FLIPPED_BY_NEGATION else polarity
