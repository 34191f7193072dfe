"""The garbage collector rests during bulk work, only then, and never for ever."""

import gc
import weakref
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest

from refleqt_adapters.collector import RESTING, resting_collector

USUAL = (700, 10, 10)


@pytest.fixture(autouse=True)
def _usual_thresholds() -> Iterator[None]:
    before = gc.get_threshold()
    gc.set_threshold(*USUAL)
    yield
    gc.set_threshold(*before)
    gc.enable()


class Node:
    """Something that refers to itself."""

    def __init__(self) -> None:
        self.itself = self


def is_found_among(containers: int) -> bool:
    """Whether a cycle that nobody refers to is gone when so many containers more have been made, and are kept."""
    gone = weakref.ref(Node())
    kept = [[] for _ in range(containers)]
    assert kept
    return gone() is None


def test_the_collector_rests_in_the_block_and_works_after_it() -> None:
    gc.collect()
    with resting_collector():
        assert not is_found_among(RESTING // 10)
    assert gc.get_threshold() == USUAL
    assert is_found_among(RESTING // 10)


def test_it_works_after_a_block_that_failed() -> None:
    with pytest.raises(RuntimeError), resting_collector():
        raise RuntimeError("the program failed in mid-work")
    assert gc.get_threshold() == USUAL


def test_it_rests_until_the_last_of_several_blocks_has_ended() -> None:
    with resting_collector():
        with resting_collector():
            pass
        assert gc.get_threshold()[0] == RESTING
    assert gc.get_threshold() == USUAL


def test_blocks_that_overlap_for_ever_do_not_keep_it_from_its_work() -> None:
    with resting_collector(), ThreadPoolExecutor(2) as pool, ExitStack() as blocks:
        for _ in range(4):
            pool.submit(blocks.enter_context, resting_collector()).result()
        assert is_found_among(RESTING + 1_000)
    assert gc.get_threshold() == USUAL


@pytest.mark.parametrize("own", [(0, 10, 10), (RESTING * 2, 5, 5)])
def test_one_that_rests_longer_by_itself_is_left_as_it_is(own: tuple[int, int, int]) -> None:
    gc.set_threshold(*own)
    with resting_collector():
        assert gc.get_threshold() == own
    assert gc.get_threshold() == own


def test_one_that_was_switched_off_stays_so() -> None:
    gc.disable()
    with resting_collector():
        assert not gc.isenabled()
    assert not gc.isenabled()
