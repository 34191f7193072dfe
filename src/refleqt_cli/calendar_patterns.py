"""``refleqt calendar patterns``: the nine signals of how a business plans, and what each rests on."""

from typing import TYPE_CHECKING, Annotated

import typer

from .calendar import group
from .output import AsJson, print_json, print_page
from .session import At, session

if TYPE_CHECKING:
    from datetime import date

    from refleqt_core.context.records import AnalyticsSnapshot

SIGNALS = (
    "velocity, field_completion, campaign_clustering, funnel_balance, channel_concentration, review_behaviour, "
    "status_flow, keyword_overlap, time_to_publish"
)


def register(_app: typer.Typer) -> None:
    """The calendar's group has the command."""
    group.command("patterns")(patterns)


def patterns(
    ctx: typer.Context,
    day: Annotated[
        str | None, typer.Option(metavar="DATE", help="As of the end of that day; else the last one that is known.")
    ] = None,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Analyse anew, instead of showing what the night found.")
    ] = False,
    why: Annotated[
        str | None, typer.Option(metavar="SIGNAL", help=f"Every entry that a signal rests on; one of: {SIGNALS}.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show what the calendar says of how you plan: nine signals, found anew every night."""
    with session(ctx).at_business() as at:
        asked = _day(day) if day else None
        if why is not None:
            _explain(at, why.replace("-", "_"), asked, as_json)
        else:
            _show(at, _snapshot(at, asked, fresh=fresh), as_json)


def _snapshot(at: At, day: "date | None", *, fresh: bool) -> "AnalyticsSnapshot":
    """What is on record of that day, or else found now."""
    from refleqt_core.errors import NotFound

    service = at.container.patterns()
    try:
        return service.analyze(at.id, day) if fresh else service.read(at.id, day)
    except NotFound:
        return service.analyze(at.id, day)


def _show(at: At, snapshot: "AnalyticsSnapshot", as_json: bool) -> None:
    from refleqt_core.intake.calendar_patterns.document import patterns_of

    from .calendar_patterns_page import patterns_page

    if as_json:
        print_json({"computed_at": snapshot.computed_at, **snapshot.patterns})
        return
    history = at.container.patterns().history(at.id)
    earlier = [reading for reading in history if reading.day < snapshot.day]
    print_page(*patterns_page(patterns_of(snapshot.patterns), snapshot.computed_at, at.business, earlier))


def _explain(at: At, signal: str, day: "date | None", as_json: bool) -> None:
    from .calendar_patterns_page import evidence_page

    found = at.container.patterns().explain(at.id, signal, day)
    if as_json:
        print_json(found)
    else:
        print_page(*evidence_page(found))


def _day(text: str) -> "date":
    from datetime import date

    from refleqt_core.errors import InvalidInput

    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InvalidInput(f"--day: '{text}' is not a day; write it like 2026-03-31") from None
