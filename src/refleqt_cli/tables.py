"""Tables and panels in one manner for all commands."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple, TypeAlias

from rich import box
from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.markup import escape
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

Cell: TypeAlias = Text | Group

ROOM = 24
"""Columns that long text is given, at the cost of columns that can be done without."""

GAP = 3
"""Between two columns."""

LONGEST_TITLE = 70


class Heading(NamedTuple):
    """What a column is called and how it is set."""

    name: str
    numbers: bool
    wraps: bool
    optional: bool


class Rows:
    """Rows below headings, as much of them as the width allows: no number is ever cut short."""

    def __init__(self, headings: Iterable[str]) -> None:
        self._headings = [
            Heading(each.lstrip(">*?"), *(mark in each[: len(each) - len(each.lstrip(">*?"))] for mark in ">*?"))
            for each in headings
        ]
        self._rows: list[tuple[tuple[Cell, ...], str | None]] = []
        self._sections: set[int] = set()

    def add(self, cells: tuple[Cell, ...], style: str | None = None) -> None:
        """One more row below."""
        self._rows.append((cells, style))

    def add_section(self) -> None:
        """A line below the last row."""
        self._sections.add(len(self._rows) - 1)

    def __rich_console__(self, _console: Console, options: ConsoleOptions) -> RenderResult:
        """The widest table that fits: optional columns go first, the last of them before others; then text narrows."""
        shown = list(range(len(self._headings)))
        optional = [place for place in shown if self._headings[place].optional]
        while self._width(shown) > options.max_width and optional:
            shown.remove(optional.pop())
        yield self._table(shown, wrap=self._width(shown) > options.max_width)

    def _width(self, shown: Sequence[int]) -> int:
        return sum(self._column_width(place) for place in shown) + GAP * (len(shown) - 1)

    def _column_width(self, place: int) -> int:
        """How wide the column has to be: long text as `ROOM` says, any other for nothing in it to wrap."""
        cells = [cells[place] for cells, _ in self._rows]
        texts = [self._headings[place].name, *(cell.plain if isinstance(cell, Text) else "x" * ROOM for cell in cells)]
        longest = max(cell_len(line) for text in texts for line in text.split("\n"))
        return min(longest, ROOM) if self._headings[place].wraps else longest

    def _table(self, shown: Sequence[int], *, wrap: bool) -> Table:
        made = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, GAP - 1, 0, 0))
        for place in shown:
            heading = self._headings[place]
            made.add_column(
                heading.name,
                justify="right" if heading.numbers else "left",
                no_wrap=heading.numbers or not (heading.wraps or wrap),
                overflow="fold",
                min_width=self._column_width(place) if heading.wraps and not wrap else None,
            )
        for number, (cells, style) in enumerate(self._rows):
            made.add_row(*(cells[place] for place in shown), style=style, end_section=number in self._sections)
        return made


def table(*headings: str) -> Rows:
    """An empty table with a line below its headings.

    What stands before a heading says how its column is set: ``>`` numbers, to the right; ``*`` long text, which wraps;
    ``?`` a column that is left out where there is no room for it.
    """
    return Rows(headings)


def row(made: Rows, *cells: object, style: str | None = None) -> None:
    """A row; text is taken as it stands, with no markup in it."""
    made.add(tuple(cell if isinstance(cell, Text | Group) else Text(str(cell)) for cell in cells), style)


def facts(pairs: Iterable[tuple[str, object]]) -> Table:
    """Names and what they are, in two columns; pairs without a value are left out."""
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column(overflow="fold")
    for name, value in pairs:
        if value not in (None, "", ()):
            grid.add_row(name, value if isinstance(value, Text | Group | Table) else Text(str(value)))
    return grid


def panel(content: RenderableType, title: str, subtitle: str | None = None) -> Panel:
    """A frame around ``content``; a title that is too long for the frame stands above the content."""
    long = len(title) > LONGEST_TITLE
    return Panel(
        Group(Text(title, style="bold"), Text(), content) if long else content,
        title=None if long else f"[bold]{escape(title)}[/]",
        title_align="left",
        subtitle=escape(subtitle) if subtitle else None,
        subtitle_align="right",
        padding=(0, 1),
        border_style="dim",
    )


def bullets(lines: Iterable[str]) -> Group:
    """The lines as a list."""
    grid = Table.grid(padding=(0, 1, 0, 0))
    grid.add_column(style="dim")
    grid.add_column(overflow="fold")
    for line in lines:
        grid.add_row("•", Text(line))
    return Group(grid)


def headed(heading: str, content: RenderableType) -> Group:
    """A heading above ``content``."""
    return Group(Text(""), Text(heading, style="bold"), Padding(content, (0, 0, 0, 1)))


def hint(text: str) -> Text:
    """A remark below a table."""
    return Text(text, style="dim")
