"""``refleqt calendar``: what is planned and what went out."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from .groups import GIVE, WithDefault
from .output import AsJson, print_json, print_page
from .session import At, session

if TYPE_CHECKING:
    from refleqt_core.intake.calendar import CalendarEntry

    from .tables import Rows

group = typer.Typer(cls=WithDefault, help="What is planned and what went out.")
COLORS = {"idea": "dim", "published": "green", "reviewed": "green"}


def register(app: typer.Typer) -> None:
    """The app has the group."""
    app.add_typer(group, name="calendar", rich_help_panel=GIVE)


@group.command("list")
def list_entries(
    ctx: typer.Context,
    status: Annotated[str | None, typer.Option(help="Only entries of that status.")] = None,
    start: Annotated[str | None, typer.Option("--from", metavar="DATE", help="Published on that day or later.")] = None,
    end: Annotated[str | None, typer.Option("--to", metavar="DATE", help="Published on that day or before.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many at most.")] = 50,
    as_json: AsJson = False,
) -> None:
    """List entries by publication; without --from those around the present."""
    from .words import read_moment

    with session(ctx).at_business() as at:
        zone = at.business.time_zone
        first = read_moment(start, "--from", zone) if start else None
        last = read_moment(end, "--to", zone, end_of_day=True) if end else None
        found = at.container.calendar().find(at.id, status=status, start=first, end=last)
        now = at.container.clock().now()
    shown = found[:limit] if start else _around(found, now, limit)
    if as_json:
        print_json(shown)
        return
    from .tables import hint

    print_page(_table(shown, zone) if shown else hint("No entry is found. Bring some in: refleqt import calendar.csv"))
    if len(shown) < len(found):
        print_page(hint(f"{len(shown):,} of {len(found):,} entries; --from, --to and --limit show others."))


@group.command("add")
def add(
    ctx: typer.Context,
    title: Annotated[str, typer.Argument(help="What it says.")],
    artifact_type: Annotated[str, typer.Option("--type", help="Such as blog_copy, email, webinar.")],
    publish_at: Annotated[str | None, typer.Option("--at", metavar="MOMENT", help="When it goes out.")] = None,
    channel: Annotated[str | None, typer.Option(help="Such as email, linkedin, blog.")] = None,
    segment: Annotated[str | None, typer.Option(help="The key of the segment it is for.")] = None,
    angle: Annotated[str | None, typer.Option(help="Such as roi, pain_relief, education.")] = None,
    kpi: Annotated[str | None, typer.Option(help="Such as clicks, signups, demo_bookings.")] = None,
    target: Annotated[float | None, typer.Option(min=0, help="How many of that KPI in 30 days are a success.")] = None,
    status: Annotated[str, typer.Option(help="Where it stands.")] = "idea",
    id: Annotated[str | None, typer.Option("--id", help="How your own files name it.")] = None,
    as_json: AsJson = False,
) -> None:
    """Put an entry on the calendar."""
    from refleqt_core.intake.drafts import EntryDraft

    from .words import read_moment

    with session(ctx).at_business() as at:
        draft = EntryDraft(
            external_id=id or f"rq-{at.container.ids().new().hex[-8:]}",
            title=title,
            artifact_type=artifact_type,
            status=status,
            publish_at=read_moment(publish_at, "--at", at.business.time_zone) if publish_at else None,
            channel=channel,
            icp_segment=segment,
            angle=angle,
            primary_kpi=kpi,
            kpi_target=target,
        )
        entry = at.container.calendar().save(at.id, draft)
        _print_one(entry, at.business.time_zone, as_json)


@group.command("move")
def move(
    ctx: typer.Context,
    id: Annotated[str, typer.Argument(metavar="ID", help="The entry, by its name in your files or its id.")],
    status: Annotated[str, typer.Argument(help="idea, planned, in_production, in_review, scheduled, published, …")],
    by: Annotated[str | None, typer.Option(help="Who moves it.")] = None,
    as_json: AsJson = False,
) -> None:
    """Give an entry another status; the step is on record with its time."""
    with session(ctx).at_business() as at:
        entry = at.container.calendar().move(at.id, _entry(at, id).id, status, by=by)
        _print_one(entry, at.business.time_zone, as_json)


def _entry(at: At, given: str) -> "CalendarEntry":
    from .ids import the_one

    return the_one(at.container.calendar().find(at.id), given, "calendar entry", name_of=lambda each: each.external_id)


def _around(entries: "Sequence[CalendarEntry]", now: datetime, limit: int) -> "Sequence[CalendarEntry]":
    """As many of the entries as asked for, from both sides of the present."""
    past = sum(entry.publish_at is not None and entry.publish_at < now for entry in entries)
    first = max(0, min(past - limit // 2, len(entries) - limit))
    return entries[first : first + limit]


def _print_one(entry: "CalendarEntry", zone: str, as_json: bool) -> None:
    if as_json:
        print_json(entry)
    else:
        print_page(_table([entry], zone))


def _table(entries: "Sequence[CalendarEntry]", zone: str) -> "Rows":
    from rich.text import Text

    from .tables import row, table
    from .words import moment, number, spoken

    made = table("id", "publication", "status", "*title", "*?how", ">target")
    for each in entries:
        aim = f"{number(each.kpi_target)} {spoken(each.primary_kpi)}" if each.kpi_target else ""
        status = Text(spoken(each.status), style=COLORS.get(each.status, "yellow"))
        how = " · ".join(spoken(part) for part in (each.channel, each.icp_segment, each.angle) if part)
        row(made, each.external_id, moment(each.publish_at, zone), status, each.title, how, aim)
    return made
