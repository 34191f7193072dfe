"""The sample business goes once around the loop: what it knew on the first of September, and what the month taught it.

Every step calls the use cases that the other commands call. What comes from outside (visitors, creators) is played by
the programs in ``examples/``: the market knows a truth that Refleqt does not, and the creator sees the brief alone.
"""

import csv
import importlib
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import attrs

from refleqt_adapters.container import Container, work
from refleqt_adapters.importer import Imported
from refleqt_core.attribution.records import ArtifactCredit
from refleqt_core.cdt.belief_model import BeliefModel
from refleqt_core.cdt.forecast_ledger import CalibrationReport
from refleqt_core.cdt.records import Belief, Forecast
from refleqt_core.context.service import SearchResult
from refleqt_core.errors import InvalidInput, NeedsReview
from refleqt_core.intake.calendar import CalendarEntry
from refleqt_core.marketplace.records import BriefOffer
from refleqt_core.outputs.records import CreatorBrief, ExecutionMap, MapArtifact, RecommendationOutcome
from refleqt_core.ports import Balance, where
from refleqt_core.profile import Profile
from refleqt_core.values import BusinessId, CreatorId, Money, Period

START = datetime(2026, 9, 1, 6, tzinfo=UTC)
RESULTS_IN = datetime(2026, 11, 16, 6, tzinfo=UTC)
"""When thirty days have passed for everything that was planned in September."""

FILES = (
    "calendar.csv",
    "creators.yaml",
    "creator_history.csv",
    "vents.jsonl",
    "ads.csv",
    "crm_deals.csv",
    "performance.csv",
    "touches.csv",
    "conversions.csv",
)


@attrs.define(kw_only=True)
class Job:
    """One brief on its way through the marketplace, as it went."""

    artifact: MapArtifact
    brief: CreatorBrief
    offer: BriefOffer | None = None
    creator: str = ""
    events: list[str] = attrs.field(factory=list)
    balance: Balance | None = None
    met: bool | None = None


@attrs.define(kw_only=True)
class MonthReport:
    """What the month gave, step by step."""

    imports: list[Imported] = attrs.field(factory=list)
    imported_again: Imported | None = None
    jobs_done: int = 0
    profile: Profile | None = None
    query: str = "everything related to waste reduction"
    found: list[SearchResult] = attrs.field(factory=list)
    credits: list[ArtifactCredit] = attrs.field(factory=list)
    revenue: Money | None = None
    beliefs: list[Belief] = attrs.field(factory=list)
    model: BeliefModel | None = None
    suggestions: list[RecommendationOutcome] = attrs.field(factory=list)
    accepted: list[RecommendationOutcome] = attrs.field(factory=list)
    map: ExecutionMap | None = None
    jobs: list[Job] = attrs.field(factory=list)
    results: list[Imported] = attrs.field(factory=list)
    forecasts: list[Forecast] = attrs.field(factory=list)
    calibration: CalibrationReport | None = None
    outcomes_learned: int = 0
    beliefs_after: list[Belief] = attrs.field(factory=list)
    model_after: BeliefModel | None = None
    suggestions_after: list[RecommendationOutcome] = attrs.field(factory=list)
    credits_after: list[ArtifactCredit] = attrs.field(factory=list)
    entries: dict[Any, CalendarEntry] = attrs.field(factory=dict)
    seconds: dict[str, float] = attrs.field(factory=dict)


