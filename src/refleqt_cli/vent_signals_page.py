"""The pages of ``refleqt vents signals`` and ``refleqt vents plot``."""

from collections.abc import Iterator

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from refleqt_core.intake.vent_plot import ThemesOverTime
from refleqt_core.intake.vent_signals import VentSignals
from refleqt_core.intake.vent_trends import Trend

from .tables import hint, row, table
from .text_plots import bar, sparkline
from .words import NONE, counted, cut, day, number


def signals_page(found: VentSignals, zone: str) -> Iterator[RenderableType]:
    """The five signals, each with its sentence and what it rests on."""
    yield Text(f"{counted(found.timing.n, 'vent')} until {day(found.as_of, zone)}", style="bold")
    yield from _section("When: frequency and timing", found.timing.sentence)
    if found.timing.n:
        yield _hours(found)
    yield from _section("Again and again: recurring topics", found.recurrence.sentence)
    if found.recurrence.themes:
        yield _recurring(found, zone)
    yield from _section("Mood: sentiment trajectory", found.mood.sentence)
    if found.mood.trend:
        yield Padding(hint(_interval(found.mood.trend)), (0, 0, 0, 2))
    yield from _section("Words: vocabulary evolution", found.vocabulary.sentence)
    if found.vocabulary.terms:
        yield _terms(found)
    yield from _section("Length: short bursts and long entries", found.length.sentence)
    if found.length.median_words is not None:
        yield Padding(hint(f"median {number(found.length.median_words)} words"), (0, 0, 0, 2))


def plot_page(found: ThemesOverTime) -> Iterator[RenderableType]:
    """A line for each theme: its name, its counts over time, and how many vents it has."""
    if not found.starts:
        yield hint("No vent has a theme yet. They get theirs when they are read: refleqt worker")
        return
    grid = Table.grid(padding=(0, 2, 0, 0))
    for justify in ("left", "left", "right"):
        grid.add_column(no_wrap=True, justify=justify)
    most = max(count for line in found.lines for count in line.counts)
    for line in found.lines:
        grid.add_row(Text(cut(line.label, 32)), sparkline(line.counts, most=most), Text(f"{line.total:,}"))
    yield grid
    spans = (
        f"one column a {found.step}, {found.starts[0]} to {found.starts[-1]}; the highest is {counted(most, 'vent')}"
    )
    yield hint(spans + (f"; {counted(found.left_out, 'vent')} of no theme shown" if found.left_out else ""))


def _section(title: str, sentence: str) -> Iterator[RenderableType]:
    yield Text("")
    yield Text(title, style="bold")
    yield Padding(Text(sentence), (0, 0, 0, 2))


def _hours(found: VentSignals) -> RenderableType:
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_row(Text("0 to 23 o'clock", style="dim"), sparkline(found.timing.by_hour))
    grid.add_row(Text("at night", style="dim"), bar(found.timing.night_share or 0.0))
    return Padding(grid, (0, 0, 0, 2), expand=False)


def _recurring(found: VentSignals, zone: str) -> RenderableType:
    made = table("*theme", ">vents", "first", "last", ">mood", "?core")
    for each in found.recurrence.themes[:12]:
        mood = NONE if each.mood is None else f"{each.mood:+.2f}"
        seen = (day(each.first_seen, zone), day(each.last_seen, zone))
        row(made, cut(each.label, 60), each.count, *seen, mood, "core pain point" if each.is_core else "")
    return made


def _terms(found: VentSignals) -> RenderableType:
    made = table("*term", ">recent vents", ">earlier", ">z")
    for each in found.vocabulary.terms or ():
        row(made, each.term, each.recent, each.earlier, number(each.z, 1))
    return made


def _interval(trend: Trend) -> str:
    return f"slope {trend.slope:+.3f} in 30 days, 95 % interval {trend.low:+.3f} to {trend.high:+.3f}"
