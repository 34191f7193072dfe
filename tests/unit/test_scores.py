"""Creators are judged by few jobs without being carried away by them."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refleqt_core.errors import InvalidInput
from refleqt_core.marketplace.records import CreatorPerformance
from refleqt_core.marketplace.scores import (
    Peers,
    Prior,
    Weighing,
    achieved,
    exploration_bonus,
    performance_score,
    quality_score,
    shrunken_score,
)

NOW = datetime(2026, 9, 1, 12, tzinfo=UTC)
WEIGHING = Weighing(now=NOW, prior_jobs=3.0)
SHARES = st.floats(0, 1)


def job(days_ago: float = 0, **changes: Any) -> CreatorPerformance:
    usual: dict[str, Any] = {"artifact_type": "blog_copy", "quality_score": 0.8, "artifact_performance": 0.8}
    return CreatorPerformance(
        id=uuid4(),
        brief_id=str(uuid4()),
        creator_id=uuid4(),
        delivery_time=100,
        sla=168,
        completed_at=NOW - timedelta(days=days_ago),
        **(usual | changes),
    )


def test_a_job_of_ninety_days_ago_counts_half() -> None:
    assert WEIGHING.recency([job(0), job(90), job(180)]) == pytest.approx([1.0, 0.5, 0.25])


def test_a_job_completed_later_than_now_counts_as_one_of_now() -> None:
    assert WEIGHING.recency([job(-5)]) == [1.0]


def test_without_jobs_the_prior_is_the_score() -> None:
    score = shrunken_score([], [], prior_mean=0.7, prior_jobs=3)
    assert score.mean == pytest.approx(0.7)
    assert (score.evidence, score.jobs) == (0.0, 0)


def test_the_mean_is_shrunk_to_the_prior() -> None:
    score = shrunken_score([1.0, 0.5], [1.0, 0.5], prior_mean=0.6, prior_jobs=2)
    assert score.mean == pytest.approx((2 * 0.6 + 1.25) / 3.5)


def test_the_deviation_falls_with_the_root_of_the_evidence() -> None:
    score = shrunken_score([1.0], [1.0], prior_mean=0.5, prior_jobs=3, spread=0.2)
    assert score.deviation == pytest.approx(0.1)


def test_one_lucky_job_does_not_beat_ten_good_ones() -> None:
    lucky = performance_score([job(artifact_performance=1.0)], [1.0], WEIGHING, prior_mean=0.6)
    steady = performance_score([job(artifact_performance=0.9)] * 10, [1.0] * 10, WEIGHING, prior_mean=0.6)
    assert lucky.mean < steady.mean


@given(st.lists(st.tuples(SHARES, SHARES), max_size=20), SHARES)
def test_a_score_lies_between_the_prior_and_the_values(observed: list[tuple[float, float]], prior: float) -> None:
    values, weights = [value for value, _ in observed], [weight for _, weight in observed]
    mean = shrunken_score(values, weights, prior_mean=prior, prior_jobs=3).mean
    assert min([prior, *values]) - 1e-9 <= mean <= max([prior, *values]) + 1e-9


@given(st.lists(st.tuples(SHARES, SHARES), min_size=1, max_size=10), SHARES)
def test_the_order_of_jobs_does_not_matter(observed: list[tuple[float, float]], prior: float) -> None:
    def mean(pairs: list[tuple[float, float]]) -> float:
        return shrunken_score([v for v, _ in pairs], [w for _, w in pairs], prior_mean=prior, prior_jobs=3).mean

    assert mean(observed) == pytest.approx(mean(observed[::-1]))


@pytest.mark.parametrize(
    ("values", "weights", "prior_jobs"), [([1.1], [1], 3), ([0.5], [-1], 3), ([0.5], [1, 1], 3), ([0.5], [1], 0)]
)
def test_values_and_weights_that_mean_nothing_are_refused(
    values: list[float], weights: list[float], prior_jobs: float
) -> None:
    with pytest.raises(InvalidInput):
        shrunken_score(values, weights, prior_mean=0.5, prior_jobs=prior_jobs)


def test_a_more_similar_job_counts_more() -> None:
    jobs = [job(artifact_performance=1.0), job(artifact_performance=0.0)]
    near_the_first = performance_score(jobs, [0.9, 0.1], WEIGHING, prior_mean=0.5)
    near_the_second = performance_score(jobs, [0.1, 0.9], WEIGHING, prior_mean=0.5)
    assert near_the_first.mean > 0.5 > near_the_second.mean


def test_a_job_whose_results_are_not_known_counts_for_nothing() -> None:
    unknown = job(artifact_performance=None)
    score = performance_score([unknown], [1.0], WEIGHING, prior_mean=0.7)
    assert score.mean == pytest.approx(0.7)
    assert score.jobs == 0


def test_what_a_job_achieved_is_the_mean_of_what_is_known() -> None:
    known = [
        job(artifact_performance=0.4, customer_satisfaction=0.8),
        job(artifact_performance=None, customer_satisfaction=0.8),
        job(artifact_performance=None, customer_satisfaction=None),
    ]
    assert [achieved(each) for each in known] == [pytest.approx(0.6), 0.8, None]


def test_quality_for_a_type_is_learned_from_jobs_of_that_type() -> None:
    jobs = [job(artifact_type="email", quality_score=0.2)] * 9 + [job(quality_score=0.9)] * 9
    blog = quality_score(jobs, "blog_copy", WEIGHING, prior_mean=0.6)
    email = quality_score(jobs, "email", WEIGHING, prior_mean=0.6)
    assert blog.mean > 0.75 > 0.45 > email.mean


def test_quality_for_a_new_type_starts_at_the_creator_s_own_quality() -> None:
    jobs = [job(artifact_type="email", quality_score=0.95)] * 8
    assert quality_score(jobs, "blog_copy", WEIGHING, prior_mean=0.5).mean > 0.8


def test_only_rising_creators_are_given_a_bonus() -> None:
    score = shrunken_score([], [], prior_mean=0.5, prior_jobs=3)
    bonuses = [exploration_bonus(tier, score, 0.3) for tier in ("rising", "proven", "elite")]
    assert bonuses == [pytest.approx(0.3 * score.deviation), 0.0, 0.0]


def test_the_bonus_fades_as_jobs_come_in() -> None:
    few, many = (performance_score([job()] * n, [1.0] * n, WEIGHING, prior_mean=0.5) for n in (1, 20))
    assert exploration_bonus("rising", many, 0.3) < exploration_bonus("rising", few, 0.3) / 1.5


def test_a_job_is_no_evidence_for_its_own_prior() -> None:
    one = quality_score([job(quality_score=1.0)], "blog_copy", WEIGHING, prior_mean=0.6)
    assert one.mean == pytest.approx((3 * 0.6 + 1.0) / 4)


def test_a_market_without_jobs_is_indifferent() -> None:
    assert Peers([("rising", [])], WEIGHING).prior("rising", []) == Prior(performance=0.5, quality=0.5)


def test_a_tier_without_jobs_takes_the_market_s_level() -> None:
    prior = Peers([("elite", [job(artifact_performance=0.9)] * 99)], WEIGHING).prior("rising", [])
    assert prior.performance == pytest.approx(0.9, abs=0.01)


def test_creators_are_shrunk_to_their_own_tier() -> None:
    good, poor = [job(quality_score=0.9)] * 50, [job(quality_score=0.4)] * 50
    peers = Peers([("elite", good), ("rising", poor)], WEIGHING)
    levels = [peers.prior(tier, []).quality for tier in ("elite", "rising")]
    assert levels == pytest.approx([0.9, 0.4], abs=0.03)


def test_a_creator_s_own_jobs_are_no_part_of_their_prior() -> None:
    own, others = [job(quality_score=1.0)] * 9, [job(quality_score=0.4)] * 9
    alone = Peers([("elite", others)], WEIGHING).prior("elite", [])
    beside = Peers([("elite", others), ("elite", own)], WEIGHING).prior("elite", own)
    assert beside.quality == pytest.approx(alone.quality)
