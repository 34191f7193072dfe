"""A whole text read in passages that overlap, and what was found in them put together."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import NamedTuple

import attrs

from ..ports.llm import LLM, Usage
from ..values import BusinessId
from .asking import PassageAnswer, asked
from .chunking import Passage, passages, tokens
from .extraction import (
    NAMED_KINDS,
    ExtractedContext,
    KnownNames,
    Proven,
    confidence_of,
    place_of,
    verified,
)
from .instructions_in_text import Cleared, cleared

SIZE, OVERLAP = 1500, 120
"""Tokens of a passage, and of what it shares with the one before."""

FEWEST_WORDS = 4
"""A quote of fewer words says too little of its surroundings to be a witness without doubt."""

Ask = Callable[[str], PassageAnswer]
"""Gives what is found in a passage that is clear of what talks to a model."""


@attrs.frozen(kw_only=True)
class Reading:
    """A whole text as read: proven findings, how many were dropped, mood in [-1, 1], topics, and what it took.

    ``left_out`` counts the places that talk to a model and were shown to none.
    """

    findings: tuple[Proven, ...]
    dropped: int
    sentiment: float
    topics: tuple[str, ...]
    usages: tuple[Usage, ...]
    passages: int = 0
    left_out: int = 0


class Prepared(NamedTuple):
    """A text without what talks to a model, and the passages in which it is read."""

    text: Cleared
    passages: tuple[Passage, ...]


def prepared(text: str, *, size: int = SIZE, overlap: int = OVERLAP) -> Prepared:
    """How ``text`` is shown to a model: passages of at most ``size`` tokens, none of which holds an order to it."""
    shown = cleared(text)
    return Prepared(shown, passages(shown.text, size=size, overlap=overlap))


def read(
    llm: LLM,
    text: str,
    known: KnownNames,
    *,
    size: int = SIZE,
    overlap: int = OVERLAP,
    business_id: BusinessId | None = None,
) -> Reading:
    """``text`` read whole by ``llm``, on account of the business if one is given; see `read_by`.

    A blank text gives an empty reading without asking ``llm``, whose errors come through.
    """
    return read_by(
        lambda part: asked(llm, part, known, business_id), text, known, prepared(text, size=size, overlap=overlap)
    )


def read_by(ask: Ask, text: str, known: KnownNames, shown: Prepared) -> Reading:
    """The answers of ``ask`` to each passage put together: what two of them saw counts once, with its longest quote.

    The mood is the mean over the passages by their length, the topics come by how many passages have them. A finding's
    confidence is that of `confidence_of`. Its witnesses are the passages that hold its quote whole, of which those
    agree that have the finding; the business's own list, for a name that stands on it; and one that does not agree for
    a quote that had to be asked for again, and for one of fewer than `FEWEST_WORDS` words that is more than a name.
    """
    answers = [ask(part.text) for part in shown.passages]
    parts = [_Part(part, answer, text, shown.text) for part, answer in zip(shown.passages, answers, strict=True)]
    weights = [tokens(part.text) for part in shown.passages]
    merged = _merged([part.proven for part in parts])
    return Reading(
        findings=tuple(_as_known(_weighed(each, parts, known), known) for each in merged),
        dropped=sum(part.dropped for part in parts),
        sentiment=sum(w * answer.sentiment for w, answer in zip(weights, answers, strict=True)) / (sum(weights) or 1),
        topics=_by_frequency([answer.topics for answer in answers]),
        usages=tuple(usage for answer in answers for usage in answer.usages),
        passages=len(parts),
        left_out=len(shown.text.spans),
    )


class _Part:
    """A passage with what its answer proves in the whole text."""

    def __init__(self, passage: Passage, answer: PassageAnswer, text: str, shown: Cleared):
        extracted = ExtractedContext(findings=list(answer.findings))
        found = verified(extracted, text, start=passage.start, end=passage.end, blank=shown.spans)
        self.passage, self.proven, self.dropped = passage, found.kept, answer.dropped + found.dropped
        self.again = {id(answer.findings[place]) for place in answer.again}

    def holds(self, proven: Proven) -> bool:
        return self.passage.start <= proven.start and proven.end <= self.passage.end

    def agrees(self, proven: Proven) -> bool:
        return any(_is_same(proven, own) for own in self.proven)

    def had_to_be_asked(self, proven: Proven) -> bool:
        return id(proven.finding) in self.again


def _weighed(proven: Proven, parts: Sequence[_Part], known: KnownNames) -> Proven:
    held = [part for part in parts if part.holds(proven)]
    finding, agreed, witnesses = proven.finding, sum(part.agrees(proven) for part in held), len(held)
    if finding.kind in NAMED_KINDS:
        is_known = finding.text.casefold() in _spelled(known)
        agreed, witnesses = agreed + is_known, witnesses + is_known
    elif len(finding.quote.split()) < FEWEST_WORDS:
        witnesses += 1
    witnesses += any(part.had_to_be_asked(proven) for part in parts)
    return proven._replace(confidence=confidence_of(agreed, witnesses))


def _spelled(known: KnownNames) -> dict[str, str]:
    return {name.casefold(): name for name in (*known.people, *known.products, *known.competitors)}


def _as_known(proven: Proven, known: KnownNames) -> Proven:
    """A known name as the business spells it, however the source did; the quote stays as it stands there."""
    if proven.finding.kind not in NAMED_KINDS:
        return proven
    text = _spelled(known).get(proven.finding.text.casefold(), proven.finding.text)
    return proven._replace(finding=replace(proven.finding, text=text))


def _merged(parts: Sequence[tuple[Proven, ...]]) -> tuple[Proven, ...]:
    """All findings by place; what two parts saw alike stands once, with its longest quote."""
    kept: dict[tuple[str, str], list[Proven]] = {}
    for proven in sorted((each for part in parts for each in part), key=_longest_first):
        alike = kept.setdefault((proven.finding.kind, proven.finding.text.casefold()), [])
        if not any(_is_same(proven, other) for other in alike):
            alike.append(proven)
    return tuple(sorted((each for alike in kept.values() for each in alike), key=place_of))


def _longest_first(proven: Proven) -> tuple[int, int]:
    return proven.start - proven.end, proven.start


def _is_same(a: Proven, b: Proven) -> bool:
    """A theme is said once for a whole source, anything else once for its place."""
    if (a.finding.kind, a.finding.text.casefold()) != (b.finding.kind, b.finding.text.casefold()):
        return False
    return a.finding.kind == "theme" or (a.start < b.end and b.start < a.end)


def _by_frequency(lists: Sequence[Sequence[str]]) -> tuple[str, ...]:
    counts: dict[str, int] = {}
    for topic in (topic for topics in lists for topic in dict.fromkeys(topics)):
        counts[topic] = counts.get(topic, 0) + 1
    return tuple(sorted(counts, key=lambda topic: -counts[topic]))
