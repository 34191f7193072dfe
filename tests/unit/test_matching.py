"""Briefs find the creators who can make them, and those who would do it best come first."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import attrs
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.optimize import linprog

from refleqt_core.marketplace.matching import Candidate, Wanted, assign, obstacles, passed_over, rank
from refleqt_core.marketplace.records import Creator, CreatorPerformance
from refleqt_core.marketplace.terms import MarketplaceTerms

NOW = datetime(2026, 9, 1, 12, tzinfo=UTC)
TERMS = MarketplaceTerms()
WANTED = Wanted(artifact_type="blog_copy", specialization="B2B_SaaS")


def creator(name: str = "Anselm", **changes: Any) -> Creator:
    usual: dict[str, Any] = {
        "specializations": ("B2B_SaaS",),
        "artifact_types": ("blog_copy",),
        "tier": "proven",
        "capacity": 2,
        "fees": {"blog_copy": 40_000},
    }
    return Creator(id=uuid4(), external_id=f"cr-{name}", display_name=name, **(usual | changes))


def candidate(of: Creator, *outcomes: float, similarity: float = 1.0, **changes: Any) -> Candidate:
    jobs = tuple(
        CreatorPerformance(
            id=uuid4(),
            brief_id=str(uuid4()),
            creator_id=of.id,
            artifact_type="blog_copy",
            quality_score=outcome,
            delivery_time=100,
            sla=168,
            artifact_performance=outcome,
            completed_at=NOW - timedelta(days=10),
        )
        for outcome in outcomes
    )
    return Candidate(creator=of, jobs=jobs, similarities=(similarity,) * len(jobs), **changes)


def ranked(*candidates: Candidate) -> list[str]:
    return [match.creator.display_name for match in rank(candidates, WANTED, now=NOW, terms=TERMS)]


def test_a_fitting_creator_has_no_obstacle() -> None:
    assert obstacles(candidate(creator()), WANTED) == ()


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"specializations": ("fintech",)}, "not specialised in B2B_SaaS"),
        ({"artifact_types": ("email",)}, "does not make blog_copy"),
        ({"fees": {}}, "has named no fee for blog_copy"),
        ({"current_load": 2}, "no free place: 2 of 2 taken"),
        ({"active": False}, "not active"),
    ],
)
def test_who_does_not_fit_is_passed_over_with_the_reason(changes: dict[str, Any], reason: str) -> None:
    assert obstacles(candidate(creator(**changes)), WANTED) == (reason,)


def test_who_was_asked_before_is_passed_over() -> None:
    assert obstacles(candidate(creator(), asked=True), WANTED) == ("was asked before",)


def test_unanswered_offers_keep_their_places() -> None:
    busy = candidate(creator(current_load=1), pending=1)
    assert obstacles(busy, WANTED) == ("no free place: 1 of 2 taken and 1 unanswered",)


def test_every_reason_is_told_and_not_the_first_alone() -> None:
    unfit = candidate(creator(artifact_types=("email",), active=False), asked=True)
    assert passed_over([unfit], WANTED)[0].reasons == ("not active", "does not make blog_copy", "was asked before")


def test_without_a_specialisation_any_will_do() -> None:
    assert obstacles(candidate(creator(specializations=())), Wanted(artifact_type="blog_copy")) == ()


def test_the_better_record_comes_first() -> None:
    good, poor = candidate(creator("Good"), *[0.9] * 6), candidate(creator("Poor"), *[0.4] * 6)
    assert ranked(poor, good) == ["Good", "Poor"]


@pytest.mark.parametrize("tier", ["rising", "proven"])
def test_one_lucky_job_does_not_lead(tier: str) -> None:
    lucky, steady = candidate(creator("Lucky", tier=tier), 1.0), candidate(creator("Steady"), *[0.85] * 10)
    others = [candidate(creator(f"Other {i}", tier=tier), *[0.6] * 8) for i in range(4)]
    assert ranked(lucky, steady, *others)[0] == "Steady"


def test_success_on_other_subjects_counts_less() -> None:
    near = candidate(creator("Near"), *[0.9] * 5, similarity=0.9)
    far = candidate(creator("Far"), *[0.9] * 5, similarity=0.05)
    weak = candidate(creator("Weak"), *[0.5] * 30)
    assert ranked(far, near, weak)[:2] == ["Near", "Far"]


def test_of_two_without_a_record_the_rising_one_is_given_a_chance() -> None:
    assert ranked(candidate(creator("Proven")), candidate(creator("Rising", tier="rising"))) == ["Rising", "Proven"]


def test_of_equals_the_less_busy_comes_first() -> None:
    assert ranked(candidate(creator("A", current_load=1)), candidate(creator("B"))) == ["B", "A"]


def test_a_match_says_what_it_rests_on() -> None:
    match = rank([candidate(creator(), 0.9, 0.9)], WANTED, now=NOW, terms=TERMS)[0]
    told = " | ".join(match.reasons)
    assert "(from 2 jobs)" in told
    assert "2 of 2 places free, base fee 400.00 EUR" in told


def test_scores_stay_in_their_range() -> None:
    best = candidate(creator(tier="rising"), *[1.0] * 3)
    generous = attrs.evolve(TERMS, exploration=50.0)
    assert rank([best], WANTED, now=NOW, terms=generous)[0].score == 1.0


def total(scores: NDArray[np.float64], given: list[int | None]) -> float:
    return float(sum(scores[row, column] for row, column in enumerate(given) if column is not None))


def greedy(scores: NDArray[np.float64], places: list[int]) -> list[int | None]:
    free, given = list(places), []
    for row in scores:
        open_to = [column for column in range(len(free)) if free[column] and not np.isnan(row[column])]
        best = max(open_to, key=lambda column: row[column], default=None)
        given.append(best)
        if best is not None:
            free[best] -= 1
    return given


def test_many_briefs_at_once_beat_one_after_the_other() -> None:
    scores = np.array([[0.9, 0.8], [0.9, 0.1]])
    assert assign(scores, [1, 1]) == [1, 0]
    assert total(scores, assign(scores, [1, 1])) > total(scores, greedy(scores, [1, 1]))


def test_a_creator_gets_as_many_briefs_as_they_have_places() -> None:
    assert assign(np.array([[0.9, 0.1], [0.8, 0.1], [0.7, 0.1]]), [2, 1]).count(0) == 2


def test_more_briefs_placed_is_better_than_better_scores() -> None:
    assert assign(np.array([[0.9, 0.0], [0.9, np.nan]]), [1, 1]) == [1, 0]


def test_a_brief_that_nobody_can_make_stays_unplaced() -> None:
    assert assign(np.array([[np.nan, np.nan], [0.5, np.nan]]), [3, 3]) == [None, 0]


def test_without_places_nothing_is_placed() -> None:
    assert assign(np.array([[0.5]]), [0]) == [None]


@st.composite
def markets(draw: st.DrawFn) -> tuple[NDArray[np.float64], list[int]]:
    briefs, creators = draw(st.integers(1, 6)), draw(st.integers(1, 5))
    cell = st.one_of(st.just(float("nan")), st.floats(0, 1))
    cells = draw(st.lists(cell, min_size=briefs * creators, max_size=briefs * creators))
    places = draw(st.lists(st.integers(0, 3), min_size=creators, max_size=creators))
    return np.array(cells).reshape(briefs, creators), places


@given(markets())
def test_nobody_gets_what_they_cannot_make_or_more_than_they_have_places_for(
    market: tuple[NDArray[np.float64], list[int]],
) -> None:
    scores, places = market
    given = assign(scores, places)
    assert all(column is None or not np.isnan(scores[row, column]) for row, column in enumerate(given))
    assert all(given.count(column) <= places[column] for column in range(len(places)))


@given(markets())
@settings(max_examples=50, deadline=None)
def test_the_assignment_is_the_optimum_of_the_linear_programme(market: tuple[NDArray[np.float64], list[int]]) -> None:
    scores, places = market
    briefs, creators = scores.shape
    able = ~np.isnan(scores)
    worth = np.where(able, np.nan_to_num(scores) + briefs + 1, 0.0)
    one_each = np.kron(np.eye(briefs), np.ones(creators))
    within_places = np.kron(np.ones(briefs), np.eye(creators))
    optimum = linprog(
        -worth.ravel(),
        A_ub=np.vstack([one_each, within_places]),
        b_ub=[1] * briefs + places,
        bounds=[(0, float(can)) for can in able.ravel()],
    )
    given = assign(scores, places)
    placed = sum(column is not None for column in given)
    assert total(scores, given) + placed * (briefs + 1) == pytest.approx(-optimum.fun, abs=1e-6)
