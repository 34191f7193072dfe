"""Connections of the application's role, and transactions on them, each within one business."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, create_engine, event, text

from refleqt_core.values import BusinessId

from .rows import to_json
from .statements import Statements, transaction_of
from .vendor_errors import vendor_errors

APPLICATION_ROLE = "refleqt_app"
"""Owns nothing and is subject to row-level security; migrations create it."""

SESSION = f"-c role={APPLICATION_ROLE} -c timezone=UTC -c enable_seqscan=off -c jit=off"
"""Statements are planned once for each connection, often while a table is all but empty, and a plan that reads the
whole table would stay when it has grown. Everything is looked up by an index that begins with its business."""

ENTER = "select set_config('app.business_id', $1, true), set_config('app.scope', $2, true)"


class Database:
    """One pool of connections, shared by every adapter that works on this database."""

    def __init__(self, url: str, *, pool_size: int = 8):
        self.url = url
        self.engine: Engine = create_engine(
            url,
            pool_size=pool_size,
            max_overflow=pool_size,
            json_serializer=to_json,
            connect_args={"options": SESSION, "autocommit": True},
        )
        event.listen(self.engine, "begin", _begin)

    @contextmanager
    def statements(self, business_id: BusinessId | None) -> Iterator[Statements]:
        """A transaction that sees the rows of that business alone; of the platform's own where there is none."""
        with vendor_errors(), self.engine.connect() as connection, transaction_of(connection) as statements:
            statements.send(ENTER, [[str(business_id or ""), "business" if business_id else "platform"]])
            yield statements

    @contextmanager
    def transaction(self, business_id: BusinessId | None) -> Iterator[Connection]:
        """The same, for statements of SQLAlchemy."""
        with self.statements(business_id) as statements:
            yield statements.connection

    def check(self) -> str:
        """What answers: server, pgvector and schema versions."""
        with vendor_errors(), self.engine.connect() as connection:
            server = connection.scalar(text("show server_version"))
            vector = connection.scalar(text("select extversion from pg_extension where extname = 'vector'"))
            schema = connection.scalar(text("select version_num from alembic_version"))
        return f"PostgreSQL {server}, pgvector {vector}, schema {schema}"

    def close(self) -> None:
        """Connections are given back."""
        self.engine.dispose()


def _begin(connection: Connection) -> None:
    """psycopg would begin by itself, but wait for the answer before it sends anything else."""
    driver = connection.connection.driver_connection
    assert driver is not None
    driver.execute("begin")
