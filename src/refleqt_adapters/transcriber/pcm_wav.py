"""Reads plain PCM WAV of any width, rate and number of channels, with nothing but Python."""

import os
import wave
from collections.abc import Iterator
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from .downmix import one_channel
from .resampling import resampled
from .sound import SAMPLE_RATE, Sound, refuse

RATES = range(4_000, 384_001)
MOST_CHANNELS = 32
"""A header can claim 65,535, of which a second would be gigabytes."""
UNKNOWN_LENGTH = 0x7FFFFF00
"""Bytes of sound from which on a header states no length: who writes into a pipe cannot know it beforehand."""


def pcm_wav(audio: BinaryIO) -> Sound | None:
    """The sound of a WAV file that holds plain PCM; None where it is anything else.

    A file that ends before its header says so raises `InvalidInput`.
    """
    audio.seek(0)
    if audio.read(4) != b"RIFF":
        return None
    audio.seek(0)
    try:
        file = wave.open(audio, "rb")  # noqa: SIM115  (the caller closes ``audio``, and nothing else is open)
    except (wave.Error, EOFError, RuntimeError):  # RuntimeError: a chunk that claims to reach beyond the file
        return None
    start = audio.tell()
    there = audio.seek(0, os.SEEK_END) - start
    audio.seek(start)
    return _sound(file, there)


def _sound(file: wave.Wave_read, there: int) -> Sound | None:
    width, rate = file.getsampwidth() * file.getnchannels(), file.getframerate()
    announced = file.getnframes() * width
    is_plain = rate in RATES and file.getsampwidth() in (1, 2, 3, 4) and file.getnchannels() <= MOST_CHANNELS
    if not is_plain or (not announced and there):
        return None
    if announced >= UNKNOWN_LENGTH:
        announced = there
    if announced > there:
        refuse(
            f"the file is cut off: it holds {there / width / rate:.1f} of the {announced / width / rate:.1f} seconds"
            " that its header announces"
        )
    seconds = announced / width / rate
    return Sound(resampled(one_channel(_frames(file)), rate, SAMPLE_RATE), seconds=seconds)


def _frames(file: wave.Wave_read) -> Iterator[NDArray[np.float64]]:
    """A second at a time, ``(n, channels)``."""
    channels, width = file.getnchannels(), file.getsampwidth()
    while data := file.readframes(file.getframerate()):
        whole = len(data) - len(data) % (width * channels)
        yield _as_16_bit(data[:whole], width).reshape(-1, channels)


def _as_16_bit(data: bytes, width: int) -> NDArray[np.float64]:
    """Samples in [-32768, 32768); 8 bits have no sign in WAV, all others have."""
    if width == 1:
        return (np.frombuffer(data, np.uint8).astype(np.float64) - 128) * 256
    if width == 3:
        bytes_of = np.frombuffer(data, np.uint8).reshape(-1, 3)
        padded = np.concatenate([np.zeros((len(bytes_of), 1), np.uint8), bytes_of], axis=1)
        return padded.view("<i4")[:, 0] / 65536
    return np.frombuffer(data, f"<i{width}") / (65536 if width == 4 else 1)
