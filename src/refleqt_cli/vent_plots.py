"""Themes over time as a page that opens from disk, and as a picture."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader
from matplotlib.figure import Figure

from refleqt_core.errors import InvalidInput
from refleqt_core.intake.vent_plot import ThemesOverTime

from .plots import GOOD, MUTED, figure_and_axes, svg
from .visible import visible
from .words import cut

TEMPLATES = Path(__file__).parent / "templates"


def write_page(path: Path, found: ThemesOverTime, business: str) -> None:
    """The page is at ``path``: the plot, and its numbers as a table. It loads nothing from elsewhere."""
    environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, trim_blocks=True, lstrip_blocks=True)
    page = environment.get_template("vents.html").render(business=business, found=found, plot=svg(_figure(found)))
    _write(path, page.encode("utf-8"))


def write_picture(path: Path, found: ThemesOverTime, _business: str) -> None:
    """The plot is at ``path`` as PNG."""
    from io import BytesIO

    from matplotlib.backends.backend_agg import FigureCanvasAgg

    figure, data = _figure(found), BytesIO()
    FigureCanvasAgg(figure)
    figure.savefig(data, format="png", dpi=144, facecolor="white")
    _write(path, data.getvalue())


def _figure(found: ThemesOverTime) -> Figure:
    """A row for each theme with a dot for each span, whose area is the number of vents in it."""
    figure, axes = figure_and_axes(height=1.0 + 0.36 * max(len(found.lines), 1))
    rows = range(len(found.lines))[::-1]
    for row, line in zip(rows, found.lines, strict=True):
        said = [(start, count) for start, count in zip(found.starts, line.counts, strict=True) if count]
        axes.scatter([start for start, _ in said], [row] * len(said), s=[36 * count for _, count in said], color=GOOD)
    # A dollar sign would begin a formula.
    labels = [f"{visible(cut(line.label, 40))} ({line.total})".replace("$", r"\$") for line in found.lines]
    axes.set_yticks(list(rows), labels)
    axes.set_ylim(-0.6, len(found.lines) - 0.4)
    axes.grid(axis="y", color=MUTED, linewidth=0.5)
    axes.set_axisbelow(True)
    axes.set_xlabel(f"vents a {found.step}; a dot is as large as they are many")
    figure.autofmt_xdate(rotation=25)
    return figure


def _write(path: Path, data: bytes) -> None:
    try:
        path.write_bytes(data)
    except OSError as error:
        raise InvalidInput(f"{path} cannot be written: {error.strerror}") from error
