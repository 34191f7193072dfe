"""Campaigns: what they are for, when, for how much, and in which group."""

from collections import Counter
from datetime import date

import attrs

from ..errors import Conflict, Fault, InvalidInput, NotFound
from ..ports import Ids, Store, Transaction, where
from ..values import BusinessId, Money
from .calendar import CalendarEntry, Campaign


@attrs.frozen(kw_only=True)
class CampaignDraft:
    """A campaign as somebody writes it; ``group`` names the larger undertaking."""

    name: str
    goal: str = ""
    group: str | None = None
    owner: str | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    budget: Money | None = None


@attrs.frozen(kw_only=True)
class CampaignView:
    """A campaign, and how many entries it has in each status."""

    campaign: Campaign
    entries: dict[str, int]


@attrs.frozen(kw_only=True)
class CampaignService:
    """The campaigns of a business. An entry that names a new one makes it; here it gets its particulars."""

    store: Store
    ids: Ids

    def save(self, business_id: BusinessId, draft: CampaignDraft) -> Campaign:
        """The campaign of that name is as the draft says. One that ends before it begins raises `InvalidInput`."""
        if draft.starts_on and draft.ends_on and draft.ends_on < draft.starts_on:
            problem = f"it ends on {draft.ends_on}, before it begins on {draft.starts_on}"
            raise InvalidInput(
                [Fault(f"campaign '{draft.name}'", None, "ends_on", problem, "Correct one of the days.")]
            )
        with self.store.business(business_id) as tx:
            fresh = Campaign(id=self.ids.new(), business_id=business_id, **attrs.asdict(draft, recurse=False))
            for stored in tx.find(Campaign, *where(name=draft.name)):
                changed = attrs.evolve(fresh, id=stored.id, version=stored.version)
                return stored if changed == stored else tx.save(changed)
            tx.add(fresh)
            return fresh

    def rename(self, business_id: BusinessId, name: str, new_name: str) -> Campaign:
        """The campaign has that name, and its entries are in it as before.

        Absent: `NotFound`; another has the name: `Conflict`; a blank one: `InvalidInput`.
        """
        with self.store.business(business_id) as tx:
            campaign = _named(tx, name)
            if tx.find(Campaign, *where(name=new_name.strip())):
                raise Conflict(f"there is a campaign '{new_name.strip()}' already")
            return tx.save(attrs.evolve(campaign, name=new_name.strip()))

    def remove(self, business_id: BusinessId, name: str) -> None:
        """The campaign is gone. Absent: `NotFound`; it has entries: `Conflict`."""
        with self.store.business(business_id) as tx:
            campaign = _named(tx, name)
            if number := tx.count(CalendarEntry, *where(campaign_id=campaign.id)):
                raise Conflict(f"campaign '{name}' has {number} entries; move them to another one first")
            tx.remove(Campaign, campaign.id)

    def list(self, business_id: BusinessId) -> list[CampaignView]:
        """All campaigns by group and name, with their entries counted by status."""
        with self.store.business(business_id) as tx:
            campaigns = tx.find(Campaign, order="name")
            counted: dict[object, Counter[str]] = {}
            for campaign_id, status in tx.rows(CalendarEntry, ("campaign_id", "status")):
                counted.setdefault(campaign_id, Counter())[status] += 1
        views = [CampaignView(campaign=each, entries=dict(counted.get(each.id, {}))) for each in campaigns]
        return sorted(views, key=lambda view: (view.campaign.group or "", view.campaign.name))


def _named(tx: Transaction, name: str) -> Campaign:
    for campaign in tx.find(Campaign, *where(name=name)):
        return campaign
    raise NotFound(f"there is no campaign '{name}'")
