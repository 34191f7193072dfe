"""``refleqt beliefs``: what is believed to work, how firmly, and on what evidence."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from .groups import GET, WithDefault
from .output import AsJson, print_json, print_page
from .session import At, session

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from rich.console import RenderableType

    from refleqt_core.cdt.records import Belief, BeliefEvidence
    from refleqt_core.intake.calendar import CalendarEntry

    from .tables import Rows

group = typer.Typer(cls=WithDefault, help="What is believed to work, how firmly, and why.")
SHOWN = 10
CATEGORIES = ("audience", "messaging", "channel", "timing", "competitive")


def register(app: typer.Typer) -> None:
    """The app has the group."""
    app.add_typer(group, name="beliefs", rich_help_panel=GET)


@group.command("list")
def list_beliefs(
    ctx: typer.Context,
    category: Annotated[str | None, typer.Option(help=f"Only one of: {', '.join(CATEGORIES)}.")] = None,
    every: Annotated[bool, typer.Option("--all", help="All of each category, where the table shows ten.")] = False,
    as_json: AsJson = False,
) -> None:
    """List beliefs by category: success rate with its 80 % interval, confidence, evidence, status."""
    with session(ctx).at_business() as at:
        found = at.container.beliefs().beliefs(at.id, category=category)
    if as_json:
        print_json(found)
    else:
        print_page(*_page(found, None if every or category else SHOWN))


@group.command("explain")
def explain(
    ctx: typer.Context,
    id: Annotated[str, typer.Argument(metavar="ID", help="The belief's id, or a part of it.")],
    as_json: AsJson = False,
) -> None:
    """Show the outcomes under a belief, each with its artifact and day."""
    from .ids import the_one

    with session(ctx).at_business() as at:
        service = at.container.beliefs()
        belief = the_one(service.beliefs(at.id), id, "belief")
        evidence = service.evidence(at.id, belief)
        entries = _entries(at, evidence)
    if as_json:
        told = [{"outcome": row, "title": _title(entries, row)} for row in evidence]
        print_json({"belief": belief, "evidence": told})
        return
    print_page(_belief_panel(belief), _evidence_table(evidence, entries, at.business.time_zone))


@group.command("update")
def update(ctx: typer.Context, as_json: AsJson = False) -> None:
    """Learn from the outcomes that are known by now: score forecasts, close recommendations, update beliefs."""
    with session(ctx).at_business() as at:
        observed = at.container.beliefs().observe(at.id)
        scored = at.container.forecasts().score_due(at.id)
        closed = at.container.recommendations().outcomes(at.id)
        believed = at.container.beliefs().update(at.id)
        calibration = at.container.forecasts().calibration(at.id)
    if as_json:
        print_json(
            {
                "observed": observed,
                "forecasts_scored": scored,
                "recommendations_closed": closed,
                "beliefs": believed,
                "calibration": calibration,
            }
        )
        return
    from .tables import facts
    from .words import counted, number

    known = calibration.brier is not None
    quality = f"Brier score {number(calibration.brier, 3)} over {calibration.scored}" if known else "none scored yet"
    pairs = [
        ("new outcomes", counted(observed, "artifact")),
        ("forecasts", f"{len(scored)} scored now, {calibration.open} open; {quality}"),
        ("recommendations", f"{len(closed)} closed"),
        ("beliefs", f"{len(believed)} held; see them with: refleqt beliefs"),
    ]
    print_page(facts(pairs))


def belief_rows(beliefs: "Sequence[Belief]") -> "Rows":
    """The beliefs as a table, in the order given."""
    from .ids import short
    from .marks import interval_bar
    from .tables import row, table
    from .words import percent, spoken

    made = table("id", "*belief", ">rate", "80 % interval", ">better", ">seen", "?status")
    for each in beliefs:
        bar = interval_bar(each.mean, each.low, each.high, each.baseline)
        told = percent(each.mean), bar, percent(each.confidence), each.evidence_count, spoken(each.status)
        row(made, short(each.id), each.belief_text, *told)
    return made


def _page(beliefs: "Sequence[Belief]", most: int | None) -> "list[RenderableType]":
    from .tables import headed, hint
    from .words import percent

    if not beliefs:
        return [hint("Nothing is believed yet. Import the calendar and its results, then: refleqt beliefs update")]
    usual = beliefs[0].baseline
    by_category = {name: [each for each in beliefs if each.belief_category == name] for name in CATEGORIES}
    parts: list[RenderableType] = [
        headed(_heading(name, len(rows), most), belief_rows(rows[:most])) for name, rows in by_category.items() if rows
    ]
    legend = f"rate: chance to reach the target; │ the business's usual {percent(usual)}; better: P(rate above it)"
    return [*parts, hint(f"{legend}. Why: refleqt beliefs explain ID")]


def _heading(category: str, count: int, most: int | None) -> str:
    shown = f", the {most} surest of {count}; all of them with --all" if most and count > most else ""
    return f"{category.capitalize()}{shown}"


def _entries(at: At, evidence: "Sequence[BeliefEvidence]") -> "Mapping[UUID, CalendarEntry]":
    from refleqt_core.intake.calendar import CalendarEntry
    from refleqt_core.ports import where

    ids = sorted({row.source_id for row in evidence if row.source_type == "calendar"})
    with at.container.store().business(at.id) as tx:
        return {entry.id: entry for entry in (tx.find(CalendarEntry, *where(id__in=ids)) if ids else [])}


def _title(entries: "Mapping[UUID, CalendarEntry]", row: "BeliefEvidence") -> str:
    entry = entries.get(row.source_id)
    return entry.title if entry else f"{row.source_type} {row.source_id}"


def _belief_panel(belief: "Belief") -> "RenderableType":
    from refleqt_core.cdt.belief_text import belief_reason

    from .ids import short
    from .marks import interval_bar
    from .tables import facts, panel
    from .words import day, number, percent, spoken

    reason = belief_reason(
        belief.metric,
        rate=belief.mean,
        baseline=belief.baseline,
        low=belief.low,
        high=belief.high,
        evidence_count=belief.evidence_count,
    )
    pairs: list[tuple[str, object]] = [
        ("rate", interval_bar(belief.mean, belief.low, belief.high, belief.baseline, width=40)),
        ("", reason),
        ("confidence", f"{percent(belief.confidence)} that it is above the usual"),
        ("evidence", f"{number(belief.evidence_for, 1)} for, {number(belief.evidence_against, 1)} against"),
        ("status", f"{spoken(belief.status)}, since {day(belief.first_observed)}"),
        ("reinforcement", percent(belief.reinforcement) if belief.reinforcement is not None else None),
    ]
    return panel(facts(pairs), belief.belief_text, short(belief.id))


def _evidence_table(
    evidence: "Sequence[BeliefEvidence]", entries: "Mapping[UUID, CalendarEntry]", zone: str
) -> "RenderableType":
    from .marks import tick
    from .tables import row, table
    from .words import day, spoken

    made = table("known on", "", "*artifact", "channel", "angle", "published")
    for each in evidence:
        entry = entries.get(each.source_id)
        where_and_how = (spoken(entry.channel), spoken(entry.angle), day(entry.publish_at, zone)) if entry else ()
        reached = tick(each.outcome >= 0.5)
        row(made, day(each.observed_at, zone), reached, _title(entries, each), *where_and_how)
    return made
