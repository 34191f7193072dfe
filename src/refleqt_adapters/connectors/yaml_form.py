"""A YAML document as a form: its fields by name, and every fault of it at once, each with its line and path.

Scalars are taken as they are written, so that ``no`` is a word, ``79.00`` an exact amount and a date a text, until the
form's reader says what it is; the same parsers read the cells of tables.
"""

from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import yaml

from refleqt_core.errors import Fault, InvalidInput

from .cells import Parser, Unreadable, keepable, shown, text
from .csv_records import opened, refused
from .json_text import yaml_of

SIZE_LIMIT = 500_000
"""Bytes of the largest form that is read."""

_NOTHING = ("", "~", "null", "Null", "NULL")


class Form:
    """One mapping of the document, or the place where one could be. Faults are kept until `finish` raises them all."""

    def __init__(self, book: "_Book", node: yaml.Node | None, path: str = "", near: yaml.Node | None = None) -> None:
        self._book, self._path = book, path
        self._place = node or near
        self._fields: dict[str, yaml.Node] = {}
        self._asked: set[str] = set()
        book.forms.append(self)
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                self._note(key, value)
        elif not _is_nothing(node):
            self._fault(node, path or None, "fields were expected here", "Write each as 'name: value'.")

    def group(self, name: str) -> "Form":
        """The mapping of that name; one that is not there has no fields."""
        return Form(self._book, self._take(name), self._at(name), near=self._place)

    def items(self, name: str, *, required: bool = False) -> "list[Form]":
        """The mappings of the list of that name."""
        return [Form(self._book, node, path) for node, path in self._list(name, required)]

    def value(self, name: str, parse: Parser = text, *, required: bool = False, default: Any = None) -> Any:
        """What the field of that name says; ``default`` where it is empty, and where it is at fault."""
        node = self._take(name)
        if _is_nothing(node):
            if required:
                self._required(name, node)
            return default
        return self._parsed(node, self._at(name), parse, default)

    def amount(self, name: str, parse: Parser, *, beside: str) -> Any:
        """What the required field of that name says when it is read together with the text of the field ``beside``."""
        other = self.value(beside, default="")
        return self.value(name, lambda cell: parse(cell, other), required=True)

    def values(self, name: str, parse: Parser = text, *, required: bool = False) -> tuple[Any, ...]:
        """What the list of that name says; one value that stands alone is a list of one. Faulty ones are left out."""
        listed = [self._parsed(node, path, parse, None) for node, path in self._list(name, required)]
        return tuple(value for value in listed if value is not None)

    def names(self) -> tuple[str, ...]:
        """The names of the fields that are there."""
        return tuple(self._fields)

    def fault(self, name: str | None, problem: str, remedy: str) -> None:
        """Something that only the form's reader can know is wrong with that field."""
        self._fault(self._fields.get(name or "", self._place), self._at(name) if name else self._path, problem, remedy)

    def finish(self) -> None:
        """The document is in order; else `InvalidInput` with every fault, fields that nobody asked for included."""
        for form in self._book.forms:
            form._fault_unasked()
        if self._book.faults:
            raise refused(sorted(set(self._book.faults), key=lambda fault: (fault.row or 0, fault.field or "")))

    def _note(self, key: yaml.Node, value: yaml.Node) -> None:
        name = key.value if isinstance(key, yaml.ScalarNode) else "?"
        if name in self._fields:
            self._fault(key, self._at(name), "the field stands there twice", "Keep one of them.")
        self._fields[name] = value

    def _take(self, name: str) -> yaml.Node | None:
        self._asked.add(name)
        return self._fields.get(name)

    def _list(self, name: str, required: bool) -> Iterator[tuple[yaml.Node, str]]:
        node = self._take(name)
        if node is None or _is_nothing(node):
            if required:
                self._required(name, node)
            return
        nodes = node.value if isinstance(node, yaml.SequenceNode) else [node]
        for index, each in enumerate(nodes):
            yield each, f"{self._at(name)}[{index}]"

    def _parsed(self, node: yaml.Node | None, path: str, parse: Parser, default: Any) -> Any:
        if not isinstance(node, yaml.ScalarNode):
            self._fault(node, path, "one value was expected here", "Write one text or number.")
            return default
        said = node.value.strip()
        try:
            return parse(keepable(said)) if said else default
        except Unreadable as wrong:
            place = self._at(wrong.field) if wrong.field else path
            self._fault(node, place, wrong.problem, wrong.remedy)
            return default

    def _required(self, name: str, node: yaml.Node | None) -> None:
        self._fault(
            node or self._place, self._at(name), "the field is missing or empty", "Write it; it has to be there."
        )

    def _fault_unasked(self) -> None:
        for name in self._fields.keys() - self._asked:
            near = get_close_matches(name[:100], self._asked - self._fields.keys(), n=1, cutoff=0.7)
            fields = ", ".join(sorted(self._asked))
            remedy = f"Did you mean '{near[0]}'?" if near else f"Leave it out; the fields here are: {fields}."
            self._fault(self._fields[name], self._at(name), "the field is not known", remedy)

    def _at(self, name: str) -> str:
        return f"{self._path}.{shown(name)}" if self._path else shown(name)

    def _fault(self, node: yaml.Node | None, path: str | None, problem: str, remedy: str) -> None:
        row = node.start_mark.line + 1 if node is not None and node.start_mark else None
        self._book.faults.append(Fault(self._book.source, row, path, problem, remedy))


