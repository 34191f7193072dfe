"""The vent board as a person meets it at the terminal and a client over HTTP, and the same rows in both stores."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from secrets import randbits
from threading import Event, Thread
from typing import Any

import pytest
from pydantic import SecretStr
from starlette.testclient import TestClient
from typer.testing import CliRunner, Result

from refleqt_adapters.container import Container, open_refleqt, work
from refleqt_adapters.settings import Settings
from refleqt_cli.main import app
from refleqt_core.context.records import ContextExtraction
from refleqt_core.intake.drafts import OnboardingForm
from refleqt_core.intake.vents import VentEntry, VentTheme
from refleqt_core.ports import Job
from refleqt_core.values import BusinessId
from refleqt_http.app import create_app

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
SCANNERS = ("The new scanners are slow", "Those scanners are slow again", "Slow scanners, slow day")
PAYROLL = ("Payroll lost my holidays in December", "Payroll lost my holidays again")
BUSINESS = Path(__file__).parents[2] / "examples" / "business"
MAIL = (
    "From: Ada <ada@example.org>\nSubject: Re: The till\nDate: Mon, 02 Mar 2026 23:10:00 +0100\n"
    "Message-ID: <m-1@example.org>\n\nIt froze again.\n\nOn Mon, 2 Mar 2026, Bob wrote:\n> how is the till\n"
)


def settings(home: Path, **more: Any) -> Settings:
    """With ids of its own each time, since a database may see several."""
    seed = randbits(31)
    return Settings(home=home, embedder="memory", clock="simulated", clock_start=NOON, seed=seed, **more)


@pytest.fixture(scope="module", params=["memory", "postgres"])
def refleqt(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Container]:
    home = tmp_path_factory.mktemp("home")
    if request.param == "memory":
        made = settings(home, store="memory", queue="memory", vector_index="memory", events="memory")
    else:
        made = settings(home, database_url=SecretStr(request.getfixturevalue("database_url")), pool_size=2)
    with open_refleqt(made) as opened:
        yield opened


def taken_in(refleqt: Container) -> BusinessId:
    return BusinessId(refleqt.onboarding().complete(OnboardingForm(slug=f"b-{refleqt.ids().new()}", name="Brine")).id)


@pytest.fixture
def business(refleqt: Container) -> BusinessId:
    """A business whose five vents have been read."""
    business = taken_in(refleqt)
    for day, text in enumerate((*SCANNERS, *PAYROLL)):
        refleqt.vents().write(business, text, written_at=NOON - timedelta(days=day), external_id=f"V-{day}")
    work(refleqt)
    return business


def client_of(refleqt: Container, business: BusinessId, role: str = "owner") -> TestClient:
    secret, _ = refleqt.tokens().issue(business, role=role, label="anna")
    return TestClient(create_app(refleqt), headers={"Authorization": f"Bearer {secret}"})


@pytest.fixture
def client(refleqt: Container, business: BusinessId) -> TestClient:
    return client_of(refleqt, business)


def ok(answer: Any) -> Any:
    assert answer.status_code == 200, answer.text
    return answer.json()


def listed(client: TestClient, **query: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = ok(client.get("/v1/vents", params=query))["items"]
    return found


def themes(client: TestClient) -> dict[str, int]:
    return {each["id"]: each["count"] for each in ok(client.get("/v1/vent-themes"))["items"]}


def test_themes_made_anew_are_the_same_in_both_stores(refleqt: Container, business: BusinessId) -> None:
    refleqt.vent_themes().regroup(business)
    with refleqt.store().business(business) as tx:
        found = sorted((theme.count, theme.first_seen, theme.last_seen) for theme in tx.find(VentTheme))
    ago = [NOON - timedelta(days=day) for day in range(5)]
    assert found == [(2, ago[4], ago[3]), (3, ago[2], ago[0])]


def test_the_night_makes_the_themes_anew(refleqt: Container, business: BusinessId) -> None:
    from refleqt_core.jobs.catalogue import AnalyzePatterns, job

    with refleqt.store().business(business) as tx:
        [moved, *_] = tx.find(VentEntry, order="written_at")
        theme = VentTheme(id=refleqt.ids().new(), business_id=business, label="lost", first_seen=NOON, last_seen=NOON)
        tx.add(theme)
        tx.save(VentEntry(**{**_fields(moved), "theme_id": theme.id}))
        refleqt.queue().enqueue(job(AnalyzePatterns(day=NOON.date()), business), tx=tx)
    work(refleqt)
    with refleqt.store().business(business) as tx:
        assert sorted(theme.count for theme in tx.find(VentTheme)) == [2, 3]


def _fields(vent: VentEntry) -> dict[str, Any]:
    return {field.name: getattr(vent, field.name) for field in vent.__attrs_attrs__}


def test_vents_are_asked_for_by_theme_tag_time_and_words(client: TestClient) -> None:
    ok(client.post("/v1/vents", json={"text": "A tagged one", "tags": ["till"]}))
    by_words = listed(client, q="SLOW")
    assert len(by_words) == 3
    assert len(listed(client, theme=by_words[0]["theme_id"])) == 3
    assert [each["text"] for each in listed(client, tag="till")] == ["A tagged one"]
    assert len(listed(client, since=(NOON - timedelta(days=1)).isoformat().replace("+00:00", "Z"))) == 3


def test_an_edited_vent_is_read_anew(refleqt: Container, client: TestClient, business: BusinessId) -> None:
    vent = listed(client, q="Slow scanners")[0]
    edited = ok(client.patch(f"/v1/vents/{vent['id']}", json={"text": PAYROLL[0] + " again"}))
    assert (edited["sentiment"], edited["theme_id"]) == (None, None) and edited["edited_at"]
    work(refleqt)
    assert sorted(themes(client).values()) == [2, 3]
    with refleqt.store().business(business) as tx:
        assert all("canner" not in row.quote for row in tx.find(ContextExtraction) if str(row.source_id) == vent["id"])


def test_a_change_of_another_version_is_refused(client: TestClient) -> None:
    vent = listed(client)[0]
    path = f"/v1/vents/{vent['id']}"
    tag = client.get(path).headers["ETag"]
    ok(client.patch(path, json={"tags": ["a"]}, headers={"If-Match": tag}))
    for answer in (
        client.patch(path, json={"tags": ["b"]}, headers={"If-Match": tag}),
        client.delete(path, headers={"If-Match": tag}),
    ):
        assert answer.status_code == 412
    assert ok(client.get(path))["tags"] == ["a"]


def test_a_deleted_vent_leaves_nothing_behind(refleqt: Container, client: TestClient, business: BusinessId) -> None:
    for vent in listed(client, q="payroll"):
        assert ok(client.delete(f"/v1/vents/{vent['id']}"))["text"] == vent["text"]
        assert client.get(f"/v1/vents/{vent['id']}").status_code == 404
    assert list(themes(client).values()) == [3]
    assert refleqt.vectors().count(business) == 3
    with refleqt.store().business(business) as tx:
        assert not [row for row in tx.find(ContextExtraction) if "ayroll" in row.quote]


def test_a_theme_is_named_and_merged(client: TestClient) -> None:
    scanners, payroll = listed(client, q="new scanners")[0]["theme_id"], listed(client, q="payroll")[0]["theme_id"]
    named = ok(client.patch(f"/v1/vent-themes/{scanners}", json={"label": "Slow scanners"}))
    assert (named["label"], bool(named["named_at"])) == ("Slow scanners", True)
    merged = ok(client.patch(f"/v1/vent-themes/{payroll}", json={"merge_into": scanners}))
    assert (merged["id"], merged["count"], merged["label"]) == (scanners, 5, "Slow scanners")
    assert ok(client.post("/v1/vent-themes/regroup"))["themes"] == 1


def test_a_vent_is_moved_to_another_theme(client: TestClient) -> None:
    vent, target = listed(client, q="Slow scanners")[0], listed(client, q="payroll")[0]["theme_id"]
    moved = ok(client.patch(f"/v1/vents/{vent['id']}", json={"theme_id": target}))
    assert moved["theme_id"] == target and moved["placed_at"]
    ok(client.post("/v1/vent-themes/regroup"))
    assert themes(client)[target] == 3


def test_the_signals_are_given_with_what_they_rest_on(client: TestClient) -> None:
    found = ok(client.get("/v1/vents/signals"))
    assert {"timing", "recurrence", "mood", "vocabulary", "length"} <= found.keys()
    assert found["timing"]["n"] == 5 and found["timing"]["by_hour"][12] == 5
    assert {len(each["vents"]) for each in found["recurrence"]["themes"]} == {2, 3}
    assert found["mood"]["trend"] is None and "Too few" in found["mood"]["sentence"]
    assert sum(sum(line["counts"]) for line in ok(client.get("/v1/vent-themes/over-time"))["lines"]) == 5


def test_another_business_finds_none_of_it(refleqt: Container, client: TestClient) -> None:
    stranger = client_of(refleqt, taken_in(refleqt))
    vent, theme = listed(client)[0]["id"], next(iter(themes(client)))
    answers = [
        stranger.get(f"/v1/vents/{vent}"),
        stranger.patch(f"/v1/vents/{vent}", json={"text": "mine"}),
        stranger.delete(f"/v1/vents/{vent}"),
        stranger.patch(f"/v1/vent-themes/{theme}", json={"label": "mine"}),
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert listed(stranger) == [] and themes(stranger) == {}


def test_a_reviewer_reads_and_does_not_change(refleqt: Container, business: BusinessId) -> None:
    reviewer = client_of(refleqt, business, "reviewer")
    vent = listed(reviewer)[0]["id"]
    answers = [reviewer.patch(f"/v1/vents/{vent}", json={"text": "x"}), reviewer.delete(f"/v1/vents/{vent}")]
    assert {answer.status_code for answer in answers} == {403}


# ---- The terminal ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def environment(database_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The sample business, with five vents that have been read, in a database of its own."""
    from refleqt_adapters.postgres.database import drop
    from refleqt_adapters.postgres.embedded_server import EmbeddedServer

    given = {
        "REFLEQT_HOME": str(database_home),
        "REFLEQT_DATABASE": "vent_shells",
        "REFLEQT_FSYNC": "false",
        "REFLEQT_EMBEDDER": "memory",
        "COLUMNS": "110",
    }
    run(given, "init", BUSINESS / "onboarding.yaml")
    lines = [
        {"external_id": f"V-{day}", "written_at": (NOON - timedelta(days=day)).isoformat(), "text": text}
        for day, text in enumerate((*SCANNERS, *PAYROLL))
    ]
    file = tmp_path_factory.mktemp("vents") / "vents.jsonl"
    file.write_text("\n".join(map(json.dumps, lines)))
    run(given, "import", file)
    run(given, "worker", "--until-empty")
    yield given
    drop(EmbeddedServer(database_home, sync=False).start(), "vent_shells")


