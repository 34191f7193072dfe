"""The recommendation engine looks back: what came of what was recommended, and what that teaches."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from statistics import fmean
from typing import Any

import attrs

from ..cdt.outcomes import outcomes_due
from ..intake.calendar import CalendarEntry
from ..intake.performance import PerformanceRecord
from ..marketplace.records import CreatorPerformance
from ..outputs.records import CreatorBrief, ExecutionMap, MapArtifact, RecommendationOutcome
from ..ports import Clock, Ids, Store, where
from ..values import BusinessId


@attrs.frozen(kw_only=True)
class Standing:
    """How one kind of thing did: the mean over ``count`` cases; None before there is one."""

    name: str
    count: int
    mean: float | None


@attrs.frozen(kw_only=True)
class MonthlyReview:
    """The five questions of the monthly self-improvement, each answered by kind, the best first.

    Context quality by activity type, acceptance by artifact type of the suggestions, success of the artifacts of bought
    maps by channel, revisions by artifact type of the briefs, performance by creator.
    """

    context_quality: tuple[Standing, ...]
    acceptance: tuple[Standing, ...]
    map_success: tuple[Standing, ...]
    revisions: tuple[Standing, ...]
    creator_performance: tuple[Standing, ...]


@attrs.frozen(kw_only=True)
class RecommendationService:
    """Follows recommendations to their outcome."""

    store: Store
    clock: Clock
    ids: Ids

    def outcomes(self, business_id: BusinessId) -> list[RecommendationOutcome]:
        """Accepted recommendations whose artifacts have results know their outcome; gives those that are new.

        The outcome is the share of the recommendation's artifacts that reached their targets.
        """
        with self.store.business(business_id) as tx:
            open_ones = tx.find(RecommendationOutcome, *where(user_action__in=["accepted", "modified"], outcome=None))
            entries = tx.find(CalendarEntry, *where(status__in=["published", "reviewed"]))
            points = tx.latest(PerformanceRecord, *where(calendar_entry_id__null=False))
            reached = {str(each.entry.id): each.success for each in outcomes_due(entries, points, self.clock.now())}
            learned = []
            for recommendation in open_ones:
                artifacts = recommendation.context_extracted.get("calendar_entry_ids", ())
                known = [float(reached[each]) for each in artifacts if each in reached]
                if known and len(known) == len(artifacts):
                    learned.append(tx.save(attrs.evolve(recommendation, outcome=fmean(known))))
            return learned

    def log(self, business_id: BusinessId, *, limit: int = 50) -> list[RecommendationOutcome]:
        """What was recommended, the newest first."""
        with self.store.business(business_id) as tx:
            return tx.find(RecommendationOutcome, order="-recommended_at", limit=limit)

    def monthly(self, business_id: BusinessId) -> MonthlyReview:
        """The five questions, over all that is on record."""
        with self.store.business(business_id) as tx:
            recommended = tx.find(RecommendationOutcome)
            maps = [each.id for each in tx.find(ExecutionMap, *where(status__in=["purchased", "delivered"]))]
            artifacts = tx.find(MapArtifact, *where(execution_map_id__in=maps))
            outcomes = self._outcomes_by_entry(tx.find(CalendarEntry), tx.latest(PerformanceRecord))
            own_briefs = sorted(str(each.id) for each in tx.find(CreatorBrief))
            jobs = tx.find(CreatorPerformance, *where(brief_id__in=own_briefs))
        shown = [each for each in recommended if each.recommendation_type == "calendar_suggestion"]
        return MonthlyReview(
            context_quality=standings(
                (each for each in recommended if each.recommendation_type == "activity"),
                lambda each: str(each.recommendation_content.get("activity_type", "")),
                lambda each: each.context_quality_score,
            ),
            acceptance=standings(shown, content("artifact_type"), _acceptance),
            map_success=standings(
                artifacts, lambda each: each.channel, lambda each: outcomes.get(each.calendar_entry_id)
            ),
            revisions=standings(jobs, lambda each: each.artifact_type, lambda each: each.revision_count, best=min),
            creator_performance=standings(
                jobs, lambda each: str(each.creator_id), lambda each: each.artifact_performance
            ),
        )

    def _outcomes_by_entry(
        self, entries: Sequence[CalendarEntry], points: Sequence[PerformanceRecord]
    ) -> Mapping[Any, float]:
        return {each.entry.id: float(each.success) for each in outcomes_due(entries, points, self.clock.now())}


def _acceptance(suggestion: RecommendationOutcome) -> float | None:
    """1 for what was planned, as it was or with changes, 0 for what was not; None while nobody has answered."""
    action = suggestion.user_action
    return None if action is None else float(action in ("accepted", "modified"))


def content(field: str) -> Callable[[RecommendationOutcome], str]:
    """Reads a field of what was recommended."""
    return lambda each: str(each.recommendation_content.get(field, ""))


def standings(
    cases: Iterable[Any],
    name_of: Callable[[Any], str],
    value_of: Callable[[Any], float | None],
    *,
    best: Callable[..., float] = max,
) -> tuple[Standing, ...]:
    """The mean value of the cases by name, the best first (largest, or smallest with ``best=min``); unknown last."""
    values: dict[str, list[float]] = {}
    for case in cases:
        known = values.setdefault(name_of(case), [])
        if (value := value_of(case)) is not None:
            known.append(value)
    rows = [
        Standing(name=name, count=len(known), mean=fmean(known) if known else None) for name, known in values.items()
    ]
    sign = 1 if best is min else -1
    return tuple(sorted(rows, key=lambda row: (row.mean is None, sign * (row.mean or 0.0), row.name)))
