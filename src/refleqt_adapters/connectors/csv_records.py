"""The records of a CSV file, one by one, in bounded memory and whatever is in the file."""

import csv
from codecs import BOM_UTF8
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import attrs

from refleqt_core.errors import Fault, InvalidInput

LINE_LIMIT = 1_000_000
"""Bytes of the longest line that is read; a longer one is passed over without holding it in memory."""

LISTED = 50
"""How many faults the message of one file lists; the error's ``faults`` hold all."""

HELD = 1_000
"""How many faults of a file that is refused are held; any further ones are counted."""

_KEPT = 10_000
_VALUE = 500
_OVERLONG_REMEDY = "Check that lines end with a line break, or leave this one out."


@attrs.frozen(kw_only=True)
class RejectedLine:
    """A record that was left out: its row (the header is row 1), its text up to 10,000 characters, every reason."""

    row: int
    text: str
    faults: tuple[Fault, ...]


@attrs.frozen
class Line:
    """One line with its line break; of an overlong one the first `LINE_LIMIT` bytes."""

    row: int
    raw: bytes
    overlong: bool

    @property
    def is_blank(self) -> bool:
        """Whether there is nothing but white space on it, or a byte order mark."""
        return not self.overlong and not self.raw.removeprefix(BOM_UTF8).strip()


@attrs.frozen
class Record:
    """One record: the rows that it begins and ends in, its bytes, and its cells or why there are none."""

    row: int
    last_row: int
    raw: bytes
    cells: list[str] | Fault

    def rejected(self, faults: Iterable[Fault]) -> RejectedLine:
        """This record, left out for those reasons; the same reason twice is given once."""
        return rejected_line(self.row, self.raw, faults)


