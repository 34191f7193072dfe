"""Times that are not over yet: the Kaplan–Meier curve, its median, and its interval."""

import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from refleqt_core.intake.calendar_patterns.survival import Survival, kaplan_meier

# Weeks in remission of 21 leukaemia patients under 6-mercaptopurine and of 21 under placebo (Freireich and others,
# Blood 21, 1963), the example of Kaplan–Meier in Cox (1972), Collett, and Kleinbaum and Klein; + is still in remission.
TREATED = "6 6 6 6+ 7 9+ 10 10+ 11+ 13 16 17+ 19+ 20+ 22 23 25+ 32+ 32+ 34+ 35+"
PLACEBO = "1 1 2 2 3 4 4 5 5 8 8 8 8 11 11 12 12 15 17 22 23"


def curve(text: str, level: float = 0.95) -> Survival:
    durations = np.array([float(each.rstrip("+")) for each in text.split()])
    ended = np.array([not each.endswith("+") for each in text.split()], dtype=bool)
    return kaplan_meier(durations, ended, level)


def test_the_curve_is_that_of_the_textbooks() -> None:
    found = curve(TREATED)
    assert found.times.tolist() == [6, 7, 10, 13, 16, 22, 23]
    assert found.share == pytest.approx([0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448], abs=5e-4)


def test_the_medians_and_their_intervals_are_those_of_the_textbooks() -> None:
    assert (curve(TREATED).median, curve(TREATED).interval) == (23, (13, None))
    assert (curve(PLACEBO).median, curve(PLACEBO).interval) == (8, (4, 11))


def test_dropping_what_is_not_over_yet_gives_a_wrong_median() -> None:
    over = " ".join(each for each in TREATED.split() if not each.endswith("+"))
    assert curve(over).median == 10
    assert curve(TREATED).median == 23


def test_where_more_than_half_still_last_the_median_is_only_known_to_be_longer() -> None:
    found = curve("3 5+ 8+ 9+")
    assert found.median is None
    assert found.at_least == 9


def test_where_nothing_has_ended_nothing_is_known_but_how_long_it_lasts() -> None:
    found = curve("3+ 8+")
    assert (found.median, found.interval, found.at_least) == (None, (None, None), 8)


def test_of_nothing_nothing_is_known() -> None:
    found = curve("")
    assert (found.median, found.interval, found.at_least) == (None, (None, None), None)


def test_one_that_ended_is_the_median_without_an_upper_end() -> None:
    found = curve("4")
    assert (found.median, found.interval) == (4, (4, None))


OBSERVATIONS = st.lists(st.tuples(st.integers(0, 30).map(float), st.booleans()), min_size=1, max_size=40)


@given(OBSERVATIONS, st.sampled_from([0.5, 0.8, 0.95]))
def test_curve_and_interval_are_those_of_scipy_where_it_has_one(
    observations: list[tuple[float, bool]], level: float
) -> None:
    durations = np.array([each for each, _ in observations])
    ended = np.array([each for _, each in observations], dtype=bool)
    ours = kaplan_meier(durations, ended, level)
    theirs = stats.ecdf(stats.CensoredData.right_censored(durations, ~ended)).sf
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # it warns wherever the curve is 0 or 1
        interval = theirs.confidence_interval(level, method="log-log")
    place = np.searchsorted(theirs.quantiles, ours.times)
    assert ours.share == pytest.approx(theirs.probabilities[place])
    inner = (ours.share > 1e-9) & (ours.share < 1)
    assert ours.low[inner] == pytest.approx(interval.low.probabilities[place][inner])
    assert ours.high[inner] == pytest.approx(interval.high.probabilities[place][inner])


@given(OBSERVATIONS)
def test_with_nothing_censored_the_median_is_the_lower_one_of_the_sample(
    observations: list[tuple[float, bool]],
) -> None:
    durations = np.array([each for each, _ in observations])
    found = kaplan_meier(durations, np.ones(durations.size, dtype=bool))
    assert found.median == np.sort(durations)[(durations.size - 1) // 2]


@given(OBSERVATIONS)
def test_the_median_lies_in_its_interval(observations: list[tuple[float, bool]]) -> None:
    durations = np.array([each for each, _ in observations])
    found = kaplan_meier(durations, np.array([each for _, each in observations], dtype=bool))
    low, high = found.interval
    if found.median is not None:
        assert low is not None and low <= found.median
        assert high is None or high >= found.median
