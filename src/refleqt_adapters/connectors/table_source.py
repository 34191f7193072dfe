"""A table in a file, be it delimited text or a sheet of a workbook: its header wherever that stands, and its rows."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from itertools import islice
from pathlib import Path
from typing import BinaryIO

import attrs

from refleqt_core.errors import Fault, InvalidInput
from refleqt_core.intake.column_guess import known_names

from .csv_records import opened
from .sheet_records import (
    COLUMN_LIMIT,
    first_rows,
    hidden_names,
    is_of_1904,
    is_workbook,
    opened_workbook,
    sheet_names,
    sheet_records,
)
from .text_records import DELIMITERS, Read, TextRecords, best_delimiter

_ABOVE = 30
"""Rows in which the header is looked for."""

_SHOWN = 200
_REMEDY = "The first line has to name the columns, such as: external_id, title, artifact_type, publish_at."
_READABLE = "Give the path of a CSV or XLSX file that can be read."


@attrs.frozen
class PassedOver:
    """A row that is no entry: a title above the header, a total below; why, and what stands in it."""

    row: int
    reason: str
    text: str

    def __str__(self) -> str:
        return f"row {self.row} was passed over, {self.reason}: {self.text}"


@attrs.frozen(kw_only=True)
class Table:
    """The header's row and names, each name once; the rows below it, which can be gone through once; and the rest.

    Columns without a name are called ``column 5``. ``notes`` say what a person should know of how the file was read.
    """

    source: str
    header_row: int
    columns: tuple[str, ...]
    rows: Iterator[Read]
    passed_over: tuple[PassedOver, ...] = ()
    notes: tuple[str, ...] = ()
    delimiter: str | None = None
    is_of_1904: bool = False

    @property
    def may_end_early(self) -> bool:
        """Whether a row may have fewer cells than the header: in a sheet the empty ones at its end are not there."""
        return self.delimiter is None


@contextmanager
def opened_table(path: Path, sheet: str | None = None) -> Iterator[Table]:
    """The table in that file; ``sheet`` names the one of a workbook, else it is the first that has a header.

    A file that is missing, empty, no workbook, or without a header raises `InvalidInput`.
    """
    with opened(path, _READABLE) as file, ExitStack() as stack:
        yield _of_workbook(path, file, sheet, stack) if is_workbook(path) else _of_text(path, file, stack)


def _of_text(path: Path, file: BinaryIO, stack: ExitStack) -> Table:
    records = TextRecords(str(path), file)
    stack.callback(records.close)
    lines = records.peek(_ABOVE)
    said = lines[0].strip().casefold() if lines else ""
    is_told = said.startswith("sep=") and said[4:] in (*DELIMITERS, "|")
    records.delimiter = said[4:] if is_told else best_delimiter(lines)
    notes = records.notes
    return _table(str(path), iter(records), delimiter=records.delimiter, skipped=int(is_told), notes=notes)


def _of_workbook(path: Path, file: BinaryIO, sheet: str | None, stack: ExitStack) -> Table:
    source = str(path)
    book = stack.enter_context(opened_workbook(source, file))
    visible, hidden = sheet_names(book), hidden_names(book)
    if sheet is not None and sheet not in (*visible, *hidden):
        problem = f"the workbook has no sheet '{sheet}'"
        raise InvalidInput([Fault(source, None, None, problem, f"It has: {', '.join((*visible, *hidden))}.")])
    names = (sheet,) if sheet is not None else visible
    chosen = next((name for name in names if _has_header(first_rows(source, book, name, _ABOVE))), None)
    if chosen is None:
        raise _empty(source)
    others = [name for name in visible if name != chosen]
    notes = [f"the sheet '{chosen}' was read; not read: {', '.join(others)}"] if others else []
    notes += [f"hidden sheets were not read: {', '.join(hidden)}"] if hidden and chosen not in hidden else []
    rows = sheet_records(source, file, book, chosen)
    return _table(source, rows, notes=tuple(notes), is_of_1904=is_of_1904(book))


def _has_header(rows: Iterator[Read]) -> bool:
    """Whether any of the first rows names two columns, at least one of them known."""
    return any(not isinstance(read.cells, Fault) and len(read.cells) > 1 and known_names(read.cells) for read in rows)


def _table(
    source: str,
    rows: Iterator[Read],
    *,
    delimiter: str | None = None,
    skipped: int = 0,
    notes: tuple[str, ...] = (),
    is_of_1904: bool = False,
) -> Table:
    first = list(islice(rows, _ABOVE + skipped))[skipped:]
    first = [read for read in first if isinstance(read.cells, Fault) or any(map(str.strip, read.cells))]
    if not first:
        raise _empty(source)
    place = _header_place(first)
    header = first[place]
    if isinstance(header.cells, Fault):
        raise InvalidInput([header.cells._replace(remedy=f"{header.cells.remedy} {_REMEDY}")])
    above = [PassedOver(read.row, "above the header", shown_row(read)) for read in first[:place]]
    return Table(
        source=source,
        header_row=header.row,
        columns=_named(source, header.row, header.cells),
        rows=_chained(first[place + 1 :], rows),
        passed_over=tuple(above),
        notes=notes,
        delimiter=delimiter,
        is_of_1904=is_of_1904,
    )


def _chained(first: Sequence[Read], rows: Iterator[Read]) -> Iterator[Read]:
    yield from first
    yield from rows


def _header_place(rows: Sequence[Read]) -> int:
    """Where most cells are names of columns; where none is, the first row that is not text, else the widest."""
    known = [0 if isinstance(read.cells, Fault) else known_names(read.cells) for read in rows]
    if max(known):
        return known.index(max(known))
    if unreadable := [place for place, read in enumerate(rows) if isinstance(read.cells, Fault)]:
        return unreadable[0]
    widths = [sum(map(bool, read.cells)) for read in rows]
    return widths.index(max(widths))


def _named(source: str, row: int, cells: Sequence[str]) -> tuple[str, ...]:
    if len(cells) > COLUMN_LIMIT:
        problem = f"the header has {len(cells):,} columns, more than {COLUMN_LIMIT:,}"
        raise InvalidInput([Fault(source, row, None, problem, _REMEDY)])
    names: dict[str, None] = {}
    for place, cell in enumerate(cells, 1):
        if "\0" in cell:
            remedy = "Remove the character; a file with many of them is no text."
            raise InvalidInput([Fault(source, row, None, "the header holds a NUL character", remedy)])
        name = base = " ".join(cell.split())[:_SHOWN] or f"column {place}"
        again = 2
        while name in names:
            name, again = f"{base} ({again})", again + 1
        names[name] = None
    return tuple(names)


def shown_row(read: Read) -> str:
    """The row's text on one line, cut where it is long."""
    said = read.text or ("" if isinstance(read.cells, Fault) else ", ".join(filter(None, read.cells)))
    return " ".join(said.split())[:_SHOWN]


def _empty(source: str) -> InvalidInput:
    return InvalidInput([Fault(source, None, None, "the file is empty", _REMEDY)])
