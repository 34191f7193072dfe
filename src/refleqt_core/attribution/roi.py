"""Return on investment of each artifact under each model, and how sure it is."""

from collections.abc import Iterator, Mapping, Sequence

import attrs
import numpy as np
from numpy.typing import ArrayLike
from scipy.sparse import csr_array

from ..errors import InvalidInput
from .journeys import FloatArray, IntArray, Journeys
from .models import MODELS, credit_by_code, model_named
from .money import allocate_cents, cents_by_code

MINIMUM_JOURNEYS = 10
RESAMPLES = 1000
LEVEL = 0.8

_CELLS = 4_000_000
"""Draws held in memory at once."""


@attrs.frozen(kw_only=True)
class ArtifactReturn:
    """What one model says of one artifact; ``revenue`` and ``cost`` in minor units.

    ``roi`` is revenue / cost, ``low`` and ``high`` its bootstrap interval; None where not known, and ``note`` says why.
    ``disagreement`` is (largest − smallest revenue over all models) / |mean|: 0 when they agree, None without a scale.
    """

    artifact: str
    model: str
    revenue: int
    conversions: float
    journeys: int
    cost: int | None = None
    roi: float | None = None
    low: float | None = None
    high: float | None = None
    disagreement: float | None = None
    note: str | None = None


def artifact_returns(
    journeys: Journeys,
    revenue: ArrayLike,
    costs: Mapping[str, int],
    rng: np.random.Generator,
    *,
    models: Sequence[str] = tuple(MODELS),
    minimum: int = MINIMUM_JOURNEYS,
    resamples: int = RESAMPLES,
    level: float = LEVEL,
) -> tuple[ArtifactReturn, ...]:
    """One row for each artifact and model; for each model the revenue of the rows sums to all ``revenue`` exactly.

    ``revenue`` (n) and ``costs`` are whole minor units of one currency. The first artifact is `UNATTRIBUTED`; one that
    cost something and was never touched is there too, with no revenue. Intervals of probability ``level`` come from
    ``resamples`` draws of n journeys with replacement (Efron 1979), the same draws for all artifacts and models.
    Aggregated journeys, a negative cost, or an unknown model raise `InvalidInput`.
    """
    _check(journeys, costs)
    cents = {name: allocate_cents(journeys, model_named(name)(journeys), revenue) for name in models}
    totals = {name: cents_by_code(journeys, each) for name, each in cents.items()}
    reached = _journeys_by_code(journeys)
    spans = _intervals(journeys, cents, rng, resamples, level)
    disagreement = _disagreement(np.array(list(totals.values())))
    rows = []
    for name in models:
        conversions = credit_by_code(journeys, name)
        for code, artifact in enumerate(journeys.names):
            row = ArtifactReturn(
                artifact=artifact,
                model=name,
                revenue=int(totals[name][code]),
                conversions=float(conversions[code]),
                journeys=int(reached[code]),
                disagreement=disagreement[code],
            )
            rows.append(_with_return(row, None if code == 0 else costs.get(artifact), spans[name][:, code], minimum))
        rows.extend(_untouched(name, costs, set(journeys.names[1:]), minimum))
    return tuple(rows)


def _check(journeys: Journeys, costs: Mapping[str, int]) -> None:
    if np.any(journeys.counts != 1):
        raise InvalidInput("a return on investment needs single journeys, not paths that were already added up")
    for artifact, cost in costs.items():
        if cost < 0:
            raise InvalidInput(f"the cost of '{artifact}' is {cost}, and cannot be negative")


def _journeys_by_code(journeys: Journeys) -> IntArray:
    """In how many journeys each code was touched at least once."""
    width = len(journeys.names)
    pairs = np.unique(journeys.spread(np.arange(len(journeys))) * width + journeys.codes)
    return np.bincount(pairs % width, minlength=width)


def _intervals(
    journeys: Journeys, cents: Mapping[str, IntArray], rng: np.random.Generator, resamples: int, level: float
) -> dict[str, FloatArray]:
    """For each model the lower and upper end (2, codes) of the revenue of each code."""
    if not len(journeys):
        return {name: np.zeros((2, len(journeys.names))) for name in cents}
    # One row a model and code, one column a journey: a resample is one product with how often each journey was drawn.
    width, total = len(journeys.names), len(journeys)
    of_journey = journeys.spread(np.arange(total))
    rows = np.concatenate([journeys.codes + width * place for place in range(len(cents))])
    columns = np.tile(of_journey, len(cents))
    revenue = csr_array((np.concatenate(list(cents.values())), (rows, columns)), shape=(width * len(cents), total))
    revenue.eliminate_zeros()
    drawn = np.concatenate([revenue @ counts.T for counts in _draws(total, resamples, rng)], axis=1)
    ends = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2], axis=1)
    return dict(zip(cents, np.split(ends, len(cents), axis=1), strict=True))


def _draws(total: int, resamples: int, rng: np.random.Generator) -> Iterator[IntArray]:
    """How often each of ``total`` journeys was drawn, (resamples, total) in blocks that fit in memory."""
    block = max(1, _CELLS // total)
    for start in range(0, resamples, block):
        size = min(block, resamples - start)
        picks = rng.integers(total, size=(size, total)) + total * np.arange(size)[:, None]
        yield np.bincount(picks.ravel(), minlength=size * total).reshape(size, total)


def _disagreement(totals: IntArray) -> list[float | None]:
    """For each code (models, codes) → the spread of the models, as a share of their mean."""
    spread = np.ptp(totals, axis=0)
    mean = np.abs(totals.mean(axis=0))
    return [
        0.0 if width == 0 else float(width / middle) if middle > 0 else None
        for width, middle in zip(spread, mean, strict=True)
    ]


def _with_return(row: ArtifactReturn, cost: int | None, span: FloatArray, minimum: int) -> ArtifactReturn:
    if not cost:
        return attrs.evolve(row, cost=cost, note="no cost is known" if cost is None else "the cost is zero")
    if row.journeys < minimum:
        return attrs.evolve(row, cost=cost, note=f"not known: {row.journeys} of at least {minimum} journeys")
    low, high = (float(end) / cost for end in span)
    return attrs.evolve(row, cost=cost, roi=row.revenue / cost, low=low, high=high)


def _untouched(model: str, costs: Mapping[str, int], touched: set[str], minimum: int) -> Iterator[ArtifactReturn]:
    for artifact in sorted(set(costs) - touched):
        row = ArtifactReturn(artifact=artifact, model=model, revenue=0, conversions=0.0, journeys=0, disagreement=0.0)
        yield _with_return(row, costs[artifact], np.zeros(2), minimum)
