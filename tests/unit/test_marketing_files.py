"""The files that a marketing team has are read as drafts and records, or every fault of them is named."""

import csv
import json
import os
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from refleqt_adapters.connectors.calendar_file import read_calendar
from refleqt_adapters.connectors.csv_records import LINE_LIMIT
from refleqt_adapters.connectors.file_kinds import FILE_KINDS, sniff
from refleqt_adapters.connectors.journey_files import read_conversions, read_touches
from refleqt_adapters.connectors.metric_files import read_ads, read_crm_deals, read_performance
from refleqt_adapters.connectors.metric_totals import additivity_of
from refleqt_adapters.connectors.people_files import read_creator_history
from refleqt_adapters.connectors.tool_exports import read_ga4_events, read_google_ads, read_instagram, read_mailchimp
from refleqt_adapters.connectors.vent_file import read_vents
from refleqt_core.errors import Fault, InvalidInput
from refleqt_core.intake.drafts import VentDraft
from refleqt_core.values import Money

SHARED = Path(os.environ.get("REFLEQT_SHARED_DATA", Path(__file__).parents[3] / "shared" / "data")) / "tooling_exports"
EXAMPLES = Path(__file__).parents[2] / "examples" / "business"


def write(folder: Path, name: str, *lines: str) -> Path:
    path = folder / name
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def faults(read: Any, path: Path) -> tuple[Fault, ...]:
    with pytest.raises(InvalidInput) as caught:
        read(path)
    assert all(fault.source == str(path) and fault.remedy for fault in caught.value.faults)
    return caught.value.faults


def places(read: Any, path: Path) -> list[tuple[int | None, str | None]]:
    return [(fault.row, fault.field) for fault in faults(read, path)]


# Vents


def test_vents_are_read_line_by_line(tmp_path: Path):
    line = '{"external_id": "V-1", "written_at": "2026-03-03T23:48:00+01:00", "text": " Argh. ", "tags": ["a"], "x": 1}'
    content = read_vents(write(tmp_path, "vents.jsonl", "", line))
    written_at = datetime(2026, 3, 3, 22, 48, tzinfo=UTC)
    assert content.items == [VentDraft(external_id="V-1", text="Argh.", written_at=written_at, tags=("a",))]
    assert content.unused_columns == ("x",)


def test_the_faults_of_vents_are_named_by_line_and_field(tmp_path: Path):
    path = write(
        tmp_path,
        "vents.jsonl",
        '{"external_id": "a", "written_at": "2026-03-03", "text": ""}',
        "not json",
        "[]",
        '{"external_id": 3, "written_at": "2026-03-03T00:00:00Z", "text": "\\u0000", "tags": "x"}',
        '{"external_id": "b", "written_at": "2026-03-03T00:00:00Z", "text": "\\ud800"}',
        '{"external_id": "a", "written_at": "2026-03-03T00:00:00Z", "text": "x"}',
        "[" * 100_000,
    )
    assert places(read_vents, path) == [
        (1, "written_at"),
        (1, "text"),
        (1, "external_id"),
        (2, None),
        (3, None),
        (4, "external_id"),
        (4, "text"),
        (4, "tags"),
        (5, "text"),
        (6, "external_id"),
        (7, None),
    ]


@pytest.mark.parametrize(
    ("field", "value"),
    [("written_at", "2199-01-01T00:00:00Z"), ("written_at", "1901-01-01T00:00:00Z"), ("tags", ["x" * 61])],
)
def test_a_line_that_can_be_no_vent_is_named(tmp_path: Path, field: str, value: object):
    said = {"external_id": "a", "written_at": "2026-03-03T00:00:00Z", "text": "x"} | {field: value}
    assert places(read_vents, write(tmp_path, "v.jsonl", json.dumps(said))) == [(1, field)]


def test_vents_without_their_bad_lines_are_the_good_ones(tmp_path: Path):
    good = '{"external_id": "b", "written_at": "2026-03-03T00:00:00Z", "text": "x"}'
    content = read_vents(write(tmp_path, "v.jsonl", "{}", good), skip_bad_rows=True)
    assert ([vent.external_id for vent in content.items], content.rejected[0].text) == (["b"], "{}")


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "the file is empty"),
        (b"\n \n", "the file is empty"),
        (b'{"text": "caf\xe9"}', "byte 14 of the line (0xe9) is not UTF-8"),
        (b'"' + b"a" * LINE_LIMIT, "the line is longer than 1,000,000 bytes"),
    ],
    ids=["empty", "blank", "not utf-8", "a long line"],
)
def test_a_file_of_vents_that_is_no_text_says_so(tmp_path: Path, content: bytes, problem: str):
    (tmp_path / "v.jsonl").write_bytes(content)
    assert [fault.problem for fault in faults(read_vents, tmp_path / "v.jsonl")] == [problem]


