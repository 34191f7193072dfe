"""Posts and pages from an export of Ghost: one JSON document with the tables of its database."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

from refleqt_core.errors import Fault, InvalidInput
from refleqt_core.intake.drafts import EntryDraft

from .csv_records import opened
from .keyed_rows import FileContent
from .posts import Post, Posts
from .reading import in_years

SIZE_LIMIT = 100_000_000
"""Bytes of the largest export that is read."""

STATUSES: Mapping[str, str] = MappingProxyType(
    {"published": "published", "sent": "published", "scheduled": "scheduled", "draft": "in_production"}
)
_HEAVY = frozenset(("html", "mobiledoc", "lexical", "plaintext", "codeinjection_head", "codeinjection_foot"))
_CREATE_AGAIN = "Export the content again, by Settings → Import/Export in Ghost, and take the file as it is."
_Row = Mapping[str, Any]


def read_ghost(path: Path, *, skip_bad_rows: bool = False) -> FileContent[EntryDraft]:
    """The posts and pages of the export as entries, each named by Ghost's own id.

    Both shapes are read: ``{"db": [{"data": …}]}`` and ``{"data": …}``. Rows count posts from 1. A post that is only
    mailed is a newsletter. A file that is no such export raises `InvalidInput`, as do posts at fault unless
    ``skip_bad_rows`` keeps them apart.
    """
    source = str(path)
    tables = _Tables(source, _data(source, _document(path)))
    posts = Posts(source, "id")
    for number, row in enumerate(tables.rows("posts"), start=1):
        faults = list(_faults(source, number, row))
        if faults:
            posts.reject(number, f"{row.get('id', '')} {row.get('title', '')}", *faults)
        else:
            posts.add(_post(number, row, tables))
    return posts.content(skip_bad_rows=skip_bad_rows)


class _Tables:
    """The tables of the export, and what they say of a post."""

    def __init__(self, source: str, data: _Row) -> None:
        self._source, self._data = source, data
        self._tags = self._linked("tags", "posts_tags", "tag_id")
        self._authors = self._linked("users", "posts_authors", "author_id")
        self._users = {_text(row, "id"): _text(row, "name") for row in self.rows("users")}
        self._meta = {_text(row, "post_id"): row for row in self.rows("posts_meta")}

    def rows(self, name: str) -> list[_Row]:
        """The rows of the table; one that is not there has none. What is no table raises `InvalidInput`."""
        found = self._data.get(name, [])
        if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
            problem = f"'{name}' is not a list of objects"
            raise InvalidInput([Fault(self._source, None, name, problem, _CREATE_AGAIN)])
        return found

    def tags(self, post: _Row) -> tuple[str, ...]:
        """The names of the post's public tags."""
        names = self._tags.get(_text(post, "id"), [])
        return tuple(dict.fromkeys(name for name in names if name and not name.startswith("#")))

    def authors(self, post: _Row) -> tuple[str, ...]:
        """The names of those who wrote it, the first one first."""
        found = self._authors.get(_text(post, "id")) or [self._users.get(_text(post, "author_id"), "")]
        return tuple(dict.fromkeys(name for name in found if name))

    def meta(self, post: _Row, name: str) -> str:
        """What the post, or its metadata, says for search."""
        return _text(post, name) or _text(self._meta.get(_text(post, "id"), {}), name)

    def _linked(self, table: str, links: str, key: str) -> dict[str, list[str]]:
        names = {_text(row, "id"): _text(row, "name") for row in self.rows(table)}
        linked: dict[str, list[str]] = {}
        for row in sorted(self.rows(links), key=_order):
            linked.setdefault(_text(row, "post_id"), []).append(names.get(_text(row, key), ""))
        return linked


