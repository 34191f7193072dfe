"""Trying again what somebody else was quicker with."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from .errors import Conflict

P = ParamSpec("P")
T = TypeVar("T")

ATTEMPTS = 10


def tried_again(use_case: Callable[P, T]) -> Callable[P, T]:
    """A `Conflict` is met by doing it anew on what is there now, at most `ATTEMPTS` times in all; then it is raised.

    For use cases that are one transaction and decide by what they read in it: whoever is later finds the campaign,
    the keyword or the entry that the quicker one has written.
    """

    @wraps(use_case)
    def attempt(*args: P.args, **kwargs: P.kwargs) -> T:
        for _ in range(ATTEMPTS - 1):
            try:
                return use_case(*args, **kwargs)
            except Conflict:
                continue
        return use_case(*args, **kwargs)

    return attempt
