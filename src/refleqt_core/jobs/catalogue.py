"""The job types of the design document's section 3.2: what each is given, how urgent it is, when it comes by itself.

A payload is a plain dataclass, so that its JSON Schema can be derived; `job` and `payload_of` are the way from it to
the `Job` of the Queue and back.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

import attrs

from ..errors import Fault, InvalidInput
from ..ports.queue import Job
from ..values import BusinessId
from .schedule import DAILY, MONTHLY, NIGHTLY, WEEKLY, Schedule


@dataclass(frozen=True, kw_only=True, slots=True)
class TranscribeAudio:
    """The recording of an activity becomes a transcript."""

    activity_artifact_id: UUID


@dataclass(frozen=True, kw_only=True, slots=True)
class ExtractContext:
    """The text of a source becomes themes, entities and signals; ``source_type`` as in `ports.Chunk`."""

    source_type: str
    source_id: UUID


@dataclass(frozen=True, kw_only=True, slots=True)
class GenerateEmbeddings:
    """The text of a source becomes searchable; ``source_type`` as in `ports.Chunk`.

    ``calendar_import`` with the id of an import stands for all entries that it wrote.
    """

    source_type: str
    source_id: UUID


@dataclass(frozen=True, kw_only=True, slots=True)
class CategorizeEntry:
    """A calendar entry of which the rules are unsure gets category and tags; an import's id stands for all of its."""

    calendar_entry_id: UUID


@dataclass(frozen=True, kw_only=True, slots=True)
class AnalyzePatterns:
    """The implicit signals of a business are computed as of the end of ``day``."""

    day: date


@dataclass(frozen=True, kw_only=True, slots=True)
class ComputeDelta:
    """The latest extraction of a tool is compared with the one before; ``source`` is the tool's name."""

    source: str


@dataclass(frozen=True, kw_only=True, slots=True)
class MapPerformance:
    """Performance numbers are joined to the calendar entries they belong to."""


@dataclass(frozen=True, kw_only=True, slots=True)
class TrainCdt:
    """The monthly training run; ``month`` is any day of the month whose data it ends with."""

    month: date


@dataclass(frozen=True, kw_only=True, slots=True)
class GenerateMaps:
    """Execution maps are recommended."""


@dataclass(frozen=True, kw_only=True, slots=True)
class GenerateBrief:
    """An artifact of an execution map gets the brief that a creator works from."""

    map_artifact_id: UUID


Payload = (
    TranscribeAudio
    | ExtractContext
    | GenerateEmbeddings
    | CategorizeEntry
    | AnalyzePatterns
    | ComputeDelta
    | MapPerformance
    | TrainCdt
    | GenerateMaps
    | GenerateBrief
)


@attrs.frozen
class JobType:
    """A kind of job. ``schedule`` says how often it is worth doing; without one something that happened asks for it.

    Of an ``alone`` kind one job of a business runs at a time. ``tasks`` are what it asks models for, by `Prompt.task`.
    """

    kind: str
    payload: type[Payload]
    priority: Literal[1, 2, 3]
    schedule: Schedule | None = None
    alone: bool = attrs.field(default=False, kw_only=True)
    tasks: tuple[str, ...] = attrs.field(default=(), kw_only=True)


CATALOGUE: Mapping[str, JobType] = {
    each.kind: each
    for each in (
        JobType("transcribe_audio", TranscribeAudio, 1),
        JobType("extract_context", ExtractContext, 2, tasks=("extract_context",)),
        JobType("generate_embeddings", GenerateEmbeddings, 2),
        JobType("categorize_entry", CategorizeEntry, 1, tasks=("categorize_entry",)),
        JobType("analyze_patterns", AnalyzePatterns, 2, NIGHTLY, alone=True),
        JobType("compute_delta", ComputeDelta, 3, MONTHLY, alone=True),
        JobType("map_performance", MapPerformance, 3, DAILY, alone=True),
        JobType("train_cdt", TrainCdt, 3, MONTHLY, alone=True),
        JobType("generate_maps", GenerateMaps, 3, WEEKLY, alone=True, tasks=("write_map",)),
        JobType("generate_brief", GenerateBrief, 1, tasks=("write_brief",)),
    )
}

TYPES: Mapping[type[Payload], JobType] = {each.payload: each for each in CATALOGUE.values()}

READERS: Mapping[object, Callable[[str], Any]] = {UUID: UUID, date: date.fromisoformat, str: str}
WRITERS: Mapping[object, Callable[[Any], str]] = {UUID: str, date: date.isoformat, str: str}


def job(payload: Payload, business_id: BusinessId, key: str | None = None, *, at: datetime | None = None) -> Job:
    """The job that does what ``payload`` says, with the priority of its type."""
    found = TYPES[type(payload)]
    written = {field.name: WRITERS[field.type](getattr(payload, field.name)) for field in fields(payload)}
    return Job(
        kind=found.kind,
        business_id=business_id,
        payload=written,
        priority=found.priority,
        key=key,
        at=at,
        alone=found.alone,
    )


def payload_of(job: Job) -> Payload:
    """What ``job`` says is to be done.

    A kind that the catalogue does not have, and a field that is missing, unknown, or not written as `job` writes it,
    raise `InvalidInput` with all faults.
    """
    found = CATALOGUE.get(job.kind)
    if found is None:
        raise InvalidInput(f"there is no job kind '{job.kind}'; the kinds are: {', '.join(CATALOGUE)}")
    expected = {field.name: field.type for field in fields(found.payload)}
    values = {name: _read(expected[name], text) for name, text in job.payload.items() if name in expected}
    faults = [
        *(_fault(job, name, "it is missing") for name in expected if name not in job.payload),
        *(_fault(job, name, "there is no such field") for name in job.payload if name not in expected),
        *(
            _fault(job, name, f"{job.payload[name]!r} is no {_named(expected[name])}")
            for name in values
            if values[name] is None
        ),
    ]
    if faults:
        raise InvalidInput(faults)
    return found.payload(**values)


def _read(kind: object, text: object) -> Any:
    """The value; None where ``text`` is not the one way it is written."""
    try:
        value = READERS[kind](text) if isinstance(text, str) and text else None
    except ValueError:
        return None
    return value if value is None or WRITERS[kind](value) == text else None


def _fault(job: Job, field: str, problem: str) -> Fault:
    return Fault(f"job '{job.kind}'", None, field, problem, "Make the job with refleqt_core.jobs.catalogue.job")


def _named(kind: object) -> str:
    return {UUID: "UUID", date: "date", str: "text"}[kind]  # type: ignore[index]  # the types of the payloads' fields
