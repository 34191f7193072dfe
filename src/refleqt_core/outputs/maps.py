"""The execution maps' use cases: propose a whole initiative, look at it, buy it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import attrs

from ..cdt.forecast_ledger import ForecastService
from ..cdt.outcomes import WINDOW
from ..cdt.service import BeliefService
from ..errors import Conflict
from ..intake.business import Business
from ..ports import LLM, Clock, Ids, Queue, Store, Transaction, where
from ..values import BusinessId, Money
from .choices import Prospect, prospect, rng_for
from .economics import Terms
from .initiatives import (
    weeks_late,
    weeks_later,
)
from .landscape import read_landscape
from .map_contents import HORIZON_DAYS, Initiative, PlacedArtifact, distribution, initiative_of, predicted
from .plain_words import plain_map
from .planned_entries import PlannedArtifact, put_on_calendar
from .planner import PlanningPolicy
from .records import ExecutionMap, MapArtifact, RecommendationOutcome
from .wording import ArtifactWording, MapWording, map_prompt
from .writing import written


@attrs.frozen(kw_only=True)
class MapService:
    """Proposes execution maps and sells them. ``seed`` and the clock decide what is tried out."""

    store: Store
    queue: Queue
    beliefs: BeliefService
    forecasts: ForecastService
    llm: LLM
    clock: Clock
    ids: Ids
    seed: int = 0
    terms: Terms = attrs.field(factory=Terms)

    def propose(self, business_id: BusinessId, *, policy: PlanningPolicy | None = None) -> ExecutionMap:
        """A new map of three to five artifacts is proposed, with its cost, its timeline and its predictions.

        Everything in it can be bought: what no creator makes is left out. Nothing to propose: `NeedsReview`.
        """
        policy = policy or PlanningPolicy()
        now = self.clock.now()
        model = self.beliefs.model(business_id)
        with self.store.business(business_id) as tx:
            landscape = read_landscape(tx, business_id, now)
        rng = rng_for(self.seed, business_id, now, "propose")
        ahead = prospect(landscape, model, policy, rng, terms=self.terms, days=HORIZON_DAYS, priced_only=True)
        initiative = initiative_of(ahead, policy)
        wording, author = written(
            self.llm,
            map_prompt(initiative.facts).on_account_of(business_id),
            MapWording,
            lambda: plain_map(initiative.facts),
            faults=lambda each: _faults(each, len(initiative.artifacts)),
        )
        recommendation = self._recommendation(business_id, ahead, initiative, policy)
        proposed = self._map(business_id, ahead, initiative, wording, recommendation, author)
        placed = zip(initiative.artifacts, wording.artifacts, strict=True)
        artifacts = [
            self._artifact(business_id, ahead, proposed, position, artifact, words)
            for position, (artifact, words) in enumerate(placed)
        ]
        with self.store.business(business_id) as tx:
            tx.add(recommendation)
            tx.add(proposed)
            tx.add(*artifacts)
        return proposed

    def maps(self, business_id: BusinessId) -> list[ExecutionMap]:
        """All maps, the newest first."""
        with self.store.business(business_id) as tx:
            return tx.find(ExecutionMap, order="-created_at")

    def artifacts(self, business_id: BusinessId, map_id: UUID) -> list[MapArtifact]:
        """The artifacts of a map in their order. No such map: `NotFound`."""
        with self.store.business(business_id) as tx:
            tx.get(ExecutionMap, map_id)
            return tx.find(MapArtifact, *where(execution_map_id=map_id), order="position")

    def purchase(self, business_id: BusinessId, map_id: UUID) -> ExecutionMap:
        """The map is bought: every artifact is planned on the calendar and its prediction is in the forecast ledger.

        Where time has passed since it was proposed, all of it moves by whole weeks, so that each artifact can still be
        made. Bought again nothing happens; a map that was cancelled raises `Conflict`.
        """
        now = self.clock.now()
        with self.store.business(business_id) as tx:
            bought = tx.get(ExecutionMap, map_id)
            if bought.status in ("purchased", "delivered"):
                return bought
            if bought.status == "cancelled":
                raise Conflict("this map was cancelled; propose a new one")
            zone = tx.get(Business, business_id).time_zone
            artifacts = tx.find(MapArtifact, *where(execution_map_id=map_id), order="position")
            weeks = weeks_late(now, [(each.artifact_type, each.publish_at) for each in artifacts])
            moved = [attrs.evolve(each, publish_at=weeks_later(each.publish_at, weeks, zone)) for each in artifacts]
            placed = [self._place(tx, bought, each) for each in moved]
            self._accept(tx, bought, placed, now)
            later = timedelta(weeks=weeks)
            return tx.save(
                attrs.evolve(
                    bought, status="purchased", starts_on=bought.starts_on + later, ends_on=bought.ends_on + later
                )
            )

    def _place(self, tx: Transaction, bought: ExecutionMap, artifact: MapArtifact) -> MapArtifact:
        """The artifact is on the calendar and its forecast in the ledger."""
        planned = PlannedArtifact(
            origin=artifact.id,
            title=artifact.title,
            artifact_type=artifact.artifact_type,
            channel=artifact.channel,
            segment=artifact.segment,
            angle=artifact.angle,
            publish_at=artifact.publish_at,
            primary_kpi=artifact.primary_kpi,
            kpi_target=artifact.kpi_target,
            keyword=artifact.keyword,
            production_cost=artifact.base_fee + artifact.platform_fee,
            paid_budget=_budget(artifact),
            campaign=f"map-{bought.id.hex[-8:]}",
            support=tuple(
                (str(each["channel"]), timedelta(days=int(each["days_after"])), str(each["as"]))
                for each in artifact.distribution.get("support", ())
            ),
        )
        business_id, now = bought.business_id, self.clock.now()
        entry = put_on_calendar(tx, self.queue, self.ids, now, business_id, planned, by="bought execution map")
        predicted = bought.predicted["artifacts"][artifact.position]
        self.forecasts.make(
            tx,
            business_id,
            subject_id=entry.id,
            metric=artifact.primary_kpi,
            target=artifact.kpi_target,
            probability=artifact.success_chance,
            expected=float(predicted["expected"]),
            low=float(predicted["low"]),
            high=float(predicted["high"]),
            due_at=artifact.publish_at + WINDOW,
            model_version=bought.model_version,
        )
        return tx.save(attrs.evolve(artifact, calendar_entry_id=entry.id))

    def _accept(self, tx: Transaction, bought: ExecutionMap, placed: Sequence[MapArtifact], now: datetime) -> None:
        """The recommendation behind the map was accepted, and waits for the results of these entries."""
        if bought.recommendation_id is None:
            return
        recommendation = tx.get(RecommendationOutcome, bought.recommendation_id)
        entries = [str(each.calendar_entry_id) for each in placed]
        tx.save(
            attrs.evolve(
                recommendation,
                user_action="accepted",
                action_timestamp=now,
                context_extracted={**recommendation.context_extracted, "calendar_entry_ids": entries},
            )
        )

    def _recommendation(
        self, business_id: BusinessId, ahead: Prospect, initiative: Initiative, policy: PlanningPolicy
    ) -> RecommendationOutcome:
        artifacts = [ahead.candidates[each.index].idea._asdict() for each in initiative.artifacts]
        return RecommendationOutcome(
            id=self.ids.new(),
            business_id=business_id,
            recommendation_type="execution_map",
            recommendation_content={
                "segment": initiative.bundle.segment,
                "theme": initiative.theme.text,
                "goal": initiative.facts.goal,
                "artifacts": artifacts,
                "keyword": initiative.theme.keyword,
                "evidence": list(initiative.facts.evidence),
                "belief_ids": sorted({str(belief) for each in initiative.artifacts for belief in each.beliefs}),
                "quotes": [
                    {"text": quote.text, "source_type": quote.source_type, "source_id": str(quote.source_id)}
                    for quote in initiative.theme.quotes
                ],
            },
            recommended_at=ahead.landscape.now,
            candidate_set=initiative.bundle.alternatives,
            propensity=initiative.bundle.propensity,
            policy_version=policy.version,
            recommendation_model_version=ahead.model_version,
        )

    def _map(
        self,
        business_id: BusinessId,
        ahead: Prospect,
        initiative: Initiative,
        wording: MapWording,
        recommendation: RecommendationOutcome,
        author: str,
    ) -> ExecutionMap:
        days = [each.publish_at for each in initiative.artifacts]
        return ExecutionMap(
            id=self.ids.new(),
            business_id=business_id,
            title=wording.title,
            rationale=wording.rationale,
            why_now=wording.why_now,
            segment=initiative.bundle.segment,
            goal=initiative.facts.goal,
            starts_on=min(days).date(),
            ends_on=max(days).date(),
            estimated_cost=initiative.cost,
            predicted=predicted(ahead, initiative) | {"written_by": author},
            evidence=tuple(initiative.facts.evidence),
            recommendation_id=recommendation.id,
            model_version=ahead.model_version,
            created_at=ahead.landscape.now,
        )

    def _artifact(
        self,
        business_id: BusinessId,
        ahead: Prospect,
        proposed: ExecutionMap,
        position: int,
        artifact: PlacedArtifact,
        words: ArtifactWording,
    ) -> MapArtifact:
        idea = ahead.candidates[artifact.index].idea
        price = ahead.economy.prices[idea.artifact_type]
        assert price is not None  # the initiative is made of priced ideas alone
        return MapArtifact(
            id=self.ids.new(),
            business_id=business_id,
            execution_map_id=proposed.id,
            position=position,
            title=words.title,
            **idea._asdict(),
            publish_at=artifact.publish_at,
            outline=tuple(words.outline),
            keyword=artifact.facts.keyword,
            distribution=distribution(artifact, idea.channel, words.angle_note),
            base_fee=price.base_fee,
            bonus_reserve=price.bonus_reserve,
            platform_fee=price.platform_fee,
            primary_kpi=artifact.goal.kpi,
            kpi_target=artifact.goal.target,
            success_chance=artifact.prediction.probability,
        )


def _budget(artifact: MapArtifact) -> Money | None:
    minor = artifact.distribution.get("paid_budget_minor")
    return None if minor is None else Money(minor=int(minor), currency=artifact.base_fee.currency)


def _faults(wording: MapWording, count: int) -> list[str]:
    wrong = [] if len(wording.artifacts) == count else [f"there have to be {count} artifacts, in the order given"]
    return wrong + ([] if wording.title.strip() else ["the title may not be empty"])
