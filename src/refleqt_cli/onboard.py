"""``refleqt onboard``: the business tells of itself, in a conversation or in a file, whole or group by group."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .groups import GIVE, WithDefault
from .output import AsJson, print_json, print_page
from .session import session

if TYPE_CHECKING:
    from refleqt_adapters.container import Container
    from refleqt_core.intake.business import Business
    from refleqt_core.intake.group_drafts import GroupDraft
    from refleqt_core.intake.onboarding_state import OnboardingState
    from refleqt_core.values import BusinessId


class WithQuestions(WithDefault):
    """A group whose default asks."""

    default = "answer"


group = typer.Typer(cls=WithQuestions, help="Tell what the business is, in ten groups; stop and go on at any time.")


def register(app: typer.Typer) -> None:
    """The app has the group."""
    app.add_typer(group, name="onboard", rich_help_panel=GIVE)


@group.command("answer")
def answer(
    ctx: typer.Context,
    only: Annotated[
        str | None, typer.Option("--group", metavar="NAME", help="Ask for that group alone, answered before or not.")
    ] = None,
    file: Annotated[
        Path | None, typer.Option("--from", metavar="FILE", help="Take the answers from a YAML or JSON file.")
    ] = None,
    template: Annotated[
        bool, typer.Option("--template", help="Print a form to fill in; with --json, as JSON.")
    ] = False,
    status: Annotated[bool, typer.Option("--status", help="Show how far it has come.")] = False,
    new: Annotated[bool, typer.Option("--new", help="Begin with another business.")] = False,
    as_json: AsJson = False,
) -> None:
    """Answer the questions of the onboarding; each group is saved when it is answered.

    Started again, it goes on with the first group that nobody was asked. Enter skips a question or keeps its answer,
    ? explains it, < goes back, - empties it.
    """
    if template:
        _print_form([], as_json=as_json)
    elif status:
        show_status(ctx, as_json=as_json)
    elif file:
        _read_in(ctx, file, new=new, as_json=as_json)
    else:
        _converse(ctx, only, new=new, as_json=as_json)


@group.command("status")
def show_status(
    ctx: typer.Context,
    as_of: Annotated[str | None, typer.Option(metavar="DATE", help="As it was at the end of that day.")] = None,
    as_json: AsJson = False,
) -> None:
    """Show what is answered, skipped, vague and open."""
    from .onboard_pages import status_page
    from .words import read_moment

    with session(ctx).at_business() as at:
        moment = as_of and read_moment(as_of, "--as-of", at.business.time_zone, end_of_day=True)
        state = at.container.onboarding().state(at.id, as_of=moment or None)
        vocabulary = at.container.onboarding().vocabulary(at.id)
    if as_json:
        print_json({**_document(state), "vocabulary": vocabulary})
    else:
        print_page(*status_page(state, vocabulary))


@group.command("export")
def export(ctx: typer.Context, as_json: AsJson = False) -> None:
    """Print what was answered as a form, which can be changed and read in again with --from."""
    from refleqt_core.intake.drafts import Answer
    from refleqt_core.intake.group_drafts import GroupDraft

    with session(ctx).at_business() as at:
        state = at.container.onboarding().state(at.id)
    drafts = []
    for each in state.groups:
        answers = (Answer(question=asked.question, answer=asked.answer) for asked in each.questions if asked.response)
        drafts.append(GroupDraft(group=each.name, fields=each.fields, answers=tuple(answers)))
    _print_form(drafts, as_json=as_json)


def _print_form(said: Any, *, as_json: bool) -> None:
    from refleqt_adapters.onboarding_forms import json_template, yaml_template

    typer.echo((json_template if as_json else yaml_template)(said), nl=False)


def _read_in(ctx: typer.Context, file: Path, *, new: bool, as_json: bool) -> None:
    """The groups that the file has are answered; a business that it names and that is not there is taken in."""
    from refleqt_adapters.onboarding_forms import read_groups
    from refleqt_core.values import BusinessId

    drafts = read_groups(file)
    with session(ctx).open() as container:
        business = None if new else _told_by(ctx, file, drafts, container)
        onboarding = container.onboarding()
        if business is None:
            business = onboarding.take_in(drafts)
        else:
            onboarding.revise_groups(BusinessId(business.id), drafts)
        _finish(container, BusinessId(business.id), as_json=as_json)


def _told_by(
    ctx: typer.Context, file: Path, drafts: "Sequence[GroupDraft]", container: "Container"
) -> "Business | None":
    """The business that the file names, or else the one that is meant; None where it is not there yet."""
    from refleqt_core.errors import Fault, InvalidInput
    from refleqt_core.intake.group_drafts import slug_of

    identity = next((draft.fields for draft in drafts if draft.group == "identity"), None)
    if identity is None:
        return _meant(ctx, container)
    slug, meant = identity.get("slug") or slug_of(identity["name"]), session(ctx).slug
    if meant not in (None, slug):
        problem = f"it is the onboarding of '{slug}', and the business is '{meant}'"
        raise InvalidInput([Fault(str(file), None, "identity", problem, "Leave --business out, or give another file.")])
    return next((each for each in container.profile().businesses() if each.slug == slug), None)


def _meant(ctx: typer.Context, container: "Container") -> "Business | None":
    """The business that is meant; None where there is none at all."""
    slug = session(ctx).slug
    if slug is None and not container.profile().businesses():
        return None
    return container.profile().by_slug(slug)


def _converse(ctx: typer.Context, only: str | None, *, new: bool, as_json: bool) -> None:
    from refleqt_core.values import BusinessId

    from .dialogue import Dialogue, Stopped
    from .interview import Interview

    with session(ctx).open() as container:
        business = None if new else _meant(ctx, container)
        dialogue = Dialogue(aside=as_json)
        interview = Interview(container.onboarding(), dialogue, BusinessId(business.id) if business else None)
        try:
            if only and business is None:
                dialogue.say("There is no business yet, so this begins with its name.")
            interview.run(only if business else None)
        except Stopped as stop:
            lost = f" What was typed of “{stop.args[0]}” is not kept." if stop.args[0] else ""
            saved = f"{interview.state.done} of 10 groups are saved."
            dialogue.say(f"[yellow]Stopped.[/] {saved}{lost} Go on with: refleqt onboard")
            raise typer.Exit(1 if lost else 0) from None
        assert interview.business_id is not None
        _finish(container, interview.business_id, as_json=as_json)


def _finish(container: "Container", id: "BusinessId", *, as_json: bool) -> None:
    """Shows how far it has come, and what is to be done next."""
    from .onboard_pages import status_page
    from .tables import hint
    from .words import counted

    state, vocabulary = container.onboarding().state(id), container.onboarding().vocabulary(id)
    waiting = len(container.queue().jobs(status="waiting", business_id=id, limit=10_000))
    if as_json:
        print_json({**_document(state), "jobs_waiting": waiting})
        return
    print_page(*status_page(state, vocabulary))
    if waiting:
        print_page(hint(f"{counted(waiting, 'job')} will read the answers: refleqt worker --until-empty"))


def _document(state: "OnboardingState") -> dict[str, Any]:
    from refleqt_core.intake.group_drafts import plain

    return {
        "business": state.of("identity").fields["slug"],
        "done": state.done,
        "next": state.next.name if state.next else None,
        "groups": [
            {
                "name": each.name,
                "standing": each.standing,
                "fields": {field.name: plain(field, each.fields[field.name]) for field in each.group.fields},
                "questions": [
                    {name: getattr(asked, name) for name in ("question", "answer", "standing", "signals")}
                    for asked in each.questions
                ],
            }
            for each in state.groups
        ],
    }
