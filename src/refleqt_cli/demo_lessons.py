"""What changed between two months of beliefs and suggestions, in sentences that say why."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import attrs

from refleqt_core.cdt.belief_model import BeliefModel
from refleqt_core.cdt.records import Belief
from refleqt_core.outputs.records import RecommendationOutcome

if TYPE_CHECKING:
    from .demo_month import MonthReport

Idea = tuple[str, str, str, str]
"""Artifact type, channel, segment, angle."""


@attrs.frozen(kw_only=True)
class BeliefChange:
    """A belief whose estimate moved, or that is new (``before`` None)."""

    belief: Belief
    before: float | None
    new_outcomes: int

    @property
    def shift(self) -> float:
        """By how much the success rate is now believed to be higher."""
        return self.belief.mean - (self.belief.baseline if self.before is None else self.before)


@attrs.frozen(kw_only=True)
class SuggestionChange:
    """A suggestion of the new month: its chance then and now, and the sentence that says why it is there."""

    suggestion: RecommendationOutcome
    was_shown: bool
    chance_before: float
    chance_now: float
    why: str


def lessons(report: "MonthReport") -> tuple[list[BeliefChange], list[SuggestionChange]]:
    """What the month changed in the beliefs, and in what is suggested next."""
    assert report.model is not None and report.model_after is not None
    changes = belief_changes(report.beliefs, report.beliefs_after)
    models = (report.model, report.model_after)
    return changes, suggestion_changes(report.suggestions, report.suggestions_after, models, changes)


def belief_changes(before: Sequence[Belief], after: Sequence[Belief]) -> list[BeliefChange]:
    """Beliefs with new outcomes, the largest shift first."""
    known = {belief.id: belief for belief in before}
    changes = [
        BeliefChange(
            belief=belief,
            before=known[belief.id].mean if belief.id in known else None,
            new_outcomes=belief.evidence_count - (known[belief.id].evidence_count if belief.id in known else 0),
        )
        for belief in after
    ]
    return sorted((each for each in changes if each.new_outcomes), key=lambda each: -abs(each.shift))


def suggestion_changes(
    before: Sequence[RecommendationOutcome],
    after: Sequence[RecommendationOutcome],
    models: tuple[BeliefModel, BeliefModel],
    changes: Sequence[BeliefChange],
) -> list[SuggestionChange]:
    """Every suggestion of the new month, with what moved since the month before."""
    shown = {idea(each) for each in before}
    found = []
    for suggestion in after:
        _, channel, segment, angle = idea(suggestion)
        cell = (segment, channel, angle, None)
        then, now = (model.chance(*cell) for model in models)
        found.append(
            SuggestionChange(
                suggestion=suggestion,
                was_shown=idea(suggestion) in shown,
                chance_before=then,
                chance_now=now,
                why=_why(suggestion, changes, then, now),
            )
        )
    return found


def gone(
    before: Sequence[RecommendationOutcome], after: Sequence[RecommendationOutcome]
) -> list[RecommendationOutcome]:
    """Suggestions of the month before that are not made again."""
    now = {idea(each) for each in after}
    return [each for each in before if idea(each) not in now]


def idea(suggestion: RecommendationOutcome) -> Idea:
    """What the suggestion is, without when."""
    content = suggestion.recommendation_content
    return tuple(str(content.get(name, "")) for name in ("artifact_type", "channel", "segment", "angle"))  # type: ignore[return-value]  # four


def _why(suggestion: RecommendationOutcome, changes: Sequence[BeliefChange], then: float, now: float) -> str:
    _, channel, segment, angle = idea(suggestion)
    about = [
        change
        for change in changes
        if change.belief.segment == segment
        and change.belief.option in (channel, angle)
        and change.before is not None
        and change.shift * (now - then) > 0
    ]
    moved = f"{'risen' if now > then else 'fallen'} from {then:.0%} to {now:.0%}"
    if round(now, 2) == round(then, 2):
        return f"its chance is still {now:.0%}; it comes up because others were shown, planned or fell"
    if not about:
        return f"its chance has {moved}, by results for other segments and the usual rate"
    belief, new = about[0].belief, about[0].new_outcomes
    return (
        f"{new} new result{'s' if new > 1 else ''} on {belief.segment} × {belief.option} took that cell from "
        f"{about[0].before:.0%} to {belief.mean:.0%}: its chance has {moved}"
    ).replace("_", " ")
