"""Which entries of the calendar are meant."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import attrs

from ..ports import Query, Transaction, where
from .calendar import CalendarEntry, Campaign, SeoMetadata

SAME = {
    "status": "status",
    "channel": "channel",
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
    if asked.text is None or not asked.text.strip():
        return tx.find(CalendarEntry, *where(**conditions), order="publish_at", after=after, limit=limit)
    entries = _with_text(tx, conditions, asked.text.strip())
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
        "review_due__le": asked.review_due_by,
    }
    yield from ((name, value) for name, value in more.items() if value is not None)
    if asked.review_due_by is not None:
        yield "status", "published"


def _with_text(tx: Transaction, conditions: dict[str, Any], text: str) -> list[CalendarEntry]:
    """Whoever looks for a word does not know which field it stands in."""
    keyed = tx.rows(SeoMetadata, ("calendar_entry_id",), *where(primary_keyword__contains=text))
    anywhere: list[dict[str, Any]] = [
        {f"{field}__contains": text} for field in ("title", "external_id", "owner", "notes")
    ]
    anywhere.append({"id__in": [entry_id for (entry_id,) in keyed]})
    lists = tx.find_all(*(Query(CalendarEntry, where(**(conditions | each))) for each in anywhere))
    entries = {entry.id: entry for each in lists for entry in each}
    return sorted(entries.values(), key=_place)


def _place(entry: CalendarEntry) -> tuple[datetime, UUID]:
    return entry.publish_at or LAST, entry.id


assert set(SAME) <= {field.name for field in attrs.fields(EntrySearch)}
