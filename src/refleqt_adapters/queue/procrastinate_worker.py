"""Running procrastinate's jobs: an event loop of its own for as long as the work goes on, hidden from the caller."""

import asyncio
import json
import logging
import random
import threading
from collections.abc import Callable, Coroutine, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, Protocol

import psycopg
from procrastinate import App, JobContext, PsycopgConnector
from procrastinate.exceptions import ConnectorException, UniqueViolation
from procrastinate.jobs import Job as Row
from procrastinate.jobs import Status
from procrastinate.manager import JobManager
from procrastinate.retry import BaseRetryStrategy, RetryDecision
from procrastinate.worker import Worker

from refleqt_core.errors import NotFound, Unavailable
from refleqt_core.jobs.retry import RETRIES, problem_of, retry_delay
from refleqt_core.ports import Handler, Job

from . import procrastinate_rows as rows

POLLING = 1.0
"""Seconds. A retry that has become due is announced to nobody, nor is what came while a worker was just looking."""

NEVER = 1e9
"""Seconds. procrastinate's aborting of running jobs is not used."""

KILLED = "The worker that ran this job was killed, or lost the database, before the job had ended."

logger = logging.getLogger(__name__)


class Settings(Protocol):
    """What a run is told by its queue; times in seconds."""

    name: str
    concurrency: int
    heartbeat: float
    lease: float


class Backoff(BaseRetryStrategy):
    """Retries as the core says, with jitter that differs between workers."""

    def __init__(self) -> None:
        self._generator = random.Random()

    def get_retry_decision(self, *, exception: BaseException, job: Row) -> RetryDecision | None:
        """When the job is tried again; None: not at all."""
        delay = retry_delay(job.attempts + 1, self._generator.random(), exception)
        return None if delay is None else RetryDecision(retry_at=datetime.now(UTC) + delay)


class Manager(JobManager):
    """procrastinate's statements, with what it leaves open."""

    def __init__(self, connector: PsycopgConnector, queue: str, on_fetch: Callable[[str], None]):
        super().__init__(connector)
        self._queue = queue
        self._on_fetch = on_fetch
        self._served: dict[str, str] = {}
        self.fetched = 0
        self.ended = 0

    async def fetch_job(self, queues: Iterable[str] | None, worker_id: int) -> Row | None:
        """The next job, of a kind that the worker has heard of; the businesses take turns."""
        asked = {"queue": self._queue, "worker_id": worker_id, "served": json.dumps(self._served)}
        row = await self.connector.execute_query_one_async(rows.FETCH, **asked)
        if row["id"] is None:
            return None
        job = Row.from_row(row)
        self._served[str(row["priority"])] = row["args"]["business_id"]
        self.fetched += 1
        self._on_fetch(job.task_name)
        return job

    async def finish_job(self, job: Row, status: Status, delete_job: bool) -> None:
        """The job has ended, and is counted."""
        await super().finish_job(job, status, delete_job)
        self.ended += 1

    async def retry_job(self, job: Row, *args: Any, **options: Any) -> None:
        """The job waits again, unless another with its key does, which will do the same work."""
        try:
            await super().retry_job(job, *args, **options)
        except UniqueViolation:
            await self.finish_job(job, Status.ABORTED, delete_job=False)

    async def update_heartbeat(self, worker_id: int) -> None:
        """The worker is known to live; while the database is away it is not, and the next beat tries again."""
        try:
            await super().update_heartbeat(worker_id)
        except ConnectorException:
            logger.warning("the heartbeat of worker %s did not reach the database", worker_id, exc_info=True)

    async def record_failure(self, job: Row, problem: str) -> None:
        """What was wrong with this attempt is kept."""
        failure = {"job_id": job.id, "attempt": job.attempts + 1, "problem": problem}
        await self.connector.execute_query_async(rows.RECORD_FAILURE, **failure)

    async def rescue(self, queue: str, lease: float) -> None:
        """Jobs of workers that were silent for ``lease`` seconds wait again, or fail when that was the last attempt."""
        for job in await self.get_stalled_jobs(queue=queue, seconds_since_heartbeat=lease):
            left = {"job_id": job.id, "worker_id": job.worker_id, "problem": KILLED}
            status = "todo" if job.attempts < RETRIES else "failed"
            try:
                await self.connector.execute_query_async(rows.RESCUE, status=status, **left)
            except UniqueViolation:
                await self.connector.execute_query_async(rows.RESCUE, status="aborted", **left)


