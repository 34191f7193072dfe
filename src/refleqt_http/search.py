"""Search over everything that was taken in."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from refleqt_core.context.records import SOURCE_TYPES
from refleqt_core.context.service import SearchResult

from .auth import Caller
from .bodies import Input, Limit, Name, OneOf, Output
from .endpoints import Resource

resource = Resource("search", "Passages of all that was said and written, found by meaning and by words.")

SourceType = Annotated[str, OneOf(SOURCE_TYPES)]


class ResultOut(Output):
    """A found passage. ``score`` orders the results; ``words`` is the share of the query's words that it holds."""

    source_type: str
    source_id: UUID
    text: str
    created_at: datetime
    score: float
    similarity: float
    words: float


class ResultsOut(Output):
    """The passages, best first."""

    items: list[ResultOut]


class SearchQuery(Input):
    """What to look for, and where."""

    q: Name = Field(description="what to look for, in words")
    limit: Limit = 10
    source_type: tuple[SourceType, ...] = Field(
        default=(), max_length=len(SOURCE_TYPES), description="only sources of these types; repeat it for several"
    )


@resource.get("/v1/search", gives=ResultsOut)
def search_context(caller: Caller, query: SearchQuery) -> dict[str, list[SearchResult]]:
    """The passages that are nearest to the query in meaning and words."""
    found = caller.refleqt.context().search(
        caller.business_id, query.q, limit=query.limit, source_types=query.source_type
    )
    return {"items": found}
