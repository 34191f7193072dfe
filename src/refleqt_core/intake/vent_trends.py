"""How the mood and the length of vents change: Theil–Sen slopes with Mann–Kendall significance."""

import re
from collections.abc import Sequence
from typing import Literal
from uuid import UUID

import attrs
import numpy as np
from scipy.stats import kendalltau, theilslopes

from .vents import VentEntry

FEWEST = 8
LEVEL = 0.05
MONTH = 30.0
"""Days."""
BURST, ESSAY = 20, 100
"""Words: up to the first it is a short burst, from the second on a long entry."""
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")

Direction = Literal["up", "down", "none"]


@attrs.frozen(kw_only=True)
class Trend:
    """A change by 30 days with its 95 % interval, how likely chance makes it (``p``), and where it goes at 5 %."""

    slope: float
    low: float
    high: float
    p: float
    direction: Direction


@attrs.frozen(kw_only=True)
class Mood:
    """The sentiment in [-1, 1] over time: its mean, its trend, and the vents that are darkest and brightest."""

    n: int
    mean: float | None
    trend: Trend | None
    darkest: tuple[UUID, ...]
    brightest: tuple[UUID, ...]
    sentence: str


@attrs.frozen(kw_only=True)
class Length:
    """How long vents are: the median of words, the shares of short bursts and long entries, and which those are.

    The ``trend`` is that of the natural logarithm of the words: 0.1 is about a tenth more in 30 days.
    """

    n: int
    median_words: float | None
    burst_share: float | None
    long_share: float | None
    bursts: tuple[UUID, ...]
    long_entries: tuple[UUID, ...]
    trend: Trend | None
    sentence: str


def trend(vents: Sequence[VentEntry], values: Sequence[float]) -> Trend | None:
    """The Theil–Sen slope (Sen 1968) of the values over time, and the Mann–Kendall test with ties (Kendall's tau-b).

    None with fewer than eight values, or all at one moment. Values that are all the same have no trend, p = 1.
    """
    days = np.array([vent.written_at.timestamp() for vent in vents]) / 86_400
    if len(values) < FEWEST or np.ptp(days) == 0:
        return None
    if np.ptp(values) == 0:
        return Trend(slope=0.0, low=0.0, high=0.0, p=1.0, direction="none")
    slope, _, low, high = (float(part) * MONTH for part in theilslopes(values, days, 0.95))
    p = float(kendalltau(days, values).pvalue)
    found: Direction = "none" if p >= LEVEL or slope == 0 else "up" if slope > 0 else "down"
    return Trend(slope=slope, low=low, high=high, p=p, direction=found)


def mood(vents: Sequence[VentEntry]) -> Mood:
    """The mood of the vents whose sentiment is known, which come by when they were written."""
    known = [(vent, vent.sentiment) for vent in vents if vent.sentiment is not None]
    values = [value for _, value in known]
    found = trend([vent for vent, _ in known], values)
    ranked = [vent.id for vent, _ in sorted(known, key=lambda each: each[1])]
    return Mood(
        n=len(known),
        mean=float(np.mean(values)) if len(known) >= FEWEST else None,
        trend=found,
        darkest=tuple(ranked[:3]) if found else (),
        brightest=tuple(ranked[::-1][:3]) if found else (),
        sentence=_mood_said(found, len(known)),
    )


def length(vents: Sequence[VentEntry]) -> Length:
    """How long the vents are, which come by when they were written."""
    words = [word_count(vent.text) for vent in vents]
    bursts = tuple(vent.id for vent, count in zip(vents, words, strict=True) if count <= BURST)
    essays = tuple(vent.id for vent, count in zip(vents, words, strict=True) if count >= ESSAY)
    found = trend(vents, np.log(np.maximum(words, 1)).tolist() if words else [])
    enough = len(vents) >= FEWEST
    return Length(
        n=len(vents),
        median_words=float(np.median(words)) if enough else None,
        burst_share=len(bursts) / len(vents) if enough else None,
        long_share=len(essays) / len(vents) if enough else None,
        bursts=bursts,
        long_entries=essays,
        trend=found,
        sentence=_length_said(found, len(vents), len(bursts), len(essays)),
    )


def word_count(text: str) -> int:
    """How many words the text has."""
    return len(_WORD.findall(text))


def _mood_said(found: Trend | None, n: int) -> str:
    if found is None:
        return f"Too few vents whose mood is known to tell a direction: {n}, and {FEWEST} are needed."
    if found.direction == "none":
        return f"The mood goes neither up nor down over {n} vents (p = {found.p:.2f})."
    way = "brighter" if found.direction == "up" else "darker"
    return f"The mood gets {way}: {found.slope:+.2f} in 30 days over {n} vents (p {_p(found.p)})."


def _length_said(found: Trend | None, n: int, bursts: int, essays: int) -> str:
    if n < FEWEST:
        return f"Too few vents to tell a habit: {n}, and {FEWEST} are needed."
    shares = f"{bursts / n:.0%} are short bursts (up to {BURST} words), {essays / n:.0%} long entries (from {ESSAY})"
    if found is None or found.direction == "none":
        return f"{shares}; no trend."
    return f"{shares}; they get {'longer' if found.direction == 'up' else 'shorter'} (p {_p(found.p)})."


def _p(p: float) -> str:
    return "< 0.001" if p < 0.001 else f"= {p:.3f}"
