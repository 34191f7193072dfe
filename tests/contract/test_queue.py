"""What the Queue promises, over every adapter of it."""

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import attrs
import pytest
from sqlalchemy import text

from refleqt_adapters.clock.simulated import SimulatedClock
from refleqt_adapters.postgres.connections import Database
from refleqt_adapters.queue.memory import MemoryQueue
from refleqt_adapters.queue.procrastinate import ProcrastinateQueue
from refleqt_adapters.store.memory import MemoryStore
from refleqt_adapters.store.postgres import PostgresStore
from refleqt_core.errors import Conflict, InvalidInput, NotAllowed, NotFound, Unavailable
from refleqt_core.intake.business import Business
from refleqt_core.ports import Handler, Job, JobRecord, Queue, Store
from refleqt_core.values import BusinessId

FIRST_RETRY = timedelta(seconds=10)
ANY_RETRY = timedelta(seconds=160)


@attrs.frozen(kw_only=True)
class Rig:
    """A queue with its store, and the way to let time pass for it."""

    queue: Queue
    store: Store
    advance: Callable[[timedelta], None]
    stop: Callable[[], None]
    now: Callable[[], datetime]
    shared_as: str | None
    """The name that other processes reach it by."""

    def enqueue(self, *jobs: Job) -> None:
        with self.store.business(jobs[0].business_id) as tx:
            self.queue.enqueue(*jobs, tx=tx)

    def run(self, handler: Handler, *kinds: str) -> int:
        return self.queue.work(dict.fromkeys(kinds or ("look",), handler), until_empty=True)

    def only(self) -> JobRecord:
        (record,) = self.queue.jobs()
        return record


def memory_rig(_: pytest.FixtureRequest) -> Iterator[Rig]:
    clock = SimulatedClock(datetime(2026, 3, 1, 12, tzinfo=UTC))
    queue = MemoryQueue(clock)
    yield Rig(
        queue=queue,
        store=MemoryStore(),
        advance=lambda time: clock.advance_to(clock.now() + time),
        stop=queue.stop,
        now=clock.now,
        shared_as=None,
    )


def procrastinate_rig(request: pytest.FixtureRequest) -> Iterator[Rig]:
    """A queue of its own in the database of all; the time until a retry is made shorter by hand."""
    database = Database(request.getfixturevalue("database_url"))
    store = PostgresStore(database)
    queue = ProcrastinateQueue(database, name=f"test-{uuid4().hex[:20]}", heartbeat=0.2, lease=1.0)
    earlier = text("update procrastinate_jobs set scheduled_at = scheduled_at - :time where queue_name = :queue")

    def advance(time: timedelta) -> None:
        with database.engine.begin() as connection:
            connection.execute(earlier, {"time": time, "queue": queue.name})

    yield Rig(
        queue=queue,
        store=store,
        advance=advance,
        stop=queue.stop,
        now=lambda: datetime.now(UTC),
        shared_as=queue.name,
    )
    with database.engine.begin() as connection:
        connection.execute(text("delete from procrastinate_jobs where queue_name = :queue"), {"queue": queue.name})
    database.close()


ADAPTERS = {"memory": memory_rig, "procrastinate": procrastinate_rig}


@pytest.fixture(params=ADAPTERS)
def rig(request: pytest.FixtureRequest) -> Iterator[Rig]:
    yield from ADAPTERS[request.param](request)


@pytest.fixture
def business() -> BusinessId:
    return BusinessId(uuid4())


def look(business: BusinessId, **changes: Any) -> Job:
    return attrs.evolve(Job(kind="look", business_id=business, payload={"n": 1}), **changes)


def numbered(business: BusinessId, n: int, **changes: Any) -> Job:
    return look(business, payload={"n": n}, **changes)


def fail(_: Job) -> None:
    raise RuntimeError("the tool said no")


def succeed(_: Job) -> None:
    """Does nothing, well."""


def fail_for_good(rig: Rig) -> None:
    for _ in range(4):
        rig.run(fail)
        rig.advance(ANY_RETRY)


def test_a_job_beside_an_addition_that_is_in_conflict_is_not_there(rig: Rig, business: BusinessId) -> None:
    brine = Business(id=business, slug=f"b-{business}", name="Brine", created_at=rig.now())
    with rig.store.business(business) as tx:
        tx.add(brine)
    with pytest.raises(Conflict), rig.store.business(business) as tx:
        tx.add(brine)
        rig.queue.enqueue(look(business), tx=tx)
    assert rig.queue.jobs() == []


