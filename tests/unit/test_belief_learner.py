import time
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from refleqt_core.cdt.belief_learner import BeliefLearner, LearnerSettings
from refleqt_core.cdt.belief_text import belief_reason, belief_text, confidence_above
from refleqt_core.cdt.dated_evidence import DatedEvidence, Outcome
from refleqt_core.cdt.drift import PageHinkley, first_alarm
from refleqt_core.cdt.hierarchical_filter import EffectScales, filter_bank
from refleqt_core.cdt.logit_normal import laplace_mode, logistic, moment_matched_beta, rate_moments
from refleqt_core.errors import InvalidInput

OPTIONS = {"messaging": ("ROI", "ease", "proof"), "channel": ("email", "search")}
SEGMENTS = ("managers", "founders")
NO_DRIFT_TEST = PageHinkley(threshold=1e9)

outcomes = st.tuples(
    st.sampled_from([(category, option) for category, options in OPTIONS.items() for option in options]),
    st.sampled_from(SEGMENTS),
    st.sampled_from([0.0, 0.3, 1.0]),
    st.integers(0, 60),
    st.sampled_from([0.5, 1.0, 3.0]),
)


def learner(seed: int = 0, **changes: Any) -> BeliefLearner:
    return BeliefLearner(OPTIONS, SEGMENTS, np.random.default_rng(seed), LearnerSettings(**changes))


def taught(evidence: list[Any], ask_between: bool = False) -> BeliefLearner:
    beliefs = learner()
    for (category, option), segment, reward, at, weight in evidence:
        beliefs.observe(category, segment, option, reward, at, weight)
        if ask_between:
            beliefs.predict(category, segment, option, at)
    return beliefs


def repeated(
    beliefs: BeliefLearner, successes: int, failures: int, option: str = "ROI", segment: str = "managers"
) -> None:
    for reward in [1.0] * successes + [0.0] * failures:
        beliefs.observe("messaging", segment, option, reward, 0.0)


def everything_shown(beliefs: BeliefLearner, at: float) -> list[Any]:
    return [
        (beliefs.beta(category, segment, option, at), beliefs.propensities(category, segment, at))
        for category, options in OPTIONS.items()
        for segment in SEGMENTS
        for option in options
    ]


@settings(max_examples=25, deadline=None)
@given(st.lists(outcomes, max_size=40), st.randoms(use_true_random=False), st.integers(0, 70))
def test_the_order_of_arrival_changes_no_number(evidence: list[Any], shuffler: Any, at: int) -> None:
    shuffled = list(evidence)
    shuffler.shuffle(shuffled)
    assert everything_shown(taught(evidence), at) == everything_shown(taught(shuffled, ask_between=True), at)


@settings(max_examples=25, deadline=None)
@given(st.lists(outcomes, max_size=30), st.integers(0, 70))
def test_a_past_day_is_read_as_it_was(evidence: list[Any], at: int) -> None:
    known_then = [each for each in evidence if each[3] <= at]
    assert everything_shown(taught(evidence), at) == everything_shown(taught(known_then), at)


@settings(max_examples=25, deadline=None)
@given(st.lists(outcomes, max_size=40), st.integers(0, 800))
def test_rates_intervals_and_propensities_stay_in_range(evidence: list[Any], at: int) -> None:
    beliefs = taught(evidence)
    for category, options in OPTIONS.items():
        chances = beliefs.propensities(category, "founders", at)
        assert sum(chances.values()) == pytest.approx(1.0, abs=1e-12)
        assert min(chances.values()) >= 0.001 * (1 - 1e-9)
        assert (beliefs.posterior(category, at)[1] > 0).all()
        for option in options:
            low, high = beliefs.interval(category, "founders", option, at)
            assert 0 <= low < beliefs.predict(category, "founders", option, at) < high <= 1


@settings(max_examples=25, deadline=None)
@given(st.lists(outcomes, max_size=30), st.sampled_from(["ROI", "ease", "proof"]), st.sampled_from(SEGMENTS))
def test_a_success_never_lowers_what_is_expected_of_its_cell(evidence: list[Any], option: str, segment: str) -> None:
    scales = EffectScales(options=(0.8,), interactions=(0.5,))
    beliefs = learner(scales=scales, drift=NO_DRIFT_TEST)
    for (category, tried), reached, reward, at, weight in evidence:
        beliefs.observe(category, reached, tried, reward, at, weight)
    before = beliefs.predict("messaging", segment, option, 60)
    beliefs.observe("messaging", segment, option, 1.0, 60)
    assert beliefs.predict("messaging", segment, option, 60) > before


