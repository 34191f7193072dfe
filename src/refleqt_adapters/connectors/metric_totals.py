"""Sums of what rows count, as records of the unified metric schema; amounts are summed exactly."""

import math
from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple

from refleqt_core.ports.connector import Additivity, MetricRecord
from refleqt_core.values import MINOR_UNITS, Money

RATIOS = frozenset({"ctr", "cpc", "cpm", "cpa", "cpl", "roas", "roi", "position", "ranking_position", "rate", "score"})
UNIQUES = frozenset({"reach", "users", "visitors", "subscribers", "followers", "unique"})


class Fact(NamedTuple):
    """One row's share of a metric, in whole steps of ``1 / scale`` of its unit."""

    entity_kind: str
    entity_id: str
    day: date
    metric: str
    value: float
    scale: int = 1
    unit: str = "count"
    currency: str | None = None
    labels: Mapping[str, str] = {}


def additivity_of(metric: str) -> Additivity:
    """Whether values of the metric may be summed: rates, averages and positions are ratios, people are unique."""
    parts = set(metric.lower().split("_"))
    if metric.lower() in RATIOS or parts & {"rate", "avg", "average", "ctr", "position", "share"}:
        return "ratio"
    return "unique" if parts & UNIQUES else "additive"


def money_fact(
    entity_kind: str, entity_id: str, day: date, metric: str, amount: Money, labels: Mapping[str, str]
) -> Fact:
    """The amount as a fact in its currency, counted in minor units."""
    scale = 10 ** MINOR_UNITS.get(amount.currency, 2)
    return Fact(entity_kind, entity_id, day, metric, amount.minor, scale, "currency", amount.currency, labels)


def labels_of(row: Mapping[str, str | None], *names: str) -> dict[str, str]:
    """The named fields of the row that say something."""
    return {name: said for name in names if (said := row[name])}


def summed(source: str, facts: Iterable[Fact], *, time_zone: str = "UTC") -> list[MetricRecord]:
    """One record for each thing, metric and day with the sum of its facts, in the order of their first ones."""
    first: dict[tuple[str, str, str, date], Fact] = {}
    values: dict[tuple[str, str, str, date], list[float]] = {}
    for fact in facts:
        key = (fact.entity_kind, fact.entity_id, fact.metric, fact.day)
        first.setdefault(key, fact)
        values.setdefault(key, []).append(fact.value)
    return [
        MetricRecord(
            source=source,
            entity_kind=fact.entity_kind,
            entity_id=fact.entity_id,
            metric=fact.metric,
            value=math.fsum(values[key]) / fact.scale,
            day=fact.day,
            unit=fact.unit,
            currency=fact.currency,
            time_zone=time_zone,
            labels=fact.labels,
        )
        for key, fact in first.items()
    ]
