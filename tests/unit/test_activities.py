"""What can be done with an activity, and what becomes of the files that belong to it."""

import hashlib
import io
import wave
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, BinaryIO
from uuid import UUID

import attrs
import pytest
from composition import FILE, NOON, Composition

from refleqt_adapters.connectors.activity_file import read_activity
from refleqt_cli.activity_show import taught
from refleqt_core.context.records import ContextExtraction
from refleqt_core.errors import Conflict, Fault, InvalidInput, MissingDependency, NotFound, Unavailable
from refleqt_core.intake.activities import Activity, ActivityArtifact, Participant, StoredTranscript
from refleqt_core.intake.activity_files import is_recording, media_type_of
from refleqt_core.intake.activity_log import ActivityService
from refleqt_core.intake.business import Competitors
from refleqt_core.intake.drafts import ActivityDraft, UploadedFile
from refleqt_core.intake.transcripts import turns
from refleqt_core.ports import Segment, Transcript
from refleqt_core.spending import BudgetSpent, SpendingService
from refleqt_core.values import BusinessId

FILE_ID = UUID(int=1)
VTT = b"WEBVTT"
WAV = b"RIFF\x24\x00\x00\x00WAVEfmt \x10\x00\x00\x00"


def recording() -> bytes:
    """A tenth of a second of a constant, as a WAV file."""
    data = io.BytesIO()
    with wave.open(data, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes(b"\x07\x00" * 1_600)
    return data.getvalue()


SPEECH = recording()


def activity(**changes: Any) -> ActivityDraft:
    given: dict[str, Any] = {"external_id": "A-1", "activity_type": "rant_round", "held_at": NOON}
    return ActivityDraft(**(given | changes))


def upload(data: bytes, name: str = "talk.wav", media_type: str = "") -> UploadedFile:
    return UploadedFile(name=name, media_type=media_type, data=io.BytesIO(data))


def said(*lines: tuple[str | None, str], duration: float = 60.0, model: str = "typed") -> Transcript:
    segments = tuple(
        Segment(start=5.0 * n, end=5.0 * n + 4, text=text, speaker=who) for n, (who, text) in enumerate(lines)
    )
    return Transcript(segments=segments, language="en", model=model, duration=duration)


@attrs.frozen
class Listener:
    """Hears the same in whatever it is given, unless it has a fault."""

    model: str = "first"
    fault: Exception | None = None
    cost: int = 0

    def transcribe(self, audio: BinaryIO, media_type: str, *, progress: Any = None) -> Transcript:
        if self.fault is not None:
            raise self.fault
        heard = said((None, f"The {self.model} model heard Freshpan."), model=self.model)
        return attrs.evolve(heard, cost_micros=self.cost)


def with_transcriber(refleqt: Composition, transcriber: Any) -> ActivityService:
    return attrs.evolve(refleqt.activities, transcriber=transcriber)


def recorded(refleqt: Composition) -> tuple[BusinessId, ActivityArtifact]:
    business = refleqt.business(competitors=Competitors(direct=("Freshpan",)))
    refleqt.activities.record(business, activity(), [upload(WAV)])
    [artifact] = refleqt.rows(business, ActivityArtifact)
    return business, artifact


def test_a_file_of_an_activity_may_give_it_a_title(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text("external_id: A-1\nactivity_type: rant_round\ntitle: May\nheld_at: 2026-03-02T10:00:00+01:00\n")
    assert read_activity(file).draft.title == "May"


def test_an_edit_changes_what_it_names_and_nothing_else(refleqt: Composition) -> None:
    business = refleqt.business()
    before = refleqt.activities.record(business, activity(notes="Smaller portions.", title="May"))
    after = refleqt.activities.edit(business, before.id, {"duration_minutes": 45.0})
    assert attrs.evolve(after, duration_minutes=None, version=before.version) == before


def test_whoever_is_named_twice_took_part_once(refleqt: Composition) -> None:
    business = refleqt.business()
    named = [
        ("Ada", ""),
        ("Bo", "sales"),
        ("ada ", "founder"),
        ("Bo", "sales"),
        ("Bo", "kitchen"),
        ("Cy", ""),
        ("Cy", ""),
    ]
    people = tuple(Participant(name=name, role=role) for name, role in named)
    once = [("Bo", "sales"), ("ada ", "founder"), ("Bo", "kitchen"), ("Cy", "")]
    held = refleqt.activities.record(business, activity(participants=people))
    assert [(each.name, each.role) for each in held.participants] == once
    changed = refleqt.activities.edit(business, held.id, {"participants": people[::-1]})
    assert sorted((each.name, each.role) for each in changed.participants) == sorted(once)


def test_how_much_was_learned_is_not_told_for_sure_while_a_recording_waits(refleqt: Composition) -> None:
    business = refleqt.business(competitors=Competitors(direct=("Freshpan",)))
    held = refleqt.activities.record(business, activity(notes="Freshpan is cheaper."), [upload(WAV)])
    before = taught(refleqt.activity_pages.get(business, held.id))
    refleqt.context.extract(business, "activity", held.id)
    after = taught(refleqt.activity_pages.get(business, held.id))
    assert before == "1 recording waits to be heard: refleqt worker"
    assert "so far; 1 recording waits to be heard" in after and "confidence" not in after


def test_edited_notes_are_read_anew(refleqt: Composition) -> None:
    business = refleqt.business()
    held = refleqt.activities.record(business, activity(notes="Guests want smaller portions."))
    refleqt.work()
    refleqt.activities.edit(business, held.id, {"notes": "Guests want larger plates."})
    refleqt.work()
    assert [hit.text for hit in refleqt.context.search(business, "portions")] == ["Guests want larger plates."]


def test_an_edit_of_an_older_version_is_refused(refleqt: Composition) -> None:
    business = refleqt.business()
    held = refleqt.activities.record(business, activity())
    refleqt.activities.edit(business, held.id, {"title": "May"})
    with pytest.raises(Conflict):
        refleqt.activities.edit(business, held.id, {"title": "June"}, version=held.version)


def test_what_an_activity_does_not_have_cannot_be_edited(refleqt: Composition) -> None:
    business = refleqt.business()
    held = refleqt.activities.record(business, activity())
    with pytest.raises(InvalidInput, match="external_id cannot be changed"):
        refleqt.activities.edit(business, held.id, {"external_id": "A-2"})


def test_a_title_stays_where_the_same_activity_is_imported_without_one(refleqt: Composition) -> None:
    business = refleqt.business()
    refleqt.activities.record(business, activity(title="May"))
    refleqt.activities.import_activity(business, activity(notes="More."), [], FILE)
    assert [row.title for row in refleqt.rows(business, Activity)] == ["May"]


@pytest.mark.parametrize(
    ("head", "name", "stated", "expected"),
    [
        (WAV, "notes.txt", "text/plain", "audio/wav"),
        (b"ID3\x04", "x", "", "audio/mpeg"),
        (b"\xff\xfb\x90\x44", "x", "", "audio/mpeg"),
        ("Ada: no.".encode("utf-16"), "talk.txt", "", "text/plain"),
        ("Ada: no.".encode("utf-16"), "talk.vtt", "", "text/vtt"),
        (b"\xff\xfb\xf0\x44", "x", "", "application/octet-stream"),
        (b"\xff\xfb\x9c\x44", "x", "", "application/octet-stream"),
        (b"\xff\xeb\x90\x44", "x", "", "application/octet-stream"),
        (b"\xff\xf3\x40\xc4", "x", "", "audio/mpeg"),
        (b"fLaC\x00", "x.wav", "audio/wav", "audio/flac"),
        (b"OggS\x00", "x", "", "audio/ogg"),
        (b"\x1aE\xdf\xa3", "x", "", "video/webm"),
        (b"\x00\x00\x00\x20ftypM4A ", "x", "", "audio/mp4"),
        (b"\x00\x00\x00\x20ftypisom", "x", "", "video/mp4"),
        (b"WEBVTT\n", "x.vtt", "", "text/vtt"),
        (b"\x89PNG\r\n\x1a\n", "board.png", "", "image/png"),
        (b"???", "memo.m4a", "application/octet-stream", "audio/mp4"),
        (b"???", "x", "", "application/octet-stream"),
        (b"", "x", "", "application/octet-stream"),
    ],
)
def test_a_file_is_what_its_first_bytes_say_before_what_anybody_says(
    head: bytes, name: str, stated: str, expected: str
) -> None:
    assert media_type_of(head, name, stated) == expected


def test_a_recording_with_the_name_of_a_text_is_heard(refleqt: Composition) -> None:
    business = refleqt.business()
    refleqt.activities.record(business, activity(), [upload(WAV, "notes.txt", "text/plain")])
    assert [job.job.kind for job in refleqt.queue.jobs(business_id=business)].count("transcribe_audio") == 1


def test_a_file_that_is_attached_twice_is_one(refleqt: Composition) -> None:
    business = refleqt.business()
    held = refleqt.activities.record(business, activity())
    first, second = (refleqt.activities.attach(business, held.id, upload(b"board", "b.png")) for _ in range(2))
    assert first == second and len(refleqt.rows(business, ActivityArtifact)) == 1


def test_a_file_cannot_be_attached_to_the_activity_of_another_business(refleqt: Composition) -> None:
    mine, other = refleqt.business("brine"), refleqt.business("ash")
    held = refleqt.activities.record(mine, activity())
    with pytest.raises(NotFound):
        refleqt.activities.attach(other, held.id, upload(b"board", "b.png"))


def test_a_written_transcript_is_read_with_its_speakers(refleqt: Composition) -> None:
    business = refleqt.business(competitors=Competitors(direct=("Freshpan",)))
    service = attrs.evolve(refleqt.activities, read_transcript=lambda data, name: said(("Bo", "Freshpan is cheaper.")))
    service.record(business, activity(), [upload(b"WEBVTT", "talk.vtt")])
    refleqt.work()
    mention = next(row for row in refleqt.rows(business, ContextExtraction) if row.kind == "competitor_mention")
    assert (mention.quote_seconds, mention.speaker) == (0.0, "Bo")


def test_a_transcript_that_cannot_be_read_is_refused_with_the_activity(refleqt: Composition) -> None:
    def refuse(_data: BinaryIO, _name: str) -> Transcript:
        raise InvalidInput("row 3 has no time")

    business = refleqt.business()
    service = attrs.evolve(refleqt.activities, read_transcript=refuse)
    with pytest.raises(InvalidInput, match="row 3"):
        service.record(business, activity(), [upload(b"WEBVTT", "talk.vtt")])
    assert refleqt.rows(business, Activity) == []


def test_of_a_transcript_that_is_refused_nothing_is_kept(refleqt: Composition) -> None:
    def refuse(_data: BinaryIO, _name: str) -> Transcript:
        raise InvalidInput("row 3 has no time")

    business = refleqt.business()
    held = refleqt.activities.record(business, activity())
    service = attrs.evolve(refleqt.activities, read_transcript=refuse)
    with pytest.raises(InvalidInput):
        service.attach(business, held.id, upload(VTT, "talk.vtt"))
    assert blobs_of(refleqt) == []


def test_of_an_activity_of_an_unknown_type_no_file_is_kept(refleqt: Composition) -> None:
    business = refleqt.business()
    with pytest.raises(InvalidInput):
        refleqt.activities.record(business, activity(activity_type="nothing of the kind"), [upload(WAV)])
    assert blobs_of(refleqt) == []


def test_of_a_file_for_an_activity_that_is_removed_meanwhile_nothing_is_kept(refleqt: Composition) -> None:
    business = refleqt.business()
    held = refleqt.activities.record(business, activity())

    def read(_data: BinaryIO, _name: str) -> Transcript:
        refleqt.removal.remove_activity(business, held.id)
        return said((None, "The first model heard Freshpan."))

    with pytest.raises(NotFound):
        attrs.evolve(refleqt.activities, read_transcript=read).attach(business, held.id, upload(VTT, "talk.vtt"))
    assert blobs_of(refleqt) == []


def test_a_file_that_another_activity_has_stays_when_it_is_refused_here(refleqt: Composition) -> None:
    business, _ = recorded(refleqt)
    unknown = activity(external_id="A-2", recommendation_id=FILE_ID)
    with pytest.raises(NotFound):
        refleqt.activities.record(business, unknown, [upload(WAV), upload(VTT, "talk.vtt")])
    assert blobs_of(refleqt) == ["recording"]


@pytest.mark.parametrize("name", ["talk.wav", "talk.vtt", "board.png"])
def test_a_file_without_a_byte_is_refused(refleqt: Composition, name: str) -> None:
    business = refleqt.business()
    held = refleqt.activities.record(business, activity())
    with pytest.raises(InvalidInput, match=r"empty \(0 bytes\)"):
        refleqt.activities.attach(business, held.id, upload(b"", name))
    assert refleqt.rows(business, ActivityArtifact) == [] and blobs_of(refleqt) == []


def test_a_recording_that_cannot_be_heard_says_why(refleqt: Composition) -> None:
    business, artifact = recorded(refleqt)
    heard = with_transcriber(refleqt, Listener(fault=InvalidInput("it holds no sound"))).hear(business, artifact.id)
    [page] = refleqt.activity_pages.list(business)
    assert (heard, page.files[0].state, page.problems) == (None, "problem", ("talk.wav: it holds no sound",))


def test_a_transcriber_that_is_not_installed_says_so_and_the_job_is_tried_again(refleqt: Composition) -> None:
    business, artifact = recorded(refleqt)
    with pytest.raises(MissingDependency):
        with_transcriber(refleqt, Listener(fault=MissingDependency("whisper", "whisper"))).hear(business, artifact.id)
    assert "pip install" in (refleqt.rows(business, ActivityArtifact)[0].problem or "")


def test_what_is_wrong_with_a_recording_is_told_without_naming_it_twice(refleqt: Composition) -> None:
    business, artifact = recorded(refleqt)
    fault = Fault("recording", None, None, "it is cut off", "Save it anew.")
    with_transcriber(refleqt, Listener(fault=InvalidInput([fault]))).hear(business, artifact.id)
    assert refleqt.activity_pages.list(business)[0].problems == ("talk.wav: it is cut off. Save it anew.",)


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (Unavailable("the service does not answer"), "the service does not answer"),
        (ValueError("key sk-1"), "Refleqt has a fault of its own (ValueError)"),
    ],
)
def test_whatever_keeps_a_recording_from_being_heard_is_its_problem(
    refleqt: Composition, fault: Exception, told: str
) -> None:
    business, artifact = recorded(refleqt)
    with pytest.raises(type(fault)):
        with_transcriber(refleqt, Listener(fault=fault)).hear(business, artifact.id)
    assert refleqt.rows(business, ActivityArtifact)[0].problem == told


