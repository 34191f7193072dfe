"""UUIDv7 (RFC 9562, section 5.7), with a counter so that ids of one millisecond sort in the order they were made."""

import threading
from collections.abc import Callable
from uuid import UUID

COUNTER_BITS = 42
TAIL_BITS = 32


class UUID7Sequence:
    """Strictly increasing UUIDs; safe for many threads.

    After the 48-bit time in milliseconds comes a counter of 42 bits (RFC 9562, section 6.2, method 1), which starts
    each millisecond at a random value with its first bit clear, and 32 random bits. Where ``milliseconds`` goes back,
    the latest time stays in use.
    """

    def __init__(self, milliseconds: Callable[[], int], random_bits: Callable[[int], int]):
        self._milliseconds = milliseconds
        self._random_bits = random_bits
        self._turn = threading.Lock()
        self._time = -1
        self._counter = 0

    def next(self) -> UUID:
        """A UUID greater than every one before."""
        with self._turn:
            self._advance(self._milliseconds())
            return layout(self._time, self._counter, self._random_bits(TAIL_BITS))

    def _advance(self, now: int) -> None:
        self._counter += 1
        if now <= self._time and self._counter < 1 << COUNTER_BITS:
            return
        self._time = max(now, self._time + 1)
        self._counter = self._random_bits(COUNTER_BITS - 1)


def layout(milliseconds: int, counter: int, tail: int) -> UUID:
    """48 bits of time, version 7, the counter's upper 12 bits, variant 10, its lower 30 bits, 32 bits of tail."""
    upper, lower = counter >> 30, counter & (1 << 30) - 1
    return UUID(int=milliseconds << 80 | 7 << 76 | upper << 64 | 0b10 << 62 | lower << 32 | tail)
