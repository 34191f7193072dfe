"""The calendar over HTTP: written whole, changed in part, taken back, spoken about, repeated; and never another's."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import attrs
import pytest
from starlette.testclient import TestClient

from refleqt_adapters.container import Container, open_refleqt
from refleqt_adapters.settings import Settings
from refleqt_core.intake.business import Segment
from refleqt_core.intake.calendar_search import EntrySearch
from refleqt_core.intake.drafts import EntryDraft, OnboardingForm
from refleqt_core.outputs.records import RecommendationOutcome
from refleqt_core.values import BusinessId
from refleqt_http.app import create_app
from refleqt_http.calendar import EntryQuery
from refleqt_http.entry_answers import WholeEntryOut
from refleqt_http.entry_bodies import EntryChanges

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
WHOLE: dict[str, Any] = {
    "external_id": "C-1",
    "title": "What a wet glove taught us about scales",
    "artifact_type": "blog_copy",
    "status": "planned",
    "owner": "Mira",
    "team": ["Bo", "Ada"],
    "tags": ["spring"],
    "notes": "Chefs first.\nThen finance.",
    "publish_at": "2026-03-10T08:30:00Z",
    "created_at": "2026-01-01T00:00:00Z",
    "campaign": "Spring",
    "funnel_stage": "bofu",
    "icp_segment": "ops",
    "buyer_persona": "Head chef",
    "angle": "roi",
    "strategic_intent": "Be found",
    "competitive_context": "Peelmetric writes of gloves too",
    "channel": "blog",
    "plans": [
        {
            "channel": "linkedin",
            "parameters": {"hook": "Wet gloves lie", "hashtags": ["waste", "scales"], "boosted": True, "slides": 3},
            "posting_schedule": ["Tue 09:00"],
            "paid_budget": {"minor": 12_000},
            "repurposing_plan": "Cut into three posts.",
        },
        {"channel": "blog"},
    ],
    "production_cost": {"minor": 45_000, "currency": "USD"},
    "primary_kpi": "signups",
    "kpi_target": 40,
    "secondary_kpis": ["clicks"],
    "utm_source": "refleqt",
    "utm_medium": "content",
    "utm_campaign": "spring",
    "utm_content": "c-1",
    "utm_term": "waste",
    "attribution_model": "linear",
    "conversion_event": "signup",
    "review_due": "2026-04-10",
    "lifetime_value_tag": "gold",
    "primary_keyword": "kitchen waste scale",
    "secondary_keywords": ["food waste"],
    "search_intent": "commercial",
    "keyword_difficulty": 31,
    "search_volume": 900,
    "ranking_position": 7,
    "serp_features": ["people_also_ask"],
    "internal_link_targets": ["pricing"],
    "featured_snippet": True,
    "url_slug": "blog/wet-glove",
    "meta_title": "Wet gloves and scales",
    "meta_description": "What a wet glove taught us.",
    "header_structure": ["Gloves", "Scales"],
    "schema_markup": "Article",
    "canonical_url": "https://brinewell.example/blog/wet-glove",
    "index_status": "indexed",
    "core_web_vitals": {"lcp": 2.5},
    "mobile_rendering": "mobile_friendly",
    "image_alt_texts": ["A wet glove", ""],
    "anchor_texts": ["kitchen scale"],
    "crawl_directives": ["max-snippet: 50"],
}
SHORT = {"external_id": "C-2", "title": "Paper lists", "artifact_type": "email"}


@pytest.fixture(scope="module")
def refleqt() -> Iterator[Container]:
    with open_refleqt(Settings.in_memory(clock="simulated", clock_start=NOW)) as container:
        yield container


def client_of(refleqt: Container, slug: str, role: str = "owner", label: str = "anna") -> TestClient:
    """A client with a token of that business, which is new if it is not there."""
    known = {business.slug: business.id for business in refleqt.profile().businesses()}
    if slug not in known:
        form = OnboardingForm(name=slug.title(), slug=slug, segments=(Segment(key="ops", name="Operations"),))
        known[slug] = refleqt.onboarding().complete(form).id
    secret, _ = refleqt.tokens().issue(BusinessId(known[slug]), role=role, label=label)
    return TestClient(create_app(refleqt), headers={"Authorization": f"Bearer {secret}"})


@pytest.fixture
def client(refleqt: Container) -> TestClient:
    """The owner of a business of this test's own."""
    return client_of(refleqt, f"b-{uuid4().hex[:8]}")


