"""The use cases on the real database: what comes back of it is equal to what went in."""

import io
import re
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import attrs
import psycopg
import pytest
from pydantic import SecretStr
from sqlalchemy import event

from refleqt_adapters.connectors.onboarding_file import read_onboarding
from refleqt_adapters.container import Container, open_refleqt
from refleqt_adapters.settings import Settings
from refleqt_core.attribution.records import ArtifactCredit
from refleqt_core.cdt.records import Belief
from refleqt_core.intake.business import BrandAsset
from refleqt_core.intake.calendar import CalendarEntry
from refleqt_core.intake.drafts import EntryDraft, ImportedFile, OnboardingForm, TouchDraft, UploadedFile, VentDraft
from refleqt_core.ports import MetricRecord
from refleqt_core.values import BusinessId, Money, Period

EXAMPLE = Path(__file__).parents[2] / "examples" / "business"
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
FILE = ImportedFile(name="export.csv", blob="0" * 64)


@pytest.fixture(scope="module")
def refleqt(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Container]:
    """Everything as in production, but for the model of the embedder and the clock."""
    settings = Settings(
        home=tmp_path_factory.mktemp("home"),
        database_url=SecretStr(database_url),
        pool_size=2,
        embedder="memory",
        clock="simulated",
        clock_start=NOON,
        seed=7,
    )
    with open_refleqt(settings) as opened:
        yield opened


@pytest.fixture
def business(refleqt: Container) -> BusinessId:
    return taken_in(refleqt, read_onboarding(EXAMPLE / "onboarding.yaml"))


def taken_in(refleqt: Container, form: OnboardingForm) -> BusinessId:
    """A business of its own for each test."""
    return BusinessId(refleqt.onboarding().complete(replace(form, slug=f"b-{refleqt.ids().new()}")).id)


def test_who_is_later_with_a_file_of_the_same_name_gets_the_one_of_the_quicker(
    refleqt: Container, business: BusinessId
):
    png = b"\x89PNG\r\n\x1a\n"
    assets = refleqt.brand_assets()
    model = assets.add(business, UploadedFile(name="model.png", media_type="image/png", data=io.BytesIO(png)))
    quicker = attrs.evolve(model, id=refleqt.ids().new(), version=0, name="logo.png", in_use_as="logo.png")
    later = UploadedFile(name="logo.png", media_type="image/png", data=io.BytesIO(png))
    with ThreadPoolExecutor(1) as pool:
        with refleqt.store().business(business) as tx:
            tx.add(quicker)
            assert tx.get(BrandAsset, quicker.id) == quicker
            waiting = pool.submit(assets.add, business, later)
            time.sleep(0.3)
        assert waiting.result(timeout=20).id == quicker.id
    assert [asset.name for asset in assets.in_use(business)] == ["logo.png", "model.png"]


def draft(key: str = "E-1", **changes: Any) -> EntryDraft:
    given: dict[str, Any] = {
        "title": "Ten ways to waste less",
        "artifact_type": "email",
        "status": "published",
        "publish_at": NOON - timedelta(days=40),
        "icp_segment": "ops",
        "angle": "roi",
        "channel": "email",
        "production_cost": Money(minor=5_000),
        "primary_kpi": "clicks",
        "kpi_target": 100.0,
        "utm_content": key.lower(),
    }
    return EntryDraft(external_id=key, **(given | changes))


def clicks(key: str, value: float, day: date = date(2026, 1, 25)) -> MetricRecord:
    return MetricRecord(
        source="ga4",
        entity_kind="artifact",
        entity_id=key,
        metric="clicks",
        value=value,
        day=day,
        labels={"artifact_id": key},
    )


def shortened(folder: Path, name: str) -> Path:
    path = folder / name
    path.write_text("".join((EXAMPLE / name).read_text().splitlines(keepends=True)[:40]))
    return path


@pytest.mark.parametrize(
    "name", ["calendar.csv", "vents.jsonl", "performance.csv", "ads.csv", "touches.csv", "conversions.csv"]
)
def test_importing_a_file_twice_is_importing_it_once(
    refleqt: Container, business: BusinessId, name: str, tmp_path: Path
) -> None:
    path = shortened(tmp_path, name)
    assert refleqt.importer().import_file(business, path).new > 0
    again = refleqt.importer().import_file(business, path)
    assert (again.new, again.changed, again.unchanged) == (0, 0, again.read)


def test_who_names_a_new_campaign_or_keyword_at_the_same_time_meets_nobody(
    refleqt: Container, business: BusinessId
) -> None:
    def save(number: int) -> CalendarEntry:
        return refleqt.calendar().save(business, draft(f"E-{number}", campaign="New", primary_keyword="brine"))

    with ThreadPoolExecutor(6) as clients:
        saved = list(clients.map(save, range(12)))
    assert len({entry.id for entry in saved}) == 12
    assert len({entry.campaign_id for entry in saved}) == 1


