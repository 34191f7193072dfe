"""The HTTP face as a client meets it: a small business goes once around, and another one never sees it."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from starlette.testclient import TestClient

from refleqt_adapters.container import Container, open_refleqt, work
from refleqt_adapters.settings import Settings
from refleqt_core.intake.business import Competitors, PricingTier, Product, Segment
from refleqt_core.intake.calendar import ATTRIBUTION_MODELS
from refleqt_core.intake.drafts import (
    Answer,
    ConversionDraft,
    EntryDraft,
    ImportedFile,
    OnboardingForm,
    TouchDraft,
)
from refleqt_core.jobs.catalogue import GenerateBrief, job
from refleqt_core.marketplace.drafts import CreatorDraft
from refleqt_core.values import BusinessId, Money
from refleqt_http.app import create_app, openapi_document
from refleqt_http.entry_bodies import EntryBody

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
FILE = ImportedFile(name="journeys.csv", blob="0" * 64)
KINDS = ("blog_copy", "case_study", "email", "landing_page", "social_post", "newsletter")
ENTRY = {
    "external_id": "C-1",
    "title": "What a wet glove taught us about scales",
    "artifact_type": "blog_copy",
    "channel": "blog",
    "funnel_stage": "tofu",
    "icp_segment": "ops",
    "angle": "education",
    "publish_at": "2026-03-09T09:30:00+01:00",
    "production_cost": {"minor": 45_000},
    "primary_kpi": "signups",
    "kpi_target": 40,
    "primary_keyword": "kitchen waste scale",
    "campaign": "spring",
    "utm_content": "c-1",
}


def onboarding(slug: str) -> OnboardingForm:
    """A business that sells scales to kitchens."""
    return OnboardingForm(
        name=slug.title(),
        slug=slug,
        industry="kitchen technology",
        business_models=("b2b",),
        segments=(
            Segment(key="ops", name="Operations managers", pain_points=("stocktakes at night", "paper lists")),
            Segment(key="fin", name="Finance directors", pain_points=("food cost is a guess",)),
        ),
        competitors=Competitors(direct=("Peelmetric",)),
        products=(
            Product(
                name=f"{slug.title()} Tally",
                description="A scale under the bin that weighs what a kitchen throws away.",
                pricing_tiers=(PricingTier(name="Kitchen", price=Money(minor=19_900)),),
                key_features=("weighs during service",),
            ),
        ),
        answers={
            "marketing_state": (
                Answer(question="What works?", answer="Customer stories bring us most demos, definitely."),
                Answer(question="What never worked?", answer=""),
            )
        },
    )


@pytest.fixture(scope="module")
def refleqt() -> Iterator[Container]:
    settings = Settings.in_memory(clock="simulated", clock_start=NOW)
    with open_refleqt(settings) as container:
        container.marketplace().import_creators(
            [
                CreatorDraft(
                    external_id=f"K-{i}",
                    display_name=f"Creator {i}",
                    specializations=("B2B_SaaS",),
                    artifact_types=KINDS,
                    capacity=3,
                    fees=dict.fromkeys(KINDS, 20_000 + 5_000 * i),
                )
                for i in range(4)
            ]
        )
        yield container


def business_of(refleqt: Container, slug: str) -> tuple[BusinessId, TestClient]:
    """A new business, and a client with its owner's token."""
    business_id = BusinessId(refleqt.onboarding().complete(onboarding(slug)).id)
    secret, _ = refleqt.tokens().issue(business_id, label="anna")
    headers = {"Authorization": f"Bearer {secret}"}
    return business_id, TestClient(create_app(refleqt), headers=headers)


@pytest.fixture(scope="module")
def brinewell(refleqt: Container) -> tuple[BusinessId, TestClient]:
    return business_of(refleqt, "brinewell")


@pytest.fixture(scope="module")
def business_id(brinewell: tuple[BusinessId, TestClient]) -> BusinessId:
    return brinewell[0]


@pytest.fixture(scope="module")
def client(brinewell: tuple[BusinessId, TestClient]) -> TestClient:
    return brinewell[1]


