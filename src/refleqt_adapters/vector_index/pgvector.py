"""The VectorIndex on pgvector: exact over the rows of one business.

An approximate index over all tenants loses most of a small tenant's neighbours to the filter, while the b-tree on the
business and an exact scan of its rows has recall 1, and is faster up to tens of thousands of chunks.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import numpy as np
from sqlalchemy import ColumnElement, Row, delete, func, insert, select, text

from refleqt_adapters.postgres.connections import Database
from refleqt_adapters.postgres.schema import context_embeddings as table
from refleqt_adapters.postgres.vendor_errors import vendor_errors
from refleqt_adapters.transactions import connection_of
from refleqt_core.ports import Chunk, Hit, Transaction, Vectors
from refleqt_core.values import BusinessId

from .unit_vectors import check_unit_vectors

CHUNK_COLUMNS = (table.c.id, table.c.source_type, table.c.source_id, table.c.text_chunk, table.c.created_at)

WORDS = text("""
with asked as (select tsvector_to_array(to_tsvector('english', :query)) as lexemes)
select id, source_type, source_id, text_chunk, created_at,
       (select count(*) from unnest(tsvector_to_array(words)) as held where held = any(lexemes))
           / cardinality(lexemes)::float as similarity
from context_embeddings, asked
where words @@ (select string_agg(quote_literal(lexeme), ' | ')::tsquery from unnest(lexemes) as lexeme)
  and (cardinality(cast(:types as text[])) = 0 or source_type = any(cast(:types as text[])))
order by similarity desc, id
limit :limit
""")


class PgVectorIndex:
    """Chunks in the table ``context_embeddings``, behind row-level security."""

    def __init__(self, database: Database):
        self._database = database

    def replace(
        self, source_id: UUID, chunks: Sequence[Chunk], vectors: Vectors, model: str, *, tx: Transaction
    ) -> None:
        """The source has exactly these chunks."""
        check_unit_vectors(chunks, vectors)
        self.remove(source_id, tx=tx)
        rows = [
            {
                "id": chunk.id,
                "business_id": tx.business_id,
                "source_type": chunk.source_type,
                "source_id": source_id,
                "model": model,
                "embedding": vector,
                "text_chunk": chunk.text,
                "created_at": chunk.created_at,
            }
            for chunk, vector in zip(chunks, vectors, strict=True)
        ]
        if rows:
            with vendor_errors():
                connection_of(tx).execute(insert(table), rows)

    def remove(self, source_id: UUID, *, tx: Transaction) -> None:
        """The source has no chunk."""
        with vendor_errors():
            connection_of(tx).execute(delete(table).where(table.c.source_id == source_id))

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
        distance = table.c.embedding.max_inner_product(vector)
        conditions = [table.c.model == model, *_of_types(source_types)]
        if since is not None:
            conditions.append(table.c.created_at >= since)
        query = (
            select(*CHUNK_COLUMNS, (-distance).label("similarity"))
            .where(*conditions)
            .order_by(distance, table.c.id)
            .limit(limit)
        )
        with self._database.transaction(business_id) as connection:
            return [_hit(row) for row in connection.execute(query)]

    def words(
        self, business_id: BusinessId, query: str, *, limit: int = 10, source_types: Sequence[str] = ()
    ) -> list[Hit]:
        """The chunks that hold words of ``query``, best first."""
        asked = {"query": query, "types": list(source_types), "limit": limit}
        with self._database.transaction(business_id) as connection:
            return [_hit(row) for row in connection.execute(WORDS, asked)]

    def vectors(self, business_id: BusinessId, model: str, source_type: str) -> tuple[list[UUID], Vectors]:
        """The vector of every chunk of that type and model, and its source."""
        query = (
            select(table.c.source_id, table.c.embedding)
            .where(table.c.model == model, table.c.source_type == source_type)
            .order_by(table.c.source_id, table.c.id)
        )
        with self._database.transaction(business_id) as connection:
            rows = connection.execute(query).all()
        found = np.array([row.embedding for row in rows], np.float32) if rows else np.empty((0, 0), np.float32)
        return [row.source_id for row in rows], found

    def count(self, business_id: BusinessId, model: str | None = None) -> int:
        """How many chunks the business has."""
        conditions = [] if model is None else [table.c.model == model]
        with self._database.transaction(business_id) as connection:
            return connection.scalar(select(func.count()).select_from(table).where(*conditions)) or 0


def _of_types(source_types: Sequence[str]) -> list[ColumnElement[bool]]:
    return [table.c.source_type.in_(source_types)] if source_types else []


def _hit(row: Row[*tuple[Any, ...]]) -> Hit:
    chunk = Chunk(
        id=row.id,
        source_type=row.source_type,
        source_id=row.source_id,
        text=row.text_chunk,
        created_at=row.created_at,
    )
    return Hit(chunk=chunk, similarity=float(row.similarity))
