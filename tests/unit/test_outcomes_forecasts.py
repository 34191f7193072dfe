"""What came of artifacts, and how good the forecasts of it were."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from composition import FILE, NOON, Composition, draft, result
from hypothesis import given
from hypothesis import strategies as st

from refleqt_core.cdt.outcomes import SLOTS, WINDOW, EntryOutcome, outcomes_due, slot
from refleqt_core.cdt.records import Forecast
from refleqt_core.errors import Conflict
from refleqt_core.intake.calendar import CalendarEntry
from refleqt_core.intake.performance import PerformanceRecord
from refleqt_core.values import BusinessId

PUBLISHED = NOON - timedelta(days=40)
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))


@given(MOMENTS, st.sampled_from(["UTC", "America/Los_Angeles", "Asia/Kolkata", "Pacific/Auckland"]))
def test_every_moment_has_one_slot_of_timing(moment: datetime, time_zone: str) -> None:
    assert slot(moment, time_zone) in SLOTS


@pytest.mark.parametrize(
    ("hour", "minute", "part"),
    [(0, 0, "morning"), (11, 59, "morning"), (12, 0, "afternoon"), (16, 59, "afternoon"), (17, 0, "evening")],
)
def test_the_day_is_parted_at_noon_and_at_five(hour: int, minute: int, part: str) -> None:
    assert slot(datetime(2026, 3, 3, hour, minute, tzinfo=UTC)) == f"tuesday_{part}"


def test_the_slot_is_that_of_the_business_s_own_clock_summer_time_included() -> None:
    winter, summer = datetime(2026, 1, 6, 16, 30, tzinfo=UTC), datetime(2026, 7, 7, 15, 30, tzinfo=UTC)
    assert [slot(moment, "Europe/Berlin") for moment in (winter, summer)] == ["tuesday_evening", "tuesday_evening"]
    assert slot(datetime(2026, 3, 3, 23, tzinfo=UTC), "Asia/Tokyo") == "wednesday_morning"


def outcomes(refleqt: Composition, business: BusinessId) -> dict[str, EntryOutcome]:
    due = outcomes_due(
        refleqt.rows(business, CalendarEntry), refleqt.rows(business, PerformanceRecord), refleqt.clock.now()
    )
    return {each.entry.external_id: each for each in due}


def published(refleqt: Composition, *values: float, **changes: Any) -> BusinessId:
    """A business with one artifact, and its clicks on consecutive days from its publication on."""
    business = refleqt.business()
    refleqt.calendar.save(business, draft(**changes))
    days = [PUBLISHED.date() + timedelta(days=n) for n in range(len(values))]
    refleqt.performance.import_records(
        business, [result(value=value, day=day) for value, day in zip(values, days, strict=True)], FILE
    )
    return business


@pytest.mark.parametrize(("clicks", "success"), [(99.0, False), (100.0, True), (101.0, True)])
def test_an_artifact_succeeds_when_its_metric_reaches_the_target(
    refleqt: Composition, clicks: float, success: bool
) -> None:
    business = published(refleqt, clicks - 1, 1.0)
    outcome = outcomes(refleqt, business)["E-1"]
    assert (outcome.actual, outcome.success) == (clicks, success)


def test_an_outcome_is_known_thirty_days_after_publication_and_not_before(refleqt: Composition) -> None:
    moment = refleqt.clock.now() - WINDOW + timedelta(minutes=1)
    business = refleqt.business()
    refleqt.calendar.save(business, draft(publish_at=moment))
    refleqt.performance.import_records(business, [result(day=moment.date())], FILE)
    assert outcomes(refleqt, business) == {}
    refleqt.clock.advance_to(moment + WINDOW)
    assert outcomes(refleqt, business)["E-1"].known_at == moment + WINDOW


@pytest.mark.parametrize(
    "left_out", [{"publish_at": None}, {"primary_kpi": None}, {"kpi_target": None}], ids=lambda each: next(iter(each))
)
def test_what_was_never_aimed_at_has_no_outcome(refleqt: Composition, left_out: dict[str, None]) -> None:
    business = published(refleqt, 200.0, **left_out)
    assert outcomes(refleqt, business) == {}


@pytest.mark.parametrize(
    "days", [[], [-2], [32], [100]], ids=["never-measured", "before-only", "just-after-only", "long-after-only"]
)
def test_no_data_in_the_window_is_not_a_failure(refleqt: Composition, days: list[int]) -> None:
    refleqt.pass_days(100)
    business = refleqt.business()
    refleqt.calendar.save(business, draft())
    records = [result(day=PUBLISHED.date() + timedelta(days=n)) for n in days]
    refleqt.performance.import_records(business, records, FILE)
    assert outcomes(refleqt, business) == {}


def test_only_days_of_the_window_and_the_aimed_at_metric_count(refleqt: Composition) -> None:
    business = published(refleqt, 50.0)
    day = PUBLISHED.date()
    others = [
        result(value=1_000.0, day=day, metric="opens"),
        result(value=1_000.0, day=day - timedelta(days=2)),
        result(value=1_000.0, day=day + timedelta(days=31)),
        result(value=3.0, day=day - timedelta(days=1)),
        result(value=4.0, day=day + timedelta(days=30)),
    ]
    refleqt.performance.import_records(business, others, FILE)
    assert outcomes(refleqt, business)["E-1"].actual == 57.0


def test_measured_but_without_any_of_what_was_aimed_at_is_a_failure(refleqt: Composition) -> None:
    business = published(refleqt)
    refleqt.performance.import_records(business, [result(metric="impressions", day=PUBLISHED.date())], FILE)
    assert outcomes(refleqt, business)["E-1"].success is False


def test_ratios_are_not_summed_over_days(refleqt: Composition) -> None:
    business = published(refleqt, primary_kpi="engagement", kpi_target=0.5)
    days = [PUBLISHED.date() + timedelta(days=n) for n in range(3)]
    rates = [
        result(value=value, day=day, metric="engagement", additivity="ratio")
        for value, day in zip((0.2, 0.3, 0.1), days, strict=True)
    ]
    refleqt.performance.import_records(business, rates, FILE)
    assert outcomes(refleqt, business)["E-1"].actual == 0.3


def predict(refleqt: Composition, business: BusinessId, subject: UUID | None = None, **changes: Any) -> Forecast:
    """A forecast of the business's one artifact, due when its outcome is known."""
    given: dict[str, Any] = {
        "subject_id": subject or refleqt.calendar.find(business)[0].id,
        "metric": "clicks",
        "target": 100.0,
        "probability": 0.7,
        "expected": 110.0,
        "low": 80.0,
        "high": 140.0,
        "due_at": PUBLISHED + WINDOW,
        "model_version": "beliefs-1",
    }
    with refleqt.store.business(business) as tx:
        return refleqt.forecasts.make(tx, business, **(given | changes))


