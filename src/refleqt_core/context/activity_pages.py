"""An activity with everything that belongs to it: its type, files, transcripts, findings, and what it was good for."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import BinaryIO
from uuid import UUID

import attrs

from ..intake.activities import Activity, ActivityArtifact, StoredTranscript
from ..intake.activity_files import is_recording
from ..intake.activity_guides import Exercise
from ..intake.activity_types import exercises, find_exercise
from ..intake.transcripts import WORD, Turn, latest_transcripts, turns
from ..outputs.records import RecommendationOutcome
from ..ports import BlobStore, Filter, Query, Store, Transaction, where
from ..values import BusinessId
from .quality import ContextQuality, context_quality
from .records import ContextExtraction, SourceReading


@attrs.frozen(kw_only=True)
class HeardFile:
    """A file, the transcript of it that counts, and how many transcripts there are, by whatever model."""

    artifact: ActivityArtifact
    transcript: StoredTranscript | None
    transcripts: int

    @property
    def state(self) -> str:
        """``heard``, ``read`` (a written transcript), ``problem``, ``waiting`` to be heard, or ``kept`` as a file."""
        if self.transcript is not None:
            return "heard" if is_recording(self.artifact.media_type) else "read"
        if self.artifact.problem is not None:
            return "problem"
        return "waiting" if is_recording(self.artifact.media_type) else "kept"


@attrs.frozen(kw_only=True)
class ActivityPage:
    """An activity in full. ``quality`` is None until it has been read; findings are those that are valid now."""

    activity: Activity
    exercise: Exercise
    files: tuple[HeardFile, ...]
    turns: tuple[Turn, ...]
    findings: tuple[ContextExtraction, ...]
    reading: SourceReading | None
    quality: ContextQuality | None
    recommendation: RecommendationOutcome | None

    @property
    def title(self) -> str:
        """Its own title, else the name of its type."""
        return self.activity.title or self.exercise.name

    @property
    def words(self) -> int:
        """Of the notes and of all transcripts that count."""
        heard = sum(len(WORD.findall(each.transcript.text)) for each in self.files if each.transcript is not None)
        return len(WORD.findall(self.activity.notes)) + heard

    @property
    def problems(self) -> tuple[str, ...]:
        """Why files could not be heard or read, by their names."""
        broken = (each.artifact for each in self.files if each.artifact.problem)
        return tuple(f"{artifact.file_name}: {artifact.problem}" for artifact in broken)


@attrs.frozen(kw_only=True)
class ActivityReader:
    """Looks activities up, each with all that belongs to it."""

    store: Store
    blobs: BlobStore

    def list(
        self,
        business_id: BusinessId,
        *,
        activity_type: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int | None = None,
    ) -> Sequence[ActivityPage]:
        """The activities, the newest first; of one type, and held in a span of time, where these are given.

        A type is named by its slug or name; a name that no type has finds nothing.
        """
        with self.store.business(business_id) as tx:
            filters: list[Filter] = []
            if activity_type is not None:
                found = find_exercise(exercises(tx), activity_type)
                filters += where(activity_type=found.slug if found else activity_type)
            filters += where(held_at__ge=since) if since else ()
            filters += where(held_at__lt=until) if until else ()
            return pages(tx, tx.find(Activity, *filters, order="-held_at", limit=limit))

    def get(self, business_id: BusinessId, activity_id: UUID) -> ActivityPage:
        """The activity in full. Unknown, or of another business: `NotFound`."""
        with self.store.business(business_id) as tx:
            return pages(tx, [tx.get(Activity, activity_id)])[0]

    def open(self, business_id: BusinessId, artifact_id: UUID) -> tuple[ActivityArtifact, BinaryIO]:
        """A file and its bytes, which the caller closes. Unknown, or of another business: `NotFound`."""
        with self.store.business(business_id) as tx:
            artifact = tx.get(ActivityArtifact, artifact_id)
        return artifact, self.blobs.open(artifact.blob)


def pages(tx: Transaction, activities: Sequence[Activity]) -> list[ActivityPage]:
    """The pages of those activities, in their order, in few trips however many they are."""
    ids = [activity.id for activity in activities]
    asked = [activity.recommendation_id for activity in activities if activity.recommendation_id]
    artifacts, findings, readings, recommended = tx.find_all(
        Query(ActivityArtifact, where(activity_id__in=ids), order="uploaded_at"),
        Query(ContextExtraction, where(source_id__in=ids, valid_to=None), order="quote_start"),
        Query(SourceReading, where(source_id__in=ids)),
        Query(RecommendationOutcome, where(id__in=asked)),
    )
    heard = tx.find(StoredTranscript, *where(activity_artifact_id__in=[artifact.id for artifact in artifacts]))
    known, by_source = exercises(tx), _grouped(findings)
    read = {reading.source_id: reading for reading in readings}
    follows = {each.id: each for each in recommended}
    return [
        _page(
            activity,
            known.get(activity.activity_type)
            or Exercise(slug=activity.activity_type, name=activity.activity_type, purpose=""),
            [each for each in artifacts if each.activity_id == activity.id],
            heard,
            by_source.get(activity.id, []),
            read.get(activity.id),
            follows.get(activity.recommendation_id) if activity.recommendation_id else None,
        )
        for activity in activities
    ]


def _page(
    activity: Activity,
    exercise: Exercise,
    artifacts: Sequence[ActivityArtifact],
    heard: Sequence[StoredTranscript],
    findings: Sequence[ContextExtraction],
    reading: SourceReading | None,
    recommendation: RecommendationOutcome | None,
) -> ActivityPage:
    latest = {each.activity_artifact_id: each for each in latest_transcripts(heard)}
    files = tuple(
        HeardFile(
            artifact=artifact,
            transcript=latest.get(artifact.id),
            transcripts=sum(each.activity_artifact_id == artifact.id for each in heard),
        )
        for artifact in artifacts
    )
    page = ActivityPage(
        activity=activity,
        exercise=exercise,
        files=files,
        turns=tuple(turns(activity, artifacts, heard)),
        findings=tuple(findings),
        reading=reading,
        quality=None,
        recommendation=recommendation,
    )
    if reading is None and not findings:
        return page
    dropped = reading.dropped if reading else 0
    return attrs.evolve(page, quality=context_quality(findings, dropped=dropped, words=page.words))


def _grouped(findings: Iterable[ContextExtraction]) -> Mapping[UUID, list[ContextExtraction]]:
    grouped: dict[UUID, list[ContextExtraction]] = {}
    for finding in findings:
        grouped.setdefault(finding.source_id, []).append(finding)
    return grouped
