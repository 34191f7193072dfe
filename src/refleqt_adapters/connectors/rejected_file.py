"""The rows that an import left out, as a file that says why."""

import csv
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

from refleqt_core.errors import Unavailable

from .csv_records import RejectedLine

HEADER = ("row", "reasons", "text")


def rejected_path(path: Path) -> Path:
    """Where the rejected rows of that file go: beside it."""
    return path.with_name(f"{path.name}.rejected.csv")


def write_rejected(path: Path, rejected: Sequence[RejectedLine], target: Path | None = None) -> Path:
    """A CSV file holds the rejected rows of ``path``: row number, every reason with its remedy, the text as it stood.

    It is written beside ``path`` unless ``target`` is given, wholly or not at all, over one that is there already, and
    the call gives where. A place that cannot be written to raises `Unavailable`.
    """
    target = target or rejected_path(path)
    try:
        _replace(target, rejected)
    except OSError as error:
        problem = f"the rejected rows cannot be written to {target}: {error.strerror or error}"
        raise Unavailable(f"{problem}. Make room or name another place, and import again.") from error
    return target


def _replace(target: Path, rejected: Sequence[RejectedLine]) -> None:
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    unfinished = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(HEADER)
            writer.writerows((line.row, _reasons(line), line.text) for line in rejected)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(target)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise


def _reasons(line: RejectedLine) -> str:
    return "\n".join(
        f"{fault.field}: {fault.problem}. {fault.remedy}" if fault.field else f"{fault.problem}. {fault.remedy}"
        for fault in line.faults
    )