class Run:
    """One call of `work`."""

    def __init__(
        self, connect: Mapping[str, Any], settings: Settings, handlers: Mapping[str, Handler], *, until_empty: bool
    ):
        self._connector = PsycopgConnector(
            conninfo="", kwargs=dict(connect), configure=_commit_each_statement, min_size=1, max_size=4
        )
        self._app = App(connector=self._connector)
        self._app.tasks.clear()  # of procrastinate's own; every kind is ours
        self._manager = self._app.job_manager = Manager(self._connector, settings.name, self._declare)
        self._settings = settings
        self._handlers = handlers
        self._until_empty = until_empty
        self._threads = ThreadPoolExecutor(settings.concurrency, thread_name_prefix="job")
        self._backoff = Backoff()
        self._worker: Worker | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopped = False

    def to_the_end(self) -> int:
        """How many jobs have ended."""
        try:
            with self._threads:
                return _to_the_end(self._work())
        except (ConnectorException, psycopg.Error) as error:
            raise Unavailable(f"the database does not answer: {error.__cause__ or error}") from error

    def stop(self) -> None:
        """No further job is begun."""
        self._stopped = True
        with suppress(RuntimeError):  # the loop has ended meanwhile
            if self._loop is not None:
                self._loop.call_soon_threadsafe(self._stop_worker)

    def _stop_worker(self) -> None:
        if self._worker is not None:
            self._worker.stop()  # type: ignore[no-untyped-call]  # as procrastinate has it

    async def _work(self) -> int:
        self._loop = asyncio.get_running_loop()
        async with self._app.open_async():
            await self._manager.rescue(self._settings.name, self._settings.lease)
            rescuing = asyncio.create_task(self._rescue_now_and_then())
            try:
                await self._run_worker()
            finally:
                rescuing.cancel()
                await asyncio.wait([rescuing])
        return self._manager.ended

    async def _run_worker(self) -> None:
        self._worker = self._new_worker()
        while not self._stopped:
            before = self._manager.fetched
            await self._worker.run()  # type: ignore[no-untyped-call]  # as procrastinate has it
            # With several threads the last job may have asked for more when the others had found nothing.
            if not self._until_empty or self._settings.concurrency == 1 or self._manager.fetched == before:
                break

    def _new_worker(self) -> Worker:
        in_main_thread = threading.current_thread() is threading.main_thread()
        return Worker(
            self._app,
            queues=[self._settings.name],
            concurrency=self._settings.concurrency,
            wait=not self._until_empty,
            listen_notify=not self._until_empty,
            fetch_job_polling_interval=POLLING,
            abort_job_polling_interval=NEVER,
            install_signal_handlers=in_main_thread and not self._until_empty,
            update_heartbeat_interval=self._settings.heartbeat,
            stalled_worker_timeout=self._settings.lease,
        )

    async def _rescue_now_and_then(self) -> None:
        while True:
            await asyncio.sleep(self._settings.heartbeat)
            try:
                await self._manager.rescue(self._settings.name, self._settings.lease)
            except ConnectorException:
                logger.warning("jobs of dead workers could not be looked for", exc_info=True)

    def _declare(self, kind: str) -> None:
        """procrastinate has a task for that kind of job."""
        if kind not in self._app.tasks:
            self._app.task(name=kind, pass_context=True, retry=self._backoff)(self._run)

    async def _run(self, context: JobContext, /, **args: Any) -> None:
        job = rows.job_of(context.job.task_name, context.job.priority, args)
        try:
            await asyncio.get_running_loop().run_in_executor(self._threads, self._handle, job)
        except Exception as error:
            await self._manager.record_failure(context.job, problem_of(error))
            raise

    def _handle(self, job: Job) -> None:
        if job.kind not in self._handlers:
            raise NotFound(f"no handler for jobs of kind '{job.kind}'")
        self._handlers[job.kind](job)


async def _commit_each_statement(connection: "psycopg.AsyncConnection[Any]") -> None:
    await connection.set_autocommit(True)


def _to_the_end(work: Coroutine[Any, Any, int]) -> int:
    """What ``work`` gives; where an event loop runs in this thread already, as in a notebook, in another one."""
    if not _in_event_loop():
        return asyncio.run(work)
    with ThreadPoolExecutor(1) as elsewhere:
        return elsewhere.submit(asyncio.run, work).result()


def _in_event_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
