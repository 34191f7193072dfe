"""When scheduled work is due."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

import attrs

from ..values import aware


@attrs.frozen(kw_only=True)
class Schedule:
    """A moment that comes back, at ``hour`` o'clock: each day, each Monday, or on the first of each month."""

    every: Literal["day", "week", "month"] = attrs.field(validator=attrs.validators.in_(("day", "week", "month")))
    hour: int = attrs.field(validator=[attrs.validators.ge(0), attrs.validators.le(23)])

    def latest(self, moment: datetime, time_zone: str = "UTC") -> datetime:
        """The last time at or before ``moment`` that the work was due by the clocks of ``time_zone``, in UTC.

        An hour that the clocks show twice counts once, the first time; one that they leave out counts when it would
        have been. No time zone in ``moment``: `InvalidInput`.
        """
        aware(self, None, moment)
        zone = ZoneInfo(time_zone)
        today = moment.astimezone(zone).date()
        # The day after too: where the clocks go back over midnight, a day comes twice.
        days = (self._turn(today + timedelta(days=days)) for days in (1, 0))
        due = next((due for day in days if (due := self._at(day, zone)) <= moment), None)
        return due or self._at(self._turn(self._turn(today) - timedelta(days=1)), zone)

    def _turn(self, day: date) -> date:
        """The day itself, its Monday, or the first of its month."""
        if self.every == "week":
            return day - timedelta(days=day.weekday())
        return day.replace(day=1) if self.every == "month" else day

    def _at(self, day: date, zone: ZoneInfo) -> datetime:
        return datetime.combine(day, time(self.hour), zone).astimezone(UTC)


NIGHTLY = Schedule(every="day", hour=2)
DAILY = Schedule(every="day", hour=6)
WEEKLY = Schedule(every="week", hour=3)
MONTHLY = Schedule(every="month", hour=4)
