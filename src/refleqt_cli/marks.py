"""Small drawings in text: shares, intervals, scales."""

from rich.text import Text

WIDTH = 16


def share_bar(share: float, width: int = 10) -> Text:
    """A share in [0, 1] as a bar."""
    filled = round(min(max(share, 0.0), 1.0) * width)
    return Text("━" * filled, style="cyan") + Text("─" * (width - filled), style="dim")


def interval_bar(mean: float, low: float, high: float, baseline: float | None = None, width: int = WIDTH) -> Text:
    """A rate in [0, 1] as a point on its interval, with a stroke where the baseline is."""
    place = [min(int(min(max(value, 0.0), 1.0) * width), width - 1) for value in (low, mean, high)]
    usual = None if baseline is None else min(int(baseline * width), width - 1)
    style = "green" if baseline is not None and low > baseline else "red" if baseline and high < baseline else "cyan"
    bar = Text()
    for column in range(width):
        if column == place[1]:
            bar.append("●", style=f"bold {style}")
        elif column == usual:
            bar.append("│", style="bold yellow")
        elif place[0] <= column <= place[2]:
            bar.append("━", style=style)
        else:
            bar.append("·", style="dim")
    return bar


def scale(left: str, right: str, share: float, width: int = 11) -> Text:
    """Where something stands between two opposites; 0 is all ``left``."""
    place = min(int(min(max(share, 0.0), 1.0) * width), width - 1)
    line = Text(f"{left} ", style="dim") + Text("─" * place, style="dim") + Text("●", style="bold cyan")
    return line + Text("─" * (width - 1 - place), style="dim") + Text(f" {right}", style="dim")


def tick(holds: bool | None) -> Text:
    """A tick, a cross, or a dash for what was not looked at."""
    if holds is None:
        return Text("–", style="dim")
    return Text("✔", style="green") if holds else Text("✖", style="bold red")
