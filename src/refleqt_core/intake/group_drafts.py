"""What is said in one group of the onboarding: checked, and laid into the business and its profile."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import attrs

from ..errors import Fault, InvalidInput
from ..values import Money
from .business import BusinessProfile, Identity, Segment
from .drafts import Answer, OnboardingForm
from .questionnaire import LONGEST_ANSWER, MOST_ANSWERS, MOST_ITEMS, FormField, QuestionGroup, is_empty, problem_of
from .questions import QUESTIONNAIRE

SOURCE = "onboarding"

QUESTION = FormField(name="question", title="Question", required=True)
ANSWER = FormField(name="answer", title="Answer", longest=LONGEST_ANSWER)


@dataclass(frozen=True, kw_only=True, slots=True)
class GroupDraft:
    """What is said in one group. Fields that are not named stay as they are, and so do the answers where None."""

    group: str
    fields: Mapping[str, Any] = field(default_factory=dict)
    answers: tuple[Answer, ...] | None = None


def slug_of(name: str) -> str:
    """The name in lower-case ASCII letters and digits, hyphens between its words; empty where nothing is left."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


def key_of(name: str, position: int) -> str:
    """The key of a segment that has none: its name in letters, digits and underscores, else its place (from 0)."""
    return slug_of(name).replace("-", "_") or f"segment_{position + 1}"


def checked(draft: GroupDraft) -> GroupDraft:
    """The draft with texts stripped, nothing listed twice, and a key for each segment.

    What is missing, too long, too much, or names nothing that is asked for raises `InvalidInput`, with all faults by
    their paths such as ``audience.segments[1].name``.
    """
    group = QUESTIONNAIRE.group(draft.group)
    owner = group.record or BusinessProfile
    faults: list[Fault] = []
    fields = {}
    for name, given in draft.fields.items():
        try:
            fields[name] = _checked(group.field(name), given, f"{group.name}.{name}", owner, faults)
        except InvalidInput as error:
            faults += error.faults
    answers = draft.answers and tuple(_answers(group.name, draft.answers, faults))
    if "segments" in fields:
        fields["segments"] = tuple(_keyed(fields["segments"], faults))
    if faults:
        raise InvalidInput(faults)
    return GroupDraft(group=group.name, fields=fields, answers=answers)


def all_checked(drafts: Iterable[GroupDraft]) -> list[GroupDraft]:
    """Every one of them `checked`; the faults of all at once."""
    done, faults = [], list[Fault]()
    for draft in drafts:
        try:
            done.append(checked(draft))
        except InvalidInput as error:
            faults += error.faults
    if faults:
        raise InvalidInput(faults)
    return done


def laid_into(draft: GroupDraft, profile: BusinessProfile) -> BusinessProfile:
    """The profile with what the draft says; nothing is stored."""
    group = QUESTIONNAIRE.group(draft.group)
    said = {group.field(name).attribute: value for name, value in draft.fields.items()}
    if group.record is not None:
        said = {group.name: attrs.evolve(getattr(profile, group.name), **said)}
    return attrs.evolve(profile, **said)


def fields_of(group: QuestionGroup, profile: BusinessProfile) -> Mapping[str, Any]:
    """What is said in the typed fields of the group, by their names."""
    record = profile if group.record is None else getattr(profile, group.name)
    return {each.name: getattr(record, each.attribute) for each in group.fields}


def nothing_in(group: QuestionGroup) -> Mapping[str, Any]:
    """The values of the group's fields where nothing has been said."""
    return {each.name: default_of(each, group.record or BusinessProfile) for each in group.fields}


def default_of(field: FormField, record: type) -> Any:
    """What the field of a record is where nothing is said; None where something has to be."""
    declared = attrs.fields_dict(record)[field.attribute].default
    return None if declared is attrs.NOTHING else declared


def form_of(drafts: Iterable[GroupDraft]) -> OnboardingForm:
    """One form of what is said in all groups; of a group that is not there nothing is."""
    values: dict[str, Any] = {}
    answers: dict[str, tuple[Answer, ...]] = {}
    for draft in drafts:
        group = QUESTIONNAIRE.group(draft.group)
        said = {group.field(name).attribute: value for name, value in draft.fields.items()}
        values |= said if group.record in (None, Identity) else {group.name: group.record(**said)}
        answers |= {group.name: draft.answers} if draft.answers else {}
    return OnboardingForm(**values, answers=answers)