def test_without_evidence_a_belief_shows_the_prior_rate() -> None:
    beliefs = learner(prior_rate={"messaging": 0.1, "channel": 0.6})
    assert beliefs.predict("messaging", "managers", "ROI", 5.0) == pytest.approx(0.1, abs=1e-9)
    assert beliefs.predict("channel", "managers", "email", 5.0) == pytest.approx(0.6, abs=1e-9)


def test_without_evidence_every_option_is_about_equally_likely() -> None:
    chances = learner().propensities("messaging", "managers", 0.0)
    assert all(chance == pytest.approx(1 / 3, abs=0.05) for chance in chances.values())


def test_what_works_for_one_segment_is_expected_of_another() -> None:
    beliefs = learner()
    repeated(beliefs, successes=15, failures=5)
    assert beliefs.predict("messaging", "founders", "ROI", 1.0) > 0.4
    assert beliefs.predict("messaging", "founders", "ROI", 1.0) > beliefs.predict("messaging", "founders", "ease", 1.0)


def test_much_evidence_outweighs_the_prior() -> None:
    beliefs = learner()
    repeated(beliefs, successes=140, failures=60)
    assert beliefs.predict("messaging", "managers", "ROI", 0.0) == pytest.approx(0.7, abs=0.03)


def test_a_weight_counts_as_that_many_outcomes() -> None:
    heavy, many = learner(drift=NO_DRIFT_TEST), learner(drift=NO_DRIFT_TEST)
    heavy.observe("messaging", "managers", "ROI", 1.0, 0.0, weight=5.0)
    repeated(many, successes=5, failures=0)
    cell = ("messaging", "managers", "ROI", 0.0)
    assert heavy.predict(*cell) == pytest.approx(many.predict(*cell), abs=0.03)


def test_evidence_of_no_weight_changes_no_rate() -> None:
    beliefs = learner()
    beliefs.observe("messaging", "managers", "ROI", 1.0, 0.0, weight=0.0)
    assert beliefs.predict("messaging", "managers", "ROI", 0.0) == pytest.approx(0.25, abs=1e-9)


def test_old_evidence_fades_towards_the_prior() -> None:
    beliefs = learner()
    repeated(beliefs, successes=20, failures=0)
    fresh, faded, gone = (beliefs.predict("messaging", "managers", "ROI", at) for at in (0.0, 730.0, 20_000.0))
    assert fresh > faded > gone
    assert gone == pytest.approx(0.25, abs=0.01)


def test_doubt_returns_with_time() -> None:
    beliefs = learner()
    repeated(beliefs, successes=10, failures=30)
    variances = [beliefs.posterior("messaging", at)[1][0, 0] for at in (0.0, 100.0, 1000.0)]
    assert variances == sorted(variances)
    assert variances[0] < variances[-1] / 2


def test_choices_are_drawn_as_the_propensities_say() -> None:
    beliefs = learner(seed=3, width=1.0)
    repeated(beliefs, successes=3, failures=5)
    chances = beliefs.propensities("messaging", "managers", 1.0)
    drawn = [beliefs.choose("messaging", "managers", 1.0) for _ in range(3000)]
    assert {option: drawn.count(option) / 3000 for option in chances} == pytest.approx(chances, abs=0.035)


def test_equal_seeds_choose_alike() -> None:
    first, second = learner(seed=8), learner(seed=8)
    assert [first.choose("channel", "founders", 0.0) for _ in range(50)] == [
        second.choose("channel", "founders", 0.0) for _ in range(50)
    ]


def test_a_narrower_width_explores_less() -> None:
    def chance_of_others(width: float) -> float:
        beliefs = learner(width=width)
        repeated(beliefs, successes=8, failures=8)
        return 1 - beliefs.propensities("messaging", "managers", 0.0)["ROI"]

    assert chance_of_others(0.3) < chance_of_others(1.0) / 2


