"""What the Transcriber promises, over every adapter of it."""

import hashlib
import io
import wave
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import attrs
import numpy as np
import pytest
from numpy.typing import NDArray

from refleqt_adapters.transcriber.memory import MemoryTranscriber
from refleqt_adapters.transcriber.pocketsphinx import PocketSphinxTranscriber
from refleqt_core.errors import InvalidInput
from refleqt_core.ports import Segment, Transcriber, Transcript

PRICE = (Path(__file__).parent / "recordings" / "price.wav").read_bytes()
"""Spoken by flite's voice rms: 2.7 s, 16 kHz, one channel."""
SAID = "we should raise the price of the small plan"
RATE = 16_000
EXAMPLES = sorted((Path(__file__).parents[2] / "examples" / "business" / "activities").glob("*.wav"))


@attrs.frozen(kw_only=True)
class Case:
    name: str
    make: Callable[[], Transcriber]
    listens: bool
    """Whether it hears recordings that nobody told it about."""


def told() -> Transcriber:
    segment = Segment(start=0.13, end=2.56, text=SAID, confidence=1.0)
    known = Transcript(segments=(segment,), language="en", model="memory", duration=2.69)
    return MemoryTranscriber({hashlib.sha256(PRICE).hexdigest(): known})


CASES = [
    Case(name="memory", make=told, listens=False),
    Case(name="pocketsphinx", make=PocketSphinxTranscriber, listens=True),
]


@pytest.fixture(scope="module", params=CASES, ids=lambda case: case.name)
def case(request: pytest.FixtureRequest) -> Case:
    made: Case = request.param
    return made


@pytest.fixture(scope="module")
def transcriber(case: Case) -> Transcriber:
    return case.make()


@pytest.fixture
def listener(case: Case, transcriber: Transcriber) -> Transcriber:
    if not case.listens:
        pytest.skip("it knows only what it was told, and says so")
    return transcriber


def wav(samples: NDArray[np.float64], rate: int = RATE, channels: int = 1, width: int = 2) -> bytes:
    """``samples`` in [-1, 1], the same in every channel."""
    scaled = np.rint(samples * (2 ** (8 * width - 1) - 1)).astype({1: "<i1", 2: "<i2", 4: "<i4"}[width])
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setparams((channels, width, rate, 0, "NONE", ""))
        out.writeframes(np.repeat(scaled, channels).tobytes())
    return file.getvalue()


def price() -> NDArray[np.float64]:
    with wave.open(io.BytesIO(PRICE)) as file:
        return np.frombuffer(file.readframes(file.getnframes()), "<i2") / 32768


def tone(seconds: float = 2.0) -> NDArray[np.float64]:
    return np.asarray(0.3 * np.sin(2 * np.pi * 440 * np.arange(int(RATE * seconds)) / RATE))


def hear(transcriber: Transcriber, data: bytes) -> Transcript:
    return transcriber.transcribe(io.BytesIO(data), "audio/wav")


def share_of_wrong_words(heard: str, said: str) -> float:
    """The word error rate: insertions, deletions and substitutions by the number of words that were said."""
    words, costs = said.split(), list(range(len(said.split()) + 1))
    for row, one in enumerate(heard.split(), start=1):
        above, costs[0] = costs[0], row
        for column, other in enumerate(words, start=1):
            above, costs[column] = costs[column], min(above + (one != other), costs[column] + 1, costs[column - 1] + 1)
    return costs[-1] / len(words)


def test_what_was_said_is_heard(transcriber: Transcriber) -> None:
    assert share_of_wrong_words(hear(transcriber, PRICE).text, SAID) <= 0.15


def test_segments_lie_in_the_recording_in_order_of_time(transcriber: Transcriber) -> None:
    heard = hear(transcriber, PRICE)
    times = [0.0, *(time for segment in heard.segments for time in (segment.start, segment.end)), heard.duration]
    assert times == sorted(times)


def test_words_are_where_they_were_said(transcriber: Transcriber) -> None:
    (segment,) = hear(transcriber, PRICE).segments
    assert [segment.start, segment.end] == pytest.approx([0.13, 2.5], abs=0.15)


def test_a_confidence_is_a_probability(transcriber: Transcriber) -> None:
    assert all(s.confidence is None or 0 <= s.confidence <= 1 for s in hear(transcriber, PRICE).segments)


