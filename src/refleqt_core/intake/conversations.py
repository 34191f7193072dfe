"""Written conversations as activities: each day of a channel is one, with its messages as transcript."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from io import BytesIO
from typing import Literal
from uuid import UUID

import attrs

from ..jobs.catalogue import ExtractContext, GenerateEmbeddings, job
from ..ports import BlobStore, Clock, Ids, Queue, Store, Transaction, where
from ..values import BusinessId
from .activities import Activity, ActivityArtifact, Participant, StoredTranscript
from .drafts import ConversationDraft, ImportedFile, MessageDraft
from .imports import ImportBatch
from .upserts import Counted, batch

CONVERSATION = "conversation"
"""The type of such activities."""

Done = Literal["new", "changed", "unchanged"]


@attrs.frozen(kw_only=True)
class ConversationService:
    """What people write to each other day by day comes in, and grows."""

    store: Store
    queue: Queue
    blobs: BlobStore
    clock: Clock
    ids: Ids

    def import_conversations(
        self, business_id: BusinessId, kind: str, drafts: Iterable[ConversationDraft], file: ImportedFile
    ) -> "ImportedConversations":
        """Every day is an activity with its messages as transcript, all or none; what is new or grew will be read.

        A day that is there already is as the draft says for the time that the draft covers, and as it was before and
        after it; its type, notes and recommendation stay. ``drafts`` are taken one by one.
        """
        counts = {"new": 0, "changed": 0, "unchanged": 0}
        replaced: set[str] = set()
        with self.store.business(business_id) as tx:
            for draft in drafts:
                done, blobs = self._take(tx, business_id, draft)
                counts[done] += 1
                replaced |= blobs
            identity = {"id": self.ids.new(), "business_id": business_id, "imported_at": self.clock.now()}
            record = batch(tx, kind, file, Counted(**counts), **identity)
        return ImportedConversations(batch=record, replaced=frozenset(replaced))

    def _take(self, tx: Transaction, business_id: BusinessId, draft: ConversationDraft) -> tuple[Done, set[str]]:
        for activity in tx.find(Activity, *where(external_id=draft.external_id)):
            return self._change(tx, activity, draft)
        activity = self._activity(business_id, draft, draft.messages)
        artifact = self._artifact(activity, draft, draft.messages)
        tx.add(activity, artifact, self._transcript(artifact, activity, draft.messages, self.ids.new()))
        self._read_later(tx, activity)
        return "new", set()

    def _change(self, tx: Transaction, before: Activity, draft: ConversationDraft) -> tuple[Done, set[str]]:
        """The day with what the draft adds to it; the blobs that it no longer has."""
        artifact, transcript = self._kept(tx, before, draft)
        messages = merged(_messages(before, transcript), draft) if transcript else draft.messages
        fresh = self._activity(BusinessId(before.business_id), _with_roles(draft, before), messages)
        kept = ("id", "version", "activity_type", "notes", "recommendation_id", "duration_minutes")
        activity = attrs.evolve(fresh, **{name: getattr(before, name) for name in kept})
        words = self._artifact(activity, draft, messages)
        if activity == before and artifact is not None and artifact.blob == words.blob:
            return "unchanged", set()
        if activity != before:
            activity = tx.save(activity)
        gone: set[str] = set()
        if artifact is None or transcript is None:
            tx.add(words, self._transcript(words, activity, messages, self.ids.new()))
        elif artifact.blob != words.blob or transcript.segments != _segments(activity, messages):
            said = self._transcript(artifact, activity, messages, transcript.id)
            tx.save(attrs.evolve(said, version=transcript.version))
            tx.save(attrs.evolve(artifact, blob=words.blob, uploaded_at=words.uploaded_at))
            gone = {artifact.blob, transcript.blob} - {words.blob, said.blob}
        self._read_later(tx, activity)
        return "changed", gone

    def _kept(
        self, tx: Transaction, activity: Activity, draft: ConversationDraft
    ) -> tuple[ActivityArtifact | None, StoredTranscript | None]:
        """The file of the day's messages and its transcript, among whatever else somebody has attached."""
        for artifact in tx.find(ActivityArtifact, *where(activity_id=activity.id)):
            for transcript in tx.find(StoredTranscript, *where(activity_artifact_id=artifact.id, model=_model(draft))):
                return artifact, transcript
        return None, None

    def _activity(
        self, business_id: BusinessId, draft: ConversationDraft, messages: Sequence[MessageDraft]
    ) -> Activity:
        writers = dict.fromkeys(each.speaker for each in messages)
        return Activity(
            id=self.ids.new(),
            business_id=business_id,
            external_id=draft.external_id,
            activity_type=CONVERSATION,
            held_at=min(each.at for each in messages),
            participants=tuple(Participant(name=name, role=draft.roles.get(name, "")) for name in writers),
            title=draft.title,
        )

    def _artifact(
        self, activity: Activity, draft: ConversationDraft, messages: Sequence[MessageDraft]
    ) -> ActivityArtifact:
        lines = (f"[{each.at:%Y-%m-%d %H:%M:%S} UTC] {each.speaker}: {each.text}\n" for each in messages)
        return ActivityArtifact(
            id=self.ids.new(),
            business_id=activity.business_id,
            activity_id=activity.id,
            file_name=draft.name,
            media_type="text/plain",
            blob=self.blobs.put(BytesIO("".join(lines).encode())),
            uploaded_at=self.clock.now(),
        )

    def _transcript(
        self, artifact: ActivityArtifact, activity: Activity, messages: Sequence[MessageDraft], id: UUID
    ) -> StoredTranscript:
        text = " ".join(each.text for each in messages)
        return StoredTranscript(
            id=id,
            business_id=activity.business_id,
            activity_artifact_id=artifact.id,
            text=text,
            segments=_segments(activity, messages),
            language="und",
            model=activity.external_id.partition(":")[0],
            duration=max((each.at - activity.held_at).total_seconds() for each in messages),
            blob=self.blobs.put(BytesIO(text.encode())),
            transcribed_at=self.clock.now(),
        )

    def _read_later(self, tx: Transaction, activity: Activity) -> None:
        for payload in (GenerateEmbeddings, ExtractContext):
            read = payload(source_type="activity", source_id=activity.id)
            self.queue.enqueue(job(read, BusinessId(activity.business_id)), tx=tx)


