"""Suggestions come with reasons and propensities, and what is done with them has consequences."""

from datetime import UTC, date, datetime, timedelta

import pytest
from small_business import NOW, small_business

from refleqt_core.cdt.records import Forecast
from refleqt_core.errors import Conflict, InvalidInput, Unavailable
from refleqt_core.intake.calendar import CalendarEntry, SeoMetadata, StatusChange
from refleqt_core.intake.tooling import Signal
from refleqt_core.outputs.artifact_formats import FORMATS
from refleqt_core.outputs.gaps import Gaps
from refleqt_core.outputs.landscape import read_landscape
from refleqt_core.outputs.planner import PlanningPolicy
from refleqt_core.outputs.records import RecommendationOutcome
from refleqt_core.outputs.writing import PLAIN
from refleqt_core.ports.llm import Answer, Usage

KEYS = {
    "title", "why_now", "outline", "artifact_type", "channel", "segment", "segment_name", "angle", "publish_at",
    "primary_kpi", "kpi_target", "success_chance", "baseline", "expected_value_minor", "currency", "evidence",
    "belief_ids", "keyword", "gap",
}  # fmt: skip


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


class Writer:
    """An LLM that answers with what it was given, one after the other, the last one for good."""

    model = "writer"

    def __init__(self, *titles):
        self.titles, self.prompts = list(titles), []

    def complete(self, prompt, schema):
        self.prompts.append(prompt)
        title = self.titles.pop(0) if len(self.titles) > 1 else self.titles[0]
        if isinstance(title, Exception):
            raise title
        return Answer(
            value=schema(title=title, why_now="It is due.", outline=["One step"]), usage=Usage(model="writer")
        )


# What is suggested.


def test_a_suggestion_says_everything_that_is_needed_to_decide():
    business = small_business()
    shown = business.suggestions.suggest(business.id)
    assert len(shown) == 5
    assert all(content.keys() >= KEYS for content in contents(shown))
    assert business.find(RecommendationOutcome) == shown


def test_the_same_seed_and_moment_suggest_the_same():
    first, again = small_business(), small_business()
    assert first.suggestions.suggest(first.id) == again.suggestions.suggest(again.id)


def test_another_seed_tries_out_something_else():
    first, other = (contents(b.suggestions.suggest(b.id)) for b in (small_business(seed=1), small_business(seed=2)))
    assert [idea(each) for each in first] != [idea(each) for each in other]


def test_what_worked_is_suggested_rather_than_what_failed():
    business = small_business()
    chances = {}
    for content in contents(business.suggestions.suggest(business.id, count=20)):
        chances.setdefault(content["angle"], content["success_chance"])
    shown = contents(small_business().suggestions.suggest(business.id))
    assert "roi" in {content["angle"] for content in shown}
    assert chances["roi"] > shown[0]["baseline"]


def test_the_propensity_of_what_is_shown_is_logged_with_what_else_could_have_been():
    business = small_business()
    for each in business.suggestions.suggest(business.id):
        assert 0 < each.propensity <= 1
        logged = {idea(other): other["propensity"] for other in each.candidate_set}
        assert logged.get(idea(each.recommendation_content), each.propensity) == each.propensity
    assert [each.position for each in business.find(RecommendationOutcome)] == [0, 1, 2, 3, 4]


def test_the_evidence_counts_what_really_happened():
    business = small_business()
    shown = contents(business.suggestions.suggest(business.id, count=30))
    about = next(each for each in shown if each["angle"] == "roi" and each["segment"] == "buyers")
    told = "4 of 5 artifacts with the angle return on investment for buyers reached their target"
    assert about["evidence"][0].startswith(told)


def test_beliefs_and_quotes_lead_back_to_their_rows():
    business = small_business()
    shown = contents(business.suggestions.suggest(business.id, count=30))
    beliefs = {str(each.id) for each in business.beliefs.beliefs(business.id)}
    about = next(each for each in shown if each["angle"] == "roi" and each["segment"] == "buyers")
    assert about["belief_ids"] and set(about["belief_ids"]) <= beliefs
    mills = next(each for each in shown if each["segment"] == "mill_managers")
    assert "Our looms stand still for an hour a night" in [quote["text"] for quote in mills["quotes"]]
    assert all(quote["source_id"] for quote in mills["quotes"])


def test_what_comes_up_again_and_again_is_a_reason():
    business = small_business()
    said = [line for each in contents(business.suggestions.suggest(business.id, count=30)) for line in each["evidence"]]
    assert "“looms that stand still” came up 3 times on the vent board." in said


def test_a_change_in_the_channels_numbers_is_a_reason():
    business = small_business()
    business.add(
        business.row(
            Signal,
            signal_type="rise",
            source="crm",
            entity_id="linkedin",
            metric="clicks",
            before=10.0,
            after=14.0,
            magnitude=0.4,
            magnitude_low=0.2,
            magnitude_high=0.6,
            p_value=0.01,
            window_start=date(2026, 2, 1),
            window_end=date(2026, 2, 28),
            detected_at=NOW - timedelta(days=1),
        )
    )
    shown = contents(business.suggestions.suggest(business.id, count=60))
    post = next(each for each in shown if each["channel"] == "linkedin")
    assert ("Clicks on LinkedIn rose by 40 % from 1 to 28 February 2026, the CRM shows.") in post["evidence"]


