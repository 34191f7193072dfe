"""Results, ads and deals from CSV files, as records of the unified metric schema."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from refleqt_core.ports.connector import MetricRecord
from refleqt_core.values import Money

from .cells import amount, currency_code, day, moment, number, text, whole, yes_no
from .csv_table import Column, Problem, RowCheck, read_table
from .keyed_rows import FileContent
from .metric_totals import Fact, additivity_of, labels_of, money_fact, summed

NAMES = ("artifact_id", "utm_content", "url", "utm_campaign", "utm_source")
"""By what a result names its thing, the most telling first; the last two name no artifact, and are kept as well."""

PERFORMANCE_COLUMNS = (
    Column("day", day, required=True),
    Column("source", text, required=True),
    Column("artifact_id", text),
    Column("utm_source", text),
    Column("utm_medium", text),
    Column("utm_campaign", text),
    Column("utm_content", text),
    Column("url", text),
    Column("metric", text, required=True),
    Column("value", number(minimum=0), required=True),
    Column("unit", text, default="count"),
    Column("currency", currency_code),
)


def read_performance(path: Path, *, skip_bad_rows: bool = False) -> FileContent[MetricRecord]:
    """One record a row, its thing named by the first of `NAMES` that the row has, as the file writes it.

    The names are labels too, for whoever joins the record to its artifact. A thing has one value a source, metric and
    day. Faults as `read_table` raises them.
    """
    table = read_table(
        path,
        PERFORMANCE_COLUMNS,
        key=("source", "artifact", "metric", "day"),
        key_of=lambda row: (row["source"], _named(row), row["metric"], row["day"]),
        check=_check_named,
        skip_bad_rows=skip_bad_rows,
    )
    return table.content(map(_result, table.rows))


def _result(row: Mapping[str, Any]) -> MetricRecord:
    return MetricRecord(
        source=row["source"],
        entity_kind="artifact",
        entity_id=_named(row) or "",
        metric=row["metric"],
        value=row["value"],
        day=row["day"],
        unit=row["unit"],
        currency=row["currency"],
        additivity=additivity_of(row["metric"]),
        labels=labels_of(row, "artifact_id", "utm_source", "utm_medium", "utm_campaign", "utm_content", "url"),
    )


def _named(row: Mapping[str, Any]) -> str | None:
    return next((row[name] for name in NAMES if row[name]), None)


def _check_named(row: Mapping[str, Any]) -> Iterator[Problem]:
    if _named(row) is None:
        yield Problem("artifact_id", "nothing says what it is a result of", f"Fill in one of: {', '.join(NAMES)}.")


ADS_COLUMNS = (
    Column("day", day, required=True),
    Column("campaign", text, required=True),
    Column("ad_id", text, required=True),
    Column("utm_content", text),
    Column("impressions", whole(minimum=0), required=True),
    Column("clicks", whole(minimum=0), required=True),
    Column("cost", amount, required=True, beside=("currency",)),
    Column("conversions", number(minimum=0), default=0.0),
)


def read_ads(path: Path, *, skip_bad_rows: bool = False, source: str = "ads") -> FileContent[MetricRecord]:
    """Impressions, clicks, cost and conversions of each campaign and of each ad, by day; each ad has one row a day.

    A campaign's values are the sums of its ads', so only one ``entity_kind`` of the two may be summed. Amounts are of
    one currency in the whole file. Faults as `read_table` raises them.
    """
    check = _one_currency("cost")
    table = read_table(path, ADS_COLUMNS, key=("day", "ad_id"), check=check, skip_bad_rows=skip_bad_rows)
    return table.content(summed(source, (fact for row in table.rows for fact in _ad_facts(row))))


def _ad_facts(row: Mapping[str, Any]) -> Iterator[Fact]:
    for kind, name, labels in (
        ("campaign", row["campaign"], labels_of(row, "campaign")),
        ("ad", row["ad_id"], labels_of(row, "campaign", "utm_content")),
    ):
        for metric in ("impressions", "clicks", "conversions"):
            yield Fact(kind, name, row["day"], metric, row[metric], labels=labels)
        yield money_fact(kind, name, row["day"], "cost", row["cost"], labels)


DEAL_COLUMNS = (
    Column("deal_id", text, required=True),
    Column("contact_id", text),
    Column("stage", text, required=True),
    Column("lead_source", text, default="unknown"),
    Column("amount", amount, beside=("currency",)),
    Column("created_at", moment, required=True),
    Column("closed_at", moment),
    Column("won", yes_no, default=False),
)


def read_crm_deals(
    path: Path, *, skip_bad_rows: bool = False, source: str = "crm", time_zone: str = "UTC"
) -> FileContent[MetricRecord]:
    """Deals created, deals won and revenue won of each lead source, by day in ``time_zone``; each deal has one row.

    A deal is won on the day it was closed. Amounts are of one currency in the whole file. Faults as `read_table`
    raises them.
    """
    one_currency = _one_currency("amount")

    def check(row: Mapping[str, Any]) -> Iterator[Problem]:
        yield from one_currency(row)
        if row["won"] and row["closed_at"] is None:
            yield Problem("closed_at", "the deal is won, and when is not said", "Write when it was closed.")

    table = read_table(path, DEAL_COLUMNS, key="deal_id", check=check, skip_bad_rows=skip_bad_rows)
    zone = ZoneInfo(time_zone)
    facts = (fact for row in table.rows for fact in _deal_facts(row, zone))
    return table.content(summed(source, facts, time_zone=time_zone))


def _deal_facts(row: Mapping[str, Any], zone: ZoneInfo) -> Iterator[Fact]:
    labels = labels_of(row, "lead_source")
    yield Fact("lead_source", row["lead_source"], _day(row["created_at"], zone), "deals_created", 1, labels=labels)
    if row["won"]:
        closed = _day(row["closed_at"], zone)
        yield Fact("lead_source", row["lead_source"], closed, "deals_won", 1, labels=labels)
        if row["amount"] is not None:
            yield money_fact("lead_source", row["lead_source"], closed, "won_revenue", row["amount"], labels)


def _day(moment: datetime, zone: ZoneInfo) -> date:
    return moment.astimezone(zone).date()


def _one_currency(field: str) -> RowCheck:
    """A check that the amounts of all rows are of the first one's currency, since others cannot be added to it."""
    first: list[str] = []

    def check(row: Mapping[str, Any]) -> Iterable[Problem]:
        paid: Money | None = row[field]
        if paid is not None:
            first.append(paid.currency) if not first else None
            if paid.currency != first[0]:
                problem = f"the row is in {paid.currency}, those above in {first[0]}"
                yield Problem("currency", problem, "Keep each currency in a file of its own.")

    return check
