"""``refleqt demo``: the sample business, once around the loop, on the embedded defaults."""

import shlex
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from refleqt_core.errors import Fault, InvalidInput

from .output import AsJson, console, print_json, print_page
from .session import session

if TYPE_CHECKING:
    from refleqt_adapters.settings import Settings

    from .demo_month import Month

DATABASE = "refleqt_demo"
EXAMPLES = Path(__file__).parents[2] / "examples"


def demo(
    ctx: typer.Context,
    examples: Annotated[Path, typer.Option(help="The folder with the sample business.")] = EXAMPLES,
    out: Annotated[Path, typer.Option(help="Where the page with the plots is written.")] = Path("demo-out"),
    as_json: AsJson = False,
) -> None:
    """Take the sample business through one month of the loop, and show what it learned.

    Everything runs for real in a database of its own, which is made anew each time: the embedded PostgreSQL, the job
    queue, the embeddings, the offline writer, the escrow ledger. Only the market and the creators are played.
    """
    if not (examples / "business" / "onboarding.yaml").exists():
        raise InvalidInput(f"there is no sample business in {examples}; name its folder with --examples")
    _make(out)
    with _month(session(ctx).settings(), examples, out) as month:
        _run(month, quiet=as_json)
        page = _write_page(month, out)
        if as_json:
            print_json({"seconds": month.report.seconds, "page": page, "report": _summary(month)})
            return
        _show(month, page)


def _make(out: Path) -> None:
    """The folder is there."""
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        problem = f"the folder cannot be made: {error.strerror or error}"
        raise InvalidInput([Fault(str(out), None, None, problem, "Name another one with --out.")]) from error


@contextmanager
def _month(given: "Settings", examples: Path, out: Path) -> Iterator["Month"]:
    from refleqt_adapters.container import open_refleqt

    from .demo_month import START, Month

    changes = {"home": given.home / "demo", "database": DATABASE, "clock": "simulated", "clock_start": START}
    settings = given.model_copy(update={**changes, "database_url": None})
    _fresh(settings)
    with open_refleqt(settings) as refleqt:
        yield Month(refleqt, examples.resolve(), out.resolve() / "results")


def _fresh(settings: "Settings") -> None:
    """The demo's database is empty."""
    from refleqt_adapters.postgres.database import drop
    from refleqt_adapters.postgres.embedded_server import EmbeddedServer

    drop(EmbeddedServer(settings.home, sync=settings.fsync).start(), DATABASE)


def _run(month: "Month", *, quiet: bool) -> None:
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(bar_width=24), TimeElapsedColumn())
    with Progress(*columns, console=console(stderr=True), transient=True, disable=quiet) as progress:
        task = progress.add_task("", total=len(month.steps))
        for title, step in month.steps.items():
            progress.update(task, description=title)
            began = time.perf_counter()
            said = step()
            month.report.seconds[title] = time.perf_counter() - began
            progress.console.print(
                f"[green]✔[/green] {title:<26} {said} [dim]{month.report.seconds[title]:.1f} s[/dim]", highlight=False
            )
            progress.advance(task)


def _write_page(month: "Month", out: Path) -> Path:
    from .demo_page import html

    page = out / "report.html"
    began = time.perf_counter()
    page.write_text(html(month.report), encoding="utf-8")
    month.report.seconds["The page"] = time.perf_counter() - began
    return page


def _show(month: "Month", page: Path) -> None:
    from rich.markup import escape

    from .demo_lessons import lessons
    from .demo_terminal import report_page

    changes, next_ones = lessons(month.report)
    print_page(report_page(month.report, changes, next_ones))
    home = shlex.quote(str(month.refleqt.settings().home))
    total = sum(month.report.seconds.values())
    console().print(
        f"\nThe page with the plots: [bold]{escape(str(page))}[/bold]   ({total:.1f} s)\n"
        f"Look around in it:  export REFLEQT_HOME={escape(home)} REFLEQT_DATABASE={DATABASE}\n"
        "                    refleqt beliefs · refleqt suggest list · refleqt search 'food waste'",
        soft_wrap=True,
    )


def _summary(month: "Month") -> dict[str, Any]:
    """What programs want of the report: figures and texts, without the entities' every field."""
    from .demo_lessons import lessons

    report = month.report
    changes, next_ones = lessons(report)
    return {
        "imports": [{"file": each.path.name, "read": each.read, "new": each.new} for each in report.imports],
        "revenue": report.revenue,
        "beliefs": [{"text": each.belief_text, "mean": each.mean} for each in report.beliefs],
        "suggestions": [each.recommendation_content for each in report.suggestions],
        "map": report.map and report.map.title,
        "briefs": [job.brief.document for job in report.jobs],
        "jobs": [{"events": job.events, "balance": job.balance, "met": job.met} for job in report.jobs],
        "calibration": report.calibration,
        "belief_changes": [
            {"text": each.belief.belief_text, "before": each.before, "now": each.belief.mean} for each in changes
        ],
        "next_suggestions": [
            {"title": each.suggestion.recommendation_content["title"], "again": each.was_shown, "why": each.why}
            for each in next_ones
        ],
    }
