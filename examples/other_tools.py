"""What Brinewell's other tools export: deals, ads day by day, and the past of the marketplace's creators."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import yaml
from exports import HOME, Row, moment_of

HERE = Path(__file__).parent
END = date(2026, 9, 1)

# ---- What the customer and ad tools export --------------------------------------------------------------------------

LEADS = {
    "linkedin": (12, 0.26), "email": (10, 0.3), "organic_search": (14, 0.22), "webinar": (6, 0.32),
    "partner": (32, 0.34), "google_ads": (15, 0.18), "referral": (8, 0.42), "outbound": (7, 0.09),
}  # fmt: skip
"""Deals a month and the share that is won, by where the lead came from."""

CLICK_PRICE = {"google_ads": 1.62, "meta_ads": 0.74, "linkedin_ads": 4.85}
DAILY_CLICKS = {"google_ads": 21, "meta_ads": 16, "linkedin_ads": 4}


def crm_deals(dice: Random) -> list[Row]:
    """Deals of the six months. In August the buying group brings twice as many; nothing else changes."""
    rows: list[Row] = []
    for month in range(3, 9):
        for source, (usual, share) in LEADS.items():
            count = usual + dice.randint(-1, 1)
            for _ in range(2 * usual if (month, source) == (8, "partner") else count):
                day, hour, minute = dice.randint(1, 30), dice.randint(8, 18), dice.randint(0, 59)
                opened = datetime(2026, month, day, hour, minute, tzinfo=HOME)
                rows.append(deal(source, share, opened, dice))
    rows.sort(key=lambda row: row["created_at"])
    return [{"deal_id": f"D-{n:04d}", "contact_id": f"p-{1000 + 7 * n}"} | row for n, row in enumerate(rows, 1)]


def deal(source: str, share: float, opened: datetime, dice: Random) -> Row:
    """One deal as it stands at the end of August."""
    closed = opened + timedelta(days=dice.lognormvariate(3.1, 0.5), hours=dice.randint(0, 6))
    wins = dice.random() < share
    kitchens = 1 + int(dice.expovariate(0.45))
    row = {"lead_source": source, "created_at": opened.isoformat(), "currency": "EUR"}
    row["amount"] = f"{kitchens * (7900 if kitchens < 5 else 6900) * 12 * dice.choice((100, 100, 95, 90)) / 10000:.2f}"
    if closed.date() >= END:
        return row | {"stage": dice.choice(("lead", "qualified", "demo", "proposal", "negotiation"))}
    stage = "closed_won" if wins else "closed_lost"
    return row | {"stage": stage, "closed_at": closed.isoformat(timespec="minutes"), "won": str(wins).lower()}


def ads(entries: list[Row], dice: Random) -> list[Row]:
    """Each ad day by day: always-on ones until the end, others four weeks.

    In August a click on Google costs 60 % more; nothing else changes.
    """
    rows = [row for entry in entries if entry["channel"] in CLICK_PRICE for row in ad_days(entry, dice)]
    return sorted(rows, key=lambda row: (row["day"], row["ad_id"]))


def ad_days(entry: Row, dice: Random) -> Iterator[Row]:
    """The days of one ad."""
    channel, first = entry["channel"], moment_of(entry["publish_at"]).date()
    last = END if entry["campaign"] == "always-on" else min(END, first + timedelta(28))
    for i in range((last - first).days):
        day = first + timedelta(i)
        clicks = round(DAILY_CLICKS[channel] * (0.8 if day.weekday() > 4 else 1.08) * dice.lognormvariate(0, 0.16))
        price = CLICK_PRICE[channel] * (1.6 if channel == "google_ads" and day.month == 8 else 1)
        yield {
            "day": day.isoformat(),
            "campaign": f"{entry['campaign']}-{channel.removesuffix('_ads')}",
            "ad_id": f"ad-{channel[:2]}-{entry['external_id'][3:]}",
            "utm_content": entry["utm_content"],
            "impressions": str(round(clicks * dice.uniform(38, 52))),
            "clicks": str(clicks),
            "cost": f"{clicks * price * dice.uniform(0.94, 1.06):.2f}",
            "conversions": str(sum(dice.random() < 0.035 for _ in range(clicks))),
            "currency": "EUR",
        }


STRAYS = (
    "2026-03-11,footfall,,newsletter,email,spring-2025,sp25-promo,,clicks,14,count,",
    "2026-03-12,footfall,,newsletter,email,spring-2025,sp25-promo,,clicks,5,count,",
    "2026-04-02,footfall,,,,,,https://brinewell.example/careers,clicks,61,count,",
    "2026-04-27,footfall,,,,,,https://brinewell.example/wp-login,clicks,312,count,",
    "2026-05-19,linkedin,,linkedin,social,test-do-not-use,bw-999,,impressions,7,count,",
    "2026-06-08,footfall,,peelmetric,referral,compare,vs-brinewell,,clicks,39,count,",
    "2026-07-01,inkwell,BW-OLD-017,,,,,,impressions,88,count,",
    "2026-07-22,twitter,,twitter,social,(not set),(not set),,engagement,23,count,",
    "2026-08-14,footfall,,harbour-hearth,partner,member-pdf,,,demo_bookings,3,count,",
)
"""What no entry of the calendar explains: last year's links, robots, a competitor's page, a partner's own leaflet."""

