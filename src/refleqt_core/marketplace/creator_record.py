"""What a creator's work so far adds up to, always added up anew from the rows."""

from collections.abc import Sequence
from statistics import fmean

import attrs

from ..ports import Transaction, where
from .records import BriefOffer, Creator, CreatorPerformance
from .scores import INDIFFERENT, Weighing, performance_score

AGGREGATES = (
    "performance_score",
    "total_briefs_completed",
    "acceptance_rate",
    "avg_delivery_time",
    "revision_rate",
)


def with_aggregates(
    creator: Creator, jobs: Sequence[CreatorPerformance], offers: Sequence[BriefOffer], weighing: Weighing
) -> Creator:
    """The creator with aggregates over all ``jobs`` and ``offers``; not known is None, and one half for performance.

    ``performance_score`` is what the jobs achieved, weighted by recency and shrunk to one half. An offer counts as
    accepted or not once it was answered or has expired; one that was withdrawn before does not count.
    """
    answers = [answer for offer in offers if (answer := _accepted(offer)) is not None]
    performance = performance_score(jobs, [1.0] * len(jobs), weighing, prior_mean=INDIFFERENT)
    return attrs.evolve(
        creator,
        performance_score=performance.mean,
        total_briefs_completed=len(jobs),
        acceptance_rate=fmean(answers) if answers else None,
        avg_delivery_time=fmean(job.delivery_time for job in jobs) if jobs else None,
        revision_rate=fmean(job.revision_count for job in jobs) if jobs else None,
    )


def save_with_aggregates(tx: Transaction, creator: Creator, weighing: Weighing) -> Creator:
    """The creator is stored as given, its aggregates as the stored rows say; equal to what is there: not written."""
    jobs = tx.find(CreatorPerformance, *where(creator_id=creator.id))
    offers = tx.find(BriefOffer, *where(creator_id=creator.id))
    fresh = with_aggregates(creator, jobs, offers, weighing)
    return creator if fresh == tx.get(Creator, creator.id) else tx.save(fresh)


def _accepted(offer: BriefOffer) -> bool | None:
    if offer.status in ("accepted", "completed"):
        return True
    if offer.status in ("declined", "expired"):
        return False
    return True if offer.status == "withdrawn" and offer.answered_at else None
