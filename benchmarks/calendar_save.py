"""How long a save of a calendar entry takes, beside a bare INSERT of the same row by psycopg in the same run.

The use case validates, categorises, tags, finds the keyword's cluster, records the status step and enqueues the
indexing, in one transaction on the embedded PostgreSQL with fsync on. For the latencies the two are measured in turn,
save by save, so that both meet the same disk. For the rates 1 and 8 clients work for some seconds, the two in turn
again. Clients are processes, as the workers of an HTTP server are: threads would measure the lock of one interpreter.
Each has a business and connections of its own.
Run: ``python -m benchmarks.calendar_save [--saves N] [--seconds S] [--json FILE]``.
"""

import argparse
import json
import multiprocessing
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import attrs
import numpy as np
import psycopg
from psycopg.types.json import Jsonb

from refleqt_adapters.clock.system import SystemClock, SystemIds
from refleqt_adapters.postgres.connections import Database
from refleqt_adapters.postgres.database import embedded_database
from refleqt_adapters.postgres.embedded_server import EmbeddedServer
from refleqt_adapters.queue.procrastinate import ProcrastinateQueue
from refleqt_adapters.store.postgres import PostgresStore
from refleqt_core.intake.business import Business
from refleqt_core.intake.calendar import CalendarEntry
from refleqt_core.intake.calendar_service import CalendarService
from refleqt_core.intake.drafts import EntryDraft
from refleqt_core.values import BusinessId, Money

WARM_UP = 50
ROUNDS = 3
START = datetime(2026, 3, 2, 9, tzinfo=UTC)

Step = Callable[[int], object]
"""One save, or one insert, of the entry with that number."""


def draft(number: int) -> EntryDraft:
    """An entry as a marketer fills it in: most fields, a keyword, a campaign, two channels."""
    return EntryDraft(
        external_id=f"BENCH-{number}",
        title=f"How kitchens cut food waste, part {number}",
        artifact_type="blog_copy",
        status="planned",
        owner="Mira",
        publish_at=START + timedelta(hours=number),
        campaign="Spring",
        funnel_stage="tofu",
        icp_segment="operations_managers",
        angle="pain_relief",
        channel="blog",
        channels=("blog", "linkedin"),
        production_cost=Money(minor=42_000),
        primary_kpi="clicks",
        kpi_target=120.0,
        utm_source="blog",
        utm_medium="organic",
        utm_campaign="spring",
        utm_content=f"bench-{number}",
        primary_keyword=f"food waste {number % 40}",
        meta_title="How kitchens cut food waste",
    )


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--saves", type=int, default=1000)
    options.add_argument("--seconds", type=float, default=2.0)
    options.add_argument("--json", type=Path)
    given = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="refleqt-bench-") as folder:
        home = Path(folder)
        home.chmod(0o711)
        try:
            url = embedded_database(home, "bench")
            result = latencies(url, given.saves) | rates(url, given.seconds)
        finally:
            EmbeddedServer(home).destroy()
    print_result(result)
    if given.json:
        given.json.write_text(json.dumps(result, indent=2))


def print_result(result: dict[str, float]) -> None:
    """The latencies, the rates, and the ratios of ours to the peer's."""
    print(f"{result['saves']} saves each, in turn, on the embedded PostgreSQL with fsync")
    for name, key in (("use case", "save"), ("bare INSERT", "insert")):
        print(f"  {name:12} p50 {result[f'{key}_p50_ms']:.2f} ms   p99 {result[f'{key}_p99_ms']:.2f} ms")
    print(f"  ratio of the medians {result['ratio_p50']:.2f}")
    for clients in (1, 8):
        saves, inserts = result[f"saves_per_s_{clients}"], result[f"inserts_per_s_{clients}"]
        print(f"{clients} clients: {saves:.0f} saves/s, {inserts:.0f} inserts/s, {inserts / saves:.2f} times as many")


