"""A clock that stands still until it is moved, and ids that are the same in every run."""

import random
import threading
from datetime import UTC, datetime, timedelta
from uuid import UUID

from refleqt_core.errors import InvalidInput
from refleqt_core.ports import Clock
from refleqt_core.values import aware

from .uuid7 import UUID7Sequence

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)


class SimulatedClock:
    """Time that passes only by `advance_to` and `sleep_until`, and then at once."""

    def __init__(self, now: datetime):
        aware(self, None, now)
        self._turn = threading.Lock()
        self._now = now.astimezone(UTC)

    def now(self) -> datetime:
        """The moment it was last moved to."""
        return self._now

    def advance_to(self, moment: datetime) -> None:
        """It is ``moment``. Before now, or without a time zone: `InvalidInput`."""
        aware(self, None, moment)
        with self._turn:
            if moment < self._now:
                raise InvalidInput(f"time does not go back: it is {self._now} already, and not {moment}")
            self._now = moment.astimezone(UTC)

    def sleep_until(self, moment: datetime) -> None:
        """It is ``moment`` or later, without waiting. No time zone: `InvalidInput`."""
        aware(self, None, moment)
        with self._turn:
            self._now = max(self._now, moment.astimezone(UTC))


class SimulatedIds:
    """UUIDv7 of ``clock``'s time; the same seed and the same moments give the same ids."""

    def __init__(self, clock: Clock, seed: int = 0):
        generator = random.Random(seed)
        self._sequence = UUID7Sequence(lambda: (clock.now() - EPOCH) // MILLISECOND, generator.getrandbits)

    def new(self) -> UUID:
        """Greater than every id before from here."""
        return self._sequence.next()
