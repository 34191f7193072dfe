"""What a file shows itself to be by its beginning, where it has no columns to be told by."""

import re
from collections.abc import Mapping
from pathlib import Path

from refleqt_core.intake.business import ONBOARDING_GROUPS

from .csv_records import opened

SEEN = 100_000
"""Bytes of the beginning that are looked at."""

_SIGNS: Mapping[str, Mapping[str, re.Pattern[bytes]]] = {
    **{ending: {"transcript": re.compile(b"")} for ending in (".vtt", ".srt", ".txt")},
    ".docx": {"transcript": re.compile(rb"PK|\xd0\xcf\x11\xe0")},
    ".zip": {"slack": re.compile(rb"PK")},
    ".eml": {"mail header": re.compile(rb"(?s)(?:From [^\n]*\n)?[!-9;-~]+[ \t]*:")},
    ".ics": {"vcalendar": re.compile(rb"(?i)\s*begin\s*:\s*vcalendar")},
    ".xml": {"wordpress": re.compile(rb"(?s)<rss\b[^>]*\bxmlns:wp\b"), "rss": re.compile(rb"<rss\b")},
    ".json": {
        "identity": re.compile(rb"\s*\{\s*\"(?:" + "|".join(ONBOARDING_GROUPS).encode() + rb")\"\s*:"),
        "ghost": re.compile(rb"(?s)\s*\{.*?\"(?:db|data)\"\s*:"),
        "an object": re.compile(rb"\s*\{"),
        "a list": re.compile(rb"\s*\["),
    },
}

SIGNED = frozenset(_SIGNS)
"""Endings of files that are told by signs."""


def signs(path: Path) -> list[str]:
    """The signs that the file shows; one that cannot be read raises `InvalidInput`.

    An empty file shows all of its ending, so that the reader can say that it is empty.
    """
    known = _SIGNS[path.suffix.lower()]
    with opened(path) as file:
        beginning = file.read(SEEN).removeprefix(b"\xef\xbb\xbf")
    if not beginning.strip():
        return list(known)
    return [
        sign
        for sign, pattern in known.items()
        if (pattern.search if sign in ("wordpress", "rss") else pattern.match)(beginning)
    ]
