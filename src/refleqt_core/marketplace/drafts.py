"""Creators and their past jobs as they come in at the edges, before they are anybody's record."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class CreatorDraft:
    """A creator as the marketplace's own list names one. ``fees`` are in minor units of ``currency`` by artifact type.

    ``capacity`` is how many briefs the creator takes at once, ``current_load`` how many there are now.
    """

    external_id: str
    display_name: str
    specializations: tuple[str, ...] = ()
    artifact_types: tuple[str, ...] = ()
    tier: str = "rising"
    capacity: int = 1
    current_load: int = 0
    fees: Mapping[str, int] = field(default_factory=dict)
    currency: str = "EUR"
    portfolio: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class CreatorJob:
    """One brief that a creator was asked for. One that was not accepted has no figures.

    ``creator_id`` is the creator's ``external_id``. Quality, satisfaction and performance are in [0, 1].
    """

    brief_id: str
    creator_id: str
    artifact_type: str
    accepted: bool
    completed_at: datetime
    summary: str = ""
    quality_score: float | None = None
    delivery_hours: float | None = None
    sla_hours: float | None = None
    revision_count: int = 0
    customer_satisfaction: float | None = None
    artifact_performance: float | None = None
