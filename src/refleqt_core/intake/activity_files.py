"""What a file of an activity is by its first bytes: a recording, something else that is known, or perhaps text."""

from collections.abc import Callable, Mapping
from typing import BinaryIO

from ..errors import Fault, InvalidInput, RefleqtError
from ..ports import Transcript
from .drafts import UploadedFile

HEAD = 4_096
"""How many bytes of a file are looked at."""

TranscriptReader = Callable[[BinaryIO, str], Transcript | None]
"""Reads a transcript that was written down elsewhere, by its content and the name of its file.

None: the file is none. One that is and cannot be read raises `InvalidInput` with all faults.
"""

SOUNDS: Mapping[bytes, str] = {
    b"ID3": "audio/mpeg",
    b"fLaC": "audio/flac",
    b"OggS": "audio/ogg",
    b"\x1aE\xdf\xa3": "video/webm",
    b"#!AMR": "audio/amr",
    b"caff": "audio/x-caf",
}
"""First bytes of recordings, as the formats' own specifications give them."""

ENDINGS: Mapping[str, str] = {
    "wav": "audio/wav", "mp3": "audio/mpeg", "m4a": "audio/mp4", "aac": "audio/aac", "ogg": "audio/ogg",
    "oga": "audio/ogg", "opus": "audio/ogg", "flac": "audio/flac", "webm": "video/webm", "mp4": "video/mp4",
    "m4v": "video/mp4", "mov": "video/quicktime", "mkv": "video/x-matroska", "aiff": "audio/aiff", "aif": "audio/aiff",
    "amr": "audio/amr", "caf": "audio/x-caf", "wma": "audio/x-ms-wma", "mpga": "audio/mpeg",
    "vtt": "text/vtt", "srt": "application/x-subrip", "txt": "text/plain", "md": "text/markdown",
    "json": "application/json", "pdf": "application/pdf", "zip": "application/zip",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg",
}  # fmt: skip
"""What a name that ends so promises."""

UNKNOWN = "application/octet-stream"


def media_type_of(head: bytes, name: str, said: str = "") -> str:
    """The media type of a file that begins so: by its bytes, else as its sender ``said``, else by its name's ending."""
    if (found := _sound(head)) is not None:
        return found
    promised = ENDINGS.get(name.rpartition(".")[2].lower(), UNKNOWN)
    named = said.partition(";")[0].strip().lower()
    return named if named and named != UNKNOWN else promised


def read_file(file: UploadedFile, reader: TranscriptReader) -> tuple[str, Transcript | None]:
    """The file's media type, and what it says where ``reader`` takes it for a transcript; it is at its start again.

    An empty one, and a transcript with faults, raise `InvalidInput`, before anything is kept of it.
    """
    start = file.data.tell()
    head = file.data.read(HEAD)
    if not head:
        remedy = "Check where it comes from; perhaps it was not written to its end."
        raise InvalidInput([Fault(file.name, None, None, "the file is empty (0 bytes)", remedy)])
    media_type, said = media_type_of(head, file.name, file.media_type), file.transcript
    if said is None and not is_recording(media_type):
        file.data.seek(start)
        said = reader(file.data, file.name)
    file.data.seek(start)
    return media_type, said


def is_recording(media_type: str) -> bool:
    """Whether a file of that type is listened to."""
    return media_type.startswith(("audio/", "video/"))


def in_words(error: Exception) -> str:
    """What is wrong as a person is told who knows which file it is; of a fault of our own no more than its kind."""
    if isinstance(error, InvalidInput):
        return " ".join(f"{fault.problem}. {fault.remedy}".removesuffix(". ") for fault in error.faults)
    said = str(error) if isinstance(error, RefleqtError) else f"Refleqt has a fault of its own ({type(error).__name__})"
    return said or type(error).__name__


def _sound(head: bytes) -> str | None:
    if head[:4] in (b"RIFF", b"RF64", b"RIFX") and head[8:12] == b"WAVE":
        return "audio/wav"
    if head[:4] == b"FORM" and head[8:12] in (b"AIFF", b"AIFC"):
        return "audio/aiff"
    if head[4:8] == b"ftyp" and head[8:12] not in (b"avif", b"heic", b"mif1"):
        return "audio/mp4" if head[8:11] in (b"M4A", b"M4B") else "video/mp4"
    if _is_mpeg_frame(head):
        return "audio/mpeg"
    return next((kind for signature, kind in SOUNDS.items() if head.startswith(signature)), None)


def _is_mpeg_frame(head: bytes) -> bool:
    """Whether a frame's header (ISO/IEC 11172-3, 2.4.1.3) stands there, none of whose values is reserved.

    FF FE is not taken for one, although layer I with a check sum begins so: it is how text in UTF-16 begins.
    """
    if len(head) < 3 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0 or head[1] == 0xFE:
        return False
    version, layer, bit_rate, rate = head[1] >> 3 & 3, head[1] >> 1 & 3, head[2] >> 4, head[2] >> 2 & 3
    return version != 1 and layer != 0 and bit_rate not in (0, 15) and rate != 3
