"""The nine signals through their use cases, and every night by themselves."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import attrs
import pytest
from composition import FILE, NOON, Composition, draft
from hypothesis import given
from hypothesis import strategies as st

from refleqt_core.context.records import AnalyticsSnapshot
from refleqt_core.errors import InvalidInput, NotFound
from refleqt_core.intake.business import Business
from refleqt_core.intake.calendar_patterns.document import patterns_of
from refleqt_core.intake.calendar_patterns.findings import CalendarPatterns
from refleqt_core.intake.calendar_patterns.nightly import NightlyPatterns
from refleqt_core.intake.calendar_patterns.service import PatternService
from refleqt_core.jobs.catalogue import payload_of
from refleqt_core.jobs.schedule import DAILY, MONTHLY, NIGHTLY, WEEKLY, Schedule
from refleqt_core.ports import Job
from refleqt_core.values import BusinessId


def service_of(refleqt: Composition) -> PatternService:
    return PatternService(store=refleqt.store, clock=refleqt.clock, ids=refleqt.ids)


def nightly_of(refleqt: Composition) -> NightlyPatterns:
    return NightlyPatterns(store=refleqt.store, queue=refleqt.queue, clock=refleqt.clock)


def found(refleqt: Composition, business: BusinessId, day: date | None = None) -> CalendarPatterns:
    return patterns_of(service_of(refleqt).read(business, day).patterns)


# ---- Analyse, read, compare, explain --------------------------------------------------------------------------------


def test_an_analysis_is_on_record_as_of_today(refleqt: Composition) -> None:
    business = refleqt.business()
    refleqt.calendar.save(business, draft(channel="linkedin", funnel_stage="tofu"))
    snapshot = service_of(refleqt).analyze(business)
    assert (snapshot.kind, snapshot.day, snapshot.computed_at) == ("calendar_patterns", NOON.date(), NOON)
    assert found(refleqt, business).channel_concentration.channels[0].name == "linkedin"


def test_analysed_again_on_the_same_day_replaces_what_was_found(refleqt: Composition) -> None:
    business = refleqt.business()
    service_of(refleqt).analyze(business)
    refleqt.calendar.save(business, draft())
    refleqt.pass_days(0.25)
    service_of(refleqt).analyze(business)
    (snapshot,) = refleqt.rows(business, AnalyticsSnapshot)
    assert snapshot.computed_at == refleqt.clock.now()
    assert found(refleqt, business).entries == 1


def test_steps_through_the_calendar_are_stays(refleqt: Composition) -> None:
    business = refleqt.business()
    for number in range(5):
        entry = refleqt.calendar.save(business, draft(f"E-{number}", status="planned", publish_at=None))
        refleqt.pass_days(2)
        refleqt.calendar.move(business, entry.id, "in_review")
        refleqt.pass_days(6)
        refleqt.calendar.move(business, entry.id, "published")
    service_of(refleqt).analyze(business)
    patterns = found(refleqt, business)
    assert (patterns.status_flow.bottleneck, patterns.status_flow.value) == ("in_review", pytest.approx(6))
    assert patterns.time_to_publish.value == pytest.approx(8)


def test_an_imported_calendar_says_when_it_was_published_but_not_how_long_it_stood(refleqt: Composition) -> None:
    business = refleqt.business()
    made = NOON - timedelta(days=60)
    drafts = [draft(f"E-{number}", created_at=made, publish_at=made + timedelta(days=9)) for number in range(4)]
    refleqt.calendar.import_entries(business, drafts, FILE)
    refleqt.pass_days(3)
    service_of(refleqt).analyze(business)
    patterns = found(refleqt, business)
    assert patterns.time_to_publish.value == pytest.approx(9)
    assert (patterns.status_flow.n, patterns.status_flow.unknown_start) == (0, 4)


def test_a_past_day_is_analysed_as_of_its_end(refleqt: Composition) -> None:
    business = refleqt.business()
    refleqt.calendar.save(business, draft("E-1"))
    refleqt.pass_days(5)
    refleqt.calendar.save(business, draft("E-2"))
    service_of(refleqt).analyze(business, NOON.date() + timedelta(days=2))
    patterns = found(refleqt, business)
    assert (patterns.entries, patterns.later) == (1, 1)
    assert patterns.as_of == datetime(2026, 3, 4, 23, 59, 59, 999999, tzinfo=UTC)


def test_a_day_that_has_not_begun_cannot_be_analysed(refleqt: Composition) -> None:
    business = refleqt.business()
    with pytest.raises(InvalidInput, match="has not begun"):
        service_of(refleqt).analyze(business, NOON.date() + timedelta(days=1))


def test_a_day_that_was_not_analysed_is_not_found_and_the_remedy_is_told(refleqt: Composition) -> None:
    business = refleqt.business()
    with pytest.raises(NotFound, match="refleqt calendar patterns --fresh"):
        service_of(refleqt).read(business)
    service_of(refleqt).analyze(business)
    with pytest.raises(NotFound, match="as of 2026-01-01"):
        service_of(refleqt).read(business, date(2026, 1, 1))


def test_history_tells_the_numbers_of_the_days_oldest_first(refleqt: Composition) -> None:
    business = refleqt.business()
    for number in range(3):
        refleqt.calendar.save(business, draft(f"E-{number}", campaign="spring" if number else None))
        service_of(refleqt).analyze(business)
        refleqt.pass_days(1)
    history = service_of(refleqt).history(business, limit=2)
    assert [(each.day.day, each.entries, each.values["campaign_clustering"]) for each in history] == [
        (3, 2, 0.5),
        (4, 3, pytest.approx(2 / 3)),
    ]


def test_a_signal_is_explained_by_all_of_its_entries_with_their_titles(refleqt: Composition) -> None:
    business = refleqt.business()
    for number in range(40):
        refleqt.calendar.save(business, draft(f"E-{number}", title=f"Post {number}"))
    explained = service_of(refleqt).explain(business, "campaign_clustering")
    alone = explained.finding.evidence[-1]
    assert (alone.count, len(alone.entries)) == (40, 40)
    assert {explained.names[each.id].title for each in alone.entries} == {f"Post {number}" for number in range(40)}


def test_a_signal_that_there_is_not_is_told_with_those_that_there_are(refleqt: Composition) -> None:
    with pytest.raises(InvalidInput, match="keyword_overlap"):
        service_of(refleqt).explain(refleqt.business(), "weather")


def test_the_entries_of_another_business_change_nothing(refleqt: Composition) -> None:
    business, other = refleqt.business(), refleqt.business("dill")
    refleqt.calendar.save(business, draft(primary_keyword="waste", campaign="spring"))
    before = service_of(refleqt).analyze(business).patterns
    for number in range(3):
        refleqt.calendar.save(other, draft(f"E-{number}", primary_keyword="waste", campaign="spring"))
    service_of(refleqt).analyze(other)
    assert service_of(refleqt).analyze(business).patterns == before
    assert len(refleqt.rows(business, AnalyticsSnapshot)) == 1


# ---- Every night ----------------------------------------------------------------------------------------------------


def in_zone(refleqt: Composition, slug: str, zone: str) -> BusinessId:
    """A business whose clocks show another time."""
    id = refleqt.business(slug)
    with refleqt.store.business(id) as tx:
        tx.save(attrs.evolve(tx.get(Business, id), time_zone=zone))
    return id


def night(refleqt: Composition, business: BusinessId) -> date | None:
    """The upkeep asks, and the worker does what it asked for."""

    def handle(job: Job) -> None:
        service_of(refleqt).analyze(job.business_id, payload_of(job).day)  # type: ignore[union-attr]  # of one kind

    asked = nightly_of(refleqt).ask(business)
    refleqt.queue.work({"analyze_patterns": handle, "extract_context": lambda _: None}, until_empty=True)
    return asked


def at(refleqt: Composition, text: str) -> Composition:
    refleqt.clock.advance_to(datetime.fromisoformat(text).astimezone(UTC))
    return refleqt


def test_a_night_is_asked_for_once_when_its_hour_has_come_where_the_business_is(refleqt: Composition) -> None:
    business = in_zone(refleqt, "brine", "America/New_York")
    assert night(at(refleqt, "2026-03-03T01:59-05:00"), business) is None
    assert night(at(refleqt, "2026-03-03T02:00-05:00"), business) == date(2026, 3, 2)
    for minute in range(1, 30):
        assert night(at(refleqt, f"2026-03-03T02:{minute:02}-05:00"), business) is None
    assert night(at(refleqt, "2026-03-04T01:59-05:00"), business) is None
    assert night(at(refleqt, "2026-03-04T02:00-05:00"), business) == date(2026, 3, 3)
    assert [row.day for row in refleqt.rows(business, AnalyticsSnapshot)] == [date(2026, 3, 2), date(2026, 3, 3)]


def test_while_the_job_waits_it_is_not_asked_for_again(refleqt: Composition) -> None:
    business = refleqt.business()
    refleqt.pass_days(1)
    asked = [nightly_of(refleqt).ask(business) for _ in range(3)]
    assert asked == [date(2026, 3, 2), None, None]
    assert [record.job.kind for record in refleqt.queue.jobs()].count("analyze_patterns") == 1


@pytest.mark.parametrize("end", ["failed", "cancelled"])
def test_a_night_that_failed_for_good_waits_for_a_person_and_the_next_one_runs(refleqt: Composition, end: str) -> None:
    business = refleqt.business()
    refleqt.pass_days(1)
    nightly_of(refleqt).ask(business)
    (record,) = [each for each in refleqt.queue.jobs() if each.job.kind == "analyze_patterns"]
    if end == "cancelled":
        refleqt.queue.cancel(record.id)
    else:
        refleqt.queue.work({}, until_empty=True)  # a kind without a handler fails at once
    assert refleqt.queue.get(record.id).status == end
    assert nightly_of(refleqt).ask(business) is None
    refleqt.pass_days(1)
    assert night(refleqt, business) == date(2026, 3, 3)


def test_what_was_found_by_day_is_found_again_when_the_day_has_ended(refleqt: Composition) -> None:
    business = refleqt.business()
    service_of(refleqt).analyze(business)
    refleqt.calendar.save(business, draft())
    refleqt.pass_days(1)
    assert night(refleqt, business) == date(2026, 3, 2)
    assert found(refleqt, business, date(2026, 3, 2)).entries == 1


def test_of_nights_in_which_nothing_ran_the_last_is_caught_up_on(refleqt: Composition) -> None:
    business = refleqt.business()
    refleqt.pass_days(10)
    assert night(refleqt, business) == date(2026, 3, 11)
    assert night(refleqt, business) is None


def test_a_business_of_today_has_its_first_night_still_to_come(refleqt: Composition) -> None:
    assert nightly_of(refleqt).ask(refleqt.business()) is None


def test_every_business_has_its_own_night(refleqt: Composition) -> None:
    east, west = in_zone(refleqt, "east", "Asia/Tokyo"), in_zone(refleqt, "west", "America/Los_Angeles")
    at(refleqt, "2026-03-03T02:30+09:00")
    assert (night(refleqt, east), night(refleqt, west)) == (date(2026, 3, 2), None)
    at(refleqt, "2026-03-03T02:30-08:00")
    assert (night(refleqt, east), night(refleqt, west)) == (None, date(2026, 3, 2))


@pytest.mark.parametrize(
    ("zone", "first", "days"),
    [("Europe/Amsterdam", "2026-03-27T12:00+01:00", 4), ("Europe/Amsterdam", "2026-10-23T12:00+02:00", 4)],
    ids=["the clocks leave two o'clock out", "the clocks show two o'clock twice"],
)
def test_nights_in_which_the_clocks_change_have_one_analysis(
    refleqt: Composition, zone: str, first: str, days: int
) -> None:
    business = in_zone(refleqt, "brine", zone)
    moment = datetime.fromisoformat(first).astimezone(UTC)
    refleqt.clock.advance_to(moment)
    night(refleqt, business)
    asked = []
    for quarter in range(days * 96):
        refleqt.clock.advance_to(moment + timedelta(minutes=15 * (quarter + 1)))
        asked.append(night(refleqt, business))
    begin = moment.astimezone(ZoneInfo(zone)).date()
    assert [day for day in asked if day] == [begin + timedelta(days=number) for number in range(days)]


ZONES = st.sampled_from(
    ["UTC", "Europe/Amsterdam", "America/New_York", "Australia/Lord_Howe", "America/St_Johns", "Asia/Kathmandu"]
)
MOMENTS = st.datetimes(min_value=datetime(1980, 1, 1), max_value=datetime(2037, 1, 1), timezones=st.just(UTC))
SCHEDULES = st.sampled_from([NIGHTLY, DAILY, WEEKLY, MONTHLY, Schedule(every="day", hour=0)])


@given(SCHEDULES, MOMENTS, ZONES)
def test_work_was_last_due_at_its_hour_by_the_clocks_of_the_place(
    schedule: Schedule, moment: datetime, zone: str
) -> None:
    due = schedule.latest(moment, zone)
    day = due.astimezone(ZoneInfo(zone)).date()
    assert due == datetime.combine(day, time(schedule.hour), ZoneInfo(zone)).astimezone(UTC)
    assert due <= moment
    assert schedule.latest(due, zone) == due
    assert schedule.latest(due - timedelta(microseconds=1), zone) < due
    if schedule.every == "day":
        assert moment - due <= timedelta(hours=25.5)
