"""How the database goes about its work while its tables are new: plans made then stay for a connection's life."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from refleqt_adapters.postgres.connections import Database
from refleqt_adapters.postgres.database import create, drop
from refleqt_adapters.postgres.embedded_server import EmbeddedServer
from refleqt_adapters.postgres.migrate import upgrade
from refleqt_adapters.postgres.schema import TABLE_NAMES, column_name
from refleqt_core.kinds import KINDS
from refleqt_core.values import BusinessId

REFERRED_TO = sorted(
    {
        (TABLE_NAMES[target], column_name(target, "id"))
        for kind in KINDS.values()
        for target in kind.references.values()
        if target.scope == "business_id"
    }
)


@pytest.fixture(scope="module")
def new_url(database_home: Path) -> Iterator[str]:
    """A database that holds nothing yet."""
    server, name = EmbeddedServer(database_home, sync=False), f"new_{uuid4().hex[:8]}"
    create(server.start(), name)
    upgrade(server.superuser_url(name))
    yield server.superuser_url(name)
    drop(server.start(), name)


@pytest.mark.parametrize(("table", "id"), REFERRED_TO)
def test_a_reference_is_checked_by_the_id_and_not_row_by_row(new_url: str, table: str, id: str) -> None:
    check = f"select 1 from only {table} where business_id = $1 and {id} = $2 for key share"  # as PostgreSQL asks it
    with psycopg.connect(new_url, options="-c enable_seqscan=off") as connection:
        plan = [line for (line,) in connection.execute(f"explain (generic_plan) {check}")]
    assert any("Index Cond" in line and f"({id} = $2)" in line for line in plan), plan


def test_a_search_goes_by_an_index_while_the_table_is_empty(new_url: str) -> None:
    search = "explain select title from calendar_entries where external_id = 'E-1'"
    database = Database(new_url)
    with database.transaction(BusinessId(uuid4())) as connection:
        plan = list(connection.exec_driver_sql(search).scalars())
    database.close()
    assert "Index Scan" in plan[0]