@pytest.mark.parametrize(
    ("clicks", "success", "covered", "brier"),
    [(120.0, True, True, 0.09), (90.0, False, True, 0.49), (300.0, True, False, 0.09), (80.0, False, True, 0.49)],
)
def test_a_forecast_is_scored_against_what_came(
    refleqt: Composition, clicks: float, success: bool, covered: bool, brier: float
) -> None:
    business = published(refleqt, clicks)
    predict(refleqt, business)
    [scored] = refleqt.forecasts.score_due(business)
    assert (scored.actual, scored.success, scored.covered) == (clicks, success, covered)
    assert scored.brier == pytest.approx(brier)
    assert scored.scored_at == refleqt.clock.now()


def test_a_forecast_is_scored_once_even_when_its_numbers_are_corrected_later(refleqt: Composition) -> None:
    business = published(refleqt, 120.0)
    predict(refleqt, business)
    scored = refleqt.forecasts.score_due(business)
    refleqt.performance.import_records(business, [result(value=1.0, day=PUBLISHED.date())], FILE)
    refleqt.pass_days(1)
    assert refleqt.forecasts.score_due(business) == []
    assert refleqt.forecasts.ledger(business) == scored


def test_a_forecast_that_is_not_due_stays_open(refleqt: Composition) -> None:
    business = published(refleqt, 120.0)
    made = predict(refleqt, business, due_at=NOON + timedelta(days=1))
    assert refleqt.forecasts.score_due(business) == []
    report = refleqt.forecasts.calibration(business)
    assert (report.scored, report.open, report.overdue) == (0, 1, 0)
    assert refleqt.forecasts.ledger(business) == [made]


@pytest.mark.parametrize(
    "changes", [{}, {"publish_at": None}, {"publish_at": NOON}], ids=["never-measured", "unpublished", "later"]
)
def test_what_cannot_be_scored_when_due_stays_open_and_is_overdue(
    refleqt: Composition, changes: dict[str, Any]
) -> None:
    business = published(refleqt, **changes)
    predict(refleqt, business)
    assert refleqt.forecasts.score_due(business) == []
    report = refleqt.forecasts.calibration(business)
    assert (report.scored, report.open, report.overdue, report.brier) == (0, 0, 1, None)


