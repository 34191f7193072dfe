"""``refleqt calendar import`` as a person meets it: shown, asked, remembered, listed, taken back."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from refleqt_cli import calendar_import
from refleqt_cli.main import app

BUSINESS = Path(__file__).parents[2] / "examples" / "business"
PLAN = "Name,Status,Platform,Publish date\nOvens,In progress,LinkedIn,2026-03-02\nStoves,Cooked,Blog,2026-03-03\n"


@pytest.fixture(scope="module")
def environment(database_home: Path) -> Iterator[dict[str, str]]:
    from refleqt_adapters.postgres.database import drop
    from refleqt_adapters.postgres.embedded_server import EmbeddedServer

    name = "calendar_imports"
    made = {"REFLEQT_HOME": str(database_home), "REFLEQT_DATABASE": name, "REFLEQT_FSYNC": "false", "COLUMNS": "110"}
    run(made, "init", BUSINESS / "onboarding.yaml", "--team", BUSINESS / "team.yaml")
    yield made
    drop(EmbeddedServer(database_home, sync=False).start(), name)


def run(environment: dict[str, str], *arguments: object, code: int = 0, answers: str | None = None) -> Any:
    given = [str(argument) for argument in arguments]
    result = CliRunner().invoke(app, given, env=environment, input=answers)
    assert result.exit_code == code, result.output
    assert "Traceback" not in result.output
    return result


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    path = tmp_path / "plan.csv"
    path.write_text(PLAN)
    return path


def test_the_life_of_an_import(environment: dict[str, str], plan: Path):
    refused = run(environment, "calendar", "import", plan, code=2)
    assert "publish_at" in refused.stdout and "its name" in refused.stdout, "the guess is shown"
    assert "--yes" in refused.stderr
    other = " ".join(run(environment, "import", plan, code=2).stderr.split())
    assert "nobody has confirmed" in other and "plan.csv --yes" in other

    tried = run(environment, "calendar", "import", plan, "--dry-run")
    assert "1 entry can be read, 1 row cannot. Nothing was written." in " ".join(tried.stdout.split())
    assert "row 3, field 'Status'" in tried.stderr

    assert "'Cooked'" in run(environment, "calendar", "import", plan, "--yes", code=2).stderr
    done = run(environment, "calendar", "import", plan, "--yes", "--value", "status:Cooked=published")
    assert " 2 " in done.stdout
    again = run(environment, "import", plan)
    assert "2" in again.stdout, "the same columns need no question any more"
    listed = run(environment, "calendar", "imports").stdout
    assert listed.count("plan.csv") == 2

    (known,) = json.loads(run(environment, "calendar", "mappings", "--json").stdout)
    assert known["columns"]["Platform"] == "channel"
    assert "Forgotten" in run(environment, "calendar", "mappings", "--forget", known["id"]).stdout
    assert "Nothing is remembered" in run(environment, "calendar", "mappings").stdout
    assert "nobody has confirmed" in " ".join(run(environment, "import", plan, code=2).stderr.split())

    assert "say --yes" in run(environment, "calendar", "undo-import", "plan.csv", code=2).stderr
    imports = json.loads(run(environment, "calendar", "imports", "--json").stdout)
    first = imports[-1]["id"]
    undone = run(environment, "calendar", "undo-import", first, "--yes")
    assert "2 entries removed" in undone.stdout


def test_the_person_at_the_terminal_is_asked_and_can_change_a_column(
    environment: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    path = tmp_path / "other.csv"
    path.write_text("Name,Headline,Type,Where\na,Ovens,Email,Blog\n")
    monkeypatch.setattr(calendar_import, "_is_at_terminal", lambda: True)
    stopped = run(environment, "calendar", "import", path, code=1, answers="Foo=title\nn\n")
    assert "no column 'Foo'" in " ".join(stopped.stderr.split())
    done = run(environment, "calendar", "import", path, answers="Headline=title\nName=\nWhere=channel\ny\n")
    assert "as said" in done.stdout
    shown = run(environment, "calendar", "list", "--limit", "1000", "--json").stdout
    assert '"Ovens"' in shown and '"a"' not in shown


def test_bad_rows_are_left_out_with_their_reasons_beside_the_file(environment: dict[str, str], plan: Path):
    plan.write_text(PLAN.replace("Cooked", "Burnt"))
    run(environment, "calendar", "import", plan, "--yes", "--skip-bad-rows")
    rejected = plan.with_name("plan.csv.rejected.csv").read_text()
    assert "plan.csv,3,Status,Burnt,\"'Burnt' is none of" in rejected and "Stoves,Burnt" in rejected


def test_a_calendar_feed_goes_the_same_way(environment: dict[str, str], tmp_path: Path):
    path = tmp_path / "feed.ics"
    path.write_text(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:u1\r\nDTSTAMP:20260301T000000Z\r\n"
        "DTSTART:20260302T090000Z\r\nSUMMARY:Webinar on ovens\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    assert "ical" in run(environment, "calendar", "import", path).stdout
