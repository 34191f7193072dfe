"""Ids as people write them: a part of it is enough where it is unique."""

from collections.abc import Callable, Iterable
from typing import TypeVar
from uuid import UUID

from refleqt_core.entities import Entity
from refleqt_core.errors import InvalidInput, NotFound

E = TypeVar("E", bound=Entity)

SHOWN = 8
LISTED = 5


def short(id: UUID) -> str:
    """The end of an id, which is random; the beginning is a time, and alike for all that came together."""
    return id.hex[-SHOWN:]


def the_one(
    candidates: Iterable[E], given: str, what: str, *, name_of: Callable[[E], str | None] = lambda _: None
) -> E:
    """The candidate whose id begins or ends as ``given``, or whose name is that exactly.

    None: `NotFound`. Several: `InvalidInput` which lists them.
    """
    known = list(candidates)
    for candidate in known:
        if given and given == name_of(candidate):
            return candidate
    part = given.replace("-", "").lower()
    found = [each for each in known if part and (each.id.hex.startswith(part) or each.id.hex.endswith(part))]
    if not found:
        raise NotFound(f"there is no {what} '{given}'")
    if len(found) > 1:
        alike = ", ".join(str(each.id) for each in found[:LISTED]) + (" …" if len(found) > LISTED else "")
        raise InvalidInput(f"'{given}' fits {len(found)} of them: {alike}. Write more of the id")
    return found[0]
