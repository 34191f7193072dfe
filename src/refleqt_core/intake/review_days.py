"""When the results of what was published are to be looked at: the design document's 30-day review.

A review is due on the day that the entry names (``review_due``), else 30 days after the day of its publication, as
the calendar on the wall shows it where the business is.
"""

from datetime import date, datetime, time, timedelta, tzinfo

REVIEW_AFTER = timedelta(days=30)


def review_day(published: datetime, zone: tzinfo) -> date:
    """The day on which the review of what was published at that moment is due."""
    return published.astimezone(zone).date() + REVIEW_AFTER


def due_if_published_before(day: date, zone: tzinfo) -> datetime:
    """What was published before this moment is to be reviewed by ``day``, that day included."""
    return datetime.combine(day - REVIEW_AFTER + timedelta(days=1), time(), zone)
