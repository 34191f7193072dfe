"""Journeys: the touches that led to each conversion, in columns.

A journey is a run of *steps*. Step by step the columns say which artifact or channel was touched and how long before
the conversion; `Journeys.offsets` says where each journey begins. Millions of steps are a few arrays, so that a model
of credit is a few passes over them.
"""

from collections.abc import Hashable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import chain, repeat
from typing import Any, TypeAlias, TypeVar

import attrs
import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..errors import InvalidInput

FloatArray: TypeAlias = NDArray[np.float64]
IntArray: TypeAlias = NDArray[np.int64]
Instants: TypeAlias = NDArray[np.datetime64]
Column: TypeAlias = Sequence[Hashable] | NDArray[Any]
Scalar = TypeVar("Scalar", bound=np.generic)

UNATTRIBUTED = "unattributed"
LOOKBACK_DAYS = 90.0

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_DAY = 86_400_000_000


@attrs.frozen(kw_only=True, eq=False)
class Journeys:
    """n journeys of s steps in all, each journey with at least one step, oldest step first.

    A conversion that nobody touched is a journey of one step with code 0, so that what it is worth stays in every sum.

    ``offsets`` (n + 1): journey i is the steps ``offsets[i]:offsets[i + 1]``.
    ``codes`` (s): what was touched, an index into ``names``; 0 is `UNATTRIBUTED`.
    ``ages`` (s): days from the step to the conversion, never negative.
    ``touch_rows`` (s): row of the touch in the input; -1 where no single touch stands behind the step.
    ``counts`` (n): how many conversions the journey stands for; 1 unless it was aggregated.
    """

    offsets: IntArray
    codes: IntArray
    ages: FloatArray
    names: tuple[str, ...]
    touch_rows: IntArray
    counts: FloatArray

    def __attrs_post_init__(self) -> None:
        steps = len(self.codes)
        whole = (
            self.offsets[0] == 0
            and self.offsets[-1] == steps == len(self.ages) == len(self.touch_rows)
            and len(self.counts) == len(self)
            and (len(self) == 0 or self.lengths.min() > 0)
        )
        if not whole:
            raise InvalidInput("the columns of the journeys do not fit each other")

    def __len__(self) -> int:
        return len(self.offsets) - 1

    @property
    def lengths(self) -> IntArray:
        """Steps of each journey, (n)."""
        return np.diff(self.offsets)

    @property
    def starts(self) -> IntArray:
        """The first step of each journey, (n)."""
        return self.offsets[:-1]

    @property
    def ends(self) -> IntArray:
        """The last step of each journey, (n)."""
        return self.offsets[1:] - 1

    def spread(self, per_journey: NDArray[Scalar]) -> NDArray[Scalar]:
        """The value of its journey at every step: (n) → (s)."""
        return np.repeat(per_journey, self.lengths)


