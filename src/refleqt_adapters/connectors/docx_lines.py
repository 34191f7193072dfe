"""The lines of a Word document: its paragraphs, and the rows of its tables, as they are read on the page.

Word's XML is read as a stream, and no entity of it is. A general reader of such documents leaves out what stands in
content controls and in insertions that nobody has accepted yet, and holds every picture in memory.
"""

import zipfile
import zlib
from collections.abc import Iterator
from typing import IO, TYPE_CHECKING, BinaryIO

from refleqt_core.errors import Fault, InvalidInput

from .transcript_lines import Line

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

UNPACKED_LIMIT = 100 << 20
"""Bytes of the document's text with its markup, unpacked."""

_DOCUMENT = "word/document.xml"
_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_STRICT = "{http://purl.oclc.org/ooxml/wordprocessingml/main}"
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_SAVE_AGAIN = "Open it in Word, save it as a Word document (.docx), and read it again."
_OFF = ("0", "false", "off")
_LEFT_OUT = ("del", "moveFrom", "txbxContent", "instrText")


def docx_lines(source: str, file: BinaryIO) -> list[Line]:
    """The lines of the document, empty ones too; the row is that of the line on the page, from 1.

    A line break parts a paragraph into lines; the cells of a row stand on one line. Deleted and hidden text is not
    read. What is no such document, is locked with a password, or is too large raises `InvalidInput`.
    """
    file.seek(0)
    head = file.read(len(_OLE))
    if not head.strip():
        raise InvalidInput([Fault(source, None, None, "the file is empty", _SAVE_AGAIN)])
    if head == _OLE:
        problem = "the document is locked with a password, or one of the old format (.doc)"
        raise InvalidInput([Fault(source, None, None, problem, _SAVE_AGAIN)])
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as packed:
            if packed.getinfo(_DOCUMENT).file_size > UNPACKED_LIMIT:
                problem = f"its text is larger than {UNPACKED_LIMIT >> 20} MiB when it is unpacked"
                raise InvalidInput([Fault(source, None, None, problem, "Split the document.")])
            with packed.open(_DOCUMENT) as xml:
                return [Line(row, " ".join(text.split())) for row, text in enumerate(_texts(source, xml), 1)]
    except (zipfile.BadZipFile, KeyError, EOFError, NotImplementedError, RuntimeError, zlib.error) as error:
        raise InvalidInput([Fault(source, None, None, "it is no Word document", _SAVE_AGAIN)]) from error


def _texts(source: str, xml: IO[bytes]) -> Iterator[str]:
    from xml.etree.ElementTree import ParseError  # the name of an error alone

    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import iterparse

    reader = _Reader()
    inside: list[Element] = []
    try:
        for event, element in iterparse(xml, events=("start", "end"), forbid_dtd=True):
            name = element.tag.removeprefix(_WORD).removeprefix(_STRICT)
            if event == "start":
                inside.append(element)
                reader.begin(name)
                continue
            inside.pop()
            if inside:
                # What has been read is not held, however long the document is.
                inside[-1].remove(element)
            is_off = element.get(f"{_WORD}val", "") in _OFF
            yield from reader.end("" if name == "vanish" and is_off else name, element.text or "")
    except DefusedXmlException as error:
        problem = "the document declares a document type or entities, which Word never does"
        raise InvalidInput([Fault(source, None, None, problem, _SAVE_AGAIN)]) from error
    except ParseError as error:
        raise InvalidInput([Fault(source, None, None, f"the document is broken: {error}", _SAVE_AGAIN)]) from error


class _Reader:
    """Puts the lines together from the elements as they begin and end."""

    def __init__(self) -> None:
        self._paragraph: list[str] = []
        self._cells: list[list[str]] = []
        self._depth = 0
        self._skipped = 0
        self._run = 0
        self._is_hidden = False

    def begin(self, name: str) -> None:
        if name in _LEFT_OUT:
            self._skipped += 1
        elif name == "r":
            self._run, self._is_hidden = len(self._paragraph), False
        elif name == "tc":
            self._depth += 1
            if self._depth == 1:
                self._cells.append([])

    def end(self, name: str, text: str) -> Iterator[str]:
        if name in _LEFT_OUT:
            self._skipped -= 1
        elif self._skipped:
            return
        elif name == "t":
            self._paragraph.append(text)
        elif name == "vanish":
            self._is_hidden = True
        elif name == "r" and self._is_hidden:
            del self._paragraph[self._run :]
        elif name in ("br", "cr"):
            self._paragraph.append("\n")
        elif name == "tab":
            self._paragraph.append("  ")
        elif name == "p":
            yield from self._end_paragraph()
        elif name == "tc":
            self._depth -= 1
        elif name == "tr" and not self._depth:
            yield "  ".join(cell for cell in (" ".join(filter(None, each)) for each in self._cells) if cell)
            self._cells = []

    def _end_paragraph(self) -> Iterator[str]:
        lines = "".join(self._paragraph).split("\n")
        self._paragraph = []
        if self._depth:
            self._cells[-1].extend(lines)
        else:
            yield from lines
