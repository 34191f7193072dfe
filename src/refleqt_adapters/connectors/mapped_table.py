"""The entries of a calendar in a table whose columns are known: every good row as a draft, every other one named."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import MISSING, fields, replace
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import attrs

from refleqt_core.errors import Fault, InvalidInput
from refleqt_core.intake.column_reading import TableReading
from refleqt_core.intake.drafts import EntryDraft, PlanDraft
from refleqt_core.intake.table_fields import PLAN_PARTS

from .cells import Unreadable, shown
from .csv_records import HELD, RejectedLine, refused, with_values
from .keyed_rows import FileContent
from .mapped_rows import PLAN, Columns, Decided, Item, given_by, items_of
from .own_cells import LONGEST_CELL, REST, SUMS, was_cut
from .table_source import PassedOver, Table, opened_table, shown_row
from .text_records import Read

Progress = Callable[[int], None]
"""Is told how many rows have been read."""

BATCH = 1_000

_ROWS_NAMED = 5
_SHOWN = 120
_DEFAULT = {each.name: each.default for each in fields(EntryDraft) if each.default is not MISSING}
_DEFAULT |= {each.name: each.default_factory() for each in fields(EntryDraft) if each.default_factory is not MISSING}
_MAY_BE_ABSENT = frozenset(_DEFAULT) - {"given", "status"}
_KEPT = 10_000
_LAST = datetime(9999, 1, 1, tzinfo=UTC)


def read_rows(
    path: Path,
    table: Table,
    columns: Columns,
    reading: TableReading,
    decided: Decided,
    progress: Progress,
    room: int | None = None,
) -> "Rows":
    """All rows of the table, read as entries; beyond ``room`` faults further ones are only counted."""
    rows = Rows(table, columns, items_of(columns, reading, decided), room)
    while batch := list(islice(table.rows, BATCH)):
        rows.take(batch)
        progress(batch[-1].row)
    rows.part_shared_keys(path, reading.sheet)
    return rows


@attrs.define
class Rows:
    """The rows of a table as they are read: drafts, and the rejected ones with their reasons."""

    table: Table
    columns: Columns
    items: Sequence[Item]
    _room: int | None
    more_faults: int = 0
    drafts: dict[int, EntryDraft] = attrs.field(factory=dict)
    rejected: dict[int, RejectedLine] = attrs.field(factory=dict)
    passed_over: list[PassedOver] = attrs.field(factory=list)
    cut: list[int] = attrs.field(factory=list)
    _keys: dict[str, list[int]] = attrs.field(factory=dict)
    _given: frozenset[str] = attrs.field(init=False)
    _given_with_team: frozenset[str] = attrs.field(init=False)
    _empty_unless: Sequence[int] = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        self._given = given_by(self.columns)
        self._given_with_team = self._given | {"team"}
        places = (self.columns.place(field) for field in ("publish_at", "status", "artifact_type", "channel"))
        self._empty_unless = [place for place in places if place is not None]

    @property
    def has_own_ids(self) -> bool:
        """Whether a column says what each entry is called."""
        return self.columns.place("external_id") is not None

    def take(self, reads: Sequence[Read]) -> None:
        """Those rows are among the drafts or the rejected ones; empty ones and sums are passed over."""
        whole = [(read, cells) for read in reads if (cells := self._cells(read)) is not None]
        if not whole:
            return
        places = list(zip(*(cells for _, cells in whole), strict=True))
        values = [item.values(places) for item in self.items]
        faults = self._faults([read.row for read, _ in whole], values)
        names = [item.field for item in self.items]
        for (read, _), key in zip(whole, values[names.index("external_id")], strict=True):
            if key.__class__ is str:
                self._keys.setdefault(key, []).append(read.row)
            if read.row in faults:
                self._reject(read, faults[read.row])
        make: Callable[[dict[str, Any]], EntryDraft]
        make = self._planned if any(name.startswith(PLAN) for name in names) else self._plain
        for (read, cells), said in zip(whole, zip(*values, strict=True), strict=True):
            if read.row not in faults:
                draft = make(dict(zip(names, said, strict=True)))
                is_long = self.table.may_end_early and max(map(len, cells)) >= LONGEST_CELL - 1
                self.drafts[read.row] = self._without_cut(read.row, draft, cells) if is_long else draft

    def _without_cut(self, row: int, draft: EntryDraft, cells: Sequence[str]) -> EntryDraft:
        """The draft, which does not speak of what was cut when the workbook was written."""
        cut = [name for name, cell in zip(self.table.columns, cells, strict=False) if was_cut(cell.strip())]
        held = {self.columns.fields.get(name, "").partition(".") for name in cut}
        fields = {"plans" if dot else field for field, dot, _ in held} & _MAY_BE_ABSENT
        if not fields:
            return draft
        self.cut.append(row)
        given = (draft.given or frozenset()) - fields
        return replace(draft, given=given, **{field: _DEFAULT[field] for field in fields})

    def _plain(self, fields: Mapping[str, Any]) -> EntryDraft:
        return EntryDraft(given=self._given_with_team if fields.get("team") else self._given, **fields)

    def _planned(self, fields: Mapping[str, Any]) -> EntryDraft:
        return self._plain(_with_plans(fields))

    def part_shared_keys(self, path: Path, sheet: str | None) -> None:
        """Rows that share an id are rejected; those whose id was made of the same title are numbered by their dates."""
        shared = {key: rows for key, rows in self._keys.items() if len(rows) > 1}
        if not shared:
            return
        if self.has_own_ids:
            self._reject_shared(shared, path, sheet)
            return
        for key, rows in shared.items():
            there = sorted(
                (row for row in rows if row in self.drafts), key=lambda row: self._when(self.drafts[row], row)
            )
            for number, row in enumerate(there[1:], 2):
                self.drafts[row] = replace(self.drafts[row], external_id=f"{key}-{number}")

    def _when(self, draft: EntryDraft, row: int) -> tuple[datetime, str, int]:
        return draft.publish_at or _LAST, draft.channel or "", row

    def _reject_shared(self, shared: Mapping[str, Sequence[int]], path: Path, sheet: str | None) -> None:
        column = self.columns.name("external_id")
        wanted = {row: key for key, rows in shared.items() for row in rows}
        with opened_table(path, sheet) as again:
            for read in again.rows:
                if read.row in wanted:
                    fault = self._shared_fault(read.row, wanted[read.row], shared[wanted[read.row]], column)
                    before = self.rejected.pop(read.row, None)
                    self._reject(read, [*before.faults, fault] if before else [fault], 1)
                    self.drafts.pop(read.row, None)

    def _reject(self, read: Read, faults: Sequence[Fault], new: int | None = None) -> None:
        """The row is rejected for those reasons, of which that many are ``new``; without room they are counted."""
        count = len(faults) if new is None else new
        if self._room is not None and self._room <= 0 and new is None:
            self.more_faults += count
            return
        if self._room is not None:
            self._room -= count
        self.rejected[read.row] = rejected(self.table.columns, read, faults)

    def _shared_fault(self, row: int, key: str, rows: Sequence[int], column: str) -> Fault:
        others = [str(other) for other in rows[: _ROWS_NAMED + 1] if other != row][:_ROWS_NAMED]
        more = f" and {left} more rows" if (left := len(rows) - 1 - len(others)) else ""
        remedy = "Keep one of the rows, or give each an id of its own."
        return Fault(self.table.source, row, column, f"'{key}' stands in row {', '.join(others)}{more} too", remedy)

    def _cells(self, read: Read) -> list[str] | None:
        """As many cells as the header has, or None where the row is no entry or cannot be one."""
        cells, width = read.cells, len(self.table.columns)
        if isinstance(cells, Fault):
            self._reject(read, [cells])
            return None
        if cells[0].strip().casefold() in SUMS and self._is_sum(cells):
            self.passed_over.append(PassedOver(read.row, "as it only adds up", shown_row(read)))
            return None
        if len(cells) == width:
            return cells if any(map(str.strip, cells)) else None
        if not any(map(str.strip, cells)):
            return None
        if len(cells) < width and self.table.may_end_early:
            return cells + [""] * (width - len(cells))
        if len(cells) > width and not any(map(str.strip, cells[width:])):
            return cells[:width]
        self._reject(read, [self._length_fault(read, len(cells))])
        return None

    def _is_sum(self, cells: Sequence[str]) -> bool:
        return not any(cells[place].strip() for place in self._empty_unless if 0 < place < len(cells))

    def _length_fault(self, read: Read, length: int) -> Fault:
        last = read.row + read.text.rstrip("\r\n").count("\n")
        runs_on = f", and runs on to row {last}" if last > read.row else ""
        problem = f"the row has {length} fields, the header {len(self.table.columns)}{runs_on}"
        remedy = "Put a field that holds the separator in double quotes; leave empty fields in their place."
        return Fault(self.table.source, read.row, None, problem, remedy)

    def _faults(self, rows: Sequence[int], values: Sequence[Sequence[Any]]) -> dict[int, list[Fault]]:
        found: dict[int, list[Fault]] = {}
        for item, said in zip(self.items, values, strict=True):
            for row, value in zip(rows, said, strict=True) if item.has_faults else ():
                if value.__class__ is Unreadable:
                    at = item.column if value.field is None else _column_of(self.columns, value.field)
                    found.setdefault(row, []).append(Fault(self.table.source, row, at, value.problem, value.remedy))
        return found


def _column_of(columns: Columns, field: str) -> str:
    place = columns.place(field)
    return field if place is None else columns.names[place]


def _with_plans(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The parts of plans, put together by their channels."""
    said = {name: value for name, value in fields.items() if not name.startswith(PLAN)}
    parts: dict[str, dict[str, Any]] = {}
    for name, value in fields.items():
        if name.startswith(PLAN) and value not in (None, ()):
            channel, _, part = name[len(PLAN) :].partition(".")
            parts.setdefault(channel, {})[part] = value
    return said | {"plans": tuple(_plan(channel, each) for channel, each in parts.items())}


