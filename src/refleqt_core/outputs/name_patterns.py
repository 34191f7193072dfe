"""What a name looks like once it is folded and squeezed, and whether a place in a text spells it."""

import re
from collections.abc import Iterable, Iterator, Mapping

import attrs
import numpy as np
from numpy.typing import NDArray

from ..everyday_words import is_everyday
from ..folding import Squeezed, fold, squeeze
from .identifying_strings import IdentifyingString

TYPO_LENGTH = 6
"""Letters from which on a name is also looked for with one letter wrong."""

_PLAIN_GAP = re.compile(r"\s{0,6}(?:[^\w\s]|_){0,4}\s{0,6}(?:>\s)?")
_BLANK = re.compile(r"\s*-?\s*")
_STOP = re.compile(r"[.!?;:]\s")
_TYPED_KINDS = frozenset({"business", "product", "competitor", "person", "domain", "handle"})
_TRANSLITERATED = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "å": "aa", "ø": "oe"}
)
_LOOKS_LIKE = (("m", "rn"), ("w", "vv"), ("d", "cl"))
_ABBREVIATED = (
    ("street", "st"), ("road", "rd"), ("avenue", "ave"), ("boulevard", "blvd"), ("lane", "ln"), ("drive", "dr"),
    ("square", "sq"), ("court", "ct"), ("place", "pl"), ("suite", "ste"), ("straße", "str."), ("strasse", "str."),
)  # fmt: skip


@attrs.frozen(eq=False)
class NamePattern:
    """One spelling of an identifying string as `squeeze` gives it.

    ``joints`` gives the letters before which the name itself has a gap, with that gap; ``written`` are its letters as
    they were typed.
    """

    string: IdentifyingString
    letters: str
    plain: str
    written: str
    joints: Mapping[int, str]
    is_everyday: bool
    is_read_joined: bool

    @property
    def has_typos(self) -> bool:
        """It is long and particular enough to be recognised with one letter wrong."""
        typed = self.string.kind in _TYPED_KINDS and not any(map(str.isdigit, self.plain))
        return typed and len(self.letters) >= TYPO_LENGTH and not self.is_everyday

    @property
    def is_unmistakable(self) -> bool:
        """It is long and particular enough to be recognised inside a longer word."""
        return len(self.letters) >= 7 and not self.is_everyday


def patterns_of(strings: Iterable[IdentifyingString]) -> tuple[NamePattern, ...]:
    """All spellings of ``strings``, each once; where two strings are spelled alike the earlier one has it."""
    found: dict[str, NamePattern] = {}
    for string in strings:
        for spelling in dict.fromkeys(_spellings(string)):
            pattern = _pattern(string, spelling)
            if len(pattern.letters) >= 2:
                found.setdefault(pattern.plain, pattern)
    return tuple(found.values())


def _spellings(string: IdentifyingString) -> Iterator[str]:
    text = string.text
    yield text
    yield text.translate(_TRANSLITERATED)
    yield re.sub(r"\s*&\s*", " and ", text)
    yield re.sub(r"\s+and\s+", " & ", text)
    if string.kind == "address":
        for long, short in _ABBREVIATED:
            yield re.sub(rf"{long}\b", short, text, flags=re.IGNORECASE)
            yield re.sub(rf"\b{re.escape(short)}(?=[\s,]|$)", long, text, flags=re.IGNORECASE)
    if string.kind in _TYPED_KINDS and not string.is_everyday and len(text) >= 5:
        for letter, pair in _LOOKS_LIKE:
            yield text.lower().replace(letter, pair)
        if len(text) == TYPO_LENGTH:
            # The one exchange of neighbours that spares neither the first nor the last three letters.
            yield text[:2] + text[3] + text[2] + text[4:]


def _pattern(string: IdentifyingString, spelling: str) -> NamePattern:
    squeezed = squeeze(fold(spelling))
    source = squeezed.folded
    joints = {i: gap for i in range(1, len(squeezed.letters)) if squeezed.breaks[i] and (gap := squeezed.gap(i))}
    written = "".join(source.source[source.origins[at]] for at in squeezed.positions)
    return NamePattern(
        string, squeezed.letters, squeezed.plain, written, joints, string.is_everyday, string.is_read_joined
    )


def word_ends(squeezed: Squeezed, codes: NDArray[np.uint32]) -> NDArray[np.bool_]:
    """For each letter, and after the last, whether a word ends before it, a plural's ``s`` or ``es`` aside.

    ``codes`` are the code points of ``squeezed.letters``.
    """
    ends = squeezed.breaks.copy()
    is_s = codes == ord("s")
    ends[:-1] |= is_s & squeezed.breaks[1:]
    ends[:-2] |= (codes[:-1] == ord("e")) & is_s[1:] & squeezed.breaks[2:]
    return ends


