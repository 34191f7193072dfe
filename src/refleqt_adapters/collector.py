"""The garbage collector rests while thousands of records are made that all stay until the work is done."""

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager

RESTING = 500_000
"""Containers that are made and not given up before the collector looks, while it rests: some 100 MB of small ones."""

_turn = threading.Lock()
_before: list[tuple[int, int, int]] = []
"""For each block that has begun and not ended: the thresholds that it found."""


@contextmanager
def resting_collector() -> Iterator[None]:
    """In the block cycles are looked for at every `RESTING` containers; after the last one of any thread as before.

    A third of the time of a large import went into looking through its own records again and again. The rest is
    bounded: where blocks of several threads follow each other for ever, cycles are found all the same. A collector
    that is switched off, or rests longer by itself, is left as it is.
    """
    with _turn:
        _before.append(gc.get_threshold())
        usual, *older = gc.get_threshold()
        if 0 < usual < RESTING:
            gc.set_threshold(RESTING, *older)
    try:
        yield
    finally:
        with _turn:
            first = _before[0]
            _before.pop()
            if not _before:
                gc.set_threshold(*first)
