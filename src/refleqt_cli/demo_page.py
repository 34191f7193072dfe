"""The report of the demo month as one page that opens from disk: texts, tables and plots, nothing from elsewhere."""

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from jinja2 import Environment, FileSystemLoader

from refleqt_core.attribution.models import MODELS
from refleqt_core.attribution.records import ArtifactCredit
from refleqt_core.cdt.records import Belief
from refleqt_core.outputs.records import RecommendationOutcome
from refleqt_core.phrases import artifact_on

from .demo_lessons import BeliefChange, lessons
from .demo_month import MonthReport
from .demo_terminal import amount, unsaid
from .plots import Interval, Scored, attribution_plot, beliefs_plot, forecasts_plot, suggestions_plot

TEMPLATES = Path(__file__).parent / "templates"


def html(report: MonthReport) -> str:
    """The whole page."""
    changes, next_ones = lessons(report)
    environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, trim_blocks=True, lstrip_blocks=True)
    return environment.get_template("report.html").render(
        report=report,
        changes=changes[:10],
        next_ones=next_ones,
        plots={
            "beliefs": _beliefs(report.beliefs),
            "corrected": _corrected(changes),
            "attribution": _attribution(report),
            "suggestions": _suggestions(report.suggestions),
            "next": _suggestions(report.suggestions_after),
            "forecasts": _forecasts(report),
        },
        seconds=sum(report.seconds.values()),
        unsaid=unsaid,
        amount=amount,
        artifact_on=artifact_on,
    )


def _beliefs(beliefs: Sequence[Belief]) -> str:
    firm = sorted(beliefs, key=lambda belief: -abs(belief.confidence - 0.5))[:14]
    intervals = [Interval(label=_cell(each), mean=each.mean, low=each.low, high=each.high) for each in firm]
    return beliefs_plot(sorted(intervals, key=lambda each: -each.mean), beliefs[0].baseline) if beliefs else ""


def _corrected(changes: Sequence[BeliefChange]) -> str:
    shown = changes[:12]
    intervals = [
        Interval(
            label=_cell(each.belief),
            mean=each.belief.mean,
            low=each.belief.low,
            high=each.belief.high,
            before=each.before,
        )
        for each in shown
    ]
    return beliefs_plot(intervals, shown[0].belief.baseline) if shown else ""


def _attribution(report: MonthReport) -> str:
    """Revenue by the channel of the artifact, in whole units of the currency."""
    sums: dict[str, dict[str, float]] = defaultdict(lambda: dict.fromkeys(MODELS, 0.0))
    for each in report.credits:
        sums[_channel(report, each)][each.model] += each.revenue.minor / 100
    channels = sorted(sums, key=lambda channel: -sums[channel]["position_based"])
    currency = report.revenue.currency if report.revenue else "EUR"
    return attribution_plot(
        channels, {model: [sums[channel][model] for channel in channels] for model in MODELS}, currency
    )


def _channel(report: MonthReport, credit: ArtifactCredit) -> str:
    entry = report.entries.get(credit.calendar_entry_id)
    return "no artifact" if entry is None else entry.channel or "unknown"


def _suggestions(suggestions: Sequence[RecommendationOutcome]) -> str:
    contents = [each.recommendation_content for each in suggestions]
    if not contents:
        return ""
    return suggestions_plot(
        [f"{each['angle']} on {each['channel']}\n{each['segment']}".replace("_", " ") for each in contents],
        [each["expected_value_minor"] / 100 for each in contents],
        [each["success_chance"] for each in contents],
        str(contents[0].get("currency") or "EUR"),
    )


def _forecasts(report: MonthReport) -> str:
    scored = []
    for forecast in report.forecasts:
        entry = report.entries.get(forecast.subject_id)
        title = entry.title if entry else "an artifact"
        scored.append(
            Scored(
                label=title if len(title) < 46 else f"{title[:44]}…",
                expected=forecast.expected / forecast.target,
                low=forecast.low / forecast.target,
                high=forecast.high / forecast.target,
                actual=None if forecast.actual is None else forecast.actual / forecast.target,
            )
        )
    return forecasts_plot(scored) if scored else ""


def _cell(belief: Belief) -> str:
    segment = "everyone" if belief.segment == "all" else belief.segment
    return f"{segment} × {belief.option}".replace("_", " ")
