"""A month of the calendar."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from refleqt_core.outputs.month_view import Month, month_of

from .auth import Caller
from .bodies import Input, Output
from .endpoints import Resource
from .entry_answers import EntryOut

resource = Resource("calendar months", "What goes out on each day of a month, and what is suggested for it.")

MonthName = Annotated[str, StringConstraints(pattern=r"^(19[7-9][0-9]|2[01][0-9]{2})-(0[1-9]|1[0-2])$")]


class MonthQuery(Input):
    """Which month."""

    month: MonthName | None = Field(default=None, description="such as 2026-03; without it the present one")


class GhostOut(Output):
    """An entry that is only suggested, by the id of its suggestion; `chance` is that of reaching its target."""

    id: UUID
    title: str
    artifact_type: str
    channel: str
    segment: str
    publish_at: datetime
    chance: float


class DayOut(Output):
    """A day in the business's time zone: what goes out on it, what is suggested for it, which reviews are due."""

    day: date
    entries: list[EntryOut]
    ghosts: list[GhostOut]
    reviews: list[EntryOut]


class MonthOut(Output):
    """A month: all its days, the first entries that have no day yet, and how many of its entries are of each kind.

    `by_stage` counts those without a funnel stage under the empty name.
    """

    first: date
    today: date
    time_zone: str
    days: list[DayOut]
    undated: list[EntryOut] = Field(description="the first 20 by title")
    undated_count: int = Field(description="how many have no day in all; GET /v1/calendar gives them last")
    by_status: dict[str, int]
    by_stage: dict[str, int]


@resource.get("/v1/calendar/month", gives=MonthOut)
def read_month(caller: Caller, query: MonthQuery) -> Month:
    """A month of the calendar, with ghosts of the suggestions that nothing was done with."""
    chosen = month_of(query.month) if query.month else (None, None)
    return caller.refleqt.months().read(caller.business_id, *chosen)
