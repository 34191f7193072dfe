"""``refleqt activities types``: what a team can do together, and how it is led."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from .activities import group
from .groups import WithDefault
from .output import AsJson, print_json, print_page, say
from .session import session

if TYPE_CHECKING:
    from refleqt_core.intake.activity_guides import Exercise

types = typer.Typer(cls=WithDefault, help="What a team can do together, and how it is led.")

Name = Annotated[str, typer.Argument(metavar="NAME", help="Its name, such as rant_round or 'Rant Round'.")]
Purpose = Annotated[str | None, typer.Option(help="What it is good for.")]
Step = Annotated[
    list[str] | None, typer.Option("--step", metavar="TEXT", help="A step of the guide; may be given several times.")
]
Minutes = Annotated[int | None, typer.Option(min=0, help="How long it takes.")]


def register(_app: typer.Typer) -> None:
    """The group of the activities has the commands."""
    group.add_typer(types, name="types")


@types.command("list")
def list_types(
    ctx: typer.Context,
    archived: Annotated[bool, typer.Option("--all", help="Also those that were archived.")] = False,
    as_json: AsJson = False,
) -> None:
    """List the types: those that Refleqt brings along, then your own."""
    with session(ctx).at_business() as at:
        found = at.container.activity_types().list(at.id, archived=archived)
    if as_json:
        print_json(found)
        return
    from .tables import hint, row, table

    made = table("type", "*good for", ">minutes", "?whose")
    for each in found:
        whose = "archived" if each.archived_at else "your own" if each.is_own else ""
        row(made, each.slug, each.purpose, each.minutes or "", whose, style="dim" if each.archived_at else None)
    print_page(made, hint("How one is led: refleqt activities types show NAME"))


@types.command("show")
def show_type(ctx: typer.Context, name: Name, as_json: AsJson = False) -> None:
    """Show a type with the guide of whoever leads it."""
    with session(ctx).at_business() as at:
        found = at.container.activity_types().get(at.id, name)
    _told(found, as_json)


@types.command("add")
def add_type(
    ctx: typer.Context,
    name: Name,
    purpose: Purpose = None,
    step: Step = None,
    minutes: Minutes = None,
    as_json: AsJson = False,
) -> None:
    """Make a type of your own."""
    with session(ctx).at_business() as at:
        service = at.container.activity_types()
        made = service.add(at.id, name, purpose=purpose or "", guide=tuple(step or ()), minutes=minutes)
    _told(made, as_json)


@types.command("edit")
def edit_type(
    ctx: typer.Context,
    name: Name,
    new_name: Annotated[str | None, typer.Option("--name", help="What it is called from now on.")] = None,
    purpose: Purpose = None,
    step: Step = None,
    minutes: Minutes = None,
    as_json: AsJson = False,
) -> None:
    """Change a type of your own; one that was archived is offered again. Steps that are given replace all."""
    given = {"name": new_name, "purpose": purpose, "guide": step, "minutes": minutes}
    changes: dict[str, Any] = {field: value for field, value in given.items() if value is not None}
    with session(ctx).at_business() as at:
        changed = at.container.activity_types().edit(at.id, name, changes)
    _told(changed, as_json)


@types.command("archive")
def archive_type(ctx: typer.Context, name: Name, as_json: AsJson = False) -> None:
    """Offer a type of your own no longer; its activities stay."""
    from .tables import hint

    with session(ctx).at_business() as at:
        found = at.container.activity_types().archive(at.id, name)
    print_json(found) if as_json else print_page(hint(f"'{found.name}' is offered no longer."))


def say_if_archived(exercise: "Exercise") -> None:
    """Whoever names a type that is offered no longer hears of it; what took place is on record all the same."""
    if exercise.archived_at is not None:
        again = f"refleqt activities types edit {exercise.slug}"
        say(f"The type '{exercise.name}' is archived. So that it is offered again: {again}")


def _told(exercise: "Exercise", as_json: bool) -> None:
    if as_json:
        print_json(exercise)
        return
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    from .tables import facts, headed, hint, panel
    from .words import counted, spoken

    whose = "your own" + (", archived" if exercise.archived_at else "") if exercise.is_own else None
    about = facts(
        [
            ("good for", exercise.purpose),
            ("takes", exercise.minutes and counted(exercise.minutes, "minute")),
            ("feeds", ", ".join(spoken(kind) for kind in exercise.feeds)),
            ("name", exercise.slug),
            ("whose", whose),
        ]
    )
    steps = Table.grid(padding=(0, 1, 0, 0))
    steps.add_column(style="dim", justify="right")
    steps.add_column(overflow="fold")
    for number, step in enumerate(exercise.guide, 1):
        steps.add_row(f"{number}.", Text(step))
    guide = headed("How it is led", steps) if exercise.guide else hint("\nIt has no guide yet: types edit --step …")
    print_page(panel(Group(about, guide), exercise.name))
