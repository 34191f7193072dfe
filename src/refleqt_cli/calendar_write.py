"""``refleqt calendar add, edit, move, undo, redo, remove``: one entry is put on the calendar, changed, taken back."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from .calendar import By, EntryId, group, the_entry
from .calendar_options import read_options, with_fields
from .output import AsJson, print_json, print_page
from .session import At, session

if TYPE_CHECKING:
    from uuid import UUID


def register(_app: typer.Typer) -> None:
    """The calendar's group has the commands."""
    for name, command in (("add", add), ("edit", edit), ("move", move), ("undo", undo), ("redo", redo)):
        group.command(name)(command)
    group.command("remove")(remove)


@with_fields
def add(
    ctx: typer.Context,
    title: Annotated[str | None, typer.Argument(help="What it says; a template may say it.")] = None,
    template: Annotated[str | None, typer.Option(metavar="NAME", help="A template that it begins with.")] = None,
    id: Annotated[str | None, typer.Option("--id", help="How your own files name it.")] = None,
    by: By = None,
    as_json: AsJson = False,
    **fields: Any,
) -> None:
    """Put an entry on the calendar, and hear what could be better."""
    from refleqt_adapters.entry_forms import read_settings

    given = read_options(fields)
    with session(ctx).at_business() as at:
        name = id or f"rq-{at.container.ids().new().hex[-8:]}"
        said = {"title": title} if title else {}
        said |= read_settings(given, at.business.time_zone) | {"external_id": name}
        _check_new(at, name)
        entry = at.container.calendar().save(at.id, _draft(at, said, template), by=by)
        _print_saved(at, entry.id, as_json)


@with_fields
def edit(
    ctx: typer.Context,
    id: EntryId,
    title: Annotated[str | None, typer.Option(help="What it says.")] = None,
    clear: Annotated[
        list[str] | None, typer.Option(metavar="FIELD", help="Take a field's value away; several times.")
    ] = None,
    by: By = None,
    as_json: AsJson = False,
    **fields: Any,
) -> None:
    """Change fields of an entry; without any, at a terminal, your editor opens with all of it."""
    from refleqt_adapters.entry_forms import Setting, read_settings

    from .calendar_editor import edited

    given = [Setting("title", title, "--title")] if title is not None else []
    given += read_options(fields)
    with session(ctx).at_business() as at:
        entry = the_entry(at, id)
        stored = at.container.calendar().draft(at.id, entry.id)
        if given or clear:
            changes = read_settings(given, at.business.time_zone, stored, clear or ())
            at.container.calendar().edit(at.id, entry.id, changes, by=by, version=entry.version)
        else:
            edited(at, entry, stored, by)
        _print_saved(at, entry.id, as_json)


