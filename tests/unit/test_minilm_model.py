"""The model files that ship with the default embedder."""

import hashlib
import re
from pathlib import Path

import pytest

from refleqt_adapters.embedder import minilm
from refleqt_adapters.embedder.minilm import FOLDER, SHA256, MiniLMEmbedder
from refleqt_core.errors import Unavailable


def documented() -> dict[str, str]:
    rows = re.findall(r"\| `([^`]+)` \| `([0-9a-f]{64})` \|", (FOLDER / "SOURCE.md").read_text())
    return dict(rows)


@pytest.mark.parametrize("name", ["model.int8.onnx", "tokenizer.json", "LICENSE"])
def test_each_file_is_the_one_that_its_source_note_documents(name: str) -> None:
    assert hashlib.sha256((FOLDER / name).read_bytes()).hexdigest() == documented()[name]


def test_the_adapter_expects_the_documented_files() -> None:
    assert SHA256.items() <= documented().items()


def test_the_name_of_the_model_changes_with_the_model_file() -> None:
    assert MiniLMEmbedder().model.endswith("@" + documented()["model.int8.onnx"][:12])


def test_a_damaged_model_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in SHA256:
        (tmp_path / name).write_bytes((FOLDER / name).read_bytes()[:-1] + b"?")
    monkeypatch.setattr(minilm, "FOLDER", tmp_path)
    with pytest.raises(Unavailable, match="damaged"):
        MiniLMEmbedder().embed(["anything"])


def test_a_missing_model_file_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(minilm, "FOLDER", tmp_path)
    with pytest.raises(Unavailable, match=r"model\.int8\.onnx"):
        MiniLMEmbedder().embed(["anything"])


def test_vectors_do_not_depend_on_the_number_of_threads() -> None:
    texts = [f"statement {number} about the price of plan {number % 7}" * (number % 4 + 1) for number in range(20)]
    assert (MiniLMEmbedder(threads=1).embed(texts) == MiniLMEmbedder(threads=3).embed(texts)).all()


def test_naming_the_model_does_not_load_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(minilm, "FOLDER", tmp_path)
    embedder = MiniLMEmbedder()
    assert (embedder.model != "", embedder.dimension, embedder.embed([]).shape) == (True, 384, (0, 384))