def test_an_edit_does_not_fail_the_import_that_it_meets(refleqt: Container, business: BusinessId) -> None:
    drafts = [draft(f"E-{number}", title="First") for number in range(40)]
    refleqt.calendar().import_entries(business, drafts, FILE)
    with refleqt.store().business(business) as tx:
        entry = tx.find(CalendarEntry)[0]
    with ThreadPoolExecutor(2) as clients:
        edits = [clients.submit(refleqt.calendar().edit, business, entry.id, {"owner": f"Bo {n}"}) for n in range(8)]
        said = frozenset({"external_id", "title"})
        again = [replace(each, title="Second", given=said) for each in drafts]
        batch = clients.submit(refleqt.calendar().import_entries, business, again, FILE).result()
        assert [edit.result().id for edit in edits] == [entry.id] * 8
    assert batch.changed == 40
    assert refleqt.calendar().draft(business, entry.id).title == "Second"


@pytest.mark.parametrize("name", ["team.yaml", "activities/A-03-customer-story-swap.yaml"])
def test_importing_a_form_twice_is_importing_it_once(refleqt: Container, business: BusinessId, name: str) -> None:
    assert refleqt.importer().import_file(business, EXAMPLE / name).new > 0
    assert refleqt.importer().import_file(business, EXAMPLE / name).changed == 0


def test_saying_the_same_of_oneself_again_changes_nothing(refleqt: Container, business: BusinessId) -> None:
    before = refleqt.profile().read(business)
    form = replace(read_onboarding(EXAMPLE / "onboarding.yaml"), slug=before.business.slug)
    assert refleqt.onboarding().revise(business, form).changed == 0
    assert refleqt.profile().read(business) == before


def test_what_was_saved_is_what_is_found(refleqt: Container, business: BusinessId) -> None:
    saved = refleqt.calendar().save(business, draft(primary_keyword="food waste", channels=("blog", "email")))
    assert refleqt.calendar().find(business) == [saved]
    changed = refleqt.calendar().save(business, draft(campaign="Spring", paid_budget=Money(minor=500)))
    assert refleqt.calendar().find(business) == [changed]
    assert changed.campaign_id is not None


def test_a_result_is_joined_later_when_its_entry_is_there(refleqt: Container, business: BusinessId) -> None:
    refleqt.performance().import_records(business, [clicks("E-1", 3.0)], FILE)
    assert len(refleqt.performance().unmatched(business)) == 1
    refleqt.calendar().save(business, draft())
    assert refleqt.performance().map(business) == 1
    assert refleqt.performance().unmatched(business) == []


def test_outcomes_are_observed_once_and_beliefs_are_what_was_stored(refleqt: Container, business: BusinessId) -> None:
    calendar(refleqt, business, 4)
    results(refleqt, business, 4)
    assert [refleqt.beliefs().observe(business) for _ in range(2)] == [4, 0]
    believed = refleqt.beliefs().update(business)
    assert refleqt.beliefs().update(business) == believed
    with refleqt.store().business(business) as tx:
        assert tx.find(Belief) == sorted(believed, key=lambda each: each.id)


def test_a_forecast_is_scored_once(refleqt: Container, business: BusinessId) -> None:
    entry = refleqt.calendar().save(business, draft())
    refleqt.performance().import_records(business, [clicks("E-1", 120.0)], FILE)
    with refleqt.store().business(business) as tx:
        refleqt.forecasts().make(
            tx,
            business,
            subject_id=entry.id,
            metric="clicks",
            target=100.0,
            probability=0.7,
            expected=110.0,
            low=80.0,
            high=140.0,
            due_at=NOON,
            model_version="m",
        )
    assert [[each.success for each in refleqt.forecasts().score_due(business)] for _ in range(2)] == [[True], []]


def test_a_month_of_a_tool_is_compared_with_the_month_before_once(refleqt: Container, business: BusinessId) -> None:
    days = [(date(2026, 1, 1) + timedelta(days=n), 50.0 if n < 31 else 90.0) for n in range(59)]
    records = [attrs.evolve(clicks("ad-1", value, day), source="ads", entity_kind="ad") for day, value in days]
    refleqt.tooling().extract(business, "ads", records, FILE)
    first = refleqt.tooling().delta(business, "ads")
    assert [(each.entity_id, round(each.magnitude, 2)) for each in first] == [("ad-1", 0.8)]
    assert refleqt.tooling().delta(business, "ads") == first == refleqt.tooling().signals(business)


