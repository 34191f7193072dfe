"""The nine signals, worked out by hand."""

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from calendar_rows import NOW, Calendar, ago
from scipy import stats

from refleqt_core.intake.calendar_patterns.fields import FIELDS, GROUPS
from refleqt_core.intake.calendar_patterns.findings import SIGNALS, Evidence, Finding
from refleqt_core.intake.calendar_patterns.shares import balance, herfindahl, share_interval
from refleqt_core.intake.calendar_patterns.velocity import pace, rate_interval

IMPORT = "import of plan.csv"
DAY = 86_400.0
WEEK = 7 * DAY


def evidence(finding: Finding, label: str) -> Evidence:
    (found,) = [each for each in finding.evidence if label in each.label]
    return found


def numbers(found: Evidence) -> list[int]:
    """The entries by their number."""
    return [each.id.int for each in found.entries]


@pytest.fixture
def calendar() -> Calendar:
    return Calendar()


# ---- Nothing, and nearly nothing ------------------------------------------------------------------------------------


def test_an_empty_calendar_says_of_every_signal_that_there_is_nothing(calendar: Calendar) -> None:
    found = calendar.patterns()
    for signal in SIGNALS:
        finding: Finding = getattr(found, signal)
        assert (finding.value, finding.n) == (None, 0), signal
        assert finding.sentence.endswith("."), signal
        assert all(each.count == 0 for each in finding.evidence), signal


def test_one_idea_is_no_bottleneck_no_overlap_and_no_publication(calendar: Calendar) -> None:
    calendar.way(calendar.entry(3), ("idea", 3))
    found = calendar.patterns()
    assert found.entries == 1
    assert found.status_flow.bottleneck is None
    assert found.keyword_overlap.value is None
    assert (found.time_to_publish.value, found.time_to_publish.waiting) == (None, 1)
    assert found.review_behaviour.value is None


def test_every_entry_in_one_status_leaves_the_others_without_a_stay(calendar: Calendar) -> None:
    for _ in range(6):
        calendar.way(calendar.entry(4), ("in_review", 4))
    flow = calendar.patterns().status_flow
    assert [stay.n for stay in flow.stays] == [0, 0, 0, 6, 0, 0]
    assert flow.bottleneck == "in_review"
    assert (flow.value, flow.stays[3].at_least) == (None, pytest.approx(4))
    assert "more than half stay over 4 days" in flow.sentence


def test_what_was_made_after_the_moment_is_left_out_and_counted(calendar: Calendar) -> None:
    calendar.entry(1, funnel_stage="tofu")
    later = calendar.entry(-2, funnel_stage="bofu", primary_keyword="waste")
    calendar.way(later, ("idea", -2))
    calendar.plan(later, channel="email")
    found = calendar.patterns()
    assert (found.entries, found.later) == (1, 1)
    assert [part.name for part in found.funnel_balance.stages] == ["tofu"]
    assert (found.keyword_overlap.n, found.channel_concentration.n, found.status_flow.n) == (0, 0, 0)


# ---- Velocity -------------------------------------------------------------------------------------------------------


def test_the_weekly_rate_is_the_exponentially_weighted_mean_of_the_weeks() -> None:
    moments = np.array([-1.0, -2.0, -8.0, -15.0, -15.0, -15.0]) * DAY
    found = pace(moments, 0.0)
    assert found.weeks == (3, 1, 2)
    weights = [1, 0.5 ** (1 / 4), 0.5 ** (2 / 4)]
    assert found.per_week == pytest.approx((2 * weights[0] + 1 * weights[1] + 3 * weights[2]) / sum(weights))


def test_weeks_before_the_first_entry_are_not_weeks_without_one() -> None:
    assert pace(np.array([-1.0, -2.0, -3.0]) * DAY, 0.0).per_week == 3


def test_with_equal_weights_the_interval_is_the_exact_one_of_a_poisson_count() -> None:
    low, high = rate_interval(np.array([3, 5, 2]), np.ones(3), 0.95)
    assert low == pytest.approx(stats.chi2.ppf(0.025, 20) / 2)
    assert high == pytest.approx(stats.chi2.ppf(0.975, 22) / 2)


