"""The machine's clock, and ids from the operating system's randomness."""

import secrets
import threading
import time
from datetime import UTC, datetime, timedelta
from uuid import UUID

from refleqt_core.values import aware

from .uuid7 import UUID7Sequence

LONGEST_SLEEP = timedelta(minutes=1)


class SystemClock:
    """The machine's time in UTC. While the machine's clock is set back, time stands still."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._latest = datetime.min.replace(tzinfo=UTC)

    def now(self) -> datetime:
        """The moment, to the microsecond."""
        with self._turn:
            self._latest = max(self._latest, datetime.now(UTC))
            return self._latest

    def sleep_until(self, moment: datetime) -> None:
        """It is ``moment`` or later, also when the machine's clock was set meanwhile. No time zone: `InvalidInput`."""
        aware(self, None, moment)
        while (remaining := moment - self.now()) > timedelta(0):
            time.sleep(min(remaining, LONGEST_SLEEP).total_seconds())


class SystemIds:
    """UUIDv7 of the machine's time; those of two processes differ by 73 random bits."""

    def __init__(self) -> None:
        self._sequence = UUID7Sequence(lambda: time.time_ns() // 1_000_000, secrets.randbits)

    def new(self) -> UUID:
        """Greater than every id before from here."""
        return self._sequence.next()
