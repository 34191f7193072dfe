"""Finds every place in a text that gives a business away, however it is spelled."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

import attrs
import numpy as np
from numpy.typing import NDArray

from ..everyday_words import is_compound, is_everyday
from ..folding import Squeezed, code_points, fold, squeeze
from .contact_details import contact_details
from .identifying_strings import GENERIC, IdentifyingString
from .name_evidence import Evidence, evidence_of_name, is_disguised
from .name_patterns import (
    NamePattern,
    ends_word,
    holds_together,
    is_spelled_out,
    is_within_one_edit,
    patterns_of,
    word_ends,
    written_digits,
)

_COMPOUND_SIGNS = re.compile(r"[@/#_.]")
_LONGEST_WORD = 64
_WORD_BEFORE = re.compile(r"[#@]?[A-Za-z0-9_À-ɏ]*$")
_WORD_AFTER = re.compile(r"[A-Za-z0-9_À-ɏ]*")
_TABLE_BITS = 20


@attrs.frozen
class Finding:
    """A place ``[start, end)`` of the original text that names somebody, as ``text`` is written there.

    ``string`` is the identifying string that was recognised in it, None for an e-mail address, URL or phone number of
    somebody else. Not ``certain`` is an ordinary word that may or may not be meant as the name: a person has to look.
    """

    start: int
    end: int
    text: str
    kind: str
    replacement: str
    certain: bool
    string: str | None = None


class LeakScanner:
    """Looks for one set of identifying strings; made once, it scans any number of texts."""

    def __init__(self, strings: Iterable[IdentifyingString]):
        patterns = patterns_of(strings)
        self._exact = [
            _Grams((p.letters[:size], p) for p in patterns if min(len(p.letters), 4) == size) for size in (2, 3, 4)
        ]
        long = [p for p in patterns if p.has_typos]
        self._heads = [_Grams((p.letters[:size], p) for p in long if _intact(p) == size) for size in (3, 4)]
        self._tails = [_Grams((p.letters[-size:], p) for p in long if _intact(p) == size) for size in (3, 4)]

    def scan(self, text: str) -> tuple[Finding, ...]:
        """All findings in the order of the text; none overlap, and each takes in the whole word or address it is in.

        Found are the strings under any case, spacing, hyphenation, look-alike, invisible character, encoding, accent
        and leet that `fold` and `squeeze` undo; their possessives and plurals; names of six letters and more with one
        letter wrong; and every e-mail address, URL and phone number.
        """
        squeezed = squeeze(fold(text))
        found = [*self._names(squeezed), *_contacts(squeezed)]
        return tuple(_without_overlaps(_same_sense_throughout(found), text))

    def _names(self, squeezed: Squeezed) -> Iterator[Finding]:
        codes = code_points(squeezed.letters)
        exact = np.zeros(len(squeezed.letters), dtype=bool)
        for grams in self._exact:
            for start, pattern in grams.occurrences(squeezed.letters, codes):
                if finding := _exact_finding(squeezed, pattern, start):
                    exact[start : start + len(pattern.letters)] = True
                    yield finding
        for start, end, pattern in self._typos(squeezed, codes):
            if not exact[start:end].any() and (finding := _typo_finding(squeezed, pattern, start, end)):
                yield finding

    def _typos(self, squeezed: Squeezed, codes: NDArray[np.uint32]) -> Iterator[tuple[int, int, NamePattern]]:
        """Windows of whole words one edit away: one edit leaves the first or the last few letters as they are."""
        letters, starts_word, ends = squeezed.letters, squeezed.breaks, word_ends(squeezed, codes)
        opens, closes = starts_word.tobytes(), ends.tobytes()
        for grams in self._heads:
            for start, pattern in grams.occurrences(letters, codes, starts_word):
                length = len(pattern.letters)
                for end in range(start + length - 1, min(start + length + 1, len(letters)) + 1):
                    if closes[end] and _is_misspelled(pattern, letters[start:end]):
                        yield start, end, pattern
        for grams in self._tails:
            for tail, pattern in grams.occurrences(letters, codes, ends[grams.size :]):
                end, length = tail + grams.size, len(pattern.letters)
                for start in range(max(0, end - length - 1), end - length + 2):
                    if opens[start] and _is_misspelled(pattern, letters[start:end]):
                        yield start, end, pattern


def _intact(pattern: NamePattern) -> int:
    """How many letters at one end of the name any single edit spares; an exchange across the middle needs one more."""
    return 4 if len(pattern.letters) >= 9 else 3


@lru_cache(maxsize=64)
def scanner_of(strings: tuple[IdentifyingString, ...]) -> LeakScanner:
    """The scanner for ``strings``; the same strings give the same one."""
    return LeakScanner(strings)


def leaks(text: str, strings: Iterable[IdentifyingString]) -> tuple[Finding, ...]:
    """What `LeakScanner.scan` finds of ``strings`` in ``text``."""
    return scanner_of(tuple(strings)).scan(text)


class _Grams:
    """Patterns by the few letters that give them away, and a table that rules out most places of a text."""

    def __init__(self, grams: Iterable[tuple[str, NamePattern]]):
        self._patterns: dict[str, list[NamePattern]] = defaultdict(list)
        for gram, pattern in grams:
            self._patterns[gram].append(pattern)
        self.size = len(next(iter(self._patterns), ""))
        self._table = np.zeros(1 << _TABLE_BITS, dtype=bool)
        for gram in self._patterns:
            self._table[_hashes(code_points(gram), self.size)] = True

    def occurrences(
        self, letters: str, codes: NDArray[np.uint32], allowed: NDArray[np.bool_] | None = None
    ) -> Iterator[tuple[int, NamePattern]]:
        """Where a pattern's letters of this size begin in ``letters``, among the places that are ``allowed``."""
        if not self._patterns or len(letters) < self.size:
            return
        at = self._table[_hashes(codes, self.size)]
        if allowed is not None:
            at &= allowed[: len(at)]
        for start in np.flatnonzero(at).tolist():
            for pattern in self._patterns.get(letters[start : start + self.size], ()):
                yield start, pattern


