"""``refleqt vent``: whatever has to be got off one's chest."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from .groups import GIVE
from .output import AsJson, print_json, print_page
from .piped import piped_text
from .session import At, session


def register(app: typer.Typer) -> None:
    """The app has the command."""
    app.command("vent", rich_help_panel=GIVE)(vent)


def vent(
    ctx: typer.Context,
    text: Annotated[
        list[str] | None, typer.Argument(metavar="TEXT", help="The vent; - or a pipe gives it on standard input.")
    ] = None,
    tag: Annotated[list[str] | None, typer.Option(metavar="TAG", help="May be given several times.")] = None,
    file: Annotated[
        Path | None, typer.Option("--file", metavar="FILE", help="A text, or a mail (.eml), that is the vent.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Write on the vent board; it is kept as written.

    Of a mail the subject and the author's own words are kept, without quotes, signature and attachments; the same mail
    twice is one vent.
    """
    from refleqt_core.errors import InvalidInput

    from .ids import short
    from .tables import hint

    if file is not None and text:
        raise InvalidInput("give either a text or --file")
    if file is not None and file.suffix.lower() == ".eml":
        with session(ctx).at_business() as at:
            _take_mail(at, file, tag or (), as_json)
        return
    said = _read(file) if file else _said(text)
    if not said:
        raise InvalidInput("there is nothing in the vent; write a word or two")
    with session(ctx).at_business() as at:
        written = at.container.vents().write(at.id, said, tags=tuple(tag or ()))
    if as_json:
        print_json(written)
    else:
        print_page(hint(f"Kept as {short(written.id)}. A worker will read it: refleqt worker"))


def _said(text: Sequence[str] | None) -> str:
    """The text of the command line; without one, or for ``-``, what is piped in."""
    if text == ["-"] or (not text and not sys.stdin.isatty()):
        return piped_text().strip()
    return " ".join(text or ()).strip()


def _read(file: Path) -> str:
    from refleqt_core.errors import InvalidInput

    try:
        return file.read_text("utf-8-sig").strip()
    except (OSError, UnicodeError) as error:
        raise InvalidInput(f"{file} cannot be read as a text in UTF-8") from error


def _take_mail(at: At, file: Path, tags: Sequence[str], as_json: bool) -> None:
    from refleqt_core.errors import InvalidInput

    from .imports import print_imported

    if tags:
        raise InvalidInput("a mail comes without tags; give them to its vent then: refleqt vents edit ID --tag TAG")
    done = at.container.importer().import_file(at.id, file, kind="mail")
    waiting = len(at.container.queue().jobs(status="waiting", business_id=at.id, limit=10_000))
    if as_json:
        print_json(done)
    else:
        print_imported([done], waiting)
