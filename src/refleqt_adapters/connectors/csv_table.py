"""A CSV file as a table of values, or every fault of it at once, each with its row, field and remedy."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, TypeAlias, TypeVar

import attrs

from refleqt_core.errors import Fault, InvalidInput

from .cells import Parser, Unreadable
from .csv_records import HELD, Line, Lines, Record, RejectedLine, nul_faults, opened, records, refused, with_values
from .keyed_rows import FileContent, KeyedRows

COLUMN_LIMIT = 1_000
DELIMITERS = (",", ";", "\t")
T = TypeVar("T")

_SHOWN = 500
_HEADER_SEEN = 100_000


class Problem(NamedTuple):
    """What a whole row has wrong: the field to look at, the problem, the remedy."""

    field: str | None
    problem: str
    remedy: str


KeyOf: TypeAlias = Callable[[Mapping[str, Any]], tuple[Hashable, ...]]
RowCheck: TypeAlias = Callable[[Mapping[str, Any]], Iterable[Problem]]


@attrs.frozen
class Column:
    """A column and what its cells mean; ``beside`` names columns whose cells the parser is given as well.

    An empty cell, or an absent column, is ``default``; a fault where ``required``.
    """

    name: str
    parse: Parser
    required: bool = False
    default: Any = None
    beside: tuple[str, ...] = ()


@attrs.frozen(kw_only=True, eq=False)
class Table:
    """The good rows by column name, the row number of each (the header is row 1), what was left out, and the rest.

    ``more_faults`` counts those of rows that are not among ``rejected``, because there are too many.
    """

    rows: list[dict[str, Any]]
    numbers: list[int]
    rejected: tuple[RejectedLine, ...] = ()
    unused_columns: tuple[str, ...] = ()
    more_faults: int = 0

    def content(self, items: Iterable[T]) -> FileContent[T]:
        """``items``, which were made of the rows, with the rest of what the file held."""
        return FileContent(list(items), self.rejected, self.unused_columns)


@attrs.frozen(kw_only=True)
class TableForm:
    """How a kind of file is to be read: its columns, what makes a row unique, and what holds for a row.

    ``key`` names what makes it unique: columns, or the parts of what ``key_of`` makes of the row. With ``short_rows`` a
    row may end early, as tools leave trailing empty cells out.
    """

    columns: Sequence[Column]
    key: tuple[str, ...] = ()
    key_of: KeyOf | None = None
    check: RowCheck | None = None
    short_rows: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """Every column that is known, those that others are read with included."""
        return tuple(dict.fromkeys(name for column in self.columns for name in (column.name, *column.beside)))


def read_table(
    path: Path,
    columns: Sequence[Column],
    key: str | Sequence[str] | None = None,
    skip_bad_rows: bool = False,
    *,
    key_of: KeyOf | None = None,
    check: RowCheck | None = None,
    short_rows: bool = False,
) -> Table:
    """The rows of the file as values; any fault raises `InvalidInput` with all faults of the file, by row and field;
    those beyond the first 1,000 are only counted.

    Columns may come in any order and case, separated by commas, semicolons or tabs. One that is not known is named in
    ``unused_columns``, and is a fault if it looks like a known one misspelt. Blank rows are passed over. Rows that
    share their ``key`` (columns, or named parts of what ``key_of`` makes of a row) are all faulty. ``check`` says what
    is wrong with a row whose cells are good each.

    With ``skip_bad_rows`` faulty rows are kept apart as ``rejected`` instead; a file that cannot be read, has no rows,
    or has a wrong header raises all the same. The message lists the first 50 faults.
    """
    names = (key,) if isinstance(key, str) else tuple(key or ())
    form = TableForm(columns=columns, key=names, key_of=key_of, check=check, short_rows=short_rows)
    with opened(path, "Give the path of a CSV file that can be read.") as file:
        table = _read(str(path), file, form, None if skip_bad_rows else HELD)
    if not table.rows and not table.rejected:
        remedy = "Check that it was exported whole, or leave the file out."
        raise InvalidInput([Fault(str(path), None, None, "the file has a header and no rows", remedy)])
    if table.rejected and not skip_bad_rows:
        raise refused((fault for line in table.rejected for fault in line.faults), table.more_faults)
    return table


def read_header(path: Path) -> tuple[str, ...]:
    """The column names of a CSV file in lower case; a file that is empty or not text raises `InvalidInput`."""
    with opened(path, "Give the path of a CSV file that can be read.") as file:
        _, header = _begin(str(path), file, ())
    return header.names


def _read(source: str, file: BinaryIO, form: TableForm, limit: int | None) -> Table:
    lines, header = _begin(source, file, form.names)
    if faults := list(_header_faults(source, header, form)):
        raise refused(faults)
    rows = _Rows(source, header.names, form, limit)
    for record in records(source, lines, header.delimiter):
        rows.take(record)
    return rows.table()


class _Header(NamedTuple):
    row: int
    names: tuple[str, ...]
    delimiter: str


def _begin(source: str, file: BinaryIO, names: Sequence[str]) -> tuple[Lines, _Header]:
    """The lines below the header, and the header."""
    lines = Lines(file)
    first = next((line for line in lines if not line.is_blank), None)
    remedy = f"The first line has to name the columns: {', '.join(names)}." if names else "Give a file with columns."
    if first is None:
        raise InvalidInput([Fault(source, None, None, "the file is empty", remedy)])
    delimiter = _delimiter(first, names)
    lines.put_back([first])
    record = next(records(source, lines, delimiter))
    if isinstance(record.cells, Fault):
        raise InvalidInput([record.cells._replace(remedy=f"{record.cells.remedy} {remedy}")])
    if len(record.cells) > COLUMN_LIMIT:
        problem = f"the header has {len(record.cells):,} columns, more than {COLUMN_LIMIT:,}"
        raise InvalidInput([Fault(source, record.row, None, problem, remedy)])
    if faults := list(nul_faults(source, record.row, record.cells, record.cells)):
        raise InvalidInput(faults)
    return lines, _Header(record.row, tuple(map(_plain, record.cells)), delimiter)


def _delimiter(line: Line, names: Sequence[str]) -> str:
    """The delimiter that parts the header into most of the known names; where none is known, into most names."""
    text = line.raw[:_HEADER_SEEN].decode("utf-8", errors="replace").lstrip("\ufeff")

    def known(delimiter: str) -> tuple[int, int]:
        parts = [_plain(part.strip().strip('"')) for part in text.split(delimiter)]
        return len(set(parts) & set(names)), len(parts)

    return max(DELIMITERS, key=known)


def _plain(name: str) -> str:
    return name.strip().lower().replace(" ", "_")


def _header_faults(source: str, header: _Header, form: TableForm) -> Iterator[Fault]:
    """What is missing, misspelt or there twice; a column that nobody asked for may be there as often as it likes."""
    absent = [name for name in form.names if name not in header.names]
    unknown = [name for name in header.names if name and name not in form.names]
    misspelt = {name: near[0] for name in unknown if (near := get_close_matches(name[:_SHOWN], absent, 1, 0.8))}
    for name, meant in misspelt.items():
        yield Fault(source, header.row, name, "the header has this unknown column", f"Did you mean '{meant}'?")
    for column in form.columns:
        if column.required and column.name in absent and column.name not in misspelt.values():
            problem = f"the header has no such column; it has: {', '.join(header.names)[:_SHOWN]}"
            yield Fault(source, header.row, column.name, problem, f"The columns are: {', '.join(form.names)}.")
    for name in form.names:
        if header.names.count(name) > 1:
            yield Fault(source, header.row, name, "the header has it more than once", "Keep one of the columns.")


class _Rows:
    """Rows as they are read."""

    def __init__(self, source: str, header: tuple[str, ...], form: TableForm, limit: int | None) -> None:
        self._source, self._header, self._form = source, header, form
        place = {name: index for index, name in enumerate(header)}
        self._present = [
            (column, place[column.name], tuple(place.get(name, -1) for name in column.beside))
            for column in form.columns
            if column.name in place
        ]
        self._absent = {column.name: column.default for column in form.columns if column.name not in place}
        self._taken: KeyedRows[dict[str, Any]] = KeyedRows(source, form.key, limit)

    def take(self, record: Record) -> None:
        """The record is among the good rows or the rejected ones; one with nothing in any cell is passed over."""
        cells = record.cells
        if isinstance(cells, Fault):
            self._taken.reject(record.row, record.raw, [cells])
        elif any(map(str.strip, cells)):
            values, faults = self._values(record, cells)
            if faults:
                self._taken.reject(record.row, record.raw, with_values(faults, self._header, cells))
            else:
                self._taken.keep(record.row, record.raw, values)

    def table(self) -> Table:
        """What was read."""
        good, rejected = self._taken.apart()
        return Table(
            rows=list(good.values()),
            numbers=list(good),
            rejected=rejected,
            more_faults=self._taken.more,
            unused_columns=tuple(name for name in self._header if name and name not in self._form.names),
        )

    def _values(self, record: Record, cells: list[str]) -> tuple[dict[str, Any], list[Fault]]:
        """What the cells say, and what is wrong; the cells of a row of the wrong length are not looked at."""
        if faults := list(self._length_faults(record, len(cells))):
            return {}, faults
        if b"\0" in record.raw:
            faults.extend(nul_faults(self._source, record.row, self._header, cells))
        values = self._parsed(record.row, cells, faults)
        form = self._form
        key = form.key_of(values) if form.key_of else tuple(values[name] for name in form.key)
        self._taken.note_key(record.row, key)
        if not faults and form.check:
            faults.extend(Fault(self._source, record.row, *problem) for problem in form.check(values))
        return values, faults

    def _parsed(self, row: int, cells: list[str], faults: list[Fault]) -> dict[str, Any]:
        values = dict(self._absent)
        last = len(cells) - 1
        for column, index, beside in self._present:
            cell = cells[index].strip() if index <= last else ""
            if not cell and column.required:
                faults.append(Fault(self._source, row, column.name, "the field is empty", "Every row has to have it."))
            values[column.name] = column.default
            if cell:
                try:
                    others = [cells[i].strip() if 0 <= i <= last else "" for i in beside] if beside else ()
                    values[column.name] = column.parse(cell, *others)
                except Unreadable as wrong:
                    faults.append(Fault(self._source, row, wrong.field or column.name, wrong.problem, wrong.remedy))
        return values

    def _length_faults(self, record: Record, length: int) -> Iterator[Fault]:
        missing = len(self._header) - length
        if missing < 0 or (missing > 0 and not self._form.short_rows):
            runs_on = f", and runs on to row {record.last_row}" if record.last_row > record.row else ""
            problem = f"the row has {length} fields, the header {len(self._header)}{runs_on}"
            remedy = "Put a field that holds the separator in double quotes; leave empty fields in their place."
            yield Fault(self._source, record.row, None, problem, remedy)
