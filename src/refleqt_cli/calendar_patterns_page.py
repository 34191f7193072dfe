"""The page of ``refleqt calendar patterns``: each signal with its sentence and a small plot."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, TypeAlias

import attrs
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from refleqt_core.intake.calendar_patterns.completion import GROUP_NAMES
from refleqt_core.intake.calendar_patterns.concentration import STAGE_NAMES
from refleqt_core.intake.calendar_patterns.fields import spoken_field
from refleqt_core.intake.calendar_patterns.findings import (
    CalendarPatterns,
    GroupCompletion,
    KeywordOverlap,
    Pace,
    Part,
    ReviewBehaviour,
    StatusFlow,
    Stay,
    TimeToPublish,
)
from refleqt_core.phrases import channel_name, listed

from .tables import hint, row, table
from .text_plots import bar, interval_line, sparkline
from .words import counted, moment, number, percent, spoken

if TYPE_CHECKING:
    from refleqt_core.intake.business import Business
    from refleqt_core.intake.calendar_patterns.service import Explained, Reading

Line: TypeAlias = tuple[str, RenderableType, str, str]

MOST = 6
"""Bars of a signal; the rest is one line."""

TITLES = {
    "velocity": "How often: marketing velocity",
    "field_completion": "What you fill in: field completion",
    "campaign_clustering": "What belongs together: campaign clustering",
    "funnel_balance": "For whom: funnel balance",
    "channel_concentration": "Where it goes out: channel concentration",
    "review_behaviour": "Looking back: 30-day reviews",
    "status_flow": "Where work waits: status flow",
    "keyword_overlap": "Competing with yourself: keyword overlap",
    "time_to_publish": "From idea to publication",
}

NUMBERS = {
    "velocity": "put on the calendar",
    "field_completion": "mean of the five groups",
    "campaign_clustering": "in a campaign",
    "funnel_balance": "balance, 1 for equal thirds",
    "channel_concentration": "Herfindahl index, 1 for a single channel",
    "review_behaviour": "done of due",
    "status_flow": "half stay longer than",
    "keyword_overlap": "competing entries",
    "time_to_publish": "median",
}
UNSAID = ("field_completion", "funnel_balance", "channel_concentration")
"""Signals whose sentence does not tell their number."""


def patterns_page(
    found: CalendarPatterns, computed_at: datetime, business: "Business", earlier: "Sequence[Reading]"
) -> Iterator[RenderableType]:
    """All nine, and how to ask for what they rest on."""
    at = moment(computed_at, business.time_zone)
    later = f"; {counted(found.later, 'entry', 'entries')} put there since" if found.later else ""
    yield Text(f"The calendar of {business.name} on {found.day}: {counted(found.entries, 'entry', 'entries')}{later}")
    for signal, lines in _plots(found).items():
        finding = getattr(found, signal)
        yield _section(signal, finding.sentence, lines, _number(signal, finding.value, earlier))
    yield Text("")
    yield hint(f"Found {at}. The entries behind a signal: refleqt calendar patterns --why status_flow")


def evidence_page(found: "Explained") -> Iterator[RenderableType]:
    """The signal's sentence, and a table of entries for each kind of evidence."""
    yield Text(f"{TITLES[found.signal]}, on {found.day}", style="bold")
    yield Text(found.finding.sentence)
    for evidence in found.finding.evidence:
        if evidence.count:
            yield Text(f"\n{counted(evidence.count, 'entry', 'entries')} {evidence.label}", style="bold")
            made = table("id", "*title", "*what")
            for each in evidence.entries:
                name = found.names.get(each.id)
                row(made, name.external_id if name else each.id, name.title if name else "", each.note)
            yield made


def _section(signal: str, sentence: str, lines: Iterable[Line], number_of: str) -> Group:
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(no_wrap=True, style="dim")
    grid.add_column(no_wrap=True)
    grid.add_column(no_wrap=True, justify="right")
    grid.add_column(overflow="fold", style="dim")
    for label, plot, value, note in lines:
        grid.add_row(Text(label), plot, Text(value), Text(note))
    said = Group(Text(sentence), *([Text(number_of, style="dim")] if number_of else []), grid)
    return Group(Text(""), Text(TITLES[signal], style="bold"), Padding(said, (0, 0, 0, 2), expand=False))


def _number(signal: str, value: float | None, earlier: "Sequence[Reading]") -> str:
    """The signal's headline number, and what it was at the beginning of what is remembered, where that differs."""
    if value is None:
        return ""
    said = f"{NUMBERS[signal]}: {_told(signal, value)}"
    known = [(each.day, _told(signal, each.values[signal])) for each in earlier if each.values[signal] is not None]
    if not known or known[0][1] == _told(signal, value):
        return said if signal in UNSAID else ""
    return f"{said}; it was {known[0][1]} on {known[0][0]}"


def _told(signal: str, value: float | None) -> str:
    units = {"velocity": "a week", "status_flow": "days", "time_to_publish": "days"}
    if signal in units:
        return f"{number(value, 1)} {units[signal]}"
    return number(value, 2) if signal in ("funnel_balance", "channel_concentration") else percent(value)