def move(
    ctx: typer.Context,
    id: EntryId,
    status: Annotated[
        str | None, typer.Argument(help="idea, planned, in_production, …; else the next one.", show_default=False)
    ] = None,
    to: Annotated[str | None, typer.Option("--to", metavar="MOMENT", help="Move its publication instead.")] = None,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Move an entry to its next status, to a named one, or to another day; the step is on record with its time."""
    from refleqt_core.errors import InvalidInput

    if to is not None and status is not None:
        raise InvalidInput("a status and --to are two moves; make one after the other")
    with session(ctx).at_business() as at:
        entry = the_entry(at, id)
        calendar = at.container.calendar()
        if to is not None:
            publish_at = _moved_to(to, entry.publish_at, at.business.time_zone)
            calendar.edit(at.id, entry.id, {"publish_at": publish_at}, by=by, version=entry.version)
        else:
            calendar.move(at.id, entry.id, _status(status, entry.status), by=by)
        _print_row(at, entry.id, as_json)


def undo(
    ctx: typer.Context,
    id: Annotated[str | None, typer.Argument(metavar="[ID]", help="The entry; else the one changed last.")] = None,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Take back the last change of an entry; once more, the one before."""
    with session(ctx).at_business() as at:
        chosen = the_entry(at, id).id if id else at.container.entry_pages().last_changed(at.id)
        at.container.calendar().undo(at.id, chosen, by=by)
        _print_row(at, chosen, as_json)


def redo(
    ctx: typer.Context,
    id: Annotated[str | None, typer.Argument(metavar="[ID]", help="The entry; else the one changed last.")] = None,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Do again what was just taken back."""
    with session(ctx).at_business() as at:
        chosen = the_entry(at, id).id if id else at.container.entry_pages().last_changed(at.id)
        at.container.calendar().redo(at.id, chosen, by=by)
        _print_row(at, chosen, as_json)


def remove(
    ctx: typer.Context,
    id: EntryId,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    as_json: AsJson = False,
) -> None:
    """Take an entry off the calendar with its history and comments; this cannot be undone."""
    with session(ctx).at_business() as at:
        entry = the_entry(at, id)
        if not yes:
            _ask(f"Take '{entry.title}' ({entry.external_id}) off the calendar for good?")
        at.container.calendar().remove(at.id, entry.id)
    from .tables import hint

    print_json(entry) if as_json else print_page(hint(f"'{entry.title}' is gone."))


def _draft(at: At, said: dict[str, Any], template: str | None) -> Any:
    from refleqt_core.errors import Fault, InvalidInput
    from refleqt_core.intake.drafts import EntryDraft

    if template is not None:
        return at.container.templates().draft(at.id, template, said)
    remedy = {"title": "Write it behind 'add'.", "artifact_type": "Say it with --type, such as --type blog_copy."}
    if missing := [name for name in remedy if not said.get(name)]:
        raise InvalidInput([Fault("the entry", None, name, "it is missing", remedy[name]) for name in missing])
    return EntryDraft(**said)


def _check_new(at: At, name: str) -> None:
    """Added under a name that is there, an entry would silently become another one."""
    from refleqt_core.errors import Conflict
    from refleqt_core.intake.calendar import CalendarEntry
    from refleqt_core.ports import where

    with at.container.store().business(at.id) as tx:
        if tx.count(CalendarEntry, *where(external_id=name)):
            raise Conflict(f"there is an entry '{name}' already; change it with: refleqt calendar edit {name}")


def _status(given: str | None, present: str) -> str:
    from refleqt_core.errors import Conflict
    from refleqt_core.intake.status_flow import next_status

    if found := given or next_status(present):
        return found
    raise Conflict("it is reviewed, and nothing comes after that; name the status that it is to have")


def _moved_to(text: str, before: Any, zone: str) -> Any:
    """The moment; a bare day keeps the time of the clock that it had, else it is nine in the morning."""
    from datetime import datetime, time
    from zoneinfo import ZoneInfo

    from .words import read_moment

    found = read_moment(text, "--to", zone)
    if len(text) != len("2026-03-31"):
        return found
    clock = before.astimezone(ZoneInfo(zone)).time() if before else time(9)
    return datetime.combine(found.astimezone(ZoneInfo(zone)).date(), clock, ZoneInfo(zone))


def _ask(question: str) -> None:
    import sys

    from refleqt_core.errors import InvalidInput

    if not sys.stdin.isatty():
        raise InvalidInput("nobody is there to be asked; say --yes")
    typer.confirm(question, abort=True, err=True)


def _print_saved(at: At, entry_id: "UUID", as_json: bool) -> None:
    """The entry as it is now, and what could be better."""
    from .calendar_list import entries_table
    from .calendar_show import advice_lines
    from .tables import headed

    page = at.container.entry_pages().read(at.id, entry_id)
    if as_json:
        print_json({**_fields(page.entry), "advice": page.advice})
        return
    print_page(entries_table([page.entry], at.business.time_zone))
    if page.advice:
        print_page(headed("Could be better", advice_lines(page.advice)))


def _print_row(at: At, entry_id: "UUID", as_json: bool) -> None:
    from .calendar_list import entries_table

    entry = at.container.entry_pages().read(at.id, entry_id).entry
    print_json(entry) if as_json else print_page(entries_table([entry], at.business.time_zone))


def _fields(entry: Any) -> dict[str, Any]:
    return {field.name: getattr(entry, field.name) for field in entry.__attrs_attrs__}