def _plan(channel: str, parts: Mapping[str, Any]) -> PlanDraft:
    own = {name: value for name, value in parts.items() if name in PLAN_PARTS}
    parameters = {name: value for name, value in parts.items() if name not in own}
    rest = parameters.pop(REST, {})
    return PlanDraft(channel=channel, parameters=parameters | (rest if isinstance(rest, dict) else {REST: rest}), **own)


def rejected(columns: Sequence[str], read: Read, faults: Iterable[Fault]) -> RejectedLine:
    """That row, left out for those reasons; of a sheet's row the cells as CSV writes them."""
    text = read.text
    if not text and not isinstance(read.cells, Fault):
        written = io.StringIO()
        csv.writer(written, lineterminator="").writerow(read.cells[: len(columns)])
        text = written.getvalue()
    kept = text[:_KEPT].rstrip("\r\n").encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    cells = () if isinstance(read.cells, Fault) else read.cells
    return RejectedLine(row=read.row, text=kept, faults=tuple(dict.fromkeys(with_values(faults, columns, cells))))


def content_of(table: Table, columns: Columns, rows: Rows, notes: Sequence[str]) -> FileContent[EntryDraft]:
    """The drafts in the file's order, with all the rest that the file held."""
    passed = [*table.passed_over, *rows.passed_over]
    return FileContent(
        [rows.drafts[row] for row in sorted(rows.drafts)],
        tuple(rows.rejected[row] for row in sorted(rows.rejected)),
        tuple(name for name in table.columns if name not in columns.fields),
        len(passed),
        (*table.notes, *map(str, passed), *notes, *_several(rows.items), *_told(rows)),
    )


