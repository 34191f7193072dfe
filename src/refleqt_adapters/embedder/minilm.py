"""MiniLM-L6-v2 as int8 ONNX: sentence embeddings on the CPU without torch, with the model in the package."""

import hashlib
import os
import re
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import attrs
import numpy as np

from refleqt_core.errors import Unavailable
from refleqt_core.ports import Vectors

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from tokenizers import Encoding, Tokenizer

FOLDER = Path(__file__).parent / "minilm_model"
SHA256 = {
    "model.int8.onnx": "5bd5b6b0f469c1a88c764dcc93f4e5e4a554189aaedac0a70ad3a1ba5be822cb",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
}
DIMENSION = 384
MAX_TOKENS = 256
FEW = 4
UNKNOWN = "[UNK]"
MOST_LOOKED_AT = 20_000
_BETWEEN = r"[\s!-/:-@\[-`{-~]"
PLAIN_WORD = re.compile(rf"(?:^|{_BETWEEN})[A-Za-z0-9]{{1,100}}(?={_BETWEEN}|$)")
"""A word whose letters the vocabulary has, at worst one by one: with it nothing has to be loaded to tell."""


class MiniLMEmbedder:
    """Near in meaning is near in angle, for English texts of up to 256 tokens (about 190 words).

    The model is loaded (about 0.2 s, 130 MB) with the first text. Texts are run one by one, since int8 activations have
    one scale per run: texts that share a run change each other's vectors by up to 0.05. ``threads`` texts run at the
    same time, each on one core. It may be called from any thread.

    On one kind of processor a text has the same vector to the bit. Between kinds, whose floating point differs in the
    last digit, int8 rounding may let the two differ (cosine above 0.99).
    """

    def __init__(self, threads: int | None = None):
        self._threads = threads or min(4, os.cpu_count() or 1)
        self._loading = threading.Lock()
        self._loaded: _Encoder | None = None

    @property
    def model(self) -> str:
        """The name and the beginning of the hash of the model file."""
        return f"all-MiniLM-L6-v2-int8@{SHA256['model.int8.onnx'][:12]}"

    @property
    def dimension(self) -> int:
        """384."""
        return DIMENSION

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Unit-length float32 vectors (n, 384). A damaged installation raises `Unavailable`."""
        distinct = list(dict.fromkeys(texts))
        if not distinct:
            return np.empty((0, DIMENSION), np.float32)
        vectors = dict(zip(distinct, self._each(distinct), strict=True))
        return np.stack([vectors[text] for text in texts])

    def reads(self, text: str) -> bool:
        """Whether a token with a letter or digit is known among the first 256; words of over 100 characters are not."""
        return PLAIN_WORD.search(text) is not None or self._encoder().knows(text[:MOST_LOOKED_AT])

    def _each(self, texts: list[str]) -> list[Vectors]:
        encode = self._encoder().encode
        if len(texts) <= FEW or self._threads == 1:
            return [encode(text) for text in texts]
        with ThreadPoolExecutor(self._threads) as pool:
            # The longest first, so that no thread is left alone with one at the end.
            longest_first = sorted(range(len(texts)), key=lambda i: -len(texts[i]))
            done = dict(zip(longest_first, pool.map(encode, (texts[i] for i in longest_first)), strict=True))
        return [done[i] for i in range(len(texts))]

    def _encoder(self) -> "_Encoder":
        with self._loading:
            if self._loaded is None:
                self._loaded = _Encoder(session=_session(), tokenizer=_tokenizer())
            return self._loaded


@attrs.frozen(kw_only=True)
class _Encoder:
    session: "InferenceSession"
    tokenizer: "Tokenizer"

    def encode(self, text: str) -> Vectors:
        tokens = self._tokens(text).ids
        (embedding,) = self.session.run(["embedding"], {"input_ids": np.array([tokens], np.int64)})
        vector: Vectors = embedding[0]
        return vector

    def knows(self, text: str) -> bool:
        found = self._tokens(text)
        named = zip(found.tokens, found.special_tokens_mask, strict=True)
        return any(any(map(str.isalnum, token)) for token, special in named if not special and token != UNKNOWN)

    def _tokens(self, text: str) -> "Encoding":
        # Half of a surrogate pair, as broken JSON brings it, has no UTF-8 and would be refused.
        return self.tokenizer.encode(text.encode("utf-8", "replace").decode())


def _session() -> "InferenceSession":
    from onnxruntime import InferenceSession, SessionOptions

    options = SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    return InferenceSession(_verified("model.int8.onnx"), options, providers=["CPUExecutionProvider"])


def _tokenizer() -> "Tokenizer":
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(_verified("tokenizer.json")))
    tokenizer.no_padding()
    tokenizer.enable_truncation(MAX_TOKENS)
    return tokenizer


def _verified(name: str) -> Path:
    """The file as it was made: another one would give vectors that must not meet those of this model's name."""
    path = FOLDER / name
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as exc:
        raise Unavailable(f"the file {name} of the embedding model cannot be read; install refleqt again") from exc
    if digest != SHA256[name]:
        raise Unavailable(f"the file {name} of the embedding model is damaged; install refleqt again")
    return path
