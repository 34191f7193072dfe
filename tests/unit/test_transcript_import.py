"""Transcripts and Slack's exports on their way in: what becomes of them, and what the same again changes."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from composition import NOON
from hypothesis import given
from hypothesis import strategies as st
from slack_exports import ANA, BO, export, moment, said

from refleqt_adapters.connectors.meeting_day import meeting_title
from refleqt_adapters.container import Container, open_refleqt, work
from refleqt_adapters.incoming_files import sources
from refleqt_adapters.settings import Settings
from refleqt_core.context.records import ContextExtraction
from refleqt_core.context.sources import SourceText, source_text
from refleqt_core.entities import Entity
from refleqt_core.errors import InvalidInput
from refleqt_core.intake.activities import Activity, ActivityArtifact, StoredTranscript
from refleqt_core.intake.conversations import ConversationService, merged
from refleqt_core.intake.drafts import ConversationDraft, MessageDraft
from refleqt_core.intake.imports import ImportBatch
from refleqt_core.intake.transcripts import Turn, turns
from refleqt_core.values import BusinessId

ONBOARDING = Path(__file__).parents[2] / "examples" / "business" / "onboarding.yaml"

MEETING = """WEBVTT

00:00:03.000 --> 00:00:05.000
<v Ana Ruiz>Chefs love the new scale.</v>

00:01:05.000 --> 00:01:09.000
<v Bo Lind>Finance wants to see the money.</v>
"""

FORM = """external_id: A-1
activity_type: rant_round
held_at: 2026-02-01T09:00:00Z
participants:
  - {name: Ana Ruiz, role: Founder}
