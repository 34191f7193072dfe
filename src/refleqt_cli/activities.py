"""``refleqt activities``: exercises of the team, with their recordings, notes, and what was found in them.

Its further commands stand in the files beside this one.
"""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .groups import GIVE, WithDefault
from .output import AsJson, print_json, print_page
from .session import At, session

if TYPE_CHECKING:
    from refleqt_core.context.activity_pages import ActivityPage
    from refleqt_core.intake.activities import Activity, Participant
    from refleqt_core.intake.drafts import UploadedFile

group = typer.Typer(cls=WithDefault, help="Exercises of the team: what was said, and what it taught.")

ActivityId = Annotated[
    str, typer.Argument(metavar="ID", help="The activity, by its own name, its id, or a part of that.")
]
Held = Annotated[str | None, typer.Option("--at", metavar="MOMENT", help="When it was held; now if not given.")]
Minutes = Annotated[float | None, typer.Option(min=0, help="How long it took.")]
With = Annotated[
    list[str] | None,
    typer.Option("--with", metavar="NAME:ROLE", help="Who took part; may be given several times, the role left out."),
]
Notes = Annotated[
    str | None, typer.Option(metavar="TEXT", help="The notes; - reads them from standard input, @FILE from a file.")
]
Title = Annotated[str | None, typer.Option(help="What it is called, beside its type.")]
NewType = Annotated[bool, typer.Option("--new-type", help="Make the type one of your own where it is unknown.")]


def register(app: typer.Typer) -> None:
    """The app has the group."""
    app.add_typer(group, name="activities", rich_help_panel=GIVE)


@group.command("list")
def list_activities(
    ctx: typer.Context,
    activity_type: Annotated[str | None, typer.Option("--type", metavar="TYPE", help="Only of that type.")] = None,
    since: Annotated[str | None, typer.Option("--from", metavar="DAY", help="Held on that day or later.")] = None,
    until: Annotated[str | None, typer.Option("--to", metavar="DAY", help="Held on that day or earlier.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many at most.")] = 30,
    as_json: AsJson = False,
) -> None:
    """List the activities, the newest first, and how much each taught."""
    from .words import read_moment

    with session(ctx).at_business() as at:
        zone = at.business.time_zone
        found = at.container.activity_pages().list(
            at.id,
            activity_type=activity_type,
            since=read_moment(since, "--from", zone) if since else None,
            until=read_moment(until, "--to", zone, end_of_day=True) if until else None,
            limit=limit,
        )
    if as_json:
        print_json([summary(page) for page in found])
        return
    from .tables import hint, row, table
    from .words import NONE, moment

    made = table("id", "held", "*activity", ">people", "?files", ">words", ">findings", "context")
    for page in found:
        files = ", ".join(file.state for file in page.files)
        sure = "so far" if any(file.state == "waiting" for file in page.files) else None
        taught = f"{page.quality.score:.2f} {sure or page.quality.confidence}" if page.quality else NONE
        people, findings = len(page.activity.participants), len(page.findings)
        row(
            made,
            short_of(page),
            moment(page.activity.held_at, zone),
            page.title,
            people,
            files,
            page.words,
            findings,
            taught,
        )
    print_page(made if found else hint("None is on record. Choose one: refleqt activities types"))


