"""Sound out of any recording, through the programs ffmpeg and ffprobe."""

import json
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from refleqt_core.errors import MissingProgram, Unavailable

from .downmix import one_channel
from .sound import SAMPLE_RATE, Sound, refuse

CONTAINERS = "aac,ac3,aiff,amr,asf,au,avi,caf,flac,matroska,mov,mp3,mpeg,mpegts,ogg,wav,w64,wv"
"""The demuxers that ffmpeg may use. None of them opens a second file; playlists and pictures are not among them."""
FILTER = "aformat=s16:{rate}:{layout},aresample=async=1:first_pts=0"
"""Gaps become silence, so that seconds stay those of the recording; ffmpeg holds a gap in memory, so it comes last."""
MEMORY = 512 << 20
"""Bytes that ffmpeg may hold, far more than it takes; a file can announce a gap of years."""
PROBE_SECONDS = 60
MISSING_SECONDS = 1.0
"""A recording may be as much shorter than announced: codecs announce the silence that they begin and end with."""
INSTALL = "Install it with: sudo apt install ffmpeg (Debian, Ubuntu), or: brew install ffmpeg (macOS)"


class Probed(NamedTuple):
    """Seconds that the file announces, and seconds that it has to hold; None where it says nothing of the kind.

    ``channels`` is how many ffmpeg is to give: two where there are two, since it would average them whatever their
    phase; else one, which it mixes by the places of the loudspeakers.
    """

    seconds: float | None
    at_least: float | None
    channels: int


@contextmanager
def sound_through_ffmpeg(path: Path, media_type: str) -> Iterator[Sound]:
    """The sound of the file's first audio stream; ffmpeg has ended after the block, however much of it was read.

    No ffmpeg raises `MissingProgram`; a file without sound, or cut off, raises `InvalidInput`.
    """
    probed = _probe(path, media_type)
    layout = "stereo" if probed.channels == 2 else "mono"
    with tempfile.TemporaryFile() as complaints:
        ffmpeg = subprocess.Popen(  # noqa: S603  (no shell, and the path is told to be a file)
            [
                _program("ffmpeg"),
                *("-v", "error", "-nostdin", "-threads", "1", *_input(path)),
                *("-map", "0:a:0", "-af", FILTER.format(rate=SAMPLE_RATE, layout=layout), "-f", "s16le", "pipe:1"),
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=complaints,
        )
        try:
            _limit_memory(ffmpeg.pid)
            yield Sound(one_channel(_frames(ffmpeg, probed, complaints)), seconds=probed.seconds)
        finally:
            ffmpeg.kill()
            ffmpeg.communicate()


def _frames(ffmpeg: subprocess.Popen[bytes], probed: Probed, complaints: IO[bytes]) -> Iterator[NDArray[np.float64]]:
    """A second at a time, ``(n, channels)``."""
    assert ffmpeg.stdout is not None
    decoded, width = 0, 2 * probed.channels
    while data := ffmpeg.stdout.read(width * SAMPLE_RATE):
        frames = np.frombuffer(data[: len(data) // width * width], "<i2").reshape(-1, probed.channels)
        decoded += len(frames)
        yield frames.astype(np.float64)
    code = ffmpeg.wait()
    if code < 0:
        raise Unavailable(f"ffmpeg was stopped by signal {-code}; there may have been too little memory")
    if code:
        refuse(f"it can be decoded up to second {decoded / SAMPLE_RATE:.1f} ({_last_line(complaints)})")
    seconds = decoded / SAMPLE_RATE
    if probed.at_least is not None and seconds < probed.at_least - MISSING_SECONDS:
        refuse(
            f"the file is cut off or damaged: {seconds:.1f} of the {probed.at_least:.1f} seconds that it announces"
            " can be decoded"
        )


def _probe(path: Path, media_type: str) -> Probed:
    """What ffprobe says of the first audio stream.

    A length has to be there where it is the stream's own, or the container's of this stream alone; no estimate has to.
    """
    fields = "stream=codec_type,channels,duration:format=duration"
    command = [_program("ffprobe"), "-v", "warning", *_input(path), "-of", "json", "-show_entries", fields]
    try:
        done = subprocess.run(  # noqa: S603
            command, stdin=subprocess.DEVNULL, capture_output=True, timeout=PROBE_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        refuse(f"ffprobe finds out nothing about it in {PROBE_SECONDS} seconds")
    found = {} if done.returncode else _document(done.stdout)
    if "streams" not in found:
        refuse(_unreadable(done.stderr.decode(errors="replace"), media_type))
    streams = [stream for stream in found["streams"] if stream.get("codec_type") == "audio"]
    if not streams:
        refuse("there is no sound in it", "Upload a recording that has an audio stream.")
    channels = streams[0].get("channels", 1)
    if not channels:
        refuse("it is no recording: what looks like sound in it cannot be played")
    of_stream, of_file = _seconds(streams[0].get("duration")), _seconds(found.get("format", {}).get("duration"))
    announced = of_stream or (of_file if len(found["streams"]) == 1 else None)
    estimated = b"Estimating duration" in done.stderr
    return Probed(
        seconds=of_stream or of_file, at_least=None if estimated else announced, channels=2 if channels == 2 else 1
    )


def _document(text: bytes) -> dict[str, Any]:
    """What ffprobe says; nothing where it broke off."""
    try:
        found: dict[str, Any] = json.loads(text)
    except ValueError:
        return {}
    return found


def _input(path: Path) -> tuple[str, ...]:
    """Only this file is read, whatever its name looks like and whatever stands in it."""
    return ("-protocol_whitelist", "file", "-format_whitelist", CONTAINERS, "-i", f"file:{os.fspath(path)}")


def _unreadable(complaint: str, media_type: str) -> str:
    if kind := re.search(r"\[(\w+) @ \w+\] Format not on whitelist", complaint):
        return f"it is no recording but something else (ffmpeg calls it {kind[1]})"
    return f"it is no recording that ffmpeg knows, or it is damaged (it came as '{media_type}')"


def _limit_memory(pid: int) -> None:
    """The process holds no more than `MEMORY`, where the system can see to that (Linux)."""
    with suppress(ImportError, AttributeError, OSError):
        import resource

        resource.prlimit(pid, resource.RLIMIT_DATA, (MEMORY, MEMORY))


def _seconds(text: str | None) -> float | None:
    try:
        return float(text or "") or None
    except ValueError:
        return None


def _last_line(complaints: IO[bytes]) -> str:
    complaints.seek(0)
    lines = complaints.read(4096).decode(errors="replace").split("\n")
    said = [line.rpartition(": ")[2] for line in lines if line.strip()]
    return said[-1] if said else "ffmpeg does not say why"


def _program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise MissingProgram("ffmpeg", INSTALL)
    return found
