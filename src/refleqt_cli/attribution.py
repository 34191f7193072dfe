"""``refleqt attribution``: what each artifact earned, and credits of paths that another tool has added up."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from .groups import GET, WithReport
from .output import AsJson, print_json, print_page
from .session import At, session

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from rich.console import RenderableType

    from refleqt_core.attribution.path_report import PathReport
    from refleqt_core.attribution.records import ArtifactCredit
    from refleqt_core.values import Period

    from .tables import Rows

group = typer.Typer(cls=WithReport, help="What each artifact earned, by five models.")
MODELS = "first_touch, last_touch, linear, time_decay, position_based"


def register(app: typer.Typer) -> None:
    """The app has the group."""
    app.add_typer(group, name="attribution", rich_help_panel=GET)


@group.command("run")
def run(
    ctx: typer.Context,
    start: Annotated[str | None, typer.Option("--from", metavar="DATE", help="The first day of conversions.")] = None,
    end: Annotated[str | None, typer.Option("--to", metavar="DATE", help="The last day of conversions.")] = None,
    as_json: AsJson = False,
) -> None:
    """Credit every conversion of the period, by default all of them, to the artifacts before it."""
    from .tables import hint

    with session(ctx).at_business() as at:
        period = _period(at, start, end)
        credit = at.container.attribution().attribute(at.id, period)
        names = _artifacts(at, credit)
    if as_json:
        print_json({"period": period, "credits": [_named(each, names) for each in credit]})
        return
    print_page(_models_table(credit), hint("What each artifact earned: refleqt attribution report"))


@group.command("report")
def report(
    ctx: typer.Context,
    model: Annotated[str, typer.Option(help=f"One of: {MODELS}.")] = "position_based",
    limit: Annotated[int, typer.Option(min=1, help="How many artifacts at most.")] = 20,
    as_json: AsJson = False,
) -> None:
    """Show what each artifact earned in the newest period, by one model, and what it cost."""
    from refleqt_core.attribution.models import model_named

    from .tables import hint

    model_named(model)
    with session(ctx).at_business() as at:
        credit = at.container.attribution().report(at.id, model=model)
        names = _artifacts(at, credit)
    if as_json:
        print_json([_named(each, names) for each in credit])
        return
    if credit:
        print_page(*_report_page(credit, names, limit))
    else:
        print_page(hint("Nothing is credited yet. Import touches and conversions, then: refleqt attribution run"))


@group.command("credits")
def credits(
    paths: Annotated[
        Path, typer.Option(metavar="FILE", help="CSV: path,total_conversions,total_conversion_value,total_null")
    ],
    model: Annotated[list[str] | None, typer.Option(help=f"all, or one of: {MODELS}; may be repeated.")] = None,
    value: Annotated[bool, typer.Option("--value", help="Split the value instead of the conversions.")] = False,
    skip_bad_rows: Annotated[
        bool, typer.Option("--skip-bad-rows", help="Leave bad rows out; write them to FILE.rejected.csv with reasons.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Credit the channels of paths such as ``search > email > search``. Needs no database."""
    from refleqt_adapters.incoming_files import path_credits
    from refleqt_core.attribution.models import MODELS as KNOWN

    named = model or ["all"]
    models = list(KNOWN) if "all" in named else list(dict.fromkeys(named))
    by: Literal["conversions", "value"] = "value" if value else "conversions"
    found = path_credits(paths, models, by, skip_bad_rows=skip_bad_rows)
    if as_json:
        print_json(found)
    else:
        print_page(*_credits_page(found, by))


def _period(at: At, start: str | None, end: str | None) -> "Period":
    """The days that were named; where none was, all that have conversions."""
    from datetime import timedelta

    from refleqt_core.attribution.records import Conversion
    from refleqt_core.errors import NotFound
    from refleqt_core.values import Period

    from .words import read_moment

    zone = at.business.time_zone
    with at.container.store().business(at.id) as tx:
        ends = [tx.find(Conversion, order=order, limit=1) for order in ("occurred_at", "-occurred_at")]
    if not all(ends):
        raise NotFound("there is no conversion yet; import some with: refleqt import conversions.csv")
    first, last = (found[0].occurred_at for found in ends)
    day = first.replace(hour=0, minute=0, second=0, microsecond=0)
    next_day = last.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    return Period(
        start=read_moment(start, "--from", zone) if start else day,
        end=read_moment(end, "--to", zone, end_of_day=True) if end else next_day,
    )


