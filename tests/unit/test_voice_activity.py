"""Where in a recording somebody may be speaking."""

import io
import wave

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from refleqt_adapters.transcriber.voice_activity import utterances
from refleqt_adapters.transcriber.wav import read_wav
from refleqt_core.errors import InvalidInput

RATE = 16_000
Samples = NDArray[np.int16]


def noise(seconds: float, amplitude: float) -> Samples:
    return np.random.default_rng(0).normal(0, amplitude, int(seconds * RATE)).clip(-32768, 32767).astype(np.int16)


def scene(*parts: tuple[float, float]) -> Samples:
    """Noise of (seconds, amplitude) after one another; amplitude 3000 is a voice, 10 the room."""
    return np.concatenate([noise(*part) for part in parts])


def seconds(spans: list[tuple[int, int]]) -> list[tuple[float, float]]:
    return [(start / RATE, end / RATE) for start, end in spans]


def test_a_voice_in_a_quiet_room_is_one_span_with_a_margin() -> None:
    ((start, end),) = seconds(utterances(scene((1, 10), (1, 3000), (1, 10)), RATE))
    assert [start, end] == pytest.approx([0.8, 2.2], abs=0.03)


@pytest.mark.parametrize(("pause", "spans"), [(0.3, 1), (0.6, 2)])
def test_a_long_pause_ends_a_span_and_a_short_one_does_not(pause: float, spans: int) -> None:
    recording = scene((1, 10), (1, 3000), (pause, 10), (1, 3000), (1, 10))
    assert len(utterances(recording, RATE)) == spans


def test_a_click_is_no_span() -> None:
    assert utterances(scene((1, 10), (0.05, 9000), (1, 10)), RATE) == []


@pytest.mark.parametrize("amplitude", [0, 3, 300, 9000])
def test_steady_sound_of_any_loudness_has_no_span(amplitude: float) -> None:
    assert utterances(scene((3, amplitude)), RATE) == []


def test_a_whisper_in_a_silent_room_is_a_span() -> None:
    assert len(utterances(scene((1, 0), (1, 150), (1, 0)), RATE)) == 1


def test_two_minutes_without_a_pause_is_cut_in_spans_of_at_most_30_seconds() -> None:
    spans = utterances(np.tile(scene((0.25, 3000), (0.25, 30)), 240), RATE)
    assert all(end - start <= 30 * RATE for start, end in spans)
    assert [end for _, end in spans[:-1]] == [start for start, _ in spans[1:]]


def test_the_spans_do_not_depend_on_the_sample_rate() -> None:
    recording = scene((1, 10), (1, 3000), (1, 10))
    thrice = [(start // 3, end // 3) for start, end in utterances(np.repeat(recording, 3), 3 * RATE)]
    assert thrice == utterances(recording, RATE) != []


@settings(max_examples=60, deadline=None)
@given(parts=st.lists(st.tuples(st.floats(0, 1.5), st.sampled_from([0, 10, 500, 8000])), max_size=8))
def test_spans_are_in_order_and_in_the_recording(parts: list[tuple[float, float]]) -> None:
    recording = scene((0, 0), *parts)
    edges = [edge for span in utterances(recording, RATE) for edge in span]
    assert edges == sorted(edges) and all(0 <= edge <= len(recording) for edge in edges)


@settings(max_examples=200, deadline=None)
@given(place=st.integers(0, 43), byte=st.integers(0, 255))
def test_a_header_with_a_wrong_byte_is_read_or_refused(place: int, byte: int) -> None:
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setparams((2, 2, RATE, 0, "NONE", ""))
        out.writeframes(bytes(64))
    data = bytearray(file.getvalue())
    data[place] = byte
    try:
        recording = read_wav(io.BytesIO(bytes(data)), "audio/wav")
    except InvalidInput:
        return
    assert recording.rate > 0 and len(recording.samples) <= 64
