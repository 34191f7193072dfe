"""The sample business is what its README says, and the hidden truth can be seen in its files."""

import csv
import json
import re
import sys
import wave
from collections import Counter
from datetime import datetime, timedelta
from functools import cache
from importlib import import_module
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
import yaml

from refleqt_core.intake.business import BUSINESS_MODELS, ONBOARDING_GROUPS, REVENUE_MECHANICS, SIZES, STAGES
from refleqt_core.intake.calendar import (
    ANGLES,
    ARTIFACT_TYPES,
    ATTRIBUTION_MODELS,
    CHANNELS,
    FUNNEL_STAGES,
    KPIS,
    SEARCH_INTENTS,
    STATUSES,
)
from refleqt_core.marketplace.records import SPECIALIZATIONS, TIERS
from refleqt_core.values import Money

EXAMPLES = Path(__file__).parents[2] / "examples"
BUSINESS = EXAMPLES / "business"
sys.path.insert(0, str(EXAMPLES))

generate = import_module("generate")
market = import_module("market")
Market, success_probability = market.Market, market.success_probability

GENERATED = ("calendar", "performance", "touches", "conversions", "crm_deals", "ads", "creator_history")
SEGMENTS = ("operations_managers", "finance_directors", "sustainability_leads")
OPS, FIN, SUS = SEGMENTS
TUESDAY = "2026-09-08T09:00:00+02:00"


@cache
def table(name):
    with (BUSINESS / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


@cache
def document(name):
    return yaml.safe_load((BUSINESS / f"{name}.yaml").read_text(encoding="utf-8"))


@cache
def activities():
    return tuple(yaml.safe_load(path.read_text("utf-8")) for path in sorted((BUSINESS / "activities").glob("*.yaml")))


def vents():
    return [json.loads(line) for line in (BUSINESS / "vents.jsonl").read_text(encoding="utf-8").splitlines()]


def published():
    return [row for row in table("calendar") if generate.is_published(row)]


def address(url):
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.lower()}{parts.path.rstrip('/')}"


def normal(utm):
    return unquote(utm.replace("+", " ")).strip().lower()


@cache
def keys():
    entries = table("calendar")
    known = {row["external_id"]: row["external_id"] for row in entries}
    known |= {row["utm_content"]: row["external_id"] for row in entries if row["utm_content"]}
    return known | {address(row["canonical_url"]): row["external_id"] for row in entries if row["canonical_url"]}


def entry_of(row):
    """The external id that `row` belongs to, as a careful reader would find it."""
    found = (row.get("artifact_id"), normal(row["utm_content"]), address(row["url"]) if row["url"] else "")
    return next((keys()[name] for name in found if name in keys()), None)


def totals():
    """The primary KPI of each published entry over its 30 days, as exported."""
    chosen = {row["external_id"]: row["primary_kpi"] for row in published()}
    sums = Counter()
    for row in table("performance"):
        entry = entry_of(row)
        if entry and chosen[entry] == row["metric"]:
            sums[entry] += float(row["value"])
    return sums


def mature():
    """Published entries with a target whose 30 days are over."""
    return [row for row in published() if row["kpi_target"] and row["publish_at"] < "2026-08-01"]


def success_rate(rows):
    sums = totals()
    return sum(sums[row["external_id"]] >= float(row["kpi_target"]) for row in rows) / len(rows)


# ---- files ----


def test_generating_again_gives_the_same_bytes(tmp_path):
    generate.main(tmp_path)
    assert {path.stem for path in tmp_path.iterdir()} == set(GENERATED)
    assert [
        name for name in GENERATED if (tmp_path / f"{name}.csv").read_bytes() != (BUSINESS / f"{name}.csv").read_bytes()
    ] == []


def test_the_files_are_as_large_as_promised():
    months = Counter(row["publish_at"][:7] for row in table("calendar"))
    assert sum(months[f"2026-0{month}"] for month in range(3, 9)) >= 120
    assert months["2026-09"] >= 9
    assert len(published()) == 130
    assert len(vents()) == 40
    assert len(activities()) == 6
    assert 4000 <= len(table("touches")) <= 8000
    assert 300 <= len(table("conversions")) <= 600
    assert len(document("creators")["creators"]) == 12
    assert len(document("team")["members"]) == 6


