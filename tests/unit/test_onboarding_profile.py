"""A business is taken in, says other things later, and can be read as it was."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from composition import FILE, NOON, Composition, draft
from hypothesis import given, settings
from hypothesis import strategies as st

from refleqt_core.context.records import CompetitiveIntelligence, ContextExtraction
from refleqt_core.errors import Conflict, InvalidInput, NotFound
from refleqt_core.intake.business import (
    ONBOARDING_GROUPS,
    Business,
    BusinessProfile,
    Competitors,
    OnboardingResponse,
    Product,
    Segment,
    TeamMember,
)
from refleqt_core.intake.drafts import Answer, OnboardingForm
from refleqt_core.intake.team_drafts import MemberDraft
from refleqt_core.ports import where
from refleqt_core.values import BusinessId

LOSSES = "What loses you deals?"
FRESHPAN = "We lose deals to Freshpan because of their price."
RESEARCH = "Nobody, we do our own research."


def form(answer: str = FRESHPAN, **changes: Any) -> OnboardingForm:
    given: dict[str, Any] = {
        "name": "Brine",
        "slug": "brine",
        "competitors": Competitors(direct=("Freshpan",)),
        "answers": {"competitors": (Answer(question=LOSSES, answer=answer),)},
    }
    return OnboardingForm(**(given | changes))


def taken_in(refleqt: Composition, **changes: Any) -> BusinessId:
    return BusinessId(refleqt.onboarding.complete(form(**changes)).id)


def test_the_profile_is_there_before_the_call_returns(refleqt: Composition) -> None:
    business = taken_in(refleqt, products=(Product(name="Scale"),))
    profile = refleqt.profile.read(business)
    assert [product.name for product in profile.foundation.products] == ["Scale"]
    assert [answer.answer for answer in profile.answers] == [FRESHPAN]


def test_answers_are_about_to_be_read_and_found(refleqt: Composition) -> None:
    business = taken_in(refleqt)
    refleqt.work()
    [answer] = refleqt.profile.read(business).answers
    assert [hit.source_id for hit in refleqt.context.search(business, "price")] == [answer.id]
    assert refleqt.profile.read(business).competitors[0].competitor == "Freshpan"


def test_a_skipped_answer_is_kept_as_a_gap_and_not_read(refleqt: Composition) -> None:
    business = taken_in(refleqt, answer="  ")
    assert [(gap.group, gap.question) for gap in refleqt.profile.read(business).gaps] == [("competitors", LOSSES)]
    assert refleqt.work() == 0


def test_every_answer_keeps_the_signals_between_its_lines(refleqt: Composition) -> None:
    business = taken_in(refleqt, answer="We are definitely the fastest!")
    [answer] = refleqt.profile.read(business).answers
    assert answer.signals["certainty"]["value"] > 0
    assert {"certainty", "emphasis", "gap", "charge"} <= set(answer.signals)


def test_a_name_that_is_taken_is_a_conflict_and_leaves_nothing(refleqt: Composition) -> None:
    taken_in(refleqt)
    with pytest.raises(Conflict):
        taken_in(refleqt)
    assert [business.slug for business in refleqt.profile.businesses()] == ["brine"]


def test_a_form_that_cannot_be_leaves_nothing(refleqt: Composition) -> None:
    with pytest.raises(InvalidInput, match="charity"):
        taken_in(refleqt, business_models=("charity",))
    assert refleqt.profile.businesses() == []


ANSWERS = st.dictionaries(
    st.sampled_from(ONBOARDING_GROUPS[:3]),
    st.lists(
        st.builds(Answer, question=st.sampled_from(["q", "r", "s"]), answer=st.sampled_from(["", "yes", "no"])),
        max_size=4,
    ).map(tuple),
)


@given(ANSWERS, ANSWERS)
@settings(max_examples=60)
def test_what_is_answered_now_is_exactly_what_the_last_form_says(first: Any, second: Any) -> None:
    refleqt = Composition()
    business = taken_in(refleqt, answers=first)
    refleqt.pass_days(1)
    refleqt.onboarding.complete(form(answers=second), business_id=business)
    said = sorted((each.group, each.question, each.answer) for each in refleqt.profile.read(business).answers)
    assert said == sorted((group, each.question, each.answer) for group, many in second.items() for each in many)


@given(ANSWERS)
@settings(max_examples=40)
def test_answering_the_same_again_changes_nothing(answers: Any) -> None:
    refleqt = Composition()
    business = taken_in(refleqt, answers=answers)
    kinds = (Business, BusinessProfile, OnboardingResponse)
    before, jobs = [refleqt.rows(business, kind) for kind in kinds], len(refleqt.queue.jobs())
    refleqt.pass_days(1)
    refleqt.onboarding.complete(form(answers=answers), business_id=business)
    assert [refleqt.rows(business, kind) for kind in kinds] == before
    assert len(refleqt.queue.jobs()) == jobs


@given(ANSWERS, ANSWERS)
@settings(max_examples=40)
def test_a_past_day_reads_as_it_was_answered_then(first: Any, second: Any) -> None:
    refleqt = Composition()
    business = taken_in(refleqt, answers=first)
    before = refleqt.profile.read(business)
    refleqt.pass_days(1)
    refleqt.onboarding.complete(form(answers=second, products=(Product(name="New"),)), business_id=business)
    then = refleqt.profile.read(business, as_of=NOON + timedelta(hours=1))
    assert [each.answer for each in then.answers] == [each.answer for each in before.answers]
    assert [each.id for each in then.answers] == [each.id for each in before.answers]
    assert then.foundation.products == ()


def test_a_change_counts_from_its_moment_on(refleqt: Composition) -> None:
    business = taken_in(refleqt)
    later = refleqt.pass_days(1)
    refleqt.onboarding.complete(form(RESEARCH), business_id=business)
    said = [
        refleqt.profile.read(business, as_of=moment).answers[0].answer
        for moment in (later - timedelta(microseconds=1), later)
    ]
    assert said == [FRESHPAN, RESEARCH]


def test_before_it_said_anything_there_is_no_profile(refleqt: Composition) -> None:
    business = taken_in(refleqt)
    with pytest.raises(NotFound, match="said nothing"):
        refleqt.profile.read(business, as_of=NOON - timedelta(days=1))


def test_a_past_moment_needs_a_time_zone(refleqt: Composition) -> None:
    business = taken_in(refleqt)
    with pytest.raises(InvalidInput, match="no time zone"):
        refleqt.profile.read(business, as_of=datetime(2026, 3, 2))


def test_an_answer_that_was_replaced_is_no_longer_found(refleqt: Composition) -> None:
    business = taken_in(refleqt)
    refleqt.work()
    refleqt.onboarding.complete(form(RESEARCH), business_id=business)
    refleqt.work()
    assert not [hit for hit in refleqt.context.search(business, "Freshpan price") if "Freshpan" in hit.text]


def test_what_was_read_in_a_replaced_answer_is_closed_and_stays_readable(refleqt: Composition) -> None:
    business = taken_in(refleqt)
    refleqt.work()
    refleqt.pass_days(1)
    refleqt.onboarding.complete(form(RESEARCH), business_id=business)
    refleqt.work()
    assert "Freshpan" not in {row.text for row in refleqt.profile.read(business).extractions}
    past = refleqt.profile.read(business, as_of=NOON + timedelta(hours=1))
    assert "Freshpan" in {row.text for row in past.extractions}


def test_a_competitor_that_is_no_longer_spoken_of_is_no_longer_known(refleqt: Composition) -> None:
    business = taken_in(refleqt)
    refleqt.work()
    assert refleqt.rows(business, CompetitiveIntelligence)
    refleqt.onboarding.complete(form(RESEARCH), business_id=business)
    refleqt.work()
    assert refleqt.rows(business, CompetitiveIntelligence) == []


def test_segments_that_change_close_the_profile_before(refleqt: Composition) -> None:
    business = taken_in(refleqt)
    later = refleqt.pass_days(1)
    refleqt.onboarding.complete(form(segments=(Segment(key="ops", name="Operations"),)), business_id=business)
    rows = refleqt.rows(business, BusinessProfile, order="valid_from")
    assert [(row.valid_from, row.valid_to) for row in rows] == [(NOON, later), (later, None)]


def test_the_row_of_the_business_changes_with_the_form(refleqt: Composition) -> None:
    business = taken_in(refleqt)
    refleqt.onboarding.complete(form(industry="food"), business_id=business)
    assert refleqt.profile.read(business).business.industry == "food"


def members(refleqt: Composition, business: BusinessId, **conditions: Any) -> dict[str, str]:
    return {each.name: each.role for each in refleqt.rows(business, TeamMember, *where(**conditions))}


def test_the_team_is_who_was_named_last(refleqt: Composition) -> None:
    business = taken_in(refleqt)
    refleqt.onboarding.team(business, [MemberDraft(name="Ada", role="chef"), MemberDraft(name="Bo")])
    counted = refleqt.onboarding.team(business, [MemberDraft(name="Ada", role="owner"), MemberDraft(name="Cy")])
    assert members(refleqt, business, active=True) == {"Ada": "owner", "Cy": ""}
    assert members(refleqt, business, active=False) == {"Bo": ""}
    assert (counted.new, counted.changed, counted.unchanged) == (1, 1, 0)


def test_who_left_can_come_back(refleqt: Composition) -> None:
    business = taken_in(refleqt)
    for names in (["Ada", "Bo"], ["Ada"], ["Ada", "Bo"]):
        counted = refleqt.onboarding.team(business, [MemberDraft(name=name) for name in names])
    assert members(refleqt, business, active=True) == {"Ada": "", "Bo": ""}
    assert (counted.changed, counted.unchanged) == (1, 1)


def test_the_only_business_needs_no_name(refleqt: Composition) -> None:
    business = taken_in(refleqt)
    assert refleqt.profile.by_slug(None).id == refleqt.profile.by_slug("brine").id == business


@pytest.mark.parametrize(
    ("known", "slug", "said"),
    [([], None, "refleqt init"), ([], "brine", "refleqt init"), (["ash", "brine"], None, "name one.*ash, brine")],
    ids=["none", "none-of-that-name", "several"],
)
def test_where_nobody_can_tell_which_business_is_meant_it_says_what_to_do(
    refleqt: Composition, known: list[str], slug: str | None, said: str
) -> None:
    for each in known:
        refleqt.business(each)
    with pytest.raises(NotFound, match=said):
        refleqt.profile.by_slug(slug)


def test_a_business_that_does_not_exist_is_named_with_those_that_do(refleqt: Composition) -> None:
    refleqt.business("ash")
    with pytest.raises(NotFound, match="no business 'brine'; there are: ash"):
        refleqt.profile.by_slug("brine")


def test_the_profile_counts_what_there_is(refleqt: Composition) -> None:
    business = taken_in(refleqt)
    refleqt.calendar.import_entries(business, [draft("E-1"), draft("E-2")], FILE)
    refleqt.vents.write(business, "Late again.")
    counts = refleqt.profile.read(business).counts
    assert (counts["calendar entries"], counts["vents"], counts["activities"]) == (2, 1, 0)


def test_topics_come_by_how_often_they_are_spoken_of(refleqt: Composition) -> None:
    business = taken_in(refleqt)
    for n in range(3):
        refleqt.vents.write(business, f"Freshpan undercut our price again, number {n}.")
    refleqt.work()
    counts = [count for _, count in refleqt.profile.read(business).topics]
    assert counts == sorted(counts, reverse=True) and counts[0] > 1


def test_another_business_never_reads_the_profile(refleqt: Composition) -> None:
    mine, other = taken_in(refleqt), refleqt.business("ash")
    refleqt.work()
    refleqt.onboarding.team(mine, [MemberDraft(name="Ada")])
    seen = refleqt.profile.read(other)
    assert (seen.business.slug, seen.answers, seen.extractions, seen.competitors) == ("ash", (), (), ())
    assert members(refleqt, other) == {}
    assert refleqt.rows(other, ContextExtraction) == []


def test_a_business_that_nobody_took_in_is_not_found(refleqt: Composition) -> None:
    with pytest.raises(NotFound):
        refleqt.profile.read(BusinessId(refleqt.ids.new()))