@pytest.fixture(scope="module")
def stranger(refleqt: Container) -> TestClient:
    return client_of(refleqt, "peelmetric")


def ok(answer: Any) -> Any:
    assert answer.status_code == 200, answer.text
    return answer.json()


def saved(client: TestClient, **changes: Any) -> dict[str, Any]:
    found: dict[str, Any] = ok(client.post("/v1/calendar", json=SHORT | changes))
    return found


def path_of(entry: dict[str, Any], *more: str) -> str:
    return "/".join(("/v1/calendar", entry["id"], *more))


# --- one entry --------------------------------------------------------------------------------------------------------


def test_the_example_says_every_field_that_an_entry_has():
    assert set(WHOLE) | {"channels", "paid_budget", "given"} == set(EntryDraft.__slots__)


def test_every_field_that_is_written_is_read_back(client: TestClient):
    entry = ok(client.post("/v1/calendar", json=WHOLE))
    read = ok(client.get(path_of(entry)))
    assert read == entry
    other = {"tags", "plans", "publish_at", "production_cost", "kpi_target"}
    assert {name: read[name] for name in set(WHOLE) - other} == {name: WHOLE[name] for name in set(WHOLE) - other}
    assert (read["own_tags"], read["kpi_target"]) == (["spring"], 40.0)
    assert set(read["tags"]) > {"spring"}
    linkedin = next(plan for plan in read["plans"] if plan["channel"] == "linkedin")
    assert linkedin == WHOLE["plans"][0] | {"paid_budget": {"minor": 12_000, "currency": "EUR"}}


def test_what_is_sent_again_changes_nothing(client: TestClient):
    entry = ok(client.post("/v1/calendar", json=WHOLE))
    assert ok(client.post("/v1/calendar", json=WHOLE)) == entry
    assert ok(client.get(path_of(entry, "history")))["changes"] == []


def test_what_is_saved_again_in_part_keeps_the_rest_and_null_takes_away(client: TestClient):
    entry = ok(client.post("/v1/calendar", json=WHOLE))
    short = {name: WHOLE[name] for name in ("external_id", "title", "artifact_type")}
    assert ok(client.post("/v1/calendar", json=short)) == entry
    changed = ok(client.post("/v1/calendar", json=short | {"owner": None, "notes": "Finance first."}))
    assert (changed["owner"], changed["notes"]) == (None, "Finance first.")
    other = {"owner", "notes", "version", "updated_at", "warnings"}
    assert {name: changed[name] for name in set(entry) - other} == {name: entry[name] for name in set(entry) - other}


def test_an_entry_that_can_be_better_is_saved_with_warnings(client: TestClient):
    entry = saved(client, primary_kpi="signups", channel="email")
    assert {each["field"] for each in entry["warnings"]} >= {"kpi_target", "utm_source"}
    assert all(each["what"] and each["why"] for each in entry["warnings"])


def test_all_that_breaks_a_rule_is_named_at_once_and_nothing_is_saved(client: TestClient):
    bad = {"url_slug": "Wet Glove", "utm_source": "a&b", "canonical_url": "blog/x", "paid_budget": {"minor": 1}}
    answer = client.post("/v1/calendar", json=SHORT | bad)
    assert answer.status_code == 422
    assert {fault["field"] for fault in answer.json()["faults"]} >= {"url_slug", "utm_source", "canonical_url"}
    assert ok(client.get("/v1/calendar"))["items"] == []


def test_two_plans_for_one_channel_are_refused(client: TestClient):
    answer = client.post("/v1/calendar", json=SHORT | {"plans": [{"channel": "email"}, {"channel": "email"}]})
    assert (answer.status_code, answer.json()["faults"][0]["field"]) == (422, "plans")


