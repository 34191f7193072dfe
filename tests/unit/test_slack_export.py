"""What is read of a Slack export: people's messages, day by day, and nothing else."""

from pathlib import Path

import pytest
from slack_exports import ANA, APP, BO, export, moment, said, stamp

from refleqt_adapters.connectors.keyed_rows import FileContent
from refleqt_adapters.connectors.reading import Reading
from refleqt_adapters.connectors.slack_export import SlackChoice, SlackExport, read_slack
from refleqt_adapters.connectors.slack_text import SlackText
from refleqt_core.errors import Fault, InvalidInput
from refleqt_core.intake.drafts import ConversationDraft

PRIVATE = {
    "channels.json": [{"id": "C1", "name": "marketing"}],
    "groups.json": [{"id": "G1", "name": "board"}],
    "mpims.json": [{"id": "G2", "name": "mpdm-ana--bo-1", "members": [ANA, BO]}],
    "dms.json": [{"id": "D1", "members": [ANA, BO]}],
}
EVERYWHERE = {name: [said("3 09:00:00", ANA, f"in {name}")] for name in ("marketing", "board", "mpdm-ana--bo-1", "D1")}


def read(path: Path, zone: str = "UTC", *, skip_bad_rows: bool = False, **choice: object) -> FileContent[SlackExport]:
    placed = Reading(time_zone=zone, now=moment("9 00:00:00"))
    return read_slack(path, skip_bad_rows=skip_bad_rows, reading=placed, choice=SlackChoice(**choice))  # type: ignore[arg-type]  # what it takes


def days(path: Path, zone: str = "UTC", **choice: object) -> list[ConversationDraft]:
    return [draft for each in read(path, zone, **choice).items for draft in each.conversations()]


def words(path: Path, zone: str = "UTC", **choice: object) -> list[list[tuple[str, str]]]:
    return [[(each.speaker, each.text) for each in day.messages] for day in days(path, zone, **choice)]


def faults(path: Path, **choice: object) -> tuple[Fault, ...]:
    with pytest.raises(InvalidInput) as refused:
        read(path, **choice)
    return refused.value.faults


def test_each_day_of_a_channel_is_a_conversation(tmp_path: Path):
    path = export(tmp_path / "x.zip", {"marketing": [said("3 09:00:00", ANA, "Hi"), said("5 09:00:00", BO, "Hey")]})
    first, second = days(path)
    assert (first.external_id, first.title) == ("slack:C-marketing:2026-05-03", "#marketing, 3 May 2026")
    assert [(each.speaker, each.text) for each in second.messages] == [("Bo Lind", "Hey")]


def test_a_day_is_that_of_the_business_s_clock(tmp_path: Path):
    path = export(tmp_path / "x.zip", {"a": [said("3 21:59:00", ANA, "late"), said("3 22:01:00", ANA, "later")]})
    assert words(path) == [[("Ana Ruiz", "late"), ("Ana Ruiz", "later")]]
    assert words(path, "Europe/Amsterdam") == [[("Ana Ruiz", "late")], [("Ana Ruiz", "later")]]
    assert [day.external_id[-10:] for day in days(path, "Pacific/Kiritimati")] == ["2026-05-04"]


def test_people_have_their_titles_as_roles(tmp_path: Path):
    path = export(tmp_path / "x.zip", {"a": [said("3 09:00:00", ANA, "Hi"), said("3 09:01:00", BO, "Hey")]})
    assert days(path)[0].roles == {"Ana Ruiz": "Head of marketing"}


def test_two_people_of_one_name_are_told_apart(tmp_path: Path):
    twins = [{"id": f"U{n}", "name": f"ana{n}", "real_name": "Ana Ruiz"} for n in (3, 4)]
    path = export(
        tmp_path / "x.zip",
        {"a": [said("3 09:00:00", "U3", "Hi")]},
        lists={"channels.json": [{"id": "C1", "name": "a"}], "users.json": twins},
    )
    assert words(path) == [[("Ana Ruiz (@ana3)", "Hi")]]


def test_a_writer_of_another_workspace_is_named_by_the_message(tmp_path: Path):
    path = export(tmp_path / "x.zip", {"a": [said("3 09:00:00", "W7", "Hi", user_profile={"real_name": "Cy Oss"})]})
    assert words(path) == [[("Cy Oss", "Hi")]]


