"""A PostgreSQL 18 with pgvector that starts on first use and belongs to one home, out of the wheel's binaries.

It outlives the program that started it, and every program of that home shares it. Whether it runs is asked of the
server itself and of a lock that its processes hold, never of a process number. Only the owner reaches it: it listens on
a socket in a folder of mode 0700 and on no port.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import MappingProxyType
from typing import Literal, get_args
from urllib.parse import quote

import attrs

from refleqt_core.errors import InvalidInput, Unavailable

from .embedded_cluster import Cluster, cluster_of, make_folder
from .embedded_faults import faults_named, refusal, tail
from .embedded_programs import programs_for, wheel_programs

OWNER = "refleqt_owner"
"""The superuser, who owns the tables."""

START_SECONDS = 120.0
"""How long a start may take: after a crash under load the server replays its log before it answers."""

STOP_SECONDS = 60.0
UNREACHABLE_SECONDS = 2.0
"""How long to wait for the end of a server whose socket is gone, so that nobody can ask it."""

POLL_SECONDS = 0.01
LARGEST_LOG = 10_000_000

StopMode = Literal["smart", "fast", "immediate"]

UNLESS_SET = {
    "listen_addresses": "",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
    # After a crash, one call in place of opening each of a thousand files: 0.1 s where it took 0.2 to 4 s.
    **({"recovery_init_sync_method": "syncfs"} if sys.platform == "linux" else {}),
}
ALWAYS = {"port": "5432", "unix_socket_permissions": "0700"}
WITHOUT_SYNC = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@attrs.frozen(kw_only=True)
class ServerStatus:
    """What there is now; ``url`` is None unless it runs, ``size_bytes`` counts all files of the data folder."""

    running: bool
    version: str
    data_dir: Path
    url: str | None
    size_bytes: int


class EmbeddedServer:
    """The PostgreSQL of one home. Safe to use from many threads, and from many processes with an object each."""

    def __init__(
        self,
        home: Path,
        *,
        settings: Mapping[str, str] = MappingProxyType({}),
        sync: bool = True,
        system_folder: Path = Path("/var/lib/refleqt"),
    ):
        """Nothing is started or created.

        ``settings`` are PostgreSQL's own, and hold from the next start. ``sync=False`` gives up safety from a crash of
        the machine for speed: for data that can be made again, as in tests. In ``system_folder`` lies what root's
        server could not reach in ``home``, since it runs as an account that may do less.
        """
        self._home = home.expanduser().absolute()
        self._system_folder = system_folder
        self._settings = {**UNLESS_SET, **({} if sync else WITHOUT_SYNC), **settings, **ALWAYS}
        self._sync = sync

    @property
    def data_dir(self) -> Path:
        """Where the data is or will be: ``home/postgres/18`` but for root, see ``system_folder``."""
        with faults_named(self._home):
            return self._cluster().data

    def start(self) -> str:
        """The server answers, and the URL of its database ``postgres`` is returned; the data is created if need be.

        Running already: the same URL, and nothing else happens. Of many that start it at once one does, and the others
        wait for it. After a crash everything that was committed is there. A folder that can't be used raises
        `InvalidInput`; a full disk, a refused start (with the end of the server's log) or a wheel that is missing
        raises `Unavailable`.
        """
        with faults_named(self._home):
            cluster = self._cluster()
            if not self._answers(cluster):
                make_folder(cluster)
                with cluster.turn():
                    self._start(cluster)
            return self._url(cluster, "postgres")

    def stop(self, mode: StopMode = "fast") -> None:
        """No process of the server is left. Not running: no-op.

        "smart" waits for the clients to leave, for a minute, and then raises `Unavailable`; "fast" ends their
        transactions; "immediate" is a crash on purpose. Nothing committed is lost in any of them.
        """
        if mode not in get_args(StopMode):
            raise InvalidInput(f"'{mode}' is no way to stop; use one of: {', '.join(get_args(StopMode))}")
        with faults_named(self._home):
            cluster = self._cluster()
            if cluster.exists:
                with cluster.turn():
                    self._stop(cluster, mode)

    def status(self) -> ServerStatus:
        """What there is now; nothing is started."""
        with faults_named(self._home):
            cluster = self._cluster()
            running = self._answers(cluster)
            return ServerStatus(
                running=running,
                version=_version(),
                data_dir=cluster.data,
                url=self._url(cluster, "postgres") if running else None,
                size_bytes=_size(cluster.data),
            )

    def superuser_url(self, database: str = "postgres") -> str:
        """The libpq URL of `OWNER` at that database, which need not exist. Nothing is started.

        Before a first start at a path that fits no socket there is none: `Unavailable`.
        """
        with faults_named(self._home):
            return self._url(self._cluster(), database)

    def destroy(self) -> None:
        """The server is gone with all its data, which nothing brings back. Never started: no-op."""
        with faults_named(self._home):
            cluster = self._cluster()
            if not cluster.folder.exists():
                return
            with cluster.turn():
                self._stop(cluster, "immediate")
                sockets = cluster.socket_folder()
                if sockets and sockets != cluster.data:
                    shutil.rmtree(sockets)
                shutil.rmtree(cluster.folder)
            if self._system_folder in cluster.folder.parents:
                cluster.folder.parent.rmdir()

    def _cluster(self) -> Cluster:
        return cluster_of(self._home, self._system_folder)

    def _url(self, cluster: Cluster, database: str) -> str:
        sockets = cluster.socket_folder()
        if sockets is None:
            raise Unavailable("the embedded server has no socket yet; start it first")
        return f"postgresql://{OWNER}@/{quote(database, safe='')}?host={quote(os.fspath(sockets))}&port=5432"

    def _answers(self, cluster: Cluster) -> bool:
        sockets = cluster.socket_folder()
        if sockets is None or not cluster.exists:
            return False
        question = ["-q", "-h", os.fspath(sockets), "-p", "5432", "-U", OWNER, "-d", "postgres"]
        return subprocess.run([wheel_programs() / "pg_isready", *question], check=False).returncode == 0  # noqa: S603

    def _start(self, cluster: Cluster) -> None:
        claim = self._claim_or_server(cluster)
        if claim is None:
            return
        try:
            programs = programs_for(cluster.account, self._system_folder)
            if not cluster.exists:
                self._create(cluster, programs)
            sockets = cluster.make_socket_folder()
            cluster.forget_the_dead(sockets)
            logged = self._launch(cluster, programs, sockets, claim)
        finally:
            os.close(claim)
        self._wait_until_it_answers(cluster, logged)

    def _claim_or_server(self, cluster: Cluster) -> int | None:
        """The claim to the data, once the last process of a dying server has left; None when a server answers."""
        for _ in _polls(START_SECONDS if cluster.socket_folder() else UNREACHABLE_SECONDS):
            if self._answers(cluster):
                return None
            claim = cluster.claim()
            if claim is not None:
                return claim
        raise Unavailable(
            f"processes of an earlier server hold the data in {cluster.data} and none of them answers. "
            f"Run 'refleqt db stop', and try again. The log is {cluster.log}:\n{tail(cluster.log)}"
        )

    def _create(self, cluster: Cluster, programs: Path) -> None:
        """The data folder exists; never seen half-done, since it is made under another name and then renamed."""
        new = cluster.data.with_suffix(".new")
        shutil.rmtree(new, ignore_errors=not new.exists())
        new.mkdir(mode=0o700)
        cluster.account.take(new)
        locale = ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        access = ["--username", OWNER, "--auth-local=trust", "--auth-host=scram-sha-256"]
        # Written into its own configuration too, so that a server that somebody starts by hand is found.
        found = ["-c", f"unix_socket_directories={_quoted(cluster.make_socket_folder())}", "-c", "listen_addresses="]
        _run(cluster, [programs / "initdb", "--no-sync", *locale, *access, *found, "-D", new])
        if self._sync:
            _sync_tree(new)
        new.rename(cluster.data)
        _sync_path(cluster.folder)

    def _launch(self, cluster: Cluster, programs: Path, sockets: Path, claim: int) -> int:
        """The server is on its way, nobody's child; gives where in the log its own words begin."""
        settings = {**self._settings, "unix_socket_directories": _quoted(sockets)}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        if cluster.log.exists() and cluster.log.stat().st_size > LARGEST_LOG:
            cluster.log.replace(cluster.log.with_suffix(".old.log"))
        with cluster.log.open("ab") as log:
            os.fchmod(log.fileno(), 0o600)
            begin = log.tell()
            server: list[str | Path] = [programs / "postgres", "-D", cluster.data, *options]
            cluster.account.run(
                ["/bin/sh", "-c", '"$@" &', "sh", *server], output=log, keep_open=[claim], detached=True
            )
        return begin

    def _wait_until_it_answers(self, cluster: Cluster, logged: int) -> None:
        for _ in _polls(START_SECONDS):
            if self._answers(cluster):
                return
            if not cluster.lives():
                raise refusal("the embedded PostgreSQL did not start", tail(cluster.log, logged))
        raise Unavailable(
            f"the embedded PostgreSQL is still starting after {START_SECONDS:.0f} s; try again in a while. "
            f"The log is {cluster.log}:\n{tail(cluster.log, logged)}"
        )

    def _stop(self, cluster: Cluster, mode: StopMode) -> None:
        if not (cluster.lives() or self._answers(cluster)):
            return
        if (cluster.data / "postmaster.pid").exists():
            programs = programs_for(cluster.account, self._system_folder)
            wait = ["-w", "-t", f"{STOP_SECONDS:.0f}"]
            try:
                _run(cluster, [programs / "pg_ctl", "stop", "-m", mode, *wait, "-D", cluster.data])
            except Unavailable:
                if self._answers(cluster):
                    raise
        for _ in _polls(STOP_SECONDS):
            if not cluster.lives():
                return
        raise Unavailable(f"the embedded PostgreSQL does not end. The log is {cluster.log}:\n{tail(cluster.log)}")


def _run(cluster: Cluster, command: Sequence[str | Path]) -> None:
    with tempfile.TemporaryFile() as output:
        if cluster.account.run(command, output=output).returncode != 0:
            output.seek(0)
            said = output.read().decode(errors="replace")[-2000:].strip()
            raise refusal(f"{Path(command[0]).name} failed", said)


def _polls(seconds: float) -> Iterator[None]:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        yield
        time.sleep(POLL_SECONDS)


def _quoted(folder: Path) -> str:
    """One element of PostgreSQL's lists of folders, whatever characters it has."""
    return '"' + os.fspath(folder).replace('"', '""') + '"'


def _sync_tree(folder: Path) -> None:
    """All of it is on the disk. Eight at once share the journal's writes: 0.1 s where one by one took up to 4 s."""
    paths = [path for path in (folder, *folder.rglob("*")) if not path.is_symlink()]
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(_sync_path, paths))


def _sync_path(path: Path) -> None:
    file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(file)
    finally:
        os.close(file)


def _size(folder: Path) -> int:
    total = 0
    for place, _, files in os.walk(folder):
        for name in files:
            try:
                total += os.lstat(os.path.join(place, name)).st_size  # noqa: PTH118 — a thousand files, asked often
            except FileNotFoundError:
                continue  # a running server removes files while we count
    return total


def _version() -> str:
    said = subprocess.run([wheel_programs() / "postgres", "--version"], capture_output=True, text=True, check=True)  # noqa: S603
    return said.stdout.split()[-1]
