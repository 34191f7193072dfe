"""The components of an iCalendar file (RFC 5545), each with the rows that it stands in."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import attrs

from refleqt_core.errors import Fault, InvalidInput

from .csv_records import HELD, opened, refused

SIZE_LIMIT = 20_000_000
"""Bytes of the largest calendar that is read."""

COMPONENT_LIMIT = 20_000
"""Components of the largest calendar that is read."""

_NAME = re.compile(r"[A-Za-z0-9-]+(?=[;:])")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f]")
_SHOWN = 80
_NEST_LIMIT = 50


class ContentLine(NamedTuple):
    """One line with its folds undone: the row that it begins in, its name in capitals, and the whole of it."""

    row: int
    name: str
    text: str


@attrs.frozen(kw_only=True)
class Value:
    """What a line says: its row, name, parameters and its value as it is written, escapes and all."""

    row: int
    name: str
    parameters: Mapping[str, str]
    raw: str


@attrs.frozen(kw_only=True)
class Component:
    """A component: the row of its BEGIN, its name, its own lines, the components in it, and the calendar's METHOD."""

    row: int
    name: str
    lines: list[ContentLine] = attrs.field(factory=list)
    parts: "list[Component]" = attrs.field(factory=list)

    def all(self, name: str) -> Iterator[ContentLine]:
        """The lines of that name."""
        return (line for line in self.lines if line.name == name)

    @property
    def names(self) -> set[str]:
        """The names of its lines."""
        return {line.name for line in self.lines}

    @property
    def lines_alike(self) -> list[str]:
        """What it says, without the stamps that differ from export to export."""
        return sorted(line.text for line in self.lines if line.name != "DTSTAMP")

    def written(self) -> str:
        """The component as a file would hold it."""
        inner = "".join(part.written() for part in self.parts)
        own = "".join(f"{line.text}\r\n" for line in self.lines)
        return f"BEGIN:{self.name}\r\n{own}{inner}END:{self.name}\r\n"


def read_calendars(path: Path) -> list[Component]:
    """The VCALENDARs of the file; a file that is none raises `InvalidInput` with every line that is wrong."""
    source = str(path)
    with opened(path, "Give the path of an iCalendar file that can be read.") as file:
        raw = file.read(SIZE_LIMIT + 1)
    if not raw.strip():
        raise _refused(source, None, "the file is empty", "Export the calendar again.")
    if len(raw) > SIZE_LIMIT:
        raise _refused(source, None, f"the file is larger than {SIZE_LIMIT:,} bytes", "Export fewer years of it.")
    builder = _Builder(source)
    for line in _unfolded(source, _text(source, raw)):
        builder.take(line)
    return builder.calendars()


def value_of(source: str, line: ContentLine) -> Value:
    """What the line says; one that cannot be parted into name, parameters and value raises `InvalidInput`."""
    from icalendar.parser import Contentline

    try:
        _, parameters, raw = Contentline(line.text).raw_parts()  # type: ignore[no-untyped-call]  # the library's
    except (ValueError, IndexError, AssertionError) as error:
        problem = f"the line '{shortened(line.text)}' is not a property of iCalendar"
        remedy = f"Write it like {line.name}:value or {line.name};PARAMETER=value:value, or leave it out."
        raise InvalidInput([Fault(source, line.row, line.name, problem, remedy)]) from error
    told = {str(key).upper(): value if isinstance(value, str) else ",".join(value) for key, value in parameters.items()}
    return Value(row=line.row, name=line.name, parameters=told, raw=raw)


def shortened(text: str) -> str:
    """The text as it is quoted in a problem."""
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


