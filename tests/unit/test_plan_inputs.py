"""What a plan is made from: gaps, ideas, moments, worth, prices, goals and predictions."""

from datetime import date, timedelta
from math import log

import attrs
import pytest
from scipy.stats import norm
from small_business import NOW, credited, small_business

from refleqt_core.intake.calendar import DistributionPlan
from refleqt_core.marketplace.records import Creator
from refleqt_core.outputs.artifact_formats import FORMATS
from refleqt_core.outputs.candidates import best_moments, publish_moments, sensible_ideas
from refleqt_core.outputs.choices import model_outcomes
from refleqt_core.outputs.economics import base_fees, worth_of_success
from refleqt_core.outputs.gaps import Gaps
from refleqt_core.outputs.goals import Goal, goal_of, prediction_of
from refleqt_core.outputs.landscape import read_landscape
from refleqt_core.outputs.planner import PlanningPolicy
from refleqt_core.values import Money


def contents(recommendations):
    return [each.recommendation_content for each in recommendations]


def idea(content):
    return tuple(content[name] for name in ("artifact_type", "channel", "segment", "angle"))


def all_of(business):
    """Every idea that is open."""
    return business.suggestions.suggest(business.id, count=500, policy=PlanningPolicy(draws=4))


def landscape_of(business):
    with business.store.business(business.id) as tx:
        return read_landscape(tx, business.id, business.clock.now())


def test_a_day_on_which_the_channel_is_taken_is_avoided():
    business = small_business()
    landscape = landscape_of(business)
    ideas = [each for each in sensible_ideas(landscape) if each.channel == "email"][:1]
    moments = publish_moments(landscape, 28)
    free = best_moments(ideas, moments, Gaps(landscape).moment_fit(ideas, moments, PlanningPolicy()), NOW)
    taken = business.entry(
        60, "newsletter", "email", "buyers", "education", status="planned", publish_at=free[0].moment.at
    )
    business.add(taken)
    landscape = landscape_of(business)
    crowded = best_moments(ideas, moments, Gaps(landscape).moment_fit(ideas, moments, PlanningPolicy()), NOW)
    assert free[0].moment.slot == crowded[0].moment.slot
    assert free[0].moment.at != crowded[0].moment.at


def test_a_missing_funnel_stage_is_a_gap_and_a_full_one_is_none():
    business = small_business()
    recent = business.entry(69, "social_post", "linkedin", "buyers", "roi", publish_at=NOW - timedelta(days=5))
    business.add(recent)
    funnel = Gaps(landscape_of(business)).funnel
    assert funnel["buyers", "bofu"] == 1.0
    for number in range(70, 90):
        at = NOW + timedelta(days=1 + number % 20)
        business.add(business.entry(number, "case_study", "blog", "buyers", "roi", status="planned", publish_at=at))
    assert Gaps(landscape_of(business)).funnel["buyers", "bofu"] == 0.0


def test_a_webinar_ahead_wants_to_be_talked_about():
    business = small_business()
    webinar = business.entry(
        61,
        "webinar",
        "webinar",
        "buyers",
        "roi",
        title="Looms live",
        status="planned",
        publish_at=NOW + timedelta(days=12),
    )
    business.add(webinar)
    gaps = Gaps(landscape_of(business))
    email = next(i for i in sensible_ideas(gaps.landscape) if i.channel == "email" and i.segment == "buyers")
    assert gaps.event_ahead(email, NOW + timedelta(days=8)) == webinar
    assert gaps.event_ahead(email, NOW + timedelta(days=11)) is None
    assert gaps.event_ahead(email._replace(segment="mill_managers"), NOW + timedelta(days=8)) is None


def test_ideas_suit_the_business():
    landscape = landscape_of(small_business())
    ideas = sensible_ideas(landscape)
    assert {each.channel for each in ideas} == {"blog", "email", "linkedin"}
    assert {each.segment for each in ideas} == {"mill_managers", "buyers"}
    assert ("case_study", "education") not in {(each.artifact_type, each.angle) for each in ideas}


def test_a_success_is_worth_its_revenue_drawn_to_the_mean_of_the_business():
    business = small_business()
    assert worth_of_success(landscape_of(business)).mean is None
    credited(business, {"FM-001": 30000, "FM-002": 30000, "FM-013": 10000}, date(2025, 8, 1), date(2026, 3, 1))
    worth = worth_of_success(landscape_of(business))
    assert worth.successes == 7  # four emails, a post and two articles
    assert worth.mean == pytest.approx(10000)
    assert worth.of("email") == pytest.approx((60000 + 5 * 10000) / (4 + 5))
    assert worth.of("blog_copy") == pytest.approx((10000 + 5 * 10000) / (2 + 5))
    assert worth.of("webinar") == pytest.approx(10000)


def test_revenue_of_overlapping_periods_counts_once():
    business = small_business()
    credited(business, {"FM-001": 70000}, date(2025, 8, 1), date(2026, 3, 1))
    credited(business, {"FM-001": 99999}, date(2025, 9, 1), date(2025, 10, 1), computed_at=NOW - timedelta(days=3))
    assert worth_of_success(landscape_of(business)).mean == pytest.approx(10000)


