"""Sound out of files: plain WAV by itself, everything else through ffmpeg."""

import io
import shutil
import struct
import subprocess
import sys
import wave
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.signal import resample_poly

from refleqt_adapters.transcriber import ffmpeg, sound
from refleqt_adapters.transcriber.decoding import SAMPLE_RATE, decoded
from refleqt_adapters.transcriber.downmix import one_channel
from refleqt_adapters.transcriber.pcm_wav import pcm_wav
from refleqt_adapters.transcriber.resampling import resampled
from refleqt_core.errors import InvalidInput, MissingProgram, Unavailable

Samples = NDArray[np.int16]
needs_ffmpeg = pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="there is no program ffmpeg here")
LENGTH = 3.0


def tone(seconds: float = LENGTH, rate: int = SAMPLE_RATE, hertz: float = 440) -> NDArray[np.float64]:
    return np.asarray(0.5 * np.sin(2 * np.pi * hertz * np.arange(round(seconds * rate)) / rate))


def wav(*channels: NDArray[np.float64], rate: int = SAMPLE_RATE, width: int = 2) -> bytes:
    scaled = np.rint(np.stack(channels, axis=1) * (2 ** (8 * width - 1) - 1)).astype("<i8")
    if width == 1:
        scaled += 128
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setparams((len(channels), width, rate, 0, "NONE", ""))
        out.writeframes(scaled.reshape(-1, 1).view(np.uint8)[:, :width].tobytes())
    return file.getvalue()


def samples_of(audio: BinaryIO | bytes) -> Samples:
    file = io.BytesIO(audio) if isinstance(audio, bytes) else audio
    with decoded(file, "audio/wav") as found:
        return np.concatenate([np.empty(0, np.int16), *found.blocks()])


def level(samples: Samples) -> float:
    """The loudness of all but the edges; that of `tone` is 0.354."""
    return float(np.sqrt(np.square(samples[2000:-2000] / 32768).mean()))


@pytest.fixture
def made(tmp_path: Path) -> Iterator["Made"]:
    yield Made(tmp_path)


class Made:
    """Recordings that ffmpeg makes of `tone`."""

    def __init__(self, folder: Path):
        self._folder = folder

    def __call__(self, name: str, *arguments: str, of: bytes | None = None) -> Path:
        source, file = self._folder / "source.wav", self._folder / name
        source.write_bytes(of or wav(tone()))
        run = ["ffmpeg", "-v", "error", "-y", "-i", str(source), *arguments, str(file)]
        subprocess.run(run, check=True, stdin=subprocess.DEVNULL)
        return file


