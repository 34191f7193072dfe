"""The items of a WXR file, one by one, in bounded memory and whatever is in the file."""

from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, TypeAlias
from xml.sax import ContentHandler, SAXParseException  # the parser itself is defusedxml's
from xml.sax.xmlreader import AttributesImpl, Locator  # names of types alone

import attrs

from refleqt_core.errors import Fault, InvalidInput
from refleqt_core.intake.vocabulary import word_set

from .csv_records import opened
from .search_plugins import KNOWN

if TYPE_CHECKING:
    from defusedxml.expatreader import DefusedExpatParser

SIZE_LIMIT = 2_000_000_000
"""Bytes of the largest export that is read."""

TEXT_LIMIT = 20_000
"""Characters of a field that are read; what a post says itself is not read at all."""

_TAG_LIMIT = 16_000_000
_DEPTH_LIMIT = 100
_PIECE = 1 << 16
_CREATE_AGAIN = "Export the site again, by Tools → Export in WordPress, and take the file as it is."

_FIELDS = word_set(
    """title link category pubDate dc:creator wp:post_id wp:post_date_gmt wp:post_name wp:status wp:post_type"""
)
_AUTHOR = frozenset(("wp:author_login", "wp:author_display_name"))


@attrs.define(kw_only=True)
class Item:
    """One item: the row of its tag, its fields, its terms by taxonomy, its metadata of search plugins."""

    row: int
    fields: dict[str, str] = attrs.field(factory=dict)
    terms: list[tuple[str, str]] = attrs.field(factory=list)
    meta: dict[str, str] = attrs.field(factory=dict)


@attrs.define(kw_only=True)
class Author:
    """Somebody who writes there, by log-in and the name that is shown."""

    login: str = ""
    name: str = ""


Piece: TypeAlias = Item | Author | str
"""An item, an author, or the address of the site."""


def read_items(path: Path) -> Iterator[Piece]:
    """What the file holds, in its order; a file that is no WXR raises `InvalidInput` with its row.

    Document types and entities are refused, so nothing outside of the file is read and nothing in it grows.
    """
    from defusedxml.common import DefusedXmlException
    from defusedxml.expatreader import create_parser

    source = str(path)
    handler = _Handler(source)
    parser = create_parser(forbid_dtd=True, forbid_entities=True, forbid_external=True)
    parser.setContentHandler(handler)
    handler.setDocumentLocator(parser)
    with opened(path, "Give the path of an export of WordPress that can be read.") as file:
        try:
            yield from _fed(source, file, parser, handler)
        except SAXParseException as error:
            problem = f"the file is not well-formed XML: {error.getMessage()}"
            raise InvalidInput([Fault(source, error.getLineNumber(), None, problem, _CREATE_AGAIN)]) from error
        except DefusedXmlException as error:
            problem = "the file declares a document type or entities, which no export of WordPress does"
            raise InvalidInput([Fault(source, handler.row, None, problem, "Remove them.")]) from error
        except (LookupError, ValueError) as error:
            problem = f"the file cannot be decoded: {error}"
            raise InvalidInput([Fault(source, handler.row, None, problem, "Save it as UTF-8.")]) from error


def _fed(source: str, file: BinaryIO, parser: "DefusedExpatParser", handler: "_Handler") -> Iterator[Piece]:
    read = since = 0
    while piece := file.read(_PIECE):
        read += len(piece)
        before = handler.events
        parser.feed(piece)
        since = 0 if handler.events > before else since + len(piece)
        if since > _TAG_LIMIT or read > SIZE_LIMIT:
            what = "a tag of the file" if since > _TAG_LIMIT else "the file"
            limit = _TAG_LIMIT if since > _TAG_LIMIT else SIZE_LIMIT
            problem = f"{what} is larger than {limit:,} bytes"
            raise InvalidInput([Fault(source, handler.row, None, problem, "Export it in several files.")])
        yield from handler.taken()
    if not read:
        raise InvalidInput([Fault(source, None, None, "the file is empty", _CREATE_AGAIN)])
    parser.close()
    yield from handler.taken()


class _Handler(ContentHandler):
    """Gathers items and authors as their tags come; of their texts only those that say something here."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self._source = source
        self._place: Locator | None = None
        self._path: list[str] = []
        self._item: Item | None = None
        self._author: Author | None = None
        self._key = self._domain = ""
        self._text: list[str] | None = None
        self._size = 0
        self._ready: deque[Piece] = deque()
        self.events = 0

    @property
    def row(self) -> int:
        """The row that the parser stands in."""
        line: int | None = self._place.getLineNumber() if self._place else None
        return line or 1

    def taken(self) -> Iterator[Piece]:
        """What is whole by now; it is handed out once."""
        while self._ready:
            yield self._ready.popleft()

    def setDocumentLocator(self, locator: Locator) -> None:  # noqa: N802  # SAX's names
        self._place = locator

    def startElement(self, name: str, attrs: AttributesImpl) -> None:  # noqa: N802
        self.events += 1
        if not self._path:
            self._check_root(name, attrs)
        if len(self._path) > _DEPTH_LIMIT:
            self._refuse("the tags are nested too deeply", "Check the file.")
        parent = self._path[-1] if self._path else ""
        self._path.append(name)
        if name == "item" and parent == "channel":
            self._item = Item(row=self.row)
        elif name == "wp:author" and parent == "channel":
            self._author = Author()
        self._text = [] if self._is_wanted(parent, name) else None
        self._size = 0
        if name == "category":
            self._domain = attrs.get("domain", "")

    def characters(self, content: str) -> None:
        self.events += 1
        if self._text is not None and self._size < TEXT_LIMIT:
            self._text.append(content[: TEXT_LIMIT - self._size])
            self._size += len(content)

    def endElement(self, name: str) -> None:  # noqa: N802
        self.events += 1
        self._path.pop()
        parent = self._path[-1] if self._path else ""
        if self._text is not None:
            self._note(parent, name, "".join(self._text).strip())
        self._text = None
        if name == "item" and parent == "channel" and self._item is not None:
            self._ready.append(self._item)
            self._item = None
        elif name == "wp:author" and parent == "channel" and self._author is not None:
            self._ready.append(self._author)
            self._author = None

    def _is_wanted(self, parent: str, name: str) -> bool:
        if parent == "wp:postmeta":
            return name == "wp:meta_key" or (name == "wp:meta_value" and self._key in KNOWN)
        if parent == "wp:author":
            return name in _AUTHOR
        return (parent == "item" and name in _FIELDS) or (parent == "channel" and name in ("link", "wp:base_blog_url"))

    def _note(self, parent: str, name: str, text: str) -> None:
        if parent == "channel":
            self._ready.append(text)
        elif self._author is not None:
            if name == "wp:author_login":
                self._author.login = text
            else:
                self._author.name = text
        elif name == "wp:meta_key":
            self._key = text
        elif self._item is None:
            return
        elif name == "wp:meta_value":
            self._item.meta[self._key] = text
            self._key = ""
        elif name == "category":
            self._item.terms.append((self._domain, text))
        else:
            self._item.fields.setdefault(name, text)

    def _check_root(self, name: str, attributes: AttributesImpl) -> None:
        if name != "rss" or "xmlns:wp" not in attributes.getNames():
            self._refuse("the file is XML, and no export of WordPress (WXR)", _CREATE_AGAIN)

    def _refuse(self, problem: str, remedy: str) -> None:
        raise InvalidInput([Fault(self._source, self.row, None, problem, remedy)])