@pytest.fixture(scope="module")
def stranger(refleqt: Container) -> TestClient:
    """A client with the token of another business."""
    return business_of(refleqt, "peelmetric")[1]


def ok(answer: Any) -> Any:
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.fixture(scope="module")
def entry(client: TestClient) -> dict[str, Any]:
    return ok(client.post("/v1/calendar", json=ENTRY))


@pytest.fixture(scope="module")
def vent(client: TestClient) -> dict[str, Any]:
    return ok(client.post("/v1/vents", json={"text": "Peelmetric is louder than us again.", "external_id": "V-1"}))


@pytest.fixture(scope="module")
def suggestions(client: TestClient) -> list[dict[str, Any]]:
    return ok(client.post("/v1/suggestions", json={"count": 3}))["items"]


@pytest.fixture(scope="module")
def execution_map(client: TestClient) -> dict[str, Any]:
    return ok(client.post("/v1/maps"))


@pytest.fixture(scope="module")
def brief(client: TestClient, execution_map: dict[str, Any]) -> dict[str, Any]:
    return ok(client.post("/v1/briefs", json={"map_artifact_id": execution_map["artifacts"][0]["id"]}))


@pytest.fixture(scope="module")
def failed_job(refleqt: Container, business_id: BusinessId) -> int:
    """A job that asked for the brief of an artifact that is not there."""
    with refleqt.store().business(business_id) as tx:
        refleqt.queue().enqueue(job(GenerateBrief(map_artifact_id=uuid4()), business_id), tx=tx)
    for _ in range(5):
        work(refleqt)
        refleqt.clock().sleep_until(refleqt.clock().now() + timedelta(minutes=10))
    return refleqt.queue().jobs(status="failed", business_id=business_id)[0].id


# --- profile, calendar, vents, search ---------------------------------------------------------------------------------


def test_the_profile_is_what_the_onboarding_said(client: TestClient):
    profile = ok(client.get("/v1/profile"))
    assert profile["business"]["slug"] == "brinewell"
    assert profile["foundation"]["products"][0]["pricing_tiers"][0]["price"] == {"minor": 19_900, "currency": "EUR"}
    assert [gap["question"] for gap in profile["gaps"]] == ["What never worked?"]


def test_the_profile_of_a_time_before_the_onboarding_is_absent(client: TestClient):
    assert client.get("/v1/profile", params={"as_of": "2020-01-01T00:00:00Z"}).status_code == 404


def test_an_entry_is_saved_with_what_follows_from_it(entry: dict[str, Any]):
    assert (entry["publish_at"], entry["keyword_cluster"]) == ("2026-03-09T08:30:00Z", "kitchen waste scale")
    assert entry["production_cost"] == {"minor": 45_000, "currency": "EUR"}
    assert entry["category"] and entry["campaign_id"]


def test_an_entry_that_is_saved_again_is_the_same_one(client: TestClient, entry: dict[str, Any]):
    assert ok(client.post("/v1/calendar", json=ENTRY)) == entry
    changed = ok(client.post("/v1/calendar", json=ENTRY | {"title": "Wet gloves"}))
    assert (changed["id"], changed["title"]) == (entry["id"], "Wet gloves")
    assert ok(client.get(f"/v1/calendar/{entry['id']}")) == changed
    ok(client.post("/v1/calendar", json=ENTRY))


def test_an_entry_moves_to_another_status(client: TestClient):
    id = ok(client.post("/v1/calendar", json=ENTRY | {"external_id": "C-2", "utm_content": "c-2"}))["id"]
    assert ok(client.post(f"/v1/calendar/{id}/status", json={"status": "scheduled"}))["status"] == "scheduled"
    assert "C-2" in [each["external_id"] for each in ok(client.get("/v1/calendar?status=scheduled"))["items"]]


def test_a_status_that_there_is_not_is_refused_with_its_field(client: TestClient, entry: dict[str, Any]):
    answer = client.post(f"/v1/calendar/{entry['id']}/status", json={"status": "done"})
    assert answer.json()["faults"][0]["field"] == "status"


