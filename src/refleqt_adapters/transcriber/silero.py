"""Silero VAD (MIT licence, see silero_model/SOURCE.md): how likely it is that somebody speaks, 32 ms at a time."""

from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

FRAME = 512
"""Samples at 16 kHz; the network takes no other number."""
CONTEXT = 64
"""Samples of the frame before that the network sees with each."""
STATE = (1, 1, 128)


class Silero:
    """Listens to one recording from its beginning to its end."""

    def __init__(self) -> None:
        self._session = _session()
        self._hidden, self._cell = np.zeros(STATE, np.float32), np.zeros(STATE, np.float32)
        self._before: NDArray[np.float32] = np.zeros((1, CONTEXT), np.float32)

    def probabilities(self, frames: NDArray[np.int16]) -> list[float]:
        """Of each of the next ``frames`` (n, 512) the probability in [0, 1] that somebody speaks in it."""
        heard: NDArray[np.float32] = frames.astype(np.float32) / np.float32(32768)
        contexts = np.concatenate([self._before, heard[:-1, -CONTEXT:]])
        given = {"input": np.concatenate([contexts, heard], axis=1), "h": self._hidden, "c": self._cell}
        said, self._hidden, self._cell = self._session.run(["speech_probs", "hn", "cn"], given)
        self._before = heard[-1:, -CONTEXT:]
        return [float(each) for each in said]


@cache
def _session() -> Any:
    """The network, loaded once; any number of threads may ask it at once."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1  # more of them are slower on frames so small
    model = (files(__package__) / "silero_model" / "speech.onnx").read_bytes()
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
