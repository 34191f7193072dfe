"""The Queue in this process's memory, as strict as the one in the database."""

import copy
import heapq
import itertools
import random
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from threading import Condition

import attrs
import numpy as np

from refleqt_adapters.transactions import memory_transaction
from refleqt_core.errors import Conflict, InvalidInput, NotFound
from refleqt_core.jobs.enqueueable import enqueueable
from refleqt_core.jobs.retry import problem_of, retry_delay
from refleqt_core.ports import Clock, Handler, Job, JobRecord, KindStatistics, Transaction
from refleqt_core.ports.queue import JobStatus
from refleqt_core.values import BusinessId

LONGEST_WAIT = 1.0
"""Seconds until a worker looks again, since a simulated clock moves without telling anybody."""


@attrs.define
class Entry:
    """A job's record and the earliest moment that it may run."""

    record: JobRecord
    due: datetime
    failures: int = 0

    @property
    def key(self) -> tuple[BusinessId, str] | None:
        """What no two waiting jobs share."""
        job = self.record.job
        return None if job.key is None else (job.business_id, job.key)


class MemoryQueue:
    """Any number of threads may work at once. ``seed`` decides the jitter of the retries."""

    def __init__(self, clock: Clock, *, seed: int = 0):
        self._clock = clock
        self._generator = random.Random(seed)
        self._ids = itertools.count(1)
        self._entries: dict[int, Entry] = {}
        self._waiting_keys: dict[tuple[BusinessId, str], int] = {}
        self._ready: defaultdict[tuple[int, BusinessId], list[int]] = defaultdict(list)
        self._served: dict[BusinessId, int] = {}
        self._turns = itertools.count(1)
        self._alone: set[tuple[BusinessId, str]] = set()
        self._later: list[tuple[datetime, int]] = []
        self._changed = Condition()
        self._stops = 0

    def enqueue(self, *jobs: Job, tx: Transaction) -> None:
        """The jobs run at some time after ``tx`` has committed."""
        accepted = enqueueable(jobs, tx)
        memory_transaction(tx).after_commit(lambda: self._add(accepted))

    def work(self, handlers: Mapping[str, Handler], *, until_empty: bool = False) -> int:
        """Jobs are run; gives how many ended."""
        ended, stops = 0, self._stops
        while stops == self._stops:
            with self._changed:
                entry = self._take()
                if entry is None and not until_empty:
                    self._changed.wait(self._seconds_to_the_next())
            if entry is not None:
                ended += self._run(entry, handlers)
            elif until_empty:
                break
        return ended

    def stop(self) -> None:
        """Every `work` that is going on comes back when the job that it is at has ended."""
        with self._changed:
            self._stops += 1
            self._changed.notify_all()

    def jobs(
        self, *, status: JobStatus | None = None, business_id: BusinessId | None = None, limit: int = 100
    ) -> list[JobRecord]:
        """The newest jobs first."""
        if limit < 0:
            raise InvalidInput(f"a limit of {limit} jobs makes no sense; give 0 or more")
        with self._changed:
            newest = (entry.record for entry in reversed(self._entries.values()))
            found = (
                record
                for record in newest
                if status in (None, record.status) and business_id in (None, record.job.business_id)
            )
            return list(itertools.islice(found, limit))

    def get(self, id: int) -> JobRecord:
        """That job."""
        with self._changed:
            return self._entry(id).record

    def retry(self, id: int) -> None:
        """A failed or cancelled job waits again, with its retries restored."""
        with self._changed:
            entry = self._entry(id)
            self._check(entry, "retried", ("failed", "cancelled"))
            if entry.key in self._waiting_keys:
                raise Conflict(f"job {id} cannot be retried: job {self._waiting_keys[entry.key]} waits with its key")
            entry.record = attrs.evolve(entry.record, attempts=0)
            self._await(entry, self._clock.now())

    def cancel(self, id: int) -> None:
        """A waiting job will not run."""
        with self._changed:
            entry = self._entry(id)
            self._check(entry, "cancelled", ("waiting",))
            self._end(entry, "cancelled")

    def statistics(
        self, *, business_id: BusinessId | None = None, since: datetime | None = None
    ) -> list[KindStatistics]:
        """How the jobs of each kind fare."""
        with self._changed:
            now = self._clock.now()
            kinds: defaultdict[str, list[Entry]] = defaultdict(list)
            for entry in self._entries.values():
                ended = entry.record.ended_at
                if business_id in (None, entry.record.job.business_id) and not (since and ended and ended < since):
                    kinds[entry.record.job.kind].append(entry)
            return [_statistics(kind, kinds[kind], now) for kind in sorted(kinds)]

    def forget(self, ended_before: datetime) -> int:
        """Jobs that ended well before that moment are gone."""
        with self._changed:
            old = [
                id
                for id, entry in self._entries.items()
                if entry.record.status in ("succeeded", "cancelled")
                and entry.record.ended_at is not None
                and entry.record.ended_at < ended_before
            ]
            for id in old:
                del self._entries[id]
            return len(old)

    def _add(self, jobs: Sequence[Job]) -> None:
        with self._changed:
            now = self._clock.now()
            for job in jobs:
                record = JobRecord(id=next(self._ids), job=job, status="waiting", attempts=0, enqueued_at=now)
                entry = Entry(record, job.at or now)
                if entry.key not in self._waiting_keys:
                    self._entries[record.id] = entry
                    self._await(entry, entry.due)

    def _await(self, entry: Entry, due: datetime) -> None:
        entry.due = due
        self._leave_alone(entry)
        entry.record = attrs.evolve(entry.record, status="waiting", ended_at=None)
        if entry.key is not None:
            self._waiting_keys[entry.key] = entry.record.id
        heapq.heappush(self._later, (due, entry.record.id))
        self._changed.notify_all()

    def _take(self) -> Entry | None:
        """The next job, now running."""
        now = self._clock.now()
        while self._later and self._later[0][0] <= now:
            id = heapq.heappop(self._later)[1]
            if (entry := self._entries.get(id)) is not None:
                job = entry.record.job
                heapq.heappush(self._ready[job.priority, job.business_id], id)
        for line in sorted(self._ready, key=self._turn):
            entry = self._first(self._ready[line], now)
            if not self._ready[line]:
                del self._ready[line]
            if entry is not None:
                return self._begun(entry, now)
        return None

    def _turn(self, line: tuple[int, BusinessId]) -> tuple[int, int, int]:
        """Of a priority the business that was served longest ago; of those that never were, the one that came first."""
        priority, business = line
        return priority, self._served.get(business, 0), self._ready[line][0]

    def _first(self, line: list[int], now: datetime) -> Entry | None:
        """The first job of the line that may run; it has left the line, with those before it that wait no more."""
        held, found = [], None
        while line and found is None:
            entry = self._entries.get(heapq.heappop(line))
            # A job that was cancelled and retried is in the heaps more than once, one that was forgotten still is.
            if entry is not None and entry.record.status == "waiting" and entry.due <= now:
                if _company(entry.record.job) in self._alone:
                    held.append(entry.record.id)
                else:
                    found = entry
        for id in held:
            heapq.heappush(line, id)
        return found

    def _begun(self, entry: Entry, now: datetime) -> Entry:
        self._leave_waiting(entry)
        job = entry.record.job
        self._served[job.business_id] = next(self._turns)
        if (company := _company(job)) is not None:
            self._alone.add(company)
        attempts = entry.record.attempts + 1
        entry.record = attrs.evolve(entry.record, status="running", attempts=attempts, started_at=now)
        return entry

    def _run(self, entry: Entry, handlers: Mapping[str, Handler]) -> bool:
        """Whether the job has ended, and does not wait for a retry."""
        job = entry.record.job
        handler = handlers.get(job.kind)
        if handler is None:
            return self._fail(entry, NotFound(f"no handler for jobs of kind '{job.kind}'"))
        try:
            handler(attrs.evolve(job, payload=copy.deepcopy(job.payload)))
        except Exception as error:
            return self._fail(entry, error)
        except BaseException:
            with self._changed:
                self._put_back(entry, entry.due)
            raise
        with self._changed:
            entry.record = attrs.evolve(entry.record, problem=None)
            self._end(entry, "succeeded")
        return True

    def _fail(self, entry: Entry, error: Exception) -> bool:
        with self._changed:
            entry.failures += 1
            entry.record = attrs.evolve(entry.record, problem=problem_of(error))
            delay = retry_delay(entry.record.attempts, self._generator.random(), error)
            if delay is None:
                self._end(entry, "failed")
            else:
                self._put_back(entry, self._clock.now() + delay)
            return entry.record.status != "waiting"

    def _put_back(self, entry: Entry, due: datetime) -> None:
        """It waits again, unless another with its key does, which will do the same work."""
        if entry.key in self._waiting_keys:
            self._end(entry, "cancelled")
        else:
            self._await(entry, due)

    def _end(self, entry: Entry, status: JobStatus) -> None:
        if entry.record.status == "waiting":
            self._leave_waiting(entry)
        self._leave_alone(entry)
        entry.record = attrs.evolve(entry.record, status=status, ended_at=self._clock.now())
        self._changed.notify_all()

    def _leave_alone(self, entry: Entry) -> None:
        if entry.record.status == "running":
            self._alone.discard(_company(entry.record.job))

    def _leave_waiting(self, entry: Entry) -> None:
        if entry.key is not None:
            del self._waiting_keys[entry.key]

    def _entry(self, id: int) -> Entry:
        if id not in self._entries:
            raise NotFound(f"there is no job {id}")
        return self._entries[id]

    def _check(self, entry: Entry, done: str, allowed: tuple[JobStatus, ...]) -> None:
        if entry.record.status not in allowed:
            raise Conflict(f"job {entry.record.id} is {entry.record.status} and cannot be {done}")

    def _seconds_to_the_next(self) -> float:
        if not self._later:
            return LONGEST_WAIT
        return min(LONGEST_WAIT, (self._later[0][0] - self._clock.now()).total_seconds())


