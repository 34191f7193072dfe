"""The team activities' use cases: record one with its files, and transcribe what was said in them."""

from collections.abc import Sequence
from io import BytesIO
from uuid import UUID

import attrs

from ..jobs.catalogue import ExtractContext, GenerateEmbeddings, TranscribeAudio, job
from ..ports import BlobStore, Clock, Ids, Queue, Store, Transaction, Transcriber, where
from ..values import BusinessId
from .activities import Activity, ActivityArtifact, StoredTranscript
from .drafts import ActivityDraft, ImportedFile, UploadedFile
from .imports import ImportBatch
from .upserts import Upserted, batch, upsert


@attrs.frozen(kw_only=True)
class ActivityService:
    """What can be done with the team activities of a business."""

    store: Store
    queue: Queue
    blobs: BlobStore
    transcriber: Transcriber
    clock: Clock
    ids: Ids

    def record(self, business_id: BusinessId, draft: ActivityDraft, files: Sequence[UploadedFile] = ()) -> Activity:
        """The activity and its files are kept; notes are about to be read, and audio to be heard.

        The same ``external_id`` again changes that activity; the same file again is one file.
        """
        uploaded = [(upload, self.blobs.put(upload.data)) for upload in files]
        with self.store.business(business_id) as tx:
            done = self._record(tx, business_id, draft, uploaded)
            return (done.touched + done.unchanged)[0]

    def import_activity(
        self, business_id: BusinessId, draft: ActivityDraft, files: Sequence[UploadedFile], file: ImportedFile
    ) -> ImportBatch:
        """The activity of that file is recorded, and the import is on record."""
        uploaded = [(upload, self.blobs.put(upload.data)) for upload in files]
        with self.store.business(business_id) as tx:
            done = self._record(tx, business_id, draft, uploaded)
            identity = {"id": self.ids.new(), "business_id": business_id, "imported_at": self.clock.now()}
            return batch(tx, "activity", file, done.counted, **identity)

    def transcribe(self, business_id: BusinessId, activity_artifact_id: UUID) -> StoredTranscript:
        """The recording's words are kept with their seconds, as document and as blob, and are about to be read.

        Heard by the same model before: that transcript, and nothing more happens.
        """
        with self.store.business(business_id) as tx:
            artifact = tx.get(ActivityArtifact, activity_artifact_id)
            known = where(activity_artifact_id=artifact.id, model=self.transcriber.model)
            for stored in tx.find(StoredTranscript, *known):
                return stored
        with self.blobs.open(artifact.blob) as audio:
            heard = self.transcriber.transcribe(audio, artifact.media_type)
        transcript = StoredTranscript(
            id=self.ids.new(),
            business_id=business_id,
            activity_artifact_id=artifact.id,
            text=heard.text,
            segments=tuple(attrs.asdict(segment) for segment in heard.segments),
            language=heard.language,
            model=heard.model,
            duration=heard.duration,
            blob=self.blobs.put(BytesIO(heard.text.encode())),
            transcribed_at=self.clock.now(),
        )
        with self.store.business(business_id) as tx:
            tx.add(transcript)
            self._read_later(tx, business_id, artifact.activity_id)
        return transcript

    def _record(
        self,
        tx: Transaction,
        business_id: BusinessId,
        draft: ActivityDraft,
        uploaded: Sequence[tuple[UploadedFile, str]],
    ) -> Upserted[Activity]:
        fresh = Activity(
            id=self.ids.new(),
            business_id=business_id,
            external_id=draft.external_id,
            activity_type=draft.activity_type,
            held_at=draft.held_at,
            duration_minutes=draft.duration_minutes,
            participants=draft.participants,
            notes=draft.notes,
        )
        done = upsert(tx, Activity, [fresh], key="external_id")
        activity = (done.touched + done.unchanged)[0]
        self._attach(tx, activity, uploaded)
        if done.changed or (done.new and activity.notes):
            self._read_later(tx, business_id, activity.id)
        return done

    def _attach(self, tx: Transaction, activity: Activity, uploaded: Sequence[tuple[UploadedFile, str]]) -> None:
        known = {artifact.blob for artifact in tx.find(ActivityArtifact, *where(activity_id=activity.id))}
        fresh = {
            blob: ActivityArtifact(
                id=self.ids.new(),
                business_id=activity.business_id,
                activity_id=activity.id,
                file_name=file.name,
                media_type=file.media_type,
                blob=blob,
                uploaded_at=self.clock.now(),
            )
            for file, blob in uploaded
            if blob not in known
        }
        tx.add(*fresh.values())
        heard = [artifact for artifact in fresh.values() if artifact.media_type.startswith("audio/")]
        payloads = [TranscribeAudio(activity_artifact_id=artifact.id) for artifact in heard]
        self.queue.enqueue(*(job(payload, activity.business_id) for payload in payloads), tx=tx)

    def _read_later(self, tx: Transaction, business_id: BusinessId, activity_id: UUID) -> None:
        for payload in (GenerateEmbeddings, ExtractContext):
            self.queue.enqueue(job(payload(source_type="activity", source_id=activity_id), business_id), tx=tx)
