"""What Clock and Ids promise, over every adapter of them."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from uuid import RFC_4122, UUID

import pytest

from refleqt_adapters.clock.simulated import SimulatedClock, SimulatedIds
from refleqt_adapters.clock.system import SystemClock, SystemIds
from refleqt_core.errors import InvalidInput
from refleqt_core.ports import Clock, Ids

START = datetime(2026, 3, 1, 9, 30, 0, 250_000, tzinfo=UTC)
CLOCKS: dict[str, Callable[[], Clock]] = {"system": SystemClock, "simulated": lambda: SimulatedClock(START)}


def system_pair() -> tuple[Clock, Ids]:
    return SystemClock(), SystemIds()


def simulated_pair() -> tuple[Clock, Ids]:
    clock = SimulatedClock(START)
    return clock, SimulatedIds(clock)


@pytest.fixture(params=CLOCKS)
def clock(request: pytest.FixtureRequest) -> Clock:
    return CLOCKS[request.param]()


@pytest.fixture(params=[system_pair, simulated_pair], ids=["system", "simulated"])
def pair(request: pytest.FixtureRequest) -> tuple[Clock, Ids]:
    made: tuple[Clock, Ids] = request.param()
    return made


@pytest.fixture
def ids(pair: tuple[Clock, Ids]) -> Ids:
    return pair[1]


def moment_of(id: UUID) -> datetime:
    return datetime.fromtimestamp((id.int >> 80) / 1000, UTC)


def test_now_is_in_utc(clock: Clock) -> None:
    assert clock.now().tzinfo is UTC


def test_now_is_never_earlier_than_before(clock: Clock) -> None:
    moments = [clock.now() for _ in range(1_000)]
    assert moments == sorted(moments)


def test_after_a_sleep_it_is_the_moment_or_later(clock: Clock) -> None:
    moment = clock.now() + timedelta(milliseconds=20)
    clock.sleep_until(moment)
    assert clock.now() >= moment


def test_a_moment_of_another_time_zone_is_slept_to(clock: Clock) -> None:
    moment = (clock.now() + timedelta(milliseconds=20)).astimezone(timezone(timedelta(hours=-7)))
    clock.sleep_until(moment)
    assert timedelta(0) <= clock.now() - moment < timedelta(seconds=10)


def test_sleeping_to_a_moment_that_has_passed_is_no_sleep(clock: Clock) -> None:
    before = clock.now()
    clock.sleep_until(before - timedelta(days=1))
    assert timedelta(0) <= clock.now() - before < timedelta(seconds=10)


def test_a_moment_without_time_zone_is_refused(clock: Clock) -> None:
    with pytest.raises(InvalidInput):
        clock.sleep_until(datetime(2026, 3, 1))


def test_an_id_is_a_uuid_of_version_7(ids: Ids) -> None:
    id = ids.new()
    assert (id.version, id.variant) == (7, RFC_4122)


def test_an_id_holds_the_time_it_was_made(pair: tuple[Clock, Ids]) -> None:
    clock, ids = pair
    before = clock.now()
    made = moment_of(ids.new())
    assert before - timedelta(milliseconds=1) <= made <= clock.now() + timedelta(milliseconds=1)


def test_ids_sort_in_the_order_they_were_made(ids: Ids) -> None:
    made = [ids.new() for _ in range(5_000)]
    assert made == sorted(set(made))


def test_their_texts_sort_like_the_ids(ids: Ids) -> None:
    texts = [str(ids.new()) for _ in range(1_000)]
    assert texts == sorted(texts)


def test_an_id_of_a_later_time_is_greater(pair: tuple[Clock, Ids]) -> None:
    clock, ids = pair
    earlier = ids.new()
    clock.sleep_until(clock.now() + timedelta(milliseconds=5))
    assert moment_of(ids.new()) - moment_of(earlier) >= timedelta(milliseconds=4)


def test_many_threads_never_get_the_same_id(ids: Ids) -> None:
    with ThreadPoolExecutor(8) as pool:
        made = [id for batch in pool.map(lambda _: [ids.new() for _ in range(500)], range(8)) for id in batch]
    assert len(set(made)) == len(made)
