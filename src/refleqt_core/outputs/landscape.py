"""All that a recommendation rests on, read in one unit of work: who the business is, what it did, what came of it."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any
from uuid import UUID

import attrs

from ..attribution.records import ArtifactCredit
from ..cdt.outcomes import EntryOutcome, outcomes_due, slot
from ..cdt.records import Belief
from ..context.records import CompetitiveIntelligence, ContextExtraction
from ..intake.business import Business, BusinessProfile, Segment
from ..intake.calendar import CalendarEntry, Campaign, DistributionPlan, Keyword, SeoMetadata
from ..intake.performance import PerformanceRecord
from ..intake.tooling import Signal
from ..intake.vents import VentEntry, VentTheme
from ..marketplace.records import Creator
from ..phrases import segment_name
from ..ports import Transaction, where
from ..values import BusinessId
from .records import ExecutionMap, RecommendationOutcome

EVERYONE = Segment(key="all", name="customers")
"""The audience of a business that has named none."""
REMEMBERED = timedelta(days=90)
"""How long recommendations and signals are read back."""
OUT = ("published", "reviewed")


@attrs.frozen(kw_only=True, eq=False)
class Landscape:
    """What is known at ``now``. ``results`` are outcomes that are due, in the order of publication."""

    now: datetime
    business: Business
    profile: BusinessProfile
    entries: Sequence[CalendarEntry]
    results: Sequence[EntryOutcome]
    seo: Sequence[SeoMetadata]
    keywords: Sequence[Keyword]
    paid: Sequence[DistributionPlan]
    campaigns: Mapping[UUID, str]
    beliefs: Sequence[Belief]
    credits: Sequence[ArtifactCredit]
    creators: Sequence[Creator]
    signals: Sequence[Signal]
    insights: Sequence[ContextExtraction]
    competition: Sequence[CompetitiveIntelligence]
    themes: Sequence[VentTheme]
    vents: Sequence[VentEntry]
    recommended: Sequence[RecommendationOutcome]
    maps: Sequence[ExecutionMap]

    @cached_property
    def segments(self) -> tuple[Segment, ...]:
        """The audience's segments: those of the profile, else those that the calendar names, else everyone."""
        if self.profile.segments:
            return self.profile.segments
        keys = sorted({entry.icp_segment for entry in self.entries if entry.icp_segment})
        return tuple(Segment(key=key, name=key.replace("_", " ")) for key in keys) or (EVERYONE,)

    @cached_property
    def segment_by_key(self) -> Mapping[str, Segment]:
        """The segments by their key."""
        return {segment.key: segment for segment in self.segments}

    def audience(self, key: str) -> str:
        """The segment's name as it stands inside a sentence."""
        return segment_name(self.segment_by_key[key].name)

    @cached_property
    def planned(self) -> tuple[CalendarEntry, ...]:
        """What is on the calendar and not out yet, with a day in the future."""
        return tuple(
            entry
            for entry in self.entries
            if entry.status not in OUT and entry.publish_at is not None and entry.publish_at >= self.now
        )

    def published_since(self, start: datetime) -> tuple[CalendarEntry, ...]:
        """What went out from ``start`` until now."""
        return tuple(
            entry
            for entry in self.entries
            if entry.status in OUT and entry.publish_at is not None and start <= entry.publish_at <= self.now
        )

    @cached_property
    def slots(self) -> Mapping[UUID, str]:
        """The timing option of every entry that has a moment."""
        zone = self.business.time_zone
        return {entry.id: slot(entry.publish_at, zone) for entry in self.entries if entry.publish_at is not None}

    @cached_property
    def success_rate(self) -> float | None:
        """The share of due outcomes that reached their target; None before there are any."""
        return sum(result.success for result in self.results) / len(self.results) if self.results else None


def read_landscape(tx: Transaction, business_id: BusinessId, now: datetime) -> Landscape:
    """Everything as of now. No business: `NotFound`."""
    business = tx.get(Business, business_id)
    profiles = tx.find(BusinessProfile, *where(valid_to=None), order="valid_from")
    entries = tx.find(CalendarEntry)
    points = tx.latest(PerformanceRecord, *where(calendar_entry_id__null=False))
    remembered = now - REMEMBERED
    rows: dict[str, Any] = {
        "seo": tx.find(SeoMetadata),
        "keywords": tx.find(Keyword, order="term"),
        "paid": tx.find(DistributionPlan, *where(paid_budget__null=False)),
        "campaigns": {campaign.id: campaign.name for campaign in tx.find(Campaign)},
        "beliefs": tx.find(Belief),
        "credits": tx.find(ArtifactCredit, *where(model="linear"), order="-computed_at"),
        "creators": tx.find(Creator, *where(active=True), order="external_id"),
        "signals": tx.find(Signal, *where(detected_at__ge=remembered), order="-detected_at"),
        "insights": tx.find(ContextExtraction, *where(kind="customer_insight", valid_to=None), order="valid_from"),
        "competition": tx.find(CompetitiveIntelligence, order="-mentions"),
        "themes": tx.find(VentTheme, *where(count__ge=2), order="-count"),
        "vents": tx.find(VentEntry, *where(theme_id__null=False), order="-written_at"),
        "recommended": tx.find(RecommendationOutcome, *where(recommended_at__ge=remembered), order="recommended_at"),
        "maps": tx.find(ExecutionMap, *where(created_at__ge=remembered)),
    }
    return Landscape(
        now=now,
        business=business,
        profile=profiles[-1] if profiles else _unknown_profile(business),
        entries=entries,
        results=outcomes_due((entry for entry in entries if entry.status in OUT), points, now),
        **rows,
    )


def _unknown_profile(business: Business) -> BusinessProfile:
    return BusinessProfile(id=business.id, business_id=BusinessId(business.id), valid_from=business.created_at)
