"""A conversation as plain lines, in the shapes in which meeting tools and people write one down.

A turn's head stands on a line of its own (Otter, Teams, Word, Zoom's captions) or before its words (Zoom's chat, Google
Meet, people). Text without any head is one turn a paragraph, said by nobody and at no time.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import attrs

from .speaker_names import has_labels, is_name, label
from .transcript_lines import Line
from .turns import Piece, since_first

_TIME = r"(?:\d{1,3}:)?\d{1,2}:\d{2}(?:[.,]\d{1,3})?(?:\s?[AaPp]\.?[Mm]\.?)?"
_NAME = r"(?P<name>\S(?:[^\t\n]{0,78}?\S)?)"
_STAMP = rf"[\[(]?(?P<time>{_TIME})[\])]?"

_PRECISE = r"\d{1,3}:\d{1,2}:\d{1,2}(?:[.,]\d{1,9})?"
_RANGE = re.compile(rf"(?P<time>{_PRECISE}) ?--> ?(?P<end>{_PRECISE})")
_CHAT = re.compile(
    rf"(?:\d{{4}}-\d\d-\d\d\s+)?(?P<time>{_TIME})\s+From\s+{_NAME}\s+to\s+(?P<whom>[^\t\n]{{1,100}}?)\s*:(?:\s+(?P<words>.*))?$"
)
_OLD_CHAT = re.compile(rf"(?P<time>{_TIME})\s+From\s+{_NAME}\s*:(?:\s+(?P<words>.*))?$")
_HEADS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"\[{_NAME}\]\s+{_STAMP}$",
        rf"{_NAME}\s+[-–—·|]?\s*{_STAMP}$",
        rf"{_STAMP}\s+[-–—·|]?\s*{_NAME}:?$",
    )
)
_BEFORE = (
    re.compile(rf"{_STAMP}\s+(?:[-–—·|]\s+)?{_NAME}:\s+(?P<words>.*)$"),
    re.compile(rf"{_NAME}\s+{_STAMP}\s*:\s+(?P<words>.*)$"),
)
_STAMPED = re.compile(rf"{_STAMP}(?:\s+(?:[-–—·|]\s+)?(?P<words>.*))?$")
_CREDIT = re.compile(r"transcribed by https?://\S+|.{0,100} (?:started|stopped) transcription", re.IGNORECASE)
_PRIVATE = re.compile(r"(?i)\(?(?:direct message|privately)\)?|^me\b")


class Dialogue(NamedTuple):
    """The turns' pieces, and what was left out: the rows of what was said to one person alone, and those of a page's
    head (a title, who was there) before the first turn that has a time.
    """

    pieces: list[Piece]
    private: Sequence[int] = ()
    before: Sequence[int] = ()


class _Head(NamedTuple):
    """How a line begins a turn: who speaks, when, until when, the words on the same line; ``whom`` of a chat."""

    name: str | None
    start: float | None
    end: float | None = None
    words: str = ""
    whom: str = ""


def read_dialogue(lines: Sequence[Line]) -> Dialogue:
    """The pieces of a conversation, in the order of the lines."""
    texts = [line.text for line in lines]
    if _is_stamped(texts):
        pieces, private = _turns(lines, _head)
        timed = _since_last_time(pieces)
        return Dialogue(since_first(timed), private, [piece.row for piece in pieces[: len(pieces) - len(timed)]])
    if has_labels(texts):
        return Dialogue(*_turns(lines, _label_head))
    return Dialogue([Piece(row=part[0].row, text=_words(part)) for part in _paragraphs(lines)])


def is_dialogue(texts: Sequence[str]) -> bool:
    """Whether the lines say who speaks, or when."""
    return _is_stamped(texts) or has_labels(texts)


def _is_stamped(texts: Sequence[str]) -> bool:
    """Whether two lines begin a turn at a time, or the only turn of the text does."""
    heads = sum(1 for text in texts if (found := _head(text)) and found.start is not None)
    return heads > 1 or (heads == 1 and _head(next(text for text in texts if text)) is not None)


def _since_last_time(pieces: Sequence[Piece]) -> list[Piece]:
    """The pieces from the first that has a time on; one without is said at the last time before it."""
    found: list[Piece] = []
    for piece in pieces:
        if piece.start is not None:
            found.append(piece)
        elif found:
            found.append(attrs.evolve(piece, start=found[-1].start))
    return found


def _turns(lines: Sequence[Line], head_of: Callable[[str], _Head | None]) -> tuple[list[Piece], list[int]]:
    pieces: list[Piece] = []
    private: list[int] = []
    head, row, words = None, 0, list[str]()

    def end_turn() -> None:
        if head is not None and _PRIVATE.search(head.whom):
            private.append(row)
        elif any(words):
            said = " ".join(" ".join(words).split())
            whose = head or _Head(None, None)
            pieces.append(Piece(row=row, text=said, start=whose.start, end=whose.end, speaker=whose.name))

    for line in lines:
        found = head_of(line.text)
        if found is not None and _completes(head, found, words):
            assert head is not None
            head = found._replace(start=head.start if found.start is None else found.start, end=head.end)
            words = [found.words]
        elif found is not None:
            end_turn()
            head, row, words = found, line.row, [found.words]
        elif not line.text and head_of is _label_head:
            # Where names stand before words alone, what follows an empty line without one is nobody's.
            end_turn()
            head, row, words = None, line.row, []
        elif head is not None and head.name is None and not any(words) and is_name(line.text):
            head = head._replace(name=line.text.rstrip(":"))
        elif not _CREDIT.fullmatch(line.text):
            row = row or line.row
            words.append(line.text)
    end_turn()
    return pieces, private


def _completes(head: _Head | None, found: _Head, words: Sequence[str]) -> bool:
    """Whether a line with the name follows one with the time alone."""
    return head is not None and head.name is None and not any(words) and found.start is None


def _head(text: str) -> _Head | None:
    """The line as the beginning of a turn in a text with times; names before colons count there too."""
    if not text:
        return None
    return _ranged(text) or _chat(text) or _stamped_name(text) or _time_alone(text) or _label_head(text)


def _label_head(text: str) -> _Head | None:
    found = label(text) if text else None
    return found and _Head(found.name, None, words=found.words)


def _ranged(text: str) -> _Head | None:
    found = _RANGE.fullmatch(text)
    return found and _Head(None, _seconds(found["time"]), _seconds(found["end"]))


def _chat(text: str) -> _Head | None:
    for pattern in (_CHAT, _OLD_CHAT):
        if found := pattern.match(text):
            parts = found.groupdict()
            return _Head(parts["name"], _seconds(parts["time"]), None, parts["words"] or "", parts.get("whom") or "")
    return None


def _stamped_name(text: str) -> _Head | None:
    for pattern in (*_BEFORE, *_HEADS):
        found = pattern.match(text)
        if found and is_name(found["name"]):
            return _Head(found["name"], _seconds(found["time"]), words=found.groupdict().get("words") or "")
    return None


def _time_alone(text: str) -> _Head | None:
    found = _STAMPED.match(text)
    return found and _Head(None, _seconds(found["time"]), words=found["words"] or "")


def _seconds(time: str) -> float:
    """``1:02:03.5``, ``2:03`` or ``2:03 PM`` as seconds."""
    clock = re.sub(r"[^\d:.]", "", time.replace(",", ".")).rstrip(".")
    seconds = 0.0
    parts = clock.split(":")
    if time.rstrip(". ")[-1:] in "mM" and len(parts) == 2:
        parts.append("0")
    for part in parts:
        seconds = seconds * 60 + float(part)
    half = re.search(r"([AaPp])\.?[Mm]", time)
    if half:
        seconds = seconds % (12 * 3600) + 12 * 3600 * (half[1] in "pP")
    return round(seconds, 3)


def _paragraphs(lines: Sequence[Line]) -> Iterator[list[Line]]:
    part: list[Line] = []
    for line in (*lines, Line(0, "")):
        if line.text and not _CREDIT.fullmatch(line.text):
            part.append(line)
        elif part:
            yield part
            part = []


def _words(part: Sequence[Line]) -> str:
    return " ".join(" ".join(line.text for line in part).split())
