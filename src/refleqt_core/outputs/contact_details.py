"""Finds what reaches somebody whoever it is: e-mail addresses, URLs and phone numbers in a folded text."""

import re
from collections.abc import Iterator
from typing import NamedTuple

_ENDINGS = (
    "com|net|org|io|co|ai|app|dev|biz|info|edu|gov|eu|uk|de|fr|nl|es|ch|se|dk|fi|pl|ca|au|nz|jp|cn|br|ie|pt|cz|shop|"
    "store|tech|online|site|agency|cloud|studio|xyz|club|blog|media|design|digital|solutions|health|finance"
)
_AT = r"\s?(?:@|[\[({<]\s?at\s?[\])}>]|\sat\s(?=[\w-]+\s?(?:[\[({<]\s?dot|dot\s)))\s?"
_DOT = r"(?:\.|\s?[\[({<]\s?dot\s?[\])}>]\s?|\sdot\s)"
_PATTERNS = {
    "email": re.compile(
        rf"(?<![\w.+-])[a-z0-9_][\w.+-]{{0,63}}{_AT}[a-z0-9-]{{1,63}}(?:{_DOT}[a-z0-9-]{{2,24}}){{1,4}}"
    ),
    "domain": re.compile(
        r"\b(?:h(?:tt|xx)ps?://|www\.)[^\s<>\"'()\[\]{}]*[\w/]"
        rf"|(?<![\w.@-])(?:[a-z0-9](?:[a-z0-9-]{{0,61}}[a-z0-9])?\.){{1,4}}(?:{_ENDINGS})\b(?![.-]?\w)"
        r"(?:[/?:#][^\s<>\"'()\[\]{}]*[\w/])?"
    ),
    "phone": re.compile(
        r"(?<![\w.,/#-])(?:\+\s?\d[\d\s().-]{6,18}\d|\(\d{2,5}\)[\s.-]?\d[\d\s.-]{4,10}\d"
        r"|0\d{2,4}[\s/-]\d[\d\s-]{4,10}\d|00\d[\d\s().-]{7,16}\d|1?[\s.-]?\d{3}[.-]\d{3}[.-]\d{4}|\d{3}-\d{4})"
        r"(?![\w-]|[.,]\d)"
    ),
}
_CHEAP_SIGN = {
    "email": re.compile(r"@|\bat\b"),
    "domain": re.compile(r"\w\.\w|://"),
    "phone": re.compile(r"\d{3}[\s().-]|\+\s?\d"),
}
"""What each kind can't do without; a text that lacks it isn't searched."""


class ContactDetail(NamedTuple):
    """One e-mail address, URL or phone number at ``[start, end)``; ``kind`` is ``email``, ``domain`` or ``phone``."""

    kind: str
    start: int
    end: int


def contact_details(folded: str) -> Iterator[ContactDetail]:
    """Every e-mail address (also written with ``(at)`` and ``dot``), URL, bare host and phone number, kind by kind."""
    for kind, pattern in _PATTERNS.items():
        if _CHEAP_SIGN[kind].search(folded):
            for match in pattern.finditer(folded):
                if kind != "phone" or _can_be_dialled(match.group()):
                    yield ContactDetail(kind, match.start(), match.end())


def _can_be_dialled(number: str) -> bool:
    """Seven to fifteen digits (ITU E.164) which are not a date nor a span of years."""
    digits = sum(map(str.isdigit, number))
    return 7 <= digits <= 15 and not re.fullmatch(
        r"(?:19|20)\d\d([-./])\d\d?\1\d\d?|\d\d?([-./])\d\d?\2(?:19|20)\d\d", number
    )