def test_the_pages_of_the_calendar_are_all_of_it_in_order(refleqt: Container):
    _, client = business_of(refleqt, "pages")
    for day in (3, 1, 5, 2, 4):
        moment = f"2026-04-0{day}T10:00:00Z"
        ok(client.post("/v1/calendar", json=ENTRY | {"external_id": f"D-{day}", "publish_at": moment}))
    seen, after = [], {}
    while True:
        found = ok(client.get("/v1/calendar", params={"limit": 2} | after))
        assert len(found["items"]) <= 2
        seen += [each["external_id"] for each in found["items"]]
        if found["next"] is None:
            break
        after = {"after": found["next"]}
    assert seen == ["D-1", "D-2", "D-3", "D-4", "D-5"]
    window = {"start": "2026-04-02T10:00:00Z", "end": "2026-04-04T10:00:00Z"}
    assert [each["external_id"] for each in ok(client.get("/v1/calendar", params=window))["items"]] == ["D-2", "D-3"]


def test_an_entry_can_be_written_whole_over_http():
    assert {*EntryBody.model_fields, "given"} == set(EntryDraft.__slots__)


def test_a_vent_that_is_sent_twice_is_one(client: TestClient, vent: dict[str, Any]):
    again = ok(client.post("/v1/vents", json={k: vent[k] for k in ("text", "external_id", "written_at")}))
    assert again["id"] == vent["id"]
    assert [each["id"] for each in ok(client.get("/v1/vents"))["items"]] == [vent["id"]]


def test_what_was_written_is_found(client: TestClient, refleqt: Container, vent: dict[str, Any]):
    work(refleqt)
    found = ok(client.get("/v1/search", params={"q": "who is louder than us", "source_type": "vent"}))["items"]
    assert [each["source_id"] for each in found] == [vent["id"]]
    assert ok(client.get("/v1/search", params={"q": "louder", "source_type": "onboarding", "limit": 1}))["items"][0]


# --- suggestions, maps, briefs ----------------------------------------------------------------------------------------


def test_suggestions_come_with_reasons_and_are_in_the_log(client: TestClient, suggestions: list[dict[str, Any]]):
    assert len(suggestions) == 3
    assert all(each["recommendation_content"]["why_now"] for each in suggestions)
    logged = [each["id"] for each in ok(client.get("/v1/suggestions"))["items"]]
    assert set(logged) >= {each["id"] for each in suggestions}


def test_an_accepted_suggestion_is_on_the_calendar(client: TestClient, suggestions: list[dict[str, Any]]):
    path = f"/v1/suggestions/{suggestions[0]['id']}/action"
    assert ok(client.post(path, json={"action": "accepted"}))["user_action"] == "accepted"
    titles = [each["title"] for each in ok(client.get("/v1/calendar?status=planned"))["items"]]
    assert suggestions[0]["recommendation_content"]["title"] in titles
    assert client.post(path, json={"action": "rejected"}).json()["type"] == "/problems/conflict"


def test_a_suggestion_is_accepted_with_changes(client: TestClient, suggestions: list[dict[str, Any]]):
    changes = {"title": "Ours is quieter", "publish_at": "2026-03-20T09:00:00Z", "kpi_target": 12}
    path = f"/v1/suggestions/{suggestions[1]['id']}/action"
    ok(client.post(path, json={"action": "modified", "changes": changes}))
    planned = ok(client.get("/v1/calendar?status=planned"))["items"]
    (entry,) = [each for each in planned if each["title"] == "Ours is quieter"]
    assert (entry["publish_at"], entry["kpi_target"]) == ("2026-03-20T09:00:00Z", 12)


def test_changes_without_the_action_that_they_belong_to_are_refused(
    client: TestClient, suggestions: list[dict[str, Any]]
):
    body = {"action": "accepted", "changes": {"title": "x"}}
    answer = client.post(f"/v1/suggestions/{suggestions[2]['id']}/action", json=body)
    assert answer.json()["type"] == "/problems/invalid-input"


