"""The stores that every suite over them runs on."""

from collections.abc import Iterator

import pytest
from stored import new_business

from refleqt_adapters.postgres.connections import Database
from refleqt_adapters.store.memory import MemoryStore
from refleqt_adapters.store.postgres import PostgresStore
from refleqt_core.ports import Store
from refleqt_core.values import BusinessId


@pytest.fixture(params=["memory", "postgres"])
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    opened: Store = (
        MemoryStore() if request.param == "memory" else PostgresStore(Database(request.getfixturevalue("database_url")))
    )
    yield opened
    opened.close()


@pytest.fixture
def business(store: Store) -> BusinessId:
    return new_business(store)