# Touches and conversions


def test_touches_and_conversions_are_read(tmp_path: Path):
    touches = write(tmp_path, "t.csv", "touch_id,visitor_id,occurred_at,channel,url", "t,v,2026-03-01T00:00:00Z,,u")
    paid = write(tmp_path, "c.csv", "conversion_id,visitor_id,occurred_at,event,revenue", "c,v,2026-03-01T00:00Z,buy,1")
    (touch,), (conversion,) = read_touches(touches).items, read_conversions(paid).items
    assert (touch.external_id, touch.channel, touch.url, touch.utm_source) == ("t", "", "u", None)
    assert (conversion.external_id, conversion.revenue) == ("c", Money(minor=100, currency="EUR"))


def test_a_conversion_of_negative_worth_is_refused(tmp_path: Path):
    path = write(
        tmp_path, "c.csv", "conversion_id,visitor_id,occurred_at,event,revenue", "c,v,2026-03-01T00:00:00Z,buy,-1"
    )
    assert places(read_conversions, path) == [(2, "revenue")]


# Results


PERFORMANCE = "day,source,artifact_id,utm_campaign,utm_content,url,metric,value,unit,currency"


def test_a_result_is_named_by_artifact_else_utm_else_url_else_campaign(tmp_path: Path):
    path = write(
        tmp_path,
        "p.csv",
        PERFORMANCE,
        "2026-03-04,inkwell,BW-1,k, BW%2D1 ,https://x,clicks,3,,",
        "2026-03-04,inkwell,,k, BW%2D1 ,https://x,reach,3,,",
        "2026-03-04,inkwell,,k,,https://x,ctr,0.5,share,",
        "2026-03-04,inkwell,,k,,,spend,9.5,currency,EUR",
    )
    records = read_performance(path).items
    assert [(record.entity_id, record.additivity) for record in records] == [
        ("BW-1", "additive"),
        ("BW%2D1", "unique"),
        ("https://x", "ratio"),
        ("k", "additive"),
    ]
    assert records[0].labels == {
        "artifact_id": "BW-1",
        "utm_campaign": "k",
        "utm_content": "BW%2D1",
        "url": "https://x",
    }
    assert [(record.unit, record.currency) for record in records[::3]] == [("count", None), ("currency", "EUR")]


def test_a_result_of_nothing_and_a_result_given_twice_are_refused(tmp_path: Path):
    path = write(
        tmp_path,
        "p.csv",
        PERFORMANCE,
        "2026-03-04,inkwell,,,,,clicks,3,,",
        "2026-03-04,inkwell,BW-1,,,,clicks,3,,",
        "2026-03-04,inkwell,BW-1,,bw-1,,clicks,4,,",
        "2026-03-04,inkwell,BW-2,,,,clicks,-4,,euro",
    )
    assert places(read_performance, path) == [
        (2, "artifact_id"),
        (3, "source + artifact + metric + day"),
        (4, "source + artifact + metric + day"),
        (5, "value"),
        (5, "currency"),
    ]


@pytest.mark.parametrize(
    ("metric", "additivity"),
    [
        ("clicks", "additive"),
        ("open_rate", "ratio"),
        ("ranking_position", "ratio"),
        ("CTR", "ratio"),
        ("unique_opens", "unique"),
        ("users", "unique"),
        ("separated", "additive"),
    ],
)
def test_the_metric_says_whether_its_values_may_be_summed(metric: str, additivity: str):
    assert additivity_of(metric) == additivity


def test_ads_are_summed_by_campaign_and_kept_by_ad_to_the_cent(tmp_path: Path):
    path = write(
        tmp_path,
        "ads.csv",
        "day,campaign,ad_id,utm_content,impressions,clicks,cost,conversions,currency",
        "2026-03-06,k,a,bw-1,10,2,0.10,1,EUR",
        "2026-03-06,k,b,bw-2,20,3,0.20,0.5,EUR",
        "2026-03-07,k,a,bw-1,1,1,0.01,,EUR",
    )
    records = {(r.entity_kind, r.entity_id, r.day.day, r.metric): r for r in read_ads(path).items}
    assert len(records) == 5 * 4
    assert [records["campaign", "k", 6, m].value for m in ("impressions", "clicks", "conversions")] == [30, 5, 1.5]
    cost = records["campaign", "k", 6, "cost"]
    assert (cost.value, cost.unit, cost.currency, cost.source) == (0.3, "currency", "EUR", "ads")
    assert records["ad", "b", 6, "cost"].labels == {"campaign": "k", "utm_content": "bw-2"}


