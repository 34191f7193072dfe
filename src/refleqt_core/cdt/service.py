"""The beliefs' use cases: observe what came of artifacts, update what is believed, and hand out the model."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import attrs

from ..intake.business import Business, BusinessProfile
from ..intake.calendar import ANGLES, CHANNELS, CalendarEntry
from ..intake.performance import PerformanceRecord
from ..ports import Clock, Ids, Store, Transaction, where
from ..values import BusinessId
from .belief_model import EVERYONE, BeliefModel, Observation, fitted_model
from .belief_text import belief_text, confidence_above
from .outcomes import SLOTS, EntryOutcome, outcomes_due, slot
from .records import Belief, BeliefEvidence, Forecast
from .reinforcement import (
    MonthReview,
    ScoredForecast,
    Standing,
    next_standing,
    reinforcement_score,
)

METRIC = "success"
"""What rates are of: the primary KPI reaching its target."""

OPTIONS: Mapping[str, Sequence[str]] = {"channel": CHANNELS, "messaging": ANGLES, "timing": SLOTS}
Cell = tuple[str, str, str]


@attrs.frozen(kw_only=True)
class BeliefService:
    """What the CDT of a business believes, learned from outcomes alone; model output is never evidence."""

    store: Store
    clock: Clock
    ids: Ids

    def observe(self, business_id: BusinessId) -> int:
        """Outcomes that have become known are evidence for their cells; gives how many artifacts were new.

        One without an audience segment is in no cell, and evidence for nothing.
        """
        with self.store.business(business_id) as tx:
            business = tx.get(Business, business_id)
            seen = {row.source_id for row in tx.find(BeliefEvidence, *where(source_type="calendar"))}
            entries = tx.find(CalendarEntry, *where(status__in=["published", "reviewed"]))
            points = tx.latest(PerformanceRecord, *where(calendar_entry_id__null=False))
            due = [each for each in outcomes_due(entries, points, self.clock.now()) if each.entry.id not in seen]
            fresh = [row for outcome in due for row in self._evidence(business, outcome)]
            tx.add(*fresh)
            return len({row.source_id for row in fresh})

    def update(self, business_id: BusinessId) -> list[Belief]:
        """What is believed follows from all evidence; the month's reinforcement is applied once a month.

        Gives the beliefs of cells that have evidence. Updated again at the same time nothing changes; later on, without
        new evidence, estimates are what time has left of them.
        """
        with self.store.business(business_id) as tx:
            evidence = tx.find(BeliefEvidence, order="observed_at")
            model = self._fitted(tx, evidence)
            stored = {cell_of(belief): belief for belief in tx.find(Belief)}
            scored = self._scored_forecasts(tx, business_id, stored)
            return [
                self._believe(tx, business_id, model, cell, rows, stored.get(cell), scored.get(cell, []))
                for cell, rows in sorted(by_cell(evidence).items())
            ]

    def beliefs(self, business_id: BusinessId, *, category: str | None = None) -> list[Belief]:
        """The beliefs of that category (of all without one), the most certain first."""
        conditions = where(belief_category=category) if category else ()
        with self.store.business(business_id) as tx:
            beliefs = tx.find(Belief, *conditions)
        return sorted(beliefs, key=lambda each: (-abs(each.confidence - 0.5), each.belief_category, each.option))

    def evidence(self, business_id: BusinessId, belief: Belief) -> list[BeliefEvidence]:
        """The outcomes under a belief, in the order of time."""
        category, segment, option = cell_of(belief)
        cell = where(belief_category=category, segment=segment, option=option)
        with self.store.business(business_id) as tx:
            return tx.find(BeliefEvidence, *cell, order="observed_at")

    def model(self, business_id: BusinessId, *, as_of: datetime | None = None) -> BeliefModel:
        """What is believed now, or was on a past day, as numbers."""
        with self.store.business(business_id) as tx:
            known = where(observed_at__le=as_of) if as_of else ()
            return self._fitted(tx, tx.find(BeliefEvidence, *known, order="observed_at"), as_of=as_of)

    def _evidence(self, business: Business, outcome: EntryOutcome) -> list[BeliefEvidence]:
        entry, now = outcome.entry, self.clock.now()
        return [
            BeliefEvidence(
                id=self.ids.new(),
                business_id=BusinessId(business.id),
                belief_category=category,
                segment=segment,
                option=option,
                metric=METRIC,
                outcome=float(outcome.success),
                source_type="calendar",
                source_id=entry.id,
                observed_at=outcome.known_at,
                recorded_at=now,
            )
            for category, segment, option in cells_of_entry(entry, business.time_zone)
        ]

    def _fitted(
        self, tx: Transaction, evidence: Sequence[BeliefEvidence], *, as_of: datetime | None = None
    ) -> BeliefModel:
        profiles = tx.find(BusinessProfile, *where(valid_to=None))
        segments = tuple(segment.key for profile in profiles for segment in profile.segments)
        seen = sorted({row.segment for row in evidence} - {EVERYONE, *segments})
        segments = (*segments, *seen) or (EVERYONE,)
        return fitted_model(observations(evidence), OPTIONS, segments, days(as_of or self.clock.now()))

    def _scored_forecasts(
        self, tx: Transaction, business_id: BusinessId, stored: Mapping[Cell, Belief]
    ) -> Mapping[Cell, Sequence[ScoredForecast]]:
        """The forecasts that were scored since the beliefs were last reinforced, by the cells of their artifacts."""
        reinforced = {cell: row.last_reinforced for cell, row in stored.items() if row.last_reinforced}
        if not reinforced:
            return {}
        forecasts = tx.find(Forecast, *where(scored_at__gt=min(reinforced.values())))
        entries = tx.find(CalendarEntry, *where(id__in=[forecast.subject_id for forecast in forecasts]))
        time_zone = tx.get(Business, business_id).time_zone
        cells_of = {entry.id: cells_of_entry(entry, time_zone) for entry in entries}
        by_cells: dict[Cell, list[ScoredForecast]] = {}
        for forecast in forecasts:
            for cell in cells_of.get(forecast.subject_id, ()):
                since = reinforced.get(cell)
                if since and forecast.scored_at and forecast.scored_at > since:
                    by_cells.setdefault(cell, []).append(self._scored(forecast))
        return by_cells

    def _scored(self, forecast: Forecast) -> ScoredForecast:
        age = days(self.clock.now()) - days(forecast.due_at)
        return ScoredForecast(predicted=forecast.probability, actual=float(bool(forecast.success)), age=max(0.0, age))

    def _believe(
        self,
        tx: Transaction,
        business_id: BusinessId,
        model: BeliefModel,
        cell: Cell,
        rows: Sequence[BeliefEvidence],
        stored: Belief | None,
        scored: Sequence[ScoredForecast],
    ) -> Belief:
        category, segment, option = cell
        estimate = model.cell(category, segment, option)
        successes = sum(row.weight * row.outcome for row in rows)
        believed = Belief(
            id=stored.id if stored else self.ids.new(),
            version=stored.version if stored else 0,
            business_id=business_id,
            belief_category=category,
            segment=segment,
            option=option,
            metric=METRIC,
            belief_text=belief_text(
                category,
                "people" if segment == EVERYONE else segment,
                option,
                rate=estimate.mean,
                baseline=model.baseline,
            ),
            confidence=confidence_above(estimate.alpha, estimate.beta, model.baseline),
            evidence_count=len({(row.source_type, row.source_id) for row in rows}),
            evidence_for=successes,
            evidence_against=sum(row.weight for row in rows) - successes,
            mean=estimate.mean,
            low=estimate.low,
            high=estimate.high,
            alpha=estimate.alpha,
            beta=estimate.beta,
            baseline=model.baseline,
            weak_months=stored.weak_months if stored else 0,
            strong_months=stored.strong_months if stored else 0,
            reinforcement=stored.reinforcement if stored else None,
            first_observed=min(row.observed_at for row in rows),
            last_reinforced=stored.last_reinforced if stored else None,
            status=stored.status if stored else "active",
        )
        believed = self._reinforced(believed, stored, scored, model.better(category, segment, option))
        if stored is None:
            tx.add(believed)
            return believed
        return stored if believed == stored else tx.save(believed)

    def _reinforced(
        self, believed: Belief, stored: Belief | None, scored: Sequence[ScoredForecast], alternative: float
    ) -> Belief:
        """The belief after this month's review; reviewed in this month before, or new, it stays as it is."""
        now = self.clock.now()
        if stored is None:
            return attrs.evolve(believed, last_reinforced=now)
        if stored.last_reinforced and same_month(stored.last_reinforced, now):
            return believed
        score = reinforcement_score(scored)
        review = MonthReview(
            score=score,
            below_baseline=(stored.mean > stored.baseline) != (believed.mean > believed.baseline),
            alternative=alternative,
        )
        standing = next_standing(
            Standing(status=stored.status, weak_months=stored.weak_months, strong_months=stored.strong_months),  # type: ignore[arg-type]  # checked by the entity
            review,
        )
        return attrs.evolve(
            believed,
            status=standing.status,
            weak_months=standing.weak_months,
            strong_months=standing.strong_months,
            reinforcement=believed.reinforcement if score is None else score,
            last_reinforced=now,
        )


