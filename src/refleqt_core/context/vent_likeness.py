"""How likely two vents are about the same thing, calibrated on labelled pairs."""

from collections.abc import Hashable, Sequence, Set
from typing import TypeVar
from uuid import UUID

import attrs
import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from ..intake.vocabulary import terms
from ..ports import Vectors
from .vent_calibration import CALIBRATIONS

Matrix = NDArray[np.float64]
T = TypeVar("T", bound=Hashable)

ANY_MODEL = "any"
"""The calibration for vectors of a model that none was made for: it rests on words and tags alone."""


@attrs.frozen(kw_only=True)
class Calibration:
    """Weights of a logistic regression on pairs of vents, and the log-odds from which vents are taken together.

    A vent joins a theme from ``join``, and themes are made of all vents from ``group``, both as a mean over the pairs.
    """

    intercept: float
    cosine: float
    words: float
    shared_tag: float
    other_tags: float
    join: float
    group: float


@attrs.frozen(kw_only=True)
class Likened:
    """A vent as it is compared: a unit vector of its text, its tags, and its words."""

    id: UUID
    vector: Vectors
    tags: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()


def calibration_of(model: str) -> Calibration:
    """The calibration for vectors of that embedding model; else the one that needs no vectors."""
    return Calibration(**CALIBRATIONS.get(model, CALIBRATIONS[ANY_MODEL]))


def words_of(text: str) -> frozenset[str]:
    """The single words of the text that say something about its matter."""
    return frozenset(term for term, _, _ in terms(text) if " " not in term)


def features(some: Sequence[Likened], others: Sequence[Likened]) -> dict[str, Matrix]:
    """What is compared of each pair, by the name of its weight; each of shape (len(some), len(others)).

    ``cosine`` of the vectors; ``words``: those in common as a share of those of the one with fewer; ``shared_tag``: 1
    where a tag is in common; ``other_tags``: 1 where both have tags and none in common.
    """
    shared = _in_common([each.tags for each in some], [each.tags for each in others]) > 0
    tagged = np.outer([bool(each.tags) for each in some], [bool(each.tags) for each in others])
    sizes = ([max(len(each.words), 1) for each in side] for side in (some, others))
    words = _in_common([each.words for each in some], [each.words for each in others])
    return {
        "cosine": _stacked(some) @ _stacked(others).T,
        "words": words / np.minimum.outer(*(np.array(size) for size in sizes)),
        "shared_tag": shared.astype(float),
        "other_tags": (tagged & ~shared).astype(float),
    }


def log_odds(calibration: Calibration, some: Sequence[Likened], others: Sequence[Likened]) -> Matrix:
    """The log-odds that each of ``some`` is about the same as each of ``others``, (len(some), len(others)).

    It is symmetric. The mean over the vents of a theme is the log-odds for the theme's centroid, as every feature but
    that of tags and words is linear in the vectors.
    """
    odds = np.full((len(some), len(others)), calibration.intercept)
    for name, values in features(some, others).items():
        odds += getattr(calibration, name) * values
    return odds


def _stacked(vents: Sequence[Likened]) -> Matrix:
    return np.stack([each.vector for each in vents]).astype(float) if vents else np.empty((0, 0))


def _in_common(some: Sequence[Set[T]], others: Sequence[Set[T]]) -> Matrix:
    """How many members each pair of sets has in common."""
    places = {each: place for place, each in enumerate(dict.fromkeys(one for held in (*some, *others) for one in held))}
    left, right = (_membership(side, places) for side in (some, others))
    return np.asarray((left @ right.T).toarray(), float)


def _membership(sets: Sequence[Set[T]], places: dict[T, int]) -> sparse.csr_array:
    pairs = [(row, places[each]) for row, held in enumerate(sets) for each in held]
    rows, columns = ([pair[side] for pair in pairs] for side in (0, 1))
    return sparse.csr_array((np.ones(len(pairs)), (rows, columns)), shape=(len(sets), len(places)))
