"""What models cost, as a person and a client meet it: looked at, limited, and kept to by all that asks models."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import attrs
import pytest
from dependency_injector import providers
from pydantic import SecretStr
from starlette.testclient import TestClient
from typer.testing import CliRunner, Result

from refleqt_adapters.connectors.onboarding_file import read_onboarding
from refleqt_adapters.container import Container, open_refleqt, work
from refleqt_adapters.llm.offline import OfflineLLM
from refleqt_adapters.settings import Settings
from refleqt_cli.main import app
from refleqt_core.ports import Answer, Prompt, Usage
from refleqt_core.ports.llm import Interrupted
from refleqt_core.spending import BudgetSpent
from refleqt_core.values import BusinessId
from refleqt_http.app import create_app

EXAMPLE = Path(__file__).parents[2] / "examples" / "business"
NOW = datetime(2026, 3, 10, 8, tzinfo=UTC)
PRICE = 250_000

T = TypeVar("T")


@attrs.frozen
class Priced:
    """The offline model, as if it were a hosted one that takes money: a quarter of a dollar a question."""

    offline: OfflineLLM = attrs.field(factory=OfflineLLM)
    model: str = "priced-1"

    def complete(self, prompt: Prompt, schema: type[T]) -> Answer[T]:
        answer = self.offline.complete(prompt, schema)
        return attrs.evolve(answer, usage=attrs.evolve(answer.usage, model=self.model, cost_micros=PRICE))

    def score(self, prompt: Prompt, options: list[str]) -> list[float]:
        return self.offline.score(prompt, options)


@pytest.fixture(params=["memory", "postgres"])
def refleqt(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Container]:
    """Refleqt on either store, with a model that costs."""
    if request.param == "memory":
        settings = Settings.in_memory(clock="simulated", clock_start=NOW)
    else:
        url = SecretStr(request.getfixturevalue("database_url"))
        settings = Settings(home=tmp_path, database_url=url, embedder="memory")
    with open_refleqt(settings) as opened:
        opened.model.override(providers.Object(Priced()))
        yield opened


@pytest.fixture
def business(refleqt: Container) -> BusinessId:
    return taken_in(refleqt)


def taken_in(refleqt: Container) -> BusinessId:
    form = replace(read_onboarding(EXAMPLE / "onboarding.yaml"), slug=f"b-{refleqt.ids().new()}")
    return BusinessId(refleqt.onboarding().complete(form).id)


def labelling(business: BusinessId) -> Prompt:
    facts = {"artifact_type": "email", "tags": []}
    return Prompt(task="ask", instructions="Answer.", facts=facts, business_id=business)


# --- on both stores ---------------------------------------------------------------------------------------------------


def test_nothing_that_two_threads_take_is_lost(refleqt: Container, business: BusinessId):
    spending, usage = refleqt.spending(), Usage(model="m", tokens_in=3, tokens_out=1, cost_micros=7)
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda _: spending.record(business, "write_map", usage), range(20)))
    (row,) = spending.month(business).rows
    assert (row.calls, row.tokens_in, row.tokens_out, row.cost_micros) == (20, 60, 20, 140)


def test_of_two_budgets_set_at_once_one_holds(refleqt: Container, business: BusinessId):
    spending = refleqt.spending()
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda micros: spending.limit(business, micros), [1_000_000, 2_000_000]))
    assert spending.month(business).budget_micros in (1_000_000, 2_000_000)


def test_one_business_neither_sees_nor_pays_what_another_took(refleqt: Container, business: BusinessId):
    other = taken_in(refleqt)
    refleqt.spending().record(business, "write_map", Usage(model="m", cost_micros=7))
    refleqt.spending().limit(business, 5)
    assert (refleqt.spending().month(other).rows, refleqt.spending().month(other).budget_micros) == ([], None)


def test_what_was_taken_before_a_model_fell_silent_is_on_the_account(refleqt: Container, business: BusinessId):
    class Failing(Priced):
        def complete(self, prompt: Prompt, schema: type[T]) -> Answer[T]:
            raise Interrupted("priced-1 does not answer", Usage(model="priced-1", tokens_in=9, cost_micros=PRICE))

    refleqt.model.override(providers.Object(Failing()))
    with pytest.raises(Interrupted):
        refleqt.llm().complete(labelling(business), dict)
    (row,) = refleqt.spending().month(business).rows
    assert (row.failed, row.cost_micros) == (1, PRICE)


# --- a spent budget ---------------------------------------------------------------------------------------------------


@pytest.fixture
def in_memory() -> Iterator[Container]:
    with open_refleqt(Settings.in_memory(clock="simulated", clock_start=NOW)) as opened:
        opened.model.override(providers.Object(Priced()))
        yield opened


def pass_retries(refleqt: Container) -> None:
    for _ in range(5):
        work(refleqt)
        refleqt.clock().sleep_until(refleqt.clock().now() + timedelta(minutes=10))


def test_a_text_waits_until_the_budget_is_raised(in_memory: Container):
    business = taken_in(in_memory)
    work(in_memory)
    in_memory.spending().limit(business, 0)
    in_memory.vents().write(business, "Peelmetric is louder than us again, and customers ask about the price.")
    pass_retries(in_memory)
    failed = in_memory.queue().jobs(status="failed", business_id=business)
    (waiting,) = (record for record in failed if record.job.kind == "extract_context")
    assert "the budget of $0.00 for March 2026 is spent" in waiting.problem
    assert "refleqt llm budget" in waiting.problem
    in_memory.spending().limit(business, 100 * PRICE)
    in_memory.queue().retry(waiting.id)
    pass_retries(in_memory)
    assert not in_memory.queue().jobs(status="failed", business_id=business)
    assert "extract_context" in {row.task for row in in_memory.spending().month(business).rows}


def test_what_is_written_falls_back_on_plain_rules(in_memory: Container):
    business = taken_in(in_memory)
    in_memory.spending().limit(business, 0)
    (suggestion,) = in_memory.suggestions().suggest(business, count=1)
    written = suggestion.recommendation_content
    assert (written["written_by"], bool(written["title"])) == ("plain rules", True)
    assert not in_memory.spending().month(business).rows


def test_what_is_asked_beyond_the_budget_is_refused(in_memory: Container):
    business = taken_in(in_memory)
    in_memory.spending().limit(business, 0)
    with pytest.raises(BudgetSpent):
        in_memory.llm().complete(labelling(business), dict)


# --- HTTP -------------------------------------------------------------------------------------------------------------


def client_of(refleqt: Container, business: BusinessId, role: str = "owner") -> TestClient:
    secret, _ = refleqt.tokens().issue(business, label=role, role=role)
    return TestClient(create_app(refleqt), headers={"Authorization": f"Bearer {secret}"})


@pytest.fixture
def spent(in_memory: Container) -> BusinessId:
    """A business that has asked for two things on two days."""
    business, spending = taken_in(in_memory), in_memory.spending()
    for task, cost in (("write_map", 30), ("extract_context", 500), ("extract_context", 200)):
        spending.record(business, task, Usage(model="m", tokens_in=10, tokens_out=1, cost_micros=cost))
    in_memory.clock().sleep_until(NOW + timedelta(days=1))
    spending.record(business, "extract_context", Usage(model="m", cost_micros=40), answered=False)
    return business


def test_the_usage_of_a_month_is_told_by_task_and_day(in_memory: Container, spent: BusinessId):
    told = client_of(in_memory, spent).get("/v1/llm/usage").json()
    assert [(each["task"], each["calls"], each["failed"], each["cost_micros"]) for each in told["tasks"]] == [
        ("extract_context", 3, 1, 740),
        ("write_map", 1, 0, 30),
    ]
    days = {each["day"]: each["cost_micros"] for each in told["days"]}
    assert len(days) == 31 and (days["2026-03-10"], days["2026-03-11"], sum(days.values())) == (730, 40, 770)
    assert (told["spent_micros"], told["budget_micros"], told["left_micros"]) == (770, None, None)


def test_another_month_is_another_account(in_memory: Container, spent: BusinessId):
    client = client_of(in_memory, spent)
    assert client.get("/v1/llm/usage", params={"month": "2026-02"}).json()["spent_micros"] == 0
    assert client.get("/v1/llm/usage", params={"month": "2026-13"}).status_code == 422


def test_another_business_sees_nothing_of_it(in_memory: Container, spent: BusinessId):
    assert client_of(in_memory, taken_in(in_memory)).get("/v1/llm/usage").json()["tasks"] == []


def test_the_owner_sets_the_budget_and_takes_it_back(in_memory: Container, spent: BusinessId):
    client = client_of(in_memory, spent)
    assert client.put("/v1/llm/budget", json={"monthly_micros": 1_000}).json() == {"monthly_micros": 1_000}
    assert client.get("/v1/llm/usage").json()["left_micros"] == 230
    assert client.put("/v1/llm/budget", json={"monthly_micros": None}).json() == {"monthly_micros": None}


@pytest.mark.parametrize("role", ["member", "reviewer"])
def test_nobody_else_sets_the_budget(in_memory: Container, spent: BusinessId, role: str):
    client = client_of(in_memory, spent, role)
    assert client.put("/v1/llm/budget", json={"monthly_micros": 1}).status_code == 403
    assert client.get("/v1/llm/usage").status_code == 200


@pytest.mark.parametrize("body", [{}, {"monthly_micros": -1}, {"monthly_micros": 1.5}, {"monthly_micros": "1"}])
def test_a_budget_that_is_none_is_refused(in_memory: Container, spent: BusinessId, body: dict[str, Any]):
    assert client_of(in_memory, spent).put("/v1/llm/budget", json=body).status_code == 422


# --- the command line -------------------------------------------------------------------------------------------------


class Shell:
    """The command line over a database of its own."""

    def __init__(self, home: Path) -> None:
        self.environment = {
            "REFLEQT_HOME": str(home),
            "REFLEQT_DATABASE": "command_line_llm",
            "REFLEQT_FSYNC": "false",
            "COLUMNS": "120",
        }

    def run(self, *arguments: str, code: int = 0) -> Result:
        result = CliRunner().invoke(app, list(arguments), env=self.environment)
        assert result.exit_code == code, f"{arguments}: {result.output}"
        assert "Traceback" not in result.output
        return result


@pytest.fixture(scope="module")
def shell(database_home: Path) -> Iterator[Shell]:
    from refleqt_adapters.postgres.database import drop
    from refleqt_adapters.postgres.embedded_server import EmbeddedServer

    made = Shell(database_home)
    made.run("init", str(EXAMPLE / "onboarding.yaml"))
    made.run("vent", "Customers ask about the price again, and we have no page for it.")
    made.run("worker", "--until-empty")
    yield made
    drop(EmbeddedServer(database_home, sync=False).start(), "command_line_llm")


def test_the_usage_is_a_table_of_tasks(shell: Shell):
    page = shell.run("llm", "usage").stdout
    assert "extract context" in page and "offline-2" in page and "no budget limits it" in page


def test_the_usage_is_json_for_programs(shell: Shell):
    told = json.loads(shell.run("llm", "--json").stdout)
    assert told["spent_micros"] == 0 and "extract_context" in {each["task"] for each in told["tasks"]}


def test_a_month_without_questions_says_so(shell: Shell):
    assert "Nothing was asked of a model in February 2020" in shell.run("llm", "usage", "--month", "2020-02").stdout


def test_a_month_that_is_none_is_refused(shell: Shell):
    assert "no month" in shell.run("llm", "usage", "--month", "may", code=2).stderr


@pytest.mark.parametrize(("said", "micros"), [("20", 20_000_000), ("$7.50", 7_500_000), ("0", 0), ("none", None)])
def test_a_budget_is_set_in_dollars(shell: Shell, said: str, micros: int | None):
    assert json.loads(shell.run("llm", "budget", said, "--json").stdout)["budget_micros"] == micros
    assert json.loads(shell.run("llm", "budget", "--json").stdout)["budget_micros"] == micros


def test_a_spent_budget_is_said_to_be_spent(shell: Shell):
    assert "Nothing more is asked this month" in " ".join(shell.run("llm", "budget", "0").stdout.split())
    shell.run("llm", "budget", "none")


@pytest.mark.parametrize("said", ["plenty", "1e30", "nan", "-1", "", "inf"])
def test_what_is_no_budget_is_refused(shell: Shell, said: str):
    assert "is no budget" in shell.run("llm", "budget", "--", said, code=2).stderr
