"""What the Transcriber promises, over every adapter of it."""

import hashlib
import io
import shutil
import struct
import subprocess
import wave
import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

import attrs
import numpy as np
import pytest
from numpy.typing import NDArray
from speech_servers import DeepgramServer, WhisperServer, running
from tiny_whisper import write_checkpoint

from refleqt_adapters.transcriber.memory import MemoryTranscriber
from refleqt_adapters.transcriber.pocketsphinx import PocketSphinxTranscriber
from refleqt_core.errors import InvalidInput
from refleqt_core.ports import Segment, Transcriber, Transcript

PRICE = (Path(__file__).parent / "recordings" / "price.wav").read_bytes()
"""Spoken by flite's voice rms: 2.7 s, 16 kHz, one channel."""
SAID = "we should raise the price of the small plan"
RATE = 16_000
EXAMPLES = sorted((Path(__file__).parents[2] / "examples" / "business" / "activities").glob("*.wav"))


pytestmark = pytest.mark.filterwarnings("ignore:unclosed file.*tiktoken:ResourceWarning")  # Whisper leaves it open


@attrs.frozen(kw_only=True)
class Case:
    name: str
    make: Callable[[pytest.FixtureRequest], Transcriber]
    listens: bool = True
    """Whether it hears recordings that nobody told it about."""
    understands: bool = True
    """Whether its words are those that were said; a model of random weights writes any."""
    package: str = "numpy"
    """What has to be installed for it."""
    extra: str = ""


def told(_request: pytest.FixtureRequest) -> Transcriber:
    segment = Segment(start=0.13, end=2.56, text=SAID, confidence=1.0)
    known = Transcript(segments=(segment,), language="en", model="memory", duration=2.69)
    return MemoryTranscriber({hashlib.sha256(PRICE).hexdigest(): known})


def pocketsphinx(_request: pytest.FixtureRequest) -> Transcriber:
    return PocketSphinxTranscriber()


def whisper(request: pytest.FixtureRequest) -> Transcriber:
    from refleqt_adapters.transcriber.whisper import WhisperTranscriber

    return WhisperTranscriber(request.getfixturevalue("checkpoint"), threads=1)


def hosted_whisper(request: pytest.FixtureRequest) -> Transcriber:
    from refleqt_adapters.transcriber.litellm import LiteLLMTranscriber

    server: WhisperServer = request.getfixturevalue("whisper_server")
    return LiteLLMTranscriber("openai/whisper-1", api_base=f"{server.url}/v1", api_key="none")


def deepgram(request: pytest.FixtureRequest) -> Transcriber:
    from refleqt_adapters.transcriber.deepgram import DeepgramTranscriber

    return DeepgramTranscriber(api_base=request.getfixturevalue("deepgram_server").url, api_key="none")


CASES = [
    Case(name="memory", make=told, listens=False),
    Case(name="pocketsphinx", make=pocketsphinx),
    Case(name="whisper", make=whisper, understands=False, package="whisper", extra="whisper"),
    Case(name="litellm", make=hosted_whisper, package="litellm", extra="hosted"),
    Case(name="deepgram", make=deepgram, package="httpx", extra="hosted"),
]


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_checkpoint(tmp_path_factory.mktemp("whisper") / "tiny.pt")


@pytest.fixture(scope="module")
def whisper_server() -> Iterator[WhisperServer]:
    with running(WhisperServer()) as server:
        yield server


@pytest.fixture(scope="module")
def deepgram_server() -> Iterator[DeepgramServer]:
    with running(DeepgramServer()) as server:
        yield server


@pytest.fixture(scope="module", params=CASES, ids=lambda case: case.name)
def case(request: pytest.FixtureRequest) -> Case:
    made: Case = request.param
    if find_spec(made.package) is None:
        pytest.skip(f"{made.package} is not installed (pip install 'refleqt[{made.extra}]')")
    return made


@pytest.fixture(scope="module")
def another(case: Case, request: pytest.FixtureRequest) -> Callable[[], Transcriber]:
    return partial(case.make, request)


@pytest.fixture(scope="module")
def transcriber(another: Callable[[], Transcriber]) -> Transcriber:
    return another()


