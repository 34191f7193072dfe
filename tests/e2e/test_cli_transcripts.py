"""``refleqt import`` of transcripts and Slack's exports as a person meets it."""

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from refleqt_cli.main import app

BUSINESS = Path(__file__).parents[2] / "examples" / "business"

TEXTS = {
    "meeting.vtt": "WEBVTT\n\n00:00:03.000 --> 00:00:05.000\n<v Ana Ruiz>Chefs love the scale.</v>\n",
    "meeting.srt": "1\n00:00:03,000 --> 00:00:05,000\nAna Ruiz: Chefs love the app.\n",
    "meeting.txt": "Ana Ruiz  0:03\nChefs love the page.\n\nBo Lind  0:09\nThey do.\n",
}

CHANNELS = {
    "channels.json": [{"id": "C1", "name": "marketing"}, {"id": "C2", "name": "random"}],
    "groups.json": [{"id": "G1", "name": "board"}],
    "users.json": [{"id": "U1", "name": "ana", "profile": {"real_name": "Ana Ruiz"}}],
}


@pytest.fixture(scope="module")
def environment(database_home: Path) -> Iterator[dict[str, str]]:
    from refleqt_adapters.postgres.database import drop
    from refleqt_adapters.postgres.embedded_server import EmbeddedServer

    name = "transcripts"
    made = {"REFLEQT_HOME": str(database_home), "REFLEQT_DATABASE": name, "REFLEQT_FSYNC": "false", "COLUMNS": "110"}
    run(made, "init", BUSINESS / "onboarding.yaml", "--team", BUSINESS / "team.yaml")
    yield made
    drop(EmbeddedServer(database_home, sync=False).start(), name)


def run(environment: dict[str, str], *arguments: object, code: int = 0) -> Any:
    result = CliRunner().invoke(app, [str(argument) for argument in arguments], env=environment)
    assert result.exit_code == code, result.output
    assert "Traceback" not in result.output
    return result


def imported(environment: dict[str, str], *arguments: object) -> dict[str, Any]:
    (done,) = json.loads(run(environment, "import", *arguments, "--json").stdout)
    return dict(done)


def slack(path: Path, **messages: str) -> Path:
    """An export where Ana writes one message in each of the channels that are named."""
    with zipfile.ZipFile(path, "w") as packed:
        for name, rows in CHANNELS.items():
            packed.writestr(name, json.dumps(rows))
        for channel, text in messages.items():
            row = {"type": "message", "user": "U1", "ts": "1777798800.000100", "text": text}
            packed.writestr(f"{channel}/2026-05-03.json", json.dumps([row]))
    return path


@pytest.mark.parametrize("name", TEXTS)
def test_a_transcript_is_imported_and_again_is_unchanged(environment: dict[str, str], tmp_path: Path, name: str):
    path = tmp_path / name
    path.write_text(TEXTS[name])
    assert imported(environment, path)["new"] == 1
    assert imported(environment, path)["unchanged"] == 1


def test_a_word_document_is_imported(environment: dict[str, str], tmp_path: Path):
    docx = pytest.importorskip("docx", reason="python-docx is not installed")
    document = docx.Document()
    document.add_paragraph("Ana Ruiz   0:03\nChefs love the book.")
    document.save(str(tmp_path / "meeting.docx"))
    done = imported(environment, tmp_path / "meeting.docx", "--held-at", "2026-02-03", "--type", "rant_round")
    assert (done["kind"], done["new"], done["notes"]) == ("transcript", 1, [])


def test_faults_are_told_all_at_once_and_nothing_is_imported(environment: dict[str, str], tmp_path: Path):
    path = tmp_path / "bad.vtt"
    path.write_text("WEBVTT\n\nbanana --> x\nbad\n\napple --> y\nbad\n")
    told = " ".join(run(environment, "import", path, code=2).stderr.split())
    assert "'banana --> x'" in told and "'apple --> y'" in told and "Nothing was imported." in told


def test_of_an_export_of_slack_only_what_is_asked_for_comes_in(environment: dict[str, str], tmp_path: Path):
    path = slack(tmp_path / "export.zip", marketing="Hi", random="Lunch?", board="Secret")
    assert imported(environment, path, "--channel", "marketing")["new"] == 1
    told = " ".join(run(environment, "import", path).stdout.split())
    assert "private channels, which nobody asked for (1)" in told
    done = imported(environment, "slack", path, "--private")
    assert (done["new"], done["unchanged"]) == (1, 2)


def test_a_channel_that_is_not_there_is_told(environment: dict[str, str], tmp_path: Path):
    path = slack(tmp_path / "export.zip", marketing="Hi")
    told = " ".join(run(environment, "import", path, "--channel", "poems", code=2).stderr.split())
    assert "no channel 'poems'" in told and "#marketing" in told
