"""``refleqt utm`` over a database, as a person meets it."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from refleqt_cli.main import app

BUSINESS = Path(__file__).parents[2] / "examples" / "business"


class Shell:
    """The command line over the example's calendar."""

    def __init__(self, home: Path, database: str) -> None:
        self.environment = {"REFLEQT_HOME": str(home), "REFLEQT_DATABASE": database, "REFLEQT_FSYNC": "false"}

    def run(self, *arguments: object, code: int = 0) -> Result:
        given = [str(argument) for argument in arguments]
        result = CliRunner().invoke(app, given, env=self.environment | {"COLUMNS": "100"})
        assert result.exit_code == code, f"{given}: {result.output}"
        assert "Traceback" not in result.output
        return result

    def json(self, *arguments: object) -> Any:
        return json.loads(self.run(*arguments, "--json").stdout)


@pytest.fixture(scope="module")
def shell(database_home: Path) -> Iterator[Shell]:
    from refleqt_adapters.postgres.database import drop
    from refleqt_adapters.postgres.embedded_server import EmbeddedServer

    made = Shell(database_home, "command_line_utm")
    made.run("init", BUSINESS / "onboarding.yaml")
    made.run("import", BUSINESS / "calendar.csv")
    yield made
    drop(EmbeddedServer(database_home, sync=False).start(), "command_line_utm")


def test_the_link_of_an_entry_is_printed_to_be_copied(shell: Shell) -> None:
    result = shell.run("utm", "link", "BW-002")
    (url,) = result.stdout.splitlines()
    assert url.startswith("https://brinewell.example/blog/tally-2-is-here")
    assert url.endswith("?utm_source=blog&utm_medium=content&utm_campaign=spring-stocktake&utm_content=bw-002")
    assert "no channel group" in " ".join(result.stderr.split())  # 'content' is no medium that analytics knows


def test_a_pasted_link_is_told_whose_it_is(shell: Shell) -> None:
    found = shell.json("utm", "read", "https://brinewell.example/?utm_source=Blog&utm_content=BW_002")
    assert (found["entry"]["external_id"], found["matched_by"]) == ("BW-002", "utm")
    page = shell.run("utm", "read", "https://brinewell.example/?utm_source=Blog&utm_content=BW_002").output
    assert "BW-002 · Tally 2 is here" in " ".join(page.split())


def test_a_template_makes_the_link_and_its_parameters_can_be_kept(shell: Shell) -> None:
    shell.run("utm", "templates", "add", "posts", "--source", "{channel}", "--medium", "social")
    assert "posts" in shell.run("utm", "templates").stdout
    arguments = ("utm", "link", "BW-001", "--url", "brinewell.example/#demo", "--template", "posts")
    offered, kept = shell.json(*arguments), shell.json(*arguments, "--store")
    assert (offered["url"], offered["is_kept"], kept["is_kept"]) == (kept["url"], offered["is_kept"], True)
    assert kept["url"].startswith("https://brinewell.example/?utm_source=instagram&utm_medium=social")
    assert kept["url"].endswith("#demo")
    shell.run("utm", "templates", "remove", "posts")
    shell.run("utm", "templates", "remove", "posts", code=3)


def test_an_entry_that_is_not_there_is_not_found(shell: Shell) -> None:
    assert "BW-999" in shell.run("utm", "link", "BW-999", code=3).stderr
