"""Which calendar entry a result, a click or a visit belongs to: by artifact id, else UTM, else URL."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import NamedTuple
from urllib.parse import unquote_plus, urlsplit
from uuid import UUID

import attrs

from .calendar import CalendarEntry, SeoMetadata


class Match(NamedTuple):
    """The entry, and what it was found by."""

    calendar_entry_id: UUID
    matched_by: str


@attrs.frozen
class EntryIndex:
    """The entries of a business by every name that a tool may know them under; ambiguous names are left out."""

    by_artifact: Mapping[str, UUID]
    by_utm: Mapping[str, UUID]
    by_url: Mapping[str, UUID]

    @classmethod
    def of(cls, entries: Iterable[CalendarEntry], seo: Iterable[SeoMetadata]) -> "EntryIndex":
        """The index over those entries and their search fields."""
        entries = list(entries)
        urls = [(url, row.calendar_entry_id) for row in seo for url in (row.canonical_url, row.url_slug) if url]
        return cls(
            by_artifact=_unique((normal_name(entry.external_id), entry.id) for entry in entries)
            | {str(entry.id): entry.id for entry in entries},
            by_utm=_unique((normal_name(entry.utm_content), entry.id) for entry in entries if entry.utm_content),
            by_url=_unique((normal_path(url), entry_id) for url, entry_id in urls),
        )

    def match(self, *, artifact_id: str | None, utm_content: str | None, url: str | None) -> Match | None:
        """The entry by the most telling name that is given and known; None where none is."""
        for name, known, matched_by in (
            (artifact_id and normal_name(artifact_id), self.by_artifact, "artifact_id"),
            (utm_content and normal_name(utm_content), self.by_utm, "utm"),
            (url and normal_name(utm_of(url)), self.by_utm, "utm"),
            (url and normal_path(url), self.by_url, "url"),
        ):
            if name and name in known:
                return Match(known[name], matched_by)
        return None


def normal_name(text: str) -> str:
    """``text`` without case, encoding, and the difference between spaces, underscores, plus signs and hyphens."""
    return re.sub(r"[\s_\-]+", "-", _decoded(text)).strip("-")


def normal_path(url: str) -> str:
    """The path of a URL (or a bare slug) without host, query, encoding, case and slashes at its ends.

    Empty for what is no URL.
    """
    try:
        path = urlsplit(url if "//" in url else f"//x/{url}").path
    except ValueError:
        return ""
    return _decoded(path).strip("/ ")


def utm_of(url: str) -> str:
    """The utm_content in a URL's query; empty where there is none."""
    found = re.search(r"[?&]utm_content=([^&#]*)", url, re.IGNORECASE)
    return found[1] if found else ""


def _decoded(text: str) -> str:
    """In small letters, with nothing encoded however often it was, and accents written in one way."""
    while (decoded := unquote_plus(text)) != text:
        text = decoded
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def _unique(pairs: Iterable[tuple[str, UUID]]) -> dict[str, UUID]:
    known: dict[str, UUID] = {}
    ambiguous: set[str] = set()
    for name, entry_id in pairs:
        if known.setdefault(name, entry_id) != entry_id:
            ambiguous.add(name)
    return {name: entry_id for name, entry_id in known.items() if name and name not in ambiguous}