def test_a_change_in_part_leaves_the_rest_and_null_takes_away(client: TestClient):
    entry = ok(client.post("/v1/calendar", json=WHOLE))
    changes = {"title": "Gloves", "owner": None, "secondary_keywords": None, "core_web_vitals": None, "notes": " "}
    changed = ok(client.patch(path_of(entry), json=changes))
    differing = {name for name in entry if entry[name] != changed[name]} - {"version", "updated_at", "warnings", "tags"}
    assert differing == set(changes)
    gone = ("owner", "secondary_keywords", "core_web_vitals", "notes")
    assert [changed[name] for name in gone] == [None, [], {}, None]


def test_an_empty_change_changes_nothing(client: TestClient):
    entry = ok(client.post("/v1/calendar", json=WHOLE))
    assert ok(client.patch(path_of(entry), json={})) == entry


@pytest.mark.parametrize("body", [{"title": None}, {"status": None}, {"external_id": "X"}, {"colour": "red"}])
def test_what_cannot_be_changed_is_refused(client: TestClient, body: dict[str, Any]):
    answer = client.patch(path_of(saved(client)), json=body)
    assert (answer.status_code, answer.json()["faults"][0]["field"]) == (422, next(iter(body)))


def test_a_change_of_what_somebody_else_has_changed_since_is_a_conflict(client: TestClient):
    entry = saved(client)
    ok(client.patch(path_of(entry), json={"owner": "Bo", "version": entry["version"]}))
    late = client.patch(path_of(entry), json={"owner": "Ada", "version": entry["version"]})
    assert (late.status_code, late.json()["type"]) == (409, "/problems/conflict")
    assert ok(client.get(path_of(entry)))["owner"] == "Bo"


def test_a_change_of_another_version_than_the_header_names_fails(client: TestClient):
    entry = saved(client)
    read = client.get(path_of(entry)).headers["etag"]
    changed = client.patch(path_of(entry), json={"owner": "Bo"}, headers={"If-Match": read})
    assert (changed.status_code, changed.headers["etag"] != read) == (200, True)
    for method, body in (("PATCH", {"owner": "Ada"}), ("DELETE", None)):
        for tags in (read, f"W/{read}", f'"999", {read}'):
            late = client.request(method, path_of(entry), json=body, headers={"If-Match": tags})
            assert (late.status_code, late.json()["type"]) == (412, "/problems/changed-since"), (method, tags)
    assert ok(client.get(path_of(entry)))["owner"] == "Bo"


@pytest.mark.parametrize("tags", ["{}", "*", "W/{}", '"999", {}', ' {},"0" '])
def test_what_was_read_is_changed_and_removed(client: TestClient, tags: str):
    entry = saved(client)
    for method, body in (("PATCH", {"owner": "Ada"}), ("DELETE", None)):
        named = tags.format(client.get(path_of(entry)).headers["etag"])
        ok(client.request(method, path_of(entry), json=body, headers={"If-Match": named}))
    assert client.get(path_of(entry)).status_code == 404


@pytest.mark.parametrize("tags", ["", "3", "three", '"3', '"-1"', '"1" "2"'])
def test_a_header_that_names_no_version_is_refused(client: TestClient, tags: str):
    entry = saved(client)
    for method, body in (("PATCH", {"owner": "Ada"}), ("DELETE", None)):
        answer = client.request(method, path_of(entry), json=body, headers={"If-Match": tags})
        assert (answer.status_code, answer.json()["faults"][0]["field"]) == (422, "If-Match")
    assert ok(client.get(path_of(entry))) == entry


def test_changes_are_taken_back_one_by_one_and_done_again(client: TestClient):
    entry = saved(client)
    for title in ("Second", "Third"):
        ok(client.patch(path_of(entry), json={"title": title}))
    assert ok(client.post(path_of(entry, "undo")))["title"] == "Second"
    assert ok(client.post(path_of(entry, "redo")))["title"] == "Third"
    ok(client.post(path_of(entry, "undo")))
    assert ok(client.post(path_of(entry, "undo")))["title"] == "Paper lists"
    assert client.post(path_of(entry, "undo")).status_code == 409


