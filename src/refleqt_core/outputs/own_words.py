"""Finds where a brief repeats what the business has published or written, which a web search leads back to it."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import attrs

from ..everyday_words import is_everyday
from ..folding import fold
from ..intake.activities import Activity
from ..intake.calendar import CalendarEntry, SeoMetadata
from ..intake.vents import VentEntry
from ..ports import Transaction
from .anonymity import AnonymityCertificate, LocatedFinding
from .leak_scan import Finding

RUN = 5
"""So many words in a row, in quotation marks, are enough for a search engine to find the one page that has them."""
_WORD = re.compile(r"[^\W_]+")
_Run = tuple[str, ...]


@attrs.frozen
class OwnWords:
    """Every run of `RUN` words that the business has published or written."""

    runs: frozenset[_Run]

    def repeated(self, text: str, allowed: frozenset[_Run] = frozenset()) -> list[str]:
        """The runs that ``text`` repeats, as folded words; those in ``allowed`` may stand in it."""
        return [" ".join(run) for run in _runs(text) if run in self.runs and run not in allowed]


def own_words(texts: Iterable[str | None]) -> OwnWords:
    """The runs of all ``texts``; one of fewer words than `RUN` has none."""
    return OwnWords(runs_of(texts))


def runs_of(texts: Iterable[str | None]) -> frozenset[_Run]:
    """Every run of `RUN` folded words in any of ``texts``."""
    return frozenset(run for text in texts if text for run in _runs(text))


def read_own_words(tx: Transaction) -> OwnWords:
    """What the rows of the business hold: titles, search fields, slugs as words, notes of activities and vents.

    Of what no search engine knows (notes, vents, artifacts that are not out yet) a run of everyday words alone is
    anybody's English.
    """
    entries = {entry.id: entry for entry in tx.find(CalendarEntry)}
    out = {id for id, entry in entries.items() if entry.status in ("published", "reviewed")}
    searched = [(row.calendar_entry_id in out, _search_texts(row)) for row in tx.find(SeoMetadata)]
    public = [entries[id].title for id in out] + [text for known, texts in searched if known for text in texts]
    private = [entry.title for id, entry in entries.items() if id not in out]
    private += [text for known, texts in searched if not known for text in texts]
    private += [activity.notes for activity in tx.find(Activity)] + [vent.text for vent in tx.find(VentEntry)]
    telling = {run for run in runs_of(private) if not all(map(is_everyday, run))}
    return OwnWords(runs_of(public) | telling)


def _search_texts(row: SeoMetadata) -> list[str]:
    named = [row.meta_title, row.meta_description, row.url_slug, row.canonical_url]
    return [text for text in (*named, *row.header_structure, *row.image_alt_texts, *row.anchor_texts) if text]


def without_own_words(
    document: Mapping[str, Any], own: OwnWords, allowed: Iterable[str] = (), *, spare: int = 3
) -> dict[str, Any]:
    """The document without the points that repeat the business's own words, where ``spare`` others of the list stay."""
    harmless = runs_of(allowed)

    def kept(value: Any) -> Any:
        if not isinstance(value, list):
            return value
        clean = [each for each in value if not (isinstance(each, str) and own.repeated(each, harmless))]
        return clean if len(clean) >= spare else value

    return {key: kept(value) for key, value in document.items()}


def with_own_words(
    certificate: AnonymityCertificate, document: Mapping[str, Any], own: OwnWords, allowed: Iterable[str] = ()
) -> AnonymityCertificate:
    """The certificate, failed where the document repeats the business's own words; else as it was.

    ``allowed`` are texts that speak of the audience or of what it searches for, and not of the business.
    """
    harmless = runs_of(allowed)
    found = tuple(
        LocatedFinding(path=path, finding=_finding(text, run))
        for path, text in _texts(document)
        for run in own.repeated(text, harmless)
    )
    return attrs.evolve(certificate, passed=False, findings=(*certificate.findings, *found)) if found else certificate


def _finding(text: str, run: str) -> Finding:
    return Finding(start=0, end=len(text), text=text, kind="own words", replacement="", certain=True, string=run)


def _runs(text: str) -> Iterator[_Run]:
    words = _WORD.findall(fold(text).text.casefold())
    return zip(*(words[i:] for i in range(RUN)), strict=False)


def _texts(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, Mapping):
        for key, each in value.items():
            yield from _texts(each, f"{path}/{key}")
    elif isinstance(value, Sequence):
        for position, each in enumerate(value):
            yield from _texts(each, f"{path}/{position}")
