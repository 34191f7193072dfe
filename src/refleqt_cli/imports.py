"""``refleqt import``: files come in, each whole or not at all."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple, Protocol

import typer

from .groups import GIVE
from .output import AsJson, console, print_json, print_page
from .session import At, session

if TYPE_CHECKING:
    from datetime import datetime

    from refleqt_adapters.calendar_files import CalendarPlan
    from refleqt_adapters.imported import Imported
    from refleqt_adapters.incoming_files import Source

CALENDARS = ("calendar", "ical", "wordpress", "ghost")
"""The kinds of files whose rows are entries of the calendar."""


class _Said(NamedTuple):
    """What the command was told beside the files."""

    skip_bad_rows: bool
    held_at: str | None
    activity_type: str | None
    channels: tuple[str, ...]
    private: bool


def register(app: typer.Typer) -> None:
    """The app has the command."""
    app.command("import", rich_help_panel=GIVE)(import_files)


def import_files(
    ctx: typer.Context,
    files: Annotated[
        list[str],
        typer.Argument(metavar="[KIND] FILE…", help="Files or folders; what they are is seen, or said by KIND first."),
    ],
    skip_bad_rows: Annotated[
        bool,
        typer.Option("--skip-bad-rows", help="Keep the good rows; write the others to FILE.rejected.csv with reasons."),
    ] = False,
    held_at: Annotated[
        str | None, typer.Option("--held-at", help="When the meeting of a transcript was held; else its name or date.")
    ] = None,
    activity_type: Annotated[
        str | None, typer.Option("--type", help="What a transcript is of: a type of activity; else a discussion.")
    ] = None,
    channel: Annotated[
        list[str] | None, typer.Option("--channel", help="A channel of a Slack export; may be repeated. Else all.")
    ] = None,
    private: Annotated[
        bool, typer.Option("--private", help="Take private channels and direct messages of a Slack export, too.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Import files; the same file again changes nothing.

    Everything is checked before anything is written. KIND is one of: calendar, ical, wordpress, ghost, vents, mail,
    activity, transcript (vtt, srt, docx, txt), slack, performance, touches, conversions, ads, deals (crm), creators,
    creator-history, team, onboarding, google-ads, mailchimp, ga4, instagram.
    A folder stands for all files in it.
    """
    from refleqt_adapters.incoming_files import check, is_foreign_calendar, sources

    said = _Said(skip_bad_rows, held_at, activity_type, tuple(channel or ()), private)
    imported: list[Imported] = []
    with _told_what_is_in(imported):
        named = sources(files)
        foreign = [source for source in named if is_foreign_calendar(source)]
        known = (source for source in named if source not in foreign)
        check(known, skip_bad_rows=skip_bad_rows, private=private, channels=said.channels)
        with session(ctx).at_business() as at:
            plans = _plans(at, foreign, may_ask=not as_json, skip_bad_rows=skip_bad_rows)
            with _progress(len(named)) as step:
                for source in named:
                    done = _imported(at, source, plans, said, step)
                    imported.append(done)
            waiting = _finished(at, imported)
    if as_json:
        print_json(imported)
    else:
        print_imported(imported, waiting)


@contextmanager
def _told_what_is_in(imported: "Sequence[Imported]") -> Iterator[None]:
    """A fault says which files were imported before it, each of them whole."""
    from refleqt_core.errors import RefleqtError

    try:
        yield
    except RefleqtError as error:
        before = ", ".join(each.path.name for each in imported)
        error.add_note(f"Imported before that: {before}. The rest was not." if before else "Nothing was imported.")
        raise


def _finished(at: At, imported: "Sequence[Imported]") -> int:
    """Results that came before their artifacts are joined to them; gives how many jobs wait."""
    if any(each.kind in CALENDARS for each in imported):
        at.container.performance().map(at.id)
    return len(at.container.queue().jobs(status="waiting", business_id=at.id, limit=10_000))


