"""``refleqt jobs``: what waits, what ran, and why something failed."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from .groups import RUN, WithDefault
from .output import AsJson, print_json, print_page
from .session import Session, session

if TYPE_CHECKING:
    from refleqt_adapters.container import Container
    from refleqt_core.ports import JobRecord
    from refleqt_core.ports.queue import JobStatus
    from refleqt_core.values import BusinessId

    from .tables import Rows

group = typer.Typer(cls=WithDefault, help="What waits, what ran, and why something failed.")
STATUSES = ("waiting", "running", "succeeded", "failed", "cancelled")
ALL = 100_000
COLORS = {"failed": "red", "running": "cyan", "cancelled": "dim"}
JobId = Annotated[int, typer.Argument(metavar="ID", help="The number of the job.")]


def register(app: typer.Typer) -> None:
    """The app has the group."""
    from . import jobs_stats  # noqa: F401  # its commands belong to the group

    app.add_typer(group, name="jobs", rich_help_panel=RUN)


@group.command("list")
def list_jobs(
    ctx: typer.Context,
    status: Annotated[str | None, typer.Option(help=f"Only one of: {', '.join(STATUSES)}.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=ALL, help="How many at most.")] = 20,
    as_json: AsJson = False,
) -> None:
    """List jobs, the newest first; of one business where one is named."""
    with session(ctx).open() as container:
        found = container.queue().jobs(
            status=_status(status), business_id=named_business(session(ctx), container), limit=limit
        )
    if as_json:
        print_json(found)
        return
    from .tables import hint

    print_page(_table(found) if found else hint("There are no such jobs."))


@group.command("show")
def show(ctx: typer.Context, id: JobId, as_json: AsJson = False) -> None:
    """Show a job: what it was given, how it went, and what went wrong."""
    with session(ctx).open() as container:
        record = container.queue().get(id)
    if as_json:
        print_json(record)
        return
    from rich.text import Text

    from .tables import facts, headed, panel
    from .words import moment, spoken

    pairs: list[tuple[str, object]] = [
        ("status", record.status),
        ("attempts", str(record.attempts)),
        ("business", str(record.job.business_id)),
        *((spoken(name), str(value)) for name, value in record.job.payload.items()),
        ("enqueued", moment(record.enqueued_at)),
        ("begun", moment(record.started_at)),
        ("ended", moment(record.ended_at)),
        ("took", _took(record)),
    ]
    print_page(panel(facts(pairs), f"{spoken(record.job.kind)} {record.id}"))
    if record.problem:
        print_page(headed("What went wrong", Text(record.problem.rstrip())))


@group.command("retry")
def retry(
    ctx: typer.Context,
    id: Annotated[int | None, typer.Argument(metavar="[ID]", help="The number of the job.")] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="All that failed, of the business if one is named.")
    ] = False,
    kind: Annotated[str | None, typer.Option(metavar="KIND", help="With --all: those of one kind.")] = None,
    as_json: AsJson = False,
) -> None:
    """Let a failed or cancelled job run again, or all that failed."""
    from refleqt_core.errors import Conflict, InvalidInput

    from .tables import hint
    from .words import counted

    if (id is None) is not everything:
        raise InvalidInput("name one job by its number, or all that failed with --all")
    with session(ctx).open() as container:
        queue = container.queue()
        if id is not None:
            queue.retry(id)
            _told(queue.get(id), as_json)
            return
        failed = queue.jobs(status="failed", business_id=named_business(session(ctx), container), limit=ALL)
        again, left = [], 0
        for record in failed:
            if kind in (None, record.job.kind):
                try:
                    queue.retry(record.id)
                    again.append(record.id)
                except Conflict:  # another job with its key waits, and does the same work
                    left += 1
    if as_json:
        print_json({"retried": again, "left": left})
    else:
        print_page(
            hint(f"{counted(len(again), 'job')} will run again" + (f", {left:,} wait already." if left else "."))
        )


@group.command("cancel")
def cancel(ctx: typer.Context, id: JobId, as_json: AsJson = False) -> None:
    """Keep a waiting job from running."""
    with session(ctx).open() as container:
        container.queue().cancel(id)
        _told(container.queue().get(id), as_json)


@group.command("dead")
def dead(
    ctx: typer.Context,
    limit: Annotated[int, typer.Option(min=1, max=ALL, help="How many at most.")] = 20,
    as_json: AsJson = False,
) -> None:
    """List the jobs that failed for good, with what was wrong; retry runs them again."""
    list_jobs(ctx, status="failed", limit=limit, as_json=as_json)


@group.command("forget")
def forget(
    ctx: typer.Context,
    days: Annotated[int, typer.Option(min=0, help="Keep those that ended in the last so many days.")] = 30,
    as_json: AsJson = False,
) -> None:
    """Remove the records of jobs that succeeded or were cancelled; those that failed stay."""
    from datetime import timedelta

    from .tables import hint
    from .words import counted

    with session(ctx).open() as container:
        gone = container.queue().forget(container.clock().now() - timedelta(days=days))
    print_json({"forgotten": gone}) if as_json else print_page(hint(f"{counted(gone, 'record')} removed."))


def _status(given: str | None) -> "JobStatus | None":
    from refleqt_core.errors import InvalidInput

    for known in ("waiting", "running", "succeeded", "failed", "cancelled"):
        if given == known:
            return known
    if given is None:
        return None
    raise InvalidInput(f"--status: '{given}' is none of: {', '.join(STATUSES)}")


def named_business(current: Session, container: "Container") -> "BusinessId | None":
    """The business that the command names; None where it names none."""
    from refleqt_core.values import BusinessId

    return BusinessId(container.profile().by_slug(current.slug).id) if current.slug else None


def _told(record: "JobRecord", as_json: bool) -> None:
    from .tables import hint
    from .words import spoken

    if as_json:
        print_json(record)
    else:
        print_page(hint(f"Job {record.id} ({spoken(record.job.kind)}) is {record.status}."))


def _took(record: "JobRecord") -> str | None:
    from .words import duration

    return duration(record.ended_at - record.started_at) if record.started_at and record.ended_at else None


def _said(problem: str) -> str:
    """The last line of a traceback; what Refleqt raised on purpose without the name that it has in the code."""
    last = problem.rstrip().rpartition("\n")[2]
    return last.partition(": ")[2] if last.startswith("refleqt_core.") else last


def _table(records: "Sequence[JobRecord]") -> "Rows":
    from rich.text import Text

    from .tables import row, table
    from .words import NONE, cut, moment, spoken

    made = table(">id", "job", "status", ">?attempts", "?enqueued", ">?took", "*?problem")
    for record in records:
        status = Text(record.status, style=COLORS.get(record.status, ""))
        problem = cut(_said(record.problem or ""), 200)
        attempts, enqueued = record.attempts, moment(record.enqueued_at)
        row(made, record.id, spoken(record.job.kind), status, attempts, enqueued, _took(record) or NONE, problem)
    return made
