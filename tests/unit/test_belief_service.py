"""Beliefs follow from outcomes alone, in whatever order they come, and are reviewed once a month."""

import math
from datetime import timedelta
from typing import Any

import attrs
import numpy as np
import pytest
from composition import FILE, NOON, Composition, draft, result
from hypothesis import given, settings
from hypothesis import strategies as st

from refleqt_core.cdt.belief_model import EVERYONE, BeliefModel, Observation, fitted_model
from refleqt_core.cdt.outcomes import WINDOW
from refleqt_core.cdt.records import Belief, BeliefEvidence
from refleqt_core.cdt.service import OPTIONS, cells_of_entry, observations
from refleqt_core.ports import where
from refleqt_core.values import BusinessId

SEGMENTS = ("ops", "chefs")


def filled(refleqt: Composition, results: dict[str, float], slug: str = "brine", **changes: Any) -> BusinessId:
    """A business with an artifact for each external id and the clicks that it got; a hundred were aimed at."""
    business = refleqt.business(slug)
    refleqt.calendar.import_entries(business, [draft(key, **changes) for key in results], FILE)
    refleqt.performance.import_records(business, [result(key, value) for key, value in results.items()], FILE)
    return business


def test_an_outcome_is_evidence_for_every_cell_of_its_artifact(refleqt: Composition) -> None:
    business = filled(refleqt, {"E-1": 120.0})
    assert refleqt.beliefs.observe(business) == 1
    cells = {(row.belief_category, row.segment, row.option) for row in refleqt.rows(business, BeliefEvidence)}
    assert cells == {
        ("channel", "ops", "linkedin"),
        ("messaging", "ops", "roi"),
        ("timing", "ops", "wednesday_afternoon"),
        ("audience", EVERYONE, "ops"),
    }


@pytest.mark.parametrize(("clicks", "outcome"), [(100.0, 1.0), (99.0, 0.0)])
def test_evidence_is_whether_the_target_was_reached_and_when_that_was_known(
    refleqt: Composition, clicks: float, outcome: float
) -> None:
    business = filled(refleqt, {"E-1": clicks})
    refleqt.beliefs.observe(business)
    known = {(row.outcome, row.observed_at, row.recorded_at) for row in refleqt.rows(business, BeliefEvidence)}
    assert known == {(outcome, NOON - timedelta(days=40) + WINDOW, NOON)}


def test_observing_twice_is_observing_once(refleqt: Composition) -> None:
    business = filled(refleqt, {"E-1": 120.0, "E-2": 20.0})
    assert refleqt.beliefs.observe(business) == 2
    rows = refleqt.rows(business, BeliefEvidence)
    refleqt.pass_days(1)
    assert refleqt.beliefs.observe(business) == 0
    assert refleqt.rows(business, BeliefEvidence) == rows


def test_an_artifact_without_results_is_never_evidence(refleqt: Composition) -> None:
    business = refleqt.business()
    refleqt.calendar.save(business, draft())
    refleqt.pass_days(365)
    assert refleqt.beliefs.observe(business) == 0
    assert refleqt.rows(business, BeliefEvidence) == []


@pytest.mark.parametrize("status", ["idea", "planned", "scheduled"])
def test_what_was_not_published_is_not_evidence(refleqt: Composition, status: str) -> None:
    business = filled(refleqt, {"E-1": 120.0}, status=status)
    assert refleqt.beliefs.observe(business) == 0


def test_an_artifact_for_nobody_in_particular_is_in_no_cell_and_counted_never(refleqt: Composition) -> None:
    business = filled(refleqt, {"E-1": 120.0}, icp_segment=None)
    assert [refleqt.beliefs.observe(business) for _ in range(2)] == [0, 0]


def test_what_its_author_left_open_is_in_no_cell(refleqt: Composition) -> None:
    entry = refleqt.calendar.save(refleqt.business(), draft(channel=None, angle=None))
    assert cells_of_entry(entry, "UTC") == [
        ("timing", "ops", "wednesday_afternoon"),
        ("audience", EVERYONE, "ops"),
    ]


