"""What was found in texts, each finding with its quote."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from refleqt_core.context.extraction import FINDING_KINDS
from refleqt_core.context.finding_query import FindingQuery
from refleqt_core.context.records import ContextExtraction
from refleqt_core.context.sources import READERS
from refleqt_core.errors import NotFound

from .auth import Caller
from .bodies import Identity, Moment, Name, OneOf, Output, Page, PageOf, PageQuery, page
from .endpoints import Resource

resource = Resource("findings", "What was found in texts and recordings, each finding with the quote that proves it.")

Kind = Annotated[str, OneOf(FINDING_KINDS)]
SourceType = Annotated[str, OneOf(tuple(READERS))]


class FindingOut(Output):
    """A finding; ``quote`` stands letter by letter in its source, from ``quote_start`` to ``quote_end``."""

    id: UUID
    source_type: str
    source_id: UUID
    kind: str
    topic: str
    text: str
    quote: str
    quote_start: int
    quote_end: int
    quote_seconds: float | None = Field(description="when it is said in the recording")
    speaker: str | None
    charge: float = Field(description="how strongly it is felt, from 0 to 1")
    confidence: float = Field(description="how far the readings of the text agree on it, from 0 to 1")
    model: str
    valid_from: datetime


class FindingPage(PageOf[FindingOut]):
    """A part of the findings."""


class FindingsQuery(PageQuery):
    """Which findings."""

    kind: tuple[Kind, ...] = Field(
        default=(), max_length=len(FINDING_KINDS), description="only of these kinds; repeat it for several"
    )
    source_type: tuple[SourceType, ...] = Field(
        default=(), max_length=len(READERS), description="only in sources of these types; repeat it for several"
    )
    source_id: Identity | None = Field(default=None, description="only in that source")
    topic: Name | None = Field(default=None, description="only about topics that hold these words")
    since: Moment | None = Field(default=None, description="only what was said then or later")


@resource.get("/v1/findings", gives=FindingPage, raises=[NotFound])
def list_findings(caller: Caller, query: FindingsQuery) -> Page[ContextExtraction]:
    """A part of what was found and is valid now, what was said last first."""
    asked = FindingQuery(
        kinds=query.kind,
        source_types=query.source_type,
        source_id=query.source_id,
        topic=query.topic,
        since=query.since,
    )
    store = caller.refleqt.store()
    return page(store, caller.business_id, ContextExtraction, *asked.filters, order="-valid_from", query=query)
