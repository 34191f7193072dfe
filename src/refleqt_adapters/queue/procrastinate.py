"""The Queue on procrastinate: jobs are rows of the same PostgreSQL database, written in the data's own transaction.

Enqueueing is one statement, and does without procrastinate itself, which is imported when there is work to do.
"""

import threading
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from refleqt_adapters.postgres.connections import APPLICATION_ROLE, Database
from refleqt_adapters.postgres.vendor_errors import vendor_errors
from refleqt_adapters.transactions import connection_of, postgres_transaction
from refleqt_core.errors import Conflict, NotFound
from refleqt_core.jobs.enqueueable import enqueueable
from refleqt_core.ports import Handler, Job, JobRecord, KindStatistics, Transaction
from refleqt_core.ports.queue import JobStatus
from refleqt_core.values import BusinessId

from . import procrastinate_rows as rows

if TYPE_CHECKING:
    from .procrastinate_worker import Run


class ProcrastinateQueue:
    """One named queue of a database; ``lease`` and ``heartbeat`` in seconds.

    A worker says every ``heartbeat`` seconds that it lives; one that was silent for ``lease`` seconds is taken for dead
    and its job runs again. The lease is long because some native code keeps the interpreter to itself for seconds.
    """

    def __init__(
        self,
        database: Database,
        *,
        name: str = "refleqt",
        concurrency: int = 1,
        heartbeat: float = 10.0,
        lease: float = 60.0,
    ):
        self.name = name
        self.concurrency = concurrency
        self.heartbeat = heartbeat
        self.lease = lease
        self._database = database
        self._runs: set[Run] = set()
        self._turn = threading.Lock()

    def enqueue(self, *jobs: Job, tx: Transaction) -> None:
        """The jobs run at some time after ``tx`` has committed.

        The statement skips what waits already. Such a job is then locked until ``tx`` ends, since a worker that took
        it now would not see what ``tx`` has written; where a worker was quicker, there is room for a new job. Jobs
        without keys need no answer and travel with what else ``tx`` has to do.
        """
        missing: Sequence[Job] = _one_of_each_key(enqueueable(jobs, tx))
        if all(job.key is None for job in missing):
            send = postgres_transaction(tx).send
            send(rows.INSERT_KEYLESS, [rows.keyless_row_of(job, self.name) for job in missing])
            return
        connection = connection_of(tx)
        while missing:
            with vendor_errors():
                inserted = connection.exec_driver_sql(rows.INSERT, rows.values_of(missing, self.name)).scalars().all()
                if len(inserted) == len(missing):
                    return
                keys = {rows.lock_of(job) for job in missing} - {None, *inserted}
                held = set(connection.exec_driver_sql(rows.HOLD_WAITING, {"keys": sorted(keys)}).scalars())
            missing = [job for job in missing if rows.lock_of(job) in keys - held]

    def work(self, handlers: Mapping[str, Handler], *, until_empty: bool = False) -> int:
        """Jobs are run; gives how many ended.

        Each runs in a thread of its own, ``concurrency`` of them at once. Without ``until_empty`` SIGINT and SIGTERM
        (in the main thread), or `stop`, let the job that is running end first.
        """
        from .procrastinate_worker import Run

        with vendor_errors():
            self._database.engine.connect().close()  # says at once what is wrong, where a pool would go on trying
            run = Run(self._connect_arguments(), self, handlers, until_empty=until_empty)
            with self._turn:
                self._runs.add(run)
            try:
                return run.to_the_end()
            finally:
                with self._turn:
                    self._runs.discard(run)

    def stop(self) -> None:
        """Every `work` of this object that is going on comes back when the jobs that it is at have ended."""
        with self._turn:
            for run in self._runs:
                run.stop()

    def jobs(
        self, *, status: JobStatus | None = None, business_id: BusinessId | None = None, limit: int = 100
    ) -> list[JobRecord]:
        """The newest jobs first."""
        business = None if business_id is None else str(business_id)
        statuses = None if status is None else list(rows.STATUSES[status])
        return self._select({"id": None, "statuses": statuses, "business_id": business, "limit": limit})

    def get(self, id: int) -> JobRecord:
        """That job."""
        found = self._select({"id": id, "statuses": None, "business_id": None, "limit": 1})
        if not found:
            raise NotFound(f"there is no job {id}")
        return found[0]

    def retry(self, id: int) -> None:
        """A failed or cancelled job waits again, with its retries restored."""
        self._change(rows.RETRY, id, "retried")

    def cancel(self, id: int) -> None:
        """A waiting job will not run."""
        self._change(rows.CANCEL, id, "cancelled")

    def statistics(
        self, *, business_id: BusinessId | None = None, since: datetime | None = None
    ) -> list[KindStatistics]:
        """How the jobs of each kind fare."""
        business = None if business_id is None else str(business_id)
        asked = {"queue": self.name, "business_id": business, "since": since}
        with vendor_errors(), self._database.engine.connect() as connection:
            found = connection.exec_driver_sql(rows.STATISTICS, asked)
            return [rows.statistics_of(row) for row in found.mappings()]

    def forget(self, ended_before: datetime) -> int:
        """Jobs that ended well before that moment are gone."""
        with vendor_errors(), self._database.engine.begin() as connection:
            return connection.exec_driver_sql(rows.FORGET, {"queue": self.name, "before": ended_before}).rowcount

    def _select(self, asked: Mapping[str, Any]) -> list[JobRecord]:
        with vendor_errors(), self._database.engine.connect() as connection:
            found = connection.exec_driver_sql(rows.SELECT, {**asked, "queue": self.name})
            return [rows.record_of(row) for row in found.mappings()]

    def _change(self, statement: str, id: int, done: str) -> None:
        try:
            with vendor_errors(), self._database.engine.begin() as connection:
                changed = connection.exec_driver_sql(statement, {"id": id, "queue": self.name}).rowcount
        except Conflict as conflict:
            raise Conflict(f"job {id} cannot be {done}: another job with its key waits") from conflict
        if not changed:
            raise Conflict(f"job {id} is {self.get(id).status} and cannot be {done}")

    def _connect_arguments(self) -> dict[str, Any]:
        engine = self._database.engine
        arguments = engine.dialect.create_connect_args(engine.url)[1]
        arguments.pop("context")
        # The status of a job may lag behind in a crash of the server: the job runs once more, which it has to bear.
        options = f"-c role={APPLICATION_ROLE} -c timezone=UTC -c synchronous_commit=off"
        return {**arguments, "options": options}


def _one_of_each_key(jobs: Sequence[Job]) -> list[Job]:
    """The first job of each key, and all without one, in order."""
    firsts: dict[str | int, Job] = {}
    for index, job in enumerate(jobs):
        firsts.setdefault(rows.lock_of(job) or index, job)
    return list(firsts.values())
