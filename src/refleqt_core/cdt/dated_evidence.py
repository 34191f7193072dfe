"""The evidence of one category in the order of its own dates, however it arrived, and what follows from it."""

import bisect
import itertools
import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from .hierarchical_filter import FilterBank, Filtered

CHECKPOINT_EVERY = 8
MOST_CHECKPOINTS = 64


class Outcome(NamedTuple):
    """One piece of evidence; the order of its fields is the order in which evidence is applied."""

    at: float
    cell: int
    reward: float
    weight: float


class DatedEvidence:
    """A growing set of outcomes and the filtered state at any date.

    Adding is O(1). A state is the fold of all outcomes up to its date, sorted, so it is the same number for number in
    whatever order they were added. Checkpoints, dense at the end and sparse before, make the common case quick: new
    outcomes near the end.
    """

    def __init__(self, bank: FilterBank):
        self.bank = bank
        self._outcomes: list[Outcome] = []
        self._arrived: list[Outcome] = []
        self._checkpoints: list[tuple[int, Filtered]] = [(0, bank.start())]

    def __len__(self) -> int:
        return len(self._outcomes) + len(self._arrived)

    def add(self, outcome: Outcome) -> None:
        """The outcome counts from its own date on; the same one twice counts twice."""
        self._arrived.append(outcome)

    def state(self, at: float) -> Filtered:
        """What all outcomes dated ``at`` or before amount to."""
        self._admit()
        end = bisect.bisect_right(self._outcomes, at, key=lambda outcome: outcome.at)
        nearest = bisect.bisect_right(self._checkpoints, end, key=lambda kept: kept[0]) - 1
        position, state = self._checkpoints[nearest]
        for count, at_once in merged(self._outcomes[position:end]):
            position += count
            state = state.after(self.bank, at_once.cell, at_once.reward, at_once.weight, at_once.at)
            self._keep(position, state, last=position == end)
        return state

    def _admit(self) -> None:
        if not self._arrived:
            return
        first = min(self._arrived)
        self._outcomes = sorted(self._outcomes + self._arrived)
        self._arrived.clear()
        valid = bisect.bisect_left(self._outcomes, first[:2], key=lambda outcome: outcome[:2])
        while self._checkpoints[-1][0] > valid:
            self._checkpoints.pop()

    def _keep(self, position: int, state: Filtered, *, last: bool) -> None:
        since = position - self._checkpoints[-1][0]
        if since <= 0 or not (last or since >= CHECKPOINT_EVERY):
            return
        self._checkpoints.append((position, state))
        if len(self._checkpoints) > MOST_CHECKPOINTS:
            del self._checkpoints[1 : MOST_CHECKPOINTS // 2 : 2]


def merged(outcomes: Sequence[Outcome]) -> Iterator[tuple[int, Outcome]]:
    """Sorted outcomes, those of one cell and moment as one of their mean reward and summed weight; each with its count.

    What happened at one moment has no order: one by one, failures before successes would look like a change.
    """
    for (at, cell), group in itertools.groupby(outcomes, key=lambda outcome: outcome[:2]):
        each = list(group)
        weight = math.fsum(outcome.weight for outcome in each)
        gained = math.fsum(outcome.reward * outcome.weight for outcome in each)
        yield len(each), Outcome(at, cell, min(1.0, gained / weight) if weight else 0.0, weight)