def drafts_of(form: OnboardingForm) -> tuple[GroupDraft, ...]:
    """What a form says, group by group: all fields of each."""
    drafts = []
    for group in QUESTIONNAIRE:
        record = form if group.record in (None, Identity) else getattr(form, group.name)
        fields = {each.name: getattr(record, each.attribute) for each in group.fields}
        drafts.append(GroupDraft(group=group.name, fields=fields, answers=tuple(form.answers.get(group.name, ()))))
    return tuple(drafts)


def plain(field: FormField, value: Any) -> Any:
    """The value as JSON has it: money as an object of minor units and currency, rows as objects by column."""
    if value is None:
        return None
    if field.kind == "rows":
        return [{each.name: plain(each, getattr(row, each.attribute)) for each in field.columns} for row in value]
    if field.kind == "money":
        return {"minor": value.minor, "currency": value.currency}
    return list(value) if field.is_many else value


def _checked(field: FormField, given: Any, path: str, owner: type, faults: list[Fault]) -> Any:
    if field.kind == "rows":
        return tuple(_row(field, row, f"{path}[{i}]", faults) for i, row in enumerate(_bounded(given, path, faults)))
    if field.is_many:
        texts = (_text(each, field, f"{path}[{i}]", faults) for i, each in enumerate(_bounded(given, path, faults)))
        return tuple(dict.fromkeys(each for each in texts if each))
    value = _text(given, field, path, faults) if field.kind in ("text", "choice") else given
    if field.required and is_empty(value):
        faults.append(Fault(SOURCE, None, path, "the field is empty", "Write it; it has to be there."))
    if isinstance(value, Money) and value.minor < 0:
        faults.append(Fault(SOURCE, None, path, f"{value} is negative", "Write what it costs, 0 or more."))
    return default_of(field, owner) if is_empty(value) else value


def _row(field: FormField, row: Any, path: str, faults: list[Fault]) -> Any:
    assert field.record is not None
    columns = {
        each.attribute: _checked(each, getattr(row, each.attribute), f"{path}.{each.name}", field.record, faults)
        for each in field.columns
    }
    return attrs.evolve(row, **{name: value for name, value in columns.items() if value is not None})


def _bounded(given: Sequence[Any], path: str, faults: list[Fault]) -> Sequence[Any]:
    if len(given) > MOST_ITEMS:
        remedy = f"Write the {MOST_ITEMS} that matter most."
        faults.append(Fault(SOURCE, None, path, f"there are {len(given)} of them", remedy))
    return given


def _text(given: str | None, field: FormField, path: str, faults: list[Fault]) -> str:
    text = (given or "").strip()
    if text and (wrong := problem_of(field, text)):
        faults.append(Fault(SOURCE, None, path, *wrong))
    return text


def _answers(group: str, answers: Sequence[Answer], faults: list[Fault]) -> Iterator[Answer]:
    if len(answers) > MOST_ANSWERS:
        problem = f"there are {len(answers)} answers"
        faults.append(Fault(SOURCE, None, f"{group}.answers", problem, f"Give at most {MOST_ANSWERS}."))
    for i, each in enumerate(answers):
        path = f"{group}.answers[{i}]"
        question = _text(each.question, QUESTION, f"{path}.question", faults)
        if not question:
            faults.append(Fault(SOURCE, None, f"{path}.question", "the question is empty", "Write what was asked."))
        yield Answer(question=question, answer=_text(each.answer, ANSWER, f"{path}.answer", faults))


def _keyed(segments: Sequence[Segment], faults: list[Fault]) -> Iterator[Segment]:
    seen: set[str] = set()
    for i, segment in enumerate(segments):
        key = segment.key or key_of(segment.name, i)
        if key in seen:
            path = f"audience.segments[{i}].key"
            problem = f"another segment has the key '{key}'"
            faults.append(Fault(SOURCE, None, path, problem, "Give each segment a key of its own."))
        seen.add(key)
        yield attrs.evolve(segment, key=key)