def test_a_recording_that_the_budget_does_not_allow_to_hear_says_so(refleqt: Composition) -> None:
    business, artifact = recorded(refleqt)
    activities, spending = paid(refleqt, Listener("hosted", cost=120_000))
    spending.limit(business, 0)
    with pytest.raises(BudgetSpent):
        activities.hear(business, artifact.id)
    assert "budget" in (refleqt.rows(business, ActivityArtifact)[0].problem or "")


def test_a_problem_is_gone_once_the_recording_is_heard(refleqt: Composition) -> None:
    business, artifact = recorded(refleqt)
    with_transcriber(refleqt, Listener(fault=InvalidInput("it holds no sound"))).hear(business, artifact.id)
    with_transcriber(refleqt, Listener()).hear(business, artifact.id)
    assert refleqt.rows(business, ActivityArtifact)[0].problem is None


def test_a_recording_that_was_removed_meanwhile_needs_not_be_heard(refleqt: Composition) -> None:
    business, artifact = recorded(refleqt)
    refleqt.removal.remove_activity(business, artifact.activity_id)
    assert refleqt.activities.hear(business, artifact.id) is None


@attrs.frozen
class Interrupted(Listener):
    """The activity is removed while it listens."""

    meanwhile: Callable[[], None] = lambda: None

    def transcribe(self, audio: BinaryIO, media_type: str, *, progress: Any = None) -> Transcript:
        self.meanwhile()
        return super().transcribe(audio, media_type, progress=progress)