def cells_of_entry(entry: CalendarEntry, time_zone: str) -> list[Cell]:
    """The cells that an artifact's outcome is evidence for; what its author left open is in none."""
    if not entry.icp_segment:
        return []
    given = {"channel": entry.channel, "messaging": entry.angle}
    if entry.publish_at is not None:
        given["timing"] = slot(entry.publish_at, time_zone)
    cells = [(category, entry.icp_segment, option) for category, option in given.items() if option]
    return [*cells, ("audience", EVERYONE, entry.icp_segment)]


def cell_of(row: Belief | BeliefEvidence) -> Cell:
    """Category, segment and option."""
    return row.belief_category, row.segment, row.option


def by_cell(evidence: Sequence[BeliefEvidence]) -> Mapping[Cell, Sequence[BeliefEvidence]]:
    """The evidence of each cell that has any."""
    cells: dict[Cell, list[BeliefEvidence]] = {}
    for row in evidence:
        cells.setdefault(cell_of(row), []).append(row)
    return cells


def observations(evidence: Sequence[BeliefEvidence]) -> list[Observation]:
    """One observation for each source, put together from the cells that it is evidence for."""
    sources: dict[tuple[str, object], list[BeliefEvidence]] = {}
    for row in evidence:
        sources.setdefault((row.source_type, row.source_id), []).append(row)
    found = []
    for rows in sources.values():
        options = {row.belief_category: row.option for row in rows}
        segment = options.get("audience") or next(row.segment for row in rows)
        candidate = (segment, options.get("channel"), options.get("messaging"), options.get("timing"))
        found.append(
            Observation(
                candidate=candidate, outcome=rows[0].outcome, at=days(rows[0].observed_at), weight=rows[0].weight
            )
        )
    return found


def days(moment: datetime) -> float:
    """The moment in days since 1970."""
    return moment.astimezone(UTC).timestamp() / 86_400


def same_month(first: datetime, second: datetime) -> bool:
    """Whether both lie in the same calendar month, in UTC."""
    one, other = first.astimezone(UTC), second.astimezone(UTC)
    return (one.year, one.month) == (other.year, other.month)
