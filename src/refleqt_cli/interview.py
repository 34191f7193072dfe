"""The onboarding as a conversation: group by group, each saved when it is answered."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .dialogue import EMPTY, SIGNS, Dialogue, Stopped, WentBack, in_order
from .field_prompts import ask_field
from .onboard_pages import group_heading, invalid_page, question_prompt, understood

if TYPE_CHECKING:
    from refleqt_core.intake.onboarding import OnboardingService
    from refleqt_core.intake.onboarding_state import AskedQuestion, GroupState, OnboardingState
    from refleqt_core.values import BusinessId


class Interview:
    """Asks for the groups of one business, which is there from the first group on."""

    def __init__(self, onboarding: "OnboardingService", dialogue: Dialogue, business_id: "BusinessId | None") -> None:
        self._onboarding, self._dialogue = onboarding, dialogue
        self.business_id = business_id
        self._typed: dict[str, Any] = {}
        self._said: dict[str, str] = {}

    @property
    def state(self) -> "OnboardingState":
        """How far it has come."""
        from refleqt_core.intake.onboarding_state import nothing_said

        return nothing_said() if self.business_id is None else self._onboarding.state(self.business_id)

    def run(self, group: str | None = None) -> None:
        """All groups that nobody was asked are gone through, or that one. What is typed of a group may be lost.

        Whoever stops raises `Stopped`, which has as its argument the group that was not saved, if anything was typed.
        """
        state = self.state
        first = state.of(group) if group else state.next
        place = state.groups.index(first) if first else None
        if not group and place:
            self._dialogue.say(f"[dim]{state.done} of {len(state.groups)} groups are saved. Going on with the next.[/]")
        self._dialogue.say(f"[dim]{SIGNS}[/]")
        while place is not None:
            try:
                self._ask(place)
            except WentBack:
                place = self._before(place)
                continue
            place = None if group else self._next(place)

    def _ask(self, place: int) -> None:
        state = self.state
        group = state.groups[place]
        self._dialogue.say(group_heading(group, place + 1, len(state.groups)))
        self._typed, self._said = dict(group.fields), {each.question: each.answer for each in group.questions}
        asked_before = self._dialogue.lines
        try:
            while not self._asked_and_saved(group):
                pass
        except Stopped:
            raise Stopped(group.group.title if self._dialogue.lines > asked_before else None) from None

    def _asked_and_saved(self, group: "GroupState") -> bool:
        """Asks for all of the group; what cannot be saved is told, and is there as it was typed when asked again."""
        from refleqt_core.errors import Conflict, InvalidInput
        from refleqt_core.intake.group_drafts import nothing_in

        empty = nothing_in(group.group)
        fields = [self._field_step(field, empty) for field in group.group.asked]
        in_order([*fields, *(self._question_step(each) for each in group.questions)])
        try:
            saved = self._save(group)
        except (InvalidInput, Conflict) as error:
            self._dialogue.say(*invalid_page(error))
            return False
        self._dialogue.say(*understood(saved))
        return True

    def _save(self, group: "GroupState") -> "GroupState":
        from refleqt_core.intake.drafts import Answer
        from refleqt_core.values import BusinessId

        answers = [Answer(question=question, answer=answer) for question, answer in self._said.items()]
        if self.business_id is None:
            self.business_id = BusinessId(self._onboarding.begin(self._typed, answers).id)
            return self.state.of(group.name)
        return self._onboarding.answer(self.business_id, group.name, self._typed, answers)

    def _field_step(self, field: Any, empty: Mapping[str, Any]) -> Any:
        def ask() -> None:
            self._typed[field.name] = ask_field(self._dialogue, field, self._typed[field.name], empty[field.name])

        return ask

    def _question_step(self, question: "AskedQuestion") -> Any:
        def ask() -> None:
            self._dialogue.say(question_prompt(question, self._said[question.question]))
            help = question.asked.help or "In your own words, as long as you like; an empty line ends the answer."
            said = self._dialogue.paragraph(lambda: f"  [yellow]{help}[/]")
            if said:
                self._said[question.question] = "" if said == EMPTY else said

        return ask

    def _before(self, place: int) -> int:
        if place == 0:
            self._dialogue.say("[dim]  There is no question before this one.[/]")
        return max(place - 1, 0)

    def _next(self, place: int) -> int | None:
        groups = self.state.groups
        return next((i for i in range(place + 1, len(groups)) if groups[i].standing == "open"), None)
