"""An entry on its way from the idea to the review of its results."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

import attrs

from ..errors import Fault, InvalidInput
from .calendar import STATUSES, CalendarEntry
from .review_days import review_day

OUT = ("published", "reviewed")
"""The statuses of what has gone out."""


def moved(entry: CalendarEntry, status: str, now: datetime) -> CalendarEntry:
    """The entry in that status. It may go forward and back, and skip statuses, as work does; but only what has a date
    can be scheduled, and only what was published can be reviewed: else `InvalidInput`.

    What is published without a date, or before its date, was published now; its review is due 30 days later.
    """
    if problem := _hindrance(entry, status):
        raise InvalidInput([Fault(f"entry '{entry.external_id}'", None, "status", *problem)])
    changes: dict[str, Any] = {"status": status, "updated_at": now}
    if status == "published" and entry.status not in OUT:
        changes["publish_at"] = min(entry.publish_at or now, now)
    if status == "published" and entry.review_due is None:
        changes["review_due"] = review_of(changes.get("publish_at", entry.publish_at))
    return attrs.evolve(entry, **changes)


def along_flow(entry: CalendarEntry, changes: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """The changes of the entry's fields, with what a new status among them makes of its dates (`moved`).

    What the status asks for and is not there raises `InvalidInput`.
    """
    status = changes.get("status", entry.status)
    if status == entry.status or status not in STATUSES:
        return dict(changes)
    dates = ("publish_at", "review_due")
    after = moved(attrs.evolve(entry, **{name: changes[name] for name in dates if name in changes}), status, now)
    return dict(changes) | {name: getattr(after, name) for name in dates}


def review_of(published: datetime | None) -> date | None:
    """The day on which the results of what was published are to be looked at."""
    return None if published is None else review_day(published, UTC)


def next_status(status: str) -> str | None:
    """What comes after it in the flow; nothing after the review."""
    place = STATUSES.index(status) + 1
    return STATUSES[place] if place < len(STATUSES) else None


def _hindrance(entry: CalendarEntry, status: str) -> tuple[str, str] | None:
    if status not in STATUSES:
        return f"there is no status '{status}'", f"The statuses are: {', '.join(STATUSES)}."
    if status == "scheduled" and entry.publish_at is None:
        return "it has no date to be scheduled for", "Give it one first: publish_at."
    if status == "reviewed" and entry.status not in OUT:
        return f"it is {entry.status}, and only what was published has results to review", "Publish it first."
    return None
