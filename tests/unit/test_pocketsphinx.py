"""What PocketSphinx hears of voices, whatever the file they came in."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from refleqt_adapters.transcriber.pocketsphinx import PocketSphinxTranscriber

SHARED = Path(os.environ.get("REFLEQT_SHARED_DATA", Path(__file__).parents[3] / "shared" / "data"))
JFK = SHARED / "speech" / "jfk.flac"
SAID = "we should raise the price of the small plan"
needs_ffmpeg = pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="there is no program ffmpeg here")


@pytest.fixture(scope="module")
def transcriber() -> PocketSphinxTranscriber:
    return PocketSphinxTranscriber()


def heard(transcriber: PocketSphinxTranscriber, file: Path) -> str:
    with file.open("rb") as audio:
        return transcriber.transcribe(audio, "").text


@pytest.mark.skipif(shutil.which("flite") is None, reason="there is no program flite here")
@pytest.mark.parametrize("voice", ["rms", "kal16"])
def test_synthetic_voices_are_heard(transcriber: PocketSphinxTranscriber, voice: str, tmp_path: Path) -> None:
    file = tmp_path / "said.wav"
    subprocess.run(["flite", "-voice", voice, "-t", SAID, "-o", str(file)], check=True)
    assert heard(transcriber, file) == SAID


@needs_ffmpeg
@pytest.mark.skipif(not JFK.is_file(), reason="the shared data folder is absent; REFLEQT_SHARED_DATA names it")
@pytest.mark.parametrize("variant", [("jfk.m4a",), ("-ar", "48000", "jfk.webm")], ids=["m4a", "webm"])
def test_a_man_of_1961_is_heard_in_part(
    transcriber: PocketSphinxTranscriber, variant: tuple[str, ...], tmp_path: Path
) -> None:
    file = tmp_path / variant[-1]
    run = ["ffmpeg", "-v", "error", "-i", str(JFK), "-t", "2.4", *variant[:-1], str(file)]
    subprocess.run(run, check=True, stdin=subprocess.DEVNULL)
    assert {"fellow", "americans"} <= set(heard(transcriber, file).split())
