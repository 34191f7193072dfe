"""A calendar entry as a person writes it at a terminal: a field at a time, or as a form of YAML."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import attrs

from refleqt_core.errors import Fault, InvalidInput
from refleqt_core.intake.calendar import CHANNELS, Campaign
from refleqt_core.intake.campaigns import CampaignDraft
from refleqt_core.intake.choice_words import ALLOWED, plain, words_of
from refleqt_core.intake.drafts import EntryDraft, PlanDraft
from refleqt_core.intake.entry_fields import EntryField, entry_fields
from refleqt_core.intake.table_fields import PLAN_PARTS, TableField

from .connectors.cells import Parser, Unreadable, choice, keepable
from .connectors.mapped_cells import CellReader
from .connectors.own_cells import parameter
from .connectors.yaml_form import Form, read_form

KINDS = {
    "text": "text",
    "moment": "moment",
    "day": "day",
    "amount": "money",
    "number": "number",
    "whole": "count",
    "yes_no": "flag",
    "vitals": "vitals",
}
"""How cells of tables are read, by what a field takes."""


class Setting(NamedTuple):
    """``field=value`` as it was written, and the option that it was written with."""

    field: str
    value: str
    option: str = "--set"


def setting(text: str) -> Setting:
    """``field=value`` parted; without a sign of equality `InvalidInput`."""
    name, equals, value = text.partition("=")
    if not equals or not name.strip():
        remedy = "Write it like --set owner=Mira; the fields are listed by: refleqt calendar fields"
        raise InvalidInput([Fault("--set", None, None, f"'{text[:100]}' is no field and value", remedy)])
    return Setting(name.strip(), value.strip())


def read_settings(
    settings: Iterable[Setting], time_zone: str, stored: EntryDraft | None = None, clear: Iterable[str] = ()
) -> dict[str, Any]:
    """The fields that the settings name, as `EntryDraft` has them, and those to ``clear`` as they are when empty.

    They are written as in the cells of a calendar's table: lists parted by semicolons, ``linkedin.hook=…`` for a part
    of a plan, which is changed in the plans that are ``stored``. All faults raise `InvalidInput` at once.
    """
    known, faults = entry_fields(), list[Fault]()
    found: dict[str, Any] = {}
    plans = {plan.channel: plan for plan in (stored.plans if stored else ())}
    for name in clear:
        faults += _cannot_be_cleared(name)
        found |= {name: known[name].empty} if name in known else {}
    for each in settings:
        try:
            if _is_of_a_plan(each.field):
                plans = _with_part(plans, each, time_zone)
                found["plans"] = tuple(plans.values())
            else:
                found[each.field] = _parsed(_known(each.field), each.value, time_zone)
        except Unreadable as wrong:
            field = None if each.option != "--set" else each.field
            faults.append(Fault(each.option, None, field, wrong.problem, wrong.remedy))
    if faults:
        raise InvalidInput(faults)
    return found


def write_form(draft: EntryDraft, time_zone: str) -> str:
    """The entry as a form that `read_entry_form` reads: every field in its group, those that say nothing left blank."""
    return "\n".join(_lines(draft, ZoneInfo(time_zone))) + "\n"


def read_entry_form(path: Path, time_zone: str) -> dict[str, Any]:
    """Every field as the form has it; what is wrong with it raises `InvalidInput` with all faults by line."""
    form = read_form(path)
    read = {
        field.name: _read(form, field, time_zone)
        for field in entry_fields().values()
        if field.name not in FIXED and not field.is_short_form
    }
    form.finish()
    return read


FIXED = ("external_id", "created_at")
"""What a form shows only as a remark, since it cannot be changed."""


def _known(name: str) -> EntryField:
    field = entry_fields().get(name)
    if field is None or field.takes == "plans":
        from difflib import get_close_matches

        near = get_close_matches(name[:100], list(entry_fields()), n=1, cutoff=0.6)
        part = "Plans are set by their parts, such as linkedin.hook=…" if name == "plans" else ""
        remedy = part or (f"Did you mean '{near[0]}'?" if near else "List the fields: refleqt calendar fields")
        raise Unreadable(f"there is no field '{name[:100]}'" if not part else "it is not one value", remedy)
    return field


def _cannot_be_cleared(name: str) -> list[Fault]:
    try:
        field = entry_fields()["plans"] if name == "plans" else _known(name)
    except Unreadable as wrong:
        return [Fault("--clear", None, name, wrong.problem, wrong.remedy)]
    if not field.can_be_empty:
        return [Fault("--clear", None, name, "an entry cannot be without it", f"Change it: --set {name}=…")]
    return []


def _parsed(field: EntryField, text: str, time_zone: str) -> Any:
    if not text:
        if field.can_be_empty:
            return field.empty
        raise Unreadable("it is blank", "Write something.")
    if field.many and field.allowed:
        one = _parser(field, time_zone)
        parts = text.replace(",", ";").split(";")
        return tuple(dict.fromkeys(one(part.strip()) for part in parts if part.strip()))
    if field.many:
        return CellReader(is_own=True).parser(TableField(field.name, "names"))(keepable(text))
    return _parser(field, time_zone)(keepable(text))


def _parser(field: EntryField, time_zone: str) -> Parser:
    """What reads one value of the field."""
    if field.name in ALLOWED:
        strict, words = choice(*field.allowed), words_of(field.name)
        return lambda text: words.get(plain(text[:200])) or strict(text)
    if field.allowed and field.takes == "text":
        return choice(*field.allowed)
    kind: Any = KINDS[field.takes]
    return CellReader(zone=ZoneInfo(time_zone), is_own=True).parser(TableField(field.name, kind))


def _is_of_a_plan(name: str) -> bool:
    channel, dot, part = name.partition(".")
    return bool(dot and channel in CHANNELS and part)


def _with_part(plans: Mapping[str, PlanDraft], given: Setting, time_zone: str) -> dict[str, PlanDraft]:
    channel, _, part = given.field.partition(".")
    plan = plans.get(channel, PlanDraft(channel=channel))
    kind: Any = PLAN_PARTS.get(part, "parameter")
    reader = CellReader(zone=ZoneInfo(time_zone), is_own=True).parser(TableField(given.field, kind))
    value = reader(keepable(given.value)) if given.value else None
    if part in PLAN_PARTS:
        said: dict[str, Any] = {part: value if value is not None else getattr(PlanDraft(channel=channel), part)}
        return {**plans, channel: replace(plan, **said)}
    kept = {name: each for name, each in plan.parameters.items() if name != part}
    return {**plans, channel: replace(plan, parameters=kept | ({} if value is None else {part: value}))}


def _read(form: Form, field: EntryField, time_zone: str) -> Any:
    if field.takes == "plans":
        return tuple(_read_plan(each, time_zone) for each in form.items(field.name))
    if field.takes == "vitals":
        inside = form.group(field.name)
        number = CellReader(is_own=True).parser(TableField(field.name, "number"))
        return {name: inside.value(name, number) for name in field.allowed if name in inside.names()}
    parse = _parser(field, time_zone)
    if field.many:
        return form.values(field.name, parse)
    return form.value(field.name, parse, required=not field.can_be_empty, default=field.empty)


def _read_plan(form: Form, time_zone: str) -> PlanDraft:
    reader = CellReader(zone=ZoneInfo(time_zone), is_own=True)
    inside = form.group("parameters")
    read = reader.parser(TableField("parameter", "parameter"))
    return PlanDraft(
        channel=form.value("channel", choice(*CHANNELS), required=True, default=CHANNELS[0]),
        parameters={name: inside.value(name, read) for name in inside.names()},
        posting_schedule=form.values("posting_schedule"),
        paid_budget=form.value("paid_budget", reader.parser(TableField("paid_budget", "money"))),
        repurposing_plan=form.value("repurposing_plan"),
    )


def _lines(draft: EntryDraft, zone: ZoneInfo) -> Iterator[str]:
    yield f"# {draft.external_id}. Change what you like, save and close; a blank field says nothing."
    yield f"# Moments without an offset are in {zone.key}. What is what: refleqt calendar fields"
    group = ""
    for field in entry_fields().values():
        if field.name in FIXED or field.is_short_form:
            continue
        if field.group != group:
            group = field.group
            yield f"\n# {group}"
        yield _line(field, _written(getattr(draft, field.name), field, zone))


def _line(field: EntryField, value: Any) -> str:
    import yaml

    if value in (None, "", [], {}):
        hint = f"  # {', '.join(field.allowed)}" if field.allowed else ""
        return f"{field.name}:{hint}"
    in_one_line = field.takes == "vitals" or (field.many and field.takes != "plans")
    said = value if in_one_line else {field.name: value}
    written: str = yaml.dump(
        said, Dumper=_dumper(), default_flow_style=in_one_line, allow_unicode=True, width=100_000, sort_keys=False
    )
    return f"{field.name}: {written}".rstrip("\n") if in_one_line else written.rstrip("\n")


def _written(value: Any, field: EntryField, zone: ZoneInfo) -> Any:
    """The value as YAML can hold it and the form's parsers read it."""
    if value is None:
        return None
    writers: Mapping[str, Callable[[Any], Any]] = {
        "moment": lambda moment: moment.astimezone(zone).isoformat(),
        "day": lambda day: day.isoformat(),
        "amount": _money,
        "number": lambda number: int(number) if float(number).is_integer() else number,
        "vitals": dict,
        "plans": lambda plans: [_plan(plan) for plan in plans],
    }
    if field.many and field.takes != "plans":
        return list(value)
    return writers[field.takes](value) if field.takes in writers else value