def test_a_map_is_proposed_with_artifacts_and_cost(client: TestClient, execution_map: dict[str, Any]):
    id = execution_map["map"]["id"]
    parts = [each[fee]["minor"] for each in execution_map["artifacts"] for fee in ("base_fee", "platform_fee")]
    assert execution_map["map"]["estimated_cost"]["minor"] >= sum(parts) > 0
    assert ok(client.get(f"/v1/maps/{id}")) == execution_map
    assert id in [each["id"] for each in ok(client.get("/v1/maps"))["items"]]


def test_a_bought_map_is_on_the_calendar(client: TestClient):
    proposed = ok(client.post("/v1/maps"))
    bought = ok(client.post(f"/v1/maps/{proposed['map']['id']}/purchase"))
    assert bought["map"]["status"] == "purchased"
    for artifact in bought["artifacts"]:
        assert ok(client.get(f"/v1/calendar/{artifact['calendar_entry_id']}"))["title"] == artifact["title"]


def test_only_an_owner_buys(client: TestClient, refleqt: Container, business_id: BusinessId):
    secret, _ = refleqt.tokens().issue(business_id, role="member")
    member = TestClient(client.app, headers={"Authorization": f"Bearer {secret}"})
    assert member.post(f"/v1/maps/{uuid4()}/purchase").status_code == 403


def test_a_brief_gives_nothing_of_the_business_away(client: TestClient, brief: dict[str, Any]):
    assert brief["certificate"]["passed"] is True
    assert "brinewell" not in json.dumps(brief["document"]).lower()
    assert ok(client.get(f"/v1/briefs/{brief['id']}")) == brief
    assert brief["id"] in [each["id"] for each in ok(client.get("/v1/briefs"))["items"]]


def test_a_premium_flag_is_a_boolean(client: TestClient):
    answer = client.post("/v1/briefs", json={"map_artifact_id": str(uuid4()), "premium": 1})
    assert answer.json()["faults"][0]["field"] == "premium"


# --- attribution, jobs ------------------------------------------------------------------------------------------------


def test_attribution_conserves_revenue_by_every_model(
    client: TestClient, refleqt: Container, business_id: BusinessId, entry: dict[str, Any]
):
    assert ok(client.get("/v1/attribution"))["credits"] == []
    at = NOW - timedelta(days=3)
    touches = [
        TouchDraft(external_id=f"T-{i}", visitor_id="v", occurred_at=at + timedelta(hours=i), utm_content=tag)
        for i, tag in enumerate(["c-1", "elsewhere", "c-1"])
    ]
    conversion = ConversionDraft(
        external_id="X-1", visitor_id="v", occurred_at=at + timedelta(days=1), event="sale", revenue=Money(minor=10_001)
    )
    refleqt.attribution().import_touches(business_id, touches, FILE)
    refleqt.attribution().import_conversions(business_id, [conversion], FILE)
    reports = ok(client.post("/v1/attribution", json={"start": "2026-02-01", "end": "2026-03-02"}))
    revenue = {each["model"]: sum(credit["revenue"]["minor"] for credit in each["credits"]) for each in reports}
    assert revenue == dict.fromkeys(ATTRIBUTION_MODELS, 10_001)
    linear = ok(client.get("/v1/attribution?model=linear"))
    assert linear in reports
    assert (linear["credits"][0]["calendar_entry_id"], linear["period_end"]) == (entry["id"], "2026-03-02")


def test_a_period_that_ends_before_it_starts_is_refused(client: TestClient):
    answer = client.post("/v1/attribution", json={"start": "2026-03-01", "end": "2026-03-01"})
    assert answer.json()["faults"][0]["problem"] == "Input should end after its start"


def test_a_failed_job_says_why_and_can_be_retried(client: TestClient, failed_job: int):
    seen = ok(client.get(f"/v1/jobs/{failed_job}"))
    assert (seen["kind"], seen["status"]) == ("generate_brief", "failed")
    assert seen["problem"].startswith("there is no artifact of a map")
    assert seen in ok(client.get("/v1/jobs?status=failed"))["items"]
    assert ok(client.post(f"/v1/jobs/{failed_job}/retry"))["status"] == "waiting"
    assert client.post(f"/v1/jobs/{failed_job}/retry").status_code == 409


