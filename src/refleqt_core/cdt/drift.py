"""Change detection on forecast errors: the Page–Hinkley test, two-sided, for many streams at once (Page 1954)."""

import attrs
import numpy as np
from numpy.typing import NDArray

from ..values import not_negative


@attrs.frozen
class PageHinkley:
    """When does a run of errors speak of a change, and not of noise?

    Errors are in standard deviations of the forecast, so a right forecast has errors of mean 0 and variance 1.
    ``tolerance`` is the shift per error that is let pass, ``threshold`` the accumulated shift beyond it that alarms.
    The defaults suit forecasts that learn, which take part of a shift in themselves; on forecasts that stand still they
    alarm falsely about once in 300 errors. The reference is zero and not the running mean of the errors, because a
    forecast that learns is its own.
    """

    tolerance: float = attrs.field(default=0.25, validator=not_negative)
    threshold: float = attrs.field(default=8.0, validator=not_negative)

    def start(self, streams: int) -> NDArray[np.float64]:
        """The statistics of ``streams`` streams that have seen nothing, (2, streams): outcomes above and below."""
        return np.zeros((2, streams))

    def update(
        self, statistics: NDArray[np.float64], stream: int, error: float, weight: float = 1.0
    ) -> tuple[NDArray[np.float64], bool]:
        """The statistics after an ``error`` (outcome − forecast, standardised), and whether the stream alarms.

        After an alarm the stream starts anew. The statistics that were given stay as they are.
        """
        after = statistics.copy()
        after[0, stream] = max(0.0, after[0, stream] + weight * (error - self.tolerance))
        after[1, stream] = max(0.0, after[1, stream] - weight * (error + self.tolerance))
        alarms = bool(after[:, stream].max() > self.threshold)
        if alarms:
            after[:, stream] = 0.0
        return after, alarms


def first_alarm(errors: NDArray[np.float64], test: PageHinkley) -> int | None:
    """The index of the error at which the test first alarms, or None where it never does."""
    statistics = test.start(1)
    for index, error in enumerate(errors):
        statistics, alarms = test.update(statistics, 0, float(error))
        if alarms:
            return index
    return None
