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
    again does nothing. ``at`` is the earliest moment it may run.
    """

    kind: str
    business_id: BusinessId
    payload: Mapping[str, Any] = attrs.field(factory=dict)
    priority: Literal[1, 2, 3] = 2
    key: str | None = None
    at: datetime | None = None


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
        """Jobs are run, the lowest priority number first, then the oldest; gives how many ended.

        With ``until_empty`` it comes back when no job is left that may run now, and failed jobs that are to be retried
        later are left waiting; else it runs until the process is told to stop. A kind without a handler fails at once.
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

    def cancel(self, id: int) -> None:
        """A waiting job will not run. Any other status: `Conflict`."""
        ...
