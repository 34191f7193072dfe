"""The records of delimited text, as fast as they can be told apart with exact row numbers, in bounded memory."""

import csv
import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from collections import deque
from collections.abc import Iterator, Sequence
from io import TextIOWrapper
from typing import BinaryIO, NamedTuple

from refleqt_core.errors import Fault
from refleqt_core.intake.column_guess import known_names

from .csv_records import LINE_LIMIT

DELIMITERS = (",", ";", "\t")

WINDOWS = "cp1252"

_LOOKED_AT = 65_536
_PIECE = 1 << 20
_EXAMPLE = 40
_UTF8_LETTER = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_NO_WINDOWS = re.compile(rb"[\x00-\x08\x0e-\x1f\x7f\x81\x8d\x8f\x90\x9d]")
_ENCODINGS = ((BOM_UTF8, "utf-8-sig"), (BOM_UTF16_LE, "utf-16"), (BOM_UTF16_BE, "utf-16"))
_OVERLONG_REMEDY = "Check that lines end with a line break, or leave this one out."
_UTF8_REMEDY = "Save the file as UTF-8 and read it again."


class Read(NamedTuple):
    """One record: its row (the first line of the file is row 1), its cells or why there are none, its text."""

    row: int
    cells: list[str] | Fault
    text: str


class _Stopped(Exception):
    """The record is longer than any that is read."""


class TextRecords:
    """Every record of the file but blank lines, in its order; a quoted cell may hold line breaks.

    UTF-8 and UTF-16 are read, with a byte order mark or without; what can be no UTF-8 anywhere, and is Windows-1252 all
    through, is read as that, and `notes` say it. A quote that is never closed is a fault of the line
    that it stands in; the lines below are read as if it were not there. Of a line longer than `LINE_LIMIT` characters
    no more than that is held.
    """

    def __init__(self, source: str, file: BinaryIO) -> None:
        self._source = source
        self.encoding = encoding_of(file)
        errors = "surrogateescape" if self.encoding.startswith("utf-8") else "replace"
        self._lines = _Lines(TextIOWrapper(file, encoding=self.encoding, errors=errors, newline="\n"))
        self.delimiter = ","
        self.notes = (guessed_encoding(file),) if self.encoding == WINDOWS else ()

    def close(self) -> None:
        """The file is the caller's again, who closes it."""
        self._lines.let_go()

    def peek(self, lines: int) -> list[str]:
        """The next lines, as many of them as there are and 65,536 characters hold; they will be read all the same."""
        return self._lines.peek(lines)

    def __iter__(self) -> Iterator[Read]:
        lines = self._lines
        while not lines.at_end:
            try:
                for cells in csv.reader(lines, delimiter=self.delimiter, strict=True):
                    text = lines.taken[0] if len(lines.taken) == 1 else "".join(lines.taken)
                    row = lines.row - len(lines.taken) + 1
                    wrong = None if text.isascii() else self._undecodable(row)
                    lines.forget()
                    if cells:
                        yield Read(row, wrong or cells, text)
            except (csv.Error, _Stopped) as error:
                yield self._broken(error)

    def _broken(self, error: Exception) -> Read:
        """The first line of the record is at fault, and the others are read again."""
        lines = self._lines
        row, first, many = lines.row - len(lines.taken) + 1, lines.taken[0], len(lines.taken) > 1
        fault = lines.is_overlong(first) or many
        if lines.is_overlong(first) and not many:
            problem = f"the line is longer than {LINE_LIMIT:,} characters"
            found = Fault(self._source, row, None, problem, _OVERLONG_REMEDY)
        else:
            found = _not_csv(self._source, row, str(error), fault or isinstance(error, _Stopped))
        lines.put_back()
        return Read(row, found, first)

    def _undecodable(self, row: int) -> Fault | None:
        for place, line in enumerate(self._lines.taken):
            if self.encoding.startswith("utf-16"):
                if "\ufffd" in line:
                    return Fault(self._source, row + place, None, "the line holds what is not UTF-16", _UTF8_REMEDY)
            elif not line.isascii():
                try:
                    line.encode()
                except UnicodeEncodeError as error:
                    byte = ord(line[error.start]) - 0xDC00
                    at = len(line[: error.start].encode()) + 1
                    problem = f"byte {at} of the line (0x{byte:02x}) is not UTF-8"
                    return Fault(self._source, row + place, None, problem, _UTF8_REMEDY)
        return None


