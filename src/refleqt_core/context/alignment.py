"""Whether the members of a team say the same of the same things: their statements on one topic, compared pairwise."""

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import attrs
import numpy as np

from ..intake.transcripts import WORD
from ..intake.vocabulary import STOPWORDS
from ..ports import Embedder, Vectors

ON_TOPIC = 0.35
"""Cosine from which on two statements that share a word of weight are about the same thing.

Chosen by eye on the notes of the sample business: below it, most pairs share nothing but the word.
"""

FEWEST_PAIRS = 5
MOST_STATEMENTS = 600
"""The newest ones; comparing is quadratic."""

FEWEST_WORDS = 4
"""Of a statement: shorter ones say yes, no and thank you."""

SAME_RUN = 3
"""Words in a row that two statements share where both say what one thing is: "our customer is …"."""

SUBJECT = 8
"""Words of a statement within which its subject is named."""

_SHORTEST = 4
_NEGATION = re.compile(r"\b(?:not?|never|nobody|nothing|none|neither|nor|without|cannot|\w+n['’]t)\b", re.IGNORECASE)

Words = tuple[str, ...]

Mood = Callable[[str], float]
"""The mood of a text in [-1, 1]."""


class Statement(NamedTuple):
    """A sentence of somebody, and where it was said: ``second`` of the recording where it was spoken."""

    speaker: str
    text: str
    activity_id: UUID
    held_at: datetime
    second: float | None = None


class Compared(NamedTuple):
    """Two statements of two people on one topic, with their cosine ``similarity`` and ``divergence`` in [0, 1]."""

    topic: str
    one: Statement
    other: Statement
    similarity: float
    divergence: float
    why: str


@attrs.frozen(kw_only=True)
class Alignment:
    """How far the team agrees: 1 less the mean divergence of the compared pairs, None where they are too few.

    ``widest`` are the pairs that diverge most, one for each topic and pair of people. ``left_out`` counts older
    statements that were not compared. ``lacks`` says what is missing, ``sees`` what the comparison can see at all.
    """

    speakers: tuple[str, ...]
    statements: int
    left_out: int
    pairs: int
    agreement: float | None
    widest: tuple[Compared, ...]
    lacks: str | None
    sees: str = (
        "Statements of two people that share a word of weight and are near in meaning are compared. Far apart are those"
        " of opposite mood, those of which one alone denies, and those that say different things of one subject. Irony,"
        " and a disagreement in other words, it does not see."
    )


def alignment(said: Sequence[Statement], embedder: Embedder, mood: Mood, *, show: int = 5) -> Alignment:
    """The team's alignment by ``said``. Deterministic, whatever the order of the statements."""
    told = sorted(
        (each for each in set(said) if len(WORD.findall(each.text)) >= FEWEST_WORDS),
        key=lambda each: (each.held_at, each.speaker, each.text, each.second or 0.0, each.activity_id),
    )
    kept = told[-MOST_STATEMENTS:]
    speakers = tuple(sorted({each.speaker for each in kept}))
    pairs = _compared(kept, embedder, mood) if len(speakers) > 1 else []
    enough = len(pairs) >= FEWEST_PAIRS
    return Alignment(
        speakers=speakers,
        statements=len(kept),
        left_out=len(told) - len(kept),
        pairs=len(pairs),
        agreement=1 - float(np.mean([pair.divergence for pair in pairs])) if enough else None,
        widest=_widest(pairs, show),
        lacks=_lacking(speakers, len(pairs)),
    )


def _lacking(speakers: Sequence[str], pairs: int) -> str | None:
    if len(speakers) < 2:
        return "nobody knows who said what: name the speakers in notes ('Ada: …'), or bring in a transcript that does"
    if pairs < FEWEST_PAIRS:
        return f"{pairs} pairs of statements are on one topic, and {FEWEST_PAIRS} are the fewest that show anything"
    return None


