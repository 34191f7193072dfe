"""Touches, conversions, and the credit that each artifact got."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

import attrs

from ..entities import Entity, Owned
from ..intake.calendar import CalendarEntry
from ..values import Money, aware, one_of


@attrs.frozen(kw_only=True)
class Touch(Owned):
    """A visitor met an artifact, or came without one (``calendar_entry_id`` None)."""

    references: ClassVar[Mapping[str, type[Entity]]] = {"calendar_entry_id": CalendarEntry}
    unique: ClassVar[tuple[tuple[str, ...], ...]] = (("business_id", "external_id"),)

    external_id: str
    visitor_id: str
    occurred_at: datetime = attrs.field(validator=aware)
    channel: str = ""
    utm_source: str | None = None
    utm_medium: str | None = None
    utm_campaign: str | None = None
    utm_content: str | None = None
    url: str | None = None
    calendar_entry_id: UUID | None = None


@attrs.frozen(kw_only=True)
class Conversion(Owned):
    """A visitor did what was hoped for, and what it was worth."""

    unique: ClassVar[tuple[tuple[str, ...], ...]] = (("business_id", "external_id"),)

    external_id: str
    visitor_id: str
    occurred_at: datetime = attrs.field(validator=aware)
    event: str
    revenue: Money


@attrs.frozen(kw_only=True)
class ArtifactCredit(Owned):
    """What one model credits one artifact with over a period; ``calendar_entry_id`` None is the unattributed rest.

    ``roi`` is revenue / cost, with an 80 % bootstrap interval over journeys; None where the cost or too little is
    known, and ``note`` says which.
    """

    references: ClassVar[Mapping[str, type[Entity]]] = {"calendar_entry_id": CalendarEntry}
    unique: ClassVar[tuple[tuple[str, ...], ...]] = (
        ("business_id", "model", "period_start", "period_end", "calendar_entry_id"),
    )

    model: str = attrs.field(validator=one_of("first_touch", "last_touch", "linear", "time_decay", "position_based"))
    calendar_entry_id: UUID | None = None
    period_start: date
    period_end: date
    revenue: Money
    conversions: float
    journeys: int
    cost: Money | None = None
    roi: float | None = None
    roi_low: float | None = None
    roi_high: float | None = None
    disagreement: float | None = None
    note: str | None = None
    computed_at: datetime = attrs.field(validator=aware)