class _Book:
    """The faults of one document, and the forms that were opened in it."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.faults: list[Fault] = []
        self.forms: list[Form] = []


class _PlainLoader(yaml.SafeLoader):
    """Reads no aliases: a few lines of them can stand for more than any memory holds."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]  # the stubs leave it out
            raise yaml.MarkedYAMLError(problem="aliases are not read; write the value out", problem_mark=mark)
        return super().compose_node(parent, index)


def read_form(path: Path) -> Form:
    """The document's top as a form; one that cannot be read or is not YAML raises `InvalidInput` with its line.

    A file that ends in ``.json`` has to be JSON.
    """
    source = str(path)
    with opened(path, "Give the path of a YAML file that can be read.") as file:
        raw = file.read(SIZE_LIMIT + 1)
    document = _text(source, raw)
    if path.suffix.lower() == ".json" and document.strip():
        document = yaml_of(source, document)
    node = _composed(source, document)
    if _is_nothing(node):
        raise InvalidInput([Fault(source, None, None, "the file is empty", "Fill in the form and read it again.")])
    return Form(_Book(source), node)


def _text(source: str, raw: bytes) -> str:
    if len(raw) > SIZE_LIMIT:
        problem = f"the file is larger than {SIZE_LIMIT:,} bytes"
        raise InvalidInput([Fault(source, None, None, problem, "Check that it is the right file, or split it.")])
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = raw.count(b"\n", 0, error.start) + 1
        problem = f"byte {error.start + 1} of the file (0x{raw[error.start]:02x}) is not UTF-8"
        raise InvalidInput([Fault(source, row, None, problem, "Save the file as UTF-8 and read it again.")]) from error


def _composed(source: str, document: str) -> yaml.Node | None:
    try:
        node: yaml.Node | None = yaml.compose(document, Loader=_PlainLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = f" (column {mark.column + 1})" if mark else ""
        problem = f"the file is not YAML: {error.problem or error.context}{place}"
        remedy = "Mend the line; texts with a colon or a quote in them go in quotes."
        raise InvalidInput([Fault(source, mark.line + 1 if mark else None, None, problem, remedy)]) from error
    except yaml.reader.ReaderError as error:
        row = document.count("\n", 0, error.position) + 1
        problem = f"the file holds a character that YAML does not allow (0x{error.character:02x})"
        raise InvalidInput([Fault(source, row, None, problem, "Remove the character.")]) from error
    except RecursionError as error:
        raise InvalidInput([Fault(source, None, None, "the lists are nested too deeply", "Check the file.")]) from error
    return node


def _is_nothing(node: yaml.Node | None) -> bool:
    """Whether there is no value; the same word in quotes is a text, an empty text is no value either."""
    if not isinstance(node, yaml.ScalarNode):
        return node is None
    return node.value.strip() == "" or (node.style is None and node.value in _NOTHING)
