"""What leaves the calendar as a file comes back as it was; no cell runs, and a feed stays the same until a change."""

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest
from composition import Composition
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from icalendar import Calendar
from openpyxl import load_workbook

from refleqt_adapters.calendar_exports import CalendarExports
from refleqt_adapters.connectors.calendar_csv import calendar_csv
from refleqt_adapters.connectors.calendar_file import read_calendar
from refleqt_adapters.connectors.calendar_rows import columns_of
from refleqt_adapters.connectors.calendar_table import read_calendar_table
from refleqt_adapters.connectors.calendar_workbook import calendar_workbook
from refleqt_adapters.connectors.ical_feed import calendar_feed, entry_json
from refleqt_adapters.connectors.ical_file import read_ical
from refleqt_adapters.connectors.own_cells import (
    CUT,
    LONGEST_CELL,
    listed,
    of_parameter,
    parameter,
    protected,
    unlisted,
    unprotected,
)
from refleqt_adapters.connectors.reading import Reading
from refleqt_core.errors import InvalidInput
from refleqt_core.intake.calendar import ARTIFACT_TYPES, CHANNELS, KPIS, STATUSES
from refleqt_core.intake.calendar_search import EntrySearch
from refleqt_core.intake.column_reading import TableReading
from refleqt_core.intake.drafts import EntryDraft, ImportedFile, PlanDraft
from refleqt_core.values import BusinessId, Money

ZONE = "Europe/Berlin"
FILE = ImportedFile(name="export", blob="0" * 64)
PUBLISHED = datetime(2026, 3, 3, 8, tzinfo=UTC)

FULL = EntryDraft(
    external_id="A-1",
    title="Ten tips, and more",
    artifact_type="blog_copy",
    status="scheduled",
    owner="Ann",
    team=("Cy", "D; E"),
    tags=("spring", "[x]"),
    notes='One line\nand "another", with ; and , in it',
    publish_at=PUBLISHED,
    created_at=PUBLISHED - timedelta(days=9),
    campaign="Spring",
    channel="linkedin",
    plans=(
        PlanDraft(channel="email"),
        PlanDraft(
            channel="linkedin",
            parameters={"hook": "=1+1", "Own Name": [1], "length": 3, "empty": "", "is_video": True},
            posting_schedule=("Tue 09:00", "+3d"),
            paid_budget=Money(minor=12345, currency="USD"),
            repurposing_plan="a reel",
        ),
    ),
    production_cost=Money(minor=5, currency="EUR"),
    primary_kpi="clicks",
    kpi_target=1.234,
    secondary_kpis=("opens", "signups"),
    review_due=date(2026, 4, 2),
    primary_keyword="-tips",
    secondary_keywords=("a", "b"),
    keyword_difficulty=12,
    featured_snippet=True,
    core_web_vitals={"lcp": 2.5, "cls": 0.1},
    canonical_url="https://example.com/a?b=c",
)


def saved(refleqt: Composition, drafts: Sequence[EntryDraft], **form: str) -> BusinessId:
    """A business with those entries."""
    business = refleqt.business(**form)
    refleqt.calendar.import_entries(business, drafts, FILE)
    return business


def exported(refleqt: Composition, business: BusinessId, ending: str, **asked: object) -> bytes:
    out = io.BytesIO()
    CalendarExports(store=refleqt.store).write(business, ending, out, EntrySearch(**asked))
    return out.getvalue()


def taken_back(file: Path, zone: str = ZONE) -> list[EntryDraft]:
    if file.suffix == ".ics":
        return list(read_ical(file, reading=Reading(time_zone=zone, now=PUBLISHED)).items)
    return list(read_calendar_table(file, reading=TableReading(time_zone=zone)).items)


# there and back


@pytest.mark.parametrize("ending", ["csv", "xlsx", "ics"])
def test_an_entry_with_every_field_comes_back_unchanged(refleqt: Composition, tmp_path: Path, ending: str):
    business = saved(refleqt, [FULL], time_zone=ZONE)
    before = refleqt.calendar.drafts(business)
    file = tmp_path / f"calendar.{ending}"
    out = io.BytesIO()
    CalendarExports(store=refleqt.store).write(business, ending, out)
    file.write_bytes(out.getvalue())
    again = refleqt.calendar.import_entries(business, taken_back(file), FILE)
    assert (again.new, again.changed, again.unchanged) == (0, 0, 1)
    assert refleqt.calendar.drafts(business) == before