class _Lines:
    """Lines for `csv.reader`, which are kept until the record that they make up is whole."""

    def __init__(self, text: TextIOWrapper) -> None:
        self._text = text
        self._readline = text.readline
        self._waiting: deque[str] = deque()
        self._size = 0
        self.row = 0
        self.taken: list[str] = []
        self.at_end = False

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._waiting.popleft() if self._waiting else self._read()
        if not line:
            self.at_end = True
            raise StopIteration
        self.row += 1
        self.taken.append(line)
        if len(self.taken) > 1 or len(line) > LINE_LIMIT:
            self._size += len(line)
            if self._size > LINE_LIMIT or self.is_overlong(line):
                raise _Stopped
        return line

    def is_overlong(self, line: str) -> bool:
        """Whether it is the beginning of a line that was not held."""
        return len(line) > LINE_LIMIT

    def let_go(self) -> None:
        """Nothing more is read."""
        self._text.detach()

    def forget(self) -> None:
        """The record is whole."""
        self.taken = []
        self._size = 0

    def put_back(self) -> None:
        """All lines of the record but its first are the next ones again."""
        again = self.taken[1:]
        self._waiting.extendleft(reversed(again))
        self.row -= len(again)
        self.at_end = self.at_end and not again
        self.forget()

    def peek(self, lines: int) -> list[str]:
        """The next lines, which are still to be read."""
        seen: list[str] = []
        while len(seen) < lines and sum(map(len, seen)) < _LOOKED_AT and (line := self._read()):
            seen.append(line)
        self._waiting.extend(seen)
        return seen

    def _read(self) -> str:
        line = self._readline(LINE_LIMIT + 1)
        if len(line) > LINE_LIMIT and line[-1] != "\n":
            while (rest := self._readline(LINE_LIMIT)) and rest[-1] != "\n":
                pass
        return line


def encoding_of(file: BinaryIO) -> str:
    """By its byte order mark; without one UTF-16 is told by every second byte being zero."""
    head = file.read(4)
    file.seek(0)
    for mark, encoding in _ENCODINGS:
        if head.startswith(mark):
            return encoding
    if len(head) == 4 and (head[0], head[2]) == (0, 0) and 0 not in (head[1], head[3]):
        return "utf-16-be"
    if len(head) == 4 and (head[1], head[3]) == (0, 0) and 0 not in (head[0], head[2]):
        return "utf-16-le"
    return WINDOWS if _is_windows(file) else "utf-8"


def _is_windows(file: BinaryIO) -> bool:
    """Whether the bytes beyond ASCII are letters of Windows-1252, each of them, and none of UTF-8.

    A file with any letter of UTF-8 is UTF-8 with faults: read otherwise, that letter would be two wrong ones.
    """
    found, before = False, b""
    try:
        while piece := file.read(_PIECE):
            if not (piece.isascii() and before.isascii()):
                seen = before + piece
                if _UTF8_LETTER.search(seen) or _NO_WINDOWS.search(piece):
                    return False
                found = True
                before = piece[-3:]
        return found
    finally:
        file.seek(0)


def guessed_encoding(file: BinaryIO) -> str:
    """What to know of a file that is read as Windows-1252, with a word of it that shows whether that is right."""
    shown = next((line for line in iter(lambda: file.readline(LINE_LIMIT), b"") if not line.isascii()), b"")
    file.seek(0)
    words = [word for word in re.split(r"[\s,;\"]+", shown.decode("cp1252", "replace")) if not word.isascii()]
    example = words[0][:_EXAMPLE] if words else ""
    return (
        f"the file is not UTF-8; it was read as Windows-1252, such as '{example}'"
        " (where that is wrong, save the file as UTF-8 and read it again)"
    )


def _not_csv(source: str, row: int, error: str, is_open: bool) -> Fault:
    if is_open or "unexpected end of data" in error:
        limit = f"a field has at most {csv.field_size_limit():,} characters, a row at most {LINE_LIMIT:,}"
        return Fault(source, row, None, "a quote is opened and not closed", f"Close it, or remove it; {limit}.")
    if "field limit" in error:
        problem = f"a field of the line is longer than {csv.field_size_limit():,} characters"
        return Fault(source, row, None, problem, "Shorten it, or leave the line out.")
    if "new-line character" in error:
        remedy = "Save the file with the line ends of Unix or Windows."
        return Fault(source, row, None, "the line holds a carriage return outside of quotes", remedy)
    return Fault(source, row, None, f"the line is not CSV: {error}", "Mend the quotes of the line.")


def best_delimiter(lines: Sequence[str]) -> str:
    """The delimiter that parts a line of these into most names of columns, else all of them into most cells."""

    def worth(delimiter: str) -> tuple[int, int]:
        try:
            rows = list(csv.reader(lines, delimiter=delimiter))
        except csv.Error:
            rows = [line.split(delimiter) for line in lines]
        widths = sorted(map(len, rows))
        return max(map(known_names, rows), default=0), widths[len(widths) // 2] if widths else 0

    return max(DELIMITERS, key=worth)
