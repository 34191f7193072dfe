"""Which artifact earned what."""

from datetime import UTC, date, datetime, time
from typing import Annotated
from uuid import UUID

import attrs
from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from refleqt_core.attribution.records import ArtifactCredit
from refleqt_core.intake.calendar import ATTRIBUTION_MODELS
from refleqt_core.values import Period

from .auth import Caller
from .bodies import Day, Input, MoneyOut, OneOf, Output
from .endpoints import Resource

resource = Resource("attribution", "What each artifact earned, by five models that each conserve revenue to the cent.")

Model = Annotated[str, OneOf(ATTRIBUTION_MODELS)]


class CreditOut(Output):
    """What one model credits one artifact with; without an artifact it is the unattributed rest."""

    calendar_entry_id: UUID | None
    revenue: MoneyOut
    conversions: float
    journeys: int
    cost: MoneyOut | None
    roi: float | None = Field(description="revenue by cost; null where the cost or too little is known")
    roi_low: float | None = Field(description="the lower end of the 80 % interval")
    roi_high: float | None = Field(description="the upper end of the 80 % interval")
    disagreement: float | None = Field(description="how far the models differ on this artifact")
    note: str | None


class ReportOut(Output):
    """The credits of one model over one period, the highest revenue first. Never attributed: no period, no credits."""

    model: str
    period_start: date | None
    period_end: date | None
    credits: list[CreditOut]


class ReportQuery(Input):
    """Which model's credits."""

    model: Model = "position_based"


class PeriodBody(Input):
    """The days to attribute: from the beginning of ``start`` until before ``end``, in UTC."""

    start: Day
    end: Day

    @model_validator(mode="after")
    def _forward(self) -> "PeriodBody":
        if self.end <= self.start:
            raise PydanticCustomError("period", "Input should end after its start")
        return self

    def period(self) -> Period:
        """The days as a period."""
        start, end = (datetime.combine(day, time(), UTC) for day in (self.start, self.end))
        return Period(start=start, end=end)


@attrs.frozen(kw_only=True)
class Report:
    """The credits of one model over one period."""

    model: str
    credits: list[ArtifactCredit]

    @property
    def period_start(self) -> date | None:
        """The first day."""
        return self.credits[0].period_start if self.credits else None

    @property
    def period_end(self) -> date | None:
        """The day after the last one."""
        return self.credits[0].period_end if self.credits else None


@resource.get("/v1/attribution", gives=ReportOut)
def read_attribution(caller: Caller, query: ReportQuery) -> Report:
    """What the model credits each artifact with, over the period that was attributed last."""
    found = caller.refleqt.attribution().report(caller.business_id, model=query.model)
    return Report(model=query.model, credits=found)


@resource.post("/v1/attribution", gives=list[ReportOut])
def attribute_period(caller: Caller, body: PeriodBody) -> list[Report]:
    """Every conversion of the period is credited to the artifacts before it, by all five models.

    The credits of a model sum to the period's revenue exactly; those of the same period before are replaced.
    """
    written = caller.refleqt.attribution().attribute(caller.business_id, body.period())
    by_model: dict[str, list[ArtifactCredit]] = {model: [] for model in ATTRIBUTION_MODELS}
    for credit in sorted(written, key=lambda each: -each.revenue.minor):
        by_model[credit.model].append(credit)
    return [Report(model=model, credits=found) for model, found in by_model.items()]
