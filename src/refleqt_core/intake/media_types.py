"""What a file is by its first bytes, whatever its name says."""

import re
from collections.abc import Mapping
from typing import NamedTuple

HEAD = 4_096
"""How many bytes of a file are looked at."""


class Signature(NamedTuple):
    """Bytes that a file of some kind has at ``offset``."""

    media_type: str
    offset: int
    bytes: bytes


SIGNATURES = (
    Signature("image/png", 0, b"\x89PNG\r\n\x1a\n"),
    Signature("image/jpeg", 0, b"\xff\xd8\xff"),
    Signature("image/gif", 0, b"GIF87a"),
    Signature("image/gif", 0, b"GIF89a"),
    Signature("image/webp", 8, b"WEBP"),
    Signature("image/avif", 4, b"ftypavif"),
    Signature("image/tiff", 0, b"II*\x00"),
    Signature("image/tiff", 0, b"MM\x00*"),
    Signature("application/pdf", 0, b"%PDF-"),
    Signature("application/zip", 0, b"PK\x03\x04"),
    Signature("font/woff2", 0, b"wOF2"),
    Signature("font/woff", 0, b"wOFF"),
    Signature("font/otf", 0, b"OTTO"),
    Signature("font/ttf", 0, b"\x00\x01\x00\x00"),
    Signature("font/ttf", 0, b"true"),
)
"""As the formats' own specifications give them."""

ENDINGS: Mapping[str, str] = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".webp": "image/webp",
    ".avif": "image/avif",
    ".tif": "image/tiff",
    ".tiff": "image/tiff",
    ".svg": "image/svg+xml",
    ".pdf": "application/pdf",
    ".zip": "application/zip",
    ".woff2": "font/woff2",
    ".woff": "font/woff",
    ".otf": "font/otf",
    ".ttf": "font/ttf",
}
"""What a name that ends so promises."""

MEDIA_TYPES = tuple(dict.fromkeys(ENDINGS.values()))
"""Everything that a brand asset can be."""

_SVG = re.compile(
    rb"\A(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]{0,500}\?>\s*)?(?:<!--.{0,2000}?-->\s*)*"
    rb"(?:<!DOCTYPE\s+svg[^>\[]{0,500}>\s*)?(?:<!--.{0,2000}?-->\s*)*<svg[\s>/]",
    re.DOTALL,
)


def media_type_of(head: bytes) -> str | None:
    """The media type of a file that begins so; None where it is none of `MEDIA_TYPES`."""
    for media_type, offset, signature in SIGNATURES:
        if head[offset : offset + len(signature)] == signature:
            return media_type if media_type != "image/webp" or head[:4] == b"RIFF" else None
    return "image/svg+xml" if _SVG.match(head) else None


def promised_by(name: str) -> str | None:
    """The media type that the ending of a name promises, if it is known."""
    _, dot, ending = name.rpartition(".")
    return ENDINGS.get(f".{ending.lower()}") if dot else None
