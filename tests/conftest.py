"""What every suite may use: a PostgreSQL server of the run's own, and a migrated database in it."""

import os
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as in a shell's background, where programs under test would
    signal.signal(signal.SIGINT, signal.default_int_handler)  # inherit it and not hear Ctrl-C

settings.register_profile("ci", derandomize=True)  # the same examples in every run; new ones are tried at a desk
if os.environ.get("CI"):
    settings.load_profile("ci")


@pytest.fixture(scope="session")
def database_home() -> Iterator[Path]:
    """A home whose embedded server is gone after the run; reachable for the account that root's server runs as."""
    from refleqt_adapters.postgres.embedded_server import EmbeddedServer

    with tempfile.TemporaryDirectory(prefix="refleqt-tests-", ignore_cleanup_errors=True) as folder:
        home = Path(folder)
        home.chmod(0o711)
        yield home
        EmbeddedServer(home, sync=False).destroy()


@pytest.fixture(scope="session")
def database_url(database_home: Path) -> str:
    """A database at the present schema, as its owner reaches it."""
    from refleqt_adapters.postgres.database import embedded_database

    return embedded_database(database_home, "tests", fsync=False)