def _told(rows: Rows) -> Iterator[str]:
    if not rows.has_own_ids:
        yield "no column holds an id, so entries are known by their titles: one with a changed title is another entry"
    if rows.cut:
        named = ", ".join(map(str, rows.cut[:_ROWS_NAMED])) + (", …" if len(rows.cut) > _ROWS_NAMED else "")
        yield f"texts that an export had to cut are left as the calendar has them (row {named})"


def _several(items: Iterable[Item]) -> Iterator[str]:
    """What became of cells that name several things where an entry has one."""
    for item in items:
        if item.several:
            rest = "the others are its team" if item.field == "owner" else "the others are not kept"
            named = "; ".join(f"'{shown(cell)[:_SHOWN]}'" for cell in sorted(item.several)[:_ROWS_NAMED])
            yield (
                f"the column '{item.column}' names several in one cell: the first is the {item.field}, {rest}: {named}"
            )


def refuse(rows: Rows) -> InvalidInput:
    """The error with the faults of all rejected rows, the first 1,000 of them held."""
    faults = [fault for row in sorted(rows.rejected) for fault in rows.rejected[row].faults]
    return refused(faults[:HELD], max(0, len(faults) - HELD) + rows.more_faults)


def same_field_faults(source: str, row: int, columns: Columns) -> Iterator[Fault]:
    """A fault for every field that more than one column is said to hold."""
    by_field: dict[str, list[str]] = {}
    for name in columns.names:
        if field := columns.fields.get(name):
            by_field.setdefault(field, []).append(name)
    for field, names in by_field.items():
        if len(names) > 1:
            named = " and ".join(f"'{name}'" for name in names)
            remedy = f"Leave one of them out: --unmap '{names[1]}'."
            yield Fault(source, row, names[1], f"{named} are both said to be {field}", remedy)