def test_what_is_heard_of_an_activity_that_is_removed_meanwhile_is_nowhere(refleqt: Composition) -> None:
    business, artifact = recorded(refleqt)
    listener = Interrupted(meanwhile=lambda: refleqt.removal.remove_activity(business, artifact.activity_id))
    assert with_transcriber(refleqt, listener).hear(business, artifact.id) is None
    assert blobs_of(refleqt) == []


def test_the_same_words_of_another_activity_stay_when_one_is_removed_while_it_is_heard(refleqt: Composition) -> None:
    business, artifact = recorded(refleqt)
    held = refleqt.activities.record(business, activity(external_id="A-2"), [upload(WAV)])
    [other] = [row for row in refleqt.rows(business, ActivityArtifact) if row.activity_id == held.id]
    with_transcriber(refleqt, Listener()).hear(business, other.id)
    listener = Interrupted(meanwhile=lambda: refleqt.removal.remove_activity(business, artifact.activity_id))
    with_transcriber(refleqt, listener).hear(business, artifact.id)
    [transcript] = refleqt.rows(business, StoredTranscript)
    assert refleqt.blobs.exists(transcript.blob) and refleqt.blobs.exists(other.blob)


def blobs_of(refleqt: Composition) -> list[str]:
    """Which of the bytes that tests here put in are still kept."""
    said = "The first model heard Freshpan."
    known = {"recording": WAV, "words": said.encode(), "transcript": VTT, "nothing": b""}
    return [name for name, data in known.items() if refleqt.blobs.exists(hashlib.sha256(data).hexdigest())]


