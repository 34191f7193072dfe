"""Any model of sentence-transformers that lies on this machine, by PyTorch on the CPU."""

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


class SentenceTransformersEmbedder:
    """Near in meaning is near in angle, as well as its model knows it, in the languages of that.

    ``folder`` holds a model as sentence-transformers saves it, with its weights as safetensors; nothing is downloaded,
    and code that lies in it does not run. It is loaded with the first text. ``batch`` texts of about the same length
    are run together. ``threads`` limits what PyTorch takes, for the whole process. It may be called from any thread;
    one call is run at a time.
    """

    def __init__(self, folder: Path, *, threads: int | None = None, batch: int = 32):
        if find_spec("sentence_transformers") is None:
            raise MissingDependency("sentence-transformers", "sentence-transformers")
        check_folder(folder, ("modules.json",))
        self._folder, self._threads, self._batch = folder, threads, batch
        self._turn = threading.RLock()
        self._loaded: Any = None

    @cached_property
    def model(self) -> str:
        """The name of the folder, and the beginning of the hash of what lies in it."""
        return f"sentence-transformers-{self._folder.resolve().name}@{fingerprint(self._folder)}"

    @property
    def dimension(self) -> int:
        """That of the model's last layer."""
        return int(self._model().get_embedding_dimension())

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Unit-length float32 vectors (n, dimension); a model that gives what is no number raises `InvalidInput`."""
        if not texts:
            return np.empty((0, self.dimension), np.float32)
        sent = [encodable(text) for text in texts]
        # PyTorch takes all its cores for one call; two at a time would need the memory of both.
        with self._turn:
            vectors = self._model().encode(
                sent, batch_size=self._batch, show_progress_bar=False, convert_to_numpy=True, precision="float32"
            )
        if not np.isfinite(vectors).all():
            raise unusable(f"the model in '{self._folder}' gives what is no number")
        return unit_rows(vectors)

    def reads(self, text: str) -> bool:
        """Whether a token is known of a word of at most 100 letters, among the first 20,000 characters."""
        words = readable_words(text)
        if not words:
            return False
        with self._turn:
            tokenizer = self._model().tokenizer
            ids = _ids(tokenizer, " ".join(words))
        unknown = getattr(tokenizer, "unk_token_id", None)
        return any(id != unknown for id in ids)

    def _model(self) -> Any:
        with self._turn:
            if self._loaded is None:
                self._loaded = _load(self._folder, self._threads)
            return self._loaded


def _ids(tokenizer: Any, text: str) -> list[int]:
    """Without the marks that a model puts around a text; of a table of words it is the bare tokenizer that is held."""
    found = tokenizer.encode(text, add_special_tokens=False)
    ids: list[int] = getattr(found, "ids", found)
    return ids


def _load(folder: Path, threads: int | None) -> Any:
    package = importlib.import_module("sentence_transformers")
    importlib.import_module("transformers.utils.logging").disable_progress_bar()
    if threads is not None:
        importlib.import_module("torch").set_num_threads(threads)
    try:
        model = package.SentenceTransformer(
            str(folder.resolve()),
            device="cpu",
            local_files_only=True,
            trust_remote_code=False,
            # In half precision a text's vector depends on what is run beside it; a pickle could hold code.
            model_kwargs={"dtype": "float32", "use_safetensors": True},
        )
    except Exception as error:
        problem = f"'{folder}' holds no model of sentence-transformers: {type(error).__name__}: {error}"
        raise unusable(problem) from error
    return model.eval()
