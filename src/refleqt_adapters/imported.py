"""What an import of a file did."""

from pathlib import Path
from typing import Any, Protocol

import attrs

from .connectors.keyed_rows import FileContent
from .connectors.rejected_file import write_rejected


class Counts(Protocol):
    """How many rows an import added, changed, and found as they were."""

    @property
    def new(self) -> int: ...
    @property
    def changed(self) -> int: ...
    @property
    def unchanged(self) -> int: ...


@attrs.frozen(kw_only=True)
class Imported:
    """What an import did. Read = new + changed + unchanged + rejected.

    Beside those, ``passed_over`` things of the file are none that could be imported; the ``notes`` say which.
    """

    kind: str
    path: Path
    read: int
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    rejected: int = 0
    rejected_file: Path | None = None
    unused_columns: tuple[str, ...] = ()
    passed_over: int = 0
    notes: tuple[str, ...] = ()


def imported(kind: str, path: Path, content: FileContent[Any], done: Counts) -> Imported:
    """What was done with the content of that file; its rejected rows lie with their reasons beside it."""
    return Imported(
        kind=kind,
        path=path,
        read=done.new + done.changed + done.unchanged + len(content.rejected),
        new=done.new,
        changed=done.changed,
        unchanged=done.unchanged,
        rejected=len(content.rejected),
        rejected_file=write_rejected(path, content.rejected) if content.rejected else None,
        unused_columns=tuple(content.unused_columns),
        passed_over=content.passed_over,
        notes=tuple(content.notes),
    )