def test_what_another_model_hears_replaces_what_is_read(refleqt: Composition) -> None:
    business, artifact = recorded(refleqt)
    with_transcriber(refleqt, Listener("first")).hear(business, artifact.id)
    refleqt.pass_days(1)
    with_transcriber(refleqt, Listener("second")).hear(business, artifact.id)
    refleqt.queue.work({"transcribe_audio": lambda _: None}, until_empty=True)
    refleqt.context.extract(business, "activity", artifact.activity_id)
    refleqt.context.embed(business, "activity", artifact.activity_id)
    [page] = refleqt.activity_pages.list(business)
    assert [turn.text for turn in page.turns] == ["The second model heard Freshpan."]
    assert all("first" not in hit.text for hit in refleqt.context.search(business, "which model heard"))


def paid(refleqt: Composition, transcriber: Any) -> tuple[ActivityService, SpendingService]:
    spending = SpendingService(store=refleqt.store, clock=refleqt.clock, ids=refleqt.ids)
    return attrs.evolve(with_transcriber(refleqt, transcriber), spending=spending), spending


def test_what_listening_costs_is_on_the_account_of_the_business(refleqt: Composition) -> None:
    business, artifact = recorded(refleqt)
    activities, spending = paid(refleqt, Listener("hosted", cost=120_000))
    activities.hear(business, artifact.id)
    activities.hear(business, artifact.id)
    [row] = spending.month(business).rows
    assert (row.task, row.model, row.calls, row.cost_micros) == ("transcribe_audio", "hosted", 1, 120_000)


