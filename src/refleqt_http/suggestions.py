"""Suggestions of what to publish next, and what was done with them."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, ConfigDict, Field, RootModel, with_config
from pydantic_core import PydanticCustomError
from typing_extensions import TypedDict

from refleqt_core.errors import NeedsReview, NotFound
from refleqt_core.intake.calendar import ANGLES, ARTIFACT_TYPES, CHANNELS, KPIS
from refleqt_core.outputs.records import USER_ACTIONS, RecommendationOutcome
from refleqt_core.ports import where

from .auth import Caller
from .bodies import Identity, Input, Moment, Name, OneOf, Output, Page, PageOf, PageQuery, SmallCount, Target, page
from .endpoints import Resource

resource = Resource("suggestions", "What to publish next, each with its reasons; what is done with it is learned from.")


class ContentOut(Output):
    """What is suggested, and why."""

    model_config = ConfigDict(extra="allow")

    title: str
    why_now: str
    outline: list[str]
    artifact_type: str
    channel: str
    segment: str
    segment_name: str
    angle: str
    publish_at: datetime
    primary_kpi: str
    kpi_target: float
    success_chance: float
    baseline: float
    expected_value_minor: int | None
    currency: str
    evidence: list[str] = Field(description="finished sentences, each with the numbers that it rests on")
    belief_ids: list[UUID]
    keyword: str | None
    gap: str | None


class SuggestionOut(Output):
    """A suggestion with its chain: what was shown, how likely that was, what was done with it, what came of it."""

    id: UUID
    recommended_at: datetime
    position: int
    recommendation_content: ContentOut
    propensity: float
    policy_version: str
    recommendation_model_version: str
    user_action: str | None
    action_timestamp: datetime | None
    outcome: float | None


class SuggestionPage(PageOf[SuggestionOut]):
    """A part of the log of suggestions."""


class SuggestionsOut(Output):
    """Suggestions, the most valuable first."""

    items: list[SuggestionOut]


class CountBody(Input):
    """How many suggestions at most."""

    count: SmallCount = 5


@with_config(ConfigDict(extra="forbid"))
class Changes(TypedDict, total=False):
    """What is to be done otherwise than suggested; what is left out stays as it was."""

    title: Name
    artifact_type: Annotated[str, OneOf(ARTIFACT_TYPES)]
    channel: Annotated[str, OneOf(CHANNELS)]
    segment: Name
    angle: Annotated[str, OneOf(ANGLES)]
    publish_at: Moment
    primary_kpi: Annotated[str, OneOf(KPIS)]
    kpi_target: Target
    keyword: Name


def _some(changes: Changes) -> Changes:
    if not changes:
        raise PydanticCustomError("no_changes", "Input should hold at least one change")
    return changes


class ModifiedBody(Input):
    """The suggestion was accepted, with changes."""

    action: Literal["modified"]
    changes: Annotated[Changes, AfterValidator(_some), Field(json_schema_extra={"minProperties": 1})]


class UnchangedBody(Input):
    """The suggestion was accepted as it is, or was not."""

    action: Annotated[str, OneOf(tuple(action for action in USER_ACTIONS if action != "modified"))]


class ActionBody(RootModel[Annotated[ModifiedBody | UnchangedBody, Field(discriminator="action")]]):
    """What was done with the suggestion."""

    @property
    def changes(self) -> dict[str, Any] | None:
        """The changes as JSON; None where there are none."""
        if isinstance(self.root, UnchangedBody):
            return None
        given = self.root.changes.items()
        return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in given}


@resource.get("/v1/suggestions", gives=SuggestionPage, raises=[NotFound])
def list_suggestions(caller: Caller, query: PageQuery) -> Page[RecommendationOutcome]:
    """A part of what was suggested so far, the newest first."""
    shown = where(recommendation_type="calendar_suggestion")
    store = caller.refleqt.store()
    return page(store, caller.business_id, RecommendationOutcome, *shown, order="-recommended_at", query=query)


@resource.post("/v1/suggestions", gives=SuggestionsOut, raises=[NotFound, NeedsReview])
def suggest(caller: Caller, body: CountBody) -> dict[str, list[RecommendationOutcome]]:
    """Suggests what to publish in the coming weeks, the most valuable first, each with its reasons.

    What was shown lately or is planned already is not suggested again, so that asking again gives other ideas.
    """
    return {"items": caller.refleqt.suggestions().suggest(caller.business_id, count=body.count)}


@resource.post("/v1/suggestions/{suggestion_id}/action", gives=SuggestionOut, raises=[NotFound])
def act_on_suggestion(caller: Caller, suggestion_id: Identity, body: ActionBody) -> RecommendationOutcome:
    """The action is on record; what was accepted, as it was or with changes, is planned on the calendar.

    The same action again changes nothing; another one is a conflict.
    """
    service = caller.refleqt.suggestions()
    return service.act(caller.business_id, suggestion_id, body.root.action, changes=body.changes)
