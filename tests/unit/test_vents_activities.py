"""The vent board and the team activities: written, imported, heard and read."""

import hashlib
import io
import wave
from datetime import timedelta
from typing import Any

import pytest
from composition import FILE, NOON, Composition
from hypothesis import given, settings
from hypothesis import strategies as st

from refleqt_core.context.records import ContextExtraction
from refleqt_core.errors import InvalidInput, NotFound
from refleqt_core.intake.activities import Activity, ActivityArtifact, Participant, StoredTranscript
from refleqt_core.intake.business import Competitors
from refleqt_core.intake.drafts import ActivityDraft, ImportedFile, UploadedFile, VentDraft
from refleqt_core.intake.vents import VentEntry, VentTheme
from refleqt_core.ports import Segment, Transcript

VENTS = st.lists(
    st.builds(
        VentDraft,
        external_id=st.text(max_size=3),
        text=st.text(min_size=1, max_size=40).filter(str.strip),
        written_at=st.sampled_from([NOON - timedelta(days=n) for n in range(3)]),
        tags=st.lists(st.sampled_from(["a", " b ", "", "c  d"]), max_size=2).map(tuple),
    ),
    max_size=5,
    unique_by=lambda each: each.external_id,
)


@given(VENTS)
@settings(max_examples=40)
def test_importing_vents_twice_is_importing_them_once(drafts: list[VentDraft]) -> None:
    refleqt = Composition()
    business = refleqt.business()
    first = refleqt.vents.import_vents(business, drafts, FILE)
    rows, jobs = refleqt.rows(business, VentEntry), len(refleqt.queue.jobs())
    again = refleqt.vents.import_vents(business, drafts, FILE)
    assert (first.new, again.unchanged, again.new, again.changed) == (len(drafts), len(drafts), 0, 0)
    assert refleqt.rows(business, VentEntry) == rows
    assert len(refleqt.queue.jobs()) == jobs


@given(VENTS, VENTS, st.integers(0, 3))
@settings(max_examples=40)
def test_every_vent_read_is_new_changed_unchanged_or_rejected(
    first: list[VentDraft], second: list[VentDraft], rejected: int
) -> None:
    refleqt = Composition()
    business = refleqt.business()
    refleqt.vents.import_vents(business, first, FILE)
    batch = refleqt.vents.import_vents(business, second, ImportedFile(name="b", blob="b", rejected=rejected))
    assert batch.read == len(second) + rejected == batch.new + batch.changed + batch.unchanged + rejected


def test_a_vent_that_stands_twice_in_a_file_is_named(refleqt: Composition) -> None:
    vent = VentDraft(external_id="V-1", text="Again!", written_at=NOON)
    with pytest.raises(InvalidInput, match="'V-1' stands there twice"):
        refleqt.vents.import_vents(refleqt.business(), [vent, vent], FILE)


def test_a_vent_is_kept_as_it_was_written(refleqt: Composition) -> None:
    business = refleqt.business()
    vent = refleqt.vents.write(business, "  Why do they ALWAYS ask?\n", tags=["sales"])
    assert (vent.text, vent.tags, vent.written_at) == ("  Why do they ALWAYS ask?\n", ("sales",), NOON)
    assert refleqt.vents.newest(business) == [vent]


def test_an_empty_vent_is_refused(refleqt: Composition) -> None:
    with pytest.raises((InvalidInput, ValueError)):
        refleqt.vents.write(refleqt.business(), "")


@pytest.mark.parametrize("days", [-15_000, 370, 60_000])
def test_a_vent_of_a_day_that_cannot_be_right_is_refused(refleqt: Composition, days: int) -> None:
    business, day = refleqt.business(), NOON + timedelta(days=days)
    with pytest.raises(InvalidInput) as written:
        refleqt.vents.write(business, "Late again.", written_at=day)
    with pytest.raises(InvalidInput) as imported:
        refleqt.vents.import_vents(business, [VentDraft(external_id="V-1", text="Late.", written_at=day)], FILE)
    assert {written.value.faults[0].field, imported.value.faults[0].field} == {"written_at"}
    assert not refleqt.rows(business, VentEntry)


