"""What a success is worth to the business, and what an artifact costs on the marketplace."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from statistics import median

import attrs

from ..attribution.records import ArtifactCredit
from ..marketplace.records import Creator
from ..ports import Price
from ..values import Money, not_negative
from .landscape import Landscape

PRIOR_SUCCESSES = 5.0
"""Successes of the business's mean worth that each artifact type's own are drawn to."""


@attrs.frozen(kw_only=True)
class Terms:
    """What a business pays on top of a creator's base fee, as shares of it."""

    bonus_share: float = attrs.field(default=0.20, validator=not_negative)
    fee_share: float = attrs.field(default=0.15, validator=not_negative)

    def price(self, base_fee: Money) -> Price:
        """What a business pays for an artifact whose creator asks for ``base_fee``."""
        return Price(
            base_fee=base_fee,
            bonus_reserve=base_fee.scaled(self.bonus_share),
            platform_fee=base_fee.scaled(self.fee_share),
        )


@attrs.frozen(kw_only=True)
class Worth:
    """The revenue that comes with a success, in minor units of ``currency``; ``mean`` is None where nobody knows yet.

    ``by_type`` is drawn to the mean as far as a type has had few successes.
    """

    currency: str
    mean: float | None = None
    by_type: Mapping[str, float] = attrs.field(factory=dict)
    successes: int = 0

    def of(self, artifact_type: str) -> float | None:
        """What a success of that type is worth."""
        return None if self.mean is None else self.by_type.get(artifact_type, self.mean)


@attrs.frozen(kw_only=True)
class Economy:
    """What artifacts bring in and cost: prices by artifact type (None: nobody makes it), paid media by channel."""

    worth: Worth
    prices: Mapping[str, Price | None]
    media: Mapping[str, Money | None]

    def expected_value(self, artifact_type: str, channel: str, chance: float) -> int | None:
        """Revenue to be expected less all costs, in minor units; None where nobody knows what a success is worth."""
        worth = self.worth.of(artifact_type)
        if worth is None:
            return None
        price, media = self.prices[artifact_type], self.media[channel]
        return round(chance * worth) - (spent_on(price, chance).minor if price else 0) - (media.minor if media else 0)

    def in_successes(self, artifact_type: str, channel: str) -> tuple[float, float]:
        """What a success brings in and what is spent in any case, in units of the business's mean success.

        The bonus is due on success alone, so it lessens what a success brings in. Where nobody knows what one is worth
        every success counts the same and no cost does.
        """
        worth, mean = self.worth.of(artifact_type), self.worth.mean
        if worth is None or mean is None:
            return 1.0, 0.0
        price, media = self.prices[artifact_type], self.media[channel]
        spent = (price.base_fee + price.platform_fee).minor if price else 0
        bonus = price.bonus_reserve.minor if price else 0
        return (worth - bonus) / mean, (spent + (media.minor if media else 0)) / mean


def spent_on(price: Price, chance: float) -> Money:
    """What an artifact costs in the mean: the bonus is paid with the chance of success, else its reserve comes back."""
    return price.base_fee + price.bonus_reserve.scaled(chance) + price.platform_fee


def economy_of(landscape: Landscape, artifact_types: Iterable[str], channels: Iterable[str], terms: Terms) -> Economy:
    """What is known of worth, prices and media for these types and channels."""
    return Economy(
        worth=worth_of_success(landscape),
        prices={kind: price_of(landscape, kind, terms) for kind in sorted(set(artifact_types))},
        media={channel: media_budget(landscape, channel) for channel in sorted(set(channels))},
    )


