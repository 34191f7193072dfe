"""Return on investment: what is known of an artifact, how sure it is, and what is not known."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from refleqt_core.attribution.journeys import UNATTRIBUTED, Journeys, journeys_from_paths
from refleqt_core.attribution.models import MODELS
from refleqt_core.attribution.roi import ArtifactReturn, artifact_returns
from refleqt_core.errors import InvalidInput


def returns(
    journeys: Journeys, revenue: list[int], costs: dict[str, int], seed: int = 3, **settings: float
) -> dict[tuple[str, str], ArtifactReturn]:
    rows = artifact_returns(journeys, revenue, costs, np.random.default_rng(seed), **settings)  # type: ignore[arg-type]
    found = {(row.artifact, row.model): row for row in rows}
    assert len(found) == len(rows)
    return found


def test_the_return_is_revenue_over_cost():
    row = returns(journeys_from_paths(["a"] * 20), [500] * 20, {"a": 4000})["a", "linear"]
    assert (row.revenue, row.cost, row.roi, row.note) == (10_000, 4000, 2.5, None)


def test_revenue_is_that_of_the_model():
    rows = returns(journeys_from_paths(["a > b"] * 10), [100] * 10, {"a": 1000, "b": 1000})
    assert [rows["a", model].roi for model in MODELS] == [1.0, 0.0, 0.5, pytest.approx(0.48), 0.5]


@pytest.mark.parametrize(("costs", "note"), [({}, "no cost is known"), ({"a": 0}, "the cost is zero")])
def test_without_a_cost_there_is_no_number_and_the_reason_is_said(costs: dict[str, int], note: str):
    row = returns(journeys_from_paths(["a"] * 20), [500] * 20, costs)["a", "linear"]
    assert (row.roi, row.low, row.high, row.note, row.revenue) == (None, None, None, note, 10_000)


@pytest.mark.parametrize(("journeys", "known"), [(9, False), (10, True)])
def test_under_the_minimum_of_journeys_the_return_is_not_known(journeys: int, known: bool):
    row = returns(journeys_from_paths(["a > a"] * journeys), [500] * journeys, {"a": 100})["a", "linear"]
    assert (row.roi is not None) is known
    assert row.journeys == journeys
    assert known or row.note == "not known: 9 of at least 10 journeys"


def test_the_minimum_is_a_setting():
    row = returns(journeys_from_paths(["a"]), [500], {"a": 100}, minimum=1)["a", "linear"]
    assert row.roi == 5.0


def test_an_artifact_that_was_paid_for_and_never_touched_is_there():
    row = returns(journeys_from_paths(["a"]), [500], {"b": 100})["b", "linear"]
    assert (row.revenue, row.journeys, row.roi) == (0, 0, None)


def test_what_no_artifact_earned_is_a_row_without_return():
    row = returns(journeys_from_paths([""] * 12), [500] * 12, {})[UNATTRIBUTED, "linear"]
    assert (row.revenue, row.roi) == (6000, None)


def test_the_interval_holds_the_estimate_and_narrows_with_more_journeys():
    def width(copies: int) -> float:
        revenue = [100, 900, 300, 700] * copies
        row = returns(journeys_from_paths(["a", "b"] * 2 * copies), revenue, {"a": 100 * copies})["a", "linear"]
        assert row.low is not None and row.roi is not None and row.high is not None
        assert row.low < row.roi < row.high
        return row.high - row.low

    assert width(200) < width(5) / 4


def test_a_wider_level_gives_a_wider_interval():
    journeys, revenue = journeys_from_paths(["a", "b"] * 20), [100, 900] * 20
    narrow = returns(journeys, revenue, {"a": 100}, level=0.5)["a", "linear"]
    wide = returns(journeys, revenue, {"a": 100}, level=0.99)["a", "linear"]
    assert wide.low < narrow.low < narrow.high < wide.high


def test_the_interval_covers_the_truth_about_as_often_as_it_says():
    rng = np.random.default_rng(11)
    covered = 0
    for _ in range(200):
        touched = rng.random(80) < 0.4
        revenue = rng.integers(100, 300, size=80).tolist()
        journeys = journeys_from_paths(["a" if each else "b" for each in touched])
        row = artifact_returns(journeys, revenue, {"a": 1}, rng, models=["linear"], resamples=200)[1]
        truth = 80 * 0.4 * 199.5
        covered += row.low <= truth <= row.high
    assert 0.72 < covered / 200 < 0.88


def test_the_same_seed_gives_the_same_interval():
    journeys, revenue = journeys_from_paths(["a", "b > a"] * 20), [100, 900] * 20
    assert returns(journeys, revenue, {"a": 100}, seed=5) == returns(journeys, revenue, {"a": 100}, seed=5)


def test_draws_in_several_blocks_give_as_many_resamples(monkeypatch: pytest.MonkeyPatch):
    journeys, revenue = journeys_from_paths(["a", "b"] * 20), [100, 900] * 20
    whole = returns(journeys, revenue, {"a": 100}, resamples=70)
    monkeypatch.setattr("refleqt_core.attribution.roi._CELLS", 40 * 32)
    assert returns(journeys, revenue, {"a": 100}, resamples=70) == whole


def test_models_that_agree_do_not_disagree():
    assert returns(journeys_from_paths(["a"]), [500], {})["a", "linear"].disagreement == 0.0


def test_disagreement_is_the_spread_of_the_models_over_their_mean():
    row = returns(journeys_from_paths(["a > b"]), [100], {}, models=("first_touch", "last_touch"))["a", "last_touch"]
    assert row.disagreement == 2.0


def test_disagreement_about_nothing_on_the_whole_has_no_scale():
    journeys = journeys_from_paths(["a > b", "b > a"])
    assert (
        returns(journeys, [100, -100], {}, models=("first_touch", "last_touch"))["a", "last_touch"].disagreement is None
    )


def test_paths_that_were_added_up_are_refused():
    with pytest.raises(InvalidInput, match="single journeys"):
        returns(journeys_from_paths(["a"], [3]), [100], {})


def test_a_negative_cost_is_refused():
    with pytest.raises(InvalidInput, match="'a' is -1"):
        returns(journeys_from_paths(["a"]), [100], {"a": -1})


def test_nothing_sold_is_no_revenue_for_anybody():
    rows = returns(journeys_from_paths([]), [], {"a": 100})
    assert rows["a", "linear"].revenue == rows[UNATTRIBUTED, "linear"].revenue == 0


paths = st.lists(st.lists(st.sampled_from(["a", "b", "c", ""]), max_size=5).map(" > ".join), max_size=10)


@settings(deadline=None)
@given(paths, st.data())
def test_the_rows_of_every_model_sum_to_all_revenue(paths: list[str], data: st.DataObject):
    revenue = data.draw(st.lists(st.integers(-500, 5000), min_size=len(paths), max_size=len(paths)))
    rows = returns(journeys_from_paths(paths), revenue, {"a": 5, "z": 9}, resamples=10)
    for model in MODELS:
        assert sum(row.revenue for (_, name), row in rows.items() if name == model) == sum(revenue)
        assert sum(row.conversions for (_, name), row in rows.items() if name == model) == pytest.approx(len(paths))
