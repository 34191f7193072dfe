"""A call that has to be over by a time, whoever drips an answer into it."""

import ctypes
from collections.abc import Callable
from contextlib import suppress
from contextvars import copy_context
from queue import Empty, SimpleQueue
from threading import Thread
from typing import TypeVar

T = TypeVar("T")

SLACK = 5.0
"""Seconds that a request may take beyond its time-out, for what a client does around it."""


class DeadlinePassed(Exception):
    """The call was not over in time."""


class _GivenUp(SystemExit):
    """Unwinds the call; no handler of errors in it takes it for one."""


def within(seconds: float, act: Callable[[], T]) -> T:
    """What ``act`` gives or raises; `DeadlinePassed` when it is not over within that many ``seconds``.

    It runs in a thread of its own. One that is late is told to stop, and does so when its present system call returns:
    for a socket that is the next byte or the time-out of one read. Nobody waits for it, nor does the process's end.
    """
    results: SimpleQueue[tuple[T | None, BaseException | None]] = SimpleQueue()

    def run() -> None:
        with suppress(_GivenUp):
            try:
                results.put((act(), None))
            except Exception as error:
                results.put((None, error))

    thread = Thread(target=copy_context().run, args=(run,), name="request-with-deadline", daemon=True)
    thread.start()
    try:
        result, error = results.get(timeout=seconds)
    except Empty:
        _stop(thread)
        raise DeadlinePassed(f"not over within {seconds:g} seconds") from None
    except BaseException:
        _stop(thread)
        raise
    if error is not None:
        raise error
    return result  # type: ignore[return-value]  # without an error it is what the call gave


def _stop(thread: Thread) -> None:
    if thread.ident is not None:
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread.ident), ctypes.py_object(_GivenUp))
