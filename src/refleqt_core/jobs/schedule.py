"""When scheduled work is due."""

from datetime import UTC, datetime, timedelta
from typing import Literal

import attrs

from ..values import aware


@attrs.frozen(kw_only=True)
class Schedule:
    """A moment that comes back, at ``hour`` o'clock UTC: each day, each Monday, or on the first of each month."""

    every: Literal["day", "week", "month"] = attrs.field(validator=attrs.validators.in_(("day", "week", "month")))
    hour: int = attrs.field(validator=[attrs.validators.ge(0), attrs.validators.le(23)])

    def latest(self, moment: datetime) -> datetime:
        """The last time at or before ``moment`` that the work was due, in UTC. No time zone: `InvalidInput`."""
        aware(self, None, moment)
        due = self._in_the_turn_of(moment.astimezone(UTC))
        return due if due <= moment else self._in_the_turn_of(due - timedelta(days=1))

    def _in_the_turn_of(self, moment: datetime) -> datetime:
        """The due moment of the day, week or month that ``moment`` lies in."""
        due = moment.replace(hour=self.hour, minute=0, second=0, microsecond=0)
        if self.every == "week":
            return due - timedelta(days=due.weekday())
        return due.replace(day=1) if self.every == "month" else due


NIGHTLY = Schedule(every="day", hour=2)
DAILY = Schedule(every="day", hour=6)
WEEKLY = Schedule(every="week", hour=3)
MONTHLY = Schedule(every="month", hour=4)
