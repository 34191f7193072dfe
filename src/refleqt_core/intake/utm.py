"""UTM parameters of links: put into an address, and read back from one."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, NamedTuple, TypeAlias
from urllib.parse import quote, unquote, unquote_plus, urlsplit

import attrs

from ..errors import Fault, InvalidInput
from .address_rules import is_host, link_value_problem

PARAMETERS = ("utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term", "utm_id")
"""In the order in which they are written."""

Merge: TypeAlias = Literal["replace", "fill", "keep"]
MERGES: Mapping[Merge, str] = {
    "replace": "the address carries the given parameters and no others",
    "fill": "what the address carries stays, and what it lacks is added",
    "keep": "an address that carries any of them stays as it is",
}

_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):(?!\d)", re.IGNORECASE)
_HOST_FIRST = re.compile(r"(?:localhost|[^\s/?#@:.]+(?:\.[^\s/?#@:.]+)+)(?::\d+)?(?=[/?#]|$)")
_ENCODED = re.compile(r"%[0-9a-f]{2}", re.IGNORECASE)


@attrs.frozen(kw_only=True)
class Utm:
    """The parameters of one link, decoded; None where it has none."""

    utm_source: str | None = None
    utm_medium: str | None = None
    utm_campaign: str | None = None
    utm_content: str | None = None
    utm_term: str | None = None
    utm_id: str | None = None

    @classmethod
    def of(cls, given: Mapping[str, str | None]) -> "Utm":
        """Those of ``given`` that are parameters, without blank ones."""
        return cls(**{name: value for name in PARAMETERS if (value := given.get(name)) and value.strip()})

    @property
    def given(self) -> dict[str, str]:
        """The parameters that are there, in the order in which they are written."""
        return {name: value for name in PARAMETERS if (value := getattr(self, name)) is not None}

    def tidied(self, *, lower: bool = True, space: str = "-") -> "Utm":
        """With every value as `tidy` makes it. Values that no link can carry: `InvalidInput`, all of them."""
        tidied = {name: tidy(value, lower=lower, space=space) for name, value in self.given.items()}
        faults = [
            Fault("utm", None, name, f"'{value}': {found.problem}", f"{found.remedy}.")
            for name, value in tidied.items()
            if (found := link_value_problem(value))
        ]
        if faults:
            raise InvalidInput(faults)
        return Utm(**tidied)


class _Address(NamedTuple):
    """An address in parts that give it back when put together again."""

    path: str
    query: tuple[str, ...]
    fragment: str

    def __str__(self) -> str:
        return self.path + ("?" + "&".join(self.query) if self.query else "") + self.fragment


def tidy(value: str, *, lower: bool = True, space: str = "-") -> str:
    """``value`` decoded, in small letters unless told otherwise, with ``space`` for every run of white space."""
    while (decoded := unquote(value)) != value:
        value = decoded
    return space.join((value.lower() if lower else value).split())


def build(url: str, utm: Utm, *, merge: Merge = "replace", lower: bool = True, space: str = "-") -> str:
    """``url`` with the parameters, merged with those it carries as `MERGES` says.

    All else of its query stays as it stands: order, doubled and blank parameters, encoding; so do its host (IDN, port)
    and its fragment, even one that looks like a query. The parameters stand at the end of the query, each once; those
    that stay are brought into small letters by name, and are encoded no second time. ``https://`` is put before a bare
    host. What splits a query is encoded. Done twice it is done once.
    What is no web address, and values that no link can carry: `InvalidInput`.
    """
    asked = utm.tidied(lower=lower, space=space).given
    address = _parsed(url)
    carried = {name: raw for name, raw in _carried(address.query) if _decoded(raw).strip()}
    if not asked or (merge == "keep" and carried):
        return str(address)
    staying = carried if merge == "fill" else {}
    written = {name: quote(value, safe="") for name, value in asked.items()} | staying
    others = [piece for piece in address.query if _name_of(piece) not in PARAMETERS and address.query != ("",)]
    pieces = (f"{name}={written[name]}" for name in PARAMETERS if name in written)
    return str(address._replace(query=(*others, *pieces)))


def read(url: str) -> Utm:
    """The parameters in the query of ``url`` as analytics reads them: the first of doubled ones, decoded once.

    Their names may stand in any case. No web address: `InvalidInput`. What is wrong with them `utm_remarks` says.
    """
    return Utm(**{name: value for name, raw in _carried(_parsed(url).query) if (value := _decoded(raw).strip())})


def web_address(url: str) -> str:
    """``url`` as `build` leaves it alone: stripped, and with a scheme. No web address: `InvalidInput`."""
    return str(_parsed(url))


def query_pieces(url: str) -> Sequence[tuple[str, str]]:
    """The parameters of the query by their names as they are written, with their values as they stand."""
    return [(name, raw) for name, _, raw in (piece.partition("=") for piece in _parsed(url).query)]


def fragment_of(url: str) -> str:
    """What follows the ``#``."""
    return _parsed(url).fragment[1:]


def is_encoded_twice(raw: str) -> bool:
    """Whether what analytics reads of a value is still encoded."""
    return _ENCODED.search(_decoded(raw)) is not None


def _parsed(url: str) -> _Address:
    text = url.strip()
    _check(text)
    if not _SCHEME.match(text) and _HOST_FIRST.match(text):
        text = f"https://{text}"
    rest, hash_sign, fragment = text.partition("#")
    path, mark, query = rest.partition("?")
    return _Address(path, tuple(query.split("&")) if mark else (), hash_sign + fragment)


def _check(text: str) -> None:
    if found := _address_problem(text):
        raise InvalidInput([Fault("url", None, None, f"'{text}' {found}", "Give it like https://example.com/page.")])


def _address_problem(text: str) -> str | None:
    if not text or not text.isprintable() or " " in text:
        return "is blank, or has spaces that are not encoded"
    scheme = _SCHEME.match(text)
    if scheme and scheme[1].lower() not in ("http", "https"):
        return "is no address of a web page"
    if not (scheme or text.startswith("/") or _HOST_FIRST.match(text)):
        return "has no host"
    try:
        parts = urlsplit(text if scheme or text.startswith("/") else f"//{text}")
        has_host = parts.port != 0 and is_host(parts.hostname or "")
    except ValueError:
        return "has no host that could be one"
    if not has_host and (parts.netloc or scheme or text.startswith("//")):
        return "has no host that could be one"
    return "carries a user name or password" if "@" in parts.netloc else None


def _carried(query: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The UTM parameters with their values as they stand, the first of doubled ones that says something last."""
    found = [(name, piece.partition("=")[2]) for piece in query if (name := _name_of(piece)) in PARAMETERS]
    said = [(name, raw) for name, raw in found if _decoded(raw).strip()]
    yield from reversed(said)


def _name_of(piece: str) -> str:
    return unquote_plus(piece.partition("=")[0]).strip().lower()


def _decoded(raw: str) -> str:
    return unquote_plus(raw)
