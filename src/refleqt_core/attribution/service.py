"""The attribution's use cases: touches and conversions come in, and each artifact gets its credit."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import attrs
import numpy as np

from ..errors import InvalidInput
from ..intake.calendar import CalendarEntry
from ..intake.drafts import ConversionDraft, ImportedFile, TouchDraft
from ..intake.imports import ImportBatch
from ..intake.performance_service import entry_index
from ..intake.upserts import batch, check_no_duplicates, upsert
from ..ports import Clock, Ids, Store, Transaction, where
from ..values import BusinessId, Money, Period
from .journeys import UNATTRIBUTED, ConversionColumns, TouchColumns, journeys_from_touches
from .records import ArtifactCredit, Conversion, Touch
from .roi import ArtifactReturn, artifact_returns

LOOKBACK_DAYS = 90.0


@attrs.frozen(kw_only=True)
class AttributionService:
    """Says which artifact earned what. ``seed`` makes the bootstrap intervals repeatable."""

    store: Store
    clock: Clock
    ids: Ids
    seed: int = 0

    def import_touches(self, business_id: BusinessId, drafts: Sequence[TouchDraft], file: ImportedFile) -> ImportBatch:
        """The visits are on record, each joined to the entry that its UTM or URL names. The same file again is once."""
        check_no_duplicates([draft.external_id for draft in drafts], file, "touch_id")
        with self.store.business(business_id) as tx:
            index = entry_index(tx)
            fresh = []
            for draft in drafts:
                match = index.match(artifact_id=None, utm_content=draft.utm_content, url=draft.url)
                fresh.append(
                    Touch(
                        id=self.ids.new(),
                        business_id=business_id,
                        calendar_entry_id=match and match.calendar_entry_id,
                        **{name: getattr(draft, name) for name in TouchDraft.__slots__},
                    )
                )
            done = upsert(tx, Touch, fresh, key="external_id")
            return batch(tx, "touches", file, done.counted, **self._identity(business_id))

    def import_conversions(
        self, business_id: BusinessId, drafts: Sequence[ConversionDraft], file: ImportedFile
    ) -> ImportBatch:
        """The conversions are on record. The same file again is once."""
        check_no_duplicates([draft.external_id for draft in drafts], file, "conversion_id")
        with self.store.business(business_id) as tx:
            fresh = [
                Conversion(
                    id=self.ids.new(),
                    business_id=business_id,
                    **{name: getattr(draft, name) for name in ConversionDraft.__slots__},
                )
                for draft in drafts
            ]
            done = upsert(tx, Conversion, fresh, key="external_id")
            return batch(tx, "conversions", file, done.counted, **self._identity(business_id))

    def attribute(self, business_id: BusinessId, period: Period) -> list[ArtifactCredit]:
        """Every conversion of the period is credited to the artifacts before it, by five models, to the cent.

        The credits of a model sum to the period's revenue exactly; those of the same period before are replaced. A cost
        in another currency than the revenue gives no return. Conversions in several raise `InvalidInput`.
        """
        with self.store.business(business_id) as tx:
            conversions = tx.find(
                Conversion, *where(occurred_at__ge=period.start, occurred_at__lt=period.end), order="occurred_at"
            )
            currency = _currency_of(conversions)
            costs = self._costs(tx)
            comparable = {entry: cost.minor for entry, cost in costs.items() if cost.currency == currency}
            returns = self._returns(self._touches(tx, conversions, period), conversions, comparable)
            credit = [self._credit(business_id, period, each, currency, costs.get(each.artifact)) for each in returns]
            tx.remove(ArtifactCredit, *(stored.id for stored in self._of_period(tx, period)))
            tx.add(*credit)
            return credit

    def report(self, business_id: BusinessId, *, model: str = "position_based") -> list[ArtifactCredit]:
        """The credits of the newest period by that model, the highest revenue first.

        Of periods that end on the same day the one that began last is the newest.
        """
        with self.store.business(business_id) as tx:
            newest = tx.find(ArtifactCredit, *where(model=model), order="-period_end", limit=1)
            if not newest:
                return []
            ended = tx.find(ArtifactCredit, *where(model=model, period_end=newest[0].period_end), order="-period_start")
        credit = [each for each in ended if each.period_start == ended[0].period_start]
        return sorted(credit, key=lambda each: -each.revenue.minor)

    def _identity(self, business_id: BusinessId) -> dict[str, object]:
        return {"id": self.ids.new(), "business_id": business_id, "imported_at": self.clock.now()}

    def _costs(self, tx: Transaction) -> dict[str, Money]:
        entries = tx.find(CalendarEntry, *where(production_cost__null=False))
        return {str(entry.id): entry.production_cost for entry in entries if entry.production_cost}

    def _touches(self, tx: Transaction, conversions: Sequence[Conversion], period: Period) -> list[Touch]:
        """The visits of those who converted, as far back as they count."""
        visitors = sorted({conversion.visitor_id for conversion in conversions})
        since = period.start - timedelta(days=LOOKBACK_DAYS)
        asked = where(visitor_id__in=visitors, occurred_at__ge=since, occurred_at__lt=period.end)
        return tx.find(Touch, *asked, order="occurred_at")

    def _of_period(self, tx: Transaction, period: Period) -> list[ArtifactCredit]:
        return tx.find(ArtifactCredit, *where(period_start=period.start.date(), period_end=period.end.date()))

    def _returns(
        self, touches: Sequence[Touch], conversions: Sequence[Conversion], costs: dict[str, int]
    ) -> Sequence[ArtifactReturn]:
        if not conversions:
            return ()
        journeys = journeys_from_touches(
            TouchColumns(
                visitors=[touch.visitor_id for touch in touches],
                times=[touch.occurred_at for touch in touches],
                ids=[touch.external_id for touch in touches],
                artifacts=[touch.calendar_entry_id for touch in touches],
            ),
            ConversionColumns(
                visitors=[conversion.visitor_id for conversion in conversions],
                times=[conversion.occurred_at for conversion in conversions],
            ),
            lookback_days=LOOKBACK_DAYS,
        )
        revenue = np.array([conversion.revenue.minor for conversion in conversions], dtype=np.int64)
        return artifact_returns(journeys, revenue, costs, np.random.default_rng(self.seed))

    def _credit(
        self, business_id: BusinessId, period: Period, each: ArtifactReturn, currency: str, cost: Money | None
    ) -> ArtifactCredit:
        foreign = cost is not None and cost.currency != currency
        return ArtifactCredit(
            id=self.ids.new(),
            business_id=business_id,
            model=each.model,
            calendar_entry_id=None if each.artifact == UNATTRIBUTED else UUID(each.artifact),
            period_start=period.start.date(),
            period_end=period.end.date(),
            revenue=Money(minor=int(each.revenue), currency=currency),
            conversions=float(each.conversions),
            journeys=int(each.journeys),
            cost=cost,
            roi=each.roi,
            roi_low=each.low,
            roi_high=each.high,
            disagreement=each.disagreement,
            note=f"the cost is in {cost.currency}, the revenue in {currency}" if cost and foreign else each.note,
            computed_at=self.clock.now(),
        )


def _currency_of(conversions: Sequence[Conversion]) -> str:
    """The one currency of the conversions; several raise `InvalidInput`."""
    currencies = sorted({conversion.revenue.currency for conversion in conversions}) or ["EUR"]
    if len(currencies) > 1:
        raise InvalidInput(f"conversions in {' and '.join(currencies)} cannot be added up; convert them to one")
    return currencies[0]
