"""A varied set is chosen for its value, and how likely each idea was is known."""

import attrs
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from refleqt_core.errors import InvalidInput
from refleqt_core.outputs.planner import Choice, PlanningPolicy, chosen_by_draw, likeness, plan

WEIGHTS = np.array([0.6, 0.4])


def choice(chances, traits=None, *, ideas=None, sampled=None, closed=(), worth=None, cost=None, fit=None):
    n = len(chances)
    chance = np.array(chances, dtype=float)
    is_open = np.ones(n, dtype=bool)
    is_open[list(closed)] = False
    return Choice(
        chance=chance,
        sampled=np.tile(chance, (8, 1)) if sampled is None else np.array(sampled, dtype=float),
        worth=np.ones(n) if worth is None else np.array(worth, dtype=float),
        cost=np.zeros(n) if cost is None else np.array(cost, dtype=float),
        fit=np.zeros(n) if fit is None else np.array(fit, dtype=float),
        idea=np.arange(n) if ideas is None else np.array(ideas),
        traits=np.arange(2 * n).reshape(n, 2) if traits is None else np.array(traits),
        trait_weights=WEIGHTS,
        open=is_open,
    )


@st.composite
def choices(draw):
    n = draw(st.integers(1, 25))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    chance = rng.uniform(size=n)
    return choice(
        chance,
        rng.integers(0, 3, (n, 2)),
        ideas=rng.integers(0, 12, n),
        sampled=np.clip(chance + 0.2 * rng.standard_normal((draw(st.integers(1, 130)), n)), 0, 1),
        closed=np.flatnonzero(rng.uniform(size=n) < 0.2),
        worth=rng.uniform(0.2, 3, n),
        cost=rng.uniform(0, 1, n),
        fit=rng.uniform(-0.2, 0.3, n),
    )


policies = st.floats(0, 1).map(lambda diversity: PlanningPolicy(diversity=diversity))


@given(choices(), st.integers(1, 6), policies)
@settings(deadline=None)
def test_propensities_are_probabilities_that_sum_to_the_number_of_places(problem, count, policy):
    found = plan(problem, count, policy)
    assert ((found.propensity >= 0) & (found.propensity <= 1)).all()
    assert found.propensity.sum() == pytest.approx(len(found.chosen))


@given(choices(), st.integers(1, 6), policies)
@settings(deadline=None)
def test_what_is_shown_is_open_was_likely_and_no_idea_is_shown_twice(problem, count, policy):
    found = plan(problem, count, policy)
    ideas = problem.idea[list(found.chosen)].tolist()
    assert problem.open[list(found.chosen)].all()
    assert len(set(ideas)) == len(ideas)
    assert (found.propensity[ideas] >= 1 / len(problem.sampled)).all()


@given(choices(), st.integers(1, 6), policies)
@settings(deadline=None)
def test_there_are_as_many_as_asked_for_unless_fewer_ideas_are_open(problem, count, policy):
    available = len(set(problem.idea[problem.open].tolist()))
    assert len(plan(problem, count, policy).chosen) == min(count, available)


@given(choices(), st.integers(1, 6), policies)
@settings(deadline=None)
def test_the_most_valuable_comes_first(problem, count, policy):
    values = problem.values[list(plan(problem, count, policy).chosen)]
    assert (np.diff(values) <= 1e-12).all()


@given(choices(), st.integers(1, 6))
@settings(deadline=None)
def test_by_value_alone_closing_what_no_draw_chooses_changes_nothing(problem, count):
    pure = PlanningPolicy(diversity=0.0)
    found = plan(problem, count, pure)
    never = np.flatnonzero(found.propensity == 0)
    closed = problem.open & ~np.isin(problem.idea, never[: len(never) // 2])
    assert plan(attrs.evolve(problem, open=closed), count, pure).chosen == found.chosen


@given(choices(), st.integers(1, 6))
@settings(deadline=None)
def test_without_diversity_each_draw_takes_the_best_candidate_of_the_best_ideas(problem, count):
    values = problem.sampled * problem.worth - problem.cost + problem.fit
    available = len(set(problem.idea[problem.open].tolist()))
    if available == 0:
        return
    chosen = chosen_by_draw(problem, min(count, available), 0.0)
    for draw, picked in enumerate(chosen):
        best = {}
        for candidate in np.flatnonzero(problem.open):
            idea = problem.idea[candidate]
            best[idea] = max(best.get(idea, -np.inf), values[draw, candidate])
        assert sorted(values[draw, picked]) == pytest.approx(sorted(best.values())[-len(picked) :])


def test_of_two_equally_good_candidates_the_less_alike_one_joins():
    problem = choice([0.9, 0.8, 0.8, 0.1], [[0, 0], [0, 0], [1, 1], [2, 2]])
    assert plan(problem, 2, PlanningPolicy(diversity=0.3)).chosen == (0, 2)


def test_with_diversity_a_better_but_alike_candidate_has_to_wait_and_without_it_leads():
    problem = choice([0.9, 0.85, 0.8, 0.1], [[0, 0], [0, 0], [1, 1], [2, 2]])
    assert plan(problem, 2, PlanningPolicy(diversity=0.3)).chosen == (0, 2)
    assert plan(problem, 2, PlanningPolicy(diversity=0.0)).chosen == (0, 1)


def test_likeness_is_the_weight_of_the_shared_traits():
    problem = choice([0.5, 0.5, 0.5], [[0, 0], [0, 1], [1, 1]])
    assert [likeness(problem, 0, i) for i in range(3)] == pytest.approx([1.0, 0.6, 0.0])


def test_an_idea_is_as_likely_as_the_share_of_draws_that_choose_it():
    sampled = [[0.9, 0.1]] * 3 + [[0.1, 0.9]]
    found = plan(choice([0.5, 0.5], sampled=sampled), 1, PlanningPolicy(diversity=0.0))
    assert found.chosen == (0,)
    assert found.propensity.tolist() == [0.75, 0.25]


def test_the_draw_that_is_acted_on_counts_among_them():
    sampled = [[0.1, 0.9]] + [[0.9, 0.1]] * 9
    found = plan(choice([0.9, 0.1], sampled=sampled), 1, PlanningPolicy())
    assert (found.chosen, found.propensity.tolist()) == ((1,), [0.9, 0.1])


def test_value_is_chance_times_worth_less_cost_plus_fit():
    problem = choice([0.5, 0.25], worth=[2.0, 1.0], cost=[0.75, 0.0], fit=[0.0, 0.125])
    assert problem.values.tolist() == [0.25, 0.375]
    assert plan(problem, 1, PlanningPolicy()).chosen == (1,)


def test_nothing_open_is_an_empty_plan():
    found = plan(choice([0.5, 0.5], closed=[0, 1]), 3, PlanningPolicy())
    assert (found.chosen, found.propensity.tolist()) == ((), [0.0, 0.0])


def test_arrays_of_different_length_are_refused():
    with pytest.raises(InvalidInput, match="one value for each candidate"):
        plan(attrs.evolve(choice([0.5, 0.5]), worth=np.ones(3)), 1, PlanningPolicy())


def test_a_plan_of_nothing_is_refused():
    with pytest.raises(InvalidInput, match="at least 1"):
        plan(choice([0.5]), 0, PlanningPolicy())


def test_a_policy_whose_shares_are_none_is_refused():
    with pytest.raises(InvalidInput):
        PlanningPolicy(diversity=1.2)