def run(environment: dict[str, str], *arguments: object, code: int = 0, piped: str | None = None) -> Result:
    result = CliRunner().invoke(app, [str(each) for each in arguments], env=environment, input=piped)
    assert result.exit_code == code, result.output
    assert "Traceback" not in result.output
    return result


def as_json(environment: dict[str, str], *arguments: object, **more: Any) -> Any:
    return json.loads(run(environment, *arguments, "--json", **more).stdout)


@pytest.mark.parametrize("arguments", [["-"], []], ids=["dash", "nothing"])
def test_a_vent_can_be_piped_in(environment: dict[str, str], arguments: list[str]) -> None:
    vent = as_json(environment, "vent", *arguments, piped="The queue is long\n")
    assert vent["text"] == "The queue is long"
    run(environment, "vents", "delete", vent["id"], "--yes")


def test_an_empty_pipe_is_no_vent(environment: dict[str, str]) -> None:
    assert "nothing in the vent" in run(environment, "vent", code=2, piped=" \n").output


def test_a_mail_twice_is_one_vent(environment: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "till.eml").write_text(MAIL)
    assert as_json(environment, "vent", "--file", tmp_path / "till.eml")["new"] == 1
    [again] = as_json(environment, "import", tmp_path / "till.eml")
    assert (again["kind"], again["unchanged"]) == ("mail", 1)
    vent = as_json(environment, "vents", "show", "m-1@example.org")
    assert (vent["text"], vent["written_at"]) == ("The till\n\nIt froze again.", "2026-03-02T22:10:00+00:00")
    run(environment, "vents", "delete", vent["id"], "--yes")


