"""Where the files of the embedded PostgreSQL lie, and who owns them."""

import fcntl
import hashlib
import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import attrs

from refleqt_core.errors import InvalidInput

from .embedded_account import Account, account_for
from .embedded_programs import MAJOR, open_folder

LONGEST_SOCKET = 103
"""Bytes of a socket's path that every system takes: 103 on macOS, 107 on Linux."""

SOCKET = ".s.PGSQL.5432"


@attrs.frozen
class Cluster:
    """The data folder and what lies beside it, in ``folder``; all of it but the data belongs to who starts it."""

    folder: Path
    account: Account

    @property
    def data(self) -> Path:
        return self.folder / MAJOR

    @property
    def log(self) -> Path:
        return self.folder / "server.log"

    @property
    def exists(self) -> bool:
        return (self.data / "PG_VERSION").exists()

    @property
    def _record(self) -> Path:
        return self.folder / f"{MAJOR}.socket"

    def socket_folder(self) -> Path | None:
        """The folder of the server's socket: the data folder, or where its path fits no socket, one that was recorded.

        A recorded one that is gone, or that others own or may enter, isn't ours: None.
        """
        if _fits_a_socket(self.data):
            return self.data
        folder = self._recorded()
        return folder if folder and self._is_private(folder) else None

    def make_socket_folder(self) -> Path:
        """`socket_folder`, made and recorded anew where there was none."""
        found = self.socket_folder()
        if found is None:
            found = self._new_socket_folder()
            self._record.write_text(os.fspath(found))
        return found

    def _recorded(self) -> Path | None:
        return Path(self._record.read_text()) if self._record.exists() else None

    def _is_private(self, folder: Path) -> bool:
        try:
            found = folder.lstat()
        except FileNotFoundError:
            return False
        return stat.S_ISDIR(found.st_mode) and found.st_uid == self.account.uid and not found.st_mode & 0o077

    def _new_socket_folder(self) -> Path:
        for base in (Path(tempfile.gettempdir()), Path("/tmp")):  # noqa: S108 — mkdtemp makes a new one of mode 0700
            if _fits_a_socket(base / "refleqt-12345678") and self.account.reaches(base):
                folder = Path(tempfile.mkdtemp(prefix="refleqt-", dir=base))
                self.account.take(folder)
                return folder
        raise InvalidInput(
            f"the path {self.data} fits no socket, and neither does the folder for temporary files. "
            "Name a shorter folder in REFLEQT_HOME or in TMPDIR"
        )

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Inside, no other process or thread starts, stops or removes this server."""
        with (self.folder / f"{MAJOR}.lock").open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def claim(self) -> int | None:
        """A file descriptor that proves that no process of the server lives; None while one does.

        The server inherits it, and each of its processes holds it open until it ends. So it tells what a number in
        ``postmaster.pid`` can't, which may have passed to a stranger. The caller closes it.
        """
        claim = os.open(self.folder / f"{MAJOR}.alive", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(claim, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(claim)
            return None
        return claim

    def lives(self) -> bool:
        """Whether a process of the server is there, ready or not."""
        claim = self.claim()
        if claim is not None:
            os.close(claim)
        return claim is None

    def forget_the_dead(self, socket_folder: Path) -> None:
        """No lock file of a former server is left. Only for the holder of the `claim`."""
        for stale in (self.data / "postmaster.pid", socket_folder / f"{SOCKET}.lock", socket_folder / SOCKET):
            stale.unlink(missing_ok=True)


def cluster_of(home: Path, system_folder: Path) -> Cluster:
    """The cluster of that home: in ``home/postgres``, where the server's account gets there.

    Else, which only happens to root, it is in a folder of ``system_folder`` that is named for the home; no permission
    of a folder that was there before is changed. Where a cluster exists already, there it stays.
    """
    inside = home / "postgres"
    if os.geteuid() != 0:
        return Cluster(inside, account_for(inside / MAJOR))
    outside = system_folder / f"{home.name}-{hashlib.sha256(os.fsencode(home)).hexdigest()[:12]}" / "postgres"
    for folder in (outside, inside):
        if (folder / MAJOR).exists():
            return Cluster(folder, account_for(folder / MAJOR))
    account = account_for(inside / MAJOR)
    nearest = next(each for each in (inside, *inside.parents) if each.exists())
    return Cluster(inside if account.reaches(nearest) else outside, account)


def make_folder(cluster: Cluster) -> None:
    """The cluster's folder exists; a lent account can enter what was made for it."""
    if cluster.account.lent:
        open_folder(cluster.folder)
    else:
        cluster.folder.mkdir(parents=True, exist_ok=True)


def _fits_a_socket(folder: Path) -> bool:
    """Short enough for the system, and without a comma, which to clients divides one host from the next."""
    return len(os.fsencode(folder / SOCKET)) <= LONGEST_SOCKET and "," not in os.fspath(folder)
