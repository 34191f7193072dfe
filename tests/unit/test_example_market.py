"""The market of the sample business keeps its promises: exact chances, one past, months that add up."""

import csv
import sys
from datetime import date, datetime
from importlib import import_module
from pathlib import Path
from urllib.parse import unquote

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"
BUSINESS = EXAMPLES / "business"
sys.path.insert(0, str(EXAMPLES))

generate = import_module("generate")
market = import_module("market")
Market, success_probability = market.Market, market.success_probability

FIN, SUS = "finance_directors", "sustainability_leads"
TUESDAY = "2026-09-08T09:00:00+02:00"


def table(name):
    with (BUSINESS / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


def published():
    return [row for row in table("calendar") if generate.is_published(row)]


def normal(utm):
    return unquote(utm).strip().lower()


def an_entry(**changes):
    base = {"external_id": "BW-900", "channel": "email", "icp_segment": FIN, "angle": "roi", "publish_at": TUESDAY}
    base |= {"primary_kpi": "clicks", "kpi_target": 60, "utm_content": "bw-900"}
    return base | changes


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"angle": "fear_of_loss", "channel": "twitter"},
        {"icp_segment": SUS, "angle": "social_proof", "channel": "blog", "kpi_target": 12.5},
        {"icp_segment": "", "angle": None, "kpi_target": ""},
    ],
    ids=["good", "bad", "middling with a broken target", "unknown"],
)
def test_the_target_is_reached_as_often_as_the_truth_says(changes):
    entry = an_entry(**changes)
    target = float(entry["kpi_target"] or market.TYPICAL["email"]["clicks"])
    chance, trials = success_probability(entry), 3000
    reached = sum(Market(seed).total(entry) >= target for seed in range(trials))
    assert abs(reached / trials - chance) < 4 * (chance * (1 - chance) / trials) ** 0.5


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ({"angle": "roi"}, {"angle": "fear_of_loss"}),
        ({"channel": "email"}, {"channel": "twitter"}),
        ({"publish_at": TUESDAY}, {"publish_at": "2026-09-11T15:00:00+02:00"}),
        ({"publish_at": TUESDAY}, {"publish_at": "2026-09-12T09:00:00+02:00"}),
        ({"angle": "comparison", "channel": "linkedin"}, {"angle": "comparison", "channel": "email"}),
    ],
)
def test_what_is_known_to_be_better_is_likelier(better, worse):
    assert success_probability(an_entry(**better)) > success_probability(an_entry(**worse)) + 0.05


def test_the_hour_counts_at_home_whatever_the_zone_it_is_written_in():
    assert success_probability(an_entry(publish_at="2026-09-08T07:00:00+00:00")) == success_probability(an_entry())
    assert success_probability(an_entry(publish_at=datetime.fromisoformat(TUESDAY))) == success_probability(an_entry())


def test_two_months_at_once_are_one_and_then_the_other():
    entries, play = published()[:40], Market(7).results
    whole = play(entries, date(2026, 3, 1), date(2026, 5, 1))
    march, april = play(entries, date(2026, 3, 1), date(2026, 4, 1)), play(entries, date(2026, 4, 1), date(2026, 5, 1))
    assert march.performance + april.performance == whole.performance
    assert march.touches + april.touches == whole.touches
    assert march.conversions + april.conversions == whole.conversions
    assert whole.conversions


def test_what_is_published_later_does_not_change_the_past():
    past = (date(2026, 3, 1), date(2026, 9, 1))
    assert Market(7).results([*published(), an_entry()], *past) == Market(7).results(published(), *past)


def test_what_is_published_later_is_met_by_visitors_of_before():
    month = (date(2026, 9, 1), date(2026, 10, 9))
    touches = Market(generate.SEED).results([*published(), an_entry()], *month).touches
    met = {row["visitor_id"] for row in touches if normal(row["utm_content"]) == "bw-900"}
    assert met & {row["visitor_id"] for row in table("touches")}


def test_a_bare_entry_is_reported_by_its_id():
    rows = (
        Market(7)
        .results([{"external_id": "X-1", "publish_at": TUESDAY}], date(2026, 9, 1), date(2026, 10, 9))
        .performance
    )
    assert rows
    assert {row["artifact_id"] for row in rows} == {"X-1"}


def test_written_results_are_the_files_that_the_imports_read(tmp_path):
    Market(7).results([an_entry()], date(2026, 9, 1), date(2026, 10, 1)).write(tmp_path)
    for name in ("performance", "touches", "conversions"):
        header = (tmp_path / f"{name}.csv").read_text(encoding="utf-8").splitlines()[0]
        assert header == (BUSINESS / f"{name}.csv").read_text(encoding="utf-8").splitlines()[0]
