"""What every Queue checks of a job before it takes it, so that all of them refuse the same."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

import attrs

from ..errors import Fault, InvalidInput, NotAllowed
from ..ports.queue import Job
from ..ports.store import Transaction

LONGEST_KIND = 128
LONGEST_KEY = 500
PRIORITIES = (1, 2, 3)

NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")
"""U+0000 in JSON text, which PostgreSQL stores neither in text nor in JSONB."""


def enqueueable(jobs: Iterable[Job], tx: Transaction) -> tuple[Job, ...]:
    """The jobs with payloads of their own that come back from JSON as they are.

    A transaction of a business can ask for work for that business alone: `NotAllowed`. All faults of a job at once:
    `InvalidInput`.
    """
    return tuple(_checked(job, tx) for job in jobs)


def _checked(job: Job, tx: Transaction) -> Job:
    if tx.business_id is not None and job.business_id != tx.business_id:
        raise NotAllowed(f"this unit of work cannot ask for a job '{job.kind}' of another business")
    faults = [
        Fault(f"job '{job.kind}'", None, field, problem, remedy) for field, ok, problem, remedy in _rules(job) if not ok
    ]
    payload = _through_json(job.payload)
    if payload is None:
        said = "it does not come back from JSON as it is"
        faults.append(
            Fault(f"job '{job.kind}'", None, "payload", said, "Use text, numbers, booleans, None, lists, dicts")
        )
    if payload is None or faults:
        raise InvalidInput(faults)
    return attrs.evolve(job, payload=payload)


def _rules(job: Job) -> Iterable[tuple[str, bool, str, str]]:
    named = job.kind.isprintable() and 0 < len(job.kind) <= LONGEST_KIND
    yield "kind", named, f"it is not 1 to {LONGEST_KIND} printable characters", "Name a kind of the catalogue"
    keyed = job.key is None or (job.key.isprintable() and 0 < len(job.key) <= LONGEST_KEY)
    yield "key", keyed, f"it is not 1 to {LONGEST_KEY} printable characters", "Shorten it, or hash what it is made of"
    yield "priority", job.priority in PRIORITIES, f"{job.priority} is none of 1, 2, 3", "Use the kind's priority"
    timed = job.at is None or job.at.tzinfo is not None
    yield "at", timed, f"{job.at} has no time zone", "Give the moment in UTC"


def _through_json(payload: Mapping[str, Any]) -> dict[str, Any] | None:
    """A copy of ``payload`` as JSON gives it back; None where that differs or where there is no such JSON."""
    try:
        text = json.dumps(dict(payload), allow_nan=False, ensure_ascii=False)
        text.encode()
        copy: dict[str, Any] = json.loads(text)
    except (TypeError, ValueError, RecursionError):
        return None
    return None if NUL.search(text) or copy != payload else copy
