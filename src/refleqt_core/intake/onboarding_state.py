"""How far the onboarding has come: what is said in each group, and what is still open."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import attrs

from .business import BusinessProfile, OnboardingResponse
from .group_drafts import fields_of, nothing_in
from .questionnaire import FormField, OpenQuestion, QuestionGroup, is_empty
from .questions import QUESTIONNAIRE

Standing = Literal["open", "skipped", "vague", "answered"]


@attrs.frozen(kw_only=True)
class AskedQuestion:
    """A question and its answer, if it has been asked."""

    asked: OpenQuestion
    response: OnboardingResponse | None = None

    @property
    def question(self) -> str:
        """What is asked."""
        return self.asked.question

    @property
    def answer(self) -> str:
        """What was said, empty where nothing was."""
        return self.response.answer if self.response else ""

    @property
    def signals(self) -> Mapping[str, Any]:
        """What was read between the lines."""
        return self.response.signals if self.response else {}

    @property
    def standing(self) -> Standing:
        """Open was never asked; skipped was asked and has no answer; vague has one that says little."""
        if self.response is None:
            return "open"
        gap = (self.signals.get("gap") or {}).get("value", 0)
        return "skipped" if gap >= 1 else "vague" if gap > 0 else "answered"


@attrs.frozen(kw_only=True)
class GroupState:
    """What is said in one group: its typed fields by name, and its questions, those of one's own behind the others."""

    group: QuestionGroup
    fields: Mapping[str, Any]
    questions: tuple[AskedQuestion, ...]

    @property
    def name(self) -> str:
        """The group's name."""
        return self.group.name

    @property
    def empty_fields(self) -> tuple[FormField, ...]:
        """The fields that say nothing."""
        return tuple(field for field in self.group.asked if is_empty(self.fields[field.name]))

    @property
    def is_begun(self) -> bool:
        """Whether anything has been said or skipped in it."""
        return self.fields != nothing_in(self.group) or any(each.response for each in self.questions)

    @property
    def standing(self) -> Standing:
        """Open: nobody has been asked. Skipped: asked, and nothing said. Vague: something is open, skipped or vague."""
        if not self.is_begun:
            return "open"
        if self.fields == nothing_in(self.group) and all(each.standing == "skipped" for each in self.questions):
            return "skipped"
        return "answered" if all(each.standing == "answered" for each in self.questions) else "vague"


@attrs.frozen(kw_only=True)
class OnboardingState:
    """All ten groups in order."""

    groups: tuple[GroupState, ...]

    @property
    def next(self) -> GroupState | None:
        """The first group that nobody has been asked; None where all have been gone through."""
        return next((each for each in self.groups if each.standing == "open"), None)

    @property
    def done(self) -> int:
        """How many groups have been gone through."""
        return sum(each.standing != "open" for each in self.groups)

    def of(self, name: str) -> GroupState:
        """The state of the group of that name."""
        QUESTIONNAIRE.group(name)
        return next(each for each in self.groups if each.name == name)


def state_of(profile: BusinessProfile, responses: Sequence[OnboardingResponse]) -> OnboardingState:
    """How far it has come with these answers, all valid at one moment."""
    return OnboardingState(
        groups=tuple(
            GroupState(
                group=group,
                fields=fields_of(group, profile),
                questions=_questions(group, [each for each in responses if each.group == group.name]),
            )
            for group in QUESTIONNAIRE
        )
    )


def nothing_said() -> OnboardingState:
    """The state before a business is there."""
    return OnboardingState(
        groups=tuple(
            GroupState(group=group, fields=nothing_in(group), questions=_questions(group, []))
            for group in QUESTIONNAIRE
        )
    )


def _questions(group: QuestionGroup, responses: Sequence[OnboardingResponse]) -> tuple[AskedQuestion, ...]:
    left = sorted(responses, key=lambda each: each.position)
    asked = []
    for question in group.questions:
        response = next((each for each in left if each.question == question.question), None)
        asked.append(AskedQuestion(asked=question, response=response))
        if response:
            left.remove(response)
    return (*asked, *(AskedQuestion(asked=OpenQuestion(question=each.question), response=each) for each in left))