@pytest.mark.parametrize(
    ("recent", "before", "trend"), [(0, 3, "falling"), (9, 2, "rising"), (3, 3, "steady"), (4, 3, "steady")]
)
def test_a_trend_is_told_when_chance_seldom_makes_it(recent: int, before: int, trend: str) -> None:
    weeks = [recent] * 4 + [before] * 8
    moments = np.array([-(number + 0.5) * WEEK for number, count in enumerate(weeks) for _ in range(count)])
    found = pace(moments, 0.0)
    assert found.trend == trend
    assert found.change == pytest.approx(recent / before - 1)


def test_a_month_of_history_is_too_short_for_a_trend() -> None:
    assert pace(-np.arange(28.0) * DAY, 0.0).trend == "too early to say"


def test_entries_are_published_at_their_date_or_else_when_the_step_was_taken(calendar: Calendar) -> None:
    calendar.way(calendar.entry(20, "published", publish=12), ("planned", 20), ("published", 11))
    calendar.way(calendar.entry(20, "published"), ("planned", 20), ("published", 5))
    velocity = calendar.patterns().velocity
    assert velocity.published.weeks == (1, 1)
    assert [each.note for each in evidence(velocity, "published in").entries] == [
        "published 2026-05-27",
        "published 2026-05-20",
    ]


def test_entries_that_an_import_brought_without_their_beginning_are_no_burst_of_work(calendar: Calendar) -> None:
    for _ in range(30):
        calendar.way(calendar.entry(2), ("planned", 2), by=IMPORT)
    calendar.way(calendar.entry(9), ("planned", 2), by=IMPORT)
    velocity = calendar.patterns().velocity
    assert (velocity.n, velocity.unknown_start) == (1, 30)
    assert velocity.created.weeks == (1, 0)


# ---- Field completion -----------------------------------------------------------------------------------------------


def test_fields_are_filled_or_skipped_by_their_group(calendar: Calendar) -> None:
    first = calendar.entry(5, owner="Mira", primary_keyword="waste", keyword_difficulty=0, url_slug="waste")
    calendar.entry(5, owner="Mira", funnel_stage="tofu", kpi_target=0.0, primary_kpi="clicks")
    calendar.plan(first, channel="email", parameters={"list": "all"})
    calendar.plan(first, channel="blog", repurposing_plan="as a thread")
    groups = {group.group: group for group in calendar.patterns().field_completion.groups}
    filled = {part.name: part.count for group in groups.values() for part in group.fields if part.count}
    assert filled == {
        "owner": 2, "funnel_stage": 1, "primary_keyword": 1, "keyword_difficulty": 1, "url_slug": 1, "channel": 1,
        "parameters": 1, "repurposing_plan": 1, "primary_kpi": 1, "kpi_target": 1,
    }  # fmt: skip
    assert groups["core"].share == pytest.approx(3 / (2 * len(GROUPS["core"])))
    assert groups["distribution"].share == pytest.approx(3 / 10)


def test_completion_is_the_mean_of_the_groups_whatever_their_size(calendar: Calendar) -> None:
    calendar.entry(5, channel="email")
    found = calendar.patterns().field_completion
    assert found.value == pytest.approx((1 / 5) / 5)
    assert [each.note for each in found.evidence[0].entries] == [f"1 of {len(FIELDS)} fields"]


def test_the_emptiest_entries_come_first(calendar: Calendar) -> None:
    calendar.entry(5, owner="Mira", angle="roi")
    calendar.entry(5)
    calendar.entry(5, owner="Mira")
    assert numbers(calendar.patterns().field_completion.evidence[0]) == [2, 3, 1]


def test_a_field_that_nobody_fills_is_named(calendar: Calendar) -> None:
    calendar.entry(5, owner="Mira")
    assert "campaign" in calendar.patterns().field_completion.sentence


# ---- Campaigns, funnel, channels ------------------------------------------------------------------------------------


