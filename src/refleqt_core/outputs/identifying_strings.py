"""The strings that give a business away, each with what a stranger may read in its place."""

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import chain

import attrs

from ..errors import InvalidInput
from ..everyday_words import PLACE_WORDS, is_everyday
from ..folding import fold
from ..values import one_of

KINDS = (
    "business", "product", "competitor", "person", "domain", "handle", "email", "phone", "address", "campaign", "file",
)  # fmt: skip

GENERIC = {
    "business": "the company",
    "person": "a team member",
    "domain": "the company's website",
    "handle": "the company's account",
    "email": "an e-mail address",
    "phone": "a phone number",
    "address": "an address",
    "campaign": "a campaign",
    "file": "a document",
}
"""What replaces a string of each kind; products and competitors are lettered instead (``Product A``)."""

_LEGAL_FORM = re.compile(
    r"[\s,]*(?:\b|(?<=[a-z])(?=[A-Z])|(?<=\.))(?i:incorporated|inc|corporation|corp|company|co|limited|ltd|llc|llp|lp|"
    r"plc|gmbh|mbh|ag|se|kgaa|kg|ug|s\.?a\.?s|s\.?a|s\.?l|s\.?p\.?a|s\.?r\.?l|n\.?v|b\.?v|a\.?b|a/s|aps|oyj?|asa|as|"
    r"k\.?k|pty|pte|sdn|bhd|tbk|pjsc|jsc)\.?\s*$"
)
_WORDS = re.compile(r"[^\W_]+")
_Forms = Callable[[str], Iterable[str]]


@attrs.frozen
class IdentifyingString:
    """One string that must not be found in what a stranger reads, and its replacement.

    ``text`` needs two letters or digits; shorter ones stand for nothing and are refused with `InvalidInput`.
    """

    text: str = attrs.field()
    kind: str = attrs.field(validator=one_of(*KINDS))
    replacement: str = attrs.field(validator=attrs.validators.min_len(1))

    @text.validator
    def _says_enough(self, _attribute: "attrs.Attribute[str]", value: str) -> None:
        if sum(char.isalnum() for char in fold(value).text) < 2:
            raise InvalidInput(f"'{value}' is too short to identify anybody; give at least two letters or digits")

    @property
    def is_everyday(self) -> bool:
        """All its words are ordinary English, or it is very short: it needs case or context to be meant as a name."""
        words = _WORDS.findall(fold(self.text).text)
        return self.kind in _NAMED and (sum(map(len, words)) <= 3 or all(map(is_everyday, words)))

    @property
    def is_read_joined(self) -> bool:
        """Prose may say the same words by chance, so that it is meant only where they are joined as in a link.

        It is a UTM value such as ``honest-comparison``, of which at least half the words are ordinary English.
        """
        words = _WORDS.findall(fold(self.text).text)
        joined = self.kind == "campaign" and len(words) > 1 and not re.search(r"\s", self.text)
        return joined and 2 * sum(map(is_everyday, words)) >= len(words)


_NAMED = ("business", "product", "competitor", "person", "handle")


def identifying_strings(
    *,
    businesses: Iterable[str] = (),
    products: Iterable[str] = (),
    competitors: Iterable[str] = (),
    people: Iterable[str] = (),
    domains: Iterable[str] = (),
    handles: Iterable[str] = (),
    emails: Iterable[str] = (),
    phones: Iterable[str] = (),
    addresses: Iterable[str] = (),
    campaigns: Iterable[str] = (),
    files: Iterable[str] = (),
) -> tuple[IdentifyingString, ...]:
    """Every string that gives the business away, with its short forms, in a stable order and each once.

    Derived are: names without legal form and without descriptors at the end (``Brinewell Coffee Ltd``: ``Brinewell``),
    products without the business's name, first and last names, the host and the brand label of URLs, national forms of
    phone numbers, street lines and postcodes, file names without extension. ``campaigns`` are UTM values. Campaigns and
    file names that are ordinary English (``newsletter``, ``cpc``) identify nobody and are left out.
    """
    businesses = list(businesses)
    parts: list[tuple[str, Iterable[tuple[str, str]]]] = [
        ("business", _alike(businesses, _name_forms, GENERIC["business"])),
        ("product", _lettered(products, "Product", lambda name: _product_forms(name, businesses))),
        ("competitor", _lettered(competitors, "Competitor", _name_forms)),
        ("person", _alike(people, _person_forms, GENERIC["person"])),
        ("domain", _alike(domains, _hosts, GENERIC["domain"])),
        ("business", _alike(domains, _brand_labels, GENERIC["business"])),
        ("handle", _alike(handles, _handle_forms, GENERIC["handle"])),
        ("email", _alike(emails, lambda email: [email], GENERIC["email"])),
        ("phone", _alike(phones, _phone_forms, GENERIC["phone"])),
        ("address", _alike(addresses, _address_forms, GENERIC["address"])),
        ("campaign", _alike(campaigns, _unless_everyday, GENERIC["campaign"])),
        ("file", _alike(files, _file_forms, GENERIC["file"])),
    ]
    found: dict[str, IdentifyingString] = {}
    for kind, forms in parts:
        for text, replacement in forms:
            key = fold(text).text.strip()
            if sum(char.isalnum() for char in key) >= 2:
                found.setdefault(key, IdentifyingString(text.strip(), kind, replacement))
    return tuple(found.values())


