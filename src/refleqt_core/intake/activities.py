"""Team context activities, their files and what was said in them."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

import attrs

from ..entities import Entity, Owned
from ..values import aware, not_blank, not_negative


@attrs.frozen(kw_only=True)
class Participant:
    """Who took part, and as what."""

    name: str
    role: str = ""


def each_once(people: Iterable[Participant]) -> tuple[Participant, ...]:
    """The people in their order, each once: by name and role, and by the name alone of whom no role is said.

    Two of one name with two roles are two.
    """
    said = [((each.name.strip().casefold(), each.role.strip().casefold()), each) for each in people]
    with_role = {name for (name, role), _ in said if role}
    kept: dict[tuple[str, str], Participant] = {}
    for (name, role), each in said:
        if role or name not in with_role:
            kept.setdefault((name, role), each)
    return tuple(kept.values())


@attrs.frozen(kw_only=True)
class ActivityType(Owned):
    """A kind of exercise that a team made for itself: what it is good for, and the steps of whoever leads it."""

    unique: ClassVar[tuple[tuple[str, ...], ...]] = (("business_id", "slug"),)

    slug: str = attrs.field(validator=attrs.validators.matches_re(r"[a-z][a-z0-9_]{0,63}"))
    name: str = attrs.field(validator=not_blank)
    purpose: str = ""
    guide: tuple[str, ...] = ()
    minutes: int | None = attrs.field(default=None, validator=not_negative)
    archived_at: datetime | None = attrs.field(default=None, validator=aware)


@attrs.frozen(kw_only=True)
class Activity(Owned):
    """A completed team exercise with the page of notes that it ended in.

    ``recommendation_id`` names the recommendation (`RecommendationOutcome`) that it follows, if one asked for it.
    """

    unique: ClassVar[tuple[tuple[str, ...], ...]] = (("business_id", "external_id"),)

    external_id: str
    activity_type: str
    held_at: datetime = attrs.field(validator=aware)
    duration_minutes: float | None = attrs.field(default=None, validator=not_negative)
    participants: tuple[Participant, ...] = ()
    notes: str = ""
    title: str = ""
    recommendation_id: UUID | None = None


@attrs.frozen(kw_only=True)
class ActivityArtifact(Owned):
    """An uploaded file of an activity (audio, transcript, notes), kept as a blob.

    ``problem`` says why a recording could not be heard, or a transcript not be read.
    """

    references: ClassVar[Mapping[str, type[Entity]]] = {"activity_id": Activity}
    unique: ClassVar[tuple[tuple[str, ...], ...]] = (("business_id", "activity_id", "blob"),)

    activity_id: UUID
    file_name: str
    media_type: str
    blob: str
    uploaded_at: datetime = attrs.field(validator=aware)
    problem: str | None = None


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
