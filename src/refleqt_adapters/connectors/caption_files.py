"""Captions, WebVTT and SubRip: cues with times, whose words may name who says them.

webvtt-py reads each cue by itself. Of a whole file it passes over what is malformed, or stops at the first such cue;
here each is told with its row.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from html import unescape
from typing import TYPE_CHECKING, NamedTuple

import attrs

from refleqt_core.errors import Fault

from .speaker_names import has_labels, label
from .transcript_lines import Line
from .turns import DAY, Piece

if TYPE_CHECKING:
    from webvtt import Caption

ARROW = "-->"

_VOICE = re.compile(r"<v(?:\.[^\s>]{1,100})*\s+([^>]{1,200})>|</v>")
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,500}>|<\d[\d:.]{0,20}>|\{\\[a-z]+[^{}]{0,100}\}")
_COMMA = re.compile(r"(?<=\d),(?=\d)")
_LANGUAGE = re.compile(r"language:\s*([a-zA-Z]{2,3})\b", re.IGNORECASE)
_ASIDE = ("NOTE", "STYLE", "REGION", "WEBVTT")
_REMEDY = "Write the times like 00:01:02.500 --> 00:01:04.000, the beginning first."


class Captions(NamedTuple):
    """The pieces of the good cues, a fault for each bad one, the language where the file names it."""

    pieces: list[Piece]
    faults: list[Fault]
    language: str | None = None


class _Cue(NamedTuple):
    row: int
    times: str
    words: list[str]


def read_captions(source: str, lines: Sequence[Line]) -> Captions:
    """The cues of a WebVTT or SubRip file; cues without words are none.

    Speakers are those of voice spans (``<v Name>``), else those that are named before a colon, as Zoom and Otter write
    them: of such a file a cue without a name goes on with the one before.
    """
    is_vtt = any(line.text.startswith("WEBVTT") for line in lines[:1])
    found = Captions([], [], _language(lines) if is_vtt else None)
    for each in _cues(source, lines, is_vtt):
        pieces = each if isinstance(each, Fault) else _pieces(source, each)
        if isinstance(pieces, Fault):
            found.faults.append(pieces)
        else:
            found.pieces.extend(pieces)
    return found._replace(pieces=_with_labels(found.pieces))


def _language(lines: Sequence[Line]) -> str | None:
    for line in lines:
        if not line.text:
            break
        if said := _LANGUAGE.match(line.text):
            return said.group(1).lower()
    return None


def _cues(source: str, lines: Sequence[Line], is_vtt: bool) -> Iterator[_Cue | Fault]:
    """Every cue, and a fault for each block of words that has no times."""
    cue: _Cue | None = None
    for block in _blocks(lines):
        times = next((i for i, line in enumerate(block) if ARROW in line.text), None)
        if times is not None:
            if times > 1 and block[0].text.split(maxsplit=1)[0] not in _ASIDE:
                # One line before the times is the cue's name; more of them are words.
                yield _timeless(source, block[0])
            if cue is not None:
                yield cue
            cue = _Cue(block[times].row, block[times].text, [line.text for line in block[times + 1 :]])
        elif is_vtt and block[0].text.split(maxsplit=1)[0] in _ASIDE:
            continue
        elif cue is not None and not is_vtt:
            # SubRip has cues with an empty line among their words.
            cue.words.extend(line.text for line in block)
        else:
            yield _timeless(source, block[0])
    if cue is not None:
        yield cue


def _timeless(source: str, line: Line) -> Fault:
    problem = f"'{line.text[:50]}' is said at no time"
    return Fault(source, line.row, None, problem, f"Remove the lines, or give them a time. {_REMEDY}")


def _blocks(lines: Sequence[Line]) -> Iterator[list[Line]]:
    """Lines up to the next empty one, or to the next cue where the empty line between two is missing."""
    block: list[Line] = []
    for place, line in enumerate(lines):
        following = lines[place + 1].text if place + 1 < len(lines) else ""
        begins = (ARROW in line.text and any(ARROW in each.text for each in block)) or (
            line.text.isdecimal() and ARROW in following and bool(block)
        )
        if block and (not line.text or begins):
            yield block
            block = []
        if line.text:
            block.append(line)
    if block:
        yield block


def _pieces(source: str, cue: _Cue) -> list[Piece] | Fault:
    caption = _caption(cue)
    if caption is None:
        return Fault(source, cue.row, "times", f"'{cue.times[:100]}' are no times", _REMEDY)
    start, end = (time.in_milliseconds() / 1000 for time in (caption.start_time, caption.end_time))
    if end < start:
        return Fault(source, cue.row, "times", f"the cue ends before it begins: '{cue.times[:100]}'", _REMEDY)
    if end > DAY:
        problem = f"it ends more than 24 hours after the beginning: '{cue.times[:100]}'"
        return Fault(source, cue.row, "times", problem, _REMEDY)
    whole = Piece(row=cue.row, text="", start=start, end=end)
    return [attrs.evolve(whole, text=text, speaker=speaker) for speaker, text in _voices(" ".join(cue.words)) if text]


def _caption(cue: _Cue) -> "Caption | None":
    """The cue's times as webvtt-py reads them; None where it cannot."""
    from webvtt import WebVTT
    from webvtt.errors import MalformedCaptionError

    try:
        read = WebVTT.from_string(f"WEBVTT\n\n{_COMMA.sub('.', cue.times)}\n\n")
    except MalformedCaptionError:
        return None
    return read[0] if len(read) == 1 else None


def _voices(words: str) -> Iterator[tuple[str | None, str]]:
    """The words of each voice in their order, without tags."""
    at, speaker = 0, None
    for span in _VOICE.finditer(words):
        yield speaker, _plain(words[at : span.start()])
        at, speaker = span.end(), _plain(span.group(1) or "") or None
    yield speaker, _plain(words[at:])


def _plain(words: str) -> str:
    text = unescape(_TAG.sub("", words)).replace("\0", "")
    return " ".join(text.split())


def _with_labels(pieces: Iterable[Piece]) -> list[Piece]:
    said = list(pieces)
    if any(piece.speaker for piece in said) or not has_labels(piece.text for piece in said):
        return said
    speaker: str | None = None
    named = []
    for piece in said:
        found = label(piece.text)
        speaker = found.name if found else speaker
        named.append(attrs.evolve(piece, text=found.words if found else piece.text, speaker=speaker))
    return [piece for piece in named if piece.text]
