"""The catalogue of jobs, their schedules, and their retries."""

import json
from dataclasses import fields
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from refleqt_core.errors import InvalidInput, NeedsReview, NotAllowed, NotFound, Unavailable
from refleqt_core.jobs.catalogue import (
    CATALOGUE,
    AnalyzePatterns,
    CategorizeEntry,
    ExtractContext,
    GenerateMaps,
    TrainCdt,
    job,
    payload_of,
)
from refleqt_core.jobs.retry import problem_of, retry_delay
from refleqt_core.jobs.schedule import DAILY, MONTHLY, NIGHTLY, WEEKLY, Schedule
from refleqt_core.ports import Job
from refleqt_core.spending import BudgetSpent
from refleqt_core.values import BusinessId

BUSINESS = BusinessId(UUID(int=1))
ENTRY = UUID(int=2)
MOMENTS = st.datetimes(min_value=datetime(2000, 1, 1), max_value=datetime(2100, 1, 1), timezones=st.just(UTC))


def test_the_catalogue_has_the_ten_kinds_of_the_design_document() -> None:
    assert list(CATALOGUE) == [
        "transcribe_audio",
        "extract_context",
        "generate_embeddings",
        "categorize_entry",
        "analyze_patterns",
        "compute_delta",
        "map_performance",
        "train_cdt",
        "generate_maps",
        "generate_brief",
    ]


def test_what_a_person_waits_for_goes_first_and_what_is_scheduled_last() -> None:
    assert CATALOGUE["categorize_entry"].priority == 1
    assert CATALOGUE["extract_context"].priority == 2
    assert CATALOGUE["train_cdt"].priority == 3


def test_patterns_are_analysed_nightly_and_the_twin_trained_monthly() -> None:
    assert CATALOGUE["analyze_patterns"].schedule == NIGHTLY
    assert CATALOGUE["train_cdt"].schedule == MONTHLY


def test_a_job_carries_the_kind_and_priority_of_its_payload() -> None:
    moment = datetime(2026, 3, 1, tzinfo=UTC)
    made = job(CategorizeEntry(calendar_entry_id=ENTRY), BUSINESS, "k", at=moment)
    payload = {"calendar_entry_id": str(ENTRY)}
    assert made == Job(kind="categorize_entry", business_id=BUSINESS, payload=payload, priority=1, key="k", at=moment)


@given(st.sampled_from(list(CATALOGUE.values())), st.data())
def test_a_payload_comes_back_from_its_job_through_json(each: Any, data: st.DataObject) -> None:
    texts = {field.name: st.text(min_size=1) for field in fields(each.payload) if field.type is str}
    payload = data.draw(st.builds(each.payload, **texts))
    made = job(payload, BUSINESS)
    assert payload_of(attrs.evolve(made, payload=json.loads(json.dumps(made.payload)))) == payload


def test_an_unknown_kind_is_invalid() -> None:
    with pytest.raises(InvalidInput, match="make_coffee"):
        payload_of(Job(kind="make_coffee", business_id=BUSINESS))


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"source_id": str(ENTRY)}, "'source_type': it is missing"),
        ({"source_type": "vent", "source_id": str(ENTRY), "colour": "red"}, "'colour': there is no such field"),
        ({"source_type": "vent", "source_id": "7"}, "'source_id': '7' is no UUID"),
        ({"source_type": "vent", "source_id": f"{{{ENTRY}}}"}, "is no UUID"),
        ({"source_type": "vent", "source_id": 7}, "'source_id': 7 is no UUID"),
        ({"source_type": "", "source_id": str(ENTRY)}, "'source_type': '' is no text"),
        ({"source_type": 3, "source_id": str(ENTRY)}, "'source_type': 3 is no text"),
    ],
    ids=["missing", "unknown", "no id", "id in braces", "number for an id", "empty", "number for text"],
)
def test_a_wrong_field_is_invalid_and_named(given: dict[str, Any], problem: str) -> None:
    with pytest.raises(InvalidInput, match=problem.replace("{", r"\{")):
        payload_of(Job(kind="extract_context", business_id=BUSINESS, payload=given))


@pytest.mark.parametrize("written", ["20260301", "2026-W09-7", "2026-03-01T00:00:00", "soon", None])
def test_a_day_is_written_in_one_way_alone(written: object) -> None:
    with pytest.raises(InvalidInput, match="is no date"):
        payload_of(Job(kind="analyze_patterns", business_id=BUSINESS, payload={"day": written}))


def test_all_wrong_fields_are_told_at_once() -> None:
    with pytest.raises(InvalidInput) as raised:
        payload_of(Job(kind="extract_context", business_id=BUSINESS, payload={"source_id": "x", "colour": 1}))
    assert sorted(fault.field or "" for fault in raised.value.faults) == ["colour", "source_id", "source_type"]


def test_a_day_survives_the_way_there_and_back() -> None:
    day = datetime(2026, 3, 1).date()
    assert payload_of(job(AnalyzePatterns(day=day), BUSINESS)) == AnalyzePatterns(day=day)


