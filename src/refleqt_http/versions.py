"""Which version of a thing a request is about: ETag and If-Match (RFC 9110)."""

import re

from refleqt_core.errors import Fault, InvalidInput

TAGS = r'^(\*|(W/)?"[0-9]{1,18}"(, ?(W/)?"[0-9]{1,18}")*)$'
"""What an If-Match header may say: any version, or one of those."""


def tag_of(version: int) -> str:
    """The ETag of that version."""
    return f'"{version}"'


def versions_of(if_match: str | None) -> list[int] | None:
    """The versions that the header names, the latest first; None where any will do. Malformed: `InvalidInput`.

    A weak tag counts as well: proxies that compress an answer weaken its tag, and a version is no matter of bytes.
    """
    if if_match is None or if_match.strip() == "*":
        return None
    if not re.fullmatch(TAGS, if_match.strip(), re.ASCII):
        remedy = 'Send the ETag of the answer that was read, such as "3".'
        raise InvalidInput([Fault("header", None, "If-Match", "it names no version", remedy)])
    return sorted(map(int, re.findall(r"[0-9]+", if_match)), reverse=True)