class Lines:
    """The lines of a file from where it stands, blank ones too; lines that were read too far can be put back."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._row = 0
        self._returned: deque[Line] = deque()

    def __iter__(self) -> Iterator[Line]:
        return self

    def __next__(self) -> Line:
        if self._returned:
            return self._returned.popleft()
        raw = self._file.readline(LINE_LIMIT + 1)
        if not raw:
            raise StopIteration
        self._row += 1
        overlong = len(raw) > LINE_LIMIT and not raw.endswith(b"\n")
        if overlong:
            self._pass_over_line()
        return Line(self._row, raw, overlong)

    def put_back(self, lines: Sequence[Line]) -> None:
        """The next lines are these again, in their order."""
        self._returned.extendleft(reversed(lines))

    def _pass_over_line(self) -> None:
        while (rest := self._file.readline(LINE_LIMIT)) and not rest.endswith(b"\n"):
            pass


@contextmanager
def opened(path: Path, remedy: str = "Give the path of a file that can be read.") -> Iterator[BinaryIO]:
    """The file is open for reading; one that cannot be opened or read raises `InvalidInput`."""
    try:
        with path.open("rb") as file:
            yield file
    except OSError as error:
        raise InvalidInput([Fault(str(path), None, None, error.strerror or str(error), remedy)]) from error


def records(source: str, lines: Lines, delimiter: str = ",") -> Iterator[Record]:
    """Every record but blank lines, in the file's order; a quoted field may hold line breaks.

    A quote that is never closed is a fault of the line it stands in; the lines below are read as if it were not there.
    """
    for line in lines:
        if not line.is_blank:
            yield _record(source, line, lines, delimiter)


def text_of(source: str, line: Line) -> str | Fault:
    """The line as text, its first byte order mark gone, or why it cannot be read."""
    if line.overlong:
        return Fault(source, line.row, None, f"the line is longer than {LINE_LIMIT:,} bytes", _OVERLONG_REMEDY)
    try:
        return line.raw.decode("utf-8-sig" if line.row == 1 else "utf-8")
    except UnicodeDecodeError as error:
        problem = f"byte {error.start + 1} of the line (0x{line.raw[error.start]:02x}) is not UTF-8"
        return Fault(source, line.row, None, problem, "Save the file as UTF-8 and read it again.")


def nul_faults(source: str, row: int, names: Iterable[str | None], cells: Iterable[str]) -> Iterator[Fault]:
    """A fault for every cell with a NUL character, which no text has and no database keeps."""
    for name, cell in zip(names, cells, strict=False):
        if "\0" in cell:
            remedy = "Remove the character; a file with many of them is not saved as UTF-8."
            yield Fault(source, row, name, "the field holds a NUL character", remedy)


def with_values(faults: Iterable[Fault], names: Sequence[str], cells: Sequence[str]) -> Iterator[Fault]:
    """The faults of a row, each with the cell of the column that it names; a cell is cut at 500 characters."""
    for fault in faults:
        place = names.index(fault.field) if fault.field in names else len(cells)
        yield fault._replace(value=_cut(cells[place])) if fault.value is None and place < len(cells) else fault


def _cut(cell: str) -> str:
    said = cell.strip().encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    return said if len(said) <= _VALUE else f"{said[:_VALUE]}…"


def rejected_line(row: int, raw: bytes, faults: Iterable[Fault]) -> RejectedLine:
    """The line ``raw``, left out for those reasons; the same reason twice is given once."""
    text = raw[:_KEPT].decode("utf-8", errors="backslashreplace").rstrip("\r\n")
    return RejectedLine(row=row, text=text, faults=tuple(dict.fromkeys(faults)))


def refused(faults: Iterable[Fault], more: int = 0) -> InvalidInput:
    """The error that holds all ``faults``; its message lists the first `LISTED` and counts the others.

    ``more`` is how many there are beside them, which were counted and not held.
    """
    error = InvalidInput(faults)
    left = max(len(error.faults) - LISTED, 0) + more
    if left:
        shown = "\n".join(map(str, error.faults[:LISTED]))
        error.args = (f"{shown}\n… and {left:,} more faults",)
    if more:
        error.add_note(f"{len(error.faults):,} faults were kept, and {more:,} more were only counted.")
    return error


def _record(source: str, line: Line, lines: Lines, delimiter: str) -> Record:
    first = text_of(source, line)
    if isinstance(first, Fault):
        return Record(line.row, line.row, line.raw, first)
    taken = [line]
    try:
        cells = next(csv.reader(_texts(first, taken, lines), delimiter=delimiter, strict=True))
    except csv.Error as error:
        lines.put_back(taken[1:])
        return Record(line.row, line.row, line.raw, _not_csv(source, taken, error))
    if len(taken) == 1:
        return Record(line.row, line.row, line.raw, cells)
    unreadable = next((fault for each in taken if isinstance(fault := text_of(source, each), Fault)), None)
    return Record(line.row, taken[-1].row, b"".join(each.raw for each in taken), unreadable or cells)


def _texts(first: str, taken: list[Line], lines: Lines) -> Iterator[str]:
    """The text of the first line, then of as many more as the reader needs to see the end of the record.

    Bytes that are not UTF-8 pass here: whether they are in this record is known only at its end.
    """
    yield first
    size = len(taken[0].raw)
    for line in lines:
        size += len(line.raw)
        if line.overlong or size > LINE_LIMIT:
            lines.put_back([line])
            return
        taken.append(line)
        yield line.raw.decode("utf-8", errors="surrogateescape")


def _not_csv(source: str, taken: list[Line], error: csv.Error) -> Fault:
    row = taken[0].row
    if len(taken) > 1 or "unexpected end of data" in str(error):
        limit = f"a field has at most {csv.field_size_limit():,} characters, a row at most {LINE_LIMIT:,} bytes"
        remedy = f"Close it, or remove it; {limit}."
        return Fault(source, row, None, "a quote is opened and not closed", remedy)
    if "field limit" in str(error):
        problem = f"a field of the line is longer than {csv.field_size_limit():,} characters"
        return Fault(source, row, None, problem, "Shorten it, or leave the line out.")
    if "new-line character" in str(error):
        remedy = "Save the file with the line ends of Unix or Windows."
        return Fault(source, row, None, "the line holds a carriage return outside of quotes", remedy)
    return Fault(source, row, None, f"the line is not CSV: {error}", "Mend the quotes of the line.")