@attrs.define
class Month:
    """The steps in their order; each leaves what it found in `report` and says it in a line."""

    refleqt: Container
    examples: Path
    folder: Path
    report: MonthReport = attrs.field(factory=MonthReport)
    business_id: BusinessId = attrs.field(init=False)

    @property
    def steps(self) -> Mapping[str, Callable[[], str]]:
        """Every step by its title."""
        return {
            "Onboarding": self.onboard,
            "Import of six months": self.import_history,
            "Activities": self.import_activities,
            "Reading and embedding": self.read_everything,
            "Attribution": self.attribute,
            "Beliefs": self.believe,
            "Suggestions": self.suggest,
            "Execution map and briefs": self.plan,
            "Marketplace": self.produce,
            "September happens": self.publish,
            "Results and money": self.settle,
            "What it learned": self.learn,
        }

    def onboard(self) -> str:
        """The business is there, and so is β_s."""
        self.business_id = self.refleqt.importer().take_in(self.sample / "onboarding.yaml")
        self._import("team.yaml")
        self.report.profile = self.refleqt.profile().read(self.business_id)
        profile = self.report.profile
        return f"{profile.business.name}: {len(profile.answers)} answers, {len(profile.gaps)} to ask again"

    def import_history(self) -> str:
        """Everything that the tools exported is on record, once."""
        for name in FILES:
            self._import(name)
        self.report.imported_again = self._read("calendar.csv")
        again = self.report.imported_again
        rows = sum(each.new for each in self.report.imports)
        return f"{rows:,} rows from {len(self.report.imports)} files; the calendar again: {again.new} new"

    def import_activities(self) -> str:
        """The team's exercises are on record, one with its recording."""
        files = sorted((self.sample / "activities").glob("*.yaml"))
        for path in files:
            self._import(f"activities/{path.name}")
        return f"{len(files)} activities, one recorded"

    def read_everything(self) -> str:
        """The queue is worked off: what was said is heard, read and made searchable."""
        self.report.jobs_done = work(self.refleqt)
        self.report.found = self.refleqt.context().search(self.business_id, self.report.query, limit=5)
        self.report.profile = self.refleqt.profile().read(self.business_id)
        return f"{self.report.jobs_done} jobs, {len(self.report.profile.extractions)} findings with their quotes"

    def attribute(self) -> str:
        """Every cent of the revenue is credited, by five models."""
        period = Period(start=datetime(2026, 3, 1, tzinfo=UTC), end=START)
        self.report.credits = self.refleqt.attribution().attribute(self.business_id, period)
        totals = {model: _sum(self.report.credits, model) for model in {each.model for each in self.report.credits}}
        self.report.revenue = next(iter(totals.values()))
        assert len(set(totals.values())) == 1, f"the models credit different sums: {totals}"
        return f"{self.report.revenue} credited to the cent by {len(totals)} models"

    def believe(self) -> str:
        """What came of the past is evidence, and the evidence is beliefs."""
        beliefs = self.refleqt.beliefs()
        observed = beliefs.observe(self.business_id)
        self.report.beliefs = beliefs.update(self.business_id)
        self.report.model = beliefs.model(self.business_id)
        return (
            f"{observed} outcomes, {len(self.report.beliefs)} beliefs; usual success {self.report.model.baseline:.0%}"
        )

    def suggest(self) -> str:
        """The first suggestions; the team takes the best one."""
        service = self.refleqt.suggestions()
        self.report.suggestions = service.suggest(self.business_id)
        first, *rest = self.report.suggestions
        self.report.accepted = [service.act(self.business_id, first.id, "accepted")]
        if rest:
            service.act(self.business_id, rest[-1].id, "rejected")
        return f"{len(self.report.suggestions)} suggestions, one accepted"

    def plan(self) -> str:
        """A whole initiative is proposed and bought; its briefs are written and certified."""
        maps, briefs = self.refleqt.maps(), self.refleqt.briefs()
        self.report.map = maps.propose(self.business_id)
        self.report.map = maps.purchase(self.business_id, self.report.map.id)
        for artifact in maps.artifacts(self.business_id, self.report.map.id):
            self.report.jobs.append(Job(artifact=artifact, brief=briefs.write(self.business_id, artifact.id)))
        return f"{len(self.report.jobs)} artifacts and briefs, about {self.report.map.estimated_cost}"

    def produce(self) -> str:
        """Creators are found, one declines, one has to revise; who passes is paid from escrow."""
        for number, job in enumerate(self.report.jobs):
            try:
                self._find_creator(job, declined=number == 0)
            except NeedsReview as nobody:
                job.events.append(str(nobody))
        self.refleqt.marketplace().advance(self.business_id)
        for number, job in enumerate(self.report.jobs):
            self._deliver(job, revised=number == 1)
        self.refleqt.marketplace().advance(self.business_id)
        self._balances()
        paid = [job.offer.base_fee for job in self.report.jobs if job.offer]
        return f"{len(paid)} creators at work, {sum(paid[1:], paid[0])} paid from escrow" if paid else "nobody found"

    def publish(self) -> str:
        """September goes by: what was planned goes out, and the market does what it does."""
        self.refleqt.clock().sleep_until(RESULTS_IN)
        calendar = self.refleqt.calendar()
        unmade = {job.artifact.calendar_entry_id for job in self.report.jobs if job.offer is None}
        last = RESULTS_IN - timedelta(days=31)
        for entry in calendar.find(self.business_id, status="planned", start=START, end=last):
            if entry.id not in unmade:
                calendar.move(self.business_id, entry.id, "published", by="the team")
        results = self.market.Market().results(self._published(), START.date(), RESULTS_IN.date())
        self.folder.mkdir(parents=True, exist_ok=True)
        results.write(self.folder)
        for name in ("performance", "touches", "conversions"):
            self.report.results.append(self._read(f"{name}.csv", self.folder))
        return f"{sum(each.new for each in self.report.results):,} rows of results"

    def settle(self) -> str:
        """Forecasts are scored, and whose artifact reached its target gets the bonus."""
        forecasts = self.refleqt.forecasts()
        self.report.forecasts = forecasts.score_due(self.business_id)
        self.report.calibration = forecasts.calibration(self.business_id)
        reached = {forecast.subject_id: bool(forecast.success) for forecast in self.report.forecasts}
        for job in self.report.jobs:
            entry_id = job.artifact.calendar_entry_id
            job.met = None if entry_id is None else reached.get(entry_id)
        self.refleqt.upkeep().settle(self.business_id)
        self._balances()
        met = sum(job.met is True for job in self.report.jobs)
        return f"{len(self.report.forecasts)} forecasts scored, {met} reached their target"

    def learn(self) -> str:
        """The results correct the beliefs, and these the next suggestions."""
        beliefs = self.refleqt.beliefs()
        period = Period(start=START, end=RESULTS_IN)
        self.report.credits_after = self.refleqt.attribution().attribute(self.business_id, period)
        self.report.outcomes_learned = beliefs.observe(self.business_id)
        self.report.beliefs_after = beliefs.update(self.business_id)
        self.report.model_after = beliefs.model(self.business_id)
        self.refleqt.recommendations().outcomes(self.business_id)
        self.report.suggestions_after = self.refleqt.suggestions().suggest(self.business_id)
        self.report.profile = self.refleqt.profile().read(self.business_id)
        self.report.entries = {entry.id: entry for entry in self.refleqt.calendar().find(self.business_id)}
        return f"{self.report.outcomes_learned} new outcomes, {len(self.report.suggestions_after)} new suggestions"

    @property
    def sample(self) -> Path:
        """The folder of the sample business."""
        return self.examples / "business"

    @cached_property
    def market(self) -> Any:
        """The market that the sample business sells to."""
        return _program(self.examples, "market")

    def _import(self, name: str) -> None:
        self.report.imports.append(self._read(name))

    def _read(self, name: str, folder: Path | None = None) -> Imported:
        return self.refleqt.importer().import_file(self.business_id, (folder or self.sample) / name)

    def _find_creator(self, job: Job, *, declined: bool) -> None:
        marketplace = self.refleqt.marketplace()
        matches = marketplace.matches(self.business_id, job.brief.id)
        names = {match.creator.id: match.creator.display_name for match in matches}
        offer = marketplace.offer(self.business_id, job.brief.id)
        if declined and len(matches) > 1:
            marketplace.answer(CreatorId(offer.creator_id), offer.id, accept=False)
            job.events.append(f"{names.get(offer.creator_id, 'the first creator')} declined")
            marketplace.advance(self.business_id)
            offer = self._open_offer(job)
        job.offer = marketplace.answer(CreatorId(offer.creator_id), offer.id, accept=True)
        job.creator = names.get(offer.creator_id, str(offer.creator_id))
        job.events.append(f"{job.creator} accepted for {offer.base_fee}")

    def _open_offer(self, job: Job) -> BriefOffer:
        with self.refleqt.store().business(self.business_id) as tx:
            return tx.find(BriefOffer, *where(brief_id=job.brief.id, status="offered"))[0]

    def _deliver(self, job: Job, *, revised: bool) -> None:
        if job.offer is None:
            return
        marketplace, creator = self.refleqt.marketplace(), _program(self.examples, "creator_at_work")
        for attempt in (1, 2, 3):
            text = creator.draft(job.offer.document, attempt=attempt, hurried=revised and attempt == 1)
            delivery = marketplace.deliver(CreatorId(job.offer.creator_id), job.offer.id, text)
            job.events.append(f"delivery {delivery.attempt}: {delivery.verdict}, quality {delivery.quality_score:.0%}")
            if delivery.verdict == "pass":
                return

    def _balances(self) -> None:
        with self.refleqt.store().business(self.business_id) as tx:
            for job in self.report.jobs:
                if job.offer is not None:
                    job.balance = self.refleqt.escrow().balance(job.offer.id, tx=tx)

    def _published(self) -> list[Mapping[str, str]]:
        """What the market can meet: the rows of the calendar file that went out, and what Refleqt added."""
        with (self.sample / "calendar.csv").open(newline="", encoding="utf-8") as file:
            rows = {row["external_id"]: row for row in csv.DictReader(file)}
        out = self.refleqt.calendar().find(self.business_id, status="published")
        out += self.refleqt.calendar().find(self.business_id, status="reviewed")
        return [rows.get(entry.external_id) or _as_row(entry) for entry in out if entry.publish_at]


def _as_row(entry: CalendarEntry) -> Mapping[str, str]:
    """The entry as a row of the calendar file."""
    values = {name: getattr(entry, name) for name in attrs.fields_dict(CalendarEntry)}
    return {name: _cell(value) for name, value in values.items()}


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _sum(credit: list[ArtifactCredit], model: str) -> Money:
    amounts = [each.revenue for each in credit if each.model == model]
    return sum(amounts[1:], amounts[0])


def _program(examples: Path, name: str) -> Any:
    """A program of the examples, which are no package."""
    if not (examples / f"{name}.py").exists():
        raise InvalidInput(f"there is no {name}.py in {examples}; give the examples' folder with --examples")
    if str(examples) not in sys.path:
        sys.path.insert(0, str(examples))
    return importlib.import_module(name)
