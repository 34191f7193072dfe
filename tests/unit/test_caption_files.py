"""WebVTT and SubRip as the meeting tools export them."""

from io import BytesIO, StringIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from said_in_files import heard, times, turns, wrong
from webvtt import Caption, WebVTT

from refleqt_adapters.connectors.transcript_files import transcript_of

TEAMS = """WEBVTT

b16f4b52-0/9-0
00:00:03.100 --> 00:00:05.000 align:start
<v Ana Ruiz>Hello <b>all</b> &amp; welcome.</v>

NOTE Confidence: 0.9
nothing is said here

STYLE
::cue { color: red }

00:00:05.100 --> 00:00:07.000
<v Ana Ruiz>We begin.</v>

00:00:07.500 --> 00:00:09.000
<v.loud Bo Lind>Yes.</v> <v Cy>No.</v>
"""

ZOOM = """WEBVTT

1
00:00:05.790 --> 00:00:06.514
Ana Ruiz: Lorem: ipsum

2
00:01:14.790 --> 00:01:15.514
Bo Lind: Yes
3
00:02:14.790 --> 00:02:15.514
Ana Ruiz: Good
"""

OTTER = """1
00:00:01,000 --> 00:00:02,500
Speaker 1: Hi there

2
0:00:02,600 --> 0:00:04,500
and more

3
00:00:05,600 --> 00:00:06,500
Speaker 2: In 1999

it was

4
00:00:09,600 --> 00:00:10,500
Speaker 1: Bye
"""


def test_voice_spans_name_the_speakers():
    assert turns("a.vtt", TEAMS) == [("Ana Ruiz", "Hello all & welcome. We begin."), ("Bo Lind", "Yes."), ("Cy", "No.")]


def test_short_cues_of_one_speaker_are_one_turn_from_the_first_to_the_last():
    assert times("a.vtt", TEAMS)[0] == (3.1, 7.0)


def test_names_before_colons_are_speakers_where_no_voice_is_named():
    assert turns("a.vtt", ZOOM) == [("Ana Ruiz", "Lorem: ipsum"), ("Bo Lind", "Yes"), ("Ana Ruiz", "Good")]


def test_a_cue_without_a_name_goes_on_with_the_one_before():
    assert turns("a.srt", OTTER)[0] == ("Speaker 1", "Hi there and more")


def test_an_empty_line_inside_of_a_subrip_cue_ends_nothing():
    assert turns("a.srt", OTTER)[1] == ("Speaker 2", "In 1999 it was")


def test_a_long_pause_and_a_long_turn_begin_a_new_one():
    cues = "".join(f"00:00:{at:02}.000 --> 00:00:{at + 4:02}.000\n<v Ana>words\n\n" for at in range(0, 56, 5))
    ends = [end - start for start, end in times("a.vtt", f"WEBVTT\n\n{cues}")]
    assert len(ends) == 2 and max(ends) <= 30


def test_what_is_named_text_and_begins_as_captions_do_is_captions():
    assert heard("a.txt", ZOOM).model == "file:vtt"
    assert heard("a.txt", OTTER).model == "file:srt"


def test_the_language_of_the_header_is_that_of_the_transcript():
    text = "WEBVTT\nKind: captions\nLanguage: nl\n\n00:01.000 --> 00:02.000\nhoi\n"
    assert heard("a.vtt", text).language == "nl"


def test_every_bad_cue_is_told_with_its_row():
    text = (
        "WEBVTT\n\n00:00:09.000 --> 00:00:01.000\nbackwards\n\nbanana --> x\nno time\n\nstray\n\n"
        "00:00:61.000 --> 00:01:02.000\nno second\n\n00:00:01.000 --> 00:00:02.000\ngood\n"
    )
    assert [fault.row for fault in wrong("a.vtt", text)] == [3, 6, 9, 11]


def test_words_before_a_cue_s_times_are_not_lost_in_silence():
    text = "1\n00:00:01,000 --> 00:00:02,000\nAna: x\n\nsomebody said\nsomething\n00:00:03,000 --> 00:00:04,000\nyes\n"
    assert [fault.row for fault in wrong("a.srt", text)] == [5]


def test_good_cues_are_kept_beside_bad_ones_where_somebody_says_so():
    text = "WEBVTT\n\nbanana --> x\nbad\n\n00:00:01.000 --> 00:00:02.000\ngood\n"
    read = transcript_of(BytesIO(text.encode()), "a.vtt", skip_bad_rows=True)
    assert [each.text for each in read.items[0].segments] == ["good"]
    assert [line.row for line in read.rejected] == [3]


def test_a_file_in_which_nothing_is_said_is_refused():
    assert "nothing is said" in wrong("a.vtt", "WEBVTT\n\n00:00:01.000 --> 00:00:02.000\n\n")[0].problem


def test_thousands_of_open_tags_take_no_time():
    text = "WEBVTT\n\n00:00:01.000 --> 00:00:02.000\n" + "<v " * 20_000 + "x\n"
    assert heard("a.vtt", text).segments


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_any_usual_encoding_is_read(encoding: str):
    text = "WEBVTT\n\n00:00:01.000 --> 00:00:02.000\n<v Zoë>café\n"
    assert turns("a.vtt", text.encode(encoding)) == [("Zoë", "café")]


def test_a_guessed_encoding_is_said():
    read = transcript_of(BytesIO("Zoë: café\nZoë: thé\n".encode("cp1252")), "a.txt")
    assert "Windows-1252" in read.notes[0]


WORDS = st.text(st.characters(categories=["Ll", "Lu", "Nd"], codec="utf-8"), min_size=1, max_size=8)
SAID = st.tuples(
    st.sampled_from(["Ana Ruiz", "Bo", "Zoë van Dam"]),
    st.lists(WORDS, min_size=1, max_size=5).map(" ".join),
    st.integers(0, 5_000),
    st.integers(2_001, 60_000),
)


@settings(deadline=None)
@given(st.lists(SAID, min_size=1, max_size=8), st.sampled_from(["vtt", "srt"]))
def test_what_is_written_as_captions_is_read_as_it_was(said: list[tuple[str, str, int, int]], kind: str):
    book, expected, at = WebVTT(), [], 0
    for speaker, text, length, pause in said:
        start, at = at + pause, at + pause + length
        expected.append((speaker, text, start / 1000, at / 1000))
        book.captions.append(Caption(_clock(start), _clock(at), _labelled(kind, speaker, text)))
    page = StringIO()
    book.write(page, format=kind)
    read = heard(f"a.{kind}", page.getvalue()).segments
    assert [(each.speaker, each.text, each.start, each.end) for each in read] == expected


def _labelled(kind: str, speaker: str, text: str) -> str:
    return f"<v {speaker}>{text}</v>" if kind == "vtt" else f"{speaker}: {text}"


def _clock(milliseconds: int) -> str:
    seconds, rest = divmod(milliseconds, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{rest:03}"


def test_a_cue_after_more_than_a_day_is_a_fault_of_its_line():
    text = "WEBVTT\n\n00:00:01.000 --> 24:00:00.000\nHi\n\n00:00:02.000 --> 99999:00:04.000\nHey\n"
    (fault,) = wrong("a.vtt", text)
    assert (fault.row, "24 hours" in fault.problem) == (6, True)