def test_a_forecast_of_an_artifact_that_came_out_late_waits_for_its_thirty_days(refleqt: Composition) -> None:
    business = refleqt.business()
    late = refleqt.calendar.save(business, draft(publish_at=NOON - timedelta(days=20)))
    predict(refleqt, business, late.id, due_at=NOON)
    refleqt.performance.import_records(business, [result(value=60.0, day=NOON.date() - timedelta(days=10))], FILE)
    assert refleqt.forecasts.score_due(business) == []
    refleqt.performance.import_records(business, [result(value=60.0, day=NOON.date() + timedelta(days=5))], FILE)
    refleqt.pass_days(10)
    assert [each.actual for each in refleqt.forecasts.score_due(business)] == [120.0]


def test_a_forecast_of_something_else_is_left_to_others(refleqt: Composition) -> None:
    business = published(refleqt, 120.0)
    predict(refleqt, business, subject_type="execution_map")
    assert refleqt.forecasts.score_due(business) == []


def test_a_second_forecast_of_the_same_thing_is_a_conflict(refleqt: Composition) -> None:
    business = published(refleqt)
    predict(refleqt, business)
    with pytest.raises(Conflict):
        predict(refleqt, business)


def test_a_forecast_is_in_the_ledger_only_if_its_transaction_commits(refleqt: Composition) -> None:
    business = published(refleqt)
    with pytest.raises(RuntimeError), refleqt.store.business(business) as tx:
        refleqt.forecasts.make(
            tx,
            business,
            subject_id=uuid4(),
            metric="clicks",
            target=1.0,
            probability=0.5,
            expected=1.0,
            low=0.0,
            high=2.0,
            due_at=NOON,
            model_version="m",
        )
        raise RuntimeError("the program failed in mid-work")
    assert refleqt.forecasts.ledger(business) == []


def many_scored(refleqt: Composition) -> BusinessId:
    """Four artifacts forecast at 75 %, three of which succeed; one is outside of its interval."""
    business = refleqt.business()
    clicks = {"E-1": 120.0, "E-2": 130.0, "E-3": 500.0, "E-4": 90.0}
    refleqt.calendar.import_entries(business, [draft(key) for key in clicks], FILE)
    refleqt.performance.import_records(business, [result(key, value) for key, value in clicks.items()], FILE)
    for entry in refleqt.calendar.find(business):
        predict(refleqt, business, entry.id, probability=0.75)
    refleqt.forecasts.score_due(business)
    return business


def test_calibration_measures_the_forecasts_that_were_scored(refleqt: Composition) -> None:
    report = refleqt.forecasts.calibration(many_scored(refleqt))
    assert (report.scored, report.open, report.overdue) == (4, 0, 0)
    assert report.brier == pytest.approx((3 * 0.25**2 + 0.75**2) / 4)
    assert report.calibration_error == pytest.approx(0.0)
    assert report.coverage == pytest.approx(0.75)


def test_forecasts_are_scored_open_or_overdue(refleqt: Composition) -> None:
    business = many_scored(refleqt)
    for days in (-1, 1, 2):
        predict(refleqt, business, uuid4(), due_at=NOON + timedelta(days=days))
    report = refleqt.forecasts.calibration(business)
    assert (report.scored, report.open, report.overdue) == (4, 2, 1)


def test_the_ledger_is_in_the_order_of_what_is_due(refleqt: Composition) -> None:
    business = refleqt.business()
    dues = [NOON + timedelta(days=n) for n in (3, 1, 2)]
    for due in dues:
        predict(refleqt, business, uuid4(), due_at=due)
    assert [each.due_at for each in refleqt.forecasts.ledger(business)] == sorted(dues)


def test_another_business_s_forecasts_are_neither_seen_nor_scored(refleqt: Composition) -> None:
    mine = published(refleqt, 120.0)
    predict(refleqt, mine)
    other = refleqt.business("ash")
    assert refleqt.forecasts.score_due(other) == []
    assert refleqt.forecasts.ledger(other) == []
    assert refleqt.forecasts.calibration(other).overdue == 0


def test_a_source_s_day_is_a_date_and_may_begin_before_the_moment_of_publication(refleqt: Composition) -> None:
    business = refleqt.business()
    refleqt.calendar.save(business, draft(publish_at=datetime(2026, 1, 10, 3, tzinfo=UTC)))
    refleqt.performance.import_records(business, [result(day=date(2026, 1, 9))], FILE)
    assert outcomes(refleqt, business)["E-1"].actual == 120.0
