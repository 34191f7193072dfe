"""What was said, piece by piece as a file has it, joined into turns."""

from collections.abc import Iterable, Sequence

import attrs

from refleqt_core.ports import Segment, Transcript

NO_LANGUAGE = "und"
"""ISO 639-2 for what is not determined."""

LONGEST_PAUSE = 2.0
"""Seconds between two pieces of one turn."""

LONGEST_TURN = 30.0
"""Seconds of a turn that pieces are joined to: a quote's second is then no further off than that."""

DAYTIME = 4 * 3600
"""Seconds: what begins later than that is dated by the time of day, not from the beginning of a recording."""

DAY = 24 * 3600
"""Seconds that a conversation lasts at most, as a recording does."""


@attrs.frozen(kw_only=True)
class Piece:
    """Some words, and what the file says of them: the row, the seconds, the speaker; None where it does not."""

    row: int
    text: str
    start: float | None = None
    end: float | None = None
    speaker: str | None = None


def transcript(pieces: Iterable[Piece], kind: str, language: str = NO_LANGUAGE) -> Transcript:
    """The transcript of pieces as a file of that kind has them.

    Pieces with times are in their order, and short ones of one speaker are joined; where any piece has no time, the
    order is that of the file, nothing is joined, and nothing is timed: the duration is 0.0, as every start and end.
    """
    said = [piece for piece in pieces if piece.text]
    timed = bool(said) and all(piece.start is not None for piece in said)
    segments = _joined(sorted(map(_timed, _ended(said)), key=lambda each: each.start)) if timed else _untimed(said)
    return Transcript(
        segments=tuple(segments),
        language=language,
        model=f"file:{kind}",
        duration=max((segment.end for segment in segments), default=0.0),
    )


def since_first(pieces: Sequence[Piece]) -> list[Piece]:
    """The pieces with seconds from the first one, where they are dated by the time of day; midnight may pass once."""
    first = next((piece.start for piece in pieces if piece.start is not None), 0.0)
    if first < DAYTIME:
        return list(pieces)

    def passed(second: float | None) -> float | None:
        return None if second is None else (second - first) % DAY

    return [attrs.evolve(piece, start=passed(piece.start), end=passed(piece.end)) for piece in pieces]


def _ended(said: Sequence[Piece]) -> list[Piece]:
    """A piece that ends nobody knows when, or before it began, ends where the next one begins; the last at its own."""
    following = [*(piece.start for piece in said[1:]), None]
    ended = []
    for piece, then in zip(said, following, strict=True):
        start = piece.start or 0.0
        known = piece.end is not None and piece.end >= start
        ended.append(piece if known else attrs.evolve(piece, end=max(start, then or start)))
    return ended


def _timed(piece: Piece) -> Segment:
    assert piece.start is not None and piece.end is not None
    return Segment(start=piece.start, end=piece.end, text=piece.text, speaker=piece.speaker)


def _untimed(said: Iterable[Piece]) -> list[Segment]:
    return [Segment(start=0.0, end=0.0, text=piece.text, speaker=piece.speaker) for piece in said]


def _joined(segments: Iterable[Segment]) -> list[Segment]:
    turns: list[Segment] = []
    for each in segments:
        if turns and _continues(turns[-1], each):
            text, end = f"{turns[-1].text} {each.text}", max(turns[-1].end, each.end)
            turns[-1] = attrs.evolve(turns[-1], text=text, end=end)
        else:
            turns.append(each)
    return turns


def _continues(turn: Segment, each: Segment) -> bool:
    near = each.start - turn.end <= LONGEST_PAUSE and each.end - turn.start <= LONGEST_TURN
    return near and each.speaker == turn.speaker
