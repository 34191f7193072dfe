"""What every suite may use: one PostgreSQL server for the whole run, a database of its own for each worker."""

import os
from collections.abc import Iterator

import pytest


@pytest.fixture(scope="session")
def database_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    from refleqt_adapters.store.migrate import upgrade

    url = os.environ.get("REFLEQT_TEST_URL", "postgresql+psycopg://refleqt_owner@/dev?host=/var/lib/rqtmp/pg&port=5432")
    upgrade(url)
    yield url