def test_campaigns_hold_a_share_and_are_concentrated(calendar: Calendar) -> None:
    for name, count in (("spring", 3), ("launch", 1)):
        for _ in range(count):
            calendar.entry(5, campaign=name)
    calendar.entry(5)
    found = calendar.patterns().campaign_clustering
    assert found.value == pytest.approx(4 / 5)
    assert [(part.name, part.count, part.share) for part in found.campaigns] == [
        ("spring", 3, 0.75),
        ("launch", 1, 0.25),
    ]
    assert found.herfindahl == pytest.approx(0.75**2 + 0.25**2)
    assert found.effective == pytest.approx(1 / 0.625)
    assert numbers(evidence(found, "spring")) == [1, 2, 3]
    assert numbers(evidence(found, "in no campaign")) == [5]


def test_the_funnel_is_balanced_when_its_stages_are_equal_and_names_what_is_missing(calendar: Calendar) -> None:
    for stage in ("tofu", "tofu", "mofu", "mofu"):
        calendar.entry(5, funnel_stage=stage)
    calendar.entry(5)
    found = calendar.patterns().funnel_balance
    assert found.value == pytest.approx(np.log(2) / np.log(3))
    assert found.missing == ("bofu",)
    assert found.unstaged == 1
    assert "nothing at all for decision (BOFU)" in found.sentence
    calendar.entry(5, funnel_stage="bofu")
    calendar.entry(5, funnel_stage="bofu")
    assert calendar.patterns().funnel_balance.value == pytest.approx(1)


def test_an_entry_counts_once_on_each_of_its_channels(calendar: Calendar) -> None:
    calendar.plan(calendar.entry(5, channel="email"), channel="email")
    calendar.plan(calendar.entry(5, channel="email"), channel="linkedin")
    calendar.entry(5)
    found = calendar.patterns().channel_concentration
    assert [(part.name, part.count) for part in found.channels] == [("email", 2), ("linkedin", 1)]
    assert found.value == pytest.approx((2 / 3) ** 2 + (1 / 3) ** 2)
    assert found.effective == pytest.approx(9 / 5)
    assert (found.n, found.without) == (2, 1)
    assert "much depends on it" in found.sentence


def test_indices_of_hand_computed_shares() -> None:
    assert herfindahl(np.array([1, 1, 1, 1])) == pytest.approx(0.25)
    assert herfindahl(np.array([0, 7])) == 1
    assert herfindahl(np.array([0, 0])) is None
    assert balance(np.array([5, 0, 0])) == 0
    assert balance(np.array([0, 0, 0])) is None


def test_the_interval_of_a_share_is_that_of_jeffreys() -> None:
    assert share_interval(3, 10, 0.95) == pytest.approx(stats.beta(3.5, 7.5).ppf([0.025, 0.975]))
    assert share_interval(0, 10)[0] == 0
    assert share_interval(10, 10)[1] == 1
    assert share_interval(0, 0) == (None, None)


# ---- Reviews --------------------------------------------------------------------------------------------------------


def test_a_review_is_due_on_its_day_or_thirty_days_after_publication(calendar: Calendar) -> None:
    for publish, due in ((31, None), (30, None), (29, None), (90, date(2026, 6, 1)), (90, date(2026, 6, 2))):
        calendar.entry(100, "published", publish=publish, review_due=due)
    found = calendar.patterns().review_behaviour
    assert (found.due, found.upcoming) == (3, 2)
    assert numbers(evidence(found, "missed")) == [1, 2, 4]
    assert evidence(found, "missed").entries[0].note == "1 day overdue"


def test_reviews_done_and_how_late(calendar: Calendar) -> None:
    for days_ago in (65, 58, 20):
        entry = calendar.entry(120, "reviewed", publish=90)
        calendar.way(entry, ("planned", 100), ("published", 90), ("reviewed", days_ago))
    calendar.way(calendar.entry(120, "published", publish=90), ("planned", 100), ("published", 90))
    found = calendar.patterns().review_behaviour
    assert (found.value, found.due, found.done) == (0.75, 4, 3)
    assert found.late_days == 2
    assert (found.low, found.high) == pytest.approx(tuple(stats.beta(3.5, 1.5).ppf([0.1, 0.9])))
    assert [(each.id.int, each.note) for each in evidence(found, "reviewed late").entries] == [(3, "40 days late")]
    assert found.sentence == "3 of 4 due 30-day reviews done, mostly in time; 1 was missed."