def test_the_history_says_who_changed_what_and_each_step(client: TestClient):
    entry = saved(client)
    ok(client.patch(path_of(entry), json={"kpi_target": 5, "production_cost": {"minor": 100}}))
    ok(client.post(path_of(entry, "status"), json={"status": "planned"}))
    history = ok(client.get(path_of(entry, "history")))
    assert [(step["left"], step["reached"], step["by"]) for step in history["steps"]] == [
        (None, "idea", "anna"), ("idea", "planned", "anna"),
    ]  # fmt: skip
    moved, changed = history["changes"]
    assert moved["fields"] == [{"field": "status", "before": "idea", "after": "planned"}]
    assert changed["fields"] == [
        {"field": "production_cost", "before": None, "after": {"minor": 100}},
        {"field": "kpi_target", "before": None, "after": 5.0},
    ]


def test_a_status_that_asks_for_a_date_is_refused_without_one(client: TestClient):
    answer = client.post(path_of(saved(client), "status"), json={"status": "scheduled"})
    assert (answer.status_code, answer.json()["faults"][0]["remedy"]) == (422, "Give it one first: publish_at.")


def test_a_removed_entry_answers_with_what_it_was_and_is_gone(client: TestClient):
    entry = ok(client.post("/v1/calendar", json=WHOLE))
    assert ok(client.delete(path_of(entry))) == entry
    assert client.get(path_of(entry)).status_code == 404
    assert client.delete(path_of(entry)).status_code == 404


# --- many entries -----------------------------------------------------------------------------------------------------


def test_everything_that_can_be_searched_for_can_be_asked():
    assert {field.name for field in attrs.fields(EntrySearch)} == set(EntryQuery.model_fields) - {"limit", "after"}


@pytest.mark.parametrize(
    "query",
    ["text=GLOVE", "text=waste+scale", "owner=Mira", "member=Bo", "segment=ops", "tag=spring", "campaign=Spring",
     "group=2026", "artifact_type=blog_copy", "channel=blog", "angle=roi", "funnel_stage=bofu", "status=published",
     "cluster=kitchen+waste+scale", "start=2026-03-10T08:30:00Z&end=2026-03-11T00:00:00Z", "review_due_by=2026-04-10"],
)  # fmt: skip
def test_a_search_finds_what_meets_it_and_nothing_else(refleqt: Container, query: str):
    client = client_of(refleqt, "searched")
    if not ok(client.get("/v1/calendar"))["items"]:
        ok(client.post("/v1/calendar", json=WHOLE | {"status": "published"}))
        ok(client.post("/v1/campaigns", json={"name": "Spring", "group": "2026"}))
        ok(client.post("/v1/campaigns", json={"name": "Autumn", "group": "2027"}))
        other = {"publish_at": "2026-03-11T00:00:00Z", "campaign": "Autumn", "team": ["Cleo"], "status": "reviewed"}
        saved(client, **other, review_due="2026-04-01")
    assert [each["external_id"] for each in ok(client.get(f"/v1/calendar?{query}"))["items"]] == ["C-1"]


def test_the_pages_of_a_search_for_words_are_all_of_it(client: TestClient):
    for number in range(5):
        saved(client, external_id=f"P-{number}", title=f"Paper {number}")
    saved(client, external_id="Q", title="Glove")
    seen: list[str] = []
    page: dict[str, Any] = {"next": None}
    for number in range(3):
        more = {"after": page["next"]} if number else {}
        page = ok(client.get("/v1/calendar", params={"text": "paper", "limit": 2} | more))
        seen += [each["external_id"] for each in page["items"]]
    assert page["next"] is None
    assert sorted(seen) == [f"P-{number}" for number in range(5)]


