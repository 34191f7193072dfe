"""What is due for a business although nobody asks: offers expire, money is held and settled, results are learned."""

import attrs

from .cdt.forecast_ledger import ForecastService
from .cdt.records import Forecast
from .cdt.service import BeliefService
from .errors import RefleqtError
from .intake.calendar_patterns.nightly import NightlyPatterns
from .intake.entry_templates import SeriesService
from .intake.performance_service import PerformanceService
from .marketplace.records import BriefOffer, EscrowHold
from .marketplace.service import MarketplaceService
from .outputs.records import CreatorBrief, MapArtifact
from .ports import Store, where
from .profile import ProfileService
from .recommendations.service import RecommendationService
from .values import BusinessId


@attrs.frozen(kw_only=True)
class UpkeepService:
    """Run often: what is not due costs a few look-ups, and nothing is done twice."""

    store: Store
    profile: ProfileService
    marketplace: MarketplaceService
    performance: PerformanceService
    forecasts: ForecastService
    beliefs: BeliefService
    recommendations: RecommendationService
    nightly: NightlyPatterns
    series: SeriesService

    def everywhere(self) -> dict[str, list[str]]:
        """Every business has had its upkeep; gives what was done by slug. A fault of one stops none of the others."""
        done = {}
        for business in self.profile.businesses():
            try:
                done[business.slug] = self.run(BusinessId(business.id))
            except RefleqtError as error:
                done[business.slug] = [f"upkeep failed: {error}"]
        return {slug: lines for slug, lines in done.items() if lines}

    def run(self, business_id: BusinessId) -> list[str]:
        """Everything that is due for the business is done; gives a sentence for each thing."""
        done = self.marketplace.advance(business_id)
        if joined := self.performance.map(business_id):
            done.append(f"{joined} results found their artifact")
        if scored := self.forecasts.score_due(business_id):
            done.append(f"{len(scored)} forecasts scored")
        done += self.settle(business_id)
        if observed := self.beliefs.observe(business_id):
            self.beliefs.update(business_id)
            self.recommendations.outcomes(business_id)
            done.append(f"{observed} outcomes learned")
        if coming := self.series.extend(business_id):
            done.append(f"{coming} recurring entries put on the calendar")
        if day := self.nightly.ask(business_id):
            done.append(f"analysis of the calendar asked for, as of {day}")
        return done

    def settle(self, business_id: BusinessId) -> list[str]:
        """The bonus reserve of every artifact whose forecast is scored goes to its creator, or back to the business."""
        lines = []
        for brief, met in self._unsettled(business_id):
            reserve = self.marketplace.settle_bonus(business_id, brief.id, met)
            lines.append(
                f"{reserve} bonus {'paid, the target was reached' if met else 'given back, the target was missed'}"
            )
        return lines

    def _unsettled(self, business_id: BusinessId) -> list[tuple[CreatorBrief, bool]]:
        """Finished briefs whose reserve is still held, though it is known whether their artifact reached its target."""
        with self.store.business(business_id) as tx:
            held = {hold.id for hold in tx.find(EscrowHold, *where(state="released"))}
            if not held:
                return []
            briefs = {
                offer.brief_id: tx.get(CreatorBrief, offer.brief_id)
                for offer in tx.find(BriefOffer, *where(id__in=sorted(held), status="completed"))
            }
            artifacts = {
                artifact.id: artifact.calendar_entry_id
                for artifact in tx.find(
                    MapArtifact, *where(id__in=[brief.map_artifact_id for brief in briefs.values()])
                )
            }
            entries = [entry for entry in artifacts.values() if entry is not None]
            reached = {
                forecast.subject_id: bool(forecast.success)
                for forecast in tx.find(Forecast, *where(subject_id__in=entries, scored_at__null=False))
            }
        known = [(brief, artifacts.get(brief.map_artifact_id)) for brief in briefs.values()]
        return [(brief, reached[entry]) for brief, entry in known if entry in reached]
