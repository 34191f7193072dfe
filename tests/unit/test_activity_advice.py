"""Which activity is recommended, and the chain from there to what was learned."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import attrs
import pytest
from composition import NOON, Composition
from hypothesis import given
from hypothesis import strategies as st

from refleqt_core.context.quality import CONTEXT_KINDS, context_quality
from refleqt_core.context.records import ContextExtraction
from refleqt_core.errors import Conflict, InvalidInput, NotFound
from refleqt_core.intake.activities import Activity
from refleqt_core.intake.activity_guides import BUILT_IN, TALKS
from refleqt_core.intake.drafts import ActivityDraft
from refleqt_core.outputs.records import RecommendationOutcome
from refleqt_core.recommendations.exercise_worth import ExercisePast, Weights, propensities, worth_of
from refleqt_core.values import BusinessId

NOTES = (
    "Our customers want to go home earlier. Freshpan is cheaper, and customers say so. We never sound like a horn. "
    "Guests hate the beep. We disagree about how loud we are. The head chef always decides about the scales. "
)


def held(refleqt: Composition, business: BusinessId, **changes: Any) -> Activity:
    given: dict[str, Any] = {"external_id": "A-1", "activity_type": "rant_round", "held_at": refleqt.clock.now()}
    return refleqt.activities.record(business, ActivityDraft(**(given | changes)))


def asked(refleqt: Composition, business: BusinessId) -> list[RecommendationOutcome]:
    return refleqt.rows(business, RecommendationOutcome)


def finding(kind: str) -> ContextExtraction:
    return ContextExtraction(
        id=uuid4(), business_id=BusinessId(uuid4()), source_type="activity", source_id=uuid4(), kind=kind, topic="",
        text="x", quote="x", quote_start=0, quote_end=1, model="m", extracted_at=NOON, valid_from=NOON,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("kinds", "dropped", "words", "told"),
    [
        (["theme"] * 7 + ["brand_voice", "signal"], 0, 1_200, "9 proven findings, of 3 of the 7 kinds, 1,200 words"),
        (["theme"], 2, 1, "1 proven finding, of 1 of the 7 kinds, 1 word, 2 more without proof left out"),
        ([], 0, 0, "0 proven findings, 0 words"),
    ],
)
def test_the_quality_is_told_in_words(kinds: list[str], dropped: int, words: int, told: str) -> None:
    found = context_quality([finding(kind) for kind in kinds], dropped=dropped, words=words)
    assert found.reason == told


FINDINGS = st.lists(st.sampled_from(CONTEXT_KINDS).map(finding), max_size=30)


@given(FINDINGS, st.integers(0, 30), st.integers(0, 5_000))
def test_quality_is_a_share_and_confidence_one_of_three(
    findings: list[ContextExtraction], dropped: int, words: int
) -> None:
    found = context_quality(findings, dropped=dropped, words=words)
    assert 0 <= found.score <= 1 and found.confidence in ("high", "medium", "low")


@given(FINDINGS, st.integers(0, 10), st.integers(0, 5_000), st.sampled_from(CONTEXT_KINDS))
def test_one_more_proven_finding_never_lowers_quality(
    findings: list[ContextExtraction], dropped: int, words: int, kind: str
) -> None:
    before, after = (
        context_quality(each, dropped=dropped, words=words) for each in (findings, [*findings, finding(kind)])
    )
    assert after.score >= before.score - 1e-12


@given(FINDINGS, st.integers(0, 10), st.integers(0, 5_000))
def test_what_has_no_proof_never_raises_quality(findings: list[ContextExtraction], dropped: int, words: int) -> None:
    before, after = (context_quality(findings, dropped=each, words=words) for each in (dropped, dropped + 1))
    assert after.score <= before.score


def test_half_of_it_without_proof_is_worth_half() -> None:
    findings = [finding("theme")] * 6
    whole, half = (context_quality(findings, dropped=dropped, words=100).score for dropped in (0, 6))
    assert half == pytest.approx(whole / 2)


def test_rich_and_proven_context_has_high_confidence() -> None:
    findings = [finding(kind) for kind in CONTEXT_KINDS for _ in range(4)]
    assert context_quality(findings, dropped=0, words=600).confidence == "high"


def test_findings_that_are_unsure_themselves_have_no_high_confidence() -> None:
    findings = [attrs.evolve(finding(kind), confidence=0.4) for kind in CONTEXT_KINDS for _ in range(4)]
    assert context_quality(findings, dropped=0, words=600).confidence == "medium"


def test_two_findings_have_low_confidence_whatever_else() -> None:
    assert context_quality([finding("theme")] * 2, dropped=0, words=9_000).confidence == "low"


COVERAGE = st.fixed_dictionaries({kind: st.integers(0, 40) for kind in CONTEXT_KINDS})


@given(COVERAGE, st.sampled_from(list(BUILT_IN.values())), st.sampled_from(CONTEXT_KINDS))
def test_more_of_a_kind_never_makes_an_exercise_worth_more(coverage: dict[str, int], exercise: Any, kind: str) -> None:
    more = coverage | {kind: coverage[kind] + 1}
    values = [worth_of(exercise, ExercisePast(), each, None, Weights()).value for each in (coverage, more)]
    assert values[1] <= values[0] + 1e-12


def test_what_was_held_lately_is_worth_less() -> None:
    coverage = dict.fromkeys(CONTEXT_KINDS, 0)
    worths = [
        worth_of(BUILT_IN["rant_round"], ExercisePast(held=1, days_since=days), coverage, None, Weights()).value
        for days in (1, 60, 365)
    ]
    assert worths == sorted(worths)


def test_what_gave_more_is_worth_more() -> None:
    coverage = dict.fromkeys(CONTEXT_KINDS, 0)
    worths = [
        worth_of(BUILT_IN["premortem"], ExercisePast(held=2, days_since=9, scores=(q, q)), coverage, None, Weights())
        for q in (0.1, 0.9)
    ]
    assert worths[0].value < worths[1].value


def test_a_team_that_disagrees_is_sent_to_talk_about_it() -> None:
    coverage = dict.fromkeys(CONTEXT_KINDS, 99)
    agreed, split = (
        worth_of(BUILT_IN["roadmap_vs_reality"], ExercisePast(), coverage, each, Weights()) for each in (0.95, 0.2)
    )
    assert split.value > agreed.value and "agree to 20 %" in " ".join(split.reasons)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=20))
def test_propensities_sum_to_one_and_follow_the_worth(values: list[float]) -> None:
    chances = propensities(values)
    assert chances.sum() == pytest.approx(1)
    assert all(
        chances[i] >= chances[j] for i in range(len(values)) for j in range(len(values)) if values[i] > values[j]
    )


def test_a_recommendation_is_on_record_with_all_that_could_have_been(refleqt: Composition) -> None:
    business = refleqt.business()
    made = refleqt.activity_advice.recommend(business)
    assert asked(refleqt, business) == [made]
    assert {each["activity_type"] for each in made.candidate_set} == BUILT_IN.keys() - TALKS
    assert sum(each["propensity"] for each in made.candidate_set) == pytest.approx(1)
    chosen = next(
        each for each in made.candidate_set if each["activity_type"] == made.recommendation_content["activity_type"]
    )
    assert chosen["propensity"] == made.propensity > 0


def test_asked_again_within_a_week_it_is_the_same(refleqt: Composition) -> None:
    business = refleqt.business()
    first = refleqt.activity_advice.recommend(business)
    refleqt.pass_days(6)
    assert refleqt.activity_advice.recommend(business) == first


def test_another_one_is_of_another_type_and_the_first_is_rejected(refleqt: Composition) -> None:
    business = refleqt.business()
    first = refleqt.activity_advice.recommend(business)
    second = refleqt.activity_advice.recommend(business, another=True)
    kinds = [each.recommendation_content["activity_type"] for each in (first, second)]
    assert kinds[0] != kinds[1]
    assert [each.user_action for each in asked(refleqt, business)] == ["rejected", None]


def test_what_is_lacking_is_recommended_most(refleqt: Composition) -> None:
    business = refleqt.business()
    known = [kind for kind in CONTEXT_KINDS if kind != "competitor_mention" for _ in range(20)]
    rows = [finding(kind) for kind in known]
    refleqt.add(business, *(attrs.evolve(row, business_id=business) for row in rows))
    best = refleqt.activity_advice.recommend(business).candidate_set[0]
    assert "competitor_mention" in BUILT_IN[best["activity_type"]].feeds


def test_an_activity_of_its_type_answers_an_open_recommendation(refleqt: Composition) -> None:
    business = refleqt.business()
    made = refleqt.activity_advice.recommend(business)
    refleqt.pass_days(20)
    activity = held(refleqt, business, activity_type=made.recommendation_content["activity_type"])
    [answered] = asked(refleqt, business)
    assert (activity.recommendation_id, answered.user_action) == (made.id, "accepted")
    assert answered.action_timestamp == refleqt.clock.now()


@pytest.mark.parametrize("days", [31, 60])
def test_after_a_month_a_recommendation_waits_no_more(refleqt: Composition, days: int) -> None:
    business = refleqt.business()
    made = refleqt.activity_advice.recommend(business)
    refleqt.pass_days(days)
    activity = held(refleqt, business, activity_type=made.recommendation_content["activity_type"])
    assert activity.recommendation_id is None


def test_an_activity_of_another_type_answers_where_it_is_said(refleqt: Composition) -> None:
    business = refleqt.business()
    made = refleqt.activity_advice.recommend(business)
    other = next(slug for slug in BUILT_IN if slug != made.recommendation_content["activity_type"])
    held(refleqt, business, activity_type=other, recommendation_id=made.id)
    assert [each.user_action for each in asked(refleqt, business)] == ["modified"]


def test_a_recommendation_that_is_unknown_is_not_followed(refleqt: Composition) -> None:
    business = refleqt.business()
    with pytest.raises(NotFound):
        held(refleqt, business, recommendation_id=uuid4())
    assert refleqt.rows(business, Activity) == []


def test_the_recommendation_of_another_business_is_unknown(refleqt: Composition) -> None:
    mine, other = refleqt.business("brine"), refleqt.business("ash")
    made = refleqt.activity_advice.recommend(mine)
    with pytest.raises(NotFound):
        held(refleqt, other, recommendation_id=made.id)


def test_a_recommendation_of_something_else_is_not_followed(refleqt: Composition) -> None:
    business = refleqt.business()
    other = RecommendationOutcome(
        id=uuid4(), business_id=business, recommendation_type="calendar_suggestion", recommendation_content={},
        recommended_at=NOON, propensity=0.5, policy_version="p", recommendation_model_version="m",
    )  # fmt: skip
    refleqt.add(business, other)
    with pytest.raises(InvalidInput, match="recommends no activity"):
        held(refleqt, business, recommendation_id=other.id)


def followed(refleqt: Composition) -> tuple[BusinessId, Activity]:
    """A recommended activity that was held and has been read."""
    business = refleqt.business()
    made = refleqt.activity_advice.recommend(business)
    refleqt.pass_days(1)
    activity = held(
        refleqt, business, activity_type=made.recommendation_content["activity_type"], notes=NOTES, title="Spring"
    )
    refleqt.work()
    return business, activity


def test_recommended_held_learned_and_how_sure(refleqt: Composition) -> None:
    business, activity = followed(refleqt)
    [told] = refleqt.activity_advice.lineage(business)
    learned = told.recommendation.context_extracted
    findings = [row for row in refleqt.rows(business, ContextExtraction) if row.source_id == activity.id]
    assert told.activity == activity and told.confidence in ("high", "medium", "low")
    assert learned["activity_id"] == str(activity.id)
    assert set(learned["extraction_ids"]) == {str(row.id) for row in findings}
    assert sum(learned["counts"].values()) == len(findings) > 0


def test_the_monthly_review_knows_what_the_type_gave(refleqt: Composition) -> None:
    business, activity = followed(refleqt)
    [standing] = refleqt.recommendations.monthly(business).context_quality
    assert (standing.name, standing.count) == (activity.activity_type, 1) and standing.mean


def test_reading_again_changes_nothing(refleqt: Composition) -> None:
    business, activity = followed(refleqt)
    before = asked(refleqt, business)
    refleqt.activity_advice.learn(business, activity.id)
    assert asked(refleqt, business) == before


def test_what_nobody_recommended_has_a_quality_and_no_lineage(refleqt: Composition) -> None:
    business = refleqt.business()
    held(refleqt, business, notes=NOTES)
    refleqt.work()
    [page] = refleqt.activity_pages.list(business)
    assert page.quality is not None and refleqt.activity_advice.lineage(business) == []


def test_the_lineage_of_a_removed_activity_says_so_and_nothing_of_what_was_said(refleqt: Composition) -> None:
    business, activity = followed(refleqt)
    refleqt.removal.remove_activity(business, activity.id)
    [told] = refleqt.activity_advice.lineage(business)
    assert told.activity is None and told.confidence is None
    assert told.recommendation.context_extracted["source_removed"] is True


def test_what_was_held_cannot_be_rejected_any_more(refleqt: Composition) -> None:
    business, activity = followed(refleqt)
    assert activity.recommendation_id is not None
    with pytest.raises(Conflict):
        refleqt.activity_advice.reject(business, activity.recommendation_id)


def test_a_rejected_recommendation_is_not_given_again(refleqt: Composition) -> None:
    business = refleqt.business()
    made = refleqt.activity_advice.recommend(business)
    refleqt.activity_advice.reject(business, made.id)
    refleqt.clock.advance_to(refleqt.clock.now() + timedelta(minutes=1))
    assert refleqt.activity_advice.recommend(business).id != made.id