def _plans(
    at: At, foreign: "Sequence[Source]", *, may_ask: bool, skip_bad_rows: bool
) -> "Mapping[Source, CalendarPlan]":
    """How the calendars of other tools are read: as was confirmed before, or as is confirmed now; all are checked."""
    from refleqt_adapters.calendar_files import Said
    from refleqt_core.errors import Fault, InvalidInput

    from .calendar_import import confirmed, show

    plans: dict[Source, CalendarPlan] = {}
    faults: list[Fault] = []
    files = at.container.calendar_files()
    for source in foreign:
        try:
            plan = files.plan(at.id, source.path)
            if not plan.is_settled:
                if may_ask:
                    show(plan)
                plan = confirmed(at, plan, Said(), may_ask=may_ask)
            files.read(plan, skip_bad_rows=skip_bad_rows)
            plans[source] = plan
        except InvalidInput as error:
            faults += error.faults
    if faults:
        raise InvalidInput(faults)
    return plans


def _imported(
    at: At, source: "Source", plans: "Mapping[Source, CalendarPlan]", said: "_Said", step: "Step"
) -> "Imported":
    importer, path, skip = at.container.importer(), source.path, said.skip_bad_rows
    step(path.name)
    if source in plans:
        return importer.import_calendar(at.id, plans[source], skip_bad_rows=skip)
    if source.kind == "transcript":
        held_at = _moment(at, said.held_at)
        return importer.import_transcript(
            at.id, path, held_at=held_at, activity_type=said.activity_type, skip_bad_rows=skip
        )
    if source.kind == "slack":

        def days(count: int) -> None:
            step(f"{path.name}, {count:,} days", 0)

        return importer.import_slack(
            at.id, path, private=said.private, channels=said.channels, skip_bad_rows=skip, progress=days
        )
    if source.kind == "onboarding":
        _check_same_business(at, path)
    return importer.import_file(at.id, path, kind=source.kind, skip_bad_rows=skip)


def _moment(at: At, held_at: str | None) -> "datetime | None":
    from .words import read_moment

    return read_moment(held_at, "--held-at", at.business.time_zone) if held_at else None


def _check_same_business(at: At, file: Path) -> None:
    """An onboarding that names another business would turn this one into it."""
    from refleqt_adapters.incoming_files import onboarding_form
    from refleqt_core.errors import Fault, InvalidInput

    slug = onboarding_form(file).slug
    if slug != at.business.slug:
        problem = f"it is the onboarding of '{slug}', and the business is '{at.business.slug}'"
        raise InvalidInput([Fault(str(file), None, "identity", problem, f"Take it in with: refleqt init {file}")])


class Step(Protocol):
    """Says what is being done now."""

    def __call__(self, name: str, advance: int = 1) -> None: ...


@contextmanager
def _progress(count: int) -> Iterator[Step]:
    """A bar on a terminal, which is gone at the end; elsewhere nothing."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    out = console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(bar_width=30), MofNCompleteColumn())
    with Progress(*columns, console=out, transient=True, disable=not out.is_terminal) as progress:
        task = progress.add_task("", total=count, completed=-1)
        yield lambda name, advance=1: progress.update(task, description=name, advance=advance)


def print_imported(imported: "Sequence[Imported]", waiting: int = 0) -> None:
    """What each import did, and what it left out."""
    from .tables import hint, row, table
    from .words import counted

    made = table("*file", "?kind", ">read", ">new", ">changed", ">unchanged", ">rejected")
    for each in imported:
        numbers = (each.read, each.new, each.changed, each.unchanged, each.rejected)
        row(made, each.path.name, each.kind, *(f"{number:,}" for number in numbers))
    print_page(made)
    for each in imported:
        if each.rejected_file:
            rows = counted(each.rejected, "row")
            print_page(hint(f"{rows} of {each.path.name} left out, with the reasons in {each.rejected_file}"))
        for note in each.notes:
            print_page(hint(f"{each.path.name}: {note}"))
        if each.unused_columns:
            print_page(hint(f"{each.path.name} has columns that were not used: {', '.join(each.unused_columns)}"))
    if waiting and any(each.new or each.changed for each in imported):
        print_page(hint(f"{counted(waiting, 'job')} will read what is new: refleqt worker --until-empty"))
