"""A month as a grid of days, as wide as the terminal: entries by status and channel, ghosts of what is suggested."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING

from rich import box
from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.table import Table
from rich.text import Text

from refleqt_core.intake.calendar import CHANNELS, STATUSES

if TYPE_CHECKING:
    from refleqt_core.intake.calendar import CalendarEntry
    from refleqt_core.outputs.month_view import Day, Ghost, Month

ROWS = 4
"""Entries of a day that are shown; of more the others are counted."""

MOST_LINES = 2
"""Of one title."""

INDENT = 2
"""The room of a sign."""

NARROWEST = 8
"""Columns of a day; a terminal that has no room for seven of them gets a list."""

SIGNS = {
    "idea": ("○", "."),
    "planned": ("◔", "o"),
    "in_production": ("◑", "%"),
    "in_review": ("◕", "&"),
    "scheduled": ("●", "@"),
    "published": ("✔", "+"),
    "reviewed": ("★", "*"),
}
"""What stands for each status, and where there is nothing but ASCII."""

STYLES = {
    "idea": "dim",
    "planned": "yellow",
    "in_production": "yellow",
    "in_review": "magenta",
    "scheduled": "cyan",
    "published": "green",
    "reviewed": "bold green",
}
GHOST = ("◌", "?")
GHOST_STYLE = "dim italic"
REVIEW = ("⚑", "!")
CHANNEL_STYLES = dict(
    zip(
        CHANNELS,
        (
            *("green", "yellow", "bright_blue", "bright_cyan", "bright_magenta", "blue", "red", "dark_orange"),
            *("medium_purple1", "steel_blue1", "magenta", "orchid", "cyan", "white"),
        ),
        strict=True,
    )
)
_UNKNOWN = "default"

assert set(SIGNS) == set(STATUSES)


def channel_style(channel: str | None) -> str:
    """The colour of a channel."""
    return CHANNEL_STYLES.get(channel or "", _UNKNOWN)


def status_sign(status: str, *, ascii_only: bool = False) -> Text:
    """What stands for the status, in its colour."""
    return Text.assemble((SIGNS[status][ascii_only], STYLES[status]))


class MonthGrid:
    """The weeks of a month as rows; weeks begin on Monday, or on Sunday."""

    def __init__(self, month: "Month", *, sunday_first: bool = False) -> None:
        self._month = month
        self._first_weekday = 6 if sunday_first else 0

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        width = (options.max_width - 8) // 7
        if width < NARROWEST:
            yield from self._listed(options.ascii_only)
            return
        made = Table(box=box.SQUARE, padding=0, show_lines=True, border_style="grey37")
        for weekday in self._weekdays():
            style = "dim" if weekday >= 5 else "bold"
            made.add_column(f" {_weekday_name(weekday)}", width=width, header_style=style, no_wrap=True)
        for week in self._weeks():
            made.add_row(*(self._cell(console, day, width, options.ascii_only) for day in week))
        yield made

    def _weekdays(self) -> list[int]:
        return [(self._first_weekday + place) % 7 for place in range(7)]

    def _weeks(self) -> Iterator[list["Day | None"]]:
        before = (self._month.first.weekday() - self._first_weekday) % 7
        cells: list[Day | None] = [None] * before + list(self._month.days)
        cells += [None] * (-len(cells) % 7)
        for start in range(0, len(cells), 7):
            yield cells[start : start + 7]

    def _cell(self, console: Console, day: "Day | None", width: int, ascii_only: bool) -> RenderableType:
        if day is None:
            return Text("")
        lines = _lines(console, day.entries, day.ghosts, width, ascii_only)
        return Text("\n").join([self._heading(day, width, ascii_only), *lines])

    def _heading(self, day: "Day", width: int, ascii_only: bool) -> Text:
        """The number of the day, which is marked if it is today, and how many reviews are due on it."""
        number = f"{day.day.day:>2}"
        if day.day == self._month.today:
            heading = Text.assemble((f"[{number}]" if ascii_only else f" {number} ", "bold reverse"))
        else:
            past = day.day < self._month.today
            heading = Text.assemble((f" {number} ", "grey50" if past or day.day.weekday() >= 5 else "bold"))
        if day.reviews:
            told = f"{REVIEW[ascii_only]}{len(day.reviews)}"
            heading.append(" " * (width - heading.cell_len - len(told)))
            heading.append(told, style="bold red" if day.day <= self._month.today else "red")
        return heading

    def _listed(self, ascii_only: bool) -> Iterator[Text]:
        """One line for each entry, where seven columns have no room."""
        for day in self._month.days:
            mark = Text(f"{'>' if day.day == self._month.today else ' '}{day.day:%a %d} ")
            for entry in day.entries:
                title = Text(f" {_one_line(entry.title, ascii_only)}", style=channel_style(entry.channel))
                yield mark + status_sign(entry.status, ascii_only=ascii_only) + title
            for ghost in day.ghosts:
                yield mark + Text(f"{GHOST[ascii_only]} {_one_line(ghost.title, ascii_only)}", style=GHOST_STYLE)


def _lines(
    console: Console, entries: Sequence["CalendarEntry"], ghosts: Sequence["Ghost"], width: int, ascii_only: bool
) -> Iterator[Text]:
    """Each entry with as many lines as there is room for, ghosts last; the last line counts what has no room."""
    told = [
        *(
            (status_sign(each.status, ascii_only=ascii_only), each.title, channel_style(each.channel))
            for each in entries
        ),
        *((Text(GHOST[ascii_only], style=GHOST_STYLE), each.title, GHOST_STYLE) for each in ghosts),
    ]
    shown = told if len(told) <= ROWS else told[: ROWS - 1]
    for sign, title, style in shown:
        yield from _wrapped(console, sign, Text(_one_line(title, ascii_only), style=style), width, ROWS // len(shown))
    if left := len(told) - len(shown):
        yield Text(f"+{left} more", style="dim")


def _one_line(title: str, ascii_only: bool) -> str:
    """The title on one line; where there is nothing but ASCII each other sign takes one column, as it is shown."""
    line = " ".join(title.split())
    return line.encode("ascii", "replace").decode() if ascii_only else line


def _wrapped(console: Console, sign: Text, title: Text, width: int, rows: int) -> Iterator[Text]:
    """The title behind its sign in at most two of the rows; what has no room is cut."""
    lines = list(title.wrap(console, width - INDENT))
    for line in lines:
        line.rstrip()
    last = min(rows, MOST_LINES, len(lines)) - 1
    rest = Text(" ", style=title.style).join(lines[last:])
    rest.truncate(width - INDENT, overflow="crop" if console.options.ascii_only else "ellipsis")
    for number, line in enumerate([*lines[:last], rest]):
        yield (sign + Text(" ") if number == 0 else Text(" " * INDENT)) + line


def _weekday_name(weekday: int) -> str:
    return (date(2024, 1, 1) + timedelta(days=weekday)).strftime("%a")
