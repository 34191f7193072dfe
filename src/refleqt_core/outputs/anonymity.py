"""Makes a brief anonymous and certifies it: nothing in it names the business, and nobody can tell whose it is."""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from enum import Enum
from typing import Any, TypeAlias

import attrs
import numpy as np

from ..errors import InvalidInput, NeedsReview
from ..values import aware
from .identifying_strings import IdentifyingString
from .leak_scan import Finding, scanner_of

Document: TypeAlias = Mapping[str, Any] | str

_MOST_ROUNDS = 8
_NARROWEST_SPREAD = 0.02
_MAD_TO_DEVIATION = 1.4826
_DETERMINER = re.compile(r"\b(?:the|an?|our|your|their|his|her|its|my|this|that|each|every)\s+$", re.IGNORECASE)
_ARTICLE = re.compile(r"^(?:the|an?)\s+")
_INDEFINITE = re.compile(r"(?<!Product )(?<!Competitor )\b([Aa])n?(\s+)$")
_TITLE_OF_PERSON = re.compile(r"\b(?:Mr|Mrs|Ms|Miss|Dr|Prof)\.?\s+$")
_BARE_APOSTROPHE = re.compile(r"['’](?![^\W\d_])")
_OPENS_SENTENCE = re.compile(r"(?:^|[.!?…]\s|\n)[\s\"'“‘(\[*_#>•-]*$")


class Exposure(Enum):
    """What an attacker gets who ranks all businesses by their similarity to the brief."""

    HIDDEN = "hidden"
    SINGLED_OUT = "singled out"
    NOT_ASSESSABLE = "not assessable"


@attrs.frozen(kw_only=True)
class ReferenceBusinesses:
    """Similarity of the brief to the profile of its own business and to those of all others, on one scale."""

    own: float
    others: Sequence[float] = attrs.field(converter=tuple)

    def __attrs_post_init__(self) -> None:
        if not np.isfinite([self.own, *self.others]).all():
            raise InvalidInput("similarities have to be finite numbers; embed the brief and the profiles again")


@attrs.frozen(kw_only=True)
class Attack:
    """The outcome of the ranking attack; ``rank`` and ``probability`` are None without reference businesses.

    ``rank`` counts from 1, the most similar; ties count for the attacker. ``others`` is how many businesses were
    compared.
    """

    exposure: Exposure
    rank: int | None
    probability: float | None
    others: int


@attrs.frozen(kw_only=True)
class LocatedFinding:
    """A finding and the place in the document: keys and list positions joined by ``/``, empty for a plain text."""

    path: str
    finding: Finding


@attrs.frozen(kw_only=True)
class AnonymityCertificate:
    """What was checked of one document, when, and what came of it; not for the eyes of whom it protects against.

    ``passed``: nothing is found and the business isn't singled out. ``doubtful`` are ordinary words that may be meant
    as a name: they hold a brief back until a person has cleared them. ``fingerprint`` ties the certificate to the
    content of the document.
    """

    passed: bool
    findings: tuple[LocatedFinding, ...]
    doubtful: tuple[LocatedFinding, ...]
    attack: Attack
    k: int
    strings_checked: int
    checked_at: datetime = attrs.field(validator=aware)
    fingerprint: str

    def covers(self, document: Document) -> bool:
        """True when this certificate was made for exactly this document."""
        return fingerprint_of(document) == self.fingerprint

    @property
    def statement(self) -> str:
        """One sentence that may be shown to anybody: it names no business."""
        if self.findings or self.doubtful:
            count = len(self.findings) + len(self.doubtful)
            return f"Blocked: {count} place(s) in the brief may name the business or somebody of it."
        if self.attack.exposure is Exposure.SINGLED_OUT:
            return f"Blocked: the brief resembles one business too closely to be anonymous among {self.k}."
        if self.attack.exposure is Exposure.NOT_ASSESSABLE:
            return (
                f"No identifying string was found. Anonymity among {self.k} businesses is not assessable: only "
                f"{self.attack.others} other(s) to compare with."
            )
        return f"No identifying string was found, and the business is anonymous among at least {self.k}."


def anonymise(text: str, strings: Iterable[IdentifyingString], *, doubtful: bool = False) -> str:
    """The text in which nothing that `leak_scan` finds is left, each string replaced by the same words everywhere.

    Ordinary words that only may be meant as a name are left for `certify` to report, unless ``doubtful``. Anonymising
    the result again changes nothing. When replacements keep giving rise to new findings: `NeedsReview`.
    """
    scanner = scanner_of(tuple(strings))
    for _ in range(_MOST_ROUNDS):
        found = [finding for finding in scanner.scan(text) if finding.certain or doubtful]
        if not found:
            return text
        text = _replaced(text, found)
    raise NeedsReview("the replacements themselves look like identifying strings; reword the text or rename by hand")


def _replaced(text: str, findings: Iterable[Finding]) -> str:
    pieces, end = [""], 0
    for finding in findings:
        lead = text[end : finding.start]
        if finding.kind == "person":
            lead = _TITLE_OF_PERSON.sub("", lead)
        fitted = _fitted(finding.replacement, (pieces[-1] + lead)[-80:])
        pieces += [_INDEFINITE.sub(rf"\1{'n' if fitted[0] in 'aeiou' else ''}\2", lead), fitted]
        end = finding.end
        if finding.text[-1:] in "sS" and _BARE_APOSTROPHE.match(text, end):
            pieces.append(f"{text[end]}s")
            end += 1
    return "".join([*pieces, text[end:]])


