"""The garbage collector rests during bulk work, and only then."""

import gc

import pytest

from refleqt_adapters.collector import resting_collector


def test_the_collector_rests_in_the_block_and_works_after_it() -> None:
    with resting_collector():
        assert not gc.isenabled()
    assert gc.isenabled()


def test_the_collector_works_after_a_block_that_failed() -> None:
    with pytest.raises(RuntimeError), resting_collector():
        raise RuntimeError("the program failed in mid-work")
    assert gc.isenabled()


def test_the_collector_rests_until_the_last_of_several_blocks_has_ended() -> None:
    with resting_collector():
        with resting_collector():
            pass
        assert not gc.isenabled()
    assert gc.isenabled()


def test_a_collector_that_was_switched_off_stays_so() -> None:
    gc.disable()
    try:
        with resting_collector():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()