def _hashes(codes: NDArray[np.uint32], size: int) -> NDArray[np.uint32]:
    """Multiplicative hash (Knuth) of each run of ``size`` code points."""
    count = len(codes) - size + 1
    mixed = np.zeros(count, dtype=np.uint32)
    for offset in range(size):
        mixed = mixed * np.uint32(65599) + codes[offset : offset + count]
    return (mixed * np.uint32(2654435761)) >> np.uint32(32 - _TABLE_BITS)


def _exact_finding(squeezed: Squeezed, pattern: NamePattern, start: int) -> Finding | None:
    end = start + len(pattern.letters)
    if not squeezed.letters.startswith(pattern.letters, start):
        return None
    digits = written_digits(pattern, squeezed, start)
    if digits is None or not _is_whole(squeezed, pattern, start, end):
        return None
    if not holds_together(pattern, squeezed, start, end):
        return None
    if pattern.is_read_joined and _is_parted(squeezed, start, end):
        return None
    disguised = digits > 0 or is_spelled_out(squeezed, start, end)
    evidence = _evidence(squeezed, pattern, start, end, disguised)
    return None if evidence is Evidence.NONE else _finding(squeezed, pattern, start, end, evidence)


def _is_parted(squeezed: Squeezed, start: int, end: int) -> bool:
    """Blanks stand between its words."""
    gaps = (squeezed.gap(i) for i in range(start + 1, end) if squeezed.breaks[i])
    return any(char.isspace() for gap in gaps for char in gap)


def _is_whole(squeezed: Squeezed, pattern: NamePattern, start: int, end: int) -> bool:
    """The name stands between word breaks, or is particular enough to stand inside a longer word or an address."""
    if squeezed.breaks[start] and ends_word(squeezed, end):
        return True
    if pattern.string.kind in ("phone", "email"):
        return len(pattern.letters) >= 9
    if pattern.is_everyday or len(pattern.letters) < 5:
        return False
    first, last = _word_around(squeezed, start, end)
    if is_everyday(squeezed.plain[first:last]):
        return False
    return pattern.is_unmistakable or _is_in_compound(squeezed, first, last)


def _word_around(squeezed: Squeezed, start: int, end: int) -> tuple[int, int]:
    first, last = start, end
    while not squeezed.breaks[first] and start - first < _LONGEST_WORD:
        first -= 1
    while not squeezed.breaks[last] and last - end < _LONGEST_WORD:
        last += 1
    return first, last


def _is_in_compound(squeezed: Squeezed, first: int, last: int) -> bool:
    """The word is part of an address, handle, hashtag, path or identifier."""
    before = squeezed.gap(first) if first else squeezed.folded.text[: int(squeezed.positions[0])]
    after = squeezed.gap(last) if last < len(squeezed.letters) else ""
    return bool(
        (before and _COMPOUND_SIGNS.match(before[-1]))
        or (after and _COMPOUND_SIGNS.match(after[0]) and after.strip() == after)
    )


