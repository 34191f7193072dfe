"""``refleqt calendar show`` and ``history``: an entry with all that is known of it, and how it came to be so."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import typer

from .calendar import EntryId, group, the_entry
from .output import AsJson, print_json, print_page
from .session import session

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.text import Text

    from refleqt_core.intake.drafts import PlanDraft
    from refleqt_core.intake.entry_advice import Advice
    from refleqt_core.intake.entry_fields import EntryField
    from refleqt_core.outputs.entry_page import EntryPage

LONGEST = 60
"""Characters of a value in the history."""


def register(_app: typer.Typer) -> None:
    """The calendar's group has the commands."""
    group.command("show")(show)
    group.command("history")(history)


def show(ctx: typer.Context, id: EntryId, as_json: AsJson = False) -> None:
    """Show an entry: its fields by group, its plans, what could be better, comments, steps and changes."""
    with session(ctx).at_business() as at:
        page = at.container.entry_pages().read(at.id, the_entry(at, id).id)
        zone = at.business.time_zone
    print_json(page) if as_json else print_page(*entry_page(page, zone))


def history(ctx: typer.Context, id: EntryId, as_json: AsJson = False) -> None:
    """Show how an entry came to be what it is: each step with its time, and what each change changed."""
    with session(ctx).at_business() as at:
        page = at.container.entry_pages().read(at.id, the_entry(at, id).id)
        zone = at.business.time_zone
    if as_json:
        print_json({"steps": page.steps, "changes": page.changes})
        return
    from .tables import headed, hint

    print_page(headed("Steps", _steps(page, zone)))
    print_page(headed("Changes", _changes(page, zone)) if page.changes else hint("It was never changed."))


def entry_page(page: "EntryPage", zone: str) -> "Iterator[RenderableType]":
    """All of the entry, part by part."""
    from refleqt_core.intake.entry_fields import GROUPS

    from .ids import short
    from .tables import facts, headed, panel

    entry = page.entry
    yield panel(facts(_core(page, zone)), entry.title, f"{entry.external_id} · {short(entry.id)}")
    for name in list(GROUPS)[1:]:
        if rows := list(_group(page, name, zone)):
            yield headed(name, facts(rows))
    if page.draft.plans:
        yield headed("Plans by channel", facts((_spoken(plan.channel), _plan(plan)) for plan in page.draft.plans))
    if page.advice:
        yield headed("Could be better", advice_lines(page.advice))
    if page.comments:
        yield headed("Comments", comment_lines(page, zone))
    yield headed("Steps", _steps(page, zone))
    if page.changes:
        yield headed("Changes", _changes(page, zone))


def advice_lines(advice: "Sequence[Advice]") -> "RenderableType":
    """What could be better, a line for each."""
    from rich.text import Text

    from .tables import bullets

    return bullets(str(Text(f"{_spoken(each.field)}: {each.what}. {each.why}.")) for each in advice)


def comment_lines(page: "EntryPage", zone: str) -> "RenderableType":
    """The remarks with author, time and the end of their id."""
    from .ids import short
    from .tables import facts
    from .words import moment

    said = []
    for each in page.comments:
        edited = ", edited" if each.edited_at else ""
        said.append((f"{each.author}, {moment(each.written_at, zone)}{edited} ({short(each.id)})", each.text))
    return facts(said)


def shown(name: str, value: Any, zone: str = "UTC") -> str:
    """The value of that field as people read it; a dash for none."""
    from refleqt_core.intake.entry_fields import entry_fields

    from .words import NONE, moment, number

    field = entry_fields()[name]
    if value is None or value == "" or (field.many and not value):
        return NONE
    if field.takes == "plans":
        return "; ".join(map(_plan_line, value))
    if field.many:
        return "; ".join(value)
    ways: Mapping[str, Callable[[Any], str]] = {
        "moment": lambda at: moment(at, zone),
        "day": lambda day: day.isoformat(),
        "number": lambda each: number(each, 0 if float(each).is_integer() else 2),
        "whole": lambda each: f"{each:,}",
        "yes_no": lambda holds: "yes" if holds else "no",
        "vitals": lambda targets: ", ".join(f"{vital} {target:g}" for vital, target in targets.items()) or NONE,
    }
    return ways.get(field.takes, str)(value)