def test_a_month_has_entries_ghosts_and_reviews_on_their_days(refleqt: Container, client: TestClient):
    saved(client, publish_at="2026-03-10T08:30:00Z", status="published", review_due="2026-03-20")
    saved(client, external_id="C-3")
    ghost = suggested(refleqt, ok(client.get("/v1/profile"))["business"]["id"])
    month = ok(client.get("/v1/calendar/month", params={"month": "2026-03"}))
    assert len(month["days"]) == 31
    assert [each["external_id"] for each in month["days"][9]["entries"]] == ["C-2"]
    assert [each["id"] for each in month["days"][11]["ghosts"]] == [str(ghost.id)]
    assert [each["external_id"] for each in month["days"][19]["reviews"]] == ["C-2"]
    assert [each["external_id"] for each in month["undated"]] == ["C-3"]
    assert month["undated_count"] == 1
    assert month["by_status"] == {"published": 1}
    assert ok(client.get("/v1/calendar/month"))["first"] == "2026-03-01"


@pytest.mark.parametrize("month", ["2026-13", "March", "1969-01", "2026-3", ""])
def test_a_month_that_there_is_not_is_refused(client: TestClient, month: str):
    answer = client.get("/v1/calendar/month", params={"month": month})
    assert (answer.status_code, answer.json()["faults"][0]["field"]) == (422, "month")


def suggested(refleqt: Container, business_id: str) -> RecommendationOutcome:
    content = {
        "title": "An idea", "artifact_type": "email", "channel": "email", "segment": "ops", "success_chance": 0.6,
        "publish_at": "2026-03-12T09:00:00+00:00",
    }  # fmt: skip
    made = RecommendationOutcome(
        id=refleqt.ids().new(),
        business_id=BusinessId(UUID(business_id)),
        recommendation_type="calendar_suggestion",
        recommendation_content=content,
        recommended_at=NOW,
        propensity=0.5,
        policy_version="1",
        recommendation_model_version="1",
    )
    with refleqt.store().business(BusinessId(made.business_id)) as tx:
        tx.add(made)
    return made


# --- comments, templates, series, campaigns ---------------------------------------------------------------------------


def test_people_speak_about_an_entry_each_in_their_own_name(refleqt: Container):
    anna = client_of(refleqt, "spoken-about")
    bo = client_of(refleqt, "spoken-about", role="member", label="bo")
    entry = saved(anna)
    first = ok(anna.post(path_of(entry, "comments"), json={"text": "Shorter, please."}))
    second = ok(bo.post(path_of(entry, "comments"), json={"text": " On it. "}))
    said = ok(anna.get(path_of(entry, "comments")))["items"]
    assert [(each["author"], each["text"]) for each in said] == [("anna", "Shorter, please."), ("bo", "On it.")]
    assert bo.patch(f"/v1/calendar/comments/{first['id']}", json={"text": "Longer!"}).status_code == 403
    edited = ok(bo.patch(f"/v1/calendar/comments/{second['id']}", json={"text": "Done."}))
    assert (edited["text"], edited["edited_at"] is None) == ("Done.", False)
    assert bo.delete(f"/v1/calendar/comments/{first['id']}").status_code == 403
    assert ok(anna.delete(f"/v1/calendar/comments/{second['id']}"))["text"] == "Done."
    assert [each["id"] for each in ok(anna.get(path_of(entry, "comments")))["items"]] == [first["id"]]


@pytest.mark.parametrize("text", ["", " ", "\u00a0", "a\u0000b"])
def test_a_remark_without_words_is_refused(client: TestClient, text: str):
    assert client.post(path_of(saved(client), "comments"), json={"text": text}).status_code == 422


def test_a_template_of_an_entry_gives_what_others_like_it_share(client: TestClient):
    entry = ok(client.post("/v1/calendar", json=WHOLE))
    body = {"name": "tip", "like_entry": entry["id"], "fields": {"owner": "Ada", "status": "planned"}}
    template = ok(client.post("/v1/calendar/templates", json=body))
    assert not {"external_id", "publish_at", "url_slug", "ranking_position"} & set(template["fields"])
    made = ok(
        client.post(f"/v1/calendar/templates/{template['id']}/entry", json={"external_id": "T-1", "title": "Tip"})
    )
    told = (made["title"], made["owner"], made["status"], made["primary_keyword"], made["url_slug"])
    assert told == ("Tip", "Ada", "planned", "kitchen waste scale", None)
    assert [plan["channel"] for plan in made["plans"]] == ["blog", "linkedin"]


