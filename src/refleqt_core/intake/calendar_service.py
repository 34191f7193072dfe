"""The calendar's use cases: save, edit, import, move, undo, find."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import attrs

from ..attempts import tried_again
from ..errors import Conflict, Fault, InvalidInput, NotFound
from ..ports import Clock, Ids, Queue, Store, Transaction, where
from ..values import BusinessId
from .calendar import CalendarEntry, EntryRevision, StatusChange
from .calendar_details import stored_entries
from .calendar_history import (
    UndoneImport,
    draft_before,
    import_before,
    redoable,
    remove_entries,
    undo_import,
    undoable,
)
from .calendar_search import EntrySearch, found
from .calendar_writing import CalendarWriter, Change
from .drafts import EntryDraft, ImportedFile
from .entry_drafts import DRAFT_FIELDS
from .imports import ImportBatch
from .status_flow import along_flow, moved
from .upserts import batch, check_no_duplicates

FIXED = ("external_id", "created_at")
"""What an edit cannot change: by what the entry is known, and since when it is there."""


@attrs.frozen(kw_only=True)
class CalendarService:
    """What can be done with the calendar of a business."""

    store: Store
    queue: Queue
    clock: Clock
    ids: Ids

    @property
    def _writer(self) -> CalendarWriter:
        return CalendarWriter(queue=self.queue, clock=self.clock, ids=self.ids)

    @tried_again
    def save(self, business_id: BusinessId, draft: EntryDraft, *, by: str | None = None) -> CalendarEntry:
        """The entry is on the calendar: categorised, tagged, in its keyword cluster, and about to be indexed.

        One with the same ``external_id`` is changed, and what it was stays on record; saved as it is already, nothing
        happens.
        """
        with self.store.business(business_id) as tx:
            return self._writer.write(tx, business_id, [draft], self._change("edit", by))[0]

    @tried_again
    def edit(
        self,
        business_id: BusinessId,
        entry_id: UUID,
        changes: Mapping[str, Any],
        *,
        by: str | None = None,
        version: int | None = None,
    ) -> CalendarEntry:
        """These fields of the entry, named as `EntryDraft` names them, are other than they were; all else stays.

        With the ``version`` that was read: `Conflict` when somebody has changed the entry since. Unknown fields, and
        those that cannot be changed, raise `InvalidInput`. Another status is a step as by `move`.
        """
        _check_editable(changes)
        with self.store.business(business_id) as tx:
            entry = tx.get(CalendarEntry, entry_id)
            if version is not None and _changed_since(tx, entry, version):
                raise Conflict(f"entry '{entry.external_id}' was changed by somebody else; read it again, then decide")
            return self._edited(tx, entry, along_flow(entry, changes, self.clock.now()), self._change("edit", by))

    @tried_again
    def import_entries(self, business_id: BusinessId, drafts: Sequence[EntryDraft], file: ImportedFile) -> ImportBatch:
        """All entries of the file are on the calendar, or none of them. Imported again, all are unchanged.

        What a draft does not speak of stays as it is.
        """
        check_no_duplicates([draft.external_id for draft in drafts], file, "external_id")
        change = self._change("import", f"import of {file.name}")
        change = attrs.evolve(change, import_id=change.id)
        with self.store.business(business_id) as tx:
            prepared = self._writer.prepare(tx, business_id, drafts, change)
            identity = {"id": change.id, "business_id": business_id, "imported_at": self.clock.now()}
            record = batch(tx, "calendar", file, prepared.counted, **identity)
            self._writer.apply(tx, business_id, prepared, change)
            return record

    @tried_again
    def move(self, business_id: BusinessId, entry_id: UUID, status: str, *, by: str | None = None) -> CalendarEntry:
        """The entry has that status, and the step is on record with its time. Already there: nothing happens.

        What a status asks for (`status_flow.moved`) and is not there raises `InvalidInput`.
        """
        with self.store.business(business_id) as tx:
            entry = tx.get(CalendarEntry, entry_id)
            if entry.status == status:
                return entry
            after = moved(entry, status, self.clock.now())
            changes = {name: getattr(after, name) for name in ("status", "publish_at", "review_due")}
            return self._edited(tx, entry, changes, self._change("move", by))

    def undo(self, business_id: BusinessId, entry_id: UUID, *, by: str | None = None) -> CalendarEntry:
        """The entry is as it was before its last change that has not been undone; undone again, before the one before.

        Nothing left to undo: `Conflict`.
        """
        return self._back_to(business_id, entry_id, undoable, "undo", by)

    def redo(self, business_id: BusinessId, entry_id: UUID, *, by: str | None = None) -> CalendarEntry:
        """The entry is as it was before it was undone; again, as before the undoing before that.

        Nothing was undone, or something else was done since: `Conflict`.
        """
        return self._back_to(business_id, entry_id, redoable, "redo", by)

    def undo_import(self, business_id: BusinessId, import_id: UUID, *, keep_changed: bool = False) -> UndoneImport:
        """What the import brought is gone, and what it changed is as it was before.

        An entry that was changed since raises `Conflict` which names it, as does one that it brought and that people
        have remarked on or results, maps and the like refer to; with ``keep_changed`` these stay as they are. Undone
        before: nothing happens. Not an import of the calendar: `NotFound`.
        """
        with self.store.business(business_id) as tx:
            record = tx.get(ImportBatch, import_id)
            if record.kind != "calendar":
                raise NotFound(f"there is no import {import_id} of the calendar; it brought {record.kind}")
            if record.undone_at is not None:
                return UndoneImport(removed=0, restored=0, kept=0)
            change = self._change("undo", f"undoing the import of {record.file_name}")
            undone = undo_import(tx, self._writer, record, change, keep_changed=keep_changed)
            tx.save(attrs.evolve(record, undone_at=self.clock.now()))
            return undone

    def remove(self, business_id: BusinessId, entry_id: UUID) -> None:
        """The entry is gone with its details, its history and its comments; what was embedded of it will be.

        Absent: `NotFound`. Results, visits, briefs or maps refer to it: `Conflict`.
        """
        with self.store.business(business_id) as tx:
            remove_entries(tx, self.queue, business_id, [tx.get(CalendarEntry, entry_id).id])

    def history(self, business_id: BusinessId, entry_id: UUID) -> list[EntryRevision]:
        """What the entry was before each of its changes, the latest first. Absent: `NotFound`."""
        with self.store.business(business_id) as tx:
            tx.get(CalendarEntry, entry_id)
            return tx.find(EntryRevision, *where(calendar_entry_id=entry_id), order="-id")

    def steps(self, business_id: BusinessId, entry_id: UUID) -> list[StatusChange]:
        """How the entry went through its statuses, the first step first. Absent: `NotFound`."""
        with self.store.business(business_id) as tx:
            tx.get(CalendarEntry, entry_id)
            return tx.find(StatusChange, *where(calendar_entry_id=entry_id))

    def imports(self, business_id: BusinessId, *, limit: int | None = None) -> list[ImportBatch]:
        """The imports of the calendar, the latest first."""
        with self.store.business(business_id) as tx:
            return tx.find(ImportBatch, *where(kind="calendar"), order="-id", limit=limit)

    def draft(self, business_id: BusinessId, entry_id: UUID) -> EntryDraft:
        """All that can be said of the entry. Absent: `NotFound`."""
        with self.store.business(business_id) as tx:
            entry = tx.get(CalendarEntry, entry_id)
            return stored_entries(tx, [entry])[entry.external_id].draft

    def drafts(self, business_id: BusinessId, asked: EntrySearch | None = None) -> list[EntryDraft]:
        """The entries that are asked for, as the drafts that say all of them; for exports."""
        with self.store.business(business_id) as tx:
            entries = found(tx, asked or EntrySearch())
            stored = stored_entries(tx, entries)
            return [stored[entry.external_id].draft for entry in entries]

    def search(
        self, business_id: BusinessId, asked: EntrySearch, *, after: UUID | None = None, limit: int | None = None
    ) -> list[CalendarEntry]:
        """The entries that are asked for, in the order of publication; those without a date last.

        ``after`` is a cursor: the id of the last one of the page before; an id that is absent raises `NotFound`.
        """
        with self.store.business(business_id) as tx:
            return found(tx, asked, after=after, limit=limit)

    def find(
        self,
        business_id: BusinessId,
        *,
        status: str | None = None,
        start: datetime | None = None,
        end: datetime | None = None,
        limit: int | None = None,
    ) -> list[CalendarEntry]:
        """Entries of that status with a publication from ``start`` until before ``end``, in its order."""
        return self.search(business_id, EntrySearch(status=status, start=start, end=end), limit=limit)

    def _change(self, action: str, by: str | None) -> Change:
        return Change(id=self.ids.new(), action=action, by=by)

    def _edited(
        self, tx: Transaction, entry: CalendarEntry, changes: Mapping[str, Any], change: Change
    ) -> CalendarEntry:
        named = {"title": entry.title, "artifact_type": entry.artifact_type} | dict(changes)
        draft = EntryDraft(external_id=entry.external_id, given=frozenset(changes), **named)
        return self._writer.write(tx, entry.business_id, [draft], change)[0]

    def _back_to(
        self,
        business_id: BusinessId,
        entry_id: UUID,
        chosen: Callable[[Sequence[EntryRevision]], EntryRevision | None],
        action: str,
        by: str | None,
    ) -> CalendarEntry:
        with self.store.business(business_id) as tx:
            entry = tx.get(CalendarEntry, entry_id)
            revision = chosen(tx.find(EntryRevision, *where(calendar_entry_id=entry_id), order="-id"))
            if revision is None:
                raise Conflict(f"there is nothing to {'undo' if action == 'undo' else 'redo'} of '{entry.external_id}'")
            change = attrs.evolve(self._change(action, by), import_id=import_before(revision))
            return self._writer.write(tx, business_id, [draft_before(revision)], change)[0]


def _changed_since(tx: Transaction, entry: CalendarEntry, version: int) -> bool:
    """Whether anybody has changed the entry since that version; what was found out about it is no change."""
    if version > entry.version:
        return True
    return bool(tx.count(EntryRevision, *where(calendar_entry_id=entry.id, after_version__gt=version)))


def _check_editable(changes: Mapping[str, Any]) -> None:
    remedy = f"The fields are: {', '.join(name for name in DRAFT_FIELDS if name not in FIXED)}."
    faults = [
        Fault("the changes", None, name, "it cannot be changed" if name in FIXED else "there is no such field", remedy)
        for name in changes
        if name in FIXED or name not in DRAFT_FIELDS
    ]
    if faults:
        raise InvalidInput(faults)
