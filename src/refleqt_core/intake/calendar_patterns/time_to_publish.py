"""Time to publish: how long it takes from an idea to its publication."""

import attrs
import numpy as np
from numpy.typing import NDArray

from .columns import DAY, CalendarColumns
from .findings import TimeToPublish
from .survival import kaplan_meier
from .wording import between, counted, days


def time_to_publish(calendar: CalendarColumns, keep: int | None) -> TimeToPublish:
    """The median from creation to publication. What is not published yet counts with the time it has waited."""
    is_out = calendar.is_out
    spans = (np.where(is_out, calendar.published, calendar.now) - calendar.created) / DAY
    logged_later = is_out & (spans < 0)
    usable = calendar.since_known & np.isfinite(spans) & ~logged_later
    curve = kaplan_meier(spans[usable], is_out[usable])
    low, high = curve.interval
    slowest, waiting = _longest(usable & is_out, spans), _longest(usable & ~is_out, spans)
    afterwards = calendar.newest(np.flatnonzero(logged_later))
    found = TimeToPublish(
        value=curve.median,
        low=low,
        high=high,
        n=int(usable.sum()),
        evidence=(
            calendar.evidence("slowest to be published", slowest, _notes(slowest[:keep], spans), keep=keep),
            calendar.evidence("waiting longest", waiting, _notes(waiting[:keep], spans, " so far"), keep=keep),
            calendar.evidence("left out, since they were put there after their publication", afterwards, keep=keep),
        ),
        published=slowest.size,
        waiting=waiting.size,
        at_least=curve.at_least,
        logged_later=int(logged_later.sum()),
        unknown=int((~usable & ~logged_later).sum()),
    )
    return attrs.evolve(found, sentence=_sentence(found))


def _longest(which: NDArray[np.bool_], spans: NDArray[np.float64]) -> NDArray[np.int64]:
    found = np.flatnonzero(which)
    return found[np.argsort(-spans[found], kind="stable")]


def _notes(entries: NDArray[np.int64], spans: NDArray[np.float64], end: str = "") -> dict[int, str]:
    return {int(each): f"{days(float(spans[each]))}{end}" for each in entries}


def _sentence(found: TimeToPublish) -> str:
    still = f"; {counted(found.waiting, 'entry is', 'entries are')} still waiting" * bool(found.waiting)
    if not found.n:
        return "Of no entry it is known since when it is there and when it went out."
    if not found.published:
        return f"Nothing has gone out yet; {counted(found.waiting, 'entry is', 'entries are')} waiting."
    if found.value is None:
        return f"More than half of the entries take over {days(found.at_least or 0)} to be published{still}."
    return f"Half of the entries are published within {days(found.value)} ({between(found.low, found.high)}){still}."
