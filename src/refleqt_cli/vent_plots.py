"""Themes over time as a page that opens from disk, and as a picture."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader
from matplotlib.figure import Figure

from refleqt_core.errors import InvalidInput
from refleqt_core.intake.vent_plot import ThemesOverTime

from .plots import SERIES, figure_and_axes, svg
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
    figure, axes = figure_and_axes(height=3.6)
    for number, line in enumerate(found.lines):
        # A dollar sign would begin a formula.
        label = visible(cut(line.label, 40)).replace("$", r"\$")
        color, style = SERIES[number % len(SERIES)], ("-", "--", ":")[number // len(SERIES) % 3]
        axes.plot(list(found.starts), line.counts, style, color=color, marker="o", markersize=3, label=label)
    axes.set_ylabel(f"vents a {found.step}")
    axes.set_ylim(bottom=0)
    axes.yaxis.get_major_locator().set_params(integer=True)
    if found.lines:
        axes.legend(frameon=False, fontsize=8, loc="center left", bbox_to_anchor=(1.0, 0.5))
    figure.autofmt_xdate(rotation=25)
    return figure


def _write(path: Path, data: bytes) -> None:
    try:
        path.write_bytes(data)
    except OSError as error:
        raise InvalidInput(f"{path} cannot be written: {error.strerror}") from error
