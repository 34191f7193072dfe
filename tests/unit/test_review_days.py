"""The day of a review is one and the same for whoever asks."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from calendar_rows import Calendar, ago
from hypothesis import given
from hypothesis import strategies as st

from refleqt_core.intake.review_days import due_if_published_before, review_day

ZONES = st.sampled_from(
    ["UTC", "Europe/Amsterdam", "America/Sao_Paulo", "Asia/Beirut", "America/Havana", "Pacific/Kiritimati"]
).map(ZoneInfo)
MOMENTS = st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))


@given(MOMENTS, st.integers(-3, 3), ZONES)
def test_a_moment_bounds_what_is_due_by_a_day_also_where_midnight_is_twice_or_never(
    published: datetime, later: int, zone: ZoneInfo
) -> None:
    day = published.date() + timedelta(days=30 + later)
    assert (review_day(published, zone) <= day) == (published < due_if_published_before(day, zone))


def test_the_day_is_that_of_the_business() -> None:
    published = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)
    assert review_day(published, UTC) == date(2026, 3, 31)
    assert review_day(published, ZoneInfo("Europe/Amsterdam")) == date(2026, 4, 1)


@pytest.mark.parametrize("days_ago", [29.2, 29.9, 30.2, 31])
def test_the_patterns_count_the_same_reviews_as_due(days_ago: float) -> None:
    calendar, zone = Calendar(), ZoneInfo("Asia/Tokyo")
    calendar.entry(100, "published", publish=days_ago)
    found = calendar.patterns(time_zone="Asia/Tokyo").review_behaviour
    assert found.due == (ago(days_ago) < due_if_published_before(ago(0).astimezone(zone).date(), zone))


def test_a_date_to_come_is_no_day_of_publication_that_is_past() -> None:
    calendar = Calendar()
    calendar.way(calendar.entry(100, "published", publish=-5), ("planned", 100), ("published", 90))
    assert calendar.patterns().review_behaviour.due == 0
