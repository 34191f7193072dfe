"""Monthly pulls from the business's tools: connections, extractions, metrics, and the changes that they show."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, ClassVar
from uuid import UUID

import attrs

from ..entities import Entity, Owned, Point
from ..values import aware, one_of, share


@attrs.frozen(kw_only=True)
class ToolingConnection(Owned):
    """A tool's credentials, encrypted, for as long as one extraction takes; then wiped, and a receipt remains."""

    provider: str
    credentials: bytes | None = None
    scopes: tuple[str, ...] = ()
    opened_at: datetime = attrs.field(validator=aware)
    revoked_at: datetime | None = attrs.field(default=None, validator=aware)
    receipt: str | None = None


@attrs.frozen(kw_only=True)
class ToolingExtraction(Owned):
    """One pull: the raw file as a blob, its window, and how many records it held and how many were new."""

    source: str
    extraction_date: date
    window_start: date
    window_end: date
    blob: str | None = None
    records: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    rejected: int = 0
    extracted_at: datetime = attrs.field(validator=aware)


@attrs.frozen(kw_only=True)
class ToolingMetric(Point):
    """A value of the unified metric schema."""

    references: ClassVar[Mapping[str, type[Entity]]] = {"extraction_id": ToolingExtraction}
    key: ClassVar[tuple[str, ...]] = ("business_id", "source", "entity_kind", "entity_id", "metric", "day")
    unique: ClassVar[tuple[tuple[str, ...], ...]] = ((*key, "revision"),)

    extraction_id: UUID
    source: str
    entity_kind: str
    entity_id: str
    metric: str
    unit: str = "count"
    currency: str | None = None
    additivity: str = attrs.field(default="additive", validator=one_of("additive", "ratio", "unique"))
    time_zone: str = "UTC"
    labels: Mapping[str, str] = attrs.field(factory=dict)


@attrs.frozen(kw_only=True)
class Signal(Owned):
    """A significant change of a series: its direction, relative ``magnitude`` with an interval, and its days."""

    references: ClassVar[Mapping[str, type[Entity]]] = {"extraction_id": ToolingExtraction}
    unique: ClassVar[tuple[tuple[str, ...], ...]] = (
        ("business_id", "source", "entity_id", "metric", "window_start", "window_end"),
    )

    signal_type: str = attrs.field(validator=one_of("rise", "fall"))
    source: str
    entity_id: str
    metric: str
    before: float
    after: float
    magnitude: float
    magnitude_low: float
    magnitude_high: float
    p_value: float = attrs.field(validator=share)
    window_start: date
    window_end: date
    extraction_id: UUID | None = None
    detail: Mapping[str, Any] = attrs.field(factory=dict)
    detected_at: datetime = attrs.field(validator=aware)
