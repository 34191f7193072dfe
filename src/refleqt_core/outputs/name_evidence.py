"""Whether an ordinary word is meant as a name where it stands: ``Mint raised a round`` against ``a mint leaf``."""

import re
import unicodedata
from enum import Enum

from ..everyday_words import CALENDAR_WORDS, is_everyday


class Evidence(Enum):
    """How surely a word is meant as a name."""

    NONE = 0
    DOUBTFUL = 1
    CERTAIN = 2


_WORDS = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
OPENS_SENTENCE = re.compile(r"(?:^|[.!?:…\n])[\s\"'“”‘’(\[*_#>•\-–—\d.)]*$")
"""Matches the text before a word that grammar gives a capital."""

_IS_ADDRESS = re.compile(r"(?:@|www\.|://|\bu/)$", re.IGNORECASE)
_GOES_ON_AS_ADDRESS = re.compile(r"\.(?:com|net|org|io|co|ai|app|dev|eu|uk|de|fr)\b", re.IGNORECASE)
_OWNS = re.compile(r"['’]s\b")
_LEGAL_FORM = re.compile(r"[\s,]+(?i:inc|ltd|llc|plc|gmbh|corp|limited|corporation)\b")
_COMPANY_WORD = re.compile(
    r"\s(?:apps?|apis?|accounts?|users?|customers?|clients?|subscribers?|teams?|employees?|staff|ceo|cto|cfo|coo|cmo|"
    r"founders?|co-founders?|platform|website|dashboard|subscriptions?|integration|headquarters|hq|"
    r"announce[sd]?|launche[sd]|hire[sd]|acquire[sd]|raised|partnered|employs|sells|automates|believes|says|said|"
    r"promises|joined|told|asked|recently|was founded|is hiring)\b"
)
_HYPHENATION = re.compile(r"\xad|-\n\s*|\*")
_JOINING_WORDS = frozenset({"of", "and", "the", "for", "in", "on", "at", "by", "to", "de", "la", "du", "s"})
_SMALL_WORDS = frozenset({"and", "the", "for", "with", "from", "but", "nor", "via", "per", "into", "onto", "over"})


def evidence_of_name(text: str, start: int, end: int) -> Evidence:
    """How surely ``text[start:end]``, ordinary words by their letters, is a name there.

    CERTAIN: part of a host or handle, followed by a legal form, or capitalised without a reason of grammar, or
    capitalised and followed by what only companies have or do. DOUBTFUL: capitalised where grammar or a title asks for
    it, or beside another name (``Usain Bolt``), or a hashtag. NONE: small letters in running text, months and days.
    """
    before, word, after = text[max(0, start - 100) : start], text[start:end], text[end : end + 40]
    if _IS_ADDRESS.search(before) or _GOES_ON_AS_ADDRESS.match(after) or _LEGAL_FORM.match(after):
        return Evidence.CERTAIN
    if not _is_capitalised(word):
        return Evidence.DOUBTFUL if before.endswith("#") else Evidence.NONE
    if _OWNS.match(after) or _COMPANY_WORD.match(after):
        return Evidence.CERTAIN
    if word.lower() in CALENDAR_WORDS:
        return Evidence.NONE
    if _is_beside_a_name(before, after) or is_in_title(text, start, end):
        return Evidence.DOUBTFUL
    if OPENS_SENTENCE.search(before) and len(_WORDS.findall(word)) == 1:
        return Evidence.DOUBTFUL
    return Evidence.CERTAIN


def is_disguised(name: str, written: str) -> bool:
    """True when ``written`` holds codes, invisible or foreign characters that the plain ``name`` has no use for."""
    if not name.isascii():
        return False
    return "&#" in written or any(map(_is_out_of_place, written))


def _is_out_of_place(char: str) -> bool:
    """A letter that isn't Latin as typed, or an invisible character other than a soft hyphen."""
    if char.isascii() or char == "\xad":
        return False
    return char.isalpha() or unicodedata.category(char) == "Cf"


def _is_capitalised(word: str) -> bool:
    """True when it begins with a capital, and its other words do unless they are such as ``of``."""
    plain = _HYPHENATION.sub("", unicodedata.normalize("NFKC", word))
    first, *rest = _WORDS.findall(plain) or [" "]
    return first[0].isupper() and all(part[0].isupper() or part in _JOINING_WORDS for part in rest)


def _is_beside_a_name(before: str, after: str) -> bool:
    """True when the next word on either side, on the same line, is capitalised and grammar doesn't ask for it."""
    previous = re.search(r"([^\W\d_]+)[ \t]$", before)
    if previous and previous[1][0].isupper() and len(previous[1]) > 1:
        opens = OPENS_SENTENCE.search(before[: previous.start()])
        if not (opens and is_everyday(previous[1])):
            return True
    following = re.match(r"[ \t]([^\W\d_]+)", after)
    return bool(following and following[1][0].isupper() and len(following[1]) > 1)


def is_in_title(text: str, start: int, end: int) -> bool:
    """True when most words of three letters and more on that line are capitalised, so that a capital says nothing."""
    begin, stop = text.rfind("\n", max(0, start - 200), start) + 1, text.find("\n", end, end + 200)
    line = text[max(begin, start - 200) : start] + " " + text[end : stop if stop >= 0 else end + 200]
    words = [word for word in _WORDS.findall(line) if len(word) > 2 and word.lower() not in _SMALL_WORDS]
    return len(words) >= 2 and sum(word[0].isupper() for word in words) >= 0.7 * len(words)
