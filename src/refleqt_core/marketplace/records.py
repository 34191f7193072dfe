"""Creators and what passes between them and the platform. Nothing a creator sees names a business."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

import attrs

from ..entities import Entity, Owned
from ..values import Money, aware, not_negative, one_of, share

TIERS = ("rising", "proven", "elite")
SPECIALIZATIONS = ("B2B_SaaS", "ecommerce", "DTC", "fintech", "healthcare", "hospitality", "sustainability")


@attrs.frozen(kw_only=True)
class Creator(Entity):
    """Somebody who makes artifacts. ``fees`` are base fees in minor units of ``currency`` by artifact type."""

    unique: ClassVar[tuple[tuple[str, ...], ...]] = (("external_id",),)

    external_id: str
    display_name: str
    specializations: tuple[str, ...] = ()
    artifact_types: tuple[str, ...] = ()
    tier: str = attrs.field(default="rising", validator=one_of(*TIERS))
    performance_score: float = attrs.field(default=0.5, validator=share)
    total_briefs_completed: int = attrs.field(default=0, validator=not_negative)
    acceptance_rate: float | None = attrs.field(default=None, validator=share)
    avg_delivery_time: float | None = attrs.field(default=None, validator=not_negative)
    revision_rate: float | None = attrs.field(default=None, validator=not_negative)
    capacity: int = attrs.field(default=1, validator=not_negative)
    current_load: int = attrs.field(default=0, validator=not_negative)
    fees: Mapping[str, int] = attrs.field(factory=dict)
    currency: str = "EUR"
    portfolio: str = ""
    active: bool = True


@attrs.frozen(kw_only=True)
class CreatorPerformance(Entity):
    """How one completed brief went. Times in hours; ``artifact_performance`` is known when its results are in."""

    references: ClassVar[Mapping[str, type[Entity]]] = {"creator_id": Creator}
    unique: ClassVar[tuple[tuple[str, ...], ...]] = (("brief_id", "creator_id"),)

    brief_id: str
    creator_id: UUID
    artifact_type: str
    summary: str = ""
    quality_score: float = attrs.field(validator=share)
    delivery_time: float = attrs.field(validator=not_negative)
    sla: float = attrs.field(validator=not_negative)
    revision_count: int = attrs.field(default=0, validator=not_negative)
    customer_satisfaction: float | None = attrs.field(default=None, validator=share)
    artifact_performance: float | None = attrs.field(default=None, validator=share)
    completed_at: datetime = attrs.field(validator=aware)


@attrs.frozen(kw_only=True)
class BriefOffer(Entity):
    """A brief in the hands of one creator: its anonymous document, and until when it can be answered."""

    references: ClassVar[Mapping[str, type[Entity]]] = {"creator_id": Creator}
    unique: ClassVar[tuple[tuple[str, ...], ...]] = (("brief_id", "creator_id"),)

    brief_id: UUID
    creator_id: UUID
    document: Mapping[str, Any]
    rank: int
    match_score: float
    base_fee: Money
    status: str = attrs.field(
        default="offered", validator=one_of("offered", "accepted", "declined", "expired", "withdrawn", "completed")
    )
    offered_at: datetime = attrs.field(validator=aware)
    expires_at: datetime = attrs.field(validator=aware)
    answered_at: datetime | None = attrs.field(default=None, validator=aware)


@attrs.frozen(kw_only=True)
class Delivery(Entity):
    """A submitted deliverable and what the checks said of it. ``attempt`` counts from 1; two revisions at most."""

    references: ClassVar[Mapping[str, type[Entity]]] = {"offer_id": BriefOffer}
    unique: ClassVar[tuple[tuple[str, ...], ...]] = (("offer_id", "attempt"),)

    offer_id: UUID
    attempt: int
    blob: str
    checks: tuple[Mapping[str, Any], ...] = ()
    quality_score: float = attrs.field(validator=share)
    verdict: str = attrs.field(validator=one_of("pass", "revise", "escalate"))
    delivered_at: datetime = attrs.field(validator=aware)


@attrs.frozen(kw_only=True)
class EscrowHold(Owned):
    """Money that is held for one artifact, and whether the hold is open, released (its bonus still held) or ended."""

    currency: str
    base_fee: int = attrs.field(validator=not_negative)
    bonus_reserve: int = attrs.field(validator=not_negative)
    platform_fee: int = attrs.field(validator=not_negative)
    state: str = attrs.field(default="open", validator=one_of("open", "released", "ended"))


@attrs.frozen(kw_only=True)
class LedgerLeg(Owned):
    """One leg of a movement of money; the legs of a ``movement`` sum to zero. ``amount`` is in minor units, signed.

    ``key`` is the caller's idempotency key.
    """

    references: ClassVar[Mapping[str, type[Entity]]] = {"hold_id": EscrowHold, "creator_id": Creator}
    unique: ClassVar[tuple[tuple[str, ...], ...]] = (("business_id", "key", "account"),)
    platform_reads: ClassVar[bool] = True

    movement: UUID
    key: str
    hold_id: UUID
    kind: str = attrs.field(validator=one_of("hold", "release", "bonus", "refund"))
    account: str
    amount: int
    currency: str
    creator_id: UUID | None = None
    recorded_at: datetime = attrs.field(validator=aware)
