"""Connections of the application's role, each transaction within one business, and errors as Refleqt names them."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import errors as postgres_errors
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy import exc as sqlalchemy_errors

from refleqt_core.errors import Conflict, InvalidInput, NotAllowed, NotFound, RefleqtError, Unavailable
from refleqt_core.values import BusinessId

from .rows import to_json

APPLICATION_ROLE = "refleqt_app"
"""Owns nothing and is subject to row-level security; migrations create it."""

SESSION = f"-c role={APPLICATION_ROLE} -c timezone=UTC -c enable_seqscan=off -c jit=off"
"""Statements are planned once for each connection, often while a table is all but empty, and a plan that reads the
whole table would stay when it has grown. Everything is looked up by an index that begins with its business."""

ENTER = text("select set_config('app.business_id', :business_id, true), set_config('app.scope', :scope, true)")


class Database:
    """One pool of connections, shared by every adapter that works on this database."""

    def __init__(self, url: str, *, pool_size: int = 8):
        self.url = url
        self.engine: Engine = create_engine(
            url,
            pool_size=pool_size,
            max_overflow=pool_size,
            json_serializer=to_json,
            connect_args={"options": SESSION},
        )

    @contextmanager
    def transaction(self, business_id: BusinessId | None) -> Iterator[Connection]:
        """A transaction that sees the rows of that business alone; of the platform's own where there is none."""
        with vendor_errors(), self.engine.begin() as connection:
            scope = {"business_id": str(business_id or ""), "scope": "business" if business_id else "platform"}
            connection.execute(ENTER, scope)
            yield connection

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


@contextmanager
def vendor_errors() -> Iterator[None]:
    """Errors of SQLAlchemy and psycopg become Refleqt's, with the cause kept."""
    try:
        yield
    except RefleqtError:
        raise
    except sqlalchemy_errors.DBAPIError as error:
        raise translated(error.orig) from error
    except psycopg.Error as error:
        raise translated(error) from error
    except sqlalchemy_errors.TimeoutError as error:
        raise Unavailable("no database connection became free; raise the pool size or lower the load") from error


def translated(cause: BaseException | None) -> RefleqtError:
    """What the caller can do about a database error; names of tables and constraints stay in the cause."""
    said = str(cause).strip()
    match cause:
        case postgres_errors.UniqueViolation():
            return Conflict(f"there is one with the same {_key_of(cause)} already")
        case postgres_errors.SerializationFailure() | postgres_errors.DeadlockDetected():
            return Conflict("somebody else was quicker; read it again, then decide")
        case postgres_errors.ForeignKeyViolation() if "still referenced" in said:
            return Conflict("others still refer to it; remove these first")
        case postgres_errors.ForeignKeyViolation():
            return NotFound(f"its {_key_of(cause)} refers to something that is absent")
        case postgres_errors.InsufficientPrivilege():
            return NotAllowed("the database refuses this for the present business")
        case postgres_errors.InFailedSqlTransaction():
            return Conflict("an earlier step of this transaction failed, so all of it is lost")
        case postgres_errors.DataError():
            return InvalidInput(f"the database cannot hold this value: {said}")
        case postgres_errors.UndefinedTable():
            return Unavailable("the database has no Refleqt tables yet; run: refleqt db upgrade")
        case _:
            return Unavailable(f"the database does not answer: {said}")


def _key_of(cause: psycopg.Error) -> str:
    """The fields of the key that the error is about, without the one that names the business."""
    found = re.search(r"Key \((.*?)\)=", cause.diag.message_detail or "")
    names = [name for name in (found[1].split(", ") if found else []) if name != "business_id"]
    return " and ".join(names) or "key"
