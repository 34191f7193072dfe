"""Review behaviour: whether the results of what was published are looked at after thirty days."""

import attrs
import numpy as np
from numpy.typing import NDArray

from ..review_days import REVIEW_AFTER
from .columns import OUT, CalendarColumns
from .findings import ReviewBehaviour
from .shares import share_interval
from .wording import counted, days

GRACE_DAYS = 7
"""A review within a week of its day is in time."""


def review_behaviour(calendar: CalendarColumns, keep: int | None) -> ReviewBehaviour:
    """The reviews that are due, those that were done, and how late; a review is a step to that status.

    A review is due as `review_days` says.
    """
    due, today = _due(calendar), calendar.as_of.astimezone(calendar.zone).toordinal()
    done = calendar.status == OUT[1]
    is_due = calendar.is_out & (due <= today)
    kept, missed = np.flatnonzero(is_due & done), np.flatnonzero(is_due & ~done)
    lateness = calendar.days_of(calendar.reviewed) - due
    known = lateness[np.isfinite(lateness) & is_due]
    overdue = missed[np.lexsort((missed, due[missed]))]
    late = np.flatnonzero(is_due & (lateness > GRACE_DAYS))
    late = late[np.argsort(-lateness[late], kind="stable")]
    low, high = share_interval(kept.size, kept.size + missed.size)
    found = ReviewBehaviour(
        value=kept.size / is_due.sum() if is_due.any() else None,
        low=low,
        high=high,
        n=int(is_due.sum()),
        evidence=(
            calendar.evidence("missed", overdue, _notes(overdue[:keep], today - due, "overdue"), keep=keep),
            calendar.evidence("reviewed late", late, _notes(late[:keep], lateness, "late"), keep=keep),
        ),
        due=int(is_due.sum()),
        done=kept.size,
        late=late.size,
        late_days=float(np.median(known)) if known.size else None,
        upcoming=int((calendar.is_out & (due > today) & ~done).sum()),
        unknown_publication=int((calendar.is_out & ~np.isfinite(due)).sum()),
    )
    return attrs.evolve(found, sentence=_sentence(found))


def _due(calendar: CalendarColumns) -> NDArray[np.float64]:
    """The day of each review (`review_day`), as an ordinal; NaN where neither it nor the publication has a date."""
    due = calendar.review_due
    return np.where(np.isnan(due), calendar.days_of(calendar.publish) + REVIEW_AFTER.days, due)


def _notes(entries: NDArray[np.int64], by: NDArray[np.float64], word: str) -> dict[int, str]:
    return {int(each): f"{days(float(by[each]))} {word}" for each in entries}


def _sentence(found: ReviewBehaviour) -> str:
    if not found.due:
        soon = f"; {found.upcoming:,} will be" if found.upcoming else ""
        return f"No 30-day review is due yet{soon}."
    said = f"{found.done:,} of {counted(found.due, 'due 30-day review')} done"
    if found.done == found.due:
        return (
            f"All {counted(found.due, 'due 30-day review')} {'was' if found.due == 1 else 'were'} done{_timing(found)}."
        )
    missed = found.due - found.done
    return f"{said}{_timing(found)}; {missed:,} {'was' if missed == 1 else 'were'} missed."


def _timing(found: ReviewBehaviour) -> str:
    if found.late_days is None:
        return ""
    if found.late_days <= GRACE_DAYS:
        return ", mostly in time"
    return f", half of them more than {days(found.late_days)} late"
