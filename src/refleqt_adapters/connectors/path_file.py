"""Aggregated paths from a CSV file: ``path,total_conversions,total_conversion_value,total_null``."""

import csv
import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import attrs
import numpy as np

from refleqt_core.attribution.path_report import PathTable
from refleqt_core.errors import Fault, InvalidInput

LINE_LIMIT = 1_000_000
"""Bytes of the longest line that is read; a longer one is passed over without holding it in memory."""

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

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)
_LARGEST = 1e15
_HEADER_REMEDY = "The first line has to be: path,total_conversions,total_conversion_value,total_null"
_SHOWN = 500


@attrs.frozen(kw_only=True)
class RejectedLine:
    """A line that was left out: its row (the header is row 1), the beginning of its text, and every reason."""

    row: int
    text: str
    faults: tuple[Fault, ...]


@attrs.frozen(kw_only=True, eq=False)
class PathFile:
    """What a file held: the good rows as a table, the others as they stood, and the columns that were not used."""

    table: PathTable
    rejected: tuple[RejectedLine, ...] = ()
    unused_columns: tuple[str, ...] = ()


@attrs.frozen
class _Line:
    row: int
    raw: bytes
    overlong: bool


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
    try:
        with path.open("rb") as file:
            result = _read(str(path), file)
    except OSError as error:
        remedy = "Give the path of a CSV file that can be read."
        raise InvalidInput([Fault(str(path), None, None, error.strerror or str(error), remedy)]) from error
    if result.rejected and not skip_bad_rows:
        raise InvalidInput(fault for line in result.rejected for fault in line.faults)
    return result


def _read(source: str, file: BinaryIO) -> PathFile:
    lines = _lines(file)
    header = _header(source, next(lines, None))
    good: list[_Row] = []
    rejected: list[RejectedLine] = []
    for line in lines:
        row = _row(source, line, header)
        if isinstance(row, _Row):
            good.append(row)
        else:
            text = line.raw[:_SHOWN].decode("utf-8", errors="backslashreplace").rstrip("\r\n")
            rejected.append(RejectedLine(row=line.row, text=text, faults=tuple(row)))
    return PathFile(
        table=_table(good, header),
        rejected=tuple(rejected),
        unused_columns=tuple(name for name in header if _held(name) is None),
    )


def _lines(file: BinaryIO) -> Iterator[_Line]:
    row = 0
    while raw := file.readline(LINE_LIMIT + 1):
        row += 1
        overlong = len(raw) > LINE_LIMIT and not raw.endswith(b"\n")
        if overlong:
            _pass_over_line(file)
        if overlong or raw.strip():
            yield _Line(row, raw, overlong)


def _pass_over_line(file: BinaryIO) -> None:
    while (rest := file.readline(LINE_LIMIT)) and not rest.endswith(b"\n"):
        pass


def _header(source: str, line: _Line | None) -> list[str]:
    if line is None:
        raise InvalidInput([Fault(source, None, None, "the file is empty", _HEADER_REMEDY)])
    cells = _cells(source, line)
    if not isinstance(cells, list):
        raise InvalidInput([cells._replace(remedy=f"{cells.remedy} {_HEADER_REMEDY}")])
    faults = list(_header_faults(source, line.row, cells))
    if faults:
        raise InvalidInput(faults)
    return cells


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


def _cells(source: str, line: _Line) -> list[str] | Fault:
    if line.overlong:
        problem = f"the line is longer than {LINE_LIMIT:,} bytes"
        return Fault(source, line.row, None, problem, "Check that lines end with a line break, or leave this one out.")
    try:
        text = line.raw.decode("utf-8-sig" if line.row == 1 else "utf-8")
        return next(csv.reader([text], strict=True))
    except UnicodeDecodeError as error:
        problem = f"byte {error.start + 1} of the line (0x{line.raw[error.start]:02x}) is not UTF-8"
        return Fault(source, line.row, None, problem, "Save the file as UTF-8 and read it again.")
    except csv.Error as error:
        return Fault(source, line.row, None, f"the line is not CSV: {error}", "Mend the quotes of the line.")


def _row(source: str, line: _Line, header: list[str]) -> _Row | list[Fault]:
    cells = _cells(source, line)
    if not isinstance(cells, list):
        return [cells]
    if len(cells) != len(header):
        problem = f"the row has {len(cells)} fields, the header {len(header)}"
        return [Fault(source, line.row, None, problem, "Put a path that holds a comma in double quotes.")]
    path, numbers, faults = "", {}, []
    for name, cell in zip(header, cells, strict=True):
        column = _held(name)
        if column == "path":
            path = cell
        elif column is not None:
            number = _number(cell)
            if isinstance(number, float):
                numbers[column] = number
            else:
                faults.append(Fault(source, line.row, name.strip(), *number))
    return faults or _Row(path, numbers)


def _number(cell: str) -> float | tuple[str, str]:
    """The number, or the problem and its remedy."""
    text = cell.strip()
    if not text:
        return "the field is empty", "Write 0 if there were none."
    if not _NUMBER.fullmatch(text):
        return f"'{text[:_SHOWN]}' is not a number", "Write it like 1234.5, with no unit and no thousands separator."
    number = float(text)
    if number < 0:
        return f"{text} is negative", "Write how many there were or what they were worth, 0 or more."
    if number > _LARGEST:
        return f"{text} is too large", f"Write a number of at most {_LARGEST:g}."
    return abs(number)


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