def _compared(said: Sequence[Statement], embedder: Embedder, mood: Mood) -> list[Compared]:
    vectors = embedder.embed([each.text for each in said])
    near = vectors @ vectors.T
    words = [tuple(match.group().casefold() for match in WORD.finditer(each.text)) for each in said]
    weighty, denies = [_weighty(each) for each in words], [bool(_NEGATION.search(each.text)) for each in said]
    candidates = [
        (i, j)
        for i, j in zip(*np.nonzero(np.triu(near >= ON_TOPIC, k=1)), strict=True)
        if said[i].speaker != said[j].speaker and weighty[i] & weighty[j]
    ]
    moods = {place: mood(said[place].text) for place in {place for pair in candidates for place in pair}}
    apart = _apart_after_run([(words[i], words[j]) for i, j in candidates], embedder)
    found = []
    for (i, j), rest in zip(candidates, apart, strict=True):
        similarity = float(np.clip(near[i, j], -1.0, 1.0))
        topic = _topic(weighty[i] & weighty[j], said[i].text)
        divergence, why = _divergence(similarity, abs(moods[i] - moods[j]) / 2, denies[i] != denies[j], rest)
        found.append(Compared(topic, said[i], said[j], similarity, divergence, why))
    return found


def _divergence(similarity: float, moods_apart: float, one_denies: bool, rest_apart: float | None) -> tuple[float, str]:
    """How far two statements of one topic are apart, in [0, 1], and by what most.

    Half of it is distance in meaning, and half contradiction: of moods, or ½ where one alone denies. What is said of
    the same subject in the same words counts whole by what differs.
    """
    denied = 0.5 if one_denies else 0.0
    distance = (1 - max(similarity, 0.0)) / 2
    cases = [
        (rest_apart or 0.0, "they say different things of one subject"),
        (distance + moods_apart / 2, "their moods are opposite" if moods_apart > 0 else "they say different things"),
        (distance + denied / 2, "one of them denies"),
    ]
    return max(cases, key=lambda case: case[0])


def _apart_after_run(texts: Sequence[tuple[Words, Words]], embedder: Embedder) -> list[float | None]:
    """For two texts that share a run of words, how far apart in meaning they are after it; None where they share none.

    "Our customer is the head chef" and "Our customer is whoever signs" are near as a whole, and far in what counts.
    """
    rests = [_after_run(*pair) for pair in texts]
    told = sorted({rest for pair in rests if pair for rest in pair})
    place = {rest: n for n, rest in enumerate(told)}
    vectors: Vectors = embedder.embed(told)
    return [
        None if pair is None else float(np.clip(1 - vectors[place[pair[0]]] @ vectors[place[pair[1]]], 0.0, 1.0))
        for pair in rests
    ]


def _after_run(first: Words, second: Words) -> tuple[str, str] | None:
    """What follows in each text on the first run of `SAME_RUN` words or more that both begin with, or nearly."""
    starts = {second[n : n + SAME_RUN]: n for n in reversed(range(min(len(second), SUBJECT) - SAME_RUN + 1))}
    for n in range(min(len(first), SUBJECT) - SAME_RUN + 1):
        run = first[n : n + SAME_RUN]
        if run not in starts or not any(_has_weight(word) for word in run):
            continue
        end, other_end = n + SAME_RUN, starts[run] + SAME_RUN
        while end < len(first) and other_end < len(second) and first[end] == second[other_end]:
            end, other_end = end + 1, other_end + 1
        rests = " ".join(first[end:]), " ".join(second[other_end:])
        if all(rests):
            return rests
    return None


def _weighty(words: Words) -> frozenset[str]:
    """The words that a statement can be about, without the s of a plural."""
    return frozenset(re.sub(r"(?:['’]s|(?<!s)s)$", "", word) for word in words if _has_weight(word))


def _has_weight(word: str) -> bool:
    return len(word) >= _SHORTEST and word not in STOPWORDS and not _NEGATION.fullmatch(word)


def _topic(shared: Iterable[str], text: str) -> str:
    """The shared words in the order in which they stand in the text."""
    spelled = text.casefold()
    return " ".join(sorted(shared, key=lambda word: (spelled.find(word), word))[:3])


def _widest(pairs: Iterable[Compared], show: int) -> tuple[Compared, ...]:
    """The pairs that diverge most, each topic and each pair of people once, no statement twice."""
    found: list[Compared] = []
    seen: set[object] = set()
    ordered = sorted(pairs, key=lambda each: (-each.divergence, each.one.text, each.other.text))
    for pair in ordered:
        marks = {pair.one, pair.other, (pair.topic, frozenset((pair.one.speaker, pair.other.speaker)))}
        if len(found) < show and not marks & seen:
            found.append(pair)
            seen |= marks
    return tuple(found)
