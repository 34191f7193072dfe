"""Every use case of the loop, wired by hand on memory adapters, with a clock that the test moves."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

import attrs

from refleqt_adapters.blobs.memory import MemoryBlobStore
from refleqt_adapters.clock.simulated import SimulatedClock, SimulatedIds
from refleqt_adapters.connectors.recurrence import occurrences
from refleqt_adapters.embedder.memory import HashingEmbedder
from refleqt_adapters.llm.offline import OfflineLLM
from refleqt_adapters.queue.memory import MemoryQueue
from refleqt_adapters.store.memory import MemoryStore
from refleqt_adapters.transcriber.memory import MemoryTranscriber
from refleqt_adapters.vector_index.memory import MemoryVectorIndex
from refleqt_core.access import TokenService
from refleqt_core.attribution.service import AttributionService
from refleqt_core.cdt.forecast_ledger import ForecastService
from refleqt_core.cdt.service import BeliefService
from refleqt_core.context.activity_pages import ActivityReader
from refleqt_core.context.activity_report import ActivityReportService
from refleqt_core.context.removal import RemovalService
from refleqt_core.context.service import ContextService
from refleqt_core.context.vent_editing import VentEditing
from refleqt_core.context.vent_themes import VentThemeService
from refleqt_core.entities import Entity
from refleqt_core.intake.activity_log import ActivityService
from refleqt_core.intake.activity_types import ActivityTypeService
from refleqt_core.intake.business import Segment
from refleqt_core.intake.calendar_comments import CommentService
from refleqt_core.intake.calendar_service import CalendarService
from refleqt_core.intake.campaigns import CampaignService
from refleqt_core.intake.categorisation import CategorisationService
from refleqt_core.intake.drafts import EntryDraft, ImportedFile, OnboardingForm
from refleqt_core.intake.entry_templates import SeriesService, TemplateService
from refleqt_core.intake.onboarding import OnboardingService
from refleqt_core.intake.performance_service import PerformanceService
from refleqt_core.intake.tooling_service import ToolingService
from refleqt_core.intake.vent_board import VentService
from refleqt_core.intake.vent_reading import VentReader
from refleqt_core.jobs.catalogue import payload_of
from refleqt_core.kinds import BLOB_KINDS
from refleqt_core.outputs.entry_page import EntryReader
from refleqt_core.outputs.month_view import MonthService
from refleqt_core.ports import LLM, Filter, Job, MetricRecord, Transcript
from refleqt_core.profile import ProfileService
from refleqt_core.recommendations.activity_advice import ActivityAdviceService
from refleqt_core.recommendations.service import RecommendationService
from refleqt_core.values import BusinessId

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
"""A Monday."""

FILE = ImportedFile(name="export.csv", blob="0" * 64)

K = TypeVar("K", bound=Entity)


@attrs.frozen(kw_only=True)
class Composition:
    """One Refleqt in memory; `rows` looks beneath the use cases, at what is stored."""

    transcripts: Mapping[str, Transcript] = attrs.field(factory=dict)
    llm: LLM = attrs.field(factory=OfflineLLM)
    clock: SimulatedClock = attrs.field(factory=lambda: SimulatedClock(NOON))
    ids: SimulatedIds = attrs.field(init=False)
    queue: MemoryQueue = attrs.field(init=False)
    store: MemoryStore = attrs.field(factory=MemoryStore)
    vectors: MemoryVectorIndex = attrs.field(factory=MemoryVectorIndex)
    embedder: HashingEmbedder = attrs.field(factory=HashingEmbedder)
    blobs: MemoryBlobStore = attrs.field(factory=MemoryBlobStore)

    @ids.default
    def _ids(self) -> SimulatedIds:
        return SimulatedIds(self.clock)

    @queue.default
    def _queue(self) -> MemoryQueue:
        return MemoryQueue(self.clock)

    def _with(self, service: Any, *ports: str, **more: Any) -> Any:
        return service(**{name: getattr(self, name) for name in ("store", *ports)}, **more)

    @property
    def onboarding(self) -> OnboardingService:
        return self._with(OnboardingService, "queue", "clock", "ids", sentiment=lambda text: -0.5 * ("!" in text))

    @property
    def calendar(self) -> CalendarService:
        return self._with(CalendarService, "queue", "clock", "ids")

    @property
    def comments(self) -> CommentService:
        return self._with(CommentService, "clock", "ids")

    @property
    def campaigns(self) -> CampaignService:
        return self._with(CampaignService, "ids")

    @property
    def templates(self) -> TemplateService:
        return self._with(TemplateService, "clock", "ids")

    @property
    def series(self) -> SeriesService:
        return self._with(SeriesService, "queue", "clock", "ids", occurrences=occurrences)

    @property
    def entry_pages(self) -> EntryReader:
        return self._with(EntryReader, "clock")

    @property
    def months(self) -> MonthService:
        return self._with(MonthService, "clock")

    @property
    def categorisation(self) -> CategorisationService:
        return CategorisationService(store=self.store, llm=self.llm)

    @property
    def vents(self) -> VentService:
        return self._with(VentService, "queue", "clock", "ids")

    @property
    def activities(self) -> ActivityService:
        return self._with(
            ActivityService,
            "queue",
            "blobs",
            "clock",
            "ids",
            transcriber=MemoryTranscriber(self.transcripts),
            blob_kinds=BLOB_KINDS,
        )

    @property
    def activity_types(self) -> ActivityTypeService:
        return self._with(ActivityTypeService, "clock", "ids")

    @property
    def activity_pages(self) -> ActivityReader:
        return self._with(ActivityReader, "blobs")

    @property
    def activity_report(self) -> ActivityReportService:
        return self._with(
            ActivityReportService, "embedder", "clock", "ids", sentiment=lambda text: -0.5 * ("!" in text)
        )

    @property
    def activity_advice(self) -> ActivityAdviceService:
        return self._with(ActivityAdviceService, "clock", "ids")

    @property
    def performance(self) -> PerformanceService:
        return self._with(PerformanceService, "clock", "ids")

    @property
    def tooling(self) -> ToolingService:
        return self._with(ToolingService, "clock", "ids")

    @property
    def context(self) -> ContextService:
        return self._with(ContextService, "vectors", "embedder", "llm", "clock", "ids")

    @property
    def removal(self) -> RemovalService:
        return self._with(RemovalService, "blobs", "context", blob_kinds=BLOB_KINDS)

    @property
    def vent_editing(self) -> VentEditing:
        return self._with(VentEditing, "queue", "clock", "context")

    @property
    def vent_reader(self) -> VentReader:
        return self._with(VentReader, "clock")

    @property
    def vent_themes(self) -> VentThemeService:
        return self._with(VentThemeService, "vectors", "embedder", "clock", "ids")

    @property
    def attribution(self) -> AttributionService:
        return self._with(AttributionService, "clock", "ids")

    @property
    def beliefs(self) -> BeliefService:
        return self._with(BeliefService, "clock", "ids")

    @property
    def forecasts(self) -> ForecastService:
        return self._with(ForecastService, "clock", "ids")

    @property
    def recommendations(self) -> RecommendationService:
        return self._with(RecommendationService, "clock", "ids")

    @property
    def profile(self) -> ProfileService:
        return self._with(ProfileService)

    @property
    def tokens(self) -> TokenService:
        return self._with(TokenService, "clock", "ids")

    def business(self, slug: str = "brine", **form: Any) -> BusinessId:
        """A business that has been taken in, with the segments ``ops`` and ``chefs``."""
        segments = (Segment(key="ops", name="Operations"), Segment(key="chefs", name="Chefs"))
        given = {"name": slug.title(), "segments": segments} | form
        return BusinessId(self.onboarding.complete(OnboardingForm(slug=slug, **given)).id)

    def rows(self, business_id: BusinessId, kind: type[K], *filters: Filter, order: str = "id") -> list[K]:
        with self.store.business(business_id) as tx:
            return tx.find(kind, *filters, order=order)

    def add(self, business_id: BusinessId, *entities: Entity) -> None:
        with self.store.business(business_id) as tx:
            tx.add(*entities)

    def work(self) -> int:
        """The waiting jobs of reading, hearing and categorising are done; gives how many ended."""
        do = {
            "categorize_entry": lambda to, it: self.categorisation.categorise(to, it.calendar_entry_id),
            "generate_embeddings": lambda to, it: self.context.embed(to, it.source_type, it.source_id),
            "extract_context": self._extract,
            "transcribe_audio": lambda to, it: self.activities.hear(to, it.activity_artifact_id),
        }

        def handler(job: Job) -> None:
            do[job.kind](job.business_id, payload_of(job))

        ended = self.queue.work(dict.fromkeys(do, handler), until_empty=True)
        assert not self.queue.jobs(status="failed") and not self.queue.jobs(status="waiting")
        return ended

    def _extract(self, business_id: BusinessId, it: Any) -> None:
        self.context.extract(business_id, it.source_type, it.source_id)
        if it.source_type == "activity":
            self.activity_advice.learn(business_id, it.source_id)

    def pass_days(self, days: float) -> datetime:
        """Later; gives the moment."""
        self.clock.advance_to(self.clock.now() + timedelta(days=days))
        return self.clock.now()


def draft(external_id: str = "E-1", **changes: Any) -> EntryDraft:
    """A calendar entry; by default a published post for operations on LinkedIn that aims at 100 clicks."""
    given: dict[str, Any] = {
        "title": "Ten ways to waste less",
        "artifact_type": "social_post",
        "status": "published",
        "publish_at": NOON - timedelta(days=40),
        "icp_segment": "ops",
        "angle": "roi",
        "channel": "linkedin",
        "primary_kpi": "clicks",
        "kpi_target": 100.0,
    }
    return EntryDraft(external_id=external_id, **(given | changes))


def result(artifact: str = "E-1", value: float = 120.0, **changes: Any) -> MetricRecord:
    """What an artifact got on a day; by default clicks, within the thirty days of `draft`."""
    given: dict[str, Any] = {"source": "ga4", "metric": "clicks", "day": date(2026, 1, 25)}
    labels = {"artifact_id": artifact}
    return MetricRecord(
        entity_kind="artifact", entity_id=artifact, value=value, **({"labels": labels} | given | changes)
    )


def ids_of(rows: Sequence[Entity]) -> list[UUID]:
    return [row.id for row in rows]
