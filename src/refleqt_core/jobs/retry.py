"""When a failed job is tried again, and what is kept of its failure."""

import traceback
from datetime import timedelta

from ..errors import InvalidInput, MissingDependency, NeedsReview, NotAllowed, NotFound, Unavailable

RETRIES = 3
"""After the first attempt; the design document's retry policy."""

FIRST_DELAY = timedelta(seconds=10)
GROWTH = 4
LONGEST_DELAY = timedelta(hours=1)
"""A tool that asks for more patience than that is asked again after this."""

LONGEST_PROBLEM = 20_000

LASTING = (InvalidInput, NotFound, NotAllowed, NeedsReview, MissingDependency)
"""What the same job would meet again: somebody has to mend it first."""


def retry_delay(failures: int, chance: float, error: BaseException) -> timedelta | None:
    """How long a job waits after ``failures`` failed attempts (1 or more), the last by ``error``; None: it has failed.

    At most 10 s, 40 s, 160 s, at least half of that: ``chance`` in [0, 1) says where in between, so that what failed
    together is not tried again together ("equal jitter", Brooker 2015). An `Unavailable` that says how long to wait is
    believed, up to `LONGEST_DELAY`. No retry helps against an error of `LASTING`.
    """
    if failures > RETRIES or isinstance(error, LASTING):
        return None
    longest: timedelta = FIRST_DELAY * GROWTH ** (failures - 1)
    delay: timedelta = longest * ((1 + chance) / 2)
    if isinstance(error, Unavailable) and error.retry_after is not None:
        return max(delay, min(error.retry_after, LONGEST_DELAY))
    return delay


def problem_of(error: BaseException) -> str:
    """The traceback of ``error`` as text that any store can hold; of a long one the end, which names the fault."""
    lines = "".join(traceback.format_exception(error))
    return lines.replace("\x00", "\N{REPLACEMENT CHARACTER}").encode(errors="replace").decode()[-LONGEST_PROBLEM:]
