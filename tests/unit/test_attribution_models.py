"""The five models split what a conversion is worth, conserve it, and conserve money to the cent."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from refleqt_core.attribution.journeys import (
    ConversionColumns,
    Journeys,
    TouchColumns,
    journeys_from_paths,
    journeys_from_touches,
)
from refleqt_core.attribution.models import MODELS, credit_by_code, position_based, time_decay
from refleqt_core.attribution.money import allocate_cents, cents_by_code
from refleqt_core.attribution.path_report import PathTable, path_report
from refleqt_core.errors import InvalidInput

START = np.datetime64("2026-03-01T00:00:00", "us")


def aged(*ages: float) -> Journeys:
    """One journey with touches a, b, c … of these ages in days."""
    times = np.array([START - round(age * 86_400_000_000) for age in ages])
    touches = TouchColumns(
        visitors=["ann"] * len(ages), times=times, ids=list(range(len(ages))), artifacts=list("abcdefgh"[: len(ages)])
    )
    return journeys_from_touches(touches, ConversionColumns(visitors=["ann"], times=np.array([START])), 20_000)


def by_name(journeys: Journeys, model: str) -> dict[str, float]:
    credit = credit_by_code(journeys, model)
    return {name: amount for name, amount in zip(journeys.names, credit.tolist(), strict=True) if amount}


names = st.sampled_from(["a", "b", "c", "d", ""])
path_lists = st.lists(st.lists(names, max_size=8).map(" > ".join), min_size=1, max_size=12)
model_names = st.sampled_from(list(MODELS))


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        ("first_touch", {"a": 6.0}),
        ("last_touch", {"d": 6.0}),
        ("linear", {"a": 1.5, "b": 1.5, "c": 1.5, "d": 1.5}),
        ("position_based", {"a": 2.4, "b": 0.6, "c": 0.6, "d": 2.4}),
    ],
)
def test_a_model_splits_four_touches_as_it_is_defined(model: str, expected: dict[str, float]):
    assert by_name(journeys_from_paths(["a > b > c > d"], [6]), model) == pytest.approx(expected)


def test_time_decay_halves_the_credit_every_seven_days():
    assert by_name(aged(14, 7, 0), "time_decay") == pytest.approx({"a": 1 / 7, "b": 2 / 7, "c": 4 / 7})


def test_time_decay_looks_at_the_differences_of_ages_alone():
    assert time_decay(aged(40, 33)).tolist() == pytest.approx([1 / 3, 2 / 3])


def test_time_decay_of_touches_years_ago_still_sums_to_one():
    assert time_decay(aged(19_000, 18_000), half_life_days=0.5).sum() == pytest.approx(1.0)


def test_the_half_life_is_a_setting():
    assert time_decay(aged(2, 0), half_life_days=1).tolist() == pytest.approx([0.2, 0.8])


@pytest.mark.parametrize("half_life", [0, -7, float("nan")])
def test_a_half_life_that_is_not_positive_is_refused(half_life: float):
    with pytest.raises(InvalidInput, match="half-life"):
        time_decay(aged(1), half_life)


@pytest.mark.parametrize(
    ("path", "expected"), [("a", [1.0]), ("a > b", [0.5, 0.5]), ("a > b > c", [0.4, 0.2, 0.4])], ids=["1", "2", "3"]
)
def test_position_of_a_short_journey(path: str, expected: list[float]):
    assert position_based(journeys_from_paths([path])).tolist() == pytest.approx(expected)


def test_the_share_of_the_edges_is_a_setting():
    assert position_based(journeys_from_paths(["a > b > c"]), edge=0.3).tolist() == pytest.approx([0.3, 0.4, 0.3])


@pytest.mark.parametrize("edge", [0, 0.51, float("nan")])
def test_edges_that_leave_nothing_or_less_are_refused(edge: float):
    with pytest.raises(InvalidInput, match="first and the last"):
        position_based(journeys_from_paths(["a"]), edge)


def test_every_touch_of_a_channel_counts():
    assert by_name(journeys_from_paths(["a > a > b"], [6]), "linear") == pytest.approx({"a": 4.0, "b": 2.0})


def test_an_unknown_model_is_refused_with_the_known_ones_named():
    with pytest.raises(InvalidInput, match=r"'shapely'.*position_based"):
        credit_by_code(journeys_from_paths(["a"]), "shapely")


@given(path_lists, model_names)
def test_weights_of_every_journey_sum_to_one_and_none_is_negative(paths: list[str], model: str):
    journeys = journeys_from_paths(paths)
    weights = MODELS[model](journeys)
    assert weights.min() >= 0
    assert np.add.reduceat(weights, journeys.starts) == pytest.approx(1.0)


@given(path_lists, model_names, st.data())
def test_credits_sum_to_what_was_split(paths: list[str], model: str, data: st.DataObject):
    conversions = data.draw(st.lists(st.integers(0, 1000), min_size=len(paths), max_size=len(paths)))
    credit = credit_by_code(journeys_from_paths(paths, conversions), model)
    assert credit.sum() == pytest.approx(sum(conversions))


@given(path_lists, model_names, st.randoms(use_true_random=False))
def test_the_order_of_the_paths_does_not_matter(paths: list[str], model: str, random):
    shuffled = random.sample(paths, len(paths))
    assert by_name(journeys_from_paths(paths), model) == pytest.approx(by_name(journeys_from_paths(shuffled), model))


@given(path_lists, model_names)
def test_one_path_for_many_conversions_is_as_good_as_many_paths_for_one(paths: list[str], model: str):
    aggregated = by_name(journeys_from_paths(paths, [3] * len(paths)), model)
    assert aggregated == pytest.approx(by_name(journeys_from_paths(paths * 3), model))


@given(st.lists(st.sampled_from("abc"), min_size=1, max_size=6))
def test_all_models_agree_on_journeys_of_a_single_touch(touched: list[str]):
    journeys = journeys_from_paths(touched)
    assert len({tuple(credit_by_code(journeys, model)) for model in MODELS}) == 1


@given(path_lists, model_names, st.data())
def test_money_of_every_journey_is_conserved_to_the_cent(paths: list[str], model: str, data: st.DataObject):
    amounts = st.one_of(st.integers(-200, 200), st.integers(-(2**53), 2**53))
    revenue = data.draw(st.lists(amounts, min_size=len(paths), max_size=len(paths)))
    journeys = journeys_from_paths(paths)
    cents = allocate_cents(journeys, MODELS[model](journeys), revenue)
    assert np.add.reduceat(cents, journeys.starts).tolist() == revenue


@given(path_lists, model_names, st.data())
def test_no_step_is_a_cent_away_from_its_exact_share(paths: list[str], model: str, data: st.DataObject):
    revenue = data.draw(st.lists(st.integers(0, 10**9), min_size=len(paths), max_size=len(paths)))
    journeys = journeys_from_paths(paths)
    weights = MODELS[model](journeys)
    exact = weights * journeys.spread(np.array(revenue))
    assert np.abs(allocate_cents(journeys, weights, revenue) - exact).max() < 1 + 1e-6


@given(path_lists, model_names, st.data())
def test_a_refund_takes_back_exactly_what_the_sale_gave(paths: list[str], model: str, data: st.DataObject):
    revenue = np.array(data.draw(st.lists(st.integers(0, 10**6), min_size=len(paths), max_size=len(paths))))
    journeys = journeys_from_paths(paths)
    weights = MODELS[model](journeys)
    assert not (allocate_cents(journeys, weights, revenue) + allocate_cents(journeys, weights, -revenue)).any()


def test_cents_left_over_go_to_the_earlier_of_equal_remainders():
    journeys = journeys_from_paths(["a > b > c", "c > b > a"])
    assert allocate_cents(journeys, MODELS["linear"](journeys), [100, 101]).tolist() == [34, 33, 33, 34, 34, 33]


def test_cents_left_over_go_to_the_largest_remainder_first():
    journeys = journeys_from_paths(["a > b"])
    assert allocate_cents(journeys, np.array([0.24, 0.76]), [10]).tolist() == [2, 8]


def test_cents_of_an_artifact_are_the_sum_over_its_steps():
    journeys = journeys_from_paths(["a > b > a", ""])
    cents = allocate_cents(journeys, MODELS["linear"](journeys), [100, 7])
    assert dict(zip(journeys.names, cents_by_code(journeys, cents).tolist(), strict=True)) == {
        "unattributed": 7,
        "a": 67,
        "b": 33,
    }


def test_no_journey_has_no_cents():
    journeys = journeys_from_paths([])
    assert allocate_cents(journeys, MODELS["linear"](journeys), []).tolist() == []


@pytest.mark.parametrize(
    ("weights", "revenue", "message"),
    [
        ([0.5, 0.5], [10.5], "minor units"),
        ([0.5, 0.4], [10], "sum to 1"),
        ([1.5, -0.5], [10], "negative"),
        ([float("nan"), 0.5], [10], "sum to 1"),
        ([0.5, 0.5], [10, 10], "one revenue"),
        ([1.0], [10], "one weight"),
        ([0.5, 0.5], [2**53 + 1], "2\\^53"),
    ],
)
def test_what_cannot_be_split_to_the_cent_is_refused(weights: list[float], revenue: list[float], message: str):
    with pytest.raises(InvalidInput, match=message):
        allocate_cents(journeys_from_paths(["a > b"]), np.array(weights), revenue)


def table(*rows: tuple[str, float, float]) -> PathTable:
    paths, conversions, values = zip(*rows, strict=True)
    return PathTable(paths=paths, conversions=np.array(conversions), values=np.array(values))


def test_a_report_gives_conversions_by_model_and_channel():
    report = path_report(table(("a > b", 4, 10), ("", 1, 2)), models=["first_touch", "linear"])
    assert report["models"] == {"first_touch": {"a": 4.0}, "linear": {"a": 2.0, "b": 2.0}}
    assert (report["total"], report["unattributed"]) == (5.0, 1.0)


def test_a_report_by_value_splits_the_value():
    report = path_report(table(("a > b", 4, 10), ("", 1, 2)), models=["linear"], by="value")
    assert report["models"]["linear"] == {"a": 5.0, "b": 5.0}
    assert (report["total"], report["unattributed"]) == (12.0, 2.0)


def test_a_path_that_never_converted_earns_no_credit():
    assert path_report(table(("a", 0, 0), ("b", 1, 1)))["models"]["first_touch"] == {"b": 1.0}


def test_a_channel_called_unattributed_keeps_its_own_credit():
    report = path_report(table(("unattributed", 3, 0), ("", 1, 0)), models=["linear"])
    assert report["models"]["linear"] == {"unattributed": 3.0}
    assert report["unattributed"] == 1.0


@pytest.mark.parametrize(
    ("rows", "note"),
    [
        ([("a > b", 1, 1)], "each step counts as one day"),
        ([("a > b", 1, 1)], "of two touches each gets a half"),
        ([("a > a", 1, 1)], "two shares"),
        ([("", 1, 1), (" > ", 1, 1)], "paths without a touch: 2"),
        ([("a", 1, 1), ("a", 2, 1)], "path of another: 1"),
        ([("a", 0, 3)], "a value but no conversion: 1"),
    ],
)
def test_a_report_says_what_was_assumed(rows: list[tuple[str, float, float]], note: str):
    assert any(note in line for line in path_report(table(*rows))["notes"])


def test_notes_are_about_the_models_asked_for():
    assert path_report(table(("a", 1, 1)), models=["first_touch"])["notes"] == []


def test_a_report_on_a_column_that_is_absent_names_the_other():
    with pytest.raises(InvalidInput, match="no column of value; split their conversions"):
        path_report(PathTable(paths=("a",), conversions=np.ones(1)), by="value")


def test_columns_of_a_table_have_one_number_a_path():
    with pytest.raises(InvalidInput, match="1 paths, and a column of 2"):
        PathTable(paths=("a",), conversions=np.ones(2))
