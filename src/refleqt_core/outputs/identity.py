"""Every string on record that gives a business away."""

from collections.abc import Iterable

import attrs

from ..context.records import ContextExtraction
from ..intake.activities import Activity
from ..intake.business import Business, BusinessProfile, TeamMember
from ..intake.calendar import CHANNELS, CalendarEntry, Campaign, SeoMetadata
from ..ports import Transaction, where
from ..values import BusinessId
from .identifying_strings import IdentifyingString, identifying_strings

PLATFORMS = frozenset(CHANNELS) | {"google", "bing", "meta", "x", "cpc", "ppc", "tiktok", "newsletter", "organic"}
"""UTM values that say which platform a click came from, and nothing of whose it was."""
A_CUSTOMER = "a customer"


def read_identity(tx: Transaction, business_id: BusinessId) -> tuple[IdentifyingString, ...]:
    """The strings of the business as its rows hold them now.

    Its name and website, products, competitors, people (team, owners, participants), UTM values and campaigns, and the
    names of customers and others that were read in its texts. Where a name is of several kinds the first one counts.
    """
    business = tx.get(Business, business_id)
    profiles = tx.find(BusinessProfile, order="valid_from")
    entries = tx.find(CalendarEntry)
    team = tx.find(TeamMember)
    strings = identifying_strings(
        businesses=[business.name],
        products=_each(product.name for profile in profiles for product in profile.products),
        competitors=_each(
            [*(name for profile in profiles for name in profile.competitors.all), *_named(tx, "competitor_mention")]
        ),
        people=_each([*(member.name for member in team), *(entry.owner for entry in entries), *_participants(tx)]),
        domains=_each([business.website, *(row.canonical_url for row in tx.find(SeoMetadata))]),
        handles=[business.slug],
        emails=_each(member.email for member in team),
        campaigns=_each([*_utm(entries), *(campaign.name for campaign in tx.find(Campaign))]),
    )
    known = {string.text.casefold() for string in strings}
    customers = [
        attrs.evolve(string, replacement=A_CUSTOMER)
        for string in identifying_strings(businesses=_each(_named(tx, "entity")))
        if string.text.casefold() not in known and not _is_platform(string.text)
    ]
    return (*strings, *customers)


def _named(tx: Transaction, kind: str) -> list[str]:
    return [row.text for row in tx.find(ContextExtraction, *where(kind=kind), order="valid_from")]


def _participants(tx: Transaction) -> list[str]:
    return [person.name for activity in tx.find(Activity) for person in activity.participants]


def _utm(entries: Iterable[CalendarEntry]) -> list[str | None]:
    values = [
        value
        for entry in entries
        for value in (entry.utm_campaign, entry.utm_content, entry.utm_source, entry.external_id)
    ]
    return [value for value in values if value and value.casefold() not in PLATFORMS]


def _is_platform(name: str) -> bool:
    return name.casefold() in PLATFORMS | {part for platform in PLATFORMS for part in platform.split("_")}


def _each(texts: Iterable[str | None]) -> list[str]:
    """Every text that is one, once, in its first order; a single letter or digit identifies nobody."""
    given = (text.strip() for text in texts if text)
    return list(dict.fromkeys(text for text in given if sum(map(str.isalnum, text)) >= 2))
