"""What goes wrong with the embedded PostgreSQL, told with its remedy."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from refleqt_core.errors import InvalidInput, RefleqtError, Unavailable


@contextmanager
def faults_named(home: Path) -> Iterator[None]:
    """Faults of the operating system come out as ours, with the remedy."""
    try:
        yield
    except OSError as fault:
        raise _translated(fault, home) from fault


def _translated(fault: OSError, home: Path) -> RefleqtError:
    if fault.errno in (errno.ENOSPC, errno.EDQUOT):
        return Unavailable(f"the disk of {home} is full ({fault}). Make room, then try again")
    if fault.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return InvalidInput(f"no permission to keep the database in {home} ({fault}). Name another in REFLEQT_HOME")
    if fault.errno in (errno.ENOTDIR, errno.EEXIST, errno.ENOTEMPTY, errno.ENAMETOOLONG):
        return InvalidInput(f"{home} can't hold the database ({fault}). Name another folder in REFLEQT_HOME")
    return Unavailable(f"the embedded PostgreSQL in {home}: {fault}")


def refusal(what: str, said: str) -> Unavailable:
    """The error to raise when a program of PostgreSQL gave up and ``said`` why."""
    remedies = {
        "No space left on device": "The disk is full: make room, then try again.",
        "Disk quota exceeded": "The quota of the disk is used up: make room, then try again.",
        "Permission denied": "The account it runs as may not enter or write a folder: name another in REFLEQT_HOME.",
        "error while loading shared libraries": "Install that library, or name a server in REFLEQT_DATABASE_URL.",
    }
    remedy = next((remedy for sign, remedy in remedies.items() if sign in said), "What it said tells the reason.")
    return Unavailable(f"{what}. {remedy}\n{said}")


def tail(log: Path, begin: int = 0) -> str:
    """At most the last 2,000 bytes of what the log says from ``begin`` on."""
    if not log.exists():
        return ""
    with log.open("rb") as file:
        file.seek(max(begin, log.stat().st_size - 2000))
        return file.read().decode(errors="replace").strip()
