"""What the people of a segment say, word for word, and what comes up again and again, each with its source."""

import math
import re
from collections.abc import Iterable, Sequence
from uuid import UUID

import attrs

from ..intake.business import Segment
from ..intake.vocabulary import STOPWORDS
from .landscape import Landscape

LONGEST = 160
_WORD = re.compile(r"[^\W_]+")
_SPEAKER = re.compile(r"[A-Z][\w'’.-]*(?: [A-Z][\w'’.-]*){0,2}:\s+(?=\S)")
_SENTENCE = re.compile(r"[^.!?\n]+[.!?]*")


@attrs.frozen
class Quote:
    """A literal part of a stored source."""

    text: str
    source_type: str
    source_id: UUID


def pains_of(landscape: Landscape, segment: Segment, words: Iterable[str] = (), count: int = 2) -> list[Quote]:
    """What the segment was reported to need, and its known pain points, those nearest to ``words`` first.

    A vent is what the business itself has to get off its chest, and nothing of the segment's. Who reported it is left
    off: that is somebody of the team.
    """
    wanted = _stems(" ".join(words))
    own = _stems(" ".join((segment.name, *segment.job_titles, *segment.pain_points)))
    heard = [
        (len(stems & wanted) + 0.5 * len(stems & own), row)
        for row in landscape.insights
        if row.source_type != "vent" and len(row.quote) <= LONGEST and (stems := _stems(row.quote)) & (own | wanted)
    ]
    heard.sort(key=lambda each: (-each[0], str(each[1].id)))
    quotes = [Quote(without_speaker(row.quote), row.source_type, row.source_id) for _, row in heard]
    known = [Quote(pain, "onboarding", landscape.profile.id) for pain in segment.pain_points]
    known.sort(key=lambda quote: -len(_stems(quote.text) & wanted))
    return _distinct([*quotes[:1], *known, *quotes[1:]])[:count]


@attrs.frozen
class Recurring:
    """A theme of the vent board, how often it came up, and its newest quote."""

    label: str
    count: int
    quote: Quote


def recurring(landscape: Landscape, words: Iterable[str], count: int = 1) -> list[Recurring]:
    """The themes that share words with ``words``, by how much and how often; those without a short quote left out."""
    wanted = _stems(" ".join(words))
    newest: dict[UUID, Quote] = {}
    for vent in landscape.vents:
        if vent.theme_id is not None and vent.theme_id not in newest and (text := first_sentence(vent.text)):
            newest[vent.theme_id] = Quote(text, "vent", vent.id)
    scored = [
        (_closeness(theme.label, newest[theme.id].text, wanted) * math.log1p(theme.count), theme)
        for theme in landscape.themes
        if theme.id in newest
    ]
    near = sorted((each for each in scored if each[0] > 0), key=lambda each: (-each[0], str(each[1].id)))
    return [Recurring(theme.label, theme.count, newest[theme.id]) for _, theme in near[:count]]


def first_sentence(text: str) -> str | None:
    """The first sentence of a text, literally; None where it is too long to be quoted."""
    found = _SENTENCE.search(text)
    sentence = found.group().strip() if found else ""
    return sentence if 0 < len(sentence) <= LONGEST else None


def without_speaker(text: str) -> str:
    """What is said in a line of notes such as ``Ada: They ask for it``; a literal part of it."""
    named = _SPEAKER.match(text)
    return text[named.end() :] if named else text


def nearest(texts: Sequence[str], words: Iterable[str]) -> int:
    """Which of ``texts`` shares the most words with ``words``; the first of equals."""
    wanted = _stems(" ".join(words))
    return max(range(len(texts)), key=lambda i: (len(_stems(texts[i]) & wanted), -i))


def _closeness(label: str, quote: str, wanted: frozenset[str]) -> int:
    """How many words both share; a single one says little, unless it stands in the label."""
    labelled, quoted = len(_stems(label) & wanted), len(_stems(quote) & wanted)
    return 2 * labelled + quoted if labelled or quoted > 1 else 0


def _stems(text: str) -> frozenset[str]:
    """Content words without their ending, so that "kitchens" is "kitchen"; a rough stem is enough to compare."""
    words = (word.casefold() for word in _WORD.findall(text))
    return frozenset(word.removesuffix("s") for word in words if len(word) > 3 and word not in STOPWORDS)


def _distinct(quotes: Iterable[Quote]) -> list[Quote]:
    return list({quote.text.casefold(): quote for quote in reversed(list(quotes))}.values())[::-1]
