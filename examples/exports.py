"""How the tools of Brinewell write down what the market did: columns, names and the mess of real export files."""

import csv
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

HOME = ZoneInfo("Europe/Amsterdam")
SITE = "https://brinewell.example"
Entry = Mapping[str, Any]
Row = dict[str, str]

UNITS = {"ranking_position": "position", "spend": "currency"}
UTM = ("utm_source", "utm_medium", "utm_campaign", "utm_content")
COLUMNS = {
    "performance": ("day", "source", "artifact_id", *UTM, "url", "metric", "value", "unit", "currency"),
    "touches": ("touch_id", "visitor_id", "occurred_at", "channel", *UTM, "url"),
    "conversions": ("conversion_id", "visitor_id", "occurred_at", "event", "revenue", "currency"),
}
SOURCE = {
    "email": "pigeonpost", "webinar": "greenroom", "podcast": "earshot", "blog": "inkwell",
    "linkedin": "linkedin", "twitter": "twitter", "instagram": "instagram", "facebook": "facebook",
    "youtube": "youtube",
}  # fmt: skip
"""The tool that counts what happens on its own ground; clicks, sign-ups and bookings are counted by footfall."""


def moment_of(value: Any) -> datetime:
    """`value`, a datetime or ISO 8601 text with an offset, as a datetime."""
    return value if isinstance(value, datetime) else datetime.fromisoformat(str(value))


def filled(name: str, rows: Sequence[Row]) -> list[Row]:
    """`rows` with every column of the file `name`, in its order; what a row lacks is empty."""
    return [{column: row.get(column, "") for column in COLUMNS[name]} for row in rows]


def write_csv(path: Path, columns: Sequence[str], rows: Sequence[Mapping[str, str]]) -> None:
    """`path` holds `rows` as UTF-8 with line feeds; a column that a row lacks is empty."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def counted_by(channel: str, metric: str) -> str:
    """The one tool whose export has `metric` of an artifact on `channel`, so that nothing is counted twice."""
    at_home = ("clicks", "opens", "signups") if channel in ("email", "webinar") else ()
    return SOURCE.get(channel, "footfall") if metric in ("impressions", "engagement", *at_home) else "footfall"


def messy(text: str, dice: Random) -> str:
    """`text` as a tool happens to write it: mostly as it is, else in capitals, with spaces, or percent-encoded."""
    forms = (text, text.upper(), f" {text} ", text.replace("-", "%2D"), quote(text + " "), text.title())
    return dice.choices(forms, (76, 8, 5, 5, 3, 3))[0] if text else text


def messy_url(url: str, dice: Random) -> str:
    """`url` as a tool happens to write it: with a slash, a query, a fragment, or another case of the host."""
    forms = (url, url + "/", url + "?ref=footer", url + "#price", url.replace("brinewell", "Brinewell", 1))
    return dice.choices(forms, (70, 10, 10, 5, 5))[0]


def reported(entry: Entry, source: str, metric: str, day: date, value: str, dice: Random) -> Row:
    """One row of an export; `source` decides whether the artifact shows by its id, its address, or its UTM values."""
    row = {"day": day.isoformat(), "source": source, "metric": metric, "value": value}
    row["unit"] = UNITS.get(metric, "count")
    if metric == "spend":
        row["currency"] = "EUR"
    address, content = entry.get("canonical_url") or "", entry.get("utm_content") or ""
    if source in ("inkwell", "greenroom", "earshot") or not (address or content):
        return row | {"artifact_id": str(entry["external_id"])}
    return row | ({"url": messy_url(address, dice)} if address else tags(entry, dice))


def tags(entry: Entry, dice: Random) -> Row:
    """The four UTM values of `entry`, the content as messy as tools write it."""
    return {name: entry.get(name) or "" for name in UTM[:3]} | {
        "utm_content": messy(entry.get("utm_content") or "", dice)
    }


def touched(visitor: str, number: int, entry: Entry | None, at: datetime, dice: Random) -> Row:
    """The row of one touch. A quarter of those on the blog come by search, which sends an address and no tags."""
    row = {"touch_id": f"t-{visitor[2:]}-{number}", "visitor_id": visitor, "occurred_at": stamp(at)}
    if entry is None:
        return row | {"channel": "direct", "url": SITE + "/"}
    channel, address = entry.get("channel") or "", entry.get("canonical_url") or ""
    if address and (dice.random() < 0.25 or not entry.get("utm_content")):
        return row | {"channel": "organic_search", "url": messy_url(address, dice)}
    return row | {"channel": channel, "url": address or SITE + "/start"} | tags(entry, dice)


def converted(visitor: str, number: int, event: str, at: datetime, cents: int) -> Row:
    """The row of one conversion; a sign-up and a demo booking bring no money yet."""
    row = {"conversion_id": f"c-{visitor[2:]}-{number}", "visitor_id": visitor, "occurred_at": stamp(at)}
    return row | {"event": event, "revenue": f"{cents / 100:.2f}", "currency": "EUR"}


def stamp(moment: datetime) -> str:
    """ISO 8601 in UTC, to the second."""
    return moment.astimezone(UTC).isoformat(timespec="seconds")
