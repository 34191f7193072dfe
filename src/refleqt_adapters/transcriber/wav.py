"""Reads a 16-bit PCM WAV recording, whatever its rate and number of channels."""

import wave
from typing import BinaryIO, NoReturn

import attrs
import numpy as np
from numpy.typing import NDArray

from refleqt_core.errors import Fault, InvalidInput

MEDIA_TYPES = ("audio/wav", "audio/x-wav")
REMEDY = (
    "Save the recording as 16-bit PCM WAV, for instance: "
    "ffmpeg -i RECORDING -ac 1 -ar 16000 -c:a pcm_s16le recording.wav"
)
_FRAMES_AT_ONCE = 1 << 20


@attrs.frozen(kw_only=True, eq=False)
class Recording:
    """One channel of ``samples`` (n,) int16 at ``rate`` samples a second."""

    samples: NDArray[np.int16]
    rate: int

    @property
    def duration(self) -> float:
        """Seconds."""
        return len(self.samples) / self.rate


def read_wav(audio: BinaryIO, media_type: str) -> Recording:
    """The recording with its channels averaged into one; reads in pieces, so that only one channel is in memory.

    Another media type, another encoding, or a file that ends before its header says so raises `InvalidInput`.
    """
    if media_type.partition(";")[0].strip().lower() not in MEDIA_TYPES:
        _refuse(f"the media type is '{media_type}', and only {' and '.join(MEDIA_TYPES)} are understood")
    try:
        with wave.open(audio, "rb") as file:
            return Recording(samples=_mono(file), rate=file.getframerate())
    except (wave.Error, EOFError, RuntimeError) as exc:  # RuntimeError: a chunk that claims to reach beyond the file
        raise InvalidInput([Fault("recording", None, None, f"not a PCM WAV file ({exc!r})", REMEDY)]) from exc


def _mono(file: wave.Wave_read) -> NDArray[np.int16]:
    if file.getsampwidth() != 2 or file.getframerate() <= 0:
        _refuse(
            f"the samples have {8 * file.getsampwidth()} bits at {file.getframerate()} Hz, and have to have 16 bits"
        )
    pieces = []
    while data := file.readframes(_FRAMES_AT_ONCE):
        whole = len(data) - len(data) % (2 * file.getnchannels())
        channels = np.frombuffer(data[:whole], dtype="<i2").reshape(-1, file.getnchannels())
        pieces.append(np.rint(channels.mean(axis=1)).astype(np.int16))
    samples = np.concatenate(pieces) if pieces else np.empty(0, np.int16)
    if len(samples) < file.getnframes():
        _refuse(f"the file ends after {len(samples)} of the {file.getnframes()} frames that its header announces")
    return samples


def _refuse(problem: str) -> NoReturn:
    raise InvalidInput([Fault("recording", None, None, problem, REMEDY)])
