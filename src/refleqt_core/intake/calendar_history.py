"""The way back: what an entry was before each change, and how one change, or a whole import, is undone."""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

import attrs

from ..entities import referrers
from ..errors import Conflict
from ..jobs.catalogue import GenerateEmbeddings, job
from ..ports import Queue, Transaction, where
from ..values import BusinessId
from .calendar import (
    CalendarEntry,
    Campaign,
    DistributionPlan,
    EntryComment,
    EntryRevision,
    Keyword,
    SeoMetadata,
    StatusChange,
)
from .calendar_details import stored_entries
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
    """The last change that has not been undone."""
    done, _ = _stacks(latest_first)
    return done[-1] if done else None


def redoable(latest_first: Sequence[EntryRevision]) -> EntryRevision | None:
    """The last undoing that has not been redone, where nothing else was done since."""
    _, undone = _stacks(latest_first)
    return undone[-1] if undone else None


def _stacks(latest_first: Sequence[EntryRevision]) -> tuple[list[EntryRevision], list[EntryRevision]]:
    """What can be undone and what can be redone, the next one last."""
    done: list[EntryRevision] = []
    undone: list[EntryRevision] = []
    for revision in reversed(latest_first):
        if revision.action == "undo":
            done.pop()
            undone.append(revision)
        else:
            undone = undone[:-1] if revision.action == "redo" else []
            done.append(revision)
    return done, undone


@attrs.frozen
class _Standing:
    """What has become of the entries of an import since."""

    brought: frozenset[UUID]
    changed: Sequence[EntryRevision]
    touched: frozenset[UUID]


def undo_import(
    tx: Transaction, writer: CalendarWriter, record: ImportBatch, change: Change, *, keep_changed: bool
) -> UndoneImport:
    """As `CalendarService.undo_import`."""
    standing = _standing(tx, record)
    kept = in_use(tx, standing.brought) | standing.touched
    if kept and not keep_changed:
        named = sorted(name for (name,) in tx.rows(CalendarEntry, ("external_id",), *where(id__in=sorted(kept))))
        listed = ", ".join(named[:NAMED]) + (" …" if len(named) > NAMED else "")
        problem = f"{len(named)} of its entries were changed since, or are in use: {listed}"
        raise Conflict(f"{problem}. Undo these changes first, or undo the import and keep them")
    gone = sorted(standing.brought - kept)
    named_by = _named_by(tx, gone)
    remove_entries(tx, writer.queue, BusinessId(record.business_id), gone)
    _remove_unused(tx, record, *named_by)
    for imported, rows in _by_import(standing.changed).items():
        drafts = [draft_before(row) for row in rows]
        writer.write(tx, BusinessId(record.business_id), drafts, attrs.evolve(change, import_id=imported))
    return UndoneImport(removed=len(gone), restored=len(standing.changed), kept=len(kept))


def in_use(tx: Transaction, ids: Iterable[UUID]) -> frozenset[UUID]:
    """The entries that people have remarked on, or that results, visits, maps and the like refer to."""
    asked, found = sorted(ids), set[UUID]()
    for kind, field in referrers(CalendarEntry) if asked else ():
        if kind not in PARTS or kind is EntryComment:
            found |= {id for (id,) in tx.rows(kind, (field,), *where(**{f"{field}__in": asked}))}
    return frozenset(found)


def _standing(tx: Transaction, record: ImportBatch) -> _Standing:
    """What the import wrote and is so still. What differs now was touched, unless it is as it was before the import."""
    own = {row.calendar_entry_id: row for row in tx.find(EntryRevision, *where(change_id=record.id))}
    wrote = {id for (id,) in tx.rows(CalendarEntry, ("id",), *where(import_id=record.id))} | set(own)
    later: dict[UUID, EntryRevision] = {}
    for row in tx.find(EntryRevision, *where(at__ge=record.imported_at, change_id__ne=record.id), order="-id"):
        if row.id > record.id and (row.calendar_entry_id in wrote or import_before(row) == record.id):
            later[row.calendar_entry_id] = row
    present = {each.entry.id: each.draft for each in stored_entries(tx, _entries(tx, later)).values()}
    differs = {id for id, row in later.items() if present[id] != draft_before(row)}
    undone = {id for id in differs & set(own) if present[id] == draft_before(own[id])}
    return _Standing(
        brought=frozenset((wrote | set(later)) - set(own) - differs),
        changed=[row for id, row in own.items() if id not in differs],
        touched=frozenset(differs - undone),
    )


def _entries(tx: Transaction, ids: Iterable[UUID]) -> list[CalendarEntry]:
    asked = sorted(ids)
    return tx.find(CalendarEntry, *where(id__in=asked)) if asked else []


def _named_by(tx: Transaction, ids: Sequence[UUID]) -> tuple[set[UUID], set[str]]:
    """The campaigns and keywords of those entries."""
    if not ids:
        return set(), set()
    campaigns = tx.rows(CalendarEntry, ("campaign_id",), *where(id__in=ids, campaign_id__null=False))
    terms = tx.rows(SeoMetadata, ("primary_keyword",), *where(calendar_entry_id__in=ids, primary_keyword__null=False))
    return {id for (id,) in campaigns}, {term for (term,) in terms}


def _remove_unused(tx: Transaction, record: ImportBatch, campaigns: set[UUID], terms: set[str]) -> None:
    """What the import's entries had brought along goes with them, if nobody else has taken it up."""
    new = [row for row in tx.find(Campaign, *where(id__in=sorted(campaigns), version=0)) if row.id > record.id]
    used = {id for (id,) in tx.rows(CalendarEntry, ("campaign_id",), *where(campaign_id__in=[row.id for row in new]))}
    tx.remove(Campaign, *(row.id for row in new if row.id not in used))
    keywords = [row for row in tx.find(Keyword, *where(term__in=sorted(terms), version=0)) if row.id > record.id]
    asked = where(primary_keyword__in=[row.term for row in keywords])
    aimed_at = {term for (term,) in tx.rows(SeoMetadata, ("primary_keyword",), *asked)}
    tx.remove(Keyword, *(row.id for row in keywords if row.term not in aimed_at))


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


def _by_import(revisions: Sequence[EntryRevision]) -> Mapping[UUID | None, list[EntryRevision]]:
    groups: dict[UUID | None, list[EntryRevision]] = {}
    for row in revisions:
        groups.setdefault(import_before(row), []).append(row)
    return groups