def test_ads_of_two_currencies_or_of_negative_cost_are_refused(tmp_path: Path):
    path = write(
        tmp_path,
        "ads.csv",
        "day,campaign,ad_id,impressions,clicks,cost,currency",
        "2026-03-06,k,a,1,1,1,EUR",
        "2026-03-06,k,b,1,1,1,USD",
        "2026-03-06,k,c,1,1,-1,EUR",
        "2026-03-06,k,a,1,1,1,EUR",
    )
    assert places(read_ads, path) == [(2, "day + ad_id"), (3, "currency"), (4, "cost"), (5, "day + ad_id")]


DEALS = "deal_id,stage,lead_source,amount,currency,created_at,closed_at,won"


def test_deals_are_counted_on_the_day_they_were_made_and_closed(tmp_path: Path):
    path = write(
        tmp_path,
        "deals.csv",
        DEALS,
        "a,closed_won,blog,10.10,EUR,2026-03-01T23:30:00+00:00,2026-03-05T10:00:00+00:00,true",
        "b,closed_won,blog,20.20,EUR,2026-03-02T12:00:00+00:00,2026-03-05T11:00:00+00:00,true",
        "c,demo,,,,2026-03-02T12:00:00+00:00,,",
        "d,closed_lost,blog,99,EUR,2026-03-02T12:00:00+00:00,2026-03-05T11:00:00+00:00,false",
    )

    def values(time_zone: str) -> dict[tuple[str, str, int], float]:
        records = read_crm_deals(path, time_zone=time_zone).items
        assert {record.time_zone for record in records} == {time_zone}
        return {(record.entity_id, record.metric, record.day.day): record.value for record in records}

    assert values("UTC") == {
        ("blog", "deals_created", 1): 1,
        ("blog", "deals_created", 2): 2,
        ("blog", "deals_won", 5): 2,
        ("blog", "won_revenue", 5): 30.3,
        ("unknown", "deals_created", 2): 1,
    }
    assert values("Europe/Amsterdam")["blog", "deals_created", 2] == 3


def test_a_deal_that_was_won_at_no_time_is_refused(tmp_path: Path):
    path = write(tmp_path, "d.csv", DEALS, "a,closed_won,blog,1,EUR,2026-03-01T23:30:00Z,,yes")
    assert places(read_crm_deals, path) == [(2, "closed_at")]


def test_a_job_that_was_accepted_needs_its_figures(tmp_path: Path):
    path = write(
        tmp_path,
        "h.csv",
        "brief_id,creator_id,artifact_type,quality_score,delivery_hours,sla_hours,completed_at,accepted",
        "b,c,email,,,,2026-03-01T00:00:00Z,false",
        "b,d,email,0.5,1,,2026-03-01T00:00:00Z,true",
        "b,e,email,1.5,1,2,2026-03-01T00:00:00Z,true",
    )
    assert places(read_creator_history, path) == [(3, "sla_hours"), (4, "quality_score")]
    assert [job.creator_id for job in read_creator_history(path, skip_bad_rows=True).items] == ["c"]


# Exports of tools


GOOGLE = "date,ad_id,campaign_id,device,clicks,cost_micros,impressions,_fivetran_synced"


def test_google_ads_are_summed_over_devices_with_micros_as_money(tmp_path: Path):
    path = write(
        tmp_path,
        "g.csv",
        GOOGLE,
        "2021-05-19,7,1,DESKTOP,1,100000,5,2021-05-19 12:00:00",
        "2021-05-19,7,1,MOBILE,2,200000,6",
    )
    records = {(record.entity_kind, record.metric): record for record in read_google_ads(path).items}
    assert [records["ad", metric].value for metric in ("impressions", "clicks", "cost")] == [11, 3, 0.3]
    assert records["campaign", "cost"].unit == "currency"
    assert len(records) == 6


def test_google_ads_of_negative_cost_are_refused(tmp_path: Path):
    assert places(read_google_ads, write(tmp_path, "g.csv", GOOGLE, "2021-05-19,7,1,X,1,-5,5,")) == [(2, "cost_micros")]


needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason=f"the shared exports are not at {SHARED}")


@needs_shared
def test_the_google_ads_export_with_ragged_rows_is_read():
    content = read_google_ads(SHARED / "google_ads_ad_stats_data.csv")
    assert sum(record.value for record in content.items if record.metric == "impressions") == 2 * 10
    assert "customer_id" in content.unused_columns


@needs_shared
def test_the_ga4_export_with_a_column_twice_is_read():
    records = read_ga4_events(SHARED / "ga4_event_data.csv").items
    value = {(record.entity_kind, record.entity_id, record.metric): record.value for record in records}
    assert value["event", "purchase", "revenue"] == 29.99
    assert value["property", "all", "users"] == 4
    assert value["campaign", "campaign_2", "begin_checkout"] == 1


@needs_shared
def test_the_mailchimp_export_says_when_campaigns_were_sent():
    (record,) = read_mailchimp(SHARED / "mailchimp_campaign.csv").items
    assert (record.entity_id, record.day, record.labels["title"]) == ("c2b4c1c0d9", date(2019, 11, 27), "Release 0.1.1")


@needs_shared
def test_the_figures_of_the_instagram_export_may_not_be_summed():
    records = read_instagram(SHARED / "instagram_business_media_insights_data.csv").items
    assert {record.additivity for record in records} == {"unique"}
    reach = [r.value for r in records if r.metric == "reel_reach" and r.entity_id == "17875951606801054"]
    assert reach == [4]


@needs_shared
@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("google_ads_ad_stats_data.csv", "google_ads"),
        ("ga4_event_data.csv", "ga4"),
        ("mailchimp_campaign.csv", "mailchimp"),
        ("instagram_business_media_insights_data.csv", "instagram"),
    ],
)
def test_an_export_is_known_by_its_header(name: str, kind: str):
    assert sniff(SHARED / name) == kind


# Kinds


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("calendar.csv", "calendar"),
        ("performance.csv", "performance"),
        ("ads.csv", "ads"),
        ("crm_deals.csv", "deals"),
        ("touches.csv", "touches"),
        ("conversions.csv", "conversions"),
        ("creator_history.csv", "creator_history"),
        ("vents.jsonl", "vents"),
        ("onboarding.yaml", "onboarding"),
        ("team.yaml", "team"),
        ("creators.yaml", "creators"),
        ("activities/A-03-customer-story-swap.yaml", "activity"),
    ],
)
def test_every_file_of_the_example_is_known_and_read_whole(name: str, kind: str):
    assert sniff(EXAMPLES / name) == kind
    content = FILE_KINDS[kind].read(EXAMPLES / name)
    assert content.items
    assert (content.rejected, content.unused_columns) == ((), ())


def test_the_example_calendar_keeps_what_its_cells_say():
    first = asdict(read_calendar(EXAMPLES / "calendar.csv").items[0])
    with (EXAMPLES / "calendar.csv").open(encoding="utf-8", newline="") as file:
        row = next(csv.DictReader(file))
    assert {name: first[name] for name in ("external_id", "title", "owner", "utm_content")} == {
        name: row[name] for name in ("external_id", "title", "owner", "utm_content")
    }


def test_a_calendar_that_lacks_a_column_is_still_a_calendar(tmp_path: Path):
    path = write(tmp_path, "x.csv", "external_id;tilte;artifact_type;status;publish_at", "a;A;email;idea;")
    assert sniff(path) == "calendar"
    assert places(read_calendar, path) == [(1, "tilte")]


@pytest.mark.parametrize("name", ["x.csv", "x.yaml", "x.docx"])
def test_a_file_of_no_known_kind_says_what_kinds_there_are(tmp_path: Path, name: str):
    (fault,) = faults(sniff, write(tmp_path, name, "colour: x"))
    assert all(kind in fault.remedy for kind in FILE_KINDS)


@pytest.mark.parametrize("kind", FILE_KINDS)
def test_every_kind_says_what_it_is_and_what_it_needs(kind: str):
    known = FILE_KINDS[kind]
    assert known.description
    assert known.required
    assert set(known.required) <= set(known.columns)


@pytest.mark.parametrize("kind", FILE_KINDS)
def test_every_kind_refuses_an_empty_file(tmp_path: Path, kind: str):
    path = write(tmp_path, f"x{FILE_KINDS[kind].suffixes[0]}")
    with pytest.raises(InvalidInput, match="the file is empty"):
        FILE_KINDS[kind].read(path)