def test_nothing_is_heard_for_money_when_the_budget_is_spent(refleqt: Composition) -> None:
    business, artifact = recorded(refleqt)
    activities, spending = paid(refleqt, Listener("hosted", cost=120_000))
    spending.limit(business, 0)
    with pytest.raises(BudgetSpent):
        activities.hear(business, artifact.id)
    assert refleqt.rows(business, StoredTranscript) == []


def test_both_transcripts_stay_on_record(refleqt: Composition) -> None:
    business, artifact = recorded(refleqt)
    for model in ("first", "second"):
        refleqt.pass_days(1)
        with_transcriber(refleqt, Listener(model)).hear(business, artifact.id)
    assert {row.model for row in refleqt.rows(business, StoredTranscript)} == {"first", "second"}


def test_a_model_that_is_set_again_counts_again_without_hearing_anew(refleqt: Composition) -> None:
    business, artifact = recorded(refleqt)
    for model in ("first", "second", "first"):
        refleqt.pass_days(1)
        with_transcriber(refleqt, Listener(model)).hear(business, artifact.id)
    [page] = refleqt.activity_pages.list(business)
    assert page.turns[0].text == "The first model heard Freshpan."
    assert len(refleqt.rows(business, StoredTranscript)) == 2


def test_all_recordings_of_an_activity_can_be_heard_again(refleqt: Composition) -> None:
    business, artifact = recorded(refleqt)
    assert refleqt.activities.hear_again(business, artifact.activity_id) == 1