@pytest.mark.parametrize("key", ["k", None])
def test_a_job_is_there_with_what_was_added_beside_it(rig: Rig, business: BusinessId, key: str | None) -> None:
    with rig.store.business(business) as tx:
        tx.add(Business(id=business, slug=f"b-{business}", name="Brine", created_at=rig.now()))
        rig.queue.enqueue(look(business, key=key), tx=tx)
    with rig.store.business(business) as tx:
        assert tx.get(Business, business).name == "Brine"
    assert rig.only().job == look(business, key=key)


def test_many_jobs_without_keys_run_in_their_order(rig: Rig, business: BusinessId) -> None:
    seen: list[int] = []
    rig.enqueue(*(numbered(business, n) for n in range(40)))
    rig.run(lambda job: seen.append(job.payload["n"]))
    assert seen == list(range(40))


def test_no_jobs_are_enqueued_as_none(rig: Rig, business: BusinessId) -> None:
    with rig.store.business(business) as tx:
        rig.queue.enqueue(tx=tx)
    assert rig.queue.jobs() == []


def test_a_handler_gets_the_job_as_it_was_enqueued(rig: Rig, business: BusinessId) -> None:
    payload: dict[str, Any] = {
        "id": str(uuid4()),
        "text": "snow ☃ 'x' \\u0000 %s",
        "n": [1, 2.5, None, True, {"deep": []}],
    }
    enqueued = look(business, payload=payload, priority=3, key="k", at=rig.now() - timedelta(hours=1))
    rig.enqueue(enqueued)
    seen: list[Job] = []
    rig.run(seen.append)
    assert seen == [enqueued]


def test_work_says_how_many_jobs_ended(rig: Rig, business: BusinessId) -> None:
    rig.enqueue(look(business), look(business))
    assert rig.run(succeed) == 2


def test_a_job_is_not_there_before_its_transaction_commits(rig: Rig, business: BusinessId) -> None:
    with rig.store.business(business) as tx:
        rig.queue.enqueue(look(business), tx=tx)
        assert rig.queue.jobs() == []
        assert rig.run(succeed) == 0


def test_a_job_is_never_there_when_its_transaction_fails(rig: Rig, business: BusinessId) -> None:
    with pytest.raises(RuntimeError), rig.store.business(business) as tx:
        rig.queue.enqueue(look(business), tx=tx)
        raise RuntimeError("the program failed in mid-work")
    assert rig.queue.jobs() == []


def test_enqueueing_nothing_does_nothing(rig: Rig, business: BusinessId) -> None:
    with rig.store.business(business) as tx:
        rig.queue.enqueue(tx=tx)
    assert rig.queue.jobs() == []


def test_the_lowest_priority_number_runs_first_then_the_oldest(rig: Rig, business: BusinessId) -> None:
    for n, priority in enumerate([3, 2, 1, 2, 1]):
        rig.enqueue(numbered(business, n, priority=priority))
    ran: list[int] = []
    rig.run(lambda job: ran.append(job.payload["n"]))
    assert ran == [2, 4, 1, 3, 0]


def test_jobs_of_one_call_run_in_its_order(rig: Rig, business: BusinessId) -> None:
    rig.enqueue(*(numbered(business, n) for n in range(20)))
    ran: list[int] = []
    rig.run(lambda job: ran.append(job.payload["n"]))
    assert ran == list(range(20))


def test_a_job_that_a_job_asks_for_runs_in_the_same_work(rig: Rig, business: BusinessId) -> None:
    rig.enqueue(numbered(business, 1))

    def ask_for_one_more(job: Job) -> None:
        if job.payload["n"] == 1:
            rig.enqueue(numbered(business, 2))

    assert rig.run(ask_for_one_more) == 2


def test_a_job_does_not_run_before_its_moment(rig: Rig, business: BusinessId) -> None:
    rig.enqueue(look(business, at=rig.now() + timedelta(hours=1)))
    assert rig.run(succeed) == 0
    rig.advance(timedelta(hours=1, seconds=1))
    assert rig.run(succeed) == 1


def test_a_key_that_waits_is_enqueued_once(rig: Rig, business: BusinessId) -> None:
    rig.enqueue(numbered(business, 1, key="k"))
    rig.enqueue(numbered(business, 2, key="k"), numbered(business, 3))
    assert [record.job.payload["n"] for record in rig.queue.jobs()] == [3, 1]


