"""The context engine's use cases: embed a source, extract what it says, search all of it."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import attrs

from ..errors import NotFound
from ..intake.business import BusinessProfile, TeamMember
from ..intake.calendar import CalendarEntry
from ..intake.vents import VentEntry
from ..ports import LLM, Chunk, Clock, Embedder, Hit, Ids, Store, Transaction, VectorIndex, where
from ..values import BusinessId
from .chunking import passages
from .competition import learn_of_competitors
from .extraction import KnownNames
from .forgetting import forget
from .kept_findings import close, keep
from .passage_readings import PassageReader
from .reading import Reading
from .records import ContextExtraction, SourceReading
from .sources import SourceText, calendar_texts, check_type, source_text
from .themes import VentBoard, joined_theme, recount, vent_board

IMPORTED = "calendar_import"
"""The type of source that stands for all entries which an import wrote."""

PAGE = 200
"""Entries of an import that are indexed in one transaction."""

WORDS_WEIGHT = 0.25
"""What the share of the query's words that a chunk holds counts beside its cosine similarity."""


@attrs.frozen(kw_only=True)
class SearchResult:
    """A found passage; ``score`` orders the results, and is made of ``similarity`` and the share of ``words``."""

    source_type: str
    source_id: UUID
    text: str
    created_at: datetime
    score: float
    similarity: float
    words: float


@attrs.frozen(kw_only=True)
class ContextService:
    """Turns sources into vectors and proven findings, and finds them again."""

    store: Store
    vectors: VectorIndex
    embedder: Embedder
    llm: LLM
    clock: Clock
    ids: Ids

    def embed(self, business_id: BusinessId, source_type: str, source_id: UUID) -> int:
        """The source can be found by meaning and by words; gives its number of chunks.

        A source that is gone or closed has none. The source of type `IMPORTED` is a whole import: all its entries.
        """
        if source_type == IMPORTED:
            return self._embed_import(business_id, source_id)
        with self.store.business(business_id) as tx:
            source = _open_source(tx, source_type, source_id)
            if source is None:
                self.vectors.remove(source_id, tx=tx)
                return 0
        return self._index(business_id, [source])

    def _embed_import(self, business_id: BusinessId, import_id: UUID) -> int:
        """Page by page, so that neither memory nor a transaction grows with the import."""
        with self.store.business(business_id) as tx:
            ids = [id for (id,) in tx.rows(CalendarEntry, ("id",), *where(import_id=import_id))]
        chunks = 0
        for begin in range(0, len(ids), PAGE):
            with self.store.business(business_id) as tx:
                sources = calendar_texts(tx, ids[begin : begin + PAGE])
            chunks += self._index(business_id, sources)
        return chunks

    def _index(self, business_id: BusinessId, sources: Sequence[SourceText]) -> int:
        """The sources have the chunks that their texts are now cut into; gives how many these are.

        One that has gone meanwhile has none: nobody would take them away. Of an entry that goes a job does.
        """
        chunks = [
            Chunk(
                id=self.ids.new(),
                source_type=source.source_type,
                source_id=source.source_id,
                text=part.text,
                created_at=source.created_at,
            )
            for source in sources
            for part in passages(source.text)
        ]
        vectors = self.embedder.embed([chunk.text for chunk in chunks])
        with self.store.business(business_id) as tx:
            for source in sources:
                if source.source_type != "calendar" and _open_source(tx, source.source_type, source.source_id) is None:
                    continue
                own = [place for place, chunk in enumerate(chunks) if chunk.source_id == source.source_id]
                mine = [chunks[place] for place in own]
                self.vectors.replace(source.source_id, mine, vectors[own], self.embedder.model, tx=tx)
        return len(chunks)

    def extract(self, business_id: BusinessId, source_type: str, source_id: UUID) -> list[ContextExtraction]:
        """The source's findings are on record, each with its proof; gives those that are valid now.

        Of a source that says what it said, to the same model with the same names, nothing is asked and nothing changes.
        What a changed text no longer says is closed as of now and stays readable. So is all that was read in a source
        that is closed; what was read in one that is gone is forgotten. Broken off, it goes on where it was; of a source
        that is changed meanwhile nothing is kept, since whoever changed it has it read anew.
        """
        with self.store.business(business_id) as tx:
            source = self._readable(tx, business_id, source_type, source_id)
            if source is None:
                return []
            names = known_names(tx)
            last = tx.find(SourceReading, *where(source_id=source_id))
        reader = PassageReader(store=self.store, llm=self.llm, clock=self.clock, ids=self.ids)
        reading = reader.read(business_id, source, names, last[0] if last else None)
        board = self._vent_board(business_id, source_id) if reading and source_type == "vent" else None
        with self.store.business(business_id) as tx:
            if reading is None:
                return tx.find(ContextExtraction, *where(source_id=source_id, valid_to=None))
            if (said := self._readable(tx, business_id, source_type, source_id)) != source:
                return [] if said is None else tx.find(ContextExtraction, *where(source_id=source_id, valid_to=None))
            kept = keep(tx, self.ids, business_id, source, reading, self.llm.model, self.clock.now())
            if board is not None:
                self._join_theme(tx, source_id, reading, board)
            learn_of_competitors(tx, self.ids, business_id, kept.valid + kept.closed)
            return kept.valid

    def forget(self, tx: Transaction, business_id: BusinessId, source_type: str, source_id: UUID) -> None:
        """Nothing follows from the source any more, within ``tx``: see `forgetting.forget`. Twice is once.

        The source itself stays; removing it is the caller's, in the same transaction. No such type: `InvalidInput`.
        """
        check_type(source_type)
        forget(tx, self.vectors, self.ids, business_id, source_id)

    def search(
        self, business_id: BusinessId, query: str, *, limit: int = 10, source_types: Sequence[str] = ()
    ) -> list[SearchResult]:
        """The passages of that business which are nearest to ``query`` in meaning and words, best first.

        Passages with the same text are given once. A blank query finds nothing, and one that the embedder cannot read
        only what holds its words.
        """
        if not query.strip():
            return []
        wide = max(4 * limit, 20)
        near: Sequence[Hit] = ()
        if self.embedder.reads(query):
            vector = self.embedder.embed([query])[0]
            near = self.vectors.search(business_id, vector, self.embedder.model, limit=wide, source_types=source_types)
        worded = self.vectors.words(business_id, query, limit=wide, source_types=source_types)
        return fused(near, worded)[:limit]

    def _readable(
        self, tx: Transaction, business_id: BusinessId, source_type: str, source_id: UUID
    ) -> SourceText | None:
        """The source as it is now; of one that is closed all findings are, and of one that is gone there are none."""
        try:
            source = source_text(tx, source_type, source_id)
        except NotFound:
            self.forget(tx, business_id, source_type, source_id)
            return None
        if source.closed:
            findings = tx.find(ContextExtraction, *where(source_id=source_id))
            learn_of_competitors(tx, self.ids, business_id, close(tx, findings, self.clock.now()))
            tx.remove(SourceReading, *(id for (id,) in tx.rows(SourceReading, ("id",), *where(source_id=source_id))))
            return None
        return source

    def _vent_board(self, business_id: BusinessId, vent_id: UUID) -> VentBoard:
        return vent_board(self.store, self.vectors, self.embedder, business_id, vent_id)

    def _join_theme(self, tx: Transaction, vent_id: UUID, reading: Reading, board: VentBoard) -> None:
        vent = tx.get(VentEntry, vent_id)
        theme_id = joined_theme(tx, vent, board, reading.topics, self.ids) or vent.theme_id
        if (vent.theme_id, vent.sentiment) != (theme_id, reading.sentiment):
            tx.save(attrs.evolve(vent, theme_id=theme_id, sentiment=reading.sentiment))
        recount(tx)
        if vent.edited_at is not None and theme_id is not None:
            recount(tx, {theme_id}, relabel=True)  # its label may be of the words before


