"""A small business made by hand, on memory adapters: a loom maker with two audiences and a year of emails and posts."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import attrs

from refleqt_adapters.clock.simulated import SimulatedClock, SimulatedIds
from refleqt_adapters.embedder.memory import HashingEmbedder
from refleqt_adapters.llm.offline import OfflineLLM
from refleqt_adapters.queue.memory import MemoryQueue
from refleqt_adapters.store.memory import MemoryStore
from refleqt_core.attribution.records import ArtifactCredit
from refleqt_core.cdt.forecast_ledger import ForecastService
from refleqt_core.cdt.service import BeliefService
from refleqt_core.context.records import ContextExtraction
from refleqt_core.intake.business import (
    BrandVoice,
    Business,
    BusinessProfile,
    Competitors,
    MarketingStack,
    PricingTier,
    Product,
    Segment,
    TeamMember,
)
from refleqt_core.intake.calendar import CalendarEntry, Keyword, SeoMetadata
from refleqt_core.intake.performance import PerformanceRecord
from refleqt_core.intake.vents import VentEntry, VentTheme
from refleqt_core.marketplace.records import Creator
from refleqt_core.outputs.briefs import BriefService
from refleqt_core.outputs.maps import MapService
from refleqt_core.outputs.suggestions import SuggestionService
from refleqt_core.values import BusinessId, Money

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
"""A Monday."""

OWN_STRINGS = (
    "Fennmarrow", "fennmarrow", "Shuttlewise", "Warpdale", "Ysolde", "Corvalho", "Dunhollow", "fm-0", "loomweek",
)  # fmt: skip
"""What no creator may read."""


@attrs.frozen(kw_only=True)
class SmallBusiness:
    """The business with everything that works on it."""

    id: BusinessId
    store: MemoryStore
    clock: SimulatedClock
    ids: SimulatedIds
    queue: MemoryQueue
    llm: Any = attrs.field(factory=OfflineLLM)
    seed: int = 0

    @property
    def beliefs(self) -> BeliefService:
        return BeliefService(store=self.store, clock=self.clock, ids=self.ids)

    @property
    def forecasts(self) -> ForecastService:
        return ForecastService(store=self.store, clock=self.clock, ids=self.ids)

    @property
    def suggestions(self) -> SuggestionService:
        return SuggestionService(
            store=self.store,
            queue=self.queue,
            beliefs=self.beliefs,
            forecasts=self.forecasts,
            llm=self.llm,
            clock=self.clock,
            ids=self.ids,
            seed=self.seed,
        )

    @property
    def maps(self) -> MapService:
        return MapService(
            store=self.store,
            queue=self.queue,
            beliefs=self.beliefs,
            forecasts=self.forecasts,
            llm=self.llm,
            clock=self.clock,
            ids=self.ids,
            seed=self.seed,
        )

    @property
    def briefs(self) -> BriefService:
        return BriefService(store=self.store, llm=self.llm, embedder=HashingEmbedder(), clock=self.clock, ids=self.ids)

    def add(self, *rows: Any) -> None:
        with self.store.business(self.id) as tx:
            tx.add(*rows)

    def find(self, kind: type[Any]) -> list[Any]:
        with self.store.business(self.id) as tx:
            return tx.find(kind)

    def row(self, entity: type[Any], /, **fields: Any) -> Any:
        return entity(id=self.ids.new(), business_id=self.id, **fields)

    def entry(self, number: int, artifact_type: str, channel: str, segment: str, angle: str, **fields: Any) -> Any:
        external_id = f"FM-{number:03}"
        given = {
            "title": f"Fennmarrow piece {number}",
            "status": "published",
            "owner": "Ysolde Corvalho",
            "primary_kpi": "clicks",
            "kpi_target": 40.0,
            "utm_campaign": "fennmarrow-loomweek",
            "utm_content": external_id.lower(),
            "created_at": NOW - timedelta(days=400),
            "updated_at": NOW - timedelta(days=400),
        } | fields
        return self.row(
            CalendarEntry,
            external_id=external_id,
            artifact_type=artifact_type,
            channel=channel,
            icp_segment=segment,
            angle=angle,
            **given,
        )

    def result(self, entry: CalendarEntry, value: float) -> Any:
        assert entry.publish_at and entry.primary_kpi
        return self.row(
            PerformanceRecord,
            calendar_entry_id=entry.id,
            matched_by="artifact_id",
            source="tracker",
            entity_id=entry.external_id,
            metric=entry.primary_kpi,
            day=entry.publish_at.date() + timedelta(days=3),
            value=value,
            recorded_at=NOW,
        )


def small_business(*, llm: Any = None, seed: int = 0, creators: bool = True, history: bool = True) -> SmallBusiness:
    """The business at `NOW`; the same in every run."""
    store, clock = MemoryStore(), SimulatedClock(NOW)
    ids = SimulatedIds(clock)
    business = SmallBusiness(
        id=BusinessId(ids.new()),
        store=store,
        clock=clock,
        ids=ids,
        queue=MemoryQueue(clock),
        llm=llm or OfflineLLM(),
        seed=seed,
    )
    business.add(
        Business(
            id=business.id,
            slug="fennmarrow",
            name="Fennmarrow Ltd",
            industry="Loom software for weaving mills",
            website="https://www.fennmarrow.example",
            time_zone="Europe/Amsterdam",
            created_at=NOW - timedelta(days=500),
        )
    )
    business.add(
        _profile(business), business.row(TeamMember, name="Ysolde Corvalho", email="ysolde@fennmarrow.example")
    )
    if history:
        _history(business)
        business.beliefs.observe(business.id)
        business.beliefs.update(business.id)
    if creators:
        with store.platform() as tx:
            tx.add(*_creators(ids))
    return business


def _profile(business: SmallBusiness) -> Any:
    return business.row(
        BusinessProfile,
        segments=(
            Segment(
                key="mill_managers",
                name="Mill managers",
                job_titles=("mill manager", "shift lead"),
                industries=("textile mills",),
                company_sizes=("51-200",),
                pain_points=("Looms that stand still while nobody notices", "Yarn that is ordered twice"),
            ),
            Segment(key="buyers", name="Buyers", job_titles=("head of purchasing",), pain_points=("Late deliveries",)),
        ),
        competitors=Competitors(direct=("Warpdale",)),
        brand_voice=BrandVoice(
            formality=0.2, technicality=0.8, words_we_use=("loom", "shift"), words_we_avoid=("synergy",)
        ),
        products=(
            Product(
                name="Fennmarrow Shuttlewise",
                description="Says which loom stands still and why",
                pricing_tiers=(PricingTier(name="Mill", price=Money(minor=49000)),),
            ),
        ),
        marketing_stack=MarketingStack(social=("linkedin",)),
        valid_from=NOW - timedelta(days=500),
    )


def _history(business: SmallBusiness) -> None:
    """Emails on return on investment work with buyers, posts on fear of loss work with nobody."""
    kinds = [
        ("email", "email", "buyers", "roi", (60.0, 55.0, 70.0, 20.0, 80.0)),
        ("social_post", "linkedin", "mill_managers", "fear_of_loss", (5.0, 8.0, 50.0, 3.0, 9.0)),
        ("blog_copy", "blog", "mill_managers", "education", (45.0, 10.0, 61.0)),
    ]
    number = 0
    for round_, (artifact_type, channel, segment, angle, values) in enumerate(kinds):
        for i, value in enumerate(values):
            number += 1
            at = NOW - timedelta(days=196 - 28 * i - round_, hours=1)
            entry = business.entry(number, artifact_type, channel, segment, angle, publish_at=at)
            business.add(entry, business.result(entry, value))
            if artifact_type == "blog_copy":
                business.add(_seo(business, entry, i))
    business.add(
        *(
            business.row(Keyword, term=t, cluster="looms", search_intent="informational", search_volume=v)
            for t, v in KEYWORDS
        )
    )
    _voices(business)


KEYWORDS = (("loom downtime", 500), ("weaving shift plan", 90), ("fennmarrow login", 900))


def _seo(business: SmallBusiness, entry: CalendarEntry, i: int) -> Any:
    return business.row(
        SeoMetadata,
        calendar_entry_id=entry.id,
        primary_keyword="loom downtime" if i == 0 else None,
        search_intent="informational",
        meta_description="What Ysolde Corvalho saw at Dunhollow Mill",
        canonical_url=f"https://www.fennmarrow.example/blog/{i}",
    )


def _voices(business: SmallBusiness) -> None:
    theme = business.row(
        VentTheme, label="looms that stand still", count=3, first_seen=NOW - timedelta(days=90), last_seen=NOW
    )
    vent = business.row(
        VentEntry,
        external_id="v1",
        text="Another loom stood still all night. Nobody at Dunhollow noticed.",
        written_at=NOW - timedelta(days=2),
        theme_id=theme.id,
        sentiment=-0.6,
    )
    business.add(theme, vent)
    business.add(
        _extraction(business, vent, "entity", "Dunhollow", "Dunhollow", "vent"),
        _extraction(
            business, vent, "customer_insight", "idle", "Our looms stand still for an hour a night", "activity"
        ),
    )


def _extraction(business: SmallBusiness, vent: VentEntry, kind: str, text: str, quote: str, source_type: str) -> Any:
    return business.row(
        ContextExtraction,
        source_type=source_type,
        source_id=vent.id,
        kind=kind,
        topic="looms",
        text=text,
        quote=quote,
        quote_start=0,
        quote_end=len(quote),
        model="test",
        extracted_at=NOW,
        valid_from=NOW - timedelta(days=2),
    )


def _creators(ids: SimulatedIds) -> Sequence[Creator]:
    every = ("blog_copy", "email", "newsletter", "social_post", "case_study", "landing_page", "whitepaper")
    fees = dict(zip(every, (40000, 15000, 20000, 8000, 60000, 50000, 150000), strict=True))
    return [
        Creator(
            id=ids.new(),
            external_id=f"cr-{i}",
            display_name=f"Creator {i}",
            specializations=("B2B_SaaS",) if i < 3 else ("DTC",),
            artifact_types=every,
            capacity=2,
            fees={kind: round(fee * (1 + i / 10)) for kind, fee in fees.items()},
        )
        for i in range(4)
    ]


def credited(
    business: SmallBusiness, revenue: dict[str, int], start: date, end: date, *, computed_at: datetime = NOW
) -> None:
    """Linear-model credit of the entries with these external ids, in minor units."""
    by_external_id = {entry.external_id: entry for entry in business.find(CalendarEntry)}
    business.add(
        *(
            business.row(
                ArtifactCredit,
                model="linear",
                calendar_entry_id=by_external_id[external_id].id,
                period_start=start,
                period_end=end,
                revenue=Money(minor=minor),
                conversions=1.0,
                journeys=1,
                computed_at=computed_at,
            )
            for external_id, minor in revenue.items()
        )
    )
