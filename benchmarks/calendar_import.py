"""How fast a calendar of 50,000 rows is imported, beside a bare COPY of the same rows in the same run.

Ours is the product's own import of a CSV file with 39 columns: the file is recognised and read, every row checked by
every rule, compared with what is stored, categorised, tagged and given its keyword cluster, and written with its search
fields, channels and status step, by a process of its own on the embedded PostgreSQL with fsync on; then the same file
again, which has to change nothing. There are two peers, both bare COPYs for another business by the tables' owner,
without row-level security, with the same keys, indexes and references, of rows that are ready in memory: of the entries
alone, and of all rows that the import made (entries, search fields, plans, status steps), which is what it wrote.
Run: ``python -m benchmarks.calendar_import [--rows N] [--rounds N] [--json FILE]``.
"""

import argparse
import csv
import json
import multiprocessing
import random
import resource
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

import attrs
import psycopg

from refleqt_adapters.clock.system import SystemIds
from refleqt_adapters.container import open_refleqt
from refleqt_adapters.postgres.connections import Database
from refleqt_adapters.postgres.database import embedded_database
from refleqt_adapters.postgres.embedded_server import EmbeddedServer
from refleqt_adapters.postgres.rows import WRITINGS
from refleqt_adapters.postgres.schema import TABLE_NAMES
from refleqt_adapters.settings import Settings
from refleqt_adapters.store.postgres import PostgresStore
from refleqt_core.entities import Owned
from refleqt_core.intake.business import Business
from refleqt_core.intake.calendar import CalendarEntry, DistributionPlan, SeoMetadata, StatusChange
from refleqt_core.values import BusinessId

WRITTEN = (CalendarEntry, SeoMetadata, DistributionPlan, StatusChange)
START = datetime(2026, 1, 5, 9, tzinfo=UTC)
TYPES = ("blog_copy", "social_post", "email", "ad_copy", "case_study")
CHANNELS = ("blog", "linkedin", "email", "instagram")
WORDS = (
    "kitchen",
    "waste",
    "scale",
    "audit",
    "menu",
    "stock",
    "supplier",
    "night",
    "shift",
    "fridge",
    "report",
    "team",
)


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rows", type=int, default=50_000)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--json", type=Path)
    given = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="refleqt-bench-") as folder:
        home = Path(folder)
        home.chmod(0o711)
        try:
            result = measure(home, embedded_database(home, "bench"), given.rows, given.rounds)
        finally:
            EmbeddedServer(home).destroy()
    print(f"{given.rows} rows, medians of {given.rounds} rounds")
    for name in ("import", "again", "copy", "copy_all"):
        print(f"  {name:9} {result[f'{name}_s']:6.2f} s   {given.rows / result[f'{name}_s']:8.0f} entries/s")
    print(f"  import beside COPY of the entries {result['ratio']:.2f}, of all rows {result['ratio_all']:.2f}")
    print(f"  peak memory {result['peak_mb']:.0f} MB")
    print(f"  ({result['idle_mb']:.0f} MB before the import)")
    if given.json:
        given.json.write_text(json.dumps(result, indent=2))


def measure(home: Path, url: str, rows: int, rounds: int) -> dict[str, float]:
    """Seconds of the import, of the same again, and of the peer; peak memory in MB; rate beside the peer's."""
    path = home / "calendar.csv"
    write_calendar(path, rows)
    taken = [one_round(home, url, path) for _ in range(rounds)]
    result = {key: statistics.median(each[key] for each in taken) for key in taken[0]}
    ratios = {
        name: statistics.median(each[peer] / each["import_s"] for each in taken)
        for name, peer in (("ratio", "copy_s"), ("ratio_all", "copy_all_s"))
    }
    return {"rows": rows, **result, **ratios}


def one_round(home: Path, url: str, path: Path) -> dict[str, float]:
    """The import by a new process for a new business, then the peer with what it made."""
    context = multiprocessing.get_context("spawn")
    answer = context.Queue()
    business = new_business(url)
    process = context.Process(target=imported, args=(home, path, business, answer))
    process.start()
    found: dict[str, float] = answer.get()
    process.join()
    peers = {"copy_s": (CalendarEntry,), "copy_all_s": WRITTEN}
    return found | {name: copied(url, business, kinds) for name, kinds in peers.items()}


def imported(home: Path, path: Path, business: BusinessId, answer: Any) -> None:
    """Imports the file twice; tells the seconds and the peak memory."""
    with open_refleqt(Settings(home=home, database="bench", embedder="memory")) as refleqt:
        importer = refleqt.importer()
        idle, seconds = peak_mb(), []
        for _ in range(2):
            began = time.perf_counter()
            importer.import_file(business, path, kind="calendar")
            seconds.append(time.perf_counter() - began)
    answer.put({"import_s": seconds[0], "again_s": seconds[1], "idle_mb": idle, "peak_mb": peak_mb()})


