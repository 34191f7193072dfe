"""The command ``refleqt``: its global options and its commands.

Only typer is imported here. What a command needs is imported when the command runs.
"""

import sys
from pathlib import Path
from typing import Annotated

import typer

from . import (
    activities,
    activity_show,
    activity_signals,
    activity_types,
    assets,
    attribution,
    beliefs,
    briefs,
    calendar,
    calendar_campaigns,
    calendar_comments,
    calendar_export,
    calendar_import,
    calendar_imports,
    calendar_list,
    calendar_month,
    calendar_patterns,
    calendar_show,
    calendar_templates,
    calendar_write,
    creators,
    database,
    demo,
    doctor,
    findings,
    imports,
    jobs,
    llm,
    maps,
    onboard,
    onboarding,
    profile,
    search,
    serve,
    suggestions,
    tokens,
    transcribe,
    utm,
    vent,
    vent_signals,
    vent_themes,
    vents,
    worker,
)
from .groups import RUN, Root
from .session import Session

app = typer.Typer(
    cls=Root,
    name="refleqt",
    help="The closed loop of marketing: context in, recommendations out, results back into what is believed.",
    epilog="Global options may stand anywhere. Ids may be cut to a beginning or an end that no other has. "
    "Begin with: refleqt onboard",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["--help", "-h"]},
)


def _version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        typer.echo(f"refleqt {version('refleqt')}")
        raise typer.Exit


@app.callback()
def _global_options(
    ctx: typer.Context,
    business: Annotated[
        str | None,
        typer.Option(metavar="SLUG", envvar="REFLEQT_BUSINESS", help="The business; needed when there are several."),
    ] = None,
    home: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Where the data of this machine lies (REFLEQT_HOME).")
    ] = None,
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of a fault.")] = False,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    ctx.obj = Session(home=home, slug=business, debug=debug)


for group in (
    onboarding,
    onboard,
    assets,
    imports,
    activities,
    activity_show,
    activity_signals,
    activity_types,
    calendar,
    calendar_export,
    calendar_campaigns,
    calendar_comments,
    calendar_import,
    calendar_imports,
    calendar_list,
    calendar_month,
    calendar_patterns,
    calendar_show,
    calendar_templates,
    calendar_write,
    utm,
    vent,
    vents,
    vent_themes,
    vent_signals,
    profile,
    search,
    findings,
    transcribe,
    beliefs,
    suggestions,
    maps,
    briefs,
    creators,
    attribution,
    worker,
    jobs,
    doctor,
    llm,
    database,
    tokens,
    serve,
):
    group.register(app)
app.command("demo", rich_help_panel=RUN)(demo.demo)


def run() -> None:
    """The entry point. What the terminal cannot show is replaced, never a reason to fail."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    app()
