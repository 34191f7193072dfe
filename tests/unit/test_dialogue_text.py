"""Conversations as plain text, in the shapes of the tools that write them."""

import time
from io import BytesIO

import pytest
from said_in_files import heard, times, turns, wrong

from refleqt_adapters.connectors.transcript_files import transcript_of

TWO = [("Ana Ruiz", "Hello."), ("Bo Lind", "Yes.")]

SHAPES = {
    "Otter": "Ana Ruiz  0:03  \nHello.\n\nBo Lind  1:02:03\nYes.\n\nTranscribed by https://otter.ai\n",
    "Teams": "Ana Ruiz   0:03\nHello.\nBo Lind   1:02:03\nYes.\nBo Lind stopped transcription\n",
    "Teams of old": "0:0:3.0 --> 0:0:4.540\nAna Ruiz\nHello.\n\n1:2:3.0 --> 1:2:4.540\nBo Lind\nYes.\n",
    "Teams with both times": "Ana Ruiz 0:00:03.0 --> 0:00:04.5\nHello.\nBo Lind 1:02:03.0 --> 1:02:04.5\nYes.\n",
    "Word": "Transcript\n00:00:03 Ana Ruiz\nHello.\n01:02:03 Bo Lind\nYes.\n",
    "Zoom's captions": "[Ana Ruiz] 09:00:03\nHello.\n\n[Bo Lind] 10:02:03\nYes.\n",
    "Zoom's transcript": "[00:00:03] Ana Ruiz: Hello.\n[01:02:03] Bo Lind: Yes.\n",
    "Zoom's chat": "09:00:03 From  Ana Ruiz  to  Everyone:\n\tHello.\n10:02:03 From  Bo Lind  to  Everyone:\n\tYes.\n",
    "Zoom's chat of old": "09:00:03\t From Ana Ruiz : Hello.\n10:02:03\t From Bo Lind : Yes.\n",
    "Zoom's chat of a recording": "00:00:03\tAna Ruiz:\tHello.\n01:02:03\tBo Lind:\tYes.\n",
    "time behind the name": "Ana Ruiz (0:03): Hello.\nBo Lind (1:02:03): Yes.\n",
}


@pytest.mark.parametrize("shape", SHAPES)
def test_who_says_what_is_read_in_every_shape(shape: str):
    assert turns("a.txt", SHAPES[shape]) == TWO


@pytest.mark.parametrize("shape", SHAPES)
def test_when_it_is_said_is_counted_from_the_beginning(shape: str):
    first, second = times("a.txt", SHAPES[shape])
    assert second[0] - first[0] == 3720


def test_times_of_day_are_counted_from_the_first_and_may_pass_midnight():
    text = "23:59:50 From Ana Ruiz to Everyone: Hello.\n00:00:10 From Bo Lind to Everyone: Yes.\n"
    assert times("a.txt", text) == [(0.0, 20.0), (20.0, 20.0)]


def test_names_before_words_are_speakers_where_they_come_again():
    assert turns("a.txt", "Ana: one\nBo: two\n\nAna: three\nand more\n\nNext: do it\n") == [
        ("Ana", "one"),
        ("Bo", "two"),
        ("Ana", "three and more"),
        (None, "Next: do it"),
    ]


def test_what_ends_before_it_begins_ends_where_the_next_turn_begins():
    text = "0:0:5.0 --> 0:0:4.0\nAna Ruiz\nHello.\n\n0:0:7.0 --> 0:0:9.0\nBo Lind\nYes.\n"
    assert times("a.txt", text) == [(5.0, 7.0), (7.0, 9.0)]


def test_a_text_without_times_says_none():
    said = heard("a.txt", "Ana: one\nBo: two\n")
    assert said.duration == 0.0 and {(each.start, each.end) for each in said.segments} == {(0.0, 0.0)}


def test_what_is_said_after_a_bare_time_is_said_then():
    text = "Attendees\nAna, Bo\n\n00:00:00\n\nAna Ruiz: Hello.\nBo Lind: Hi.\n\n00:05:00\n\nAna Ruiz: More.\n"
    assert times("a.txt", text) == [(0.0, 0.0), (0.0, 300.0), (300.0, 300.0)]
    assert [each.speaker for each in heard("a.txt", text).segments] == ["Ana Ruiz", "Bo Lind", "Ana Ruiz"]


def test_what_stands_before_the_first_turn_is_passed_over_and_counted():
    read = transcript_of(BytesIO(b"Weekly\n00:00:03 Ana Ruiz\nHello.\n00:01:00 Bo Lind\nYes.\n"), "a.txt")
    assert read.passed_over == 1 and "before the first turn (row 1)" in read.notes[0]