@pytest.mark.parametrize(
    ("column", "allowed"),
    [
        ("artifact_type", ARTIFACT_TYPES),
        ("status", STATUSES),
        ("channel", CHANNELS),
        ("channels", CHANNELS),
        ("funnel_stage", (*FUNNEL_STAGES, "")),
        ("icp_segment", (*SEGMENTS, "")),
        ("angle", (*ANGLES, "")),
        ("search_intent", (*SEARCH_INTENTS, "")),
        ("primary_kpi", KPIS),
        ("secondary_kpis", (*KPIS, "")),
        ("attribution_model", (*ATTRIBUTION_MODELS, "")),
        ("currency", ("EUR",)),
    ],
)
def test_every_word_of_the_calendar_is_in_its_vocabulary(column, allowed):
    used = {word for row in table("calendar") for word in row[column].split(";")}
    assert used <= set(allowed)


def test_the_calendar_covers_most_of_its_vocabulary():
    assert {row["status"] for row in table("calendar")} == set(STATUSES)
    assert {row["channel"] for row in table("calendar")} == set(CHANNELS)
    assert {row["artifact_type"] for row in table("calendar")} == set(ARTIFACT_TYPES)


def test_an_entry_is_written_down_before_it_is_published():
    dated = [row for row in table("calendar") if row["publish_at"]]
    assert all(datetime.fromisoformat(row["created_at"]) < datetime.fromisoformat(row["publish_at"]) for row in dated)


def test_only_what_lies_in_the_past_is_published():
    assert all(row["publish_at"] < "2026-09-01" for row in published())


def test_external_ids_and_addresses_are_unique():
    for column in ("external_id", "canonical_url", "utm_content", "title"):
        assert max(Counter(row[column] for row in table("calendar") if row[column]).values()) == 1, column


def test_utm_content_is_the_external_id_in_lower_case():
    assert {row["utm_content"] for row in table("calendar")} - {""} <= {
        r["external_id"].lower() for r in table("calendar")
    }


def test_no_address_leaves_the_example_domain():
    text = "".join(
        path.read_text(encoding="utf-8") for path in EXAMPLES.rglob("*") if path.suffix in (".yaml", ".csv", ".jsonl")
    )
    assert not re.findall(r"[\w-]+\.(?:com|org|net|io|eu|nl|app|ai)\b", text)
    assert all(host.lower().endswith(".example") for host in re.findall(r"(?:https?://|@)([\w.-]+\w)", text))


# ---- what people said ----


def test_onboarding_has_the_ten_groups_and_every_kind_of_answer():
    groups = document("onboarding")
    answers = [answer["answer"] for group in groups.values() for answer in group["answers"]]
    assert tuple(groups) == ONBOARDING_GROUPS
    assert answers.count("") == 3
    assert (
        sum(
            bool(
                re.search(
                    r"\b(I think|I guess|maybe|perhaps|possibly|probably|might|not sure)\b", answer, re.IGNORECASE
                )
            )
            for answer in answers
        )
        >= 5
    )
    assert {segment["key"] for segment in groups["audience"]["segments"]} == set(SEGMENTS)


def test_onboarding_uses_the_known_words():
    groups = document("onboarding")
    assert groups["identity"]["size"] in SIZES
    assert groups["identity"]["stage"] in STAGES
    assert set(groups["business_model"]["models"]) <= set(BUSINESS_MODELS)
    assert set(groups["revenue_mechanics"]["mechanics"]) <= set(REVENUE_MECHANICS)
    tiers = [tier for product in groups["offering"]["products"] for tier in product["pricing_tiers"]]
    assert {tier.keys() == {"name", "price", "currency", "per"} for tier in tiers} == {True}
    assert all(Money.parse(tier["price"], tier["currency"]).minor > 0 for tier in tiers)


@pytest.mark.parametrize(
    "theme", ["peelmetric", "twitter", "finance", "two hours|prep", "waits? for|review", "harbour"]
)
def test_the_vents_come_back_to_the_same_pains(theme):
    assert sum(bool(re.search(theme, vent["text"], re.IGNORECASE)) for vent in vents()) >= 2


def test_vents_are_in_order_with_short_and_long_ones_and_many_at_night():
    moments = [datetime.fromisoformat(vent["written_at"]) for vent in vents()]
    lengths = [len(vent["text"].split()) for vent in vents()]
    assert moments == sorted(moments)
    assert [vent["external_id"] for vent in vents()] == [f"V-{n:02d}" for n in range(1, 41)]
    assert min(lengths) <= 12
    assert max(lengths) >= 90
    assert sum(moment.hour >= 22 or moment.hour < 2 for moment in moments) >= 20


def test_one_vent_quotes_an_attempt_to_give_orders():
    assert sum("ignore previous instructions" in vent["text"].lower() for vent in vents()) == 1


