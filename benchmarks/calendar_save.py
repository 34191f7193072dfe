"""How long a save of a calendar entry takes, beside a bare INSERT of the same row by psycopg in the same run.

The use case validates, categorises, tags, finds the keyword's cluster, records the status step and enqueues the
indexing, in one transaction on the embedded PostgreSQL with fsync on. The two are measured in turn, save by save, so
that both meet the same disk. Run: ``python -m benchmarks.calendar_save [--saves N] [--json FILE]``.
"""

import argparse
import json
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
from psycopg.types.json import Jsonb

from refleqt_adapters.clock.system import SystemClock, SystemIds
from refleqt_adapters.postgres.connections import Database
from refleqt_adapters.postgres.database import embedded_database
from refleqt_adapters.postgres.embedded_server import EmbeddedServer
from refleqt_adapters.postgres.rows import to_row
from refleqt_adapters.postgres.schema import TABLES
from refleqt_adapters.queue.procrastinate import ProcrastinateQueue
from refleqt_adapters.store.postgres import PostgresStore
from refleqt_core.intake.business import Business
from refleqt_core.intake.calendar import CalendarEntry
from refleqt_core.intake.calendar_service import CalendarService
from refleqt_core.intake.drafts import EntryDraft
from refleqt_core.values import BusinessId, Money

WARM_UP = 50
START = datetime(2026, 3, 2, 9, tzinfo=UTC)


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
    options.add_argument("--json", type=Path)
    given = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="refleqt-bench-") as folder:
        home = Path(folder)
        home.chmod(0o711)
        try:
            result = measure(embedded_database(home, "bench"), given.saves)
        finally:
            EmbeddedServer(home).destroy()
    print(
        f"{given.saves} saves each, in turn, on the embedded PostgreSQL with fsync\n"
        f"  use case     p50 {result['save_p50_ms']:.2f} ms   p99 {result['save_p99_ms']:.2f} ms\n"
        f"  bare INSERT  p50 {result['insert_p50_ms']:.2f} ms   p99 {result['insert_p99_ms']:.2f} ms\n"
        f"  ratio of the medians {result['ratio_p50']:.2f}"
    )
    if given.json:
        given.json.write_text(json.dumps(result, indent=2))


def measure(url: str, saves: int) -> dict[str, float]:
    """Latencies in milliseconds of the use case and of the bare INSERT, and the ratio of their medians."""
    database = Database(url)
    store, clock, ids = PostgresStore(database), SystemClock(), SystemIds()
    service = CalendarService(store=store, queue=ProcrastinateQueue(database), clock=clock, ids=ids)
    business = BusinessId(ids.new())
    with store.business(business) as tx:
        tx.add(Business(id=business, slug="bench", name="Bench", created_at=clock.now()))
    statement, row_of = insert_statement(business, ids)
    with psycopg.connect(url, autocommit=True) as bare:
        saved, inserted = [], []
        for number in range(WARM_UP + saves):
            entry = draft(number)
            saved.append(timed(lambda entry=entry: service.save(business, entry)))
            row = row_of(number)
            inserted.append(timed(lambda row=row: bare.execute(statement, row)))
    database.close()
    ours, theirs = np.array(saved[WARM_UP:]), np.array(inserted[WARM_UP:])
    return {
        "saves": saves,
        "save_p50_ms": float(np.percentile(ours, 50)),
        "save_p99_ms": float(np.percentile(ours, 99)),
        "insert_p50_ms": float(np.percentile(theirs, 50)),
        "insert_p99_ms": float(np.percentile(theirs, 99)),
        "ratio_p50": float(np.percentile(ours, 50) / np.percentile(theirs, 50)),
    }


def insert_statement(business: BusinessId, ids: SystemIds) -> tuple[str, Callable[[int], dict[str, Any]]]:
    """The INSERT of an entry's own row, with every column, and what makes the row."""
    columns = [column.name for column in TABLES[CalendarEntry].columns]
    statement = (
        f"insert into calendar_entries ({', '.join(columns)}) values ({', '.join(f'%({name})s' for name in columns)})"
    )
    now = datetime.now(UTC)

    def row_of(number: int) -> dict[str, Any]:
        given = draft(number)
        shared = {name: getattr(given, name) for name in EntryDraft.__slots__ if name in columns}
        entry = CalendarEntry(
            **(shared | {"external_id": f"BARE-{number}", "created_at": now, "production_cost": given.production_cost}),
            id=ids.new(),
            business_id=business,
            updated_at=now,
        )
        return {name: Jsonb(value) if isinstance(value, dict) else value for name, value in to_row(entry).items()}

    return statement, row_of


def timed(action: Callable[[], object]) -> float:
    """Milliseconds."""
    began = time.perf_counter()
    action()
    return 1000 * (time.perf_counter() - began)


if __name__ == "__main__":
    main()
