"""Campaigns, and the groups that they belong to."""

from datetime import date
from typing import Any
from uuid import UUID

from refleqt_core.intake.calendar import Campaign
from refleqt_core.intake.campaigns import CampaignDraft

from .auth import Caller
from .bodies import Day, Input, MoneyBody, MoneyOut, Output
from .endpoints import Resource
from .entry_texts import Note, Said, Told

resource = Resource("campaigns", "Entries with one aim, and the larger undertakings that campaigns belong to.")


class CampaignBody(Input):
    """A campaign as somebody writes it; `group` names the larger undertaking."""

    name: Told
    goal: Note | None = None
    group: Said | None = None
    owner: Said | None = None
    starts_on: Day | None = None
    ends_on: Day | None = None
    budget: MoneyBody | None = None

    def draft(self) -> CampaignDraft:
        """The campaign as the calendar takes it."""
        given = {name: getattr(self, name) for name in ("name", "group", "owner", "starts_on", "ends_on")}
        budget = None if self.budget is None else self.budget.value()
        return CampaignDraft(**given, goal=self.goal or "", budget=budget)


class CampaignOut(Output):
    """A campaign."""

    id: UUID
    version: int
    name: str
    goal: str
    group: str | None
    owner: str | None
    starts_on: date | None
    ends_on: date | None
    budget: MoneyOut | None


class CountedCampaignOut(Output):
    """A campaign, and how many entries it has in each status."""

    campaign: CampaignOut
    entries: dict[str, int]


class CampaignsOut(Output):
    """All campaigns by group and name."""

    items: list[CountedCampaignOut]


@resource.get("/v1/campaigns", gives=CampaignsOut)
def list_campaigns(caller: Caller) -> dict[str, list[Any]]:
    """All campaigns by group and name, each with its entries counted by status."""
    return {"items": caller.refleqt.campaigns().list(caller.business_id)}


@resource.post("/v1/campaigns", gives=CampaignOut)
def save_campaign(caller: Caller, body: CampaignBody) -> Campaign:
    """The campaign of that name is as the body says."""
    return caller.refleqt.campaigns().save(caller.business_id, body.draft())