def test_a_message_to_one_person_is_left_out_and_counted():
    chat = "09:00:03 From Ana Ruiz to Everyone: Hello.\n09:00:05 From Bo to Ana Ruiz(Direct Message): psst\n"
    read = transcript_of(BytesIO(chat.encode()), "a.txt")
    assert [each.text for each in read.items[0].segments] == ["Hello."]
    assert read.passed_over == 1


def test_prose_is_one_turn_a_paragraph_that_nobody_says():
    text = "First paragraph\nof two lines.\n\nThere is one rule: none. And http://x.example/a: b.\n"
    assert turns("a.txt", text) == [
        (None, "First paragraph of two lines."),
        (None, "There is one rule: none. And http://x.example/a: b."),
    ]


def test_one_name_before_a_colon_in_a_page_of_prose_is_no_speaker():
    assert turns("a.txt", "We met.\n\nWarsaw: a city.\n\nIt rained.\n")[1] == (None, "Warsaw: a city.")


@pytest.mark.parametrize("label", ["What repeats", "Action items", "https", "Next", "it was late", "TODO/done"])
def test_what_is_no_name_is_no_speaker(label: str):
    assert turns("a.txt", f"{label}: one\n\n{label}: two\n")[0][0] is None


@pytest.mark.parametrize(
    "name", ["Ana", "Speaker 2", "Zoë van Dam", "Jean-Luc O'Neil", "J.R.", "AB", "田中", "Ana (Acme)"]
)
def test_names_of_all_kinds_are_speakers(name: str):
    assert turns("a.txt", f"{name}: one\n{name}: two\n") == [(name, "one"), (name, "two")]


def test_an_agenda_is_no_list_of_speakers():
    assert turns("a.txt", "09:00 Breakfast\n10:00 Talk by Ana\n") == [(None, "Breakfast"), (None, "Talk by Ana")]


def test_a_short_word_after_a_time_is_what_is_said():
    assert turns("a.txt", "0:15\nYeah\n\n0:21\nThank You\n\n0:24\nBye now.\n")[0] == (None, "Yeah Thank You Bye now.")


def test_bytes_that_are_no_utf_8_are_told_with_row_and_byte():
    (fault,) = wrong("a.txt", b"Ana: caf\xc3\xa9\nAna: \xff\n")
    assert (fault.row, "byte 6" in fault.problem) == (2, True)


@pytest.mark.parametrize("line", ["A" + " " * 90_000 + "b", "a:" * 45_000, "0:0" * 30_000, "[" * 90_000])
def test_no_line_takes_long(line: str):
    began = time.perf_counter()
    heard("a.txt", f"{line}\nAna: x\nAna: y\n")
    assert time.perf_counter() - began < 2


def test_a_heading_that_comes_twice_in_a_memo_is_no_speaker():
    memo = "We met.\n\nBudget: 10k.\n\nRisk: low.\n\nBudget: fixed.\n\nRisk: none.\n\nLet us begin.\n"
    assert {speaker for speaker, _ in turns("memo.txt", memo)} == {None}


def test_one_name_alone_that_comes_twice_in_prose_is_no_speaker():
    text = "We met.\n\nWarsaw: a city.\n\nIt rained.\n\nWarsaw: cold.\n\nWe left.\n\nThat was it.\n"
    assert {speaker for speaker, _ in turns("memo.txt", text)} == {None}


def test_who_answers_is_a_speaker_however_long_the_turns_are():
    text = "Ana: one\nmore\nand more\nBo: two\nmore\nand more\nAna: three\nmore\n"
    assert [speaker for speaker, _ in turns("a.txt", text)] == ["Ana", "Bo", "Ana"]


def test_a_time_of_day_inside_a_conversation_is_words():
    assert turns("a.txt", "Ana: hi\n12:30 Lunch Break\nBo: back\nAna: yes\n") == [
        ("Ana", "hi 12:30 Lunch Break"),
        ("Bo", "back"),
        ("Ana", "yes"),
    ]
    text = "[00:00:03] Ana: hi\n12:30 Lunch Break\n[00:00:09] Bo: back\n[00:00:12] Ana: yes\n"
    assert times("a.txt", text)[-1][0] == 12 and turns("a.txt", text)[0] == ("Ana", "hi 12:30 Lunch Break")


def test_a_time_beyond_a_day_is_none():
    assert max(end for _, end in times("a.txt", "Ana 0:01\nhi\nBo 0:05\nyes\nCy 999:00:00\nno\n")) == 5
