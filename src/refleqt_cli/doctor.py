"""``refleqt doctor``: every configured part is tried, and each fault comes with what to do about it."""

import typer

from .groups import RUN
from .output import AsJson, print_json, print_page
from .session import session


def register(app: typer.Typer) -> None:
    """The app has the command."""
    app.command("doctor", rich_help_panel=RUN)(doctor)


def doctor(ctx: typer.Context, as_json: AsJson = False) -> None:
    """Try every part of the system, and say what to do about each fault.

    The exit code is 1 when a part does not work.
    """
    from .checkup import examined

    findings = examined(session(ctx))
    healthy = all(finding.works is not False for finding in findings)
    if as_json:
        print_json({"healthy": healthy, "parts": findings})
    else:
        from rich.console import Group
        from rich.text import Text

        from .marks import tick
        from .tables import hint, row, table
        from .words import counted

        made = table("", "part", "*what was found")
        for finding in findings:
            found = Group(Text(finding.found), *([Text(finding.remedy, style="green")] if finding.remedy else []))
            row(made, tick(finding.works), finding.part, found)
        ill = sum(finding.works is False for finding in findings)
        print_page(
            made, hint("All of it works." if healthy else f"{counted(ill, 'part needs', 'parts need')} attention.")
        )
    if not healthy:
        raise typer.Exit(1)
