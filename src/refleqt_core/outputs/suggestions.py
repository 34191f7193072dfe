"""The suggestions' use cases: suggest a few artifacts a day, and take note of what is done with them."""

import math
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import attrs

from ..cdt.belief_model import BeliefModel
from ..cdt.forecast_ledger import ForecastService
from ..cdt.outcomes import WINDOW, slot
from ..cdt.service import BeliefService
from ..errors import Conflict, InvalidInput
from ..phrases import local_date, percent
from ..ports import LLM, Clock, Ids, Queue, Store, Transaction
from ..values import BusinessId
from .artifact_formats import FORMATS
from .choices import Prospect, model_version_of, prospect, rng_for
from .gaps import SearchTerm
from .goals import Goal, Prediction, for_target, goal_of, prediction_of
from .landscape import read_landscape
from .plain_words import plain_suggestion
from .planned_entries import PlannedArtifact, external_id_of, put_on_calendar
from .planner import Plan, PlanningPolicy, plan
from .quotes import Quote, nearest, pains_of, recurring
from .reasons import evidence_of, worth_of
from .records import USER_ACTIONS, RecommendationOutcome
from .wording import SuggestionFacts, SuggestionWording, suggestion_prompt
from .writing import written

CHANGEABLE = frozenset({
    "title", "artifact_type", "channel", "segment", "angle", "publish_at", "primary_kpi", "kpi_target", "keyword",
})  # fmt: skip
"""What of a suggestion can be changed when it is accepted with changes."""
SAME_PREDICTION = frozenset({"title", "keyword"})
"""What of it has no say in what is predicted."""


@attrs.frozen(kw_only=True)
class Suggested:
    """One chosen candidate with everything that is said of it."""

    index: int
    goal: Goal
    facts: SuggestionFacts
    quotes: Sequence[Quote]
    belief_ids: Sequence[UUID]


@attrs.frozen(kw_only=True)
class SuggestionService:
    """Suggests what to publish next. ``seed`` and the clock decide what is tried out; nothing else is random."""

    store: Store
    queue: Queue
    beliefs: BeliefService
    forecasts: ForecastService
    llm: LLM
    clock: Clock
    ids: Ids
    seed: int = 0

    def suggest(
        self, business_id: BusinessId, *, count: int = 5, policy: PlanningPolicy | None = None
    ) -> list[RecommendationOutcome]:
        """Up to ``count`` suggestions for the coming weeks, the most valuable first, each with its reasons.

        They are on record with their propensity and what else could have been shown. What was shown within the last
        days, or is planned, isn't suggested, so that asking again gives other ideas, and at last none.
        """
        policy = policy or PlanningPolicy()
        now = self.clock.now()
        model = self.beliefs.model(business_id)
        with self.store.business(business_id) as tx:
            landscape = read_landscape(tx, business_id, now)
        ahead = prospect(landscape, model, policy, rng_for(self.seed, business_id, now, "suggest"))
        planned = plan(ahead.choice, count, policy)
        shown = [
            self._recommendation(business_id, now, policy, ahead, planned, suggested, position)
            for position, suggested in enumerate(suggestions_of(ahead, planned, policy))
        ]
        with self.store.business(business_id) as tx:
            tx.add(*shown)
        return shown

    def act(
        self,
        business_id: BusinessId,
        recommendation_id: UUID,
        action: str,
        *,
        changes: Mapping[str, Any] | None = None,
    ) -> RecommendationOutcome:
        """The action is on record; what was accepted, as it was or with ``changes``, is planned on the calendar.

        What it is predicted to reach is in the forecast ledger; changed in more than its words, it is predicted anew.
        The same action again changes nothing, another one raises `Conflict`. ``changes`` belong to ``modified`` alone.
        """
        _check_action(action, changes)
        model = self.beliefs.model(business_id) if set(changes or {}) - SAME_PREDICTION else None
        with self.store.business(business_id) as tx:
            recommendation = tx.get(RecommendationOutcome, recommendation_id)
            if recommendation.recommendation_type != "calendar_suggestion":
                raise InvalidInput("only suggestions are acted on here; an execution map is bought")
            if recommendation.user_action is not None:
                if recommendation.user_action == action:
                    return recommendation
                raise Conflict(f"this suggestion was {recommendation.user_action} already")
            content = {**recommendation.recommendation_content}
            context = {**recommendation.context_extracted}
            if action in ("accepted", "modified"):
                content |= {"changes": dict(changes)} if changes else {}
                context["calendar_entry_ids"] = [self._plan(tx, recommendation, changes or {}, model)]
            return tx.save(
                attrs.evolve(
                    recommendation,
                    recommendation_content=content,
                    context_extracted=context,
                    user_action=action,
                    action_timestamp=self.clock.now(),
                )
            )

    def _recommendation(
        self,
        business_id: BusinessId,
        now: datetime,
        policy: PlanningPolicy,
        ahead: Prospect,
        planned: Plan,
        suggested: Suggested,
        position: int,
    ) -> RecommendationOutcome:
        wording, author = written(
            self.llm,
            suggestion_prompt(suggested.facts).on_account_of(business_id),
            SuggestionWording,
            lambda: plain_suggestion(suggested.facts),
            faults=lambda each: [] if each.title.strip() and each.outline else ["title and outline may not be empty"],
        )
        candidate = ahead.candidates[suggested.index]
        return RecommendationOutcome(
            id=self.ids.new(),
            business_id=business_id,
            recommendation_type="calendar_suggestion",
            recommendation_content=content_of(ahead, suggested, wording) | {"written_by": author},
            recommended_at=now,
            position=position,
            candidate_set=ahead.alternatives(planned),
            propensity=float(planned.propensity[candidate.idea_index]),
            policy_version=policy.version,
            recommendation_model_version=ahead.model_version,
        )

    def _plan(
        self,
        tx: Transaction,
        recommendation: RecommendationOutcome,
        changes: Mapping[str, Any],
        model: BeliefModel | None,
    ) -> str:
        content = {**recommendation.recommendation_content, **changes}
        artifact = _artifact(recommendation.id, content)
        business_id, now, by = recommendation.business_id, self.clock.now(), "accepted suggestion"
        entry = put_on_calendar(tx, self.queue, self.ids, now, business_id, artifact, by=by)
        foreseen = _foreseen(content) if model is None else _foreseen_anew(tx, business_id, now, artifact, model)
        self.forecasts.make(
            tx,
            business_id,
            subject_id=entry.id,
            metric=artifact.primary_kpi,
            target=artifact.kpi_target,
            **attrs.asdict(foreseen),
            due_at=artifact.publish_at + WINDOW,
            model_version=model_version_of(model) if model else recommendation.recommendation_model_version,
        )
        return str(entry.id)


