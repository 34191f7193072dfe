"""What the Events promise, over every adapter of them."""

import gc
import threading
import time
from collections.abc import Callable, Iterator
from uuid import uuid4

import attrs
import pytest
from sqlalchemy import text

from refleqt_adapters.events.memory import MemoryEvents
from refleqt_adapters.events.postgres import PostgresEvents
from refleqt_adapters.postgres.connections import Database
from refleqt_adapters.store.memory import MemoryStore
from refleqt_adapters.store.postgres import PostgresStore
from refleqt_core.errors import InvalidInput, NotAllowed, Unavailable
from refleqt_core.ports import Event, Events, Store
from refleqt_core.values import BusinessId

SOON = 0.2
"""Seconds in which nothing more is expected."""

LATE = 10.0
"""Seconds that a slow machine may take."""


@attrs.frozen(kw_only=True)
class Rig:
    """Events with their store, and those of another process where there is such a thing."""

    events: Events
    elsewhere: Events
    store: Store
    cut_off: Callable[[], None] | None
    """Ends the connections that events come by."""

    def publish(self, *events: Event) -> None:
        with self.store.business(events[0].business_id) as tx:
            for event in events:
                self.elsewhere.publish(event, tx=tx)


def memory_rig(_: pytest.FixtureRequest) -> Iterator[Rig]:
    events = MemoryEvents()
    yield Rig(events=events, elsewhere=events, store=MemoryStore(), cut_off=None)


def postgres_rig(request: pytest.FixtureRequest) -> Iterator[Rig]:
    url = request.getfixturevalue("database_url")
    database, other = Database(url), Database(url)
    events, elsewhere = PostgresEvents(database), PostgresEvents(other)

    def cut_off() -> None:
        listeners = "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'refleqt_events'"
        with other.engine.begin() as connection:
            connection.execute(text("set role none"))
            assert connection.execute(text(listeners)).all()

    yield Rig(events=events, elsewhere=elsewhere, store=PostgresStore(other), cut_off=cut_off)
    for each in (events, elsewhere):
        each.close()
    for pool in (database, other):
        pool.close()


ADAPTERS = {"memory": memory_rig, "postgres": postgres_rig}


@pytest.fixture(params=ADAPTERS)
def rig(request: pytest.FixtureRequest) -> Iterator[Rig]:
    yield from ADAPTERS[request.param](request)


@pytest.fixture
def business() -> BusinessId:
    return BusinessId(uuid4())


def saved(business: BusinessId, subject: str = "e-1") -> Event:
    return Event(business_id=business, topic="calendar.saved", subject=subject)


def test_a_watcher_gets_what_is_published(rig: Rig, business: BusinessId) -> None:
    watch = rig.events.watch(business, timeout=LATE)
    rig.publish(saved(business, "snow ☃ 'quotes' \\ %s"))
    assert next(watch) == saved(business, "snow ☃ 'quotes' \\ %s")


def test_events_come_in_the_order_of_their_publishing(rig: Rig, business: BusinessId) -> None:
    watch = rig.events.watch(business, timeout=LATE)
    events = [saved(business, f"e-{n}") for n in range(20)]
    rig.publish(*events)
    assert [next(watch) for _ in events] == events


def test_the_same_event_twice_in_a_transaction_comes_twice(rig: Rig, business: BusinessId) -> None:
    watch = rig.events.watch(business, timeout=SOON)
    rig.publish(saved(business), saved(business))
    assert list(watch) == [saved(business)] * 2


def test_an_event_comes_only_after_the_commit(rig: Rig, business: BusinessId) -> None:
    watch = rig.events.watch(business, timeout=SOON)
    with rig.store.business(business) as tx:
        rig.events.publish(saved(business), tx=tx)
        assert list(watch) == []


def test_an_event_of_a_failed_transaction_never_comes(rig: Rig, business: BusinessId) -> None:
    watch = rig.events.watch(business, timeout=SOON)
    with pytest.raises(RuntimeError), rig.store.business(business) as tx:
        rig.events.publish(saved(business), tx=tx)
        raise RuntimeError("the program failed in mid-work")
    assert list(watch) == []


def test_events_of_another_business_do_not_come(rig: Rig, business: BusinessId) -> None:
    watch = rig.events.watch(business, timeout=SOON)
    rig.publish(saved(BusinessId(uuid4())))
    assert list(watch) == []