@group.command("record")
def record(
    ctx: typer.Context,
    activity_type: Annotated[
        str | None, typer.Argument(metavar="[TYPE]", help="Such as rant_round; asked for if not given.")
    ] = None,
    files: Annotated[
        list[Path] | None, typer.Argument(metavar="[FILE]…", help="Recordings, transcripts, notes, pictures.")
    ] = None,
    held_at: Held = None,
    minutes: Minutes = None,
    people: With = None,
    notes: Notes = None,
    title: Title = None,
    name: Annotated[
        str | None, typer.Option("--name", help="Your own name of it: recorded again under it, it is the same one.")
    ] = None,
    recommended: Annotated[
        str | None, typer.Option(metavar="ID", help="The recommendation that it follows; else an open one of its type.")
    ] = None,
    new_type: NewType = False,
    as_json: AsJson = False,
) -> None:
    """Record an activity with its files; they are heard and read by a worker. Without a type you are asked."""
    from refleqt_core.intake.drafts import ActivityDraft

    from .activity_types import say_if_archived
    from .words import read_moment

    with session(ctx).at_business() as at:
        zone = at.business.time_zone
        given: dict[str, Any] = {
            "activity_type": activity_type,
            "held_at": read_moment(held_at, "--at", zone) if held_at else None,
            "duration_minutes": minutes,
            "participants": participants(people or ()),
            "notes": notes_of(notes),
            "files": files or [],
        }
        if activity_type is None:
            from .activity_questions import asked

            given = asked(at, given)
        paths = given.pop("files")
        draft = ActivityDraft(
            **(given | {"held_at": given["held_at"] or at.container.clock().now()}),
            external_id=name or str(at.container.ids().new()),
            title=title or "",
            recommendation_id=_recommendation(at, recommended) if recommended else None,
        )
        with uploaded(paths) as uploads:
            recorded = at.container.activities().record(at.id, draft, uploads, new_type=new_type)
        page = at.container.activity_pages().get(at.id, recorded.id)
    say_if_archived(page.exercise)
    told(page, "Recorded", as_json)


@group.command("edit")
def edit(
    ctx: typer.Context,
    id: ActivityId,
    activity_type: Annotated[str | None, typer.Option("--type", metavar="TYPE", help="Of another type.")] = None,
    held_at: Annotated[str | None, typer.Option("--at", metavar="MOMENT", help="Held at another moment.")] = None,
    minutes: Minutes = None,
    people: With = None,
    notes: Notes = None,
    title: Title = None,
    files: Annotated[
        list[Path] | None, typer.Option("--file", metavar="FILE", help="A file more; may be given several times.")
    ] = None,
    new_type: NewType = False,
    as_json: AsJson = False,
) -> None:
    """Change an activity, or add files to it; participants are then those that are given, and no others."""
    from .activity_types import say_if_archived
    from .words import read_moment

    with session(ctx).at_business() as at:
        found = the_activity(at, id)
        given = {
            "activity_type": activity_type,
            "held_at": read_moment(held_at, "--at", at.business.time_zone) if held_at else None,
            "duration_minutes": minutes,
            "participants": participants(people) if people else None,
            "notes": notes_of(notes) if notes is not None else None,
            "title": title,
        }
        changes = {name: value for name, value in given.items() if value is not None}
        service = at.container.activities()
        with uploaded(files or []) as uploads:
            for upload in uploads:
                service.attach(at.id, found.id, upload)
        if changes:
            service.edit(at.id, found.id, changes, new_type=new_type)
        page = at.container.activity_pages().get(at.id, found.id)
    if activity_type is not None:
        say_if_archived(page.exercise)
    told(page, "Changed", as_json)


@group.command("delete")
def delete(
    ctx: typer.Context,
    id: ActivityId,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    as_json: AsJson = False,
) -> None:
    """Remove an activity with its files, transcripts, and all that was read in them; this cannot be taken back."""
    from .tables import hint

    with session(ctx).at_business() as at:
        page = at.container.activity_pages().get(at.id, the_activity(at, id).id)
        if not yes:
            told = f"{page.title} with {len(page.files)} files and {len(page.findings)} findings will be gone. Sure?"
            typer.confirm(told, abort=True, err=True)
        at.container.removal().remove_activity(at.id, page.activity.id)
    print_json({"removed": page.activity.id}) if as_json else print_page(
        hint(f"{page.title} is gone, and all it taught.")
    )


@group.command("hear")
def hear(
    ctx: typer.Context,
    id: ActivityId,
    as_json: AsJson = False,
) -> None:
    """Hear the recordings of an activity now, with the transcriber that is set, instead of by a worker.

    What another model heard before is replaced in all that is read of the activity.
    """
    from refleqt_core.intake.activity_files import is_recording

    from .transcribe import listening

    with session(ctx).at_business() as at:
        before = at.container.activity_pages().get(at.id, the_activity(at, id).id)
        for file in before.files:
            if is_recording(file.artifact.media_type):
                with listening(file.artifact.file_name) as progress:
                    at.container.activities().transcribe(at.id, file.artifact.id, progress=progress)
        page = at.container.activity_pages().get(at.id, before.activity.id)
    told(page, "Heard", as_json)


