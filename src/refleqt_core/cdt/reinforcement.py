"""The month's verdict on a belief: did it forecast well, and which of the four statuses follows.

A belief has to fail in consecutive months to go down and to do clearly well to come back up; in the band between
"failed" and "clearly well" it stays where it is, so that one odd month doesn't flip it to and fro.
"""

from collections.abc import Sequence
from typing import Literal

import attrs

from ..errors import InvalidInput
from ..values import not_negative, share
from .hierarchical_filter import positive

Status = Literal["active", "weakening", "exploring_alternative", "deprecated"]

LADDER: tuple[Status, ...] = ("active", "weakening", "exploring_alternative", "deprecated")


@attrs.frozen(kw_only=True)
class ScoredForecast:
    """A forecast that came due: both rates in [0, 1], and the age in days of the data that scored it."""

    predicted: float = attrs.field(validator=share)
    actual: float = attrs.field(validator=share)
    age: float = attrs.field(default=0.0, validator=not_negative)
    weight: float = attrs.field(default=1.0, validator=positive)


@attrs.frozen(kw_only=True)
class ReinforcementSettings:
    """``weak_below`` and ``strong_from`` bound the band in which nothing changes; ``half_life`` of data, in days."""

    half_life: float = attrs.field(default=730.0, validator=positive)
    weak_below: float = attrs.field(default=0.5, validator=share)
    strong_from: float = attrs.field(default=0.6, validator=share)
    months_to_explore: int = attrs.field(default=2, validator=positive)
    months_to_deprecate: int = attrs.field(default=3, validator=positive)
    months_to_recover: int = attrs.field(default=1, validator=positive)
    alternative_from: float = attrs.field(default=0.9, validator=share)

    def __attrs_post_init__(self) -> None:
        if self.strong_from < self.weak_below or self.months_to_deprecate <= self.months_to_explore:
            raise InvalidInput("recovery needs at least the score of weakening, deprecation more months than exploring")


@attrs.frozen(kw_only=True)
class Standing:
    """The status of a belief, and for how many months running it was weak or strong, those between not counted."""

    status: Status = "active"
    weak_months: int = attrs.field(default=0, validator=not_negative)
    strong_months: int = attrs.field(default=0, validator=not_negative)


@attrs.frozen(kw_only=True)
class MonthReview:
    """What a month showed of a belief.

    ``score`` is None where no forecast came due. ``below_baseline``: the posterior's mean fell below the business's own
    baseline. ``alternative``: the probability that the best other option of the cell is better.
    """

    score: float | None = None
    below_baseline: bool = False
    alternative: float = attrs.field(default=0.0, validator=share)


def recency(age: float, half_life: float) -> float:
    """The weight of data ``age`` days old: 1 today, one half after the half-life."""
    return float(0.5 ** (age / half_life))


def alignment(predicted: float, actual: float) -> float:
    """1 − |predicted − actual|, in [0, 1]."""
    return 1 - abs(predicted - actual)


def reinforcement_score(
    forecasts: Sequence[ScoredForecast], settings: ReinforcementSettings | None = None
) -> float | None:
    """The month's score in [0, 1]: alignment × recency; None where no forecast was scored.

    Several forecasts of one belief are compared by their means: a rate of one half that is forecast rightly misses each
    single yes or no by one half, and would otherwise be blamed for being right.
    """
    if not forecasts:
        return None
    half_life = (settings or ReinforcementSettings()).half_life
    recencies = [recency(each.age, half_life) for each in forecasts]
    weights = [each.weight * fresh for each, fresh in zip(forecasts, recencies, strict=True)]
    predicted = weighted_mean([each.predicted for each in forecasts], weights)
    actual = weighted_mean([each.actual for each in forecasts], weights)
    return alignment(predicted, actual) * weighted_mean(recencies, [each.weight for each in forecasts])


def next_standing(standing: Standing, review: MonthReview, settings: ReinforcementSettings | None = None) -> Standing:
    """The standing after the month.

    A failed month goes down: weakening, after two exploring_alternative, after three, or as soon as an alternative to a
    belief that was no longer active is better with enough probability, deprecated. Enough strong months go up by one.
    A month between, or without forecasts, changes nothing.
    """
    rules = settings or ReinforcementSettings()
    if failed(review, rules):
        return lowered(standing, review, rules)
    if review.score is not None and review.score >= rules.strong_from:
        return raised(standing, rules)
    return standing


def failed(review: MonthReview, settings: ReinforcementSettings) -> bool:
    """Whether the month speaks against the belief."""
    return review.below_baseline or (review.score is not None and review.score < settings.weak_below)


def lowered(standing: Standing, review: MonthReview, settings: ReinforcementSettings) -> Standing:
    """The standing after a failed month, never above what it was."""
    months = standing.weak_months + 1
    replaced = standing.status != "active" and review.alternative >= settings.alternative_from
    if months >= settings.months_to_deprecate or replaced:
        earned: Status = "deprecated"
    else:
        earned = "exploring_alternative" if months >= settings.months_to_explore else "weakening"
    return Standing(status=max(earned, standing.status, key=LADDER.index), weak_months=months)


def raised(standing: Standing, settings: ReinforcementSettings) -> Standing:
    """The standing after a strong month: the weak ones forgotten, and one step up when there were enough of it."""
    months = standing.strong_months + 1
    if standing.status == "active" or months < settings.months_to_recover:
        return Standing(status=standing.status, strong_months=months)
    return Standing(status=LADDER[LADDER.index(standing.status) - 1])


def weighted_mean(values: Sequence[float], weights: Sequence[float]) -> float:
    """The mean of ``values`` with positive ``weights``."""
    return sum(value * weight for value, weight in zip(values, weights, strict=True)) / sum(weights)