def test_what_was_published_before_does_not_come(rig: Rig, business: BusinessId) -> None:
    rig.publish(saved(business, "before"))
    watch = rig.events.watch(business, timeout=LATE)
    rig.publish(saved(business, "after"))
    assert next(watch).subject == "after"


def test_every_watcher_of_a_business_gets_the_event(rig: Rig, business: BusinessId) -> None:
    watches = [rig.events.watch(business, timeout=LATE) for _ in range(3)]
    rig.publish(saved(business))
    assert [next(watch) for watch in watches] == [saved(business)] * 3


def test_a_watch_ends_after_its_timeout_without_an_event(rig: Rig, business: BusinessId) -> None:
    start = time.monotonic()
    assert list(rig.events.watch(business, timeout=SOON)) == []
    assert SOON <= time.monotonic() - start < LATE


def test_a_watch_that_has_ended_stays_ended(rig: Rig, business: BusinessId) -> None:
    watch = rig.events.watch(business, timeout=SOON)
    list(watch)
    rig.publish(saved(business))
    assert list(watch) == []


def test_others_events_do_not_prolong_a_watch(rig: Rig, business: BusinessId) -> None:
    """Where the timeout began anew with each of them, the watch would see its own event at the end."""
    watch = rig.events.watch(business, timeout=2 * SOON)

    def disturb() -> None:
        other = BusinessId(uuid4())
        for _ in range(10):
            rig.publish(saved(other))
            time.sleep(SOON / 2)
        rig.publish(saved(business))

    disturbing = threading.Thread(target=disturb)
    disturbing.start()
    assert list(watch) == []
    disturbing.join()


def test_an_event_wakes_a_watcher_that_waits(rig: Rig, business: BusinessId) -> None:
    seen: list[Event] = []
    watch = rig.events.watch(business, timeout=LATE)
    waiting = threading.Thread(target=lambda: seen.append(next(watch)))
    waiting.start()
    start = time.monotonic()
    rig.publish(saved(business))
    waiting.join(LATE)
    assert seen == [saved(business)]
    assert time.monotonic() - start < LATE / 2


def test_watching_works_again_after_all_watches_have_ended(rig: Rig, business: BusinessId) -> None:
    list(rig.events.watch(business, timeout=SOON))
    gc.collect()
    time.sleep(4 * SOON)
    watch = rig.events.watch(business, timeout=LATE)
    rig.publish(saved(business))
    assert next(watch) == saved(business)


def test_a_watch_whose_events_may_be_lost_says_so(rig: Rig, business: BusinessId) -> None:
    if rig.cut_off is None:
        pytest.skip("its events come by no connection")
    watch = rig.events.watch(business, timeout=LATE)
    rig.cut_off()
    with pytest.raises(Unavailable):
        next(watch)


def test_watching_works_again_after_the_connection_was_lost(rig: Rig, business: BusinessId) -> None:
    if rig.cut_off is None:
        pytest.skip("its events come by no connection")
    lost = rig.events.watch(business, timeout=LATE)
    rig.cut_off()
    with pytest.raises(Unavailable):
        next(lost)
    watch = rig.events.watch(business, timeout=LATE)
    rig.publish(saved(business))
    assert next(watch) == saved(business)


def test_a_business_cannot_publish_for_another(rig: Rig, business: BusinessId) -> None:
    with pytest.raises(NotAllowed), rig.store.business(BusinessId(uuid4())) as tx:
        rig.events.publish(saved(business), tx=tx)


def test_the_platform_can_publish_for_any_business(rig: Rig, business: BusinessId) -> None:
    watch = rig.events.watch(business, timeout=LATE)
    with rig.store.platform() as tx:
        rig.events.publish(saved(business), tx=tx)
    assert next(watch) == saved(business)


@pytest.mark.parametrize("subject", ["", "a\x00b", "\ud800", "x" * 501], ids=["empty", "nul", "surrogate", "long"])
def test_an_event_that_cannot_be_carried_is_invalid(rig: Rig, business: BusinessId, subject: str) -> None:
    with pytest.raises(InvalidInput), rig.store.business(business) as tx:
        rig.events.publish(saved(business, subject), tx=tx)


def test_the_longest_event_is_carried(rig: Rig, business: BusinessId) -> None:
    longest = Event(business_id=business, topic="🦆" * 500, subject='"' * 500)
    watch = rig.events.watch(business, timeout=LATE)
    rig.publish(longest)
    assert next(watch) == longest