def test_timing_is_that_of_the_business_s_own_time_zone(refleqt: Composition) -> None:
    business = refleqt.business(time_zone="Asia/Tokyo")
    refleqt.calendar.save(business, draft())
    refleqt.performance.import_records(business, [result()], FILE)
    refleqt.beliefs.observe(business)
    timing = refleqt.rows(business, BeliefEvidence, *where(belief_category="timing"))
    assert [row.option for row in timing] == ["wednesday_evening"]


def learned(refleqt: Composition, results: dict[str, float] | None = None, **changes: Any) -> BusinessId:
    business = filled(refleqt, results or {"E-1": 120.0, "E-2": 130.0, "E-3": 20.0}, **changes)
    refleqt.beliefs.observe(business)
    refleqt.beliefs.update(business)
    return business


def test_a_belief_counts_its_evidence_for_and_against(refleqt: Composition) -> None:
    business = learned(refleqt)
    counts = {(row.evidence_count, row.evidence_for, row.evidence_against) for row in refleqt.rows(business, Belief)}
    assert counts == {(3, 2.0, 1.0)}


def test_a_belief_is_coherent(refleqt: Composition) -> None:
    business = learned(refleqt, {f"E-{n}": 120.0 for n in range(6)})
    for belief in refleqt.rows(business, Belief):
        assert 0 < belief.low < belief.mean < belief.high < 1
        assert belief.mean == pytest.approx(belief.alpha / (belief.alpha + belief.beta))
        assert belief.status == "active" and belief.last_reinforced == NOON


def test_a_belief_keeps_the_way_back_to_its_sources(refleqt: Composition) -> None:
    business = learned(refleqt)
    entries = {entry.id for entry in refleqt.calendar.find(business)}
    for belief in refleqt.beliefs.beliefs(business):
        assert {row.source_id for row in refleqt.beliefs.evidence(business, belief)} == entries


def test_updating_twice_changes_nothing(refleqt: Composition) -> None:
    business = learned(refleqt)
    before = refleqt.rows(business, Belief)
    again = refleqt.beliefs.update(business)
    assert sorted(again, key=lambda each: each.id) == before == refleqt.rows(business, Belief)


def test_a_business_without_evidence_believes_nothing_and_expects_the_prior(refleqt: Composition) -> None:
    business = refleqt.business()
    assert refleqt.beliefs.update(business) == []
    assert refleqt.beliefs.model(business).chance("ops", "email", "roi", "monday_morning") == pytest.approx(
        0.25, abs=0.05
    )


RESULTS = st.dictionaries(
    st.sampled_from([f"E-{n}" for n in range(8)]), st.sampled_from([20.0, 120.0]), min_size=1, max_size=8
)


def told(refleqt: Composition, business: BusinessId) -> dict[tuple[str, str, str], tuple[float, ...]]:
    return {
        (row.belief_category, row.segment, row.option): (row.mean, row.confidence, row.evidence_for, row.baseline)
        for row in refleqt.rows(business, Belief)
    }


@given(RESULTS, st.randoms(use_true_random=False))
@settings(max_examples=12, deadline=None)
def test_the_order_in_which_outcomes_become_known_does_not_matter(results: dict[str, float], shuffle: Any) -> None:
    refleqt = Composition()
    at_once = learned(refleqt, results)
    one_by_one = refleqt.business("ash")
    refleqt.calendar.import_entries(one_by_one, [draft(key) for key in results], FILE)
    for key in shuffle.sample(sorted(results), len(results)):
        refleqt.performance.import_records(one_by_one, [result(key, results[key])], FILE)
        refleqt.beliefs.observe(one_by_one)
    refleqt.beliefs.update(one_by_one)
    assert told(refleqt, one_by_one) == told(refleqt, at_once)


def observed(n: int, success: bool, **changes: Any) -> Observation:
    given: dict[str, Any] = {"candidate": ("ops", "email", "roi", "monday_morning"), "at": float(n % 4)}
    return Observation(outcome=float(success), **(given | changes))


@given(st.lists(st.booleans(), max_size=12), st.randoms(use_true_random=False))
@settings(max_examples=12, deadline=None)
def test_the_model_is_the_same_number_for_number_in_any_order(outcomes: list[bool], shuffle: Any) -> None:
    given = [observed(n, success) for n, success in enumerate(outcomes)]
    one, other = (fitted_model(each, OPTIONS, SEGMENTS, 10.0) for each in (given, shuffle.sample(given, len(given))))
    assert (one.baseline, one.intercept, one.weights, one.counts) == (
        other.baseline,
        other.intercept,
        other.weights,
        other.counts,
    )
    assert all(np.array_equal(one.means[category], other.means[category]) for category in one.means)


