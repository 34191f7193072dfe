"""The garbage collector rests while thousands of records are made that all stay until the work is done."""

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_turn = threading.Lock()
_blocks: list[bool] = []
"""Of each block that has begun and not ended: whether the collector worked before it."""


@contextmanager
def resting_collector() -> Iterator[None]:
    """In the block nothing is looked for in cycles; after the last such block of any thread it is as it was.

    A third of the time of a large import went into looking through its own records again and again. Memory that is in
    no cycle is given back as ever.
    """
    with _turn:
        _blocks.append(gc.isenabled())
        gc.disable()
    try:
        yield
    finally:
        with _turn:
            worked = any(_blocks)
            _blocks.pop()
            if worked and not _blocks:
                gc.enable()
