"""Time and ids that a test or simulation moves by hand."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from refleqt_adapters.clock import system
from refleqt_adapters.clock.simulated import SimulatedClock, SimulatedIds
from refleqt_adapters.clock.uuid7 import UUID7Sequence, layout
from refleqt_core.errors import InvalidInput

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_time_stands_still_until_it_is_moved() -> None:
    clock = SimulatedClock(NOON)
    assert (clock.now(), clock.now()) == (NOON, NOON)


def test_time_is_what_it_was_advanced_to() -> None:
    clock = SimulatedClock(NOON)
    clock.advance_to(NOON + timedelta(days=30))
    assert clock.now() == NOON + timedelta(days=30)


def test_time_does_not_go_back() -> None:
    clock = SimulatedClock(NOON)
    with pytest.raises(InvalidInput):
        clock.advance_to(NOON - timedelta(seconds=1))


def test_a_year_of_sleep_takes_no_time() -> None:
    clock = SimulatedClock(NOON)
    clock.sleep_until(NOON + timedelta(days=365))
    assert clock.now() == NOON + timedelta(days=365)


def test_a_start_in_another_time_zone_is_kept_in_utc() -> None:
    clock = SimulatedClock(NOON.astimezone(timezone(timedelta(hours=5))))
    assert (clock.now(), clock.now().utcoffset()) == (NOON, timedelta(0))


@pytest.mark.parametrize("move", ["start", "advance_to"])
def test_a_moment_without_time_zone_is_refused(move: str) -> None:
    naive = datetime(2026, 4, 1)
    with pytest.raises(InvalidInput):
        SimulatedClock(naive) if move == "start" else SimulatedClock(NOON).advance_to(naive)


def test_the_same_seed_gives_the_same_ids() -> None:
    first, second = (SimulatedIds(SimulatedClock(NOON), seed=3) for _ in range(2))
    assert [first.new() for _ in range(5)] == [second.new() for _ in range(5)]


def test_another_seed_gives_other_ids() -> None:
    assert SimulatedIds(SimulatedClock(NOON), seed=1).new() != SimulatedIds(SimulatedClock(NOON), seed=2).new()


def test_the_layout_is_that_of_the_example_in_rfc_9562() -> None:
    made = layout(0x017F22E279B0, 0xCC3 << 30 | 0x18C4DC0C, 0x0C07398F)
    assert str(made) == "017f22e2-79b0-7cc3-98c4-dc0c0c07398f"


def test_ids_keep_their_order_when_the_time_goes_back() -> None:
    times = iter([1_000, 999, 5, 1_001])
    sequence = UUID7Sequence(lambda: next(times), lambda bits: 0)
    made = [sequence.next() for _ in range(4)]
    assert made == sorted(set(made))
    assert [id.int >> 80 for id in made] == [1_000, 1_000, 1_000, 1_001]


def test_a_counter_that_is_full_borrows_the_next_millisecond() -> None:
    full = (1 << 42) - 1
    starts = iter([full, 0])
    sequence = UUID7Sequence(lambda: 1_000, lambda bits: next(starts) if bits == 41 else 0)
    assert [sequence.next().int >> 80 for _ in range(2)] == [1_000, 1_001]


def test_system_time_stands_still_while_the_machine_is_set_back(monkeypatch: pytest.MonkeyPatch) -> None:
    class SetBack(datetime):
        readings = iter([NOON, NOON - timedelta(hours=1), NOON + timedelta(seconds=1)])

        @classmethod
        def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
            return next(cls.readings)

    clock = system.SystemClock()
    monkeypatch.setattr(system, "datetime", SetBack)
    assert [clock.now() for _ in range(3)] == [NOON, NOON, NOON + timedelta(seconds=1)]