@pytest.mark.parametrize("tag", ["x" * 61, "sal\u200bes", "sal\u202ees", "sal\x1bes"])
def test_a_tag_that_is_too_long_or_holds_what_nobody_sees_is_refused(refleqt: Composition, tag: str) -> None:
    business = refleqt.business()
    vent = refleqt.vents.write(business, "Late again.", tags=["sales"])
    for write in (
        lambda: refleqt.vents.write(business, "Late again.", tags=[tag]),
        lambda: refleqt.vent_editing.edit(business, vent.id, tags=[tag]),
    ):
        with pytest.raises(InvalidInput) as error:
            write()
        assert error.value.faults[0].field == "tags"


def test_blank_tags_are_left_out(refleqt: Composition) -> None:
    business = refleqt.business()
    vent = refleqt.vents.write(business, "Late again.", tags=["", "  ", " key   accounts", "key accounts"])
    assert vent.tags == ("key accounts",)
    assert refleqt.vent_editing.edit(business, vent.id, tags=[" "]).tags == ()


def test_two_vents_of_the_same_words_are_two(refleqt: Composition) -> None:
    business = refleqt.business()
    refleqt.vents.write(business, "Late again.")
    refleqt.vents.write(business, "Late again.")
    assert len(refleqt.vents.newest(business)) == 2


def test_the_newest_vents_come_first(refleqt: Composition) -> None:
    business = refleqt.business()
    for text in ("first", "second", "third"):
        refleqt.pass_days(1)
        refleqt.vents.write(business, text)
    assert [vent.text for vent in refleqt.vents.newest(business, limit=2)] == ["third", "second"]


def test_a_vent_is_read_and_keeps_what_was_read_when_it_is_imported_again(refleqt: Composition) -> None:
    business = refleqt.business()
    drafts = [VentDraft(external_id="V-1", text="The scanners are terrible and slow.", written_at=NOON)]
    refleqt.vents.import_vents(business, drafts, FILE)
    refleqt.work()
    [read] = refleqt.rows(business, VentEntry)
    assert read.theme_id is not None and read.sentiment is not None
    refleqt.vents.import_vents(business, drafts, FILE)
    assert refleqt.rows(business, VentEntry) == [read]


def test_vents_about_the_same_thing_share_a_theme_that_counts_them(refleqt: Composition) -> None:
    business = refleqt.business()
    texts = ["The new scanners are slow", "Those scanners are slow again", "Payroll lost my holidays in December"]
    for n, text in enumerate(texts):
        refleqt.vents.write(business, text, written_at=NOON + timedelta(days=n))
    refleqt.work()
    themes = refleqt.rows(business, VentTheme, order="-count")
    assert [theme.count for theme in themes] == [2, 1]
    assert (themes[0].first_seen, themes[0].last_seen) == (NOON, NOON + timedelta(days=1))


def test_a_vent_that_is_read_again_counts_once_in_its_theme(refleqt: Composition) -> None:
    business = refleqt.business()
    vent = refleqt.vents.write(business, "The new scanners are slow")
    refleqt.work()
    refleqt.context.extract(business, "vent", vent.id)
    assert [theme.count for theme in refleqt.rows(business, VentTheme)] == [1]


def test_a_theme_is_labelled_by_the_tag_of_the_vent_that_opened_it(refleqt: Composition) -> None:
    business = refleqt.business()
    refleqt.vents.write(business, "The new scanners are slow", tags=["hardware"])
    refleqt.work()
    assert [theme.label for theme in refleqt.rows(business, VentTheme)] == ["hardware"]


