"""The market that Brinewell sells to, with the truth that nobody at Brinewell knows.

Whether an artifact reaches its target is a coin whose weight is a logistic function of what it says, to whom, where
and when: the tables below are all of it. `Market.results` plays a period of time and gives what the business's own
tools would export: results per artifact and day, touches of visitors, conversions.

Every number is drawn from a generator that is seeded by the market's seed and the artifact's own id. So one artifact's
luck does not depend on the others, two months in one call are the same as one month in each of two, and what is
published later never changes what has already happened.
"""

import hashlib
import math
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from random import Random
from statistics import NormalDist
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))
import exports
from exports import HOME, Entry, Row, counted_by, filled, moment_of

Step = tuple[Entry | None, datetime]

# ---- The truth, in log-odds -----------------------------------------------------------------------------------------

BASE = -0.6
ANGLE = {
    "operations_managers": {
        "roi": 0.0, "pain_relief": 1.3, "social_proof": 1.1, "fear_of_loss": -1.5,
        "education": 0.2, "product_news": -0.4, "behind_the_scenes": 0.4, "comparison": -0.5,
    },
    "finance_directors": {
        "roi": 1.5, "pain_relief": -0.5, "social_proof": 0.2, "fear_of_loss": -1.3,
        "education": 0.0, "product_news": -0.6, "behind_the_scenes": -0.9, "comparison": 0.3,
    },
    "sustainability_leads": {
        "roi": -0.2, "pain_relief": 0.0, "social_proof": 0.6, "fear_of_loss": -1.6,
        "education": 1.1, "product_news": -0.4, "behind_the_scenes": 0.5, "comparison": -0.6,
    },
}  # fmt: skip
CHANNEL = {
    "operations_managers": {
        "linkedin": 0.6, "instagram": 0.4, "community": 0.6, "podcast": 0.3, "partner": 0.5, "youtube": 0.2,
        "email": 0.0, "blog": -0.1, "webinar": -0.2, "facebook": -0.3, "google_ads": 0.1, "meta_ads": -0.3,
        "linkedin_ads": -0.2, "twitter": -0.9,
    },
    "finance_directors": {
        "email": 0.9, "webinar": 0.4, "linkedin": 0.2, "linkedin_ads": 0.1, "google_ads": 0.2, "blog": -0.2,
        "partner": 0.2, "podcast": -0.3, "youtube": -0.6, "community": -0.5, "facebook": -0.8, "meta_ads": -0.7,
        "instagram": -1.0, "twitter": -1.1,
    },
    "sustainability_leads": {
        "webinar": 0.8, "podcast": 0.5, "linkedin": 0.3, "community": 0.3, "blog": 0.2, "email": 0.1, "partner": 0.1,
        "youtube": 0.0, "instagram": -0.1, "google_ads": -0.2, "linkedin_ads": -0.2, "facebook": -0.4,
        "meta_ads": -0.5, "twitter": -0.8,
    },
}  # fmt: skip
TOGETHER = {("finance_directors", "comparison", "linkedin"): 1.2}
TUESDAY_MORNING, MIDWEEK_MORNING, FRIDAY_AFTERNOON, WEEKEND = 0.6, 0.2, -0.5, -0.6
SPREAD = 0.45  # standard deviation of log(total / target)


def timing(moment: datetime) -> float:
    """What the hour of publication adds: mornings from 7 to 11 at home, Tuesday best, Friday after lunch worst."""
    local = moment.astimezone(HOME)
    day, morning = local.weekday(), 7 <= local.hour < 11
    if day >= 5:
        return WEEKEND
    if day == 4 and local.hour >= 12:
        return FRIDAY_AFTERNOON
    return (TUESDAY_MORNING if day == 1 else MIDWEEK_MORNING if day in (2, 3) else 0.0) if morning else 0.0


def effects(entry: Entry) -> dict[str, float]:
    """The log-odds of `entry` part by part; what the market has no opinion on counts zero."""
    segment, angle, channel = (entry.get(name) or "" for name in ("icp_segment", "angle", "channel"))
    return {
        "base": BASE,
        "segment and angle": ANGLE.get(segment, {}).get(angle, 0.0),
        "segment and channel": CHANNEL.get(segment, {}).get(channel, 0.0),
        "all three": TOGETHER.get((segment, angle, channel), 0.0),
        "time": timing(moment_of(entry["publish_at"])),
    }