def _plots(found: CalendarPatterns) -> dict[str, list[Line]]:
    funnel, channels, campaigns = found.funnel_balance, found.channel_concentration, found.campaign_clustering
    alone = campaigns.n - sum(part.count for part in campaigns.campaigns)
    named = [attrs.evolve(part, name=channel_name(part.name)) for part in channels.channels]
    stages = [attrs.evolve(part, name=STAGE_NAMES[part.name]) for part in funnel.stages]
    return {
        "velocity": [_pace("made", found.velocity.created), _pace("published", found.velocity.published)],
        "field_completion": [_completion(each) for each in found.field_completion.groups if found.entries],
        "campaign_clustering": [*_parts(campaigns.campaigns), *_rest("in no campaign", alone)],
        "funnel_balance": [*_parts(stages), *_rest("without a stage", funnel.unstaged)],
        "channel_concentration": [*_parts(named), *_rest("without a channel", channels.without)],
        "review_behaviour": _reviews(found.review_behaviour),
        "status_flow": _flow(found.status_flow),
        "keyword_overlap": _overlap(found.keyword_overlap),
        "time_to_publish": _publication(found.time_to_publish),
    }


def _pace(label: str, pace: Pace) -> Line:
    weeks = f"{counted(len(pace.weeks), 'week')}, at most {max(pace.weeks)}" if pace.weeks else ""
    span = f"{number(pace.low, 1)} to {number(pace.high, 1)}; " if pace.per_week is not None else ""
    return label, sparkline(pace.weeks), f"{number(pace.per_week, 1)} a week", f"{span}{weeks}"


def _completion(group: GroupCompletion) -> Line:
    never = [spoken_field(part.name) for part in group.fields if not part.count]
    least = min(group.fields, key=lambda part: part.share)
    more = [f"{len(never) - 2} more"] * (len(never) > 2)
    note = f"never: {listed([*never[:2], *more])}" if never else f"least: {spoken_field(least.name)}"
    return GROUP_NAMES[group.group], bar(group.share or 0.0), percent(group.share), note


def _parts(parts: Sequence[Part]) -> Iterator[Line]:
    for part in parts[:MOST]:
        yield _short(part.name, 24), bar(part.share), percent(part.share), f"{part.count:,}"
    if rest := parts[MOST:]:
        more = sum(part.share for part in rest)
        yield f"{len(rest)} more", bar(more), percent(more), f"{sum(part.count for part in rest):,}"


def _short(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 3]}..."


def _rest(label: str, count: int) -> list[Line]:
    return [(label, Text(""), "", f"{count:,}")] if count else []


def _reviews(found: ReviewBehaviour) -> list[Line]:
    if found.value is None:
        return []
    span = f"{percent(found.low)} to {percent(found.high)}"
    typical = "" if found.late_days is None else f"; typically {_days_late(found.late_days)}"
    return [("done of due", bar(found.value), percent(found.value), f"{span}{typical}")]


def _days_late(days: float) -> str:
    if round(days) == 0:
        return "on their day"
    return f"{counted(abs(round(days)), 'day')} {'late' if days > 0 else 'early'}"


def _flow(found: StatusFlow) -> list[Line]:
    known = [stay for stay in found.stays if stay.n]
    most = max((stay.high or _length(stay) for stay in known), default=0.0)
    return [_stay(stay, most, is_bottleneck=stay.status == found.bottleneck) for stay in known]


def _stay(stay: Stay, most: float, *, is_bottleneck: bool) -> Line:
    still = f", {stay.open} still there" if stay.open else ""
    note = f"{counted(stay.n, 'stay')}{still}{'; the bottleneck' if is_bottleneck else ''}"
    low, high = stay.low or 0.0, stay.high if stay.high is not None else most
    told = f"{number(stay.median, 1)} days" if stay.median is not None else f"> {number(stay.at_least, 1)} days"
    return spoken(stay.status), interval_line(_length(stay), min(low, _length(stay)), high, most), told, note


def _length(stay: Stay) -> float:
    return stay.median if stay.median is not None else stay.at_least or 0.0


def _overlap(found: KeywordOverlap) -> list[Line]:
    most = max((target.count for target in found.largest), default=1)
    lines: list[Line] = [
        (
            _short(target.keyword, 32),
            bar(target.count / most),
            f"{target.count:,}",
            target.search_intent or "no intent stated",
        )
        for target in found.largest[:MOST]
    ]
    more = found.shared_targets - len(lines)
    return lines + _rest("further shared searches", more)


def _publication(found: TimeToPublish) -> list[Line]:
    if found.value is None or found.low is None or found.high is None:
        return []
    left_out = found.logged_later + found.unknown
    note = f"{found.published:,} published, {found.waiting:,} waiting" + f", {left_out:,} left out" * bool(left_out)
    line = interval_line(found.value, found.low, found.high, 2 * found.high)
    return [
        ("median", line, f"{number(found.value, 1)} days", f"{number(found.low, 1)} to {number(found.high, 1)}; {note}")
    ]