LETTERS = st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Co", "Zl", "Zp"))
TEXT = st.text(LETTERS | st.sampled_from("=+-@'\";,#[{|"), min_size=1, max_size=12).map(str.strip).filter(bool)
WORDS = st.lists(TEXT, max_size=3, unique=True).map(tuple)
MONEY = st.builds(Money, minor=st.integers(0, 10**9), currency=st.sampled_from(["EUR", "USD", "JPY", "KWD"]))
MOMENT = st.datetimes(datetime(1970, 1, 1), datetime(2150, 1, 1), timezones=st.just(UTC))
JSON = st.none() | st.booleans() | st.integers(-99, 99) | TEXT | st.lists(TEXT, max_size=2)
SLOTS = st.lists(st.sampled_from(["Tue 09:00", "daily 18:30", "+3d", "2026-03-09T09:00"]), max_size=2, unique=True)
PLAN = st.builds(
    PlanDraft,
    channel=st.sampled_from(CHANNELS[:4]),
    parameters=st.dictionaries(st.sampled_from(["hook", "Own Name", "segments", "parameters", "paid_budget"]), JSON),
    posting_schedule=SLOTS.map(tuple),
    paid_budget=st.none() | MONEY,
    repurposing_plan=st.none() | TEXT,
)
DRAFT = st.builds(
    EntryDraft,
    external_id=TEXT | st.sampled_from(["total", "'sum", "#N/A", "Average"]),
    title=TEXT | st.sampled_from(["=cmd|' /C calc'!A0", "total", "2026-01-01", "TRUE", "1,5"]),
    artifact_type=st.sampled_from(ARTIFACT_TYPES),
    status=st.sampled_from(STATUSES),
    owner=st.none() | TEXT,
    team=WORDS,
    tags=WORDS,
    notes=st.none() | st.lists(TEXT, min_size=1, max_size=3).map("\n".join),
    publish_at=st.none() | MOMENT,
    campaign=st.none() | TEXT,
    icp_segment=st.none() | TEXT,
    channel=st.none() | st.sampled_from(CHANNELS),
    plans=st.lists(PLAN, max_size=3, unique_by=lambda plan: plan.channel).map(tuple),
    production_cost=st.none() | MONEY,
    kpi_target=st.none() | st.floats(0, 1e12, allow_subnormal=False),
    secondary_kpis=st.lists(st.sampled_from(KPIS), max_size=3, unique=True).map(tuple),
    review_due=st.none() | st.dates(date(1970, 1, 1), date(2150, 1, 1)),
    primary_keyword=st.none() | TEXT,
    secondary_keywords=WORDS,
    keyword_difficulty=st.none() | st.integers(0, 100),
    featured_snippet=st.booleans(),
    meta_title=st.none() | TEXT,
    core_web_vitals=st.dictionaries(st.sampled_from(["lcp", "cls"]), st.floats(0, 9, allow_subnormal=False)),
    image_alt_texts=WORDS,
    anchor_texts=WORDS,
)


DRAFTS = st.lists(DRAFT, min_size=1, max_size=3, unique_by=lambda draft: draft.external_id)


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    max_examples=40,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),  # a smaller calendar takes minutes to find
)
@given(DRAFTS, st.sampled_from(["csv", "xlsx", "ics"]))
def test_whatever_is_on_the_calendar_comes_back_unchanged(tmp_path: Path, drafts: list[EntryDraft], ending: str):
    refleqt = Composition()
    business = saved(refleqt, drafts)
    before = refleqt.calendar.drafts(business)
    file = tmp_path / f"calendar.{ending}"
    file.write_bytes(exported(refleqt, business, ending))
    held = [draft for draft in before if draft.publish_at is not None] if ending == "ics" else before
    if not held:
        return
    again = refleqt.calendar.import_entries(business, taken_back(file, "UTC"), FILE)
    assert refleqt.calendar.drafts(business) == before
    assert (again.new, again.changed, again.unchanged) == (0, 0, len(held))


@given(st.text(max_size=20))
def test_no_text_begins_a_cell_like_a_formula_and_each_is_read_again(text: str):
    assert protected(text)[:1] not in tuple("=+-@\t\r＝＋－＠")
    assert unprotected(protected(text)) == text


@pytest.mark.parametrize("cell", ["'Twas the night", "''", "it's", "'quoted'"])
def test_apostrophes_of_others_stay(cell: str):
    assert (protected(cell), unprotected(cell)) == (cell, cell)


@given(st.lists(st.text(max_size=8).map(str.strip).filter(bool), unique=True, max_size=5))
def test_any_list_is_read_again(items: list[str]):
    assert list(unlisted(listed(items))) == items


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda each: st.lists(each, max_size=3)))
def test_any_parameter_is_read_again(value: object):
    assert of_parameter(parameter(value)) == value


# the table


