"""Everybody who could be asked, read once, and how near their past jobs are to a brief."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import attrs
import numpy as np

from ..outputs.records import CreatorBrief
from ..ports import Embedder, Transaction, where
from .matching import Candidate, Match, Wanted, assign, rank
from .records import BriefOffer, Creator, CreatorPerformance
from .terms import MarketplaceTerms

Similarity = Mapping[str, float]
"""Summary of a past job → similarity in [0, 1] to a brief."""


@attrs.frozen(kw_only=True)
class Pool:
    """All creators with their jobs of the last two years, and how many offers each has yet to answer."""

    creators: Sequence[Creator]
    jobs: Mapping[UUID, Sequence[CreatorPerformance]]
    pending: Mapping[UUID, int]

    @classmethod
    def read(cls, tx: Transaction, now: datetime, terms: MarketplaceTerms) -> "Pool":
        """As of ``now``."""
        jobs = defaultdict(list)
        for job in tx.find(CreatorPerformance, *where(completed_at__ge=now - timedelta(days=terms.history_days))):
            jobs[job.creator_id].append(job)
        waiting = tx.find(BriefOffer, *where(status="offered", expires_at__gt=now))
        return cls(
            creators=tx.find(Creator, order="external_id"),
            jobs=jobs,
            pending=Counter(offer.creator_id for offer in waiting),
        )

    @property
    def summaries(self) -> list[str]:
        """What the jobs were about, each summary once."""
        return sorted({job.summary for jobs in self.jobs.values() for job in jobs})

    def candidates(self, asked: set[UUID], similarity: Similarity) -> list[Candidate]:
        """Every creator, fit or not, as a candidate for the brief that ``similarity`` is to."""
        return [
            Candidate(
                creator=creator,
                jobs=tuple(jobs),
                similarities=tuple(similarity[job.summary] for job in jobs),
                pending=self.pending.get(creator.id, 0),
                asked=creator.id in asked,
            )
            for creator in self.creators
            for jobs in [self.jobs.get(creator.id, ())]
        ]


@attrs.frozen(kw_only=True)
class Ranking:
    """Everybody for one brief, and those who can be asked, the best first."""

    brief: CreatorBrief
    candidates: tuple[Candidate, ...]
    matches: tuple[Match, ...]


def similarities(embedder: Embedder, briefs: Sequence[str], summaries: Sequence[str]) -> list[Similarity]:
    """For each brief its similarity to each summary: the cosine, where it is above zero; an empty summary has none."""
    vectors = embedder.embed([*briefs, *summaries])
    cosines = np.clip(vectors[: len(briefs)] @ vectors[len(briefs) :].T, 0.0, 1.0)
    told = np.array([bool(summary.strip()) for summary in summaries], dtype=float)
    return [dict(zip(summaries, row, strict=True)) for row in (cosines * told).tolist()]


def wanted_of(brief: CreatorBrief) -> Wanted:
    """What the brief asks of its creator."""
    return Wanted(artifact_type=brief.artifact_type, specialization=brief.document.get("specialization") or None)


def gist(document: Mapping[str, Any]) -> str:
    """What the brief is about, in the words that past jobs are compared with."""
    keyword = (document.get("seo") or {}).get("keyword") or ""
    about = [
        document.get("headline"),
        keyword,
        document.get("audience_description"),
        *(document.get("key_messages") or ()),
    ]
    return ". ".join(str(part) for part in about if part)


def rankings_of(
    briefs: Sequence[CreatorBrief],
    asked: Sequence[set[UUID]],
    pool: Pool,
    embedder: Embedder,
    now: datetime,
    terms: MarketplaceTerms,
) -> list[Ranking]:
    """For each brief everybody, and who of those who were not ``asked`` would do it best. It embeds: no transaction."""
    near = similarities(embedder, [gist(brief.document) for brief in briefs], pool.summaries)
    rankings = []
    for brief, known, similarity in zip(briefs, asked, near, strict=True):
        candidates = pool.candidates(known, similarity)
        matches = rank(candidates, wanted_of(brief), now=now, terms=terms)
        rankings.append(Ranking(brief=brief, candidates=tuple(candidates), matches=tuple(matches)))
    return rankings


def assigned(rankings: Sequence[Ranking]) -> list[Match | None]:
    """One creator for each brief or None, within everybody's free places, as `matching.assign` decides."""
    places = {each.creator.id: each.free_places for ranking in rankings for each in ranking.candidates}
    columns = {creator_id: column for column, creator_id in enumerate(places)}
    scores = np.full((len(rankings), len(places)), np.nan)
    for row, ranking in enumerate(rankings):
        for match in ranking.matches:
            scores[row, columns[match.creator.id]] = match.score
    creators = list(places)
    chosen = [None if column is None else creators[column] for column in assign(scores, list(places.values()))]
    return [
        next((match for match in ranking.matches if match.creator.id == creator_id), None)
        for ranking, creator_id in zip(rankings, chosen, strict=True)
    ]