def success_probability(entry: Entry) -> float:
    """The probability in (0, 1) that the primary KPI of `entry` reaches its target within 30 days."""
    return 1 / (1 + math.exp(-sum(effects(entry).values())))


# ---- How much of what happens where ---------------------------------------------------------------------------------

TYPICAL = {
    "twitter": {"engagement": 60, "clicks": 25}, "blog": {"clicks": 180, "signups": 8},
    "linkedin": {"engagement": 90, "clicks": 45, "demo_bookings": 4},
    "email": {"opens": 420, "clicks": 60, "demo_bookings": 5}, "instagram": {"engagement": 140},
    "facebook": {"engagement": 40}, "youtube": {"clicks": 40}, "webinar": {"signups": 45},
    "podcast": {"engagement": 30}, "community": {"clicks": 30, "engagement": 35}, "partner": {"demo_bookings": 4},
    "google_ads": {"signups": 14}, "meta_ads": {"signups": 9}, "linkedin_ads": {"demo_bookings": 5},
}  # fmt: skip
"""Targets that people set, by channel and KPI; also what an artifact without a target is measured by."""

REACH = {
    "twitter": 900, "linkedin": 1600, "blog": 700, "email": 1400, "instagram": 1100, "facebook": 500, "youtube": 800,
    "webinar": 300, "podcast": 420, "community": 350, "partner": 600,
}  # fmt: skip
"""Impressions of a typical artifact. Those of ads are in the ad platforms' own export."""

VISITORS = {
    "twitter": 9, "linkedin": 24, "blog": 36, "email": 26, "instagram": 12, "facebook": 6, "youtube": 12,
    "webinar": 34, "podcast": 10, "community": 14, "partner": 26, "google_ads": 60, "meta_ads": 22, "linkedin_ads": 18,
}  # fmt: skip
"""Visitors that agree to be recognised, of a typical artifact: about a third of all."""

LIFE = {"twitter": 5, "instagram": 6, "facebook": 6, "email": 7, "linkedin": 10, "community": 10, "webinar": 14}
"""Days in which something still happens; 30 where nothing is said."""

SECOND = {"twitter": "clicks", "linkedin": "clicks", "email": "clicks", "instagram": "clicks", "blog": "signups"}
BOOSTED = ("linkedin", "facebook", "instagram")
LONGEST_GAP, LONGEST_WALK = 8, 70
"""Days between two touches of a visitor, and between the first and the last thing that a visitor does, at most."""
PRICES = {"operations_managers": (7900, 1.4), "finance_directors": (6900, 4.2), "sustainability_leads": (6900, 2.6)}
"""Cents a kitchen and month, and the mean number of kitchens, by segment."""


def goal(entry: Entry) -> tuple[str, int]:
    """The KPI of `entry` and the whole number that its 30-day total has to reach; typical ones where it has none."""
    typical = TYPICAL.get(entry.get("channel") or "", {"clicks": 40})
    kpi = entry.get("primary_kpi") or next(iter(typical))
    return kpi, max(1, math.ceil(float(entry.get("kpi_target") or typical.get(kpi, 40))))


def midnight(day: date) -> datetime:
    """The moment itself, or the start of a plain date at home."""
    return day if isinstance(day, datetime) else datetime.combine(day, time(), HOME)


@dataclass(frozen=True)
class Results:
    """What the tools export for a period: rows of text in the columns of the files, oldest first."""

    performance: list[Row] = field(default_factory=list)
    touches: list[Row] = field(default_factory=list)
    conversions: list[Row] = field(default_factory=list)

    def write(self, folder: Path) -> None:
        """The three files are in `folder` under their usual names."""
        for name, columns in exports.COLUMNS.items():
            exports.write_csv(folder / f"{name}.csv", columns, getattr(self, name))