@pytest.fixture
def listener(case: Case, transcriber: Transcriber) -> Transcriber:
    if not case.listens:
        pytest.skip("it knows only what it was told, and says so")
    return transcriber


@pytest.fixture
def knower(case: Case, transcriber: Transcriber) -> Transcriber:
    if not case.understands:
        pytest.skip("its words are any")
    return transcriber


@pytest.fixture
def reader(knower: Transcriber, listener: Transcriber) -> Transcriber:
    """Hears any recording, and writes what is said in it."""
    return listener


needs_ffmpeg = pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="there is no program ffmpeg here")

FORMATS = ("mp3", "m4a", "ogg", "webm", "flac")


@cache
def recording(kind: str) -> bytes:
    """`PRICE` as ffmpeg writes that format."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / f"price.{kind}"
        subprocess.run(["ffmpeg", "-v", "error", "-i", "pipe:0", str(file)], input=PRICE, check=True)
        return file.read_bytes()


def picture() -> bytes:
    """A PNG of one black dot."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0\0")) + chunk(b"IEND", b"")


def wav(samples: NDArray[np.float64], rate: int = RATE, channels: int = 1, width: int = 2) -> bytes:
    """``samples`` in [-1, 1], the same in every channel."""
    scaled = np.rint(samples * (2 ** (8 * width - 1) - 1) + (128 if width == 1 else 0))
    scaled = scaled.astype({1: "u1", 2: "<i2", 4: "<i4"}[width])
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


def test_what_was_said_is_heard(knower: Transcriber) -> None:
    assert share_of_wrong_words(hear(knower, PRICE).text, SAID) <= 0.15


def test_segments_lie_in_the_recording_in_order_of_time(transcriber: Transcriber) -> None:
    heard = hear(transcriber, PRICE)
    times = [0.0, *(time for segment in heard.segments for time in (segment.start, segment.end)), heard.duration]
    assert times == sorted(times)


def test_words_are_where_they_were_said(knower: Transcriber) -> None:
    (segment,) = hear(knower, PRICE).segments
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
    assert (heard.segments, heard.text, heard.duration, heard.language) == ((), "", seconds, "und")


@pytest.mark.parametrize("media_type", ["audio/wav", "Audio/X-WAV; codecs=1", "audio/mpeg", "video/mp4", ""])
def test_the_media_type_is_a_hint_and_what_a_file_is_its_content_says(
    transcriber: Transcriber, media_type: str
) -> None:
    assert transcriber.transcribe(io.BytesIO(PRICE), media_type) == hear(transcriber, PRICE)


