"""The calendar as an iCalendar feed (RFC 5545) that calendar programs subscribe to."""

import json
import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from refleqt_core.intake.calendar import CalendarEntry
from refleqt_core.intake.drafts import EntryDraft
from refleqt_core.intake.entry_drafts import document_of
from refleqt_core.intake.table_fields import ASIDE, FIELDS

from .calendar_rows import Cell, columns_of, iso, row_of

PRODUCT = "-//Refleqt//Marketing calendar//EN"
REFRESH = timedelta(hours=1)
"""How often programs are asked to look again."""

_SAID_ELSEWHERE = frozenset(("external_id", "title", "notes", "publish_at", "created_at", *ASIDE))
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")
_SHOWN = ("status", "artifact_type", "channel", "campaign", "funnel_stage")
"""What an event says to anybody who may know what goes out when."""

_FIRM = ("scheduled", "published", "reviewed")


class Feed(NamedTuple):
    """The feed as it is served, and how many entries are not in it, since they have no date."""

    data: bytes
    entries: int
    without_date: int


def calendar_feed(
    name: str, entries: Sequence[tuple[CalendarEntry, EntryDraft]], *, whole: bool = True, undated: int = 0
) -> Feed:
    """The entries with a date as events, in the given order; the same entries give the same bytes.

    Each is known by ``<entry id>@refleqt``, its SEQUENCE is its version, DTSTAMP and LAST-MODIFIED are when it was
    changed last. The description says every field; ``X-REFLEQT-ENTRY`` holds all of it as JSON, by which an import
    reads the same entry again. Not ``whole``, an event says neither notes nor people nor money, only what goes out
    when, where and of which campaign. Those without a date, and ``undated`` others, are counted in
    ``X-REFLEQT-WITHOUT-DATE``.
    """
    from icalendar import Calendar

    dated = [(entry, draft) for entry, draft in entries if entry.publish_at is not None]
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    for key in ("name", "x-wr-calname"):
        calendar.add(key, _text(name))
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")
    without_date = undated + len(entries) - len(dated)
    calendar.add("x-refleqt-without-date", str(without_date))
    for entry, draft in dated:
        calendar.add_component(_event(entry, draft, whole))
    return Feed(calendar.to_ical(), len(dated), without_date)


def _event(entry: CalendarEntry, draft: EntryDraft, whole: bool) -> Any:
    from icalendar import Event

    event = Event()
    event.add("uid", f"{entry.id}@refleqt")
    event.add("dtstart", entry.publish_at)
    for stamp in ("dtstamp", "last-modified"):
        event.add(stamp, entry.updated_at)
    event.add("created", entry.created_at)
    event.add("sequence", entry.version)
    event.add("summary", _text(draft.title))
    event.add("description", _text("\n".join(_described(draft) if whole else _fields(draft, _SHOWN))))
    event.add("status", "CONFIRMED" if draft.status in _FIRM else "TENTATIVE")
    event.add("transp", "TRANSPARENT")
    event.add("categories", _texts(dict.fromkeys(filter(None, (draft.artifact_type, draft.channel, *draft.tags)))))
    if draft.canonical_url:
        event.add("url", draft.canonical_url)
    if whole:
        event.add("x-refleqt-entry", _text(entry_json(draft)))
    return event


def entry_json(draft: EntryDraft) -> str:
    """The draft as one line of ASCII JSON; backslashes in it are written so that no calendar program mends them."""
    written = json.dumps(document_of(draft), sort_keys=True, separators=(",", ":"))
    return written.replace("\\\\", "\\u005c")


def _described(draft: EntryDraft) -> Iterator[str]:
    """The notes, then each field that says something on a line of its own."""
    if draft.notes:
        yield from (draft.notes, "")
    yield from _fields(draft, [name for name in columns_of([draft]) if name not in _SAID_ELSEWHERE])


def _fields(draft: EntryDraft, columns: Sequence[str]) -> Iterator[str]:
    for name, cell in zip(columns, row_of(draft, columns), strict=True):
        if cell is not None and cell is not False:
            yield f"{_spoken(name)}: {_said(cell)}"


def _spoken(name: str) -> str:
    return name.replace("_", " ").replace(".", " ").capitalize() if name in FIELDS else name.replace("_", " ")


def _said(cell: Cell) -> str:
    if cell is True:
        return "yes"
    return iso(cell) if isinstance(cell, date) else str(cell)


def _texts(texts: Any) -> Any:
    """Several texts as one value: their commas part nothing."""
    from icalendar.prop import vInline

    return vInline(",".join(_escaped(text) for text in texts))


def _text(text: str) -> Any:
    r"""The text as a value. The library's own escape takes ``\N`` for a line break before it escapes backslashes."""
    from icalendar.prop import vInline

    return vInline(_escaped(text))


def _escaped(text: str) -> str:
    plain = _CONTROL.sub(" ", text.replace("\r\n", "\n").replace("\r", "\n"))
    return plain.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")
