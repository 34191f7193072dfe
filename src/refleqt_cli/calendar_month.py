"""``refleqt calendar month``: what goes out on each day of a month, and what is suggested for it."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from .calendar import group
from .output import AsJson, console, print_json, print_page
from .session import session

if TYPE_CHECKING:
    from rich.console import RenderableType

    from refleqt_core.intake.calendar import CalendarEntry
    from refleqt_core.outputs.month_view import Month

LISTED = 5
"""Entries of a kind that are named below the grid."""


def register(_app: typer.Typer) -> None:
    """The calendar's group has the command."""
    group.command("month")(month)


def month(
    ctx: typer.Context,
    name: Annotated[str | None, typer.Argument(metavar="[YYYY-MM]", help="Such as 2026-03; else this month.")] = None,
    sunday: Annotated[bool, typer.Option("--sunday", help="Begin weeks on Sunday.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show a month: entries on their days, ghosts of what is suggested, reviews that are due."""
    from refleqt_core.outputs.month_view import month_of

    with session(ctx).at_business() as at:
        found = at.container.months().read(at.id, *(month_of(name) if name else ()))
    if as_json:
        print_json(found)
    else:
        print_page(*_page(found, sunday_first=sunday, ascii_only=console().options.ascii_only))


def _page(found: "Month", *, sunday_first: bool, ascii_only: bool) -> "Iterator[RenderableType]":
    from rich.text import Text

    from .month_grid import MonthGrid

    yield Text(f"{found.first:%B %Y}", style="bold") + Text(f"   {found.time_zone}", style="dim")
    yield MonthGrid(found, sunday_first=sunday_first)
    yield from _legend(found, ascii_only)
    yield _totals(found)
    yield from _below(found, ascii_only)


def _legend(found: "Month", ascii_only: bool) -> "Iterator[RenderableType]":
    """What the signs and colours of this month mean."""
    from rich.text import Text

    from refleqt_core.intake.calendar import CHANNELS

    from .month_grid import GHOST, GHOST_STYLE, REVIEW, channel_style, status_sign
    from .words import spoken

    signs = [status_sign(status, ascii_only=ascii_only) + f" {spoken(status)}" for status in found.by_status]
    if any(day.ghosts for day in found.days):
        signs.append(Text(f"{GHOST[ascii_only]} suggested", style=GHOST_STYLE))
    if any(day.reviews for day in found.days):
        signs.append(Text(f"{REVIEW[ascii_only]} review due", style="red"))
    if signs:
        yield Text("   ").join(signs)
    named = {entry.channel for day in found.days for entry in day.entries}
    channels = [Text(spoken(each), style=channel_style(each)) for each in CHANNELS if each in named]
    if channels:
        yield Text("   ").join(channels)


def _totals(found: "Month") -> "RenderableType":
    from .tables import hint
    from .words import counted, spoken

    entries = sum(found.by_status.values())
    if not entries:
        return hint("Nothing goes out in this month.")
    statuses = ", ".join(f"{number} {spoken(status)}" for status, number in found.by_status.items())
    stages = ", ".join(f"{found.by_stage[each]} {each or 'without a stage'}" for each in found.by_stage)
    return hint(f"{counted(entries, 'entry', 'entries')}: {statuses} · funnel: {stages}")


def _below(found: "Month", ascii_only: bool) -> "Iterator[RenderableType]":
    """What the grid has no room for, or no day."""
    from rich.text import Text

    from .ids import short
    from .month_grid import GHOST, GHOST_STYLE, REVIEW, status_sign
    from .tables import headed
    from .words import percent, spoken

    suggested = [
        Text.assemble(
            (f"{GHOST[ascii_only]} {day.day:%a %d}  ", GHOST_STYLE),
            (f"{short(each.id)}  {percent(each.chance):>4}  {spoken(each.channel)}  ", "dim"),
            (each.title, "italic"),
        )
        for day in found.days
        for each in day.ghosts
    ]
    due = [
        Text.assemble((f"{REVIEW[ascii_only]} {day.day:%a %d}  ", "red"), _named(each))
        for day in found.days
        for each in day.reviews
    ]
    undated = [status_sign(each.status, ascii_only=ascii_only) + Text(f" {_named(each)}") for each in found.undated]
    for heading, lines, number in (
        ("Suggested (refleqt suggest accept ID)", suggested, len(suggested)),
        ("Reviews due", due, len(due)),
        ("Without a date", undated, found.undated_count),
    ):
        if lines:
            more = [Text(f"+{number - LISTED} more", style="dim")] if number > LISTED else []
            told = Text("\n").join([*lines[:LISTED], *more])
            told.no_wrap, told.overflow = True, "ellipsis"
            yield headed(heading, told)


def _named(entry: "CalendarEntry") -> str:
    return f"{entry.external_id}  {entry.title}"
