"""``refleqt calendar import``: a calendar of any tool; a table's columns guessed, shown, confirmed and remembered."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .calendar import group
from .output import AsJson, console, document, print_json, print_page, say
from .session import At, session

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.progress import Progress, TaskID

    from refleqt_adapters.calendar_files import CalendarPlan, Said
    from refleqt_adapters.imported import Imported

_SHOWN = 28
_TOLD = 50


def register(_app: typer.Typer) -> None:
    """The calendar's group has the command."""
    group.command("import")(import_calendar)


def import_calendar(
    ctx: typer.Context,
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="A CSV or XLSX file of any tool; also .ics, .xml, .json.")
    ],
    maps: Annotated[
        list[str] | None, typer.Option("--map", metavar="COLUMN=FIELD", help="What a column holds; may be repeated.")
    ] = None,
    unmap: Annotated[list[str] | None, typer.Option(metavar="COLUMN", help="A column to leave out.")] = None,
    dates: Annotated[str | None, typer.Option(metavar="dmy|mdy", help="Which of day and month comes first.")] = None,
    sheet: Annotated[str | None, typer.Option(help="The sheet of a workbook; else the first with a header.")] = None,
    default: Annotated[
        list[str] | None,
        typer.Option(
            metavar="FIELD=VALUE", help="What a field is where the file says nothing, as artifact_type=email."
        ),
    ] = None,
    value: Annotated[
        list[str] | None,
        typer.Option(
            metavar="FIELD:WORD=VALUE", help="What a word of the file means, as 'status:With legal=in_review'."
        ),
    ] = None,
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help="Ask nothing: the columns are as they are taken for.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Read and check the file; write nothing.")] = False,
    skip_bad_rows: Annotated[
        bool,
        typer.Option("--skip-bad-rows", help="Keep the good rows; write the others to FILE.rejected.csv with reasons."),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Import a calendar of any tool; the same file again changes nothing, a changed row changes its entry.

    What each column is taken for is shown and asked, once: it is remembered for files with the same columns. Only the
    fields that the file has are changed. Entries without an id are known by their titles.
    """
    from refleqt_adapters.calendar_files import said_of

    said = said_of(
        columns=maps or (), unused=unmap or (), dates=dates, sheet=sheet, defaults=default or (), values=value or ()
    )
    with session(ctx).at_business() as at:
        plan = at.container.calendar_files().plan(at.id, file, said)
        if plan.guesses and not as_json and (dry_run or not plan.is_settled):
            show(plan)
        if not (yes or dry_run or plan.is_settled):
            plan = confirmed(at, plan, said, may_ask=not as_json)
        if dry_run:
            _try(at, plan, as_json)
            return
        with progress(file) as bar:
            done = at.container.importer().import_calendar(
                at.id, plan, skip_bad_rows=skip_bad_rows, progress=bar.read, writing=bar.write
            )
            at.container.performance().map(at.id)
    _print_done(done, as_json)


def confirmed(at: At, plan: "CalendarPlan", said: "Said", *, may_ask: bool = True) -> "CalendarPlan":
    """The plan as the person at the terminal wants it; where nobody can be asked `InvalidInput` says what to do."""
    import attrs

    from refleqt_adapters.calendar_files import unconfirmed

    if not (may_ask and _is_at_terminal()):
        error = unconfirmed(plan)
        error.add_note("What a column holds otherwise is said to refleqt calendar import with --map and --unmap.")
        raise error
    while True:
        answer = typer.prompt("Import so? [y]es, [n]o, or COLUMN=FIELD to change (no field: leave it out)", default="y")
        if answer.strip().casefold() in ("y", "yes"):
            return plan
        if answer.strip().casefold() in ("n", "no", "q"):
            raise typer.Exit(1)
        plan, said = _changed(at, plan, said, answer, attrs.evolve)
        show(plan)


def _changed(
    at: At, plan: "CalendarPlan", said: "Said", answer: str, evolve: "Callable[..., Any]"
) -> "tuple[CalendarPlan, Said]":
    """The plan with the one change that was answered; what cannot be leaves it as it is, and is said."""
    from refleqt_core.errors import InvalidInput

    column, _, field = answer.partition("=")
    changed = evolve(said, columns={**said.columns, column.strip(): field.strip() or None})
    try:
        files = at.container.calendar_files()
        again = files.plan(at.id, plan.path, changed)
        files.read(again, skip_bad_rows=True, rows=1)
        return again, changed
    except InvalidInput as error:
        say(str(error))
        return plan, said


def show(plan: "CalendarPlan") -> None:
    """What each column is taken for is on the page."""
    from .tables import hint, row, table
    from .words import cut

    made = table("*column", "field", ">sure", "?why", "?such as")
    for each in plan.guesses:
        examples = cut(" · ".join(each.examples), _SHOWN)
        sure = f"{each.confidence:.0%}" if each.field else ""
        row(made, cut(each.column, _SHOWN), each.field or "(left out)", sure, each.reason, examples)
    print_page(made, *(hint(note) for note in plan.notes))


def _try(at: At, plan: "CalendarPlan", as_json: bool) -> None:
    """What would be imported, what is passed over, and every row that would be rejected."""
    with progress(plan.path) as bar:
        content = at.container.calendar_files().read(plan, skip_bad_rows=True, progress=bar.read)
    faults = [fault for line in content.rejected for fault in line.faults]
    if as_json:
        counts = {"read": len(content.items) + len(content.rejected), "rejected": len(content.rejected)}
        told = {
            "kind": plan.kind,
            "columns": [document(guess) for guess in plan.guesses],
            **counts,
            "passed_over": content.passed_over,
            "notes": content.notes,
            "unused_columns": content.unused_columns,
            "faults": [each._asdict() for each in faults],
        }
        print_json(told)
        return
    from .tables import hint
    from .words import counted

    for fault in faults[:_TOLD]:
        say(str(fault))
    notes = [note for note in content.notes if note not in plan.notes]
    good, bad = counted(len(content.items), "entry", "entries"), counted(len(content.rejected), "row")
    more = f" (the faults of the first {_TOLD} are shown)" if len(faults) > _TOLD else ""
    over = f" {content.passed_over:,} passed over." if content.passed_over else ""
    print_page(*map(hint, notes), hint(f"{good} can be read, {bad} cannot{more}.{over} Nothing was written."))


def _print_done(done: "Imported", as_json: bool) -> None:
    from .imports import print_imported

    if as_json:
        print_json([done])
    else:
        print_imported([done])


class Bar:
    """How far an import is, on a terminal."""

    def __init__(self, bar: "Progress", task: "TaskID") -> None:
        self._bar, self._task = bar, task

    def read(self, rows: int) -> None:
        """That many rows have been read."""
        self._bar.update(self._task, completed=rows)

    def write(self, entries: int) -> None:
        """That many entries are being written, all at once: the bar moves, and has no end in sight."""
        self._bar.update(self._task, description="writing", total=None, completed=entries)


@contextmanager
def progress(file: Path) -> Iterator[Bar]:
    """A bar of the rows that have been read, and then are written, on a terminal; at the end it is gone."""
    from rich.progress import BarColumn, Progress, TextColumn

    out = console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(bar_width=30), TextColumn("{task.completed:,.0f} rows"))
    with Progress(*columns, console=out, transient=True, disable=not out.is_terminal) as bar:
        yield Bar(bar, bar.add_task(file.name, total=_lines(file) if out.is_terminal else None))


def _lines(file: Path) -> int | None:
    """How many lines a text has; None of a workbook, which has none."""
    if file.suffix.lower() in (".xlsx", ".xlsm") or not file.is_file():
        return None
    with file.open("rb") as data:
        return sum(piece.count(b"\n") for piece in iter(lambda: data.read(1 << 20), b""))


def _is_at_terminal() -> bool:
    return sys.stdin.isatty()