def test_a_template_is_changed_under_its_name_and_removed(client: TestClient):
    first = ok(client.post("/v1/calendar/templates", json={"name": "mail", "fields": {"artifact_type": "email"}}))
    again = ok(client.post("/v1/calendar/templates", json={"name": "mail", "fields": {"channel": "email"}}))
    assert (again["id"], again["fields"]) == (first["id"], {"channel": "email"})
    missing = client.post(f"/v1/calendar/templates/{first['id']}/entry", json={"external_id": "T-1"})
    assert {fault["field"] for fault in missing.json()["faults"]} == {"title", "artifact_type"}
    ok(client.delete(f"/v1/calendar/templates/{first['id']}"))
    assert ok(client.get("/v1/calendar/templates"))["items"] == []


def test_an_entry_comes_back_by_its_rule_until_that_is_stopped(client: TestClient):
    entry = saved(client, publish_at="2026-03-10T08:30:00Z")
    body = {"entry_id": entry["id"], "rule": "FREQ=WEEKLY;BYDAY=TU", "name": "lists"}
    series = ok(client.post("/v1/calendar/series", json=body))
    moments = [each["publish_at"] for each in ok(client.get("/v1/calendar"))["items"]]
    assert moments[:3] == ["2026-03-10T08:30:00Z", "2026-03-17T08:30:00Z", "2026-03-24T08:30:00Z"]
    assert client.post("/v1/calendar/series", json=body).status_code == 409
    stopped = ok(client.post(f"/v1/calendar/series/{series['id']}/stop"))
    assert stopped == {"removed": len(moments) - 1}
    assert [each["active"] for each in ok(client.get("/v1/calendar/series"))["items"]] == [False]
    assert [each["id"] for each in ok(client.get("/v1/calendar"))["items"]] == [entry["id"]]


@pytest.mark.parametrize("rule", ["", "every tuesday", "FREQ=SECONDLY", "FREQ=WEEKLY;COUNT=0"])
def test_a_rule_that_says_nothing_is_refused(client: TestClient, rule: str):
    entry = saved(client, publish_at="2026-03-10T08:30:00Z")
    assert client.post("/v1/calendar/series", json={"entry_id": entry["id"], "rule": rule}).status_code == 422
    assert ok(client.get("/v1/calendar/series"))["items"] == []


def test_a_campaign_gets_its_particulars_and_counts_its_entries(client: TestClient):
    saved(client, campaign="Spring")
    body = {"name": "Spring", "goal": "Be found", "group": "2026", "budget": {"minor": 9}, "starts_on": "2026-03-01"}
    ok(client.post("/v1/campaigns", json=body))
    listed = ok(client.get("/v1/campaigns"))["items"]
    assert [(each["campaign"]["name"], each["campaign"]["group"], each["entries"]) for each in listed] == [
        ("Spring", "2026", {"idea": 1})
    ]
    bad = client.post("/v1/campaigns", json=body | {"ends_on": "2026-02-01"})
    assert (bad.status_code, bad.json()["faults"][0]["field"]) == (422, "ends_on")


def test_a_campaign_is_renamed_with_its_entries_and_removed_without(client: TestClient, stranger: TestClient):
    saved(client, campaign="Spring")
    ok(client.post("/v1/campaigns", json={"name": "Empty"}))
    ids = {each["campaign"]["name"]: each["campaign"]["id"] for each in ok(client.get("/v1/campaigns"))["items"]}
    name = f"/v1/campaigns/{ids['Spring']}/name"
    assert stranger.post(name, json={"name": "Theirs"}).status_code == 404
    assert ok(client.post(name, json={"name": "Spring 2026"}))["name"] == "Spring 2026"
    assert len(ok(client.get("/v1/calendar?campaign=Spring 2026"))["items"]) == 1
    assert client.post(name, json={"name": "Empty"}).status_code == 409
    assert stranger.delete(f"/v1/campaigns/{ids['Empty']}").status_code == 404
    assert ok(client.delete(f"/v1/campaigns/{ids['Empty']}"))["name"] == "Empty"
    assert client.delete(f"/v1/campaigns/{ids['Spring']}").status_code == 409


