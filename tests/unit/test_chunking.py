import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refleqt_core.context.chunking import passages, sentences, tokens

texts = st.text(alphabet=st.sampled_from('ab Z1.!?,\n\t"é漢'), max_size=400)
sizes = st.integers(min_value=20, max_value=60)


def split(text):
    return [each.text for each in sentences(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It works. We sell it! Do you?", ["It works.", "We sell it!", "Do you?"]),
        ("We met Dr. Lee at 10 a.m. on Monday. She left.", ["We met Dr. Lee at 10 a.m. on Monday.", "She left."]),
        ("It costs 3.50 today.", ["It costs 3.50 today."]),
        ("J. Doe called. Then I. Now we.", ["J. Doe called.", "Then I.", "Now we."]),
        ("No stop\nNew line", ["No stop", "New line"]),
        ("He said “stop.” We did.", ["He said “stop.”", "We did."]),
        ("well… maybe not", ["well… maybe not"]),
        (" \n ", []),
    ],
)
def test_sentences_end_where_a_reader_would_end_them(text, expected):
    assert split(text) == expected


def test_speech_without_punctuation_is_cut_before_a_conjunction():
    speech = "we keep losing the counts on paper " * 4 + "and then nobody knows where the pallets are " * 4
    assert all(len(each.split()) <= 45 for each in split(speech)) and split(speech)[1].startswith("and then")


@given(texts)
def test_sentences_are_literal_parts_that_hold_every_word_once(text):
    found = sentences(text)
    assert [each.text for each in found] == [text[each.start : each.end] for each in found]
    assert "".join("".join(each.text.split()) for each in found) == "".join(text.split())


@given(texts, sizes)
def test_passages_are_literal_parts_within_the_size(text, size):
    for each in passages(text, size=size, overlap=size // 4):
        assert each.text == text[each.start : each.end]
        assert tokens(each.text) <= size


@given(texts, sizes)
def test_passages_leave_nothing_out(text, size):
    seen = set()
    for each in passages(text, size=size, overlap=size // 4):
        seen |= set(range(each.start, each.end))
    assert all(i in seen for i, sign in enumerate(text) if not sign.isspace())


@given(texts, sizes)
def test_passages_go_forward(text, size):
    found = passages(text, size=size, overlap=size // 4)
    assert all(a.start < b.start and a.end < b.end for a, b in pairwise(found))


def test_neighbouring_passages_share_their_border_sentences():
    text = " ".join(f"Sentence number {i} speaks of pallets." for i in range(40))
    first, second, *_ = passages(text, size=60, overlap=20)
    assert first.end > second.start and tokens(text[second.start : first.end]) <= 20


def test_a_short_text_is_one_passage():
    assert [each.text for each in passages("  We sell boards. ")] == ["We sell boards."]


def test_blank_text_has_no_passage():
    assert passages(" \n\t ") == ()


def test_a_word_longer_than_a_passage_is_cut():
    assert all(tokens(each.text) <= 20 for each in passages("漢" * 100, size=20, overlap=0))


def test_time_grows_with_the_length_of_the_text():
    def seconds(text):
        start = time.process_time()
        passages(text)
        return time.process_time() - start

    text = "We lose counts on paper and nobody knows where the pallets are. " * 200
    seconds(text)
    assert seconds(text * 16) < 16 * 8 * max(seconds(text), 1e-3)