def test_a_change_is_found_and_unlearned_sooner_with_the_drift_test() -> None:
    def after_the_change(drift: PageHinkley) -> BeliefLearner:
        beliefs, rng = learner(drift=drift), np.random.default_rng(2)
        for step in range(440):
            rate = 0.6 if step < 400 else 0.1
            beliefs.observe("messaging", "managers", "ROI", float(rng.random() < rate), step)
        return beliefs

    tested, untested = after_the_change(PageHinkley()), after_the_change(NO_DRIFT_TEST)
    when, segment, option = tested.drifts("messaging", 440)[0]
    assert (segment, option) == ("managers", "ROI")
    assert 400 <= when <= 430
    cell = ("messaging", "managers", "ROI", 440)
    assert tested.predict(*cell) < untested.predict(*cell) - 0.03
    assert not untested.drifts("messaging", 440)


def test_a_wide_spread_of_options_is_learned_from_the_evidence() -> None:
    def posterior_of_the_good_one(others_fail: bool) -> float:
        beliefs = learner()
        repeated(beliefs, 40, 10, option="ease")
        repeated(beliefs, 2 if others_fail else 40, 48 if others_fail else 10, option="proof")
        repeated(beliefs, 3, 1, option="ROI", segment="founders")
        return float(beliefs.posterior("messaging", 0.0)[1][1, 0])

    assert posterior_of_the_good_one(others_fail=True) > posterior_of_the_good_one(others_fail=False)


def test_posteriors_have_a_row_for_each_segment_and_a_column_for_each_option() -> None:
    beliefs = learner()
    repeated(beliefs, successes=0, failures=12, option="proof", segment="founders")
    means, variances = beliefs.posterior("messaging", 0.0)
    assert means.shape == variances.shape == (2, 3)
    assert means.argmin() == means.shape[1] + 2
    assert variances.argmin() == variances.shape[1] + 2


def test_outcomes_of_one_moment_have_no_order_among_them() -> None:
    beliefs = learner()
    repeated(beliefs, successes=60, failures=60)
    assert beliefs.predict("messaging", "managers", "ROI", 0.0) == pytest.approx(0.5, abs=0.03)
    assert not beliefs.drifts("messaging", 0.0)


def test_steady_outcomes_raise_no_alarm_and_a_vague_prior_is_no_drift() -> None:
    beliefs, rng = learner(prior_rate=0.1), np.random.default_rng(6)
    for step in range(400):
        beliefs.observe("messaging", "managers", "ROI", float(rng.random() < 0.6), step)
    assert not beliefs.drifts("messaging", 400)


def test_checkpoints_stay_few_and_change_no_number() -> None:
    bank = filter_bank(
        2, 2, prior_rate=0.3, scales=EffectScales(), half_lives=(700.0,), drift=PageHinkley(), reopening=1.0
    )
    rng = np.random.default_rng(5)
    items = [Outcome(float(day), int(rng.integers(4)), float(rng.integers(2)), 1.0) for day in range(700)]
    asked, fresh = DatedEvidence(bank), DatedEvidence(bank)
    for item in items:
        asked.add(item)
        asked.state(item.at)
    for item in items:
        fresh.add(item)
    for at in (3.0, 350.0, 699.0):
        assert (asked.state(at).shifts == fresh.state(at).shifts).all()
    assert len(asked._checkpoints) <= 65


def test_1000_choices_and_updates_take_about_a_second() -> None:
    names = [str(each) for each in range(8)]
    beliefs = BeliefLearner(dict.fromkeys("abcde", names), "wxyz", np.random.default_rng(0))
    started = time.process_time()
    for step in range(1000):
        category, segment = "abcde"[step % 5], "wxyz"[step % 4]
        beliefs.observe(category, segment, beliefs.choose(category, segment, step), float(step % 3 == 0), step)
    assert time.process_time() - started < 3.0


@pytest.mark.parametrize(
    ("category", "segment", "option", "reward", "at", "weight"),
    [
        ("colour", "managers", "ROI", 1.0, 0.0, 1.0),
        ("messaging", "nobody", "ROI", 1.0, 0.0, 1.0),
        ("messaging", "managers", "email", 1.0, 0.0, 1.0),
        ("messaging", "managers", "ROI", 1.2, 0.0, 1.0),
        ("messaging", "managers", "ROI", float("nan"), 0.0, 1.0),
        ("messaging", "managers", "ROI", 1.0, float("inf"), 1.0),
        ("messaging", "managers", "ROI", 1.0, 0.0, -1.0),
    ],
)
def test_evidence_that_makes_no_sense_is_refused(
    category: str, segment: str, option: str, reward: float, at: float, weight: float
) -> None:
    with pytest.raises(InvalidInput):
        learner().observe(category, segment, option, reward, at, weight)


