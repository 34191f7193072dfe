"""An event of an iCalendar file on one of its dates, as an entry of the calendar."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from refleqt_core.errors import Fault, InvalidInput
from refleqt_core.intake.address_rules import url_problem
from refleqt_core.intake.drafts import EntryDraft
from refleqt_core.intake.entry_drafts import draft_from

from .artifact_guess import kind_of, names_type
from .ical_events import Dated, Event
from .reading import Reading
from .remarks import Remarks

UNTITLED = "Untitled"
OWN_ENTRY = "X-REFLEQT-ENTRY"
"""The property in which our own feeds keep all of an entry."""

_TODO_STATUS = {"NEEDS-ACTION": "planned", "IN-PROCESS": "in_production", "COMPLETED": "published"}
_LONGEST_TITLE = 500
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def draft_of(source: str, name: str, dated: Dated, reading: Reading, remarks: Remarks) -> EntryDraft:
    """The event on that date as the entry ``name``; what was taken for granted is among the ``remarks``.

    The draft speaks of what the event states: what was only guessed holds for a new entry alone, so that a person's
    correction stays when the file is imported again. An event's STATUS is such a guess, since it tells whether a
    meeting is certain and not how far the work is; a to-do's is not.
    """
    event, moment = dated.event, dated.at.moment
    if OWN_ENTRY in event.values:
        return _own(source, event, moment)
    if dated.at.whole_day:
        remarks.say(f"whole days begin at 00:00 in {reading.time_zone}", event.row)
    elif dated.at.floating:
        remarks.say(f"times without a zone are taken in {reading.time_zone}", event.row)
    title = _title(event, remarks)
    kind = kind_of(event.texts("CATEGORIES"), title)
    if "artifact_type" not in kind.stated and not names_type(title):
        remarks.say(f"nothing names what it is, so it is taken for {kind.artifact_type}", event.row)
    said = _said(event, remarks)
    stated = {"external_id", "publish_at", *said, *kind.stated} | ({"title"} if event.text("SUMMARY") else set())
    return EntryDraft(
        external_id=name,
        title=title,
        artifact_type=kind.artifact_type,
        channel=kind.channel,
        publish_at=moment,
        given=frozenset(stated),
        **({"status": _status(event, moment, reading, remarks)} | said),
    )


def _said(event: Event, remarks: Remarks) -> dict[str, Any]:
    """What the event states of fields that it need not have."""
    said: dict[str, Any] = {}
    if notes := event.text("DESCRIPTION"):
        said["notes"] = notes
    if tags := tuple(dict.fromkeys(tag for tag in event.texts("CATEGORIES") if tag)):
        said["tags"] = tags
    if owner := _owner(event):
        said["owner"] = owner
    if url := event.text("URL"):
        if problem := url_problem(url):
            remarks.say(f"its URL is not kept: {problem.problem}", event.row)
        else:
            said["canonical_url"] = url
    if created := _created(event):
        said["created_at"] = created
    if event.component.name == "VTODO" and event.text("STATUS").upper() in _TODO_STATUS:
        said["status"] = _TODO_STATUS[event.text("STATUS").upper()]
    return said


def _status(event: Event, moment: datetime, reading: Reading, remarks: Remarks) -> str:
    """What a new entry's status is guessed to be: what is past has gone out."""
    if event.component.name == "VTODO":
        return "planned"
    if moment < reading.now:
        remarks.say("past, so it is taken for published where it is new", event.row)
        return "published"
    return "scheduled" if event.text("STATUS").upper() == "CONFIRMED" else "planned"


def _one_line(text: str) -> str:
    """The text with nothing between its words but single spaces, as a feed may write it."""
    return " ".join(_UNSEEN.sub(" ", text).split())


def _title(event: Event, remarks: Remarks) -> str:
    """The summary on one line; without one, the first line of the description."""
    summary = _one_line(event.text("SUMMARY"))
    if not summary:
        summary = next((line.strip() for line in event.text("DESCRIPTION").splitlines() if line.strip()), UNTITLED)
        remarks.say("without a SUMMARY, so it is named by its description, or 'Untitled'", event.row)
    if len(summary) > _LONGEST_TITLE:
        remarks.say(f"a title is cut to {_LONGEST_TITLE} characters", event.row)
    return summary[:_LONGEST_TITLE]


def _owner(event: Event) -> str | None:
    value = event.values.get("ORGANIZER")
    if value is None:
        return None
    name = value.parameters.get("CN", "").strip() or value.raw.strip().removeprefix("mailto:")
    return name or None


def _created(event: Event) -> datetime | None:
    try:
        return datetime.strptime(event.text("CREATED"), "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        return None


def _own(source: str, event: Event, moment: datetime) -> EntryDraft:
    """An entry from one of our own feeds as it was, with the title and the time that the event has now."""
    row = event.values[OWN_ENTRY].row
    try:
        document = json.loads(event.text(OWN_ENTRY))
        draft = draft_from(document)
    except (ValueError, TypeError, RecursionError, InvalidInput) as error:
        faults = error.faults if isinstance(error, InvalidInput) else ()
        problem = "; ".join(fault.problem for fault in faults) or "it is not the JSON of an entry"
        remedy = "Leave the property out, and the event is read like any other."
        raise InvalidInput([Fault(source, row, OWN_ENTRY, problem, remedy)]) from error
    before = draft.publish_at and draft.publish_at.replace(microsecond=0)
    summary = _one_line(event.text("SUMMARY"))
    return replace(
        draft,
        title=draft.title if summary in ("", _one_line(draft.title)) else summary,
        publish_at=draft.publish_at if before == moment else moment,
    )
