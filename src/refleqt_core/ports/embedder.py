"""The Embedder: texts to vectors whose angle says how near they are in meaning."""

from collections.abc import Sequence
from typing import Protocol

from .vector_index import Vectors


class Embedder(Protocol):
    """Deterministic: the same text gives the same vector, alone or in any batch (to 1e-5), in any process."""

    @property
    def model(self) -> str:
        """Name and revision of the model; another one means that stored vectors have to be made anew."""
        ...

    @property
    def dimension(self) -> int:
        """Length of every vector."""
        ...

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Unit-length float32 vectors, shape ``(len(texts), dimension)``, in the order of ``texts``.

        No texts: shape ``(0, dimension)``. An empty or blank text has a vector too. What is longer than the model
        reads is cut at its end, so chunk long texts before.
        """
        ...
