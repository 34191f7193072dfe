"""Cuts a text into sentences, and sentences into passages that an embedder or a model reads whole."""

import re
from collections.abc import Iterator
from typing import NamedTuple

_ABBREVIATIONS = frozenset({
    "mr", "mrs", "ms", "dr", "prof", "st", "vs", "etc", "e.g", "i.e", "approx", "inc", "ltd", "co", "corp", "dept",
    "fig", "jan", "feb", "apr", "jun", "jul", "aug", "sept", "oct", "nov", "dec", "a.m", "p.m", "u.s", "u.k",
})  # fmt: skip
_STOP = re.compile(r"[.!?…]+[\"'”’)\]]*(?=\s)|[。！？]+[」』”]*|\n+")
_WORD = re.compile(r"\S{1,60}")
_TURN = re.compile(r"(?:and|but|so|because|then|which|while|although)\b", re.IGNORECASE)


class Passage(NamedTuple):
    """The characters ``[start, end)`` of a source; ``text`` is literally those."""

    start: int
    end: int
    text: str


def tokens(text: str) -> int:
    """About how many word pieces ``text`` has: one for every 6 letters of a word or part, one for each sign.

    On English it is rather too many than too few, so that what is sized by it is not cut by the embedder.
    """
    return sum(_pieces(part) for part in re.findall(r"\w+|[^\w\s]", text))


def sentences(text: str, *, longest: int = 45) -> tuple[Passage, ...]:
    """The sentences of ``text`` in order, without the white space around them; blank text has none.

    They end at ``.``, ``!``, ``?``, ``…``, ``。`` or a line's end, but not after an abbreviation, an initial or before
    a small letter. One of more than ``longest`` words (speech without punctuation) is cut before a conjunction, else
    anywhere between two words.
    """
    found: list[Passage] = []
    start = 0
    for stop in (*_stops(text), len(text)):
        found += _shortened(_trimmed(text, start, stop), longest)
        start = stop
    return tuple(found)


def passages(text: str, *, size: int = 200, overlap: int = 40) -> tuple[Passage, ...]:
    """Runs of whole sentences of at most ``size`` tokens (see `tokens`) that together hold all words of ``text``.

    Each begins with the last sentences of the one before, as far as they fit into ``overlap`` tokens. A sentence that
    is longer than ``size`` is cut between words. Blank text has none. Time grows with the text's length.
    """
    units = [(unit, tokens(unit.text)) for each in sentences(text) for unit in _fitting(each, size)]
    found: list[Passage] = []
    first = 0
    while first < len(units):
        after = _filled(units, first, size)
        found.append(_joined(text, units[first][0].start, units[after - 1][0].end))
        first = _step_back(units, first, after, overlap, size)
    return tuple(found)


def _pieces(part: str) -> int:
    if not part.isascii():
        return len(part)
    return -(-len(part) // 6)


def _stops(text: str) -> Iterator[int]:
    for match in _STOP.finditer(text):
        if "\n" in match.group() or not _goes_on(text, match):
            yield match.end()


def _goes_on(text: str, stop: re.Match[str]) -> bool:
    """Whether the sentence goes on after this full stop."""
    if text[stop.end() : stop.end() + 40].lstrip()[:1].islower():
        return True
    if not stop.group().startswith(".") or len(stop.group()) > 1:
        return False
    last = re.split(r"\s|[(\"“]", text[max(0, stop.start() - 20) : stop.start()])[-1]
    return last.casefold() in _ABBREVIATIONS or (len(last) == 1 and last.isupper() and last != "I")


def _trimmed(text: str, start: int, end: int) -> Passage:
    raw = text[start:end]
    start += len(raw) - len(raw.lstrip())
    return _joined(text, start, max(start, start + len(raw.strip())))


def _joined(text: str, start: int, end: int) -> Passage:
    return Passage(start, end, text[start:end])


def _shortened(sentence: Passage, longest: int) -> list[Passage]:
    words = [match.span() for match in _WORD.finditer(sentence.text)]
    cuts = [0]
    while len(words) - cuts[-1] > longest:
        window = range(cuts[-1] + longest, cuts[-1] + longest // 3, -1)
        turns = (i for i in window if _turns_at(sentence.text, words, i))
        cuts.append(next(turns, cuts[-1] + longest))
    return [_part(sentence, words[a:b]) for a, b in zip(cuts, [*cuts[1:], len(words)], strict=True) if b > a]


def _turns_at(text: str, words: list[tuple[int, int]], i: int) -> bool:
    """Whether a clause begins with word ``i``; of "and then" the first word counts."""
    return bool(_TURN.match(text, words[i][0])) and not _TURN.match(text, words[i - 1][0])


def _part(sentence: Passage, words: list[tuple[int, int]]) -> Passage:
    start, end = words[0][0], words[-1][1]
    return Passage(sentence.start + start, sentence.start + end, sentence.text[start:end])


def _fitting(sentence: Passage, size: int) -> Iterator[Passage]:
    if tokens(sentence.text) <= size:
        yield sentence
        return
    run: list[tuple[int, int]] = []
    used = 0
    for match in re.finditer(rf"\S{{1,{size}}}", sentence.text):
        cost = tokens(match.group())
        if run and used + cost > size:
            yield _part(sentence, run)
            run, used = [], 0
        run.append(match.span())
        used += cost
    yield _part(sentence, run)


def _filled(units: list[tuple[Passage, int]], first: int, size: int) -> int:
    used, after = 0, first
    while after < len(units) and (after == first or used + units[after][1] <= size):
        used += units[after][1]
        after += 1
    return after


def _step_back(units: list[tuple[Passage, int]], first: int, after: int, overlap: int, size: int) -> int:
    """Where the next passage begins: as far back as fits into the overlap and leaves room for the next sentence."""
    if after == len(units):
        return after
    room = min(overlap, size - units[after][1])
    back = after
    while back - 1 > first and units[back - 1][1] <= room:
        back -= 1
        room -= units[back][1]
    return back
