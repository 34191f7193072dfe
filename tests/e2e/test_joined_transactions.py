"""A transaction of the Store in PostgreSQL that others join: whatever failed in it, nothing of it remains."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from sqlalchemy.exc import DBAPIError

from refleqt_adapters.postgres.connections import Database
from refleqt_adapters.store.postgres import PostgresStore
from refleqt_adapters.transactions import connection_of
from refleqt_core.errors import Conflict, InvalidInput
from refleqt_core.intake.business import Business, TeamMember
from refleqt_core.values import BusinessId


@pytest.fixture
def store(database_url: str) -> Iterator[PostgresStore]:
    opened = PostgresStore(Database(database_url, pool_size=1))
    yield opened
    opened.close()


@pytest.fixture
def business(store: PostgresStore) -> BusinessId:
    id = BusinessId(uuid4())
    with store.business(id) as tx:
        tx.add(Business(id=id, slug=f"b-{id}", name="Brine", created_at=datetime(2026, 3, 2, tzinfo=UTC)))
    return id


def member(business: BusinessId, name: str) -> TeamMember:
    return TeamMember(id=uuid4(), business_id=business, name=name)


def members(store: PostgresStore, business: BusinessId) -> list[str]:
    with store.business(business) as tx:
        return [name for (name,) in tx.rows(TeamMember, ["name"])]


def test_who_joins_by_its_connection_sees_what_was_added_before(store: PostgresStore, business: BusinessId) -> None:
    with store.business(business) as tx:
        tx.add(member(business, "Ada"))
        seen = connection_of(tx).exec_driver_sql("select name from team_members").scalars().all()
        tx.add(member(business, "Bo"))
    assert seen == ["Ada"]
    assert sorted(members(store, business)) == ["Ada", "Bo"]


def test_an_error_of_who_joined_loses_all_even_when_it_is_passed_over(
    store: PostgresStore, business: BusinessId
) -> None:
    with pytest.raises(Conflict), store.business(business) as tx:
        tx.add(member(business, "Ada"))
        with suppress(DBAPIError):
            connection_of(tx).exec_driver_sql("select 1 / 0")
    assert members(store, business) == []


def test_what_the_driver_refuses_loses_all_even_when_it_is_passed_over(
    store: PostgresStore, business: BusinessId
) -> None:
    with pytest.raises(InvalidInput), store.business(business) as tx, suppress(InvalidInput):
        tx.add(member(business, "Ada"), member(business, "B\0"))
    assert members(store, business) == []
