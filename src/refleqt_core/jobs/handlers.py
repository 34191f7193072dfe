"""What each job does: the use case that its payload is handed to."""

from collections.abc import Callable, Mapping
from typing import Any

from ..context.activity_report import ActivityReportService
from ..context.service import ContextService
from ..context.vent_themes import VentThemeService
from ..intake.activity_log import ActivityService
from ..intake.calendar_patterns.service import PatternService
from ..intake.categorisation import CategorisationService
from ..intake.performance_service import PerformanceService
from ..intake.tooling_service import ToolingService
from ..outputs.briefs import BriefService
from ..outputs.maps import MapService
from ..ports import Handler, Job
from ..recommendations.activity_advice import ActivityAdviceService
from ..values import BusinessId
from .catalogue import AnalyzePatterns, ExtractContext, payload_of


def handlers(
    *,
    context: ContextService,
    activities: ActivityService,
    activity_report: ActivityReportService,
    activity_advice: ActivityAdviceService,
    categorisation: CategorisationService,
    patterns: PatternService,
    vent_themes: VentThemeService,
    performance: PerformanceService,
    tooling: ToolingService,
    maps: MapService,
    briefs: BriefService,
) -> Mapping[str, Handler]:
    """The handler of each kind of job that can be done by these use cases."""

    def extract(business: BusinessId, job: ExtractContext) -> None:
        context.extract(business, job.source_type, job.source_id)
        if job.source_type == "activity":
            activity_advice.learn(business, job.source_id)

    def analyze(business: BusinessId, job: AnalyzePatterns) -> None:
        patterns.analyze(business, job.day)
        activity_report.analyze(business, job.day)
        vent_themes.regroup(business)

    done_by: Mapping[str, Callable[[BusinessId, Any], object]] = {
        "transcribe_audio": lambda business, job: activities.hear(business, job.activity_artifact_id),
        "extract_context": extract,
        "generate_embeddings": lambda business, job: context.embed(business, job.source_type, job.source_id),
        "categorize_entry": lambda business, job: categorisation.categorise(business, job.calendar_entry_id),
        "analyze_patterns": analyze,
        "compute_delta": lambda business, job: tooling.delta(business, job.source),
        "map_performance": lambda business, _: performance.map(business),
        "generate_maps": lambda business, _: maps.propose(business),
        "generate_brief": lambda business, job: briefs.write(business, job.map_artifact_id),
    }

    def handler_of(do: Callable[[BusinessId, Any], object]) -> Handler:
        def handle(job: Job) -> None:
            do(job.business_id, payload_of(job))

        return handle

    return {kind: handler_of(do) for kind, do in done_by.items()}
