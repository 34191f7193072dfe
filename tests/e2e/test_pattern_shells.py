"""The nine signals as a person meets them at the terminal, a client over HTTP, and a worker in the night."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from typer.testing import CliRunner, Result

from refleqt_adapters.container import Container, open_refleqt, work
from refleqt_adapters.settings import Settings
from refleqt_cli.main import app
from refleqt_core.intake.calendar_patterns.analysis import KEPT
from refleqt_core.intake.calendar_patterns.findings import SIGNALS
from refleqt_core.intake.drafts import OnboardingForm
from refleqt_core.values import BusinessId
from refleqt_http.app import create_app

BUSINESS = Path(__file__).parents[2] / "examples" / "business"
NOW = datetime(2026, 9, 1, 6, tzinfo=UTC)

# ---- The terminal ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def environment(database_home: Path) -> Iterator[dict[str, str]]:
    """The sample business with its calendar, in a database of its own, on the first of September."""
    from refleqt_adapters.postgres.database import drop
    from refleqt_adapters.postgres.embedded_server import EmbeddedServer

    given = {
        "REFLEQT_HOME": str(database_home),
        "REFLEQT_DATABASE": "calendar_patterns",
        "REFLEQT_FSYNC": "false",
        "REFLEQT_CLOCK": "simulated",
        "REFLEQT_CLOCK_START": NOW.isoformat(),
        "COLUMNS": "100",
    }
    refleqt(given, "init", BUSINESS / "onboarding.yaml")
    refleqt(given, "import", BUSINESS / "calendar.csv")
    yield given
    drop(EmbeddedServer(database_home, sync=False).start(), "calendar_patterns")


def refleqt(environment: dict[str, str], *arguments: object, code: int = 0) -> Result:
    result = CliRunner().invoke(app, [str(each) for each in arguments], env=environment)
    assert result.exit_code == code, result.output
    assert "Traceback" not in result.output
    return result


def test_the_page_fits_the_terminal_and_names_every_signal(environment: dict[str, str]) -> None:
    page = refleqt(environment, "calendar", "patterns").stdout
    assert max(map(len, page.splitlines())) <= 100
    assert "You put 4.7 entries a week on the calendar" in page
    assert "38 of 118 due 30-day reviews done; 80 were missed" in page
    assert "'kitchen food waste' (informational): 7" in page


def test_json_holds_all_nine_with_their_evidence(environment: dict[str, str]) -> None:
    found = json.loads(refleqt(environment, "calendar", "patterns", "--fresh", "--json").stdout)
    assert set(SIGNALS) <= found.keys()
    assert found["entries"] == 149
    assert found["time_to_publish"]["value"] == pytest.approx(9.12, abs=0.01)
    assert all(found[signal]["sentence"] for signal in SIGNALS)
    missed = found["review_behaviour"]["evidence"][0]
    assert (missed["count"], len(missed["entries"])) == (80, KEPT)


def test_what_is_on_record_is_shown_until_it_is_found_anew(environment: dict[str, str]) -> None:
    refleqt(environment, "calendar", "patterns", "--fresh")
    before = json.loads(refleqt(environment, "calendar", "patterns", "--json").stdout)
    later = environment | {"REFLEQT_CLOCK_START": (NOW + timedelta(hours=1)).isoformat()}
    assert json.loads(refleqt(later, "calendar", "patterns", "--json").stdout) == before
    fresh = json.loads(refleqt(later, "calendar", "patterns", "--fresh", "--json").stdout)
    assert fresh["computed_at"] > before["computed_at"]


def test_a_past_day_is_told_as_of_its_end(environment: dict[str, str]) -> None:
    later = environment | {"REFLEQT_CLOCK_START": (NOW + timedelta(hours=2)).isoformat()}  # its ids are of then too
    found = json.loads(refleqt(later, "calendar", "patterns", "--day", "2026-05-01", "--json").stdout)
    assert found["day"] == "2026-05-01"
    assert found["entries"] + found["later"] == 149
    assert found["later"] > 50


def test_why_lists_every_entry_by_title(environment: dict[str, str]) -> None:
    page = refleqt(environment, "calendar", "patterns", "--why", "review-behaviour").stdout
    assert "80 entries missed" in page
    assert page.count("days overdue") == 80
    found = json.loads(refleqt(environment, "calendar", "patterns", "--why", "review_behaviour", "--json").stdout)
    assert len(found["finding"]["evidence"][0]["entries"]) == 80


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--why", "weather"], "there is no signal 'weather'"),
        (["--day", "soon"], "is not a day"),
        (["--day", "2027-01-01"], "has not begun"),
    ],
)
def test_what_cannot_be_shown_is_told_with_a_remedy(environment: dict[str, str], options: list[str], said: str) -> None:
    assert said in " ".join(refleqt(environment, "calendar", "patterns", *options, code=2).stderr.split())


# ---- HTTP, and the night --------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def container() -> Iterator[Container]:
    with open_refleqt(Settings.in_memory(clock="simulated", clock_start=NOW)) as container:
        yield container


@pytest.fixture(scope="module")
def business_id(container: Container) -> BusinessId:
    id = container.importer().take_in(BUSINESS / "onboarding.yaml")
    container.importer().import_file(id, BUSINESS / "calendar.csv")
    return id


@pytest.fixture(scope="module")
def client(container: Container, business_id: BusinessId) -> TestClient:
    secret, _ = container.tokens().issue(business_id, label="anna")
    return TestClient(create_app(container), headers={"Authorization": f"Bearer {secret}"})


def ok(answer: Any) -> Any:
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_the_signals_are_read_as_they_were_found(client: TestClient) -> None:
    made = ok(client.post("/v1/calendar/patterns", json={}))
    assert ok(client.get("/v1/calendar/patterns")) == made
    assert ok(client.get("/v1/calendar/patterns", params={"day": "2026-09-01"})) == made
    assert made["channel_concentration"]["channels"][0]["name"] == "twitter"
    assert len(made["velocity"]["created"]["weeks"]) == 26
    assert made["status_flow"]["bottleneck"] is None


def test_a_day_without_an_analysis_is_not_found(client: TestClient) -> None:
    answer = client.get("/v1/calendar/patterns", params={"day": "2025-01-01"})
    assert answer.status_code == 404
    assert "was not analysed" in answer.json()["detail"]


def test_a_signal_is_explained_with_the_names_of_its_entries(client: TestClient) -> None:
    found = ok(client.get("/v1/calendar/patterns/evidence", params={"signal": "keyword_overlap"}))
    named = {each["id"] for evidence in found["finding"]["evidence"] for each in evidence["entries"]}
    assert named == found["names"].keys()
    assert len(named) == 48


def test_what_is_asked_wrongly_is_refused(client: TestClient) -> None:
    assert client.get("/v1/calendar/patterns", params={"day": "soon"}).status_code == 422
    assert client.get("/v1/calendar/patterns/evidence", params={"signal": "weather"}).status_code == 422
    assert client.post("/v1/calendar/patterns", json={"day": "2030-01-01"}).status_code == 422


def test_a_stranger_sees_none_of_it(container: Container, client: TestClient) -> None:
    ok(client.post("/v1/calendar/patterns", json={}))
    other = BusinessId(container.onboarding().complete(OnboardingForm(name="Peelmetric", slug="peelmetric")).id)
    secret, _ = container.tokens().issue(other, label="eve")
    stranger = TestClient(create_app(container), headers={"Authorization": f"Bearer {secret}"})
    assert stranger.get("/v1/calendar/patterns").status_code == 404
    assert ok(stranger.post("/v1/calendar/patterns", json={}))["entries"] == 0
    assert ok(stranger.get("/v1/calendar/patterns/history"))[0]["entries"] == 0


def test_the_worker_finds_them_in_the_night(container: Container, client: TestClient, business_id: BusinessId) -> None:
    container.clock().sleep_until(datetime(2026, 9, 3, 1, tzinfo=UTC))  # three o'clock in Amsterdam
    said = container.upkeep().run(business_id)
    assert "analysis of the calendar asked for, as of 2026-09-02" in said
    work(container)
    assert container.upkeep().run(business_id) == []
    assert container.patterns().read(business_id).day == date(2026, 9, 2)
    history = ok(client.get("/v1/calendar/patterns/history"))
    assert [each["day"] for each in history][-1] == "2026-09-02"
    assert history[-1]["values"].keys() == set(SIGNALS)
