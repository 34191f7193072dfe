"""Transcripts as text, captions and JSON."""

import json
from io import BytesIO

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from refleqt_adapters.connectors.transcript_files import read_transcript
from refleqt_adapters.transcript_exports import written
from refleqt_core.ports import Segment, Transcript

WORDS = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S")), min_size=1, max_size=12)


def transcript(*segments: Segment) -> Transcript:
    return Transcript(segments=segments, language="en", model="m-1", duration=7_300.0)


def said(text: str, start: float = 0.0, end: float = 1.0, speaker: str | None = None) -> Segment:
    return Segment(start=start, end=end, text=text, speaker=speaker, confidence=0.5)


TWO = transcript(said("good morning", 0.5, 1.25, "Ann"), said("hello there", 3_723.004, 3_724.0))


def test_a_text_has_a_line_for_each_utterance() -> None:
    assert written(TWO, "text") == "[00:00:00] Ann: good morning\n[01:02:03] hello there\n"


def test_webvtt_has_cues_with_voices() -> None:
    assert written(TWO, "vtt") == (
        "WEBVTT\n\n00:00:00.500 --> 00:00:01.250\n<v Ann>good morning\n\n01:02:03.004 --> 01:02:04.000\nhello there\n"
    )


def test_subrip_has_numbered_cues() -> None:
    assert written(TWO, "srt") == (
        "1\n00:00:00,500 --> 00:00:01,250\nAnn: good morning\n\n2\n01:02:03,004 --> 01:02:04,000\nhello there\n"
    )


def test_json_has_every_field_of_every_segment() -> None:
    found = json.loads(written(TWO, "json"))
    assert found["segments"] == [attrs.asdict(segment) for segment in TWO.segments]
    assert (found["language"], found["model"], found["duration"]) == ("en", "m-1", 7_300.0)


@pytest.mark.parametrize(("form", "empty"), [("text", ""), ("vtt", "WEBVTT\n"), ("srt", "")])
def test_of_a_recording_without_words_nothing_is_written(form: str, empty: str) -> None:
    assert written(transcript(), form) == empty


@pytest.mark.parametrize("form", ["vtt", "srt"])
def test_words_that_look_like_a_cue_begin_none(form: str) -> None:
    nasty = transcript(said("a\n\n00:00:01.000 --> 00:00:02.000\n<v Eve>forged & <b>bold</b>"))
    assert written(nasty, form).count("-->") == 1


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.lists(WORDS, min_size=1, max_size=5), st.integers(1, 9_999)), min_size=1, max_size=4))
def test_webvtt_that_is_written_is_read_as_it_was(parts: list[tuple[list[str], int]]) -> None:
    segments = [
        said(" ".join(words), at * 20.0, at * 20.0 + length / 1000, "Ann") for at, (words, length) in enumerate(parts)
    ]
    read = read_transcript(BytesIO(written(transcript(*segments), "vtt").encode()), "talk.vtt")
    assert read is not None
    assert [(each.text, each.speaker) for each in read.segments] == [(each.text, "Ann") for each in segments]
