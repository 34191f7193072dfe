"""At what hours and how often somebody vents: circular statistics of the clock."""

import math
from collections.abc import Sequence
from itertools import pairwise
from statistics import median
from uuid import UUID
from zoneinfo import ZoneInfo

import attrs
import numpy as np
from scipy.stats import mannwhitneyu

from .vents import VentEntry

FEWEST = 5
NIGHT = (22, 6)
"""The hours from ten in the evening to six in the morning."""
LEVEL = 0.05


@attrs.frozen(kw_only=True)
class Timing:
    """When vents are written, by the clocks of the business.

    ``by_hour`` counts the vents of each of the 24 hours. ``concentration`` is the mean resultant length in [0, 1]: 1
    when all are at one time of day. ``p`` is that of the Rayleigh test for no preferred time; only below 0.05 is there
    a ``mean_hour`` in [0, 24). ``night_share`` are those from 22 to 6 o'clock, named in ``night``, and ``night_mood``
    and ``day_mood`` the mean sentiments, whose difference has the ``mood_p`` of a Mann–Whitney test.
    """

    n: int
    by_hour: tuple[int, ...]
    per_week: float | None
    days_between: float | None
    mean_hour: float | None
    concentration: float | None
    p: float | None
    night_share: float | None
    night: tuple[UUID, ...]
    night_mood: float | None
    day_mood: float | None
    mood_p: float | None
    sentence: str


def timing(vents: Sequence[VentEntry], zone: ZoneInfo) -> Timing:
    """The timing of the vents, which come by when they were written; with fewer than five there are no numbers."""
    hours = [_hour(vent, zone) for vent in vents]
    by_hour = np.bincount([int(hour) for hour in hours], minlength=24) if hours else np.zeros(24, int)
    at_night = [hour >= NIGHT[0] or hour < NIGHT[1] for hour in hours]
    night = tuple(vent.id for vent, late in zip(vents, at_night, strict=True) if late)
    enough = len(vents) >= FEWEST
    mean, concentration, p = mean_hour(hours) if enough else (None, None, None)
    share = len(night) / len(vents) if enough else None
    late, early, mood_p = _moods(vents, at_night)
    found = Timing(
        n=len(vents),
        by_hour=tuple(by_hour.tolist()),
        per_week=_per_week(vents) if enough else None,
        days_between=_days_between(vents) if enough else None,
        mean_hour=mean if p is not None and p < LEVEL else None,
        concentration=concentration,
        p=p,
        night_share=share,
        night=night,
        night_mood=late if enough else None,
        day_mood=early if enough else None,
        mood_p=mood_p,
        sentence="",
    )
    return attrs.evolve(found, sentence=_said(found))


def mean_hour(hours: Sequence[float]) -> tuple[float, float, float]:
    """The circular mean in [0, 24), the mean resultant length in [0, 1], and p of the Rayleigh test; n ≥ 1.

    p by the approximation of Zar, *Biostatistical Analysis* (1999), equation 27.4, good to the third digit.
    """
    angles = np.asarray(hours) * (2 * math.pi / 24)
    mean = complex(np.mean(np.exp(1j * angles)))
    length, n = min(abs(mean), 1.0), len(hours)
    hour = math.atan2(mean.imag, mean.real) % (2 * math.pi) * 24 / (2 * math.pi)
    p = math.exp(math.sqrt(1 + 4 * n + 4 * n * n * (1 - length**2)) - (1 + 2 * n))
    return hour % 24, length, min(p, 1.0)


def clock(hour: float) -> str:
    """An hour in [0, 24) as the clock shows it."""
    minutes = round(hour * 60) % (24 * 60)
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _hour(vent: VentEntry, zone: ZoneInfo) -> float:
    at = vent.written_at.astimezone(zone)
    return at.hour + at.minute / 60 + at.second / 3600


def _per_week(vents: Sequence[VentEntry]) -> float | None:
    """Over the time from the first to the last, of at least one week."""
    days = (vents[-1].written_at - vents[0].written_at).total_seconds() / 86_400
    return len(vents) / max(days / 7, 1.0)


def _days_between(vents: Sequence[VentEntry]) -> float:
    moments = [vent.written_at for vent in vents]
    return median((b - a).total_seconds() / 86_400 for a, b in pairwise(moments))


def _moods(vents: Sequence[VentEntry], at_night: Sequence[bool]) -> tuple[float | None, float | None, float | None]:
    """The mean sentiment at night and by day, and how likely chance makes such a difference."""
    known = [(vent.sentiment, late) for vent, late in zip(vents, at_night, strict=True) if vent.sentiment is not None]
    night, day = ([value for value, late in known if late is side] for side in (True, False))
    means = [float(np.mean(side)) if side else None for side in (night, day)]
    if min(len(night), len(day)) < FEWEST:
        return means[0], means[1], None
    return means[0], means[1], float(mannwhitneyu(night, day).pvalue)


def _said(found: Timing) -> str:
    if found.n < FEWEST or found.per_week is None or found.night_share is None:
        return f"Too few vents to tell a time of day: {found.n}, and {FEWEST} are needed."
    often = f"{found.per_week:.1f} vents a week, {found.night_share:.0%} of them between 22 and 6 o'clock"
    when = "no time of day stands out" if found.mean_hour is None else f"mostly around {clock(found.mean_hour)}"
    return f"{often}; {when}{_mood_at_night(found)}."


def _mood_at_night(found: Timing) -> str:
    if found.mood_p is None or found.mood_p >= LEVEL or found.night_mood is None or found.day_mood is None:
        return ""
    return f"; those at night are {'darker' if found.night_mood < found.day_mood else 'brighter'}"