# --- tenants ----------------------------------------------------------------------------------------------------------


def test_another_business_sees_nothing_of_all_this(refleqt: Container, client: TestClient, stranger: TestClient):
    entry = saved(client, publish_at="2026-03-10T08:30:00Z", campaign="Spring")
    suggested(refleqt, ok(client.get("/v1/profile"))["business"]["id"])
    comment = ok(client.post(path_of(entry, "comments"), json={"text": "Ours."}))
    template = ok(client.post("/v1/calendar/templates", json={"name": "ours", "like_entry": entry["id"]}))
    series = ok(client.post("/v1/calendar/series", json={"entry_id": entry["id"], "rule": "FREQ=WEEKLY;BYDAY=TU"}))
    for path in ("calendar", "calendar/templates", "calendar/series", "campaigns"):
        assert ok(stranger.get(f"/v1/{path}"))["items"] == [], path
    for query in ("text=paper", "campaign=Spring", "tag=email"):
        assert ok(stranger.get(f"/v1/calendar?{query}"))["items"] == []
    month = ok(stranger.get("/v1/calendar/month?month=2026-03"))
    assert not any(day["entries"] or day["ghosts"] or day["reviews"] for day in month["days"])
    asked: list[tuple[str, str, Any]] = [
        ("GET", path_of(entry), None),
        ("PATCH", path_of(entry), {"title": "Theirs"}),
        ("DELETE", path_of(entry), None),
        ("POST", path_of(entry, "status"), {"status": "planned"}),
        ("POST", path_of(entry, "undo"), None),
        ("POST", path_of(entry, "redo"), None),
        ("GET", path_of(entry, "history"), None),
        ("GET", path_of(entry, "comments"), None),
        ("POST", path_of(entry, "comments"), {"text": "Theirs"}),
        ("PATCH", f"/v1/calendar/comments/{comment['id']}", {"text": "Theirs"}),
        ("DELETE", f"/v1/calendar/comments/{comment['id']}", None),
        ("DELETE", f"/v1/calendar/templates/{template['id']}", None),
        ("POST", f"/v1/calendar/templates/{template['id']}/entry", {"external_id": "X"}),
        ("POST", "/v1/calendar/templates", {"name": "theirs", "like_entry": entry["id"]}),
        ("POST", "/v1/calendar/series", {"entry_id": entry["id"], "rule": "FREQ=WEEKLY;BYDAY=TU"}),
        ("POST", f"/v1/calendar/series/{series['id']}/stop", None),
        ("GET", f"/v1/calendar?text=paper&after={entry['id']}", None),
    ]
    for method, path, body in asked:
        answer = stranger.request(method, path, json=body)
        assert (answer.status_code, answer.json()["type"]) == (404, "/problems/not-found"), (method, path)
    assert ok(client.get(path_of(entry))) == entry
    assert ok(client.get(path_of(entry, "comments")))["items"] == [comment]


def test_a_reviewer_reads_and_writes_nothing(refleqt: Container):
    entry = saved(client_of(refleqt, "reviewed"))
    reviewer = client_of(refleqt, "reviewed", role="reviewer")
    ok(reviewer.get(path_of(entry)))
    asked: list[tuple[str, str, Any]] = [
        ("POST", "/v1/calendar", SHORT), ("PATCH", path_of(entry), {}), ("DELETE", path_of(entry), None),
        ("POST", path_of(entry, "undo"), None), ("POST", path_of(entry, "comments"), {"text": "x"}),
        ("POST", "/v1/campaigns", {"name": "x"}), ("GET", "/v1/calendar/feeds", None),
        ("POST", "/v1/calendar/series", {"entry_id": entry["id"], "rule": "FREQ=DAILY"}),
    ]  # fmt: skip
    for method, path, body in asked:
        assert reviewer.request(method, path, json=body).status_code == 403, (method, path)


def test_what_is_read_can_be_sent_as_changes(client: TestClient):
    """The two forms name the fields alike."""
    assert set(EntryChanges.model_fields) - {"tags", "channels", "paid_budget"} <= set(WholeEntryOut.model_fields)
