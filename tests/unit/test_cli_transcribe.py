"""``refleqt transcribe``: no database, any number of recordings, several ways to write them down."""

import io
import json
import os
import signal
import subprocess
import sys
import wave
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from refleqt_cli.main import app

PRICE = Path(__file__).parents[1] / "contract" / "recordings" / "price.wav"
SAID = "we should raise the price of the small plan"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


def run(home: Path, *arguments: object, code: int = 0, path: str | None = None) -> Result:
    environment = {"REFLEQT_HOME": str(home), "REFLEQT_DATABASE": "never_started", "COLUMNS": "100"}
    if path is not None:
        environment["PATH"] = path
    result = CliRunner().invoke(app, ["transcribe", *map(str, arguments)], env=environment)
    assert result.exit_code == code, result.output
    assert "Traceback" not in result.output
    return result


def silence(folder: Path, name: str = "silence.wav") -> Path:
    data = io.BytesIO()
    with wave.open(data, "wb") as out:
        out.setparams((1, 2, 16_000, 0, "NONE", ""))
        out.writeframes(bytes(32_000))
    (folder / name).write_bytes(data.getvalue())
    return folder / name


def test_what_is_said_is_printed_with_its_time_and_nothing_is_started(home: Path) -> None:
    result = run(home, PRICE)
    assert (result.stdout, result.stderr) == (f"[00:00:00] {SAID}\n", "")
    assert not home.exists()


def test_json_has_the_segments_and_all_that_is_known_of_them(home: Path) -> None:
    found = json.loads(run(home, PRICE, "--json").stdout)
    (segment,) = found["segments"]
    assert set(segment) == {"start", "end", "text", "confidence", "speaker"}
    assert (found["text"], found["language"], found["duration"]) == (SAID, "en", pytest.approx(2.69, abs=0.01))


def test_the_ending_of_the_file_to_write_says_how(home: Path, tmp_path: Path) -> None:
    run(home, PRICE, "--out", tmp_path / "price.vtt")
    assert (tmp_path / "price.vtt").read_text().startswith("WEBVTT\n\n00:00:00.130 --> 00:00:02.")


def test_of_several_recordings_those_that_can_be_heard_are_written_and_the_others_told(
    home: Path, tmp_path: Path
) -> None:
    (tmp_path / "empty.wav").touch()
    result = run(home, tmp_path / "empty.wav", silence(tmp_path), "--json", code=2)
    assert [each["segments"] for each in json.loads(result.stdout)] == [[]]
    assert "the file is empty" in " ".join(result.stderr.split())


def test_several_recordings_are_written_to_a_folder(home: Path, tmp_path: Path) -> None:
    one, other = silence(tmp_path), silence(tmp_path, "quiet.wav")
    run(home, one, other, "--format", "srt", "--out", tmp_path / "words")
    assert sorted(file.name for file in (tmp_path / "words").iterdir()) == ["quiet.wav.srt", "silence.wav.srt"]


def test_silence_is_told(home: Path, tmp_path: Path) -> None:
    result = run(home, silence(tmp_path))
    assert (result.stdout, result.stderr) == ("", "Nobody says a word in silence.wav.\n")


def test_every_file_that_is_missing_is_told_before_anything_is_heard(home: Path, tmp_path: Path) -> None:
    result = run(home, PRICE, tmp_path / "one.wav", tmp_path / "other.wav", code=2)
    assert result.stdout == "" and "2 faults" in result.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("--format", "pdf"),
        ("--json", "--format", "vtt"),
        (str(PRICE), "--format", "vtt"),
        (str(PRICE), "--out", "both.json"),
        ("--out", "/no/such/folder/words.txt"),
        ("--transcriber", "nobody"),
    ],
)
def test_what_cannot_be_done_is_refused_before_anything_is_heard(home: Path, arguments: tuple[str, ...]) -> None:
    assert run(home, PRICE, *arguments, code=2).stdout == ""


def test_without_ffmpeg_the_command_that_installs_it_is_told(home: Path, tmp_path: Path) -> None:
    (tmp_path / "talk.mp3").write_bytes(b"ID3\4 and so on")
    assert "sudo apt install ffmpeg" in " ".join(run(home, tmp_path / "talk.mp3", code=8, path="").stderr.split())


def test_what_was_heard_before_a_program_was_missed_is_printed(home: Path, tmp_path: Path) -> None:
    (tmp_path / "talk.mp3").write_bytes(b"ID3\4 and so on")
    result = run(home, silence(tmp_path), tmp_path / "talk.mp3", "--json", code=8, path="")
    assert len(json.loads(result.stdout)) == 1


def test_a_recording_is_never_written_over(home: Path, tmp_path: Path) -> None:
    recording = silence(tmp_path)
    before = recording.read_bytes()
    (tmp_path / "link.wav").symlink_to(recording)
    for out in (recording, tmp_path / "link.wav"):
        assert "a recording itself" in run(home, recording, "--out", out, "--force", code=2).stderr
    assert recording.read_bytes() == before


def test_what_is_there_is_overwritten_only_by_force(home: Path, tmp_path: Path) -> None:
    recording, out = silence(tmp_path), tmp_path / "words.txt"
    out.write_text("mine")
    assert "there already" in run(home, recording, "--out", out, code=2).stderr
    assert out.read_text() == "mine"
    run(home, recording, "--out", out, "--force")
    assert out.read_text() == ""


def test_what_is_there_in_a_folder_is_not_overwritten_either(home: Path, tmp_path: Path) -> None:
    one, other = silence(tmp_path), silence(tmp_path, "quiet.wav")
    (tmp_path / "quiet.wav.txt").write_text("mine")
    run(home, one, other, "--out", tmp_path, code=2)
    assert (tmp_path / "quiet.wav.txt").read_text() == "mine" and not (tmp_path / "silence.wav.txt").exists()


def test_two_recordings_of_one_name_are_refused_for_one_folder(home: Path, tmp_path: Path) -> None:
    (tmp_path / "more").mkdir()
    one, other = silence(tmp_path), silence(tmp_path / "more")
    result = run(home, one, other, "--out", tmp_path / "words", code=2)
    assert "would be written to it" in " ".join(result.stderr.split()) and not (tmp_path / "words").exists()


def test_ctrl_c_tells_where_it_stopped_and_writes_nothing(tmp_path: Path) -> None:
    with wave.open(str(PRICE)) as one, wave.open(str(tmp_path / "long.wav"), "wb") as out:
        out.setparams(one.getparams())
        out.writeframes(one.readframes(one.getnframes()) * 200)
    command = [sys.executable, "-c", "from refleqt_cli.main import run; run()", "transcribe", PRICE]
    with subprocess.Popen(
        [*command, tmp_path / "long.wav"],
        env={**os.environ, "REFLEQT_HOME": str(tmp_path / "home"), "COLUMNS": "100"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        next(line for line in process.stdout if SAID in line)
        process.send_signal(signal.SIGINT)
        printed, told = process.communicate()
    assert (process.returncode, printed.strip()) == (130, "")
    assert told.startswith("Stopped") and told.count("\n") == 1
