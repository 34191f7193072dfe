"""An entry with all that is known of it: what it says, what could be better, how it came to be so, what came of it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import attrs

from ..cdt.outcomes import in_window, total
from ..errors import Conflict
from ..intake.calendar import CalendarEntry, EntryComment, EntryRevision, StatusChange
from ..intake.calendar_details import stored_entries
from ..intake.calendar_history import draft_before
from ..intake.drafts import EntryDraft
from ..intake.entry_advice import Advice, advice_of
from ..intake.entry_drafts import DRAFT_FIELDS
from ..intake.performance import PerformanceRecord
from ..ports import Clock, Query, Store, Transaction, where
from ..values import BusinessId


@attrs.frozen(kw_only=True)
class EntryChange:
    """What one change did: each field that is another since, with what it was before and after."""

    at: datetime
    by: str | None
    action: str
    fields: Mapping[str, tuple[Any, Any]]


@attrs.frozen(kw_only=True)
class EntryPage:
    """An entry as a person looks at it. ``changes`` are the latest first, ``steps`` and ``comments`` the first first.

    ``results`` are sums over the thirty days from publication, by metric; None of an entry without a publication.
    """

    entry: CalendarEntry
    draft: EntryDraft
    advice: tuple[Advice, ...]
    comments: tuple[EntryComment, ...]
    steps: tuple[StatusChange, ...]
    changes: tuple[EntryChange, ...]
    results: Mapping[str, float] | None


@attrs.frozen(kw_only=True)
class EntryReader:
    """Reads all of an entry."""

    store: Store
    clock: Clock

    def read(self, business_id: BusinessId, entry_id: UUID) -> EntryPage:
        """Everything that is known of the entry. Absent, or of another business: `NotFound`."""
        of_it = where(calendar_entry_id=entry_id)
        with self.store.business(business_id) as tx:
            entry = tx.get(CalendarEntry, entry_id)
            draft = stored_entries(tx, [entry])[entry.external_id].draft
            comments, steps, revisions = tx.find_all(
                Query(EntryComment, of_it), Query(StatusChange, of_it), Query(EntryRevision, of_it, order="-id")
            )
            results = _results(tx, entry)
        return EntryPage(
            entry=entry,
            draft=draft,
            advice=advice_of(draft, now=self.clock.now()),
            comments=tuple(comments),
            steps=tuple(steps),
            changes=changes_of(draft, revisions),
            results=results,
        )

    def last_changed(self, business_id: BusinessId) -> UUID:
        """The entry whose change is the last thing that was done to the calendar.

        Where that was an import or a new entry, which are taken back by other means, and where nothing was done yet,
        `Conflict` says so.
        """
        with self.store.business(business_id) as tx:
            changes = tx.find(EntryRevision, order="-id", limit=1)
            arrivals = tx.find(StatusChange, *where(left=None), order="-id", limit=1)
            if not changes and not arrivals:
                raise Conflict("nothing was done on the calendar yet")
            if arrivals and (not changes or arrivals[0].id > changes[0].id):
                added = tx.get(CalendarEntry, arrivals[0].calendar_entry_id)
                raise Conflict(f"the last thing done was adding '{added.external_id}': remove it, or name an entry")
            if changes[0].action == "import":
                raise Conflict(f"the last thing done was an {changes[0].by}: undo the import, or name an entry")
            return changes[0].calendar_entry_id


def changes_of(present: EntryDraft, latest_first: Sequence[EntryRevision]) -> tuple[EntryChange, ...]:
    """What each of the revisions changed, when the entry is as ``present`` says."""
    found = []
    after = present
    for revision in latest_first:
        before = draft_before(revision)
        found.append(EntryChange(at=revision.at, by=revision.by, action=revision.action, fields=between(before, after)))
        after = before
    return tuple(found)


def between(before: EntryDraft, after: EntryDraft) -> dict[str, tuple[Any, Any]]:
    """The fields in which the two differ, each with both values."""
    pairs = {name: (getattr(before, name), getattr(after, name)) for name in DRAFT_FIELDS}
    return {name: (was, now) for name, (was, now) in pairs.items() if was != now}


def _results(tx: Transaction, entry: CalendarEntry) -> dict[str, float] | None:
    if entry.publish_at is None:
        return None
    points = in_window(tx.latest(PerformanceRecord, *where(calendar_entry_id=entry.id)), entry.publish_at)
    return {metric: total(points, metric, entry.publish_at) for metric in sorted({point.metric for point in points})}
