"""How well and how fast PocketSphinx hears, with and without what Refleqt puts before it, and what two hours take.

Words: each sentence is spoken by each voice of flite, and ``jfk.flac`` of the shared data is a man of 1961. The peer
in the same run is PocketSphinx alone, given the whole recording in one piece, decoded by ffmpeg beforehand.

Memory: a recording of some hours in AAC, of which a part is speech and the rest music, noise and silence (speech alone
would take PocketSphinx as long as half the recording lasts), is heard in a process of its own. What counts is the most
memory that this process and its ffmpeg ever held together, and that the process held before it heard anything.

Needs ffmpeg and flite. Run: ``python -m benchmarks.transcription [--hours H] [--speech SHARE] [--json FILE]``.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from refleqt_adapters.transcriber.decoding import SAMPLE_RATE, decoded
from refleqt_adapters.transcriber.pocketsphinx import PocketSphinxTranscriber
from refleqt_adapters.transcriber.voice_activity import speech

Samples = NDArray[np.int16]

VOICES = ("rms", "slt", "awb", "kal16")
SENTENCES = (
    "we should raise the price of the small plan",
    "our customers read the newsletter on tuesday morning",
    "nobody opens an email that begins with a discount",
    "the new landing page doubled the number of people who sign up",
    "our competitor cut the price and we lost two large accounts",
    "people trust a story more than a list of features",
    "the campaign reached the wrong audience on social media",
    "we spend too much money on search and too little on content",
    "the team feels proud of the brand but tired of the deadlines",
    "a short video explains the product better than a long page",
    "many customers ask for a report that they can show their boss",
    "the summer sale brought visitors but almost no orders",
)
JFK = "and so my fellow americans ask not what your country can do for you ask what you can do for your country"
SHARED = Path(os.environ.get("REFLEQT_SHARED_DATA", Path(__file__).parents[2] / "shared" / "data"))


def word_errors(heard: str, said: str) -> int:
    """Words that were inserted, left out or taken for another one (Levenshtein's distance in words)."""
    costs = list(range(len(said.split()) + 1))
    for row, one in enumerate(heard.split(), start=1):
        above, costs[0] = costs[0], row
        for column, other in enumerate(said.split(), start=1):
            above, costs[column] = costs[column], min(above + (one != other), costs[column] + 1, costs[column - 1] + 1)
    return costs[-1]


def spoken(text: str, voice: str, folder: Path) -> Path:
    """A file in which that voice of flite says the text."""
    file = folder / f"{voice}-{abs(hash(text))}.wav"
    if not file.exists():
        subprocess.run(["flite", "-voice", voice, "-t", text, "-o", str(file)], check=True)
    return file


def samples_of(file: Path) -> Samples:
    """All of a short recording."""
    with file.open("rb") as audio, decoded(audio, "") as sound:
        return np.concatenate(list(sound.blocks()))


def alone() -> Callable[[Samples], str]:
    """PocketSphinx by itself, over the whole recording."""
    from pocketsphinx import Decoder

    decoder = Decoder(samprate=SAMPLE_RATE, loglevel="FATAL")

    def hear(samples: Samples) -> str:
        decoder.reinit_feat()
        decoder.start_utt()
        decoder.process_raw(samples.tobytes(), full_utt=True)
        decoder.end_utt()
        found = decoder.hyp()
        return found.hypstr if found else ""

    return hear


def heard_of(recordings: list[tuple[Path, str]]) -> dict[str, float]:
    """Word error rate and seconds of work a second of sound, of ours and of PocketSphinx alone, in turn."""
    ours, bare = PocketSphinxTranscriber(), alone()
    with recordings[0][0].open("rb") as audio:
        ours.transcribe(audio, "")
    bare(samples_of(recordings[0][0]))
    errors, seconds, words, length = [0, 0], [0.0, 0.0], 0, 0.0
    for file, said in recordings:
        words += len(said.split())
        start = time.perf_counter()
        with file.open("rb") as audio:
            transcript = ours.transcribe(audio, "")
        seconds[0] += time.perf_counter() - start
        errors[0] += word_errors(transcript.text, said)
        length += transcript.duration
        samples = samples_of(file)
        start = time.perf_counter()
        text = bare(samples)
        seconds[1] += time.perf_counter() - start
        errors[1] += word_errors(text, said)
    return {
        "word_error_rate": errors[0] / words,
        "word_error_rate_alone": errors[1] / words,
        "real_time_factor": seconds[0] / length,
        "real_time_factor_alone": seconds[1] / length,
        "words": words,
        "seconds": length,
    }


def rates(folder: Path) -> dict[str, float]:
    """Seconds of sound a second: decoding ten minutes of AAC in stereo at 44.1 kHz, and finding speech in a minute."""
    text = " ".join(SENTENCES)
    minute = folder / "minute.m4a"
    encode(minute, (samples_of(spoken(text, "slt", folder))[: SAMPLE_RATE * 30] for _ in range(20)))
    stereo = folder / "stereo.m4a"
    stereo_44 = ("-ac", "2", "-ar", "44100", str(stereo))
    subprocess.run(["ffmpeg", "-v", "error", "-y", "-i", str(minute), *stereo_44], check=True)
    start = time.perf_counter()
    with stereo.open("rb") as audio, decoded(audio, "") as sound:
        for _ in sound.blocks():
            pass
        decoding = sound.duration / (time.perf_counter() - start)
    samples = np.tile(samples_of(spoken(text, "slt", folder))[: SAMPLE_RATE * 30], 2)
    start = time.perf_counter()
    list(speech(np.split(samples, 60)))
    return {"decoding": decoding, "finding_speech": 60 / (time.perf_counter() - start)}


def encode(file: Path, pieces: Iterator[Samples]) -> None:
    """The pieces one after the other are in that file, in the format that its ending says."""
    raw = ("-f", "s16le", "-ar", str(SAMPLE_RATE), "-ac", "1", "-i", "pipe:0")
    with subprocess.Popen(["ffmpeg", "-v", "error", "-y", *raw, str(file)], stdin=subprocess.PIPE) as ffmpeg:
        assert ffmpeg.stdin is not None
        for piece in pieces:
            ffmpeg.stdin.write(piece.tobytes())


def meeting(seconds: float, share: float, folder: Path) -> Iterator[Samples]:
    """So many seconds in which a share is spoken by changing voices, with music, noise and silence between.

    It begins with a minute without a pause, which makes the longest utterances that there are.
    """
    generator = np.random.default_rng(7)
    at = said = 0.0
    while at < seconds:
        if said < max(share * at, 60):
            voice, text = VOICES[int(generator.integers(len(VOICES)))], SENTENCES[int(generator.integers(12))]
            piece = samples_of(spoken(text, voice, folder))
            said += len(piece) / SAMPLE_RATE
        else:
            piece = (music, noise, silence)[int(generator.integers(3))](generator)
        at += len(piece) / SAMPLE_RATE
        yield piece


def music(generator: np.random.Generator) -> Samples:
    """Ten seconds of plucked chords."""
    time_of = np.arange(SAMPLE_RATE) / SAMPLE_RATE
    chords = []
    for _ in range(10):
        notes = 130.8 * 2 ** ((int(generator.integers(12)) + np.array([0, 4, 7])[:, None]) / 12) * np.arange(1, 7)
        chords.append(np.exp(-4 * time_of) * np.sin(2 * np.pi * notes.reshape(-1, 1) * time_of).sum(0))
    return np.asarray(np.concatenate(chords) * 1500, dtype=np.int16)


def noise(generator: np.random.Generator) -> Samples:
    """Ten seconds of a hissing room."""
    return np.asarray(generator.normal(0, 200, 10 * SAMPLE_RATE), dtype=np.int16)


def silence(_generator: np.random.Generator) -> Samples:
    """Ten seconds of nothing."""
    return np.zeros(10 * SAMPLE_RATE, np.int16)


def memory(hours: float, share: float, folder: Path) -> dict[str, Any]:
    """What hearing a long recording takes, in a process of its own."""
    file = folder / "meeting.m4a"
    encode(file, meeting(hours * 3600, share, folder))
    listen = [sys.executable, "-m", "benchmarks.transcription", "--listen-to", str(file)]
    start = time.perf_counter()
    with subprocess.Popen(listen, stdout=subprocess.PIPE, text=True) as child:
        peak = Peak(child.pid)
        assert child.stdout is not None
        found: dict[str, Any] = json.loads(child.stdout.read())
        peak.stop()
    return {
        **found,
        "hours": hours,
        "share_of_speech": share,
        "file_mb": file.stat().st_size / 1e6,
        "peak_mb": peak.most / 1e6,
        "wall_seconds": time.perf_counter() - start,
    }


def listen_to(file: Path) -> None:
    """What the child does: the recording is heard, and what there is to say of it is on stdout."""
    transcriber = PocketSphinxTranscriber()
    before = resident(os.getpid())
    with file.open("rb") as audio:
        heard = transcriber.transcribe(audio, "audio/mp4")
    print(
        json.dumps(
            {
                "before_mb": before / 1e6,
                "segments": len(heard.segments),
                "longest_segment": max((each.end - each.start for each in heard.segments), default=0.0),
                "words": len(heard.text.split()),
                "seconds": heard.duration,
            }
        )
    )


class Peak:
    """Watches a process and its children twenty times a second; ``most`` is what they held together, in bytes."""

    def __init__(self, pid: int):
        self.most = 0
        self._pid = pid
        self._stopped = threading.Event()
        self._watch = threading.Thread(target=self._look, daemon=True)
        self._watch.start()

    def stop(self) -> None:
        self._stopped.set()
        self._watch.join()

    def _look(self) -> None:
        while not self._stopped.wait(0.05):
            self.most = max(self.most, sum(resident(pid) for pid in (self._pid, *children(self._pid))))


def children(pid: int) -> list[int]:
    """The processes that its main thread has started."""
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def resident(pid: int) -> int:
    """Bytes of a process that are in memory; 0 when it has ended."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, IndexError):
        return 0


def measured(hours: float, share: float) -> dict[str, Any]:
    """All of it."""
    found: dict[str, Any] = {"load_before": os.getloadavg()[0], "heard": {}}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if (jfk := SHARED / "speech" / "jfk.flac").exists():
            found["heard"]["jfk.flac"] = heard_of([(jfk, JFK)])
        for voice in VOICES:
            found["heard"][f"flite {voice}"] = heard_of([(spoken(text, voice, folder), text) for text in SENTENCES])
        found["sound_seconds_per_second"] = rates(folder)
        if hours:
            found["memory"] = memory(hours, share, folder)
    return {**found, "load_after": os.getloadavg()[0]}


def show(found: dict[str, Any]) -> None:
    """The figures as a table."""
    print(f"{'':12} {'words':>6} {'sound':>7}   {'word error rate':>20}   {'real-time factor':>20}")
    print(f"{'':12} {'':>6} {'':>7}   {'ours':>9} {'alone':>10}   {'ours':>9} {'alone':>10}")
    for name, of in found["heard"].items():
        print(
            f"{name:12} {of['words']:6} {of['seconds']:5.0f} s   {of['word_error_rate']:9.1%}"
            f" {of['word_error_rate_alone']:10.1%}   {of['real_time_factor']:9.2f} {of['real_time_factor_alone']:10.2f}"
        )
    rate = found["sound_seconds_per_second"]
    print(f"decoding {rate['decoding']:.0f} s of sound a second, finding speech {rate['finding_speech']:.1f}")
    if of := found.get("memory"):
        print(
            f"{of['hours']:g} h, {of['file_mb']:.0f} MB, {of['share_of_speech']:.0%} of it speech: peak"
            f" {of['peak_mb']:.0f} MB with ffmpeg ({of['before_mb']:.0f} MB before), {of['wall_seconds']:.0f} s,"
            f" {of['segments']} segments, the longest of {of['longest_segment']:.1f} s"
        )
    print(f"load {found['load_before']:.1f} before, {found['load_after']:.1f} after, on {os.cpu_count()} cores")


def main() -> None:
    """Measures, prints, and writes JSON where asked to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hours", type=float, default=2.0)
    parser.add_argument("--speech", type=float, default=0.4)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--listen-to", type=Path, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.listen_to:
        listen_to(chosen.listen_to)
        return
    if missing := [name for name in ("ffmpeg", "flite") if shutil.which(name) is None]:
        raise SystemExit(f"needs {' and '.join(missing)}: sudo apt install ffmpeg flite")
    found = measured(chosen.hours, chosen.speech)
    show(found)
    if chosen.json:
        chosen.json.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