@dataclass(frozen=True)
class Market:
    """The market as one seed makes it."""

    seed: int = 2026

    def dice(self, *about: Any) -> Random:
        """A generator of its own for whatever `about` names."""
        return Random("/".join(map(str, (self.seed, *about))))

    def attainment(self, entry: Entry) -> float:
        """Total over target in the long run: log-normal, and at least 1 exactly as often as `entry` succeeds."""
        luck = NormalDist().inv_cdf(min(max(self.dice(entry["external_id"]).random(), 1e-12), 1 - 1e-12))
        return math.exp(SPREAD * (luck + NormalDist().inv_cdf(success_probability(entry))))

    def total(self, entry: Entry) -> int:
        """The primary KPI of `entry` over its 30 days; P(total ≥ target) is its success probability."""
        return math.floor(goal(entry)[1] * self.attainment(entry))

    def succeeds(self, entry: Entry) -> bool:
        """The 30-day total of `entry` reaches its target."""
        return self.total(entry) >= goal(entry)[1]

    def results(self, published: Sequence[Entry], start: date, end: date) -> Results:
        """All that happens from `start` up to, not including, `end` to the artifacts in `published`.

        `start` and `end` are dates at home or moments with a zone. An artifact needs `external_id` and `publish_at`;
        it may have `channel`, `icp_segment`, `angle`, `artifact_type`, `primary_kpi`, `kpi_target`, `utm_source`,
        `utm_medium`, `utm_campaign`, `utm_content`, `canonical_url` and `paid_budget`. Missing and empty are the same.
        """
        since, until = midnight(start), midnight(end)
        entries = sorted(published, key=lambda e: (moment_of(e["publish_at"]), e["external_id"]))
        days = {(since.astimezone(HOME).date() + timedelta(i)).isoformat() for i in range((until - since).days + 2)}
        days = {day for day in days if since <= midnight(date.fromisoformat(day)) < until}
        performance = [row for entry in entries for row in self.performance(entry) if row["day"] in days]
        walked = [self.walk(*visitor, entries) for visitor in self.visitors(entries, since, until)]
        return Results(
            filled("performance", sorted(performance, key=lambda row: row["day"])),
            filled("touches", within([row for touches, _ in walked for row in touches], since, until)),
            filled("conversions", within([row for _, conversions in walked for row in conversions], since, until)),
        )

    # ---- Results of an artifact, day by day ----

    def performance(self, entry: Entry) -> Iterator[Row]:
        """The exported rows of one artifact over its 30 days; days with nothing have no row."""
        channel, start = entry.get("channel") or "", moment_of(entry["publish_at"]).astimezone(HOME).date()
        dice = self.dice(entry["external_id"], "days")
        for metric, source, total in self.measured(entry, dice):
            for i, value in enumerate(spread(total, LIFE.get(channel, 30), dice)):
                if value:
                    yield exports.reported(entry, source, metric, start + timedelta(i), str(value), dice)
        if channel in BOOSTED and entry.get("paid_budget"):
            for i, cents in enumerate(spread(round(100 * float(entry["paid_budget"])), 5, dice)):
                yield exports.reported(entry, channel, "spend", start + timedelta(i), f"{cents / 100:.2f}", dice)
        if channel == "blog":
            rank = dice.uniform(18, 60)
            for i in range(9, 30, 7):
                rank = max(1.0, rank * dice.uniform(0.72, 0.97) / self.attainment(entry) ** 0.15)
                yield exports.reported(entry, "inkwell", "ranking_position", start + timedelta(i), f"{rank:.0f}", dice)

    def measured(self, entry: Entry, dice: Random) -> Iterator[tuple[str, str, int]]:
        """The metrics of an artifact with the one tool that counts each, and its 30-day totals."""
        channel, (kpi, _), ratio = entry.get("channel") or "", goal(entry), self.attainment(entry)
        second = SECOND.get(channel)
        if channel in REACH and kpi != "impressions":
            seen = REACH[channel] * ratio**0.4 * dice.lognormvariate(0, 0.25)
            yield "impressions", exports.SOURCE.get(channel, "footfall"), int(seen)
        yield kpi, counted_by(channel, kpi), self.total(entry)
        if second and second != kpi:
            usual = TYPICAL[channel].get(second, 20)
            yield second, counted_by(channel, second), int(usual * ratio**0.7 * dice.lognormvariate(-0.2, 0.3))

    # ---- Visitors and what they do ----

    def visitors(self, entries: Sequence[Entry], since: datetime, until: datetime) -> Iterator[tuple[str, Step]]:
        """Who turns up, by which artifact (None: nobody knows) and when."""
        for entry in entries:
            channel, published = entry.get("channel") or "", moment_of(entry["publish_at"])
            dice = self.dice(entry["external_id"], "visitors")
            mean = VISITORS.get(channel, 10) * self.attainment(entry) ** 0.6
            for i in range(round(mean * dice.lognormvariate(0, 0.2))):
                delay = min(dice.expovariate(3 / LIFE.get(channel, 30)), 44)
                yield f"{entry['external_id']}/{i}", (entry, published + timedelta(days=delay, minutes=2))
        for i in range((until - since).days + LONGEST_WALK + 2):
            day = since.astimezone(HOME).date() - timedelta(LONGEST_WALK) + timedelta(i)
            dice = self.dice("direct", day)
            for k in range(round(dice.lognormvariate(0.8, 0.4))):
                yield f"{day}/{k}", (None, midnight(day) + timedelta(hours=dice.uniform(7, 22)))

    def walk(self, name: str, first: Step, entries: Sequence[Entry]) -> tuple[list[Row], list[Row]]:
        """The touches and conversions of one visitor: a few artifacts, perhaps a sign-up, perhaps a purchase."""
        dice = self.dice(name, "walk")
        visitor = "v-" + hashlib.sha256(f"{self.seed}/{name}".encode()).hexdigest()[:10]
        segment = (first[0] or {}).get("icp_segment") or dice.choice(list(ANGLE))
        path = [first]
        while dice.random() < 0.52 and len(path) < 7:
            path.append(self.next_touch(segment, path[-1][1], entries, dice))
        conversions = []
        appeal = max((success_probability(e) for e, _ in path if e), default=0.1)
        if dice.random() < 0.02 + 0.2 * appeal:
            books = dice.random() < (0.55 if segment == "finance_directors" else 0.25)
            done = path[-1][1] + timedelta(minutes=dice.uniform(2, 40))
            conversions.append(exports.converted(visitor, 1, "demo_booking" if books else "signup", done, 0))
            if dice.random() < 0.42:
                path.append(self.next_touch(segment, done + timedelta(days=2), entries, dice))
                bought = path[-1][1] + timedelta(minutes=dice.uniform(3, 90))
                conversions.append(exports.converted(visitor, 2, "purchase", bought, invoice(segment, dice)))
        return [exports.touched(visitor, i, entry, at, dice) for i, (entry, at) in enumerate(path, 1)], conversions

    def next_touch(self, segment: str, after: datetime, entries: Sequence[Entry], dice: Random) -> Step:
        """Where the visitor comes back: directly, or by an artifact of the last 45 days, mostly one for its segment."""
        when = after + timedelta(days=min(dice.expovariate(1 / 4.5), LONGEST_GAP), minutes=5)
        open_now = [e for e in entries if timedelta() < when - moment_of(e["publish_at"]) < timedelta(days=45)]
        if not open_now or dice.random() < 0.24:
            return None, when
        likes = [4 if e.get("icp_segment") == segment else 1 for e in open_now]
        reach = [VISITORS.get(e.get("channel") or "", 10) for e in open_now]
        return dice.choices(open_now, [a * b for a, b in zip(likes, reach, strict=True)])[0], when


def spread(total: int, days: int, dice: Random) -> list[int]:
    """`total` over 30 days, most of it early and nothing after `days`; the parts sum to it."""
    weights = [math.exp(-3.5 * i / days) * dice.uniform(0.5, 1.5) for i in range(days)]
    parts = [int(total * weight / sum(weights)) for weight in weights]
    for i in dice.choices(range(days), weights, k=total - sum(parts)):
        parts[i] += 1
    return parts


def invoice(segment: str, dice: Random) -> int:
    """Cents of a first invoice: kitchens, months paid in advance, and the broken first month."""
    price, kitchens = PRICES.get(segment, (7900, 1.4))
    count = min(1 + int(dice.expovariate(1 / max(kitchens - 1, 0.1))), 14)
    return round(price * count * (dice.choices((1, 3, 12), (5, 3, 2))[0] - 1 + dice.randint(1, 30) / 30))


def within(rows: list[Row], since: datetime, until: datetime) -> list[Row]:
    """The rows of `[since, until)` in order of time, then id."""
    first, last = exports.stamp(since), exports.stamp(until)
    return sorted((r for r in rows if first <= r["occurred_at"] < last), key=lambda r: (r["occurred_at"], *r.values()))