def test_a_text_file_is_a_vent(environment: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "vent.txt").write_text("Long day.\n\nLonger night.\n")
    vent = as_json(environment, "vent", "--file", tmp_path / "vent.txt", "--tag", "days")
    assert (vent["text"], vent["tags"]) == ("Long day.\n\nLonger night.", ["days"])
    run(environment, "vents", "delete", vent["id"], "--yes")


def test_vents_are_listed_shown_edited_and_deleted(environment: dict[str, str]) -> None:
    vent = as_json(environment, "vent", "Nobody\x1b[2J waters the plants")
    assert "plants" in run(environment, "vents", "list", "--search", "plants").stdout
    assert "\x1b[2J" not in run(environment, "vents", "show", vent["id"]).stdout
    edited = as_json(environment, "vents", "edit", vent["id"], "--text", "Nobody waters them", "--tag", "office")
    assert (edited["text"], edited["tags"]) == ("Nobody waters them", ["office"])
    run(environment, "vents", "delete", vent["id"], piped="n\n", code=1)
    run(environment, "vents", "delete", vent["id"], piped="y\n")
    run(environment, "vents", "show", vent["id"], code=3)


def test_the_editor_opens_at_a_terminal_alone(environment: dict[str, str]) -> None:
    vent = as_json(environment, "vents")[0]
    assert "the editor opens" in run(environment, "vents", "edit", vent["id"], code=2).output


