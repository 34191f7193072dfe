"""Entry frequency: how often something is put on the calendar, and how often something goes out."""

import numpy as np
from numpy.typing import NDArray
from scipy.special import bdtr, bdtrc, gammaincinv

from .columns import DAY, CalendarColumns
from .findings import LEVEL, Evidence, Pace, Velocity

WEEK = 7 * DAY
WEEKS = 26
"""How far back is looked."""
HALF_LIFE = 4.0
"""Weeks after which a week counts half."""
RECENT, BEFORE = 4, 8
"""Weeks that a trend compares."""
ENOUGH = RECENT + 4
"""Weeks of history without which no trend is told."""
SURE = 0.1
"""A change that chance alone makes as often as that is none."""


def velocity(calendar: CalendarColumns, keep: int | None) -> Velocity:
    """How many entries a week are made and published, and what they were lately."""
    since = np.where(calendar.since_known, calendar.created, np.nan)
    created, published = pace(since, calendar.now), pace(calendar.published, calendar.now)
    return Velocity(
        value=created.per_week,
        low=created.low,
        high=created.high,
        n=int(np.isfinite(since).sum()),
        sentence=_sentence(created, published),
        evidence=(
            _lately(calendar, "put on the calendar in the last four weeks", since, keep),
            _lately(calendar, "published in the last four weeks", calendar.published, keep),
        ),
        created=created,
        published=published,
        unknown_start=int((~calendar.since_known).sum()),
    )


def pace(moments: NDArray[np.float64], now: float) -> Pace:
    """The rate of events at ``now``: the weeks' counts, exponentially weighted, since the first event (26 at most).

    Interval: a weighted sum of Poisson counts (Fay and Feuer 1997).
    """
    past = moments[moments <= now]
    if not past.size:
        return Pace()
    ago = np.floor((now - past) / WEEK).astype(np.int64)
    counts = np.bincount(ago[ago < WEEKS], minlength=min(int(ago.max()) + 1, WEEKS))
    weights = 0.5 ** (np.arange(counts.size) / HALF_LIFE)
    weights /= weights.sum()
    change, trend = _trend(counts)
    low, high = rate_interval(counts, weights)
    rate = float(counts @ weights)
    return Pace(per_week=rate, low=low, high=high, change=change, trend=trend, weeks=tuple(counts[::-1].tolist()))


def rate_interval(counts: NDArray[np.int64], weights: NDArray[np.float64], level: float = LEVEL) -> tuple[float, float]:
    """The interval of ``counts @ weights``; it covers at least as often as it says."""
    tail = (1 - level) / 2
    rate, variance, most = counts @ weights, counts @ weights**2, weights.max()
    low = variance / rate * gammaincinv(rate**2 / variance, tail) if rate else 0.0
    upper, spread = rate + most, variance + most**2
    return float(low), float(spread / upper * gammaincinv(upper**2 / spread, 1 - tail))


def _trend(counts: NDArray[np.int64]) -> tuple[float | None, str]:
    """The last weeks against those before: a conditional test of two Poisson rates (Przyborowski, Wilenski 1940)."""
    if counts.size < ENOUGH:
        return None, Pace().trend
    recent, before = counts[:RECENT], counts[RECENT : RECENT + BEFORE]
    now, all_in_all, share = int(recent.sum()), int(recent.sum() + before.sum()), recent.size / (RECENT + before.size)
    change = float(recent.mean() / before.mean() - 1) if before.any() else None
    rising = 1.0 if now == 0 else float(bdtrc(now - 1, all_in_all, share))
    if min(1.0, 2 * min(rising, float(bdtr(now, all_in_all, share)))) >= SURE:
        return change, "steady"
    return change, "rising" if now > share * all_in_all else "falling"


def _sentence(created: Pace, published: Pace) -> str:
    if created.per_week is None and published.per_week is None:
        return "Nothing has been put on the calendar yet."
    made = "It is not known how often entries are put on the calendar"
    if created.per_week is not None:
        made = f"You put {created.per_week:.1f} entries a week on the calendar ({_how(created)})"
    if published.per_week is None:
        return f"{made}, and have published none yet."
    return f"{made}, and publish {published.per_week:.1f} a week ({_how(published)})."


def _how(pace: Pace) -> str:
    if pace.trend == Pace().trend:
        return "too early to say whether that changes"
    if pace.change is None or pace.trend == "steady":
        return pace.trend
    return "none in the last four weeks" if pace.change == -1 else f"{pace.trend} by {100 * abs(pace.change):.0f} %"


def _lately(calendar: CalendarColumns, label: str, moments: NDArray[np.float64], keep: int | None) -> Evidence:
    recent = np.flatnonzero((moments <= calendar.now) & (moments > calendar.now - RECENT * WEEK))
    newest = recent[np.argsort(-moments[recent], kind="stable")]
    return calendar.evidence(label, newest, keep=keep)
