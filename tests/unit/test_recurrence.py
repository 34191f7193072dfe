"""Recurrence rules: local time is kept over clock changes, no rule runs away, and every fault is named."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from time import perf_counter
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from refleqt_adapters.connectors.recurrence import MOST, local_occurrences, occurrences
from refleqt_core.errors import InvalidInput

BERLIN = "Europe/Berlin"
START = datetime(2026, 3, 3, 8, 0, tzinfo=UTC)
"""A Tuesday, nine o'clock in Berlin."""
YEAR = START + timedelta(days=365)


def local(moments, zone=BERLIN):
    return [f"{moment.astimezone(ZoneInfo(zone)):%m-%d %H:%M}" for moment in moments]


def test_a_weekly_rule_keeps_the_time_on_the_clock_when_summer_begins():
    found = occurrences("FREQ=WEEKLY;COUNT=5", START, BERLIN, YEAR)
    assert local(found) == ["03-03 09:00", "03-10 09:00", "03-17 09:00", "03-24 09:00", "03-31 09:00"]
    assert [moment.hour for moment in found] == [8, 8, 8, 8, 7]
    assert all(moment.tzinfo is UTC for moment in found)


def test_a_time_that_a_clock_change_leaves_out_falls_after_it():
    start = datetime(2026, 3, 28, 1, 30, tzinfo=UTC)
    found = occurrences("FREQ=DAILY;COUNT=3", start, BERLIN, YEAR)
    assert local(found) == ["03-28 02:30", "03-29 03:30", "03-30 02:30"]


def test_a_time_that_comes_twice_is_the_first_of_the_two():
    start = datetime(2026, 10, 24, 0, 30, tzinfo=UTC)
    found = occurrences("FREQ=DAILY;COUNT=2", start, BERLIN, YEAR)
    assert found[1] == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_days_are_those_of_the_time_zone_and_not_of_utc():
    late = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)  # the second of March in Berlin
    assert local(occurrences("FREQ=MONTHLY;BYMONTHDAY=2;COUNT=2", late, BERLIN, YEAR)) == ["03-02 00:30", "04-02 00:30"]


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("RRULE:FREQ=MONTHLY;BYDAY=1TU;COUNT=3", ["03-03", "04-07", "05-05"]),
        ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;COUNT=2", ["03-31", "04-30"]),
        ("freq=weekly;interval=2;byday=tu,th;count=4;", ["03-03", "03-05", "03-17", "03-19"]),
        ("FREQ=WEEKLY;UNTIL=20260317", ["03-03", "03-10", "03-17"]),
        ("FREQ=WEEKLY;UNTIL=20260317T080000Z", ["03-03", "03-10", "03-17"]),
        ("FREQ=WEEKLY;UNTIL=20260317T075959Z", ["03-03", "03-10"]),
        ("FREQ=WEEKLY;UNTIL=20260317T090000", ["03-03", "03-10", "03-17"]),
        ("FREQ=MONTHLY;INTERVAL=6;UNTIL=99991231T235959Z", ["03-03", "09-03"]),
        ("FREQ=YEARLY;BYMONTH=3,6;BYMONTHDAY=3", ["03-03", "06-03"]),
        ("FREQ=WEEKLY;BYDAY=WE;COUNT=1", ["03-04"]),
    ],
)
def test_a_rule_falls_on_the_days_that_rfc_5545_says(rule, expected):
    found = occurrences(rule, START, BERLIN, START + timedelta(days=200))
    assert [day for day, _ in map(str.split, local(found))] == expected


def test_the_end_is_left_out_and_the_start_is_in():
    found = occurrences("FREQ=DAILY", START, BERLIN, START + timedelta(days=2))
    assert found == [START, START + timedelta(days=1)]


def test_the_31st_is_left_out_of_months_that_have_none():
    start = datetime(2026, 1, 31, 9, tzinfo=UTC)
    assert local(occurrences("FREQ=MONTHLY;COUNT=3", start, "UTC", YEAR), "UTC") == [
        "01-31 09:00",
        "03-31 09:00",
        "05-31 09:00",
    ]


def test_a_leap_day_comes_back_in_leap_years_alone():
    start = datetime(2096, 2, 29, 9, tzinfo=UTC)
    found = occurrences("FREQ=YEARLY;COUNT=3", start, "UTC", start + timedelta(days=366 * 20))
    assert [moment.year for moment in found] == [2096, 2104, 2108]


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY;INTERVAL=7;BYDAY=MO",
        "FREQ=WEEKLY;INTERVAL=999999;BYMONTH=13",
    ],
)
def test_a_rule_that_never_falls_is_refused_soon(rule):
    began = perf_counter()
    with pytest.raises(InvalidInput) as refused:
        occurrences(rule, START, BERLIN, YEAR)
    assert refused.value.faults[0].remedy
    assert perf_counter() - began < 2


def test_a_rule_that_falls_later_than_what_is_asked_for_falls_on_no_day_of_it():
    assert occurrences("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", START, BERLIN, YEAR) == []
    assert occurrences("FREQ=WEEKLY;UNTIL=20200101", START, BERLIN, YEAR) == []


def test_a_rule_that_falls_too_often_before_what_is_asked_for_is_refused():
    clock = ",".join(map(str, range(60)))
    rule = f"FREQ=DAILY;BYHOUR={','.join(map(str, range(24)))};BYMINUTE={clock};BYSECOND={clock}"
    first = datetime(1900, 1, 1)
    began = perf_counter()
    with pytest.raises(InvalidInput, match="50,000 times before"):
        local_occurrences(rule, first, ZoneInfo("UTC"), datetime(2026, 1, 1), datetime(2026, 1, 2))
    assert perf_counter() - began < 5


