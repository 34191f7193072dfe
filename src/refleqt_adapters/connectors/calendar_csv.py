"""The calendar as a CSV file (RFC 4180) in UTF-8."""

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import date

from refleqt_core.intake.drafts import EntryDraft

from .calendar_rows import Cell, columns_of, iso, row_of
from .own_cells import protected

BOM = "\ufeff"
"""By which Excel knows UTF-8; readers of CSV pass over it."""


def calendar_csv(drafts: Sequence[EntryDraft]) -> Iterator[bytes]:
    """The file in pieces: a header of all fields, then a row for each draft in the given order.

    The same drafts give the same bytes. Imported again, nothing changes (white space at the ends of a text is the one
    thing that a table does not keep). No cell is a formula: see `own_cells`.
    """
    columns = columns_of(drafts)
    yield f"{BOM}{_line(columns)}".encode()
    for draft in drafts:
        yield _line([_text(cell) for cell in row_of(draft, columns)]).encode()


def _line(cells: Sequence[str]) -> str:
    written = io.StringIO()
    csv.writer(written).writerow(cells)
    return written.getvalue()


def _text(cell: Cell) -> str:
    if isinstance(cell, str):
        return protected(cell)
    if cell is None or cell is False:
        return ""
    if cell is True:
        return "true"
    return iso(cell) if isinstance(cell, date) else _number(cell)


def _number(figure: object) -> str:
    return f"{figure:f}" if not isinstance(figure, float) else repr(figure)