def the_activity(at: At, given: str) -> "Activity":
    """The activity of that name, or whose id begins or ends so. None: `NotFound`; several: `InvalidInput`."""
    from refleqt_core.intake.activities import Activity
    from refleqt_core.ports import where

    from .ids import the_one

    with at.container.store().business(at.id) as tx:
        for activity in tx.find(Activity, *where(external_id=given)):
            return activity
        activities = tx.find(Activity)
    return the_one(activities, given, "activity")


def participants(said: Sequence[str]) -> "tuple[Participant, ...]":
    """People as ``Name:role`` or ``Name``; all faults at once raise `InvalidInput`."""
    from refleqt_core.errors import Fault, InvalidInput
    from refleqt_core.intake.activities import Participant

    parted = [each.partition(":") for each in said]
    if any(not name.strip() for name, _, _ in parted):
        raise InvalidInput([Fault("--with", None, None, "there is no name", "Write it like 'Ada Lund:head of sales'.")])
    return tuple(Participant(name=name.strip(), role=role.strip()) for name, _, role in parted)


def notes_of(said: str | None) -> str:
    """The notes: the text itself, standard input for ``-``, a file's text for ``@FILE``."""
    from refleqt_core.errors import Fault, InvalidInput

    from .piped import piped_text

    if said is None:
        return ""
    if said == "-":
        return piped_text().strip()
    if not said.startswith("@"):
        return said
    try:
        return Path(said[1:]).read_text(encoding="utf-8-sig").strip()
    except (OSError, UnicodeDecodeError) as error:
        problem = f"it cannot be read: {getattr(error, 'strerror', None) or 'it is no UTF-8 text'}"
        raise InvalidInput([Fault(said[1:], None, None, problem, "Give the path of a text file.")]) from error


@contextmanager
def uploaded(paths: Sequence[Path]) -> "Iterator[list[UploadedFile]]":
    """The files, open; those that cannot be read raise `InvalidInput`, all of them at once."""
    from refleqt_core.errors import Fault, InvalidInput
    from refleqt_core.intake.drafts import UploadedFile

    faults, files = [], []
    with ExitStack() as stack:
        for path in paths:
            try:
                data = stack.enter_context(path.open("rb"))
            except OSError as error:
                problem = f"it cannot be read: {error.strerror}"
                faults.append(Fault(str(path), None, None, problem, "Give the path of a file."))
                continue
            files.append(UploadedFile(name=path.name, media_type="", data=data))
        if faults:
            raise InvalidInput(faults)
        yield files


def short_of(page: "ActivityPage") -> str:
    """How a person names the activity: by its own name where that is short, else by the end of its id."""
    from .ids import short

    name = page.activity.external_id
    return name if len(name) <= 20 else short(page.activity.id)


def summary(page: "ActivityPage") -> dict[str, Any]:
    """The activity as JSON without its transcripts and findings, which are counted."""
    return {
        "activity": page.activity,
        "title": page.title,
        "files": [
            {"artifact": each.artifact, "state": each.state, "transcripts": each.transcripts} for each in page.files
        ],
        "words": page.words,
        "findings": len(page.findings),
        "quality": page.quality,
        "problems": page.problems,
    }


def told(page: "ActivityPage", done: str, as_json: bool) -> None:
    """Says what was done with the activity, and what waits."""
    if as_json:
        print_json(summary(page))
        return
    from .tables import hint
    from .words import counted

    waits = sum(file.state == "waiting" for file in page.files)
    said = f"{done}: {page.title} ({short_of(page)}), {counted(len(page.files), 'file')}."
    if waits:
        said += f" {counted(waits, 'recording waits', 'recordings wait')} to be heard: refleqt worker"
    lines = [hint(said), *(hint(f"! {problem}") for problem in page.problems)]
    print_page(*lines)


def _recommendation(at: At, given: str) -> Any:
    from refleqt_core.outputs.records import RecommendationOutcome
    from refleqt_core.ports import where

    from .ids import the_one

    with at.container.store().business(at.id) as tx:
        found = tx.find(RecommendationOutcome, *where(recommendation_type="activity"))
    return the_one(found, given, "recommendation of an activity").id
