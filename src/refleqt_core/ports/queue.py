"""The Queue: work that is done later, exactly when what asked for it was committed."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Literal, Protocol

import attrs

from ..values import BusinessId
from .store import Transaction

JobStatus = Literal["waiting", "running", "succeeded", "failed", "cancelled"]


@attrs.frozen(kw_only=True)
class Job:
    """Something to do for a business: a ``kind`` of the catalogue and its JSON ``payload``.

    ``priority`` 1 is user-facing, 2 background, 3 scheduled. While a job with the same ``key`` waits, enqueueing it
    again does nothing. ``at`` is the earliest moment it may run. Of jobs of one kind and business that are ``alone``,
    one runs at a time.
    """

    kind: str
    business_id: BusinessId
    payload: Mapping[str, Any] = attrs.field(factory=dict)
    priority: Literal[1, 2, 3] = 2
    key: str | None = None
    at: datetime | None = None
    alone: bool = False


@attrs.frozen(kw_only=True)
class JobRecord:
    """A job and what has become of it. A failed one keeps the traceback of its last attempt."""

    id: int
    job: Job
    status: JobStatus
    attempts: int
    enqueued_at: datetime
    started_at: datetime | None = None
    ended_at: datetime | None = None
    problem: str | None = None


@attrs.frozen(kw_only=True)
class KindStatistics:
    """How the jobs of one kind fare. Times are in seconds, and None where no job says anything about them.

    ``failures`` counts failed attempts, also those after which a retry went well. ``oldest_waiting`` is how long the
    job that waits longest could have run by now. ``delay`` is the time from the moment that a job could run to its
    start, over jobs that needed one attempt; ``duration`` that from start to end of the last attempt.
    """

    kind: str
    waiting: int = 0
    running: int = 0
    succeeded: int = 0
    failed: int = 0
    cancelled: int = 0
    failures: int = 0
    oldest_waiting: float | None = None
    delay_p50: float | None = None
    delay_p95: float | None = None
    duration_p50: float | None = None
    duration_p95: float | None = None


Handler = Callable[[Job], None]
"""Does the job. It may be called again for the same job, so its effect has to be the same as once."""


class Queue(Protocol):
    """At-least-once. A job fails for good after 3 retries with exponential backoff; then it waits for a person."""

    def enqueue(self, *jobs: Job, tx: Transaction) -> None:
        """The jobs run at some time after ``tx`` has committed, and never if it does not.

        A job with the same key that still waits: no-op for that one. Many at once cost about as much as one.
        """
        ...

    def work(self, handlers: Mapping[str, Handler], *, until_empty: bool = False) -> int:
        """Jobs are run, the lowest priority number first; gives how many ended.

        Within a priority the businesses take turns, so that one with many jobs keeps nobody waiting for all of them;
        of one business the oldest job comes first.

        With ``until_empty`` it comes back when no job is left that may run now, and failed jobs that are to be retried
        later are left waiting; else it runs until the process is told to stop. A kind without a handler fails at once,
        as does a job whose error no retry would mend (see `jobs.retry`).
        A job of a worker that was killed runs again.
        """
        ...

    def jobs(
        self, *, status: JobStatus | None = None, business_id: BusinessId | None = None, limit: int = 100
    ) -> list[JobRecord]:
        """The newest jobs first."""
        ...

    def get(self, id: int) -> JobRecord:
        """That job. Absent: `NotFound`."""
        ...

    def retry(self, id: int) -> None:
        """A failed or cancelled job waits again, with its retries restored. Any other status: `Conflict`."""
        ...

    def statistics(
        self, *, business_id: BusinessId | None = None, since: datetime | None = None
    ) -> list[KindStatistics]:
        """How the jobs of each kind fare, by kind: what waits and runs now, and what has ended ``since`` then."""
        ...

    def forget(self, ended_before: datetime) -> int:
        """Jobs that succeeded or were cancelled before that moment are gone; gives how many. Failed ones stay."""
        ...

    def cancel(self, id: int) -> None:
        """A waiting job will not run. Any other status: `Conflict`."""
        ...