def test_replies_stand_under_what_they_reply_to(tmp_path: Path):
    asked = stamp("3 09:00:00")
    path = export(
        tmp_path / "x.zip",
        {
            "a": [
                said("3 09:00:00", ANA, "Question", thread_ts=asked),
                said("3 09:05:00", BO, "Something else"),
                said("3 11:00:00", BO, "Answer", thread_ts=asked),
                said("4 09:00:00", ANA, "New"),
                said("4 10:00:00", ANA, "Late answer", thread_ts=asked),
            ]
        },
    )
    assert [[text for _, text in day] for day in words(path)] == [
        ["Question", "Answer", "Something else"],
        ["New", "Late answer"],
    ]


LEFT_OUT = {
    "joined": said("3 10:00:00", ANA, "<@U1> has joined the channel", subtype="channel_join"),
    "an app": said("3 10:00:00", ANA, "Report", bot_id="B1"),
    "a bot of old": {"type": "message", "subtype": "bot_message", "ts": stamp("3 10:00:00"), "text": "x"},
    "a bot's user": said("3 10:00:00", APP, "Report"),
    "Slackbot": said("3 10:00:00", "USLACKBOT", "Reminder"),
    "deleted": said("3 10:00:00", "USLACKBOT", "This message was deleted.", subtype="tombstone"),
    "a file alone": said("3 10:00:00", ANA, "", files=[{"id": "F1", "title": "secret"}]),
    "a topic": said("3 10:00:00", ANA, "set the topic", subtype="channel_topic"),
}


@pytest.mark.parametrize("what", LEFT_OUT)
def test_what_nobody_wrote_is_left_out_and_counted(tmp_path: Path, what: str):
    path = export(tmp_path / "x.zip", {"a": [said("3 09:00:00", ANA, "Hi"), LEFT_OUT[what]]})
    assert words(path) == [[("Ana Ruiz", "Hi")]]
    assert read(path).passed_over == 1 and read(path).notes


def test_an_edited_message_is_as_it_is_now_and_a_file_with_words_is_its_words(tmp_path: Path):
    path = export(
        tmp_path / "x.zip",
        {"a": [said("3 09:00:00", ANA, "Now", edited={"user": ANA}), said("3 09:01:00", ANA, "See", files=[{}])]},
    )
    assert words(path) == [[("Ana Ruiz", "Now"), ("Ana Ruiz", "See")]]


def test_private_conversations_are_left_out_and_counted(tmp_path: Path):
    path = export(tmp_path / "x.zip", EVERYWHERE, lists=PRIVATE)
    assert words(path) == [[("Ana Ruiz", "in marketing")]]
    assert read(path).passed_over == 3
    assert "private channels, which nobody asked for (1)" in " ".join(read(path).notes)


def test_private_conversations_come_in_where_somebody_asks(tmp_path: Path):
    path = export(tmp_path / "x.zip", EVERYWHERE, lists=PRIVATE)
    titles = [day.title for day in days(path, private=True)]
    between = "Ana Ruiz and Bo Lind, 3 May 2026"
    assert titles == ["#marketing, 3 May 2026", "#board, 3 May 2026", between, between]
    assert read(path, private=True).passed_over == 0


def test_a_channel_marked_private_among_the_public_ones_is_private(tmp_path: Path):
    lists = {"channels.json": [{"id": "C1", "name": "a", "is_private": True}]}
    assert words(export(tmp_path / "x.zip", {"a": [said("3 09:00:00", ANA, "Hi")]}, lists=lists)) == []


def test_only_the_channels_that_are_named_come_in(tmp_path: Path):
    path = export(tmp_path / "x.zip", {name: [said("3 09:00:00", ANA, name)] for name in ("a", "b", "c")})
    assert words(path, channels=("#A", "C-c")) == [[("Ana Ruiz", "a")], [("Ana Ruiz", "c")]]


def test_channels_that_are_not_there_or_private_are_told_at_once(tmp_path: Path):
    path = export(tmp_path / "x.zip", EVERYWHERE, lists=PRIVATE)
    missing, hidden = faults(path, channels=("poems", "board"))
    assert "no channel 'poems'" in missing.problem and "#marketing" in missing.remedy
    assert "is private" in hidden.problem and "--private" in hidden.remedy


def test_an_export_that_somebody_packed_again_is_read(tmp_path: Path):
    path = export(tmp_path / "x.zip", {"a": [said("3 09:00:00", ANA, "Hi")]}, root="Acme export/")
    assert words(path) == [[("Ana Ruiz", "Hi")]]


