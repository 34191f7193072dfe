"""``refleqt vents``: what was got off people's chests, listed, shown, edited, deleted."""

import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .groups import GIVE, WithDefault
from .output import AsJson, print_json, print_page, say
from .session import At, session

if TYPE_CHECKING:
    from uuid import UUID

    from refleqt_core.intake.vents import VentEntry, VentTheme

    from .tables import Rows

group = typer.Typer(cls=WithDefault, help="The vent board: what was said, and what comes back again and again.")

VentId = Annotated[str, typer.Argument(metavar="ID", help="The vent, by its id or a part of it, or its external id.")]


def register(app: typer.Typer) -> None:
    """The app has the group, with its commands on single vents."""
    group.command("list")(list_vents)
    group.command("show")(show)
    group.command("edit")(edit)
    group.command("delete")(delete)
    group.command("move")(move)
    app.add_typer(group, name="vents", rich_help_panel=GIVE)


def list_vents(
    ctx: typer.Context,
    theme: Annotated[str | None, typer.Option(help="Only vents of that theme, by its label or id.")] = None,
    tag: Annotated[str | None, typer.Option(help="Only vents with that tag.")] = None,
    since: Annotated[str | None, typer.Option(metavar="DATE", help="Written on that day or later.")] = None,
    search: Annotated[str | None, typer.Option(metavar="TEXT", help="Only vents in which that stands.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many at most.")] = 50,
    as_json: AsJson = False,
) -> None:
    """List the vents, the newest first."""
    from refleqt_core.intake.vent_reading import VentSearch

    from .words import read_moment

    with session(ctx).at_business() as at:
        asked = VentSearch(
            theme_id=the_theme(at, theme).id if theme else None,
            tag=tag,
            since=read_moment(since, "--since", at.business.time_zone) if since else None,
            text=search,
        )
        found = at.container.vent_reader().find(at.id, asked, limit=limit)
        themes = {each.id: each for each in at.container.vent_themes().themes(at.id)}
        zone = at.business.time_zone
    if as_json:
        print_json(found)
    elif found:
        print_page(_listed(found, themes, zone))
    else:
        say("There is no such vent. Write one with: refleqt vent TEXT")


def show(ctx: typer.Context, vent: VentId, as_json: AsJson = False) -> None:
    """Show a vent as it was written, with its theme, its mood and when it was edited."""
    from rich.text import Text

    from .tables import facts
    from .words import moment

    with session(ctx).at_business() as at:
        found = the_vent(at, vent)
        themes = {each.id: each.label for each in at.container.vent_themes().themes(at.id)}
        zone = at.business.time_zone
    if as_json:
        print_json(found)
        return
    label = themes.get(found.theme_id) if found.theme_id else None
    told = facts(
        [
            ("id", str(found.id)),
            ("written", moment(found.written_at, zone)),
            ("edited", moment(found.edited_at, zone) if found.edited_at else None),
            ("tags", ", ".join(found.tags)),
            ("theme", f"{label} (put there by a person)" if label and found.placed_at else label),
            ("mood", None if found.sentiment is None else f"{found.sentiment:+.2f}"),
        ]
    )
    print_page(told, Text(""), Text(found.text))


def edit(
    ctx: typer.Context,
    vent: VentId,
    text: Annotated[str | None, typer.Option(help="What it says now; without it and --tag your editor opens.")] = None,
    tag: Annotated[list[str] | None, typer.Option(metavar="TAG", help="The tags it has now; may be repeated.")] = None,
    no_tags: Annotated[bool, typer.Option("--no-tags", help="It has no tags any more.")] = False,
    as_json: AsJson = False,
) -> None:
    """Change what a vent says or its tags; what followed from the old words goes, and it is read anew."""
    with session(ctx).at_business() as at:
        found = the_vent(at, vent)
        tags = () if no_tags else tag
        said = _rewritten(found) if text is None and tags is None else text
        edited = at.container.vent_editing().edit(at.id, found.id, text=said, tags=tags, version=found.version)
    if as_json:
        print_json(edited)
    elif edited == found:
        say("Nothing was changed.")
    else:
        say("Changed. A worker will read it anew: refleqt worker" if edited.text != found.text else "Changed.")


def delete(
    ctx: typer.Context,
    vent: VentId,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: AsJson = False,
) -> None:
    """Delete a vent with all that followed from it: vectors, findings, its part in its theme."""
    from .words import cut

    with session(ctx).at_business() as at:
        found = the_vent(at, vent)
        if not yes:
            typer.confirm(f"Delete “{cut(found.text, 60)}” and all that was read in it?", abort=True, err=True)
        at.container.removal().remove_vent(at.id, found.id)
    if as_json:
        print_json(found)
    else:
        say("Deleted with all that followed from it.")


def move(
    ctx: typer.Context,
    vent: VentId,
    theme: Annotated[str | None, typer.Option("--to", metavar="THEME", help="A theme, by its label or id.")] = None,
    as_json: AsJson = False,
) -> None:
    """Put a vent into another theme, where it stays; without --to into one of its own."""
    with session(ctx).at_business() as at:
        found = the_vent(at, vent)
        target = the_theme(at, theme).id if theme else None
        moved = at.container.vent_themes().move(at.id, found.id, target)
    if as_json:
        print_json(moved)
    else:
        say("Moved; it stays there.")


def the_vent(at: At, given: str) -> "VentEntry":
    """The vent with that external id, or whose id begins or ends so. None: `NotFound`; several: `InvalidInput`."""
    from .ids import the_one

    vents = at.container.vent_reader().find(at.id)
    return the_one(vents, given, "vent", name_of=lambda vent: vent.external_id)


def the_theme(at: At, given: str) -> "VentTheme":
    """The theme with that label, or whose id begins or ends so. None: `NotFound`; several: `InvalidInput`."""
    from refleqt_core.errors import InvalidInput

    from .ids import short, the_one

    themes = at.container.vent_themes().themes(at.id)
    labelled = [theme for theme in themes if theme.label.casefold() == given.casefold()]
    if len(labelled) > 1:
        raise InvalidInput(f"several themes are called '{given}': {', '.join(short(each.id) for each in labelled)}")
    return labelled[0] if labelled else the_one(themes, given, "theme")


def _listed(vents: "Sequence[VentEntry]", themes: "Mapping[UUID, VentTheme]", zone: str) -> "Rows":
    from .ids import short
    from .tables import row, table
    from .words import NONE, cut, moment

    made = table("id", "written", "*vent", "?theme", ">mood", "?tags")
    for vent in vents:
        theme = themes.get(vent.theme_id) if vent.theme_id else None
        mood = NONE if vent.sentiment is None else f"{vent.sentiment:+.2f}"
        label = cut(theme.label, 24) if theme else NONE
        row(made, short(vent.id), moment(vent.written_at, zone), cut(vent.text, 200), label, mood, ", ".join(vent.tags))
    return made


def _rewritten(vent: "VentEntry") -> str:
    """What the person's editor makes of the vent. Without a terminal: `InvalidInput`."""
    from refleqt_core.errors import InvalidInput

    from .calendar_editor import open_in_editor

    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise InvalidInput("say what is to change, with --text or --tag; the editor opens at a terminal alone")
    with tempfile.TemporaryDirectory(prefix="refleqt-") as folder:
        path = Path(folder) / "vent.txt"
        path.write_text(vent.text, "utf-8")
        open_in_editor(path)
        return path.read_text("utf-8").strip()
