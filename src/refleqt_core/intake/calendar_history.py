"""The way back: what an entry was before each change, and how one change, or a whole import, is undone."""

from collections.abc import Mapping, Sequence
from uuid import UUID

import attrs

from ..errors import Conflict
from ..jobs.catalogue import GenerateEmbeddings, job
from ..ports import Queue, Transaction, where
from ..values import BusinessId
from .calendar import (
    CalendarEntry,
    DistributionPlan,
    EntryComment,
    EntryRevision,
    SeoMetadata,
    StatusChange,
)
from .calendar_writing import CalendarWriter, Change
from .drafts import EntryDraft
from .entry_drafts import draft_from
from .imports import ImportBatch

PARTS = (SeoMetadata, DistributionPlan, StatusChange, EntryRevision, EntryComment)
"""What goes with an entry."""

NAMED = 10
"""How many entries a message names."""


@attrs.frozen(kw_only=True)
class UndoneImport:
    """How many entries are gone, are as they were before, and were kept since somebody has changed them."""

    removed: int
    restored: int
    kept: int


def draft_before(revision: EntryRevision) -> EntryDraft:
    """What the entry was before the change."""
    return draft_from(revision.before["draft"])


def import_before(revision: EntryRevision) -> UUID | None:
    """The last import that had written the entry before the change."""
    found = revision.before.get("import_id")
    return UUID(found) if found else None


def undoable(latest_first: Sequence[EntryRevision]) -> EntryRevision | None:
    """The last change that has not been undone: each undoing took back one of those before it."""
    undone = 0
    for revision in latest_first:
        if revision.action == "undo":
            undone += 1
        elif undone:
            undone -= 1
        else:
            return revision
    return None


def redoable(latest_first: Sequence[EntryRevision]) -> EntryRevision | None:
    """The undoing, where nothing was done since."""
    return latest_first[0] if latest_first and latest_first[0].action == "undo" else None


def undo_import(
    tx: Transaction, writer: CalendarWriter, record: ImportBatch, change: Change, *, keep_changed: bool
) -> UndoneImport:
    """As `CalendarService.undo_import`."""
    there = {id for (id,) in tx.rows(CalendarEntry, ("id",), *where(import_id=record.id))}
    revisions = {row.calendar_entry_id: row for row in tx.find(EntryRevision, *where(change_id=record.id))}
    since = _touched_since(tx, record, there)
    gone = sorted(there - set(revisions) - since)
    back = [row for id, row in revisions.items() if id in there - since]
    changed = _names(tx, since | (set(revisions) - there))
    if changed and not keep_changed:
        named = ", ".join(changed[:NAMED]) + (" …" if len(changed) > NAMED else "")
        problem = f"{len(changed)} of its entries were changed since: {named}"
        raise Conflict(f"{problem}. Undo these changes first, or undo the import and keep them")
    business_id = BusinessId(record.business_id)
    remove_entries(tx, writer.queue, business_id, gone)
    for imported, rows in _by_import(back).items():
        drafts = [draft_before(row) for row in rows]
        writer.write(tx, business_id, drafts, attrs.evolve(change, import_id=imported))
    return UndoneImport(removed=len(gone), restored=len(back), kept=len(changed))


def remove_entries(tx: Transaction, queue: Queue, business_id: BusinessId, ids: Sequence[UUID]) -> None:
    """The entries are gone with all that goes with them; their vectors will be."""
    if not ids:
        return
    for part in PARTS:
        rows = tx.rows(part, ("id",), *where(calendar_entry_id__in=ids))
        tx.remove(part, *(id for (id,) in rows))
    tx.remove(CalendarEntry, *ids)
    jobs = [GenerateEmbeddings(source_type="calendar", source_id=id) for id in ids]
    queue.enqueue(*(job(each, business_id) for each in jobs), tx=tx)


def _touched_since(tx: Transaction, record: ImportBatch, there: set[UUID]) -> set[UUID]:
    """The entries that somebody has remarked on or changed since, if the change was not undone; and those that a later
    import has written over.
    """
    of_each: dict[UUID, list[EntryRevision]] = {}
    for row in tx.find(EntryRevision, *where(at__ge=record.imported_at, change_id__ne=record.id), order="-id"):
        if row.id > record.id:
            of_each.setdefault(row.calendar_entry_id, []).append(row)
    changed = {entry_id for entry_id, rows in of_each.items() if undoable(rows)}
    written_over = {
        entry_id
        for entry_id in changed - there
        if any(row.action == "import" and import_before(row) == record.id for row in of_each[entry_id])
    }
    remarked = tx.rows(EntryComment, ("calendar_entry_id",), *where(written_at__ge=record.imported_at))
    return (changed & there) | written_over | {id for (id,) in remarked if id in there}


def _names(tx: Transaction, ids: set[UUID]) -> list[str]:
    rows = tx.rows(CalendarEntry, ("external_id",), *where(id__in=sorted(ids))) if ids else []
    return sorted(name for (name,) in rows)


def _by_import(revisions: Sequence[EntryRevision]) -> Mapping[UUID | None, list[EntryRevision]]:
    groups: dict[UUID | None, list[EntryRevision]] = {}
    for row in revisions:
        groups.setdefault(import_before(row), []).append(row)
    return groups
