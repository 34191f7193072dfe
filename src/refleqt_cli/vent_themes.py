"""``refleqt vents themes``: what comes back again and again, and how people correct it."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from .groups import WithDefault
from .output import AsJson, print_json, print_page, say
from .session import session
from .vents import group as vents
from .vents import the_theme

if TYPE_CHECKING:
    from uuid import UUID

    from refleqt_core.intake.vents import VentEntry, VentTheme

    from .tables import Rows

group = typer.Typer(cls=WithDefault, help="What is vented about again and again.")
WAYS = {"up": "brighter", "down": "darker", "none": "steady"}
"""Where the mood of a theme goes, in words."""

ThemeName = Annotated[str, typer.Argument(metavar="THEME", help="The theme, by its label, its id, or a part of that.")]


def register(_app: typer.Typer) -> None:
    """The group of vents has this one, and the command that makes the themes anew."""
    group.command("list")(list_themes)
    group.command("rename")(rename)
    group.command("merge")(merge)
    vents.add_typer(group, name="themes")
    vents.command("regroup")(regroup)


def list_themes(ctx: typer.Context, as_json: AsJson = False) -> None:
    """List the themes with how often, since when, their mood, and where that goes."""
    with session(ctx).at_business() as at:
        themes = at.container.vent_themes().themes(at.id)
        written = at.container.vent_reader().find(at.id)
        zone = at.business.time_zone
    of = {theme.id: [vent for vent in written[::-1] if vent.theme_id == theme.id] for theme in themes}
    if as_json:
        print_json([_document(theme, of[theme.id]) for theme in themes])
    elif themes:
        print_page(_listed(themes, of, zone))
    else:
        say("There is no theme yet. Vents get theirs when they are read: refleqt worker")


def rename(
    ctx: typer.Context,
    theme: ThemeName,
    label: Annotated[str, typer.Argument(help="What it is called from now on.")],
    as_json: AsJson = False,
) -> None:
    """Give a theme a label; it keeps it, whatever vents come and go."""
    with session(ctx).at_business() as at:
        found = the_theme(at, theme)
        named = at.container.vent_themes().rename(at.id, found.id, label, version=found.version)
    if as_json:
        print_json(named)
    else:
        say(f"{told_of(found)} is called “{named.label}” now.")


def told_of(theme: "VentTheme") -> str:
    """The theme by its label; one that was stored without any, as older versions did, by its id."""
    from .ids import short

    return f"“{theme.label}”" if theme.label.strip() else f"The theme {short(theme.id)}"


def merge(
    ctx: typer.Context,
    theme: ThemeName,
    into: Annotated[str, typer.Argument(metavar="INTO", help="The theme that takes all its vents.")],
    as_json: AsJson = False,
) -> None:
    """Put all vents of a theme into another one, where they stay; the first is gone."""
    with session(ctx).at_business() as at:
        found, target = the_theme(at, theme), the_theme(at, into)
        merged = at.container.vent_themes().merge(at.id, found.id, target.id)
    if as_json:
        print_json(merged)
    else:
        say(f"“{merged.label}” has {merged.count} vents now.")


def regroup(ctx: typer.Context, as_json: AsJson = False) -> None:
    """Make all themes anew from all vents, as every night does; what people named or moved stays."""
    from .words import counted

    with session(ctx).at_business() as at:
        done = at.container.vent_themes().regroup(at.id)
    if as_json:
        print_json(done)
    else:
        changes = f"{counted(done.moved, 'vent')} moved, {done.opened} opened, {done.closed} closed"
        say(f"{counted(done.themes, 'theme')}: {changes}.")


def _document(theme: "VentTheme", vents: "Sequence[VentEntry]") -> dict[str, object]:
    from refleqt_core.intake.vent_trends import mood

    from .output import document

    found = mood(vents)
    moods = [vent.sentiment for vent in vents if vent.sentiment is not None]
    mean = sum(moods) / len(moods) if moods else None
    return {**document(theme), "mood": mean, "mood_trend": found.trend.direction if found.trend else None}


def _listed(themes: "Sequence[VentTheme]", of: "Mapping[UUID, Sequence[VentEntry]]", zone: str) -> "Rows":
    from .ids import short
    from .tables import row, table
    from .words import NONE, cut, day

    made = table("id", "*theme", ">vents", "first", "last", ">mood", "?trend")
    for theme in themes:
        told = _document(theme, of[theme.id])
        mean, way = told["mood"], WAYS.get(str(told["mood_trend"]), NONE)
        mood = f"{mean:+.2f}" if isinstance(mean, float) else NONE
        seen = (day(theme.first_seen, zone), day(theme.last_seen, zone))
        row(made, short(theme.id), cut(theme.label, 60), theme.count, *seen, mood, way)
    return made
