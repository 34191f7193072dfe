"""The types of team activities, with the guide of whoever leads one."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import Field

from refleqt_core.errors import NotFound
from refleqt_core.intake.activity_guides import Exercise

from .auth import Caller
from .bodies import Count, Input, Name, Output, Text
from .endpoints import Resource

resource = Resource("activity types", "What a team can do together, and how it is led.")

Steps = Annotated[tuple[Annotated[Name, Field(max_length=500)], ...], Field(max_length=30)]
TypeName = Annotated[Name, Field(max_length=100, json_schema_extra={"format": "path-part"})]


class TypeBody(Input):
    """A type of the business's own."""

    name: Annotated[Name, Field(max_length=100, json_schema_extra={"format": "type-name"})]
    purpose: Text = ""
    guide: Steps = ()
    minutes: Count | None = None


class TypeChange(Input):
    """What is to change in a type of the business's own; what is not named stays."""

    name: Annotated[Name, Field(max_length=100, json_schema_extra={"format": "type-name"})] | None = None
    purpose: Text | None = None
    guide: Steps | None = None
    minutes: Count | None = None


class TypesQuery(Input):
    """Which types."""

    archived: bool = Field(default=False, description="also those that were archived")


class TypeOut(Output):
    """A type; `feeds` names the kinds of findings that it is held for."""

    slug: str
    name: str
    purpose: str
    feeds: list[str]
    minutes: int | None
    guide: list[str]
    is_own: bool
    archived_at: datetime | None


class TypesOut(Output):
    """The types: those that Refleqt brings along, then the business's own."""

    items: list[TypeOut]


@resource.get("/v1/activity-types", gives=TypesOut)
def list_activity_types(caller: Caller, query: TypesQuery) -> dict[str, Any]:
    """The types that are offered."""
    return {"items": caller.refleqt.activity_types().list(caller.business_id, archived=query.archived)}


@resource.post("/v1/activity-types", gives=TypeOut)
def add_activity_type(caller: Caller, body: TypeBody) -> Exercise:
    """The business has a type of that name. There is one of that name: 409."""
    return caller.refleqt.activity_types().add(
        caller.business_id, body.name, purpose=body.purpose, guide=body.guide, minutes=body.minutes
    )


@resource.get("/v1/activity-types/{slug}", gives=TypeOut, raises=[NotFound])
def read_activity_type(caller: Caller, slug: TypeName) -> Exercise:
    """A type, by its slug or name."""
    return caller.refleqt.activity_types().get(caller.business_id, slug)


@resource.patch("/v1/activity-types/{slug}", gives=TypeOut, raises=[NotFound])
def edit_activity_type(caller: Caller, slug: TypeName, body: TypeChange) -> Exercise:
    """The own type is as the body says, and offered again. One that comes with Refleqt: 409."""
    changes = {name: value for name in body.model_fields_set if (value := getattr(body, name)) is not None}
    if "minutes" in body.model_fields_set:
        changes["minutes"] = body.minutes
    return caller.refleqt.activity_types().edit(caller.business_id, slug, changes)


@resource.delete("/v1/activity-types/{slug}", gives=TypeOut, raises=[NotFound])
def archive_activity_type(caller: Caller, slug: TypeName) -> Exercise:
    """The own type is offered no longer; its activities stay. One that comes with Refleqt: 409."""
    return caller.refleqt.activity_types().archive(caller.business_id, slug)
