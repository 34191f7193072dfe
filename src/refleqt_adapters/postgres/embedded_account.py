"""The account of the operating system that the embedded PostgreSQL runs as.

PostgreSQL refuses to run as root, so root lends it an account that may do less; everybody else runs it as themselves.
"""

import os
import pwd
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import IO

import attrs

from refleqt_core.errors import InvalidInput

PREFERRED = ("refleqt", "postgres", "nobody")
"""What root picks from, in this order. ``useradd --system refleqt`` gives the database an account of its own."""


@attrs.frozen
class Account:
    """Who owns the data and runs the server; ``lent`` when that is not who asks for it."""

    name: str
    uid: int
    gid: int

    @property
    def lent(self) -> bool:
        return self.uid != os.geteuid()

    def run(
        self,
        command: Sequence[str | Path],
        *,
        output: IO[bytes] | int = subprocess.DEVNULL,
        keep_open: Sequence[int] = (),
        detached: bool = False,
    ) -> subprocess.CompletedProcess[bytes]:
        """The command has run to its end as this account, in ``/``, deaf to the caller's ``PG*`` variables.

        ``output`` takes both of its streams; the file descriptors ``keep_open`` stay open in it; ``detached`` keeps
        the terminal's signals away from it and from what it leaves behind.
        """
        return subprocess.run(  # noqa: S603 — the programs are those of the wheel and /bin/sh
            [os.fspath(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd="/",
            env={name: value for name, value in os.environ.items() if not name.startswith("PG")} | {"LC_ALL": "C"},
            pass_fds=keep_open,
            start_new_session=detached,
            user=self.uid if self.lent else None,
            group=self.gid if self.lent else None,
            extra_groups=[] if self.lent else None,
            check=False,
        )

    def reaches(self, path: Path) -> bool:
        """Whether the account may enter the folder or read the file; asked of the system, as modes hide ACLs."""
        flag = "-x" if path.is_dir() else "-r"
        return not self.lent or self.run(["/bin/sh", "-c", 'test "$0" "$1"', flag, path]).returncode == 0

    def take(self, path: Path) -> None:
        """The path belongs to the account."""
        if self.lent:
            os.chown(path, self.uid, self.gid)


def account_for(data: Path) -> Account:
    """The owner of ``data``; where there is none yet, the caller, or for root the first of `PREFERRED` that exists.

    Data of another ordinary user, and a root without any of these accounts, raise `InvalidInput`.
    """
    me = os.geteuid()
    owner = data.stat().st_uid if data.exists() else me
    if owner != me and me != 0:
        raise InvalidInput(
            f"the database in {data} belongs to {_name(owner)}. Run Refleqt as {_name(owner)}, "
            "or name a folder of your own in REFLEQT_HOME"
        )
    if owner != 0:
        return Account(_name(owner), owner, data.stat().st_gid if owner != me else os.getegid())
    return _first_of(PREFERRED)


def _first_of(names: Sequence[str]) -> Account:
    for name in names:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        if entry.pw_uid != 0:
            return Account(name, entry.pw_uid, entry.pw_gid)
    raise InvalidInput(
        f"PostgreSQL does not run as root, and this system has no account named {' or '.join(names)}. "
        f"Create one with: useradd --system {names[0]}"
    )


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"user {uid}"
