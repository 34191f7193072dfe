"""What the vents of a business say beside their words: when, about what, in what mood, in which words, how long.

Every signal names the vents that it rests on. Where there are too few for it, its numbers are None and its sentence
says how many are needed.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import attrs

from .vent_rules import EARLIEST
from .vent_timing import Timing, timing
from .vent_trends import Length, Mood, length, mood
from .vents import VentEntry, VentTheme
from .vocabulary import TermOdds, counts, log_odds

CORE = 5
"""Vents from which on a theme is a core pain point and no passing thought (section 2.4 of the design document)."""
RECENT = timedelta(days=30)
FEWEST_IN_WINDOW = 5
UNLIKELY = 1.96
MOST_TERMS = 10


@attrs.frozen(kw_only=True)
class Recurring:
    """A theme with its vents; ``is_core`` from `CORE` vents on. ``mood`` is their mean sentiment in [-1, 1]."""

    theme_id: UUID
    label: str
    count: int
    first_seen: datetime
    last_seen: datetime
    mood: float | None
    is_core: bool
    vents: tuple[UUID, ...]


@attrs.frozen(kw_only=True)
class Recurrence:
    """The themes by how often they came back, those that did."""

    n: int
    themes: tuple[Recurring, ...]
    sentence: str


@attrs.frozen(kw_only=True)
class Emerging:
    """A term that is used more than before: z-score, vents that have it in each window, and the recent ones."""

    term: str
    z: float
    recent: int
    earlier: int
    vents: tuple[UUID, ...]


@attrs.frozen(kw_only=True)
class Vocabulary:
    """The terms of the recent window (since ``since``) against those of all before it."""

    n: int
    recent: int
    since: datetime
    terms: tuple[Emerging, ...] | None
    sentence: str


@attrs.frozen(kw_only=True)
class VentSignals:
    """The five implicit signals of a vent board, as of ``as_of``."""

    as_of: datetime
    timing: Timing
    recurrence: Recurrence
    mood: Mood
    vocabulary: Vocabulary
    length: Length


def vent_signals(
    vents: Sequence[VentEntry], themes: Iterable[VentTheme], *, time_zone: str, as_of: datetime
) -> VentSignals:
    """All five, of the vents written since 1990 until ``as_of``; hours are those of the clocks in ``time_zone``."""
    known = sorted(
        (vent for vent in vents if EARLIEST <= vent.written_at <= as_of), key=lambda vent: (vent.written_at, vent.id)
    )
    return VentSignals(
        as_of=as_of,
        timing=timing(known, ZoneInfo(time_zone)),
        recurrence=recurrence(known, themes),
        mood=mood(known),
        vocabulary=vocabulary(known, as_of),
        length=length(known),
    )


def recurrence(vents: Sequence[VentEntry], themes: Iterable[VentTheme]) -> Recurrence:
    """The themes that have two of the vents or more, the most frequent first."""
    label = {theme.id: theme.label for theme in themes}
    of: dict[UUID, list[VentEntry]] = {}
    for vent in vents:
        if vent.theme_id in label:
            of.setdefault(vent.theme_id, []).append(vent)
    found = [_recurring(id, label[id], own) for id, own in of.items() if len(own) > 1]
    found.sort(key=lambda each: (-each.count, each.first_seen, each.theme_id))
    return Recurrence(n=len(vents), themes=tuple(found), sentence=_recurrence_said(found, len(vents)))


def vocabulary(vents: Sequence[VentEntry], as_of: datetime) -> Vocabulary:
    """The terms that at least two recent vents have and that are used more than chance lets expect (z from 1.96).

    Recent are the last 30 days; a term counts once a vent, so that one vent cannot make it. With fewer than five vents
    in either window there are none.
    """
    since = as_of - RECENT
    recent, earlier = ([v for v in vents if (v.written_at >= since) is late] for late in (True, False))
    missing = min(len(recent), len(earlier)) < FEWEST_IN_WINDOW
    terms = None if missing else tuple(_emerging(recent, earlier))
    return Vocabulary(
        n=len(vents),
        recent=len(recent),
        since=since,
        terms=terms,
        sentence=_vocabulary_said(terms, len(recent), len(earlier)),
    )


def _recurring(theme_id: UUID, label: str, vents: Sequence[VentEntry]) -> Recurring:
    moods = [vent.sentiment for vent in vents if vent.sentiment is not None]
    return Recurring(
        theme_id=theme_id,
        label=label,
        count=len(vents),
        first_seen=vents[0].written_at,
        last_seen=vents[-1].written_at,
        mood=sum(moods) / len(moods) if moods else None,
        is_core=len(vents) >= CORE,
        vents=tuple(vent.id for vent in vents),
    )


def _recurrence_said(found: Sequence[Recurring], n: int) -> str:
    if not found:
        return f"Nothing has come back yet in {n} vents." if n else "Nobody has vented yet."
    core = [each for each in found if each.is_core]
    if not core:
        return f"{len(found)} themes came back; none of them {CORE} times yet, from where on it is a core pain point."
    named = ", ".join(f"{each.label} ({each.count}×)" for each in core[:3])
    return f"{len(core)} of {len(found)} themes that came back are core pain points: {named}."


def _emerging(recent: Sequence[VentEntry], earlier: Sequence[VentEntry]) -> Iterable[Emerging]:
    holding = {vent.id: frozenset(counts(vent.text)) for vent in (*recent, *earlier)}
    now, then = (Counter(term for vent in side for term in holding[vent.id]) for side in (recent, earlier))
    odds = [each for each in log_odds(now, then) if each.z >= UNLIKELY and now[each.term] > 1]
    for each in _widest(odds, now)[:MOST_TERMS]:
        yield Emerging(
            term=each.term,
            z=each.z,
            recent=now[each.term],
            earlier=then[each.term],
            vents=tuple(vent.id for vent in recent if each.term in holding[vent.id]),
        )


def _widest(odds: Sequence[TermOdds], now: Mapping[str, int]) -> list[TermOdds]:
    """Without the words that are only used within a pair that is there too."""
    pairs = [each.term for each in odds if " " in each.term]
    within = {word for pair in pairs for word in pair.split() if now[word] == now[pair]}
    return [each for each in odds if each.term not in within]


def _vocabulary_said(terms: Sequence[Emerging] | None, recent: int, earlier: int) -> str:
    if terms is None:
        return (
            f"Too few vents to compare: {recent} in the last 30 days and {earlier} before; "
            f"{FEWEST_IN_WINDOW} of each are needed."
        )
    if not terms:
        return "No term is used more in the last 30 days than chance lets expect."
    named = ", ".join(f"“{each.term}”{'' if each.earlier else ' (new)'}" for each in terms[:3])
    return f"Used more in the last 30 days than before: {named}."