def suggestions_of(ahead: Prospect, planned: Plan, policy: PlanningPolicy) -> list[Suggested]:
    """What is said of each chosen candidate; no two of them aim at the same search term."""
    used = _recent_keywords(ahead, policy)
    found = []
    for index in planned.chosen:
        term = next((t for t in ahead.gaps.terms_for(ahead.candidates[index].idea) if t.term not in used), None)
        used |= {term.term} if term else set()
        found.append(_suggested(ahead, index, term, policy))
    return found


def facts_of_candidate(
    ahead: Prospect, index: int, keyword: str | None, gap: str | None
) -> tuple[SuggestionFacts, Goal, list[Quote], tuple[UUID, ...]]:
    """What a writer is told of a candidate, its goal, the quotes behind it and the beliefs under it."""
    candidate, landscape = ahead.candidates[index], ahead.landscape
    idea = candidate.idea
    segment = landscape.segment_by_key[idea.segment]
    words = [keyword or "", idea.angle.replace("_", " "), *segment.pain_points]
    pains = pains_of(landscape, segment, [keyword or "", idea.angle.replace("_", " ")])
    themes = recurring(landscape, words)
    goal = goal_of(landscape, idea.artifact_type, idea.channel)
    evidence, beliefs = evidence_of(ahead, index, themes)
    facts = SuggestionFacts(
        artifact_type=idea.artifact_type,
        channel=idea.channel,
        segment_name=landscape.audience(idea.segment),
        angle=idea.angle,
        publish_on=local_date(candidate.moment.at, landscape.business.time_zone),
        success_chance_percent=percent(float(ahead.choice.chance[index])),
        baseline_percent=percent(ahead.model.baseline),
        keyword=keyword,
        pains=[pain.text for pain in pains],
        products=_products(ahead, words),
        evidence=evidence,
        gap=gap,
    )
    return facts, goal, [*pains, *(theme.quote for theme in themes)], beliefs