@attrs.frozen(kw_only=True)
class ImportedConversations:
    """The record of the import, and the ``replaced`` blobs that none of its days refers to any more."""

    batch: ImportBatch
    replaced: frozenset[str] = frozenset()


def merged(before: Sequence[MessageDraft], draft: ConversationDraft) -> tuple[MessageDraft, ...]:
    """The messages of the day: those of the draft, and what was there before and after the time that it covers.

    So a message that is gone in a later export is gone, and an export that begins at noon takes no morning away.
    """
    first, last = draft.covered
    earlier = tuple(each for each in before if each.at < first)
    later = tuple(each for each in before if each.at > last)
    return earlier + draft.messages + later


def _with_roles(draft: ConversationDraft, before: Activity) -> ConversationDraft:
    """The draft with the roles that are known of people whom it has none of."""
    known = {person.name: person.role for person in before.participants if person.role}
    return replace(draft, roles={**known, **draft.roles})


def _model(draft: ConversationDraft) -> str:
    return draft.external_id.partition(":")[0]


def _segments(activity: Activity, messages: Sequence[MessageDraft]) -> tuple[dict[str, object], ...]:
    return tuple(
        {
            "start": (second := (each.at - activity.held_at).total_seconds()),
            "end": second,
            "text": each.text,
            "confidence": None,
            "speaker": each.speaker,
        }
        for each in messages
    )


def _messages(activity: Activity, transcript: StoredTranscript) -> list[MessageDraft]:
    def at(second: float) -> datetime:
        return activity.held_at + timedelta(seconds=second)

    return [
        MessageDraft(at=at(each["start"]), speaker=each["speaker"], text=each["text"]) for each in transcript.segments
    ]
