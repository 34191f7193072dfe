"""Results of published artifacts, as a series of points by source, thing, metric and day."""

from collections.abc import Mapping
from typing import ClassVar
from uuid import UUID

import attrs

from ..entities import Entity, Point
from ..values import one_of
from .calendar import CalendarEntry

MATCHES = ("artifact_id", "utm", "url")


@attrs.frozen(kw_only=True)
class PerformanceRecord(Point):
    """A metric of one artifact on one day, in the source's own day.

    ``entity_id`` is how the source named the thing. ``matched_by`` says how it was joined to the entry; None for what
    matched nothing, which is kept and shown.
    """

    references: ClassVar[Mapping[str, type[Entity]]] = {"calendar_entry_id": CalendarEntry}
    key: ClassVar[tuple[str, ...]] = ("business_id", "source", "entity_id", "metric", "day")
    unique: ClassVar[tuple[tuple[str, ...], ...]] = ((*key, "revision"),)

    calendar_entry_id: UUID | None = None
    matched_by: str | None = attrs.field(default=None, validator=one_of(*MATCHES))
    source: str
    entity_id: str
    metric: str
    unit: str = "count"
    currency: str | None = None
    additivity: str = attrs.field(default="additive", validator=one_of("additive", "ratio", "unique"))
