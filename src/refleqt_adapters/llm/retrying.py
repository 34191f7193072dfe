"""Waiting for a server in trouble: how often it is asked again, and after how long."""

import random
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import attrs


@attrs.frozen(kw_only=True)
class Patience:
    """A request is tried ``tries`` times in all, with waits that double from ``first_wait`` seconds.

    Each wait is between half and the whole of that, by ``chance`` in [0, 1), so that clients that failed together do
    not come again together (exponential backoff with equal jitter; Brooker 2015). A server that names a wait is given
    it, unless it is more than ``longest_wait`` seconds.
    """

    tries: int = 4
    first_wait: float = 1.0
    longest_wait: float = 30.0
    sleep: Callable[[float], None] = time.sleep
    chance: Callable[[], float] = random.random

    def waits(self, failed: int, asked: float | None) -> bool:
        """Waits after the request has failed that often, and gives whether it is to be tried again.

        ``asked`` is the wait in seconds that the server names.
        """
        if failed >= self.tries or (asked is not None and asked > self.longest_wait):
            return False
        usual = min(self.longest_wait, self.first_wait * 2 ** (failed - 1)) * (1 + self.chance()) / 2
        self.sleep(max(usual, asked or 0.0))
        return True


def named_wait(headers: Mapping[str, str] | None) -> float | None:
    """The seconds that ``Retry-After`` names, as a number or as a date (RFC 9110, 10.2.3); None where it does not."""
    told = (headers or {}).get("retry-after", "").strip()
    if not told:
        return None
    if told.replace(".", "", 1).isdecimal():
        return float(told)
    try:
        moment = parsedate_to_datetime(told)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())
