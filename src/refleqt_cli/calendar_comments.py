"""``refleqt calendar comment`` and ``comments``: what people remark on an entry."""

import getpass
from typing import Annotated

import typer

from .calendar import EntryId, group, the_entry
from .output import AsJson, print_json, print_page
from .session import session


def register(_app: typer.Typer) -> None:
    """The calendar's group has the commands."""
    group.command("comment")(comment)
    group.command("comments")(comments)


def comment(
    ctx: typer.Context,
    id: EntryId,
    text: Annotated[list[str], typer.Argument(metavar="TEXT", help="The remark.")],
    by: Annotated[
        str | None, typer.Option("--by", metavar="NAME", help="Who says it; else your account's name.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Remark on an entry."""
    with session(ctx).at_business() as at:
        entry = the_entry(at, id)
        written = at.container.comments().add(at.id, entry.id, " ".join(text), author=by or getpass.getuser())
    from .tables import hint

    print_json(written) if as_json else print_page(hint(f"{written.author} on '{entry.title}': {written.text}"))


def comments(ctx: typer.Context, id: EntryId, as_json: AsJson = False) -> None:
    """Show the remarks on an entry, the first one first."""
    from .calendar_show import comment_lines
    from .tables import hint

    with session(ctx).at_business() as at:
        page = at.container.entry_pages().read(at.id, the_entry(at, id).id)
        zone = at.business.time_zone
    if as_json:
        print_json(page.comments)
    else:
        print_page(comment_lines(page, zone) if page.comments else hint("Nobody has remarked on it yet."))