def _core(page: "EntryPage", zone: str) -> "Iterator[tuple[str, object]]":
    from rich.text import Text

    from .month_grid import STYLES
    from .words import number, spoken

    entry = page.entry
    yield "status", Text(spoken(entry.status), style=STYLES[entry.status])
    yield "type", spoken(entry.artifact_type)
    for name, value in _group(page, "Core", zone):
        if name not in ("external id", "title", "artifact type", "status", "tags"):
            yield name, value
    found = ", ".join(tag for tag in entry.tags if tag not in entry.own_tags)
    yield "tags", ", ".join(entry.own_tags) + (f"  (found: {found})" if found else "")
    yield "category", f"{spoken(entry.category)}, by {entry.categorised_by}"
    yield "results", ", ".join(f"{number(value)} {spoken(name)}" for name, value in (page.results or {}).items())


def _group(page: "EntryPage", name: str, zone: str) -> "Iterator[tuple[str, object]]":
    """The fields of the group that say something."""
    from refleqt_core.intake.entry_fields import entry_fields

    for field in entry_fields().values():
        value = getattr(page.draft, field.name)
        if field.group == name and field.takes != "plans" and value != field.empty:
            yield _spoken(field.name), _value(field, value, zone)
    if name == "Search" and page.entry.keyword_cluster:
        yield "keyword cluster", page.entry.keyword_cluster


def _value(field: "EntryField", value: Any, zone: str) -> str:
    told = shown(field.name, value, zone)
    return _spoken(told) if field.allowed and field.takes == "text" else told


def _plan(plan: "PlanDraft") -> "RenderableType":
    from .tables import facts

    parameters = [(_spoken(name), _parameter(value)) for name, value in plan.parameters.items()]
    rest = [
        ("posted", "; ".join(plan.posting_schedule)),
        ("paid", plan.paid_budget),
        ("again as", plan.repurposing_plan),
    ]
    pairs = [(name, value) for name, value in [*parameters, *rest] if value]
    return facts(pairs) if pairs else _none()


def _plan_line(plan: "PlanDraft") -> str:
    parts = [f"{_spoken(name)} {_parameter(value)}" for name, value in plan.parameters.items()]
    parts += [*plan.posting_schedule, str(plan.paid_budget or ""), plan.repurposing_plan or ""]
    said = ", ".join(part for part in parts if part)
    return f"{_spoken(plan.channel)} ({said})" if said else _spoken(plan.channel)


def _differing(both: tuple[Any, Any]) -> tuple[Any, Any]:
    """Of two lists what is not in the other one."""
    before, after = both
    return tuple(each for each in before if each not in after), tuple(each for each in after if each not in before)


def _parameter(value: Any) -> str:
    return "; ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _none() -> "Text":
    from rich.text import Text

    return Text("nothing more to say", style="dim")


def _steps(page: "EntryPage", zone: str) -> "RenderableType":
    from .tables import row, table
    from .words import duration, moment, spoken

    made = table("at", "status", "?after", "?by")
    before = None
    for step in page.steps:
        after = "" if before is None else duration(step.at - before)
        row(made, moment(step.at, zone), spoken(step.reached), after, step.by or "")
        before = step.at
    return made


def _changes(page: "EntryPage", zone: str) -> "RenderableType":
    """What each change changed, the latest first."""
    from .tables import row, table
    from .words import cut, moment

    made = table("at", "what", "*field", "*before", "*after", "?by")
    for change in page.changes:
        told = [moment(change.at, zone), change.action]
        by = change.by or ""
        for name, both in change.fields.items():
            values = _differing(both) if name == "plans" else both
            before, after = (cut(shown(name, value, zone), LONGEST) for value in values)
            row(made, *told, _spoken(name), before, after, by)
            told, by = ["", ""], ""
        if not change.fields:
            row(made, *told, "", "", "", by)
    return made


def _spoken(name: str) -> str:
    from .words import spoken

    return spoken(name)
