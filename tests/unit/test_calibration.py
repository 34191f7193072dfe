import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from refleqt_core.cdt.calibration import (
    CalibrationMap,
    brier,
    expected_calibration_error,
    interval_coverage,
    learn_calibration,
    learn_isotonic,
    learn_platt,
    pinball,
)
from refleqt_core.errors import InvalidInput

scored = st.lists(st.tuples(st.floats(0, 1), st.sampled_from([0.0, 0.4, 1.0])), min_size=1, max_size=80)


def overconfident(count: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Forecasts whose logits are twice what they should be, and outcomes."""
    rng = np.random.default_rng(seed)
    logits = rng.normal(0, 1, count)
    return 1 / (1 + np.exp(-2 * logits)), (rng.random(count) < 1 / (1 + np.exp(-logits))).astype(float)


def test_the_brier_score_is_the_mean_squared_error() -> None:
    assert brier([0.8, 0.4], [1.0, 0.0]) == pytest.approx((0.04 + 0.16) / 2)


def test_calibration_error_compares_forecast_and_frequency_within_bins() -> None:
    forecasts = [0.25, 0.25, 0.25, 0.25, 0.9, 0.9]
    outcomes = [1, 0, 0, 0, 0, 1]
    assert expected_calibration_error(forecasts, outcomes) == pytest.approx((4 * 0.0 + 2 * 0.4) / 6)


def test_a_forecast_of_one_falls_into_the_last_bin() -> None:
    assert expected_calibration_error([1.0], [1.0]) == 0.0


def test_coverage_counts_the_ends_of_intervals() -> None:
    assert interval_coverage([0, 0, 0], [1, 1, 1], [1.0, 0.5, 1.1]) == pytest.approx(2 / 3)


def test_the_true_quantile_has_the_least_pinball_loss() -> None:
    actuals = np.random.default_rng(1).normal(size=4000)
    losses = {guess: pinball(np.full(4000, guess), actuals, 0.9) for guess in (0.8, 1.2816, 1.8)}
    assert min(losses, key=losses.__getitem__) == 1.2816


def test_pinball_weighs_both_sides_by_the_level() -> None:
    assert pinball([1.0], [3.0], 0.9) == pytest.approx(1.8)
    assert pinball([3.0], [1.0], 0.9) == pytest.approx(0.2)


def test_few_pairs_leave_forecasts_as_they_are() -> None:
    forecasts, outcomes = overconfident(29)
    learned = learn_calibration(forecasts, outcomes)
    assert learned.kind == "identity"
    assert (learned.apply(forecasts) == forecasts).all()


@pytest.mark.parametrize(("count", "kind"), [(30, "platt"), (999, "platt"), (1000, "isotonic")])
def test_the_number_of_pairs_decides_how_much_is_learned(count: int, kind: str) -> None:
    learned = learn_calibration(*overconfident(count))
    assert (learned.kind, learned.count) == (kind, count)


def test_platt_finds_how_overconfident_forecasts_were() -> None:
    ((slope, intercept),) = learn_platt(*overconfident(4000)).points
    assert slope == pytest.approx(0.5, abs=0.08)
    assert intercept == pytest.approx(0.0, abs=0.12)


@pytest.mark.parametrize("count", [300, 3000])
def test_corrected_forecasts_are_better_calibrated_on_new_outcomes(count: int) -> None:
    learned = learn_calibration(*overconfident(count))
    forecasts, outcomes = overconfident(20_000, seed=9)
    before = expected_calibration_error(forecasts, outcomes)
    assert expected_calibration_error(learned.apply(forecasts), outcomes) < before / 2
    assert brier(learned.apply(forecasts), outcomes) < brier(forecasts, outcomes)


def test_forecasts_that_say_the_opposite_are_replaced_by_the_mean() -> None:
    forecasts = np.tile([0.1, 0.9], 200)
    outcomes = np.tile([1.0, 0.0], 200)
    corrected = learn_platt(forecasts, outcomes).apply([0.1, 0.9])
    assert corrected == pytest.approx([0.5, 0.5], abs=1e-6)


def test_outcomes_of_one_kind_do_not_make_certainty() -> None:
    always = np.full(40, 0.6), np.ones(40)
    for learned in (learn_platt(*always), learn_isotonic(*always)):
        assert 0.6 < learned.correct(0.6) < 1.0


@settings(deadline=None)
@given(scored, st.lists(st.floats(0, 1), min_size=2, max_size=20))
def test_maps_stay_in_range_and_keep_the_order_of_forecasts(
    pairs: list[tuple[float, float]], asked: list[float]
) -> None:
    forecasts, outcomes = zip(*pairs, strict=True)
    for learned in (learn_platt(forecasts, outcomes), learn_isotonic(forecasts, outcomes)):
        corrected = learned.apply(sorted(asked))
        assert ((corrected >= 0) & (corrected <= 1)).all()
        assert (np.diff(corrected) >= -1e-12).all()


@settings(deadline=None)
@given(scored, st.randoms(use_true_random=False))
def test_the_order_of_pairs_does_not_matter(pairs: list[tuple[float, float]], shuffler: object) -> None:
    shuffled = list(pairs)
    shuffler.shuffle(shuffled)  # type: ignore[attr-defined]
    places = np.linspace(0, 1, 7)
    one, other = (learn_isotonic(*zip(*each, strict=True)).apply(places) for each in (pairs, shuffled))
    assert one == pytest.approx(other, abs=1e-9)


@given(scored)
def test_scores_are_shares(pairs: list[tuple[float, float]]) -> None:
    forecasts, outcomes = zip(*pairs, strict=True)
    assert 0 <= brier(forecasts, outcomes) <= 1
    assert 0 <= expected_calibration_error(forecasts, outcomes) <= 1 + 1e-12


def test_a_map_is_its_stored_values() -> None:
    learned = learn_isotonic(*overconfident(500))
    again = CalibrationMap(kind=learned.kind, points=learned.points, count=learned.count)
    assert again.correct(0.37) == learned.correct(0.37)


@pytest.mark.parametrize(
    ("forecasts", "outcomes"), [([], []), ([0.5], [0.5, 1.0]), ([1.5], [1.0]), ([0.5], [-1.0]), ([float("nan")], [1.0])]
)
def test_pairs_that_make_no_sense_are_refused(forecasts: list[float], outcomes: list[float]) -> None:
    with pytest.raises(InvalidInput):
        brier(forecasts, outcomes)