def _fitted(replacement: str, before: str) -> str:
    """The replacement without its article after a determiner, with a capital where it opens a sentence."""
    if _DETERMINER.search(before):
        replacement = _ARTICLE.sub("", replacement)
    return replacement[0].upper() + replacement[1:] if _OPENS_SENTENCE.search(before) else replacement


def anonymise_document(document: Document, strings: Iterable[IdentifyingString], *, doubtful: bool = False) -> Any:
    """A copy of the document with every text in it anonymised; keys stay, numbers stay unless they are a leak."""
    strings = tuple(strings)
    if isinstance(document, str):
        return anonymise(document, strings, doubtful=doubtful)
    if isinstance(document, Mapping):
        return {key: anonymise_document(value, strings, doubtful=doubtful) for key, value in document.items()}
    if isinstance(document, list | tuple):
        return [anonymise_document(value, strings, doubtful=doubtful) for value in document]
    if document is None or isinstance(document, bool):
        return document
    written = str(document)
    rewritten = anonymise(written, strings, doubtful=doubtful)
    return document if rewritten == written else rewritten


def certify(
    document: Document,
    strings: Iterable[IdentifyingString],
    *,
    reference_businesses: ReferenceBusinesses | None,
    checked_at: datetime,
    k: int = 5,
    cleared: Iterable[str] = (),
) -> AnonymityCertificate:
    """The certificate of the document as it is; it does not change the document.

    ``cleared`` are doubtful words, as written, that a person has found harmless. `attack_by_similarity` says when a
    business is singled out among ``k``; with fewer than ``k`` others that is not assessable, and the statement says so.
    """
    strings, harmless = tuple(strings), frozenset(cleared)
    located = [
        LocatedFinding(path=path, finding=finding)
        for path, text in _texts(document)
        for finding in scanner_of(strings).scan(text)
    ]
    findings = tuple(each for each in located if each.finding.certain)
    doubtful = tuple(each for each in located if not each.finding.certain and each.finding.text not in harmless)
    attack = attack_by_similarity(reference_businesses, k)
    return AnonymityCertificate(
        passed=not findings and not doubtful and attack.exposure is not Exposure.SINGLED_OUT,
        findings=findings,
        doubtful=doubtful,
        attack=attack,
        k=k,
        strings_checked=len(strings),
        checked_at=checked_at,
        fingerprint=fingerprint_of(document),
    )


def require_anonymous(certificate: AnonymityCertificate, document: Document) -> None:
    """Nothing happens when the certificate passed and covers the document; else `NeedsReview` says where to look."""
    if not certificate.covers(document):
        raise NeedsReview("the document was changed after it was certified; certify it again")
    if not certificate.passed:
        places = sorted({each.path or "text" for each in (*certificate.findings, *certificate.doubtful)})
        raise NeedsReview(f"{certificate.statement} {'Look at: ' + ', '.join(places) + '.' if places else ''}".rstrip())


def attack_by_similarity(reference: ReferenceBusinesses | None, k: int) -> Attack:
    """What an attacker gets who holds every business for the author with a probability that grows with similarity.

    The probability of business i is softmax(s_i / τ). τ is the robust standard deviation of the others' similarities
    (1.4826 × median absolute deviation, at least 0.02): differences within the usual spread tell the attacker little,
    a lead of several spreads tells nearly all. The business is singled out when its own probability is above 1/k.
    An offset of all similarities doesn't matter, nor does their scale above that floor; each other business that is
    about as similar lowers the probability.
    """
    if k < 2:
        raise InvalidInput(f"anonymity among {k} is none; k has to be at least 2")
    if reference is None or not reference.others:
        return Attack(exposure=Exposure.NOT_ASSESSABLE, rank=None, probability=None, others=0)
    others = np.asarray(reference.others, dtype=float)
    spread = _MAD_TO_DEVIATION * float(np.median(np.abs(others - np.median(others))))
    odds = float(np.sum(np.exp(np.clip((others - reference.own) / max(spread, _NARROWEST_SPREAD), -300, 300))))
    probability = 1 / (1 + odds)
    singled_out = probability > 1 / k + 1e-12
    exposure = Exposure.SINGLED_OUT if singled_out else Exposure.HIDDEN
    return Attack(
        exposure=exposure if len(others) >= k else Exposure.NOT_ASSESSABLE,
        rank=1 + int(np.sum(others > reference.own)),
        probability=probability,
        others=len(others),
    )


def fingerprint_of(document: Document) -> str:
    """SHA-256 of the document as JSON with sorted keys; equal documents have equal ones, whatever their keys' order."""
    written = json.dumps(document, sort_keys=True, ensure_ascii=True, separators=(",", ":"), default=str)
    return hashlib.sha256(written.encode()).hexdigest()


def _texts(document: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Every text, number and key of the document with the path to it; keys are texts at the path of their value."""
    if isinstance(document, Mapping):
        for key, value in document.items():
            yield f"{path}/{key}", str(key)
            yield from _texts(value, f"{path}/{key}")
    elif isinstance(document, list | tuple):
        for position, value in enumerate(document):
            yield from _texts(value, f"{path}/{position}")
    elif document is not None and not isinstance(document, bool):
        yield path, str(document)
