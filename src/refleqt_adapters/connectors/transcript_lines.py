"""The lines of a written transcript, in whatever encoding a tool has left them."""

import re
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from refleqt_core.errors import Fault, InvalidInput

from .text_records import WINDOWS, encoding_of, guessed_encoding

SIZE_LIMIT = 20 << 20
"""Bytes of the largest transcript that is read; a day of talk has less than a tenth of that."""

LINE_LIMIT = 100_000
"""Characters of the longest line."""

_BREAK = re.compile(r"\r\n|\r|\n")
_NOT_KEPT = re.compile("[\0\ufffe\uffff\ud800-\udbff]")
_ESCAPED = re.compile("[\udc80-\udcff]")
_SAVE_AGAIN = "Save the file as UTF-8 and read it again."


class Line(NamedTuple):
    """One line, its words parted by single spaces; the first of a file is row 1."""

    row: int
    text: str


class TranscriptLines(NamedTuple):
    """The lines that can be read, a fault for each that cannot, and what was taken for granted."""

    lines: list[Line]
    faults: list[Fault]
    notes: tuple[str, ...] = ()


def lines_of(source: str, file: BinaryIO) -> TranscriptLines:
    """The lines of the file, which is UTF-8 or UTF-16, or else Windows-1252, which the notes say.

    The file is read from its beginning. One that is larger than `SIZE_LIMIT` raises `InvalidInput`.
    """
    file.seek(0)
    encoding = encoding_of(file)
    notes = (guessed_encoding(file),) if encoding == WINDOWS else ()
    data = file.read(SIZE_LIMIT + 1)
    if len(data) > SIZE_LIMIT:
        problem = f"the file is larger than {SIZE_LIMIT >> 20} MiB"
        raise InvalidInput([Fault(source, None, None, problem, "A transcript is far smaller; split the file.")])
    if not data.strip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n"):
        raise InvalidInput([Fault(source, None, None, "the file is empty", "Give a file that holds the words.")])
    errors = "surrogateescape" if encoding.startswith("utf-8") else "replace"
    text = data.decode(encoding, errors).removeprefix("\ufeff")
    found = TranscriptLines([], [], notes)
    for row, line in enumerate(_BREAK.split(text), 1):
        problems = list(_problems(line, encoding))
        found.faults.extend(Fault(source, row, None, problem, remedy) for problem, remedy in problems)
        if not problems:
            found.lines.append(Line(row, " ".join(line.split())))
    return found


def _problems(line: str, encoding: str) -> Iterator[tuple[str, str]]:
    if len(line) > LINE_LIMIT:
        yield f"the line is longer than {LINE_LIMIT:,} characters", "Break it where a turn ends."
    if line.isascii() and "\0" not in line:
        return
    if escaped := _ESCAPED.search(line):
        at = len(line[: escaped.start()].encode("utf-8", "surrogateescape")) + 1
        yield f"byte {at} of the line (0x{ord(escaped.group()) - 0xDC00:02x}) is not UTF-8", _SAVE_AGAIN
    if encoding.startswith("utf-16") and "\ufffd" in line:
        yield "the line holds what is not UTF-16", _SAVE_AGAIN
    if _NOT_KEPT.search(line):
        yield "the line holds a character that no text has", "Remove it, or save the file as UTF-8 and read it again."
