"""Patterns of UTM parameters: texts with places that are filled from an entry.

``{campaign}`` is filled with the entry's campaign; where it has none, the link cannot be made. ``{segment?}`` is left
out in that case, with the hyphen (or other sign) that joins it. ``{date:%Y-%m}`` is the day of publication.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from ..errors import Fault, InvalidInput
from .address_rules import LONGEST_UTM, SPLITS_A_QUERY, is_of_a_word
from .calendar import UtmTemplate
from .drafts import EntryDraft
from .utm import PARAMETERS, Utm

PLACES: Mapping[str, str] = {
    "channel": "channel",
    "campaign": "campaign",
    "external_id": "external_id",
    "title": "title",
    "type": "artifact_type",
    "segment": "icp_segment",
    "persona": "buyer_persona",
    "stage": "funnel_stage",
    "angle": "angle",
    "owner": "owner",
    "keyword": "primary_keyword",
    "date": "publish_at",
}
"""What may stand in braces, and the field of the entry that it is filled with."""

_PLACE = re.compile(r"(?P<join>[-_.~/| ]*)\{(?P<name>\w*)(?P<optional>\??)(?::(?P<form>[^{}]*))?\}")
_DAY_FORM = re.compile(r"(?:%[YymdjVG]|[\w.-])+")
_JOINS = "-_.~/| "
DAY = "%Y-%m-%d"

BUILT_IN: Mapping[str, tuple[str, str]] = {
    "blog": ("blog", "referral"),
    "email": ("{type}", "email"),
    "linkedin": ("linkedin", "social"),
    "twitter": ("twitter", "social"),
    "instagram": ("instagram", "social"),
    "facebook": ("facebook", "social"),
    "youtube": ("youtube", "video"),
    "google_ads": ("google", "cpc"),
    "meta_ads": ("facebook", "paid-social"),
    "linkedin_ads": ("linkedin", "paid-social"),
    "webinar": ("webinar", "referral"),
    "podcast": ("podcast", "audio"),
    "community": ("community", "social"),
    "partner": ("partner", "referral"),
}
"""Source and medium of each channel where the business has no template of its own: Google counts them as meant."""


class Pattern(NamedTuple):
    """A pattern for each parameter that has one."""

    name: str
    parameters: Mapping[str, str]


def built_in(channel: str) -> Pattern:
    """What links on that channel get where nobody said otherwise."""
    source, medium = BUILT_IN[channel]
    given = {"utm_source": source, "utm_medium": medium, "utm_campaign": "{campaign?}", "utm_content": "{external_id}"}
    return Pattern(f"built-in for {channel}", given | ({"utm_term": "{keyword?}"} if medium == "cpc" else {}))


def pattern_of(template: UtmTemplate) -> Pattern:
    """The patterns of a template."""
    given = {name: getattr(template, name, None) for name in PARAMETERS}
    return Pattern(template.name, {name: text for name, text in given.items() if text})


def check(pattern: Pattern) -> None:
    """Every place is known, every form of a date and every brace is right; else `InvalidInput` with all that is not."""
    faults = [fault for name, text in pattern.parameters.items() for fault in _faults(pattern.name, name, text)]
    if faults:
        raise InvalidInput(faults)


def filled(pattern: Pattern, draft: EntryDraft, publish_at: datetime | None) -> Utm:
    """The parameters that the pattern gives the entry; ``publish_at`` is in the time zone that its day is meant in.

    What is put in is tidied, without signs that part an address; a value that grows too long is cut. Places that the
    entry has nothing for, and are not optional: `InvalidInput` with all of them.
    """
    check(pattern)
    values = _values(draft, publish_at)
    missing = [
        (name, place["name"])
        for name, text in pattern.parameters.items()
        for place in _PLACE.finditer(text)
        if not place["optional"] and values[place["name"]] in (None, "")
    ]
    if missing:
        raise InvalidInput(_missing(pattern.name, draft.external_id, missing))
    made = {name: _fill(text, values) for name, text in pattern.parameters.items()}
    return Utm.of(made)


def _fill(text: str, values: Mapping[str, str | datetime | None]) -> str:
    """The text with its places filled, and without those that have nothing and what joins them."""

    def put(place: re.Match[str]) -> str:
        value = values[place["name"]]
        if value is None or value == "":
            return ""
        said = value.strftime(place["form"] or DAY) if isinstance(value, datetime) else value
        return place["join"] + said

    return _PLACE.sub(put, text).strip(_JOINS)[:LONGEST_UTM].rstrip(_JOINS)


def _values(draft: EntryDraft, publish_at: datetime | None) -> dict[str, str | datetime | None]:
    said = {place: getattr(draft, field) for place, field in PLACES.items() if place != "date"}
    fit = {place: _joined(text.replace("_", "-")) for place, text in said.items() if text}
    return dict.fromkeys(PLACES) | fit | {"external_id": _joined(draft.external_id), "date": publish_at}


def _joined(text: str) -> str:
    """The text in small letters, its words joined by hyphens, with no other signs."""
    plain = "".join(sign if is_of_a_word(sign) or sign in "-_.~+" else " " for sign in text.lower())
    return re.sub(r"-{2,}", "-", "-".join(plain.split())).strip("-")


def _faults(template: str, parameter: str, text: str) -> Iterator[Fault]:
    source = f"template '{template}'"
    for place in _PLACE.finditer(text):
        name, form = place["name"], place["form"]
        if name not in PLACES:
            remedy = f"Use one of: {', '.join(f'{{{each}}}' for each in PLACES)}."
            yield Fault(source, None, parameter, f"'{{{name}}}' is unknown", remedy)
        elif form is not None and (name != "date" or not _DAY_FORM.fullmatch(form)):
            remedy = "Only {date:…} takes a form, made of %Y %y %m %d %j %G %V, letters, digits and hyphens."
            yield Fault(source, None, parameter, f"'{form}' is no form of '{{{name}}}'", remedy)
    rest = _PLACE.sub("", text)
    if "{" in rest or "}" in rest:
        yield Fault(source, None, parameter, f"a brace of '{text}' has no other", "Write places like {campaign}.")
    if any(sign in rest for sign in f"{SPLITS_A_QUERY}%") or not rest.isprintable():
        yield Fault(source, None, parameter, f"'{text}' has a sign that parts an address", "Join words by hyphens.")


def _missing(template: str, entry: str, missing: Sequence[tuple[str, str]]) -> Iterator[Fault]:
    for parameter, place in missing:
        remedy = f"Give the entry its {PLACES[place]}, or write '{{{place}?}}' in the template to do without."
        yield Fault(f"entry '{entry}'", None, parameter, f"template '{template}' asks for '{{{place}}}'", remedy)
