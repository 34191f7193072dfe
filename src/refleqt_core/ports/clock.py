"""Clock and Ids: time and identity as ports, so that tests and simulations can move them."""

from datetime import datetime
from typing import Protocol
from uuid import UUID


class Clock(Protocol):
    """What time it is."""

    def now(self) -> datetime:
        """The moment, in UTC; never earlier than the one before."""
        ...

    def sleep_until(self, moment: datetime) -> None:
        """It is ``moment`` or later. A moment that has passed: no-op."""
        ...


class Ids(Protocol):
    """Where new identities come from."""

    def new(self) -> UUID:
        """A UUIDv7: never given before, and sorting by the time it was made."""
        ...
