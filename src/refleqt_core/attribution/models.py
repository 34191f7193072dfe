"""Models of credit: how the worth of a conversion is split over the touches that led to it.

Every touch counts, repeated ones too. A model gives one weight a step; the weights of a journey sum to 1.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from ..errors import InvalidInput
from .journeys import FloatArray, Journeys

Model: TypeAlias = Callable[[Journeys], FloatArray]

HALF_LIFE_DAYS = 7.0
EDGE_SHARE = 0.4


def first_touch(journeys: Journeys) -> FloatArray:
    """Weights (s): all to the first touch."""
    weights = np.zeros(len(journeys.codes))
    weights[journeys.starts] = 1.0
    return weights


def last_touch(journeys: Journeys) -> FloatArray:
    """Weights (s): all to the last touch before the conversion."""
    weights = np.zeros(len(journeys.codes))
    weights[journeys.ends] = 1.0
    return weights


def linear(journeys: Journeys) -> FloatArray:
    """Weights (s): the same to every touch of a journey."""
    return journeys.spread(1.0 / journeys.lengths)


def time_decay(journeys: Journeys, half_life_days: float = HALF_LIFE_DAYS) -> FloatArray:
    """Weights (s) in proportion to 2^(-age / half-life): half as much for each ``half_life_days`` further back.

    A half-life that is not positive raises `InvalidInput`.
    """
    if not half_life_days > 0:
        raise InvalidInput(f"a half-life of {half_life_days} days makes no sense; give more than 0")
    # Counted from the last touch, whose weight is then 1: a sum can't underflow to 0, however old the journey is.
    weights = np.exp2((journeys.spread(journeys.ages[journeys.ends]) - journeys.ages) / half_life_days)
    return np.asarray(weights / journeys.spread(np.add.reduceat(weights, journeys.starts)), dtype=np.float64)


def position_based(journeys: Journeys, edge: float = EDGE_SHARE) -> FloatArray:
    """Weights (s): ``edge`` to the first touch, as much to the last, the rest in equal parts to those between.

    Two touches get a half each, a single one all. An ``edge`` outside (0, 0.5] raises `InvalidInput`.
    """
    if not 0 < edge <= 0.5:
        raise InvalidInput(f"the first and the last touch cannot get {edge} each; give more than 0 and at most 0.5")
    lengths = journeys.lengths
    weights: FloatArray = journeys.spread((1.0 - 2.0 * edge) / np.maximum(lengths - 2, 1))
    at_edge = np.where(lengths > 2, edge, 1.0 / lengths)
    weights[journeys.starts] = at_edge
    weights[journeys.ends] = at_edge
    return weights


MODELS: Mapping[str, Model] = MappingProxyType(
    {
        "first_touch": first_touch,
        "last_touch": last_touch,
        "linear": linear,
        "time_decay": time_decay,
        "position_based": position_based,
    }
)


def model_named(name: str) -> Model:
    """The model of that name; another name raises `InvalidInput` that lists the known ones."""
    if name not in MODELS:
        raise InvalidInput(f"there is no attribution model '{name}'; the models are: {', '.join(MODELS)}")
    return MODELS[name]


def credit_by_code(journeys: Journeys, model: str | Model, amounts: ArrayLike | None = None) -> FloatArray:
    """What each code is credited with, in the order of ``journeys.names``; all of it sums to the sum of ``amounts``.

    ``amounts`` (n) is what each journey is worth: by default the conversions that it stands for. For money that has to
    agree to the cent see `money.allocate_cents`.
    """
    weights = (model_named(model) if isinstance(model, str) else model)(journeys)
    worth = journeys.counts if amounts is None else np.asarray(amounts, dtype=np.float64)
    credit = np.bincount(journeys.codes, weights=weights * journeys.spread(worth), minlength=len(journeys.names))
    return credit.astype(np.float64, copy=False)