def test_two_suggestions_never_aim_at_the_same_search_term():
    business = small_business()
    terms = [
        each["keyword"] for each in contents(business.suggestions.suggest(business.id, count=30)) if each["keyword"]
    ]
    assert terms == ["weaving shift plan"]


def test_nobody_is_asked_to_write_for_those_who_search_the_business_itself():
    gaps = Gaps(landscape_of(small_business()))
    assert [term.term for term in gaps.search_terms] == ["weaving shift plan"]


def test_moments_are_in_the_future_and_leave_time_to_make_the_artifact():
    business = small_business()
    for content in contents(business.suggestions.suggest(business.id, count=30)):
        lead = timedelta(days=FORMATS[content["artifact_type"]].lead_days)
        assert NOW + lead <= datetime.fromisoformat(content["publish_at"]) <= NOW + timedelta(days=29)


def test_without_any_history_there_are_suggestions_all_the_same():
    business = small_business(history=False, creators=False)
    shown = contents(business.suggestions.suggest(business.id, count=3))
    assert len(shown) == 3
    assert "Hardly anything of this kind was tried" in shown[0]["evidence"][0]


# What is not repeated.


def ideas_of(business, **options):
    return {idea(each) for each in contents(business.suggestions.suggest(business.id, **options))}


def test_the_same_idea_is_not_shown_again_for_fourteen_days():
    business = small_business()
    seen = set()
    for _ in range(14):
        shown = ideas_of(business, count=3)
        assert not shown & seen
        seen |= shown
        business.clock.advance_to(business.clock.now() + timedelta(days=1))


def test_after_fourteen_days_it_may_come_back():
    business = small_business()
    first = ideas_of(business)
    business.clock.advance_to(NOW + timedelta(days=14))
    everything = {idea(each) for each in contents(all_of(business))}
    assert first <= everything


def test_new_evidence_that_moves_the_chance_brings_it_back_at_once():
    business = small_business()
    shown = {idea(each) for each in contents(all_of(business))}
    assert not {idea(each) for each in contents(all_of(business))}
    for number in range(30, 36):
        at = NOW - timedelta(days=42, minutes=number)
        entry = business.entry(number, "email", "email", "buyers", "roi", publish_at=at)
        business.add(entry, business.result(entry, 0.0))
    business.beliefs.observe(business.id)
    again = {idea(each) for each in contents(all_of(business))}
    assert ("email", "email", "buyers", "roi") in again & shown


def test_what_is_planned_already_is_not_suggested():
    business = small_business()
    planned = business.entry(
        50, "email", "email", "buyers", "roi", status="planned", publish_at=NOW + timedelta(days=10)
    )
    business.add(planned)
    assert ("email", "email", "buyers", "roi") not in {idea(each) for each in contents(all_of(business))}


def test_asked_for_more_than_there_is_all_is_given_and_then_nothing():
    business = small_business()
    assert {idea(each) for each in contents(all_of(business))}
    assert business.suggestions.suggest(business.id) == []


# Who writes.


def test_a_wording_that_invents_a_number_is_asked_for_again():
    writer = Writer("Save 97 % on looms", "Save on what stands still")
    business = small_business(llm=writer)
    content = contents(business.suggestions.suggest(business.id, count=1))[0]
    assert (content["title"], content["written_by"]) == ("Save on what stands still", "writer")
    assert "97" in writer.prompts[1].instructions


def test_one_that_keeps_inventing_is_replaced_by_plain_rules():
    business = small_business(llm=Writer("Save 97 % on looms"))
    content = contents(business.suggestions.suggest(business.id, count=1))[0]
    assert content["written_by"] == PLAIN
    assert "97" not in content["title"]


def test_a_model_that_does_not_answer_leaves_nothing_behind():
    business = small_business(llm=Writer(Unavailable("down")))
    with pytest.raises(Unavailable):
        business.suggestions.suggest(business.id)
    assert business.find(RecommendationOutcome) == []


# What is done with them.


def accepted(business, action="accepted", **options):
    shown = business.suggestions.suggest(business.id)[0]
    return business.suggestions.act(business.id, shown.id, action, **options)


def test_an_accepted_suggestion_is_planned_on_the_calendar():
    business = small_business()
    done = accepted(business)
    [entry] = [each for each in business.find(CalendarEntry) if each.external_id.startswith("R-")]
    content = done.recommendation_content
    assert entry.external_id == f"R-{done.id.hex[-8:]}"
    assert entry.utm_content == entry.external_id.lower()
    assert (entry.status, entry.title, entry.icp_segment) == ("planned", content["title"], content["segment"])
    assert (entry.primary_kpi, entry.kpi_target) == (content["primary_kpi"], content["kpi_target"])
    assert done.context_extracted["calendar_entry_ids"] == [str(entry.id)]
    assert [step.reached for step in business.find(StatusChange)] == ["planned"]


