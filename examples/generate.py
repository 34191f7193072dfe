"""Makes the generated files of the sample business: ``python examples/generate.py [folder]``.

plan.yaml says what the team planned, creators.yaml and jobs.yaml whom they work with, market.py what really works. The
same seed gives the same bytes.
"""

import sys
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from pathlib import Path
from random import Random
from typing import Any

import yaml

sys.path.insert(0, str(Path(__file__).parent))
from exports import COLUMNS, HOME, SITE, Row, write_csv
from market import TYPICAL, Market
from other_tools import STRAYS, ads, creator_history, crm_deals

HERE = Path(__file__).parent
BUSINESS = HERE / "business"
SEED = 2026
START, END = date(2026, 3, 1), date(2026, 9, 1)

SEGMENTS = {"ops": "operations_managers", "fin": "finance_directors", "sus": "sustainability_leads", "-": ""}
PERSONAS = {
    "ops": ("Chef with three kitchens", "F&B manager who was a waiter", "Night porter's boss"),
    "fin": ("Group controller", "Finance director who reads footnotes"),
    "sus": ("Sustainability lead, team of one", "CSR manager with a deadline"),
    "-": ("",),
}
HABITS = ((4, 16, 24), (4, 14, 8), (0, 14, 14), (3, 17, 12), (2, 15, 10), (6, 21, 8), (1, 9, 7), (3, 9, 4), (0, 10, 8))
"""When the team presses the button: weekday, hour, and how often."""

OWNERS = {
    "twitter": ("Odalys Fenwick", "Teodor Quill"), "email": ("Priyanka Holt",),
    "blog": ("Teodor Quill", "Priyanka Holt"),
    "linkedin": ("Priyanka Holt", "Wanjiru Castellan", "Odalys Fenwick"), "instagram": ("Teodor Quill",),
    "webinar": ("Linnea Grubb",), "partner": ("Wanjiru Castellan",), "podcast": ("Odalys Fenwick",),
    "community": ("Linnea Grubb",), "youtube": ("Bram Tolliver",),
}  # fmt: skip
UTM = {
    "twitter": ("twitter", "social"), "linkedin": ("linkedin", "social"), "instagram": ("instagram", "social"),
    "facebook": ("facebook", "social"), "youtube": ("youtube", "video"), "email": ("pigeonpost", "email"),
    "blog": ("blog", "content"), "webinar": ("greenroom", "webinar"), "podcast": ("earshot", "podcast"),
    "community": ("porters-corner", "community"), "partner": ("harbour-hearth", "partner"),
    "google_ads": ("google", "cpc"), "meta_ads": ("meta", "paid_social"), "linkedin_ads": ("linkedin", "paid_social"),
}  # fmt: skip
COSTS = {
    "social_post": (35, 95), "blog_copy": (280, 620), "landing_page": (650, 1100), "ad_copy": (180, 320),
    "email": (120, 240), "newsletter": (180, 260), "case_study": (900, 1400), "whitepaper": (1600, 2400),
    "video_script": (800, 1400), "webinar": (700, 1200), "design": (220, 480), "infographic": (420, 760),
    "podcast": (350, 600),
}  # fmt: skip
FUNNEL = {
    "roi": "bofu", "comparison": "bofu", "social_proof": "mofu", "pain_relief": "mofu", "product_news": "mofu",
    "education": "tofu", "fear_of_loss": "tofu", "behind_the_scenes": "tofu",
}  # fmt: skip
PLACES = {
    "landing_page": "l", "case_study": "stories", "whitepaper": "papers", "webinar": "webinars",
    "podcast": "pass-the-pass",
}  # fmt: skip
LEAD_DAYS = {"social_post": 4, "email": 8, "newsletter": 7, "ad_copy": 9, "case_study": 38, "whitepaper": 45}
KPIS = ("clicks", "signups", "demo_bookings", "opens", "engagement")
CALENDAR = (
    "external_id", "title", "artifact_type", "status", "owner", "publish_at", "created_at", "campaign", "funnel_stage",
    "icp_segment", "buyer_persona", "angle", "strategic_intent", "competitive_context", "primary_keyword",
    "secondary_keywords", "search_intent", "keyword_difficulty", "search_volume", "ranking_position", "url_slug",
    "meta_title", "meta_description", "canonical_url", "channel", "channels", "paid_budget", "production_cost",
    "currency", "primary_kpi", "kpi_target", "secondary_kpis", "utm_source", "utm_medium", "utm_campaign",
    "utm_content", "attribution_model", "conversion_event", "review_due",
)  # fmt: skip

