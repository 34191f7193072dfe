"""Events within this process."""

from collections.abc import Iterator

from refleqt_adapters.transactions import memory_transaction
from refleqt_core.ports import Event, Transaction
from refleqt_core.values import BusinessId

from .publishable import check
from .watchers import Watchers


class MemoryEvents:
    """Publishing never waits for a watcher."""

    def __init__(self) -> None:
        self._watchers = Watchers()

    def publish(self, event: Event, *, tx: Transaction) -> None:
        """Watchers of that business get the event when ``tx`` has committed."""
        check(event, tx)
        memory_transaction(tx).after_commit(lambda: self._watchers.deliver(event))

    def watch(self, business_id: BusinessId, *, timeout: float) -> Iterator[Event]:
        """The events of that business from now on, as they come."""
        return self._watchers.add(business_id, timeout)

    def close(self) -> None:
        """Nothing to give back."""