@pytest.mark.parametrize("number", [999_999, "1.0", "0", 2**63])
def test_a_job_number_that_there_is_not_is_refused(client: TestClient, number: object):
    assert client.get(f"/v1/jobs/{number}").status_code in (404, 422)


# --- tenants ----------------------------------------------------------------------------------------------------------


def test_another_business_finds_nothing_of_this_one(
    stranger: TestClient,
    entry: dict[str, Any],
    vent: dict[str, Any],
    suggestions: list[dict[str, Any]],
    execution_map: dict[str, Any],
    brief: dict[str, Any],
    failed_job: int,
):
    ids = {each["id"] for each in (entry, vent, brief, execution_map["map"], *suggestions)}
    for path in ("calendar", "vents", "suggestions", "maps", "briefs"):
        assert not ids & {each["id"] for each in ok(stranger.get(f"/v1/{path}"))["items"]}
    assert failed_job not in [each["id"] for each in ok(stranger.get("/v1/jobs"))["items"]]
    assert "louder" not in stranger.get("/v1/search?q=louder&source_type=vent").text
    assert ok(stranger.get("/v1/profile"))["business"]["slug"] == "peelmetric"


def test_an_id_of_another_business_is_as_absent_as_one_that_never_was(
    stranger: TestClient,
    entry: dict[str, Any],
    suggestions: list[dict[str, Any]],
    execution_map: dict[str, Any],
    brief: dict[str, Any],
    failed_job: int,
):
    map_id, artifact = execution_map["map"]["id"], execution_map["artifacts"][0]["id"]
    asked = [
        ("GET", f"/v1/calendar/{entry['id']}", None),
        ("GET", f"/v1/calendar?after={entry['id']}", None),
        ("POST", f"/v1/calendar/{entry['id']}/status", {"status": "published"}),
        ("POST", f"/v1/suggestions/{suggestions[2]['id']}/action", {"action": "accepted"}),
        ("GET", f"/v1/maps/{map_id}", None),
        ("POST", f"/v1/maps/{map_id}/purchase", None),
        ("GET", f"/v1/briefs/{brief['id']}", None),
        ("POST", "/v1/briefs", {"map_artifact_id": artifact}),
        ("GET", f"/v1/jobs/{failed_job}", None),
        ("POST", f"/v1/jobs/{failed_job}/retry", None),
    ]
    for method, path, body in asked:
        answer = stranger.request(method, path, json=body)
        assert (answer.status_code, answer.json()["type"]) == (404, "/problems/not-found"), path


def test_no_path_is_open_without_a_token_but_health(client: TestClient):
    anonymous = TestClient(client.app)
    for path, methods in openapi_document()["paths"].items():
        for method in methods:
            filled = re.sub(r"\{\w+\}", str(uuid4()), path)
            answer = anonymous.request(method.upper(), filled)
            assert answer.status_code == (200 if path in ("/healthz", "/readyz") else 401), path


# --- the server itself ------------------------------------------------------------------------------------------------


def test_a_server_without_its_store_is_alive_but_not_ready():
    gone = Settings(database_url="postgresql+psycopg://app:hunter2@127.0.0.1:1/gone", blobs="memory")
    with open_refleqt(gone) as refleqt:
        client = TestClient(create_app(refleqt))
        assert client.get("/healthz").status_code == 200
        answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["type"]) == (503, "/problems/unavailable")
    assert "hunter2" not in answer.text and "127.0.0.1" not in answer.text


def test_a_person_is_led_to_the_document(client: TestClient):
    home = client.get("/")
    assert home.headers["Content-Type"].startswith("text/html")
    assert 'href="/openapi.json"' in home.text
    assert client.get("/openapi.json").json() == openapi_document()


def test_the_type_of_a_problem_can_be_looked_up(client: TestClient):
    uri = client.get("/nothing").json()["type"]
    assert "Not found" in client.get(uri).text
    assert uri in client.get("/problems").text
    assert client.get("/problems/unheard-of").status_code == 404
