"""The team activities' use cases: record one with its files, change it, and hear what was said in it."""

from collections.abc import Callable, Mapping, Sequence
from io import BytesIO
from itertools import chain
from typing import Any, BinaryIO
from uuid import UUID

import attrs

from ..attempts import tried_again
from ..entities import Entity
from ..errors import Conflict, InvalidInput, NotFound
from ..jobs.catalogue import TYPES, ExtractContext, GenerateEmbeddings, TranscribeAudio, job
from ..ports import BlobStore, Clock, Ids, Queue, Store, Transaction, Transcriber, Transcript, Usage, where
from ..ports.transcriber import Progress
from ..spending import SpendingService
from ..values import BusinessId
from .activities import Activity, ActivityArtifact, StoredTranscript, each_once
from .activity_files import TranscriptReader, in_words, is_recording, read_file
from .activity_lineage import follow
from .activity_types import exercise_for
from .drafts import ActivityDraft, ImportedFile, UploadedFile
from .imports import ImportBatch
from .unused_blobs import UnusedBlobs
from .upserts import Upserted, batch, upsert

CHANGEABLE = ("activity_type", "title", "held_at", "duration_minutes", "participants", "notes")


@attrs.frozen(kw_only=True)
class KeptFile:
    """A file whose bytes are in the blob store; ``transcript`` is what it says where it is a written transcript.

    ``words`` is the blob of what it says.
    """

    name: str
    media_type: str
    blob: str
    transcript: Transcript | None = None
    words: str = ""


