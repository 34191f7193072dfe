"""``refleqt calendar list``: the entries that are asked for."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from .calendar import group
from .output import AsJson, print_json, print_page
from .session import session

if TYPE_CHECKING:
    from refleqt_core.intake.calendar import CalendarEntry

    from .tables import Rows


def register(_app: typer.Typer) -> None:
    """The calendar's group has the command."""
    group.command("list")(list_entries)


def list_entries(
    ctx: typer.Context,
    text: Annotated[str | None, typer.Option(help="Words in the title, id, owner, notes or primary keyword.")] = None,
    status: Annotated[str | None, typer.Option(help="Only entries of that status.")] = None,
    channel: Annotated[str | None, typer.Option(help="Only entries of that channel.")] = None,
    artifact_type: Annotated[str | None, typer.Option("--type", help="Only that type, such as email.")] = None,
    owner: Annotated[str | None, typer.Option(help="Only entries of that person.")] = None,
    member: Annotated[str | None, typer.Option(help="Only entries with that person in their team.")] = None,
    segment: Annotated[str | None, typer.Option(help="Only entries for that segment, by its key.")] = None,
    funnel_stage: Annotated[str | None, typer.Option("--funnel", help="Only tofu, mofu or bofu.")] = None,
    angle: Annotated[str | None, typer.Option(help="Only entries with that angle.")] = None,
    category: Annotated[str | None, typer.Option(help="Only entries of that category.")] = None,
    tag: Annotated[str | None, typer.Option(help="Only entries with that tag.")] = None,
    cluster: Annotated[str | None, typer.Option(help="Only entries of that keyword cluster.")] = None,
    campaign: Annotated[str | None, typer.Option(help="Only entries of that campaign, by its name.")] = None,
    campaign_group: Annotated[
        str | None, typer.Option("--group", help="Only entries of campaigns of that group.")
    ] = None,
    start: Annotated[str | None, typer.Option("--from", metavar="DATE", help="Published on that day or later.")] = None,
    end: Annotated[str | None, typer.Option("--to", metavar="DATE", help="Published on that day or before.")] = None,
    due_reviews: Annotated[bool, typer.Option("--due-reviews", help="Only what is out and waits for review.")] = False,
    limit: Annotated[int, typer.Option(min=1, help="How many at most.")] = 50,
    as_json: AsJson = False,
) -> None:
    """List entries by publication; without --from those around the present."""
    from refleqt_core.intake.calendar_search import EntrySearch

    from .words import read_moment

    with session(ctx).at_business() as at:
        zone = at.business.time_zone
        now = at.container.clock().now()
        asked = EntrySearch(
            text=text,
            status=_allowed("status", status),
            channel=_allowed("channel", channel),
            artifact_type=_allowed("artifact_type", artifact_type, "--type"),
            owner=owner,
            member=member,
            segment=segment,
            funnel_stage=_allowed("funnel_stage", funnel_stage, "--funnel"),
            angle=_allowed("angle", angle),
            category=category,
            tag=tag,
            cluster=cluster,
            campaign=campaign,
            group=campaign_group,
            start=read_moment(start, "--from", zone) if start else None,
            end=read_moment(end, "--to", zone, end_of_day=True) if end else None,
            review_due_by=_today(now, zone) if due_reviews else None,
        )
        found = at.container.calendar().search(at.id, asked)
    shown = found[:limit] if start or text or due_reviews else _around(found, now, limit)
    if as_json:
        print_json(shown)
        return
    from .tables import hint

    nothing = "No entry is found. Bring some in: refleqt import calendar.csv"
    print_page(entries_table(shown, zone) if shown else hint(nothing))
    if len(shown) < len(found):
        print_page(hint(f"{len(shown):,} of {len(found):,} entries; --from, --to and --limit show others."))


def entries_table(entries: "Sequence[CalendarEntry]", zone: str) -> "Rows":
    """The entries as rows."""
    from rich.text import Text

    from .month_grid import STYLES
    from .tables import row, table
    from .words import moment, number, spoken

    made = table("id", "publication", "status", "*title", "*?how", "?owner", ">?target")
    for each in entries:
        aim = f"{number(each.kpi_target)} {spoken(each.primary_kpi)}" if each.kpi_target else ""
        status = Text(spoken(each.status), style=STYLES[each.status])
        how = " · ".join(spoken(part) for part in (each.channel, each.icp_segment, each.angle) if part)
        row(made, each.external_id, moment(each.publish_at, zone), status, each.title, how, each.owner or "", aim)
    return made


def _allowed(field: str, given: str | None, option: str | None = None) -> str | None:
    """The value, if the field can have it; a misspelt one would find nothing, and nobody would know why."""
    from difflib import get_close_matches

    from refleqt_core.errors import Fault, InvalidInput
    from refleqt_core.intake.entry_fields import CHOICES

    if given is None or given in CHOICES[field]:
        return given
    near = get_close_matches(given, CHOICES[field], n=1, cutoff=0.6)
    remedy = f"Did you mean '{near[0]}'?" if near else "Use one of them."
    problem = f"'{given}' is none of: {', '.join(CHOICES[field])}"
    raise InvalidInput([Fault(option or f"--{field}", None, None, problem, remedy)])


def _today(now: datetime, zone: str) -> date:
    from zoneinfo import ZoneInfo

    return now.astimezone(ZoneInfo(zone)).date()


def _around(entries: "Sequence[CalendarEntry]", now: datetime, limit: int) -> "Sequence[CalendarEntry]":
    """As many of the entries as asked for, from both sides of the present."""
    past = sum(entry.publish_at is not None and entry.publish_at < now for entry in entries)
    first = max(0, min(past - limit // 2, len(entries) - limit))
    return entries[first : first + limit]