def test_a_review_that_an_import_brought_is_done_but_nobody_knows_when(calendar: Calendar) -> None:
    calendar.way(calendar.entry(100, "reviewed", publish=90), ("reviewed", 1), by=IMPORT)
    found = calendar.patterns().review_behaviour
    assert (found.done, found.late, found.late_days) == (1, 0, None)


def test_a_review_that_was_taken_back_is_not_done(calendar: Calendar) -> None:
    entry = calendar.entry(100, "published", publish=90)
    calendar.way(entry, ("published", 90), ("reviewed", 50), ("published", 49))
    assert calendar.patterns().review_behaviour.done == 0


def test_of_what_is_out_since_an_unknown_day_no_review_is_due(calendar: Calendar) -> None:
    calendar.way(calendar.entry(100, "published"), ("published", 1), by=IMPORT)
    found = calendar.patterns().review_behaviour
    assert (found.due, found.unknown_publication) == (0, 1)


# ---- Status flow ----------------------------------------------------------------------------------------------------


def test_stays_that_last_count_with_the_time_that_they_have_lasted(calendar: Calendar) -> None:
    for stay in (2, 4):
        calendar.way(calendar.entry(50), ("planned", 50), ("in_review", 40), ("scheduled", 40 - stay))
    for since in (20, 30, 35):
        calendar.way(calendar.entry(50), ("planned", 50), ("in_review", since))
    flow = calendar.patterns().status_flow
    in_review = flow.stays[3]
    assert (in_review.n, in_review.open) == (5, 3)
    assert in_review.median is None  # of five, two have ended; the two alone would say four days at most
    assert in_review.at_least == pytest.approx(35)
    assert flow.bottleneck == "in_review"
    still = evidence(flow, "still in review, the longest first")
    assert [(each.id.int, each.note) for each in still.entries] == [
        (5, "in review for 35 days"),
        (4, "in review for 30 days"),
        (3, "in review for 20 days"),
    ]
    assert numbers(evidence(flow, "that were in review")) == [2, 1]


def test_each_visit_to_a_status_is_a_stay_of_its_own(calendar: Calendar) -> None:
    entry = calendar.entry(50)
    calendar.way(entry, ("planned", 50), ("in_review", 40), ("planned", 37), ("in_review", 30), ("scheduled", 25))
    stays = {stay.status: stay for stay in calendar.patterns().status_flow.stays}
    assert (stays["in_review"].n, stays["in_review"].median) == (2, pytest.approx(3))
    assert (stays["planned"].n, stays["planned"].median) == (2, pytest.approx(7))
    assert (stays["scheduled"].n, stays["scheduled"].open) == (1, 1)


def test_the_first_status_of_an_imported_entry_is_left_out_and_the_next_ones_count(calendar: Calendar) -> None:
    calendar.way(calendar.entry(200), ("in_review", 20), ("scheduled", 10), ("published", 4), by=IMPORT)
    calendar.way(calendar.entry(20), ("in_production", 20), by=IMPORT)
    flow = calendar.patterns().status_flow
    assert flow.unknown_start == 2
    assert [(stay.status, stay.n) for stay in flow.stays if stay.n] == [("scheduled", 1), ("published", 1)]
    unknown = evidence(flow, "since an unknown day")
    assert [each.note for each in unknown.entries] == ["in production since 2026-05-12 or before"]


def test_an_entry_older_than_its_record_has_an_unknown_start_whoever_wrote_it(calendar: Calendar) -> None:
    calendar.way(calendar.entry(200), ("in_review", 20), ("scheduled", 10), by="Mira")
    assert calendar.patterns().status_flow.unknown_start == 1