def _artifacts(at: At, credit: "Sequence[ArtifactCredit]") -> "Mapping[UUID | None, tuple[str, str]]":
    """The name in the business's files and the title of each artifact that got credit."""
    from refleqt_core.intake.calendar import CalendarEntry
    from refleqt_core.ports import where

    ids = sorted({each.calendar_entry_id for each in credit if each.calendar_entry_id})
    with at.container.store().business(at.id) as tx:
        entries = tx.find(CalendarEntry, *where(id__in=ids)) if ids else []
    return {entry.id: (entry.external_id, entry.title) for entry in entries}


def _named(each: "ArtifactCredit", names: "Mapping[UUID | None, tuple[str, str]]") -> dict[str, object]:
    from .output import document

    external_id, title = names.get(each.calendar_entry_id, (None, None))
    return {**document(each), "artifact": external_id, "title": title}


def _models_table(credit: "Sequence[ArtifactCredit]") -> "Rows":
    from refleqt_core.attribution.models import MODELS as KNOWN
    from refleqt_core.values import total

    from .tables import row, table
    from .words import spoken

    made = table("model", ">artifacts", ">credited", ">without artifact", ">total")
    for model in KNOWN:
        own = [each for each in credit if each.model == model and each.calendar_entry_id]
        rest = [each for each in credit if each.model == model and not each.calendar_entry_id]
        currency = credit[0].revenue.currency if credit else "EUR"
        sums = [total([each.revenue for each in some], currency) for some in (own, rest, [*own, *rest])]
        row(made, spoken(model), sum(each.revenue.minor > 0 for each in own), *sums)
    return made


def _report_page(
    credit: "Sequence[ArtifactCredit]", names: "Mapping[UUID | None, tuple[str, str]]", limit: int
) -> "list[RenderableType]":
    from refleqt_core.values import total

    from .tables import hint, row, table
    from .words import amount, spoken

    currency = credit[0].revenue.currency
    made = table("id", "*artifact", f">{currency}", ">?conversions", ">cost", ">return", ">?80 %", ">?differ")
    earned = [each for each in credit if each.calendar_entry_id]
    for each in earned[:limit]:
        external_id, title = names.get(each.calendar_entry_id, ("", ""))
        span = "" if each.roi_low is None or each.roi_high is None else f"{each.roi_low:.1f}–{each.roi_high:.1f}"
        differ = "" if each.disagreement is None else f"{each.disagreement:.0%}"
        back = "" if each.roi is None else f"{each.roi:.1f}×"
        cost = "" if each.cost is None else amount(each.cost)
        row(made, external_id, title, amount(each.revenue), f"{each.conversions:.1f}", cost, back, span, differ)
    rest = [each.revenue for each in credit if not each.calendar_entry_id]
    sums = total([each.revenue for each in credit], currency)
    first = credit[0]
    told = f"{spoken(first.model)}, {first.period_start} to {first.period_end}: {sums} in all"
    others = f", of it {total(rest, currency)} without an artifact" if rest else ""
    more = f"; {len(earned) - limit} more artifacts with --limit" if len(earned) > limit else ""
    missing = "No return is told where the cost is not known, or fewer than ten journeys."
    return [made, hint(f"{told}{others}{more}."), hint(f"differ: how far the five models are apart. {missing}")]


def _credits_page(found: "PathReport", of: str) -> "list[RenderableType]":
    from .tables import hint, row, table
    from .words import spoken

    models = found["models"]
    channels = sorted(
        {channel for by_channel in models.values() for channel in by_channel},
        key=lambda channel: (-max(by_channel.get(channel, 0.0) for by_channel in models.values()), channel),
    )
    made = table("*channel", *(f">{spoken(model)}".replace(" ", "\n") for model in models))
    for channel in channels:
        row(made, channel, *(f"{by_channel.get(channel, 0.0):,.2f}" for by_channel in models.values()))
    if found["unattributed"]:
        row(made, "(no touch)", *(f"{found['unattributed']:,.2f}" for _ in models), style="dim")
    made.add_section()
    row(made, f"all {of}", *(f"{found['total']:,.2f}" for _ in models), style="bold")
    return [made, *(hint(note) for note in found["notes"])]
