"""The terms of the marketplace: prices, deadlines, and how much past work counts."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import attrs

from ..outputs.economics import Terms
from ..values import not_negative, share
from .scores import HALF_LIFE_DAYS, Weighing

SLA_HOURS: Mapping[str, float] = {
    "social_post": 72,
    "ad_copy": 96,
    "email": 96,
    "newsletter": 96,
    "case_study": 288,
    "whitepaper": 336,
}


@attrs.frozen(kw_only=True)
class MarketplaceTerms(Terms):
    """What a business could want otherwise, with the defaults; what it pays is as in the maps that it buys.

    A job's weight halves every ``half_life_days``; the prior counts as much as ``prior_jobs`` jobs. ``exploration`` is
    how many posterior standard deviations a rising creator is given on top. An accepted brief without a delivery is
    overdue after ``overdue_factor`` times its SLA.
    """

    answer_within: timedelta = timedelta(hours=24)
    premium_offers: int = 3
    attempts: int = 3
    half_life_days: float = HALF_LIFE_DAYS
    prior_jobs: float = 3.0
    performance_share: float = attrs.field(default=0.6, validator=share)
    exploration: float = attrs.field(default=0.3, validator=not_negative)
    history_days: int = 720
    sla_hours: Mapping[str, float] = attrs.field(factory=lambda: dict(SLA_HOURS))
    default_sla_hours: float = 168.0
    overdue_factor: float = 2.0

    def weighing(self, now: datetime) -> Weighing:
        """How much past jobs count at that moment."""
        return Weighing(now=now, half_life_days=self.half_life_days, prior_jobs=self.prior_jobs)

    def sla(self, artifact_type: str) -> float:
        """Hours in which an artifact of that type is to be delivered."""
        return self.sla_hours.get(artifact_type, self.default_sla_hours)