def test_only_participants_speak_in_the_notes():
    for activity in activities():
        first_names = {person["name"].split()[0] for person in activity["participants"]}
        speakers = set(re.findall(r"^([A-Z]\w+): ", activity["notes"], re.MULTILINE))
        speakers -= {"Winner", "Agreed", "Conclusion", "Owner", "Next", "Result", "Open", "Rule", "Rules"}
        assert speakers == first_names, activity["external_id"]


def test_participants_are_of_the_team_in_their_roles():
    team = {member["name"]: member["role"] for member in document("team")["members"]}
    assert all(
        team[person["name"]] == person["role"] for activity in activities() for person in activity["participants"]
    )


def test_the_one_recording_is_short_speech_in_the_promised_format():
    (name,) = (activity["audio"] for activity in activities() if "audio" in activity)
    path = BUSINESS / "activities" / name
    with wave.open(str(path)) as audio:
        assert (audio.getframerate(), audio.getnchannels(), audio.getsampwidth()) == (16000, 1, 2)
        assert 10 <= audio.getnframes() / 16000 <= 14
    assert path.stat().st_size <= 450_000
    assert "Tuesday morning" in path.with_suffix(".txt").read_text(encoding="utf-8")


# ---- creators ----


def test_creators_have_a_fee_for_everything_they_make():
    for creator in document("creators")["creators"]:
        assert set(creator["base_fee"]) == set(creator["artifact_types"]) <= set(ARTIFACT_TYPES)
        assert set(creator["specializations"]) <= set(SPECIALIZATIONS)
        assert creator["tier"] in TIERS
        assert 0 <= creator["current_load"] <= creator["capacity"]


def test_history_is_of_known_creators_and_declined_briefs_have_no_results():
    makes = {creator["external_id"]: creator["artifact_types"] for creator in document("creators")["creators"]}
    for row in table("creator_history"):
        assert row["artifact_type"] in makes[row["creator_id"]]
        assert (row["accepted"] == "true") == bool(row["quality_score"])
        assert all(0 <= float(row[name]) <= 1 for name in ("quality_score", "customer_satisfaction") if row[name])


def test_one_creator_had_a_single_lucky_job():
    (row,) = (row for row in table("creator_history") if row["creator_id"] == "cr-juniper")
    assert float(row["quality_score"]) == max(float(r["quality_score"] or 0) for r in table("creator_history"))


# ---- joins and journeys ----


def test_all_rows_but_the_strays_belong_to_a_published_entry():
    ids = {row["external_id"] for row in published()}
    strays = [row for row in table("performance") if entry_of(row) not in ids]
    assert len(strays) == len(generate.STRAYS) == 9


def test_results_are_joined_in_all_three_ways_and_by_messy_names():
    rows = table("performance")
    assert sum(bool(row["artifact_id"]) for row in rows) > 300
    assert sum(bool(row["utm_content"]) for row in rows) > 300
    assert sum(bool(row["url"]) for row in rows) > 300
    messy = {row["utm_content"] for row in rows} - {row["utm_content"] for row in table("calendar")}
    assert any("%" in name for name in messy)
    assert any(name != name.strip() for name in messy)
    assert any(name != name.lower() for name in messy)


def test_nothing_is_reported_twice():
    named = ("day", "source", "artifact_id", "utm_content", "utm_campaign", "url", "metric")
    assert max(Counter(tuple(row[name] for name in named) for row in table("performance")).values()) == 1
    counted = {(entry_of(row), row["metric"], row["source"]) for row in table("performance") if entry_of(row)}
    assert max(Counter(key[:2] for key in counted).values()) == 1


def test_exported_totals_of_finished_entries_are_the_markets():
    sums = totals()
    assert {row["external_id"]: sums[row["external_id"]] for row in mature()} == {
        row["external_id"]: Market(generate.SEED).total(row) for row in mature()
    }


def test_every_conversion_follows_a_touch_of_its_visitor_within_90_days():
    touches = {}
    for row in table("touches"):
        touches.setdefault(row["visitor_id"], []).append(datetime.fromisoformat(row["occurred_at"]))
    for row in table("conversions"):
        at = datetime.fromisoformat(row["occurred_at"])
        assert any(timedelta() <= at - touch <= timedelta(days=90) for touch in touches[row["visitor_id"]])


def test_revenue_is_in_euros_with_cents_and_comes_from_purchases_alone():
    rows = table("conversions")
    assert {row["event"] for row in rows if Money.parse(row["revenue"]).minor} == {"purchase"}
    assert any(Money.parse(row["revenue"]).minor % 100 for row in rows)
    assert {row["currency"] for row in rows} == {"EUR"}


def test_some_touches_are_direct_and_name_no_artifact():
    assert sum(row["channel"] == "direct" and entry_of(row) is None for row in table("touches")) > 300


