"""Brings a database to the present schema: the roles, the extension, and the migrations.

Alembic is imported only when there is something to do, since most starts find the schema as it should be.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from refleqt_core.errors import Unavailable

from .connections import APPLICATION_ROLE
from .vendor_errors import vendor_errors

if TYPE_CHECKING:
    from alembic.config import Config

HEAD = "0004"
"""The newest revision in ``migrations/versions``."""

LOCK = 7_736_353_037
"""An advisory lock, so that of several starting programs one migrates and the others wait for it."""


def current_revision(connection: Connection) -> str | None:
    """The revision that the database is at; None when it is empty."""
    if connection.scalar(text("select to_regclass('alembic_version')")) is None:
        return None
    revision: str | None = connection.scalar(text("select version_num from alembic_version"))
    return revision


def upgrade(url: str) -> str | None:
    """The database is at `HEAD`; gives the revision that it was at before.

    The user of ``url`` owns the tables. It needs the right to create roles and the extension ``vector`` the first time.
    A revision that is not known here, since a newer program made it, is left alone: `Unavailable`.
    """
    engine = create_engine(url, poolclass=NullPool)
    with vendor_errors(), engine.begin() as connection:
        before = current_revision(connection)
        if before == HEAD:
            return before
        connection.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        before = current_revision(connection)
        if before != HEAD:
            _prepare(connection)
            _run_alembic(connection)
    return before


def _prepare(connection: Connection) -> None:
    try:
        connection.execute(text("create extension if not exists vector"))
    except DBAPIError as error:
        raise Unavailable(
            "the PostgreSQL server has no extension 'vector' that this user may create. "
            "Install pgvector there, and run as an administrator: CREATE EXTENSION vector;"
        ) from error
    if not connection.scalar(text("select 1 from pg_roles where rolname = :role"), {"role": APPLICATION_ROLE}):
        connection.execute(text(f"create role {APPLICATION_ROLE} nologin"))
    connection.execute(text(f"grant {APPLICATION_ROLE} to current_user"))


def _run_alembic(connection: Connection) -> None:
    from alembic import command
    from alembic.util import CommandError

    try:
        command.upgrade(alembic_config(connection), "head")
    except CommandError as error:
        at = current_revision(connection)
        raise Unavailable(f"the database is at schema {at}, which a newer Refleqt made; install that one") from error


def alembic_config(connection: Connection) -> "Config":
    """Alembic's configuration for that connection, without a file."""
    from alembic.config import Config as AlembicConfig

    config = AlembicConfig()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config
