"""Which transcriber hears is a setting, and what it lacks is told at the start."""

from importlib.util import find_spec
from pathlib import Path

import pytest
from pydantic import ValidationError

from refleqt_adapters.container import open_refleqt
from refleqt_adapters.settings import Settings
from refleqt_core.errors import InvalidInput

KEY = "sk-hunter2"


def settings(**changes: object) -> Settings:
    return Settings.in_memory(**changes)


@pytest.mark.parametrize(
    ("transcriber", "missing"),
    [("whisper", "WHISPER_MODEL"), ("litellm", "TRANSCRIBER_API_KEY"), ("deepgram", "TRANSCRIBER_API_KEY")],
)
def test_a_transcriber_that_lacks_something_names_what_is_to_be_set(transcriber: str, missing: str) -> None:
    with pytest.raises(ValidationError, match=f"set REFLEQT_{missing}"):
        settings(transcriber=transcriber)


@pytest.mark.parametrize("transcriber", ["litellm", "deepgram"])
def test_a_server_of_ones_own_needs_no_key(transcriber: str) -> None:
    assert settings(transcriber=transcriber, transcriber_api_base="http://127.0.0.1:9").transcriber == transcriber


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("transcriber", "dragon"),
        ("transcriber_model", ""),
        ("transcriber_api_base", "ftp://somewhere"),
        ("transcriber_api_base", f"https://user:{KEY}@somewhere"),
        ("transcriber_api_key", ""),
        ("transcriber_time_out", 0),
        ("transcriber_time_out", "soon"),
        ("transcriber_language", "german"),
    ],
)
def test_a_wrong_value_is_refused_by_name_and_not_repeated(name: str, value: object) -> None:
    with pytest.raises(ValidationError, match=name) as refused:
        settings(**{name: value})
    assert KEY not in str(refused.value)


def test_pocketsphinx_says_that_it_hears_english_only() -> None:
    with pytest.raises(ValidationError, match="English only"):
        settings(transcriber_language="de")


def test_the_key_is_not_shown_with_the_settings() -> None:
    assert KEY not in repr(settings(transcriber="deepgram", transcriber_api_key=KEY))


@pytest.mark.parametrize(
    ("changes", "model"),
    [
        ({"transcriber": "pocketsphinx"}, "pocketsphinx-"),
        ({"transcriber": "deepgram", "transcriber_api_key": KEY}, "deepgram-nova-3"),
        ({"transcriber": "deepgram", "transcriber_api_key": KEY, "transcriber_model": "nova-2"}, "deepgram-nova-2"),
    ],
)
def test_the_settings_choose_the_transcriber_and_its_model(changes: dict[str, object], model: str) -> None:
    pytest.importorskip("httpx")
    with open_refleqt(settings(**changes)) as refleqt:
        assert refleqt.transcriber().model.startswith(model)


@pytest.mark.parametrize(("given", "model"), [({}, "openai/whisper-1"), ({"transcriber_model": "groq/w"}, "groq/w")])
def test_hosted_whisper_is_asked_by_litellms_name_for_it(given: dict[str, object], model: str) -> None:
    if find_spec("litellm") is None:
        pytest.skip("litellm is not installed (pip install 'refleqt[hosted]')")
    with open_refleqt(settings(transcriber="litellm", transcriber_api_key=KEY, **given)) as refleqt:
        assert refleqt.transcriber().model == model


def test_a_checkpoint_that_is_not_there_is_named_with_the_setting(tmp_path: Path) -> None:
    if find_spec("whisper") is None:
        pytest.skip("openai-whisper is not installed (pip install 'refleqt[whisper]')")
    with (
        open_refleqt(settings(transcriber="whisper", whisper_model=tmp_path / "base.pt")) as refleqt,
        pytest.raises(InvalidInput, match=r"base\.pt.*REFLEQT_WHISPER_MODEL"),
    ):
        refleqt.transcriber()
