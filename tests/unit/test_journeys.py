"""Journeys hold the touches before each conversion: whose, which, in what order, and how old."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from refleqt_core.attribution.journeys import (
    UNATTRIBUTED,
    ConversionColumns,
    Journeys,
    TouchColumns,
    journeys_from_paths,
    journeys_from_touches,
)
from refleqt_core.errors import InvalidInput

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
Touch = tuple[str | None, float, str, str | None]
Conversion = tuple[str | None, float]


def day(number: float) -> datetime:
    return START + timedelta(days=number)


def built(touches: list[Touch], conversions: list[Conversion], lookback_days: float = 90.0) -> Journeys:
    return journeys_from_touches(
        TouchColumns(
            visitors=[touch[0] for touch in touches],
            times=[day(touch[1]) for touch in touches],
            ids=[touch[2] for touch in touches],
            artifacts=[touch[3] for touch in touches],
        ),
        ConversionColumns(
            visitors=[conversion[0] for conversion in conversions],
            times=[day(conversion[1]) for conversion in conversions],
        ),
        lookback_days,
    )


def paths_of(journeys: Journeys) -> list[list[str]]:
    touched = [journeys.names[code] for code in journeys.codes]
    return [touched[start:stop] for start, stop in zip(journeys.offsets, journeys.offsets[1:], strict=False)]


def test_a_journey_is_what_its_visitor_touched_from_the_oldest_on():
    journeys = built([("ann", 5, "t1", "b"), ("bob", 4, "t2", "x"), ("ann", 1, "t3", "a")], [("ann", 9)])
    assert paths_of(journeys) == [["a", "b"]]


def test_touches_of_the_same_instant_are_ordered_by_id():
    journeys = built([("ann", 1, "t2", "b"), ("ann", 1, "t3", "c"), ("ann", 1, "t1", "a")], [("ann", 9)])
    assert paths_of(journeys) == [["a", "b", "c"]]


def test_numeric_ids_are_ordered_as_numbers():
    touches = TouchColumns(
        visitors=np.array([7, 7]), times=[START, START], ids=np.array([10, 9]), artifacts=["ten", "nine"]
    )
    journeys = journeys_from_touches(touches, ConversionColumns(visitors=np.array([7]), times=[day(1)]))
    assert paths_of(journeys) == [["nine", "ten"]]


def test_ids_and_artifacts_may_be_uuids():
    early, late = UUID(int=1), UUID(int=2)
    touches = TouchColumns(visitors=[early, early], times=[START, START], ids=[late, early], artifacts=[late, early])
    journeys = journeys_from_touches(touches, ConversionColumns(visitors=[early], times=[day(1)]))
    assert paths_of(journeys) == [[str(early), str(late)]]


def test_a_touch_after_the_conversion_does_not_count():
    journeys = built([("ann", 1, "t1", "a"), ("ann", 3, "t2", "b")], [("ann", 2)])
    assert paths_of(journeys) == [["a"]]


def test_a_touch_in_the_instant_of_the_conversion_counts():
    assert paths_of(built([("ann", 2, "t1", "a")], [("ann", 2)])) == [["a"]]


def test_the_lookback_includes_its_last_instant_and_nothing_before():
    just_before = 10 - timedelta(microseconds=1) / timedelta(days=1)
    touches: list[Touch] = [("ann", 10, "t1", "on the edge"), ("ann", just_before, "t2", "too old")]
    assert paths_of(built(touches, [("ann", 100)])) == [["on the edge"]]


def test_the_lookback_is_a_setting():
    assert paths_of(built([("ann", 1, "t1", "a"), ("ann", 6, "t2", "b")], [("ann", 9)], 5)) == [["b"]]


def test_each_conversion_of_a_visitor_has_its_own_journey_in_the_order_given():
    touches: list[Touch] = [("ann", 1, "t1", "a"), ("ann", 5, "t2", "b")]
    assert paths_of(built(touches, [("ann", 9), ("ann", 3)])) == [["a", "b"], ["a"]]


def test_a_conversion_that_nobody_touched_is_one_unattributed_step():
    journeys = built([("ann", 1, "t1", "a")], [("bob", 2), ("ann", 2)])
    assert paths_of(journeys) == [[UNATTRIBUTED], ["a"]]
    assert journeys.touch_rows.tolist() == [-1, 0]


def test_touches_without_artifact_are_unattributed_steps_that_keep_their_place():
    journeys = built([("ann", 1, "t1", None), ("ann", 2, "t2", "a"), ("ann", 3, "t3", " ")], [("ann", 4)])
    assert paths_of(journeys) == [[UNATTRIBUTED, "a", UNATTRIBUTED]]
    assert journeys.touch_rows.tolist() == [0, 1, 2]


def test_an_artifact_with_the_name_unattributed_is_not_mistaken_for_none():
    journeys = built([("ann", 1, "t1", "unattributed"), ("ann", 2, "t2", None)], [("ann", 4)])
    assert journeys.codes.tolist() == [1, 0]


def test_visitors_whom_nobody_knows_are_not_one_visitor():
    assert paths_of(built([(None, 1, "t1", "a")], [(None, 2)])) == [[UNATTRIBUTED]]


def test_ages_are_days_before_the_conversion():
    journeys = built([("ann", 1, "t1", "a"), ("ann", 3.5, "t2", "b")], [("ann", 4)])
    assert journeys.ages.tolist() == [3.0, 0.5]


def test_no_touch_and_no_conversion_give_empty_journeys():
    assert len(built([], [])) == 0
    assert len(built([("ann", 1, "t1", "a")], [])) == 0
    assert paths_of(built([], [("ann", 1)])) == [[UNATTRIBUTED]]


def test_a_moment_without_time_zone_is_refused():
    with pytest.raises(InvalidInput, match="time zone"):
        ConversionColumns(visitors=["ann"], times=[datetime(2026, 1, 1)])


def test_a_missing_moment_in_an_array_is_refused():
    with pytest.raises(InvalidInput, match="not a time"):
        ConversionColumns(visitors=["ann"], times=np.array(["NaT"], dtype="datetime64[us]"))


def test_columns_of_different_lengths_are_refused():
    with pytest.raises(InvalidInput, match="lengths: 2, 1"):
        ConversionColumns(visitors=["ann", "bob"], times=[START])


@pytest.mark.parametrize("lookback", [0, -1, float("nan"), float("inf")])
def test_a_lookback_that_makes_no_sense_is_refused(lookback: float):
    with pytest.raises(InvalidInput, match="lookback"):
        built([], [], lookback)


def test_columns_that_do_not_fit_each_other_are_no_journeys():
    with pytest.raises(InvalidInput, match="do not fit"):
        Journeys(
            offsets=np.array([0, 0, 1]),
            codes=np.array([0]),
            ages=np.zeros(1),
            names=(UNATTRIBUTED,),
            touch_rows=np.array([-1]),
            counts=np.ones(2),
        )


visitors = st.sampled_from(["ann", "bob", "cem", None])
moments = st.integers(0, 240).map(lambda halves: halves / 2)
touch_lists = st.lists(st.tuples(visitors, moments, st.sampled_from(["a", "b", "c", None])), max_size=30).map(
    lambda rows: [(visitor, at, f"t{place:02d}", artifact) for place, (visitor, at, artifact) in enumerate(rows)]
)
conversion_lists = st.lists(st.tuples(visitors, moments), max_size=8)


@given(touch_lists, conversion_lists, st.sampled_from([1.0, 20.5, 90.0]))
def test_journeys_agree_with_a_search_touch_by_touch(
    touches: list[Touch], conversions: list[Conversion], lookback: float
):
    expected = []
    for visitor, end in conversions:
        found = sorted(
            (at, touch, artifact or UNATTRIBUTED)
            for who, at, touch, artifact in touches
            if who is not None and who == visitor and end - lookback <= at <= end
        )
        expected.append([artifact for _, _, artifact in found] or [UNATTRIBUTED])
    assert paths_of(built(touches, conversions, lookback)) == expected


@given(touch_lists, conversion_lists, st.randoms(use_true_random=False))
def test_the_order_of_the_touches_given_does_not_matter(touches, conversions, random):
    shuffled = random.sample(touches, len(touches))
    one, other = built(touches, conversions), built(shuffled, conversions)
    assert paths_of(one) == paths_of(other)
    assert one.ages.tolist() == other.ages.tolist()


def test_a_path_is_a_journey_that_stands_for_its_conversions():
    journeys = journeys_from_paths(["b > a > b", "c"], [3, 0])
    assert paths_of(journeys) == [["b", "a", "b"], ["c"]]
    assert journeys.counts.tolist() == [3, 0]


def test_each_step_of_a_path_counts_as_one_day():
    assert journeys_from_paths(["a > b > c", "d"]).ages.tolist() == [2, 1, 0, 0]


def test_empty_touches_of_a_path_are_dropped():
    assert paths_of(journeys_from_paths(["a >  > b", "> c >", "d>e"])) == [["a", "b"], ["c"], ["d", "e"]]


@pytest.mark.parametrize("path", ["", "  ", " > > "])
def test_a_path_with_no_touch_is_unattributed(path: str):
    journeys = journeys_from_paths([path], [2])
    assert paths_of(journeys) == [[UNATTRIBUTED]]
    assert journeys.names == (UNATTRIBUTED,)


def test_no_path_gives_no_journey():
    assert len(journeys_from_paths([])) == 0