@pytest.mark.parametrize(
    "data", [b"", PRICE[: len(PRICE) // 2], PRICE[:1000]], ids=["no bytes", "cut in half", "cut soon"]
)
def test_a_recording_that_is_not_whole_is_refused_with_the_remedy(transcriber: Transcriber, data: bytes) -> None:
    with pytest.raises(InvalidInput, match="save it anew"):
        hear(transcriber, data)


@needs_ffmpeg
@pytest.mark.parametrize(
    "data",
    [b"RIFF", b"ID3\x04 this is no recording", PRICE[:30], picture(), b"#EXTM3U\n#EXTINF:1,\nfile:///etc/hostname\n"],
    ids=["four bytes", "text", "header cut", "picture", "playlist"],
)
def test_what_is_no_recording_is_refused_with_the_remedy(transcriber: Transcriber, data: bytes) -> None:
    with pytest.raises(InvalidInput, match=r"save it anew|the recordings that it names"):
        hear(transcriber, data)


def test_progress_counts_up_to_the_end_of_the_recording(transcriber: Transcriber) -> None:
    told: list[tuple[float, float | None]] = []
    transcriber.transcribe(io.BytesIO(PRICE), "audio/wav", progress=lambda *so_far: told.append(so_far))
    heard = [seconds for seconds, _ in told]
    assert heard == sorted(heard) and told[-1] == pytest.approx((len(price()) / RATE,) * 2, abs=0.01)


def test_two_callers_at_once_hear_the_same(transcriber: Transcriber) -> None:
    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(lambda _: hear(transcriber, PRICE), range(2))
    assert first == second


def test_what_was_heard_before_changes_nothing(another: Callable[[], Transcriber], transcriber: Transcriber) -> None:
    hear(transcriber, wav(np.zeros(RATE)))
    hear(transcriber, PRICE)
    assert hear(transcriber, PRICE) == hear(another(), PRICE)


@pytest.mark.parametrize(("rate", "channels"), [(8_000, 1), (44_100, 2), (48_000, 6)])
def test_any_rate_and_number_of_channels_is_heard(reader: Transcriber, rate: int, channels: int) -> None:
    from scipy.signal import resample

    samples = np.clip(resample(price(), len(price()) * rate // RATE), -1, 1)
    heard = hear(reader, wav(samples, rate, channels))
    assert share_of_wrong_words(heard.text, SAID) <= 0.3


def test_speech_after_a_pause_is_a_segment_of_its_own(listener: Transcriber) -> None:
    twice = np.concatenate([price(), np.zeros(RATE), price()])
    first, second = hear(listener, wav(twice)).segments
    assert second.start - first.start == pytest.approx(len(price()) / RATE + 1, abs=0.2)


@pytest.mark.parametrize("width", [1, 4])
def test_samples_of_any_width_are_heard(reader: Transcriber, width: int) -> None:
    assert share_of_wrong_words(hear(reader, wav(price(), width=width)).text, SAID) <= 0.3


@needs_ffmpeg
@pytest.mark.parametrize("kind", FORMATS)
def test_any_format_is_heard_whatever_it_came_as(reader: Transcriber, kind: str) -> None:
    heard = hear(reader, recording(kind))
    assert share_of_wrong_words(heard.text, SAID) <= 0.3


def noise() -> NDArray[np.float64]:
    return np.random.default_rng(5).normal(0, 0.1, 2 * RATE).clip(-1, 1)


def beeps() -> NDArray[np.float64]:
    return np.concatenate([tone(0.5), np.zeros(RATE // 2)] * 3)


def melody() -> NDArray[np.float64]:
    """A scale on a plucked string: eight overtones that fade."""
    steps = np.array([0, 2, 4, 5, 7, 9, 11, 12, 11, 9, 7, 5, 4, 2, 0])
    time = np.arange(int(0.4 * RATE)) / RATE
    overtones = np.arange(1, 9)[:, None]
    notes = [(np.sin(2 * np.pi * 262 * 2 ** (step / 12) * time * overtones) / overtones).sum(0) for step in steps]
    return np.concatenate([0.2 * np.exp(-6 * time) * note for note in notes])


def drums() -> NDArray[np.float64]:
    time = np.arange(RATE // 4) / RATE
    hits = [np.sin(2 * np.pi * 60 * time), np.random.default_rng(3).normal(0, 0.5, len(time))]
    return np.concatenate([0.5 * np.exp(-30 * time) * hits[beat % 2] for beat in range(24)])


@pytest.mark.parametrize(
    "sound", [tone(), noise(), beeps(), melody(), drums()], ids=["tone", "noise", "beeps", "melody", "drums"]
)
def test_what_nobody_says_is_no_word(listener: Transcriber, sound: NDArray[np.float64]) -> None:
    assert hear(listener, wav(sound)).segments == ()


def test_words_between_music_are_heard_and_the_music_is_not(reader: Transcriber) -> None:
    heard = hear(reader, wav(np.concatenate([melody(), price(), melody()])))
    assert share_of_wrong_words(heard.text, SAID) <= 0.3


@pytest.mark.skipif(not EXAMPLES, reason="the example business has no recordings here")
def test_a_recording_of_the_example_business_has_words(listener: Transcriber) -> None:
    assert len(hear(listener, EXAMPLES[0].read_bytes()).text.split()) > 5


def test_a_recording_nobody_told_about_is_refused_by_who_does_not_listen(case: Case, transcriber: Transcriber) -> None:
    if case.listens:
        pytest.skip("it listens")
    with pytest.raises(InvalidInput, match="no transcript is known"):
        hear(transcriber, wav(tone()))