def _evidence(squeezed: Squeezed, pattern: NamePattern, start: int, end: int, disguised: bool) -> Evidence:
    if not pattern.is_everyday:
        return Evidence.CERTAIN
    source, (first, last) = squeezed.folded.source, squeezed.span(start, end)
    written = source[first:last]
    if disguised or is_disguised(pattern.string.text, written):
        return Evidence.CERTAIN
    evidence = evidence_of_name(source, first, last)
    is_initials = len(pattern.letters) <= 3 and pattern.written.isupper()
    in_address = source[first - 1 : first] in ("@", ".", "/") and first > 0
    return Evidence.NONE if is_initials and not written.isupper() and not in_address else evidence


def _is_misspelled(pattern: NamePattern, window: str) -> bool:
    return window != pattern.letters and is_within_one_edit(window, pattern.letters)


def _typo_finding(squeezed: Squeezed, pattern: NamePattern, start: int, end: int) -> Finding | None:
    """The finding, if any: a word that is English by itself is no misspelling, nor is a letter beside a word.

    A short name misspelled in small letters is doubtful.
    """
    plain = squeezed.plain[start:end]
    if plain.isdigit() or is_everyday(plain) or is_compound(plain):
        return None
    if any(squeezed.breaks[inner] and squeezed.gap(inner) for inner in (start + 1, end - 1)):
        return None
    if not holds_together(pattern, squeezed, start, end, slack=1):
        return None
    first, last = squeezed.span(start, end)
    capital = squeezed.folded.source[first:last][:1].isupper()
    sure = capital or len(pattern.letters) > 7
    return _finding(squeezed, pattern, start, end, Evidence.CERTAIN if sure else Evidence.DOUBTFUL)


def _finding(squeezed: Squeezed, pattern: NamePattern, start: int, end: int, evidence: Evidence) -> Finding:
    """The finding, extended to the word, hashtag or handle that it is part of."""
    source, (first, last) = squeezed.folded.source, squeezed.span(start, end)
    before = _WORD_BEFORE.search(source, max(0, first - _LONGEST_WORD), first)
    after = _WORD_AFTER.match(source, last, last + _LONGEST_WORD)
    first, last = before.start() if before else first, after.end() if after else last
    string = pattern.string
    certain = evidence is Evidence.CERTAIN
    return Finding(first, last, source[first:last], string.kind, string.replacement, certain, string.text)


def _contacts(squeezed: Squeezed) -> Iterator[Finding]:
    folded = squeezed.folded
    for detail in contact_details(folded.text):
        start, end = folded.span(detail.start, detail.end)
        replacement = "a website" if detail.kind == "domain" else GENERIC[detail.kind]
        yield Finding(start, end, folded.source[start:end], detail.kind, replacement, True)


def _same_sense_throughout(findings: Sequence[Finding]) -> Iterator[Finding]:
    """A word that is surely a name somewhere in a text is one everywhere (Gale, Church and Yarowsky 1992)."""
    certain = {finding.string for finding in findings if finding.certain and finding.string}
    for finding in findings:
        yield attrs.evolve(finding, certain=True) if finding.string in certain else finding


def _without_overlaps(findings: Iterable[Finding], text: str) -> Iterator[Finding]:
    """Each cluster of overlapping findings as one, which takes in all of them."""
    cluster: list[Finding] = []
    end = 0
    for finding in sorted(findings, key=lambda f: (f.start, -f.end)):
        if cluster and finding.start >= end:
            yield _merged(cluster, text)
            cluster = []
        cluster.append(finding)
        end = max(end, finding.end)
    if cluster:
        yield _merged(cluster, text)


def _merged(cluster: Sequence[Finding], text: str) -> Finding:
    """The longest speaks for all; within an address of somebody, the business's own address does."""
    longest = max(cluster, key=lambda f: (f.end - f.start, f.certain, len(f.string or "")))
    own = [f for f in cluster if f.string is not None and f.kind == longest.kind]
    speaker = max(own, key=lambda f: (f.end - f.start, len(f.string or "")), default=longest)
    named = max((f for f in cluster if f.string), key=lambda f: f.end - f.start, default=speaker)
    start, end = min(f.start for f in cluster), max(f.end for f in cluster)
    certain = any(f.certain for f in cluster)
    return attrs.evolve(
        speaker, start=start, end=end, text=text[start:end], certain=certain, string=speaker.string or named.string
    )
