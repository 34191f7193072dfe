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

    def reads(self, text: str) -> bool:
        """Whether the model knows a word of the text, or a part of one.

        All texts of which it knows none (emoji alone, a script that it was not made for) have much the same vector,
        which says nothing of their meaning: they are not to be compared by it.
        """
        ...