# ---- The creators' past ---------------------------------------------------------------------------------------------

SKILL = {
    "cr-anselm": (0.88, 0.80, 11), "cr-bexley": (0.90, 0.75, 12), "cr-caspian": (0.84, 0.85, 10),
    "cr-delphine": (0.79, 0.90, 11), "cr-eamon": (0.74, 0.95, 12), "cr-fenna": (0.82, 0.85, 10),
    "cr-gideon": (0.77, 0.70, 12), "cr-hollis": (0.80, 0.95, 6), "cr-isolde": (0.63, 0.85, 11),
    "cr-juniper": (0.70, 0.80, 1), "cr-kasimir": (0.81, 0.90, 10), "cr-lorcan": (0.52, 1.30, 10),
}  # fmt: skip
"""True quality, true time against the promised time, and briefs done. Juniper's one job was luck."""

PROMISED_HOURS = {"social_post": 72, "email": 96, "ad_copy": 96, "newsletter": 96, "case_study": 288, "whitepaper": 336}


def creator_history(dice: Random) -> list[Row]:
    """Finished and declined briefs of the twelve creators, oldest first."""
    creators = yaml.safe_load((HERE / "business" / "creators.yaml").read_text(encoding="utf-8"))["creators"]
    jobs = yaml.safe_load((HERE / "jobs.yaml").read_text(encoding="utf-8"))
    rows = [row for creator in creators for row in finished(creator, jobs, dice)]
    rows.sort(key=lambda row: row["completed_at"])
    return [{"brief_id": f"br-{n:04d}"} | row for n, row in enumerate(rows, 1)]


def finished(creator: Any, jobs: Any, dice: Random) -> Iterator[Row]:
    """One creator's briefs; about one in nine was declined and has no results."""
    skill, pace, count = SKILL[creator["external_id"]]
    lucky = count == 1
    for _ in range(count):
        kind = "blog_copy" if lucky else dice.choice(creator["artifact_types"])
        topics = jobs["topics"][dice.choice(creator["specializations"])]
        topic = "staff meals that nobody skips" if lucky else dice.choice(topics)
        at = datetime(2026, 3, 2, dice.randint(8, 18), dice.randint(0, 59), tzinfo=HOME) + timedelta(
            dice.randint(0, 178)
        )
        row = {"creator_id": creator["external_id"], "artifact_type": kind, "completed_at": at.isoformat()}
        row["summary"] = f"{dice.choice(jobs['forms'][kind])} {topic}"
        declined = not lucky and dice.random() < 0.11
        yield row | ({"accepted": "false"} if declined else rated(skill, pace, kind, lucky, dice))


def rated(skill: float, pace: float, kind: str, lucky: bool, dice: Random) -> Row:
    """How one finished brief went, around what the creator can do."""
    quality = 0.99 if lucky else share(dice.gauss(skill, 0.06))
    promised = PROMISED_HOURS.get(kind, 168)
    revisions = (0,) if quality > 0.86 else (0, 1, 1) if quality > 0.7 else (1, 2, 2)
    performance = f"{0.98 if lucky else share(dice.gauss(skill - 0.12, 0.14)):.2f}"
    return {
        "accepted": "true",
        "quality_score": f"{quality:.2f}",
        "delivery_hours": f"{promised * pace * dice.lognormvariate(-0.05, 0.15):.1f}",
        "sla_hours": str(promised),
        "revision_count": str(dice.choice(revisions)),
        "customer_satisfaction": f"{1.0 if lucky else share(dice.gauss(skill + 0.02, 0.08)):.2f}",
        "artifact_performance": performance if dice.random() < 0.75 else "",
    }


def share(value: float) -> float:
    """`value` brought into [0, 1]."""
    return min(max(value, 0.0), 1.0)
