"""Who in this process watches for the events of which business."""

from collections import defaultdict
from collections.abc import Iterator
from queue import Empty, SimpleQueue
from threading import Lock
from weakref import WeakSet

from refleqt_core.errors import RefleqtError
from refleqt_core.ports import Event
from refleqt_core.values import BusinessId


class Watch(Iterator[Event]):
    """The events that come from its making on; ends after ``timeout`` seconds without one.

    A watch that nobody holds any more is forgotten.
    """

    def __init__(self, timeout: float):
        self._timeout = max(timeout, 0.0)
        self._news: SimpleQueue[Event | RefleqtError] = SimpleQueue()
        self._over = False

    def put(self, news: Event | RefleqtError) -> None:
        """The next news of this watch; an error ends it."""
        self._news.put(news)

    def __next__(self) -> Event:
        if self._over:
            raise StopIteration
        try:
            news = self._news.get(timeout=self._timeout)
        except Empty:
            self._over = True
            raise StopIteration from None
        if isinstance(news, RefleqtError):
            self._over = True
            raise news
        return news


class Watchers:
    """May be used from any thread."""

    def __init__(self) -> None:
        self._by_business: dict[BusinessId, WeakSet[Watch]] = defaultdict(WeakSet)
        self._turn = Lock()

    def __bool__(self) -> bool:
        with self._turn:
            return any(map(len, self._by_business.values()))

    def add(self, business_id: BusinessId, timeout: float) -> Watch:
        """A watch that gets the events of that business from now on."""
        watch = Watch(timeout)
        with self._turn:
            self._by_business[business_id].add(watch)
        return watch

    def deliver(self, event: Event) -> None:
        """Each watch of that business has the event before it."""
        with self._turn:
            watches = list(self._by_business.get(event.business_id, ()))
            if not watches:
                self._by_business.pop(event.business_id, None)
        for watch in watches:
            watch.put(event)

    def fail(self, error: RefleqtError) -> None:
        """Every watch ends with that error, after what it has got before."""
        with self._turn:
            watches = [watch for group in self._by_business.values() for watch in group]
            self._by_business.clear()
        for watch in watches:
            watch.put(error)
