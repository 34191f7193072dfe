"""Reads a text by cue phrases, a dictionary of names, key phrases (YAKE) and sentiment (VADER); every quote literal."""

import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from refleqt_core.context.chunking import Passage, sentences
from refleqt_core.context.extraction import MOST_CHARACTERS
from refleqt_core.context.instructions_in_text import cleared
from refleqt_core.intake.implicit_signals import INTENSIFIERS, VAGUE_WORDS
from refleqt_core.intake.vocabulary import STOPWORDS

from .offline_lexicon import feelings, patterns, topics, words
from .offline_names import Named, is_called_competitor, known_names, new_names

_CUED_KINDS = ("customer_insight", "brand_voice", "alignment_gap", "signal")
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_LINE_HEAD = re.compile(r"^[ \t>*-]*([^\W\d_]\S*(?:[ \t]+\S+){0,2}?)[ \t]*:[ \t]", re.MULTILINE)
_MOST_WORDS = 14
_LONGEST_CLAUSE = 40


def extract(text: str, known: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """What ``text`` holds, as the JSON of an `ExtractedContext`; ``known`` has competitors, products and people.

    What talks to a model is left out of everything, so that with it or without the answer is the same.
    """
    said = sentences(cleared(text).text)
    moods = [mood_of(sentence.text) for sentence in said]
    plain = _blanked(text, said)
    names = _all_names(said, plain, known)
    phrases = _key_phrases(plain, _name_words(plain, names, known))
    findings: list[dict[str, Any]] = []
    for sentence, mood in zip(said, moods, strict=True):
        about = {
            "quote": sentence.text,
            "topic": _topic(sentence.text, phrases),
            "charge": _charge(sentence.text, mood),
        }
        found = (*_cued(sentence.text), *_felt(sentence.text), *_named(sentence, names))
        findings += ({**each, **about} for each in found)
        findings += ({"kind": "theme", "text": phrase, **about} for phrase in _begun(phrases, sentence, said))
    findings = [each for each in findings if all(0 < len(each[name]) <= MOST_CHARACTERS for name in ("text", "topic"))]
    lengths = [len(sentence.text.split()) for sentence in said]
    return {
        "findings": findings,
        "sentiment": sum(n * mood for n, mood in zip(lengths, moods, strict=True)) / (sum(lengths) or 1),
        "topics": [name for name, _ in Counter(finding["topic"] for finding in findings).most_common()],
    }


def _blanked(text: str, said: Sequence[Passage]) -> str:
    """``text`` with spaces for all that is not in ``said``: every place stays where it was."""
    signs = [" "] * len(text)
    for sentence in said:
        signs[sentence.start : sentence.end] = sentence.text
    return "".join(signs)


def _cued(sentence: str) -> Iterator[dict[str, str]]:
    for kind in _CUED_KINDS:
        matches = [match for pattern in patterns(kind) if (match := pattern.search(sentence))]
        if matches:
            yield {"kind": kind, "text": _clause(sentence, min(match.start() for match in matches))}


def _felt(sentence: str) -> Iterator[dict[str, str]]:
    """The feeling that the sentence speaks of, if it does."""
    feeling = next((name for name, pattern in feelings() if pattern.search(sentence)), None)
    if feeling is not None:
        yield {"kind": "emotional_charge", "text": feeling}


def _clause(sentence: str, start: int) -> str:
    """The few words from ``start`` on, to the end of their clause if it comes soon."""
    clause = re.split(r"[.!?;:](?:\s|$)", sentence[start:].lstrip(" ,.;:!"))[0]
    return " ".join(clause.split()[:_MOST_WORDS])[:MOST_CHARACTERS].rstrip(", ")


def _all_names(said: Sequence[Passage], text: str, known: Mapping[str, Sequence[str]]) -> list[Named]:
    names = known_names(text, known.items())
    for sentence in said:
        fresh = list(new_names(sentence, text))
        names += [each for each in fresh if not any(each.start < old.end and old.start < each.end for old in names)]
    return names


def _named(sentence: Passage, names: Sequence[Named]) -> Iterator[dict[str, str]]:
    """Each name of the sentence once."""
    here = [name for name in names if sentence.start <= name.start < sentence.end]
    for name in {name.text: name for name in reversed(here)}.values():
        competes = name.group == "competitors" or (
            name.group is None and is_called_competitor(sentence.text, name.text)
        )
        yield {"kind": "competitor_mention" if competes else "entity", "text": name.text}


def _name_words(text: str, names: Sequence[Named], known: Mapping[str, Sequence[str]]) -> set[str]:
    """The words that name somebody, and those that stand before the colon of a line, as speakers and headings do."""
    named = [*(name.text for name in names), *known.get("people", ()), *_LINE_HEAD.findall(text)]
    return {word for name in named for word in name.casefold().split()}


def _key_phrases(text: str, names: set[str]) -> list[str]:
    """The most telling phrases, the best first: one for every 14 words or so, no names, no two that share a word."""
    wanted = max(2, min(8, round(len(text.split()) / 14)))
    kept: list[str] = []
    ranked = _ranked(text)
    for phrase in (_whole_term(each, ranked, text.casefold()) for each in ranked):
        words_of_it = set(phrase.casefold().split())
        if not words_of_it <= names and not any(words_of_it & set(other.casefold().split()) for other in kept):
            kept.append(phrase)
    return kept[:wanted]


def _whole_term(word: str, candidates: Sequence[str], text: str) -> str:
    """The pair that ``word`` always stands in ("fair" in "trade fair"), if there is one, else the word itself."""
    pairs = (each for each in candidates if " " in each and word.casefold() in each.casefold().split())
    alone = text.count(word.casefold())
    return next((pair for pair in pairs if text.count(pair.casefold()) == alone), word)


def _ranked(text: str) -> list[str]:
    """YAKE favours what stands early; words of a marketing topic count twice as much as others."""
    scored = _candidates(text)
    return sorted(scored, key=lambda phrase: (scored[phrase] / (2 if _has_topic(phrase) else 1), phrase))


def _has_topic(phrase: str) -> bool:
    return any(pattern.search(phrase) for _, pattern in topics())


def _candidates(text: str) -> dict[str, float]:
    """YAKE's phrases with their score (the lower the better), without those that say nothing at an edge."""
    scored = _yake().extract_keywords(" ".join(text.split()))
    return {
        phrase: float(score)
        for phrase, score in scored
        if len(phrase) <= MOST_CHARACTERS and not _says_nothing(phrase.casefold().split())
    }


def _says_nothing(phrase: Sequence[str]) -> bool:
    empty = STOPWORDS | VAGUE_WORDS | INTENSIFIERS | words("not_themes")
    edges = [word.strip(".,;:!?'’") for word in (phrase[0], phrase[-1])]
    return any(word in empty or len(word) < 3 or not word[0].isalpha() for word in edges)


def _begun(phrases: Sequence[str], sentence: Passage, said: Sequence[Passage]) -> Iterator[str]:
    """The phrases whose first sentence this is, as written there."""
    for phrase in phrases:
        pattern = re.compile(r"\W+".join(map(re.escape, phrase.split())), re.IGNORECASE)
        first = next((each for each in said if pattern.search(each.text)), None)
        match = pattern.search(sentence.text)
        if first is sentence and match:
            yield match.group()


def _topic(sentence: str, phrases: Sequence[str]) -> str:
    hits = [(len(pattern.findall(sentence)), name) for name, pattern in topics()]
    most, name = max(hits, key=lambda hit: hit[0])
    if most:
        return name
    return next((phrase.casefold() for phrase in phrases if phrase.casefold() in sentence.casefold()), "general")


def mood_of(sentence: str) -> float:
    """The mood of a sentence in [-1, 1], by VADER's compound score (Hutto and Gilbert 2014)."""
    return float(_vader().polarity_scores(sentence)["compound"])


def mood_words(text: str) -> tuple[str, ...]:
    """The words of a text that VADER's lexicon gives a mood of their own, in order, as they are written."""
    lexicon = _vader().lexicon
    return tuple(word for word in _WORD.findall(text) if word.lower() in lexicon)


def _charge(sentence: str, mood: float) -> float:
    """|sentiment| × log length (1 at 40 words) × intensifiers, in [0, 1]."""
    said = sentence.split()
    strong = sum(word.strip(".,!?").casefold() in INTENSIFIERS for word in said) + sentence.count("!")
    length = math.log1p(len(said)) / math.log1p(_LONGEST_CLAUSE)
    return round(min(1.0, abs(mood) * min(1.0, length) * (1 + strong / 4)), 4)


@cache
def _vader() -> Any:
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    return SentimentIntensityAnalyzer()


def _yake() -> Any:
    """A new one for each text, since it keeps a cache that is not made for threads; its stop words are read once."""
    import yake

    return yake.KeywordExtractor(lan="en", n=2, dedup_lim=0.9, top=40, stopwords=_yake_stopwords())


@cache
def _yake_stopwords() -> frozenset[str]:
    import yake

    return frozenset(yake.KeywordExtractor(lan="en").stopword_set)
