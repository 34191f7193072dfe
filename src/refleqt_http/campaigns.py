"""Campaigns, and the groups that they belong to."""

from datetime import date
from typing import Any
from uuid import UUID

from refleqt_core.errors import NotFound
from refleqt_core.intake.calendar import Campaign
from refleqt_core.intake.campaigns import CampaignDraft

from .auth import Caller
from .bodies import Day, Identity, Input, MoneyBody, MoneyOut, Output
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


class NameBody(Input):
    """The name to have."""

    name: Told


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


@resource.post("/v1/campaigns/{campaign_id}/name", gives=CampaignOut, raises=[NotFound])
def rename_campaign(caller: Caller, campaign_id: Identity, body: NameBody) -> Campaign:
    """The campaign has that name, and its entries are in it as before. Another has it: 409."""
    return caller.refleqt.campaigns().rename(caller.business_id, _campaign(caller, campaign_id).name, body.name)


@resource.delete("/v1/campaigns/{campaign_id}", gives=CampaignOut, raises=[NotFound])
def remove_campaign(caller: Caller, campaign_id: Identity) -> Campaign:
    """The campaign is gone, and the answer says what it was. It has entries: 409."""
    campaign = _campaign(caller, campaign_id)
    caller.refleqt.campaigns().remove(caller.business_id, campaign.name)
    return campaign


def _campaign(caller: Caller, id: UUID) -> Campaign:
    with caller.refleqt.store().business(caller.business_id) as tx:
        return tx.get(Campaign, id)
