"""What the database refuses is told in words, though row-level security keeps the details to itself."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import attrs
import psycopg
import pytest
from sqlalchemy import create_engine, text

from refleqt_adapters.postgres.connections import Database
from refleqt_adapters.postgres.constraint_words import fields_of_constraint
from refleqt_adapters.postgres.rows import WRITINGS
from refleqt_adapters.postgres.vendor_errors import translated, vendor_errors
from refleqt_adapters.store.postgres import PostgresStore
from refleqt_core.errors import Conflict, InvalidInput, NotFound
from refleqt_core.intake.business import Business
from refleqt_core.intake.calendar import CalendarEntry, DistributionPlan, SeoMetadata, StatusChange
from refleqt_core.values import BusinessId

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def store(database_url: str) -> Iterator[PostgresStore]:
    """The tables as the program reaches them."""
    database = Database(database_url, pool_size=1)
    yield PostgresStore(database)
    database.close()


@pytest.fixture(scope="module")
def business(store: PostgresStore) -> BusinessId:
    id = BusinessId(uuid4())
    with store.business(id) as tx:
        tx.add(Business(id=id, slug=f"b-{id}", name="Brine", created_at=NOON))
    return id


def entry(business: BusinessId, **changes: Any) -> CalendarEntry:
    said: dict[str, Any] = {"external_id": f"E-{uuid4()}", "title": "Waste", "artifact_type": "blog_copy"} | changes
    return CalendarEntry(id=uuid4(), business_id=business, created_at=NOON, updated_at=NOON, **said)


def test_a_conflict_names_the_fields_that_are_the_same(store: PostgresStore, business: BusinessId) -> None:
    said = "^there is one with the same external id already among the calendar entries$"
    with pytest.raises(Conflict, match=said), store.business(business) as tx:
        tx.add(entry(business, external_id="E-1"), entry(business, external_id="E-1"))


def test_a_conflict_names_all_fields_of_the_key(store: PostgresStore, business: BusinessId) -> None:
    added = entry(business)
    plan = DistributionPlan(id=uuid4(), business_id=business, calendar_entry_id=added.id, channel="blog")
    with pytest.raises(Conflict, match="same calendar entry and channel already"), store.business(business) as tx:
        tx.add(added, plan, attrs.evolve(plan, id=uuid4()))


def test_a_reference_to_nothing_names_its_field(store: PostgresStore, business: BusinessId) -> None:
    step = StatusChange(id=uuid4(), business_id=business, calendar_entry_id=uuid4(), reached="idea", at=NOON)
    with pytest.raises(NotFound, match=r"^its calendar entry refers"), store.business(business) as tx:
        tx.add(step)


def test_what_is_too_large_for_an_index_can_be_mended_by_the_caller(store: PostgresStore, business: BusinessId) -> None:
    long = "".join(random.Random(7).choices("0123456789abcdef", k=1_000_000))  # nothing that repeats
    with pytest.raises(InvalidInput, match="too large"), store.business(business) as tx:
        tx.add(entry(business, external_id=long))


def test_what_is_missing_is_named(database_url: str, business: BusinessId) -> None:
    row = WRITINGS[SeoMetadata].values_of(SeoMetadata(id=uuid4(), business_id=business, calendar_entry_id=uuid4()))
    missing = [None if value == row[2] else value for value in row]
    named = "is missing among the seo metadata; give it$"
    with pytest.raises(InvalidInput, match=named), vendor_errors(), psycopg.connect(database_url) as connection:
        psycopg.RawCursor(connection).execute(WRITINGS[SeoMetadata].insert, missing)


def test_what_a_check_refuses_can_be_mended_by_the_caller(database_url: str) -> None:
    with pytest.raises(InvalidInput), vendor_errors(), psycopg.connect(database_url) as connection:
        connection.execute("create temporary table counted (n int check (n > 0))")
        connection.execute("insert into counted values (0)")


def test_every_constraint_that_the_database_has_is_known_by_its_name(database_url: str) -> None:
    engine = create_engine(database_url)
    query = """select conname from pg_constraint c join pg_class t on t.oid = conrelid
               where contype in ('u', 'f') and t.relnamespace = 'public' ::regnamespace
               and relname in (select tablename from pg_policies)"""
    with engine.connect() as connection:
        names = connection.scalars(text(query)).all()
    engine.dispose()
    assert len(names) > 50
    assert [name for name in names if fields_of_constraint(name) in ("key", "")] == []


def test_an_error_of_no_kind_that_is_known_is_told_as_it_is() -> None:
    assert f"{translated(OSError('gone'))}" == "the database does not answer: gone"
