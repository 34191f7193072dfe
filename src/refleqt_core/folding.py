"""Fold a text to the form in which two spellings of one name are equal, and keep the way back to the original."""

import html
import re
import unicodedata
from collections.abc import Callable
from urllib.parse import unquote

import attrs
import numpy as np
from numpy.typing import NDArray

from .confusables import INVISIBLE_LETTERS, LEET_SIGNS, LETTER_BLOCKS, LOOK_ALIKES, WRITTEN_FOR_LETTERS

_SPECIAL = re.compile(
    r"[^\x00-\x7f]+"
    r"|&(?:amp;)*(?:\#\d{1,7};?|\#[xX][0-9a-fA-F]{1,6};?|[A-Za-z][A-Za-z0-9]{1,31};)"
    r"|%[2-7][0-9A-Fa-f]|(?:%[89A-Fa-f][0-9A-Fa-f])+"
    r"|</?(?:b|i|u|s|em|strong|span|mark|small|wbr|sub|sup)\s*/?>|<!--[^\w<>]{0,40}-->",
    re.VERBOSE,
)
_DROPPED = frozenset({"Mn", "Me", "Cf"})


@attrs.frozen(eq=False)
class Folded:
    """A folded text; ``origins[i]`` is where in ``source`` the character ``text[i]`` begins, never decreasing."""

    source: str
    text: str
    origins: NDArray[np.int64]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where ``text[start:end]`` comes from in ``source``; marks and invisible characters after it belong to it."""
        first = int(self.origins[start])
        after = int(np.searchsorted(self.origins, self.origins[end - 1], side="right"))
        return first, int(self.origins[after]) if after < len(self.origins) else len(self.source)


@attrs.frozen(eq=False)
class Squeezed:
    """The letters and digits of a folded text in one run, without what stands between them.

    ``letters`` has leet undone, ``plain`` has not; ``positions[i]`` is the index of the i-th in ``folded.text``.
    ``breaks`` has one entry more: True where a word ends before the i-th (a gap, a capital after a small letter, a
    change between letter and digit, a leet sign, either end of the text).
    """

    folded: Folded
    letters: str
    plain: str
    positions: NDArray[np.int64]
    breaks: NDArray[np.bool_]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where ``letters[start:end]`` comes from in the original text."""
        return self.folded.span(int(self.positions[start]), int(self.positions[end - 1]) + 1)

    def gap(self, index: int) -> str:
        """The folded text between the letters ``index - 1`` and ``index``."""
        return self.folded.text[int(self.positions[index - 1]) + 1 : int(self.positions[index])]


def fold(text: str) -> Folded:
    """The text in small plain characters, each with the offset it came from.

    Undone are: case, compatibility forms (full-width, mathematical, circled: NFKD), accents, look-alikes of other
    alphabets, format and zero-width characters, soft hyphens, HTML entities and bare inline tags, percent-encoding, the
    many shapes of spaces, quotes and dashes.
    """
    if text.isascii() and not _SPECIAL.search(text):
        return Folded(text, text.lower(), np.arange(len(text), dtype=np.int64))
    pieces: list[str] = []
    origins: list[int] = []
    end = 0
    for match in _SPECIAL.finditer(text):
        pieces.append(text[end : match.start()].lower())
        origins.extend(range(end, match.start()))
        end = match.end()
        _fold_special(match, pieces, origins)
    pieces.append(text[end:].lower())
    origins.extend(range(end, len(text)))
    return Folded(text, "".join(pieces), np.array(origins, dtype=np.int64))


def _fold_special(match: re.Match[str], pieces: list[str], origins: list[int]) -> None:
    """Append the folded form of one run of characters, entity, percent-code or tag."""
    raw, start = match.group(), match.start()
    decoded = _decoded(raw)
    if decoded is None:
        for offset, char in enumerate(raw, start):
            plain = _PLAIN[char]
            pieces.append(plain)
            origins.extend([offset] * len(plain))
        return
    plain = "".join(_PLAIN[char] for char in decoded)
    pieces.append(plain)
    origins.extend([start] * len(plain))


