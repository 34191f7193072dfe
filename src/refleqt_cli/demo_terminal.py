"""The report of the demo month for the terminal."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from refleqt_core.attribution.models import MODELS
from refleqt_core.cdt.records import Belief
from refleqt_core.outputs.records import RecommendationOutcome
from refleqt_core.phrases import artifact_on, channel_name, kpi_name
from refleqt_core.values import Money, total

from .demo_lessons import BeliefChange, SuggestionChange
from .demo_month import Job, MonthReport

BAR = 24


def report_page(report: MonthReport, changes: Sequence[BeliefChange], next_ones: Sequence[SuggestionChange]) -> Group:
    """Everything that a person wants to know of the month, in the order of the loop."""
    return Group(*_sections(report, changes, next_ones))


def _sections(
    report: MonthReport, changes: Sequence[BeliefChange], next_ones: Sequence[SuggestionChange]
) -> Iterator[RenderableType]:
    yield _known(report)
    yield attribution_table(report)
    yield beliefs_table(report.beliefs, "What the past says works")
    yield suggestions_panel(report.suggestions, "Suggestions for September")
    yield map_table(report)
    yield jobs_table(report.jobs)
    yield forecasts_table(report)
    yield changes_table(changes[:8])
    yield next_panel(next_ones)


def _known(report: MonthReport) -> Panel:
    profile = report.profile
    assert profile is not None
    lines = [f"{profile.business.name}, {profile.business.industry}, {profile.business.stage}"]
    lines.append(" · ".join(f"{count:,} {name}" for name, count in profile.counts.items()))
    lines.append(f"{len(profile.extractions)} findings, each with its quote · {len(profile.signals)} signals")
    themes = ", ".join(f"{theme.label} ({theme.count}×)" for theme in profile.themes[:4])
    lines.append(f"on its mind: {themes}")
    rivals = ", ".join(f"{each.competitor} ({each.mentions}×)" for each in profile.competitors[:4])
    lines.append(f"competitors spoken of: {rivals}")
    if profile.gaps:
        lines.append(f"ask again: {profile.gaps[0].question} ({profile.gaps[0].note})")
    if report.found:
        best = report.found[0]
        lines += ["", f'search "{report.query}":', f"  {best.source_type}: {_short(best.text, 90)}"]
    return Panel("\n".join(lines), title="Context profile β", title_align="left")


def attribution_table(report: MonthReport) -> Table:
    """Revenue of the best artifacts by five models, and the sums, which agree to the cent."""
    models = list(MODELS)
    table = Table(
        title=f"Attribution, March to August: {report.revenue}",
        title_justify="left",
        expand=True,
        caption="? where too few journeys are known",
    )
    table.add_column("artifact", no_wrap=True, ratio=1)
    for model in models:
        table.add_column(model.replace("_", "\n"), justify="right", no_wrap=True)
    table.add_column("ROI", justify="right", no_wrap=True)
    by_entry = {
        model: {each.calendar_entry_id: each for each in report.credits if each.model == model} for model in models
    }
    ranked = sorted(by_entry["position_based"].values(), key=lambda each: -each.revenue.minor)
    for each in [row for row in ranked if row.calendar_entry_id][:6]:
        entry = report.entries.get(each.calendar_entry_id)
        cells = [amount(by_entry[model][each.calendar_entry_id].revenue) for model in models]
        roi = "?" if each.roi is None else f"{each.roi:.1f}×"
        table.add_row(entry.title if entry else "?", *cells, roi)
    table.add_row("no artifact", *(amount(by_entry[model][None].revenue) for model in models), style="dim")
    sums = [total([each.revenue for each in by_entry[model].values()]) for model in models]
    table.add_section()
    table.add_row("all", *(amount(each) for each in sums), style="bold")
    return table


def beliefs_table(beliefs: Sequence[Belief], title: str) -> Table:
    """The firmest beliefs on both sides, with an interval bar."""
    table = Table(title=title, title_justify="left")
    table.add_column("belief", max_width=58)
    table.add_column("success rate, 80 % interval", no_wrap=True)
    table.add_column("outcomes", justify="right")
    table.add_column("P(above usual)", justify="right")
    firm = sorted(beliefs, key=lambda belief: -abs(belief.confidence - 0.5))[:10]
    for belief in sorted(firm, key=lambda each: -each.mean):
        table.add_row(
            belief.belief_text,
            interval_bar(belief.low, belief.mean, belief.high, belief.baseline),
            f"{belief.evidence_for:.0f} of {belief.evidence_count}",
            f"{belief.confidence:.0%}",
        )
    return table


def interval_bar(low: float, mean: float, high: float, baseline: float) -> Text:
    """An interval on a line from 0 to 1, with its mean and where the usual rate is."""
    cells = ["·"] * (BAR + 1)
    for place in range(round(low * BAR), round(high * BAR) + 1):
        cells[place] = "━"
    cells[round(baseline * BAR)] = "┊"
    cells[round(mean * BAR)] = "●"
    return Text("".join(cells) + f" {mean:4.0%}", style="green" if mean > baseline else "yellow")


def suggestions_panel(suggestions: Sequence[RecommendationOutcome], title: str) -> Panel:
    """The suggestions with their reasons and evidence."""
    lines = Text()
    for number, each in enumerate(suggestions, 1):
        content = each.recommendation_content
        lines.append(f"{number}. {content['title']}", style="bold")
        lines.append(f"\n   {_facts(each)}\n", style="cyan")
        lines.append(f"   {content['why_now']}\n")
        for sentence in unsaid(content)[:2]:
            lines.append(f"   – {sentence}\n", style="dim")
    return Panel(lines, title=title, title_align="left")


def _facts(suggestion: RecommendationOutcome) -> str:
    content = suggestion.recommendation_content
    worth = Money(minor=int(content["expected_value_minor"]), currency=str(content.get("currency") or "EUR"))
    made = artifact_on(content["artifact_type"], content["channel"])
    parts = [
        f"{made} for {content.get('segment_name') or content['segment']}",
        str(content["publish_at"])[:10],
        f"{content['success_chance']:.0%} to reach {content['kpi_target']:.0f} {kpi_name(content['primary_kpi'])}",
        f"worth {worth}",
        f"shown with {suggestion.propensity:.0%}",
    ]
    return " · ".join(str(part).replace("_", " ") for part in parts)


def map_table(report: MonthReport) -> Table:
    """The artifacts of the bought map."""
    plan = report.map
    assert plan is not None
    table = Table(title=f"Execution map: {plan.title}", caption=f"about {plan.estimated_cost}", title_justify="left")
    for name in ("artifact", "channel", "goes out", "target", "chance"):
        table.add_column(name)
    for job in report.jobs:
        each = job.artifact
        target = f"{each.kpi_target:.0f} {kpi_name(each.primary_kpi)}"
        table.add_row(
            each.title,
            channel_name(each.channel),
            f"{each.publish_at:%d %b %H:%M}",
            target,
            f"{each.success_chance:.0%}",
        )
    return table


def jobs_table(jobs: Sequence[Job]) -> Table:
    """Who made what, how it went, and where the money is."""
    table = Table(title="Briefs, creators, escrow", title_justify="left", show_lines=True)
    for name in ("brief", "what happened", "held", "paid out", "given back"):
        table.add_column(name, justify="right" if name in ("held", "paid out", "given back") else "left")
    for job in jobs:
        balance = job.balance
        money = [amount(each) for each in (balance.held, balance.released, balance.refunded)] if balance else ["–"] * 3
        passed = "certified anonymous" if job.brief.certificate.get("passed") else "not certified"
        headline = f"{job.brief.document.get('headline', job.brief.artifact_type)}\n[dim]{passed}[/dim]"
        table.add_row(headline, "\n".join(job.events), *money)
    return table


def forecasts_table(report: MonthReport) -> Table:
    """What was forecast beside what came."""
    title = "Forecasts, thirty days later"
    table = Table(title=title, title_justify="left", caption=_calibration(report))
    for name in ("artifact", "target", "forecast (80 %)", "came", "chance", ""):
        table.add_column(name, justify="left" if name in ("artifact", "") else "right")
    for forecast in report.forecasts:
        entry = report.entries.get(forecast.subject_id)
        table.add_row(
            entry.title if entry else "?",
            f"{forecast.target:.0f}",
            f"{forecast.low:.0f} – {forecast.high:.0f}",
            f"{forecast.actual:.0f}" if forecast.actual is not None else "–",
            f"{forecast.probability:.0%}",
            "[green]reached[/green]" if forecast.success else "[yellow]missed[/yellow]",
        )
    return table


def _calibration(report: MonthReport) -> str:
    found = report.calibration
    if found is None or found.brier is None:
        return "nothing scored yet"
    return f"Brier {found.brier:.2f} · intervals that held: {found.coverage:.0%} of {found.scored}"


def changes_table(changes: Sequence[BeliefChange]) -> Table:
    """Which beliefs the month corrected, and by how much."""
    table = Table(title="What the month corrected", title_justify="left")
    for name in ("belief now", "before", "now", "new results"):
        table.add_column(name, justify="left" if name == "belief now" else "right")
    for change in changes:
        before = "–" if change.before is None else f"{change.before:.0%}"
        table.add_row(change.belief.belief_text, before, f"{change.belief.mean:.0%}", str(change.new_outcomes))
    return table


def next_panel(changes: Sequence[SuggestionChange]) -> Panel:
    """The next suggestions, and why they are not the same."""
    lines = Text()
    for number, change in enumerate(changes, 1):
        lines.append(f"{number}. {change.suggestion.recommendation_content['title']}", style="bold")
        lines.append("  (again)\n" if change.was_shown else "  (new)\n", style="cyan")
        lines.append(f"   {_facts(change.suggestion)}\n", style="cyan")
        lines.append(f"   because: {change.why}\n", style="dim")
    return Panel(lines, title="The next suggestions, and why", title_align="left")


def amount(money: Money) -> str:
    """An amount without its currency, for a column that names it."""
    return str(money).rsplit(" ", 1)[0]


def unsaid(content: Mapping[str, Any]) -> list[str]:
    """The evidence that the words of the suggestion do not tell already."""
    return [sentence for sentence in content.get("evidence", ()) if sentence not in content["why_now"]]


def _short(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[: length - 1].rstrip()}…"