# ---- planted changes ----


def per_month(rows, key, value):
    sums = Counter()
    for row in rows:
        sums[key(row), int(row.get("day", row.get("created_at"))[5:7])] += value(row)
    return sums


def test_only_clicks_on_google_cost_more_in_august():
    steady = [row for row in table("ads") if row["campaign"].startswith("always-on")]
    cost = per_month(steady, lambda row: row["campaign"], lambda row: float(row["cost"]))
    clicks = per_month(steady, lambda row: row["campaign"], lambda row: int(row["clicks"]))
    ratio = {name: cost[name, 8] / clicks[name, 8] / (cost[name, 7] / clicks[name, 7]) for name, _ in cost}
    assert ratio.pop("always-on-google") == pytest.approx(1.6, abs=0.05)
    assert all(value == pytest.approx(1, abs=0.05) for value in ratio.values())


def test_only_partners_bring_twice_the_deals_in_august():
    deals = per_month(table("crm_deals"), lambda row: row["lead_source"], lambda row: 1)
    ratio = {name: 5 * deals[name, 8] / sum(deals[name, month] for month in range(3, 8)) for name, _ in deals}
    assert ratio.pop("partner") == pytest.approx(2, abs=0.1)
    assert all(0.75 < value < 1.3 for value in ratio.values())


# ---- the truth ----


def test_good_cells_do_better_than_the_bad_habits_in_the_exported_data():
    good = [
        row
        for row in mature()
        if (row["icp_segment"], row["angle"])
        in {(OPS, "pain_relief"), (OPS, "social_proof"), (FIN, "roi"), (FIN, "comparison"), (SUS, "education")}
    ]
    bad = [row for row in mature() if row["angle"] == "fear_of_loss" or row["channel"] == "twitter"]
    assert success_rate(good) > success_rate(mature()) + 0.2
    assert success_rate(bad) < success_rate(mature()) - 0.1


def test_bad_habits_are_over_used_and_the_best_cells_barely_tried():
    cells = Counter((row["icp_segment"], row["angle"], row["channel"]) for row in published())
    assert sum(n for (_, angle, _), n in cells.items() if angle == "fear_of_loss") > 0.25 * len(published())
    assert sum(n for (_, _, channel), n in cells.items() if channel == "twitter") > 0.25 * len(published())
    for cell in ((FIN, "roi", "email"), (FIN, "comparison", "linkedin"), (SUS, "education", "webinar")):
        assert 1 <= cells[cell] <= 2
        best = dict(zip(("icp_segment", "angle", "channel"), cell, strict=True)) | {"publish_at": TUESDAY}
        assert success_probability(best) > 0.8


def test_the_readme_counts_right():
    readme = (EXAMPLES / "README.md").read_text(encoding="utf-8")
    won = Market(generate.SEED).succeeds

    def line(words, rows):
        chance = sum(map(success_probability, rows)) / len(rows)
        return f"| {words} | {len(rows)} | {sum(map(won, rows))} | {chance:.0%} |".replace("%", " %")

    def where(**fields):
        return [row for row in published() if all(row[name] == value for name, value in fields.items())]

    assert f"{sum(map(won, published()))} of {len(published())} published artifacts" in readme
    assert line("fear of loss, for anybody", where(angle="fear_of_loss")) in readme
    assert line("anything on Twitter", where(channel="twitter")) in readme
    assert line("product news", where(angle="product_news")) in readme
    assert line("a sum for finance directors", where(icp_segment=FIN, angle="roi")) in readme
    assert line("a lesson for sustainability leads", where(icp_segment=SUS, angle="education")) in readme
    assert line("the same by e-mail", where(icp_segment=FIN, angle="roi", channel="email")) in readme
    compared = where(icp_segment=FIN, angle="comparison", channel="linkedin")
    assert line("a comparison for finance directors on LinkedIn", compared) in readme
    assert line("the same as a webinar", where(icp_segment=SUS, angle="education", channel="webinar")) in readme
    told = where(icp_segment=OPS, angle="pain_relief") + where(icp_segment=OPS, angle="social_proof")
    assert line("pain relief or social proof for operations managers", told) in readme
    assert line("the same on LinkedIn", [row for row in told if row["channel"] == "linkedin"]) in readme
    late = [row for row in published() if market.timing(datetime.fromisoformat(row["publish_at"])) < 0]
    assert line("Friday afternoon or weekend", late) in readme


def test_the_readmes_program_runs():
    (program,) = re.findall(r"```python\n(.*?)```", (EXAMPLES / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    exec(compile(program.replace('"examples"', repr(str(EXAMPLES))), "README.md", "exec"), {})
