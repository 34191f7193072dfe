"""Which entries of the calendar are meant."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from itertools import product
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import attrs

from ..ports import Query, Transaction, where
from .business import Business
from .calendar import CalendarEntry, Campaign, DistributionPlan, SeoMetadata
from .review_days import due_if_published_before

SAME = {
    "status": "status",
    "artifact_type": "artifact_type",
    "owner": "owner",
    "segment": "icp_segment",
    "funnel_stage": "funnel_stage",
    "angle": "angle",
    "category": "category",
    "cluster": "keyword_cluster",
}
"""What is asked for by what an entry's field has to be equal to."""


LAST = datetime.max.replace(tzinfo=UTC)


@attrs.frozen(kw_only=True)
class EntrySearch:
    """All of what is given has to hold. ``text`` is looked for in title, id, owner, notes and primary keyword.

    ``start`` and ``end`` are of the publication, half-open; ``review_due_by`` finds what was published and not
    reviewed by that day. ``group`` is a group of campaigns.
    """

    text: str | None = None
    status: str | None = None
    channel: str | None = None
    artifact_type: str | None = None
    owner: str | None = None
    member: str | None = None
    segment: str | None = None
    funnel_stage: str | None = None
    angle: str | None = None
    category: str | None = None
    tag: str | None = None
    cluster: str | None = None
    campaign: str | None = None
    group: str | None = None
    start: datetime | None = None
    end: datetime | None = None
    review_due_by: date | None = None


def found(
    tx: Transaction, asked: EntrySearch, *, after: UUID | None = None, limit: int | None = None
) -> list[CalendarEntry]:
    """The entries that are asked for, by publication, those without a date last.

    ``after`` is a cursor: the id of the last one of the page before; an id that is absent raises `NotFound`.
    """
    conditions = dict(_conditions(asked))
    for field, name in (("name", asked.campaign), ("group", asked.group)):
        if name is not None:
            conditions["campaign_id__in"] = [
                campaign.id
                for campaign in tx.find(Campaign, *where(**{field: name}))
                if campaign.id in conditions.get("campaign_id__in", (campaign.id,))
            ]
    ways = list(_ways(tx, asked))
    if ways == [{}]:
        return tx.find(CalendarEntry, *where(**conditions), order="publish_at", after=after, limit=limit)
    lists = tx.find_all(*(Query(CalendarEntry, where(**conditions) + where(**way)) for way in ways))
    entries = sorted({entry.id: entry for each in lists for entry in each}.values(), key=_place)
    if after is not None:
        last = _place(tx.get(CalendarEntry, after))
        entries = [entry for entry in entries if _place(entry) > last]
    return entries[:limit]


def _conditions(asked: EntrySearch) -> Iterator[tuple[str, Any]]:
    for name, field in SAME.items():
        if (value := getattr(asked, name)) is not None:
            yield field, value
    more = {
        "publish_at__ge": asked.start,
        "publish_at__lt": asked.end,
        "tags__has": asked.tag,
        "team__has": asked.member,
    }
    yield from ((name, value) for name, value in more.items() if value is not None)
    if asked.review_due_by is not None:
        yield "status", "published"


def _ways(tx: Transaction, asked: EntrySearch) -> Iterator[dict[str, Any]]:
    """Each way in which an entry can have what may lie in several fields; one of them is enough."""
    texts, channels, reviews = _texts(tx, asked.text), _channels(tx, asked.channel), _reviews(tx, asked.review_due_by)
    for text, channel, review in product(texts, channels, reviews):
        ids = [set(way["id__in"]) for way in (text, channel) if "id__in" in way]
        both = {"id__in": sorted(set.intersection(*ids))} if ids else {}
        yield text | channel | review | both


def _texts(tx: Transaction, text: str | None) -> list[dict[str, Any]]:
    """Whoever looks for a word does not know which field it stands in."""
    if text is None or not text.strip():
        return [{}]
    keyed = tx.rows(SeoMetadata, ("calendar_entry_id",), *where(primary_keyword__contains=text.strip()))
    own = [{f"{field}__contains": text.strip()} for field in ("title", "external_id", "owner", "notes")]
    return [*own, {"id__in": [entry_id for (entry_id,) in keyed]}]


def _channels(tx: Transaction, channel: str | None) -> list[dict[str, Any]]:
    """The main channel, or any other that the entry goes out on."""
    if channel is None:
        return [{}]
    planned = tx.rows(DistributionPlan, ("calendar_entry_id",), *where(channel=channel))
    return [{"channel": channel}, {"id__in": [entry_id for (entry_id,) in planned]}]


def _reviews(tx: Transaction, day: date | None) -> list[dict[str, Any]]:
    """A review is due on its day, or else 30 days after the publication where the business is."""
    if day is None:
        return [{}]
    zones = [zone for (zone,) in tx.rows(Business, ("time_zone",))]
    published = due_if_published_before(day, ZoneInfo(zones[0] if zones else "UTC"))
    return [{"review_due__le": day}, {"review_due__null": True, "publish_at__lt": published}]


def _place(entry: CalendarEntry) -> tuple[datetime, UUID]:
    return entry.publish_at or LAST, entry.id


assert set(SAME) <= {field.name for field in attrs.fields(EntrySearch)}