def test_a_rule_without_end_is_refused_where_it_falls_too_often():
    with pytest.raises(InvalidInput) as refused:
        occurrences("FREQ=DAILY;BYHOUR=8,9,10,11;BYMINUTE=0,10,20,30", START, BERLIN, YEAR)
    assert f"more than {MOST:,} times" in str(refused.value)
    assert "COUNT or UNTIL" in str(refused.value)


@pytest.mark.parametrize(
    ("rule", "field", "problem"),
    [
        ("", None, "empty"),
        ("RRULE:", None, "empty"),
        ("every Tuesday", "EVERY TUESDAY", "no part"),
        ("INTERVAL=2", "FREQ", "does not say how often"),
        ("FREQ=SECONDLY", "FREQ", "more often"),
        ("FREQ=MINUTELY;COUNT=3", "FREQ", "more often"),
        ("FREQ=HOURLY", "FREQ", "more often"),
        ("FREQ=FORTNIGHTLY", "FREQ", "no FREQ"),
        ("FREQ=DAILY;INTERVAL=0", "INTERVAL", "no INTERVAL"),
        ("FREQ=DAILY;COUNT=-1", "COUNT", "no COUNT"),
        ("FREQ=DAILY;COUNT=2;UNTIL=20270101", "COUNT", "both"),
        ("FREQ=DAILY;COUNT=2;COUNT=3", "COUNT", "twice"),
        ("FREQ=DAILY;UNTIL=tomorrow", "UNTIL", "no UNTIL"),
        ("FREQ=DAILY;UNTIL=20261399", None, "cannot be followed"),
        ("FREQ=WEEKLY;BYDAY=XX", "BYDAY", "no BYDAY"),
        ("FREQ=WEEKLY;BYDAY=٣MO", "BYDAY", "no BYDAY"),
        ("FREQ=DAILY;BYHOUR=25", None, "cannot be followed"),
        ("FREQ=YEARLY;BYEASTER=0", "BYEASTER", "no part"),
        ("FREQ=DAILY;" + "BYDAY=MO;" * 200, None, "longer than"),
    ],
)
def test_a_rule_that_is_wrong_names_its_part_and_the_remedy(rule, field, problem):
    with pytest.raises(InvalidInput) as refused:
        occurrences(rule, START, BERLIN, YEAR)
    fault = next(fault for fault in refused.value.faults if problem in fault.problem)
    assert fault.source == "recurrence rule"
    assert fault.field == field
    assert fault.remedy


def test_every_fault_of_a_rule_is_named_at_once():
    with pytest.raises(InvalidInput) as refused:
        occurrences("INTERVAL=0;BYDAY=XX;COLOUR=RED", START, BERLIN, YEAR)
    assert {fault.field for fault in refused.value.faults} == {"INTERVAL", "BYDAY", "COLOUR", "FREQ"}


@pytest.mark.parametrize("zone", ["Mars/Olympus", "", "../etc/passwd", "Europe", "a" * 1000, "\0"])
def test_a_time_zone_that_is_not_known_is_named(zone):
    with pytest.raises(InvalidInput) as refused:
        occurrences("FREQ=DAILY;COUNT=1", START, zone, YEAR)
    assert refused.value.faults[0].field == "time_zone"


def test_a_moment_without_a_zone_is_refused():
    with pytest.raises(InvalidInput, match="no time zone"):
        occurrences("FREQ=DAILY;COUNT=1", START.replace(tzinfo=None), BERLIN, YEAR)


PARTS = """FREQ=DAILY FREQ=WEEKLY FREQ=MONTHLY FREQ=YEARLY COUNT=3 INTERVAL=2 BYDAY=MO BYDAY=1FR,-1FR BYDAY=53MO
UNTIL=20260601 BYMONTH=2 BYMONTH=13 BYMONTHDAY=30,-1 BYMONTHDAY=99 BYYEARDAY=366 BYYEARDAY=-366 BYWEEKNO=53
BYWEEKNO=-99 BYSETPOS=1,-1 BYSETPOS=999 BYHOUR=0,23 BYMINUTE=0,59 BYSECOND=60 WKST=SU UNTIL=99991231 UNTIL=00010101"""
PART = st.sampled_from(PARTS.split())


@settings(deadline=None)
@given(st.lists(PART, min_size=1, max_size=5).map(";".join) | st.text(max_size=60))
def test_any_text_is_a_rule_or_invalid_input(rule):
    try:
        found = occurrences(rule, START, BERLIN, YEAR)
    except InvalidInput as refused:
        assert all(fault.problem and fault.remedy for fault in refused.faults)
    else:
        assert found == sorted(found)
        assert all(START <= moment < YEAR for moment in found)


@settings(deadline=None)
@given(st.integers(1, 30), st.integers(1, 40), st.sampled_from([BERLIN, "UTC", "America/New_York", "Asia/Kathmandu"]))
def test_a_rule_of_days_is_as_many_days_apart_on_the_clock(interval, count, zone):
    found = occurrences(f"FREQ=DAILY;INTERVAL={interval};COUNT={count}", START, zone, START + timedelta(days=2000))
    clocks = [moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None) for moment in found]
    assert len(found) == count
    assert {later - earlier for earlier, later in pairwise(clocks)} <= {timedelta(days=interval)}