def worth_of_success(landscape: Landscape) -> Worth:
    """Revenue per success by artifact type, shrunk to the business's mean, from linear-model credits.

    Revenue that came without success counts for its type too, so that chance × worth is the revenue to be expected.
    Entries count whose publication lies in a period that was attributed.
    """
    currency = currency_of(landscape)
    credit = _latest(landscape.credits, currency)
    spans = {(row.period_start, row.period_end) for row in credit}
    revenue: dict[str, float] = defaultdict(float)
    successes: Counter[str] = Counter()
    earned: Counter[object] = Counter()
    for row in credit:
        earned[row.calendar_entry_id] += row.revenue.minor
    for result in landscape.results:
        published = result.known_at.date() if result.entry.publish_at is None else result.entry.publish_at.date()
        if _is_within(published, spans):
            revenue[result.entry.artifact_type] += earned[result.entry.id]
            successes[result.entry.artifact_type] += result.success
    if not successes.total() or sum(revenue.values()) <= 0:
        return Worth(currency=currency)
    mean = sum(revenue.values()) / successes.total()
    by_type = {kind: (revenue[kind] + PRIOR_SUCCESSES * mean) / (successes[kind] + PRIOR_SUCCESSES) for kind in revenue}
    return Worth(currency=currency, mean=mean, by_type=by_type, successes=successes.total())


def currency_of(landscape: Landscape) -> str:
    """The currency of the business: of its revenue, else of its costs, else of its prices, else of its creators."""
    tiers = [tier.price for product in landscape.profile.products for tier in product.pricing_tiers]
    sources: Sequence[Sequence[str]] = (
        [row.revenue.currency for row in landscape.credits],
        [entry.production_cost.currency for entry in landscape.entries if entry.production_cost],
        [price.currency for price in tiers],
        [creator.currency for creator in landscape.creators],
    )
    named = next((each for each in sources if each), ["EUR"])
    return Counter(sorted(named)).most_common(1)[0][0]


def base_fees(landscape: Landscape, artifact_type: str) -> list[int]:
    """The base fees of the creators who make that type, in the business's currency, the lowest first."""
    currency = currency_of(landscape)
    able = [creator for creator in creators_to_ask(landscape) if creator.currency == currency]
    return sorted(creator.fees[artifact_type] for creator in able if _makes(creator, artifact_type))


def creators_to_ask(landscape: Landscape) -> list[Creator]:
    """The active creators of the business's trade who have a free place; where there are none at all, all active ones.

    Nobody else is offered a brief, so what none of them makes cannot be bought.
    """
    active = [creator for creator in landscape.creators if creator.active]
    trade = landscape.business.specialization
    free = [each for each in active if trade in each.specializations and each.current_load < each.capacity]
    return free or active


def price_of(landscape: Landscape, artifact_type: str, terms: Terms) -> Price | None:
    """The price by the median base fee; None where no creator makes that type."""
    fees = base_fees(landscape, artifact_type)
    if not fees:
        return None
    return terms.price(Money(minor=round(median(fees)), currency=currency_of(landscape)))


def media_budget(landscape: Landscape, channel: str) -> Money | None:
    """What the business usually spends to have an artifact shown on that channel; None where it never paid for it."""
    currency = currency_of(landscape)
    budgets = [
        plan.paid_budget.minor
        for plan in landscape.paid
        if plan.channel == channel and plan.paid_budget and plan.paid_budget.currency == currency
    ]
    return Money(minor=round(median(budgets)), currency=currency) if budgets else None


def _makes(creator: Creator, artifact_type: str) -> bool:
    return artifact_type in creator.artifact_types and artifact_type in creator.fees


def _latest(credit: Sequence[ArtifactCredit], currency: str) -> list[ArtifactCredit]:
    """The newest credits of every period; one that overlaps a newer one is left out, or revenue would count twice."""
    accepted: list[tuple[date, date]] = []
    found = []
    for row in sorted(credit, key=lambda each: each.computed_at, reverse=True):
        span = (row.period_start, row.period_end)
        if span not in accepted:
            if any(span[0] < end and start < span[1] for start, end in accepted):
                continue
            accepted.append(span)
        if row.revenue.currency == currency:
            found.append(row)
    return found


def _is_within(day: date, spans: set[tuple[date, date]]) -> bool:
    return any(start <= day < end for start, end in spans)