def _plan(plan: PlanDraft) -> dict[str, Any]:
    parts: dict[str, Any] = {
        "channel": plan.channel,
        "parameters": {name: parameter(value) for name, value in plan.parameters.items()},
        "posting_schedule": list(plan.posting_schedule),
        "paid_budget": None if plan.paid_budget is None else _money(plan.paid_budget),
        "repurposing_plan": plan.repurposing_plan,
    }
    return {name: value for name, value in parts.items() if value}


def _money(amount: Any) -> str:
    return str(amount).replace(",", "")


def _dumper() -> Any:
    """Writes texts of several lines as such."""
    import yaml

    class Dumper(yaml.SafeDumper):
        pass

    def text(dumper: Any, said: str) -> Any:
        return dumper.represent_scalar("tag:yaml.org,2002:str", said, style="|" if "\n" in said else None)

    Dumper.add_representer(str, text)
    return Dumper


def changed_fields(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """What of a form is another since; both as `read_entry_form` read it."""
    return {name: value for name, value in after.items() if value != before[name]}


def read_campaign(name: str, said: Mapping[str, str | None], stored: Campaign | None) -> CampaignDraft:
    """The campaign as it is ``stored``, with what is ``said`` of it by option; an empty text takes a value away."""
    kept = CampaignDraft(name=name) if stored is None else _as_draft(stored)
    reader, faults, empty = CellReader(is_own=True), list[Fault](), CampaignDraft(name=name)
    found: dict[str, Any] = {}
    for option, text in said.items():
        field, kind = CAMPAIGN_OPTIONS[option]
        parse = reader.parser(TableField(field, kind))
        try:
            if text is not None:
                found[field] = parse(keepable(text.strip())) if text.strip() else getattr(empty, field)
        except Unreadable as wrong:
            faults.append(Fault(f"--{option}", None, None, wrong.problem, wrong.remedy))
    if faults:
        raise InvalidInput(faults)
    return attrs.evolve(kept, **found)


CAMPAIGN_OPTIONS: Mapping[str, tuple[str, Any]] = {
    "goal": ("goal", "text"),
    "group": ("group", "text"),
    "owner": ("owner", "text"),
    "from": ("starts_on", "day"),
    "to": ("ends_on", "day"),
    "budget": ("budget", "money"),
}


def _as_draft(stored: Campaign) -> CampaignDraft:
    return CampaignDraft(**{field.name: getattr(stored, field.name) for field in attrs.fields(CampaignDraft)})