def latencies(url: str, saves: int) -> dict[str, float]:
    """Latencies in milliseconds of the use case and of the bare INSERT, and the ratio of their medians."""
    save, insert = saving(url), inserting(url)
    saved, inserted = [], []
    for number in range(WARM_UP + saves):
        saved.append(timed(save, number))
        inserted.append(timed(insert, number))
    ours, theirs = np.array(saved[WARM_UP:]), np.array(inserted[WARM_UP:])
    return {
        "saves": saves,
        "save_p50_ms": float(np.percentile(ours, 50)),
        "save_p99_ms": float(np.percentile(ours, 99)),
        "insert_p50_ms": float(np.percentile(theirs, 50)),
        "insert_p99_ms": float(np.percentile(theirs, 99)),
        "ratio_p50": float(np.percentile(ours, 50) / np.percentile(theirs, 50)),
    }


def rates(url: str, seconds: float) -> dict[str, float]:
    """How many a second 1 and 8 clients do of each; the best of several rounds, in which the two take turns."""
    found: dict[str, float] = {}
    for clients in (1, 8):
        for _ in range(ROUNDS):
            for name, opened in (("saves", saving), ("inserts", inserting)):
                key = f"{name}_per_s_{clients}"
                found[key] = max(found.get(key, 0.0), rate(opened, url, clients, seconds))
    return found


def rate(opened: Callable[[str], Step], url: str, clients: int, seconds: float) -> float:
    """How many a second that many clients do together."""
    context = multiprocessing.get_context("spawn")
    start, done = context.Barrier(clients), context.Queue()
    running = [context.Process(target=client, args=(opened, url, seconds, start, done)) for _ in range(clients)]
    for each in running:
        each.start()
    total = sum(done.get() for _ in running)
    for each in running:
        each.join()
    return total / seconds


def client(opened: Callable[[str], Step], url: str, seconds: float, start: Any, done: Any) -> None:
    """Works for ``seconds`` from the moment at which all others are ready too; tells how much it has done."""
    step = opened(url)
    for number in range(WARM_UP):
        step(number)
    start.wait()
    number, end = WARM_UP, time.perf_counter() + seconds
    while time.perf_counter() < end:
        step(number)
        number += 1
    done.put(number - WARM_UP)


def saving(url: str) -> Step:
    """The use case, for a business of its own."""
    database = Database(url)
    store, clock, ids = PostgresStore(database), SystemClock(), SystemIds()
    service = CalendarService(store=store, queue=ProcrastinateQueue(database), clock=clock, ids=ids)
    business = new_business(store)
    return lambda number: service.save(business, draft(number))


def inserting(url: str) -> Step:
    """The bare INSERT of an entry's own row, with every column, for a business of its own."""
    database = Database(url)
    business, ids = new_business(PostgresStore(database)), SystemIds()
    database.close()
    connection = psycopg.connect(url, autocommit=True)
    row = row_of(business, ids)
    values = ", ".join(f"%({name})s" for name in row)
    statement = f"insert into calendar_entries ({', '.join(row)}) values ({values})"
    return lambda number: connection.execute(statement, row | {"id": ids.new(), "external_id": f"BENCH-{number}"})


def new_business(store: PostgresStore) -> BusinessId:
    """A business of its own."""
    business = BusinessId(SystemIds().new())
    with store.business(business) as tx:
        tx.add(Business(id=business, slug=f"bench-{business}", name="Bench", created_at=datetime.now(UTC)))
    return business


def row_of(business: BusinessId, ids: SystemIds) -> dict[str, Any]:
    """The columns of an entry as psycopg takes them."""
    given, now = draft(0), datetime.now(UTC)
    names = [field.name for field in attrs.fields(CalendarEntry)]
    shared = {name: getattr(given, name) for name in EntryDraft.__slots__ if name in names}
    shared["created_at"] = now
    entry = CalendarEntry(**shared, id=ids.new(), business_id=business, updated_at=now)
    row = {name: plain(getattr(entry, name)) for name in names}
    cost = row.pop("production_cost")
    return row | {"production_cost_minor": cost.minor, "production_cost_currency": cost.currency}


def plain(value: Any) -> Any:
    """As psycopg takes it."""
    if isinstance(value, tuple):
        return list(value)
    return Jsonb(value) if isinstance(value, dict) else value


def timed(step: Step, number: int) -> float:
    """Milliseconds."""
    began = time.perf_counter()
    step(number)
    return 1000 * (time.perf_counter() - began)


if __name__ == "__main__":
    main()
