"""An execution map is a whole initiative that can be bought, and is on the calendar once it is."""

from dataclasses import fields
from datetime import timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import attrs
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_business import NOW, credited, small_business

from refleqt_core.cdt.outcomes import WINDOW, slot
from refleqt_core.cdt.records import Forecast
from refleqt_core.errors import Conflict, NeedsReview, NotFound
from refleqt_core.intake.calendar import CalendarEntry, DistributionPlan
from refleqt_core.marketplace.records import Creator
from refleqt_core.outputs.artifact_formats import FORMATS, STAGES, stage_of
from refleqt_core.outputs.choices import prospect, rng_for
from refleqt_core.outputs.economics import Terms
from refleqt_core.outputs.initiatives import APART, FEWEST, MOST, best_bundle, weeks_late, weeks_later
from refleqt_core.outputs.landscape import read_landscape
from refleqt_core.outputs.planner import PlanningPolicy
from refleqt_core.outputs.reasons import usual_once
from refleqt_core.outputs.records import ExecutionMap, MapArtifact, RecommendationOutcome
from refleqt_core.outputs.writing import PLAIN
from refleqt_core.ports.llm import Answer, Usage
from refleqt_core.values import Money, total


def proposed(business):
    execution_map = business.maps.propose(business.id)
    return execution_map, business.maps.artifacts(business.id, execution_map.id)


def ahead_of(business):
    with business.store.business(business.id) as tx:
        landscape = read_landscape(tx, business.id, business.clock.now())
    rng = rng_for(0, business.id, business.clock.now(), "propose")
    return prospect(landscape, business.beliefs.model(business.id), PlanningPolicy(), rng, priced_only=True)


# What is proposed.


def test_a_map_has_three_to_five_artifacts_for_one_segment():
    execution_map, artifacts = proposed(small_business())
    assert FEWEST <= len(artifacts) <= MOST
    assert {each.segment for each in artifacts} == {execution_map.segment}
    assert [each.position for each in artifacts] == list(range(len(artifacts)))


def test_no_two_artifacts_carry_out_the_same_idea():
    _, artifacts = proposed(small_business())
    assert len({(each.artifact_type, each.channel, each.angle) for each in artifacts}) == len(artifacts)


def test_the_same_seed_and_moment_propose_the_same():
    assert proposed(small_business()) == proposed(small_business())


def test_artifacts_come_in_the_order_of_the_funnel_with_time_to_make_each():
    execution_map, artifacts = proposed(small_business())
    stages = [STAGES.index(stage_of(each.artifact_type, each.angle)) for each in artifacts]
    moments = [each.publish_at for each in artifacts]
    assert stages == sorted(stages)
    assert all(later - earlier >= APART for earlier, later in pairwise(moments))
    for each in artifacts:
        assert each.publish_at >= NOW + timedelta(days=FORMATS[each.artifact_type].lead_days)
    assert (execution_map.starts_on, execution_map.ends_on) == (moments[0].date(), moments[-1].date())


def test_it_costs_the_median_fees_with_a_bonus_reserve_and_the_platforms_share():
    execution_map, artifacts = proposed(small_business())
    medians = {"blog_copy": 44000, "email": 16500, "newsletter": 22000, "social_post": 8800, "case_study": 66000}
    medians |= {"landing_page": 55000, "whitepaper": 165000}
    for each in artifacts:
        fee = each.base_fee.minor
        assert fee == medians[each.artifact_type]
        assert (each.bonus_reserve.minor, each.platform_fee.minor) == (round(fee * 0.2), round(fee * 0.15))
    assert execution_map.estimated_cost == total(
        [price for each in artifacts for price in (each.base_fee, each.bonus_reserve, each.platform_fee)]
    )


def test_other_terms_cost_otherwise():
    business = small_business()
    maps = attrs.evolve(business.maps, terms=Terms(bonus_share=0.0, fee_share=0.5))
    execution_map = maps.propose(business.id)
    artifacts = maps.artifacts(business.id, execution_map.id)
    assert {each.bonus_reserve for each in artifacts} == {Money(minor=0)}
    assert execution_map.estimated_cost.minor == sum(round(each.base_fee.minor * 1.5) for each in artifacts)


def test_what_no_creator_makes_is_in_no_map():
    _, artifacts = proposed(small_business())
    assert not {each.artifact_type for each in artifacts} & {"infographic", "video_script"}


def test_what_nobody_of_the_trade_is_free_to_make_is_in_no_map():
    business = small_business()
    with business.store.platform() as tx:
        for creator in tx.find(Creator):
            if "B2B_SaaS" in creator.specializations:
                kinds = ("email", "newsletter", "blog_copy")
                tx.save(attrs.evolve(creator, artifact_types=kinds, fees=dict.fromkeys(kinds, 9000)))
    _, artifacts = proposed(business)
    assert {each.artifact_type for each in artifacts} <= {"email", "newsletter", "blog_copy"}
    assert {each.base_fee.minor for each in artifacts} == {9000}