def model_of(*given: Observation) -> BeliefModel:
    return fitted_model(given, OPTIONS, SEGMENTS, 100.0)


def test_success_raises_the_chance_of_its_own_options_the_most() -> None:
    model = model_of(
        *(observed(n, True) for n in range(8)),
        *(observed(n, False, candidate=("chefs", "blog", "education", "friday_evening")) for n in range(8)),
    )
    same = model.chance("ops", "email", "roi", "monday_morning")
    partly = model.chance("ops", "blog", "roi", "friday_evening")
    other = model.chance("chefs", "blog", "education", "friday_evening")
    assert same > partly > other


def test_what_is_not_known_of_a_candidate_says_nothing() -> None:
    model = model_of(*(observed(n, True) for n in range(4)))
    unknown = model.chances(
        [(None, None, None, None), ("nobody", "pigeon", "rude", "doomsday"), ("ops", None, None, None)]
    )
    assert unknown[0] == unknown[1]
    assert unknown[2] > unknown[0]


def test_evidence_from_after_the_moment_is_not_known_yet() -> None:
    later = [observed(n, True, at=200.0) for n in range(8)]
    assert model_of(*later).baseline == model_of().baseline


def test_sampled_chances_lie_around_the_chance_and_are_repeatable() -> None:
    model = model_of(*(observed(n, n % 3 == 0) for n in range(30)))
    candidates = [("ops", "email", "roi", "monday_morning"), ("chefs", "blog", "roi", "friday_evening")]
    drawn = [model.sample(candidates, np.random.default_rng(5), 4_000) for _ in range(2)]
    assert drawn[0].shape == (4_000, 2)
    assert np.array_equal(drawn[0], drawn[1])
    assert np.median(drawn[0], axis=0) == pytest.approx(model.chances(candidates), abs=0.02)
    assert (drawn[0].std(axis=0) > 0.01).all()


def test_candidates_that_share_all_cells_share_their_draws() -> None:
    model = model_of(*(observed(n, n % 3 == 0) for n in range(30)))
    twins = [("ops", "email", "roi", "monday_morning")] * 2
    drawn = model.sample(twins, np.random.default_rng(5), 50)
    assert np.array_equal(drawn[:, 0], drawn[:, 1])


def test_a_cell_that_others_in_its_segment_beat_has_a_better_alternative() -> None:
    model = model_of(
        *(observed(n, True) for n in range(12)),
        *(observed(n, False, candidate=("ops", "blog", "roi", "monday_morning")) for n in range(12)),
    )
    assert model.better("channel", "ops", "blog") > 0.9 > 0.5 > model.better("channel", "ops", "email")


def test_a_past_day_believes_what_was_known_then(refleqt: Composition) -> None:
    business = learned(refleqt, {"E-1": 120.0})
    then = refleqt.clock.now()
    before = refleqt.beliefs.model(business)
    refleqt.pass_days(60)
    refleqt.calendar.save(business, draft("E-2", publish_at=then + timedelta(days=1)))
    refleqt.performance.import_records(business, [result("E-2", 1.0, day=then.date() + timedelta(days=2))], FILE)
    refleqt.beliefs.observe(business)
    past = refleqt.beliefs.model(business, as_of=then)
    assert past.baseline == before.baseline
    assert refleqt.beliefs.model(business).baseline < before.baseline


def test_beliefs_come_by_how_certain_they_are(refleqt: Composition) -> None:
    business = learned(refleqt, {f"E-{n}": 120.0 for n in range(4)})
    sure = [abs(belief.confidence - 0.5) for belief in refleqt.beliefs.beliefs(business)]
    assert sure == sorted(sure, reverse=True)
    assert {belief.belief_category for belief in refleqt.beliefs.beliefs(business, category="channel")} == {"channel"}