@pytest.mark.parametrize("width", [1, 2, 3, 4])
def test_wav_of_any_width_is_the_same_sound(width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    heard = samples_of(wav(tone(), width=width))
    assert heard == pytest.approx(tone() * 32767, abs=260 if width == 1 else 2)


@pytest.mark.parametrize("rate", [8_000, 11_025, 22_050, 44_100, 48_000, 96_000])
def test_wav_of_any_rate_is_the_same_sound(rate: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    heard = samples_of(wav(tone(rate=rate), rate=rate))
    assert heard[2000:-2000] == pytest.approx((tone() * 32767)[2000:-2000], abs=330)


def test_what_is_above_8_khz_does_not_come_back_as_another_tone() -> None:
    assert level(samples_of(wav(tone(rate=44_100, hertz=12_000), rate=44_100))) < 0.001


@pytest.mark.parametrize("channels", [2, 3, 6])
def test_channels_are_averaged(channels: int) -> None:
    quiet = [np.zeros(int(LENGTH * SAMPLE_RATE))] * (channels - 1)
    assert level(samples_of(wav(tone(), *quiet))) == pytest.approx(0.354 / channels, rel=0.01)


def test_loud_channels_do_not_overflow() -> None:
    loud = np.full(4_000, -1.0)
    assert samples_of(wav(loud, loud)).max() < -32_000


@pytest.mark.parametrize("share", [1.0, 0.9, 0.7])
def test_channels_of_opposite_phase_do_not_cancel_out(share: float) -> None:
    assert level(samples_of(wav(tone(), -share * tone()))) == pytest.approx(0.354, rel=0.01)


@needs_ffmpeg
@pytest.mark.parametrize("name", ["tone.flac", "tone.mp3"])
def test_channels_of_opposite_phase_do_not_cancel_out_in_any_format(made: "Made", name: str) -> None:
    with made(name, of=wav(tone(), -tone())).open("rb") as file:
        assert level(samples_of(file)) == pytest.approx(0.354, rel=0.1)


@needs_ffmpeg
def test_two_channels_of_any_format_are_averaged_where_one_is_quiet(made: "Made") -> None:
    with made("tone.flac", of=wav(tone(), 0 * tone())).open("rb") as file:
        assert level(samples_of(file)) == pytest.approx(0.177, rel=0.02)


def test_nothing_clicks_where_the_channels_begin_to_cancel_out() -> None:
    left, turned = tone(hertz=100.125), np.where(np.arange(LENGTH * SAMPLE_RATE) < SAMPLE_RATE * 1.5, 1, -1)
    heard = samples_of(wav(left, left * turned)).astype(int)
    assert np.abs(np.diff(heard[int(1.6 * SAMPLE_RATE) :])).max() < 1.2 * np.abs(np.diff(left * 32768)).max()
    assert level(heard[2 * SAMPLE_RATE :].astype(np.int16)) == pytest.approx(0.354, rel=0.02)


def test_silence_between_words_changes_nothing_in_the_mix() -> None:
    second, silence = tone(1.0), np.zeros(SAMPLE_RATE)
    blocks = [np.stack([side, -side], axis=1) * 32767 for side in (second, silence, second)]
    heard = np.concatenate(list(one_channel(blocks)))
    assert heard == pytest.approx(np.concatenate([second, silence, second]) * 32767, abs=1)


@needs_ffmpeg
@pytest.mark.parametrize("channels", [0, 65_535])
def test_a_wav_of_no_channels_or_of_too_many_is_refused(channels: int) -> None:
    data = bytearray(wav(tone()))
    data[22:24] = struct.pack("<H", channels)
    with pytest.raises(InvalidInput, match="no recording"):
        samples_of(bytes(data))


@pytest.mark.parametrize("size", [1, 200_000, (1 << 20) + 1])
def test_bytes_that_are_all_zero_are_told_for_what_they_are(size: int) -> None:
    with pytest.raises(InvalidInput, match="no recording: all its bytes are zero"):
        samples_of(bytes(size))


@pytest.mark.parametrize("text", ["#EXTM3U\nsong.mp3\n", "\ufeff#EXTM3U\n", "[playlist]\nFile1=song.mp3\n"])
def test_a_playlist_is_told_for_what_it_is(text: str) -> None:
    with pytest.raises(InvalidInput, match="a list that names recordings and holds none"):
        samples_of(text.encode())


@pytest.mark.parametrize("announced", [0xFFFFFFFF, 0x7FFFFFFF])
def test_a_wav_that_was_written_into_a_pipe_ends_where_the_file_does(announced: int) -> None:
    data = bytearray(wav(tone()))
    data[40:44] = struct.pack("<I", announced)
    with decoded(io.BytesIO(bytes(data)), "") as found:
        assert (found.seconds, sum(map(len, found.blocks()))) == (LENGTH, LENGTH * SAMPLE_RATE)


def test_a_wav_that_is_cut_off_says_how_much_of_it_is_there() -> None:
    data = wav(tone())
    with pytest.raises(InvalidInput, match=r"cut off: it holds 1\.5 of the 3\.0 seconds"):
        samples_of(data[: 44 + (len(data) - 44) // 2])


@pytest.mark.parametrize("seconds", [0, 0.5])
def test_all_zero_sound_is_sound(seconds: float) -> None:
    heard = samples_of(wav(tone(seconds) * 0))
    assert len(heard) == seconds * SAMPLE_RATE and not heard.any()


@settings(max_examples=200, deadline=None)
@given(place=st.integers(0, 43), byte=st.integers(0, 255))
def test_a_wav_header_with_a_wrong_byte_is_read_or_refused_or_left_to_ffmpeg(place: int, byte: int) -> None:
    data = bytearray(wav(np.zeros(16), np.zeros(16)))
    data[place] = byte
    try:
        found = pcm_wav(io.BytesIO(bytes(data)))
    except InvalidInput:
        return
    assert found is None or sum(map(len, found.blocks())) <= 256


def test_a_header_of_thousands_of_channels_is_not_believed() -> None:
    data = bytearray(wav(np.zeros(100_000)))
    data[22:24], data[32:34] = struct.pack("<H", 20_000), struct.pack("<H", 40_000)
    assert pcm_wav(io.BytesIO(bytes(data))) is None


@settings(max_examples=40, deadline=None)
@given(
    cuts=st.lists(st.integers(0, 5_000), max_size=8),
    rate=st.sampled_from([8_000, 11_025, 44_100, 48_000, 16_001]),
    seed=st.integers(0, 9),
)
def test_resampling_in_pieces_is_resampling_in_one(cuts: list[int], rate: int, seed: int) -> None:
    whole = np.random.default_rng(seed).integers(-9_000, 9_000, 5_000, dtype=np.int16)
    pieces = np.split(whole, sorted(cuts))
    done = np.concatenate([np.empty(0, np.int16), *resampled(pieces, rate, SAMPLE_RATE)])
    common = np.gcd(rate, SAMPLE_RATE)
    assert np.abs(done - resample_poly(whole.astype(float), SAMPLE_RATE // common, rate // common)).max() <= 0.5001


@needs_ffmpeg
@pytest.mark.parametrize(
    "name", ["tone.mp3", "tone.m4a", "tone.ogg", "tone.opus", "tone.webm", "tone.flac", "tone.mp4", "tone.aiff"]
)
def test_a_recording_of_any_format_is_the_same_sound(made: Made, name: str) -> None:
    both = tone(rate=48_000)
    with made(name, of=wav(both, both, rate=48_000)).open("rb") as file:
        heard = samples_of(file)
    assert len(heard) / SAMPLE_RATE == pytest.approx(LENGTH, abs=0.15)
    assert level(heard) == pytest.approx(0.354, rel=0.1)


@needs_ffmpeg
@pytest.mark.parametrize("name", ["tone.mp3", "tone.m4a", "tone.ogg", "tone.flac", "tone.webm"])
def test_the_length_is_known_before_the_sound_is_read(made: Made, name: str) -> None:
    with made(name).open("rb") as file, decoded(file, "") as found:
        assert found.seconds == pytest.approx(LENGTH, abs=0.15)


@needs_ffmpeg
def test_a_film_is_heard_and_its_pictures_are_not_looked_at(made: Made) -> None:
    film = made("film.mp4", "-f", "lavfi", "-i", "color=black:s=16x16:r=1", "-shortest")
    assert len(samples_of(film.read_bytes())) / SAMPLE_RATE == pytest.approx(LENGTH, abs=0.2)


@needs_ffmpeg
def test_a_film_without_sound_is_refused(made: Made) -> None:
    film = made("film.mp4", "-f", "lavfi", "-i", "color=black:s=16x16:r=1:d=1", "-map", "1:v")
    with pytest.raises(InvalidInput, match="there is no sound in it"):
        samples_of(film.read_bytes())


@needs_ffmpeg
def test_a_file_whose_name_has_the_wrong_ending_is_heard(made: Made, tmp_path: Path) -> None:
    wrong = made("tone.mp3").rename(tmp_path / "http:evil.wav")
    with wrong.open("rb") as file:
        assert len(samples_of(file)) > 2 * SAMPLE_RATE


@needs_ffmpeg
@pytest.mark.parametrize("name", ["tone.flac", "tone.mp3", "tone.webm"])
def test_a_recording_that_is_cut_off_is_refused(made: Made, name: str) -> None:
    data = made(name).read_bytes()
    with pytest.raises(InvalidInput, match="cut off or damaged"):
        samples_of(data[: len(data) // 2])


@needs_ffmpeg
def test_a_recording_whose_index_is_cut_off_is_refused(made: Made) -> None:
    data = made("tone.m4a").read_bytes()
    with pytest.raises(InvalidInput, match="or it is damaged"):
        samples_of(data[: len(data) // 2])


@needs_ffmpeg
def test_a_scratch_in_the_middle_costs_only_what_is_there(made: Made) -> None:
    data = bytearray(made("tone.mp3").read_bytes())
    data[len(data) // 2 : len(data) // 2 + 40] = bytes(40)
    assert len(samples_of(bytes(data))) / SAMPLE_RATE == pytest.approx(LENGTH, abs=0.3)


@needs_ffmpeg
@pytest.mark.parametrize(
    "text",
    ["#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n{other}\n", "ffconcat version 1.0\nfile '{other}'\n"],
    ids=["m3u8", "concat"],
)
def test_a_list_of_recordings_opens_none_of_them(made: Made, text: str) -> None:
    data = text.format(other=made("tone.wav")).encode()
    with pytest.raises(InvalidInput, match="it is no recording but something else"):
        samples_of(data)


@needs_ffmpeg
def test_gaps_in_a_recording_stay_gaps(made: Made) -> None:
    """So that the seconds of words are those at which a player plays them."""
    gap = made("gap.webm", "-af", "asetpts=PTS+gt(T\\,1)*2/TB", "-c:a", "libopus")
    assert len(samples_of(gap.read_bytes())) / SAMPLE_RATE == pytest.approx(LENGTH + 2, abs=0.2)


@needs_ffmpeg
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits the memory of another process")
def test_a_gap_of_a_day_does_not_fill_the_memory(made: Made) -> None:
    gap = made("gap.webm", "-af", "asetpts=PTS+gt(T\\,1)*86000/TB", "-c:a", "libopus")
    with pytest.raises((InvalidInput, Unavailable)):
        samples_of(gap.read_bytes())


@needs_ffmpeg
def test_ffmpeg_has_ended_when_the_reader_stops_early(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[subprocess.Popen[bytes]] = []

    class Watched(subprocess.Popen[bytes]):
        def __init__(self, *args: object, **options: object):
            super().__init__(*args, **options)  # type: ignore[call-overload]
            started.append(self)

    long = made("long.flac", of=wav(tone(120)))
    monkeypatch.setattr(ffmpeg.subprocess, "Popen", Watched)
    with long.open("rb") as file, decoded(file, "") as found:
        next(found.blocks())
        assert started[-1].poll() is None
    assert started[-1].returncode is not None


@needs_ffmpeg
def test_a_file_that_holds_more_hours_than_anybody_talks_is_refused(
    made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sound, "LONGEST_HOURS", 2 / 3600)
    with pytest.raises(InvalidInput, match="longer than"):
        samples_of(made("tone.flac").read_bytes())


def test_without_ffmpeg_the_remedy_is_the_command_that_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(MissingProgram, match=r"apt install ffmpeg.*brew install ffmpeg"):
        samples_of(b"ID3\4 and so on")


def test_a_recording_is_read_from_where_its_file_is_on(tmp_path: Path) -> None:
    file = tmp_path / "two.bin"
    file.write_bytes(b"before" + wav(tone()))
    with file.open("rb") as audio:
        audio.seek(6)
        assert len(samples_of(audio)) == LENGTH * SAMPLE_RATE


def test_what_cannot_be_sought_in_is_read_all_the_same() -> None:
    class Pipe(io.BytesIO):
        def seek(self, *_: object) -> int:
            raise io.UnsupportedOperation("seek")

    assert len(samples_of(Pipe(wav(tone())))) == LENGTH * SAMPLE_RATE


def test_a_file_stays_open_for_its_owner(tmp_path: Path) -> None:
    with ExitStack() as stack:
        (tmp_path / "tone.wav").write_bytes(wav(tone()))
        audio = stack.enter_context((tmp_path / "tone.wav").open("rb"))
        samples_of(audio)
        assert not audio.closed