def test_without_creators_there_is_nothing_to_buy_and_a_person_is_asked():
    with pytest.raises(NeedsReview, match="no creator"):
        small_business(creators=False).maps.propose(small_business().id)


def test_predictions_are_intervals_with_a_due_date():
    execution_map, artifacts = proposed(small_business())
    for each, predicted in zip(artifacts, execution_map.predicted["artifacts"], strict=True):
        assert predicted["low"] < predicted["expected"] < predicted["high"]
        assert predicted["probability"] == pytest.approx(each.success_chance, abs=1e-6)
        assert predicted["due_at"] == (each.publish_at + WINDOW).isoformat()


def test_every_artifact_says_how_it_goes_out():
    _, artifacts = proposed(small_business())
    for each in artifacts:
        support = [step["channel"] for step in each.distribution["support"]]
        assert each.distribution["channel"] == each.channel
        assert each.channel not in support and set(support) <= {"linkedin", "email"}


def test_its_recommendation_says_among_what_and_how_likely_it_was_chosen():
    business = small_business()
    execution_map, _ = proposed(business)
    [recommendation] = business.find(RecommendationOutcome)
    assert execution_map.recommendation_id == recommendation.id
    shares = {each["segment"]: each["propensity"] for each in recommendation.candidate_set}
    assert sum(shares.values()) == pytest.approx(1.0)
    assert recommendation.propensity == shares[execution_map.segment] > 0


def test_the_bundle_that_is_acted_on_is_that_of_the_first_draw():
    ahead = ahead_of(small_business())
    reversed_ = attrs.evolve(ahead, choice=attrs.evolve(ahead.choice, sampled=ahead.choice.sampled[::-1]))
    shares = {each["segment"]: each["propensity"] for each in best_bundle(ahead, PlanningPolicy()).alternatives}
    assert {e["segment"]: e["propensity"] for e in best_bundle(reversed_, PlanningPolicy()).alternatives} == shares


def test_a_searched_term_without_content_is_the_first_theme_and_is_aimed_at_once():
    business = small_business()
    _, artifacts = proposed(business)
    [recommendation] = business.find(RecommendationOutcome)
    assert recommendation.recommendation_content["theme"] == "weaving shift plan"
    assert [each.keyword for each in artifacts].count("weaving shift plan") <= 1


def test_the_same_theme_is_not_proposed_to_the_same_people_again():
    business = small_business()
    for _ in range(4):
        business.maps.propose(business.id)
        business.clock.advance_to(business.clock.now() + timedelta(days=5))
    told = [each.recommendation_content for each in business.find(RecommendationOutcome)]
    themes = [(each["segment"], each["theme"]) for each in told]
    assert len(set(themes)) == len(themes)


def test_where_artifacts_do_not_pay_a_map_stays_small():
    business = small_business()
    credited(business, {"FM-001": 70}, NOW.date() - timedelta(days=220), NOW.date())
    _, artifacts = proposed(business)
    assert len(artifacts) == FEWEST


class WrongCount:
    """An LLM that writes of one artifact, however many there are."""

    model = "writer"

    def complete(self, prompt, schema):
        one = {"title": "One", "outline": ["Step"], "angle_note": "Note."}
        [words] = [each.type for each in fields(schema) if each.name == "artifacts"]
        value = schema(title="A map", rationale="Because.", why_now="Now.", artifacts=[words.__args__[0](**one)])
        return Answer(value=value, usage=Usage(model=self.model))


def test_words_for_another_number_of_artifacts_are_refused():
    execution_map, artifacts = proposed(small_business(llm=WrongCount()))
    assert execution_map.predicted["written_by"] == PLAIN
    assert len(artifacts) >= FEWEST


def test_its_reasons_say_once_what_is_usual():
    execution_map, _ = proposed(small_business())
    assert sum("is usual" in each for each in execution_map.evidence) == 1
    first = "1 of 3 did, where 30 % is usual."
    assert usual_once([first, "2 of 4 did, and 3 of 4; 30 % is usual.", first]) == [first, "2 of 4 did, and 3 of 4."]


# What is bought.


def test_a_bought_map_is_on_the_calendar():
    business = small_business()
    execution_map, _ = proposed(business)
    bought = business.maps.purchase(business.id, execution_map.id)
    artifacts = business.maps.artifacts(business.id, execution_map.id)
    entries = {each.id: each for each in business.find(CalendarEntry)}
    assert bought.status == "purchased"
    for each in artifacts:
        entry = entries[each.calendar_entry_id]
        assert (entry.status, entry.title, entry.publish_at) == ("planned", each.title, each.publish_at)
        assert (
            entry.external_id
            == f"R-{each.id.hex[-8:]}"
            == entry.utm_content.upper().replace(each.id.hex[-8:].upper(), each.id.hex[-8:])
        )
        assert entry.production_cost == each.base_fee + each.platform_fee