class _Builder:
    """Puts components together as their lines come; every line that fits nowhere is a fault."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._open: list[Component] = []
        self._done: list[Component] = []
        self._faults: list[Fault] = []
        self._count = 0

    def take(self, line: ContentLine) -> None:
        """The next line of the file."""
        word = line.text.partition(":")[2].strip().upper() if line.name in ("BEGIN", "END") else ""
        if line.name == "BEGIN":
            self._begin(line, word)
        elif line.name == "END":
            self._end(line, word)
        elif not line.name:
            remedy = "Write it like NAME:value; a line that goes on begins with a space."
            self._fault(line.row, f"the line '{shortened(line.text)}' is not a property of iCalendar", remedy)
        elif self._open:
            self._open[-1].lines.append(line)
        else:
            self._fault(line.row, f"{line.name} stands outside of a calendar", "Begin the file with BEGIN:VCALENDAR.")

    def calendars(self) -> list[Component]:
        """The calendars, if there is at least one and all that was begun is ended."""
        for component in self._open:
            remedy = f"Add END:{component.name}, or export the file again: it may be cut off."
            self._fault(component.row, f"{component.name} is begun and not ended", remedy)
        if not self._done and not self._faults:
            self._fault(1, "the file holds no VCALENDAR", "Export the calendar as an iCalendar file (.ics).")
        if self._faults:
            raise refused(self._faults[:HELD], max(0, len(self._faults) - HELD))
        return self._done

    def _begin(self, line: ContentLine, name: str) -> None:
        self._count += 1
        if self._count > COMPONENT_LIMIT:
            problem = f"the calendar has more than {COMPONENT_LIMIT:,} components"
            raise _refused(self._source, line.row, problem, "Export fewer years of it, or several files.")
        if not re.fullmatch(r"[A-Z0-9-]+", name) or (not self._open and name != "VCALENDAR"):
            self._fault(line.row, f"'{shortened(name)}' is begun outside of a calendar", "Begin with BEGIN:VCALENDAR.")
        if len(self._open) > _NEST_LIMIT:
            raise _refused(self._source, line.row, "the components are nested too deeply", "Check the file.")
        component = Component(row=line.row, name=name)
        if self._open:
            self._open[-1].parts.append(component)
        self._open.append(component)

    def _end(self, line: ContentLine, name: str) -> None:
        if not self._open or self._open[-1].name != name:
            what = f"{self._open[-1].name} of row {self._open[-1].row:,} is open" if self._open else "nothing is open"
            remedy = "Let every BEGIN have its END, the inner one first."
            self._fault(line.row, f"'{shortened(name)}' is ended, and {what}", remedy)
            return
        component = self._open.pop()
        if not self._open:
            self._done.append(component)

    def _fault(self, row: int, problem: str, remedy: str) -> None:
        self._faults.append(Fault(self._source, row, None, problem, remedy))


def _text(source: str, raw: bytes) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = raw.count(b"\n", 0, error.start) + 1
        problem = f"byte {error.start + 1} of the file (0x{raw[error.start]:02x}) is not UTF-8"
        raise _refused(source, row, problem, "Export the calendar as UTF-8 and read it again.") from error


def _unfolded(source: str, text: str) -> Iterator[ContentLine]:
    """The lines; one that begins with a space or tab goes on with the line before it (RFC 5545, 3.1)."""
    begun, parts = 0, [""]
    for row, line in enumerate(text.replace("\r\n", "\n").split("\n"), start=1):
        if found := _CONTROL.search(line):
            problem = f"the line holds a control character (0x{ord(found.group()):02x})"
            raise _refused(source, row, problem, "Remove the character.")
        if line[:1] in (" ", "\t") and begun:
            parts.append(line[1:])
            continue
        if begun:
            yield _content_line(begun, "".join(parts))
        begun, parts = (row, [line]) if line.strip() else (0, [])
    if begun:
        yield _content_line(begun, "".join(parts))


def _content_line(row: int, text: str) -> ContentLine:
    name = _NAME.match(text)
    return ContentLine(row, name.group().upper() if name else "", text)


def _refused(source: str, row: int | None, problem: str, remedy: str) -> InvalidInput:
    return InvalidInput([Fault(source, row, None, problem, remedy)])
