"""The onboarding as a person meets it: at a terminal, with Ctrl-C, from a file, and with the files of the brand."""

import json
import os
import pty
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner, Result

from refleqt_cli.main import app

BUSINESS = Path(__file__).parents[2] / "examples" / "business"
PNG = b"\x89PNG\r\n\x1a\n"
IDENTITY = "Brine\n\nfood\n\n1-10\nseed\n\n\nWe weigh waste in 60 kitchens.\n\n\n\n\n"
PATIENCE = 60.0


class Shell:
    """The command line with a home and a database of its own."""

    def __init__(self, home: Path, database: str) -> None:
        self.environment = {
            "REFLEQT_HOME": str(home),
            "REFLEQT_DATABASE": database,
            "REFLEQT_FSYNC": "false",
            "COLUMNS": "100",
        }

    def run(self, *arguments: object, code: int = 0, input: str | None = None) -> Result:
        """What the command leaves behind; it has to end with ``code``."""
        given = [str(argument) for argument in arguments]
        result = CliRunner().invoke(app, given, env=self.environment, input=input)
        assert result.exit_code == code, f"{given}: {result.output}"
        assert "Traceback" not in result.output
        return result

    def json(self, *arguments: object, input: str | None = None) -> Any:
        """The document on stdout."""
        return json.loads(self.run(*arguments, "--json", input=input).stdout)


@pytest.fixture
def shell(database_home: Path) -> Iterator[Shell]:
    from refleqt_adapters.postgres.database import drop
    from refleqt_adapters.postgres.embedded_server import EmbeddedServer

    yield Shell(database_home, "onboarding")
    drop(EmbeddedServer(database_home, sync=False).start(), "onboarding")


def standing(told: Any) -> dict[str, str]:
    return {group["name"]: group["standing"] for group in told["groups"]}


def said(told: Any, group: str) -> Any:
    return next(each["fields"] for each in told["groups"] if each["name"] == group)


def test_what_is_piped_in_is_saved_group_by_group_and_gone_on_with(shell: Shell):
    shell.run("onboard", input=f"{IDENTITY}b2b\n", code=1)  # stopped in the second group
    told = shell.json("onboard", "status")
    assert (told["done"], told["next"], said(told, "identity")["industry"]) == (1, "business_model", "food")
    page = shell.run("onboard", input="b2b\nKitchens pay.\n\n\n").stdout
    assert "1 of 10 groups are saved" in page and "Group 2 of 10" in page
    assert said(shell.json("onboard", "status"), "business_model") == {"models": ["b2b"]}
    told = shell.json("onboard", "--group", "competitors", input="Freshpan\n\n\n\n\n\n\n")
    assert said(told, "competitors")["direct"] == ["Freshpan"]
    assert "Freshpan" in shell.run("profile").stdout


def test_a_file_is_read_changed_and_readable_as_of_its_day(shell: Shell, tmp_path: Path):
    told = shell.json("onboard", "--from", BUSINESS / "onboarding.yaml")
    assert told["done"] == 10 and told["jobs_waiting"] > 0
    form = tmp_path / "form.yaml"
    form.write_text(shell.run("onboard", "export").stdout, "utf-8")
    assert shell.json("onboard", "--from", form)["groups"] != []
    before = standing(shell.json("onboard", "status"))
    changed = tmp_path / "part.json"
    changed.write_text(json.dumps({"competitors": {"direct": ["Freshpan"]}}))
    told = shell.json("onboard", "--from", changed)
    assert said(told, "competitors")["direct"] == ["Freshpan"]
    assert {name: each for name, each in standing(told).items() if name != "competitors"} == {
        name: each for name, each in before.items() if name != "competitors"
    }
    assert "had said nothing" in shell.run("onboard", "status", "--as-of", "2020-01-01", code=3).output
    assert "marketing_state" in shell.run("onboard", "--status").stdout


def test_the_forms_are_yaml_and_json(shell: Shell):
    assert set(yaml.safe_load(shell.run("onboard", "--template").stdout)) == set(shell.json("onboard", "--template"))


