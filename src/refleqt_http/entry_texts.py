"""The texts of a calendar entry: what OpenAPI can say of them; the rest of their rules is checked where they are saved.

A ``format`` names the rule of a field that no pattern says; the faults of what breaks it say how to mend it.
"""

import re
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints, WithJsonSchema
from pydantic_core import PydanticCustomError

from refleqt_core.intake.address_rules import LONGEST_URL
from refleqt_core.intake.field_rules import LONGEST_META_DESCRIPTION
from refleqt_core.intake.field_types import LONGEST_ID, LONGEST_TEXT
from refleqt_core.intake.field_types import LONGEST_NAME as LONGEST

from .bodies import NO_NUL, Text, without_nul

SEEN = r"[^\u0000-\u0020\u007f-\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff]"
"""A sign that can be seen, written as JSON Schema and Python both read it."""

WITH_WORDS = {"pattern": rf"^[^\u0000]*{SEEN}[^\u0000]*$"}
ONE_LINE = {"pattern": r"^[^\u0000-\u001f\u007f-\u009f\u2028\u2029]*$"}
_SEEN = re.compile(SEEN)


def _with_words(text: str) -> str:
    if _SEEN.search(text) is None:
        raise PydanticCustomError("blank", "Input should say something")
    return text.strip()


def _said(text: str) -> str | None:
    return text.strip() or None


def _in_form(name: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "maxLength": LONGEST, "format": name, **NO_NUL})


Told = Annotated[
    str,
    StringConstraints(min_length=1, max_length=LONGEST),
    Field(json_schema_extra=WITH_WORDS),
    AfterValidator(without_nul),
    AfterValidator(_with_words),
]
"""A text that says something."""

OwnId = Annotated[
    str,
    StringConstraints(min_length=1, max_length=LONGEST_ID),
    Field(json_schema_extra=WITH_WORDS),
    AfterValidator(without_nul),
    AfterValidator(_with_words),
]
"""How a business names an entry."""

Said = Annotated[Text, AfterValidator(_said)]
"""A text; a blank one says nothing."""

Note = Annotated[
    str,
    StringConstraints(max_length=LONGEST_TEXT),
    Field(json_schema_extra=NO_NUL),
    AfterValidator(without_nul),
    AfterValidator(_said),
]
Remark = Annotated[
    str,
    StringConstraints(min_length=1, max_length=LONGEST_TEXT),
    Field(json_schema_extra=WITH_WORDS),
    AfterValidator(without_nul),
    AfterValidator(_with_words),
]
Line = Annotated[str, StringConstraints(max_length=LONGEST), Field(json_schema_extra=ONE_LINE)]
LongLine = Annotated[str, StringConstraints(max_length=LONGEST_META_DESCRIPTION), Field(json_schema_extra=ONE_LINE)]
Slug = Annotated[Text, _in_form("slug")]
UtmValue = Annotated[Text, _in_form("utm-value")]
CanonicalUrl = Annotated[
    str,
    StringConstraints(max_length=LONGEST_URL),
    AfterValidator(without_nul),
    WithJsonSchema({"type": "string", "maxLength": LONGEST_URL, "format": "canonical-url", **NO_NUL}),
]
SchemaType = Annotated[Text, _in_form("schema-type")]
Rule = Annotated[Text, _in_form("recurrence-rule")]
Words = Annotated[tuple[Told, ...], Field(max_length=50)]
Lines = Annotated[tuple[Text, ...], Field(max_length=200)]
Links = Annotated[tuple[Annotated[Text, _in_form("link")], ...], Field(max_length=200)]
Features = Annotated[tuple[Annotated[Text, _in_form("serp-feature")], ...], Field(max_length=50)]
Directives = Annotated[tuple[Annotated[Text, _in_form("crawl-directive")], ...], Field(max_length=50)]
Slots = Annotated[tuple[Annotated[Text, _in_form("posting-slot")], ...], Field(max_length=50)]
