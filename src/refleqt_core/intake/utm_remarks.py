"""What is wrong with the UTM parameters of a link: where analytics reads them otherwise than they were meant."""

from collections import Counter
from collections.abc import Iterator
from urllib.parse import unquote_plus

from .address_rules import LONGEST_UTM, SPLITS_A_QUERY
from .channel_groups import EXPECTED_GROUPS, UNASSIGNED, channel_group, is_swapped
from .entry_advice import Advice
from .utm import PARAMETERS, Utm, fragment_of, is_encoded_twice, query_pieces

KNOWN = {*PARAMETERS, "utm_source_platform", "utm_creative_format", "utm_marketing_tactic"}
"""The parameters that Google Analytics 4 reads."""

LONGEST_LINK = 1_000
"""Characters that Google Analytics 4 keeps of a page's address."""


def link_remarks(url: str) -> tuple[Advice, ...]:
    """Remarks on the parameters of ``url`` as they are written; () where they are read as they were meant."""
    return (*_on_names(url), *_on_values(url), *_on_place(url))


def value_remarks(utm: Utm, channel: str | None = None) -> tuple[Advice, ...]:
    """Remarks on what the parameters say, on their own and for an entry on that channel of the calendar."""
    return (*_on_writing(utm), *_on_group(utm, channel))


def group_of(utm: Utm) -> str:
    """The default channel group that Google Analytics 4 counts such a visit in."""
    return channel_group(utm.utm_source, utm.utm_medium, utm.utm_campaign)


def _on_names(url: str) -> Iterator[Advice]:
    names = [unquote_plus(name).strip() for name, _ in query_pieces(url)]
    for name in dict.fromkeys(names):
        plain = name.lower()
        if plain.startswith("amp;utm_"):
            yield Advice(
                plain[4:], "'&amp;' stands before it", "Write '&': analytics takes 'amp;' for a part of its name"
            )
        elif plain in KNOWN and name != plain:
            yield Advice(plain, f"it is written '{name}'", "Analytics reads names in small letters alone")
        elif plain.startswith(("utm_", "utm-")) and plain not in KNOWN:
            yield Advice(name, "analytics does not know it", f"It knows: {', '.join(PARAMETERS)}")
    counted = Counter(name.lower() for name in names)
    for name in PARAMETERS:
        if counted[name] > 1:
            yield Advice(
                name, f"it stands there {counted[name]} times", "Analytics reads the first; leave out the others"
            )


def _on_values(url: str) -> Iterator[Advice]:
    for name, raw in query_pieces(url):
        plain = unquote_plus(name).strip().lower()
        if plain not in PARAMETERS:
            continue
        if not unquote_plus(raw).strip():
            yield Advice(plain, "it is blank", "Leave it out, or give it a value")
        elif is_encoded_twice(raw):
            yield Advice(plain, f"'{raw}' is encoded twice", f"Analytics shows '{unquote_plus(raw)}': encode it once")


def _on_place(url: str) -> Iterator[Advice]:
    fragment = fragment_of(url).lower()
    if any(f"{name}=" in fragment for name in PARAMETERS):
        yield Advice("url", "parameters stand behind the '#'", "Analytics does not see them there: put them before it")
    if len(url) > LONGEST_LINK:
        what = f"it has {len(url)} characters"
        yield Advice("url", what, f"Analytics keeps {LONGEST_LINK} of them, and may lose parameters at the end")


def _on_writing(utm: Utm) -> Iterator[Advice]:
    if not utm.utm_source and utm.given:
        yield Advice("utm_source", "it is missing", "Without a source analytics does not credit the visit")
    for name in ("utm_medium", "utm_campaign"):
        if utm.utm_source and not getattr(utm, name):
            yield Advice(name, "it is missing", "Analytics shows '(not set)' in its place")
    for name, value in utm.given.items():
        if value != value.lower():
            yield Advice(name, f"'{value}' has capitals", "Analytics counts each way of writing by itself")
        if any(sign.isspace() for sign in value):
            yield Advice(name, f"'{value}' has spaces", "Tools export them in different ways: use hyphens")
        if split := [sign for sign in SPLITS_A_QUERY if sign in value]:
            what = f"'{value}' holds {' '.join(split)}, which is encoded"
            yield Advice(name, what, "Tools export it in different ways: join words by hyphens")
        if len(value) > LONGEST_UTM:
            yield Advice(name, f"it has {len(value)} characters", f"Analytics keeps {LONGEST_UTM} of them")


def _on_group(utm: Utm, channel: str | None) -> Iterator[Advice]:
    if is_swapped(utm.utm_source, utm.utm_medium):
        why = f"The source says who sends the visit, the medium by what kind of link: '{utm.utm_medium}' is a source"
        yield Advice("utm_medium", "source and medium seem to be swapped", why)
        return
    group = group_of(utm)
    if utm.utm_source and utm.utm_medium and group == UNASSIGNED:
        why = "Use a medium it knows, such as email, social, cpc, paid-social, referral, affiliate or audio"
        yield Advice("utm_medium", f"analytics counts '{utm.utm_medium}' in no channel group", why)
    expected = EXPECTED_GROUPS.get(channel or "", ())
    if utm.utm_source and expected and group not in (*expected, UNASSIGNED):
        said = (channel or "").replace("_", " ")
        yield Advice(
            "utm_medium", f"analytics counts it as {group}", f"For {said} it should be {' or '.join(expected)}"
        )