def test_a_table_of_ours_is_as_spreadsheets_take_it():
    raw = b"".join(calendar_csv([FULL]))
    assert raw.startswith(b"\xef\xbb\xbfexternal_id,title,")
    (row,) = csv.DictReader(io.StringIO(raw.decode("utf-8-sig")))
    assert (row["publish_at"], row["review_due"]) == ("2026-03-03T08:00:00Z", "2026-04-02")
    assert (row["tags"], row["team"]) == ("spring; [x]", '["Cy", "D; E"]')
    assert (row["linkedin.hook"], row["primary_keyword"]) == ("'=1+1", "'-tips")
    assert (row["linkedin.paid_budget"], row["production_cost"], row["currency"]) == ("123.45 USD", "0.05 EUR", "")
    assert row["linkedin.posting_schedule"] == "Tue 09:00; +3d"


def test_money_in_one_currency_is_a_plain_number_beside_it():
    draft = EntryDraft(
        external_id="a", title="b", artifact_type="email", production_cost=Money(minor=123456, currency="USD")
    )
    (row,) = csv.DictReader(io.StringIO(b"".join(calendar_csv([draft])).decode("utf-8-sig")))
    assert (row["production_cost"], row["currency"]) == ("1234.56", "USD")


def test_the_columns_are_the_same_in_the_same_order_whatever_is_in_them():
    empty = EntryDraft(external_id="a", title="b", artifact_type="email")
    assert columns_of([FULL])[: len(columns_of([empty]))] == columns_of([empty])


# the workbook


def opened(raw: bytes):
    return load_workbook(io.BytesIO(raw)).active


def made(drafts: Sequence[EntryDraft], zone: str = ZONE) -> tuple[bytes, int]:
    out = io.BytesIO()
    cut = calendar_workbook(drafts, zone, out)
    return out.getvalue(), cut


def test_a_workbook_has_real_dates_of_the_clock_and_numbers():
    sheet = opened(made([FULL])[0])
    names = [cell.value for cell in sheet[1]]
    row = dict(zip(names, sheet[2], strict=True))
    assert row["publish_at"].value == datetime(2026, 3, 3, 9)
    assert row["publish_at"].is_date
    assert row["review_due"].is_date
    assert (row["kpi_target"].value, row["keyword_difficulty"].value) == (1.234, 12)


def test_a_workbook_has_a_header_that_stays_and_filters_and_columns_to_be_read():
    sheet = opened(made([FULL])[0])
    assert sheet.freeze_panes == "C2"
    assert sheet.auto_filter.ref.startswith("A1:")
    assert sheet.auto_filter.ref.endswith("2")
    assert 10 <= sheet.column_dimensions["B"].width <= 50
    assert sheet["A1"].font.bold


def test_no_cell_of_a_workbook_is_a_formula():
    risky = EntryDraft(external_id="=1+1", title='=HYPERLINK("http://x")', artifact_type="email", notes="@SUM(A1)")
    cells = [cell for row in opened(made([risky])[0]).iter_rows() for cell in row]
    assert {cell.data_type for cell in cells if isinstance(cell.value, str)} == {"s"}


def test_a_moment_that_a_clock_does_not_tell_is_written_out():
    second_half_past_two = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    drafts = [
        EntryDraft(external_id="a", title="b", artifact_type="email", publish_at=second_half_past_two),
        EntryDraft(external_id="c", title="d", artifact_type="email", publish_at=PUBLISHED.replace(microsecond=5)),
    ]
    sheet = opened(made(drafts)[0])
    at = [cell.value for cell in sheet[1]].index("publish_at")
    assert sheet[2][at].value == "2026-10-25T01:30:00Z"
    assert sheet[3][at].value == "2026-03-03T08:00:00.000005Z"


@pytest.mark.parametrize("text", ["x" * 40_000, "=" * 32_767, "\a" * 6_000])
def test_a_text_longer_than_a_cell_is_cut_marked_counted_and_never_read_again(tmp_path: Path, text: str):
    plan = PlanDraft(channel="blog", parameters={"hook": text})
    raw, cut = made(
        [EntryDraft(external_id="a", title="b", artifact_type="email", owner="Ann", notes=text, plans=(plan,))]
    )
    sheet = opened(raw)
    at = [cell.value for cell in sheet[1]].index("notes")
    assert (len(sheet[2][at].value) <= LONGEST_CELL, sheet[2][at].value.endswith(CUT), cut) == (True, True, 2)
    path = tmp_path / "long.xlsx"
    path.write_bytes(raw)
    content = read_calendar(path)
    (draft,) = content.items
    assert draft.given is not None and not {"notes", "plans"} & draft.given and "owner" in draft.given
    assert (draft.notes, draft.plans, draft.owner) == (None, (), "Ann")
    assert any("had to cut" in note and "row 2" in note for note in content.notes)


# the feed


def rows(refleqt: Composition, business: BusinessId):
    return list(zip(refleqt.calendar.find(business), refleqt.calendar.drafts(business), strict=True))


