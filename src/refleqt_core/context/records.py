"""What the context engine derives and keeps."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, ClassVar
from uuid import UUID

import attrs

from ..entities import Owned
from ..values import aware, share

SOURCE_TYPES = ("onboarding", "activity", "vent", "calendar", "extraction")


@attrs.frozen(kw_only=True)
class ContextExtraction(Owned):
    """A finding with its proof: ``quote`` is ``source[quote_start:quote_end]`` of the stored source, literally."""

    source_type: str
    source_id: UUID
    kind: str
    topic: str
    text: str
    quote: str
    quote_start: int
    quote_end: int
    quote_seconds: float | None = None
    speaker: str | None = None
    charge: float = 0.0
    sentiment: float = 0.0
    confidence: float = attrs.field(default=0.5, validator=share)
    model: str
    extracted_at: datetime = attrs.field(validator=aware)
    valid_from: datetime = attrs.field(validator=aware)
    valid_to: datetime | None = attrs.field(default=None, validator=aware)


@attrs.frozen(kw_only=True)
class PassageReading(Owned):
    """What a model answered of one passage: read once, however often and in whatever source the same text comes back.

    ``digest`` stands for all that the answer follows from: text, model, known names, and how was asked. ``source_id``
    is the source that it was read for first, with which it goes.
    """

    unique: ClassVar[tuple[tuple[str, ...], ...]] = (("business_id", "digest"),)

    digest: str
    source_id: UUID
    model: str
    answer: Mapping[str, Any]
    attempts: int = 1
    read_at: datetime = attrs.field(validator=aware)


@attrs.frozen(kw_only=True)
class SourceReading(Owned):
    """How a source was last read: its mood in [-1, 1], its topics, how many findings were proven, and how many not.

    ``text_hash`` is the sha256 (hex) of the text that was read, with when and by whom it was said.
    """

    unique: ClassVar[tuple[tuple[str, ...], ...]] = (("business_id", "source_id"),)

    source_type: str
    source_id: UUID
    text_hash: str
    model: str
    passages: int
    kept: int
    dropped: int
    sentiment: float
    topics: tuple[str, ...] = ()
    read_at: datetime = attrs.field(validator=aware)


@attrs.frozen(kw_only=True)
class InferredSegment(Owned):
    """A group of the audience found in the data, named by what sets it apart."""

    name: str
    features: Mapping[str, Any] = attrs.field(factory=dict)
    size: int = 0
    evidence: tuple[UUID, ...] = ()
    inferred_at: datetime = attrs.field(validator=aware)


@attrs.frozen(kw_only=True)
class CompetitiveIntelligence(Owned):
    """What is known of one competitor: how often it was spoken of, in what mood, and the extractions that say so."""

    unique: ClassVar[tuple[tuple[str, ...], ...]] = (("business_id", "competitor"),)

    competitor: str
    mentions: int
    sentiment: float
    topics: tuple[str, ...] = ()
    evidence: tuple[UUID, ...] = ()
    last_seen: datetime = attrs.field(validator=aware)


@attrs.frozen(kw_only=True)
class AnalyticsSnapshot(Owned):
    """The implicit patterns of one night."""

    unique: ClassVar[tuple[tuple[str, ...], ...]] = (("business_id", "kind", "day"),)

    kind: str
    day: date
    patterns: Mapping[str, Any] = attrs.field(factory=dict)
    computed_at: datetime = attrs.field(validator=aware)
