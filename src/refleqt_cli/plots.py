"""Plots of what Refleqt knows, each as an SVG that stands inside of a page."""

import io
from collections.abc import Sequence
from typing import Any

import attrs
import matplotlib as mpl
from matplotlib.figure import Figure

mpl.use("svg")
mpl.rcParams.update(
    {
        "svg.hashsalt": "refleqt",
        "font.family": "sans-serif",
        "font.size": 9,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.titleweight": "bold",
        "axes.titlesize": 10,
        "axes.titlelocation": "left",
        "figure.facecolor": "none",
        "axes.facecolor": "none",
        "savefig.facecolor": "none",
    }
)

INK, MUTED, GOOD, BAD = "#1f2a37", "#b6bfca", "#0f766e", "#b45309"
SERIES = ("#0f766e", "#2563eb", "#9333ea", "#b45309", "#64748b")


@attrs.frozen(kw_only=True)
class Interval:
    """A labelled mean with its interval, and what it was before, where it was."""

    label: str
    mean: float
    low: float
    high: float
    before: float | None = None


@attrs.frozen(kw_only=True)
class Scored:
    """A forecast beside what came, all as multiples of the target."""

    label: str
    expected: float
    low: float
    high: float
    actual: float | None


def beliefs_plot(intervals: Sequence[Interval], baseline: float) -> str:
    """Success rates with 80 % intervals; a hollow dot is what was believed before."""
    figure, axes = figure_and_axes(height=0.7 + 0.3 * len(intervals))
    for row, each in enumerate(reversed(intervals)):
        color = GOOD if each.mean > baseline else BAD
        axes.plot([each.low, each.high], [row, row], color=color, linewidth=5, alpha=0.28, solid_capstyle="round")
        axes.plot(each.mean, row, "o", color=color, markersize=6)
        if each.before is not None:
            axes.plot(each.before, row, "o", color=INK, markersize=6, markerfacecolor="none", markeredgewidth=1)
    axes.axvline(baseline, color=INK, linewidth=0.8, linestyle=(0, (4, 3)))
    axes.text(baseline, len(intervals) - 0.35, " usual", color=INK, fontsize=8, va="bottom")
    axes.set_yticks(range(len(intervals)), [each.label for each in reversed(intervals)])
    axes.set_xlim(0, 1)
    axes.set_xlabel("share of artifacts that reach their target")
    axes.xaxis.set_major_formatter(mpl.ticker.PercentFormatter(1.0))
    return svg(figure)


def attribution_plot(channels: Sequence[str], revenue: dict[str, Sequence[float]], unit: str) -> str:
    """Revenue by channel, one bar for each model."""
    figure, axes = figure_and_axes(height=3.2)
    width = 0.8 / len(revenue)
    for index, (model, values) in enumerate(revenue.items()):
        places = [place + (index - (len(revenue) - 1) / 2) * width for place in range(len(channels))]
        axes.bar(places, values, width * 0.92, color=SERIES[index % len(SERIES)], label=model.replace("_", " "))
    axes.set_xticks(range(len(channels)), [channel.replace("_", " ") for channel in channels], rotation=25, ha="right")
    axes.set_ylabel(unit)
    axes.yaxis.set_major_formatter(mpl.ticker.FuncFormatter(lambda value, _: f"{value:,.0f}"))
    axes.legend(frameon=False, fontsize=8, ncols=3)
    return svg(figure)


def suggestions_plot(labels: Sequence[str], values: Sequence[float], chances: Sequence[float], unit: str) -> str:
    """What each suggestion is expected to be worth, with its chance of success written at the bar."""
    figure, axes = figure_and_axes(height=0.8 + 0.42 * len(labels))
    places = range(len(labels))[::-1]
    axes.barh(list(places), list(values), 0.6, color=GOOD, alpha=0.85)
    for place, value, chance in zip(places, values, chances, strict=True):
        axes.text(max(value, 0), place, f"  {chance:.0%} to reach its target", va="center", fontsize=8, color=INK)
    axes.set_yticks(list(places), list(labels))
    axes.set_xlim(min(0, *values), max(values, default=1) * 1.35 or 1)
    axes.set_xlabel(f"expected value, {unit}")
    return svg(figure)


def forecasts_plot(scored: Sequence[Scored]) -> str:
    """Forecast intervals as multiples of the target, and the diamond where the result came to lie."""
    figure, axes = figure_and_axes(height=0.8 + 0.42 * len(scored))
    for row, each in enumerate(reversed(scored)):
        axes.plot([each.low, each.high], [row, row], color=SERIES[1], linewidth=6, alpha=0.25, solid_capstyle="round")
        axes.plot(each.expected, row, "|", color=SERIES[1], markersize=12, markeredgewidth=2)
        if each.actual is not None:
            axes.plot(each.actual, row, "D", color=GOOD if each.actual >= 1 else BAD, markersize=7)
    axes.axvline(1, color=INK, linewidth=0.8, linestyle=(0, (4, 3)))
    axes.set_yticks(range(len(scored)), [each.label for each in reversed(scored)])
    axes.set_xlabel("multiples of the target; blue: forecast, diamond: result")
    return svg(figure)


def figure_and_axes(height: float) -> tuple[Figure, Any]:
    """An empty figure of that height in inches, and its axes, in the manner of all plots."""
    figure = Figure(figsize=(7.4, height), layout="constrained")
    axes = figure.subplots()
    axes.tick_params(colors=INK, length=0)
    for spine in axes.spines.values():
        spine.set_color(MUTED)
    return figure, axes


def svg(figure: Figure) -> str:
    """The figure as an SVG element, without a date or anything else that would differ between runs."""
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    return buffer.getvalue()[buffer.getvalue().index("<svg") :]
