"""Static embeddings by model2vec: a table of one vector a token, whose mean is the text's."""

import importlib
import threading
from collections.abc import Sequence
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from refleqt_core.errors import MissingDependency
from refleqt_core.ports import Vectors

from .model_folder import check_folder, fingerprint, unusable
from .readable_words import encodable, readable_words
from .unit_rows import unit_rows

NEEDED = ("config.json", "tokenizer.json", "model.safetensors")
MAX_TOKENS = 512
"""Of a model that names no limit."""


class StaticEmbedder:
    """Texts are near when their words have near vectors; the order of the words says nothing. Very fast, no torch.

    ``folder`` holds a model as model2vec saves it; nothing is downloaded, and no code in it runs. It is loaded with the
    first text. It may be called from any thread; texts are run by one at a time.
    """

    def __init__(self, folder: Path):
        if find_spec("model2vec") is None:
            raise MissingDependency("model2vec", "static")
        check_folder(folder, NEEDED)
        self._folder = folder
        self._turn = threading.RLock()
        self._loaded: Any = None

    @cached_property
    def model(self) -> str:
        """The name of the folder, and the beginning of the hash of what lies in it."""
        return f"static-{self._folder.resolve().name}@{fingerprint(self._folder)}"

    @property
    def dimension(self) -> int:
        """That of the table."""
        return int(self._model().dim)

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Unit-length float32 vectors (n, dimension); a text without a known token has a vector of its own."""
        model = self._model()
        if not texts:
            return np.empty((0, self.dimension), np.float32)
        # Every call sets the tokenizer of all anew.
        with self._turn:
            return unit_rows(model.encode([encodable(text) for text in texts], normalize=False))

    def reads(self, text: str) -> bool:
        """Whether a token is known of a word of at most 100 letters, among the first 20,000 characters."""
        words = readable_words(text)
        if not words:
            return False
        with self._turn:
            return any(self._model().tokenize([" ".join(words)]))

    def _model(self) -> Any:
        with self._turn:
            if self._loaded is None:
                self._loaded = _load(self._folder)
            return self._loaded


def _load(folder: Path) -> Any:
    package = importlib.import_module("model2vec")
    try:
        model = package.StaticModel.from_pretrained(folder, force_download=False)
        if model.max_length is None:
            model.max_length = MAX_TOKENS
    except Exception as error:
        raise unusable(f"'{folder}' holds no model of model2vec: {type(error).__name__}: {error}") from error
    if not model.embedding.size or not np.isfinite(model.embedding).all():
        raise unusable(f"the table of '{folder}' is empty, or holds what is no number")
    return model
