"""Transcripts that come alone, as a tool wrote them down: each is an activity of its own."""

from dataclasses import replace
from datetime import datetime

import attrs

from ..ports import Store, Transcript, where
from ..values import BusinessId
from .activities import Activity, Participant
from .activity_log import ActivityService
from .drafts import ActivityDraft, ImportedFile, UploadedFile
from .imports import ImportBatch

DISCUSSION = "discussion"
"""The type of such an activity where nobody says what it was."""

_SECONDS = 60.0


@attrs.frozen(kw_only=True)
class TranscriptService:
    """What was said in a meeting comes in without its recording."""

    store: Store
    activities: ActivityService

    def import_transcript(
        self,
        business_id: BusinessId,
        upload: UploadedFile,
        said: Transcript,
        file: ImportedFile,
        *,
        title: str,
        supposed: datetime,
        held_at: datetime | None = None,
        activity_type: str | None = None,
    ) -> ImportBatch:
        """The transcript is that of an activity, with those who speak as participants, and is about to be read.

        It was held at ``held_at``, or where nobody says when, at the ``supposed`` moment. The same bytes again are the
        same activity: what is not said now stays as it is, whatever was changed since.
        """
        external_id = f"transcript:{(file.sha256 or file.blob)[:32]}"
        with self.store.business(business_id) as tx:
            known = next(iter(tx.find(Activity, *where(external_id=external_id))), None)
        draft = _again(known) if known else _first(external_id, title, said, supposed)
        draft = replace(draft, held_at=held_at or draft.held_at, activity_type=activity_type or draft.activity_type)
        return self.activities.import_activity(business_id, draft, [upload], file)


def _first(external_id: str, title: str, said: Transcript, supposed: datetime) -> ActivityDraft:
    speakers = dict.fromkeys(segment.speaker for segment in said.segments if segment.speaker)
    return ActivityDraft(
        external_id=external_id,
        activity_type=DISCUSSION,
        held_at=supposed,
        duration_minutes=said.duration / _SECONDS if said.duration > 0 else None,
        participants=tuple(Participant(name=name) for name in speakers),
        title=title,
    )


def _again(known: Activity) -> ActivityDraft:
    return ActivityDraft(
        external_id=known.external_id,
        activity_type=known.activity_type,
        held_at=known.held_at,
        duration_minutes=known.duration_minutes,
        participants=known.participants,
        notes=known.notes,
        title=known.title,
        recommendation_id=known.recommendation_id,
    )
