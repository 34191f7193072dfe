"""What both stores do with the points of a series before they are stored."""

from collections.abc import Sequence
from typing import Any

from refleqt_core.entities import Point
from refleqt_core.errors import InvalidInput
from refleqt_core.ports.store import P


def one_of_each_key(points: Sequence[P]) -> dict[tuple[Any, ...], P]:
    """The points by key; two of one key with different values raise `InvalidInput`."""
    by_key: dict[tuple[Any, ...], P] = {}
    for point in points:
        other = by_key.setdefault(key_of(point), point)
        if other.value != point.value:
            raise InvalidInput(f"{key_of(point)[1:]} is given with two values, {other.value} and {point.value}")
    return by_key


def key_of(point: Point) -> tuple[Any, ...]:
    """What the point is a value of."""
    return tuple(getattr(point, field) for field in point.key)