def test_it_is_about_to_be_read():
    business = small_business()
    [entry] = accepted(business).context_extracted["calendar_entry_ids"]
    assert [record.job.payload for record in business.queue.jobs(business_id=business.id)] == [
        {"source_type": "calendar", "source_id": entry}
    ]


def test_its_prediction_is_in_the_ledger():
    business = small_business()
    done = accepted(business)
    content, [forecast] = done.recommendation_content, business.find(Forecast)
    assert str(forecast.subject_id) == done.context_extracted["calendar_entry_ids"][0]
    assert (forecast.metric, forecast.target) == (content["primary_kpi"], content["kpi_target"])
    assert forecast.probability == content["success_chance"]
    assert {name: getattr(forecast, name) for name in ("expected", "low", "high")} == content["predicted"]
    assert forecast.low < forecast.expected < forecast.high
    assert forecast.due_at == datetime.fromisoformat(content["publish_at"]) + timedelta(days=30)
    assert forecast.model_version == done.recommendation_model_version


def test_other_words_leave_the_prediction_as_it_was():
    business = small_business()
    done = accepted(business, "modified", changes={"title": "Our own title"})
    [forecast] = business.find(Forecast)
    assert forecast.expected == done.recommendation_content["predicted"]["expected"]


def test_a_higher_target_is_less_likely_to_be_reached_by_the_same_metric():
    business = small_business()
    done = accepted(business, "modified", changes={"kpi_target": 400.0})
    content, [forecast] = done.recommendation_content, business.find(Forecast)
    assert (forecast.target, content["kpi_target"] < 400.0) == (400.0, True)
    assert forecast.expected == pytest.approx(content["predicted"]["expected"], abs=0.01)
    assert forecast.probability < content["success_chance"] / 2


def test_another_angle_is_predicted_anew():
    business = small_business()
    shown = next(e for e in all_of(business) if e.recommendation_content["angle"] == "roi")
    business.suggestions.act(business.id, shown.id, "modified", changes={"angle": "fear_of_loss"})
    [forecast] = business.find(Forecast)
    assert forecast.probability < shown.recommendation_content["success_chance"]


def test_its_search_term_goes_with_it():
    business = small_business()
    shown = next(
        each for each in business.suggestions.suggest(business.id, count=30) if each.recommendation_content["keyword"]
    )
    business.suggestions.act(business.id, shown.id, "accepted")
    assert "weaving shift plan" in [row.primary_keyword for row in business.find(SeoMetadata)]


def test_changes_are_kept_beside_what_was_suggested():
    business = small_business()
    done = accepted(business, "modified", changes={"title": "Our own title", "publish_at": "2026-03-20T10:00:00+00:00"})
    entry = next(each for each in business.find(CalendarEntry) if each.external_id.startswith("R-"))
    assert (entry.title, entry.publish_at) == ("Our own title", datetime(2026, 3, 20, 10, tzinfo=UTC))
    assert done.recommendation_content["changes"]["title"] == "Our own title"
    assert done.recommendation_content["title"] != "Our own title"


@pytest.mark.parametrize("action", ["ignored", "rejected"])
def test_what_is_not_wanted_stays_off_the_calendar(action):
    business = small_business()
    done = accepted(business, action)
    assert (done.user_action, done.action_timestamp) == (action, NOW)
    assert not [each for each in business.find(CalendarEntry) if each.external_id.startswith("R-")]


def test_the_same_action_twice_is_once_and_another_one_is_refused():
    business = small_business()
    done = accepted(business)
    assert business.suggestions.act(business.id, done.id, "accepted") == done
    with pytest.raises(Conflict, match="accepted already"):
        business.suggestions.act(business.id, done.id, "rejected")
    assert len([each for each in business.find(CalendarEntry) if each.external_id.startswith("R-")]) == 1


@pytest.mark.parametrize(
    ("action", "changes", "problem"),
    [
        ("loved", None, "is no action"),
        ("modified", None, "needs at least one"),
        ("accepted", {"title": "x"}, "belong to the action 'modified'"),
        ("modified", {"belief_ids": []}, "cannot be changed"),
        ("modified", {"publish_at": "soon"}, "Invalid isoformat"),
        ("modified", {"publish_at": "2026-03-20T10:00:00"}, "no time zone"),
        ("modified", {"artifact_type": "song"}, "is none of"),
        ("modified", {"channel": "tv"}, "is none of"),
        ("modified", {"kpi_target": None}, "R-"),
        ("modified", {"kpi_target": 0}, "above 0"),
    ],
)
def test_what_makes_no_sense_is_refused_and_changes_nothing(action, changes, problem):
    business = small_business()
    with pytest.raises(InvalidInput, match=problem):
        accepted(business, action, changes=changes)
    assert not [each for each in business.find(CalendarEntry) if each.external_id.startswith("R-")]
    assert business.find(Forecast) == []
    assert {each.user_action for each in business.find(RecommendationOutcome)} == {None}
