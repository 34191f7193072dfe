"""Which activity a team should hold next, by what β lacks; and what came of those that were recommended."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import attrs
import numpy as np
from numpy.typing import NDArray

from ..context.activity_pages import ActivityPage, pages
from ..context.quality import CONTEXT_KINDS, ContextQuality
from ..context.records import AnalyticsSnapshot, ContextExtraction
from ..errors import Conflict, InvalidInput, NeedsReview
from ..intake.activities import Activity
from ..intake.activity_guides import TALKS, Exercise
from ..intake.activity_lineage import ACTIVITY
from ..intake.activity_types import exercises
from ..outputs.choices import rng_for
from ..outputs.records import RecommendationOutcome
from ..ports import Clock, Ids, Store, Transaction, where
from ..values import BusinessId
from .exercise_worth import ExercisePast, Weights, Worth, propensities, worth_of

OPEN_FOR = timedelta(days=7)
"""Asked again within that time, the same recommendation is given, unless another one is asked for."""


@attrs.frozen(kw_only=True)
class Lineage:
    """What was recommended, what the team did, what was learned of it, and how sure that is.

    ``activity`` is None until it was held (or once it was removed), ``quality`` until it has been read.
    """

    recommendation: RecommendationOutcome
    activity: Activity | None
    quality: ContextQuality | None

    @property
    def confidence(self) -> str | None:
        """high, medium or low; None until the activity has been read."""
        said = self.recommendation.context_extracted.get("confidence")
        return None if said is None else str(said)


@attrs.frozen(kw_only=True)
class ActivityAdviceService:
    """Recommends activities and follows them. ``seed`` and the clock decide what is tried out."""

    store: Store
    clock: Clock
    ids: Ids
    seed: int = 0
    weights: Weights = attrs.field(factory=Weights)

    def recommend(self, business_id: BusinessId, *, another: bool = False) -> RecommendationOutcome:
        """The activity to hold next, on record with what else could have been recommended and how likely it was.

        Asked again within a week the same is given, while nobody has answered it. With ``another`` that one counts as
        rejected, and a different type is drawn. Nothing to choose from: `NeedsReview`.
        """
        now = self.clock.now()
        with self.store.business(business_id) as tx:
            before = self._unanswered(tx, now)
            if before and not another:
                return before[0]
            for each in before:
                tx.save(attrs.evolve(each, user_action="rejected", action_timestamp=now))
            shown = {str(each.recommendation_content.get("activity_type")) for each in before}
            made = self._made(tx, business_id, now, barred=shown)
            tx.add(made)
            return made

    def reject(self, business_id: BusinessId, recommendation_id: UUID) -> RecommendationOutcome:
        """The team does not want it. Rejected before: as it was; held already: `Conflict`; unknown: `NotFound`."""
        with self.store.business(business_id) as tx:
            asked = tx.get(RecommendationOutcome, recommendation_id)
            if asked.recommendation_type != ACTIVITY:
                raise InvalidInput("this recommends no activity")
            if asked.user_action == "rejected":
                return asked
            if asked.user_action is not None:
                raise Conflict(f"this recommendation was {asked.user_action} already")
            return tx.save(attrs.evolve(asked, user_action="rejected", action_timestamp=self.clock.now()))

    def learn(self, business_id: BusinessId, activity_id: UUID) -> RecommendationOutcome | None:
        """What the activity taught stands in the recommendation that it follows; gives that, None where there is none.

        Of several activities that follow one recommendation the one that was read last counts.
        """
        with self.store.business(business_id) as tx:
            found = tx.find(Activity, *where(id=activity_id))
            if not found or found[0].recommendation_id is None:
                return None
            page = pages(tx, found)[0]
            asked = page.recommendation
            if asked is None or page.quality is None:
                return asked
            learned = attrs.evolve(
                asked, context_extracted=_extracted(page, page.quality), context_quality_score=page.quality.score
            )
            return asked if learned == asked else tx.save(learned)

    def lineage(self, business_id: BusinessId, *, limit: int = 50) -> Sequence[Lineage]:
        """The recommendations of activities, the newest first, each with the activity that followed it."""
        with self.store.business(business_id) as tx:
            asked = tx.find(
                RecommendationOutcome, *where(recommendation_type=ACTIVITY), order="-recommended_at", limit=limit
            )
            held = tx.find(Activity, *where(recommendation_id__in=[each.id for each in asked]), order="held_at")
            told = {page.activity.recommendation_id: page for page in pages(tx, held)}
        return [
            Lineage(
                recommendation=each,
                activity=told[each.id].activity if each.id in told else None,
                quality=told[each.id].quality if each.id in told else None,
            )
            for each in asked
        ]

    def _unanswered(self, tx: Transaction, now: datetime) -> list[RecommendationOutcome]:
        asked = where(recommendation_type=ACTIVITY, user_action=None, recommended_at__gt=now - OPEN_FOR)
        return tx.find(RecommendationOutcome, *asked, order="-recommended_at")

    def _made(self, tx: Transaction, business_id: BusinessId, now: datetime, barred: set[str]) -> RecommendationOutcome:
        known = [each for each in exercises(tx).values() if each.archived_at is None and each.slug not in TALKS]
        candidates = [each for each in known if each.slug not in barred]
        if not candidates:
            raise NeedsReview("there is no other type of activity to recommend; add one: refleqt activities types add")
        coverage = _coverage(tx)
        past = _past(tx, now)
        agreement = _agreement(tx)
        worths = [
            worth_of(each, past.get(each.slug, ExercisePast()), coverage, agreement, self.weights)
            for each in candidates
        ]
        chances = propensities([worth.value for worth in worths])
        rng = rng_for(self.seed, business_id, now, "activity")
        drawn = int(rng.choice(len(candidates), p=chances))
        return RecommendationOutcome(
            id=self.ids.new(),
            business_id=business_id,
            recommendation_type=ACTIVITY,
            recommendation_content=_content(candidates[drawn], worths[drawn]),
            recommended_at=now,
            candidate_set=_candidates(candidates, worths, chances),
            propensity=min(float(chances[drawn]), 1.0),
            policy_version=self.weights.version,
            recommendation_model_version=f"context-{sum(coverage.values())}",
        )


def _content(exercise: Exercise, worth: Worth) -> dict[str, Any]:
    return {
        "activity_type": exercise.slug,
        "name": exercise.name,
        "purpose": exercise.purpose,
        "minutes": exercise.minutes,
        "feeds": list(exercise.feeds),
        "reasons": list(worth.reasons),
        "value": round(worth.value, 6),
    }


def _candidates(
    candidates: Sequence[Exercise], worths: Sequence[Worth], chances: NDArray[np.float64]
) -> tuple[Mapping[str, Any], ...]:
    """All that could have been recommended, the likeliest first."""
    rows = zip(candidates, worths, chances.tolist(), strict=True)
    return tuple(
        {"activity_type": each.slug, "propensity": chance, "value": round(worth.value, 6), **worth.parts}
        for each, worth, chance in sorted(rows, key=lambda row: (-row[2], row[0].slug))
    )


def _extracted(page: ActivityPage, quality: ContextQuality) -> dict[str, Any]:
    """What the lineage keeps of an activity; what cites a source by ``source_id`` is withdrawn when that is removed."""
    return {
        "source_type": "activity",
        "source_id": str(page.activity.id),
        "activity_id": str(page.activity.id),
        "activity_type": page.activity.activity_type,
        "extraction_ids": [str(finding.id) for finding in page.findings],
        "counts": dict(quality.by_kind),
        "dropped": quality.dropped,
        "words": quality.words,
        "confidence": quality.confidence,
        "reason": quality.reason,
    }


def _coverage(tx: Transaction) -> dict[str, int]:
    """How many findings of each kind hold now, from whatever source."""
    counts = Counter(kind for (kind,) in tx.rows(ContextExtraction, ("kind",), *where(valid_to=None)))
    return {kind: counts.get(kind, 0) for kind in CONTEXT_KINDS}


def _past(tx: Transaction, now: datetime) -> dict[str, ExercisePast]:
    """By type: when it was last held, and the quality of what each gave."""
    found: dict[str, ExercisePast] = {}
    for page in pages(tx, tx.find(Activity, *where(held_at__le=now), order="held_at")):
        slug = page.activity.activity_type
        before = found.get(slug, ExercisePast())
        scores = (*before.scores, page.quality.score) if page.quality else before.scores
        days = (now - page.activity.held_at) / timedelta(days=1)
        found[slug] = ExercisePast(held=before.held + 1, days_since=days, scores=scores)
    return found


def _agreement(tx: Transaction) -> float | None:
    """How far the team agreed when it was last looked at; None where that was never, or nobody could tell."""
    for (patterns,) in tx.rows(
        AnalyticsSnapshot, ("patterns",), *where(kind="activity_signals"), order="-day", limit=1
    ):
        said = patterns.get("alignment", {}).get("agreement")
        return None if said is None else float(said)
    return None
