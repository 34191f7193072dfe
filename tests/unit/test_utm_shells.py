"""Tagged links by HTTP, and by the commands that need no business."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from composition import draft
from starlette.testclient import TestClient
from typer.testing import CliRunner, Result

from refleqt_adapters.container import open_refleqt
from refleqt_adapters.settings import Settings
from refleqt_cli.main import app
from refleqt_core.intake.drafts import OnboardingForm
from refleqt_core.values import BusinessId
from refleqt_http.app import create_app

LONG = "https://brine.example/" + "a-very-long-path/" * 12
LI = {"name": "posts", "channel": "linkedin", "utm_source": "li", "utm_medium": "social"}


def command(*arguments: str) -> Result:
    environment = {"COLUMNS": "60", "REFLEQT_DATABASE_URL": "postgresql://nowhere.invalid/none"}
    return CliRunner().invoke(app, ["utm", *arguments], env=environment)


def test_a_built_link_stands_alone_and_unbroken_on_stdout() -> None:
    result = command("build", LONG, "--source", "News Letter", "--medium", "email", "--campaign", "spring")
    assert result.exit_code == 0, result.output
    assert result.stdout == f"{LONG}?utm_source=news-letter&utm_medium=email&utm_campaign=spring\n"
    assert result.stderr == ""


def test_a_value_that_splits_a_query_is_encoded() -> None:
    result = command("build", "brine.example", "--source", "a", "--medium", "email", "--campaign", "A & B")
    assert result.stdout == "https://brine.example?utm_source=a&utm_medium=email&utm_campaign=a-%26-b\n"
    assert "join words by hyphens" in " ".join(result.stderr.split())


def test_what_is_doubtful_stands_on_stderr() -> None:
    result = command("build", "brine.example", "--source", "cpc", "--medium", "google")
    assert result.stdout == "https://brine.example?utm_source=cpc&utm_medium=google\n"
    assert "utm_campaign: it is missing" in " ".join(result.stderr.split())
    assert "swapped" in result.stderr


def test_json_holds_the_link_its_parameters_its_group_and_the_remarks() -> None:
    options = ("--source", "a", "--medium", "E Mail", "--space", " ", "--keep-case", "--id", "7", "--json")
    made = json.loads(command("build", "https://brine.example/?utm_term=x", "--merge", "fill", *options).stdout)
    assert made["url"] == "https://brine.example/?utm_source=a&utm_medium=E%20Mail&utm_term=x&utm_id=7"
    assert (made["utm"]["utm_term"], made["group"]) == ("x", "Email")
    assert {"field": "utm_medium", "what": "'E Mail' has capitals"}.items() <= made["remarks"][1].items()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("build", "mailto:x@y.example", "--source", "a"), "of a web page"),
        (("build", "brine.example", "--source", "a=1&utm_medium=b"), "utm_source"),
        (("build", "brine.example", "--source", "a", "--merge", "guess"), "replace, fill, keep"),
        (("build", "brine.example", "--source", "a", "--space", "+"), "--space"),
    ],
)
def test_what_cannot_be_built_ends_with_the_reason(arguments: tuple[str, ...], said: str) -> None:
    result = command(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert said in " ".join(result.stderr.split())


class Client:
    """A business with one post, as its owner's program meets it."""

    def __init__(self, refleqt: Any, slug: str) -> None:
        business = BusinessId(refleqt.onboarding().complete(OnboardingForm(name=slug.title(), slug=slug)).id)
        secret, _ = refleqt.tokens().issue(business)
        given = draft(campaign="Spring Sale", canonical_url="https://brine.example/waste")
        self.entry_id = str(refleqt.calendar().save(business, given).id)
        self.http = TestClient(create_app(refleqt), headers={"Authorization": f"Bearer {secret}"})

    def post(self, path: str, status: int = 200, **body: Any) -> Any:
        response = self.http.post(path, json=body)
        assert response.status_code == status, response.text
        return response.json()

    def get(self, path: str, **query: str) -> Any:
        response = self.http.get(path, params=query)
        assert response.status_code == 200, response.text
        return response.json()


@pytest.fixture(scope="module")
def clients() -> Iterator[tuple[Client, Client]]:
    with open_refleqt(Settings.in_memory(clock="simulated", clock_start=datetime(2026, 3, 2, tzinfo=UTC))) as refleqt:
        yield Client(refleqt, "brine"), Client(refleqt, "other")


def test_any_address_is_tagged_over_http(clients: tuple[Client, Client]) -> None:
    made = clients[0].post("/v1/utm/build", url="brine.example/#a", utm_source="News Letter", utm_medium="email")
    assert made["url"] == "https://brine.example/?utm_source=news-letter&utm_medium=email#a"
    assert [each["field"] for each in made["remarks"]] == ["utm_campaign"]
    problem = clients[0].post("/v1/utm/build", 422, url="mailto:a@b.example", utm_source="a")
    assert "no address of a web page" in json.dumps(problem)


def test_an_entrys_link_is_kept_and_read_back_over_http(clients: tuple[Client, Client]) -> None:
    mine, other = clients
    offered = mine.post("/v1/utm/links", entry_id=mine.entry_id)
    kept = mine.post("/v1/utm/links", entry_id=mine.entry_id, keep=True)
    assert (offered["is_kept"], kept["is_kept"], offered["url"] == kept["url"]) == (False, True, True)
    assert kept["template"] == "built-in for linkedin"
    read = mine.get("/v1/utm/read", url=kept["url"])
    assert (read["entry"]["id"], read["matched_by"], read["remarks"]) == (mine.entry_id, "utm", [])
    assert other.get("/v1/utm/read", url=kept["url"])["entries"] == []
    other.post("/v1/utm/links", 404, entry_id=mine.entry_id)


def test_templates_are_kept_listed_and_removed_over_http(clients: tuple[Client, Client]) -> None:
    mine, other = clients
    made = mine.post("/v1/utm/templates", **LI)
    assert mine.get("/v1/utm/templates") == {"items": [made]}
    assert other.get("/v1/utm/templates") == {"items": []}
    mine.post("/v1/utm/templates", 409, **(LI | {"name": "others"}))
    mine.post("/v1/utm/templates", 422, **(LI | {"utm_source": "{chanel}"}))
    path = f"/v1/utm/templates/{made['id']}"
    assert other.http.delete(path).status_code == 404
    assert (mine.http.delete(path).json(), mine.http.delete(path).status_code) == (made, 404)
