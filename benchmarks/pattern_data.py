"""Calendars to analyse, made by a seed: as arrays, as the rows that the store gives, and as what it keeps."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import attrs
import numpy as np

from refleqt_core.entities import Entity
from refleqt_core.intake.business import Business
from refleqt_core.intake.calendar import (
    CHANNELS,
    FUNNEL_STAGES,
    SEARCH_INTENTS,
    STATUSES,
    CalendarEntry,
    Campaign,
    DistributionPlan,
    SeoMetadata,
    StatusChange,
)
from refleqt_core.intake.calendar_patterns.fields import ENTRY_FIELDS, PLAN_FIELDS, SEARCH_FIELDS, STEP_FIELDS
from refleqt_core.intake.calendar_patterns.stored_rows import CalendarRows
from refleqt_core.values import BusinessId

NOW = datetime(2026, 6, 1, tzinfo=UTC)
DAY = 86_400.0
YEAR = 365.0
STAY = np.array([12.0, 6.0, 7.0, 3.0, 5.0, 34.0])
"""Mean days in each status but the last."""
CAMPAIGNS, KEYWORDS = 12, 60


@attrs.frozen(kw_only=True, eq=False)
class Made:
    """Entries (n,) of many businesses with their steps and channels: days before `NOW`, places in lists (-1: none)."""

    business: np.ndarray[Any, Any]
    created: np.ndarray[Any, Any]
    publish: np.ndarray[Any, Any]
    status: np.ndarray[Any, Any]
    campaign: np.ndarray[Any, Any]
    stage: np.ndarray[Any, Any]
    keyword: np.ndarray[Any, Any]
    intent: np.ndarray[Any, Any]
    texts: np.ndarray[Any, Any]
    step: np.ndarray[Any, Any]
    channel: np.ndarray[Any, Any]


def made(businesses: int, entries: int, seed: int = 0) -> Made:
    """So many entries for each business, each on its way through the statuses for up to a year."""
    draw, n = np.random.default_rng(seed), businesses * entries
    created = np.round(draw.uniform(0, YEAR, n), 4)
    ends = np.round(created[:, None] - np.cumsum(draw.exponential(STAY, (n, STAY.size)), axis=1), 4)
    status = (ends >= 0).sum(axis=1)
    reached = np.hstack([created[:, None], ends])
    entry, place = np.nonzero(reached >= 0)
    channels = draw.random((n, len(CHANNELS))) < np.geomspace(0.5, 0.005, len(CHANNELS))
    return Made(
        business=np.repeat(np.arange(businesses), entries),
        created=created,
        publish=np.where(status >= 5, reached[:, 5], np.nan),
        status=status,
        campaign=np.where(draw.random(n) < 0.8, draw.integers(0, CAMPAIGNS, n), -1),
        stage=np.where(draw.random(n) < 0.9, draw.choice(3, n, p=[0.55, 0.33, 0.12]), -1),
        keyword=np.where(draw.random(n) < 0.6, draw.integers(0, KEYWORDS, n), -1),
        intent=draw.integers(-1, len(SEARCH_INTENTS), n),
        texts=draw.random((n, len(TEXTS))) < np.linspace(0.95, 0.05, len(TEXTS)),
        step=np.column_stack([entry, place - 1, place, reached[entry, place]]),
        channel=np.column_stack(np.nonzero(channels)),
    )


TEXTS = ("owner", "icp_segment", "buyer_persona", "strategic_intent", "conversion_event", "utm_source", "utm_medium")
"""Text fields that some fill and some skip."""


def entities(given: Made, business: int, ids: Iterator[UUID], slug: str = "bench") -> list[Entity]:
    """What the store keeps of one business, in an order that references allow."""
    owner = BusinessId(next(ids))
    mine = np.flatnonzero(given.business == business)
    campaigns = [Campaign(id=next(ids), business_id=owner, name=f"Campaign {each}") for each in range(CAMPAIGNS)]
    entry_ids = {int(each): next(ids) for each in mine}
    first, last = mine[0], mine[-1]
    entries = [_entry(given, int(each), entry_ids[int(each)], owner, campaigns) for each in mine]
    search = [
        SeoMetadata(
            id=next(ids),
            business_id=owner,
            calendar_entry_id=entry_ids[int(each)],
            primary_keyword=f"keyword {given.keyword[each]}" if given.keyword[each] >= 0 else None,
            search_intent=SEARCH_INTENTS[given.intent[each]] if given.intent[each] >= 0 else None,
        )
        for each in mine
    ]
    channels = given.channel[(given.channel[:, 0] >= first) & (given.channel[:, 0] <= last)]
    plans = [
        DistributionPlan(
            id=next(ids), business_id=owner, calendar_entry_id=entry_ids[int(entry)], channel=CHANNELS[channel]
        )
        for entry, channel in channels.tolist()
    ]
    steps = given.step[(given.step[:, 0] >= first) & (given.step[:, 0] <= last)]
    changes = [
        StatusChange(
            id=next(ids),
            business_id=owner,
            calendar_entry_id=entry_ids[int(entry)],
            left=STATUSES[int(left)] if left >= 0 else None,
            reached=STATUSES[int(reached)],
            at=before(ago),
        )
        for entry, left, reached, ago in steps.tolist()
    ]
    company = Business(id=owner, slug=slug, name=slug.title(), created_at=before(2 * YEAR))
    return [company, *campaigns, *entries, *search, *plans, *changes]


def _entry(given: Made, each: int, id: UUID, owner: BusinessId, campaigns: list[Campaign]) -> CalendarEntry:
    texts = {name: f"some {name}" for name, filled in zip(TEXTS, given.texts[each], strict=True) if filled}
    return CalendarEntry(
        id=id,
        business_id=owner,
        external_id=f"E-{each}",
        title=f"How kitchens cut food waste, part {each}",
        artifact_type="blog_copy",
        status=STATUSES[given.status[each]],
        publish_at=None if np.isnan(given.publish[each]) else before(float(given.publish[each])),
        campaign_id=campaigns[given.campaign[each]].id if given.campaign[each] >= 0 else None,
        funnel_stage=FUNNEL_STAGES[given.stage[each]] if given.stage[each] >= 0 else None,
        created_at=before(float(given.created[each])),
        updated_at=before(float(given.created[each])),
        **texts,
    )


def rows_of(kept: list[Entity]) -> CalendarRows:
    """The same as the rows that the store would give."""
    fields = {
        CalendarEntry: ENTRY_FIELDS,
        SeoMetadata: SEARCH_FIELDS,
        DistributionPlan: PLAN_FIELDS,
        StatusChange: STEP_FIELDS,
        Campaign: ("id", "name"),
    }
    found: dict[type[Entity], list[tuple[Any, ...]]] = {kind: [] for kind in fields}
    for entity in kept:
        if type(entity) in found:
            found[type(entity)].append(tuple(getattr(entity, name) for name in fields[type(entity)]))
    return CalendarRows(
        entries=found[CalendarEntry],
        search=found[SeoMetadata],
        plans=found[DistributionPlan],
        steps=found[StatusChange],
        campaigns=found[Campaign],
    )


def before(days: float) -> datetime:
    """The moment so many days before `NOW`."""
    return datetime.fromtimestamp(round(NOW.timestamp() - days * DAY, 3), UTC)
