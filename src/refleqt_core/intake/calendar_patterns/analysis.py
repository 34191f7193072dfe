"""All nine signals of one calendar."""

from .columns import CalendarColumns
from .completion import field_completion
from .concentration import campaign_clustering, channel_concentration, funnel_balance
from .findings import CalendarPatterns
from .keyword_overlap import keyword_overlap
from .reviews import review_behaviour
from .status_flow import status_flow
from .time_to_publish import time_to_publish
from .velocity import velocity

KEPT = 12
"""Entries that are named of each kind of evidence, where not all are asked for."""


def analysed(calendar: CalendarColumns, keep: int | None = KEPT) -> CalendarPatterns:
    """The nine signals at the calendar's moment, with at most ``keep`` entries of each kind of evidence (None: all)."""
    return CalendarPatterns(
        day=calendar.as_of.astimezone(calendar.zone).date(),
        as_of=calendar.as_of,
        entries=calendar.n,
        later=calendar.later,
        velocity=velocity(calendar, keep),
        field_completion=field_completion(calendar, keep),
        campaign_clustering=campaign_clustering(calendar, keep),
        funnel_balance=funnel_balance(calendar, keep),
        channel_concentration=channel_concentration(calendar, keep),
        review_behaviour=review_behaviour(calendar, keep),
        status_flow=status_flow(calendar, keep),
        keyword_overlap=keyword_overlap(calendar, keep),
        time_to_publish=time_to_publish(calendar, keep),
    )