def content_of(ahead: Prospect, suggested: Suggested, wording: SuggestionWording) -> dict[str, Any]:
    """The suggestion as the JSON mapping that is stored and shown."""
    candidate, facts = ahead.candidates[suggested.index], suggested.facts
    chances = ahead.choice.chance
    alike = ahead.choice.idea == candidate.idea_index
    chance = float(chances[suggested.index])
    foreseen = prediction_of(ahead.landscape, suggested.goal, candidate.idea.artifact_type, chance)
    return {
        "title": wording.title,
        "why_now": wording.why_now,
        "outline": list(wording.outline),
        **candidate.idea._asdict(),
        "segment_name": facts.segment_name,
        "slot": candidate.moment.slot,
        "publish_at": candidate.moment.at.isoformat(),
        "primary_kpi": suggested.goal.kpi,
        "kpi_target": suggested.goal.target,
        "success_chance": round(chance, 6),
        "predicted": {name: round(getattr(foreseen, name), 3) for name in ("expected", "low", "high")},
        "best_chance": round(float(chances[alike].max()), 6),
        "baseline": round(ahead.model.baseline, 6),
        "expected_value_minor": ahead.expected_value(suggested.index),
        "currency": ahead.economy.worth.currency,
        "evidence": [*facts.evidence, suggested.goal.account, worth_of(ahead, suggested.index)],
        "belief_ids": [str(each) for each in suggested.belief_ids],
        "quotes": [
            {"text": quote.text, "source_type": quote.source_type, "source_id": str(quote.source_id)}
            for quote in suggested.quotes
        ],
        "keyword": facts.keyword,
        "gap": facts.gap,
    }


def _suggested(ahead: Prospect, index: int, term: SearchTerm | None, policy: PlanningPolicy) -> Suggested:
    keyword = term.term if term else None
    gap = ahead.gaps.lacking(ahead.candidates[index], keyword, policy)
    facts, goal, quotes, beliefs = facts_of_candidate(ahead, index, keyword, gap)
    return Suggested(index=index, goal=goal, facts=facts, quotes=quotes, belief_ids=beliefs)


def _products(ahead: Prospect, words: Sequence[str]) -> list[str]:
    """The product whose description is nearest to the words."""
    products = ahead.landscape.profile.products
    if not products:
        return []
    described = [f"{p.name} {p.description} {' '.join(p.key_features + p.differentiators)}" for p in products]
    return [products[nearest(described, words)].name]


def _recent_keywords(ahead: Prospect, policy: PlanningPolicy) -> set[str]:
    """The terms that were suggested within the last days."""
    recent = [
        each.recommendation_content.get("keyword")
        for each in ahead.landscape.recommended
        if (ahead.landscape.now - each.recommended_at).days < policy.repeat_days
    ]
    return {keyword for keyword in recent if keyword}


def _artifact(origin: UUID, content: Mapping[str, Any]) -> PlannedArtifact:
    if content["artifact_type"] not in FORMATS:
        raise InvalidInput(f"artifact_type is '{content['artifact_type']}', which is none of: {', '.join(FORMATS)}")
    try:
        if not 0 < float(content["kpi_target"]) < math.inf:
            raise ValueError(f"kpi_target is {content['kpi_target']}, which has to be above 0")
        return PlannedArtifact(
            origin=origin,
            publish_at=datetime.fromisoformat(str(content["publish_at"])),
            kpi_target=float(content["kpi_target"]),
            **{
                name: content[name]
                for name in ("title", "artifact_type", "channel", "segment", "angle", "primary_kpi", "keyword")
            },
        )
    except (TypeError, ValueError) as error:
        raise InvalidInput(f"suggestion {external_id_of(origin)}: {error}") from error


def _foreseen(content: Mapping[str, Any]) -> Prediction:
    """What was predicted when it was suggested."""
    return Prediction(probability=float(content["success_chance"]), **content["predicted"])


def _foreseen_anew(
    tx: Transaction, business_id: BusinessId, now: datetime, artifact: PlannedArtifact, model: BeliefModel
) -> Prediction:
    """What the artifact will probably reach as it is now; its chance is that of the usual target of its kind."""
    landscape = read_landscape(tx, business_id, now)
    when = slot(artifact.publish_at, landscape.business.time_zone)
    chance = model.chance(artifact.segment, artifact.channel, artifact.angle, when)
    usual = goal_of(landscape, artifact.artifact_type, artifact.channel)
    if usual.kpi != artifact.primary_kpi:
        usual = Goal(kpi=artifact.primary_kpi, target=artifact.kpi_target, basis="")
    return for_target(prediction_of(landscape, usual, artifact.artifact_type, chance), artifact.kpi_target)


def _check_action(action: str, changes: Mapping[str, Any] | None) -> None:
    if action not in USER_ACTIONS:
        raise InvalidInput(f"'{action}' is no action; there are: {', '.join(USER_ACTIONS)}")
    if bool(changes) != (action == "modified"):
        raise InvalidInput("changes belong to the action 'modified', which needs at least one")
    unknown = sorted(set(changes or {}) - CHANGEABLE)
    if unknown:
        raise InvalidInput(f"{', '.join(unknown)} cannot be changed; only {', '.join(sorted(CHANGEABLE))}")