def forecast(refleqt: Composition, business: BusinessId, key: str, probability: float) -> None:
    """A forecast of that artifact, which came true or not, and is scored now."""
    entry = next(each for each in refleqt.calendar.find(business) if each.external_id == key)
    with refleqt.store.business(business) as tx:
        refleqt.forecasts.make(
            tx,
            business,
            subject_id=entry.id,
            metric="clicks",
            target=100.0,
            probability=probability,
            expected=100.0,
            low=80.0,
            high=120.0,
            due_at=refleqt.clock.now(),
            model_version="m",
        )
    assert len(refleqt.forecasts.score_due(business)) == 1


def channel(refleqt: Composition, business: BusinessId) -> Belief:
    [belief] = refleqt.beliefs.beliefs(business, category="channel")
    return belief


def next_month(refleqt: Composition, day: int = 3) -> None:
    now = refleqt.clock.now()
    first = (now.replace(day=1) + timedelta(days=32)).replace(day=1)
    refleqt.clock.advance_to(first + timedelta(days=day - 1))


def test_a_month_of_bad_forecasts_weakens_a_belief(refleqt: Composition) -> None:
    business = learned(refleqt, {f"E-{n}": 120.0 for n in range(4)})
    next_month(refleqt)
    forecast(refleqt, business, "E-1", probability=0.1)
    refleqt.beliefs.update(business)
    belief = channel(refleqt, business)
    assert (belief.status, belief.weak_months) == ("weakening", 1)
    assert belief.reinforcement == pytest.approx(0.1, abs=0.01)
    assert belief.last_reinforced == refleqt.clock.now()


def test_a_month_is_reviewed_once_however_often_beliefs_are_updated(refleqt: Composition) -> None:
    business = learned(refleqt, {f"E-{n}": 120.0 for n in range(4)})
    next_month(refleqt)
    forecast(refleqt, business, "E-1", probability=0.1)
    refleqt.beliefs.update(business)
    reviewed = channel(refleqt, business)
    for key in ("E-2", "E-3"):
        refleqt.pass_days(5)
        forecast(refleqt, business, key, probability=0.0)
        refleqt.beliefs.update(business)
    later = channel(refleqt, business)
    assert (later.status, later.weak_months, later.reinforcement, later.last_reinforced) == (
        reviewed.status,
        reviewed.weak_months,
        reviewed.reinforcement,
        reviewed.last_reinforced,
    )


def test_three_bad_months_deprecate_a_belief_by_steps(refleqt: Composition) -> None:
    business = learned(refleqt, {f"E-{n}": 120.0 for n in range(4)})
    steps = []
    for key in ("E-1", "E-2", "E-3"):
        next_month(refleqt)
        forecast(refleqt, business, key, probability=0.0)
        refleqt.beliefs.update(business)
        steps.append(channel(refleqt, business).status)
    assert steps == ["weakening", "exploring_alternative", "deprecated"]


def test_a_forecast_is_held_against_a_belief_once(refleqt: Composition) -> None:
    business = learned(refleqt, {f"E-{n}": 120.0 for n in range(4)})
    next_month(refleqt, day=28)
    forecast(refleqt, business, "E-1", probability=0.1)
    refleqt.beliefs.update(business)
    next_month(refleqt, day=2)
    refleqt.beliefs.update(business)
    assert channel(refleqt, business).weak_months == 1


def test_a_forecast_from_before_a_belief_was_formed_is_not_held_against_it(refleqt: Composition) -> None:
    business = learned(refleqt, {f"E-{n}": 120.0 for n in range(4)})
    next_month(refleqt, day=2)
    refleqt.beliefs.update(business)
    refleqt.pass_days(1)
    refleqt.calendar.save(business, draft("F-1", channel="email"))
    refleqt.performance.import_records(business, [result("F-1")], FILE)
    forecast(refleqt, business, "F-1", probability=0.1)
    refleqt.pass_days(5)
    refleqt.beliefs.observe(business)
    refleqt.beliefs.update(business)
    next_month(refleqt, day=2)
    refleqt.beliefs.update(business)
    scores = {belief.option: belief.reinforcement for belief in refleqt.beliefs.beliefs(business)}
    assert scores["email"] is None
    assert scores["ops"] == pytest.approx(0.1, abs=0.02)