def test_kinds_with_the_same_fields_are_not_confused() -> None:
    extract = job(ExtractContext(source_type="vent", source_id=ENTRY), BUSINESS)
    assert type(payload_of(extract)) is ExtractContext


def test_a_payload_without_fields_is_empty() -> None:
    assert job(GenerateMaps(), BUSINESS).payload == {}


def test_a_month_is_written_as_a_day_of_it() -> None:
    assert job(TrainCdt(month=datetime(2026, 3, 1).date()), BUSINESS).payload == {"month": "2026-03-01"}


@pytest.mark.parametrize(
    ("schedule", "moment", "due"),
    [
        (NIGHTLY, "2026-03-01T02:00", "2026-03-01T02:00"),
        (NIGHTLY, "2026-03-01T01:59", "2026-02-28T02:00"),
        (DAILY, "2026-03-01T23:00", "2026-03-01T06:00"),
        (WEEKLY, "2026-03-04T12:00", "2026-03-02T03:00"),
        (WEEKLY, "2026-03-02T02:59", "2026-02-23T03:00"),
        (MONTHLY, "2026-03-31T12:00", "2026-03-01T04:00"),
        (MONTHLY, "2026-01-01T03:59", "2025-12-01T04:00"),
    ],
)
def test_scheduled_work_was_last_due(schedule: Schedule, moment: str, due: str) -> None:
    asked = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    assert schedule.latest(asked) == datetime.fromisoformat(due).replace(tzinfo=UTC)


@given(st.sampled_from([NIGHTLY, DAILY, WEEKLY, MONTHLY]), MOMENTS)
def test_nothing_is_due_between_the_last_time_and_now(schedule: Schedule, moment: datetime) -> None:
    due = schedule.latest(moment)
    assert due <= moment
    assert schedule.latest(due) == due
    assert schedule.latest(due - timedelta(seconds=1)) < due
    longest = {"day": 1, "week": 7, "month": 31}[schedule.every]
    assert moment - due < timedelta(days=longest)


@given(MOMENTS)
def test_a_schedule_is_kept_in_utc(moment: datetime) -> None:
    tokyo = moment.astimezone(timezone(timedelta(hours=9)))
    assert DAILY.latest(tokyo) == DAILY.latest(moment)


def test_a_moment_without_a_zone_is_invalid() -> None:
    with pytest.raises(InvalidInput):
        DAILY.latest(datetime(2026, 3, 1))


@given(st.integers(1, 3), st.floats(0, 1, exclude_max=True))
def test_a_retry_waits_at_most_ten_seconds_times_four_to_the_failures_and_at_least_half(
    failures: int, chance: float
) -> None:
    longest = timedelta(seconds=10 * 4 ** (failures - 1))
    delay = retry_delay(failures, chance, RuntimeError())
    assert delay is not None
    assert longest / 2 <= delay <= longest


def test_after_three_retries_there_is_no_other() -> None:
    assert retry_delay(4, 0.5, RuntimeError()) is None


@pytest.mark.parametrize(
    "error", [InvalidInput("x"), NotFound("x"), NotAllowed("x"), NeedsReview("x"), BudgetSpent("x")]
)
def test_what_no_retry_would_mend_is_not_tried_again(error: Exception) -> None:
    assert retry_delay(1, 0.5, error) is None


@pytest.mark.parametrize(("asked", "waited"), [(1, 10), (300, 300), (86_400, 3600)])
def test_a_tool_that_says_how_long_to_wait_is_believed_within_reason(asked: int, waited: int) -> None:
    error = Unavailable("busy", retry_after=timedelta(seconds=asked))
    delay = retry_delay(1, 1 - 1e-12, error)
    assert delay is not None
    assert abs(delay - timedelta(seconds=waited)) < timedelta(seconds=1)


def test_a_problem_is_the_traceback_with_its_causes() -> None:
    try:
        try:
            raise KeyError("token")
        except KeyError as cause:
            raise RuntimeError("no access") from cause
    except RuntimeError as error:
        problem = problem_of(error)
    assert "KeyError: 'token'" in problem
    assert problem.endswith("RuntimeError: no access\n")


def test_a_long_problem_keeps_its_end() -> None:
    problem = problem_of(RuntimeError("x" * 100_000 + " the end"))
    assert len(problem) == 20_000
    assert problem.endswith("the end\n")


def test_every_kind_is_done_by_a_use_case_or_named_as_not_done_yet() -> None:
    from typing import Any

    from refleqt_core.jobs.handlers import handlers

    nobody: Any = None  # only the kinds are asked for, nothing is run
    services = ("context", "activities", "categorisation", "patterns", "performance", "tooling", "maps", "briefs")
    more = ("activity_report", "activity_advice", "vent_themes")
    done = handlers(**dict.fromkeys((*services, *more), nobody))
    assert CATALOGUE.keys() - done.keys() == {"train_cdt"}
    assert done.keys() <= CATALOGUE.keys()