def test_a_tag_in_common_brings_vents_together_that_are_not_alike_enough_by_words(refleqt: Composition) -> None:
    texts = ("Payroll is wrong about holidays", "Payroll shows my old address")
    shared = []
    for tags in (["payroll"], []):
        business = refleqt.business(f"b-{len(tags)}")
        for text in texts:
            refleqt.vents.write(business, text, tags=tags)
        refleqt.work()
        shared.append(len(refleqt.rows(business, VentTheme)))
    assert shared == [1, 2]


def test_another_business_never_sees_the_vents(refleqt: Composition) -> None:
    mine, other = refleqt.business("brine"), refleqt.business("ash")
    vent = refleqt.vents.write(mine, "The new scanners are slow")
    refleqt.vents.write(other, "The new scanners are slow")
    refleqt.work()
    assert vent.id not in {each.id for each in refleqt.vents.newest(other)}
    assert [theme.count for theme in refleqt.rows(other, VentTheme)] == [1]


def activity(**changes: Any) -> ActivityDraft:
    given: dict[str, Any] = {
        "external_id": "A-1",
        "activity_type": "rant_round",
        "held_at": NOON,
        "participants": (Participant(name="Ada", role="chef"),),
        "notes": "Guests want smaller portions.",
    }
    return ActivityDraft(**(given | changes))