def _open_source(tx: Transaction, source_type: str, source_id: UUID) -> SourceText | None:
    """The source as it speaks for the business now; None where it is gone or closed."""
    try:
        source = source_text(tx, source_type, source_id)
    except NotFound:
        return None
    return None if source.closed else source


def known_names(tx: Transaction) -> KnownNames:
    """The names that the business has given of its competitors, products and people."""
    profiles = tx.find(BusinessProfile, *where(valid_to=None))
    people = tx.find(TeamMember)
    return KnownNames(
        competitors=tuple(name for profile in profiles for name in profile.competitors.all),
        products=tuple(product.name for profile in profiles for product in profile.products),
        people=tuple(person.name for person in people),
    )


def fused(near: Sequence[Hit], worded: Sequence[Hit]) -> list[SearchResult]:
    """Both lists as one, by similarity plus `WORDS_WEIGHT` × the share of words; the same text once."""
    similarity = {hit.chunk.id: hit.similarity for hit in near}
    words = {hit.chunk.id: hit.similarity for hit in worded}
    chunks = {hit.chunk.id: hit.chunk for hit in (*near, *worded)}
    least = min(similarity.values(), default=0.0)
    results = [
        SearchResult(
            source_type=chunk.source_type,
            source_id=chunk.source_id,
            text=chunk.text,
            created_at=chunk.created_at,
            score=similarity.get(id, least) + WORDS_WEIGHT * words.get(id, 0.0),
            similarity=similarity.get(id, least),
            words=words.get(id, 0.0),
        )
        for id, chunk in chunks.items()
    ]
    results.sort(key=lambda result: (-result.score, str(result.source_id)))
    best: dict[str, SearchResult] = {}
    for result in results:
        best.setdefault(result.text, result)
    return list(best.values())
