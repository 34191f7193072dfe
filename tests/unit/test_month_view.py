"""A month of the calendar: every entry on its day where the business is, ghosts of what is suggested, reviews due."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import attrs
import pytest
from composition import FILE, NOON, Composition, draft
from hypothesis import given
from hypothesis import strategies as st

from refleqt_core.errors import InvalidInput
from refleqt_core.intake.drafts import EntryDraft
from refleqt_core.outputs.month_view import LISTED, Month, month_of
from refleqt_core.outputs.records import RecommendationOutcome
from refleqt_core.values import BusinessId

AUCKLAND = "Pacific/Auckland"


def entry(external_id: str, at: datetime | None, **changes: Any) -> EntryDraft:
    return draft(external_id, **({"publish_at": at, "status": "planned", "title": external_id} | changes))


def suggested(refleqt: Composition, business: BusinessId, at: datetime, **changes: Any) -> RecommendationOutcome:
    content = {
        "title": "An idea", "artifact_type": "email", "channel": "email", "segment": "ops",
        "publish_at": at.isoformat(), "success_chance": 0.6,
    }  # fmt: skip
    given: dict[str, Any] = {
        "recommendation_type": "calendar_suggestion",
        "recommendation_content": content,
        "recommended_at": refleqt.clock.now(),
        "propensity": 0.5,
        "policy_version": "1",
        "recommendation_model_version": "1",
    }
    made = RecommendationOutcome(id=refleqt.ids.new(), business_id=business, **(given | changes))
    refleqt.add(business, made)
    return made


def on(month: Month, day: int) -> list[str]:
    return [each.external_id for each in month.days[day - 1].entries]


def test_an_entry_is_on_its_day_where_the_business_is(refleqt: Composition) -> None:
    business = refleqt.business(time_zone=AUCKLAND)
    refleqt.calendar.save(business, entry("late", datetime(2026, 3, 9, 12, tzinfo=UTC)))
    refleqt.calendar.save(business, entry("first", datetime(2026, 2, 28, 11, tzinfo=UTC)))
    refleqt.calendar.save(business, entry("before", datetime(2026, 2, 28, 10, 59, tzinfo=UTC)))
    refleqt.calendar.save(business, entry("after", datetime(2026, 3, 31, 11, tzinfo=UTC)))
    month = refleqt.months.read(business, 2026, 3)
    assert (on(month, 10), on(month, 9), on(month, 1)) == (["late"], [], ["first"])
    assert sum(len(day.entries) for day in month.days) == 2
    assert month.time_zone == AUCKLAND


def test_without_a_month_it_is_the_one_where_the_business_is(refleqt: Composition) -> None:
    refleqt.clock.advance_to(datetime(2026, 3, 31, 12, tzinfo=UTC))
    month = refleqt.months.read(refleqt.business(time_zone=AUCKLAND))
    assert (month.first, month.today) == (date(2026, 4, 1), date(2026, 4, 1))
    assert [day.day.day for day in month.days] == list(range(1, 31))


def test_ghosts_are_open_suggestions_that_are_still_to_come(refleqt: Composition) -> None:
    business = refleqt.business()
    ghost = suggested(refleqt, business, NOON + timedelta(days=2))
    suggested(refleqt, business, NOON - timedelta(hours=1))
    suggested(refleqt, business, NOON + timedelta(days=2), user_action="rejected")
    suggested(refleqt, business, NOON + timedelta(days=2), recommendation_type="execution_map")
    month = refleqt.months.read(business, 2026, 3)
    assert [each.id for day in month.days for each in day.ghosts] == [ghost.id]
    shown = month.days[3].ghosts[0]
    assert (shown.title, shown.channel, shown.chance) == ("An idea", "email", 0.6)


def test_an_accepted_suggestion_is_an_entry_and_no_ghost(refleqt: Composition) -> None:
    business = refleqt.business()
    made = suggested(refleqt, business, NOON + timedelta(days=2))
    with refleqt.store.business(business) as tx:
        tx.save(attrs.evolve(made, user_action="accepted"))
    assert not any(day.ghosts for day in refleqt.months.read(business).days)


def test_a_review_is_due_of_what_is_out_and_was_not_reviewed(refleqt: Composition) -> None:
    business = refleqt.business()
    due = {"review_due": date(2026, 3, 20)}
    refleqt.calendar.save(business, entry("out", NOON - timedelta(days=20), status="published", **due))
    refleqt.calendar.save(business, entry("seen", NOON - timedelta(days=20), status="reviewed", **due))
    refleqt.calendar.save(business, entry("coming", NOON + timedelta(days=2), **due))
    reviews = {day.day.day: [each.external_id for each in day.reviews] for day in refleqt.months.read(business).days}
    assert {day: names for day, names in reviews.items() if names} == {20: ["out"]}


def test_a_month_counts_its_entries_and_keeps_those_without_a_date_apart(refleqt: Composition) -> None:
    business = refleqt.business()
    refleqt.calendar.save(business, entry("b", NOON, funnel_stage="tofu"))
    refleqt.calendar.save(business, entry("a", NOON - timedelta(hours=3), status="published"))
    refleqt.calendar.save(business, entry("z", None, title="Zebra"))
    refleqt.calendar.save(business, entry("y", None, title="Ape", funnel_stage="bofu"))
    refleqt.calendar.save(business, entry("other month", NOON + timedelta(days=60)))
    month = refleqt.months.read(business, 2026, 3)
    assert on(month, 2) == ["a", "b"]
    assert [each.external_id for each in month.undated] == ["y", "z"]
    assert (month.by_status, month.by_stage) == ({"planned": 1, "published": 1}, {"": 1, "tofu": 1})


@pytest.mark.parametrize("beyond", [-1, 0, 1, 5])
def test_of_many_entries_without_a_date_the_first_are_listed_and_all_are_counted(refleqt: Composition, beyond: int):
    business = refleqt.business()
    names = [f"I-{number:03}" for number in range(LISTED + beyond)]
    refleqt.calendar.import_entries(business, [entry(name, None) for name in reversed(names)], FILE)
    month = refleqt.months.read(business, 2026, 3)
    assert [each.external_id for each in month.undated] == names[:LISTED]
    assert month.undated_count == len(names)


def test_a_month_shows_nothing_of_another_business(refleqt: Composition) -> None:
    business, other = refleqt.business(), refleqt.business("other")
    refleqt.calendar.save(business, entry("E-1", NOON, status="published", review_due=date(2026, 3, 5)))
    refleqt.calendar.save(business, entry("E-2", None))
    suggested(refleqt, business, NOON + timedelta(days=1))
    month = refleqt.months.read(other, 2026, 3)
    assert not any(day.entries or day.ghosts or day.reviews for day in month.days)
    assert (month.undated, month.undated_count, month.by_status) == ((), 0, {})


@given(st.integers(1970, 2199), st.integers(1, 12))
def test_every_month_can_be_named(year: int, month: int) -> None:
    assert month_of(f"{year}-{month:02}") == (year, month)


@given(
    st.text(max_size=12) | st.sampled_from(["2026-13", "2026-00", "1969-12", "2200-01", "²026-03", "2026-3-1", "2026"])
)
def test_anything_else_is_no_month(text: str) -> None:
    try:
        year, month = month_of(text)
    except InvalidInput:
        return
    assert f"{year:04}-{month:02}" == text.strip() or text.strip() == f"{year}-{month}"


@pytest.mark.parametrize(("year", "month"), [(2026, 13), (1969, 12), (2200, 1), (2026, -1)])
def test_a_month_that_there_is_not_is_refused(refleqt: Composition, year: int, month: int) -> None:
    with pytest.raises(InvalidInput, match="there is no month"):
        refleqt.months.read(refleqt.business(), year, month)


def test_a_day_of_twenty_three_hours_keeps_its_entries(refleqt: Composition) -> None:
    business = refleqt.business(time_zone="Europe/Berlin")
    late = datetime(2026, 3, 29, 23, 59, tzinfo=ZoneInfo("Europe/Berlin"))
    refleqt.calendar.save(business, entry("late", late))
    assert on(refleqt.months.read(business, 2026, 3), 29) == ["late"]
