"""Team context activities, their files and what was said in them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

import attrs

from ..entities import Entity, Owned
from ..values import aware, not_negative

ACTIVITY_TYPES = (
    "brand_voice_brawl",
    "competitor_roast",
    "customer_story_swap",
    "rant_round",
    "roadmap_vs_reality",
)
"""The types that come with Refleqt; a team may name its own beside them."""


@attrs.frozen(kw_only=True)
class Participant:
    """Who took part, and as what."""

    name: str
    role: str = ""


@attrs.frozen(kw_only=True)
class Activity(Owned):
    """A completed team exercise with the page of notes that it ended in."""

    unique: ClassVar[tuple[tuple[str, ...], ...]] = (("business_id", "external_id"),)

    external_id: str
    activity_type: str
    held_at: datetime = attrs.field(validator=aware)
    duration_minutes: float | None = attrs.field(default=None, validator=not_negative)
    participants: tuple[Participant, ...] = ()
    notes: str = ""


@attrs.frozen(kw_only=True)
class ActivityArtifact(Owned):
    """An uploaded file of an activity (audio, notes), kept as a blob."""

    references: ClassVar[Mapping[str, type[Entity]]] = {"activity_id": Activity}
    unique: ClassVar[tuple[tuple[str, ...], ...]] = (("business_id", "activity_id", "blob"),)

    activity_id: UUID
    file_name: str
    media_type: str
    blob: str
    uploaded_at: datetime = attrs.field(validator=aware)


@attrs.frozen(kw_only=True)
class StoredTranscript(Owned):
    """What was said in a recording: the whole text, and its segments with seconds, speaker and confidence."""

    references: ClassVar[Mapping[str, type[Entity]]] = {"activity_artifact_id": ActivityArtifact}
    unique: ClassVar[tuple[tuple[str, ...], ...]] = (("business_id", "activity_artifact_id", "model"),)

    activity_artifact_id: UUID
    text: str
    segments: tuple[Mapping[str, Any], ...] = ()
    language: str
    model: str
    duration: float
    blob: str
    transcribed_at: datetime = attrs.field(validator=aware)