# ---- The calendar ---------------------------------------------------------------------------------------------------


def calendar(dice: Random) -> list[Row]:
    """Every entry of the plan, oldest publication first, numbered in that order."""
    plan = yaml.safe_load((HERE / "plan.yaml").read_text(encoding="utf-8"))
    dated = [
        (publication(entry[5], campaign["runs"], i / len(campaign["entries"]), dice), i, campaign, entry)
        for campaign in (*plan["campaigns"], plan["september"])
        for i, entry in enumerate(campaign["entries"])
    ]
    ordered = sorted(dated, key=lambda each: (each[0], each[3][5]))
    return [
        {"external_id": f"BW-{n:03d}"} | described(entry, campaign, when, plan["keywords"], f"bw-{n:03d}", dice)
        for n, (when, _, campaign, entry) in enumerate(ordered, 1)
    ]


def publication(title: str, runs: list[date], part: float, dice: Random) -> datetime:
    """A moment at home about ``part`` of the way through ``runs``, on a weekday and hour that the team is used to."""
    first, last = runs
    weekday, hour, _ = dice.choices(HABITS, [weight for *_, weight in HABITS])[0]
    if title.startswith("The Friday Scrape"):
        weekday, hour = 4, 15
    day = first + timedelta(part * (last - first).days + dice.uniform(-2, 2))
    day += timedelta((weekday - day.weekday()) % 7)
    day = min(max(day, first), last)
    return datetime.combine(day, time(hour, dice.choice((0, 5, 15, 30, 40))), HOME)


def described(entry: list[Any], campaign: Row, when: datetime, keywords: Any, content: str, dice: Random) -> Row:
    """All other columns of one entry, with the gaps that people leave."""
    kind, channel, who, angle, keyword, title, meta, *stuck = entry
    looked_back = when.date() < date(2026, 7, 25) and dice.random() < 0.28
    status = stuck[0] if stuck else "reviewed" if looked_back else "published"
    row = {"title": title, "artifact_type": kind, "channel": channel, "status": status, "currency": "EUR"}
    row |= {"icp_segment": SEGMENTS[who], "angle": angle.strip("-"), "campaign": campaign["name"]}
    row["owner"] = dice.choice(OWNERS.get(channel, ("Priyanka Holt",)))
    row["publish_at"] = "" if status == "idea" and dice.random() < 0.5 else when.isoformat()
    row["created_at"] = created(when, kind, dice).isoformat()
    row["funnel_stage"] = maybe(FUNNEL.get(angle, "tofu"), 0.92, dice)
    row["buyer_persona"] = maybe(dice.choice(PERSONAS[who]), 0.7, dice)
    row["strategic_intent"] = maybe(campaign["intent"], 0.65, dice)
    row["competitive_context"] = maybe(campaign["context"], 0.9 if angle == "comparison" else 0.3, dice)
    row["review_due"] = maybe((when.date() + timedelta(30)).isoformat(), 0.85, dice)
    return row | found(keywords.get(keyword), kind, title, meta, when, dice) | measured(row, content, dice)


def created(when: datetime, kind: str, dice: Random) -> datetime:
    """The moment the entry was written down: short lead for posts, weeks for papers, never after the snapshot."""
    days = LEAD_DAYS.get(kind, 19) * dice.lognormvariate(0, 0.45)
    day = min((when - timedelta(days=days)).date() - timedelta(1), date(2026, 8, 28) - timedelta(dice.randint(0, 12)))
    return datetime.combine(day, time(dice.randint(8, 18), dice.randint(0, 59)), HOME)


def found(keyword: Any, kind: str, title: str, meta: str, when: datetime, dice: Random) -> Row:
    """The search fields of an entry that has a page; of the others there are none."""
    if kind in ("social_post", "ad_copy", "email", "newsletter", "design"):
        return {"primary_keyword": keyword[0] if keyword else ""}
    slug = "".join(c if c.isalnum() else "-" for c in title.lower().replace("'", "") if c.isascii())
    slug = "-".join([word for word in slug.split("-") if word][:8])
    row = {"url_slug": slug, "canonical_url": f"{SITE}/{PLACES.get(kind, 'blog')}/{slug}"}
    row |= {"meta_title": title.split(":")[0][:60].strip(), "meta_description": maybe(meta, 0.9, dice)}
    if keyword:
        term, others, intent, difficulty, volume = keyword
        row |= {"primary_keyword": term, "search_intent": intent}
        row["secondary_keywords"] = maybe(";".join(others), 0.8, dice)
        row["keyword_difficulty"] = maybe(str(difficulty), 0.75, dice)
        row["search_volume"] = maybe(str(volume), 0.75, dice)
        ranked = when.date() < date(2026, 8, 5) and kind in ("blog_copy", "landing_page", "case_study", "infographic")
        row["ranking_position"] = maybe(str(dice.randint(6, 58)), 0.6, dice) if ranked else ""
    return row


