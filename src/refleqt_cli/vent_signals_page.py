"""The pages of ``refleqt vents signals`` and ``refleqt vents plot``."""

from collections.abc import Iterator, Sequence

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from refleqt_core.intake.vent_plot import ThemesOverTime
from refleqt_core.intake.vent_signals import VentSignals
from refleqt_core.intake.vent_trends import Trend

from .tables import hint, row, table
from .text_plots import bar, sparkline
from .words import NONE, counted, cut, day, number

LONGEST_NAME = 32
GAP = 2


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
    yield ThemeLines(found)


class ThemeLines:
    """The lines of a plot as wide as the terminal is: a name keeps its room, and neighbouring spans share a column."""

    def __init__(self, found: ThemesOverTime) -> None:
        self._found = found
        self._names = [cut(line.label, LONGEST_NAME) for line in found.lines]

    def __rich_console__(self, _console: Console, options: ConsoleOptions) -> RenderResult:
        """The widest name has its room, and each column stands for as many spans as it must."""
        totals = max(len(f"{line.total:,}") for line in self._found.lines)
        room = options.max_width - max(map(cell_len, self._names)) - totals - 2 * GAP
        together = -(-len(self._found.starts) // max(room, 1))
        columns = [_summed(line.counts, together) for line in self._found.lines]
        most = max(map(max, columns))
        grid = Table.grid(padding=(0, GAP, 0, 0))
        for justify in ("left", "left", "right"):
            grid.add_column(no_wrap=True, justify=justify)
        for name, line, counts in zip(self._names, self._found.lines, columns, strict=True):
            grid.add_row(Text(name), sparkline(counts, most=most), Text(f"{line.total:,}"))
        yield grid
        yield hint(_spans(self._found, together, most))


def _summed(counts: Sequence[int], together: int) -> list[int]:
    return [sum(counts[place : place + together]) for place in range(0, len(counts), together)]


def _spans(found: ThemesOverTime, together: int, most: int) -> str:
    told = f"one column a {found.step}" if together == 1 else f"one column for {together} {found.step}s"
    told += f", {found.starts[0]} to {found.starts[-1]}; the highest is {counted(most, 'vent')}"
    left_out = f"; {counted(found.left_out, 'vent')} of no theme shown, or no date that can be right"
    return told + (left_out if found.left_out else "")


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
