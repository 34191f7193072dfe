"""Every prediction is written down with its due date, and scored when it is due."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import attrs
import numpy as np

from ..intake.calendar import CalendarEntry
from ..intake.performance import PerformanceRecord
from ..ports import Clock, Ids, Store, Transaction, where
from ..values import BusinessId
from .calibration import brier, expected_calibration_error, interval_coverage
from .outcomes import WINDOW, in_window, total
from .records import Forecast

SUBJECT = "calendar_entry"
"""What forecasts are made of: the artifact on the calendar, by its id."""


@attrs.frozen(kw_only=True)
class CalibrationReport:
    """How good the scored forecasts were; None before there are any. ``overdue`` ones could not be scored yet."""

    scored: int
    open: int
    overdue: int
    brier: float | None = None
    calibration_error: float | None = None
    coverage: float | None = None


@attrs.frozen(kw_only=True)
class ForecastService:
    """The ledger of a business."""

    store: Store
    clock: Clock
    ids: Ids

    def make(
        self,
        tx: Transaction,
        business_id: BusinessId,
        *,
        subject_id: UUID,
        metric: str,
        target: float,
        probability: float,
        expected: float,
        low: float,
        high: float,
        due_at: datetime,
        model_version: str,
        subject_type: str = SUBJECT,
    ) -> Forecast:
        """The prediction is in the ledger with ``tx``; one of the same subject and metric before raises `Conflict`."""
        forecast = Forecast(
            id=self.ids.new(),
            business_id=business_id,
            subject_type=subject_type,
            subject_id=subject_id,
            metric=metric,
            target=target,
            probability=probability,
            expected=expected,
            low=low,
            high=high,
            model_version=model_version,
            made_at=self.clock.now(),
            due_at=due_at,
        )
        tx.add(forecast)
        return forecast

    def score_due(self, business_id: BusinessId) -> list[Forecast]:
        """Forecasts that have come due are scored against what was measured; gives those.

        One whose artifact was never published or measured stays open and is overdue: no data is not a failure. So does
        one whose artifact came out later than was planned, until its thirty days are over.
        """
        now = self.clock.now()
        with self.store.business(business_id) as tx:
            due = tx.find(Forecast, *where(scored_at=None, due_at__le=now, subject_type=SUBJECT))
            if not due:
                return []
            subjects = [forecast.subject_id for forecast in due]
            entries = {entry.id: entry for entry in tx.find(CalendarEntry, *where(id__in=subjects))}
            points: dict[UUID | None, list[PerformanceRecord]] = {}
            for point in tx.latest(PerformanceRecord, *where(calendar_entry_id__in=subjects)):
                points.setdefault(point.calendar_entry_id, []).append(point)
            scored = [
                scored_forecast(each, entries.get(each.subject_id), points.get(each.subject_id, ()), now)
                for each in due
            ]
            return [tx.save(forecast) for forecast in scored if forecast is not None]

    def ledger(self, business_id: BusinessId) -> list[Forecast]:
        """All forecasts, by when they are due."""
        with self.store.business(business_id) as tx:
            return tx.find(Forecast, order="due_at")

    def calibration(self, business_id: BusinessId) -> CalibrationReport:
        """How good the forecasts were so far."""
        ledger = self.ledger(business_id)
        scored = [forecast for forecast in ledger if forecast.scored_at is not None]
        overdue = sum(forecast.scored_at is None and forecast.due_at <= self.clock.now() for forecast in ledger)
        if not scored:
            return CalibrationReport(scored=0, open=len(ledger) - overdue, overdue=overdue)
        probabilities = [forecast.probability for forecast in scored]
        outcomes = [float(bool(forecast.success)) for forecast in scored]
        actual = np.array([forecast.actual for forecast in scored], dtype=float)
        return CalibrationReport(
            scored=len(scored),
            open=len(ledger) - len(scored) - overdue,
            overdue=overdue,
            brier=brier(probabilities, outcomes),
            calibration_error=expected_calibration_error(probabilities, outcomes),
            coverage=interval_coverage([f.low for f in scored], [f.high for f in scored], actual),
        )


def scored_forecast(
    forecast: Forecast, entry: CalendarEntry | None, points: Sequence[PerformanceRecord], now: datetime
) -> Forecast | None:
    """The forecast with what really came by the ``points`` of its entry; None while that is not known."""
    if entry is None or entry.publish_at is None or entry.publish_at + WINDOW > now:
        return None
    measured = in_window(points, entry.publish_at)
    if not measured:
        return None
    actual = total(measured, forecast.metric, entry.publish_at)
    success = actual >= forecast.target
    return attrs.evolve(
        forecast,
        actual=actual,
        success=success,
        brier=(forecast.probability - success) ** 2,
        covered=forecast.low <= actual <= forecast.high,
        scored_at=now,
    )
