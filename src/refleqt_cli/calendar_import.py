"""``refleqt calendar import``: a table of any tool, its columns guessed, shown, confirmed and remembered."""

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

    from refleqt_adapters.calendar_files import CalendarPlan, Said
    from refleqt_adapters.imported import Imported

_SHOWN = 28


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
    from refleqt_adapters.incoming_files import is_table

    said = said_of(
        columns=maps or (), unused=unmap or (), dates=dates, sheet=sheet, defaults=default or (), values=value or ()
    )
    with session(ctx).at_business() as at:
        if not is_table(file):
            done = at.container.importer().import_file(at.id, file, skip_bad_rows=skip_bad_rows)
            _print_done(done, as_json)
            return
        plan = at.container.calendar_files().plan(at.id, file, said)
        if not as_json and (dry_run or not plan.is_settled):
            show(plan)
        if not (yes or dry_run or plan.is_settled):
            plan = confirmed(at, plan, said, may_ask=not as_json)
        if dry_run:
            _try(at, plan, as_json)
            return
        with progress(file) as step:
            done = at.container.importer().import_calendar(at.id, plan, skip_bad_rows=skip_bad_rows, progress=step)
        at.container.performance().map(at.id)
    _print_done(done, as_json)


def confirmed(at: At, plan: "CalendarPlan", said: "Said", *, may_ask: bool = True) -> "CalendarPlan":
    """The plan as the person at the terminal wants it; where nobody can be asked `InvalidInput` says what to do."""
    import attrs

    from refleqt_adapters.calendar_files import unconfirmed

    if not (may_ask and _is_at_terminal()):
        error = unconfirmed(plan)
        error.add_note("Say --yes if the columns are as they are taken for, or --map and --unmap what they are.")
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
    """What would be imported, and every row that would not."""
    content = at.container.calendar_files().read(plan, skip_bad_rows=True)
    faults = [fault for line in content.rejected for fault in line.faults]
    if as_json:
        columns = [document(guess) for guess in plan.guesses]
        counts = {"read": len(content.items) + len(content.rejected), "rejected": len(content.rejected)}
        print_json(
            {"columns": columns, "notes": content.notes, **counts, "faults": [each._asdict() for each in faults]}
        )
        return
    from .tables import hint
    from .words import counted

    for fault in faults[:50]:
        say(str(fault))
    good, bad = counted(len(content.items), "entry", "entries"), counted(len(content.rejected), "row")
    print_page(hint(f"{good} can be read, {bad} cannot. Nothing was written."))


def _print_done(done: "Imported", as_json: bool) -> None:
    from .imports import print_imported

    if as_json:
        print_json([done])
    else:
        print_imported([done])


@contextmanager
def progress(file: Path) -> Iterator["Callable[[int], None]"]:
    """A bar of the rows that have been read, on a terminal, which is gone at the end; elsewhere nothing."""
    from rich.progress import BarColumn, Progress, TextColumn

    out = console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(bar_width=30), TextColumn("{task.completed:,.0f} rows"))
    with Progress(*columns, console=out, transient=True, disable=not out.is_terminal) as bar:
        task = bar.add_task(file.name, total=_lines(file) if out.is_terminal else None)
        yield lambda rows: bar.update(task, completed=rows)


def _lines(file: Path) -> int | None:
    """How many lines a text has; None of a workbook, which has none."""
    if file.suffix.lower() in (".xlsx", ".xlsm") or not file.is_file():
        return None
    with file.open("rb") as data:
        return sum(piece.count(b"\n") for piece in iter(lambda: data.read(1 << 20), b""))


def _is_at_terminal() -> bool:
    return sys.stdin.isatty()
