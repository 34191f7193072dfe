"""The onboarding and the brand assets over HTTP, as a client meets them."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import unquote

import pytest
from starlette.testclient import TestClient

from refleqt_adapters.container import Container, open_refleqt
from refleqt_adapters.settings import Settings
from refleqt_core.intake.questions import QUESTIONNAIRE
from refleqt_core.values import BusinessId
from refleqt_http.app import create_app, openapi_document
from refleqt_http.files import LARGEST_UPLOAD

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
PNG = b"\x89PNG\r\n\x1a\n"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
WHO = "Who is your ideal customer?"
FULL: dict[str, Any] = {
    "identity": {"name": "Brinewell", "stage": "seed", "timezone": "Europe/Amsterdam", "website": "brinewell.example"},
    "business_model": {"models": ["b2b", "saas"]},
    "revenue_mechanics": {"mechanics": ["subscription"]},
    "audience": {"segments": [{"name": "Head chefs", "pain_points": ["Counting stock, at night"]}]},
    "competitors": {"direct": ["Peelmetric"]},
    "brand_voice": {"formality": 0.25, "boldness": 1, "words_we_use": ["weigh"]},
    "visual_identity": {"colors": ["#2b4c7e"], "logo": "a jar"},
    "offering": {
        "products": [{"name": "Tally", "pricing_tiers": [{"name": "One", "price": {"minor": 7900, "currency": "EUR"}}]}]
    },
    "marketing_stack": {"cms": "Ghost", "social": ["linkedin"]},
    "marketing_state": {"working": ["stories"], "never_tried": ["webinars"]},
}


@pytest.fixture
def refleqt() -> Iterator[Container]:
    with open_refleqt(Settings.in_memory(clock="simulated", clock_start=NOW)) as container:
        yield container


def client_of(refleqt: Container, name: str, role: str = "owner") -> TestClient:
    business = refleqt.onboarding().begin({"name": name})
    secret, _ = refleqt.tokens().issue(BusinessId(business.id), role=role)
    return TestClient(create_app(refleqt), headers={"Authorization": f"Bearer {secret}"})


@pytest.fixture
def client(refleqt: Container) -> TestClient:
    return client_of(refleqt, "Brine")


def group(client: TestClient, name: str, **query: str) -> dict[str, Any]:
    answer = client.get("/v1/onboarding", params=query)
    assert answer.status_code == 200, answer.text
    return next(each for each in answer.json()["groups"] if each["name"] == name)


def values(told: dict[str, Any]) -> dict[str, Any]:
    return {field["name"]: field["value"] for field in told["fields"]}


def test_the_onboarding_tells_all_that_is_asked(client: TestClient):
    told = client.get("/v1/onboarding").json()
    assert (told["done"], told["next"]) == (1, "business_model")
    for shown, declared in zip(told["groups"], QUESTIONNAIRE, strict=True):
        assert [field["name"] for field in shown["fields"]] == [field.name for field in declared.fields]
        assert [each["question"] for each in shown["questions"]] == [each.question for each in declared.questions]
        assert all(field["options"] == list(declared.field(field["name"]).options) for field in shown["fields"])


@pytest.mark.parametrize("name", FULL)
def test_a_group_says_what_was_put_into_it(client: TestClient, name: str):
    put = client.put(f"/v1/onboarding/{name}", json=FULL[name])
    assert put.status_code == 200, put.text
    said = values(put.json())
    for field, value in FULL[name].items():
        if isinstance(value, list) and isinstance(value[0], dict):
            assert value[0].items() <= said[field][0].items() or value[0]["name"] == said[field][0]["name"]
        else:
            assert said[field] == value
    assert group(client, name) == put.json()
    assert client.put(f"/v1/onboarding/{name}", json=said).json() == put.json()


def test_the_profile_says_so_before_the_answer_comes(client: TestClient):
    client.put("/v1/onboarding/offering", json=FULL["offering"])
    [product] = client.get("/v1/profile").json()["foundation"]["products"]
    assert product["pricing_tiers"] == [{"name": "One", "price": {"minor": 7900, "currency": "EUR"}, "per": "month"}]


def test_what_a_body_does_not_name_stays_as_it_is(client: TestClient):
    client.put("/v1/onboarding/competitors", json={"direct": ["A"], "answers": [{"question": "Why?", "answer": "x"}]})
    told = client.put("/v1/onboarding/competitors", json={"indirect": ["B"]}).json()
    assert (values(told)["direct"], values(told)["indirect"]) == (["A"], ["B"])
    assert [each["answer"] for each in told["questions"] if each["question"] == "Why?"] == ["x"]


def test_null_empties_a_field(client: TestClient):
    client.put("/v1/onboarding/identity", json={"stage": "seed", "industry": "food"})
    told = client.put("/v1/onboarding/identity", json={"stage": None, "industry": None}).json()
    assert (values(told)["stage"], values(told)["industry"], values(told)["name"]) == (None, "", "Brine")


def test_answers_come_with_what_stands_between_the_lines(client: TestClient):
    answers = [{"question": WHO, "answer": "I think hotels, maybe."}, {"question": "Who else?", "answer": ""}]
    told = client.put("/v1/onboarding/audience", json={"answers": answers}).json()
    standing = {each["question"]: each["standing"] for each in told["questions"]}
    assert (standing[WHO], standing["Who else?"]) == ("answered", "skipped")
    certainty = told["questions"][0]["signals"]["certainty"]
    assert [each["text"] for each in certainty["words"]] == ["think", "maybe"]


def test_what_was_said_before_is_read_as_of_its_day(client: TestClient, refleqt: Container):
    client.put("/v1/onboarding/identity", json={"stage": "seed"})
    refleqt.clock().sleep_until(NOW + timedelta(days=1))
    client.put("/v1/onboarding/identity", json={"stage": "series_a"})
    assert values(group(client, "identity"))["stage"] == "series_a"
    assert values(group(client, "identity", as_of=NOW.isoformat()))["stage"] == "seed"
    assert client.get("/v1/profile", params={"as_of": NOW.isoformat()}).json()["business"]["stage"] == "seed"


@pytest.mark.parametrize(
    ("name", "body", "field"),
    [
        ("identity", {"name": " "}, "name"),
        ("identity", {"name": None}, "name"),
        ("identity", {"stage": "unicorn"}, "stage"),
        ("identity", {"timezone": "Mars/Olympus"}, "timezone"),
        ("identity", {"website": "javascript:alert(1)"}, "website"),
        ("identity", {"slug": "A b"}, "slug"),
        ("identity", {"rôle": "x"}, "rôle"),
        ("business_model", {"models": ["b2b", "x"]}, "models.1"),
        ("brand_voice", {"boldness": 7}, "boldness"),
        ("brand_voice", {"boldness": True}, "boldness"),
        ("competitors", {"direct": ["a", ""]}, "direct.1"),
        ("competitors", {"direct": ["a"] * 101}, "direct"),
        ("audience", {"segments": [{"key": "a"}]}, "segments.0.name"),
        ("audience", {"segments": [{"name": "a"}, {"name": "A"}]}, "audience.segments[1].key"),
        (
            "offering",
            {"products": [{"name": "T", "pricing_tiers": [{"name": "a"}]}]},
            "products.0.pricing_tiers.0.price",
        ),
        ("audience", {"answers": [{"question": "", "answer": "x"}]}, "answers.0.question"),
    ],
)
def test_what_cannot_be_is_refused_and_named(client: TestClient, name: str, body: dict[str, Any], field: str):
    before = client.get("/v1/onboarding").json()
    answer = client.put(f"/v1/onboarding/{name}", json=body)
    assert answer.status_code == 422, answer.text
    assert [fault["field"] for fault in answer.json()["faults"]] == [field]
    assert client.get("/v1/onboarding").json() == before


def test_a_group_that_is_not_asked_is_not_found(client: TestClient):
    assert client.put("/v1/onboarding/hobbies", json={}).status_code == 404


def test_a_slug_of_another_business_is_a_conflict(client: TestClient, refleqt: Container):
    client_of(refleqt, "Ash")
    answer = client.put("/v1/onboarding/identity", json={"slug": "ash"})
    assert answer.status_code == 409
    assert [(each["source"], each["field"]) for each in answer.json()["faults"]] == [("body", "slug")]


def test_before_it_said_anything_a_business_has_no_state(client: TestClient):
    for path in ("onboarding", "profile"):
        early = client.get(f"/v1/{path}", params={"as_of": "2026-03-01T08:00:00Z"})
        assert early.status_code == 404


def test_a_reviewer_reads_and_does_not_write(refleqt: Container):
    reviewer = client_of(refleqt, "Brine", "reviewer")
    assert reviewer.get("/v1/onboarding").status_code == 200
    assert reviewer.put("/v1/onboarding/audience", json={}).status_code == 403
    assert reviewer.post("/v1/brand-assets?name=a.png", content=PNG, headers=kind_of("image/png")).status_code == 403


def test_one_business_never_sees_the_answers_of_another(client: TestClient, refleqt: Container):
    client.put("/v1/onboarding/competitors", json={"direct": ["Zunderloo"]})
    assert "Zunderloo" not in client_of(refleqt, "Ash").get("/v1/onboarding").text


def test_the_schemas_have_the_options_of_the_questionnaire():
    schemas = openapi_document()["components"]["schemas"]
    for name, field in (("BusinessModel", "models"), ("RevenueMechanics", "mechanics")):
        declared = next(each for group in QUESTIONNAIRE for each in group.fields if each.name == field)
        assert schemas[f"{name}Body"]["properties"][field]["items"]["enum"] == list(declared.options)
    for declared in QUESTIONNAIRE:
        body = f"{''.join(part.title() for part in declared.name.split('_'))}Body"
        assert set(schemas[body]["properties"]) == {field.name for field in declared.fields} | {"answers"}


# --- brand assets -----------------------------------------------------------------------------------------------------


def kind_of(media_type: str) -> dict[str, str]:
    return {"Content-Type": media_type}


def added(client: TestClient, name: str = "logo.png", content: bytes = PNG, kind: str = "logo") -> dict[str, Any]:
    answer = client.post(
        "/v1/brand-assets", params={"name": name, "kind": kind}, content=content, headers=kind_of("image/png")
    )
    assert answer.status_code == 200, answer.text
    return answer.json()


def in_use(client: TestClient, **query: str) -> list[str]:
    return [each["name"] for each in client.get("/v1/brand-assets", params=query).json()["items"]]


def test_an_asset_is_added_listed_and_fetched(client: TestClient):
    asset = added(client)
    assert (asset["media_type"], asset["size"], asset["kind"]) == ("image/png", len(PNG), "logo")
    assert in_use(client) == ["logo.png"]
    assert client.get(f"/v1/brand-assets/{asset['id']}").json() == asset
    assert client.get(f"/v1/brand-assets/{asset['id']}/file").content == PNG


def test_a_drawing_is_saved_and_never_run(client: TestClient):
    asset = added(client, "logo.svg", SVG)
    answer = client.get(f"/v1/brand-assets/{asset['id']}/file")
    assert (answer.content, answer.headers["Content-Type"]) == (SVG, "image/svg+xml")
    assert answer.headers["Content-Disposition"] == "attachment; filename*=UTF-8''logo.svg"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")


@pytest.mark.parametrize("name", ["Markenhandbüch.png", "商标 (1).png", "Логотип+100%.png", 'l\'été, "hiver"; a=b.png'])
def test_a_name_in_any_script_is_kept_and_fetched_under(client: TestClient, name: str):
    asset = added(client, name)
    assert (asset["name"], in_use(client)) == (name, [name])
    told = client.get(f"/v1/brand-assets/{asset['id']}/file").headers["Content-Disposition"]
    kind, _, written = told.partition("; filename*=UTF-8''")
    assert (kind, unquote(written)) == ("attachment", name)
    assert re.fullmatch(r"[A-Za-z0-9!#$&+.^_`|~%-]+", written)  # RFC 8187


def test_a_name_is_the_same_however_its_letters_are_put_together(client: TestClient):
    asset = added(client, "Markenhandbu\u0308ch.png")
    assert asset["name"] == "Markenhandb\u00fcch.png"
    assert added(client, "Markenhandb\u00fcch.png") == asset


@pytest.mark.parametrize(
    "name", ["", " ", "..", "a/b.png", "a\\b.png", "a\u202egnp.exe", "a\x00.png", "a\n.png", "ä" * 201]
)
def test_a_name_that_names_no_file_is_refused(client: TestClient, name: str):
    answer = client.post("/v1/brand-assets", params={"name": name}, content=PNG, headers=kind_of("image/png"))
    assert (answer.status_code, answer.json()["faults"][0]["field"]) == (422, "name")


@pytest.mark.parametrize("contents", [[PNG] * 4, [PNG + bytes([number]) for number in range(4)]])
def test_of_what_is_sent_at_once_under_one_name_one_is_in_use(client: TestClient, contents: list[bytes]):
    def post(content: bytes) -> Any:
        return client.post("/v1/brand-assets?name=logo.png", content=content, headers=kind_of("image/png"))

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(post, contents))
    assert in_use(client) == ["logo.png"]
    alike = len(set(contents)) == 1
    assert sorted(answer.status_code for answer in answers) == ([200] * 4 if alike else [200, 409, 409, 409])
    assert len({answer.json()["id"] for answer in answers if answer.status_code == 200}) == 1


def test_what_the_sender_says_of_a_file_does_not_count(client: TestClient):
    assert added(client, "drawing", SVG)["media_type"] == "image/svg+xml"


@pytest.mark.parametrize(
    ("name", "content", "status"),
    [("a.png", b"<html></html>", 422), ("a.png", SVG, 422), ("a.png", b"", 422), ("a/b.png", PNG, 422)],
)
def test_what_is_not_what_it_says_is_refused(client: TestClient, name: str, content: bytes, status: int):
    answer = client.post("/v1/brand-assets", params={"name": name}, content=content, headers=kind_of("image/png"))
    assert answer.status_code == status and answer.json()["faults"][0]["remedy"]
    assert in_use(client) == []


def test_a_file_that_is_too_large_is_refused(client: TestClient):
    answer = client.post(
        "/v1/brand-assets?name=a.png", content=PNG.ljust(LARGEST_UPLOAD + 1, b"\0"), headers=kind_of("image/png")
    )
    assert answer.status_code == 413 and in_use(client) == []


def test_a_replaced_and_a_removed_asset_stay_readable(client: TestClient, refleqt: Container):
    old = added(client)
    refleqt.clock().sleep_until(NOW + timedelta(days=1))
    path = f"/v1/brand-assets/{old['id']}"
    new = client.put(f"{path}?name=logo.svg", content=SVG, headers=kind_of("application/octet-stream")).json()
    assert in_use(client) == ["logo.svg"] and in_use(client, as_of=NOW.isoformat()) == ["logo.png"]
    assert client.delete(f"/v1/brand-assets/{new['id']}").json()["removed_at"]
    assert in_use(client) == []
    assert client.get(f"{path}/file").content == PNG


def test_another_file_of_the_same_name_is_a_conflict(client: TestClient):
    added(client)
    answer = client.post("/v1/brand-assets?name=logo.png", content=PNG + b"2", headers=kind_of("image/png"))
    assert answer.status_code == 409


def test_another_business_never_fetches_an_asset(client: TestClient, refleqt: Container):
    asset, other = added(client), client_of(refleqt, "Ash")
    for path in (f"/v1/brand-assets/{asset['id']}", f"/v1/brand-assets/{asset['id']}/file"):
        assert other.get(path).status_code == 404
    assert other.delete(f"/v1/brand-assets/{asset['id']}").status_code == 404
    assert in_use(other) == []