def test_attributing_again_replaces_what_was_there(refleqt: Container, business: BusinessId, tmp_path: Path) -> None:
    for name in ("calendar.csv", "touches.csv", "conversions.csv"):
        refleqt.importer().import_file(business, shortened(tmp_path, name))
    credits = [refleqt.attribution().attribute(business, Period.month(date(2026, 3, 1))) for _ in range(2)][-1]
    with refleqt.store().business(business) as tx:
        stored = tx.find(ArtifactCredit)
    assert stored == sorted(credits, key=lambda each: each.id) and stored
    assert {each.id for each in refleqt.attribution().report(business)} <= {each.id for each in stored}


def test_what_was_replaced_is_readable_as_it_was(refleqt: Container, business: BusinessId) -> None:
    then = refleqt.clock().now()
    before = refleqt.profile().read(business)
    refleqt.clock().sleep_until(then + timedelta(days=1))
    form = replace(read_onboarding(EXAMPLE / "onboarding.yaml"), slug=before.business.slug, answers={}, products=())
    refleqt.onboarding().revise(business, form)
    assert refleqt.profile().read(business).answers == ()
    past = refleqt.profile().read(business, as_of=then)
    assert [each.id for each in past.answers] == [each.id for each in before.answers]
    assert past.foundation.products == before.foundation.products


def test_another_business_sees_nothing_of_it(refleqt: Container, business: BusinessId) -> None:
    other = taken_in(refleqt, OnboardingForm(name="Ash", slug="ash"))
    refleqt.calendar().save(business, draft())
    refleqt.vents().write(business, "The scanners are slow.")
    assert refleqt.calendar().find(other) == []
    assert refleqt.vents().newest(other) == []
    assert refleqt.beliefs().observe(other) == 0
    with refleqt.store().business(other) as tx:
        assert tx.count(CalendarEntry) == 0


@contextmanager
def counted_trips(refleqt: Container) -> Iterator[list[str]]:
    """How often the program waits for the database meanwhile: once for the Syncs and Flushes that it sends."""
    pool, trips = refleqt.database().engine.pool, list[str]()

    def begin(driver: psycopg.Connection[Any], *_: Any) -> None:
        driver.pgconn.trace(log.fileno())

    def end(driver: psycopg.Connection[Any], *_: Any) -> None:
        driver.pgconn.untrace()

    with tempfile.TemporaryFile() as log:
        event.listen(pool, "checkout", begin)
        event.listen(pool, "checkin", end)
        yield trips
        event.remove(pool, "checkout", begin)
        event.remove(pool, "checkin", end)
        log.seek(0)
        trips += re.findall(r"\tF\t\d+\t(?:Sync|Flush)\n(?!.*(?:Sync|Flush))", log.read().decode())


def keys(count: int) -> list[str]:
    return [f"E-{n}" for n in range(count)]


def calendar(refleqt: Container, business: BusinessId, count: int) -> None:
    drafts = [draft(key, campaign=key, primary_keyword=key, channels=("blog",)) for key in keys(count)]
    refleqt.calendar().import_entries(business, drafts, FILE)


def vents(refleqt: Container, business: BusinessId, count: int) -> None:
    drafts = [VentDraft(external_id=key, text="Late again.", written_at=NOON) for key in keys(count)]
    refleqt.vents().import_vents(business, drafts, FILE)


def results(refleqt: Container, business: BusinessId, count: int) -> None:
    refleqt.performance().import_records(business, [clicks(key, 120.0) for key in keys(count)], FILE)


def touches(refleqt: Container, business: BusinessId, count: int) -> None:
    drafts = [TouchDraft(external_id=key, visitor_id=key, occurred_at=NOON) for key in keys(count)]
    refleqt.attribution().import_touches(business, drafts, FILE)


def observe(refleqt: Container, business: BusinessId, count: int) -> None:
    assert refleqt.beliefs().observe(business) == count


@pytest.mark.parametrize("work", [calendar, vents, results, touches, observe], ids=lambda each: each.__name__)
def test_many_rows_take_as_many_trips_to_the_database_as_few(refleqt: Container, work: Any) -> None:
    taken = []
    for count in (2, 40):
        business = taken_in(refleqt, OnboardingForm(name="Ash", slug="ash"))
        if work is observe:
            calendar(refleqt, business, count)
            results(refleqt, business, count)
        with counted_trips(refleqt) as trips:
            work(refleqt, business, count)
        taken.append(len(trips))
    assert 0 < taken[0] == taken[1]


def test_a_new_entry_is_saved_in_two_trips_to_the_database(refleqt: Container, business: BusinessId) -> None:
    refleqt.calendar().save(business, draft("E-1", campaign="Spring", primary_keyword="food waste"))
    with counted_trips(refleqt) as trips:
        refleqt.calendar().save(business, draft("E-2", campaign="Spring", primary_keyword="food waste"))
    assert len(trips) == 2