def test_with_a_known_worth_the_expected_value_is_revenue_less_price():
    business = small_business()
    credited(business, {"FM-001": 7_000_000}, date(2025, 8, 1), date(2026, 3, 1))
    content = next(
        each
        for each in contents(business.suggestions.suggest(business.id, count=60))
        if each["artifact_type"] == "email"
    )
    worth = worth_of_success(landscape_of(business)).of("email")
    chance = content["success_chance"]
    # The median email fee of the two able creators of the trade, the platform's share, and a bonus by chance.
    fee = 16500
    assert content["expected_value_minor"] == pytest.approx(chance * worth - fee * (1.15 + 0.2 * chance), abs=2)


def test_unknown_worth_is_said_and_has_no_number():
    business = small_business()
    for content in contents(business.suggestions.suggest(business.id)):
        assert content["expected_value_minor"] is None
        assert any("not known yet" in line for line in content["evidence"])


def test_paid_media_counts_as_cost():
    business = small_business()
    credited(business, {"FM-001": 7_000_000}, date(2025, 8, 1), date(2026, 3, 1))
    ad = business.entry(62, "ad_copy", "google_ads", "buyers", "roi", publish_at=NOW - timedelta(days=5))
    budget = business.row(
        DistributionPlan, calendar_entry_id=ad.id, channel="google_ads", paid_budget=Money(minor=300_000)
    )
    business.add(ad)
    everything = contents(all_of(business))
    before = next(each for each in everything if each["channel"] == "google_ads")
    business.add(budget)
    business.clock.advance_to(NOW + timedelta(days=15))
    everything = contents(all_of(business))
    after = next(each for each in everything if idea(each) == idea(before))
    expected = before["expected_value_minor"] - 300_000
    worth = worth_of_success(landscape_of(business)).of("ad_copy")
    moved = (after["success_chance"] - before["success_chance"]) * worth
    assert after["expected_value_minor"] == pytest.approx(expected + moved, abs=3)


def test_fees_are_those_of_the_trades_own_creators():
    landscape = landscape_of(small_business())
    assert base_fees(landscape, "email") == [15000, 16500, 18000]
    assert base_fees(landscape, "podcast") == []


def creators_changed(business, change):
    with business.store.platform() as tx:
        for creator in tx.find(Creator, order="external_id"):
            tx.save(change(creator))


def test_what_only_another_trade_makes_has_no_price():
    business = small_business()
    creators_changed(
        business,
        lambda c: c if c.external_id == "cr-3" else attrs.evolve(c, artifact_types=("email",), fees={"email": 9000}),
    )
    landscape = landscape_of(business)
    assert base_fees(landscape, "email") == [9000] * 3
    assert base_fees(landscape, "case_study") == []


def test_fees_are_those_of_creators_with_a_free_place():
    business = small_business()
    creators_changed(business, lambda c: c if c.external_id == "cr-1" else attrs.evolve(c, current_load=c.capacity))
    assert base_fees(landscape_of(business), "email") == [16500]


def test_creators_of_another_trade_do_where_the_trade_has_none():
    business = small_business()
    with business.store.platform() as tx:
        for creator in tx.find(Creator):
            tx.save(attrs.evolve(creator, specializations=("DTC",)))
    assert len(base_fees(landscape_of(business), "email")) == 4


def test_a_goal_is_the_median_of_the_last_targets():
    business = small_business()
    for number, target in enumerate((10.0, 11.0, 500.0), start=63):
        at = NOW - timedelta(days=3)
        business.add(
            business.entry(
                number, "case_study", "blog", "buyers", "roi", publish_at=at, kpi_target=target, primary_kpi="signups"
            )
        )
    goal = goal_of(landscape_of(business), "case_study", "blog")
    assert (goal.kpi, goal.target, goal.phrase) == ("signups", 11.0, "11 sign-ups")
    assert goal_of(landscape_of(business), "case_study", "partner").target == 11.0
    assert goal_of(landscape_of(business), "podcast", "podcast").target == FORMATS["podcast"].target


@pytest.mark.parametrize("chance", [0.1, 0.5, 0.9])
def test_a_predicted_interval_holds_its_target_as_often_as_the_chance_says(chance):
    landscape = landscape_of(small_business())
    found = prediction_of(landscape, Goal(kpi="clicks", target=40.0, basis=""), "email", chance)
    middle = (log(found.low) + log(found.high)) / 2
    spread = (log(found.high) - log(found.low)) / (2 * norm.ppf(0.9))
    assert norm.sf(log(40.0), middle, spread) == pytest.approx(chance)
    assert found.low < found.expected < found.high


def test_the_model_that_ranked_is_named_by_how_much_it_has_seen():
    business = small_business()
    model = business.beliefs.model(business.id)
    assert model_outcomes(model) == 13
    assert business.suggestions.suggest(business.id)[0].recommendation_model_version == "beliefs-13"