def test_the_duration_is_that_of_the_recording(transcriber: Transcriber) -> None:
    assert hear(transcriber, PRICE).duration == pytest.approx(len(price()) / RATE, abs=0.01)


def test_a_transcript_names_its_language_and_model(transcriber: Transcriber) -> None:
    heard = hear(transcriber, PRICE)
    assert (heard.language, heard.model) == ("en", transcriber.model)


@pytest.mark.parametrize("seconds", [0, 0.001, 3])
def test_silence_has_no_segment(transcriber: Transcriber, seconds: float) -> None:
    heard = hear(transcriber, wav(np.zeros(int(RATE * seconds))))
    assert (heard.segments, heard.text, heard.duration) == ((), "", seconds)


@pytest.mark.parametrize("media_type", ["audio/wav", "audio/x-wav", "Audio/WAV", "audio/wav; codecs=1"])
def test_the_media_types_of_wav_are_understood(transcriber: Transcriber, media_type: str) -> None:
    assert transcriber.transcribe(io.BytesIO(wav(np.zeros(1_600))), media_type).segments == ()


@pytest.mark.parametrize("media_type", ["audio/mpeg", "video/mp4", "", "audio/wave2"])
def test_another_media_type_is_refused_with_the_remedy(transcriber: Transcriber, media_type: str) -> None:
    with pytest.raises(InvalidInput, match="Save the recording as"):
        transcriber.transcribe(io.BytesIO(PRICE), media_type)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"RIFF",
        b"ID3\x04 this is no WAV",
        PRICE[:30],
        PRICE[: len(PRICE) // 2],
        wav(tone(), width=1),
        wav(tone(), width=4),
    ],
    ids=["empty", "four bytes", "mp3", "header cut", "data cut", "8 bit", "32 bit"],
)
def test_a_file_that_is_not_what_it_claims_is_refused_with_the_remedy(transcriber: Transcriber, data: bytes) -> None:
    with pytest.raises(InvalidInput, match="Save the recording as"):
        hear(transcriber, data)


def test_two_callers_at_once_hear_the_same(transcriber: Transcriber) -> None:
    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(lambda _: hear(transcriber, PRICE), range(2))
    assert first == second


def test_what_was_heard_before_changes_nothing(case: Case, transcriber: Transcriber) -> None:
    hear(transcriber, wav(np.zeros(RATE)))
    hear(transcriber, PRICE)
    assert hear(transcriber, PRICE) == hear(case.make(), PRICE)


@pytest.mark.parametrize(("rate", "channels"), [(8_000, 1), (44_100, 2), (48_000, 6)])
def test_any_rate_and_number_of_channels_is_heard(listener: Transcriber, rate: int, channels: int) -> None:
    from scipy.signal import resample

    samples = np.clip(resample(price(), len(price()) * rate // RATE), -1, 1)
    heard = hear(listener, wav(samples, rate, channels))
    assert share_of_wrong_words(heard.text, SAID) <= 0.3


def test_speech_after_a_pause_is_a_segment_of_its_own(listener: Transcriber) -> None:
    twice = np.concatenate([price(), np.zeros(RATE), price()])
    first, second = hear(listener, wav(twice)).segments
    assert second.start - first.start == pytest.approx(len(price()) / RATE + 1, abs=0.1)


def test_steady_sound_has_no_segment(listener: Transcriber) -> None:
    noise = np.random.default_rng(5).normal(0, 0.1, 2 * RATE).clip(-1, 1)
    assert hear(listener, wav(np.concatenate([tone(), noise]) * 0.5)).text == ""


def test_beeps_are_not_words(listener: Transcriber) -> None:
    beeps = np.concatenate([tone(0.5), np.zeros(RATE // 2)] * 3)
    assert hear(listener, wav(beeps)).text == ""


@pytest.mark.skipif(not EXAMPLES, reason="the example business has no recordings here")
def test_a_recording_of_the_example_business_has_words(listener: Transcriber) -> None:
    assert len(hear(listener, EXAMPLES[0].read_bytes()).text.split()) > 5


def test_a_recording_nobody_told_about_is_refused_by_who_does_not_listen(case: Case, transcriber: Transcriber) -> None:
    if case.listens:
        pytest.skip("it listens")
    with pytest.raises(InvalidInput, match="no transcript is known"):
        hear(transcriber, wav(tone()))
