"""Sound out of whatever was uploaded: what a file is, its content says."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from .ffmpeg import sound_through_ffmpeg
from .pcm_wav import pcm_wav
from .sound import SAMPLE_RATE, Sound, refuse

__all__ = ["SAMPLE_RATE", "Sound", "decoded"]

PIECE = 1 << 20
LISTS = (b"#extm3u", b"[playlist]", b"ffconcat", b"<?wpl", b"<asx")
"""How files begin that players take for recordings, and that only name some."""


@contextmanager
def decoded(audio: BinaryIO, media_type: str) -> Iterator[Sound]:
    """The sound of a recording: one channel at 16 kHz, mixed as `downmix` says, a second of it in memory at a time.

    Plain PCM WAV is read without further ado, everything else through ffmpeg; of several audio streams, the first. A
    file that is no recording, has no sound, or ends before its header says so raises `InvalidInput`; what was lost at
    its end might be what matters, so half a recording is none. No ffmpeg raises `MissingProgram`. ``media_type`` is
    named in complaints, and nothing else depends on it. ``audio`` stays open.
    """
    with _on_disk(audio) as file:
        if file.seek(0, os.SEEK_END) == 0:
            refuse("the file is empty (0 bytes)")
        _see_that_it_may_be_one(file)
        if (plain := pcm_wav(file)) is not None:
            yield plain
            return
        with sound_through_ffmpeg(Path(file.name), media_type) as sound:
            yield sound


def _see_that_it_may_be_one(file: BinaryIO) -> None:
    """A list of recordings, and bytes that are all zero, are refused for what they are."""
    file.seek(0)
    head = file.read(PIECE)
    if head.lstrip(b"\xef\xbb\xbf \r\n").lower().startswith(LISTS):
        problem = "it is no recording but something else: a list that names recordings and holds none"
        refuse(problem, "Upload the recordings that it names, one by one.")
    while head and not head.strip(b"\0"):
        head = file.read(PIECE)
    if not head:
        remedy = "Copy it again from where it comes from: perhaps it was never written to its end."
        refuse("it is no recording: all its bytes are zero", remedy)


@contextmanager
def _on_disk(audio: BinaryIO) -> Iterator[BinaryIO]:
    """The same bytes as a file with a name: ``audio`` itself where it is one, else a copy that is gone afterwards.

    A pipe would not do for ffmpeg: where the index stands last, as in many an mp4, it has to read back and forth.
    """
    if _is_named_file(audio):
        yield audio
        return
    with tempfile.NamedTemporaryFile(prefix="refleqt-recording-") as copy:
        shutil.copyfileobj(audio, copy, PIECE)
        copy.flush()
        yield copy  # type: ignore[misc]  # the wrapper has all methods of a file


def _is_named_file(audio: BinaryIO) -> bool:
    """Whether its name leads to what it reads; a name may be a number, or another file's by now."""
    try:
        name = audio.name
        return isinstance(name, str) and audio.tell() == 0 and os.path.samestat(os.fstat(audio.fileno()), os.stat(name))  # noqa: PTH116
    except (AttributeError, OSError, ValueError):
        return False