def test_a_forecast_that_could_be_scored_only_late_still_counts(refleqt: Composition) -> None:
    business = learned(refleqt, {f"E-{n}": 120.0 for n in range(4)})
    next_month(refleqt, day=2)
    refleqt.beliefs.update(business)
    entry = refleqt.calendar.find(business)[0]
    with refleqt.store.business(business) as tx:
        refleqt.forecasts.make(
            tx,
            business,
            subject_id=entry.id,
            metric="clicks",
            target=100.0,
            probability=0.0,
            expected=0.0,
            low=0.0,
            high=1.0,
            due_at=refleqt.clock.now() - timedelta(days=20),
            model_version="m",
        )
    refleqt.pass_days(20)
    refleqt.forecasts.score_due(business)
    next_month(refleqt, day=2)
    refleqt.beliefs.update(business)
    assert channel(refleqt, business).status == "weakening"


def test_good_forecasts_bring_a_belief_back_up(refleqt: Composition) -> None:
    business = learned(refleqt, {f"E-{n}": 120.0 for n in range(4)})
    for key, probability in (("E-1", 0.0), ("E-2", 1.0)):
        next_month(refleqt)
        forecast(refleqt, business, key, probability)
        refleqt.beliefs.update(business)
    belief = channel(refleqt, business)
    assert (belief.status, belief.weak_months) == ("active", 0)


def test_a_month_without_forecasts_leaves_the_status_as_it_is(refleqt: Composition) -> None:
    business = learned(refleqt)
    next_month(refleqt)
    refleqt.beliefs.update(business)
    belief = channel(refleqt, business)
    assert (belief.status, belief.reinforcement) == ("active", None)


def publish(refleqt: Composition, business: BusinessId, name: str, channel: str, clicks: float, *, count: int) -> None:
    """Artifacts on that channel go out now, and get as many clicks each; it is known a month later."""
    now = refleqt.clock.now()
    keys = [f"{name}-{n}" for n in range(count)]
    refleqt.calendar.import_entries(business, [draft(key, publish_at=now, channel=channel) for key in keys], FILE)
    refleqt.performance.import_records(business, [result(key, clicks, day=now.date()) for key in keys], FILE)


def test_a_belief_that_its_evidence_turns_round_weakens(refleqt: Composition) -> None:
    business = refleqt.business()
    rows = []
    for count, clicks in ((8, {"linkedin": 120.0, "email": 20.0}), (16, {"linkedin": 1.0, "email": 120.0})):
        for option, each in clicks.items():
            publish(refleqt, business, f"{count}-{option}", option, each, count=count)
        refleqt.pass_days(31)
        refleqt.beliefs.observe(business)
        refleqt.beliefs.update(business)
        rows.append({row.option: row for row in refleqt.beliefs.beliefs(business, category="channel")}["linkedin"])
    before, after = rows
    assert before.mean > before.baseline and after.mean < after.baseline
    assert "do not respond" in after.belief_text
    assert (after.status, after.weak_months) == ("weakening", 1)


def test_what_is_put_together_from_evidence_is_what_was_observed(refleqt: Composition) -> None:
    business = learned(refleqt, {"E-1": 120.0})
    [observation] = observations(refleqt.rows(business, BeliefEvidence))
    assert observation.candidate == ("ops", "linkedin", "roi", "wednesday_afternoon")
    assert observation.outcome == 1.0


def test_another_business_s_outcomes_are_not_believed(refleqt: Composition) -> None:
    mine = learned(refleqt, {f"E-{n}": 120.0 for n in range(4)})
    other = refleqt.business("ash")
    assert refleqt.beliefs.observe(other) == 0
    assert refleqt.beliefs.update(other) == [] == refleqt.beliefs.beliefs(other)
    assert refleqt.beliefs.model(other).baseline < refleqt.beliefs.model(mine).baseline
    assert refleqt.beliefs.evidence(other, attrs.evolve(channel(refleqt, mine))) == []


def test_chances_are_probabilities(refleqt: Composition) -> None:
    model = refleqt.beliefs.model(learned(refleqt))
    chances = model.chances([(segment, "email", "roi", None) for segment in (*SEGMENTS, None)])
    assert all(0 < chance < 1 and math.isfinite(chance) for chance in chances)
