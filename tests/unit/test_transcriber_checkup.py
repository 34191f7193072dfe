"""What the doctor says of the transcriber."""

import shutil
from importlib.util import find_spec

import pytest

from refleqt_adapters.container import open_refleqt
from refleqt_adapters.settings import Settings
from refleqt_cli import checkup

KEY = "sk-hunter2"


def told(**changes: object) -> str:
    settings = Settings.in_memory(**changes)
    with open_refleqt(settings) as refleqt:
        return checkup._transcriber(refleqt, settings)


def test_the_doctor_names_the_transcriber_that_is_set() -> None:
    assert told().startswith("pocketsphinx: pocketsphinx-")


def test_the_doctor_says_what_is_read_without_ffmpeg(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _program: None)
    assert "without ffmpeg and ffprobe (sudo apt install ffmpeg) it reads WAV and no other format" in told()


@pytest.mark.parametrize(("transcriber", "package"), [("litellm", "litellm"), ("deepgram", "httpx")])
def test_the_doctor_says_that_speech_leaves_the_house_and_asks_no_service(transcriber: str, package: str) -> None:
    if find_spec(package) is None:
        pytest.skip(f"{package} is not installed (pip install 'refleqt[hosted]')")
    found = told(transcriber=transcriber, transcriber_api_base="http://127.0.0.1:9", transcriber_api_key=KEY)
    assert "will be sent to a service" in found and KEY not in found