@pytest.mark.parametrize(
    "changes",
    [{"prior_rate": 1.0}, {"width": 0.0}, {"half_lives": ()}, {"minimum_propensity": 0.4}, {"reopening": 2.0}],
)
def test_settings_that_make_no_sense_are_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        learner(**changes)


def test_an_option_named_twice_is_refused() -> None:
    with pytest.raises(InvalidInput, match="only once"):
        BeliefLearner({"channel": ("email", "email")}, SEGMENTS, np.random.default_rng(0))


@given(st.floats(-6, 6), st.floats(1e-6, 9), st.floats(0, 1), st.floats(0, 10_000))
def test_the_laplace_mode_solves_its_equation(mean: float, variance: float, reward: float, weight: float) -> None:
    mode = float(laplace_mode(np.array([mean]), np.array([variance]), reward, weight)[0])
    pull = variance * weight
    assert mode - mean == pytest.approx(pull * (reward - float(logistic(np.array(mode)))), abs=1e-5 * (1 + pull))


@given(st.floats(-4, 4), st.floats(1e-4, 4))
def test_the_beta_has_the_moments_of_the_rate(mean: float, variance: float) -> None:
    a, b = moment_matched_beta(np.array([mean]), np.array([variance]), np.array([1.0]))
    expected, spread = rate_moments(np.array([mean]), np.array([variance]))
    assert a / (a + b) == pytest.approx(expected[0])
    assert a * b / ((a + b) ** 2 * (a + b + 1)) == pytest.approx(spread[0])


def test_steady_errors_seldom_alarm_and_a_shift_does() -> None:
    rng = np.random.default_rng(4)
    steady = [first_alarm(rng.standard_normal(60), PageHinkley()) for _ in range(40)]
    shifted = [first_alarm(rng.standard_normal(100) + shift, PageHinkley()) for shift in (1.0, -1.0) for _ in range(20)]
    assert sum(alarm is not None for alarm in steady) <= 8
    assert max(60 if alarm is None else alarm for alarm in shifted) < 40


def test_a_stream_starts_anew_after_its_alarm() -> None:
    test = PageHinkley(tolerance=0.0, threshold=2.5)
    statistics, alarms = test.update(test.start(2), 1, 3.0)
    assert alarms
    assert not statistics.any()


@pytest.mark.parametrize(
    ("category", "option", "sentence"),
    [
        ("messaging", "ROI-focused", "Operations managers respond to ROI-focused messaging"),
        ("messaging", "plain message", "Operations managers respond to plain message"),
        ("channel", "LinkedIn", "Operations managers respond on LinkedIn"),
        ("timing", "tuesday_morning", "Operations managers respond to content timed for tuesday morning"),
        ("audience", "cost pressure", "Operations managers respond to content about cost pressure"),
        ("competitive", "price", "Operations managers respond to price as a reason to choose us over competitors"),
    ],
)
def test_a_belief_is_worded_from_its_cell(category: str, option: str, sentence: str) -> None:
    assert belief_text(category, "operations_managers", option, rate=0.3, baseline=0.2) == sentence


def test_a_rate_that_is_not_above_the_baseline_is_worded_as_a_denial() -> None:
    said = belief_text("messaging", "CFOs", "ROI-focused", rate=0.2, baseline=0.2)
    assert said == "CFOs do not respond to ROI-focused messaging"


def test_a_reason_names_rate_baseline_interval_and_count() -> None:
    said = belief_reason("click_rate", rate=0.312, baseline=0.05, low=0.24, high=0.39, evidence_count=1)
    assert said == "click rate 31 % against the usual 5.0 %, 80 % interval 24–39 %, 1 outcome"


def test_an_unknown_category_of_belief_is_refused() -> None:
    with pytest.raises(InvalidInput, match="messaging"):
        belief_text("colour", "CFOs", "red", rate=0.1, baseline=0.2)


@given(st.floats(0.5, 200), st.floats(0.5, 200), st.floats(0, 1), st.floats(0, 1))
def test_confidence_falls_as_the_baseline_rises(a: float, b: float, one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert 0 <= confidence_above(a, b, high) <= confidence_above(a, b, low) + 1e-12 <= 1 + 1e-12


def test_confidence_at_the_median_is_one_half() -> None:
    assert confidence_above(7.0, 7.0, 0.5) == pytest.approx(0.5)
