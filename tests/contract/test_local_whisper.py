"""What Whisper on this machine has to show beside what every transcriber promises."""

import io
import wave
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from tiny_whisper import MULTILINGUAL, write_checkpoint

from refleqt_adapters.transcriber.voice_activity import Utterance
from refleqt_core.errors import InvalidInput, MissingDependency
from refleqt_core.ports import Transcript

pytestmark = [
    pytest.mark.skipif(
        find_spec("whisper") is None, reason="openai-whisper is not installed (pip install 'refleqt[whisper]')"
    ),
    pytest.mark.filterwarnings("ignore:unclosed file.*tiktoken:ResourceWarning"),  # Whisper leaves it open
]

PRICE = (Path(__file__).parent / "recordings" / "price.wav").read_bytes()
NOISE = (np.random.default_rng(1).normal(0, 0.1, 16_000) * 32767).clip(-32768, 32767).astype(np.int16)


@pytest.fixture(scope="module")
def english(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_checkpoint(tmp_path_factory.mktemp("english") / "tiny.en.pt")


@pytest.fixture(scope="module")
def multilingual(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_checkpoint(tmp_path_factory.mktemp("multilingual") / "tiny.pt", vocabulary=MULTILINGUAL)


def whisper(checkpoint: Path, **options: Any) -> Any:
    from refleqt_adapters.transcriber.whisper import WhisperTranscriber

    return WhisperTranscriber(checkpoint, threads=1, **options)


def hear(checkpoint: Path, **options: Any) -> Transcript:
    heard: Transcript = whisper(checkpoint, **options).transcribe(io.BytesIO(PRICE), "audio/wav")
    return heard


def silence() -> bytes:
    """A second of it."""
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setparams((1, 2, 16_000, 0, "NONE", ""))
        out.writeframes(bytes(32_000))
    return file.getvalue()


class Scripted:
    """Stands for the model where what it is sure of has to be chosen: no weights are known to give it."""

    is_multilingual = False

    def __init__(self, *results: dict[str, Any]):
        self.results = list(results)
        self.temperatures: list[float] = []

    def decode(self, _features: Any, options: Any) -> Any:
        self.temperatures.append(options.temperature)
        usual = {"text": " Raise it.", "avg_logprob": -0.3, "no_speech_prob": 0.0, "compression_ratio": 1.0}
        return SimpleNamespace(**(usual | (self.results.pop(0) if self.results else {})))


@pytest.fixture
def scripted(english: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    def heard(*results: dict[str, Any]) -> tuple[Any, list[float]]:
        transcriber = whisper(english)
        transcriber._model()
        model = Scripted(*results)
        monkeypatch.setattr(transcriber, "_loaded", model)
        monkeypatch.setattr(transcriber, "_features", lambda _samples: SimpleNamespace(is_cuda=False))
        return transcriber._hear(Utterance(1.5, NOISE), "en"), model.temperatures

    yield heard


LOOP = {"text": " so so so so", "compression_ratio": 2.9}
GUESS = {"avg_logprob": -1.4}


def test_a_sure_text_is_taken_at_once(scripted: Any) -> None:
    segment, temperatures = scripted()
    assert (segment.text, segment.start, segment.end, temperatures) == ("Raise it.", 1.5, 2.5, [0.0])


@pytest.mark.parametrize("first", [LOOP, GUESS], ids=["loop", "guess"])
def test_a_loop_and_a_guess_are_sampled_anew(scripted: Any, first: dict[str, Any]) -> None:
    segment, temperatures = scripted(first, first)
    assert (segment.text, temperatures) == ("Raise it.", [0.0, 0.2, 0.4])


def test_what_goes_round_in_circles_to_the_last_is_left_out(scripted: Any) -> None:
    segment, temperatures = scripted(*[LOOP] * 6)
    assert segment is None and len(temperatures) == 6


def test_a_guess_at_silence_is_left_out(scripted: Any) -> None:
    assert scripted(*[GUESS | {"no_speech_prob": 0.7}] * 6)[0] is None


def test_a_guess_at_speech_is_kept_with_the_confidence_it_has(scripted: Any) -> None:
    segment, _ = scripted(*[GUESS] * 6)
    assert segment.confidence == pytest.approx(np.exp(-1.4))


@pytest.mark.parametrize("text", ["", " . . .", "…", "\n"])
def test_a_text_without_a_word_is_no_segment(scripted: Any, text: str) -> None:
    assert scripted({"text": text})[0] is None


def test_the_same_recording_gives_the_same_words_in_another_process_state(english: Path) -> None:
    import torch

    first = hear(english)
    torch.manual_seed(99)
    assert (hear(english), bool(first.segments)) == (first, True)


def test_the_random_numbers_of_others_are_left_alone(english: Path) -> None:
    import torch

    torch.manual_seed(5)
    expected = torch.rand(1)
    torch.manual_seed(5)
    hear(english)
    assert torch.rand(1) == expected


def test_another_checkpoint_of_the_same_name_is_another_model(english: Path, tmp_path: Path) -> None:
    other = write_checkpoint(tmp_path / english.name, seed=8)
    assert whisper(other).model != whisper(english).model
    assert whisper(english).model.startswith("whisper-20250625-tiny.en-")


def test_the_checkpoint_is_loaded_with_the_first_words(english: Path) -> None:
    transcriber = whisper(english)
    silent = transcriber.transcribe(io.BytesIO(silence()), "audio/wav")
    assert (transcriber._loaded, silent.language) == (None, "und")


def test_the_language_is_detected(multilingual: Path) -> None:
    from refleqt_adapters.transcriber.languages import language_code

    language = hear(multilingual).language
    assert len(language) in (2, 3) and language_code(language) == language != "und"


def test_a_language_that_is_set_is_not_detected(multilingual: Path) -> None:
    assert hear(multilingual, language="de").language == "de"


def test_a_checkpoint_for_english_refuses_another_language_with_the_remedy(english: Path) -> None:
    with pytest.raises(InvalidInput, match="REFLEQT_TRANSCRIBER_LANGUAGE"):
        hear(english, language="de")


@pytest.mark.parametrize("content", [b"", b"<html>not found</html>", b"version https://git-lfs.github.com/spec/v1"])
def test_a_file_that_is_no_checkpoint_is_refused_at_the_start_with_the_setting(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "base.pt"
    path.write_bytes(content)
    with pytest.raises(InvalidInput, match="REFLEQT_WHISPER_MODEL"):
        whisper(path)


@pytest.mark.parametrize("start", [b"PK\x03\x04", b"\x80\x02"], ids=["archive", "pickle"])
def test_a_broken_checkpoint_is_refused_with_the_setting(tmp_path: Path, start: bytes) -> None:
    path = tmp_path / "base.pt"
    path.write_bytes(start + bytes(200))
    with pytest.raises(InvalidInput, match="REFLEQT_WHISPER_MODEL"):
        hear(path)


def test_half_a_checkpoint_is_refused_with_the_setting(english: Path, tmp_path: Path) -> None:
    path = tmp_path / "base.pt"
    path.write_bytes(english.read_bytes()[: english.stat().st_size // 2])
    with pytest.raises(InvalidInput, match="REFLEQT_WHISPER_MODEL"):
        hear(path)


def test_a_checkpoint_of_another_kind_is_refused_with_the_setting(tmp_path: Path) -> None:
    import torch

    torch.save({"weights": torch.zeros(3)}, tmp_path / "other.pt")
    with pytest.raises(InvalidInput, match="REFLEQT_WHISPER_MODEL"):
        hear(tmp_path / "other.pt")


def test_a_checkpoint_that_would_run_code_is_refused(tmp_path: Path) -> None:
    import torch

    class Runs:
        def __reduce__(self) -> Any:
            return Path.touch, (tmp_path / "was here",)

    torch.save(Runs(), tmp_path / "evil.pt")
    with pytest.raises(InvalidInput, match="REFLEQT_WHISPER_MODEL"):
        hear(tmp_path / "evil.pt")
    assert not (tmp_path / "was here").exists()


@pytest.mark.parametrize("name", ["tiny", "base.en", "."])
def test_nothing_is_downloaded_for_a_name_that_is_no_file(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InvalidInput, match="REFLEQT_WHISPER_MODEL"):
        whisper(Path(name))


def test_without_the_package_the_remedy_is_named(english: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(name: str) -> str:
        raise PackageNotFoundError(name)

    monkeypatch.setattr("refleqt_adapters.transcriber.whisper.version", absent)
    with pytest.raises(MissingDependency, match=r"refleqt\[whisper\]"):
        whisper(english)
