"""What a vent can be, whichever way it comes in: when it was written, and its tags."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta

from ..errors import Fault
from .drafts import VentDraft
from .given_names import name_problem

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
AHEAD = timedelta(days=366)
"""What is said to be written later than that from now is an error, and none of a clock or of a simulation."""
CLOCKS_APART = timedelta(days=1)
"""How far the clock of a program may be ahead that put the date by itself."""
LONGEST_TAG = 60


def is_credible(written_at: datetime, now: datetime, ahead: timedelta = AHEAD) -> bool:
    """Whether somebody can have written then: since 1990, and not more than ``ahead`` of ``now``."""
    return EARLIEST <= written_at <= now + ahead


def tidied_tags(tags: Iterable[str]) -> tuple[str, ...]:
    """The tags with their white space tidied, each once; blank ones are left out."""
    return tuple(dict.fromkeys(filter(None, (" ".join(tag.split()) for tag in tags))))


def tag_faults(tags: Iterable[str], source: str, row: int | None = None) -> Iterator[Fault]:
    """What is wrong with tags that are tidied."""
    for tag in tags:
        problem = name_problem(tag, LONGEST_TAG)
        if problem:
            yield Fault(source, row, "tags", f"of one of them: {problem.problem}", f"{problem.remedy}.", tag[:80])


def vent_faults(draft: VentDraft, now: datetime, source: str, row: int | None = None) -> list[Fault]:
    """What is wrong with the vent, whose tags are tidied, at the moment ``now``."""
    found = list(tag_faults(draft.tags, source, row))
    if not is_credible(draft.written_at, now):
        when = "more than a year in the future" if draft.written_at > now else f"before {EARLIEST.year}"
        remedy = "Give the moment when it was written, or leave it out where that can be."
        found.append(Fault(source, row, "written_at", f"it is {when}", remedy, str(draft.written_at)))
    return found
