"""How a job lies in procrastinate's tables, and the statements over them."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from refleqt_core.ports import Job, JobRecord, KindStatistics
from refleqt_core.ports.queue import JobStatus
from refleqt_core.values import BusinessId

STATUSES: Mapping[JobStatus, Sequence[str]] = {
    "waiting": ("todo",),
    "running": ("doing",),
    "succeeded": ("succeeded",),
    "failed": ("failed",),
    "cancelled": ("cancelled", "aborted", "aborting"),
}
"""procrastinate's words for the port's. Ours are aborted when another job with their key does the same work."""

PORT_STATUS: Mapping[str, JobStatus] = {theirs: status for status, words in STATUSES.items() for theirs in words}

INSERT = """
insert into procrastinate_jobs (queue_name, task_name, priority, queueing_lock, lock, args, scheduled_at)
select %(queue)s, kind, priority, key, company, args::jsonb, at
from unnest(%(kinds)s::text[], %(priorities)s::int[], %(keys)s::text[], %(companies)s::text[], %(args)s::text[],
            %(ats)s::timestamptz[])
     with ordinality as given (kind, priority, key, company, args, at, position)
order by position
on conflict (queueing_lock) where status = 'todo' do nothing
returning queueing_lock
"""

INSERT_KEYLESS = """
insert into procrastinate_jobs (queue_name, task_name, priority, lock, args, scheduled_at)
values ($1, $2, $3::int, $4, $5::jsonb, $6::timestamptz)
"""

FETCH = """
select id, status, task_name, priority, lock, queueing_lock, args, scheduled_at, queue_name, attempts, worker_id
from refleqt_fetch_job(%(queue)s, %(worker_id)s, %(served)s::jsonb)
"""
"""The function comes with the migrations; ``served`` is the business that this worker had last, by priority."""

STATISTICS = """
with job as (
    select procrastinate_jobs.id, task_name as kind, status::text, attempts, args, scheduled_at
    from procrastinate_jobs
    where queue_name = %(queue)s and (%(business_id)s::text is null or args ->> 'business_id' = %(business_id)s)
), times as (
    select job.*, event.*, greatest(event.enqueued_at, (args ->> 'at')::timestamptz) as possible_at
    from job cross join lateral (
        select min(at) filter (where type = 'deferred') as enqueued_at,
               max(at) filter (where type = 'started') as started_at,
               max(at) filter (where type in ('succeeded', 'failed', 'cancelled', 'aborted')) as ended_at
        from procrastinate_events where job_id = job.id
    ) as event
), counted as (
    select * from times
    where status in ('todo', 'doing') or %(since)s::timestamptz is null or ended_at >= %(since)s
)
select kind,
       count(*) filter (where status = 'todo') as waiting,
       count(*) filter (where status = 'doing') as running,
       count(*) filter (where status = 'succeeded') as succeeded,
       count(*) filter (where status = 'failed') as failed,
       count(*) filter (where status in ('cancelled', 'aborted', 'aborting')) as cancelled,
       (select count(*) from job_failures where job_id = any(array_agg(counted.id))) as failures,
       max(extract(epoch from now() - greatest(possible_at, scheduled_at)))
           filter (where status = 'todo' and coalesce(scheduled_at, now()) <= now())::float8 as oldest_waiting,
       percentile_cont(array[0.5, 0.95]) within group (order by extract(epoch from started_at - possible_at)::float8)
           filter (where attempts + (status = 'doing')::int = 1) as delays,
       percentile_cont(array[0.5, 0.95]) within group (order by extract(epoch from ended_at - started_at)::float8)
           filter (where status not in ('todo', 'doing')) as durations
from counted group by kind order by kind
"""

FORGET = """
delete from procrastinate_jobs as job
where queue_name = %(queue)s and status in ('succeeded', 'cancelled', 'aborted')
  and (select max(at) from procrastinate_events where job_id = job.id) < %(before)s
"""

HOLD_WAITING = """
select queueing_lock from procrastinate_jobs where queueing_lock = any(%(keys)s) and status = 'todo'
order by id for key share
"""
"""procrastinate's workers skip rows that are locked."""

SELECT = """
select job.id, job.task_name, job.priority, job.args, job.status::text, job.attempts,
       event.enqueued_at, event.started_at, event.ended_at, failure.problem
from procrastinate_jobs as job
cross join lateral (
    select min(at) filter (where type = 'deferred') as enqueued_at,
           max(at) filter (where type = 'started') as started_at,
           max(at) filter (where type in ('succeeded', 'failed', 'cancelled', 'aborted')) as ended_at
    from procrastinate_events where job_id = job.id
) as event
left join lateral (
    select problem from job_failures where job_id = job.id order by failed_at desc, attempt desc limit 1
) as failure on job.status <> 'succeeded'
where job.queue_name = %(queue)s
  and (%(id)s::bigint is null or job.id = %(id)s)
  and (%(statuses)s::text[] is null or job.status::text = any(%(statuses)s))
  and (%(business_id)s::text is null or job.args ->> 'business_id' = %(business_id)s)
order by job.id desc limit %(limit)s
"""

