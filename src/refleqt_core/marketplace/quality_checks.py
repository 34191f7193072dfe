"""The automated review of a delivered text against the document that its creator was given."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

import attrs

from ..folding import fold
from ..outputs.contact_details import contact_details
from ..outputs.identifying_strings import identifying_strings
from ..outputs.leak_scan import leaks
from .text_measures import (
    headings,
    links,
    longest_shared,
    occurrences,
    reading_ease,
    shared_share,
    word_coverage,
    words,
)

LENGTH_TOLERANCE = 0.1
MOST_KEYWORD_USE = 0.03
MOST_SHARED = 0.15
LEAST_COVERED = 0.25
COVERED = 0.5
FULLY_COVERED = 0.8
LONG_TEXT = 500
WORDS_PER_HEADING = 400
LEAST_QUALITY = 0.6
EASE_FLOOR = {"whitepaper": 20.0, "case_study": 30.0, "email": 45.0, "newsletter": 45.0, "social_post": 45.0}
USUAL_EASE_FLOOR = 30.0
EASE_SPAN = 30.0

WEIGHTS: Mapping[str, float] = {
    "key messages": 3.0,
    "keyword": 1.5,
    "secondary keywords": 0.5,
    "meta title": 0.5,
    "meta description": 0.5,
    "links": 0.25,
    "anonymity": 0.25,
    "avoided words": 0.25,
}
"""How much a check counts for the quality score: what nearly every text meets counts little, what is not named once."""

_HANDLE = re.compile(r"(?<![\w@./])@[A-Za-z]\w+")
_ASKED_HEADING = re.compile(r"^\s*(?:#{1,6}\s+|h[1-6]\s*:\s*|heading\s*:\s*)(.+?)\s*$", re.IGNORECASE)
_QUOTED = re.compile(r"“([^”]{2,60})”|\"([^\"]{2,60})\"|«([^»]{2,60})»")
_WORD_LIST = re.compile(r"\bwords?\b[^:]{0,60}:\s*(.+)", re.IGNORECASE)
_META_LINE = re.compile(r"^[^\w\n]{0,9}meta[ -](title|description)[^\w\n]{0,9}:(.+)$", re.IGNORECASE | re.MULTILINE)
_EMPTY_TARGETS = frozenset({"", "#", "url", "link", "todo", "tbd", "http://", "https://"})


@attrs.frozen(kw_only=True)
class Check:
    """One question asked of the text: its ``score`` in [0, 1], what was found, and whether a pass is ``required``."""

    name: str
    passed: bool
    score: float
    required: bool
    finding: str


@attrs.frozen(kw_only=True)
class Review:
    """All checks, the quality score in [0, 1] that is their weighted mean, and the verdict."""

    checks: tuple[Check, ...]
    quality: float
    verdict: str

    @property
    def complaints(self) -> tuple[str, ...]:
        """What the creator has to mend, or could."""
        return tuple(check.finding for check in self.checks if not check.passed)


@attrs.frozen(kw_only=True)
class Submission:
    """A delivered text and what is known around it.

    ``coverage`` says for each key message how well the text covers it, in [0, 1], as somebody who reads for meaning
    sees it; shared words count besides. ``earlier`` are texts that the creator delivered for other briefs.
    """

    text: str
    document: Mapping[str, Any]
    artifact_type: str = ""
    creator_name: str = ""
    earlier: Sequence[str] = ()
    coverage: Sequence[float] = ()


def review(submission: Submission, *, attempt: int, attempts: int = 3) -> Review:
    """What the text is worth, and the verdict on it.

    ``pass`` when every required check passed and the quality is at least 0.6; else ``revise``, and ``escalate`` at the
    last of the ``attempts``. What the document does not ask for is not checked.
    """
    checks = tuple(check for ask in CHECKS for check in ask(submission))
    weights = [WEIGHTS.get(check.name, 1.0) for check in checks]
    quality = sum(w * check.score for w, check in zip(weights, checks, strict=True)) / sum(weights)
    good = quality >= LEAST_QUALITY and all(check.passed for check in checks if check.required)
    verdict = "pass" if good else "revise" if attempt < attempts else "escalate"
    return Review(checks=checks, quality=quality, verdict=verdict)


def check_length(given: Submission) -> Iterator[Check]:
    """The number of words is within a tenth of the range asked for."""
    technical = given.document.get("technical") or {}
    least, most = technical.get("min_words") or 0, technical.get("max_words") or float("inf")
    if not least and most == float("inf"):
        return
    count = len(words(_META_LINE.sub("", given.text)))
    score = min(1.0, count / least if least else 1.0, most / max(count, 1))
    asked = f"at least {least}" if most == float("inf") else f"{least} to {most}"
    within = least * (1 - LENGTH_TOLERANCE) <= count <= most * (1 + LENGTH_TOLERANCE)
    yield Check(
        name="length", passed=within, score=score, required=True, finding=f"{count} words; {asked} are asked for"
    )


def check_keyword(given: Submission) -> Iterator[Check]:
    """The keyword is there, early and in a heading, and not in more than three of a hundred words."""
    seo = given.document.get("seo") or {}
    if not (keyword := seo.get("keyword")):
        return
    count, length = occurrences(keyword, given.text), max(1, len(words(given.text)))
    stuffed = count > 2 and count / length > MOST_KEYWORD_USE
    titles = headings(given.text)
    wishes = {
        "in the first hundred words": bool(occurrences(keyword, " ".join(given.text.split()[:100]))),
        "in a heading": not titles or any(occurrences(keyword, title) for title in titles),
    }
    missing = " and ".join(wish for wish, met in wishes.items() if not met)
    finding = f"“{keyword}” {count} times in {length} words"
    if stuffed:
        finding += "; that is more than three in a hundred"
    elif missing:
        finding += f"; it should also be {missing}"
    score = 0.0 if not count or stuffed else (2 + sum(wishes.values())) / 4
    yield Check(name="keyword", passed=bool(count) and not stuffed, score=score, required=True, finding=finding)


def check_secondary_keywords(given: Submission) -> Iterator[Check]:
    """Half of the secondary keywords or more are used."""
    secondary = (given.document.get("seo") or {}).get("secondary") or ()
    if secondary:
        missing = [keyword for keyword in secondary if not occurrences(keyword, given.text)]
        score = 1 - len(missing) / len(secondary)
        finding = f"not used: {', '.join(missing)}" if missing else "all are used"
        yield Check(name="secondary keywords", passed=score >= 0.5, score=score, required=False, finding=finding)


def check_meta(given: Submission) -> Iterator[Check]:
    """Lines ``Meta title:`` and ``Meta description:`` are there, and not too long for a page of search results."""
    seo = given.document.get("seo") or {}
    found = {match[1].casefold(): match[2].strip(" *_") for match in _META_LINE.finditer(given.text)}
    for part in ("title", "description"):
        if most := seo.get(f"meta_{part}_max"):
            text = found.get(part)
            long = text is not None and len(text) > most
            finding = f"no line 'Meta {part}:'" if text is None else f"{len(text)} characters; at most {most} are shown"
            score = 0.5 if text is None else 0.0 if long else 1.0
            yield Check(
                name=f"meta {part}", passed=score == 1.0, score=score, required=text is not None, finding=finding
            )


def check_structure(given: Submission) -> Iterator[Check]:
    """Headings that the document names are there, and a long text has one for every four hundred words."""
    asked = [match[1] for step in given.document.get("structure") or () if (match := _ASKED_HEADING.match(str(step)))]
    titles, length = headings(given.text), len(words(given.text))
    missing = [each for each in asked if not any(word_coverage(each, title) >= 0.6 for title in titles)]
    needed = max(2, length // WORDS_PER_HEADING) if length >= LONG_TEXT else 0
    if not asked and not needed:
        return
    score = min(1.0, len(titles) / needed) if needed else 1.0
    if asked:
        score = min(score, 1 - len(missing) / len(asked))
    finding = f"{len(titles)} headings in {length} words"
    if missing:
        finding = f"missing headings: {'; '.join(missing)}"
    elif score < 1:
        finding += f"; at least {needed} help the reader through"
    yield Check(name="structure", passed=score == 1, score=score, required=True, finding=finding)


def check_reading_level(given: Submission) -> Iterator[Check]:
    """The text is not much harder to read than texts of its type should be."""
    ease = reading_ease(given.text)
    if ease is not None:
        floor = EASE_FLOOR.get(given.artifact_type, USUAL_EASE_FLOOR)
        score = min(1.0, max(0.0, 1 - (floor - ease) / EASE_SPAN))
        finding = f"Flesch reading ease {ease:.0f}; {floor:.0f} or more is easy enough here"
        yield Check(name="reading level", passed=ease >= floor, score=score, required=False, finding=finding)


def check_links(given: Submission) -> Iterator[Check]:
    """Every link leads somewhere that the document names, or within the site that it will stand on."""
    found = links(given.text)
    known = " ".join(_texts(given.document)).casefold()
    bad = [link.target or f"[{link.label}]()" for link in found if not _is_usable(link.target, known)]
    finding = (
        f"links that lead nowhere or where the brief does not send readers: {', '.join(bad)}" if bad else "in order"
    )
    score = 1 - len(bad) / len(found) if found else 1.0
    yield Check(name="links", passed=not bad, score=score, required=True, finding=finding)


def check_anonymity(given: Submission) -> Iterator[Check]:
    """Nothing in the text says who made it or how to reach them: no name, e-mail address, phone number or handle."""
    people = (given.creator_name,) if given.creator_name.strip() else ()
    named = [
        each.text for each in leaks(given.text, identifying_strings(people=people)) if each.certain and each.string
    ]
    folded = fold(given.text)
    for detail in contact_details(folded.text):
        if detail.kind != "domain":
            start, end = folded.span(detail.start, detail.end)
            named.append(given.text[start:end])
    known = " ".join(_texts(given.document))
    named += [handle for handle in _HANDLE.findall(given.text) if handle not in known]
    finding = f"says who you are or how to reach you: {', '.join(dict.fromkeys(named))}" if named else "nothing found"
    yield Check(name="anonymity", passed=not named, score=float(not named), required=True, finding=finding)


def check_originality(given: Submission) -> Iterator[Check]:
    """At most fifteen of a hundred five-word runs stand in the reference material or in the creator's earlier texts.

    Words that the brief itself gives (headline, key messages, headings) may be used as they are.
    """
    sources = [*_texts(given.document.get("reference_material") or ()), *given.earlier]
    asked_for = [given.document.get(name) or () for name in ("headline", "key_messages", "structure")]
    shared = shared_share(given.text, sources, given=[text for part in asked_for for text in _texts(part)])
    finding = f"{shared:.0%} of it stands in the reference material or in earlier work"
    if shared > MOST_SHARED:
        finding += f", such as “{longest_shared(given.text, sources)}”"
    yield Check(name="originality", passed=shared <= MOST_SHARED, score=1 - shared, required=True, finding=finding)


def check_avoided_words(given: Submission) -> Iterator[Check]:
    """Words that the document names as to be avoided are avoided."""
    avoided = [word for item in given.document.get("what_to_avoid") or () for word in _named_words(str(item))]
    if avoided:
        used = [word for word in avoided if occurrences(word, given.text)]
        score = 1 - len(used) / len(avoided)
        finding = f"to be avoided: {', '.join(used)}" if used else "all avoided"
        yield Check(name="avoided words", passed=not used, score=score, required=True, finding=finding)


def check_key_messages(given: Submission) -> Iterator[Check]:
    """The key messages come across; the first ones count most, since they are in the order of their priority."""
    messages = [str(message) for message in given.document.get("key_messages") or ()]
    if not messages:
        return
    by_meaning = given.coverage or [0.0] * len(messages)
    covered = [max(word_coverage(m, given.text), c) for m, c in zip(messages, by_meaning, strict=True)]
    priorities = range(len(messages), 0, -1)
    score = sum(p * min(1.0, c / FULLY_COVERED) for p, c in zip(priorities, covered, strict=True)) / sum(priorities)
    missed = [message for message, each in zip(messages, covered, strict=True) if each < COVERED]
    finding = f"hardly said: {' / '.join(missed)}" if missed else "all said"
    passed = score >= LEAST_COVERED / FULLY_COVERED
    yield Check(name="key messages", passed=passed, score=score, required=True, finding=finding)


CHECKS: tuple[Callable[[Submission], Iterator[Check]], ...] = (
    check_length,
    check_keyword,
    check_secondary_keywords,
    check_meta,
    check_structure,
    check_reading_level,
    check_links,
    check_anonymity,
    check_originality,
    check_avoided_words,
    check_key_messages,
)


def _is_usable(target: str, known: str) -> bool:
    plain = target.strip().casefold()
    if plain in _EMPTY_TARGETS or plain.startswith(("javascript:", "mailto:", "tel:")):
        return False
    if "://" not in plain and not plain.startswith("www."):
        return plain.startswith(("/", "#"))
    host = urlsplit(plain if "://" in plain else f"https://{plain}").hostname or ""
    host = host.removeprefix("www.")
    return bool(host) and re.search(rf"(?<![\w-])(?:www\.)?{re.escape(host)}(?![\w-]|\.\w)", known) is not None


def _named_words(item: str) -> list[str]:
    """The words of an item such as ``These words: cheap or revolutionary.`` or ``Don't say “cheap”``."""
    listed = _WORD_LIST.search(item)
    if listed:
        return [word.strip(" “”\"'‘’.") for word in re.split(r",|\bor\b|\band\b", listed[1]) if word.strip()]
    return ["".join(forms).strip() for forms in _QUOTED.findall(item)]


def _texts(value: Any) -> Iterator[str]:
    """Every text in a document or a part of it."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from _texts(each)
    elif isinstance(value, Sequence):
        for each in value:
            yield from _texts(each)