def test_themes_are_listed_named_and_made_anew(environment: dict[str, str]) -> None:
    most = as_json(environment, "vents", "themes")[0]
    assert most["count"] == 3
    run(environment, "vents", "themes", "rename", most["id"], "Slow scanners")
    assert as_json(environment, "vents", "regroup")["themes"] == 2
    assert "Slow scanners" in run(environment, "vents", "themes").stdout
    assert len(as_json(environment, "vents", "list", "--theme", "slow scanners")) == 3


def test_the_signals_fit_the_terminal_and_name_all_five(environment: dict[str, str]) -> None:
    page = run(environment, "vents", "signals").stdout
    assert max(map(len, page.splitlines())) <= 110
    for title in ("When", "Again and again", "Mood", "Words", "Length"):
        assert f"{title}:" in page
    assert as_json(environment, "vents", "signals")["timing"]["n"] == 5


def test_the_plot_is_in_the_terminal_a_page_or_a_picture(environment: dict[str, str], tmp_path: Path) -> None:
    assert "one column a week" in run(environment, "vents", "plot").stdout
    page, picture = tmp_path / "vents.html", tmp_path / "vents.png"
    run(environment, "vents", "plot", "--html", page, "--png", picture)
    assert "<svg" in page.read_text("utf-8") and "http://" not in page.read_text("utf-8").split("<svg")[0]
    assert picture.read_bytes().startswith(b"\x89PNG")
    run(environment, "vents", "plot", "--png", tmp_path / "no" / "folder.png", code=2)


def test_a_worker_that_ends_names_the_jobs_that_run_elsewhere(environment: dict[str, str]) -> None:
    made = Settings(
        home=Path(environment["REFLEQT_HOME"]), database=environment["REFLEQT_DATABASE"], fsync=False, embedder="memory"
    )
    begun, told = Event(), Event()

    def slow(_: Job) -> None:
        begun.set()
        assert told.wait(60)

    run(environment, "vent", "The till is slow")
    with open_refleqt(made) as refleqt:
        handlers = dict.fromkeys(("extract_context", "generate_embeddings"), slow)
        other = Thread(target=lambda: refleqt.queue().work(handlers, until_empty=True))
        other.start()
        try:
            assert begun.wait(60)
            assert as_json(environment, "worker", "--until-empty")["running_elsewhere"] == 1
            said = " ".join(run(environment, "worker", "--until-empty").output.split())
            assert "1 job is running elsewhere, or belongs to a worker that was killed" in said
        finally:
            told.set()
            other.join()
    assert as_json(environment, "worker", "--until-empty")["running_elsewhere"] == 0
