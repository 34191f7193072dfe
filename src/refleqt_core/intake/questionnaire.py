"""What the onboarding asks, as data: the one declaration of its groups, their fields and their open questions.

The terminal's dialogue, the form in a file, and the HTTP bodies and their schemas are made of it.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Literal, NamedTuple
from zoneinfo import ZoneInfo

import attrs

from ..errors import Fault, InvalidInput

FieldKind = Literal["text", "list", "choice", "choices", "scale", "money", "rows"]
FormatName = Literal["slug", "url", "time-zone"]


_UNSEEN = r"\u0000-\u0020\u007f-\u00a0"
"""Controls and spaces, in a way that all dialects of regular expressions read alike."""


class Format(NamedTuple):
    """How a text of some kind is written: its pattern, what it is called, and an example in the remedy."""

    pattern: str
    name: str
    remedy: str


FORMATS: Mapping[FormatName, Format] = {
    "slug": Format(r"^[a-z0-9][a-z0-9-]*$", "a slug", "Write small letters, digits and hyphens, like brass-heron."),
    "url": Format(
        rf"^(https?://)?[^{_UNSEEN}/:@.?#]+(\.[^{_UNSEEN}/:@.?#]+)+(:[0-9]{{1,5}})?([/?#][^{_UNSEEN}]*)?$",
        "an address",
        "Write it like https://brinewell.example.",
    ),
    "time-zone": Format(r"^[A-Za-z0-9_+/-]+$", "a time zone", "Write its name, like Europe/Amsterdam."),
}

USUAL_WORDS = 30.0
"""Words of an answer to a question that is not of the questionnaire."""

MOST_ITEMS = 100
"""Of a list or of rows."""

LONGEST_ANSWER = 50_000
"""Characters."""

MOST_ANSWERS = 50
"""In one group."""

_SHOWN = 100
_SURROGATE = re.compile("[\ud800-\udfff]")


@attrs.frozen(kw_only=True)
class FormField:
    """One typed field.

    A ``text`` may have a ``format``; a ``choice`` or ``choices`` has ``options``; a ``scale`` in [0, 1] has its two
    ``ends``; ``rows`` have ``columns`` and are each a ``record``. Texts are at most ``longest`` characters. ``example``
    is as a person would write it in a form. ``attribute`` is what the record calls it, where that is another name.
    A field that is not ``asked`` can be given and is made of others where it is not.
    """

    name: str
    title: str
    kind: FieldKind = "text"
    help: str = ""
    example: str = ""
    format: FormatName | None = None
    options: tuple[str, ...] = ()
    ends: tuple[str, str] = ("", "")
    columns: "tuple[FormField, ...]" = ()
    record: type | None = None
    required: bool = False
    asked: bool = True
    longest: int = 500
    attribute: str = attrs.field()

    @attribute.default
    def _same(self) -> str:
        return self.name

    @property
    def is_many(self) -> bool:
        """Whether the value is a tuple."""
        return self.kind in ("list", "choices", "rows")


@attrs.frozen(kw_only=True)
class OpenQuestion:
    """A question that is answered in one's own words; ``expected_words`` says how long such answers usually are."""

    question: str
    help: str = ""
    expected_words: float = USUAL_WORDS


@attrs.frozen(kw_only=True)
class QuestionGroup:
    """One of the ten groups.

    Its fields are attributes of the business's profile, or, where there is a ``record``, of that attribute of the
    profile which has the group's name.
    """

    name: str
    title: str
    help: str
    fields: tuple[FormField, ...]
    questions: tuple[OpenQuestion, ...]
    record: type | None = None

    def field(self, name: str) -> FormField:
        """The field of that name; none: `InvalidInput` with those there are."""
        for field in self.fields:
            if field.name == name:
                return field
        fields = ", ".join(field.name for field in self.fields)
        remedy = f"Leave it out; the fields of {self.name} are: {fields}."
        raise InvalidInput([Fault(self.name, None, name, "the field is not known", remedy)])

    @property
    def asked(self) -> Iterator[FormField]:
        """The fields that a person is asked for."""
        return (field for field in self.fields if field.asked)


@attrs.frozen
class Questionnaire:
    """The groups in the order in which they are asked."""

    groups: tuple[QuestionGroup, ...]

    def __iter__(self) -> Iterator[QuestionGroup]:
        return iter(self.groups)

    def group(self, name: str) -> QuestionGroup:
        """The group of that name; none: `InvalidInput` with those there are."""
        for group in self.groups:
            if group.name == name:
                return group
        groups = ", ".join(group.name for group in self.groups)
        raise InvalidInput([Fault("onboarding", None, name, "there is no such group", f"The groups are: {groups}.")])

    def expected_words(self, group: str, question: str) -> float:
        """How many words an answer to that question usually has; a question of one's own has the usual number."""
        return self._expected.get((group, question), USUAL_WORDS)

    @property
    def _expected(self) -> Mapping[tuple[str, str], float]:
        return {(group.name, each.question): each.expected_words for group in self.groups for each in group.questions}


def problem_of(field: FormField, text: str) -> tuple[str, str] | None:
    """What is wrong with a stripped text as a value of that field, and the remedy; None where nothing is."""
    if len(text) > field.longest:
        return f"the text has {len(text):,} characters", f"Write it in at most {field.longest:,}."
    if "\0" in text or _SURROGATE.search(text):
        return "the text holds a NUL character or half of a surrogate pair", "Remove the character."
    if field.options and text not in field.options:
        return f"'{text[:_SHOWN]}' is none of: {', '.join(field.options)}", "Write one of them."
    if field.format and not _is_written_as(text, field.format):
        _, name, remedy = FORMATS[field.format]
        return f"'{text[:_SHOWN]}' is not {name}", remedy
    return None


def _is_written_as(text: str, format: FormatName) -> bool:
    """A time zone has to be known here too."""
    if not re.fullmatch(FORMATS[format].pattern.removesuffix("$"), text):
        return False
    return format != "time-zone" or _is_known_zone(text)


def _is_known_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (OSError, ValueError, LookupError):
        return False
    return True


def is_empty(value: Any) -> bool:
    """Whether a field's value says nothing."""
    return value is None or value == "" or value == ()
