"""What may stand in an entry's addresses: its slug, its canonical URL, the values of its UTM parameters."""

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import SplitResult, urlsplit

LONGEST_SLUG = 500
LONGEST_URL = 2047
"""Characters; sitemaps.org asks for fewer than 2,048."""

LONGEST_UTM = 100
"""Characters; Google Analytics 4 cuts longer parameter values off (its collection limits)."""

SPLITS_A_QUERY = "&?#="
_KEPT = 16_384

_USUAL_SLUG = re.compile(r"/?[a-z0-9]+(?:[-/][a-z0-9]+)*/?", re.ASCII)
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_ENCODED = re.compile(r"%[0-9a-f]{2}", re.IGNORECASE)
_PASTED = re.compile(r"(?:^|[?&])utm_[a-z_]+=", re.IGNORECASE)
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?", re.IGNORECASE)


class Problem(NamedTuple):
    """What is wrong with a value, and what mends it."""

    problem: str
    remedy: str


@lru_cache(_KEPT)
def slug_problem(slug: str) -> Problem | None:
    """A slug is a path of small letters (of any script), digits and hyphens; a slash at its ends is let pass."""
    if len(slug) <= LONGEST_SLUG and _USUAL_SLUG.fullmatch(slug):
        return None
    meant = slug_of(slug)
    remedy = f"Write it like '{meant}'" if meant else "Write it like 'blog/ten-ways-to-waste-less'"
    if len(slug) > LONGEST_SLUG:
        return Problem(f"it has {len(slug)} characters, more than {LONGEST_SLUG}", "Shorten it")
    if _SCHEME.match(slug) or "//" in slug:
        return Problem("it is a whole address or has an empty part", f"Give the path alone. {remedy}")
    if any(sign in slug for sign in "?#"):
        return Problem("it has a query or a fragment", f"Leave out what follows the path. {remedy}")
    wrong = [part for part in slug.removeprefix("/").removesuffix("/").split("/") if not _is_segment(part)]
    if wrong:
        return Problem(f"'{wrong[0]}' is not made of small letters, digits and single words joined by hyphens", remedy)
    return None


def slug_of(text: str) -> str:
    """The slug that says the same as ``text``: a path of small letters, digits and hyphens; "" where none is left."""
    path = re.sub(r"[?#].*", "", _SCHEME.sub("", text, count=1), flags=re.DOTALL)
    signs = ("".join(sign if is_of_a_word(sign) else " " for sign in part.lower()) for part in path.split("/"))
    parts = ("-".join(part.split()) for part in signs)
    return "/".join(part for part in parts if part)[:LONGEST_SLUG].rstrip("-/")


def _is_segment(part: str) -> bool:
    """Words of small letters and digits joined by hyphens, none at the ends."""
    return part == part.lower() and part.strip("-") == part != "" and all(map(is_of_a_word, part.replace("-", "")))


def is_of_a_word(sign: str) -> bool:
    """Letters, digits, and the marks that letters of many scripts are written with."""
    return sign.isalnum() or unicodedata.category(sign)[0] == "M"


@lru_cache(_KEPT)
def url_problem(url: str) -> Problem | None:
    """A canonical URL is absolute (http, https), with a host, without credentials or fragment; IDN and ports pass."""
    remedy = "Write it like https://example.com/blog/post"
    if len(url) > LONGEST_URL:
        return Problem(f"it has {len(url)} characters, more than {LONGEST_URL}", "Name a shorter address")
    if not url.isprintable() or re.search(r"[\s<>\"\\^`{|}]", url):
        return Problem("it has a space or a sign that no address has", "Encode it (a space as %20), or leave it out")
    try:
        parts, port = urlsplit(url), urlsplit(url).port
    except ValueError as error:
        return Problem(f"it is no address: {error}", remedy)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return Problem("it is not an absolute http or https address", remedy)
    if port == 0 or not is_host(parts.hostname):
        return Problem(f"'{parts.netloc.rpartition('@')[2]}' is no host", remedy)
    return _without_extras(parts)


def _without_extras(parts: SplitResult) -> Problem | None:
    if "@" in parts.netloc:
        return Problem("it carries a user name or password", "Leave out what stands before the @")
    if parts.fragment:
        return Problem("it has a fragment, which search engines leave out", f"Leave out '#{parts.fragment}'")
    return None


def is_host(host: str) -> bool:
    """Whether ``host`` can be a host: an address, or a name whose labels are at most 63 letters, digits, hyphens."""
    if ":" in host:
        return True  # urlsplit has checked an IPv6 address
    try:
        ascii_name = host if host.isascii() else host.encode("idna").decode()
    except UnicodeError:
        return False
    return len(ascii_name) <= 253 and all(_LABEL.fullmatch(label) for label in ascii_name.rstrip(".").split("."))


@lru_cache(_KEPT)
def utm_problem(value: str) -> Problem | None:
    """A UTM value of an entry is written plainly, not encoded, and holds nothing that would end it in a query.

    Analytics keeps any text that arrives encoded; but the signs that split a query show nearly always that a part of
    an address was pasted, and in exports their encoding differs from tool to tool, so that results find no entry.
    """
    if found := link_value_problem(value):
        return found
    if split := [sign for sign in SPLITS_A_QUERY if sign in value]:
        signs = " ".join(split)
        return Problem(f"it holds {signs}, which parts an address", "Give the value alone, and join words by hyphens")
    if _ENCODED.search(value):
        return Problem("it is encoded already, and would be encoded twice", "Write it plainly; links encode it")
    return None


def link_value_problem(value: str) -> Problem | None:
    """A link carries any value that can be seen and that analytics keeps whole, whatever has to be encoded in it."""
    if not value.strip():
        return Problem("it is blank", "Leave it out, or write a value such as 'spring-sale'")
    if len(value) > LONGEST_UTM:
        return Problem(f"it has {len(value)} characters; analytics keeps {LONGEST_UTM}", "Shorten it")
    if not value.isprintable():
        return Problem("it has a line break or another sign that cannot be seen", "Leave it out")
    if _PASTED.search(value):
        return Problem("it holds a parameter with its name, as a pasted part of an address", "Give the value alone")
    return None