transcripts: [meeting.vtt]
"""


@pytest.fixture
def refleqt() -> Iterator[Container]:
    with open_refleqt(Settings.in_memory(clock="simulated", clock_start=NOON)) as opened:
        yield opened


@pytest.fixture
def business(refleqt: Container) -> BusinessId:
    return refleqt.importer().take_in(ONBOARDING)


@pytest.fixture
def meeting(tmp_path: Path) -> Path:
    path = tmp_path / "meeting.vtt"
    path.write_text(MEETING)
    return path


def rows(refleqt: Container, business: BusinessId, kind: type[Entity], order: str = "id") -> list[Any]:
    with refleqt.store().business(business) as tx:
        return tx.find(kind, order=order)


def text_of(refleqt: Container, business: BusinessId, activity: Activity) -> SourceText:
    with refleqt.store().business(business) as tx:
        return source_text(tx, "activity", activity.id)


def conversations(refleqt: Container, business: BusinessId) -> dict[str, list[str]]:
    """The words of each day, by date."""
    found = {}
    for activity in rows(refleqt, business, Activity, "external_id"):
        found[activity.external_id[-10:]] = text_of(refleqt, business, activity).text
    return found


def test_a_transcript_is_a_discussion_of_those_who_speak(refleqt: Container, business: BusinessId, meeting: Path):
    done = refleqt.importer().import_file(business, meeting)
    (activity,) = rows(refleqt, business, Activity)
    assert (done.kind, done.new, activity.activity_type, activity.title) == ("transcript", 1, "discussion", "meeting")
    assert [person.name for person in activity.participants] == ["Ana Ruiz", "Bo Lind"]
    assert activity.duration_minutes == pytest.approx(69 / 60)


def test_its_words_are_stored_with_their_speakers_and_seconds(refleqt: Container, business: BusinessId, meeting: Path):
    refleqt.importer().import_file(business, meeting)
    (stored,) = rows(refleqt, business, StoredTranscript)
    (artifact,) = rows(refleqt, business, ActivityArtifact)
    assert [(each["speaker"], each["start"]) for each in stored.segments] == [("Ana Ruiz", 3.0), ("Bo Lind", 65.0)]
    assert (stored.model, artifact.media_type) == ("file:vtt", "text/vtt")
    with refleqt.blobs().open(artifact.blob) as file:
        assert file.read() == meeting.read_bytes()


def test_speaker_and_second_of_a_quote_can_be_found_again(refleqt: Container, business: BusinessId, meeting: Path):
    refleqt.importer().import_file(business, meeting)
    text = text_of(refleqt, business, rows(refleqt, business, Activity)[0])
    at = text.text.index("money")
    assert (text.speaker_at(at), text.second_at(at)) == ("Bo Lind", 65.0)


def test_of_a_transcript_without_times_no_second_is_known(refleqt: Container, business: BusinessId, tmp_path: Path):
    path = tmp_path / "meeting.txt"
    path.write_text("Ana: Chefs love it.\nBo: Finance does not.\nAna: Yes.\n")
    refleqt.importer().import_file(business, path)
    text = text_of(refleqt, business, rows(refleqt, business, Activity)[0])
    assert (text.speaker_at(text.text.index("Finance")), text.second_at(text.text.index("Finance"))) == ("Bo", None)


def test_what_it_says_is_read_and_found_without_a_transcriber(refleqt: Container, business: BusinessId, meeting: Path):
    refleqt.importer().import_file(business, meeting)
    work(refleqt)
    (activity,) = rows(refleqt, business, Activity)
    found = [each for each in rows(refleqt, business, ContextExtraction) if each.source_id == activity.id]
    assert found and all(each.quote in MEETING for each in found)
    assert any(chunk.source_id == activity.id for chunk in _hits(refleqt, business, "finance wants money"))


def _hits(refleqt: Container, business: BusinessId, query: str) -> list[Any]:
    return list(refleqt.context().search(business, query))


def test_the_same_file_again_changes_nothing_that_somebody_has_changed(
    refleqt: Container, business: BusinessId, meeting: Path
):
    refleqt.importer().import_file(business, meeting)
    (activity,) = rows(refleqt, business, Activity)
    refleqt.activities().edit(business, activity.id, {"notes": "A good one.", "title": "Weekly"})
    os.utime(meeting, (0, 0))
    done = refleqt.importer().import_file(business, meeting)
    assert (done.new, done.changed, done.unchanged) == (0, 0, 1)
    assert [each.title for each in rows(refleqt, business, Activity)] == ["Weekly"]
    assert len(rows(refleqt, business, StoredTranscript)) == 1


def test_when_it_was_and_what_it_was_can_be_said(refleqt: Container, business: BusinessId, meeting: Path):
    held = datetime(2026, 2, 3, 9, tzinfo=UTC)
    done = refleqt.importer().import_transcript(business, meeting, held_at=held, activity_type="rant_round")
    (activity,) = rows(refleqt, business, Activity)
    assert (activity.held_at, activity.activity_type, done.notes) == (held, "rant_round", ())


@pytest.mark.parametrize(
    ("name", "held"),
    [
        ("GMT20260203-140502_Recording.transcript.vtt", datetime(2026, 2, 3, 14, 5, 2, tzinfo=UTC)),
        ("Weekly-20260203_140502-Meeting Recording.vtt", datetime(2026, 2, 3, 13, 5, 2, tzinfo=UTC)),
        ("2026-02-03 weekly.vtt", datetime(2026, 2, 3, 11, tzinfo=UTC)),
        ("weekly 20269999.vtt", datetime(2026, 1, 1, tzinfo=UTC)),
        ("weekly.vtt", datetime(2026, 1, 1, tzinfo=UTC)),
    ],
)
def test_it_was_held_when_its_name_or_its_file_says(
    refleqt: Container, business: BusinessId, tmp_path: Path, name: str, held: datetime
):
    path = tmp_path / name
    path.write_text(MEETING)
    os.utime(path, (datetime(2026, 1, 1, tzinfo=UTC).timestamp(),) * 2)
    done = refleqt.importer().import_file(business, path)
    assert rows(refleqt, business, Activity)[0].held_at == held
    assert "--held-at" in done.notes[-1]


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("GMT20260203-140502_Recording.transcript.vtt", "Meeting"),
        ("Weekly sync-20260203_140502-Meeting Recording.en-US.vtt", "Weekly sync"),
        ("2026-02-03 Pricing, part 2_otter_ai.txt", "Pricing, part 2"),
        ("win-loss_talk.docx", "win-loss talk"),
    ],
)
def test_it_is_called_as_its_file_is_without_what_tools_add(name: str, title: str):
    assert meeting_title(name) == title


def test_bad_cues_are_left_out_where_somebody_says_so(refleqt: Container, business: BusinessId, meeting: Path):
    meeting.write_text(MEETING + "\nbanana --> x\nno time\n")
    with pytest.raises(InvalidInput):
        refleqt.importer().import_file(business, meeting)
    done = refleqt.importer().import_file(business, meeting, skip_bad_rows=True)
    assert (done.new, done.rejected) == (1, 1)
    assert done.rejected_file is not None and "banana" in done.rejected_file.read_text()


def test_an_activity_names_its_transcripts(refleqt: Container, business: BusinessId, meeting: Path):
    form = meeting.with_name("activity.yaml")
    form.write_text(FORM)
    refleqt.importer().import_file(business, form)
    (stored,) = rows(refleqt, business, StoredTranscript)
    assert "Finance wants" in stored.text
    assert all(record.job.kind != "transcribe_audio" for record in refleqt.queue().jobs(limit=100))


def test_faults_of_an_activity_s_transcript_are_faults_of_the_activity(
    refleqt: Container, business: BusinessId, meeting: Path
):
    form = meeting.with_name("activity.yaml")
    form.write_text(FORM)
    meeting.write_text("WEBVTT\n\nbanana --> x\nbad\n\napple --> y\nbad\n")
    with pytest.raises(InvalidInput) as refused:
        refleqt.importer().import_file(business, form)
    assert [fault.row for fault in refused.value.faults] == [3, 6]


def test_a_folder_s_transcripts_are_those_that_no_activity_there_owns(meeting: Path):
    folder = meeting.parent
    (folder / "activity.yaml").write_text(FORM)
    (folder / "other.srt").write_text("1\n00:00:01,000 --> 00:00:02,000\nAna: x\n")
    (folder / "notes.txt").write_text("Just prose.\n")
    (folder / "chat.txt").write_text("Ana  0:03\nHello.\n\nBo  0:09\nYes.\n")
    (folder / "poems.zip").write_bytes(b"PK no export")
    export(folder / "slack.zip", {"a": []})
    found = [(source.kind, source.path.name) for source in sources([str(folder)])]
    assert found == [
        ("activity", "activity.yaml"),
        ("transcript", "chat.txt"),
        ("transcript", "other.srt"),
        ("slack", "slack.zip"),
    ]


def test_each_day_of_a_channel_is_an_activity(refleqt: Container, business: BusinessId, tmp_path: Path):
    path = export(tmp_path / "x.zip", {"a": [said("3 09:00:00", ANA, "Hi <@U2>"), said("5 09:00:00", BO, "Hey")]})
    done = refleqt.importer().import_file(business, path)
    assert (done.kind, done.new) == ("slack", 2)
    first = rows(refleqt, business, Activity, "external_id")[0]
    assert (first.activity_type, first.title, first.held_at) == (
        "conversation",
        "#a, 3 May 2026",
        moment("3 09:00:00") + timedelta(microseconds=100),
    )
    assert [(each.name, each.role) for each in first.participants] == [("Ana Ruiz", "Head of marketing")]
    assert conversations(refleqt, business) == {"2026-05-03": "Hi @Bo Lind", "2026-05-05": "Hey"}


def test_who_wrote_what_and_when_is_in_the_transcript(refleqt: Container, business: BusinessId, tmp_path: Path):
    path = export(tmp_path / "x.zip", {"a": [said("3 09:00:00", ANA, "Hi"), said("3 09:02:00", BO, "Hey")]})
    refleqt.importer().import_file(business, path)
    text = text_of(refleqt, business, rows(refleqt, business, Activity)[0])
    assert (text.speaker_at(3), text.second_at(3)) == ("Bo Lind", 120.0)


def test_no_sentence_goes_on_from_one_message_to_the_next(refleqt: Container, business: BusinessId, tmp_path: Path):
    messages = [
        said("3 09:00:00", ANA, "I hate it"),
        said("3 09:01:00", ANA, "It beeps"),
        said("3 09:02:00", BO, "Yes"),
    ]
    refleqt.importer().import_file(business, export(tmp_path / "x.zip", {"a": messages}))
    assert conversations(refleqt, business) == {"2026-05-03": "I hate it\nIt beeps\nYes"}


def test_the_same_export_again_changes_nothing(refleqt: Container, business: BusinessId, tmp_path: Path):
    path = export(tmp_path / "x.zip", {"a": [said("3 09:00:00", ANA, "Hi"), said("4 09:00:00", ANA, "Ho")]})
    refleqt.importer().import_file(business, path)
    work(refleqt)
    done = refleqt.importer().import_file(business, path)
    assert (done.new, done.changed, done.unchanged) == (0, 0, 2)
    assert not refleqt.queue().jobs(status="waiting")


def test_a_later_export_lets_a_day_grow_and_forgets_what_was_deleted(
    refleqt: Container, business: BusinessId, tmp_path: Path
):
    morning, noon = said("3 09:00:00", ANA, "Secret"), said("3 12:00:00", ANA, "Noon")
    refleqt.importer().import_file(business, export(tmp_path / "1.zip", {"a": [morning, noon]}))
    (old,) = rows(refleqt, business, ActivityArtifact)
    later = [noon, said("3 15:00:00", BO, "Tea"), said("1 09:00:00", BO, "May")]
    done = refleqt.importer().import_file(business, export(tmp_path / "2.zip", {"a": later}))
    assert (done.new, done.changed) == (1, 1)
    assert conversations(refleqt, business) == {"2026-05-01": "May", "2026-05-03": "Noon\nTea"}
    assert not refleqt.blobs().exists(old.blob)


def test_an_export_that_begins_later_takes_nothing_away(refleqt: Container, business: BusinessId, tmp_path: Path):
    whole = [said("3 09:00:00", ANA, "Morning"), said("3 12:00:00", ANA, "Noon"), said("3 20:00:00", BO, "Night")]
    refleqt.importer().import_file(business, export(tmp_path / "1.zip", {"a": whole}))
    part = [said("3 12:00:00", ANA, "Noon, edited"), said("3 13:00:00", BO, "One")]
    refleqt.importer().import_file(business, export(tmp_path / "2.zip", {"a": part}))
    assert conversations(refleqt, business) == {"2026-05-03": "Morning\nNoon, edited\nOne\nNight"}


def test_what_somebody_wrote_about_a_day_stays_when_it_grows(refleqt: Container, business: BusinessId, tmp_path: Path):
    refleqt.importer().import_file(business, export(tmp_path / "1.zip", {"a": [said("3 09:00:00", ANA, "Hi")]}))
    (activity,) = rows(refleqt, business, Activity)
    refleqt.activities().edit(business, activity.id, {"notes": "Pricing was decided here."})
    longer = [said("3 09:00:00", ANA, "Hi"), said("3 10:00:00", BO, "Hey")]
    refleqt.importer().import_file(business, export(tmp_path / "2.zip", {"a": longer}))
    assert conversations(refleqt, business) == {"2026-05-03": "Pricing was decided here.\n\nHi\nHey"}


def test_nothing_of_what_nobody_asked_for_is_kept(refleqt: Container, business: BusinessId, tmp_path: Path):
    lists = {"channels.json": [{"id": "C1", "name": "a"}], "dms.json": [{"id": "D1", "members": [ANA, BO]}]}
    messages = {"a": [said("3 09:00:00", ANA, "Hi")], "D1": [said("3 09:00:00", ANA, "between us")]}
    refleqt.importer().import_file(business, export(tmp_path / "x.zip", messages, lists=lists))
    (batch,) = [each for each in rows(refleqt, business, ImportBatch) if each.kind == "slack"]
    with refleqt.blobs().open(batch.blob) as file:
        kept = file.read()
    assert b"PK" not in kept and b"direct messages" in kept
    assert conversations(refleqt, business) == {"2026-05-03": "Hi"}


def test_a_month_of_channels_is_imported_with_a_few_days_in_memory(
    refleqt: Container, business: BusinessId, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    messages = [said(f"{day} {hour:02}:00:00", ANA, "word " * 50) for day in range(1, 29) for hour in range(24)]
    path = export(tmp_path / "x.zip", {"a": messages})
    held: list[int] = []
    take = ConversationService._take

    def watched(self: ConversationService, tx: Any, to: BusinessId, draft: ConversationDraft) -> Any:
        held.append(len(draft.messages))
        return take(self, tx, to, draft)

    monkeypatch.setattr(ConversationService, "_take", watched)
    assert refleqt.importer().import_file(business, path).new == len(held)
    assert max(held) == 24


def _message(hour: int, text: str) -> MessageDraft:
    return MessageDraft(at=moment(f"3 {hour:02}:00:00"), speaker="Ana", text=text)


def test_what_lies_outside_of_the_covered_time_is_kept():
    before = [_message(hour, "old") for hour in (8, 10, 12)]
    covered = (moment("3 10:00:00"), moment("3 11:00:00"))
    draft = ConversationDraft(
        external_id="slack:C:1", title="", name="", messages=(_message(11, "new"),), covered=covered
    )
    assert [(each.at.hour, each.text) for each in merged(before, draft)] == [(8, "old"), (11, "new"), (12, "old")]


@given(st.sets(st.integers(0, 23), min_size=1), st.lists(st.tuples(st.integers(0, 23), st.integers(0, 23)), max_size=5))
def test_exports_of_parts_leave_the_whole_as_it_is(hours: set[int], parts: list[tuple[int, int]]):
    whole = tuple(_message(hour, str(hour)) for hour in sorted(hours))
    said = whole
    for first, last in map(sorted, parts):
        part = tuple(each for each in whole if first <= each.at.hour <= last)
        covered = (moment(f"3 {first:02}:00:00"), moment(f"3 {last:02}:00:00"))
        said = merged(
            said, ConversationDraft(external_id="slack:C:1", title="", name="", messages=part, covered=covered)
        )
    assert said == whole


CHAT = "09:00:03 From Ana Ruiz to Everyone:\n\tHello there.\n10:02:03 From Bo Lind to Everyone:\n\tYes.\n"


@pytest.mark.parametrize(("name", "text", "is_spoken"), [("chat.txt", CHAT, False), ("meeting.vtt", MEETING, True)])
def test_a_saved_chat_is_written_and_a_transcript_with_times_was_spoken(
    refleqt: Container, business: BusinessId, tmp_path: Path, name: str, text: str, is_spoken: bool
):
    path = tmp_path / name
    path.write_text(text)
    refleqt.importer().import_file(business, path)
    assert {turn.is_spoken for turn in _turns(refleqt, business)} == {is_spoken}


def test_what_people_write_in_slack_is_not_spoken(refleqt: Container, business: BusinessId, tmp_path: Path):
    messages = [said("3 09:00:00", ANA, "Hi"), said("3 10:00:00", BO, "Hey")]
    refleqt.importer().import_file(business, export(tmp_path / "1.zip", {"a": messages}))
    assert [(turn.second, turn.is_spoken) for turn in _turns(refleqt, business)] == [(0.0, False), (3600.0, False)]


def _turns(refleqt: Container, business: BusinessId) -> list[Turn]:
    (activity,) = rows(refleqt, business, Activity)
    artifacts, heard = rows(refleqt, business, ActivityArtifact), rows(refleqt, business, StoredTranscript)
    return turns(activity, artifacts, heard)