@attrs.frozen(kw_only=True)
class ActivityService:
    """What can be done with the team activities of a business.

    ``read_transcript`` tells a written transcript from any other file; without one no file is taken for a transcript.
    ``spending`` is what listening costs and may cost; None where it costs nothing. ``blob_kinds`` are all kinds of rows
    that name a blob.
    """

    store: Store
    queue: Queue
    blobs: BlobStore
    transcriber: Transcriber
    clock: Clock
    ids: Ids
    blob_kinds: tuple[type[Entity], ...]
    read_transcript: TranscriptReader = lambda _data, _name: None
    spending: SpendingService | None = None

    def record(
        self,
        business_id: BusinessId,
        draft: ActivityDraft,
        files: Sequence[UploadedFile] = (),
        *,
        new_type: bool = False,
    ) -> Activity:
        """The activity and its files are kept; notes are about to be read, and recordings to be heard.

        The same ``external_id`` again changes that activity; the same file again is one file. A type that is unknown
        raises `InvalidInput` with the nearest names, or is made as one of the business's own with ``new_type``. A file
        that is empty, or a transcript that cannot be read as one, raises `InvalidInput` too, and nothing is kept.
        """
        read = [read_file(file, self.read_transcript) for file in files]
        if files and not new_type:
            with self.store.business(business_id) as tx:
                exercise_for(tx, self.ids, business_id, draft.activity_type, make=False)
        with self._unused.taken_back() as put:
            kept = [self._kept(file, *what, put) for file, what in zip(files, read, strict=True)]
            return self._recorded(business_id, draft, kept, new_type=new_type)

    @tried_again
    def _recorded(
        self, business_id: BusinessId, draft: ActivityDraft, files: Sequence[KeptFile], *, new_type: bool
    ) -> Activity:
        with self.store.business(business_id) as tx:
            return _first(self._record(tx, business_id, draft, files, new_type=new_type))

    def import_activity(
        self, business_id: BusinessId, draft: ActivityDraft, files: Sequence[UploadedFile], file: ImportedFile
    ) -> ImportBatch:
        """The activity of that file is recorded, a type that is unknown with it, and the import is on record."""
        read = [read_file(each, self.read_transcript) for each in files]
        with self._unused.taken_back() as put:
            kept = [self._kept(each, *what, put) for each, what in zip(files, read, strict=True)]
            return self._imported(business_id, draft, kept, file)

    @tried_again
    def _imported(
        self, business_id: BusinessId, draft: ActivityDraft, files: Sequence[KeptFile], file: ImportedFile
    ) -> ImportBatch:
        with self.store.business(business_id) as tx:
            done = self._record(tx, business_id, draft, files, new_type=True)
            identity = {"id": self.ids.new(), "business_id": business_id, "imported_at": self.clock.now()}
            return batch(tx, "activity", file, done.counted, **identity)

    def edit(
        self,
        business_id: BusinessId,
        activity_id: UUID,
        changes: Mapping[str, Any],
        *,
        new_type: bool = False,
        version: int | None = None,
    ) -> Activity:
        """The activity is as ``changes`` say, which name some of `CHANGEABLE`; other notes are about to be read.

        Faults as `record`; another field raises `InvalidInput`, an unknown activity `NotFound`, and one that is no
        longer at ``version``, where that is given, `Conflict`.
        """
        if wrong := sorted(set(changes) - set(CHANGEABLE)):
            raise InvalidInput(f"{', '.join(wrong)} cannot be changed; an activity has {', '.join(CHANGEABLE)}")
        with self.store.business(business_id) as tx:
            before = tx.get(Activity, activity_id)
            if version not in (None, before.version):
                raise Conflict("the activity was changed by somebody else; read it again, then decide")
            given = dict(changes)
            if "activity_type" in given:
                named = exercise_for(tx, self.ids, business_id, given["activity_type"], make=new_type)
                given["activity_type"] = named.slug
            if "participants" in given:
                given["participants"] = each_once(given["participants"])
            after = attrs.evolve(before, **given)
            if after == before:
                return before
            saved = tx.save(after)
            if after.notes != before.notes:
                self._read_later(tx, business_id, activity_id)
            return saved

    def attach(self, business_id: BusinessId, activity_id: UUID, file: UploadedFile) -> ActivityArtifact:
        """The file belongs to the activity: a recording is about to be heard, a transcript to be read.

        The same bytes again are the file that is there. Unknown activity: `NotFound`; a file that is empty, or a
        transcript that cannot be read: `InvalidInput`. Of what is refused nothing is kept.
        """
        with self.store.business(business_id) as tx:
            tx.get(Activity, activity_id)
        read = read_file(file, self.read_transcript)
        with self._unused.taken_back() as put:
            return self._attached(business_id, activity_id, self._kept(file, *read, put))

    @tried_again
    def _attached(self, business_id: BusinessId, activity_id: UUID, kept: KeptFile) -> ActivityArtifact:
        with self.store.business(business_id) as tx:
            activity = tx.get(Activity, activity_id)
            self._attach(tx, activity, [kept])
            return tx.find(ActivityArtifact, *where(activity_id=activity_id, blob=kept.blob))[0]

    def hear_again(self, business_id: BusinessId, activity_id: UUID) -> int:
        """The activity's recordings are about to be heard by the transcriber of now; gives how many there are."""
        with self.store.business(business_id) as tx:
            tx.get(Activity, activity_id)
            artifacts = tx.find(ActivityArtifact, *where(activity_id=activity_id))
            recordings = [artifact for artifact in artifacts if is_recording(artifact.media_type)]
            self._hear_later(tx, business_id, recordings)
        return len(recordings)

    def hear(self, business_id: BusinessId, activity_artifact_id: UUID) -> StoredTranscript | None:
        """As `transcribe`; what was removed in the meantime needs not be heard any more: None."""
        try:
            return self.transcribe(business_id, activity_artifact_id)
        except NotFound:
            if self._is_there(business_id, activity_artifact_id):
                raise
            return None

    def transcribe(
        self,
        business_id: BusinessId,
        activity_artifact_id: UUID,
        *,
        progress: Progress = lambda _seconds, _of: None,
    ) -> StoredTranscript | None:
        """The recording's words are kept with their seconds, as document and as blob, and are about to be read.

        What the present model hears replaces, in all that is read of the activity, what another one heard before; heard
        by it last: that transcript, and nothing more happens. A file that cannot be heard says so in its ``problem``,
        and gives None, as does one that is removed while it is heard. A transcriber that does not answer or is not
        installed raises its error, which is the ``problem`` until somebody has heard the file. One that costs money
        listens within the month's budget, on the business's account: else `BudgetSpent`. Unknown: `NotFound`.
        """
        with self.store.business(business_id) as tx:
            artifact = tx.get(ActivityArtifact, activity_artifact_id)
            heard = tx.find(StoredTranscript, *where(activity_artifact_id=artifact.id), order="transcribed_at")
            known = next((each for each in heard if each.model == self.transcriber.model), None)
            if known is not None:
                return known if known == heard[-1] else self._brought_back(tx, artifact, known)
        try:
            if self.spending is not None:
                self.spending.check(business_id)
            with self.blobs.open(artifact.blob) as audio:
                said = self.transcriber.transcribe(audio, artifact.media_type, progress=progress)
        except InvalidInput as error:
            self._say_problem(business_id, artifact.id, in_words(error))
            return None
        except Exception as error:
            self._say_problem(business_id, artifact.id, in_words(error))
            raise
        if self.spending is not None:
            usage = Usage(model=said.model, cost_micros=said.cost_micros or 0)
            self.spending.record(business_id, TYPES[TranscribeAudio].kind, usage)
        try:
            with self._unused.taken_back() as put:
                words = put(BytesIO(said.text.encode()))
                return self._heard(self._stored(business_id, artifact.id, said, words))
        except NotFound:
            if self._is_there(business_id, artifact.id):
                raise
            return None

    @tried_again
    def _heard(self, transcript: StoredTranscript) -> StoredTranscript:
        """The transcript is on record, and about to be read; a recording that is gone raises `NotFound`."""
        business_id = BusinessId(transcript.business_id)
        with self.store.business(business_id) as tx:
            artifact = tx.get(ActivityArtifact, transcript.activity_artifact_id)
            tx.add(transcript)
            if artifact.problem is not None:
                tx.save(attrs.evolve(artifact, problem=None))
            self._read_later(tx, business_id, artifact.activity_id)
        return transcript

    def _is_there(self, business_id: BusinessId, artifact_id: UUID) -> bool:
        with self.store.business(business_id) as tx:
            return tx.count(ActivityArtifact, *where(id=artifact_id)) > 0

    def _brought_back(self, tx: Transaction, artifact: ActivityArtifact, known: StoredTranscript) -> StoredTranscript:
        """What this model heard before another one did counts again."""
        self._read_later(tx, artifact.business_id, artifact.activity_id)
        return tx.save(attrs.evolve(known, transcribed_at=self.clock.now()))

    def _say_problem(self, business_id: BusinessId, artifact_id: UUID, problem: str) -> None:
        with self.store.business(business_id) as tx:
            for artifact in tx.find(ActivityArtifact, *where(id=artifact_id)):
                if artifact.problem != problem:
                    tx.save(attrs.evolve(artifact, problem=problem))

    def _stored(self, business_id: BusinessId, artifact_id: UUID, said: Transcript, words: str) -> StoredTranscript:
        return StoredTranscript(
            id=self.ids.new(),
            business_id=business_id,
            activity_artifact_id=artifact_id,
            text=said.text,
            segments=tuple(attrs.asdict(segment) for segment in said.segments),
            language=said.language,
            model=said.model,
            duration=said.duration,
            blob=words,
            transcribed_at=self.clock.now(),
        )

    @property
    def _unused(self) -> UnusedBlobs:
        return UnusedBlobs(store=self.store, blobs=self.blobs, kinds=self.blob_kinds)

    def _kept(
        self, file: UploadedFile, media_type: str, said: Transcript | None, put: Callable[[BinaryIO], str]
    ) -> KeptFile:
        """The file's bytes are a blob, and so is what it says."""
        words = "" if said is None else put(BytesIO(said.text.encode()))
        return KeptFile(name=file.name, media_type=media_type, blob=put(file.data), transcript=said, words=words)

    def _record(
        self,
        tx: Transaction,
        business_id: BusinessId,
        draft: ActivityDraft,
        files: Sequence[KeptFile],
        *,
        new_type: bool,
    ) -> Upserted[Activity]:
        fresh = Activity(
            id=self.ids.new(),
            business_id=business_id,
            external_id=draft.external_id,
            activity_type=exercise_for(tx, self.ids, business_id, draft.activity_type, make=new_type).slug,
            held_at=draft.held_at,
            duration_minutes=draft.duration_minutes,
            participants=each_once(draft.participants),
            notes=draft.notes,
            title=draft.title,
            recommendation_id=draft.recommendation_id,
        )
        unsaid = [name for name in ("title", "recommendation_id") if not getattr(draft, name)]
        done = upsert(tx, Activity, [fresh], key="external_id", keep=unsaid)
        if done.touched:
            done = attrs.evolve(done, **_replaced(done, follow(tx, done.touched[0], self.clock.now())))
        activity = _first(done)
        self._attach(tx, activity, files)
        if done.changed or (done.new and activity.notes):
            self._read_later(tx, business_id, activity.id)
        return done

    def _attach(self, tx: Transaction, activity: Activity, files: Sequence[KeptFile]) -> None:
        known = {artifact.blob for artifact in tx.find(ActivityArtifact, *where(activity_id=activity.id))}
        fresh = {
            file.blob: ActivityArtifact(
                id=self.ids.new(),
                business_id=activity.business_id,
                activity_id=activity.id,
                file_name=file.name,
                media_type=file.media_type,
                blob=file.blob,
                uploaded_at=self.clock.now(),
            )
            for file in files
            if file.blob not in known
        }
        tx.add(*fresh.values())
        written = [
            self._stored(activity.business_id, fresh[file.blob].id, file.transcript, file.words)
            for file in {file.blob: file for file in files if file.blob in fresh}.values()
            if file.transcript is not None
        ]
        tx.add(*written)
        if written:
            self._read_later(tx, activity.business_id, activity.id)
        self._hear_later(tx, activity.business_id, [each for each in fresh.values() if is_recording(each.media_type)])

    def _hear_later(self, tx: Transaction, business_id: BusinessId, recordings: Sequence[ActivityArtifact]) -> None:
        payloads = [TranscribeAudio(activity_artifact_id=artifact.id) for artifact in recordings]
        self.queue.enqueue(*(job(payload, business_id) for payload in payloads), tx=tx)

    def _read_later(self, tx: Transaction, business_id: BusinessId, activity_id: UUID) -> None:
        for payload in (GenerateEmbeddings, ExtractContext):
            self.queue.enqueue(job(payload(source_type="activity", source_id=activity_id), business_id), tx=tx)


def _first(done: Upserted[Activity]) -> Activity:
    return next(chain(done.new, done.changed, done.unchanged))


def _replaced(done: Upserted[Activity], activity: Activity) -> dict[str, tuple[Activity, ...]]:
    """The field of ``done`` that holds the one activity, with ``activity`` in its place."""
    return {"new": (activity,)} if done.new else {"changed": (activity,)}
