"""Speech joined to parts, and when in the recording each was said."""

import wave
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from refleqt_adapters.transcriber.decoding import SAMPLE_RATE
from refleqt_adapters.transcriber.spoken_parts import LONGEST_PAUSE, SpokenPart, in_order, spoken_parts
from refleqt_adapters.transcriber.voice_activity import Utterance
from refleqt_core.ports import Segment


def utterances(lengths: list[tuple[float, float]]) -> list[Utterance]:
    """One for each (pause before it, its own seconds); the n-th is n throughout."""
    made, clock = [], 0
    for number, (pause, seconds) in enumerate(lengths, start=1):
        clock += round(pause * SAMPLE_RATE)
        samples = np.full(round(seconds * SAMPLE_RATE), number, np.int16)
        made.append(Utterance(clock / SAMPLE_RATE, samples))
        clock += len(samples)
    return made


def sound(part: SpokenPart) -> np.ndarray:
    with wave.open(part.file, "rb") as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (SAMPLE_RATE, 1, 2)
        return np.frombuffer(file.readframes(file.getnframes()), "<i2")


many = st.lists(st.tuples(st.floats(0, 3), st.floats(0.2, 2)), max_size=6)


@settings(max_examples=40, deadline=None)
@given(lengths=many, longest=st.floats(2.1, 9))
def test_all_that_was_said_is_in_the_parts_and_nothing_else(lengths: list[tuple[float, float]], longest: float) -> None:
    said = np.concatenate([each.samples for each in utterances(lengths)] or [np.empty(0, np.int16)])
    heard = [sound(part) for part in spoken_parts(utterances(lengths), longest=longest)]
    joined = np.concatenate(heard or [np.empty(0, np.int16)])
    assert np.array_equal(joined[joined != 0], said)


@settings(max_examples=40, deadline=None)
@given(lengths=many, longest=st.floats(2.1, 9))
def test_a_part_is_never_longer_than_allowed_and_is_as_long_as_it_says(
    lengths: list[tuple[float, float]], longest: float
) -> None:
    for part in spoken_parts(utterances(lengths), longest=longest):
        assert part.seconds <= longest and part.seconds == pytest.approx(len(sound(part)) / SAMPLE_RATE)


@settings(max_examples=100, deadline=None)
@given(lengths=many.filter(bool), share=st.floats(0.1, 0.5))
def test_words_are_where_they_were_said(lengths: list[tuple[float, float]], share: float) -> None:
    made = utterances(lengths)
    (part,) = spoken_parts(made, longest=1000)
    for piece, one in zip(part.pieces, made, strict=True):
        middle = piece.at + piece.seconds / 2
        start, end = part.in_recording(middle - share * piece.seconds, middle + share * piece.seconds) or (0, 0)
        centre = one.start + len(one.samples) / SAMPLE_RATE / 2
        assert [start, end] == pytest.approx([centre - share * piece.seconds, centre + share * piece.seconds])


anywhen = st.floats(-1e6, 1e6) | st.floats(-1, 8)


@settings(max_examples=200, deadline=None)
@given(times=st.lists(st.tuples(anywhen, anywhen), max_size=5))
def test_whatever_times_a_service_names_are_in_the_recording_or_nowhere(times: list[tuple[float, float]]) -> None:
    (part,) = spoken_parts(utterances([(3, 1), (10, 0.8), (0, 2)]), longest=60)
    for when in (part.in_recording(*pair) for pair in times):
        assert when is None or 3 <= when[0] <= when[1] <= part.end + 1e-9


@pytest.mark.parametrize(("start", "end"), [(1.05, 1.45), (3.0, 4.0), (2.4, 2.4), (-2.0, -1.0)])
def test_words_in_a_pause_or_after_the_end_were_said_nowhere(start: float, end: float) -> None:
    (part,) = spoken_parts(utterances([(3, 1), (10, 0.8)]), longest=60)
    assert part.in_recording(start, end) is None


def test_a_pause_is_cut_to_what_lets_hear_that_a_sentence_ends() -> None:
    (part,) = spoken_parts(utterances([(0, 1), (10, 1), (0.2, 1)]), longest=60)
    assert [piece.at for piece in part.pieces] == [0, 1 + LONGEST_PAUSE, 2.7]
    assert [part.pause_after(place) for place in (0, 1)] == [True, False]


def test_words_over_a_cut_pause_last_as_long_as_it_did() -> None:
    (part,) = spoken_parts(utterances([(0, 1), (10, 1)]), longest=60)
    assert part.in_recording(0.5, 2.0) == (0.5, 11.5)


def test_a_part_is_gone_when_the_next_is_asked_for() -> None:
    parts = spoken_parts(utterances([(0, 2), (0, 2)]), longest=3)
    first = next(parts)
    next(parts)
    assert first.file.closed
    parts.close()  # type: ignore[attr-defined]


def test_no_more_is_read_than_the_part_needs() -> None:
    read: list[float] = []

    def said() -> Iterator[Utterance]:
        for one in utterances([(0, 2)] * 9):
            read.append(one.start)
            yield one

    parts = spoken_parts(said(), longest=4.5)
    next(parts)
    assert len(read) == 3
    parts.close()  # type: ignore[attr-defined]


@given(st.lists(st.tuples(st.floats(0, 100), st.floats(0, 5))))
def test_segments_in_order_neither_overlap_nor_get_lost(times: list[tuple[float, float]]) -> None:
    given_out = [Segment(start=start, end=start + long, text=str(place)) for place, (start, long) in enumerate(times)]
    ordered = list(in_order(given_out))
    edges = [edge for segment in ordered for edge in (segment.start, segment.end)]
    assert edges == sorted(edges) and sorted(each.text for each in ordered) == sorted(each.text for each in given_out)