def test_the_bottleneck_is_where_work_waits_and_not_where_ideas_lie(calendar: Calendar) -> None:
    for _ in range(5):
        entry = calendar.entry(200)
        calendar.way(
            entry, ("idea", 200), ("planned", 90), ("in_production", 80), ("in_review", 50), ("scheduled", 45),
            ("published", 10),
        )  # fmt: skip
    flow = calendar.patterns().status_flow
    medians = {stay.status: stay.median for stay in flow.stays}
    assert medians == pytest.approx(
        {"idea": 110, "planned": 10, "in_production": 30, "in_review": 5, "scheduled": 35, "published": None}
    )
    assert (flow.bottleneck, flow.value) == ("in_production", pytest.approx(30))


def test_four_stays_are_too_few_for_a_bottleneck(calendar: Calendar) -> None:
    for _ in range(4):
        calendar.way(calendar.entry(50), ("in_review", 50), ("scheduled", 20))
    assert calendar.patterns().status_flow.bottleneck is None


def test_what_happened_after_the_moment_has_not_happened_yet(calendar: Calendar) -> None:
    entry = calendar.entry(50, "published", publish=10)
    calendar.way(entry, ("in_review", 50), ("scheduled", 20), ("published", 10))
    found = calendar.patterns(as_of=ago(30))
    assert (found.status_flow.stays[3].n, found.status_flow.stays[3].open) == (1, 1)
    assert found.status_flow.stays[3].at_least == pytest.approx(20)
    assert (found.time_to_publish.published, found.time_to_publish.waiting) == (0, 1)
    assert found.velocity.published.per_week is None


# ---- Keyword overlap ------------------------------------------------------------------------------------------------


def test_entries_with_one_keyword_and_intent_compete(calendar: Calendar) -> None:
    for keyword, intent in (
        ("food waste", "informational"), ("Food  Waste", "informational"), ("food waste", "informational"),
        ("food waste", "commercial"), ("food waste", None), ("scales", None), ("scales", None), ("bins", None),
    ):  # fmt: skip
        calendar.entry(5, primary_keyword=keyword, search_intent=intent)
    calendar.entry(5)
    found = calendar.patterns().keyword_overlap
    assert (found.n, found.targets, found.shared_targets, found.pairs) == (8, 5, 2, 3 + 1)
    assert found.value == pytest.approx(5 / 8)
    assert [(each.keyword, each.search_intent, each.count) for each in found.largest] == [
        ("food waste", "informational", 3),
        ("scales", None, 2),
    ]
    assert numbers(evidence(found, "food waste")) == [1, 2, 3]
    assert {frozenset((each.first.int, each.second.int)) for each in found.examples} == {
        frozenset(pair) for pair in ((1, 2), (1, 3), (2, 3), (6, 7))
    }


def test_a_pair_tells_how_many_keywords_it_shares(calendar: Calendar) -> None:
    calendar.entry(5, primary_keyword="waste", secondary_keywords=("bins", "scales", "Waste"))
    calendar.entry(5, primary_keyword="waste", secondary_keywords=("Scales", "kitchens"))
    (pair,) = calendar.patterns().keyword_overlap.examples
    assert pair.shared == 2


def test_a_secondary_keyword_that_is_anothers_primary_is_counted(calendar: Calendar) -> None:
    calendar.entry(5, primary_keyword="waste", secondary_keywords=("bins", "waste"))
    calendar.entry(5, primary_keyword="bins")
    assert calendar.patterns().keyword_overlap.secondary == 1


def test_several_keywords_of_one_cluster_are_a_strategy(calendar: Calendar) -> None:
    for keyword, cluster in (("waste", "waste"), ("waste bins", "waste"), ("scales", "scales"), ("scales", "scales")):
        calendar.entry(5, primary_keyword=keyword, keyword_cluster=cluster)
    assert calendar.patterns().keyword_overlap.topics == 1


def test_thousands_of_entries_with_one_keyword_are_counted_and_a_few_are_told(calendar: Calendar) -> None:
    for _ in range(3000):
        calendar.entry(5, primary_keyword="waste")
    found = calendar.patterns(keep=25).keyword_overlap
    assert found.pairs == 3000 * 2999 // 2
    assert len(found.examples) == 3
    assert (found.evidence[0].count, len(found.evidence[0].entries)) == (3000, 25)