def _alike(texts: Iterable[str], forms: _Forms, replacement: str) -> Iterator[tuple[str, str]]:
    return ((form, replacement) for text in texts for form in forms(text))


def _lettered(texts: Iterable[str], noun: str, forms: _Forms) -> Iterator[tuple[str, str]]:
    for position, text in enumerate(dict.fromkeys(texts)):
        yield from ((form, f"{noun} {_letter(position)}") for form in forms(text))


def _letter(position: int) -> str:
    """``A`` to ``Z``, then ``AA``, ``AB`` …"""
    prefix = _letter(position // 26 - 1) if position >= 26 else ""
    return prefix + chr(ord("A") + position % 26)


def _name_forms(name: str) -> list[str]:
    """The name, without its legal form, and without descriptors as long as what remains stands out."""
    bare = name.strip()
    forms = [bare]
    while (shorter := _LEGAL_FORM.sub("", bare).rstrip(" ,.&")) != bare and shorter:
        bare = shorter
        forms.append(bare)
    bare = re.sub(r"^the\s+", "", bare, flags=re.IGNORECASE)
    forms.append(bare)
    words = bare.split()
    while len(words) > 1 and not _says_something(words[-1]) and _stands_out(" ".join(words[:-1])):
        words.pop()
        forms.append(" ".join(words).rstrip(" ,.&"))
    return forms


def _says_something(word: str) -> bool:
    letters = "".join(_WORDS.findall(word)).lower()
    return bool(letters) and letters not in PLACE_WORDS | _FOREIGN_DESCRIPTORS and not is_everyday(letters)


_FOREIGN_DESCRIPTORS = frozenset({"groep", "gruppe", "groupe", "hq", "gruppo", "grupo"})


def _stands_out(name: str) -> bool:
    words = _WORDS.findall(name)
    return sum(map(len, words)) >= 4 and any(map(_says_something, words))


def _product_forms(name: str, businesses: Iterable[str]) -> list[str]:
    owners = chain.from_iterable(map(_name_forms, businesses))
    return [name, *(name[len(own) + 1 :] for own in owners if name.casefold().startswith(f"{own.casefold()} "))]


def _person_forms(name: str) -> list[str]:
    """Full name, surname first, initial and surname, and both parts alone."""
    words = [word for word in name.replace(",", " ").split() if word.rstrip(".").casefold() not in _TITLES]
    if len(words) < 2:
        return words
    first, last = words[0], words[-1]
    return [" ".join(words), f"{first} {last}", f"{last}, {first}", f"{first[0]}. {last}", last, first]


_TITLES = frozenset({"mr", "mrs", "ms", "dr", "prof", "sir", "jr", "sr", "phd", "mba"})


def _hosts(url: str) -> list[str]:
    return [re.sub(r"^(?:[a-z]+:)?//|^www\.", "", url.strip(), flags=re.IGNORECASE).removeprefix("www.").split("/")[0]]


def _brand_labels(url: str) -> list[str]:
    """The label of the host that carries the name: ``brinewell`` of ``shop.brinewell.co.uk``."""
    labels = _hosts(url)[0].casefold().split(":")[0].split(".")
    while len(labels) > 1 and (len(labels[-1]) <= 3 or labels[-1] in _LONG_ENDINGS):
        labels.pop()
    return [labels[-1]] if labels and _stands_out(labels[-1]) else []


_LONG_ENDINGS = frozenset({"info", "shop", "store", "tech", "online", "site", "agency", "cloud", "studio", "health"})


def _handle_forms(handle: str) -> list[str]:
    return [handle.strip().lstrip("@").rstrip("/").rsplit("/", 1)[-1]]


def _phone_forms(phone: str) -> list[str]:
    """All digits, and the last nine, which are the same with and without the country's code."""
    digits = "".join(char for char in fold(phone).text if char.isdigit())
    return [digits, digits[-9:]] if len(digits) > 10 else [digits]


def _address_forms(address: str) -> list[str]:
    """The address as far as each of its lines, and the lines that hold a number alone: street and postcode."""
    lines = [line for line in (line.strip() for line in re.split(r"[,\n;]", address)) if line]
    numbered = [line for line in lines if re.search(r"\d", line) and sum(map(str.isalnum, line)) >= 5]
    heads = [", ".join(lines[:count]) for count in range(len(lines), 1, -1)]
    return [head for head in heads if re.search(r"\d", head) or head == heads[0]] + numbered


def _unless_everyday(value: str) -> list[str]:
    return [] if all(is_everyday(word) or word.isdigit() for word in _WORDS.findall(value)) else [value]


def _file_forms(path: str) -> list[str]:
    name = re.split(r"[/\\]", path)[-1]
    return [form for form in (name, name.rsplit(".", 1)[0]) if _unless_everyday(form.rsplit(".", 1)[0])]
