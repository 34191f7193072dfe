"""The error tree. A class says who can mend the fault; its message names the remedy.

Adapters translate vendor errors into these in one place with ``raise … from``; only ``refleqt_http`` knows what HTTP
status each of them is.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import NamedTuple


class RefleqtError(Exception):
    """Every fault that Refleqt raises on purpose."""


class Fault(NamedTuple):
    """One thing wrong with an input, with all that is needed to find and mend it.

    ``row`` counts as a person who opened the file would: the header is row 1. It is None where rows make no sense.
    ``value`` is what the field holds, cut where it is very long; None where no single value is at fault.
    """

    source: str
    row: int | None
    field: str | None
    problem: str
    remedy: str
    value: str | None = None

    def __str__(self) -> str:
        place = ", ".join(
            part
            for part in (self.source, self.row and f"row {self.row}", self.field and f"field '{self.field}'")
            if part
        )
        return f"{place}: {self.problem}. {self.remedy}"


class InvalidInput(RefleqtError):
    """The caller can fix it: every fault of the input at once, none hidden behind the first."""

    def __init__(self, faults: Iterable[Fault] | str):
        self.faults: tuple[Fault, ...] = (
            (Fault("input", None, None, faults, ""),) if isinstance(faults, str) else tuple(faults)
        )
        super().__init__(faults if isinstance(faults, str) else "\n".join(map(str, self.faults)))


class NotFound(RefleqtError):
    """What was named does not exist, or not for this business."""


class Conflict(RefleqtError):
    """Somebody else was quicker, or the thing exists already: read again, then decide.

    ``field`` is what of the input is there already, where it is one field.
    """

    def __init__(self, message: str, *, field: str | None = None):
        self.field = field
        super().__init__(message)


class NotAllowed(RefleqtError):
    """The caller may not do this, now or ever; asking again changes nothing."""


class Unavailable(RefleqtError):
    """A part that is outside does not answer: the same call may succeed later.

    ``retry_after``: it is no use before that, as far as whoever refused has said.
    """

    def __init__(self, message: str = "", *, retry_after: timedelta | None = None):
        self.retry_after = retry_after
        super().__init__(message)


class NeedsReview(RefleqtError):
    """A person has to decide."""


class MissingDependency(RefleqtError):
    """An extra is not installed; the message names the command that installs it."""

    def __init__(self, package: str, extra: str):
        super().__init__(f"'{package}' is not installed. Install it with: pip install 'refleqt[{extra}]'")


class MissingProgram(MissingDependency):
    """A program outside Python is not installed; the message names the command that installs it."""

    def __init__(self, program: str, remedy: str):
        RefleqtError.__init__(self, f"The program '{program}' is not installed. {remedy}")
