"""``refleqt vents signals`` and ``plot``: what all vents say together, and the themes over time."""

from pathlib import Path
from typing import Annotated

import typer

from .output import AsJson, print_json, print_page, say
from .session import session
from .vents import group


def register(_app: typer.Typer) -> None:
    """The group of vents has the commands."""
    group.command("signals")(signals)
    group.command("plot")(plot)


def signals(ctx: typer.Context, as_json: AsJson = False) -> None:
    """Show the five implicit signals: timing, recurrence, mood, vocabulary and length."""
    from .vent_signals_page import signals_page

    with session(ctx).at_business() as at:
        found = at.container.vent_reader().signals(at.id)
        zone = at.business.time_zone
    if as_json:
        print_json(found)
    else:
        print_page(*signals_page(found, zone))


def plot(
    ctx: typer.Context,
    html: Annotated[Path | None, typer.Option(metavar="FILE", help="Write a page with the plot there.")] = None,
    png: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the plot as a picture there.")] = None,
    most: Annotated[int, typer.Option("--top", min=1, max=30, help="How many themes at most.")] = 8,
    as_json: AsJson = False,
) -> None:
    """Plot how often each theme came up over time; without a file in the terminal."""
    from .vent_signals_page import plot_page

    with session(ctx).at_business() as at:
        found = at.container.vent_reader().over_time(at.id, most=most)
        name = at.business.name
    if html or png:
        from .vent_plots import write_page, write_picture

        for path, write in ((html, write_page), (png, write_picture)):
            if path is not None:
                write(path, found, name)
                say(f"Written to {path}")
    if as_json:
        print_json(found)
    elif not (html or png):
        print_page(*plot_page(found))