def copied(url: str, business: BusinessId, kinds: Sequence[type[Owned]]) -> float:
    """Seconds of a bare COPY of that business's rows of those kinds into the same tables, for a new business."""
    other = new_business(url)
    tables = {kind: rows_for(url, other, business, kind) for kind in kinds}
    with psycopg.connect(url) as connection, connection.cursor() as cursor:
        began = time.perf_counter()
        for kind, rows in tables.items():
            names = ", ".join(f'"{column}"' for column in WRITINGS[kind].columns)
            with cursor.copy(f"copy {TABLE_NAMES[kind]} ({names}) from stdin") as copy:
                for row in rows:
                    copy.write_row(row)
        connection.commit()
        return time.perf_counter() - began


def rows_for(url: str, other: BusinessId, business: BusinessId, kind: type[Owned]) -> list[list[str | None]]:
    """The business's rows of that kind as those of the other one, with ids that refer to each other as before."""
    database = Database(url)
    with PostgresStore(database).business(business) as tx:
        found = tx.find(kind)
    database.close()
    return [WRITINGS[kind].values_of(attrs.evolve(each, business_id=other, **moved(each, other))) for each in found]


def moved(row: Owned, other: BusinessId) -> dict[str, UUID | None]:
    """The row's ids, each made of the one before and the other business."""
    ids = {name: getattr(row, name) for name in ("id", *row.references)}
    kept = {name: None if id is None else uuid5(other, str(id)) for name, id in ids.items()}
    return kept | {name: None for name in ("campaign_id", "import_id") if name in kept}


def new_business(url: str) -> BusinessId:
    """A business with nothing in it."""
    database, business = Database(url), BusinessId(UUID(str(SystemIds().new())))
    with PostgresStore(database).business(business) as tx:
        tx.add(Business(id=business, slug=f"bench-{business}", name="Bench", created_at=START))
    database.close()
    return business


def peak_mb() -> float:
    """The most memory that this process has had so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def write_calendar(path: Path, rows: int) -> None:
    """A calendar as a marketing team exports it, different in every row, the same in every run."""
    generator = random.Random(7)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, fieldnames=list(row_of(0, generator)))
        writer.writeheader()
        writer.writerows(calendar(rows, generator))


def calendar(rows: int, generator: random.Random) -> Iterator[dict[str, object]]:
    """The rows."""
    for number in range(rows):
        yield row_of(number, generator)


def row_of(number: int, generator: random.Random) -> dict[str, object]:
    """One row; every third has no search fields, as a social post has none."""
    at = START + timedelta(minutes=37 * number)
    words = generator.sample(WORDS, 3)
    kind, channel = generator.choice(TYPES), generator.choice(CHANNELS)
    search = number % 3 > 0
    slug = f"{'-'.join(words)}-{number}"
    return plan(number, at, words, kind, channel, generator) | {
        "primary_keyword": f"{words[0]} {words[1]} {number % 40}" if search else "",
        "secondary_keywords": ";".join(words[1:]) if search else "",
        "search_intent": generator.choice(("informational", "commercial")) if search else "",
        "keyword_difficulty": generator.randrange(100) if search else "",
        "search_volume": generator.randrange(5_000) if search else "",
        "ranking_position": generator.randrange(1, 80) if search else "",
        "url_slug": slug if search else "",
        "meta_title": f"How {words[0]}s save {words[1]}" if search else "",
        "meta_description": f"What {generator.randrange(99)} teams learnt about {words[2]}." if search else "",
        "canonical_url": f"https://brinewell.example/blog/{slug}" if search else "",
        "utm_source": channel,
        "utm_medium": "content",
        "utm_campaign": f"campaign-{number % 12}",
        "utm_content": f"bench-{number}",
        "attribution_model": "last_touch",
        "conversion_event": "",
        "review_due": f"{at + timedelta(days=30):%Y-%m-%d}",
    }


def plan(
    number: int, at: datetime, words: Sequence[str], kind: str, channel: str, generator: random.Random
) -> dict[str, object]:
    """What is planned, when, for whom, and where it goes out."""
    return {
        "external_id": f"BENCH-{number}",
        "title": f"How a {words[0]} cut its {words[1]}, part {number}",
        "artifact_type": kind,
        "status": generator.choice(("planned", "reviewed", "published")),
        "owner": generator.choice(("Mira Oss", "Teodor Quill", "Ada Brink")),
        "publish_at": at.isoformat(),
        "created_at": (at - timedelta(days=9)).isoformat(),
        "campaign": f"campaign-{number % 12}",
        "funnel_stage": generator.choice(("tofu", "mofu", "bofu")),
        "icp_segment": "operations_managers",
        "buyer_persona": "Chef with three kitchens",
        "angle": generator.choice(("pain_relief", "product_news", "behind_the_scenes")),
        "strategic_intent": f"Let {words[2]} be seen",
        "competitive_context": "",
        "channel": channel,
        "channels": f"{channel};email" if channel != "email" else "email",
        "paid_budget": f"{generator.randrange(10_000) / 100:.2f}" if number % 10 == 0 else "",
        "production_cost": f"{generator.randrange(90_000) / 100:.2f}",
        "currency": "EUR",
        "primary_kpi": "clicks",
        "kpi_target": generator.randrange(500),
        "secondary_kpis": "signups;demo_bookings",
    }


if __name__ == "__main__":
    main()
