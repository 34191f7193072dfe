"""The briefs that creators work from."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import Field

from refleqt_core.errors import NeedsReview, NotFound
from refleqt_core.outputs.records import CreatorBrief

from .auth import Caller
from .bodies import Flag, Identity, Input, Output, Page, PageOf, PageQuery, page
from .endpoints import Resource

resource = Resource("briefs", "What a creator reads of an artifact, certified to give away nothing of the business.")


class BriefBody(Input):
    """Which artifact of a map to write the brief of."""

    map_artifact_id: Identity
    premium: Flag = Field(default=False, description="a premium brief goes to three creators at once")


class BriefOut(Output):
    """A brief: the document that a creator sees, and the certificate that it is anonymous."""

    id: UUID
    map_artifact_id: UUID
    artifact_type: str
    document: dict[str, Any]
    certificate: dict[str, Any]
    status: str
    premium: bool
    created_at: datetime


class BriefPage(PageOf[BriefOut]):
    """A part of the briefs."""


@resource.get("/v1/briefs", gives=BriefPage, raises=[NotFound])
def list_briefs(caller: Caller, query: PageQuery) -> Page[CreatorBrief]:
    """A part of the briefs, the newest first."""
    return page(caller.refleqt.store(), caller.business_id, CreatorBrief, order="-created_at", query=query)


@resource.post("/v1/briefs", gives=BriefOut, raises=[NotFound, NeedsReview])
def write_brief(caller: Caller, body: BriefBody) -> CreatorBrief:
    """Writes the brief of an artifact and certifies it; one that cannot be certified goes to a person."""
    return caller.refleqt.briefs().write(caller.business_id, body.map_artifact_id, premium=body.premium)


@resource.get("/v1/briefs/{brief_id}", gives=BriefOut, raises=[NotFound])
def read_brief(caller: Caller, brief_id: Identity) -> CreatorBrief:
    """One brief with its certificate."""
    with caller.refleqt.store().business(caller.business_id) as tx:
        return tx.get(CreatorBrief, brief_id)
