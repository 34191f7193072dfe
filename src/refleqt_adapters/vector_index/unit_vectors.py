"""What every vector index refuses to keep."""

from collections.abc import Sequence

import numpy as np

from refleqt_core.errors import InvalidInput
from refleqt_core.ports import Chunk, Vectors


def check_unit_vectors(chunks: Sequence[Chunk], vectors: Vectors) -> None:
    """As many vectors as chunks, each of length 1; else `InvalidInput`."""
    if len(vectors) != len(chunks):
        raise InvalidInput(f"{len(chunks)} chunks came with {len(vectors)} vectors; each needs its own")
    if len(vectors) and not np.allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-3):
        raise InvalidInput("a vector is not of unit length; divide it by its norm before it is kept")