def instants(times: Sequence[datetime] | Instants) -> Instants:
    """The same moments as ``datetime64[us]`` in UTC; a moment without a time zone raises `InvalidInput`."""
    if isinstance(times, np.ndarray):
        if np.isnat(times).any():
            raise InvalidInput("a moment is not a time; leave the row out")
        return times.astype("datetime64[us]")
    try:
        since = ((time - _EPOCH) // _MICROSECOND for time in times)
        return np.fromiter(since, dtype=np.int64, count=len(times)).view("datetime64[us]")
    except TypeError:
        raise InvalidInput("a moment has no time zone; Refleqt keeps every moment in UTC") from None


@attrs.frozen(kw_only=True, eq=False)
class TouchColumns:
    """Touches, one a row, in any order.

    ``ids`` are unique and comparable with each other, and order touches of the same instant. A visitor of None is
    nobody known. An artifact of None, or blank, is none.
    """

    visitors: Column
    times: Instants = attrs.field(converter=instants)
    ids: Sequence[Any] | NDArray[Any]
    artifacts: Sequence[Hashable]

    def __attrs_post_init__(self) -> None:
        _check_same_length(self.visitors, self.times, self.ids, self.artifacts)


@attrs.frozen(kw_only=True, eq=False)
class ConversionColumns:
    """Conversions, one a row, in any order; the journeys come in the same order. A visitor of None is nobody known."""

    visitors: Column
    times: Instants = attrs.field(converter=instants)

    def __attrs_post_init__(self) -> None:
        _check_same_length(self.visitors, self.times)


def journeys_from_touches(
    touches: TouchColumns, conversions: ConversionColumns, lookback_days: float = LOOKBACK_DAYS
) -> Journeys:
    """Journey i holds every touch of the visitor of conversion i at or before it, and at most ``lookback_days`` before.

    Steps are sorted by time, then id. A later conversion of the same visitor has a journey of its own, in which touches
    before the earlier conversion count again. A lookback that is not positive raises `InvalidInput`.
    """
    if not 0 < lookback_days <= 36_525:
        raise InvalidInput(f"a lookback of {lookback_days} days makes no sense; give more than 0 and at most 36525")
    offsets, touch_rows = _gather(*_runs(touches, conversions, round(lookback_days * _DAY)))
    codes, names = _encode(touches.artifacts)
    behind = touch_rows >= 0
    converted = np.repeat(conversions.times, np.diff(offsets))[behind]
    ages = np.zeros(len(touch_rows))
    ages[behind] = (converted - touches.times[touch_rows[behind]]).astype(np.int64) / _DAY
    return Journeys(
        offsets=offsets,
        codes=np.where(behind, np.append(codes, 0)[touch_rows], 0),
        ages=ages,
        names=names,
        touch_rows=touch_rows,
        counts=np.ones(len(conversions.times)),
    )


def journeys_from_paths(paths: Sequence[str], conversions: ArrayLike | None = None) -> Journeys:
    """One journey for each path such as ``a > b > a``, which stands for as many conversions as the second column says.

    Empty touches are dropped, and a path with nothing left has code 0. A path has no times: each step counts as one
    day, and the last touch as the moment of the conversion. Without ``conversions`` every path stands for one.
    """
    touched: list[list[str]] = [[name for part in path.split(">") if (name := part.strip())] for path in paths]
    steps: list[list[str | None]] = [[*names] or [None] for names in touched]
    offsets = _offsets(np.fromiter(map(len, steps), dtype=np.int64, count=len(steps)))
    codes, names = _encode(list(chain.from_iterable(steps)))
    return Journeys(
        offsets=offsets,
        codes=codes,
        ages=np.repeat(offsets[1:] - 1, np.diff(offsets)).astype(np.float64) - np.arange(len(codes)),
        names=names,
        touch_rows=np.full(len(codes), -1),
        counts=np.ones(len(paths)) if conversions is None else np.asarray(conversions, dtype=np.float64),
    )


def _check_same_length(*columns: Column) -> None:
    if len({len(column) for column in columns}) > 1:
        raise InvalidInput(f"the columns have different lengths: {', '.join(str(len(column)) for column in columns)}")


def _runs(touches: TouchColumns, conversions: ConversionColumns, lookback: int) -> tuple[IntArray, IntArray, IntArray]:
    """Rows of the touches by visitor, time and id, and where in them the run of each conversion begins and stops."""
    touch_visitors, visitors = _visitor_codes(touches.visitors, conversions.visitors)
    rows = np.flatnonzero(touch_visitors >= 0)
    ranks, moments = _time_ranks(touches.times[rows].view(np.int64))
    # One integer orders by visitor, then time. Ranks of times keep it small: microseconds would overflow 64 bits.
    width = len(moments) + 1
    keys = touch_visitors[rows] * width + ranks
    order = _sorted_by_key_then_id(keys, touches.ids, rows)
    keys = keys[order]
    until = conversions.times.view(np.int64)
    first = np.searchsorted(keys, visitors * width + np.searchsorted(moments, until - lookback, side="left"))
    stop = np.searchsorted(keys, visitors * width + np.searchsorted(moments, until, side="right"))
    return rows[order], first, stop


def _visitor_codes(touched: Column, converted: Column) -> tuple[IntArray, IntArray]:
    """Codes from 0 for the visitors who converted, -1 for all others and for nobody known."""
    index = {visitor: code for code, visitor in enumerate(dict.fromkeys(_plain(converted))) if visitor is not None}
    return _looked_up(index, touched), _looked_up(index, converted)


def _looked_up(index: dict[Hashable, int], values: Column) -> IntArray:
    return np.fromiter(map(index.get, _plain(values), repeat(-1)), dtype=np.int64, count=len(values))


def _plain(values: Column) -> Iterable[Hashable]:
    """Python objects, which hash several times faster than numpy scalars."""
    return values.tolist() if isinstance(values, np.ndarray) else values


def _time_ranks(times: IntArray) -> tuple[IntArray, IntArray]:
    """The rank of each time, equal ones alike, and the distinct times in order."""
    order = np.argsort(times)
    in_order = times[order]
    fresh = np.append(True, in_order[1:] != in_order[:-1])[: len(times)]
    ranks = np.empty(len(times), dtype=np.int64)
    ranks[order] = np.cumsum(fresh) - 1
    return ranks, in_order[fresh]


def _sorted_by_key_then_id(keys: IntArray, ids: Column, rows: IntArray) -> IntArray:
    """The order of ``keys``; equal ones by the ids of their ``rows``, which are looked at only there."""
    order = np.argsort(keys)
    same = keys[order[1:]] == keys[order[:-1]]
    tied = np.flatnonzero(np.append(same, False) | np.append(False, same))
    members = order[tied]
    order[tied] = members[np.lexsort((_id_ranks(ids, rows[members]), keys[members]))]
    return order


def _id_ranks(ids: Column, rows: IntArray) -> NDArray[Any]:
    if isinstance(ids, np.ndarray) and ids.dtype.kind in "iu":
        return ids[rows]
    picked = [ids[row] for row in rows.tolist()]
    rank = {each: place for place, each in enumerate(sorted(picked))}
    return np.fromiter(map(rank.__getitem__, picked), dtype=np.int64, count=len(picked))


def _encode(values: Sequence[Hashable]) -> tuple[IntArray, tuple[str, ...]]:
    """The code of each value, and the names of the codes in alphabetical order behind `UNATTRIBUTED`."""
    texts = {value: "" if value is None else str(value) for value in set(values)}
    distinct = sorted(text for text in set(texts.values()) if text.strip())
    code_of = {text: code for code, text in enumerate(distinct, start=1)}
    index = {value: code_of.get(text, 0) for value, text in texts.items()}
    codes = np.fromiter(map(index.__getitem__, values), dtype=np.int64, count=len(values))
    return codes, (UNATTRIBUTED, *distinct)


def _gather(rows: IntArray, first: IntArray, stop: IntArray) -> tuple[IntArray, IntArray]:
    """Offsets, and the touch row of each step; a run that is empty becomes one step with row -1."""
    empty = stop == first
    lengths = np.where(empty, 1, stop - first)
    offsets = _offsets(lengths)
    places = np.repeat(first - offsets[:-1], lengths) + np.arange(offsets[-1])
    places[offsets[:-1][empty]] = len(rows)
    return offsets, np.append(rows, -1)[places]


def _offsets(lengths: IntArray) -> IntArray:
    return np.concatenate(([0], np.cumsum(lengths, dtype=np.int64)))
