"""What the VectorIndex promises, over every adapter of it."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import attrs
import numpy as np
import pytest

from refleqt_adapters.postgres.connections import Database
from refleqt_adapters.store.memory import MemoryStore
from refleqt_adapters.store.postgres import PostgresStore
from refleqt_adapters.vector_index.memory import MemoryVectorIndex
from refleqt_adapters.vector_index.pgvector import PgVectorIndex
from refleqt_core.errors import InvalidInput
from refleqt_core.intake.business import Business
from refleqt_core.ports import Chunk, Store, Transaction, VectorIndex, Vectors
from refleqt_core.values import BusinessId

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
MODEL = "model-1"


@attrs.frozen
class Place:
    """An index with the store whose transactions it joins."""

    index: VectorIndex
    store: Store

    def business(self) -> BusinessId:
        business = BusinessId(uuid4())
        with self.store.business(business) as tx:
            tx.add(Business(id=business, slug=f"b-{business}", name="Brine", created_at=NOON))
        return business

    def within(self, business: BusinessId) -> AbstractContextManager[Transaction]:
        return self.store.business(business)

    def put(
        self,
        business: BusinessId,
        texts: Sequence[str],
        vectors: Vectors,
        *,
        source: UUID | None = None,
        source_type: str = "vent",
        model: str = MODEL,
        at: datetime = NOON,
    ) -> list[Chunk]:
        source = source or uuid4()
        chunks = [
            Chunk(id=uuid4(), source_type=source_type, source_id=source, text=text, created_at=at) for text in texts
        ]
        with self.store.business(business) as tx:
            self.index.replace(source, chunks, vectors, model, tx=tx)
        return chunks


def memory(_request: pytest.FixtureRequest) -> Place:
    return Place(MemoryVectorIndex(), MemoryStore())


def pgvector(request: pytest.FixtureRequest) -> Place:
    database = Database(request.getfixturevalue("database_url"))
    request.addfinalizer(database.close)
    return Place(PgVectorIndex(database), PostgresStore(database))


@pytest.fixture(params=[memory, pgvector], ids=["memory", "pgvector"])
def place(request: pytest.FixtureRequest) -> Place:
    make: Callable[[pytest.FixtureRequest], Place] = request.param
    return make(request)


def unit(*rows: Sequence[float]) -> Vectors:
    vectors = np.array(rows, dtype=np.float32)
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float32)


EAST, NORTH = unit([1, 0])[0], unit([0, 1])[0]


def test_the_nearest_come_first_with_their_cosine(place: Place) -> None:
    business = place.business()
    chunks = place.put(business, ["east", "north-east", "north"], unit([1, 0], [1, 1], [0, 1]))
    hits = place.index.search(business, EAST, MODEL)
    assert [hit.chunk for hit in hits] == chunks
    assert [hit.similarity for hit in hits] == pytest.approx([1, 0.5**0.5, 0], abs=1e-6)


def test_a_limit_gives_the_best_ones(place: Place) -> None:
    business = place.business()
    place.put(business, ["east", "north"], unit([1, 0], [0, 1]))
    assert [hit.chunk.text for hit in place.index.search(business, NORTH, MODEL, limit=1)] == ["north"]


def test_recall_against_exact_search_is_complete(place: Place) -> None:
    business, other = place.business(), place.business()
    rng = np.random.default_rng(7)
    mine, theirs = unit(*rng.normal(size=(300, 16))), unit(*rng.normal(size=(2000, 16)))
    chunks = place.put(business, [str(i) for i in range(300)], mine)
    place.put(other, [str(i) for i in range(2000)], theirs)
    for query in unit(*rng.normal(size=(20, 16))):
        exact = [chunks[i].id for i in np.argsort(-(mine @ query), kind="stable")[:10]]
        assert [hit.chunk.id for hit in place.index.search(business, query, MODEL)] == exact


def test_replacing_a_source_twice_is_once(place: Place) -> None:
    business, source = place.business(), uuid4()
    for _ in range(2):
        place.put(business, ["east"], unit([1, 0]), source=source)
    assert place.index.count(business) == 1


def test_replacing_a_source_drops_what_it_had(place: Place) -> None:
    business, source = place.business(), uuid4()
    place.put(business, ["east", "north"], unit([1, 0], [0, 1]), source=source)
    place.put(business, ["west"], unit([-1, 0]), source=source)
    assert [hit.chunk.text for hit in place.index.search(business, EAST, MODEL)] == ["west"]


def test_a_source_may_have_no_chunk(place: Place) -> None:
    business, source = place.business(), uuid4()
    place.put(business, ["east"], unit([1, 0]), source=source)
    place.put(business, [], np.empty((0, 2), dtype=np.float32), source=source)
    assert place.index.count(business) == 0


def test_removing_a_source_that_is_absent_does_nothing(place: Place) -> None:
    business, source = place.business(), uuid4()
    place.put(business, ["east"], unit([1, 0]))
    with place.within(business) as tx:
        place.index.remove(source, tx=tx)
    assert place.index.count(business) == 1


def test_another_business_finds_counts_and_removes_nothing(place: Place) -> None:
    business, other, source = place.business(), place.business(), uuid4()
    place.put(business, ["waste reduction"], unit([1, 0]), source=source)
    with place.within(other) as tx:
        place.index.remove(source, tx=tx)
    assert place.index.search(other, EAST, MODEL) == []
    assert place.index.words(other, "waste") == []
    assert place.index.count(other) == 0
    assert place.index.count(business) == 1


def test_vectors_of_another_model_never_meet(place: Place) -> None:
    business = place.business()
    place.put(business, ["old"], unit([1, 0]), model="model-0")
    place.put(business, ["new"], unit([0, 1]))
    assert [hit.chunk.text for hit in place.index.search(business, EAST, MODEL)] == ["new"]
    assert (place.index.count(business, "model-0"), place.index.count(business)) == (1, 2)


def test_only_the_named_source_types_are_found(place: Place) -> None:
    business = place.business()
    place.put(business, ["a vent on waste"], unit([1, 0]))
    place.put(business, ["an entry on waste"], unit([1, 0]), source_type="calendar")
    for found in (
        place.index.search(business, EAST, MODEL, source_types=["calendar"]),
        place.index.words(business, "waste", source_types=["calendar"]),
    ):
        assert [hit.chunk.source_type for hit in found] == ["calendar"]


def test_only_chunks_since_a_moment_are_found(place: Place) -> None:
    business = place.business()
    place.put(business, ["old"], unit([1, 0]), at=NOON - timedelta(days=1))
    place.put(business, ["new"], unit([1, 0]))
    assert [hit.chunk.text for hit in place.index.search(business, EAST, MODEL, since=NOON)] == ["new"]


def test_words_are_found_in_their_other_forms(place: Place) -> None:
    business = place.business()
    place.put(business, ["We reduced our kitchens' waste", "Cats sleep"], unit([1, 0], [0, 1]))
    assert [hit.chunk.text for hit in place.index.words(business, "reducing the wastes")] == [
        "We reduced our kitchens' waste"
    ]


def test_words_are_ranked_by_the_share_of_the_query(place: Place) -> None:
    business = place.business()
    place.put(business, ["waste", "waste in kitchens"], unit([1, 0], [0, 1]))
    hits = place.index.words(business, "kitchen waste audit")
    assert [hit.chunk.text for hit in hits] == ["waste in kitchens", "waste"]
    assert [hit.similarity for hit in hits] == pytest.approx([2 / 3, 1 / 3])


@pytest.mark.parametrize("query", ["", "   ", "the of and", "' | & ! :* <->", "\\"])
def test_a_query_without_words_finds_nothing(place: Place, query: str) -> None:
    business = place.business()
    place.put(business, ["the waste of kitchens and us"], unit([1, 0]))
    assert place.index.words(business, query) == []


def test_what_was_not_committed_is_not_found(place: Place) -> None:
    business = place.business()
    chunk = Chunk(id=uuid4(), source_type="vent", source_id=uuid4(), text="east", created_at=NOON)
    with pytest.raises(RuntimeError), place.within(business) as tx:
        place.index.replace(chunk.source_id, [chunk], unit([1, 0]), MODEL, tx=tx)
        raise RuntimeError("the program failed in mid-work")
    assert place.index.search(business, EAST, MODEL) == []


@pytest.mark.parametrize(
    "vectors", [unit([1, 0], [0, 1]), np.array([[3, 4]], dtype=np.float32)], ids=["too many", "too long"]
)
def test_vectors_that_do_not_fit_are_invalid(place: Place, vectors: Vectors) -> None:
    with pytest.raises(InvalidInput):
        place.put(place.business(), ["east"], vectors)


def test_nothing_there_finds_nothing(place: Place) -> None:
    business = place.business()
    assert place.index.search(business, EAST, MODEL) == []
    assert place.index.count(business) == 0


def test_all_vectors_of_a_type_are_given_with_their_sources(place: Place) -> None:
    business = place.business()
    first, second = sorted((uuid4(), uuid4()))
    place.put(business, ["north"], unit([0, 1]), source=second)
    place.put(business, ["east"], unit([1, 0]), source=first)
    place.put(business, ["a note"], unit([1, 1]), source_type="activity")
    place.put(business, ["by another model"], unit([1, 1]), model="model-2")
    place.put(place.business(), ["another's"], unit([1, 1]))
    sources, vectors = place.index.vectors(business, MODEL, "vent")
    assert sources == [first, second]
    assert vectors.dtype == np.float32 and vectors.tolist() == [[1, 0], [0, 1]]


def test_without_a_chunk_there_is_no_vector(place: Place) -> None:
    sources, vectors = place.index.vectors(place.business(), MODEL, "vent")
    assert (sources, vectors.shape) == ([], (0, 0))