def recording(loudness: int = 0) -> bytes:
    """A tenth of a second of a constant, as a WAV file."""
    data = io.BytesIO()
    with wave.open(data, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes(loudness.to_bytes(2, "little") * 1_600)
    return data.getvalue()


def heard(*sentences: str) -> Transcript:
    segments = tuple(Segment(start=2.0 * n, end=2.0 * n + 1, text=text) for n, text in enumerate(sentences))
    return Transcript(segments=segments, language="en", model="memory", duration=2.0 * len(sentences))


def upload(data: bytes, name: str = "talk.wav", media_type: str = "audio/wav") -> UploadedFile:
    return UploadedFile(name=name, media_type=media_type, data=io.BytesIO(data))


SPEECH = recording(7)
SPOKEN = {hashlib.sha256(SPEECH).hexdigest(): heard("The menu is too long.", "Freshpan is cheaper than we are.")}


def test_the_same_activity_again_is_one_activity(refleqt: Composition) -> None:
    business = refleqt.business()
    first = refleqt.activities.record(business, activity())
    jobs = len(refleqt.queue.jobs())
    assert refleqt.activities.record(business, activity()) == first
    assert refleqt.rows(business, Activity) == [first]
    assert len(refleqt.queue.jobs()) == jobs


def test_an_activity_with_other_notes_is_changed(refleqt: Composition) -> None:
    business = refleqt.business()
    first = refleqt.activities.record(business, activity())
    changed = refleqt.activities.record(business, activity(notes="Guests want larger portions."))
    assert changed.id == first.id
    assert [row.notes for row in refleqt.rows(business, Activity)] == ["Guests want larger portions."]


def test_an_imported_activity_is_counted(refleqt: Composition) -> None:
    business = refleqt.business()
    batches = [
        refleqt.activities.import_activity(business, activity(notes=notes), [], FILE) for notes in ("a", "a", "b")
    ]
    assert [(each.read, each.new, each.changed, each.unchanged) for each in batches] == [
        (1, 1, 0, 0),
        (1, 0, 0, 1),
        (1, 0, 1, 0),
    ]


@pytest.mark.parametrize("uploads", [[2], [1, 1]], ids=["at-once", "one-after-the-other"])
def test_the_same_file_twice_is_one_file(refleqt: Composition, uploads: list[int]) -> None:
    business = refleqt.business()
    for count in uploads:
        refleqt.activities.record(business, activity(), [upload(recording()) for _ in range(count)])
    assert len(refleqt.rows(business, ActivityArtifact)) == 1


def test_a_file_can_be_read_back_from_its_blob(refleqt: Composition) -> None:
    business = refleqt.business()
    refleqt.activities.record(business, activity(), [upload(b"whiteboard", "board.png", "image/png")])
    [artifact] = refleqt.rows(business, ActivityArtifact)
    with refleqt.blobs.open(artifact.blob) as data:
        assert data.read() == b"whiteboard"


def test_what_was_said_is_found_with_the_second_it_was_said_at() -> None:
    refleqt = Composition(transcripts=SPOKEN)
    business = refleqt.business(competitors=Competitors(direct=("Freshpan",)))
    recorded = refleqt.activities.record(business, activity(), [upload(SPEECH)])
    refleqt.work()
    found = refleqt.rows(business, ContextExtraction)
    mention = next(row for row in found if row.kind == "competitor_mention")
    assert (mention.source_id, mention.text, mention.quote_seconds) == (recorded.id, "Freshpan", 2.0)
    assert recorded.id in {hit.source_id for hit in refleqt.context.search(business, "menu too long")}


def test_a_recording_is_transcribed_once() -> None:
    refleqt = Composition(transcripts=SPOKEN)
    business = refleqt.business()
    refleqt.activities.record(business, activity(), [upload(SPEECH)])
    [artifact] = refleqt.rows(business, ActivityArtifact)
    first = refleqt.activities.transcribe(business, artifact.id)
    refleqt.pass_days(1)
    assert refleqt.activities.transcribe(business, artifact.id) == first
    assert refleqt.rows(business, StoredTranscript) == [first]


def test_a_transcript_is_kept_as_document_and_as_blob() -> None:
    refleqt = Composition(transcripts=SPOKEN)
    business = refleqt.business()
    refleqt.activities.record(business, activity(), [upload(SPEECH)])
    refleqt.work()
    [transcript] = refleqt.rows(business, StoredTranscript)
    with refleqt.blobs.open(transcript.blob) as data:
        assert data.read().decode() == transcript.text == "The menu is too long. Freshpan is cheaper than we are."


def test_silence_is_a_transcript_without_words(refleqt: Composition) -> None:
    business = refleqt.business()
    refleqt.activities.record(business, activity(), [upload(recording())])
    refleqt.work()
    assert [(row.text, row.segments) for row in refleqt.rows(business, StoredTranscript)] == [("", ())]


@pytest.mark.parametrize("media_type", ["image/png", "application/pdf"])
def test_only_audio_is_listened_to(refleqt: Composition, media_type: str) -> None:
    business = refleqt.business()
    refleqt.activities.record(business, activity(), [upload(b"whiteboard", "board", media_type)])
    refleqt.work()
    assert refleqt.rows(business, StoredTranscript) == []


def test_notes_that_are_taken_away_are_no_longer_found(refleqt: Composition) -> None:
    business = refleqt.business()
    recorded = refleqt.activities.record(business, activity())
    refleqt.work()
    assert refleqt.context.search(business, "portions")
    refleqt.activities.record(business, activity(notes=""))
    refleqt.work()
    assert refleqt.context.search(business, "portions") == []
    assert all(row.valid_to for row in refleqt.rows(business, ContextExtraction) if row.source_id == recorded.id)


def test_another_business_can_neither_see_nor_transcribe_the_recording(refleqt: Composition) -> None:
    mine, other = refleqt.business("brine"), refleqt.business("ash")
    refleqt.activities.record(mine, activity(), [upload(recording())])
    [artifact] = refleqt.rows(mine, ActivityArtifact)
    assert refleqt.rows(other, ActivityArtifact) == []
    with pytest.raises(NotFound):
        refleqt.activities.transcribe(other, artifact.id)


@pytest.mark.parametrize("text", ["", "  ", "\n\t"])
def test_a_vent_that_says_nothing_is_refused(text: str) -> None:
    refleqt = Composition()
    business = refleqt.business()
    with pytest.raises(InvalidInput, match="blank"):
        refleqt.vents.write(business, text)
