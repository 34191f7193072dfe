"""An entry that comes back: what others like it begin with, when they come, and what is left alone."""

import re
from datetime import timedelta
from typing import Any

import pytest
from composition import NOON, Composition, draft

from refleqt_adapters.connectors.recurrence import occurrences
from refleqt_core.errors import Conflict, InvalidInput, NotFound
from refleqt_core.intake.calendar import CalendarEntry, EntrySeries
from refleqt_core.intake.drafts import PlanDraft
from refleqt_core.intake.entry_templates import SeriesService, like
from refleqt_core.values import BusinessId

WEEKLY = "FREQ=WEEKLY;BYDAY=TU"
TUESDAY = NOON + timedelta(days=1)
OWN: dict[str, Any] = {
    "status": "published",
    "url_slug": "tip-1",
    "canonical_url": "https://brine.example/tip-1",
    "ranking_position": 3,
    "index_status": "indexed",
    "utm_content": "tip-1",
}


def series(refleqt: Composition) -> SeriesService:
    return SeriesService(
        store=refleqt.store, queue=refleqt.queue, clock=refleqt.clock, ids=refleqt.ids, occurrences=occurrences
    )


def tip(refleqt: Composition, business: BusinessId, **changes: Any) -> CalendarEntry:
    given = {"title": "Tip", "publish_at": TUESDAY, "owner": "Mira", "channel": "email"} | OWN | changes
    return refleqt.calendar.save(business, draft("T-1", **given))


def followers(refleqt: Composition, business: BusinessId) -> list[CalendarEntry]:
    found = refleqt.rows(business, CalendarEntry, order="publish_at")
    return [entry for entry in found if entry.series_id is not None]


def test_what_follows_an_entry_is_planned_like_it_and_shares_no_address(refleqt: Composition) -> None:
    business = refleqt.business()
    series(refleqt).repeat(business, tip(refleqt, business).id, WEEKLY)
    first = followers(refleqt, business)[0]
    assert (first.title, first.owner, first.channel, first.status) == ("Tip", "Mira", "email", "planned")
    said = refleqt.calendar.draft(business, first.id)
    assert [getattr(said, name) for name in OWN if name != "status"] == [None] * 5
    assert re.fullmatch(r"tip-[0-9a-f]{6}-2026-03-10", first.external_id)


def test_the_entry_itself_is_the_first_and_stays_when_the_series_stops(refleqt: Composition) -> None:
    business = refleqt.business()
    entry = tip(refleqt, business, status="planned")
    series(refleqt).repeat(business, entry.id, WEEKLY)
    moments = [each.publish_at for each in refleqt.rows(business, CalendarEntry, order="publish_at")]
    assert moments[:2] == [TUESDAY, TUESDAY + timedelta(days=7)]
    assert series(refleqt).stop(business, "Tip") == len(moments) - 1
    assert refleqt.rows(business, CalendarEntry) == [entry]


def test_an_old_entry_is_followed_from_now_on(refleqt: Composition) -> None:
    business = refleqt.business()
    series(refleqt).repeat(business, tip(refleqt, business, publish_at=TUESDAY - timedelta(days=364)).id, WEEKLY)
    assert followers(refleqt, business)[0].publish_at == TUESDAY


def test_followers_may_have_a_title_that_names_their_day(refleqt: Composition) -> None:
    business = refleqt.business()
    series(refleqt).repeat(business, tip(refleqt, business).id, WEEKLY, name="tips", title="Tip of {date}")
    assert followers(refleqt, business)[0].title == "Tip of 2026-03-10"
    assert [each.name for each in series(refleqt).list(business)] == ["tips"]


def test_several_in_a_day_are_several_entries(refleqt: Composition) -> None:
    business = refleqt.business()
    series(refleqt).repeat(business, tip(refleqt, business).id, "FREQ=DAILY;BYHOUR=12,18;COUNT=4")
    assert [re.sub("-[0-9a-f]{6}-", "-", each.external_id, count=1) for each in followers(refleqt, business)] == [
        "tip-2026-03-03-1800",
        "tip-2026-03-04",
        "tip-2026-03-04-1800",
    ]


def test_a_name_that_is_taken_on_the_calendar_is_left_alone(refleqt: Composition) -> None:
    business = refleqt.business()
    entry = tip(refleqt, business)
    series(refleqt).repeat(business, entry.id, WEEKLY)
    name = followers(refleqt, business)[0].external_id
    series(refleqt).stop(business, "Tip")
    mine = refleqt.calendar.save(business, draft(name, title="My own"))
    series(refleqt).repeat(business, entry.id, WEEKLY)
    assert mine in refleqt.rows(business, CalendarEntry)
    assert mine.id not in {each.id for each in followers(refleqt, business)}


def test_a_stopped_series_can_begin_anew_and_leaves_what_was_touched(refleqt: Composition) -> None:
    business = refleqt.business()
    entry = tip(refleqt, business)
    begun = series(refleqt).repeat(business, entry.id, WEEKLY)
    kept = followers(refleqt, business)[1]
    refleqt.calendar.edit(business, kept.id, {"title": "Special"})
    series(refleqt).stop(business, "Tip")
    assert [each.title for each in followers(refleqt, business)] == ["Special"]
    again = series(refleqt).repeat(business, entry.id, WEEKLY)
    assert (again.id, again.active) == (begun.id, True)
    assert [each.title for each in followers(refleqt, business)][:3] == ["Tip", "Special", "Tip"]
    with pytest.raises(Conflict):
        series(refleqt).repeat(business, entry.id, WEEKLY)


@pytest.mark.parametrize(("changes", "rule"), [({"publish_at": None}, WEEKLY), ({}, "FREQ=SOMETIMES")])
def test_without_a_date_or_a_rule_nothing_comes_back(refleqt: Composition, changes: dict[str, Any], rule: str) -> None:
    business = refleqt.business()
    entry = tip(refleqt, business, status="idea", **changes)
    with pytest.raises(InvalidInput):
        series(refleqt).repeat(business, entry.id, rule)
    assert refleqt.rows(business, EntrySeries) == []


def test_no_business_repeats_the_entry_of_another(refleqt: Composition) -> None:
    entry = tip(refleqt, refleqt.business())
    with pytest.raises(NotFound):
        series(refleqt).repeat(refleqt.business("other"), entry.id, WEEKLY)


def test_others_like_it_are_posted_on_the_same_weekdays_and_not_on_the_same_day() -> None:
    plan = PlanDraft(channel="email", parameters={"segment": "ops"}, posting_schedule=("2026-03-02T09:00", "Tue 09:00"))
    assert like(draft(plans=(plan,)))["plans"] == [
        {"channel": "email", "parameters": {"segment": "ops"}, "posting_schedule": ["Tue 09:00"]}
    ]
