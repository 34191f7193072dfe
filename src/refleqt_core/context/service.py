"""The context engine's use cases: embed a source, extract what it says, search all of it."""

import math
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import attrs

from ..errors import NotFound
from ..intake.business import BusinessProfile, TeamMember
from ..intake.vents import VentEntry
from ..ports import LLM, Chunk, Clock, Embedder, Hit, Ids, Store, Transaction, VectorIndex, where
from ..values import BusinessId
from .chunking import passages
from .extraction import KnownNames, Reading, read
from .records import CompetitiveIntelligence, ContextExtraction
from .sources import SourceText, source_text
from .themes import joined_theme

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

        A source that is gone has none.
        """
        with self.store.business(business_id) as tx:
            try:
                source = source_text(tx, source_type, source_id)
            except NotFound:
                self.vectors.remove(source_id, tx=tx)
                return 0
        parts = passages(source.text)
        vectors = self.embedder.embed([part.text for part in parts])
        chunks = [
            Chunk(
                id=self.ids.new(),
                source_type=source_type,
                source_id=source_id,
                text=part.text,
                created_at=source.created_at,
            )
            for part in parts
        ]
        with self.store.business(business_id) as tx:
            self.vectors.replace(source_id, chunks, vectors, self.embedder.model, tx=tx)
        return len(chunks)

    def extract(self, business_id: BusinessId, source_type: str, source_id: UUID) -> list[ContextExtraction]:
        """The source's findings are on record, each with its proof; gives those that are valid now.

        Extracted again from the same text by the same model nothing changes; what a changed text no longer says is
        closed as of now and stays readable.
        """
        with self.store.business(business_id) as tx:
            source = source_text(tx, source_type, source_id)
            names = known_names(tx)
        reading = read(self.llm, source.text, names)
        near = self._near(business_id, source) if source_type == "vent" else []
        with self.store.business(business_id) as tx:
            valid = self._keep(tx, business_id, source, reading)
            if source_type == "vent":
                self._join_theme(tx, source_id, reading, near)
            self._learn_of_competitors(tx, business_id, valid, reading, source)
            return valid

    def search(
        self, business_id: BusinessId, query: str, *, limit: int = 10, source_types: Sequence[str] = ()
    ) -> list[SearchResult]:
        """The passages of that business which are nearest to ``query`` in meaning and words, best first.

        Passages with the same text are given once. A blank query finds nothing.
        """
        if not query.strip():
            return []
        wide = max(4 * limit, 20)
        vector = self.embedder.embed([query])[0]
        near = self.vectors.search(business_id, vector, self.embedder.model, limit=wide, source_types=source_types)
        worded = self.vectors.words(business_id, query, limit=wide, source_types=source_types)
        return fused(near, worded)[:limit]

    def _near(self, business_id: BusinessId, source: SourceText) -> list[Hit]:
        vector = self.embedder.embed([source.text])[0]
        return self.vectors.search(business_id, vector, self.embedder.model, limit=20, source_types=("vent",))

    def _keep(
        self, tx: Transaction, business_id: BusinessId, source: SourceText, reading: Reading
    ) -> list[ContextExtraction]:
        now = self.clock.now()
        stored = {
            (row.kind, row.text, row.quote_start): row
            for row in tx.find(ContextExtraction, *where(source_id=source.source_id, valid_to=None))
        }
        valid, fresh = [], []
        for proven in reading.findings:
            finding = proven.finding
            known = stored.pop((finding.kind, finding.text, proven.start), None)
            if known is not None:
                valid.append(known)
                continue
            fresh.append(
                ContextExtraction(
                    id=self.ids.new(),
                    business_id=business_id,
                    source_type=source.source_type,
                    source_id=source.source_id,
                    kind=finding.kind,
                    topic=finding.topic,
                    text=finding.text,
                    quote=finding.quote,
                    quote_start=proven.start,
                    quote_end=proven.end,
                    quote_seconds=source.second_at(proven.start),
                    charge=finding.charge,
                    sentiment=reading.sentiment,
                    model=self.llm.model,
                    extracted_at=now,
                    valid_from=source.created_at,
                )
            )
        tx.add(*fresh)
        for gone in stored.values():
            tx.save(attrs.evolve(gone, valid_to=now))
        return valid + fresh

    def _join_theme(self, tx: Transaction, vent_id: UUID, reading: Reading, near: Sequence[Hit]) -> None:
        vent = tx.get(VentEntry, vent_id)
        theme = joined_theme(tx, vent, near, reading.topics, self.ids)
        known = vent.theme_id if theme is None else theme.id
        if (vent.theme_id, vent.sentiment) != (known, reading.sentiment):
            tx.save(attrs.evolve(vent, theme_id=known, sentiment=reading.sentiment))

    def _learn_of_competitors(
        self,
        tx: Transaction,
        business_id: BusinessId,
        valid: Sequence[ContextExtraction],
        reading: Reading,
        source: SourceText,
    ) -> None:
        """What is known of each competitor that the source speaks of, over all sources that do."""
        for competitor in sorted({row.text for row in valid if row.kind == "competitor_mention"}):
            mentions = tx.find(
                ContextExtraction, *where(kind="competitor_mention", text=competitor, valid_to=None), order="valid_from"
            )
            intelligence = CompetitiveIntelligence(
                id=self.ids.new(),
                business_id=business_id,
                competitor=competitor,
                mentions=len({mention.source_id for mention in mentions}),
                sentiment=math.fsum(mention.sentiment for mention in mentions) / len(mentions),
                topics=tuple(dict.fromkeys(mention.topic for mention in mentions if mention.topic)),
                evidence=tuple(mention.id for mention in mentions),
                last_seen=max(mention.valid_from for mention in mentions),
            )
            for stored in tx.find(CompetitiveIntelligence, *where(competitor=competitor)):
                intelligence = attrs.evolve(intelligence, id=stored.id, version=stored.version)
                if intelligence != stored:
                    tx.save(intelligence)
                break
            else:
                tx.add(intelligence)


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
