"""What may stand in an entry's search fields: index status, markup, crawl directives, Core Web Vitals."""

import math
import re
from collections.abc import Callable, Mapping
from functools import lru_cache

from .address_rules import Problem, slug_problem, url_problem
from .vocabulary import word_set

INDEX_STATUSES = (
    "indexed",
    "not_indexed",
    "crawled_not_indexed",
    "discovered_not_indexed",
    "noindex",
    "blocked_by_robots",
    "duplicate",
    "redirected",
    "not_found",
    "soft_404",
    "server_error",
    "submitted",
    "unknown",
)
"""As Google's Search Console tells them apart."""

_INDEX_CUES: tuple[tuple[str, str], ...] = (
    (r"soft.?404", "soft_404"),
    (r"not.?found|\b404\b|deleted", "not_found"),
    (r"crawled", "crawled_not_indexed"),
    (r"discovered", "discovered_not_indexed"),
    (r"no.?index|blocked_by_meta_tag|blocked_by_http_header", "noindex"),
    (r"robots|disallowed", "blocked_by_robots"),
    (r"duplicate|alternate", "duplicate"),
    (r"redirect", "redirected"),
    (r"server.?error|\b5xx\b", "server_error"),
    (r"not.?indexed|excluded|^(?:neutral|fail|no|false)$", "not_indexed"),
    (r"indexed|indexing.allowed|^(?:index|pass|valid|yes|true)$", "indexed"),
    (r"submitted|pending|requested", "submitted"),
    (r"unknown|unspecified", "unknown"),
)

MOBILE_RENDERINGS = ("mobile_friendly", "not_mobile_friendly", "untested")

DIRECTIVES = word_set(
    """all index follow noindex nofollow none noarchive nocache nosnippet notranslate noimageindex noodp noydir
    nositelinkssearchbox indexifembedded noai noimageai"""
)
"""Rules of the robots meta tag that take no value: those of Google and Bing, and two that AI crawlers honour."""

_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
VALUED_DIRECTIVES: Mapping[str, str] = {
    "max-snippet": r"-1|\d{1,6}",
    "max-video-preview": r"-1|\d{1,6}",
    "max-image-preview": "none|standard|large",
    "unavailable_after": rf"\d{{4}}-\d\d-\d\d(?:t.+)?|(?:[a-z]+, )?\d\d?[ -]{_MONTH}[ -]\d{{2,4}}.*",
}
"""Rules that take one, and its form: a number of at least -1, a size, or a date by RFC 822, RFC 850 or ISO 8601."""

VITALS: Mapping[str, tuple[str, float, str]] = {
    "lcp": ("s", 60.0, "2.5"),
    "inp": ("ms", 10_000.0, "200"),
    "cls": ("", 10.0, "0.1"),
}
"""Each Core Web Vital with its unit, the largest value that can be meant, and where "good" ends (web.dev)."""

_SCHEMA_TYPE = re.compile(r"(?=[A-Z]|3D)[A-Za-z0-9]{2,60}")
_FEATURE = re.compile(r"[^\W_](?:[\w &/+'’-]{0,78}[\w])?")
_KEPT = 4_096


def index_status_of(text: str) -> str | None:
    """The status that a tool's or a person's words mean; None where they mean none."""
    said = " ".join(text.casefold().split())
    if (plain := said.replace(" ", "_")) in INDEX_STATUSES:
        return plain
    return next((status for cue, status in _INDEX_CUES if re.search(cue, said)), None)


def mobile_rendering_of(text: str) -> str | None:
    """The status of mobile rendering that a tool's or a person's words mean; None where they mean none."""
    said = re.sub(r"[\s_-]+", "_", text.casefold().strip())
    if re.search(r"untested|not_tested|unspecified|unknown", said):
        return "untested"
    if re.search(r"not_|\bun|fail|poor|bad|issue|broken|^no$|^false$", said):
        return "not_mobile_friendly"
    return "mobile_friendly" if re.search(r"friendly|pass|valid|good|ok|responsive|^yes$|^true$", said) else None


def index_problem(status: str) -> Problem | None:
    """An index status is one of `INDEX_STATUSES`."""
    return _of_vocabulary(status, INDEX_STATUSES, index_status_of)


def mobile_problem(status: str) -> Problem | None:
    """A status of mobile rendering is one of `MOBILE_RENDERINGS`."""
    return _of_vocabulary(status, MOBILE_RENDERINGS, mobile_rendering_of)


@lru_cache(_KEPT)
def _of_vocabulary(value: str, known: tuple[str, ...], meant_by: Callable[[str], str | None]) -> Problem | None:
    if value in known:
        return None
    meant = meant_by(value)
    return Problem(f"'{value}' is none of: {', '.join(known)}", f"Write '{meant}'" if meant else "Use one of them")


@lru_cache(_KEPT)
def schema_problem(markup: str) -> Problem | None:
    """Schema markup names types of schema.org as they are written there, several parted by commas; any is taken."""
    for each in markup.split(","):
        if not _SCHEMA_TYPE.fullmatch(each.strip()):
            remedy = "Write the type's name, such as Article, FAQPage or HowTo"
            return Problem(f"'{each.strip()}' is not written as a type of schema.org", remedy)
    return None


@lru_cache(_KEPT)
def directives_problem(directives: tuple[str, ...]) -> Problem | None:
    """Crawl directives are rules of the robots meta tag, in any case; a crawler's name and a colon may stand before."""
    for directive in directives:
        if not _is_directive(directive):
            valued = ", ".join(f"{name}:…" for name in VALUED_DIRECTIVES)
            remedy = f"Use rules of the robots meta tag: {', '.join(sorted(DIRECTIVES))}, {valued}"
            return Problem(f"'{directive}' is no crawl directive", remedy)
    return None


def _is_directive(text: str) -> bool:
    rule = text.strip().lower()
    name, colon, value = (part.strip() for part in rule.partition(":"))
    if name in VALUED_DIRECTIVES:
        return bool(re.fullmatch(VALUED_DIRECTIVES[name], value))
    if colon and re.fullmatch(r"[a-z][a-z0-9-]*(?:bot|slurp|crawler|spider)[a-z0-9-]*", name):
        return _is_directive(value)
    return not colon and rule in DIRECTIVES


def vitals_problem(targets: Mapping[str, float]) -> Problem | None:
    """Targets for Core Web Vitals are above zero: lcp in seconds, inp in milliseconds, cls without a unit."""
    for name, target in targets.items():
        if name not in VITALS:
            return Problem(f"'{name}' is no Core Web Vital", "Name lcp (seconds), inp (milliseconds) or cls")
        unit, largest, good = VITALS[name]
        if not math.isfinite(target) or not 0 <= target <= largest:
            written = f"{target:g} {unit}".strip()
            remedy = f"Give {name} in {unit or 'its own scale'}; {good} and below is good"
            return Problem(f"{name} of {written} cannot be meant", remedy)
    return None


@lru_cache(_KEPT)
def features_problem(features: tuple[str, ...]) -> Problem | None:
    """SERP features are names of a few words, such as people_also_ask or AI overview; any is taken."""
    for feature in features:
        if not _FEATURE.fullmatch(feature):
            return Problem(f"'{feature}' is no name of a SERP feature", "Write it like featured_snippet")
    return None


@lru_cache(_KEPT)
def links_problem(targets: tuple[str, ...]) -> Problem | None:
    """Internal links go to slugs, or to whole addresses."""
    for target in targets:
        if found := url_problem(target) if "://" in target else slug_problem(target):
            return Problem(f"'{target}': {found.problem}", found.remedy)
    return None
