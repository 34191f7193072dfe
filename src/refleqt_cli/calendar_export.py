"""``refleqt calendar export`` and ``refleqt calendar feed``: the calendar for other programs."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .calendar import group
from .output import AsJson, print_json, print_page
from .session import At, session

if TYPE_CHECKING:
    from datetime import datetime

    from refleqt_adapters.calendar_exports import Exported
    from refleqt_core.intake.calendar_search import EntrySearch


def register(_app: typer.Typer) -> None:
    """The calendar's group has the commands."""
    group.command("export")(export)
    group.command("feed")(feed)


def export(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where to: a name that ends with .csv, .xlsx or .ics.")],
    start: Annotated[str | None, typer.Option("--from", metavar="DATE", help="Published on that day or later.")] = None,
    end: Annotated[str | None, typer.Option("--to", metavar="DATE", help="Published on that day or before.")] = None,
    status: Annotated[str | None, typer.Option(help="Only entries of that status.")] = None,
    channel: Annotated[str | None, typer.Option(help="Only entries of that channel.")] = None,
    campaign: Annotated[str | None, typer.Option(help="Only entries of that campaign, by its name.")] = None,
    owner: Annotated[str | None, typer.Option(help="Only entries of that person.")] = None,
    tag: Annotated[str | None, typer.Option(help="Only entries with that tag.")] = None,
    as_json: AsJson = False,
) -> None:
    """Write the calendar to a file: a table, a workbook, or events; imported again, nothing changes.

    The file is replaced when all of it is written. Without --from and --to entries without a date are in it as well,
    but for .ics, which has events alone.
    """
    from refleqt_adapters.calendar_exports import check_ending
    from refleqt_core.intake.calendar_search import EntrySearch

    ending = file.suffix.lower().removeprefix(".")
    check_ending(ending)
    with session(ctx).at_business() as at:
        first, last = _days(at, start, end)
        asked = EntrySearch(
            start=first, end=last, status=status, channel=channel, campaign=campaign, owner=owner, tag=tag
        )
        done = _written(at, file, ending, asked)
    if as_json:
        print_json({"file": str(file), "entries": done.entries, "without_date": done.without_date, "cut": done.cut})
        return
    from .tables import hint
    from .words import counted

    print_page(hint(f"{counted(done.entries, 'entry', 'entries')} in {file}"))
    if done.without_date:
        left = counted(done.without_date, "entry", "entries")
        print_page(hint(f"{left} left out: without a date there is no event. A .csv or .xlsx holds them."))
    if done.cut:
        texts = counted(done.cut, "text")
        print_page(hint(f"{texts} cut to the 32,767 characters that a cell of a workbook holds. A .csv holds all."))


def feed(
    ctx: typer.Context,
    label: Annotated[str, typer.Option(help="Who or what the feed is for.")] = "",
    days: Annotated[int, typer.Option(min=1, max=3650, help="How long its address holds.")] = 730,
    whole: Annotated[bool, typer.Option("--whole", help="Tell every field: notes, people and money too.")] = False,
    as_json: AsJson = False,
) -> None:
    """Make an address under which calendar programs can subscribe to the calendar. It is shown this once.

    Whoever has it can read what goes out when, and nothing else; refleqt token revoke makes it hold no longer.
    """
    from refleqt_core.access import FEED, WHOLE_FEED

    with session(ctx).at_business() as at:
        role = WHOLE_FEED if whole else FEED
        secret, token = at.container.tokens().issue(at.id, role=role, label=label or "calendar feed", days=days)
    path = f"/v1/calendar/feed.ics?token={secret}"
    if as_json:
        print_json({"path": path, "id": token.id, "label": token.label, "expires_at": token.expires_at})
        return
    from rich.text import Text

    from .ids import short
    from .tables import hint
    from .words import day

    print_page(Text(path, overflow="fold", no_wrap=False))
    said = f"Put the address of your server before it; it holds until {day(token.expires_at)} and is not shown again."
    print_page(hint(f"{said} To end it: refleqt token revoke {short(token.id)}"))


def _days(at: At, start: str | None, end: str | None) -> "tuple[datetime | None, datetime | None]":
    from .words import read_moment

    zone = at.business.time_zone
    first = read_moment(start, "--from", zone) if start else None
    return first, read_moment(end, "--to", zone, end_of_day=True) if end else None


def _written(at: At, file: Path, ending: str, asked: "EntrySearch") -> "Exported":
    """The file holds all that was asked for; one that was there is replaced only then."""
    import os
    import tempfile

    from refleqt_core.errors import InvalidInput

    try:
        handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    except OSError as error:
        problem = f"{file} cannot be written: {error.strerror or error}; name another place"
        raise InvalidInput(problem) from error
    unfinished = Path(name)
    try:
        with os.fdopen(handle, "wb") as out:
            done = at.container.calendar_exports().write(at.id, ending, out, asked)
        unfinished.replace(file)
    except OSError as error:
        unfinished.unlink(missing_ok=True)
        problem = f"{file} cannot be written: {error.strerror or error}; make room, or name another place"
        raise InvalidInput(problem) from error
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
    return done