def test_a_key_twice_in_one_call_is_enqueued_once(rig: Rig, business: BusinessId) -> None:
    rig.enqueue(numbered(business, 1, key="k"), numbered(business, 2, key="k"))
    assert rig.only().job.payload == {"n": 1}


def test_what_else_is_written_beside_a_key_that_waits_is_kept(rig: Rig, business: BusinessId) -> None:
    rig.enqueue(look(business, key="k"))
    with rig.store.business(business) as tx:
        rig.queue.enqueue(look(business, key="k"), tx=tx)
        rig.queue.enqueue(look(business), tx=tx)
    assert len(rig.queue.jobs()) == 2


def test_a_key_that_runs_or_has_ended_can_be_enqueued_again(rig: Rig, business: BusinessId) -> None:
    rig.enqueue(numbered(business, 1, key="k"))

    def ask_again(job: Job) -> None:
        if job.payload["n"] < 3:
            rig.enqueue(numbered(business, job.payload["n"] + 1, key="k"))

    assert rig.run(ask_again) == 3
    rig.enqueue(numbered(business, 4, key="k"))
    assert rig.queue.jobs()[0].status == "waiting"


def test_the_same_key_of_another_business_is_another_job(rig: Rig, business: BusinessId) -> None:
    rig.enqueue(look(business, key="k"))
    rig.enqueue(look(BusinessId(uuid4()), key="k"))
    assert len(rig.queue.jobs()) == 2


def test_a_job_runs_after_the_commit_even_if_its_key_waited_before(rig: Rig, business: BusinessId) -> None:
    """A worker that took the waiting one during the transaction would not see what that writes."""
    rig.enqueue(look(business, key="k"))
    with rig.store.business(business) as tx:
        rig.queue.enqueue(look(business, key="k"), tx=tx)
        rig.run(succeed)
    assert rig.run(succeed) == 1


def test_of_many_that_race_for_a_key_one_is_enqueued(rig: Rig, business: BusinessId) -> None:
    racers = [threading.Thread(target=rig.enqueue, args=[look(business, key="k")]) for _ in range(6)]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join()
    assert len(rig.queue.jobs()) == 1


def test_a_business_cannot_ask_for_work_of_another(rig: Rig, business: BusinessId) -> None:
    with pytest.raises(NotAllowed), rig.store.business(BusinessId(uuid4())) as tx:
        rig.queue.enqueue(look(business), tx=tx)


def test_the_platform_can_ask_for_work_of_any_business(rig: Rig, business: BusinessId) -> None:
    with rig.store.platform() as tx:
        rig.queue.enqueue(look(business), tx=tx)
    assert rig.only().job.business_id == business


@pytest.mark.parametrize(
    "changes",
    [
        {"payload": {"id": uuid4()}},
        {"payload": {"pair": (1, 2)}},
        {"payload": {1: "one"}},
        {"payload": {"n": float("nan")}},
        {"payload": {"text": "a\x00b"}},
        {"payload": {"text": "\ud800"}},
        {"kind": ""},
        {"kind": "x" * 129},
        {"key": ""},
        {"key": "a\nb"},
        {"key": "ö" * 501},
        {"priority": 0},
        {"at": datetime(2026, 3, 1)},
    ],
    ids=["id", "tuple", "number as key", "nan", "nul", "surrogate", "no kind", "long kind", "no key", "key of lines",
         "long key", "priority", "no zone"],
)  # fmt: skip
def test_a_job_that_cannot_be_kept_as_it_is_is_invalid(rig: Rig, business: BusinessId, changes: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput), rig.store.business(business) as tx:
        rig.queue.enqueue(look(business, **changes), tx=tx)


def test_what_happens_to_the_payload_later_does_not_change_the_job(rig: Rig, business: BusinessId) -> None:
    payload = {"ids": [1]}
    with rig.store.business(business) as tx:
        rig.queue.enqueue(look(business, payload=payload), tx=tx)
        payload["ids"].append(2)
    rig.run(lambda job: job.payload["ids"].append(3))
    assert rig.only().job.payload == {"ids": [1]}


