"""What an onboarding answer says by the way it is given: certainty, emphasis, gaps, charge, vocabulary."""

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import attrs

from ..values import not_negative
from .certainty import certainty, markers
from .vocabulary import STOPWORDS, TermOdds, counts, log_odds, terms, word_set

INTENSIFIERS = word_set(
    """absolutely always awful awfully badly completely crazy damn deeply desperately enormous entirely especially
    extremely finally forever fucking hate hell highly huge hugely incredibly insane insanely literally love
    massive massively never obsessed obsession passionate passionately really ridiculous ridiculously seriously
    sick so super terribly too totally truly unbelievable unbelievably utterly very"""
)
VAGUE_WORDS = word_set(
    """all anybody anyone anything approach area areas aspects basically best better bit bunch business businesses
    change company content different else etc everybody everyone everything experience general good great growth
    help high ideas important improve innovative issues kind kinds language lots many marketing mix modern nice
    normal nothing others people possible product products quality really right service services several
    solution solutions some somebody someone something sorts stuff success thing things tone typical usual value
    various voice whatever work world"""
)
NO_ANSWERS = word_set(
    """, -, --, n/a, na, none yet, idk, tbd, todo, ?, skip, pass, don't know, i don't know, we don't know, no idea,
    not sure, nothing yet"""
)
_ENOUGH_WORDS = 8
_CONCRETE_WORDS = 3
_TELLING = 1.0
_SIGNIFICANT = 1.96
_MOST_TERMS = 5
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_NUMBER = re.compile(
    r"\d|%|\b(?:two|three|four|five|six|seven|eight|nine|ten|dozen|hundred|thousand|million)\b", re.IGNORECASE
)


@attrs.frozen
class Words:
    """Words of the answer that caused a signal: its characters ``[start, end)``."""

    text: str
    start: int
    end: int


@attrs.frozen(kw_only=True)
class GivenAnswer:
    """An answer to one question, empty where it was skipped.

    ``expected_words`` says how long answers to the question usually are, relative to the other questions;
    ``sentiment`` in [-1, 1] is the mood of the answer and ``mood_words`` are the words that it rests on, if known.
    """

    key: str
    text: str
    expected_words: float = attrs.field(default=1.0, validator=not_negative)
    sentiment: float = 0.0
    mood_words: tuple[str, ...] = ()


@attrs.frozen(kw_only=True)
class Signal:
    """A measured value, the words that caused it, and in words what was found."""

    value: float
    words: tuple[Words, ...]
    note: str = ""


@attrs.frozen(kw_only=True)
class AnswerSignals:
    """The five implicit signals of one answer.

    ``certainty`` in (−1, 1); ``emphasis`` is the share of all words against the expected share (1: as expected);
    ``gap`` in [0, 1] is 1 where the question was skipped and 0 where nothing is missing; ``charge`` is 0 or more;
    ``vocabulary`` has a signal for each telling term, its value the z-score.
    """

    key: str
    certainty: Signal
    emphasis: Signal
    gap: Signal
    charge: Signal
    vocabulary: tuple[Signal, ...]

    @property
    def is_gap(self) -> bool:
        """Whether something has to be asked again."""
        return self.gap.value > 0

    def as_document(self) -> dict[str, Any]:
        """The signals as JSON values, each with its words and their place in the answer."""
        document = attrs.asdict(self)
        return {name: value for name, value in document.items() if name != "key"}


def implicit_signals(
    answers: Sequence[GivenAnswer], background: Mapping[str, int] | None = None
) -> tuple[AnswerSignals, ...]:
    """The signals of every answer, in order; each is judged against the others of the same person.

    ``background`` are term counts (`vocabulary.counts`) of what such businesses usually write; it refines the prior.
    """
    counted = [Counter[str]() if _is_skipped(answer.text) else counts(answer.text) for answer in answers]
    said = sum(counted, Counter[str]())
    everything = said + Counter(background or {})
    mass = max(5.0, said.total() / 10)
    lengths = [0 if _is_skipped(answer.text) else len(_WORD.findall(answer.text)) for answer in answers]
    expected = sum(answer.expected_words for answer in answers)
    return tuple(
        AnswerSignals(
            key=answer.key,
            certainty=_certainty(answer.text),
            emphasis=_emphasis(answer, length / (sum(lengths) or 1), answer.expected_words / (expected or 1)),
            gap=_gap(answer.text),
            charge=_charge(answer),
            vocabulary=_vocabulary(answer.text, own, log_odds(own, said - own, everything, mass=mass)),
        )
        for answer, length, own in zip(answers, lengths, counted, strict=True)
    )


