"""How long the nightly analysis of the calendar takes, beside DuckDB, polars and pandas in the same run.

(a) 10,000 entries of 50 businesses, from the rows that the store gives to nine signals with their intervals, sentences
and evidence, one business after the other; and the same from arrays. The engines compute the nine headline numbers
alone, of all businesses at once, from tables of their own that were loaded before. All are checked to agree. They are
no dependencies of Refleqt: ``pip install duckdb polars pandas``; one that is absent is skipped and named.
(b) The use case over 10,000 entries of one business in the embedded PostgreSQL, reading and writing included.
(c) The same over 1,000 businesses of 200 entries, one after the other.

Run: ``python -m benchmarks.patterns [--businesses N] [--rounds N] [--json FILE]``; ``--businesses 0`` leaves (c) out.
"""

import argparse
import gc
import itertools
import json
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np

from refleqt_adapters.clock.simulated import SimulatedClock
from refleqt_adapters.clock.system import SystemIds
from refleqt_adapters.postgres.connections import Database
from refleqt_adapters.postgres.database import embedded_database
from refleqt_adapters.postgres.embedded_server import EmbeddedServer
from refleqt_adapters.store.postgres import PostgresStore
from refleqt_core.intake.calendar_patterns.analysis import analysed
from refleqt_core.intake.calendar_patterns.findings import CalendarPatterns
from refleqt_core.intake.calendar_patterns.service import PatternService
from refleqt_core.intake.calendar_patterns.stored_rows import columns_of
from refleqt_core.values import BusinessId

from .pattern_data import NOW, TEXTS, Made, entities, made, rows_of
from .pattern_engines import ENGINES, HEADLINES, PRODUCTION, Numbers, tables


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])  # type: ignore[union-attr]
    options.add_argument("--businesses", type=int, default=1000)
    options.add_argument("--rounds", type=int, default=7)
    options.add_argument("--json", type=Path)
    given = options.parse_args()
    result: dict[str, Any] = {"engines": beside_engines(50, 200, given.rounds)}
    print("(a) 10,000 entries of 50 businesses, milliseconds, median of the rounds (fastest to slowest)")
    for name, found in result["engines"].items():
        print(
            f"  {name:<24}"
            + (found if isinstance(found, str) else f"{found[0]:8.1f} ({found[1]:.1f} to {found[2]:.1f})")
        )
    with tempfile.TemporaryDirectory(prefix="refleqt-bench-") as folder:
        home = Path(folder)
        home.chmod(0o711)
        try:
            database = Database(embedded_database(home, "bench"))
            result["postgres"] = in_postgres(database, given.businesses, given.rounds)
            database.close()
        finally:
            EmbeddedServer(home).destroy()
    for name, value in result["postgres"].items():
        print(f"  {name:<60} {value:.3f}")
    if given.json:
        given.json.write_text(json.dumps(result, indent=2))


def beside_engines(businesses: int, entries: int, rounds: int) -> dict[str, Any]:
    """Milliseconds of each: the median, the least and the most of the rounds, taken in turn."""
    calendars = made(businesses, entries)
    ids = map(UUID, map("{:032x}".format, itertools.count(1)))
    rows = [rows_of(entities(calendars, each, ids)) for each in range(businesses)]
    columns = [columns_of(each, as_of=NOW) for each in rows]
    runs: dict[str, Callable[[], Any]] = {
        "ours, rows to document": lambda: [analysed(columns_of(each, as_of=NOW)) for each in rows],
        "ours, arrays to document": lambda: [analysed(each) for each in columns],
    }
    found: dict[str, Any] = {}
    plain = tables(calendars)
    for name, engine in ENGINES.items():
        try:
            runs[name] = engine(plain, businesses)
        except ImportError as absent:
            found[name] = f"skipped: {absent}"
    _check_agreement(runs, calendars)
    times: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(rounds):
        for name, run in runs.items():
            times[name].append(1000 * seconds(run))
    return {name: (float(np.median(each)), min(each), max(each)) for name, each in times.items()} | found


def _check_agreement(runs: dict[str, Callable[[], Any]], calendars: Made) -> None:
    """Every engine finds the same numbers as the product."""
    ours = _headlines(runs["ours, rows to document"](), calendars)
    for name in ENGINES.keys() & runs.keys():
        theirs: Numbers = runs[name]()
        for headline in HEADLINES:
            np.testing.assert_allclose(theirs[headline], ours[headline], rtol=1e-4, err_msg=f"{name}: {headline}")


def _headlines(found: list[CalendarPatterns], calendars: Made) -> Numbers:
    completion = [
        np.mean([part.share for group in each.field_completion.groups for part in group.fields if part.name in TEXTS])
        for each in found
    ]
    values: dict[str, list[Any]] = {
        "created": [each.velocity.value for each in found],
        "completion": completion,
        "campaigns": [each.campaign_clustering.value for each in found],
        "funnel": [each.funnel_balance.value for each in found],
        "channels": [each.channel_concentration.value for each in found],
        "reviews": [each.review_behaviour.value for each in found],
        "flow": [each.status_flow.stays[PRODUCTION].median for each in found],
        "overlap": [each.keyword_overlap.value for each in found],
        "publication": [each.time_to_publish.value for each in found],
    }
    assert len(found) == calendars.business.max() + 1
    return {name: np.array(each, dtype=float) for name, each in values.items()}


def in_postgres(database: Database, businesses: int, rounds: int) -> dict[str, float]:
    """Seconds of the use case over one large business, and over many small ones."""
    store, ids = PostgresStore(database), SystemIds()
    service = PatternService(store=store, clock=SimulatedClock(NOW), ids=ids)
    (large,) = _stored(store, made(1, 10_000, seed=1), ids)
    gc.freeze()  # as the worker does at its start
    times = [seconds(lambda: service.analyze(large)) for _ in range(rounds)]
    result = {
        "(b) 10,000 entries of one business, seconds, median": float(np.median(times)),
        "(b) least": min(times),
        "(b) most": max(times),
    }
    if businesses:
        many = _stored(store, made(businesses, 200, seed=2), ids, first=1)
        result[f"(c) {businesses:,} businesses of 200 entries, seconds"] = seconds(
            lambda: [service.analyze(each) for each in many]
        )
    gc.unfreeze()
    return result


def _stored(store: PostgresStore, calendars: Made, ids: SystemIds, first: int = 0) -> list[BusinessId]:
    """The calendars are in the database; their businesses' slugs count from ``first``."""
    found = []
    for number in range(int(calendars.business.max()) + 1):
        kept = entities(calendars, number, iter(ids.new, None), slug=f"bench-{first + number}")  # type: ignore[arg-type]
        owner = BusinessId(kept[0].id)
        with store.business(owner) as tx:
            tx.add(*kept)
        found.append(owner)
    return found


def seconds(action: Callable[[], object]) -> float:
    """How long it takes."""
    began = time.perf_counter()
    action()
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