def test_its_entries_are_about_to_be_read():
    business = small_business()
    execution_map, _ = proposed(business)
    business.maps.purchase(business.id, execution_map.id)
    placed = {str(each.calendar_entry_id) for each in business.maps.artifacts(business.id, execution_map.id)}
    asked = business.queue.jobs(business_id=business.id)
    assert {record.job.kind for record in asked} == {"generate_embeddings"}
    assert {record.job.payload["source_id"] for record in asked} == placed


def test_its_channels_are_planned_too():
    business = small_business()
    execution_map, artifacts = proposed(business)
    business.maps.purchase(business.id, execution_map.id)
    plans = business.find(DistributionPlan)
    assert len(plans) == sum(1 + len(each.distribution["support"]) for each in artifacts)


def test_its_predictions_are_in_the_ledger():
    business = small_business()
    execution_map, _ = proposed(business)
    business.maps.purchase(business.id, execution_map.id)
    artifacts = {each.calendar_entry_id: each for each in business.maps.artifacts(business.id, execution_map.id)}
    ledger = business.find(Forecast)
    assert len(ledger) == len(artifacts)
    for forecast in ledger:
        artifact = artifacts[forecast.subject_id]
        assert (forecast.metric, forecast.target) == (artifact.primary_kpi, artifact.kpi_target)
        assert forecast.probability == artifact.success_chance
        assert forecast.due_at == artifact.publish_at + WINDOW


def test_its_recommendation_waits_for_the_results_of_its_artifacts():
    business = small_business()
    execution_map, _ = proposed(business)
    business.maps.purchase(business.id, execution_map.id)
    [recommendation] = business.find(RecommendationOutcome)
    artifacts = business.maps.artifacts(business.id, execution_map.id)
    assert recommendation.user_action == "accepted"
    waited_for = recommendation.context_extracted["calendar_entry_ids"]
    assert waited_for == [str(each.calendar_entry_id) for each in artifacts]


def test_bought_twice_is_bought_once():
    business = small_business()
    execution_map, _ = proposed(business)
    first = business.maps.purchase(business.id, execution_map.id)
    entries = len(business.find(CalendarEntry))
    assert business.maps.purchase(business.id, execution_map.id) == first
    assert len(business.find(CalendarEntry)) == entries


def test_bought_late_it_moves_by_whole_weeks_and_keeps_its_slots():
    business = small_business()
    execution_map, before = proposed(business)
    business.clock.advance_to(NOW + timedelta(days=9))
    bought = business.maps.purchase(business.id, execution_map.id)
    after = business.maps.artifacts(business.id, execution_map.id)
    zone = "Europe/Amsterdam"
    assert [slot(each.publish_at, zone) for each in after] == [slot(each.publish_at, zone) for each in before]
    assert all(
        each.publish_at >= business.clock.now() + timedelta(days=FORMATS[each.artifact_type].lead_days)
        for each in after
    )
    assert bought.starts_on > execution_map.starts_on


def test_a_cancelled_map_is_not_for_sale():
    business = small_business()
    execution_map, _ = proposed(business)
    with business.store.business(business.id) as tx:
        tx.save(attrs.evolve(execution_map, status="cancelled"))
    with pytest.raises(Conflict, match="cancelled"):
        business.maps.purchase(business.id, execution_map.id)


def test_a_map_that_is_not_there_is_not_found():
    business = small_business()
    with pytest.raises(NotFound):
        business.maps.artifacts(business.id, business.ids.new())
    with pytest.raises(NotFound):
        business.maps.purchase(business.id, business.ids.new())


def test_the_newest_map_comes_first():
    business = small_business()
    first, _ = proposed(business)
    business.clock.advance_to(NOW + timedelta(days=1))
    second, _ = proposed(business)
    assert [each.id for each in business.maps.maps(business.id)] == [second.id, first.id]
    assert len(business.find(ExecutionMap)) == 2
    assert business.find(MapArtifact)


# Weeks.


@given(st.integers(-40, 40), st.sampled_from(sorted(FORMATS)))
def test_after_moving_by_the_weeks_that_it_is_late_an_artifact_can_be_made(days, artifact_type):
    at = NOW + timedelta(days=days)
    weeks = weeks_late(NOW, [(artifact_type, at)])
    ready = NOW + timedelta(days=FORMATS[artifact_type].lead_days)
    assert at + timedelta(weeks=weeks) >= ready
    assert weeks == 0 or at + timedelta(weeks=weeks - 1) < ready


def test_weeks_later_it_is_the_same_hour_on_the_clocks_of_the_business():
    later = weeks_later(NOW, 8, "Europe/Amsterdam")
    local = ZoneInfo("Europe/Amsterdam")
    assert later.astimezone(local).time() == NOW.astimezone(local).time()
    assert later - NOW == timedelta(weeks=8) - timedelta(hours=1)  # summer time has begun


def test_values_in_each_draw_decide_and_not_their_order():
    ahead = ahead_of(small_business())
    flat = np.tile(ahead.choice.chance, (len(ahead.choice.sampled), 1))
    sure = best_bundle(attrs.evolve(ahead, choice=attrs.evolve(ahead.choice, sampled=flat)), PlanningPolicy())
    assert sure.propensity == 1.0
