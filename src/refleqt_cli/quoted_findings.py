"""Findings as a person reads them: each quote once, and below it what was found in it."""

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from rich.console import Group
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from refleqt_core.context.extraction import level

from .words import cut, spoken

if TYPE_CHECKING:
    from refleqt_core.context.records import ContextExtraction

LONGEST_QUOTE = 200
KINDS_WIDTH = 18
"""Columns of the longest kind, so that what was found stands in one line below the other."""


class Found(NamedTuple):
    """One finding: its kind, what it says, and the quote that proves it, with ``place``, where that stands."""

    kind: str
    text: str
    quote: str
    topic: str
    charge: float
    confidence: float
    place: str = ""


def stored_findings(findings: "Iterable[ContextExtraction]", *, with_source: bool) -> list[Found]:
    """The findings that are kept, each with its speaker and second, and with its source where that is not obvious."""
    from .activity_show import clock
    from .ids import short

    def place(each: "ContextExtraction") -> str:
        source = f"{each.source_type} {short(each.source_id)}" if with_source else ""
        return ", ".join(part for part in (each.speaker, clock(each.quote_seconds), source) if part)

    return [
        Found(each.kind, each.text, each.quote, each.topic, each.charge, each.confidence, place(each))
        for each in findings
    ]


def quoted(findings: Sequence[Found]) -> Group:
    """The findings in the order given; those that follow each other from one quote stand below it."""
    by_quote = groupby(findings, lambda each: (each.quote, each.place))
    return Group(*(_below(quote, place, list(found)) for (quote, place), found in by_quote))


def _below(quote: str, place: str, found: Sequence[Found]) -> Group:
    head = Text(f"“{cut(quote, LONGEST_QUOTE)}”")
    if place:
        head.append(f"  {place}", style="dim")
    lines = Table.grid(padding=(0, 2, 0, 0))
    lines.add_column(style="cyan", min_width=KINDS_WIDTH)
    lines.add_column(overflow="fold")
    for each in found:
        lines.add_row(spoken(each.kind), _said(each))
    return Group(head, Padding(lines, (0, 0, 1, 2)))


def _said(found: Found) -> Text:
    said = Text(found.text)
    about = [] if found.topic in ("", "general", found.text.casefold()) else [found.topic]
    about += [f"charge {found.charge:.2f}"] if found.charge else []
    said.append(f"  {' · '.join([*about, level(found.confidence)])}", style="dim")
    return said