def test_faults_of_a_file_name_their_rows_and_nothing_is_taken_in(shell: Shell, tmp_path: Path):
    form = tmp_path / "bad.yaml"
    form.write_text("identity:\n  name: Brine\n  stage: unicorn\naudience: {segmants: []}\n")
    told = shell.run("onboard", "--from", form, code=2).output
    assert "identity.stage" in told and "Did you mean 'segments'?" in told
    form.write_text("audience: {}\n")
    assert "a new business has no name" in shell.run("onboard", "--from", form, code=2).output
    assert "there is no business yet" in shell.run("onboard", "status", code=3).output


def test_another_business_needs_to_be_named(shell: Shell, tmp_path: Path):
    shell.run("onboard", input=IDENTITY)
    shell.run("onboard", "--new", input=IDENTITY.replace("Brine", "Ash"))
    assert "name one with --business" in " ".join(shell.run("onboard", code=3).output.split())
    form = tmp_path / "ash.yaml"
    form.write_text("identity: {name: Ash, stage: growth}\n")
    assert "business is 'brine'" in shell.run("onboard", "--from", form, "--business", "brine", code=2).output
    told = shell.json("onboard", "--from", form)
    assert (told["business"], said(told, "identity")["stage"]) == ("ash", "growth")


def test_assets_are_kept_listed_fetched_replaced_and_removed(shell: Shell, tmp_path: Path):
    shell.run("onboard", input=IDENTITY)
    logo, drawing = tmp_path / "logo.png", tmp_path / "logo.svg"
    logo.write_bytes(PNG)
    drawing.write_bytes(b"<svg/>")
    asset = shell.json("assets", "add", logo, "--kind", "logo")
    assert shell.json("assets", "add", logo, "--kind", "logo") == asset
    assert "logo.png" in shell.run("assets").stdout
    copy = tmp_path / "copy.png"
    shell.run("assets", "get", "logo.png", "--to", copy)
    assert copy.read_bytes() == PNG
    again = shell.run("assets", "get", "logo.png", "--to", copy, code=4).output
    assert "is there already" in " ".join(again.split())
    shell.run("assets", "replace", "logo.png", drawing)
    assert [each["name"] for each in shell.json("assets")] == ["logo.svg"]
    shell.run("assets", "remove", "logo.svg")
    assert shell.json("assets", "list") == []
    text = tmp_path / "logo.gif"
    text.write_text("no picture")
    assert "no kind of file" in " ".join(shell.run("assets", "add", text, code=2).output.split())


class Terminal:
    """A terminal of 100 columns with the command in it."""

    def __init__(self, shell: Shell, *arguments: str) -> None:
        self._end, child = pty.openpty()
        command = [sys.executable, "-c", "from refleqt_cli.main import run; run()", *arguments]
        environment = os.environ | shell.environment | {"TERM": "xterm"}
        self._process = subprocess.Popen(
            command, stdin=child, stdout=child, stderr=child, env=environment, start_new_session=True, close_fds=True
        )
        os.close(child)
        self.shown = ""

    def until(self, text: str) -> None:
        """What is shown has the text, somewhere behind what was waited for before."""
        deadline = time.monotonic() + PATIENCE
        while text not in self.shown:
            assert time.monotonic() < deadline, f"'{text}' is not in: {self.shown}"
            if select.select([self._end], [], [], 0.2)[0]:
                self.shown += os.read(self._end, 65_536).decode("utf-8", "replace")
        self.shown = self.shown.partition(text)[2]

    def type(self, text: str) -> None:
        """The text is typed, and Enter."""
        os.write(self._end, f"{text}\n".encode())

    def interrupt(self) -> int:
        """The signal of Ctrl-C is sent; gives the exit code."""
        os.killpg(self._process.pid, signal.SIGINT)
        self.until("refleqt onboard")
        code = self._process.wait(PATIENCE)
        os.close(self._end)
        return code


def test_at_a_terminal_ctrl_c_loses_the_present_group_alone(shell: Shell):
    terminal = Terminal(shell, "onboard")
    for question, answer in zip(("Name of the business", "Short name", "Industry"), ("Brine", "", "food"), strict=True):
        terminal.until(question)
        terminal.type(answer)
    for _ in range(9):
        terminal.until("›")
        terminal.type("")
    terminal.until("Group 2 of 10")
    terminal.until("›")
    terminal.type("b2b")
    terminal.until("Who pays you")
    terminal.until("›")
    assert terminal.interrupt() == 1
    told = shell.json("onboard", "status")
    assert (told["done"], said(told, "identity")["industry"]) == (1, "food")
    assert said(told, "business_model") == {"models": []}