def _company(job: Job) -> tuple[BusinessId, str] | None:
    """What no two running jobs share."""
    return (job.business_id, job.kind) if job.alone else None


def _statistics(kind: str, entries: Sequence[Entry], now: datetime) -> KindStatistics:
    counts = Counter(entry.record.status for entry in entries)
    waits = [(now - entry.due).total_seconds() for entry in entries if entry.record.status == "waiting"]
    records = [entry.record for entry in entries]
    delays = [
        (record.started_at - max(record.enqueued_at, record.job.at or record.enqueued_at)).total_seconds()
        for record in records
        if record.started_at and record.attempts == 1
    ]
    durations = [
        (record.ended_at - record.started_at).total_seconds()
        for record in records
        if record.started_at and record.ended_at
    ]
    delay_p50, delay_p95 = _quantiles(delays)
    duration_p50, duration_p95 = _quantiles(durations)
    return KindStatistics(
        kind=kind,
        waiting=counts["waiting"],
        running=counts["running"],
        succeeded=counts["succeeded"],
        failed=counts["failed"],
        cancelled=counts["cancelled"],
        failures=sum(entry.failures for entry in entries),
        oldest_waiting=max((wait for wait in waits if wait >= 0), default=None),
        delay_p50=delay_p50,
        delay_p95=delay_p95,
        duration_p50=duration_p50,
        duration_p95=duration_p95,
    )


def _quantiles(values: Sequence[float]) -> tuple[float | None, float | None]:
    """The median and the 95th percentile, between two values linearly."""
    if not values:
        return None, None
    median, late = np.quantile(values, (0.5, 0.95)).tolist()
    return median, late
