"""``refleqt search``: everything that was said or written, by meaning and by words."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from .groups import GET
from .output import AsJson, print_json, print_page
from .session import session

if TYPE_CHECKING:
    from refleqt_core.context.service import SearchResult

    from .tables import Rows

LONGEST = 300


def register(app: typer.Typer) -> None:
    """The app has the command."""
    app.command("search", rich_help_panel=GET)(search)


def search(
    ctx: typer.Context,
    query: Annotated[list[str], typer.Argument(metavar="QUERY", help="What to look for, in your own words.")],
    limit: Annotated[int, typer.Option(min=1, max=100, help="How many passages at most.")] = 10,
    kind: Annotated[
        list[str] | None,
        typer.Option(metavar="TYPE", help="Only onboarding, activity, vent or calendar; may be given several times."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Search all texts by meaning and by words."""
    with session(ctx).at_business() as at:
        context = at.container.context()
        results = context.search(at.id, " ".join(query), limit=limit, source_types=tuple(kind or ()))
        zone = at.business.time_zone
    if as_json:
        print_json(results)
        return
    from .tables import hint

    if results:
        print_page(_table(results, zone))
    else:
        print_page(hint("Nothing is found. New texts can be found once a worker has read them: refleqt worker"))


def _table(results: "Sequence[SearchResult]", zone: str) -> "Rows":
    from .tables import row, table
    from .words import cut, day

    made = table(">score", "from", "day", "*passage")
    for each in results:
        row(made, f"{each.score:.2f}", each.source_type, day(each.created_at, zone), cut(each.text, LONGEST))
    return made
