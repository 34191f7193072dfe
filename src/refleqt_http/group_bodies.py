"""The bodies of the onboarding's groups, made of the questionnaire: what they take is what it asks."""

import re
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal

import attrs
from pydantic import AfterValidator, BaseModel, Field, create_model
from pydantic_core import PydanticCustomError

from refleqt_core.intake.drafts import Answer
from refleqt_core.intake.group_drafts import ANSWER, QUESTION, default_of
from refleqt_core.intake.questionnaire import (
    FORMATS,
    MOST_ANSWERS,
    MOST_ITEMS,
    FormField,
    QuestionGroup,
    problem_of,
)

from .bodies import Input, MoneyBody

ANY_TEXT = r"^[^\u0000]*$"
SOME_TEXT = r"^[^\u0000]*[^\u0000-\u0020\u007f-\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000][^\u0000]*$"
"""Something that is no white space of Unicode, in a way that all dialects of regular expressions read alike."""


def text_of(field: FormField, *, needed: bool) -> Any:
    """The type of a text of that field; one that is ``needed`` is not blank."""
    pattern = FORMATS[field.format].pattern if field.format else SOME_TEXT if needed else ANY_TEXT
    said = {"format": "time-zone"} if field.format == "time-zone" else {"pattern": pattern}
    return Annotated[
        str, Field(max_length=field.longest, json_schema_extra=dict(said)), AfterValidator(_checker(field, pattern))
    ]


def _checker(field: FormField, pattern: str) -> Callable[[str], str]:
    written = re.compile(pattern)

    def check(text: str) -> str:
        if not written.search(text) or (field.format and text.endswith("\n")):
            raise PydanticCustomError("pattern", "Input should match the pattern of this field")
        if text.strip() and (wrong := problem_of(field, text.strip())):
            raise PydanticCustomError("onboarding", "{problem}. {remedy}", {"problem": wrong[0], "remedy": wrong[1]})
        return text

    return check


class AnswerBody(Input):
    """An answer in one's own words; an empty one is a question that was skipped."""

    question: text_of(QUESTION, needed=True)  # type: ignore[valid-type]  # made of the questionnaire
    answer: text_of(ANSWER, needed=False) = ""  # type: ignore[valid-type]  # as above

    def value(self) -> Answer:
        """The answer."""
        return Answer(question=self.question, answer=self.answer)


def body_of(group: QuestionGroup) -> type[Input]:
    """The body that answers the group: its fields, all of which may be left out, and ``answers``."""
    told = "replace all answers of the group; the questions are those of GET, or your own"
    fields: dict[str, Any] = {each.name: (_type_of(each), _left_out(each)) for each in group.fields}
    fields["answers"] = (
        Annotated[tuple[AnswerBody, ...], Field(max_length=MOST_ANSWERS)],
        Field(default_factory=_nothing, description=told),
    )
    doc = f"{group.title}. What is not named stays as it is."
    return create_model(f"{_camel(group.name)}Body", __base__=Input, __doc__=doc, **fields)


def values_of(group: QuestionGroup, body: Any) -> dict[str, Any]:
    """What the body says in the fields that it names."""
    return {
        each.name: _value(each, getattr(body, each.name)) for each in group.fields if each.name in body.model_fields_set
    }


def _type_of(field: FormField) -> Any:
    if field.kind == "rows":
        return Annotated[tuple[_row_of(field), ...], Field(max_length=MOST_ITEMS)]  # type: ignore[misc]  # made here
    if field.is_many:
        item = Literal[field.options] if field.options else text_of(field, needed=True)
        return Annotated[tuple[item, ...], Field(max_length=MOST_ITEMS)]  # type: ignore[valid-type]  # made here
    if field.kind == "money":
        return MoneyBody
    if field.kind == "scale":
        return Annotated[float, Field(ge=0, le=1, strict=True)]
    one = Literal[field.options] if field.options else text_of(field, needed=field.required)
    return one if field.required or field.format in ("slug", "time-zone") else one | None


def _row_of(field: FormField) -> type[BaseModel]:
    columns: dict[str, Any] = {
        each.name: (_type_of(each), ... if each.required else _left_out(each)) for each in field.columns
    }
    assert field.record is not None
    return create_model(
        f"{field.record.__name__}Body", __base__=Input, __doc__=f"One of: {field.title.lower()}.", **columns
    )


def _left_out(field: FormField) -> Any:
    """The field may be absent; what absence means, the description of the body says."""
    return Field(
        default_factory=_nothing,
        description=" ".join(part for part in (f"{field.title}.", field.help, _ends(field)) if part),
    )


def _ends(field: FormField) -> str:
    return f"0 is {field.ends[0]}, 1 is {field.ends[1]}." if field.kind == "scale" else ""


def _nothing() -> None:
    """A field that may be left out has no value of its own, and null is none for most: the schema names no default."""


def _value(field: FormField, given: Any) -> Any:
    if field.kind == "rows":
        return tuple(_row(field, each) for each in given)
    return given.value() if field.kind == "money" else given


def _row(field: FormField, given: Any) -> Any:
    assert field.record is not None
    values: Mapping[str, Any] = {
        each.attribute: _value(each, getattr(given, each.name))
        if getattr(given, each.name) is not None
        else _empty(each, field.record)
        for each in field.columns
    }
    return field.record(**values)


def _empty(field: FormField, record: type) -> Any:
    """A key that is not given is made of the name later."""
    declared = default_of(field, record)
    return "" if declared is None and attrs.fields_dict(record)[field.attribute].type is str else declared


def _camel(name: str) -> str:
    return "".join(part.title() for part in name.split("_"))
