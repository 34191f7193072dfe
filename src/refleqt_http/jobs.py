"""Work that waits, runs, or has failed."""

import re
from datetime import datetime
from typing import Annotated, Any, cast, get_args

from pydantic import Field

from refleqt_core.errors import NotFound
from refleqt_core.ports import JobRecord
from refleqt_core.ports.queue import JobStatus

from .auth import Caller
from .bodies import Input, JobNumber, Limit, OneOf, Output
from .endpoints import Resource

resource = Resource("jobs", "Work that is done later: reading what came in, indexing it, writing maps and briefs.")

Status = Annotated[str, OneOf(get_args(JobStatus))]

TRACEBACK = "Traceback (most recent call last):\n"
FRAMES = re.compile(r"(?: .*\n)*")
SAID = re.compile(
    r"refleqt_core\.errors\."
    r"(?:InvalidInput|NotFound|Conflict|NotAllowed|NeedsReview|MissingDependency|MissingProgram): (.+)",
    re.DOTALL,
)
"""How a traceback ends whose error has a message for whoever asked for the job."""

UNTOLD = "it failed inside; whoever runs the server finds the traceback with: refleqt jobs"


class JobOut(Output):
    """A job and what has become of it."""

    id: int
    kind: str
    payload: dict[str, Any]
    priority: int
    status: str
    attempts: int
    enqueued_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    problem: str | None = Field(description="why its last attempt failed")


class JobsOut(Output):
    """The newest jobs first."""

    items: list[JobOut]


class JobsQuery(Input):
    """Which jobs."""

    status: Status | None = None
    limit: Limit = 50


def shown(record: JobRecord) -> JobOut:
    """The job as its business may see it: without the traceback, which tells of the server's inside."""
    job = record.job
    return JobOut(
        id=record.id,
        kind=job.kind,
        payload=dict(job.payload),
        priority=job.priority,
        status=record.status,
        attempts=record.attempts,
        enqueued_at=record.enqueued_at,
        started_at=record.started_at,
        ended_at=record.ended_at,
        problem=record.problem and told(record.problem),
    )


def told(problem: str) -> str:
    """The message at the end of a traceback where Refleqt raised it on purpose; of any other only that there is one."""
    raised_last = problem.rpartition(TRACEBACK)[2]
    said = SAID.fullmatch(FRAMES.sub("", raised_last, count=1))
    return said[1].strip() if said else UNTOLD


def own(caller: Caller, job_id: int) -> JobRecord:
    """That job of the caller's business. Another's is as absent as one that never was: `NotFound`."""
    record = caller.refleqt.queue().get(job_id)
    if record.job.business_id != caller.business_id:
        raise NotFound(f"there is no job {job_id}")
    return record


@resource.get("/v1/jobs", gives=JobsOut)
def list_jobs(caller: Caller, query: JobsQuery) -> JobsOut:
    """The newest jobs of the business."""
    found = caller.refleqt.queue().jobs(
        status=cast(JobStatus | None, query.status), business_id=caller.business_id, limit=query.limit
    )
    return JobsOut(items=[shown(record) for record in found])


@resource.get("/v1/jobs/{job_id}", gives=JobOut, raises=[NotFound])
def read_job(caller: Caller, job_id: JobNumber) -> JobOut:
    """One job and what has become of it."""
    return shown(own(caller, job_id))


@resource.post("/v1/jobs/{job_id}/retry", gives=JobOut, raises=[NotFound])
def retry_job(caller: Caller, job_id: JobNumber) -> JobOut:
    """A failed or cancelled job waits again, with its retries restored. Any other status is a conflict."""
    own(caller, job_id)
    caller.refleqt.queue().retry(job_id)
    return shown(own(caller, job_id))
