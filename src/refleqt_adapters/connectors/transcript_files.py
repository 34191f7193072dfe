"""Transcripts that other tools have made, as `Transcript`: WebVTT, SubRip, plain text, Word documents."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import BinaryIO, NamedTuple

from refleqt_core.errors import Fault, InvalidInput
from refleqt_core.ports import Transcript

from .caption_files import ARROW, read_captions
from .csv_records import HELD, RejectedLine, opened, refused
from .dialogue_text import is_dialogue, read_dialogue
from .docx_lines import docx_lines
from .keyed_rows import FileContent
from .remarks import Remarks
from .transcript_lines import Line, TranscriptLines, lines_of
from .turns import NO_LANGUAGE, Piece, transcript

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

TRANSCRIPT_TYPES = {
    ".vtt": "text/vtt",
    ".srt": "application/x-subrip",
    ".txt": "text/plain",
    ".docx": DOCX,
}
"""The media type of each ending that a transcript has."""

_SEEN = 200


def read_transcript(data: BinaryIO, name: str) -> Transcript | None:
    """The transcript in ``data`` by the ending of its ``name`` and its content; None where that is no transcript's.

    Any fault raises `InvalidInput` with all faults by row.
    """
    return transcript_of(data, name).items[0] if kind_of(name) else None


def read_transcript_file(path: Path, *, skip_bad_rows: bool = False) -> FileContent[Transcript]:
    """The transcript of that file, as `transcript_of` reads it."""
    with opened(path) as file:
        return transcript_of(file, str(path), skip_bad_rows=skip_bad_rows)


def transcript_of(data: BinaryIO, name: str, *, skip_bad_rows: bool = False) -> FileContent[Transcript]:
    """The one transcript in ``data``, whose kind the ending of its ``name`` and its content say.

    Any fault raises `InvalidInput` with all faults by row; with ``skip_bad_rows`` the faulty lines and cues are kept
    apart as ``rejected`` instead. A file in which nothing is said raises all the same.
    """
    kind = kind_of(name)
    if kind is None:
        raise InvalidInput([_fault(name, "it is no transcript", f"Transcripts end in {', '.join(TRANSCRIPT_TYPES)}.")])
    read = TranscriptLines(docx_lines(name, data), []) if kind == "docx" else lines_of(name, data)
    pieces, faults, remarks, language, kind = _said(name, kind, read)
    if faults and not skip_bad_rows:
        raise refused(faults[:HELD], max(len(faults) - HELD, 0))
    whole = transcript(pieces, kind, language)
    if not whole.segments:
        raise refused([*faults[:HELD], _fault(name, "nothing is said in it", "Give a file that holds the words.")])
    notes = (*read.notes, *remarks.told())
    return FileContent([whole], _rejected(faults, read.lines), passed_over=remarks.passed_over, notes=notes)


def kind_of(name: str) -> str | None:
    """``vtt``, ``srt``, ``txt`` or ``docx`` by the ending of the name; None where it is none of those."""
    ending = Path(name).suffix.lower()
    return ending[1:] if ending in TRANSCRIPT_TYPES else None


def media_type_of(name: str) -> str:
    """The media type of a transcript of that name."""
    return TRANSCRIPT_TYPES[Path(name).suffix.lower()]


def is_transcript(path: Path) -> bool:
    """Whether the file says who speaks or when, so that it is a transcript whatever lies beside it."""
    kind = kind_of(path.name)
    if kind in (None, "vtt", "srt"):
        return kind is not None
    try:
        with opened(path) as file:
            lines = docx_lines(str(path), file) if kind == "docx" else lines_of(str(path), file).lines
    except InvalidInput:
        return False
    return is_dialogue([line.text for line in lines[:_SEEN]])


class _Said(NamedTuple):
    pieces: Sequence[Piece]
    faults: Sequence[Fault]
    remarks: Remarks
    language: str
    kind: str


def _said(name: str, kind: str, read: TranscriptLines) -> _Said:
    """What is said, the faults in the order of their rows, and what kind of file it turned out to be."""
    kind, remarks = _by_content(kind, read.lines), Remarks()
    if kind in ("vtt", "srt"):
        captions = read_captions(name, read.lines)
        faults = sorted([*read.faults, *captions.faults], key=lambda fault: fault.row or 0)
        return _Said(captions.pieces, faults, remarks, captions.language or NO_LANGUAGE, kind)
    dialogue = read_dialogue(read.lines)
    for row in dialogue.private:
        remarks.pass_over("a message to one person alone", row)
    for row in dialogue.before:
        remarks.pass_over("what stands before the first turn", row)
    return _Said(dialogue.pieces, read.faults, remarks, NO_LANGUAGE, "chat" if dialogue.is_chat else kind)


def _by_content(kind: str, lines: Sequence[Line]) -> str:
    """A text that begins as captions do is captions, whatever its name ends in."""
    first = [line.text for line in lines[:40] if line.text]
    if kind == "txt" and first and first[0].startswith("WEBVTT"):
        return "vtt"
    if kind == "txt" and len(first) > 1 and first[0].isdecimal() and ARROW in first[1]:
        return "srt"
    return kind


def _rejected(faults: Iterable[Fault], lines: Iterable[Line]) -> tuple[RejectedLine, ...]:
    texts = {line.row: line.text for line in lines}
    return tuple(RejectedLine(row=each.row or 0, text=texts.get(each.row or 0, ""), faults=(each,)) for each in faults)


def _fault(name: str, problem: str, remedy: str) -> Fault:
    return Fault(name, None, None, problem, remedy)
