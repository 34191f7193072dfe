"""The one place that knows every technology: ports and use cases, wired as the settings say.

Adapters are imported when they are first asked for, so that a command pays only for what it uses.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dependency_injector import containers, providers

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
from refleqt_core.errors import InvalidInput
from refleqt_core.intake.activity_files import TranscriptReader
from refleqt_core.intake.activity_log import ActivityService
from refleqt_core.intake.activity_types import ActivityTypeService
from refleqt_core.intake.brand_assets import BrandAssetService
from refleqt_core.intake.calendar_comments import CommentService
from refleqt_core.intake.calendar_patterns.nightly import NightlyPatterns
from refleqt_core.intake.calendar_patterns.service import PatternService
from refleqt_core.intake.calendar_service import CalendarService
from refleqt_core.intake.campaigns import CampaignService
from refleqt_core.intake.categorisation import CategorisationService
from refleqt_core.intake.column_mappings import ColumnMappingService
from refleqt_core.intake.conversations import ConversationService
from refleqt_core.intake.entry_templates import Occurrences, SeriesService, TemplateService
from refleqt_core.intake.onboarding import OnboardingService
from refleqt_core.intake.performance_service import PerformanceService
from refleqt_core.intake.tooling_service import ToolingService
from refleqt_core.intake.transcript_intake import TranscriptService
from refleqt_core.intake.utm_service import UtmService
from refleqt_core.intake.vent_board import VentService
from refleqt_core.intake.vent_reading import VentReader
from refleqt_core.jobs.handlers import handlers
from refleqt_core.kinds import BLOB_KINDS
from refleqt_core.marketplace.service import MarketplaceService
from refleqt_core.outputs.briefs import BriefService
from refleqt_core.outputs.entry_page import EntryReader
from refleqt_core.outputs.maps import MapService
from refleqt_core.outputs.month_view import MonthService
from refleqt_core.outputs.suggestions import SuggestionService
from refleqt_core.ports import (
    LLM,
    BlobStore,
    Cipher,
    Clock,
    Embedder,
    Events,
    Handler,
    Ids,
    PaymentEscrow,
    Queue,
    Store,
    Transcriber,
    VectorIndex,
)
from refleqt_core.profile import ProfileService
from refleqt_core.recommendations.activity_advice import ActivityAdviceService
from refleqt_core.recommendations.service import RecommendationService
from refleqt_core.spending import MeteredLLM, SpendingService
from refleqt_core.upkeep import UpkeepService

from .calendar_exports import CalendarExports
from .calendar_files import CalendarFiles
from .importer import FileImporter
from .settings import Settings

if TYPE_CHECKING:
    from .postgres.connections import Database


def _database(settings: Settings) -> Iterator["Database"]:
    from .postgres.connections import Database

    if settings.database_url is not None:
        url = settings.database_url.get_secret_value()
    else:
        from .postgres.database import embedded_database

        url = embedded_database(settings.home, settings.database, fsync=settings.fsync)
    database = Database(url, pool_size=settings.pool_size)
    yield database
    database.close()


def _memory_store() -> Store:
    from .store.memory import MemoryStore

    return MemoryStore()


def _postgres_store(database: "Database") -> Store:
    from .store.postgres import PostgresStore

    return PostgresStore(database)


def _memory_vectors() -> VectorIndex:
    from .vector_index.memory import MemoryVectorIndex

    return MemoryVectorIndex()


def _pgvector(database: "Database") -> VectorIndex:
    from .vector_index.pgvector import PgVectorIndex

    return PgVectorIndex(database)


def _memory_queue(clock: Clock) -> Queue:
    from .queue.memory import MemoryQueue

    return MemoryQueue(clock)


def _procrastinate(database: "Database") -> Queue:
    from .queue.procrastinate import ProcrastinateQueue

    return ProcrastinateQueue(database)


def _memory_events() -> Events:
    from .events.memory import MemoryEvents

    return MemoryEvents()


def _postgres_events(database: "Database") -> Iterator[Events]:
    from .events.postgres import PostgresEvents

    events = PostgresEvents(database)
    yield events
    events.close()


def _memory_blobs() -> BlobStore:
    from .blobs.memory import MemoryBlobStore

    return MemoryBlobStore()


def _filesystem_blobs(settings: Settings) -> BlobStore:
    from .blobs.filesystem import FilesystemBlobStore

    return FilesystemBlobStore(settings.home / "blobs")


def _hashing_embedder() -> Embedder:
    from .embedder.memory import HashingEmbedder

    return HashingEmbedder()


def _minilm() -> Embedder:
    from .embedder.minilm import MiniLMEmbedder

    return MiniLMEmbedder()


def _static(settings: Settings) -> Embedder:
    from .embedder.static import StaticEmbedder

    return StaticEmbedder(_embedder_folder(settings))


def _sentence_transformers(settings: Settings) -> Embedder:
    from .embedder.sentence_transformers import SentenceTransformersEmbedder

    return SentenceTransformersEmbedder(
        _embedder_folder(settings), threads=settings.embedder_threads, batch=settings.embedder_batch
    )


def _embedder_folder(settings: Settings) -> Path:
    if settings.embedder_path is None:
        raise InvalidInput("no embedding model is named; set REFLEQT_EMBEDDER_PATH to the folder of one")
    return settings.embedder_path.expanduser()


def _hosted_embedder(settings: Settings) -> Embedder:
    from .embedder.litellm import LiteLLMEmbedder

    key = settings.embedder_api_key
    return LiteLLMEmbedder(
        settings.embedder_model,
        api_base=settings.embedder_api_base,
        api_key=key.get_secret_value() if key else None,
        time_out=settings.embedder_time_out,
        batch=settings.embedder_batch,
        longest=settings.embedder_longest,
    )


def _offline_llm() -> LLM:
    from .llm.offline import OfflineLLM

    return OfflineLLM()


def _litellm(settings: Settings) -> LLM:
    from .llm.litellm import LiteLLM, Price

    key, prices = settings.llm_api_key, (settings.llm_price_in, settings.llm_price_out)
    return LiteLLM(
        settings.llm_model,
        api_base=settings.llm_api_base,
        api_key=key.get_secret_value() if key else None,
        timeout=settings.llm_timeout,
        json_mode=settings.llm_json_mode,
        price=None if prices == (None, None) else Price(tokens_in=prices[0] or 0.0, tokens_out=prices[1] or 0.0),
    )


def _llama_cpp(settings: Settings) -> LLM:
    from .llm.llama_cpp import LlamaCpp

    if settings.llm_path is None:
        raise InvalidInput("llama_cpp needs a model; name its GGUF file in REFLEQT_LLM_PATH")
    return LlamaCpp(settings.llm_path.expanduser(), context=settings.llm_context, threads=settings.llm_threads)


def _pocketsphinx() -> Transcriber:
    from .transcriber.pocketsphinx import PocketSphinxTranscriber

    return PocketSphinxTranscriber()


def _whisper(settings: Settings) -> Transcriber:
    from .transcriber.whisper import WhisperTranscriber

    if settings.whisper_model is None:
        raise InvalidInput("no checkpoint of Whisper is named; set REFLEQT_WHISPER_MODEL to the path of one")
    return WhisperTranscriber(settings.whisper_model.expanduser(), language=settings.transcriber_language)


def _hosted_whisper(settings: Settings) -> Transcriber:
    from .transcriber.litellm import LiteLLMTranscriber

    return LiteLLMTranscriber(settings.transcriber_model or "openai/whisper-1", **_hosted(settings))


def _deepgram(settings: Settings) -> Transcriber:
    from .transcriber.deepgram import DeepgramTranscriber

    return DeepgramTranscriber(settings.transcriber_model or "nova-3", **_hosted(settings))


def _hosted(settings: Settings) -> dict[str, Any]:
    key = settings.transcriber_api_key
    return {
        "api_base": settings.transcriber_api_base,
        "api_key": key.get_secret_value() if key else None,
        "language": settings.transcriber_language,
        "time_out": settings.transcriber_time_out,
    }


def _fernet(settings: Settings) -> Cipher:
    from .cipher.fernet import FernetCipher
    from .cipher.key_file import kept_key

    keys = [key.get_secret_value() for key in settings.secret_keys]
    return FernetCipher(keys or [kept_key(settings.home / "secret.key")])


def _ledger(clock: Clock, ids: Ids) -> PaymentEscrow:
    from .escrow.ledger import LedgerEscrow

    return LedgerEscrow(clock=clock, ids=ids)


def _system_clock() -> Clock:
    from .clock.system import SystemClock

    return SystemClock()


def _simulated_clock(settings: Settings) -> Clock:
    from .clock.simulated import SimulatedClock

    if settings.clock_start is None:
        raise InvalidInput("a simulated clock needs a start; set REFLEQT_CLOCK_START to a moment with a time zone")
    return SimulatedClock(settings.clock_start)


def _system_ids() -> Ids:
    from .clock.system import SystemIds

    return SystemIds()


def _simulated_ids(clock: Clock, settings: Settings) -> Ids:
    from .clock.simulated import SimulatedIds

    return SimulatedIds(clock, seed=settings.seed)


def _sentiment() -> Callable[[str], float]:
    from .llm.offline_extraction import mood_of

    return mood_of


def _occurrences() -> Occurrences:
    from .connectors.recurrence import occurrences

    return occurrences


def _transcript_reader() -> TranscriptReader:
    from .connectors.transcript_files import read_transcript

    return read_transcript


def _mood_words() -> Callable[[str], Sequence[str]]:
    from .llm.offline_extraction import mood_words

    return mood_words


class Container(containers.DeclarativeContainer):
    """Ports are made once; use cases are made anew each time, since they hold nothing but ports.

    What has to be closed is a resource: opened when it is first asked for, and closed only if it was.
    """

    settings: providers.Dependency[Settings] = providers.Dependency(instance_of=Settings)

    clock: providers.Provider[Clock] = providers.Selector(
        settings.provided.clock,
        system=providers.Singleton(_system_clock),
        simulated=providers.Singleton(_simulated_clock, settings),
    )
    ids: providers.Provider[Ids] = providers.Selector(
        settings.provided.clock,
        system=providers.Singleton(_system_ids),
        simulated=providers.Singleton(_simulated_ids, clock, settings),
    )
    database: "providers.Resource[Database]" = providers.Resource(_database, settings)
    store: providers.Provider[Store] = providers.Selector(
        settings.provided.store,
        memory=providers.Singleton(_memory_store),
        postgres=providers.Singleton(_postgres_store, database),
    )
    vectors: providers.Provider[VectorIndex] = providers.Selector(
        settings.provided.vector_index,
        memory=providers.Singleton(_memory_vectors),
        pgvector=providers.Singleton(_pgvector, database),
    )
    queue: providers.Provider[Queue] = providers.Selector(
        settings.provided.queue,
        memory=providers.Singleton(_memory_queue, clock),
        procrastinate=providers.Singleton(_procrastinate, database),
    )
    events: providers.Provider[Events] = providers.Selector(
        settings.provided.events,
        memory=providers.Singleton(_memory_events),
        postgres=providers.Resource(_postgres_events, database),
    )
    blobs: providers.Provider[BlobStore] = providers.Selector(
        settings.provided.blobs,
        memory=providers.Singleton(_memory_blobs),
        filesystem=providers.Singleton(_filesystem_blobs, settings),
    )
    embedder: providers.Provider[Embedder] = providers.Selector(
        settings.provided.embedder,
        memory=providers.Singleton(_hashing_embedder),
        minilm=providers.Singleton(_minilm),
        static=providers.ThreadSafeSingleton(_static, settings),
        sentence_transformers=providers.ThreadSafeSingleton(_sentence_transformers, settings),
        litellm=providers.Singleton(_hosted_embedder, settings),
    )
    model: providers.Provider[LLM] = providers.Selector(
        settings.provided.llm,
        offline=providers.Singleton(_offline_llm),
        litellm=providers.Singleton(_litellm, settings),
        llama_cpp=providers.ThreadSafeSingleton(_llama_cpp, settings),
    )
    spending: providers.Factory[SpendingService] = providers.Factory(
        SpendingService, store=store, clock=clock, ids=ids, default_micros=settings.provided.llm_budget_micros
    )
    llm: providers.Singleton[LLM] = providers.Singleton(MeteredLLM, llm=model, spending=spending)
    transcriber: providers.Provider[Transcriber] = providers.Selector(
        settings.provided.transcriber,
        pocketsphinx=providers.Singleton(_pocketsphinx),
        whisper=providers.ThreadSafeSingleton(_whisper, settings),
        litellm=providers.Singleton(_hosted_whisper, settings),
        deepgram=providers.Singleton(_deepgram, settings),
    )
    cipher: providers.Provider[Cipher] = providers.Singleton(_fernet, settings)
    escrow: providers.Provider[PaymentEscrow] = providers.Singleton(_ledger, clock, ids)

    tokens: providers.Factory[TokenService] = providers.Factory(TokenService, store=store, clock=clock, ids=ids)
    profile: providers.Factory[ProfileService] = providers.Factory(ProfileService, store=store)
    onboarding: providers.Factory[OnboardingService] = providers.Factory(
        OnboardingService,
        store=store,
        queue=queue,
        clock=clock,
        ids=ids,
        sentiment=providers.Singleton(_sentiment),
        mood_words=providers.Singleton(_mood_words),
    )
    brand_assets: providers.Factory[BrandAssetService] = providers.Factory(
        BrandAssetService, store=store, blobs=blobs, clock=clock, ids=ids
    )
    calendar: providers.Factory[CalendarService] = providers.Factory(
        CalendarService, store=store, queue=queue, clock=clock, ids=ids
    )
    patterns: providers.Factory[PatternService] = providers.Factory(PatternService, store=store, clock=clock, ids=ids)
    nightly: providers.Factory[NightlyPatterns] = providers.Factory(
        NightlyPatterns, store=store, queue=queue, clock=clock
    )
    comments: providers.Factory[CommentService] = providers.Factory(CommentService, store=store, clock=clock, ids=ids)
    campaigns: providers.Factory[CampaignService] = providers.Factory(CampaignService, store=store, ids=ids)
    templates: providers.Factory[TemplateService] = providers.Factory(
        TemplateService, store=store, clock=clock, ids=ids
    )
    series: providers.Factory[SeriesService] = providers.Factory(
        SeriesService,
        store=store,
        queue=queue,
        clock=clock,
        ids=ids,
        occurrences=providers.Singleton(_occurrences),
    )
    entry_pages: providers.Factory[EntryReader] = providers.Factory(EntryReader, store=store, clock=clock)
    months: providers.Factory[MonthService] = providers.Factory(MonthService, store=store, clock=clock)
    categorisation: providers.Factory[CategorisationService] = providers.Factory(
        CategorisationService, store=store, llm=llm
    )
    utm: providers.Factory[UtmService] = providers.Factory(UtmService, store=store, calendar=calendar, ids=ids)
    vents: providers.Factory[VentService] = providers.Factory(
        VentService, store=store, queue=queue, clock=clock, ids=ids
    )
    activities: providers.Factory[ActivityService] = providers.Factory(
        ActivityService,
        store=store,
        queue=queue,
        blobs=blobs,
        transcriber=transcriber,
        clock=clock,
        ids=ids,
        blob_kinds=BLOB_KINDS,
        read_transcript=providers.Singleton(_transcript_reader),
        spending=providers.Selector(
            settings.provided.transcriber,
            pocketsphinx=providers.Object(None),
            whisper=providers.Object(None),
            litellm=spending,
            deepgram=spending,
        ),
    )
    transcripts: providers.Factory[TranscriptService] = providers.Factory(
        TranscriptService, store=store, activities=activities
    )
    conversations: providers.Factory[ConversationService] = providers.Factory(
        ConversationService, store=store, queue=queue, blobs=blobs, clock=clock, ids=ids
    )
    performance: providers.Factory[PerformanceService] = providers.Factory(
        PerformanceService, store=store, clock=clock, ids=ids
    )
    tooling: providers.Factory[ToolingService] = providers.Factory(ToolingService, store=store, clock=clock, ids=ids)
    context: providers.Factory[ContextService] = providers.Factory(
        ContextService, store=store, vectors=vectors, embedder=embedder, llm=llm, clock=clock, ids=ids
    )
    activity_types: providers.Factory[ActivityTypeService] = providers.Factory(
        ActivityTypeService, store=store, clock=clock, ids=ids
    )
    activity_pages: providers.Factory[ActivityReader] = providers.Factory(ActivityReader, store=store, blobs=blobs)
    activity_report: providers.Factory[ActivityReportService] = providers.Factory(
        ActivityReportService,
        store=store,
        embedder=embedder,
        clock=clock,
        ids=ids,
        sentiment=providers.Singleton(_sentiment),
    )
    activity_advice: providers.Factory[ActivityAdviceService] = providers.Factory(
        ActivityAdviceService, store=store, clock=clock, ids=ids, seed=settings.provided.seed
    )
    removal: providers.Factory[RemovalService] = providers.Factory(
        RemovalService, store=store, blobs=blobs, context=context, blob_kinds=BLOB_KINDS
    )
    vent_editing: providers.Factory[VentEditing] = providers.Factory(
        VentEditing, store=store, queue=queue, clock=clock, context=context
    )
    vent_reader: providers.Factory[VentReader] = providers.Factory(VentReader, store=store, clock=clock)
    vent_themes: providers.Factory[VentThemeService] = providers.Factory(
        VentThemeService, store=store, vectors=vectors, embedder=embedder, clock=clock, ids=ids
    )
    attribution: providers.Factory[AttributionService] = providers.Factory(
        AttributionService, store=store, clock=clock, ids=ids, seed=settings.provided.seed
    )
    beliefs: providers.Factory[BeliefService] = providers.Factory(BeliefService, store=store, clock=clock, ids=ids)
    forecasts: providers.Factory[ForecastService] = providers.Factory(
        ForecastService, store=store, clock=clock, ids=ids
    )
    suggestions: providers.Factory[SuggestionService] = providers.Factory(
        SuggestionService,
        store=store,
        queue=queue,
        beliefs=beliefs,
        forecasts=forecasts,
        llm=llm,
        clock=clock,
        ids=ids,
        seed=settings.provided.seed,
    )
    maps: providers.Factory[MapService] = providers.Factory(
        MapService,
        store=store,
        queue=queue,
        beliefs=beliefs,
        forecasts=forecasts,
        llm=llm,
        clock=clock,
        ids=ids,
        seed=settings.provided.seed,
    )
    briefs: providers.Factory[BriefService] = providers.Factory(
        BriefService, store=store, llm=llm, embedder=embedder, clock=clock, ids=ids
    )
    marketplace: providers.Factory[MarketplaceService] = providers.Factory(
        MarketplaceService, store=store, escrow=escrow, embedder=embedder, blobs=blobs, clock=clock, ids=ids
    )
    recommendations: providers.Factory[RecommendationService] = providers.Factory(
        RecommendationService, store=store, clock=clock, ids=ids
    )
    upkeep: providers.Factory[UpkeepService] = providers.Factory(
        UpkeepService,
        store=store,
        profile=profile,
        marketplace=marketplace,
        performance=performance,
        forecasts=forecasts,
        beliefs=beliefs,
        recommendations=recommendations,
        nightly=nightly,
        series=series,
    )
    column_mappings: providers.Factory[ColumnMappingService] = providers.Factory(
        ColumnMappingService, store=store, clock=clock, ids=ids
    )
    calendar_exports: providers.Factory[CalendarExports] = providers.Factory(CalendarExports, store=store)
    calendar_files: providers.Factory[CalendarFiles] = providers.Factory(
        CalendarFiles, store=store, clock=clock, blobs=blobs, calendar=calendar, mappings=column_mappings
    )
    importer: providers.Factory[FileImporter] = providers.Factory(
        FileImporter,
        calendar_files=calendar_files,
        transcripts=transcripts,
        conversations=conversations,
        removal=removal,
        store=store,
        clock=clock,
        blobs=blobs,
        onboarding=onboarding,
        calendar=calendar,
        vents=vents,
        activities=activities,
        performance=performance,
        tooling=tooling,
        attribution=attribution,
        marketplace=marketplace,
    )
    handlers: providers.Callable[Mapping[str, Handler]] = providers.Callable(
        handlers,
        context=context,
        activities=activities,
        activity_report=activity_report,
        activity_advice=activity_advice,
        categorisation=categorisation,
        patterns=patterns,
        vent_themes=vent_themes,
        performance=performance,
        tooling=tooling,
        maps=maps,
        briefs=briefs,
    )


@contextmanager
def open_refleqt(settings: Settings | None = None) -> Iterator[Container]:
    """A wired Refleqt, whose connections are given back at the end. Without settings those of the environment hold."""
    container = Container(settings=settings or Settings())
    try:
        yield container
    finally:
        container.shutdown_resources()


def work(container: Container, *, until_empty: bool = True) -> int:
    """The waiting jobs are done in this process; gives how many ended."""
    return container.queue().work(container.handlers(), until_empty=until_empty)
