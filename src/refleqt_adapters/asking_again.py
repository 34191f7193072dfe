"""Asking a service again that is busy, out of order or silent: with growing waits, and not for ever."""

import random
import time
from collections.abc import Callable
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import TypeVar

import attrs

from refleqt_core.errors import RefleqtError, Unavailable

T = TypeVar("T")

LONGEST_TOLD = 7 * 24 * 3600.0
"""Seconds. A service may name any number."""


@attrs.frozen(kw_only=True)
class Refusal:
    """A request that was not answered as hoped; ``wait`` is how many seconds the service asks to be left alone."""

    error: RefleqtError
    passing: bool
    """Whether the same request may succeed later."""
    wait: float | None = None


@attrs.frozen(kw_only=True)
class Patience:
    """How often a request is made in all, and how long is waited in between.

    The n-th wait is ``first_wait`` doubled n - 1 times, less a random part of up to a half, so that callers who were
    refused together do not come back together. A service that names its own wait gets that instead, and up to a
    quarter more; one that wants more than ``longest_wait`` is not waited for.
    """

    attempts: int = 5
    first_wait: float = 1.0
    longest_wait: float = 60.0
    sleep: Callable[[float], None] = time.sleep
    chance: Callable[[], float] = random.random

    def ask(self, request: Callable[[], T | Refusal]) -> T:
        """The first answer that is no refusal; a refusal that does not pass, or is the last, raises its error.

        An `Unavailable` then says how long the service asked to be left alone, for whoever can wait so long.
        """
        for attempt in range(1, self.attempts + 1):
            answer = request()
            if not isinstance(answer, Refusal):
                return answer
            asked_too_much = answer.wait is not None and answer.wait > self.longest_wait
            if not answer.passing or asked_too_much or attempt == self.attempts:
                raise _with_wait(answer)
            self.sleep(self._wait(attempt, answer.wait))
        raise AssertionError("a request is made at least once")

    def _wait(self, attempt: int, asked: float | None) -> float:
        if asked is not None:
            return asked * (1 + self.chance() / 4)
        return min(self.first_wait * 2.0 ** (attempt - 1), self.longest_wait) * (1 - self.chance() / 2)


def _with_wait(refusal: Refusal) -> RefleqtError:
    if isinstance(refusal.error, Unavailable) and refusal.wait is not None:
        refusal.error.retry_after = timedelta(seconds=min(refusal.wait, LONGEST_TOLD))
    return refusal.error


def asked_wait(header: str | None, now: Callable[[], float] = time.time) -> float | None:
    """The seconds that a ``Retry-After`` header names, as a number or as a date (RFC 9110, 10.2.3); else None."""
    if not header:
        return None
    try:
        return max(float(header), 0.0) if header.strip().isdigit() else _seconds_until(header, now())
    except (ValueError, OverflowError):
        return None


def _seconds_until(date: str, now: float) -> float:
    return max(parsedate_to_datetime(date).timestamp() - now, 0.0)
