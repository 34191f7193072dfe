"""A call is over by its deadline, and so is, soon, the thread that it ran in."""

import threading
import time

import pytest

from refleqt_adapters.deadlines import DeadlinePassed, within


def test_what_is_in_time_is_given() -> None:
    assert within(5, lambda: 7) == 7


def test_an_error_of_the_call_comes_through() -> None:
    with pytest.raises(ZeroDivisionError):
        within(5, lambda: 1 // 0)


def test_what_never_ends_is_given_up_and_its_thread_ends() -> None:
    running: list[threading.Thread] = []

    def drip() -> None:
        running.append(threading.current_thread())
        while True:
            try:
                time.sleep(0.01)
            except Exception:
                continue

    began = time.monotonic()
    with pytest.raises(DeadlinePassed, match=r"0\.1 seconds"):
        within(0.1, drip)
    assert time.monotonic() - began < 2
    running[0].join(2)
    assert not running[0].is_alive()