def test_a_record_says_what_has_become_of_a_job(rig: Rig, business: BusinessId) -> None:
    before = rig.now()
    rig.enqueue(look(business))
    waiting = rig.only()
    assert (waiting.status, waiting.attempts, waiting.started_at, waiting.ended_at) == ("waiting", 0, None, None)
    seen: list[JobRecord] = []
    rig.run(lambda _: seen.append(rig.only()))
    assert [(running.status, running.attempts, running.ended_at) for running in seen] == [("running", 1, None)]
    done = rig.only()
    assert (done.status, done.attempts, done.problem) == ("succeeded", 1, None)
    assert done.started_at and done.ended_at
    slack = timedelta(seconds=1)
    assert before - slack <= done.enqueued_at <= done.started_at <= done.ended_at <= rig.now() + slack


def test_a_failed_attempt_waits_with_its_traceback(rig: Rig, business: BusinessId) -> None:
    rig.enqueue(look(business))
    assert rig.run(fail) == 0
    record = rig.only()
    assert (record.status, record.attempts) == ("waiting", 1)
    assert record.problem is not None
    assert 'raise RuntimeError("the tool said no")' in record.problem


def test_the_first_retry_comes_after_five_to_ten_seconds(rig: Rig, business: BusinessId) -> None:
    rig.enqueue(look(business))
    rig.run(fail)
    rig.advance(timedelta(seconds=4))
    assert rig.run(succeed) == 0
    rig.advance(timedelta(seconds=6))
    assert rig.run(succeed) == 1


def test_later_retries_wait_longer(rig: Rig, business: BusinessId) -> None:
    rig.enqueue(look(business))
    rig.run(fail)
    rig.advance(FIRST_RETRY)
    rig.run(fail)
    rig.advance(timedelta(seconds=19))
    assert rig.run(succeed) == 0
    rig.advance(timedelta(seconds=21))
    assert rig.run(succeed) == 1


def test_a_retry_that_succeeds_leaves_no_problem(rig: Rig, business: BusinessId) -> None:
    rig.enqueue(look(business))
    rig.run(fail)
    rig.advance(FIRST_RETRY)
    rig.run(succeed)
    assert (rig.only().status, rig.only().attempts, rig.only().problem) == ("succeeded", 2, None)


def test_after_three_retries_a_job_has_failed_and_keeps_its_last_traceback(rig: Rig, business: BusinessId) -> None:
    rig.enqueue(look(business))
    ran: list[int] = []

    def fail_in_another_way(_: Job) -> None:
        ran.append(1)
        raise RuntimeError(f"attempt {len(ran)}")

    ended = []
    for _ in range(6):
        ended.append(rig.run(fail_in_another_way))
        rig.advance(ANY_RETRY)
    assert ended == [0, 0, 0, 1, 0, 0]
    record = rig.only()
    assert (record.status, record.attempts) == ("failed", 4)
    assert record.problem is not None
    assert "RuntimeError: attempt 4" in record.problem


def test_a_traceback_tells_of_its_own_job_alone(rig: Rig, business: BusinessId) -> None:
    rig.enqueue(*(numbered(business, n) for n in range(3)))
    rig.run(fail)
    for record in rig.queue.jobs():
        assert record.problem is not None
        assert "During handling of the above exception" not in record.problem
        assert "site-packages" not in record.problem


def test_a_problem_that_a_database_cannot_hold_is_kept_nevertheless(rig: Rig, business: BusinessId) -> None:
    rig.enqueue(look(business))

    def fail_oddly(_: Job) -> None:
        raise RuntimeError("nul \x00 and half a pair \ud800 " + "x" * 50_000 + " the end")

    rig.run(fail_oddly)
    assert (rig.only().problem or "").strip().endswith("the end")


def test_a_retry_gives_way_to_a_waiting_job_with_its_key(rig: Rig, business: BusinessId) -> None:
    rig.enqueue(numbered(business, 1, key="k"))

    def ask_again_and_fail(job: Job) -> None:
        if job.payload["n"] == 1:
            rig.enqueue(numbered(business, 2, key="k"))
            fail(job)

    rig.run(ask_again_and_fail)
    assert [(record.job.payload["n"], record.status) for record in rig.queue.jobs()] == [
        (2, "succeeded"),
        (1, "cancelled"),
    ]


def test_a_kind_without_a_handler_fails_at_once(rig: Rig, business: BusinessId) -> None:
    rig.enqueue(look(business, kind="unheard of"), look(business))
    assert rig.run(succeed) == 2
    (failed,) = rig.queue.jobs(status="failed")
    assert failed.attempts == 1
    assert "no handler for jobs of kind 'unheard of'" in (failed.problem or "")


