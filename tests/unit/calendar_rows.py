"""Rows of a calendar as the store gives them, made by hand."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import attrs

from refleqt_core.intake.calendar_patterns.analysis import analysed
from refleqt_core.intake.calendar_patterns.fields import ENTRY_FIELDS, PLAN_FIELDS, SEARCH_FIELDS
from refleqt_core.intake.calendar_patterns.findings import CalendarPatterns
from refleqt_core.intake.calendar_patterns.stored_rows import CalendarRows, columns_of

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
"""A Monday."""


def ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


@attrs.define
class Calendar:
    """Entries numbered from 1, with their search fields, plans and steps."""

    entries: list[Any] = attrs.field(factory=list)
    search: list[Any] = attrs.field(factory=list)
    plans: list[Any] = attrs.field(factory=list)
    steps: list[Any] = attrs.field(factory=list)
    campaigns: list[Any] = attrs.field(factory=list)

    def entry(self, created: float = 10, status: str = "idea", publish: float | None = None, **fields: Any) -> UUID:
        """An entry made that many days ago, to be published that many days ago (negative: ahead)."""
        id = UUID(int=len(self.entries) + 1)
        search = {name: fields.pop(name) for name in SEARCH_FIELDS if name in fields}
        given: dict[str, Any] = {"id": id, "created_at": ago(created), "status": status, "secondary_kpis": ()}
        given["publish_at"] = None if publish is None else ago(publish)
        if name := fields.pop("campaign", None):
            given["campaign_id"] = self.campaign(name)
        self.entries.append(tuple((given | fields).get(field) for field in ENTRY_FIELDS))
        if search:
            row = {"calendar_entry_id": id, "secondary_keywords": ()} | search
            self.search.append(tuple(row.get(field) for field in SEARCH_FIELDS))
        return id

    def campaign(self, name: str) -> UUID:
        id = UUID(int=10**6 + sum(map(ord, name)))
        if (id, name) not in self.campaigns:
            self.campaigns.append((id, name))
        return id

    def plan(self, entry: UUID, **fields: Any) -> None:
        row = {"calendar_entry_id": entry, "parameters": {}, "posting_schedule": ()} | fields
        self.plans.append(tuple(row.get(field) for field in PLAN_FIELDS))

    def step(self, entry: UUID, reached: str, days_ago: float, left: str | None = None, by: str | None = None) -> None:
        self.steps.append((UUID(int=2 * 10**6 + len(self.steps)), entry, left, reached, ago(days_ago), by))

    def way(self, entry: UUID, *steps: tuple[str, float], by: str | None = None) -> None:
        """The entry's steps, the first one taken by ``by``."""
        left: str | None = None
        for reached, days_ago in steps:
            self.step(entry, reached, days_ago, left, by if left is None else None)
            left = reached

    @property
    def rows(self) -> CalendarRows:
        return CalendarRows(
            entries=self.entries, search=self.search, plans=self.plans, steps=self.steps, campaigns=self.campaigns
        )

    def patterns(self, as_of: datetime = NOW, time_zone: str = "UTC", keep: int | None = None) -> CalendarPatterns:
        return analysed(columns_of(self.rows, as_of=as_of, time_zone=time_zone), keep)
