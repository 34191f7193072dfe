"""``refleqt calendar templates``, ``repeat`` and ``series``: what new entries begin with, and what comes back."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from .calendar import EntryId, group, the_entry
from .calendar_options import read_options, with_fields
from .groups import WithDefault
from .output import AsJson, print_json, print_page
from .session import session

if TYPE_CHECKING:
    from collections.abc import Mapping

templates = typer.Typer(cls=WithDefault, help="What new entries begin with.")
series = typer.Typer(cls=WithDefault, help="Entries that come back.")
Name = Annotated[str, typer.Argument(metavar="NAME", help="Its name.")]

LONGEST = 40
"""Characters of a value that a template gives."""

EVERY = {"day": "DAILY", "week": "WEEKLY", "month": "MONTHLY", "year": "YEARLY"}
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def register(_app: typer.Typer) -> None:
    """The calendar's group has the commands."""
    group.add_typer(templates, name="templates")
    group.command("repeat")(repeat)
    group.add_typer(series, name="series")


@templates.command("list")
def list_templates(ctx: typer.Context, as_json: AsJson = False) -> None:
    """List all templates with the fields that they give."""
    with session(ctx).at_business() as at:
        found = at.container.templates().list(at.id)
    if as_json:
        print_json(found)
        return
    from .tables import hint, row, table

    made = table("template", "*gives")
    for each in found:
        row(made, each.name, _told(each.fields))
    print_page(made if found else hint("There is none. Make one: refleqt calendar templates save NAME --from ID"))


@templates.command("save")
@with_fields
def save_template(
    ctx: typer.Context,
    name: Name,
    like_entry: Annotated[
        str | None,
        typer.Option("--from", metavar="ID", help="An entry whose fields it takes, but not what is its own."),
    ] = None,
    title: Annotated[str | None, typer.Option(help="What new entries are called.")] = None,
    as_json: AsJson = False,
    **fields: Any,
) -> None:
    """Make or change a template: what an entry shares with others like it, and what the options say."""
    from dataclasses import replace

    from refleqt_adapters.entry_forms import read_settings
    from refleqt_core.intake.entry_drafts import NOT_GIVEN, document_of
    from refleqt_core.intake.entry_templates import like

    given = read_options(fields)
    with session(ctx).at_business() as at:
        kept: dict[str, Any] = {}
        if like_entry is not None:
            kept = like(at.container.calendar().draft(at.id, the_entry(at, like_entry).id))
        said = read_settings(given, at.business.time_zone) | ({"title": title} if title else {})
        written = document_of(replace(NOT_GIVEN, **said))
        kept |= {field: written[field] for field in said if field in written}
        made = at.container.templates().save(at.id, name, kept)
    from .tables import hint

    print_json(made) if as_json else print_page(hint(f"Template '{name}' gives {_told(made.fields)}"))


@templates.command("remove")
def remove_template(ctx: typer.Context, name: Name) -> None:
    """Take a template away; entries that were made of it stay."""
    from .tables import hint

    with session(ctx).at_business() as at:
        at.container.templates().remove(at.id, name)
    print_page(hint(f"Template '{name}' is gone."))


def repeat(
    ctx: typer.Context,
    id: EntryId,
    rule: Annotated[
        str | None, typer.Option(metavar="RRULE", help="By RFC 5545, such as 'FREQ=WEEKLY;BYDAY=TU'.")
    ] = None,
    every: Annotated[str | None, typer.Option(help="day, week, month or year, instead of --rule.")] = None,
    on: Annotated[str | None, typer.Option(metavar="DAYS", help="Such as tue or mon,thu, with --every week.")] = None,
    name: Annotated[str | None, typer.Option(help="What the series is called; else as the entry.")] = None,
    title: Annotated[
        str | None, typer.Option(help="Of those that follow; {date}, {day}, {week}, {month}, {year} are filled in.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Let entries like this one follow it by a rule; those of the next 60 days are put on the calendar."""
    with session(ctx).at_business() as at:
        entry = the_entry(at, id)
        made = at.container.series().repeat(at.id, entry.id, _rule(rule, every, on), name=name, title=title)
        coming = at.container.calendar().search(at.id, _after(entry.publish_at))
    entries = [each for each in coming if each.series_id == made.id]
    if as_json:
        print_json({"series": made, "entries": entries})
        return
    from .calendar_list import entries_table
    from .tables import hint

    if entries:
        print_page(entries_table(entries, made.time_zone))
    print_page(hint(f"More will come as time goes on. End it with: refleqt calendar series stop '{made.name}'"))


@series.command("list")
def list_series(ctx: typer.Context, as_json: AsJson = False) -> None:
    """List all series, those that were stopped included."""
    with session(ctx).at_business() as at:
        found = at.container.series().list(at.id)
    if as_json:
        print_json(found)
        return
    from .tables import hint, row, table
    from .words import day, moment

    made = table("series", "rule", "?begins", "made until", "state")
    for each in found:
        state = "goes on" if each.active else "stopped"
        begins = moment(each.starts_at, each.time_zone)
        row(made, each.name, each.rule, begins, day(each.made_until, each.time_zone), state)
    print_page(made if found else hint("Nothing comes back. Let something: refleqt calendar repeat ID --every week"))


@series.command("stop")
def stop_series(ctx: typer.Context, name: Name, as_json: AsJson = False) -> None:
    """End a series: its coming entries that nobody has touched are gone."""
    from .tables import hint
    from .words import counted

    with session(ctx).at_business() as at:
        gone = at.container.series().stop(at.id, name)
    if as_json:
        print_json({"removed": gone})
    else:
        print_page(hint(f"'{name}' has ended; {counted(gone, 'coming entry', 'coming entries')} taken off."))


def _rule(rule: str | None, every: str | None, on: str | None) -> str:
    """The rule as RFC 5545 writes it."""
    from refleqt_core.errors import Fault, InvalidInput

    if (rule is None) == (every is None) or (rule and on):
        raise InvalidInput("say either --rule, or --every with or without --on")
    if rule is not None:
        return rule
    days = [part.strip().lower()[:3] for part in (on or "").split(",") if part.strip()]
    faults = [
        Fault("--on", None, None, f"'{each}' is no day of the week", f"Use some of: {', '.join(WEEKDAYS)}")
        for each in days
        if each not in WEEKDAYS
    ]
    if every not in EVERY:
        faults.append(Fault("--every", None, None, f"'{every}' is no span", f"Use one of: {', '.join(EVERY)}"))
    if faults:
        raise InvalidInput(faults)
    return f"FREQ={EVERY[str(every)]}" + (f";BYDAY={','.join(each[:2].upper() for each in days)}" if days else "")


def _after(moment: Any) -> Any:
    from refleqt_core.intake.calendar_search import EntrySearch

    return EntrySearch(start=moment)


def _told(fields: "Mapping[str, Any]") -> str:
    from refleqt_core.intake.entry_drafts import draft_from
    from refleqt_core.intake.entry_templates import ANY

    from .calendar_show import shown
    from .words import cut, spoken

    draft = draft_from(ANY | dict(fields))
    return "; ".join(f"{spoken(name)}: {cut(shown(name, getattr(draft, name)), LONGEST)}" for name in fields)
