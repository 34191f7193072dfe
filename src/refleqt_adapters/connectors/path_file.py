"""Aggregated paths from a CSV file: ``path,total_conversions,total_conversion_value,total_null``."""

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import attrs
import numpy as np

from refleqt_core.attribution.path_report import PathTable
from refleqt_core.errors import Fault, InvalidInput

from .cells import Unreadable, number
from .csv_records import Lines, Record, RejectedLine, nul_faults, opened, records, refused

COLUMNS = {
    "path": "path",
    "total_conversions": "conversions",
    "conversions": "conversions",
    "total_conversion_value": "value",
    "conversion_value": "value",
    "value": "value",
    "total_null": "null",
    "null": "null",
}
"""Column names of the file → what they hold here."""

_HEADER_REMEDY = "The first line has to be: path,total_conversions,total_conversion_value,total_null"
_SHOWN = 500


@attrs.frozen(kw_only=True, eq=False)
class PathFile:
    """What a file held: the good rows as a table, the others as they stood, and the columns that were not used."""

    table: PathTable
    rejected: tuple[RejectedLine, ...] = ()
    unused_columns: tuple[str, ...] = ()


@attrs.frozen
class _Row:
    path: str
    numbers: dict[str, float]


def read_path_file(path: Path, *, skip_bad_rows: bool = False) -> PathFile:
    """The paths of the file; any fault raises `InvalidInput` with all faults of the file, by row and field.

    The columns may come in any order; conversions or value may be absent, not both; further columns are named in
    ``unused_columns``. Blank lines are passed over. With ``skip_bad_rows`` faulty rows are kept apart as ``rejected``
    instead; a file that is missing, empty, or has a wrong header raises all the same.
    """
    with opened(path, "Give the path of a CSV file that can be read.") as file:
        result = _read(str(path), file)
    if result.rejected and not skip_bad_rows:
        raise refused(fault for line in result.rejected for fault in line.faults)
    return result


def _read(source: str, file: BinaryIO) -> PathFile:
    lines = records(source, Lines(file))
    header = _header(source, next(lines, None))
    good: list[_Row] = []
    rejected: list[RejectedLine] = []
    for record in lines:
        row = _row(source, record, header)
        if isinstance(row, _Row):
            good.append(row)
        else:
            rejected.append(record.rejected(row))
    return PathFile(
        table=_table(good, header),
        rejected=tuple(rejected),
        unused_columns=tuple(name for name in header if _held(name) is None),
    )


def _header(source: str, record: Record | None) -> list[str]:
    if record is None:
        raise InvalidInput([Fault(source, None, None, "the file is empty", _HEADER_REMEDY)])
    if isinstance(record.cells, Fault):
        raise InvalidInput([record.cells._replace(remedy=f"{record.cells.remedy} {_HEADER_REMEDY}")])
    if faults := list(_header_faults(source, record.row, record.cells)):
        raise InvalidInput(faults)
    return record.cells


def _header_faults(source: str, row: int, names: list[str]) -> Iterator[Fault]:
    held = [_held(name) for name in names]
    found = ", ".join(names)[:_SHOWN]
    if "path" not in held:
        yield Fault(source, row, "path", f"the header has no such column; it has: {found}", _HEADER_REMEDY)
    if "conversions" not in held and "value" not in held:
        problem = f"the header has neither this column nor total_conversion_value; it has: {found}"
        yield Fault(source, row, "total_conversions", problem, _HEADER_REMEDY)
    for column in ("path", "conversions", "value", "null"):
        if held.count(column) > 1:
            twice = " and ".join(name for name in names if _held(name) == column)
            yield Fault(source, row, column, f"the header has it more than once: {twice}", "Keep one of the columns.")


def _held(name: str) -> str | None:
    return COLUMNS.get(name.strip().lower())


def _row(source: str, record: Record, header: list[str]) -> _Row | list[Fault]:
    cells = record.cells
    if isinstance(cells, Fault):
        return [cells]
    if len(cells) != len(header):
        problem = f"the row has {len(cells)} fields, the header {len(header)}"
        return [Fault(source, record.row, None, problem, "Put a path that holds a comma in double quotes.")]
    path, numbers = "", {}
    faults = list(nul_faults(source, record.row, header, cells)) if b"\0" in record.raw else []
    for name, cell in zip(header, cells, strict=True):
        column = _held(name)
        if column == "path":
            path = cell
        elif column is not None:
            try:
                numbers[column] = _number(cell.strip())
            except Unreadable as wrong:
                faults.append(Fault(source, record.row, name.strip(), wrong.problem, wrong.remedy))
    return faults or _Row(path, numbers)


_read_number = number(minimum=0, remedy="Write how many there were or what they were worth")


def _number(cell: str) -> float:
    if not cell:
        raise Unreadable("the field is empty", "Write 0 if there were none.")
    return float(_read_number(cell))


def _table(rows: list[_Row], header: list[str]) -> PathTable:
    held = {_held(name) for name in header}

    def column(name: str) -> "np.ndarray[tuple[int], np.dtype[np.float64]] | None":
        return np.array([row.numbers[name] for row in rows], dtype=np.float64) if name in held else None

    return PathTable(
        paths=tuple(row.path for row in rows),
        conversions=column("conversions"),
        values=column("value"),
        nulls=column("null"),
    )