def test_a_failed_job_can_be_retried_with_its_retries_restored(rig: Rig, business: BusinessId) -> None:
    rig.enqueue(look(business))
    fail_for_good(rig)
    rig.queue.retry(rig.only().id)
    assert (rig.only().status, rig.only().attempts, rig.only().ended_at) == ("waiting", 0, None)
    rig.run(fail)
    assert (rig.only().status, rig.only().attempts) == ("waiting", 1)
    rig.advance(FIRST_RETRY)
    assert rig.run(succeed) == 1


def test_a_retried_job_that_fails_for_good_again_keeps_the_newest_traceback(rig: Rig, business: BusinessId) -> None:
    rig.enqueue(look(business))
    fail_for_good(rig)
    rig.queue.retry(rig.only().id)

    def fail_anew(_: Job) -> None:
        raise RuntimeError("now for another reason")

    rig.run(fail_anew)
    assert "now for another reason" in (rig.only().problem or "")


def test_a_cancelled_job_does_not_run(rig: Rig, business: BusinessId) -> None:
    rig.enqueue(look(business))
    rig.queue.cancel(rig.only().id)
    assert rig.run(succeed) == 0
    assert rig.only().status == "cancelled"
    assert rig.only().ended_at is not None


def test_a_cancelled_job_can_be_retried(rig: Rig, business: BusinessId) -> None:
    rig.enqueue(look(business))
    rig.queue.cancel(rig.only().id)
    rig.queue.retry(rig.only().id)
    assert rig.run(succeed) == 1


def test_a_job_that_was_cancelled_and_retried_waits_after_a_failure_like_any_other(
    rig: Rig, business: BusinessId
) -> None:
    rig.enqueue(numbered(business, 1), numbered(business, 2))
    second = rig.queue.jobs()[0].id

    def cancel_and_retry_the_second(job: Job) -> None:
        if job.payload["n"] == 1:
            rig.queue.cancel(second)
            rig.queue.retry(second)
        else:
            fail(job)

    assert rig.run(cancel_and_retry_the_second) == 1
    assert rig.queue.get(second).attempts == 1


def test_the_key_of_a_cancelled_job_is_free(rig: Rig, business: BusinessId) -> None:
    rig.enqueue(look(business, key="k"))
    rig.queue.cancel(rig.only().id)
    rig.enqueue(look(business, key="k"))
    assert rig.run(succeed) == 1


def test_retrying_a_key_that_waits_again_is_a_conflict(rig: Rig, business: BusinessId) -> None:
    rig.enqueue(look(business, key="k"))
    first = rig.only().id
    rig.queue.cancel(first)
    rig.enqueue(look(business, key="k"))
    with pytest.raises(Conflict):
        rig.queue.retry(first)


def test_only_a_failed_or_cancelled_job_can_be_retried(rig: Rig, business: BusinessId) -> None:
    rig.enqueue(look(business))
    with pytest.raises(Conflict):
        rig.queue.retry(rig.only().id)
    rig.run(succeed)
    with pytest.raises(Conflict):
        rig.queue.retry(rig.only().id)


def test_only_a_waiting_job_can_be_cancelled(rig: Rig, business: BusinessId) -> None:
    rig.enqueue(look(business))
    refused: list[bool] = []

    def cancel_itself(_: Job) -> None:
        with pytest.raises(Conflict):
            rig.queue.cancel(rig.only().id)
        refused.append(True)

    assert rig.run(cancel_itself) == 1
    assert refused == [True]
    with pytest.raises(Conflict):
        rig.queue.cancel(rig.only().id)


def test_what_is_absent_is_not_found(rig: Rig) -> None:
    for ask in (rig.queue.get, rig.queue.retry, rig.queue.cancel):
        with pytest.raises(NotFound):
            ask(2**60)


def test_a_job_is_got_by_its_id(rig: Rig, business: BusinessId) -> None:
    rig.enqueue(look(business), look(business))
    newest, oldest = rig.queue.jobs()
    assert rig.queue.get(oldest.id) == oldest
    assert newest.id > oldest.id


