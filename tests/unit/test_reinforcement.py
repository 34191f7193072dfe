import pytest
from hypothesis import given
from hypothesis import strategies as st

from refleqt_core.cdt.records import BELIEF_STATUSES
from refleqt_core.cdt.reinforcement import (
    LADDER,
    MonthReview,
    ReinforcementSettings,
    ScoredForecast,
    Standing,
    next_standing,
    reinforcement_score,
)
from refleqt_core.errors import InvalidInput

WEAK, MIDDLING, STRONG = MonthReview(score=0.3), MonthReview(score=0.55), MonthReview(score=0.8)
SILENT, BELOW = MonthReview(), MonthReview(score=0.9, below_baseline=True)
BEATEN = MonthReview(score=0.3, alternative=0.95)

reviews = st.builds(
    MonthReview, score=st.none() | st.floats(0, 1), below_baseline=st.booleans(), alternative=st.floats(0, 1)
)
scored = st.builds(ScoredForecast, predicted=st.floats(0, 1), actual=st.floats(0, 1), age=st.floats(0, 900))
standings = st.builds(Standing, status=st.sampled_from(LADDER), weak_months=st.integers(0, 4))


def after(*months: MonthReview, start: Standing | None = None) -> Standing:
    standing = start or Standing()
    for review in months:
        standing = next_standing(standing, review)
    return standing


def test_the_statuses_are_those_that_are_stored() -> None:
    assert LADDER == BELIEF_STATUSES


def test_a_forecast_that_came_true_scores_one() -> None:
    assert reinforcement_score([ScoredForecast(predicted=0.4, actual=0.4)]) == 1.0


def test_one_forecast_scores_alignment_times_recency() -> None:
    rules = ReinforcementSettings(half_life=30.0)
    score = reinforcement_score([ScoredForecast(predicted=0.9, actual=0.5, age=30.0)], rules)
    assert score == pytest.approx(0.6 * 0.5)


def test_a_right_rate_is_not_blamed_for_each_single_outcome() -> None:
    tosses = [ScoredForecast(predicted=0.5, actual=outcome) for outcome in (0.0, 1.0, 1.0, 0.0)]
    assert reinforcement_score(tosses) == 1.0


def test_a_month_without_forecasts_has_no_score() -> None:
    assert reinforcement_score([]) is None


@given(
    st.lists(
        st.builds(ScoredForecast, predicted=st.floats(0, 1), actual=st.floats(0, 1), age=st.floats(0, 900)), min_size=1
    )
)
def test_scores_are_shares(forecasts: list[ScoredForecast]) -> None:
    score = reinforcement_score(forecasts)
    assert score is not None
    assert 0 <= score <= 1 + 1e-12


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 900), st.floats(0.1, 900))
def test_older_data_never_scores_higher(predicted: float, actual: float, age: float, older_by: float) -> None:
    young = reinforcement_score([ScoredForecast(predicted=predicted, actual=actual, age=age)])
    old = reinforcement_score([ScoredForecast(predicted=predicted, actual=actual, age=age + older_by)])
    assert young is not None
    assert old is not None
    assert old <= young


@pytest.mark.parametrize(
    ("months", "status"),
    [
        ((WEAK,), "weakening"),
        ((WEAK, WEAK), "exploring_alternative"),
        ((WEAK, WEAK, WEAK), "deprecated"),
        ((BELOW,), "weakening"),
        ((WEAK, BEATEN), "deprecated"),
        ((BEATEN,), "weakening"),
        ((WEAK, MIDDLING, WEAK), "exploring_alternative"),
        ((WEAK, SILENT, MIDDLING), "weakening"),
        ((WEAK, STRONG), "active"),
        ((WEAK, WEAK, STRONG), "weakening"),
        ((WEAK, WEAK, WEAK, STRONG), "exploring_alternative"),
        ((WEAK, WEAK, WEAK, STRONG, STRONG, STRONG), "active"),
        ((WEAK, STRONG, WEAK), "weakening"),
        ((WEAK, WEAK, WEAK, STRONG, WEAK), "exploring_alternative"),
        ((MIDDLING,), "active"),
    ],
)
def test_months_move_a_belief_along_the_ladder(months: tuple[MonthReview, ...], status: str) -> None:
    assert after(*months).status == status


def test_an_alternative_does_not_depose_a_belief_that_keeps_its_word() -> None:
    assert after(MonthReview(score=0.8, alternative=1.0), start=Standing(status="weakening", weak_months=1)).status == (
        "active"
    )


def test_recovery_can_be_asked_to_take_several_months() -> None:
    rules = ReinforcementSettings(months_to_recover=2)
    once = next_standing(Standing(status="weakening", weak_months=1), STRONG, rules)
    assert once.status == "weakening"
    assert next_standing(once, STRONG, rules).status == "active"


@given(standings, reviews)
def test_a_month_moves_up_by_one_at_most(standing: Standing, review: MonthReview) -> None:
    after_it = next_standing(standing, review)
    assert LADDER.index(after_it.status) >= LADDER.index(standing.status) - 1


@given(standings, reviews, st.floats(0, 1))
def test_a_higher_score_never_leads_to_a_lower_status(standing: Standing, review: MonthReview, other: float) -> None:
    low, high = sorted((review.score or 0.0, other))
    ranks = [
        LADDER.index(next_standing(standing, MonthReview(score=score, alternative=review.alternative)).status)
        for score in (low, high)
    ]
    assert ranks[0] >= ranks[1]


def test_bounds_that_leave_no_band_are_refused() -> None:
    with pytest.raises(InvalidInput):
        ReinforcementSettings(weak_below=0.7, strong_from=0.6)
