"""``refleqt activities signals``, ``recommend`` and ``lineage``: how a team works together, and what it does next."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from .activities import group
from .output import AsJson, print_json, print_page
from .session import session

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import RenderableType

    from refleqt_core.context.activity_report import ActivityReport
    from refleqt_core.context.alignment import Compared, Statement
    from refleqt_core.outputs.records import RecommendationOutcome


def register(_app: typer.Typer) -> None:
    """The group of the activities has the commands."""
    group.command("signals")(signals)
    group.command("recommend")(recommend)
    group.command("lineage")(lineage)


def signals(
    ctx: typer.Context,
    quotes: Annotated[int, typer.Option(min=0, max=50, help="Pairs of quotes that diverge most.")] = 3,
    day: Annotated[str | None, typer.Option("--as-of", metavar="DAY", help="As of the end of that day.")] = None,
    as_json: AsJson = False,
) -> None:
    """Show the six implicit signals, with what people said of one thing side by side."""
    from .words import read_moment

    with session(ctx).at_business() as at:
        zone = at.business.time_zone
        asked = None if day is None else _day(read_moment(day, "--as-of", zone), zone)
        report = at.container.activity_report().read(at.id, asked, show=quotes)
    print_json(_document(report)) if as_json else print_page(*_page(report))


def recommend(
    ctx: typer.Context,
    another: Annotated[bool, typer.Option("--another", help="Not that one: another type.")] = False,
    as_json: AsJson = False,
) -> None:
    """Recommend the activity to hold next, by what is not known yet; it is on record, and so is what comes of it."""
    with session(ctx).at_business() as at:
        found = at.container.activity_advice().recommend(at.id, another=another)
    if as_json:
        print_json(found)
        return
    from rich.console import Group

    from .ids import short
    from .tables import bullets, facts, hint, panel
    from .words import counted, percent

    content = found.recommendation_content
    minutes = content["minutes"] and counted(content["minutes"], "minute")
    about = facts([("good for", content["purpose"]), ("takes", minutes), ("chance", percent(found.propensity))])
    print_page(panel(Group(about, bullets(content["reasons"])), content["name"], short(found.id)))
    print_page(hint(f"How it is led: refleqt activities types show {content['activity_type']}"))
    print_page(hint(f"Held? refleqt activities record {content['activity_type']} FILES… · Not that one? --another"))


def lineage(
    ctx: typer.Context,
    limit: Annotated[int, typer.Option(min=1, help="How many at most.")] = 20,
    as_json: AsJson = False,
) -> None:
    """Show each recommendation, what the team did, what was learned of it, and how sure that is."""
    with session(ctx).at_business() as at:
        found = at.container.activity_advice().lineage(at.id, limit=limit)
        zone = at.business.time_zone
    if as_json:
        print_json([{"recommendation": each.recommendation, "activity": each.activity, "quality": each.quality,
                     "confidence": each.confidence} for each in found])  # fmt: skip
        return
    from .ids import short
    from .tables import hint, row, table
    from .words import NONE, day

    made = table("id", "recommended", "*activity", "answer", "?held", "*learned", ">quality", "confidence")
    for each in found:
        asked = each.recommendation
        held = day(each.activity.held_at, zone) if each.activity else NONE
        score = asked.context_quality_score
        row(
            made, short(asked.id), day(asked.recommended_at, zone), _name(asked), asked.user_action or "open", held,
            _learned(asked), NONE if score is None else f"{score:.2f}", each.confidence or NONE,
        )  # fmt: skip
    print_page(made if found else hint("Nothing was recommended yet: refleqt activities recommend"))


def _name(asked: "RecommendationOutcome") -> str:
    return str(asked.recommendation_content.get("name") or asked.recommendation_content.get("activity_type"))


def _learned(asked: "RecommendationOutcome") -> str:
    from .words import NONE, spoken

    if asked.context_extracted.get("source_removed"):
        return "the activity was removed"
    counts = asked.context_extracted.get("counts") or {}
    return ", ".join(f"{count} {spoken(kind)}" for kind, count in counts.items()) or NONE


def _day(moment: Any, zone: str) -> Any:
    from zoneinfo import ZoneInfo

    return moment.astimezone(ZoneInfo(zone)).date()


def _document(report: "ActivityReport") -> dict[str, Any]:
    """The report as JSON: statements with who said them, in which activity, and at what second."""
    from refleqt_core.context.activity_report import numbers

    pairs = [
        {
            "topic": pair.topic,
            "similarity": pair.similarity,
            "divergence": pair.divergence,
            "why": pair.why,
            "quotes": [_quote(report, pair.one), _quote(report, pair.other)],
        }
        for pair in report.alignment.widest
    ]
    told = numbers(report)
    told["participation"] |= {"words_by_speaker": dict(report.signals.participation.words)}
    told["preference"] = report.signals.preference
    told["alignment"] |= {"sees": report.alignment.sees, "left_out": report.alignment.left_out, "widest": pairs}
    return told


def _quote(report: "ActivityReport", statement: "Statement") -> dict[str, Any]:
    where = report.activities.get(statement.activity_id, "")
    return {**statement._asdict(), "activity": where}


def _page(report: "ActivityReport") -> "Iterator[RenderableType]":
    from .tables import facts, headed, hint

    for name, rows, lacks in _sections(report):
        if any(value not in (None, "") for _, value in rows):
            yield headed(name, facts(rows))
        else:
            yield headed(name, hint("nothing can be said yet"))
        if lacks:
            yield _remark(lacks)
    agreed = report.alignment
    yield headed("Alignment", facts([("agreement", _percent(agreed.agreement)), ("compared", _compared(report))]))
    for pair in agreed.widest:
        yield _side_by_side(report, pair)
    yield _remark(agreed.lacks or agreed.sees)


def _compared(report: "ActivityReport") -> str:
    from .words import counted

    agreed = report.alignment
    said = f"{counted(agreed.pairs, 'pair')} of {counted(agreed.statements, 'statement')} by"
    older = f"; {agreed.left_out:,} older ones left out" if agreed.left_out else ""
    return f"{said} {counted(len(agreed.speakers), 'person', 'people')}{older}"


def _sections(report: "ActivityReport") -> "Iterator[tuple[str, list[tuple[str, object]], str | None]]":
    from .words import spoken

    told = report.signals
    took, held, rich = told.participation, told.consistency, told.richness
    of_team = f"{took.people} people" + (f", {_percent(took.share)} of the team" if took.share is not None else "")
    words = ", ".join(f"{name} {count:,}" for name, count in sorted(took.words.items(), key=lambda each: -each[1]))
    yield "Participation", [
        ("took part", of_team if took.people else None),
        ("people each time", _filled("{:.1f}", took.mean_people)),
        ("alone", took.alone or None),
        ("words", words if took.gini is not None else None),
        ("unevenness", _filled("{:.2f} (Gini; 0 is even)", took.gini)),
        ("the leaders' words", _percent(took.founder_share)),
    ], took.lacks  # fmt: skip
    yield "Consistency", [
        ("held", held.held or None),
        ("between two", _filled("{:.0f} days (median)", held.median_days)),
        ("variation", _filled("{:.2f} (0 is a clock, 1 is chance)", held.variation)),
        ("last", _filled("{:.0f} days ago", held.days_since)),
        ("only the first", "yes" if held.only_first else None),
    ], held.lacks  # fmt: skip
    yield "Output richness", [
        ("words", f"{rich.words:,}" if rich.words else None),
        ("variety of words", _filled("{:.0f} (MTLD)", rich.diversity)),
        ("variety of topics", _filled("{:.1f} bits", rich.topic_entropy)),
        ("emotional range", _filled("{:.2f}", rich.emotional_range)),
    ], rich.lacks  # fmt: skip
    chosen = ", ".join(
        f"{spoken(each.activity_type)} {_percent(each.share)}{' (preferred)' if each.is_preferred else ''}"
        for each in told.preference.types
    )
    never = ", ".join(spoken(each) for each in told.preference.never_held)
    rows: list[tuple[str, object]] = [("chosen", chosen), ("never held", never)]
    yield "Activity preference", rows, told.preference.lacks
    share = told.spoken_or_written
    yield "Audio and text", [
        ("spoken", _percent(share.spoken_share)),
        ("with a recording", share.with_recording or None),
    ], share.lacks  # fmt: skip


def _side_by_side(report: "ActivityReport", pair: "Compared") -> "RenderableType":
    from rich import box
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    from .activity_show import clock

    made = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, expand=True)
    for statement in (pair.one, pair.other):
        made.add_column(Text(statement.speaker), ratio=1, overflow="fold")
    made.add_row(*(Text(f"“{each.text}”") for each in (pair.one, pair.other)))
    wheres = []
    for each in (pair.one, pair.other):
        at = f", {clock(each.second)}" if each.second is not None else ""
        wheres.append(Text(f"{report.activities.get(each.activity_id, '')}{at}", style="dim"))
    made.add_row(*wheres)
    made.title = Text(f"{pair.topic}: {pair.why} ({pair.divergence:.2f})", style="bold")
    made.title_justify = "left"
    return Padding(made, (1, 0, 0, 1))


def _remark(text: str) -> "RenderableType":
    from rich.padding import Padding

    from .tables import hint

    return Padding(hint(text), (0, 0, 0, 1))


def _percent(value: float | None) -> str | None:
    return None if value is None else f"{100 * value:.0f} %"


def _filled(form: str, value: float | None) -> str | None:
    """The value in its form; None where there is none."""
    return None if value is None else form.format(value)
