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
from .turns import DAY, Piece, since_first

_TIME = r"(?:\d{1,3}:)?\d{1,2}:\d{2}(?:[.,]\d{1,3})?(?:\s?[AaPp]\.?[Mm]\.?)?"
_NAME = r"(?P<name>\S(?:[^\t\n]{0,78}?\S)?)"
_STAMP = rf"[\[(]?(?P<time>{_TIME})[\])]?"

_PRECISE = r"\d{1,3}:\d{1,2}:\d{1,2}(?:[.,]\d{1,9})?"
_RANGE = re.compile(rf"(?:{_NAME} )?(?P<time>{_PRECISE}) ?--> ?(?P<end>{_PRECISE})")
_CHAT = re.compile(
    rf"(?:\d{{4}}-\d\d-\d\d\s+)?(?P<time>{_TIME})\s+From\s+{_NAME}\s+to\s+(?P<whom>[^\t\n]{{1,100}}?)\s*:(?:\s+(?P<words>.*))?$"
)
_OLD_CHAT = re.compile(rf"(?P<time>{_TIME})\s+From\s+{_NAME}\s*:(?:\s+(?P<words>.*))?$")
_TIME_FIRST = re.compile(rf"{_STAMP}\s+[-–—·|]?\s*{_NAME}:?$")
_HEADS = (re.compile(rf"\[{_NAME}\]\s+{_STAMP}$"), re.compile(rf"{_NAME}\s+[-–—·|]?\s*{_STAMP}$"), _TIME_FIRST)
_BEFORE = (
    re.compile(rf"{_STAMP}\s+(?:[-–—·|]\s+)?{_NAME}:\s+(?P<words>.*)$"),
    re.compile(rf"{_NAME}\s+{_STAMP}\s*:\s+(?P<words>.*)$"),
)
_STAMPED = re.compile(rf"{_STAMP}(?:\s+(?:[-–—·|]\s+)?(?P<words>.*))?$")
_CREDIT = re.compile(r"transcribed by https?://\S+|.{0,100} (?:started|stopped) transcription", re.IGNORECASE)
_PRIVATE = re.compile(r"(?i)\(?(?:direct message|privately)\)?|^me\b")


class Dialogue(NamedTuple):
    """The turns' pieces, and what was left out: the rows of what was said to one person alone, and those of a page's
    head (a title, who was there) before the first turn that has a time. ``is_chat`` is True of what was written and not
    said: a chat that a meeting's tool saved.
    """

    pieces: list[Piece]
    private: Sequence[int] = ()
    before: Sequence[int] = ()
    is_chat: bool = False


class _Head(NamedTuple):
    """How a line begins a turn: who speaks, when, until when, the words on the same line; ``whom`` of a chat.

    ``said_alone`` is what may be a name, and is what was said where no words follow.
    """

    name: str | None
    start: float | None
    end: float | None = None
    words: str = ""
    whom: str = ""
    said_alone: str = ""


HeadOf = Callable[[str], _Head | None]
"""How the line begins a turn; None where it goes on with one."""

_NOBODY = _Head(None, None)


def read_dialogue(lines: Sequence[Line]) -> Dialogue:
    """The pieces of a conversation, in the order of the lines."""
    texts = [line.text for line in lines]
    if _is_stamped(texts):
        pieces, private = _turns(lines, _head if _is_loose(texts) else _firm_head)
        timed = _since_last_time(pieces)
        before = [piece.row for piece in pieces[: len(pieces) - len(timed)]]
        return Dialogue(since_first(timed), private, before, is_chat=any(map(_chat, texts)))
    if has_labels(texts):
        return Dialogue(*_turns(lines, _label_head))
    return Dialogue([Piece(row=part[0].row, text=_words(part)) for part in _paragraphs(lines)])


def is_dialogue(texts: Sequence[str]) -> bool:
    """Whether the lines say who speaks, or when."""
    return _is_stamped(texts) or has_labels(texts)


def _is_stamped(texts: Sequence[str]) -> bool:
    """Whether two lines begin a turn at a time, or the first line of the text does."""
    heads = sum(1 for text in texts if (found := _head(text)) and found.start is not None)
    first = _head(next(text for text in texts if text)) if heads == 1 else None
    return heads > 1 or (first is not None and first.start is not None)


