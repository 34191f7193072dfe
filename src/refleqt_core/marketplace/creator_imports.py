"""Creators and their history come in from files; the same file again changes nothing."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import TypeVar
from uuid import NAMESPACE_URL, UUID, uuid5

import attrs

from ..errors import Fault, InvalidInput
from ..ports import Filter, Ids, Transaction, where
from ..values import Money
from .creator_record import AGGREGATES, save_with_aggregates
from .drafts import CreatorDraft, CreatorJob
from .records import BriefOffer, Creator, CreatorPerformance
from .scores import Weighing
from .terms import MarketplaceTerms

KEPT = ("id", "version", "active", *AGGREGATES)
"""What a file does not say about a creator."""

Row = TypeVar("Row", BriefOffer, CreatorPerformance)


@attrs.frozen(kw_only=True)
class ImportCounts:
    """What an import did with its rows; the three sum to the rows given."""

    new: int
    changed: int
    unchanged: int

    @classmethod
    def of(cls, outcomes: Sequence[str]) -> "ImportCounts":
        """Counted from one of the three words for each row."""
        return cls(**{word: outcomes.count(word) for word in ("new", "changed", "unchanged")})


def write_creators(tx: Transaction, drafts: Sequence[CreatorDraft], ids: Ids) -> ImportCounts:
    """Every creator is stored under their external id. The drafts' load is work from elsewhere; ours is added to it.

    An external id that stands there twice raises `InvalidInput`.
    """
    names = [draft.external_id for draft in drafts]
    _refuse_twice("external_id", names)
    stored = {creator.external_id: creator for creator in tx.find(Creator, *where(external_id__in=names))}
    return ImportCounts.of([_write_creator(tx, draft, stored.get(draft.external_id), ids) for draft in drafts])


def write_history(
    tx: Transaction, jobs: Sequence[CreatorJob], ids: Ids, terms: MarketplaceTerms, weighing: Weighing
) -> ImportCounts:
    """Every job is on record as an answered offer and, where it was accepted, as a performance; aggregates follow.

    A creator that is not known, an accepted job without quality or time, and the same brief of the same creator twice
    raise `InvalidInput`, which names all of them.
    """
    _refuse_twice("brief_id", [f"{job.brief_id} of {job.creator_id}" for job in jobs])
    names = sorted({job.creator_id for job in jobs})
    creators = {creator.external_id: creator for creator in tx.find(Creator, *where(external_id__in=names))}
    if faults := [fault for job in jobs for fault in _faults(job, creators)]:
        raise InvalidInput(faults)
    outcomes = [_write_job(tx, job, creators[job.creator_id], ids, terms) for job in jobs]
    touched = {job.creator_id for job, outcome in zip(jobs, outcomes, strict=True) if outcome != "unchanged"}
    for name in sorted(touched):
        save_with_aggregates(tx, creators[name], weighing)
    return ImportCounts.of(outcomes)


def _write_creator(tx: Transaction, draft: CreatorDraft, before: Creator | None, ids: Ids) -> str:
    ours = tx.count(BriefOffer, *where(creator_id=before.id, status="accepted")) if before else 0
    kept = {name: getattr(before, name) for name in KEPT} if before else {"id": ids.new()}
    given = {name: getattr(draft, name) for name in CreatorDraft.__slots__}
    creator = Creator(**(given | kept | {"current_load": draft.current_load + ours}))
    if before is None:
        tx.add(creator)
        return "new"
    if creator == before:
        return "unchanged"
    tx.save(creator)
    return "changed"


def _write_job(tx: Transaction, job: CreatorJob, creator: Creator, ids: Ids, terms: MarketplaceTerms) -> str:
    """What happened to the rows of the job, in a word."""
    offer = _past_offer(job, creator, ids, terms)
    said = [_written(tx, offer, where(brief_id=offer.brief_id, creator_id=creator.id))]
    if job.accepted:
        performance = _performance(job, creator, ids)
        said.append(_written(tx, performance, where(brief_id=job.brief_id, creator_id=creator.id)))
    return next((word for word in ("new", "changed") if word in said), "unchanged")


def _written(tx: Transaction, row: Row, conditions: tuple[Filter, ...]) -> str:
    found = tx.find(type(row), *conditions)
    if not found:
        tx.add(row)
        return "new"
    merged = attrs.evolve(row, id=found[0].id, version=found[0].version)
    if merged == found[0]:
        return "unchanged"
    tx.save(merged)
    return "changed"


def _past_offer(job: CreatorJob, creator: Creator, ids: Ids, terms: MarketplaceTerms) -> BriefOffer:
    offered_at = job.completed_at - timedelta(hours=job.delivery_hours or 0)
    return BriefOffer(
        id=ids.new(),
        brief_id=brief_uuid(job.brief_id),
        creator_id=creator.id,
        document={"headline": job.summary, "artifact_type": job.artifact_type},
        rank=1,
        match_score=0.0,
        base_fee=Money(minor=creator.fees.get(job.artifact_type, 0), currency=creator.currency),
        status="completed" if job.accepted else "declined",
        offered_at=offered_at,
        expires_at=offered_at + terms.answer_within,
        answered_at=offered_at,
    )


def _performance(job: CreatorJob, creator: Creator, ids: Ids) -> CreatorPerformance:
    return CreatorPerformance(
        id=ids.new(),
        brief_id=job.brief_id,
        creator_id=creator.id,
        artifact_type=job.artifact_type,
        summary=job.summary,
        quality_score=job.quality_score or 0.0,
        delivery_time=job.delivery_hours or 0.0,
        sla=job.sla_hours or 0.0,
        revision_count=job.revision_count,
        customer_satisfaction=job.customer_satisfaction,
        artifact_performance=job.artifact_performance,
        completed_at=job.completed_at,
    )


def brief_uuid(name: str) -> UUID:
    """The id of a brief from elsewhere: as it is where it is a UUID, else always the same one for the same name."""
    try:
        return UUID(name)
    except ValueError:
        return uuid5(NAMESPACE_URL, f"refleqt:brief:{name}")


def _faults(job: CreatorJob, creators: Mapping[str, Creator]) -> Iterator[Fault]:
    place = f"job {job.brief_id}"
    if job.creator_id not in creators:
        yield Fault(
            place,
            None,
            "creator_id",
            f"there is no creator '{job.creator_id}'",
            "Import the creators first, or mend the id.",
        )
    for name in ("quality_score", "delivery_hours", "sla_hours"):
        if job.accepted and getattr(job, name) is None:
            yield Fault(place, None, name, "an accepted job needs it", "Fill it in, or mark the job as not accepted.")


def _refuse_twice(field: str, keys: Sequence[str]) -> None:
    twice = sorted({key for key in keys if keys.count(key) > 1}) if len(set(keys)) < len(keys) else []
    if twice:
        raise InvalidInput([Fault("import", None, field, f"'{key}' stands there twice", "Keep one.") for key in twice])
