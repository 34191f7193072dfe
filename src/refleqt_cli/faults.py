"""Faults as a person at a terminal is told of them, each kind with an exit code of its own."""

import sys
import traceback
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from refleqt_core.errors import (
    Conflict,
    Fault,
    InvalidInput,
    MissingDependency,
    NeedsReview,
    NotAllowed,
    NotFound,
    RefleqtError,
    Unavailable,
)

if TYPE_CHECKING:
    from rich.console import RenderableType

LISTED = 50
"""Faults of one input that are shown; the others are counted."""

LONGEST = 240
"""Characters of a problem that are shown."""

UNEXPECTED = 1
EXIT_CODES: dict[type[RefleqtError], int] = {
    InvalidInput: 2,
    NotFound: 3,
    Conflict: 4,
    NotAllowed: 5,
    Unavailable: 6,
    NeedsReview: 7,
    MissingDependency: 8,
}
TITLES: dict[type[RefleqtError], str] = {
    InvalidInput: "That cannot be used as it is",
    NotFound: "Not found",
    Conflict: "Conflict",
    NotAllowed: "Not allowed",
    Unavailable: "Does not answer",
    NeedsReview: "A person has to decide",
    MissingDependency: "Not installed",
}


def told(error: Exception, *, debug: bool) -> int:
    """What is wrong, and what mends it, is on stderr; gives the exit code. With ``debug`` the traceback comes first."""
    if debug:
        from .visible import visible

        sys.stderr.write(visible("".join(traceback.format_exception(error))))
    if not isinstance(error, RefleqtError):
        _print(_unexpected(error, debug=debug))
        return UNEXPECTED
    kind = next((kind for kind in EXIT_CODES if isinstance(error, kind)), RefleqtError)
    if isinstance(error, InvalidInput) and any(fault.remedy for fault in error.faults):
        _print(*_listed(error.faults))
    else:
        _print(f"[bold red]{TITLES.get(kind, 'Fault')}:[/] {_escaped(str(error))}")
    _print(*map(_escaped, getattr(error, "__notes__", ())))
    return EXIT_CODES.get(kind, UNEXPECTED)


def _listed(faults: Sequence[Fault]) -> Iterator["RenderableType"]:
    """The faults as one table a source, below how many there are."""
    many = f"{len(faults):,} faults" if len(faults) > 1 else "1 fault"
    yield f"[bold red]{TITLES[InvalidInput]}:[/] {many}."
    for source, some in groupby(faults[:LISTED], lambda fault: fault.source):
        yield ""
        yield f"[bold]{_escaped(source)}[/]"
        yield _table(list(some))
    if left := len(faults) - LISTED:
        yield f"… and {left:,} more." if left > 0 else ""


def _table(faults: Sequence[Fault]) -> "RenderableType":
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 2, 0, 0))
    rows, fields = any(fault.row for fault in faults), any(fault.field for fault in faults)
    if rows:
        table.add_column("row", justify="right", no_wrap=True)
    if fields:
        table.add_column("field", overflow="fold", max_width=28, style="cyan")
    table.add_column("problem", overflow="fold")
    table.add_column("what to do", overflow="fold", style="green")
    for fault in faults:
        place = [f"{fault.row or ''}"] * rows + [_escaped(fault.field or "")] * fields
        table.add_row(*place, _escaped(_cut(fault.problem)), _escaped(_cut(fault.remedy)))
    return table


def _unexpected(error: Exception, *, debug: bool) -> str:
    said = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    more = "" if debug else " Run the same command with --debug to see where."
    return (
        f"[bold red]Refleqt has a fault of its own:[/] {_escaped(said)}\n"
        f"Nothing that was saved before is lost.{more} Please report it to the project's issue tracker, with that and "
        "what 'refleqt doctor --json' prints."
    )


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def _escaped(text: str) -> str:
    from rich.markup import escape

    return escape(text)


def _print(*parts: "RenderableType") -> None:
    from .output import console

    out = console(stderr=True)
    for part in parts:
        out.print(part)
