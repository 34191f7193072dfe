"""Which embedder is used is a setting; what it lacks is told at the start, and the doctor names it."""

from importlib.util import find_spec
from pathlib import Path

import pytest
from pydantic import ValidationError

from refleqt_adapters.container import open_refleqt
from refleqt_adapters.settings import Settings
from refleqt_cli import checkup
from refleqt_core.errors import InvalidInput, MissingDependency

KEY = "sk-hunter2"
LOCAL = ("static", "sentence_transformers")
PACKAGES = {"static": "model2vec", "sentence_transformers": "sentence_transformers", "litellm": "litellm"}
EXTRAS = {"static": "static", "sentence_transformers": "sentence-transformers", "litellm": "hosted"}


def settings(**changes: object) -> Settings:
    return Settings.in_memory(**changes)


def made(embedder: str, folder: Path) -> dict[str, object]:
    return {"embedder": embedder} | (
        {"embedder_path": folder} if embedder in LOCAL else {"embedder_api_key": KEY, "embedder_model": "openai/tiny"}
    )


@pytest.fixture(autouse=True)
def without_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "OPENAI_API_BASE", "MISTRAL_API_KEY", "MISTRAL_API_BASE"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize("embedder", LOCAL)
def test_a_local_embedder_without_a_folder_names_what_is_to_be_set(embedder: str) -> None:
    with pytest.raises(ValidationError, match="set REFLEQT_EMBEDDER_PATH"):
        settings(embedder=embedder)


@pytest.mark.parametrize("embedder", LOCAL)
def test_a_folder_that_is_not_there_is_named(embedder: str, tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match=r"no folder: '.*absent'; set REFLEQT_EMBEDDER_PATH"):
        settings(embedder=embedder, embedder_path=tmp_path / "absent")


@pytest.mark.parametrize(("model", "own"), [("openai/x", "OPENAI"), ("x", "OPENAI"), ("mistral/x", "MISTRAL")])
def test_a_hosted_embedder_without_a_key_names_what_is_to_be_set(model: str, own: str) -> None:
    with pytest.raises(ValidationError, match=f"set REFLEQT_EMBEDDER_API_KEY or {own}_API_KEY"):
        settings(embedder="litellm", embedder_model=model)


def test_a_key_of_the_provider_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    assert settings(embedder="litellm").embedder == "litellm"


def test_a_server_of_ones_own_needs_no_key() -> None:
    assert settings(embedder="litellm", embedder_api_base="http://127.0.0.1:9/v1").embedder == "litellm"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("embedder", "word2vec"),
        ("embedder_path", " "),
        ("embedder_threads", 0),
        ("embedder_model", ""),
        ("embedder_api_base", "ftp://somewhere"),
        ("embedder_api_base", f"https://user:{KEY}@somewhere"),
        ("embedder_api_key", ""),
        ("embedder_time_out", 0),
        ("embedder_batch", 0),
        ("embedder_batch", 2049),
        ("embedder_longest", 99),
    ],
)
def test_a_wrong_value_is_refused_by_name_and_not_repeated(name: str, value: object) -> None:
    with pytest.raises(ValidationError, match=name) as refused:
        settings(**{name: value})
    assert KEY not in str(refused.value)


def test_the_key_is_not_shown_with_the_settings() -> None:
    assert KEY not in repr(settings(embedder="litellm", embedder_api_key=KEY))


@pytest.mark.parametrize("embedder", PACKAGES)
def test_what_is_not_installed_is_named_with_its_extra(
    embedder: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = pytest.importorskip(f"refleqt_adapters.embedder.{embedder}")
    monkeypatch.setattr(module, "find_spec", lambda _name: None)
    with (
        open_refleqt(settings(**made(embedder, tmp_path))) as refleqt,
        pytest.raises(MissingDependency, match=rf"refleqt\[{EXTRAS[embedder]}\]"),
    ):
        refleqt.embedder()


@pytest.mark.parametrize("embedder", LOCAL)
def test_a_folder_without_a_model_is_named_with_the_setting(embedder: str, tmp_path: Path) -> None:
    if find_spec(PACKAGES[embedder]) is None:
        pytest.skip(f"{PACKAGES[embedder]} is not installed (pip install 'refleqt[{EXTRAS[embedder]}]')")
    with (
        open_refleqt(settings(**made(embedder, tmp_path))) as refleqt,
        pytest.raises(InvalidInput, match="REFLEQT_EMBEDDER_PATH"),
    ):
        refleqt.embedder()


def test_the_settings_choose_the_hosted_model() -> None:
    if find_spec("litellm") is None:
        pytest.skip("litellm is not installed (pip install 'refleqt[hosted]')")
    with open_refleqt(settings(**made("litellm", Path()))) as refleqt:
        assert refleqt.embedder().model == "openai/tiny"


def test_the_doctor_names_the_model_and_its_dimension() -> None:
    chosen = settings()
    with open_refleqt(chosen) as refleqt:
        assert checkup._embedder(refleqt, chosen) == "hashing-1-384, 384 dimensions"