def ends_word(squeezed: Squeezed, end: int) -> bool:
    """True when a word ends before the letter ``end``, a plural's ``s`` or ``es`` aside."""
    breaks, plain = squeezed.breaks, squeezed.plain
    return bool(
        breaks[end]
        or (plain.startswith("s", end) and breaks[end + 1])
        or (plain.startswith("es", end) and breaks[end + 2])
    )


def written_digits(pattern: NamePattern, squeezed: Squeezed, start: int) -> int | None:
    """How many letters are written as a digit, sign or look-alike in the text; None when it doesn't spell the name.

    At most half of the letters may be, and none in names of three letters or less.
    """
    window = squeezed.plain[start : start + len(pattern.plain)]
    if window == pattern.plain:
        return 0
    differing = [i for i, (a, b) in enumerate(zip(window, pattern.plain, strict=True)) if a != b]
    if len(window) < 4 or 2 * len(differing) > len(window):
        return None
    stands_in = all(_stands_for(pattern, squeezed, start, i) for i in differing)
    return len(differing) if stands_in else None


def _stands_for(pattern: NamePattern, squeezed: Squeezed, start: int, i: int) -> bool:
    """A digit or sign for a letter; or capital I for l, and small l for capital I, which look the same."""
    char, wanted = squeezed.plain[start + i], pattern.plain[i]
    if not char.isalpha():
        return wanted.isalpha()
    written = _written(squeezed, start + i)
    if wanted == "l" and written == "I":
        return any(_written(squeezed, start + k).islower() for k in range(len(pattern.plain)))
    return wanted == "i" and written == "l" and pattern.written[i] == "I"


def _written(squeezed: Squeezed, index: int) -> str:
    folded = squeezed.folded
    return folded.source[folded.origins[squeezed.positions[index]]]


def is_within_one_edit(a: str, b: str) -> bool:
    """True when one letter put in, left out, replaced, or exchanged with its neighbour turns ``a`` into ``b``."""
    if len(a) > len(b):
        a, b = b, a
    if len(b) - len(a) > 1:
        return False
    i = 0
    while i < len(a) and a[i] == b[i]:
        i += 1
    if len(a) < len(b):
        return a[i:] == b[i + 1 :]
    swapped = a[i : i + 2] == b[i : i + 2][::-1] and a[i + 2 :] == b[i + 2 :]
    return swapped or a[i + 1 :] == b[i + 1 :]


def holds_together(pattern: NamePattern, squeezed: Squeezed, start: int, end: int, slack: int = 0) -> bool:
    """True when the gaps within ``[start, end)`` are such as a name may have, and the words aren't just neighbours.

    Short gaps are free where the name has one itself (within ``slack`` letters). Elsewhere hyphens, signs and line
    breaks are; blanks only where the name is spelled out letter by letter, or its parts are capitalised or no words.
    """
    cuts = [i for i in range(start + 1, end) if squeezed.breaks[i] and squeezed.gap(i)]
    if not cuts:
        return True
    fragments = [squeezed.plain[a:b] for a, b in zip([start, *cuts], [*cuts, end], strict=True)]
    has_inner_blank = False
    for fragment, cut in zip(fragments, cuts, strict=False):
        gap = squeezed.gap(cut)
        own = [text for joint, text in pattern.joints.items() if abs(cut - start - joint) <= slack]
        ends_sentence = _STOP.search(gap) and len(fragment) > 3 and not any(map(_STOP.search, own))
        if ends_sentence or not _PLAIN_GAP.fullmatch(gap):
            return False
        if not own:
            if not _is_inner_gap(gap):
                return False
            breaks_line = "\n" in gap and (not pattern.is_everyday or "-" in gap)
            has_inner_blank |= bool(re.search(r"\s", gap)) and not breaks_line
    return not has_inner_blank or _is_one_name(pattern, squeezed, [start, *cuts], fragments)


def _is_inner_gap(gap: str) -> bool:
    """Signs alone, or blanks with at most a hyphen: a comma and a blank part two words."""
    return not re.search(r"\s", gap) or bool(_BLANK.fullmatch(gap)) or gap.strip() in {">", "*", "_", "\\"}


def is_spelled_out(squeezed: Squeezed, start: int, end: int) -> bool:
    """True when each letter of ``[start, end)`` stands alone, as in ``B r a n d``."""
    return end - start > 3 and all(squeezed.breaks[i] and squeezed.gap(i) for i in range(start + 1, end))


def _is_one_name(pattern: NamePattern, squeezed: Squeezed, starts: list[int], fragments: list[str]) -> bool:
    if all(len(fragment) == 1 for fragment in fragments):
        return len(fragments) > 3
    if pattern.is_everyday:
        return False
    if all(_written(squeezed, start).isupper() for start in starts):
        return True
    return len(pattern.letters) >= 7 and any(len(part) >= 3 and not is_everyday(part) for part in fragments)
