"""What new entries start with, and what comes back: templates and series."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import Field

from refleqt_core.errors import NotFound
from refleqt_core.intake.calendar import EntrySeries, EntryTemplate
from refleqt_core.intake.entry_templates import like

from .auth import Caller
from .bodies import Identity, Input, Output
from .calendar import read_whole
from .endpoints import Resource
from .entry_answers import WholeEntryOut
from .entry_bodies import PartOfEntry
from .entry_texts import Rule, Told

resource = Resource("calendar templates", "What new entries start with, and entries that come back.")


class TemplateBody(Input):
    """A template: what an entry that is there shares with others like it, and over that the fields named here."""

    name: Told = Field(description="saved again under it, the template is changed")
    like_entry: Identity | None = Field(default=None, description="the id of that entry")
    fields: PartOfEntry = PartOfEntry()


class TemplateOut(Output):
    """A template, with the fields that it gives, as they are sent to be saved."""

    id: UUID
    name: str
    fields: dict[str, Any]
    created_at: datetime


class TemplatesOut(Output):
    """All templates by name."""

    items: list[TemplateOut]


class EntryOfTemplate(PartOfEntry):
    """What the new entry has beside what its template gives, or instead of it."""

    external_id: Told


class SeriesBody(Input):
    """What is to come back, and when."""

    entry_id: Identity = Field(description="the entry that is the first of them")
    rule: Rule = Field(description="such as FREQ=WEEKLY;BYDAY=TU (RFC 5545), in the business's time zone")
    name: Told | None = Field(default=None, description="without it the entry's title")
    title: Told | None = Field(default=None, description="of those that follow; {date}, {week}, {month} are filled in")


class SeriesOut(Output):
    """Entries that come back by a rule; those up to `made_until` are on the calendar."""

    id: UUID
    name: str
    rule: str
    starts_at: datetime
    time_zone: str
    fields: dict[str, Any]
    active: bool
    made_until: datetime | None
    created_at: datetime


class AllSeriesOut(Output):
    """All series by name, those that were stopped included."""

    items: list[SeriesOut]


class StoppedOut(Output):
    """How many coming entries, which nobody had touched, are gone."""

    removed: int


@resource.get("/v1/calendar/templates", gives=TemplatesOut)
def list_templates(caller: Caller) -> dict[str, list[EntryTemplate]]:
    """All templates by name."""
    return {"items": caller.refleqt.templates().list(caller.business_id)}


@resource.post("/v1/calendar/templates", gives=TemplateOut, raises=[NotFound])
def save_template(caller: Caller, body: TemplateBody) -> EntryTemplate:
    """The template of that name gives these fields; what belongs to one entry alone, such as its date, is left out."""
    fields = body.fields.document()
    if body.like_entry is not None:
        fields = like(caller.refleqt.calendar().draft(caller.business_id, body.like_entry)) | fields
    return caller.refleqt.templates().save(caller.business_id, body.name, fields)


@resource.delete("/v1/calendar/templates/{template_id}", gives=TemplateOut, raises=[NotFound])
def remove_template(caller: Caller, template_id: Identity) -> EntryTemplate:
    """The template is gone; entries that were made of it stay."""
    template = _template(caller, template_id)
    caller.refleqt.templates().remove(caller.business_id, template.name)
    return template


@resource.post("/v1/calendar/templates/{template_id}/entry", gives=WholeEntryOut, raises=[NotFound])
def save_entry_of_template(caller: Caller, template_id: Identity, body: EntryOfTemplate) -> dict[str, Any]:
    """An entry with what the template gives and, over it, what the body says, is on the calendar."""
    given = body.said() | {"external_id": body.external_id}
    draft = caller.refleqt.templates().draft(caller.business_id, _template(caller, template_id).name, given)
    entry = caller.refleqt.calendar().save(caller.business_id, draft, by=caller.name)
    return read_whole(caller, entry.id)


@resource.get("/v1/calendar/series", gives=AllSeriesOut)
def list_series(caller: Caller) -> dict[str, list[EntrySeries]]:
    """All series by name, those that were stopped included."""
    return {"items": caller.refleqt.series().list(caller.business_id)}


@resource.post("/v1/calendar/series", gives=SeriesOut, raises=[NotFound])
def start_series(caller: Caller, body: SeriesBody) -> EntrySeries:
    """Entries like that one follow it by the rule; those of the next 60 days are on the calendar, more as time goes on.

    A series of that name that goes on is a conflict; one that was stopped begins anew.
    """
    series = caller.refleqt.series()
    return series.repeat(caller.business_id, body.entry_id, body.rule, name=body.name, title=body.title)


@resource.post("/v1/calendar/series/{series_id}/stop", gives=StoppedOut, raises=[NotFound])
def stop_series(caller: Caller, series_id: Identity) -> dict[str, int]:
    """Nothing more comes of the series, and its coming entries that nobody has touched are gone."""
    with caller.refleqt.store().business(caller.business_id) as tx:
        name = tx.get(EntrySeries, series_id).name
    return {"removed": caller.refleqt.series().stop(caller.business_id, name)}


def _template(caller: Caller, template_id: UUID) -> EntryTemplate:
    with caller.refleqt.store().business(caller.business_id) as tx:
        return tx.get(EntryTemplate, template_id)
