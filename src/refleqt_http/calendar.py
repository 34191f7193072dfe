"""The marketing calendar: its entries."""

from contextlib import suppress
from typing import Any
from uuid import UUID

import attrs
from pydantic import Field

from refleqt_core.errors import Conflict, NotFound
from refleqt_core.intake.calendar import CalendarEntry
from refleqt_core.intake.calendar_search import EntrySearch

from .auth import Caller
from .bodies import Day, Identity, Input, Moment, Page, PageOf, PageQuery, Text
from .endpoints import Resource
from .entry_answers import EntryOut, HistoryOut, WholeEntryOut, history, whole
from .entry_bodies import Angle, ArtifactType, Channel, EntryBody, EntryChanges, Stage, Status
from .problems import CHANGED_SINCE, Refused

resource = Resource("calendar", "Every marketing artifact, from the idea to the review of its results.")


class EntriesPage(PageOf[EntryOut]):
    """A part of the calendar."""


class EntryQuery(PageQuery):
    """Which entries of the calendar; all of what is given has to hold."""

    text: Text | None = Field(default=None, description="stands in the title, id, owner, notes or primary keyword")
    status: Status | None = None
    channel: Channel | None = None
    artifact_type: ArtifactType | None = None
    owner: Text | None = None
    member: Text | None = Field(default=None, description="is in the team")
    segment: Text | None = None
    funnel_stage: Stage | None = None
    angle: Angle | None = None
    category: Text | None = None
    tag: Text | None = None
    cluster: Text | None = Field(default=None, description="the keyword cluster")
    campaign: Text | None = Field(default=None, description="the campaign's name")
    group: Text | None = Field(default=None, description="the name of a group of campaigns")
    start: Moment | None = Field(default=None, description="published at that moment or later")
    end: Moment | None = Field(default=None, description="published before that moment")
    review_due_by: Day | None = Field(default=None, description="published, and not reviewed by that day as it should")

    def search(self) -> EntrySearch:
        """The search that is asked for."""
        return EntrySearch(**{field.name: getattr(self, field.name) for field in attrs.fields(EntrySearch)})


class StatusBody(Input):
    """The status to reach."""

    status: Status


@resource.get("/v1/calendar", gives=EntriesPage, raises=[NotFound])
def list_entries(caller: Caller, query: EntryQuery) -> Page[CalendarEntry]:
    """A part of the calendar, in the order of publication.

    Entries without a date come last; `start` and `end` leave them out.
    """
    calendar = caller.refleqt.calendar()
    found = calendar.search(caller.business_id, query.search(), after=query.after, limit=query.limit + 1)
    items = found[: query.limit]
    return Page(items=items, next=items[-1].id if len(found) > query.limit else None)


@resource.post("/v1/calendar", gives=WholeEntryOut)
def save_entry(caller: Caller, body: EntryBody) -> dict[str, Any]:
    """The entry is on the calendar: categorised, tagged, and about to be indexed.

    Of one with the same `external_id` the fields that the body names are changed, null takes a value away, and those
    that are left out stay; saved as it is already, nothing happens. What could be better is in `warnings`.
    """
    entry = caller.refleqt.calendar().save(caller.business_id, body.draft(), by=caller.name)
    return read_whole(caller, entry.id)


@resource.get("/v1/calendar/{entry_id}", gives=WholeEntryOut, raises=[NotFound], versioned=True)
def read_entry(caller: Caller, entry_id: Identity) -> dict[str, Any]:
    """One entry of the calendar, with its search fields and plans, and what could be better."""
    return read_whole(caller, entry_id)


@resource.patch("/v1/calendar/{entry_id}", gives=WholeEntryOut, raises=[NotFound], versioned=True)
def change_entry(caller: Caller, entry_id: Identity, body: EntryChanges) -> dict[str, Any]:
    """The fields that the body names are other than they were, and all else stays; null takes a value away.

    With the `version` that was read it is a conflict if somebody has changed the entry since, and with its ETag in
    If-Match a failed precondition. What was only found out about it, such as its category, is no such change.
    """
    read = _as_it_was_read(caller, entry_id)
    version = read if body.version is None else body.version
    caller.refleqt.calendar().edit(caller.business_id, entry_id, body.said(), by=caller.name, version=version)
    return read_whole(caller, entry_id)


@resource.delete("/v1/calendar/{entry_id}", gives=WholeEntryOut, raises=[NotFound], versioned=True)
def remove_entry(caller: Caller, entry_id: Identity) -> dict[str, Any]:
    """The entry is gone with its history and comments; what it was is the answer.

    One that results, briefs or maps refer to stays, which is a conflict. Somebody has changed it since the version
    that If-Match names: it stays as well.
    """
    _as_it_was_read(caller, entry_id)
    last = read_whole(caller, entry_id)
    caller.refleqt.calendar().remove(caller.business_id, entry_id)
    return last


@resource.post("/v1/calendar/{entry_id}/status", gives=WholeEntryOut, raises=[NotFound])
def move_entry(caller: Caller, entry_id: Identity, body: StatusBody) -> dict[str, Any]:
    """The entry has that status, and the step is on record with its time.

    What is published without a date was published now, and its review is due 30 days later.
    """
    caller.refleqt.calendar().move(caller.business_id, entry_id, body.status, by=caller.name)
    return read_whole(caller, entry_id)


@resource.post("/v1/calendar/{entry_id}/undo", gives=WholeEntryOut, raises=[NotFound])
def undo_entry(caller: Caller, entry_id: Identity) -> dict[str, Any]:
    """The entry is as it was before its last change that was not undone; nothing left to undo is a conflict."""
    caller.refleqt.calendar().undo(caller.business_id, entry_id, by=caller.name)
    return read_whole(caller, entry_id)


@resource.post("/v1/calendar/{entry_id}/redo", gives=WholeEntryOut, raises=[NotFound])
def redo_entry(caller: Caller, entry_id: Identity) -> dict[str, Any]:
    """The entry is as it was before the undoing, if that was the last thing done to it; else it is a conflict."""
    caller.refleqt.calendar().redo(caller.business_id, entry_id, by=caller.name)
    return read_whole(caller, entry_id)


@resource.get("/v1/calendar/{entry_id}/history", gives=HistoryOut, raises=[NotFound])
def read_history(caller: Caller, entry_id: Identity) -> dict[str, Any]:
    """How the entry came to be what it is: its steps through the statuses, and what each change changed."""
    return history(caller.refleqt.entry_pages().read(caller.business_id, entry_id))


def _as_it_was_read(caller: Caller, entry_id: UUID) -> int | None:
    """The version that If-Match names and nobody has changed since; None where it names none.

    Somebody has: `Refused` with 412.
    """
    if caller.only_versions is None:
        return None
    for version in caller.only_versions:
        with suppress(Conflict):
            caller.refleqt.calendar().edit(caller.business_id, entry_id, {}, by=caller.name, version=version)
            return version
    raise Refused(CHANGED_SINCE, "somebody has changed the entry since; read it again, then decide")


def read_whole(caller: Caller, entry_id: UUID) -> dict[str, Any]:
    """What `WholeEntryOut` is made of. Absent, or of another business: `NotFound`."""
    return whole(caller.refleqt.entry_pages().read(caller.business_id, entry_id))
