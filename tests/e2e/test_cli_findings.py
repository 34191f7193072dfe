"""Findings on record as a person meets them at the command line."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from refleqt_adapters.container import open_refleqt
from refleqt_adapters.settings import Settings
from refleqt_cli.main import app
from refleqt_core.context.extraction import FINDING_KINDS
from refleqt_core.intake.drafts import OnboardingForm
from refleqt_core.values import BusinessId

SAID = "Customers keep asking about the price list. We are so tired of discounts!"


class Shell:
    """The command line with a database of its own."""

    def __init__(self, home: Path) -> None:
        self.environment = {
            "REFLEQT_HOME": str(home),
            "REFLEQT_DATABASE": "findings",
            "REFLEQT_FSYNC": "false",
            "REFLEQT_EMBEDDER": "memory",
            "COLUMNS": "140",
        }

    def run(self, *arguments: str, code: int = 0) -> Result:
        result = CliRunner().invoke(app, list(arguments), env=self.environment)
        assert result.exit_code == code, result.output
        return result

    def json(self, *arguments: str) -> Any:
        return json.loads(self.run(*arguments, "--json").stdout)


@pytest.fixture(scope="module")
def shell(database_home: Path) -> Iterator[tuple[Shell, str]]:
    from refleqt_adapters.postgres.database import drop
    from refleqt_adapters.postgres.embedded_server import EmbeddedServer

    made = Shell(database_home)
    with open_refleqt(Settings(home=database_home, database="findings", fsync=False, embedder="memory")) as refleqt:
        business = BusinessId(refleqt.onboarding().complete(OnboardingForm(name="Brine", slug="brine")).id)
        written = refleqt.vents().write(business, SAID, external_id="V-1")
    yield made, str(written.id)
    drop(EmbeddedServer(database_home, sync=False).start(), "findings")


def test_a_vent_is_read_and_its_findings_are_listed(shell: tuple[Shell, str]) -> None:
    cli, vent = shell
    found = cli.json("extract", vent)
    assert found and all(SAID[each["quote_start"] : each["quote_end"]] == each["quote"] for each in found)
    by_id = {each["id"]: each for each in found}
    assert {each["id"]: each for each in cli.json("findings")} == by_id
    assert cli.json("extract", vent[-8:]) == found
    assert {each["id"] for each in cli.json("findings", "--source", "V-1")} == set(by_id)
    assert cli.json("findings", "--source", "activity") == []
    assert {each["kind"] for each in cli.json("findings", "--kind", "emotional_charge")} == {"emotional_charge"}
    assert cli.json("findings", "--since", "2199-01-01") == []
    assert "“We are so tired of discounts!”" in cli.run("findings", "--kind", "emotional_charge").stdout
    assert "there may be more" in " ".join(cli.run("findings", "--limit", "1").stdout.split())


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("findings", "--kind", "rumour"), FINDING_KINDS[0]),
        (("findings", "--source", "rumour"), "no vent or activity"),
        (("extract", "ffffffff"), "no vent or activity"),
    ],
)
def test_what_there_is_not_is_said(shell: tuple[Shell, str], arguments: tuple[str, ...], said: str) -> None:
    result = CliRunner().invoke(app, list(arguments), env=shell[0].environment)
    assert result.exit_code in (2, 3, 4) and said in " ".join(result.stderr.split()), result.output
