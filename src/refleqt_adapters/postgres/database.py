"""The database that the settings name: the embedded one is started, created and brought to the present schema."""

from pathlib import Path

from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from .embedded_server import EmbeddedServer
from .migrate import upgrade
from .vendor_errors import vendor_errors


def embedded_database(home: Path, name: str, *, fsync: bool = True) -> str:
    """The URL of that database in the embedded server of ``home``, ready to be used."""
    server = EmbeddedServer(home, sync=fsync)
    administration = server.start()
    create(administration, name)
    url = server.superuser_url(name)
    upgrade(url)
    return url


def create(administration_url: str, name: str) -> bool:
    """The database exists; gives whether it is new."""
    engine = create_engine(administration_url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with vendor_errors(), engine.connect() as connection:
        if connection.scalar(text("select 1 from pg_database where datname = :name"), {"name": name}):
            return False
        connection.execute(text(f'create database "{name}"'))
        return True


def drop(administration_url: str, name: str) -> None:
    """The database is gone with everything in it; who is still connected is cut off."""
    engine = create_engine(administration_url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with vendor_errors(), engine.connect() as connection:
        connection.execute(text(f'drop database if exists "{name}" with (force)'))
