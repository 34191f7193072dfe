"""``refleqt vent``: whatever has to be got off one's chest."""

import sys
from typing import Annotated

import typer

from .groups import GIVE
from .output import AsJson, print_json, print_page
from .session import session


def register(app: typer.Typer) -> None:
    """The app has the command."""
    app.command("vent", rich_help_panel=GIVE)(vent)


def vent(
    ctx: typer.Context,
    text: Annotated[list[str], typer.Argument(metavar="TEXT", help="The vent; - reads it from standard input.")],
    tag: Annotated[list[str] | None, typer.Option(metavar="TAG", help="May be given several times.")] = None,
    as_json: AsJson = False,
) -> None:
    """Write on the vent board; it is kept as written."""
    from refleqt_core.errors import InvalidInput

    from .ids import short
    from .tables import hint

    said = sys.stdin.read().strip() if text == ["-"] else " ".join(text).strip()
    if not said:
        raise InvalidInput("there is nothing in the vent; write a word or two")
    with session(ctx).at_business() as at:
        written = at.container.vents().write(at.id, said, tags=tuple(tag or ()))
    if as_json:
        print_json(written)
    else:
        print_page(hint(f"Kept as {short(written.id)}. A worker will read it: refleqt worker"))
