"""The onboarding: ten groups, each answered by itself."""

from collections.abc import Callable
from typing import Any

from pydantic import Field

from refleqt_core.errors import NotFound
from refleqt_core.intake.answer_signals import Vocabulary
from refleqt_core.intake.group_drafts import plain
from refleqt_core.intake.onboarding_state import AskedQuestion, GroupState, OnboardingState
from refleqt_core.intake.questionnaire import FormField, QuestionGroup
from refleqt_core.intake.questions import QUESTIONNAIRE

from .auth import Caller
from .bodies import Input, Moment, Output
from .endpoints import Resource
from .group_bodies import body_of, values_of

resource = Resource(
    "onboarding", "What the business says of itself, in ten groups; what it said before stays readable as of its day."
)


class FieldOut(Output):
    """A typed field: how it is asked, and what is said in it."""

    name: str
    title: str
    help: str
    kind: str = Field(description="text, list, choice, choices, scale, money or rows")
    format: str | None
    options: list[str]
    ends: list[str] = Field(description="of a scale: what 0 is, and what 1 is")
    columns: list[str] = Field(description="of rows; the schema of the group's body tells more of them")
    required: bool
    example: str
    value: Any = Field(description="as the group's body takes it")


class QuestionOut(Output):
    """A question to answer in one's own words, with its answer and the signals between the lines."""

    question: str
    help: str
    answer: str
    standing: str = Field(description="open (never asked), skipped, vague or answered")
    signals: dict[str, Any] = Field(description="certainty, emphasis, gap, charge and vocabulary, each with its words")


class GroupOut(Output):
    """One of the ten groups."""

    name: str
    title: str
    help: str
    standing: str = Field(description="open, skipped, vague (something is open, skipped or vague) or answered")
    fields: list[FieldOut]
    questions: list[QuestionOut]


class TermOut(Output):
    """A term, how often the answers and the calendar's titles have it, and where it stands there."""

    term: str
    z: float
    in_answers: int
    in_calendar: int
    words: list[str]


class VocabularyOut(Output):
    """The terms that the business uses when it speaks of itself, and those that only its calendar's titles use."""

    uses: list[TermOut]
    avoids: list[TermOut]


class OnboardingOut(Output):
    """How far the onboarding has come."""

    done: int = Field(description="groups that have been gone through, of ten")
    next: str | None = Field(description="the first group that nobody was asked")
    groups: list[GroupOut]
    vocabulary: VocabularyOut


class OnboardingQuery(Input):
    """Which state of the onboarding."""

    as_of: Moment | None = Field(default=None, description="what was said at that moment")


@resource.get("/v1/onboarding", gives=OnboardingOut, raises=[NotFound])
def read_onboarding(caller: Caller, query: OnboardingQuery) -> dict[str, Any]:
    """What is said in each group and what is open, now or as of a past moment; the vocabulary is of the present."""
    onboarding = caller.refleqt.onboarding()
    state: OnboardingState = onboarding.state(caller.business_id, as_of=query.as_of)
    vocabulary: Vocabulary = onboarding.vocabulary(caller.business_id)
    return {
        "done": state.done,
        "next": state.next.name if state.next else None,
        "groups": [_shown(each) for each in state.groups],
        "vocabulary": vocabulary,
    }


def _shown(state: GroupState) -> dict[str, Any]:
    group = state.group
    return {
        "name": group.name,
        "title": group.title,
        "help": group.help,
        "standing": state.standing,
        "fields": [_field(each, plain(each, state.fields[each.name])) for each in group.fields],
        "questions": [_question(each) for each in state.questions],
    }


def _field(field: FormField, value: Any) -> dict[str, Any]:
    told = {name: getattr(field, name) for name in FieldOut.model_fields if name not in ("value", "columns", "ends")}
    columns, ends = [each.name for each in field.columns], list(filter(None, field.ends))
    return {**told, "columns": columns, "ends": ends, "value": value}


def _question(asked: AskedQuestion) -> dict[str, Any]:
    told = {name: getattr(asked, name) for name in ("question", "answer", "standing", "signals")}
    return {**told, "help": asked.asked.help}


def _answering(group: QuestionGroup) -> Callable[..., dict[str, Any]]:
    body_model = body_of(group)

    def answer(caller: Caller, body: body_model) -> dict[str, Any]:  # type: ignore[valid-type]  # made of the questionnaire
        said = getattr(body, "answers", None)
        answers = None if said is None else [each.value() for each in said]
        return _shown(
            caller.refleqt.onboarding().answer(caller.business_id, group.name, values_of(group, body), answers)
        )

    answer.__name__ = f"answer_{group.name}"
    answer.__doc__ = (
        f"The group '{group.name}' says what the body says: {group.title[0].lower()}{group.title[1:]}.\n\n"
        "β_s says so when the answer comes. What the body does not name stays as it is; the same again changes nothing."
    )
    return answer


for _group in QUESTIONNAIRE:
    resource.put(f"/v1/onboarding/{_group.name}", gives=GroupOut, raises=[NotFound])(_answering(_group))