def test_a_removed_activity_is_gone_with_all_that_was_read_in_it() -> None:
    spoken = {hashlib.sha256(SPEECH).hexdigest(): said((None, "Freshpan is cheaper than we are."))}
    refleqt = Composition(transcripts=spoken)
    business = refleqt.business(competitors=Competitors(direct=("Freshpan",)))
    held = refleqt.activities.record(business, activity(notes="Quiet kitchens."), [upload(SPEECH)])
    refleqt.work()
    [artifact] = refleqt.rows(business, ActivityArtifact)
    refleqt.removal.remove_activity(business, held.id)
    assert [refleqt.rows(business, kind) for kind in (Activity, ActivityArtifact, StoredTranscript)] == [[], [], []]
    assert refleqt.context.search(business, "Freshpan") == [] and not refleqt.blobs.exists(artifact.blob)


def test_lines_that_name_a_participant_are_turns() -> None:
    held = Activity(
        id=FILE_ID,
        business_id=BusinessId(FILE_ID),
        external_id="A",
        activity_type="rant_round",
        held_at=NOON,
        participants=(Participant(name="Ada Lund"), Participant(name="Bo Hart"), Participant(name="Bo Berg")),
        notes="Ada: We are loud.\nBo: Who said that?\nBo Berg: Me.\nWinner: nobody.\nhttps://ada: no",
    )
    assert [(each.speaker, each.text) for each in turns(held, [], [])] == [
        ("Ada Lund", "We are loud."),
        ("Bo Berg", "Me."),
    ]


def test_what_the_notes_say_somebody_said_is_found_as_theirs(refleqt: Composition) -> None:
    business = refleqt.business(competitors=Competitors(direct=("Freshpan",)))
    people = (Participant(name="Ada Lund"),)
    notes = "Ada: Freshpan is cheaper than we are.\nFreshpan was named twice."
    refleqt.activities.record(business, activity(participants=people, notes=notes))
    refleqt.work()
    mentions = [row for row in refleqt.rows(business, ContextExtraction) if row.kind == "competitor_mention"]
    assert {row.quote.split(" ")[-1]: row.speaker for row in mentions} == {"are.": "Ada Lund", "twice.": None}


def test_the_list_can_be_of_one_type_and_of_a_span(refleqt: Composition) -> None:
    business = refleqt.business()
    for n, name in enumerate(("rant_round", "premortem", "premortem")):
        held_at = NOON + timedelta(days=n)
        refleqt.activities.record(business, activity(external_id=f"A-{n}", activity_type=name, held_at=held_at))
    found = refleqt.activity_pages.list(business, activity_type="Premortem", until=NOON + timedelta(days=2))
    assert [page.activity.external_id for page in found] == ["A-1"]


def test_recordings_are_audio_and_video_alone() -> None:
    assert [is_recording(kind) for kind in ("audio/wav", "video/mp4", "text/vtt", "image/png")] == [
        True,
        True,
        False,
        False,
    ]
