"""Themes made of all vents at once, whatever order they came in."""

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.optimize import linear_sum_assignment
from scipy.spatial.distance import squareform

from .vent_likeness import Matrix

T = TypeVar("T", bound=Hashable)

APART = 1e9
"""A distance that no mean over a group's pairs brings below a threshold."""


def groups(odds: Matrix, least: float, fixed: Sequence[T | None]) -> list[int]:
    """The group of each vent, numbered in the order of their first vents.

    Average linkage (UPGMA; Sokal and Michener 1958) over the log-odds (n, n): the two groups with the highest mean
    over their pairs become one, as long as it is at least ``least``. Vents with the same value in ``fixed`` are in one
    group from the start, and those with different values never are; None is free.
    """
    if len(odds) < 2:
        return [0] * len(odds)
    most = float(odds.max())
    distance = 1.0 + most - (odds + odds.T) / 2
    known = {each: place for place, each in enumerate(dict.fromkeys(each for each in fixed if each is not None))}
    of = np.array([-1 if each is None else known[each] for each in fixed])
    both = np.logical_and.outer(of != -1, of != -1)
    same = np.equal.outer(of, of)
    distance[both & same] = 0.0
    distance[both & ~same] = APART
    np.fill_diagonal(distance, 0.0)
    labels = fcluster(linkage(squareform(distance, checks=False), "average"), max(1.0 + most - least, 0.0), "distance")
    return _renumbered(labels)


def kept_names(
    group_of: Sequence[int], before: Sequence[T], fixed: Mapping[int, T], order: Sequence[T]
) -> dict[int, T]:
    """Which group goes on under which name of ``before``: as many vents as can be keep theirs.

    ``before`` is the name each vent had. A group in ``fixed`` has that name. Where several ways keep as many, the names
    that come first in ``order`` are kept. A group that shares no vent with a name that is free has none.
    """
    free = [name for name in order if name not in set(fixed.values())]
    open_groups = [group for group in sorted(set(group_of)) if group not in fixed]
    shared = Counter(zip(group_of, before, strict=True))
    # A fraction of a vent, that no sum of makes up for a whole one.
    first = {name: (len(free) - place) / (1 + len(free)) ** 2 for place, name in enumerate(free)}
    worth = np.array([[(n := shared[group, name]) and n + first[name] for name in free] for group in open_groups])
    if not worth.size:
        return dict(fixed)
    rows, columns = linear_sum_assignment(worth, maximize=True)
    kept = {open_groups[row]: free[column] for row, column in zip(rows, columns, strict=True) if worth[row, column] > 0}
    return {**fixed, **kept}


def _renumbered(labels: NDArray[np.int32]) -> list[int]:
    numbers: dict[int, int] = {}
    return [numbers.setdefault(int(label), len(numbers)) for label in labels]