# ---- Time to publish ------------------------------------------------------------------------------------------------


def test_what_waits_counts_in_the_time_to_publish(calendar: Calendar) -> None:
    for created, publish in ((40, 36), (40, 32), (40, 10)):
        calendar.entry(created, "published", publish=publish)
    for created in (20, 50):
        calendar.entry(created, "planned")
    found = calendar.patterns().time_to_publish
    assert (found.published, found.waiting) == (3, 2)
    assert found.value == pytest.approx(30)  # 4/5, 3/5, then 3/10 at thirty days; of the published alone it were eight
    assert numbers(evidence(found, "waiting longest")) == [5, 4]
    assert [each.note for each in evidence(found, "slowest").entries] == ["30 days", "8 days", "4 days"]


def test_what_was_logged_after_its_publication_has_no_time_to_publish(calendar: Calendar) -> None:
    calendar.entry(5, "published", publish=9)
    found = calendar.patterns().time_to_publish
    assert (found.n, found.logged_later, found.published) == (0, 1, 0)


def test_an_import_without_beginnings_says_nothing_of_the_time_to_publish(calendar: Calendar) -> None:
    calendar.way(calendar.entry(20, "published", publish=3), ("planned", 20), ("published", 3), by=IMPORT)
    calendar.way(calendar.entry(60, "published", publish=30), ("published", 20), by=IMPORT)
    found = calendar.patterns().time_to_publish
    assert (found.n, found.unknown) == (1, 1)
    assert found.value == pytest.approx(30)


def test_an_imported_publication_of_the_future_is_not_out_yet(calendar: Calendar) -> None:
    calendar.way(calendar.entry(20, "published", publish=-3), ("published", 2), by=IMPORT)
    found = calendar.patterns()
    assert (found.time_to_publish.waiting, found.time_to_publish.published) == (1, 0)
    assert found.velocity.published.per_week is None
    assert evidence(found.time_to_publish, "waiting").entries[0].note == "20 days so far"


def test_a_publication_that_was_seen_counts_although_its_date_lies_ahead(calendar: Calendar) -> None:
    calendar.way(calendar.entry(20, "published", publish=-3), ("planned", 20), ("published", 2))
    assert calendar.patterns().time_to_publish.value == pytest.approx(18)


def test_what_was_taken_back_from_publication_waits_again(calendar: Calendar) -> None:
    calendar.way(calendar.entry(20, "in_review", publish=9), ("planned", 20), ("published", 9), ("in_review", 8))
    assert calendar.patterns().time_to_publish.waiting == 1


def test_without_steps_an_entry_is_in_the_status_that_is_stored(calendar: Calendar) -> None:
    calendar.entry(20, "published", publish=9)
    assert calendar.patterns().time_to_publish.published == 1


# ---- All of them ----------------------------------------------------------------------------------------------------


def test_days_are_those_of_the_business(calendar: Calendar) -> None:
    midnight = datetime(2026, 5, 31, 23, 30, tzinfo=UTC)
    calendar.entry(90, "published", publish=(NOW - midnight) / timedelta(days=1) + 30)
    assert calendar.patterns(as_of=midnight, time_zone="UTC").review_behaviour.due == 1
    assert calendar.patterns(as_of=midnight, time_zone="Europe/Amsterdam").day == date(2026, 6, 1)
    just_before = midnight - timedelta(hours=2)
    assert calendar.patterns(as_of=just_before, time_zone="Europe/Amsterdam").review_behaviour.due == 0


def test_evidence_is_bounded_and_says_how_much_there_is(calendar: Calendar) -> None:
    for _ in range(60):
        calendar.entry(5)
    bounded = evidence(calendar.patterns(keep=25).campaign_clustering, "in no campaign")
    assert (bounded.count, len(bounded.entries)) == (60, 25)
    assert len(evidence(calendar.patterns(keep=None).campaign_clustering, "in no campaign").entries) == 60
