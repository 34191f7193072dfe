"""When a failed job is tried again, and what is kept of its failure."""

import traceback
from datetime import timedelta

RETRIES = 3
"""After the first attempt; the design document's retry policy."""

FIRST_DELAY = timedelta(seconds=10)
GROWTH = 4
LONGEST_PROBLEM = 20_000


def retry_delay(failures: int, chance: float) -> timedelta | None:
    """How long a job waits after ``failures`` failed attempts (1 or more); None when its retries are used up.

    At most 10 s, 40 s, 160 s, at least half of that: ``chance`` in [0, 1) says where in between, so that what failed
    together is not tried again together ("equal jitter", Brooker 2015).
    """
    if failures > RETRIES:
        return None
    longest: timedelta = FIRST_DELAY * GROWTH ** (failures - 1)
    return longest * ((1 + chance) / 2)


def problem_of(error: BaseException) -> str:
    """The traceback of ``error`` as text that any store can hold; of a long one the end, which names the fault."""
    lines = "".join(traceback.format_exception(error))
    return lines.replace("\x00", "\N{REPLACEMENT CHARACTER}").encode(errors="replace").decode()[-LONGEST_PROBLEM:]
