"""``refleqt jobs stats`` and ``watch``: how the jobs of each kind fare, once or as they go."""

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .jobs import group, named_business
from .output import AsJson, console, print_json, print_page
from .session import Session, session

if TYPE_CHECKING:
    from rich.console import RenderableType

    from refleqt_adapters.container import Container
    from refleqt_core.ports import KindStatistics

Since = Annotated[
    str | None, typer.Option(metavar="DAY", help="Count what has ended from that day on; all if not given.")
]


@group.command("stats")
def stats(ctx: typer.Context, since: Since = None, as_json: AsJson = False) -> None:
    """Count jobs by kind and status, with their age, their delay and the time they take.

    Where a business is named, it is also said what the models cost that they asked this month.
    """
    opened = session(ctx)
    with opened.open() as container:
        found = _statistics(opened, container, since)
        costs = _costs(opened, container)
    if as_json:
        print_json([_document(each, costs) for each in found])
    else:
        print_page(shown(found, costs))


@group.command("watch")
def watch(
    ctx: typer.Context,
    every: Annotated[float, typer.Option(min=0.1, metavar="SECONDS", help="How often to look.")] = 1.0,
) -> None:
    """Show how the jobs fare until Ctrl-C."""
    from rich.live import Live

    opened = session(ctx)
    with opened.open() as container, Live(console=console(), auto_refresh=False) as live:
        try:
            while True:
                live.update(shown(_statistics(opened, container, None), {}), refresh=True)
                time.sleep(every)
        except KeyboardInterrupt:
            return


def shown(found: "Sequence[KindStatistics]", costs: dict[str, int]) -> "RenderableType":
    """The statistics as a table; kinds that cost nothing say so by a dash."""
    from .tables import hint, row, table
    from .words import NONE, spoken

    if not found:
        return hint("There are no jobs.")
    columns = (
        ">waiting",
        ">running",
        ">succeeded",
        ">failed",
        ">?oldest waits",
        ">?starts after",
        ">takes",
        ">?95 % within",
    )
    made = table("job", *columns, *([">?cost"] if costs else []))
    for each in found:
        times = (each.oldest_waiting, each.delay_p50, each.duration_p50, each.duration_p95)
        counts = (each.waiting, each.running, each.succeeded, each.failed)
        cost = [f"${costs[each.kind] / 1_000_000:,.2f}" if each.kind in costs else NONE] if costs else []
        row(made, spoken(each.kind), *(f"{count:,}" for count in counts), *map(_span, times), *cost)
    return made


def _span(seconds: float | None) -> str:
    from datetime import timedelta

    from .words import NONE, duration

    return NONE if seconds is None else duration(timedelta(seconds=seconds))


def _statistics(opened: Session, container: "Container", since: str | None) -> "list[KindStatistics]":
    from .words import read_moment

    moment = read_moment(since, "--since") if since else None
    return container.queue().statistics(business_id=named_business(opened, container), since=moment)


def _costs(opened: Session, container: "Container") -> dict[str, int]:
    """What the models of this month cost by kind of job, in micro-USD; nothing where no business is named."""
    from refleqt_core.jobs.catalogue import CATALOGUE

    business = named_business(opened, container)
    if business is None:
        return {}
    by_task: dict[str, int] = {}
    for row in container.spending().month(business).rows:
        by_task[row.task] = by_task.get(row.task, 0) + row.cost_micros
    return {
        kind: sum(by_task.get(task, 0) for task in each.tasks)
        for kind, each in CATALOGUE.items()
        if any(task in by_task for task in each.tasks)
    }


def _document(each: "KindStatistics", costs: dict[str, int]) -> dict[str, Any]:
    import attrs

    return attrs.asdict(each) | ({"cost_micros": costs.get(each.kind)} if costs else {})
