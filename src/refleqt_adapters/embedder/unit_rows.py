"""Vectors at unit length, those too that a model gives no direction."""

from typing import Any

import numpy as np

from refleqt_core.ports import Vectors


def unit_rows(vectors: Any) -> Vectors:
    """The rows at unit length as float32, shape (n, dimension); a row of zeros becomes `nothing`.

    What is no number stays none: the caller refuses it before.
    """
    rows = np.asarray(vectors, np.float64)
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    units = np.divide(rows, lengths, out=np.zeros_like(rows), where=lengths > 0)
    units[lengths[:, 0] == 0] = nothing(rows.shape[1])
    made: Vectors = units.astype(np.float32)
    return made


def nothing(dimension: int) -> Vectors:
    """The vector of a text of which nothing is known, shape (dimension,): the first axis, as good as any."""
    axis = np.zeros(dimension, np.float32)
    axis[0] = 1.0
    return axis
