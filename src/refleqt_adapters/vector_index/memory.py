"""The VectorIndex in this process's memory: exact, by one product of a matrix and a vector."""

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import lru_cache
from threading import Lock
from uuid import UUID

import attrs
import numpy as np

from refleqt_adapters.transactions import memory_transaction
from refleqt_core.intake.vocabulary import STOPWORDS
from refleqt_core.ports import Chunk, Hit, Transaction, Vectors
from refleqt_core.values import BusinessId

from .unit_vectors import check_unit_vectors


@attrs.frozen
class Row:
    """A chunk with its vector and the model that made it."""

    chunk: Chunk
    vector: Vectors
    model: str


class MemoryVectorIndex:
    """Chunks by business and source."""

    def __init__(self) -> None:
        self._sources: dict[BusinessId, dict[UUID, tuple[Row, ...]]] = {}
        self._lock = Lock()

    def replace(
        self, source_id: UUID, chunks: Sequence[Chunk], vectors: Vectors, model: str, *, tx: Transaction
    ) -> None:
        """The source has exactly these chunks, once ``tx`` has committed."""
        check_unit_vectors(chunks, vectors)
        rows = tuple(Row(chunk, vector, model) for chunk, vector in zip(chunks, vectors, strict=True))
        self._when_committed(tx, lambda sources: sources.update({source_id: rows}))

    def remove(self, source_id: UUID, *, tx: Transaction) -> None:
        """The source has no chunk, once ``tx`` has committed."""
        self._when_committed(tx, lambda sources: sources.pop(source_id, None))

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
        """The chunks nearest to ``vector``, best first."""
        rows = [
            row
            for row in self._rows(business_id, source_types)
            if row.model == model and (since is None or row.chunk.created_at >= since)
        ]
        if not rows:
            return []
        similarities = np.stack([row.vector for row in rows]) @ vector
        return _best([Hit(chunk=r.chunk, similarity=float(s)) for r, s in zip(rows, similarities, strict=True)], limit)

    def words(
        self, business_id: BusinessId, query: str, *, limit: int = 10, source_types: Sequence[str] = ()
    ) -> list[Hit]:
        """The chunks that hold words of ``query``, best first."""
        asked = stems(query)
        shares = {
            row.chunk.id: Hit(chunk=row.chunk, similarity=len(asked & stems(row.chunk.text)) / len(asked))
            for row in self._rows(business_id, source_types)
            if asked
        }
        return _best([hit for hit in shares.values() if hit.similarity > 0], limit)

    def vectors(self, business_id: BusinessId, model: str, source_type: str) -> tuple[list[UUID], Vectors]:
        """The vector of every chunk of that type and model, and its source."""
        rows = [row for row in self._rows(business_id, (source_type,)) if row.model == model]
        rows.sort(key=lambda row: (row.chunk.source_id, row.chunk.id))
        found = np.stack([row.vector for row in rows]) if rows else np.empty((0, 0), np.float32)
        return [row.chunk.source_id for row in rows], found

    def count(self, business_id: BusinessId, model: str | None = None) -> int:
        """How many chunks the business has."""
        return sum(model in (None, row.model) for row in self._rows(business_id, ()))

    def _rows(self, business_id: BusinessId, source_types: Sequence[str]) -> list[Row]:
        with self._lock:
            rows = [row for source in self._sources.get(business_id, {}).values() for row in source]
        return [row for row in rows if not source_types or row.chunk.source_type in source_types]

    def _when_committed(self, tx: Transaction, change: Callable[[dict[UUID, tuple[Row, ...]]], object]) -> None:
        business_id = tx.business_id
        if business_id is None:
            raise TypeError("vectors belong to a business, and this is the platform's own transaction")

        def apply() -> None:
            with self._lock:
                change(self._sources.setdefault(business_id, {}))

        memory_transaction(tx).after_commit(apply)


def stems(text: str) -> frozenset[str]:
    """The distinct English stems of ``text`` without stop words, as PostgreSQL's ``english`` makes them."""
    return frozenset(_stem(word) for word in re.findall(r"[^\W_]+", text.lower()) if word not in STOPWORDS)


@lru_cache(maxsize=50_000)
def _stem(word: str) -> str:
    from snowballstemmer import stemmer

    stemmed: str = stemmer("english").stemWord(word)
    return stemmed


def _best(hits: list[Hit], limit: int) -> list[Hit]:
    return sorted(hits, key=lambda hit: (-hit.similarity, hit.chunk.id))[:limit]
