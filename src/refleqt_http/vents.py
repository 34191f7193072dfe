"""The vent board."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from refleqt_core.errors import NotFound
from refleqt_core.intake.vent_reading import VentSearch
from refleqt_core.intake.vents import VentEntry

from .auth import Caller
from .bodies import Identity, Input, LongText, Moment, Name, Output, Page, PageOf, PageQuery, Tags, Text
from .endpoints import Resource
from .problems import CHANGED_SINCE, Refused

resource = Resource("vents", "Whatever somebody had to get off their chest.")


class VentBody(Input):
    """A vent as it is written."""

    text: LongText
    tags: Tags = ()
    external_id: Name | None = Field(default=None, description="sent again under it, the vent is the same one")
    written_at: Moment | None = Field(default=None, description="now, where it is not given")


class VentChanges(Input):
    """What is to change of a vent; what is left out stays."""

    text: LongText | None = None
    tags: Tags | None = None
    theme_id: Identity | None = Field(default=None, description="the theme to put it into, where it stays then")


class VentQuery(PageQuery):
    """Which vents; all of what is given has to hold."""

    theme: Identity | None = Field(default=None, description="the id of the theme that they belong to")
    tag: Text | None = None
    since: Moment | None = Field(default=None, description="written at that moment or later")
    q: Text | None = Field(default=None, description="stands in the text, whether in capitals or not")

    def search(self) -> VentSearch:
        """The search that is asked for."""
        return VentSearch(theme_id=self.theme, tag=self.tag, since=self.since, text=self.q)


class VentOut(Output):
    """A vent. Its theme and sentiment in [-1, 1] are known once it has been read."""

    id: UUID
    version: int
    external_id: str
    text: str
    tags: list[str]
    written_at: datetime
    edited_at: datetime | None
    theme_id: UUID | None
    placed_at: datetime | None = Field(description="when a person put it into its theme")
    sentiment: float | None


class VentPage(PageOf[VentOut]):
    """A part of the vent board."""


@resource.get("/v1/vents", gives=VentPage, raises=[NotFound])
def list_vents(caller: Caller, query: VentQuery) -> Page[VentEntry]:
    """A part of the vent board, the newest first."""
    found = caller.refleqt.vent_reader().find(
        caller.business_id, query.search(), after=query.after, limit=query.limit + 1
    )
    items = found[: query.limit]
    return Page(items=items, next=items[-1].id if len(found) > query.limit else None)


@resource.post("/v1/vents", gives=VentOut)
def write_vent(caller: Caller, body: VentBody) -> VentEntry:
    """The vent is kept as written, and about to be read: its findings, its theme and its mood."""
    return caller.refleqt.vents().write(
        caller.business_id,
        body.text,
        tags=body.tags,
        external_id=body.external_id,
        written_at=body.written_at,
    )


@resource.get("/v1/vents/{vent_id}", gives=VentOut, raises=[NotFound], versioned=True)
def read_vent(caller: Caller, vent_id: Identity) -> VentEntry:
    """One vent, as it was written."""
    return caller.refleqt.vent_reader().get(caller.business_id, vent_id)


@resource.patch("/v1/vents/{vent_id}", gives=VentOut, raises=[NotFound], versioned=True)
def change_vent(caller: Caller, vent_id: Identity, body: VentChanges) -> VentEntry:
    """The vent says and has what the body names, and all else stays.

    With another text all that followed from the old one is gone at once, and the vent is about to be read anew. With
    its ETag in If-Match it is a failed precondition if the vent has changed since, also by having been read.
    """
    themes = caller.refleqt.vent_themes()
    version = version_read(caller, caller.refleqt.vent_reader().get(caller.business_id, vent_id).version)
    if body.theme_id is not None:
        themes.get(caller.business_id, body.theme_id)  # it has to be there before anything is changed
    edited = caller.refleqt.vent_editing().edit(
        caller.business_id, vent_id, text=body.text, tags=body.tags, version=version
    )
    return edited if body.theme_id is None else themes.move(caller.business_id, vent_id, body.theme_id)


@resource.delete("/v1/vents/{vent_id}", gives=VentOut, raises=[NotFound], versioned=True)
def remove_vent(caller: Caller, vent_id: Identity) -> VentEntry:
    """The vent is gone with all that followed from it: vectors, findings, its part in its theme.

    What it was is the answer.
    """
    last = caller.refleqt.vent_reader().get(caller.business_id, vent_id)
    version_read(caller, last.version)
    caller.refleqt.removal().remove_vent(caller.business_id, vent_id)
    return last


def version_read(caller: Caller, version: int) -> int | None:
    """The version that If-Match names, if it is this one; None where it names none. Another: `Refused` with 412."""
    if caller.only_versions is None:
        return None
    if version not in caller.only_versions:
        raise Refused(CHANGED_SINCE, "it has changed since it was read; read it again, then decide")
    return version
