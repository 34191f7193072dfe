"""``refleqt worker``: the waiting jobs are done."""

import gc
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from .groups import RUN
from .output import AsJson, console, print_json, print_page, say
from .session import session

if TYPE_CHECKING:
    from refleqt_adapters.container import Container
    from refleqt_core.ports import Handler, Job


UPKEEP_SECONDS = 60.0
LEASE_SECONDS = 60
"""How long the queue takes a worker for alive that says nothing."""
MOST_RUNNING = 10_000


def register(app: typer.Typer) -> None:
    """The app has the command."""
    app.command("worker", rich_help_panel=RUN)(worker)


def worker(
    ctx: typer.Context,
    until_empty: Annotated[bool, typer.Option("--until-empty", help="Stop when no job is left.")] = False,
    as_json: AsJson = False,
) -> None:
    """Run jobs until Ctrl-C, which lets the running one end."""
    begun, tally = time.monotonic(), Tally()
    with session(ctx).open() as container, _progress(tally, quiet=as_json) as shown:
        handlers = watched(container.handlers(), tally, shown)
        gc.freeze()  # what is loaded stays; looking through it again and again made reading many rows twice as slow
        with _upkeep(container, as_json=as_json):
            ended = container.queue().work(handlers, until_empty=until_empty)
        gc.unfreeze()
        elsewhere = len(container.queue().jobs(status="running", limit=MOST_RUNNING))
    seconds = time.monotonic() - begun
    if as_json:
        failed = tally.failed.total()
        told = {"ended": ended, "failed_attempts": failed, "by_kind": tally.started, "running_elsewhere": elsewhere}
        print_json({**told, "seconds": round(seconds, 3)})
        return
    _print(tally, ended, seconds)
    if elsewhere:
        from .tables import hint

        print_page(hint(told_of_running(elsewhere)))


def told_of_running(jobs: int) -> str:
    """That so many jobs are begun and not ended, though this worker has ended."""
    from .words import counted

    begun, belong = counted(jobs, "job is", "jobs are"), "belongs" if jobs == 1 else "belong"
    return (
        f"{begun} running elsewhere, or {belong} to a worker that was killed: what nobody runs is free again "
        f"{LEASE_SECONDS} s after that worker was last heard of. Then: refleqt worker"
    )


@contextmanager
def _upkeep(container: "Container", *, as_json: bool) -> Iterator[None]:
    """What is due by itself is done at once, and again every minute for as long as the block runs."""
    ended = threading.Event()

    def keep_up() -> None:
        while not ended.wait(UPKEEP_SECONDS):
            _tell(container.upkeep().everywhere(), quiet=as_json)

    _tell(container.upkeep().everywhere(), quiet=as_json)
    thread = threading.Thread(target=keep_up, name="upkeep", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _tell(done: Mapping[str, list[str]], *, quiet: bool) -> None:
    for slug, lines in done.items() if not quiet else ():
        say(f"{slug}: {'; '.join(lines)}")


class Tally:
    """How many attempts were begun and failed, by kind of job."""

    def __init__(self) -> None:
        self.started: Counter[str] = Counter()
        self.failed: Counter[str] = Counter()


def watched(handlers: "Mapping[str, Handler]", tally: Tally, shown: Callable[[str], None]) -> "Mapping[str, Handler]":
    """The same handlers, each attempt of which is counted and shown."""

    def watch(kind: str, handle: "Handler") -> "Handler":
        def run(job: "Job") -> None:
            tally.started[kind] += 1
            shown(kind)
            try:
                handle(job)
            except Exception:
                tally.failed[kind] += 1
                raise

        return run

    return {kind: watch(kind, handle) for kind, handle in handlers.items()}


@contextmanager
def _progress(tally: Tally, *, quiet: bool) -> Iterator[Callable[[str], None]]:
    """A line on a terminal that says what is being done."""
    out = console(stderr=True)
    if quiet or not out.is_terminal:
        yield lambda _: None
        return
    with out.status("Waiting for jobs; Ctrl-C ends") as status:
        yield lambda kind: status.update(f"{kind.replace('_', ' ')} · {tally.started.total():,} jobs so far")


def _print(tally: Tally, ended: int, seconds: float) -> None:
    from datetime import timedelta

    from .tables import hint, row, table
    from .words import counted, duration, spoken

    if tally.started:
        made = table("job", ">run", ">failed")
        for kind, count in sorted(tally.started.items()):
            row(made, spoken(kind), f"{count:,}", tally.failed[kind] or "")
        print_page(made)
    failed = tally.failed.total()
    why = f", {counted(failed, 'attempt')} failed: refleqt jobs list --status failed" if failed else ""
    print_page(hint(f"{counted(ended, 'job')} ended in {duration(timedelta(seconds=seconds))}{why}"))
