"""``refleqt init``: a business is taken in from its onboarding."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .groups import GIVE
from .output import AsJson, print_json, print_page
from .session import session

if TYPE_CHECKING:
    from rich.console import RenderableType

    from refleqt_core.profile import Profile


def register(app: typer.Typer) -> None:
    """The app has the command."""
    app.command("init", rich_help_panel=GIVE)(init)


def init(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The ten groups, as YAML.")],
    team: Annotated[Path | None, typer.Option(metavar="FILE", help="The people of the business, as YAML.")] = None,
    as_json: AsJson = False,
) -> None:
    """Take a business in from its onboarding.

    Answered again, what has changed replaces what was said before, which stays readable with profile --as-of.
    """
    from refleqt_adapters.incoming_files import Source, check, onboarding_form
    from refleqt_core.values import BusinessId

    check([Source(file, "onboarding"), *([Source(team, "team")] if team else [])])
    form = onboarding_form(file)
    with session(ctx).open() as container:
        known = {business.slug: business for business in container.profile().businesses()}
        before = known.get(form.slug)
        business = container.onboarding().complete(form, business_id=BusinessId(before.id) if before else None)
        id = BusinessId(business.id)
        people = container.importer().import_file(id, team, kind="team") if team else None
        understood = container.profile().read(id)
        waiting = len(container.queue().jobs(status="waiting", business_id=id, limit=10_000))
    if as_json:
        print_json({"known": before is not None, "team": people, "jobs_waiting": waiting, "profile": understood})
        return
    print_page(*_page(understood, known=before is not None, people=people.read if people else 0))
    print_page(_next(waiting))


def _page(understood: "Profile", *, known: bool, people: int) -> list["RenderableType"]:
    from .profile import foundation_panel, gaps_table
    from .tables import headed, hint
    from .words import counted

    business = understood.business
    said = "is up to date" if known else "is taken in"
    answered = sum(bool(answer.answer.strip()) for answer in understood.answers)
    answers = f"{answered} of {counted(len(understood.answers), 'question')} answered"
    team = f", {counted(people, 'person', 'people')} of the team" if people else ""
    parts: list[RenderableType] = [foundation_panel(understood), hint(f"{business.name} {said}: {answers}{team}.")]
    if understood.gaps:
        parts.append(headed("To ask again", gaps_table(understood)))
    return parts


def _next(waiting: int) -> "RenderableType":
    from .tables import hint
    from .words import counted

    jobs = f"{counted(waiting, 'job')} will read the answers" if waiting else "nothing is left to read"
    return hint(f"\n{jobs}: refleqt worker --until-empty. Then bring in files: refleqt import FILE …")