def _decoded(raw: str) -> str | None:
    """What an entity, percent-code or tag stands for; None for plain characters and what only looks like a code."""
    if raw[0] == "<":
        return ""
    if raw[0] == "&":
        return _unescape(raw)
    try:
        return unquote(raw, errors="strict") if raw[0] == "%" else None
    except UnicodeDecodeError:
        return None


def _unescape(entity: str) -> str:
    while (decoded := html.unescape(entity)) != entity:
        entity = decoded
    return entity


class _PlainForms(dict[str, str]):
    """Character to its plain form, worked out once for each."""

    def __missing__(self, char: str) -> str:
        plain = self[char] = char.lower() if char.isascii() else _plain_form(char)
        return plain


def _plain_form(char: str) -> str:
    if char in LOOK_ALIKES:
        return LOOK_ALIKES[char]
    if (category := unicodedata.category(char)) in _DROPPED or char in INVISIBLE_LETTERS:
        return ""
    if category == "Pd":
        return "-"
    if category[0] == "Z":
        return " " if category == "Zs" else "\n"
    if (digit := unicodedata.decimal(char, None)) is not None:
        return str(digit)
    for first, length in LETTER_BLOCKS:
        if first <= ord(char) < first + length:
            return chr(ord("a") + ord(char) - first)
    parts = unicodedata.normalize("NFKD", char)
    if parts == char:
        return _without_marks(char.casefold())
    return "".join(_PLAIN[part] for part in parts)


def _without_marks(text: str) -> str:
    return "".join(char for char in text if unicodedata.category(char) not in _DROPPED)


_PLAIN = _PlainForms()


def squeeze(folded: Folded) -> Squeezed:
    """The letters and digits of ``folded`` without what stands between them, and where its words break."""
    codes = code_points(folded.text)
    counts = _flags(codes, str.isalnum)
    signs = _leet_signs(codes, counts)
    positions = np.flatnonzero(counts | signs)
    plain = "".join(map(chr, codes[positions].tolist())) if len(positions) else ""
    return Squeezed(
        folded, plain.translate(WRITTEN_FOR_LETTERS), plain, positions, _breaks(folded, codes, positions, signs)
    )


def code_points(text: str) -> NDArray[np.uint32]:
    """The code point of each character; unpaired surrogates stand for themselves."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)


def _flags(codes: NDArray[np.uint32], holds: Callable[[str], bool]) -> NDArray[np.bool_]:
    """For each code point whether ``holds`` is true of its character; ``holds`` is asked once for each kind."""
    small = np.minimum(codes, 128)
    table = np.array([holds(chr(code)) for code in range(128)] + [False])
    flags: NDArray[np.bool_] = table[small]
    for code in np.unique(codes[small == 128]):
        if holds(chr(code)):
            flags |= codes == code
    return flags


def _leet_signs(codes: NDArray[np.uint32], counts: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Signs that stand for letters: a letter follows, and a letter or digit precedes (``$`` may begin a word)."""
    before, after = np.zeros_like(counts), np.zeros_like(counts)
    before[1:] = counts[:-1]
    after[:-1] = (counts & ~_flags(codes, str.isdigit))[1:]
    opens = ~before & (codes == ord("$"))
    stands_in: NDArray[np.bool_] = _flags(codes, LEET_SIGNS.__contains__) & after & (before | opens)
    return stands_in


def _breaks(
    folded: Folded, codes: NDArray[np.uint32], positions: NDArray[np.int64], signs: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    breaks = np.ones(len(positions) + 1, dtype=bool)
    if len(positions) < 2:
        return breaks
    written = code_points(folded.source)[folded.origins[positions]]
    upper, digit = _flags(written, str.isupper), _flags(codes[positions], str.isdigit)
    sign = signs[positions]
    breaks[1:-1] = (
        (np.diff(positions) > 1)
        | (upper[1:] & ~upper[:-1] & ~digit[:-1])
        | (digit[1:] != digit[:-1])
        | sign[1:]
        | sign[:-1]
    )
    return breaks
