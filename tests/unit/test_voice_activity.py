"""Where in a recording somebody speaks."""

import os
import shutil
import subprocess
import wave
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from refleqt_adapters.transcriber.decoding import decoded
from refleqt_adapters.transcriber.voice_activity import Utterance, speech

SHARED = Path(os.environ.get("REFLEQT_SHARED_DATA", Path(__file__).parents[3] / "shared" / "data"))
JFK = SHARED / "speech" / "jfk.flac"
RATE = 16_000
Samples = NDArray[np.int16]


def spoken() -> Samples:
    """2.7 s of a voice without a pause: we should raise the price of the small plan."""
    with wave.open(str(Path(__file__).parents[1] / "contract" / "recordings" / "price.wav")) as file:
        return np.frombuffer(file.readframes(file.getnframes()), "<i2")


PRICE = spoken()


def silence(seconds: float) -> Samples:
    return np.zeros(int(seconds * RATE), np.int16)


def said_in(*parts: Samples, block: int = RATE) -> list[Utterance]:
    whole = np.concatenate(parts)
    return list(speech(whole[at : at + block] for at in range(0, len(whole), block)))


def spans(*parts: Samples) -> list[tuple[float, float]]:
    """Seconds from and to which somebody speaks."""
    return [(each.start, each.start + len(each.samples) / RATE) for each in said_in(*parts)]


def test_an_utterance_has_all_that_is_said_and_a_margin() -> None:
    ((start, end),) = spans(silence(2), PRICE, silence(2))
    assert 1.8 < start < 2.15 and 4.55 < end < 5.0


def test_an_utterance_holds_the_very_samples_of_its_time() -> None:
    whole = np.concatenate([silence(1), PRICE, silence(1)])
    (utterance,) = said_in(whole)
    first = round(utterance.start * RATE)
    assert np.array_equal(utterance.samples, whole[first : first + len(utterance.samples)])


@pytest.mark.parametrize(("pause", "utterances"), [(0.1, 1), (1.0, 2)])
def test_a_long_pause_ends_an_utterance_and_a_short_one_does_not(pause: float, utterances: int) -> None:
    assert len(spans(PRICE, silence(pause), PRICE)) == utterances


def test_a_voice_that_the_recording_begins_and_ends_with_is_heard() -> None:
    ((start, end),) = spans(PRICE[RATE // 2 : 2 * RATE])
    assert start < 0.1 and end == pytest.approx(1.5, abs=0.1)


def test_a_quiet_voice_is_heard() -> None:
    assert len(spans(silence(1), (PRICE / 30).astype(np.int16), silence(1))) == 1


def test_a_voice_over_noise_is_heard() -> None:
    noise = np.random.default_rng(1).normal(0, 300, len(PRICE) + 2 * RATE)
    ((start, end),) = spans((noise + np.concatenate([silence(1), PRICE, silence(1)])).astype(np.int16))
    assert start < 1.3 and end > 3.3


@pytest.mark.parametrize("amplitude", [0, 3, 300, 9000])
def test_noise_of_any_loudness_is_no_utterance(amplitude: float) -> None:
    assert spans(np.random.default_rng(0).normal(0, amplitude, 3 * RATE).clip(-32768, 32767).astype(np.int16)) == []


def test_a_click_is_no_utterance() -> None:
    assert spans(silence(1), PRICE[RATE : RATE + 800], silence(1)) == []


def test_a_minute_without_a_pause_is_cut_in_utterances_of_at_most_30_seconds_that_join() -> None:
    cut = spans(*[PRICE[RATE // 4 : 2 * RATE]] * 36)
    assert len(cut) > 1 and all(end - start <= 30 for start, end in cut)
    assert [end for _, end in cut[:-1]] == pytest.approx([start for start, _ in cut[1:]])


def test_the_cut_is_where_it_is_quietest() -> None:
    talk = [PRICE[RATE // 4 : 2 * RATE]] * 11
    first, _ = spans(*talk, silence(0.15), *talk)[:2]
    assert first[1] == pytest.approx(11 * 1.75 + 0.075, abs=0.11)


def test_what_is_heard_is_given_before_the_rest_is_read() -> None:
    read = 0

    def blocks() -> Iterator[Samples]:
        nonlocal read
        for part in (PRICE, silence(1), silence(1), PRICE):
            read += 1
            yield part

    next(speech(blocks()))
    assert read == 2


@pytest.mark.skipif(not JFK.is_file(), reason="the shared data folder is absent; REFLEQT_SHARED_DATA names it")
@pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="there is no program ffmpeg here")
@pytest.mark.parametrize("variant", [(), ("-ar", "8000", "-ac", "1"), ("-b:a", "24k"), ("-filter:a", "volume=0.05")])
def test_a_man_of_1961_in_a_hall_is_heard_where_he_speaks(variant: tuple[str, ...], tmp_path: Path) -> None:
    file = tmp_path / ("jfk.mp3" if "-b:a" in variant else "jfk.flac")
    subprocess.run(["ffmpeg", "-v", "error", "-i", JFK, *variant, file], check=True, stdin=subprocess.DEVNULL)
    with file.open("rb") as audio, decoded(audio, "") as sound:
        starts = [utterance.start for utterance in speech(sound.blocks())]
    assert starts == pytest.approx([0.1, 3.1, 5.2, 7.9], abs=0.35)


@settings(max_examples=8, deadline=None)
@given(block=st.integers(1, 40_000))
def test_the_blocks_that_sound_comes_in_change_nothing(block: int) -> None:
    parts = (PRICE[: 2 * RATE], silence(0.8), PRICE[RATE : 2 * RATE + 77])
    assert [(each.start, len(each.samples)) for each in said_in(*parts, block=block)] == [
        (each.start, len(each.samples)) for each in said_in(*parts)
    ]


@settings(max_examples=15, deadline=None)
@given(parts=st.lists(st.tuples(st.booleans(), st.integers(0, 20_000)), max_size=6))
def test_utterances_are_in_order_and_in_the_recording(parts: list[tuple[bool, int]]) -> None:
    recording = [silence(0), *(PRICE[:length] if voice else np.zeros(length, np.int16) for voice, length in parts)]
    found = spans(*recording)
    assert all(one[1] <= other[0] for one, other in pairwise(found))
    assert all(0 <= start < end <= sum(map(len, recording)) / RATE for start, end in found)