def _is_loose(texts: Sequence[str]) -> bool:
    """Whether half of the times or more stand before words or names without a colon, as in an agenda."""
    timed = [found for text in texts if (found := _head(text)) and found.start is not None]
    return 2 * sum(map(_is_loose_head, timed)) >= len(timed)


def _is_loose_head(head: _Head) -> bool:
    return bool(head.said_alone or (head.name is None and head.words))


def _firm_head(text: str) -> _Head | None:
    """As `_head`; ``12:30 Lunch Break`` is words, among turns that begin otherwise."""
    found = _head(text)
    return None if found is not None and _is_loose_head(found) else found


def _since_last_time(pieces: Sequence[Piece]) -> list[Piece]:
    """The pieces from the first that has a time on; one without is said at the last time before it."""
    found: list[Piece] = []
    for piece in pieces:
        if piece.start is not None:
            found.append(piece)
        elif found:
            found.append(attrs.evolve(piece, start=found[-1].start))
    return found


def _turns(lines: Sequence[Line], head_of: HeadOf) -> tuple[list[Piece], list[int]]:
    """The turns, and the rows of what was said to one person alone."""
    turns = _Turns()
    for line in lines:
        found = head_of(line.text)
        if found is not None:
            turns.begin(line.row, found)
        elif not line.text and head_of is _label_head:
            # Where names stand before words alone, what follows an empty line without one is nobody's.
            turns.begin(line.row, _NOBODY)
        elif not _CREDIT.fullmatch(line.text):
            turns.add(line)
    turns.end()
    return turns.pieces, turns.private


class _Turns:
    """Puts turns together from the lines that begin them and those that go on."""

    def __init__(self) -> None:
        self.pieces: list[Piece] = []
        self.private: list[int] = []
        self._head, self._row, self._words = _NOBODY, 0, list[str]()

    def begin(self, row: int, found: _Head) -> None:
        """A new turn; a name that follows a bare time is that of the turn which the time began."""
        if self._head.start is not None and self._is_bare and found.start is None and found is not _NOBODY:
            self._head = found._replace(start=self._head.start, end=self._head.end)
        else:
            self.end()
            self._head, self._row = found, row
        self._words = [found.words]

    def add(self, line: Line) -> None:
        """One more line of the turn; where only from when to when is known of it, a name is that of the speaker."""
        if self._is_bare and self._head.end is not None and is_name(line.text):
            self._head = self._head._replace(name=line.text.rstrip(":"))
        else:
            self._row = self._row or line.row
            self._words.append(line.text)

    def end(self) -> None:
        """The turn is whole."""
        head, said = self._head, " ".join(filter(None, self._words))
        if _PRIVATE.search(head.whom):
            self.private.append(self._row)
        elif not said and head.said_alone:
            self.pieces.append(Piece(row=self._row, text=head.said_alone, start=head.start, end=head.end))
        elif said:
            self.pieces.append(Piece(row=self._row, text=said, start=head.start, end=head.end, speaker=head.name))

    @property
    def _is_bare(self) -> bool:
        """Whether neither a speaker nor a word of the turn is known yet."""
        return self._head.name is None and not any(self._words)


def _head(text: str) -> _Head | None:
    """The line as the beginning of a turn in a text with times; names before colons count there too."""
    if not text:
        return None
    found = _ranged(text) or _chat(text) or _stamped_name(text) or _time_alone(text)
    is_time = found is not None and found.start is not None and found.start <= DAY
    return found if is_time else _label_head(text)


def _label_head(text: str) -> _Head | None:
    found = label(text) if text else None
    return found and _Head(found.name, None, words=found.words)


def _ranged(text: str) -> _Head | None:
    found = _RANGE.fullmatch(text)
    if found is None or (found["name"] and not is_name(found["name"])):
        return None
    return _Head(found["name"], _seconds(found["time"]), _seconds(found["end"]))


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
            alone = found["name"] if pattern is _TIME_FIRST else ""
            words = found.groupdict().get("words") or ""
            return _Head(found["name"], _seconds(found["time"]), words=words, said_alone=alone)
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
