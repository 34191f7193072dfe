"""``refleqt calendar imports``, ``undo-import`` and ``mappings``: what was brought in, and what is remembered of it."""

import sys
from typing import Annotated

import typer

from .calendar import group
from .output import AsJson, print_json, print_page
from .session import session


def register(_app: typer.Typer) -> None:
    """The calendar's group has the commands."""
    group.command("imports")(list_imports)
    group.command("undo-import")(undo_import)
    group.command("mappings")(list_mappings)


def list_imports(
    ctx: typer.Context,
    limit: Annotated[int, typer.Option(min=1, help="How many at most.")] = 20,
    as_json: AsJson = False,
) -> None:
    """List the imports of the calendar, the latest first."""
    with session(ctx).at_business() as at:
        found = at.container.calendar().imports(at.id, limit=limit)
        zone = at.business.time_zone
    if as_json:
        print_json(found)
        return
    from .ids import short
    from .tables import hint, row, table
    from .words import moment

    made = table("id", "imported", "*file", ">read", ">new", ">changed", ">rejected", "undone")
    for each in found:
        counts = (f"{count:,}" for count in (each.read, each.new, each.changed, each.rejected))
        undone = moment(each.undone_at, zone) if each.undone_at else ""
        row(made, short(each.id), moment(each.imported_at, zone), each.file_name, *counts, undone)
    print_page(made if found else hint("Nothing was imported. Bring a calendar in: refleqt calendar import FILE"))


def undo_import(
    ctx: typer.Context,
    id: Annotated[str, typer.Argument(metavar="ID", help="The import, as 'refleqt calendar imports' names it.")],
    keep_changed: Annotated[
        bool, typer.Option("--keep-changed", help="Leave entries alone that were changed since.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    as_json: AsJson = False,
) -> None:
    """Take a whole import back: what it brought is gone, what it changed is as it was."""
    from .ids import the_one

    with session(ctx).at_business() as at:
        found = at.container.calendar().imports(at.id)
        batch = the_one(found, id, "import", name_of=lambda each: each.file_name)
        if not yes:
            what = f"{batch.new:,} new and {batch.changed:,} changed entries of {batch.file_name}"
            _ask_or_stop(f"Take back {what}?", "refleqt calendar undo-import takes back many entries; say --yes")
        undone = at.container.calendar().undo_import(at.id, batch.id, keep_changed=keep_changed)
    if as_json:
        print_json(undone)
        return
    from .tables import hint

    kept = f", {undone.kept:,} kept as they were changed since" if undone.kept else ""
    print_page(hint(f"{undone.removed:,} entries removed, {undone.restored:,} as they were before{kept}."))


def list_mappings(
    ctx: typer.Context,
    forget: Annotated[
        str | None, typer.Option(metavar="ID", help="Forget that one: such files are asked about again.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """List what is remembered of the columns of files, as it was confirmed at their import; or forget one of them."""
    from .ids import short, the_one

    with session(ctx).at_business() as at:
        mappings = at.container.column_mappings()
        found = mappings.known(at.id)
        if forget is not None:
            found = [mappings.forget(at.id, the_one(found, forget, "mapping").id)]
        zone = at.business.time_zone
    if as_json:
        print_json(found)
        return
    from .tables import hint, row, table
    from .words import moment

    made = table("id", "confirmed", "*columns", "?read with")
    for each in found:
        columns = ", ".join(f"{column}={field}" for column, field in each.columns.items())
        options = ", ".join(f"{name}={value}" for name, value in each.options.items())
        row(made, short(each.id), moment(each.confirmed_at, zone), columns, options)
    print_page(made if found else hint("Nothing is remembered of any file's columns."))
    if forget is not None:
        print_page(hint("Forgotten: files with these columns are asked about again."))


def _ask_or_stop(question: str, otherwise: str) -> None:
    from refleqt_core.errors import InvalidInput

    if not sys.stdin.isatty():
        raise InvalidInput(otherwise)
    typer.confirm(question, abort=True)
