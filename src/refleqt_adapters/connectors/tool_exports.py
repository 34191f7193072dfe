"""Exports of known tools: what their CSV files hold, as records of the unified metric schema.

A tool leaves trailing empty cells out and has many columns that nobody here needs; both are allowed for.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import attrs

from refleqt_core.ports.connector import MetricRecord

from .cells import day, number, text, whole
from .csv_table import Column, read_table
from .keyed_rows import FileContent
from .metric_totals import Fact, additivity_of, labels_of, summed


def day_of_stamp(cell: str) -> date:
    """The day of a time stamp such as ``2020-04-23 11:40:06.199 UTC``, as the tool wrote it."""
    found: date = day(cell[:10])
    return found


GOOGLE_ADS_COLUMNS = (
    Column("date", day, required=True),
    Column("ad_id", text, required=True),
    Column("campaign_id", text, required=True),
    Column("impressions", whole(minimum=0), required=True),
    Column("clicks", whole(minimum=0), required=True),
    Column("cost_micros", whole(minimum=0), required=True),
)


def read_google_ads(path: Path, *, skip_bad_rows: bool = False) -> FileContent[MetricRecord]:
    """Impressions, clicks and cost of each campaign and of each ad, by day, summed over keywords and devices.

    Cost is in whole units of the account's currency, which the file does not name.
    """
    table = read_table(path, GOOGLE_ADS_COLUMNS, skip_bad_rows=skip_bad_rows, short_rows=True)
    return table.content(summed("google_ads", (fact for row in table.rows for fact in _google_facts(row))))


def _google_facts(row: Mapping[str, Any]) -> Iterator[Fact]:
    labels = labels_of(row, "campaign_id")
    for kind, name in (("campaign", row["campaign_id"]), ("ad", row["ad_id"])):
        yield Fact(kind, name, row["date"], "impressions", row["impressions"], labels=labels)
        yield Fact(kind, name, row["date"], "clicks", row["clicks"], labels=labels)
        yield Fact(kind, name, row["date"], "cost", row["cost_micros"], 1_000_000, "currency", labels=labels)


MAILCHIMP_COLUMNS = (
    Column("id", text, required=True),
    Column("send_time", day_of_stamp),
    Column("status", text, required=True),
    Column("subject_line", text),
    Column("title", text),
    Column("list_id", text, required=True),
)


def read_mailchimp(path: Path, *, skip_bad_rows: bool = False) -> FileContent[MetricRecord]:
    """That each campaign was sent, on the day it was; campaigns that have not been sent are passed over."""
    table = read_table(path, MAILCHIMP_COLUMNS, key="id", skip_bad_rows=skip_bad_rows, short_rows=True)
    facts = (
        Fact("campaign", row["id"], row["send_time"], "campaigns_sent", 1, labels=_mail_labels(row))
        for row in table.rows
        if row["status"] == "sent" and row["send_time"]
    )
    return table.content(summed("mailchimp", facts))


def _mail_labels(row: Mapping[str, Any]) -> dict[str, str]:
    return labels_of(row, "title", "subject_line", "list_id")


GA4_COLUMNS = (
    Column("_fivetran_id", text),
    Column("date", day, required=True),
    Column("name", text, required=True),
    Column("user_pseudo_id", text, required=True),
    Column("param_campaign", text),
    Column("ecommerce_purchase_revenue_in_usd", number(minimum=0), default=0.0),
)


def read_ga4_events(path: Path, *, skip_bad_rows: bool = False) -> FileContent[MetricRecord]:
    """Events and purchase revenue of each event name and of each campaign, and the users of the day, by day."""
    table = read_table(path, GA4_COLUMNS, key="_fivetran_id", skip_bad_rows=skip_bad_rows, short_rows=True)
    events = summed("ga4", (fact for row in table.rows for fact in _event_facts(row)))
    return table.content(events + _users(table.rows))


def _event_facts(row: Mapping[str, Any]) -> Iterator[Fact]:
    labels = {"event": row["name"]}
    yield Fact("event", row["name"], row["date"], "events", 1, labels=labels)
    revenue = row["ecommerce_purchase_revenue_in_usd"]
    if revenue:
        cents = round(revenue * 100)
        yield Fact("event", row["name"], row["date"], "revenue", cents, 100, "currency", "USD", labels)
    if row["param_campaign"]:
        campaign = labels_of(row, "param_campaign")
        yield Fact("campaign", row["param_campaign"], row["date"], row["name"], 1, labels=campaign)


def _users(rows: list[dict[str, Any]]) -> list[MetricRecord]:
    seen = dict.fromkeys((row["date"], row["user_pseudo_id"]) for row in rows)
    counted = summed("ga4", (Fact("property", "all", day, "users", 1) for day, _ in seen))
    return [attrs.evolve(record, additivity=additivity_of("users")) for record in counted]


INSTAGRAM_METRICS = (
    "like_count",
    "comment_count",
    *(f"carousel_album_{name}" for name in ("engagement", "impressions", "reach", "saved", "shares", "views")),
    *(f"story_{name}" for name in ("exits", "impressions", "reach", "replies", "shares", "views")),
    *(f"video_photo_{name}" for name in ("engagement", "impressions", "reach", "saved", "shares", "views")),
    *(f"reel_{name}" for name in ("comments", "likes", "plays", "reach", "shares", "total_interactions", "views")),
)
INSTAGRAM_COLUMNS = (
    Column("id", text, required=True),
    Column("_fivetran_synced", day_of_stamp, required=True),
    Column("like_count", whole(minimum=0), required=True),
    *(Column(name, whole(minimum=0)) for name in INSTAGRAM_METRICS[1:]),
)


def read_instagram(path: Path, *, skip_bad_rows: bool = False) -> FileContent[MetricRecord]:
    """Each medium's figures as of the day they were read.

    They count from its publication on, so that the values of two days hold the same people and acts: none is additive.
    """
    key = ("id", "_fivetran_synced")
    table = read_table(path, INSTAGRAM_COLUMNS, key=key, skip_bad_rows=skip_bad_rows, short_rows=True)
    return table.content(
        MetricRecord(
            source="instagram",
            entity_kind="media",
            entity_id=row["id"],
            metric=metric,
            value=float(row[metric]),
            day=row["_fivetran_synced"],
            additivity="unique",
        )
        for row in table.rows
        for metric in INSTAGRAM_METRICS
        if row[metric] is not None
    )