RETRY = """
with retried as (
    update procrastinate_jobs set status = 'todo', attempts = 0, scheduled_at = null, abort_requested = false
    where id = %(id)s and queue_name = %(queue)s and status in ('failed', 'cancelled', 'aborted') returning id
)
select pg_notify('procrastinate_queue_v1#' || %(queue)s, json_build_object('type', 'job_inserted', 'job_id', id)::text)
from retried
"""
"""procrastinate wakes its workers for new rows only."""

CANCEL = """
update procrastinate_jobs set status = 'cancelled'
where id = %(id)s and queue_name = %(queue)s and status = 'todo'
"""

RECORD_FAILURE = """
insert into job_failures (job_id, attempt, problem, failed_at)
values (%(job_id)s, %(attempt)s, %(problem)s, clock_timestamp())
on conflict (job_id, attempt) do update set problem = excluded.problem, failed_at = excluded.failed_at
"""

RESCUE = """
with rescued as (
    update procrastinate_jobs set status = %(status)s::procrastinate_job_status, attempts = attempts + 1,
                                  scheduled_at = null, abort_requested = false
    where id = %(job_id)s and status = 'doing' and worker_id is not distinct from %(worker_id)s
    returning id, attempts
)
insert into job_failures (job_id, attempt, problem, failed_at)
select id, attempts, %(problem)s, clock_timestamp() from rescued
on conflict (job_id, attempt) do update set problem = excluded.problem, failed_at = excluded.failed_at
"""
"""Of several workers that find the same dead one, one rescues its job: then the job has another worker, or none."""


def lock_of(job: Job) -> str | None:
    """What no two waiting jobs share: the key, within the business."""
    return None if job.key is None else f"{job.business_id}:{job.key}"


def company_of(job: Job) -> str | None:
    """What no two running jobs share: business and kind, where one of them is to run at a time."""
    return f"{job.business_id}:{job.kind}" if job.alone else None


def values_of(jobs: Sequence[Job], queue: str) -> dict[str, Any]:
    """The parameters of `INSERT`. Of procrastinate's priorities the bigger one is first."""
    return {
        "queue": queue,
        "kinds": [job.kind for job in jobs],
        "priorities": [-job.priority for job in jobs],
        "keys": [lock_of(job) for job in jobs],
        "companies": [company_of(job) for job in jobs],
        "args": [_args_of(job) for job in jobs],
        "ats": [job.at for job in jobs],
    }


def keyless_row_of(job: Job, queue: str) -> tuple[str | None, ...]:
    """The parameters of `INSERT_KEYLESS`."""
    at = None if job.at is None else job.at.isoformat()
    return queue, job.kind, str(-job.priority), company_of(job), _args_of(job), at


def job_of(kind: str, priority: int, args: Mapping[str, Any]) -> Job:
    """The job as it was enqueued."""
    return Job(
        kind=kind,
        business_id=BusinessId(UUID(args["business_id"])),
        payload=args["payload"],
        priority=-priority,  # type: ignore[arg-type]  # written by values_of
        key=args["key"],
        at=args["at"] and datetime.fromisoformat(args["at"]),
        alone=args.get("alone", False),
    )


def record_of(row: Mapping[Any, Any]) -> JobRecord:
    """A row of `SELECT`. An attempt counts from its start, while procrastinate counts it at its end."""
    status = PORT_STATUS[row["status"]]
    return JobRecord(
        id=row["id"],
        job=job_of(row["task_name"], row["priority"], row["args"]),
        status=status,
        attempts=row["attempts"] + (status == "running"),
        enqueued_at=row["enqueued_at"],
        started_at=row["started_at"],
        ended_at=None if status in ("waiting", "running") else row["ended_at"],
        problem=row["problem"],
    )


def statistics_of(row: Mapping[Any, Any]) -> KindStatistics:
    """A row of `STATISTICS`."""
    values = dict(row)
    delays, durations = values.pop("delays") or (None, None), values.pop("durations") or (None, None)
    return KindStatistics(
        **values,
        delay_p50=delays[0],
        delay_p95=delays[1],
        duration_p50=durations[0],
        duration_p95=durations[1],
    )


def _args_of(job: Job) -> str:
    at = job.at and job.at.isoformat()
    args = {"business_id": str(job.business_id), "payload": job.payload, "key": job.key, "at": at, "alone": job.alone}
    return json.dumps(args, ensure_ascii=False)
