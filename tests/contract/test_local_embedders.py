"""What embedders from a folder have to show beyond the port: which models they take, and how they name them."""

import shutil
import subprocess
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import attrs
import numpy as np
import pytest
from tiny_embedders import DIMENSION, TOKENS, tiny_static, tiny_transformer

from refleqt_core.errors import InvalidInput
from refleqt_core.ports import Embedder


@attrs.frozen(kw_only=True)
class Kind:
    make: Callable[[Path], Embedder]
    save: Callable[..., Path]


def static_kind() -> Kind:
    from refleqt_adapters.embedder.static import StaticEmbedder

    return Kind(make=StaticEmbedder, save=tiny_static)


def transformers_kind() -> Kind:
    from refleqt_adapters.embedder.sentence_transformers import SentenceTransformersEmbedder

    return Kind(make=SentenceTransformersEmbedder, save=tiny_transformer)


KINDS = {
    "static": ("model2vec", "static", static_kind),
    "sentence_transformers": ("sentence_transformers", "sentence-transformers", transformers_kind),
}


def kind_of(name: str) -> Kind:
    package, extra, made = KINDS[name]
    if find_spec(package) is None:
        pytest.skip(f"{package} is not installed (pip install 'refleqt[{extra}]')")
    return made()


@pytest.fixture(scope="module", params=KINDS)
def kind(request: pytest.FixtureRequest) -> Kind:
    return kind_of(request.param)


@pytest.fixture
def static() -> Kind:
    return kind_of("static")


@pytest.fixture(scope="module")
def saved(kind: Kind, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return kind.save(tmp_path_factory.mktemp("saved") / "tiny")


@pytest.fixture
def folder(saved: Path, tmp_path: Path) -> Path:
    """A copy that a test may break."""
    return Path(shutil.copytree(saved, tmp_path / "tiny"))


def test_the_name_is_that_of_the_folder_with_a_digest(kind: Kind, folder: Path) -> None:
    name, _, digest = kind.make(folder).model.partition("@")
    assert name.endswith("-tiny") and len(digest) == 12


def test_other_weights_are_another_model(kind: Kind, folder: Path, tmp_path: Path) -> None:
    assert kind.make(folder).model != kind.make(kind.save(tmp_path / "other" / "tiny", seed=1)).model


def test_another_tokenizer_is_another_model(kind: Kind, folder: Path) -> None:
    before = kind.make(folder).model
    file = folder / "tokenizer.json"
    file.write_text(file.read_text().replace("elephants", "elephant"))
    assert kind.make(folder).model != before


def test_a_model_card_changes_no_name(kind: Kind, folder: Path) -> None:
    before = kind.make(folder).model
    (folder / "README.md").write_text("# Tiny")
    assert kind.make(folder).model == before


def test_a_folder_that_is_none_is_named_with_its_setting(kind: Kind, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"'.*absent' is no folder.*REFLEQT_EMBEDDER_PATH"):
        kind.make(tmp_path / "absent")


def test_a_folder_without_a_model_says_what_is_missing(kind: Kind, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"holds no \w+\.json.*REFLEQT_EMBEDDER_PATH"):
        kind.make(tmp_path)


@pytest.mark.parametrize("broken", ["model.safetensors", "tokenizer.json", "config.json"])
def test_a_damaged_file_is_no_model(kind: Kind, folder: Path, broken: str) -> None:
    (folder / broken).write_bytes(b"\x00 broken")
    with pytest.raises(InvalidInput, match=r"REFLEQT_EMBEDDER_PATH"):
        kind.make(folder).embed(["the plan"])


def test_a_table_that_holds_no_numbers_is_refused(static: Kind, tmp_path: Path) -> None:
    folder = tiny_static(tmp_path / "tiny", vectors=np.full((len(TOKENS), DIMENSION), np.nan))
    with pytest.raises(InvalidInput, match="no number"):
        static.make(folder).embed(["the plan"])


def test_a_table_of_half_precision_gives_the_same_alone_and_in_a_batch(static: Kind, tmp_path: Path) -> None:
    embedder = static.make(tiny_static(tmp_path / "tiny", dtype="float16"))
    texts = ["the price of the small plan", "the video team films", "the scale under the bin is slow"]
    np.testing.assert_allclose(embedder.embed(texts), np.vstack([embedder.embed([text]) for text in texts]), atol=1e-5)


def test_words_that_cancel_out_have_a_unit_vector_all_the_same(static: Kind, tmp_path: Path) -> None:
    folder = tiny_static(tmp_path / "tiny", vectors=np.zeros((len(TOKENS), DIMENSION)))
    assert np.linalg.norm(static.make(folder).embed(["the plan"])) == pytest.approx(1)


def test_weights_that_could_hold_code_are_not_loaded(tmp_path: Path) -> None:
    kind = kind_of("sentence_transformers")
    folder = tiny_transformer(tmp_path / "tiny")
    import torch
    from safetensors.torch import load_file

    torch.save(load_file(folder / "model.safetensors"), folder / "pytorch_model.bin")
    (folder / "model.safetensors").unlink()
    with pytest.raises(InvalidInput, match="safetensors"):
        kind.make(folder).embed(["the plan"])


def test_code_that_a_model_brings_along_does_not_run(tmp_path: Path) -> None:
    kind = kind_of("sentence_transformers")
    folder = tiny_transformer(tmp_path / "tiny")
    (folder / "own.py").write_text("raise SystemExit('it ran')")
    modules = folder / "modules.json"
    modules.write_text(modules.read_text().replace('"type": "sentence_transformers', '"type": "own.Own", "was": "', 1))
    with pytest.raises(InvalidInput, match="REFLEQT_EMBEDDER_PATH"):
        kind.make(folder).embed(["the plan"])


def test_the_threads_of_pytorch_are_as_set(tmp_path: Path) -> None:
    kind_of("sentence_transformers")
    folder = tiny_transformer(tmp_path / "tiny")
    program = (
        "from pathlib import Path; import torch, sys;"
        "from refleqt_adapters.embedder.sentence_transformers import SentenceTransformersEmbedder as Made;"
        f"Made(Path({str(folder)!r}), threads=1).embed(['the plan']); sys.stdout.write(str(torch.get_num_threads()))"
    )
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, text=True)
    assert (found.stdout, found.stderr) == ("1", "")