def measured(entry: Row, content: str, dice: Random) -> Row:
    """Money, targets and tracking of an entry."""
    kind, channel = entry["artifact_type"], entry["channel"]
    kpi = dice.choice(list(TYPICAL[channel]))
    rough = TYPICAL[channel][kpi] * dice.uniform(0.75, 1.35)
    target = max(2, round(rough / 5) * 5 if rough > 30 else round(rough))
    row = {"primary_kpi": kpi, "kpi_target": maybe(str(target), 0.96, dice)}
    row["secondary_kpis"] = maybe(";".join(dice.sample([k for k in KPIS if k != kpi], dice.randint(1, 2))), 0.45, dice)
    row["production_cost"] = maybe(f"{dice.uniform(*COSTS[kind]):.2f}", 0.9, dice)
    row["paid_budget"] = budget(channel, entry["campaign"], dice)
    row["channels"] = ";".join((channel, *dice.sample(("linkedin", "twitter", "email"), dice.choice((0, 0, 1, 2)))))
    row["channels"] = ";".join(dict.fromkeys(row["channels"].split(";")))
    row["attribution_model"] = dice.choice(("last_touch", "last_touch", "last_touch", "linear", "position_based", ""))
    events = {"demo_bookings": "demo_booking", "signups": "signup"}
    row["conversion_event"] = events.get(kpi, dice.choice(("signup", "")))
    if not entry["campaign"] and channel == "blog":
        return row
    source, medium = UTM[channel]
    campaign = entry["campaign"] or "evergreen"
    return row | {"utm_source": source, "utm_medium": medium, "utm_campaign": campaign, "utm_content": content}


def budget(channel: str, campaign: str, dice: Random) -> str:
    """Euros to spend: always for ads, now and then to boost a post on LinkedIn or Instagram."""
    if channel.endswith("_ads"):
        monthly = {"google_ads": 16, "linkedin_ads": 9, "meta_ads": 4}[channel]
        return f"{dice.randint(52, 78) * monthly * (6 if campaign == 'always-on' else 1):.2f}"
    return f"{dice.randint(6, 20) * 10:.2f}" if channel in ("linkedin", "instagram") and dice.random() < 0.3 else ""


def maybe(text: str, chance: float, dice: Random) -> str:
    """`text`, or the gap that somebody left."""
    return text if dice.random() < chance else ""


def is_published(entry: Mapping[str, str]) -> bool:
    """The entry went out."""
    return entry["status"] in ("published", "reviewed")


# ---- All files ------------------------------------------------------------------------------------------------------

FILES = {
    "crm_deals": (
        "deal_id", "contact_id", "stage", "lead_source", "amount", "currency", "created_at", "closed_at", "won",
    ),
    "ads": (
        "day", "campaign", "ad_id", "utm_content", "impressions", "clicks", "cost", "conversions", "currency",
    ),
    "creator_history": (
        "brief_id", "creator_id", "artifact_type", "summary", "quality_score", "delivery_hours", "sla_hours",
        "revision_count", "customer_satisfaction", "artifact_performance", "completed_at", "accepted",
    ),
}  # fmt: skip


def main(folder: Path = BUSINESS) -> None:
    """The generated files are in `folder`, the same bytes each time."""
    entries = calendar(Random(f"{SEED}/calendar"))
    published = [entry for entry in entries if is_published(entry)]
    write_csv(folder / "calendar.csv", CALENDAR, entries)
    results = Market(SEED).results(published, START, END)
    strays = [dict(zip(COLUMNS["performance"], line.split(","), strict=True)) for line in STRAYS]
    results.performance.extend(strays)
    results.performance.sort(key=lambda row: row["day"])
    results.write(folder)
    tables = {
        "crm_deals": crm_deals(Random(f"{SEED}/crm")),
        "ads": ads(published, Random(f"{SEED}/ads")),
        "creator_history": creator_history(Random(f"{SEED}/creators")),
    }
    for name, rows in tables.items():
        write_csv(folder / f"{name}.csv", FILES[name], rows)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else BUSINESS)
