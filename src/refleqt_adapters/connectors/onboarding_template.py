"""The onboarding as a file to fill in: every field with its options and an example, in YAML or in JSON."""

import json
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

import yaml

from refleqt_core.intake.drafts import Answer
from refleqt_core.intake.group_drafts import GroupDraft, nothing_in
from refleqt_core.intake.questionnaire import FormField, QuestionGroup, is_empty
from refleqt_core.intake.questions import QUESTIONNAIRE
from refleqt_core.values import MINOR_UNITS, Money

_HEAD = """\
# The onboarding of a business. Fill in what you know. What stays empty was skipped, and can be said later.
# A group that is left out stays as it is. Then: refleqt onboard --from FILE
"""
_WIDTH = 110


def yaml_template(said: Iterable[GroupDraft] = ()) -> str:
    """The form in YAML with a remark at each field, filled in with what is ``said``.

    Read again, it says the same; a question of the group that was not asked stands there to be answered or skipped.
    """
    given = {draft.group: draft for draft in said}
    return "\n".join([_HEAD, *(line for group in QUESTIONNAIRE for line in _group(group, given.get(group.name)))])


def json_template(said: Iterable[GroupDraft] = ()) -> str:
    """As `yaml_template`, in JSON, which has no remarks."""
    given = {draft.group: draft for draft in said}
    form = {
        group.name: {
            **{name: value for field in group.fields for name, value in _plain(field, values[field.name]).items()},
            "answers": [{"question": each.question, "answer": each.answer} for each in answers],
        }
        for group in QUESTIONNAIRE
        for values, answers in [_said(group, given.get(group.name))]
    }
    return json.dumps(form, ensure_ascii=False, indent=2) + "\n"


def _said(group: QuestionGroup, draft: GroupDraft | None) -> tuple[Mapping[str, Any], tuple[Answer, ...]]:
    """The values of all fields, and the answers: first those to the questions of the group, asked or not."""
    left = list(draft.answers or ()) if draft else []
    asked = []
    for question in group.questions:
        given = next((each for each in left if each.question == question.question), None)
        asked.append(given or Answer(question=question.question))
        if given:
            left.remove(given)
    return {**nothing_in(group), **(draft.fields if draft else {})}, (*asked, *left)


def _group(group: QuestionGroup, draft: GroupDraft | None) -> Iterator[str]:
    values, answers = _said(group, draft)
    yield f"# {group.title}. {group.help}"
    yield f"{group.name}:"
    for field in group.fields:
        yield from (f"  # {remark}" for remark in _remarks(field))
        yield from (f"  {line}" for line in _dumped(_plain(field, values[field.name])))
        if field.kind == "rows" and is_empty(values[field.name]):
            yield from (f"  # {line}" for line in _dumped({field.name: [_example(field)]}))
    yield '  # In your own words, as long as you like; "" skips a question.'
    said = [{"question": each.question, "answer": each.answer} for each in answers]
    yield from (f"  {line}" for line in _dumped({"answers": said}))
    yield ""


def _remarks(field: FormField) -> Iterator[str]:
    """What a person has to know to fill in the field."""
    needed = " (required)" if field.required else ""
    yield f"{field.title}{needed}." + (f" {field.help}" if field.help else "")
    if field.options:
        yield f"{'any' if field.is_many else 'one'} of: {', '.join(field.options)}"
    elif field.kind == "scale":
        yield f"0 is {field.ends[0]}, 1 is {field.ends[1]}; such as: {field.example}"
    elif field.example:
        yield f"such as: {f'[{field.example}]' if field.is_many else field.example}"


def _plain(field: FormField, value: Any) -> dict[str, Any]:
    """The field and its value as they stand in a form; an amount has its currency in a field beside it."""
    if field.kind == "rows":
        rows = [
            {
                name: cell
                for each in field.columns
                for name, cell in _plain(each, getattr(row, each.attribute)).items()
                if cell not in ("", None, [])
            }
            for row in value
        ]
        return {field.name: rows}
    if field.kind == "money" and value is not None:
        return {field.name: _amount(value), "currency": value.currency}
    return {field.name: list(value) if field.is_many else value}


def _amount(money: Money) -> str:
    digits = MINOR_UNITS.get(money.currency, 2)
    return f"{Decimal(money.minor).scaleb(-digits):f}"


def _example(field: FormField) -> dict[str, Any]:
    """A row made of the examples of its columns."""
    row: dict[str, Any] = {}
    for each in field.columns:
        if each.kind == "rows":
            row[each.name] = [_example(each)]
        elif each.kind == "money":
            row[each.name], row["currency"] = each.example.split()
        elif each.example:
            row[each.name] = each.example.split(", ") if each.is_many else each.example
    return row


def _dumped(fields: Mapping[str, Any]) -> Iterator[str]:
    """The lines of the fields; an empty value is nothing at all."""
    document = {name: _nothing_or(value) for name, value in fields.items()}
    text = yaml.dump(document, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=_WIDTH)
    return iter(text.rstrip("\n").split("\n"))


def _nothing_or(value: Any) -> Any:
    return None if value == "" else value


class _Dumper(yaml.SafeDumper):
    """Writes None as nothing."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        """Items of a list stand further in than its name."""
        return super().increase_indent(flow, False)


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.Node:
    """Line breaks and what cannot be seen are escaped; YAML would fold them."""
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=None if text.isprintable() else '"')


_Dumper.add_representer(str, _text)
_Dumper.add_representer(type(None), lambda dumper, _: dumper.represent_scalar("tag:yaml.org,2002:null", ""))
