"""Status flow speed: how long entries stay in each status, and where work gets stuck."""

import numpy as np
from numpy.typing import NDArray

from ...phrases import spoken
from ..calendar import STATUSES
from .columns import DAY, CalendarColumns
from .findings import Evidence, StatusFlow, Stay
from .survival import kaplan_meier
from .wording import between, counted, days

WORK = ("planned", "in_production", "in_review")
"""Statuses, one after the other, in which somebody has to act: ideas may lie, what is scheduled waits for its day."""
ENOUGH = 5
"""Stays without which a status is not called a bottleneck."""


def status_flow(calendar: CalendarColumns, keep: int | None) -> StatusFlow:
    """The median stay in each status but the last, and the bottleneck: the longest among those of `WORK`.

    Each visit to a status is a stay of its own. A stay whose beginning is not known is left out and counted.
    """
    steps = calendar.steps
    known = ~steps.is_first | calendar.start_known[steps.entry]
    ended = np.isfinite(steps.until)
    spans = (np.where(ended, steps.until, calendar.now) - steps.at) / DAY
    stays = [_stay(status, known & (steps.reached == code), spans, ended) for code, status in enumerate(STATUSES[:-1])]
    most = _bottleneck(stays)
    return StatusFlow(
        value=most.median if most else None,
        low=most.low if most else None,
        high=most.high if most else None,
        n=sum(stay.n for stay in stays),
        sentence=_sentence(stays, most, int((~known).sum())),
        evidence=_stuck(calendar, known, most, keep),
        stays=tuple(stays),
        bottleneck=most.status if most else None,
        unknown_start=int((~known).sum()),
    )


def _stay(status: str, which: NDArray[np.bool_], spans: NDArray[np.float64], ended: NDArray[np.bool_]) -> Stay:
    curve = kaplan_meier(spans[which], ended[which])
    low, high = curve.interval
    return Stay(
        status=status,
        n=int(which.sum()),
        open=int((which & ~ended).sum()),
        median=curve.median,
        low=low,
        high=high,
        at_least=curve.at_least,
    )


def _bottleneck(stays: list[Stay]) -> Stay | None:
    """The status of `WORK` with the longest median stay, or what is known of it."""
    candidates = [stay for stay in stays if stay.status in WORK and stay.n >= ENOUGH]
    found = max(candidates, key=_length, default=None)
    return found if found and _length(found) > 0 else None


def _length(stay: Stay) -> float:
    return stay.median if stay.median is not None else stay.at_least or 0.0


def _stuck(
    calendar: CalendarColumns, known: NDArray[np.bool_], most: Stay | None, keep: int | None
) -> tuple[Evidence, ...]:
    """Entries of the bottleneck, or else of any status of `WORK`, the longest stays first."""
    steps, where = calendar.steps, (most.status,) if most else WORK
    first, last = STATUSES.index(where[0]), STATUSES.index(where[-1])
    inside = (steps.reached >= first) & (steps.reached <= last)
    name, there = spoken(most.status) if most else "under way", inside & np.isinf(steps.until)
    return (
        _longest(calendar, f"still {name}, the longest first", there & known, keep),
        _longest(calendar, f"still {name}, since an unknown day", there & ~known, keep),
        _longest(calendar, f"that were {name}, the longest first", inside & ~there & known, keep),
    )


def _longest(calendar: CalendarColumns, label: str, which: NDArray[np.bool_], keep: int | None) -> Evidence:
    """The entries with these stays, each once, by its longest one."""
    steps, found = calendar.steps, np.flatnonzero(which)
    spans = (np.minimum(steps.until, calendar.now) - steps.at) / DAY
    found = found[np.argsort(-spans[found], kind="stable")]
    _, firsts = np.unique(steps.entry[found], return_index=True)
    found = found[np.sort(firsts)]
    notes = {}
    for each in found[:keep]:
        entry, status = int(steps.entry[each]), spoken(STATUSES[steps.reached[each]])
        if not steps.is_first[each] or calendar.start_known[entry]:
            notes[entry] = f"{status} for {days(float(spans[each]))}"
        else:
            notes[entry] = f"{status} since {calendar.day_of(steps.at[each])} or before"
    return calendar.evidence(label, steps.entry[found], notes, keep=keep)


def _sentence(stays: list[Stay], most: Stay | None, unknown: int) -> str:
    some = counted(unknown, "entry", "entries")
    left_out = f" Of {some} it is not known since when they had their first status." if unknown else ""
    if not any(stay.n for stay in stays):
        return f"No entry has been seen to change its status yet.{left_out}"
    if most is None:
        return f"Too few entries went through production and review to name a bottleneck.{left_out}"
    name = spoken(most.status)
    still = f"; {counted(most.open, 'entry is', 'entries are')} still there" * bool(most.open)
    if most.median is None:
        return f"Work waits longest {_in(name)}: more than half stay over {days(most.at_least or 0)}{still}.{left_out}"
    span = between(most.low, most.high)
    return f"Work waits longest {_in(name)}: half of it {days(most.median)} or more ({span}){still}.{left_out}"


def _in(status: str) -> str:
    return status if status.startswith("in ") else f"while {status}"