def test_an_event_of_the_feed_says_when_what_and_which_version(refleqt: Composition):
    business = saved(refleqt, [FULL])
    ((entry, _),) = rows(refleqt, business)
    (event,) = Calendar.from_ical(calendar_feed("Acme", rows(refleqt, business)).data).events
    assert event["UID"] == f"{entry.id}@refleqt"
    assert (event.start, event["SUMMARY"]) == (PUBLISHED, "Ten tips, and more")
    assert event["DTSTAMP"].dt == event["LAST-MODIFIED"].dt == entry.updated_at.replace(microsecond=0)
    assert int(event["SEQUENCE"]) == entry.version
    assert "Primary kpi: clicks" in event["DESCRIPTION"]
    assert "linkedin.hook: =1+1" in event["DESCRIPTION"]
    assert (event["STATUS"], str(event["URL"])) == ("CONFIRMED", "https://example.com/a?b=c")


def test_the_feed_has_the_same_bytes_until_an_entry_changes(refleqt: Composition):
    business = saved(refleqt, [FULL])
    exports = CalendarExports(store=refleqt.store)
    first, again = exports.feed(business), exports.feed(business)
    assert (first.data, first.tag) == (again.data, again.tag)
    (entry,) = refleqt.calendar.find(business)
    refleqt.calendar.edit(business, entry.id, {"title": "Other"})
    changed = exports.feed(business)
    assert changed.tag != first.tag
    before, after = (Calendar.from_ical(feed.data).events[0] for feed in (first, changed))
    assert before["UID"] == after["UID"]
    assert int(after["SEQUENCE"]) == int(before["SEQUENCE"]) + 1


def test_entries_without_a_date_are_left_out_and_counted(refleqt: Composition):
    business = saved(refleqt, [FULL, EntryDraft(external_id="B", title="Idea", artifact_type="email")])
    feed = calendar_feed("Acme", rows(refleqt, business))
    assert (feed.entries, feed.without_date) == (1, 1)
    assert b"X-REFLEQT-WITHOUT-DATE:1" in feed.data
    out = io.BytesIO()
    done = CalendarExports(store=refleqt.store).write(business, "ics", out)
    assert (done.entries, done.without_date) == (1, 1)


@pytest.mark.parametrize(
    "title", ["C:\\New\\Names", "a;b,c", "two\nlines", "an: \\n sign", "bell\x07", "Grüße 🎉" * 20]
)
def test_texts_are_escaped_as_calendar_programs_read_them(refleqt: Composition, title: str):
    business = saved(refleqt, [EntryDraft(external_id="a", title="x", artifact_type="email", publish_at=PUBLISHED)])
    ((entry, draft),) = rows(refleqt, business)
    raw = calendar_feed("Acme", [(entry, replace(draft, title=title))]).data
    assert all(len(line) <= 75 for line in raw.split(b"\r\n"))
    assert Calendar.from_ical(raw).events[0]["SUMMARY"] == title.replace("\x07", " ")


def test_the_json_of_an_entry_has_no_backslash_that_is_taken_for_a_line_break():
    draft = EntryDraft(external_id="a", title="C:\\New", artifact_type="email")
    assert "\\\\" not in entry_json(draft)
    assert json.loads(entry_json(draft))["title"] == "C:\\New"


# what is asked for


def test_an_export_holds_what_was_asked_for_in_the_order_of_publication(refleqt: Composition):
    days = [PUBLISHED + timedelta(days=at) for at in (3, 1, 2)]
    drafts = [
        EntryDraft(external_id=str(at), title="t", artifact_type="email", publish_at=day, status=status)
        for at, (day, status) in enumerate(zip(days, ["planned", "planned", "idea"], strict=True))
    ]
    business = saved(refleqt, drafts)
    told = list(csv.DictReader(io.StringIO(exported(refleqt, business, "csv", status="planned").decode("utf-8-sig"))))
    assert [row["external_id"] for row in told] == ["1", "0"]
    late = exported(refleqt, business, "csv", start=days[2]).decode("utf-8-sig")
    assert [row["external_id"] for row in csv.DictReader(io.StringIO(late))] == ["2", "0"]


def test_another_business_is_never_in_an_export(refleqt: Composition):
    saved(refleqt, [FULL])
    other = refleqt.business("other")
    assert exported(refleqt, other, "csv").count(b"\n") == 1


def test_an_ending_that_is_none_says_which_there_are(refleqt: Composition):
    with pytest.raises(InvalidInput, match=r"\.csv, \.xlsx, \.ics"):
        exported(refleqt, refleqt.business(), "pdf")


def test_moments_of_other_zones_are_written_in_utc():
    east = timezone(timedelta(hours=5, minutes=45))
    draft = EntryDraft(external_id="a", title="b", artifact_type="email", publish_at=PUBLISHED.astimezone(east))
    assert b"2026-03-03T13:45:00+05:45" in b"".join(calendar_csv([draft]))