def avoided_terms(answers: Sequence[GivenAnswer], background: Mapping[str, int]) -> tuple[TermOdds, ...]:
    """The terms of ``background`` (what such businesses write) that this person uses far less, the rarest first."""
    own = sum((counts(answer.text) for answer in answers), Counter[str]())
    return tuple(reversed([each for each in log_odds(own, background) if each.z < -_SIGNIFICANT]))


def _certainty(text: str) -> Signal:
    found = markers(text)
    boosters = sum(marker.polarity > 0 for marker in found)
    return Signal(
        value=certainty(text),
        words=tuple(_cut(text, marker.start, marker.end) for marker in found),
        note=f"{boosters} boosters, {len(found) - boosters} hedges",
    )


def _emphasis(answer: GivenAnswer, share: float, expected: float) -> Signal:
    return Signal(
        value=share / expected if expected else 0.0,
        words=_whole(answer.text),
        note=f"{share:.0%} of all words, {expected:.0%} expected",
    )


def _gap(text: str) -> Signal:
    """Vague is an answer without number, name and concrete word, or with few concrete words and few words at all."""
    if _is_skipped(text):
        return Signal(value=1.0, words=_whole(text), note="skipped")
    words = list(_WORD.finditer(text))
    vague = [match for match in words if match.group().casefold() in VAGUE_WORDS]
    concrete = {_stem(match.group()) for match in words if _is_concrete(match.group())}
    lacks = {
        "number": not _NUMBER.search(text),
        "name": not _has_name(text, words),
        "concrete noun": not concrete,
        "detail": len(words) < _ENOUGH_WORDS and len(concrete) < _CONCRETE_WORDS,
    }
    missing = [name for name, lacking in lacks.items() if lacking]
    if not (lacks["number"] and lacks["name"] and (lacks["concrete noun"] or lacks["detail"])):
        return Signal(value=0.0, words=())
    causes = tuple(_cut(text, *match.span()) for match in vague) or _whole(text)
    return Signal(value=len(missing) / len(lacks), words=causes, note=f"vague: no {', no '.join(missing)}")


def _charge(answer: GivenAnswer) -> Signal:
    """|sentiment| × ln(1 + words) × (1 + intensifiers / 4, at most 2)."""
    text = answer.text
    words = list(_WORD.finditer(text))
    strong = [match for match in words if match.group().casefold() in INTENSIFIERS or _is_shouted(match.group())]
    strong += re.finditer(r"!+", text)
    factor = min(1 + len(strong) / 4, 2.0)
    moods = {word.casefold() for word in answer.mood_words}
    causes = strong + [match for match in words if match.group().casefold() in moods and match not in strong]
    return Signal(
        value=abs(answer.sentiment) * math.log1p(len(words)) * factor,
        words=tuple(_cut(text, *span) for span in sorted({match.span() for match in causes})) or _whole(text),
        note=f"sentiment {answer.sentiment:+.2f}, {len(words)} words, {len(strong)} intensifiers",
    )


def _vocabulary(text: str, own: Mapping[str, int], odds: Iterable[TermOdds]) -> tuple[Signal, ...]:
    """The few terms with the highest z: one answer is too short for significance, so repeated terms have to do."""
    places: dict[str, list[Words]] = {}
    for term, start, end in terms(text):
        places.setdefault(term, []).append(_cut(text, start, end))
    telling = [each for each in odds if each.z > _TELLING and own[each.term] > 1][:_MOST_TERMS]
    return tuple(Signal(value=each.z, words=tuple(places[each.term]), note=each.term) for each in telling)


def _is_skipped(text: str) -> bool:
    return text.strip(" \t\n.!").casefold().replace("’", "'") in NO_ANSWERS


def _is_concrete(word: str) -> bool:
    plain = word.casefold().replace("’", "'")
    return len(plain) > 2 and plain not in VAGUE_WORDS and plain not in STOPWORDS and not plain.endswith("ly")


def _stem(word: str) -> str:
    return word.casefold().removesuffix("s")


def _has_name(text: str, words: Sequence[re.Match[str]]) -> bool:
    """A capital inside a word or inside a sentence; in a list of names the first one has no other mark."""
    for i, match in enumerate(words):
        word = match.group()
        if re.search(r".[A-Z]|[a-z]\d", word) and not _is_shouted(word):
            return True
        begins = i == 0 or re.search(r"[.!?\n]\s*$", text[: match.start()])
        if word[0].isupper() and not begins and word.split("'")[0] != "I":
            return True
    return len(words) == 1 and words[0].group()[0].isupper() and _is_concrete(words[0].group())


def _is_shouted(word: str) -> bool:
    return len(word) > 3 and word.isupper()


def _cut(text: str, start: int, end: int) -> Words:
    return Words(text[start:end], start, end)


def _whole(text: str) -> tuple[Words, ...]:
    stripped = text.strip()
    start = text.find(stripped) if stripped else 0
    return (Words(stripped, start, start + len(stripped)),) if stripped else ()