def test_jobs_are_found_by_status_and_business(rig: Rig, business: BusinessId) -> None:
    other = BusinessId(uuid4())
    rig.enqueue(look(business))
    rig.run(succeed)
    rig.enqueue(look(business))
    rig.enqueue(look(other))
    assert [record.job.business_id for record in rig.queue.jobs(status="waiting")] == [other, business]
    assert [record.status for record in rig.queue.jobs(business_id=business)] == ["waiting", "succeeded"]
    assert len(rig.queue.jobs(status="waiting", business_id=business)) == 1
    assert rig.queue.jobs(status="failed") == []


def test_jobs_are_limited_to_the_newest(rig: Rig, business: BusinessId) -> None:
    rig.enqueue(*(numbered(business, n) for n in range(5)))
    assert [record.job.payload["n"] for record in rig.queue.jobs(limit=2)] == [4, 3]


def test_a_negative_limit_is_invalid(rig: Rig) -> None:
    with pytest.raises(InvalidInput):
        rig.queue.jobs(limit=-1)


def test_each_job_runs_once_when_several_work(rig: Rig, business: BusinessId) -> None:
    rig.enqueue(*(numbered(business, n) for n in range(30)))
    ran: list[int] = []
    workers = [threading.Thread(target=rig.run, args=[lambda job: ran.append(job.payload["n"])]) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(ran) == list(range(30))


def test_a_worker_that_waits_takes_new_jobs_until_it_is_stopped(rig: Rig, business: BusinessId) -> None:
    ran = threading.Event()
    ended: list[int] = []
    worker = threading.Thread(target=lambda: ended.append(rig.queue.work({"look": lambda _: ran.set()})))
    worker.start()
    try:
        rig.enqueue(look(business))
        assert ran.wait(10)
    finally:
        rig.stop()
        worker.join(10)
    assert ended == [1]


def test_a_worker_comes_back_when_stopped_at_any_moment(rig: Rig) -> None:
    for pause in (0.0, 0.005, 0.02, 0.1):
        worker = threading.Thread(target=rig.queue.work, args=[{}])
        worker.start()
        time.sleep(pause)
        while worker.is_alive():
            rig.stop()
            worker.join(0.05)
            pause += 0.05
            assert pause < 10
    assert rig.queue.jobs() == []


def test_the_businesses_take_turns(rig: Rig, business: BusinessId) -> None:
    others = [BusinessId(uuid4()) for _ in range(2)]
    rig.enqueue(*(numbered(business, n) for n in range(20)))
    for other in others:
        rig.enqueue(*(numbered(other, n) for n in range(2)))
    ran: list[BusinessId] = []
    rig.run(lambda job: ran.append(job.business_id))
    assert set(ran[:3]) == set(ran[3:6]) == {business, *others}
    assert set(ran[6:]) == {business}


def test_a_business_with_many_jobs_runs_them_in_order(rig: Rig, business: BusinessId) -> None:
    rig.enqueue(*(numbered(business, n) for n in range(9)))
    rig.enqueue(numbered(BusinessId(uuid4()), 100))
    ran: list[int] = []
    rig.run(lambda job: ran.append(job.payload["n"]))
    assert [n for n in ran if n != 100] == list(range(9))


def test_a_turn_does_not_come_before_a_priority(rig: Rig, business: BusinessId) -> None:
    rig.enqueue(*(numbered(business, n, priority=1) for n in range(3)))
    rig.enqueue(numbered(BusinessId(uuid4()), 9, priority=2))
    ran: list[int] = []
    rig.run(lambda job: ran.append(job.payload["n"]))
    assert ran == [0, 1, 2, 9]


def overlaps(rig: Rig, *jobs: Job) -> int:
    """The most of these jobs that two workers ran at one time."""
    rig.enqueue(*jobs)
    running, most, lock = [0], [0], threading.Lock()

    def hold(_: Job) -> None:
        with lock:
            running[0] += 1
            most[0] = max(most[0], running[0])
        time.sleep(0.05)
        with lock:
            running[0] -= 1

    workers = [threading.Thread(target=rig.run, args=[hold, "look", "see"]) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    while rig.run(hold, "look", "see"):
        pass
    return most[0]


def test_of_jobs_that_are_alone_one_runs_at_a_time(rig: Rig, business: BusinessId) -> None:
    assert overlaps(rig, *(numbered(business, n, alone=True) for n in range(6))) == 1
    assert {record.status for record in rig.queue.jobs()} == {"succeeded"}


def test_others_run_beside_a_job_that_is_alone(rig: Rig, business: BusinessId) -> None:
    assert overlaps(rig, look(business, alone=True), *(look(business, kind="see") for _ in range(4))) > 1


def test_a_job_that_is_alone_keeps_no_other_business_waiting(rig: Rig, business: BusinessId) -> None:
    others = [look(BusinessId(uuid4()), alone=True) for _ in range(3)]
    for other in others:
        rig.enqueue(other)
    assert overlaps(rig, look(business, alone=True)) > 1


def test_a_job_that_is_alone_lets_the_next_begin_when_it_fails(rig: Rig, business: BusinessId) -> None:
    rig.enqueue(numbered(business, 1, alone=True), numbered(business, 2, alone=True))
    rig.run(fail)
    assert [record.attempts for record in rig.queue.jobs()] == [1, 1]


@pytest.mark.parametrize("error", [InvalidInput("no such file"), NotAllowed("not yours"), NotFound("it is gone")])
def test_what_no_retry_would_mend_fails_at_once(rig: Rig, business: BusinessId, error: Exception) -> None:
    rig.enqueue(look(business))

    def refuse(_: Job) -> None:
        raise error

    assert rig.run(refuse) == 1
    assert (rig.only().status, rig.only().attempts) == ("failed", 1)
    assert str(error) in (rig.only().problem or "")


def test_a_tool_that_asks_for_patience_is_given_it(rig: Rig, business: BusinessId) -> None:
    rig.enqueue(look(business))

    def ask_for_patience(_: Job) -> None:
        raise Unavailable("too many requests", retry_after=timedelta(minutes=5))

    rig.run(ask_for_patience)
    rig.advance(timedelta(minutes=4))
    assert rig.run(succeed) == 0
    rig.advance(timedelta(minutes=1, seconds=1))
    assert rig.run(succeed) == 1


def test_statistics_count_the_jobs_of_each_kind_by_status(rig: Rig, business: BusinessId) -> None:
    rig.enqueue(look(business), look(business), look(business, kind="see", at=rig.now() + timedelta(hours=1)))
    rig.run(succeed)
    rig.enqueue(look(business))
    rig.run(fail)
    looked, seen = rig.queue.statistics()
    assert (looked.kind, looked.succeeded, looked.waiting, looked.failures) == ("look", 2, 1, 1)
    assert (seen.kind, seen.waiting, seen.succeeded, seen.duration_p50, seen.oldest_waiting) == (
        "see",
        1,
        0,
        None,
        None,
    )


def test_statistics_say_how_long_jobs_take_and_wait(rig: Rig, business: BusinessId) -> None:
    rig.enqueue(look(business), look(business))
    rig.run(lambda _: time.sleep(0.02) or rig.advance(timedelta(0)))
    (looked,) = rig.queue.statistics()
    assert looked.duration_p50 is not None
    assert looked.delay_p95 is not None
    assert looked.delay_p50 is not None
    assert 0 <= looked.delay_p50 <= looked.delay_p95 < 5


def test_statistics_say_how_long_the_oldest_job_waits(rig: Rig, business: BusinessId) -> None:
    rig.enqueue(look(business), look(business, at=rig.now() + timedelta(minutes=2)))
    (looked,) = rig.queue.statistics()
    assert looked.oldest_waiting is not None
    assert 0 <= looked.oldest_waiting < 5


def test_statistics_are_of_one_business_where_one_is_named(rig: Rig, business: BusinessId) -> None:
    rig.enqueue(look(business))
    assert rig.queue.statistics(business_id=BusinessId(uuid4())) == []
    assert [each.waiting for each in rig.queue.statistics(business_id=business)] == [1]


def test_statistics_leave_out_what_ended_before(rig: Rig, business: BusinessId) -> None:
    rig.enqueue(look(business))
    rig.run(succeed)
    rig.enqueue(look(business))
    (looked,) = rig.queue.statistics(since=rig.now() + timedelta(seconds=5))
    assert (looked.waiting, looked.succeeded) == (1, 0)


def test_what_ended_well_can_be_forgotten(rig: Rig, business: BusinessId) -> None:
    rig.enqueue(look(business), look(business, kind="unheard of"))
    rig.run(succeed)
    rig.enqueue(look(business))
    assert rig.queue.forget(rig.now() + timedelta(seconds=5)) == 1
    assert [record.status for record in rig.queue.jobs()] == ["waiting", "failed"]
    assert rig.queue.forget(rig.now() + timedelta(seconds=5)) == 0


def test_what_has_just_ended_is_not_forgotten_yet(rig: Rig, business: BusinessId) -> None:
    rig.enqueue(look(business))
    rig.run(succeed)
    assert rig.queue.forget(rig.now() - timedelta(hours=1)) == 0


WORKER = """
import sys, time
from refleqt_adapters.postgres.connections import Database
from refleqt_adapters.queue.procrastinate import ProcrastinateQueue
url, name, seconds = sys.argv[1:]
def hang(job):
    print("began", flush=True)
    time.sleep(float(seconds))
queue = ProcrastinateQueue(Database(url), name=name, heartbeat=0.2, lease=1.0)
print("ended", queue.work({"look": hang}), flush=True)
"""


@attrs.frozen
class Worker:
    """A worker in a process of its own that has begun its first job."""

    process: "subprocess.Popen[str]"

    def end(self, how: signal.Signals) -> str:
        self.process.send_signal(how)
        said, _ = self.process.communicate(timeout=30)
        return said


@pytest.fixture
def shared(rig: Rig) -> Rig:
    if rig.shared_as is None:
        pytest.skip("its jobs live in one process")
    return rig


@pytest.fixture
def start_worker(shared: Rig, database_url: str) -> Iterator[Callable[[float], Worker]]:
    started: list[subprocess.Popen[str]] = []

    def start(seconds: float) -> Worker:
        arguments = [sys.executable, "-c", WORKER, database_url, str(shared.shared_as), str(seconds)]
        process = subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True)
        started.append(process)
        assert process.stdout is not None
        assert process.stdout.readline() == "began\n"
        return Worker(process)

    yield start
    for process in started:
        process.kill()
        process.communicate()


def until_run(rig: Rig, handler: Handler, seconds: float = 20) -> int:
    deadline = time.monotonic() + seconds
    ended = 0
    while not ended and time.monotonic() < deadline:
        ended = rig.run(handler)
        time.sleep(0.1)
    return ended


def test_a_job_of_a_killed_worker_runs_again(
    shared: Rig, business: BusinessId, start_worker: Callable[[float], Worker]
) -> None:
    enqueued = look(business, key="k")
    shared.enqueue(enqueued)
    start_worker(60).end(signal.SIGKILL)
    assert shared.only().status == "running"
    seen: list[Job] = []
    assert until_run(shared, seen.append) == 1
    assert seen == [enqueued]
    assert (shared.only().status, shared.only().attempts) == ("succeeded", 2)


def test_a_waiting_worker_takes_over_the_job_of_a_killed_one(
    shared: Rig, business: BusinessId, start_worker: Callable[[float], Worker]
) -> None:
    shared.enqueue(look(business))
    start_worker(60).end(signal.SIGKILL)
    start_worker(0)
    assert shared.only().attempts == 2


def test_a_job_that_outlasts_the_lease_of_a_living_worker_does_not_run_twice(
    shared: Rig, business: BusinessId, start_worker: Callable[[float], Worker]
) -> None:
    shared.enqueue(look(business))
    worker = start_worker(3)
    assert until_run(shared, succeed, seconds=2.5) == 0
    assert worker.end(signal.SIGTERM) == "ended 1\n"
    assert (shared.only().status, shared.only().attempts) == ("succeeded", 1)


def test_a_job_that_kills_its_workers_fails_at_last(
    shared: Rig, business: BusinessId, start_worker: Callable[[float], Worker]
) -> None:
    shared.enqueue(look(business))
    for _ in range(4):
        start_worker(60).end(signal.SIGKILL)
    start = time.monotonic()
    while shared.only().status == "running" and time.monotonic() < start + 20:
        shared.run(succeed)
        time.sleep(0.1)
    record = shared.only()
    assert (record.status, record.attempts) == ("failed", 4)
    assert "killed" in (record.problem or "")


def test_the_job_of_a_killed_worker_gives_way_to_a_waiting_one_with_its_key(
    shared: Rig, business: BusinessId, start_worker: Callable[[float], Worker]
) -> None:
    shared.enqueue(numbered(business, 1, key="k"))
    worker = start_worker(60)
    shared.enqueue(numbered(business, 2, key="k", at=shared.now() + timedelta(hours=1)))
    worker.end(signal.SIGKILL)
    start = time.monotonic()
    while shared.queue.jobs(status="running") and time.monotonic() < start + 20:
        shared.run(succeed)
        time.sleep(0.1)
    assert [record.status for record in shared.queue.jobs()] == ["waiting", "cancelled"]
