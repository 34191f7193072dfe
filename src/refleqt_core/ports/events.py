"""Events: what changed for one business, for whoever watches."""

from collections.abc import Iterator
from typing import Protocol

import attrs

from ..values import BusinessId
from .store import Transaction


@attrs.frozen(kw_only=True)
class Event:
    """Something that has happened: a ``topic`` such as ``calendar.saved`` and the id of what it happened to."""

    business_id: BusinessId
    topic: str
    subject: str


class Events(Protocol):
    """Not a log: who does not watch while it happens does not hear of it."""

    def publish(self, event: Event, *, tx: Transaction) -> None:
        """Watchers of that business get the event when ``tx`` has committed, and never if it does not."""
        ...

    def watch(self, business_id: BusinessId, *, timeout: float) -> Iterator[Event]:
        """The events of that business from now on, as they come; ends after ``timeout`` seconds without one."""
        ...
