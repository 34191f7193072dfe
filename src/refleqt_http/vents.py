"""The vent board."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from refleqt_core.errors import NotFound
from refleqt_core.intake.vents import VentEntry

from .auth import Caller
from .bodies import Input, LongText, Moment, Name, Output, Page, PageOf, PageQuery, Tags, page
from .endpoints import Resource

resource = Resource("vents", "Whatever somebody had to get off their chest.")


class VentBody(Input):
    """A vent as it is written."""

    text: LongText
    tags: Tags = ()
    external_id: Name | None = Field(default=None, description="sent again under it, the vent is the same one")
    written_at: Moment | None = Field(default=None, description="now, where it is not given")


class VentOut(Output):
    """A vent. Its theme and sentiment in [-1, 1] are known once it has been read."""

    id: UUID
    external_id: str
    text: str
    tags: list[str]
    written_at: datetime
    theme_id: UUID | None
    sentiment: float | None


class VentPage(PageOf[VentOut]):
    """A part of the vent board."""


@resource.get("/v1/vents", gives=VentPage, raises=[NotFound])
def list_vents(caller: Caller, query: PageQuery) -> Page[VentEntry]:
    """A part of the vent board, the newest first."""
    return page(caller.refleqt.store(), caller.business_id, VentEntry, order="-written_at", query=query)


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
