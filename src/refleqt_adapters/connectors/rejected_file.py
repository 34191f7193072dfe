"""The rows that an import left out, as a file that says why."""

import csv
import os
import re
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from refleqt_core.errors import Unavailable

from .csv_records import RejectedLine

HEADER = ("file", "row", "field", "value", "problem", "remedy", "text")

_FORMULA = re.compile(r"(?![+-]?[\d.,]+$)[=+\-@\t\r＝＋－＠]")


def rejected_path(path: Path) -> Path:
    """Where the rejected rows of that file go: beside it."""
    return path.with_name(f"{path.name}.rejected.csv")


def write_rejected(path: Path, rejected: Sequence[RejectedLine], target: Path | None = None) -> Path:
    """A CSV file holds the rejected rows of ``path``, one line for each fault of them.

    It says the file, the row's number, the field and what it holds, what is wrong with it and how to mend it, and the
    row's text as it stood. Text that a spreadsheet would run as a formula has an apostrophe before it.
    It is written beside ``path`` unless ``target`` is given, wholly or not at all, over one that is there already, and
    the call gives where. A place that cannot be written to raises `Unavailable`.
    """
    target = target or rejected_path(path)
    try:
        _replace(target, path.name, rejected)
    except OSError as error:
        problem = f"the rejected rows cannot be written to {target}: {error.strerror or error}"
        raise Unavailable(f"{problem}. Make room or name another place, and import again.") from error
    return target


def _replace(target: Path, source: str, rejected: Sequence[RejectedLine]) -> None:
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    unfinished = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(HEADER)
            writer.writerows(cells for line in rejected for cells in _lines(source, line))
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(target)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise


def _lines(file: str, line: RejectedLine) -> Iterator[Sequence[object]]:
    for fault in line.faults:
        field, value, text = map(_unrunnable, (fault.field or "", fault.value or "", line.text))
        yield _unrunnable(file), line.row, field, value, fault.problem, fault.remedy, text


def _unrunnable(text: str) -> str:
    return f"'{text}" if _FORMULA.match(text) else text
