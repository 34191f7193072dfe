"""Whatever a file holds, it is a transcript or a fault that says why; and every turn's words are those of the file."""

import json
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from said_in_files import heard
from slack_exports import export

from refleqt_adapters.connectors.slack_export import SlackChoice, read_slack
from refleqt_core.errors import InvalidInput

LINES = st.sampled_from(
    [
        *("WEBVTT", "", "1", "00:00:01.000 --> 00:00:02.000", "00:00:03,000 --> 00:00:01,000", "x --> y", "NOTE x"),
        *(
            "Ana: Hello",
            "<v Bo>Hi</v>",
            "Ana Ruiz  0:12",
            "00:13 Speaker 1",
            "[Ana] 10:00:00",
            "words go on",
            "Next: x",
        ),
        *("10:00:01 From Ana to Everyone: hi", "0:0:1.0 --> 0:0:2.5", "00:05:00", "&lt;b&gt; <b>&amp;"),
    ]
)
TEXTS = st.lists(st.one_of(LINES, st.text(max_size=30)), max_size=20).map("\n".join)
ENCODINGS = st.sampled_from(["utf-8", "utf-8-sig", "utf-16"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
FIELDS = ("type", "subtype", "user", "text", "thread_ts", "bot_id", "user_profile", "hidden")
PERSON = st.fixed_dictionaries(
    {"id": st.just("U1") | JSON},
    optional=dict.fromkeys(("name", "profile", "real_name", "is_bot", "members", "is_private"), JSON),
)
MESSAGE = st.fixed_dictionaries(
    {"ts": st.just("1777798800.0001") | st.just("1777798860.0001") | JSON},
    optional={name: JSON | st.sampled_from(["message", "U1", "hi", "1777798800.0001"]) for name in FIELDS},
)


@settings(deadline=None)
@given(st.sampled_from(["vtt", "srt", "txt", "docx"]), st.binary(max_size=200) | TEXTS.map(str.encode))
def test_any_bytes_are_a_transcript_or_a_fault(kind: str, data: bytes):
    try:
        said = heard(f"a.{kind}", data)
    except InvalidInput as error:
        assert error.faults
    else:
        assert said.segments and all(each.start <= each.end for each in said.segments)


@settings(deadline=None)
@given(st.sampled_from(["vtt", "srt", "txt"]), TEXTS, ENCODINGS)
def test_turns_are_in_the_order_of_time_and_say_what_stands_in_the_file(kind: str, text: str, encoding: str):
    try:
        said = heard(f"a.{kind}", text.encode(encoding, "replace"))
    except InvalidInput:
        return
    starts = [each.start for each in said.segments]
    assert starts == sorted(starts) and said.duration == max(each.end for each in said.segments)
    assert said.duration > 0 or not any(starts)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(MESSAGE, max_size=4), st.lists(PERSON | JSON, max_size=3), st.lists(PERSON | JSON, max_size=3))
def test_any_json_in_an_export_is_read_or_a_fault(messages: list[Any], users: list[Any], channels: list[Any]):
    with tempfile.TemporaryDirectory() as folder:
        lists = {"channels.json": [{"id": "C1", "name": "a"}], "groups.json": channels, "org_users.json": users}
        files = {"a/2026-05-03.json": json.dumps(messages)}
        path = export(Path(folder) / "x.zip", {}, lists=lists, files=files)
        try:
            content = read_slack(path, skip_bad_rows=True, choice=SlackChoice(private=True))
        except InvalidInput as error:
            assert error.faults
        else:
            assert all(day.messages for each in content.items for day in each.conversations())
