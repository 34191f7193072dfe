"""The onboarding from a YAML or JSON file: the questionnaire's fields, and the answers in the business's own words."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from refleqt_core.intake.business import BusinessProfile
from refleqt_core.intake.drafts import Answer, OnboardingForm
from refleqt_core.intake.group_drafts import ANSWER, QUESTION, GroupDraft, default_of, form_of, key_of, slug_of
from refleqt_core.intake.questionnaire import MOST_ANSWERS, MOST_ITEMS, FormField, QuestionGroup, problem_of
from refleqt_core.intake.questions import QUESTIONNAIRE

from .cells import Parser, Unreadable, amount, choice, number
from .yaml_form import Form, read_form

__all__ = ["parser_of", "read_groups", "read_onboarding", "slug_of"]

_share = number(minimum=0, maximum=1, remedy="Write a share")


def read_onboarding(path: Path) -> OnboardingForm:
    """The form as the file fills it in; any fault raises `InvalidInput` with all faults by line and field.

    A field is named by its path, like ``audience.segments[1].name``. The slug, and the keys of segments, are made of
    the names where they are not given. A group that is not there was skipped.
    """
    return form_of(_read(path, new=True))


def read_groups(path: Path) -> tuple[GroupDraft, ...]:
    """What the file says in the groups that it has, and no word of the others. Faults as `read_onboarding`.

    An identity without a slug says nothing of the slug.
    """
    return tuple(_read(path, new=False))


def parser_of(field: FormField) -> Parser:
    """Reads one text as a value of the field (one item, where it is a list), or raises `Unreadable`."""
    if field.kind == "scale":
        return _share
    if field.kind in ("choice", "choices"):
        return choice(*field.options)

    def parse(cell: str) -> str:
        if wrong := problem_of(field, cell):
            raise Unreadable(*wrong)
        return cell

    return parse


def _read(path: Path, *, new: bool) -> list[GroupDraft]:
    document = read_form(path)
    drafts = []
    for group in QUESTIONNAIRE:
        is_there, form = group.name in document.names(), document.group(group.name)
        if is_there or (new and group.name == "identity"):
            drafts.append(_group(group, form, new=new))
    document.finish()
    return drafts


def _group(group: QuestionGroup, form: Form, *, new: bool) -> GroupDraft:
    """All fields of the group; one that is not there says nothing."""
    record = group.record or BusinessProfile
    fields = {field.name: _value(form, field, record) for field in group.fields}
    if group.name == "identity":
        fields = _named(form, fields, new=new)
    return GroupDraft(group=group.name, fields=fields, answers=_answers(form))


def _named(form: Form, fields: dict[str, Any], *, new: bool) -> dict[str, Any]:
    """A new business has a slug, made of its name where it is not given; one that is there keeps its own."""
    if not new:
        return {name: value for name, value in fields.items() if name != "slug" or value}
    slug = fields["slug"] or slug_of(fields["name"] or "")
    if fields["name"] and not slug:
        form.fault("slug", "no slug can be made of the name", "Write one, of small letters, digits and hyphens.")
    return fields | {"slug": slug}


def _value(form: Form, field: FormField, record: type) -> Any:
    if field.kind == "rows":
        return tuple(_rows(form, field))
    if field.is_many:
        return _bounded(form, field.name, form.values(field.name, parser_of(field)))
    if field.kind == "money":
        return form.amount(field.name, amount, beside="currency")
    return form.value(field.name, parser_of(field), required=field.required, default=default_of(field, record))


def _rows(form: Form, field: FormField) -> Iterator[Any]:
    assert field.record is not None
    keys: set[str] = set()
    for position, row in enumerate(_bounded(form, field.name, form.items(field.name))):
        values = {each.attribute: _value(row, each, field.record) for each in field.columns}
        if "key" in values:
            values["key"] = _key(row, values, position, keys)
        yield field.record(**{name: "" if value is None else value for name, value in values.items()})


def _key(row: Form, values: dict[str, Any], position: int, keys: set[str]) -> str:
    key: str = values["key"] or (key_of(values["name"], position) if values["name"] else "")
    if key and key in keys:
        row.fault("key", f"another segment has the key '{key}'", "Give each segment a key of its own.")
    keys.add(key)
    return key


def _bounded(form: Form, name: str, listed: Any) -> Any:
    if len(listed) > MOST_ITEMS:
        form.fault(name, f"there are {len(listed)} of them", f"Write the {MOST_ITEMS} that matter most.")
    return listed


def _answers(form: Form) -> tuple[Answer, ...]:
    items = form.items("answers")
    if len(items) > MOST_ANSWERS:
        form.fault("answers", f"there are {len(items)} answers", f"Give at most {MOST_ANSWERS}.")
    return tuple(
        Answer(
            question=each.value("question", parser_of(QUESTION), required=True, default=""),
            answer=each.value("answer", parser_of(ANSWER), default=""),
        )
        for each in items
    )
