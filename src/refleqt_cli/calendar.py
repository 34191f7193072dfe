"""``refleqt calendar``: what is planned and what went out. Its commands stand in the files beside this one."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .groups import GIVE, WithDefault
from .session import At

if TYPE_CHECKING:
    from refleqt_core.intake.calendar import CalendarEntry

PANELS: Mapping[str, tuple[str, ...]] = {
    "See": ("list", "month", "show", "history", "comments", "patterns", "fields"),
    "Plan": ("add", "edit", "move", "undo", "redo", "remove", "comment"),
    "Plan many": ("templates", "repeat", "series", "campaigns"),
    "Bring in and give out": ("import", "imports", "undo-import", "export", "feed"),
}
"""The commands in the order in which the help shows them; any other stands last."""


class CalendarGroup(WithDefault):
    """The calendar's commands in their panels, whichever file declares them."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = {name: panel for panel, names in PANELS.items() for name in names}
        order = [*(name for name in places if name in self.commands), *(n for n in self.commands if n not in places)]
        self.commands = {name: self.commands[name] for name in order}
        for name, command in self.commands.items():
            command.rich_help_panel = places.get(name, "More")  # type: ignore[attr-defined]  # every typer command's


group = typer.Typer(cls=CalendarGroup, help="What is planned and what went out.")

EntryId = Annotated[
    str, typer.Argument(metavar="ID", help="The entry, by its name in your files, its id, or a part of that.")
]
By = Annotated[str | None, typer.Option("--by", metavar="NAME", help="Who does it, for the record.")]


def register(app: typer.Typer) -> None:
    """The app has the group."""
    app.add_typer(group, name="calendar", rich_help_panel=GIVE)


def the_entry(at: At, given: str) -> "CalendarEntry":
    """The entry of that name, or whose id begins or ends so. None: `NotFound`; several: `InvalidInput`."""
    from refleqt_core.intake.calendar import CalendarEntry
    from refleqt_core.ports import where

    from .ids import the_one

    with at.container.store().business(at.id) as tx:
        for entry in tx.find(CalendarEntry, *where(external_id=given)):
            return entry
        entries = tx.find(CalendarEntry)
    return the_one(entries, given, "calendar entry")