def _post(number: int, row: _Row, tables: _Tables) -> Post:
    tags, authors = tables.tags(row), tables.authors(row)
    status = _text(row, "status")
    mailed_alone = status == "sent" or tables.meta(row, "email_only") in ("1", "True")
    kind = "page" if _text(row, "type") == "page" or _text(row, "page") in ("1", "True") else "post"
    said: dict[str, Any] = {"owner": authors[0] if authors else None, "team": authors[1:], "tags": tags}
    if created := _moment(row.get("created_at")):
        said["created_at"] = created
    if mailed_alone:
        said["channel"] = "email"
    elif _text(row, "newsletter_id") and status == "published":
        said["channels"] = ("blog", "email")
    is_out = STATUSES[status] in ("published", "scheduled")
    return Post(
        row=number,
        name=f"ghost-{_text(row, 'uuid') or _text(row, 'id')}",
        title=_text(row, "title"),
        kind="newsletter" if mailed_alone else kind,
        status=STATUSES[status],
        publish_at=_moment(row.get("published_at")) if is_out else None,
        labels=tags,
        said=said,
        derived={
            "url_slug": _text(row, "slug") or None,
            "canonical_url": _text(row, "canonical_url") or None,
            "meta_title": tables.meta(row, "meta_title") or None,
            "meta_description": tables.meta(row, "meta_description") or None,
        },
    )


def _faults(source: str, number: int, row: _Row) -> Iterator[Fault]:
    if not (_text(row, "uuid") or _text(row, "id")):
        yield Fault(source, number, "id", "the post has no id", _CREATE_AGAIN)
    if _text(row, "status") not in STATUSES:
        problem = f"'{_text(row, 'status')[:50]}' is no status of a post in Ghost"
        yield Fault(source, number, "status", problem, f"Write one of: {', '.join(STATUSES)}.")
    for name in ("published_at", "created_at"):
        try:
            _moment(row.get(name))
        except (ValueError, TypeError, OverflowError, OSError):
            problem = f"'{str(row[name])[:50]}' is not a moment"
            yield Fault(source, number, name, problem, "Write it like 2026-03-31T09:00:00.000Z.")


def _moment(said: Any) -> datetime | None:
    """A moment in UTC; Ghost wrote milliseconds since 1970 once."""
    if said is None or said == "":
        return None
    if isinstance(said, int):
        return in_years(datetime.fromtimestamp(said / 1000, UTC))
    found = datetime.fromisoformat(said)
    return in_years(found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC))


def _text(row: _Row, name: str) -> str:
    """What the field says, as a text without white space at its ends; "" where it says nothing."""
    said = row.get(name)
    return "" if said is None or isinstance(said, dict | list) else str(said).strip()


def _order(row: _Row) -> float:
    said = row.get("sort_order")
    return said if isinstance(said, int | float) else 0


def _data(source: str, document: Any) -> _Row:
    """The object with the tables, in whichever of the two shapes."""
    top = document if isinstance(document, dict) else {}
    db = top.get("db")
    inner = db[0] if isinstance(db, list) and db else top
    data = inner.get("data") if isinstance(inner, dict) else None
    if not isinstance(data, dict) or "posts" not in data:
        problem = "the file is JSON, and no export of Ghost: there is neither db[0].data.posts nor data.posts"
        raise InvalidInput([Fault(source, None, "db", problem, _CREATE_AGAIN)])
    return data


def _document(path: Path) -> Any:
    source = str(path)
    with opened(path, "Give the path of an export of Ghost that can be read.") as file:
        raw = file.read(SIZE_LIMIT + 1)
    if not raw.strip():
        raise InvalidInput([Fault(source, None, None, "the file is empty", _CREATE_AGAIN)])
    if len(raw) > SIZE_LIMIT:
        problem = f"the file is larger than {SIZE_LIMIT:,} bytes"
        raise InvalidInput([Fault(source, None, None, problem, "Export fewer posts, or several files.")])
    try:
        return json.loads(raw.decode("utf-8-sig"), object_pairs_hook=_light)
    except UnicodeDecodeError as error:
        row = raw.count(b"\n", 0, error.start) + 1
        problem = f"byte {error.start + 1} of the file (0x{raw[error.start]:02x}) is not UTF-8"
        raise InvalidInput([Fault(source, row, None, problem, "Save it as UTF-8.")]) from error
    except json.JSONDecodeError as error:
        problem = f"the file is not JSON: {error.msg} (column {error.colno})"
        raise InvalidInput([Fault(source, error.lineno, None, problem, _CREATE_AGAIN)]) from error
    except (RecursionError, ValueError) as error:
        problem = "the file is nested too deeply, or holds a number of thousands of digits"
        raise InvalidInput([Fault(source, None, None, problem, _CREATE_AGAIN)]) from error


def _light(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    """The object without the texts of the posts, which nothing here reads."""
    return {name: value for name, value in pairs if name not in _HEAVY}
