"""``refleqt maps``: whole initiatives, with what they cost and what they are predicted to bring."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from .groups import GET, WithDefault
from .output import AsJson, print_json, print_page
from .session import At, session

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import RenderableType

    from refleqt_core.outputs.records import ExecutionMap, MapArtifact

    from .tables import Rows

group = typer.Typer(cls=WithDefault, help="Whole initiatives: what, when, for how much, with which prediction.")
GivenId = Annotated[str, typer.Argument(metavar="ID", help="The map's id, or a part of it.")]


def register(app: typer.Typer) -> None:
    """The app has the group."""
    app.add_typer(group, name="maps", rich_help_panel=GET)


@group.command("propose")
def propose(ctx: typer.Context, as_json: AsJson = False) -> None:
    """Propose an initiative of three to five artifacts."""
    with session(ctx).at_business() as at:
        proposed = at.container.maps().propose(at.id)
        _print_one(at, proposed, as_json, f"Buy it with: refleqt maps buy {proposed.id.hex[-8:]}")


@group.command("list")
def list_maps(ctx: typer.Context, as_json: AsJson = False) -> None:
    """List the maps, the newest first."""
    with session(ctx).at_business() as at:
        found = at.container.maps().maps(at.id)
    if as_json:
        print_json(found)
        return
    from .tables import hint

    print_page(_table(found) if found else hint("There is no map yet: refleqt maps propose"))


@group.command("show")
def show(ctx: typer.Context, id: GivenId, as_json: AsJson = False) -> None:
    """Show a map: why now, its artifacts, its cost and its predictions."""
    with session(ctx).at_business() as at:
        _print_one(at, the_map(at, id), as_json)


@group.command("buy")
def buy(ctx: typer.Context, id: GivenId, as_json: AsJson = False) -> None:
    """Buy a map: its artifacts go on the calendar, its predictions into the forecast ledger."""
    with session(ctx).at_business() as at:
        bought = at.container.maps().purchase(at.id, the_map(at, id).id)
        _print_one(at, bought, as_json, f"Have its briefs written: refleqt briefs write {bought.id.hex[-8:]}")


def the_map(at: At, given: str) -> "ExecutionMap":
    """The map of that id, or a part of it."""
    from .ids import the_one

    return the_one(at.container.maps().maps(at.id), given, "map")


def _print_one(at: At, found: "ExecutionMap", as_json: bool, next_step: str | None = None) -> None:
    from .tables import hint

    artifacts = at.container.maps().artifacts(at.id, found.id)
    if as_json:
        from .output import document

        print_json({**document(found), "artifacts": artifacts})
        return
    print_page(*_page(found, artifacts, at.business.time_zone))
    if next_step:
        print_page(hint(next_step))


def _table(maps: "Sequence[ExecutionMap]") -> "Rows":
    from .ids import short
    from .tables import row, table
    from .words import day, number, spoken

    made = table("id", "status", "*map", "*?for", "from", ">cost", ">?hits")
    for each in maps:
        expected = number(each.predicted.get("expected_successes"), 1)
        told = spoken(each.segment), day(each.starts_on), each.estimated_cost, expected
        row(made, short(each.id), each.status, each.title, *told)
    return made


def _page(found: "ExecutionMap", artifacts: "Sequence[MapArtifact]", zone: str) -> "Iterator[RenderableType]":
    from .ids import short
    from .tables import bullets, facts, panel
    from .words import day, number, spoken

    pairs: list[tuple[str, object]] = [
        ("status", found.status),
        ("goal", found.goal),
        ("for", spoken(found.segment)),
        ("why now", found.why_now),
        ("rationale", found.rationale),
        ("when", f"{day(found.starts_on)} to {day(found.ends_on)}"),
        ("cost", f"{found.estimated_cost}, bonus reserve and platform fee included"),
        ("predicted", f"{number(found.predicted.get('expected_successes'), 1)} of {len(artifacts)} reach their target"),
        ("evidence", bullets(found.evidence)),
    ]
    yield panel(facts(pairs), found.title, short(found.id))
    yield _artifacts_table(found, artifacts, zone)


def _artifacts_table(found: "ExecutionMap", artifacts: "Sequence[MapArtifact]", zone: str) -> "Rows":
    from .ids import short
    from .tables import row, table
    from .words import amount, day, number, percent, spoken

    predicted = found.predicted.get("artifacts", [{}] * len(artifacts))
    made = table(
        "id", "publication", "*artifact", "*?how", "*target, and 80 %", ">chance", f">{found.estimated_cost.currency}"
    )
    for each, ahead in zip(artifacts, predicted, strict=False):
        how = f"{spoken(each.artifact_type)} on {spoken(each.channel)}, by {spoken(each.angle)}"
        span = f"{number(ahead.get('low'))}–{number(ahead.get('high'))}"
        aim = f"{number(each.kpi_target)} {spoken(each.primary_kpi)}, {span}"
        price = amount(each.base_fee + each.bonus_reserve + each.platform_fee)
        told = how, aim, percent(each.success_chance), price
        row(made, short(each.id), day(each.publish_at, zone), each.title, *told)
    return made