def test_every_broken_file_inside_is_named(tmp_path: Path):
    broken = {"a/2026-05-04.json": "{", "a/2026-05-06.json": '{"x": 1}', "a/2026-05-08.json": '[{"ts": "never"}]'}
    path = export(tmp_path / "x.zip", {"a": [said("1 09:00:00", ANA, "Hi")]}, files=broken)
    assert [fault.field for fault in faults(path)] == list(broken)


def test_of_broken_files_the_days_beside_them_are_left_out_too(tmp_path: Path):
    messages = [said(f"{day} 09:00:00", ANA, f"on {day}") for day in (1, 3, 5, 7)]
    path = export(tmp_path / "x.zip", {"a": messages}, files={"a/2026-05-04.json": "{"})
    content = read(path, skip_bad_rows=True)
    assert [day.messages[0].text for day in content.items[0].conversations()] == ["on 1", "on 7"]
    assert len(content.rejected) == 1


@pytest.mark.parametrize(
    ("files", "problem"),
    [
        ({"poem.txt": "x"}, "no export of Slack"),
        ({"channels.json": "["}, "not JSON"),
        ({"channels.json": "{}"}, "no list"),
    ],
)
def test_what_is_no_export_says_why(tmp_path: Path, files: dict[str, str], problem: str):
    path = export(tmp_path / "x.zip", {}, lists={"poems.json": []}, files=files)
    assert problem in faults(path)[0].problem


def test_a_zip_that_grows_when_it_is_unpacked_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("refleqt_adapters.connectors.slack_archive.FILE_LIMIT", 1_000)
    path = export(tmp_path / "x.zip", {"a": [said("3 09:00:00", ANA, "x" * 2_000)]})
    assert [fault.field for fault in faults(path)] == ["a/2026-05-03.json"]


TEXT = SlackText(people={"U1": "Ana Ruiz"}, channels={"C1": "marketing"})


@pytest.mark.parametrize(
    ("marked", "plain"),
    [
        ("<@U1> and <@U7|cy> and <@U8>", "@Ana Ruiz and @cy and @U8"),
        (
            "in <#C1|marketing> or <#G1|secret-plan> or <#G7>",
            "in #marketing or #a private channel or #a private channel",
        ),
        ("<!here> <!subteam^S1|@team> <!date^1^{date}|May 3>", "@here @team May 3"),
        ("see <https://x.example/a?b=1&amp;c|the page> or <https://y.example>", "see the page or https://y.example"),
        ("<mailto:a@x.example|a@x.example>", "a@x.example"),
        ("*bold* _it_ ~no~ `code` ```more```", "bold it no code more"),
        ("2*3*4 and snake_case_name", "2*3*4 and snake_case_name"),
        ("&gt; quoted\n1 &lt; 2 &amp;&amp; 3 &gt; 2", "quoted 1 < 2 && 3 > 2"),
        (":tada: :+1::skin-tone-3: :our-logo: at 10:30:00", "🎉 👍 :our-logo: at 10:30:00"),
        ("&amp;lt;", "&lt;"),
    ],
)
def test_marks_become_plain_text(marked: str, plain: str):
    assert TEXT.plain(marked) == plain


def test_words_that_stand_in_blocks_alone_are_words(tmp_path: Path):
    line = [
        {"type": "user", "user_id": BO},
        {"type": "text", "text": " 1 < 2 & "},
        {"type": "link", "url": "https://x.example"},
        {"type": "text", "text": " in "},
        {"type": "channel", "channel_id": "G1"},
    ]
    items = [{"type": "rich_text_section", "elements": [{"type": "text", "text": each}]} for each in ("one", "two")]
    listed = {"type": "rich_text_list", "elements": items}
    block = {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": line}, listed]}
    path = export(tmp_path / "x.zip", {"a": [said("3 09:00:00", ANA, "", blocks=[block])]})
    assert words(path) == [[("Ana Ruiz", "@Bo Lind 1 < 2 & https://x.example in #a private channel one two")]]
    assert read(path).passed_over == 0


@pytest.mark.parametrize("blocks", ["x", [None], [{"type": "rich_text", "elements": 3}], [{"type": "image"}]])
def test_blocks_without_words_leave_a_message_without_words(tmp_path: Path, blocks: object):
    path = export(tmp_path / "x.zip", {"a": [said("3 09:00:00", ANA, "", blocks=blocks), said("3 10:00:00", BO, "Hi")]})
    assert words(path) == [[("Bo Lind", "Hi")]]
    assert read(path).passed_over == 1
