"""Who is asked to make what: who cannot, who would do it best, and who gets which of many briefs."""

from collections.abc import Sequence
from datetime import datetime

import attrs
import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from ..values import Money
from .records import Creator, CreatorPerformance
from .scores import Peers, Score, Weighing, exploration_bonus, performance_score, quality_score
from .terms import MarketplaceTerms

OTHER_SUBJECT = 0.3
"""How much a job that has nothing to do with the brief still says of its creator."""
OTHER_TYPE = 0.5
"""How much a job of another artifact type does."""


@attrs.frozen(kw_only=True)
class Wanted:
    """What a brief asks of its creator. No ``specialization``: any will do."""

    artifact_type: str
    specialization: str | None = None


@attrs.frozen(kw_only=True)
class Candidate:
    """A creator with their past jobs, each with its similarity in [0, 1] to the brief.

    ``pending`` are offers that they have not answered; each keeps a place free until it has ended.
    """

    creator: Creator
    jobs: tuple[CreatorPerformance, ...] = ()
    similarities: tuple[float, ...] = ()
    pending: int = 0
    asked: bool = False

    @property
    def free_places(self) -> int:
        """How many briefs they can take on now."""
        return max(0, self.creator.capacity - self.creator.current_load - self.pending)


@attrs.frozen(kw_only=True)
class Match:
    """A creator who can make it, with a score in [0, 1] and what it rests on in sentences."""

    creator: Creator
    score: float
    reasons: tuple[str, ...]


@attrs.frozen(kw_only=True)
class PassedOver:
    """A creator who is not asked, and every reason why."""

    creator: Creator
    reasons: tuple[str, ...]


def obstacles(candidate: Candidate, wanted: Wanted) -> tuple[str, ...]:
    """Every reason why the creator cannot be asked; none: they can."""
    creator = candidate.creator
    found = []
    if not creator.active:
        found.append("not active")
    if wanted.specialization and wanted.specialization not in creator.specializations:
        found.append(f"not specialised in {wanted.specialization}")
    if wanted.artifact_type not in creator.artifact_types:
        found.append(f"does not make {wanted.artifact_type}")
    elif wanted.artifact_type not in creator.fees:
        found.append(f"has named no fee for {wanted.artifact_type}")
    if not candidate.free_places:
        waiting = f" and {candidate.pending} unanswered" if candidate.pending else ""
        found.append(f"no free place: {creator.current_load} of {creator.capacity} taken{waiting}")
    if candidate.asked:
        found.append("was asked before")
    return tuple(found)


def passed_over(candidates: Sequence[Candidate], wanted: Wanted) -> list[PassedOver]:
    """Those who cannot be asked, in the order given."""
    found = [(candidate.creator, obstacles(candidate, wanted)) for candidate in candidates]
    return [PassedOver(creator=creator, reasons=reasons) for creator, reasons in found if reasons]


def rank(candidates: Sequence[Candidate], wanted: Wanted, *, now: datetime, terms: MarketplaceTerms) -> list[Match]:
    """Those who can be asked, the best first; equal scores by lower load, then by external id.

    Creators are shrunk to the others of their tier among ``candidates``; pass the busy and the unsuitable ones along.
    """
    weighing = terms.weighing(now)
    peers = Peers(((candidate.creator.tier, candidate.jobs) for candidate in candidates), weighing)
    able = [candidate for candidate in candidates if not obstacles(candidate, wanted)]
    matches = [_match(candidate, wanted, peers, weighing, terms) for candidate in able]
    return sorted(matches, key=lambda match: (-match.score, match.creator.current_load, match.creator.external_id))


def assign(scores: NDArray[np.float64], places: Sequence[int]) -> list[int | None]:
    """For each brief the column of its creator, or None: as many briefs as possible, and then the highest total.

    ``scores`` is (briefs, creators) in [0, 1], NaN where the creator cannot make it; ``places`` says how many briefs
    each creator can take. Solved exactly as an assignment problem with a column for each place.
    """
    briefs, creators = scores.shape
    columns = np.repeat(np.arange(creators), np.minimum(np.asarray(places, dtype=np.int64), briefs))
    value = scores[:, columns]
    # One more brief with somebody is worth more than any difference in scores.
    cost = np.where(np.isnan(value), 0.0, -(value + briefs + 1))
    rows, chosen = linear_sum_assignment(cost)
    given: list[int | None] = [None] * briefs
    for row, column in zip(rows.tolist(), chosen.tolist(), strict=True):
        if not np.isnan(value[row, column]):
            given[row] = int(columns[column])
    return given


def _match(candidate: Candidate, wanted: Wanted, peers: Peers, weighing: Weighing, terms: MarketplaceTerms) -> Match:
    relevance = [
        (OTHER_SUBJECT + (1 - OTHER_SUBJECT) * similarity)
        * (1.0 if job.artifact_type == wanted.artifact_type else OTHER_TYPE)
        for job, similarity in zip(candidate.jobs, candidate.similarities, strict=True)
    ]
    prior = peers.prior(candidate.creator.tier, candidate.jobs)
    performance = performance_score(candidate.jobs, relevance, weighing, prior_mean=prior.performance)
    quality = quality_score(candidate.jobs, wanted.artifact_type, weighing, prior_mean=prior.quality)
    bonus = exploration_bonus(candidate.creator.tier, performance, terms.exploration)
    share = terms.performance_share
    score = min(1.0, share * performance.mean + (1 - share) * quality.mean + bonus)
    reasons = _reasons(candidate, wanted, performance, quality, bonus)
    return Match(creator=candidate.creator, score=score, reasons=reasons)


def _reasons(candidate: Candidate, wanted: Wanted, performance: Score, quality: Score, bonus: float) -> tuple[str, ...]:
    creator, kind = candidate.creator, wanted.artifact_type.replace("_", " ")
    of_type = sum(job.artifact_type == wanted.artifact_type for job in candidate.jobs)
    fee = Money(minor=creator.fees[wanted.artifact_type], currency=creator.currency)
    said = [
        f"results on similar briefs {performance.mean:.2f} (from {_jobs(performance.jobs)})"
        if performance.jobs
        else f"no results on similar briefs yet; {performance.mean:.2f} is assumed, as of others in the tier",
        f"quality of {kind} {quality.mean:.2f} (from {_jobs(of_type)})"
        if of_type
        else f"no {kind} so far; quality over all types gives {quality.mean:.2f}",
    ]
    if bonus:
        said.append(f"rising, so given a chance: {bonus:+.2f}")
    said.append(f"{candidate.free_places} of {creator.capacity} places free, base fee {fee}")
    return tuple(said)


def _jobs(count: int) -> str:
    return f"{count} job" if count == 1 else f"{count} jobs"
