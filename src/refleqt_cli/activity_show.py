"""``refleqt activities show``: an activity with its notes, who said what and when, and what was found in it."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .activities import ActivityId, group, the_activity
from .output import AsJson, print_json, print_page
from .session import session

if TYPE_CHECKING:
    from rich.console import RenderableType

    from refleqt_core.context.activity_pages import ActivityPage
    from refleqt_core.intake.transcripts import Turn


MOST_TURNS = 40


def register(_app: typer.Typer) -> None:
    """The group of the activities has the commands."""
    group.command("show")(show)
    group.command("file")(save_file)


def show(
    ctx: typer.Context,
    id: ActivityId,
    whole: Annotated[bool, typer.Option("--whole", help="The whole transcript, however long.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show an activity: notes, transcript with speakers and times, findings with their quotes, problems."""
    with session(ctx).at_business() as at:
        page = at.container.activity_pages().get(at.id, the_activity(at, id).id)
        zone = at.business.time_zone
    print_json(page) if as_json else print_page(*_parts(page, zone, whole=whole))


def save_file(
    ctx: typer.Context,
    id: ActivityId,
    name: Annotated[str, typer.Argument(metavar="NAME", help="The file's name, or its id or a part of that.")],
    to: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Where to; else under its name in this folder.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite a file that is there.")] = False,
    as_json: AsJson = False,
) -> None:
    """Write a file of an activity to this machine."""
    import shutil

    from refleqt_core.errors import Conflict

    from .ids import the_one
    from .tables import hint

    with session(ctx).at_business() as at:
        pages = at.container.activity_pages()
        files = [each.artifact for each in pages.get(at.id, the_activity(at, id).id).files]
        found = the_one(files, name, "file of this activity", name_of=lambda each: each.file_name)
        target = to or Path(Path(found.file_name).name)
        if target.exists() and not force:
            raise Conflict(f"{target} is there already; name another with --to, or overwrite it with --force")
        _, data = pages.open(at.id, found.id)
        with data, target.open("wb") as file:
            shutil.copyfileobj(data, file)
    print_json({"artifact": found, "file": target}) if as_json else print_page(
        hint(f"{found.file_name} is in {target}")
    )


def clock(second: float | None) -> str:
    """A second of a recording as ``m:ss`` or ``h:mm:ss``; nothing for what was written."""
    if second is None:
        return ""
    minutes, seconds = divmod(int(second), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{seconds:02d}" if hours else f"{minutes}:{seconds:02d}"


def _parts(page: "ActivityPage", zone: str, *, whole: bool) -> "list[RenderableType]":
    from rich.text import Text

    from .quoted_findings import quoted, stored_findings
    from .tables import bullets, headed, hint, panel

    said = [turn for turn in page.turns if turn.artifact_id is not None]
    parts: list[RenderableType] = [panel(_about(page, zone), page.title)]
    if page.activity.notes:
        parts.append(headed("Notes", Text(page.activity.notes)))
    if said:
        parts.append(headed("What was said", _transcript(said if whole else said[:MOST_TURNS])))
        if len(said) > MOST_TURNS and not whole:
            parts.append(hint(f"… {len(said) - MOST_TURNS} more turns; see all with --whole"))
    if page.findings:
        parts.append(headed("What was found", quoted(stored_findings(page.findings, with_source=False))))
    if page.problems:
        parts.append(headed("Problems", bullets(page.problems)))
    return parts


def _about(page: "ActivityPage", zone: str) -> "RenderableType":
    from .tables import facts
    from .words import counted, moment

    people = ", ".join(f"{each.name} ({each.role})" if each.role else each.name for each in page.activity.participants)
    follows = page.recommendation and f"a recommendation of {moment(page.recommendation.recommended_at, zone)}"
    minutes = page.activity.duration_minutes
    return facts(
        [
            ("type", page.exercise.name),
            ("held", moment(page.activity.held_at, zone)),
            ("took", None if minutes is None else counted(round(minutes), "minute")),
            ("people", people),
            ("files", ", ".join(f"{each.artifact.file_name} ({each.state})" for each in page.files)),
            ("context", taught(page)),
            ("follows", follows),
            ("id", f"{page.activity.external_id} · {page.activity.id}"),
        ]
    )


def taught(page: "ActivityPage") -> str:
    """How much the activity taught; while recordings wait to be heard nobody can be sure of that."""
    from .words import counted

    waits = sum(file.state == "waiting" for file in page.files)
    waiting = f"{counted(waits, 'recording waits', 'recordings wait')} to be heard: refleqt worker"
    if page.quality is None:
        return waiting if waits else "not read yet: refleqt worker"
    if waits:
        return f"{page.quality.score:.2f} so far; {waiting} ({page.quality.reason})"
    return f"{page.quality.score:.2f}, confidence {page.quality.confidence}: {page.quality.reason}"


def _transcript(turns: "Sequence[Turn]") -> "RenderableType":
    from rich.table import Table
    from rich.text import Text

    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(style="dim", justify="right", no_wrap=True)
    grid.add_column(style="bold", max_width=24)
    grid.add_column(overflow="fold")
    for turn in turns:
        grid.add_row(clock(turn.second), Text(turn.speaker or ""), Text(turn.text))
    return grid
