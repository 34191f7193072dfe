"""What the business is given: recommendations, execution maps, and the briefs of their artifacts."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, ClassVar
from uuid import UUID

import attrs

from ..entities import Entity, Owned
from ..intake.calendar import CalendarEntry
from ..values import Money, aware, one_of, share

USER_ACTIONS = ("accepted", "ignored", "modified", "rejected")


@attrs.frozen(kw_only=True)
class RecommendationOutcome(Owned):
    """A recommendation with its full chain: what was shown, among what, how likely, and what came of it.

    ``propensity`` is the probability with which the policy would have shown it. ``outcome`` in [0, 1] is known when
    what was recommended has been published and measured.
    """

    recommendation_type: str = attrs.field(validator=one_of("activity", "calendar_suggestion", "execution_map"))
    recommendation_content: Mapping[str, Any]
    recommended_at: datetime = attrs.field(validator=aware)
    position: int = 0
    candidate_set: tuple[Mapping[str, Any], ...] = ()
    propensity: float = attrs.field(validator=share)
    policy_version: str
    recommendation_model_version: str
    user_action: str | None = attrs.field(default=None, validator=one_of(*USER_ACTIONS))
    action_timestamp: datetime | None = attrs.field(default=None, validator=aware)
    outcome: float | None = attrs.field(default=None, validator=share)
    context_extracted: Mapping[str, Any] = attrs.field(factory=dict)
    context_quality_score: float | None = attrs.field(default=None, validator=share)
    downstream_impact: float | None = None


@attrs.frozen(kw_only=True)
class ExecutionMap(Owned):
    """A complete marketing initiative: why now, what it consists of, when, for how much, and what should come of it."""

    references: ClassVar[Mapping[str, type[Entity]]] = {"recommendation_id": RecommendationOutcome}
    title: str
    rationale: str
    why_now: str
    segment: str
    goal: str
    starts_on: date
    ends_on: date
    estimated_cost: Money
    predicted: Mapping[str, Any] = attrs.field(factory=dict)
    evidence: tuple[str, ...] = ()
    recommendation_id: UUID | None = None
    status: str = attrs.field(default="proposed", validator=one_of("proposed", "purchased", "delivered", "cancelled"))
    model_version: str
    created_at: datetime = attrs.field(validator=aware)


@attrs.frozen(kw_only=True)
class MapArtifact(Owned):
    """One artifact of a map, with the price of its making and the prediction that goes with it."""

    references: ClassVar[Mapping[str, type[Entity]]] = {
        "execution_map_id": ExecutionMap,
        "calendar_entry_id": CalendarEntry,
    }
    unique: ClassVar[tuple[tuple[str, ...], ...]] = (("business_id", "execution_map_id", "position"),)

    execution_map_id: UUID
    position: int
    title: str
    artifact_type: str
    channel: str
    segment: str
    angle: str
    publish_at: datetime = attrs.field(validator=aware)
    outline: tuple[str, ...] = ()
    keyword: str | None = None
    distribution: Mapping[str, Any] = attrs.field(factory=dict)
    base_fee: Money
    bonus_reserve: Money
    platform_fee: Money
    primary_kpi: str
    kpi_target: float
    success_chance: float = attrs.field(validator=share)
    calendar_entry_id: UUID | None = None


@attrs.frozen(kw_only=True)
class CreatorBrief(Owned):
    """A brief with its anonymity certificate. ``document`` is all that a creator ever sees of it."""

    references: ClassVar[Mapping[str, type[Entity]]] = {"map_artifact_id": MapArtifact}
    unique: ClassVar[tuple[tuple[str, ...], ...]] = (("business_id", "map_artifact_id"),)

    map_artifact_id: UUID
    artifact_type: str
    document: Mapping[str, Any]
    certificate: Mapping[str, Any]
    status: str = attrs.field(
        default="ready", validator=one_of("ready", "offered", "in_production", "in_review", "done", "escalated")
    )
    premium: bool = False
    created_at: datetime = attrs.field(validator=aware)
