"""Plots in lines of text, in ASCII where the terminal has nothing else."""

from collections.abc import Sequence

from rich.console import Console, ConsoleOptions, RenderResult
from rich.measure import Measurement
from rich.text import Text

HEIGHTS = "▁▂▃▄▅▆▇█"
ASCII_HEIGHTS = "_.-=+*#@"


class Drawn:
    """A line that is drawn when it is known what the terminal can show: ``fine`` there, else ``plain``."""

    def __init__(self, fine: Text, plain: Text) -> None:
        self._fine, self._plain = fine, plain

    def __rich_console__(self, _console: Console, options: ConsoleOptions) -> RenderResult:
        yield self._plain if options.ascii_only else self._fine

    def __rich_measure__(self, _console: Console, _options: ConsoleOptions) -> Measurement:
        """It is never cut short."""
        return Measurement(self._fine.cell_len, self._fine.cell_len)


def sparkline(values: Sequence[float], most: float | None = None) -> Drawn:
    """One column for each value, the largest one, or ``most``, the highest; zero is a blank."""
    most = most or max(values, default=0) or 1
    steps = [0 if value <= 0 else max(1, round(value / most * len(HEIGHTS))) for value in values]
    fine, plain = ("".join(f" {marks}"[step] for step in steps) for marks in (HEIGHTS, ASCII_HEIGHTS))
    return Drawn(Text(fine, style="cyan"), Text(plain, style="cyan"))


def bar(share: float, width: int = 24, style: str = "cyan") -> Drawn:
    """A share in [0, 1] of the width; whatever is more than nothing is seen."""
    share = min(max(share, 0.0), 1.0)
    filled = max(round(share * width), share > 0)
    fine, plain = (
        Text(full * filled, style=style) + Text(rest * (width - filled), style="dim") for full, rest in ("━─", "#.")
    )
    return Drawn(fine, plain)


def interval_line(middle: float, low: float, high: float, most: float, width: int = 24) -> Drawn:
    """A point with its interval on a line from 0 to ``most``."""
    first, place, last = (min(int(value / most * width), width - 1) if most else 0 for value in (low, middle, high))
    marks = ["o" if at == place else "=" if first <= at <= last else "." for at in range(width)]
    fine = "".join({"o": "●", "=": "━", ".": "─"}[mark] for mark in marks)
    lines = [Text(line, style="dim") for line in (fine, "".join(marks))]
    for line in lines:
        line.stylize("cyan", first, last + 1)
        line.stylize("bold cyan", place, place + 1)
    return Drawn(*lines)
