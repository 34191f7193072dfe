"""The VectorIndex: all text context of a business, searchable by meaning and by words."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

import attrs
import numpy as np
from numpy.typing import NDArray

from ..values import BusinessId, aware
from .store import Transaction

Vectors = NDArray[np.float32]


@attrs.frozen(kw_only=True)
class Chunk:
    """A piece of the text of one source: ``source_type`` is onboarding, activity, vent, calendar or extraction."""

    id: UUID
    source_type: str
    source_id: UUID
    text: str
    created_at: datetime = attrs.field(validator=aware)


@attrs.frozen(kw_only=True)
class Hit:
    """A found chunk with its cosine ``similarity`` in [-1, 1]."""

    chunk: Chunk
    similarity: float


class VectorIndex(Protocol):
    """Vectors by business and source. Vectors of two embedding models never meet in one answer.

    Every call works for one business; the chunks of another are never found, counted or removed. The calls that write
    take the transaction that the source is written in, and become visible with it.
    """

    def replace(
        self, source_id: UUID, chunks: Sequence[Chunk], vectors: Vectors, model: str, *, tx: Transaction
    ) -> None:
        """The source has exactly these chunks, with unit-length ``vectors`` (n, dimension) made by ``model``.

        What it had before is gone, so that the same call twice is once. Another number of vectors than of chunks, or a
        vector that is not unit length, raises `InvalidInput`.
        """
        ...

    def remove(self, source_id: UUID, *, tx: Transaction) -> None:
        """The source has no chunk. It had none: no-op."""
        ...

    def search(
        self,
        business_id: BusinessId,
        vector: Vectors,
        model: str,
        *,
        limit: int = 10,
        source_types: Sequence[str] = (),
        since: datetime | None = None,
    ) -> list[Hit]:
        """The ``limit`` chunks of that business nearest to ``vector`` (dimension,), best first; ties by chunk id.

        Exact: recall is 1. Only chunks of ``model``, of one of ``source_types`` if any are named, and created at
        ``since`` or later. Nothing there: [].
        """
        ...

    def words(
        self, business_id: BusinessId, query: str, *, limit: int = 10, source_types: Sequence[str] = ()
    ) -> list[Hit]:
        """The chunks that hold the words of ``query`` (any of them; English stems), best first.

        ``similarity`` is the share of the distinct query words that the chunk holds. Of any model, but each chunk once.
        """
        ...

    def vectors(self, business_id: BusinessId, model: str, source_type: str) -> tuple[list[UUID], Vectors]:
        """The vector of every chunk of that type and model, and the source that each is of.

        The sources (n) and the vectors (n, dimension), by source and chunk id. None there: no source, shape (0, 0).
        """
        ...

    def count(self, business_id: BusinessId, model: str | None = None) -> int:
        """How many chunks the business has, of that model if one is named."""
        ...
