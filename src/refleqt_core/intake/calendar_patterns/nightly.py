"""The analysis of every night, asked for once."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import attrs

from ...context.records import AnalyticsSnapshot
from ...jobs.catalogue import AnalyzePatterns, job
from ...jobs.schedule import NIGHTLY
from ...ports import Clock, Queue, Store, where
from ...ports.queue import JobStatus
from ...values import BusinessId
from ..business import Business
from .service import KIND

ASKED: tuple[JobStatus, ...] = ("waiting", "running", "failed", "cancelled")
"""A job that failed for good, or was cancelled, is a person's to retry; the next night has one of its own."""


@attrs.frozen(kw_only=True)
class NightlyPatterns:
    """Looks whether a business's night has come; may be asked as often as one likes."""

    store: Store
    queue: Queue
    clock: Clock

    def ask(self, business_id: BusinessId) -> date | None:
        """The day whose analysis has just been asked for; None where that is done, asked for, or not due yet.

        It is due at two in the night where the business is, for the day that has ended. Nights that were missed, since
        nothing ran, are not caught up on but for the last.
        """
        day = self._due(business_id)
        if day is None or self._is_asked(business_id, day):
            return None
        with self.store.business(business_id) as tx:
            self.queue.enqueue(job(AnalyzePatterns(day=day), business_id, _key(day)), tx=tx)
        return day

    def _due(self, business_id: BusinessId) -> date | None:
        """The day that ended before the last night, where its analysis is missing or older than that night."""
        with self.store.business(business_id) as tx:
            business = tx.get(Business, business_id)
            due = NIGHTLY.latest(self.clock.now(), business.time_zone)
            day = due.astimezone(ZoneInfo(business.time_zone)).date() - timedelta(days=1)
            done = tx.count(AnalyticsSnapshot, *where(kind=KIND, day=day, computed_at__ge=due))
        return None if done or business.created_at > due else day

    def _is_asked(self, business_id: BusinessId, day: date) -> bool:
        records = (record for status in ASKED for record in self.queue.jobs(status=status, business_id=business_id))
        return any(record.job.key == _key(day) for record in records)


def _key(day: date) -> str:
    return f"analyze_patterns {day}"
