"""Calendars of other tools are read as entries: what their columns hold is guessed, and their cells are understood."""

import csv
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from refleqt_adapters.connectors.calendar_file import CALENDAR_COLUMNS, read_calendar
from refleqt_adapters.connectors.calendar_table import header_of, looked_at, read_calendar_table
from refleqt_adapters.connectors.file_kinds import sniff
from refleqt_core.errors import Fault, InvalidInput
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
from refleqt_core.intake.choice_words import ALLOWED, words_of
from refleqt_core.intake.column_reading import TableReading
from refleqt_core.intake.drafts import EntryDraft, PlanDraft
from refleqt_core.values import Money

AMSTERDAM = TableReading(time_zone="Europe/Amsterdam")


def table(
    folder: Path, *rows: Sequence[str], name: str = "c.csv", delimiter: str = ",", encoding: str = "utf-8"
) -> Path:
    path = folder / name
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file, delimiter=delimiter).writerows(rows)
    return path


def workbook(folder: Path, *rows: Sequence[Any], name: str = "c.xlsx", **sheets: Sequence[Sequence[Any]]) -> Path:
    book = Workbook()
    for title, content in ({"Sheet": rows} | sheets).items():
        sheet = book.active if title == "Sheet" else book.create_sheet(title)
        for row in content:
            sheet.append(list(row))
    book.save(folder / name)
    return folder / name


def fields(path: Path) -> dict[str, str | None]:
    return {guess.column: guess.field for guess in looked_at(path).guesses}


def read(path: Path, **more: Any) -> list[EntryDraft]:
    look = looked_at(path)
    return read_calendar_table(path, look.fields, AMSTERDAM, **more).items


def one(path: Path, **more: Any) -> EntryDraft:
    (entry,) = read(path, **more)
    return entry


def cell(folder: Path, column: str, said: str, field: str | None = None, reading: TableReading = AMSTERDAM) -> Any:
    """What the cell of that column says; further columns say no more than has to be said."""
    path = table(folder, ["Name", "Type", column], ["x", "email", said])
    (entry,) = read_calendar_table(
        path, {"Name": "title", "Type": "artifact_type", column: field or column}, reading
    ).items
    return getattr(entry, field or column)


def faults(path: Path, *args: Any, **more: Any) -> tuple[Fault, ...]:
    with pytest.raises(InvalidInput) as caught:
        read_calendar_table(path, *args, **more)
    assert all(fault.source == str(path) and fault.problem and fault.remedy for fault in caught.value.faults)
    return caught.value.faults


# The shapes of other tools


def test_a_database_of_notion_is_understood(tmp_path: Path):
    path = table(
        tmp_path,
        ["Name", "Assign", "Publish date", "Status", "Tags", "Platform", "Files & media"],
        ["Waste less", "Ann Bell", "March 2, 2026 9:00 AM (GMT+1)", "In progress", "food, kitchen", "LinkedIn", ""],
        ["Weigh it", "", "March 5, 2026 → March 9, 2026", "Not started", "", "Blog, Newsletter", "a.png"],
        encoding="utf-8-sig",
    )
    assert fields(path) == {
        "Name": "title", "Assign": "owner", "Publish date": "publish_at", "Status": "status", "Tags": "tags",
        "Platform": "channels", "Files & media": None,
    }  # fmt: skip
    first, second = read(path)
    assert (first.status, second.status) == ("in_production", "planned")
    assert first.publish_at == datetime(2026, 3, 2, 8, tzinfo=UTC)
    assert second.publish_at == datetime(2026, 3, 4, 23, tzinfo=UTC), "a range begins at the start of its first day"
    assert first.tags == ("food", "kitchen")
    assert (first.channel, first.artifact_type) == ("linkedin", "social_post")
    assert (second.channel, second.channels, second.artifact_type) == ("blog", ("blog", "email"), "blog_copy")
    assert first.given is not None and {"channel", "channels"} < first.given, "the main channel is among its channels"


def test_a_table_of_airtable_is_understood(tmp_path: Path):
    path = table(
        tmp_path,
        ["Headline", "Content Type", "Status", "Campaign", "Channels", "Go-live date", "Featured snippet", "Keywords"],
        ["Ovens", "Blog post", "Published", "Spring", '"LinkedIn",Twitter', "2026-03-02", "checked", '"a, b",c'],
    )
    entry = one(path)
    assert (entry.title, entry.artifact_type, entry.status, entry.campaign) == (
        "Ovens",
        "blog_copy",
        "published",
        "Spring",
    )
    assert entry.channels == ("linkedin", "twitter")
    assert entry.featured_snippet is True
    assert entry.secondary_keywords == ("a, b", "c"), "what Airtable quotes is one value"


def test_a_european_sheet_has_semicolons_decimal_commas_and_days_first(tmp_path: Path):
    path = table(
        tmp_path,
        ["Titel", "Datum", "Kanal", "Budget (EUR)", "Status"],
        ["Öfen", "03/04/2026", "Instagram", "1.234,50", "Erledigt"],
        ["Herde", "27/04/2026 14:30", "E-Mail", "1.000", "In Arbeit"],
        delimiter=";",
    )
    first, second = read(path)
    assert first.publish_at == datetime(2026, 4, 2, 22, tzinfo=UTC)
    assert second.publish_at == datetime(2026, 4, 27, 12, 30, tzinfo=UTC)
    assert first.paid_budget == Money(minor=123450, currency="EUR")
    assert second.paid_budget == Money(minor=100000, currency="EUR")
    assert (first.status, second.status, second.channel) == ("published", "in_production", "email")


def test_an_american_sheet_has_months_first_and_dollars(tmp_path: Path):
    path = table(
        tmp_path,
        ["Title", "Publish Date", "Platform", "Ad Spend", "Target"],
        ["Ovens", "3/4/2026", "Facebook Ads", "$1,234.50", "1,500"],
        ["Stoves", "3/27/2026 2:30 PM", "Google Ads", "$20", "12"],
    )
    path_fields = looked_at(path).fields | {"Target": "kpi_target"}
    first, second = read_calendar_table(path, path_fields, AMSTERDAM).items
    assert first.publish_at == datetime(2026, 3, 3, 23, tzinfo=UTC)
    assert second.publish_at == datetime(2026, 3, 27, 13, 30, tzinfo=UTC)
    assert (first.paid_budget, first.kpi_target) == (Money(minor=123450, currency="USD"), 1500.0)
    assert (first.channel, first.artifact_type) == ("meta_ads", "ad_copy")


def test_campaigns_and_content_of_hubspot_are_understood(tmp_path: Path):
    content = table(
        tmp_path,
        ["Blog Post Title", "State", "Publish Date", "Author", "Post URL", "Meta Description", "Campaign", "Slug"],
        ["Ovens", "DRAFT", "2026-03-02 10:00", "Ann", "https://b.example/ovens", "Said.", "Spring", "blog/ovens"],
    )
    assert set(fields(content).values()) == {
        "title", "status", "publish_at", "owner", "canonical_url", "meta_description", "campaign", "url_slug",
    }  # fmt: skip
    campaigns = table(
        tmp_path,
        [
            "Campaign name",
            "Campaign ID",
            "Campaign start date",
            "Campaign owner",
            "Campaign status",
            "Campaign budget total",
        ],
        ["Spring", "c-1", "2026-03-02", "Ann", "Active", "1000"],
        ["Fall", "c-2", "2026-09-02", "Ann", "Planned", ""],
        name="k.csv",
    )
    assert fields(campaigns)["Campaign ID"] == "external_id"
    assert fields(campaigns)["Campaign name"] == "title"
    entries = read(campaigns, skip_bad_rows=True)
    assert entries == [], "nothing tells what a campaign's entries are"


def test_a_project_list_of_coschedule_is_understood(tmp_path: Path):
    path = table(
        tmp_path,
        ["Title", "Type", "Status", "Owner", "Publish Date", "Color Label", "Team Members", "Description"],
        ["Ovens", "Social Campaign", "Ready to publish", "Ann", "Mar 2, 2026", "Blue", "Bo, Cy", "On ovens"],
    )
    entry = one(path)
    assert (entry.artifact_type, entry.status, entry.team) == ("social_post", "scheduled", ("Bo", "Cy"))
    assert (entry.tags, entry.notes) == (("Blue",), "On ovens")


def test_posts_of_buffer_have_their_text_as_notes_and_its_first_line_as_title(tmp_path: Path):
    text = "Your oven wastes a third.\n\nHere is what to do about it: " + "words " * 60
    path = table(tmp_path, ["Text", "Date", "Time", "Account"], [text, "02/03/2026", "9:30 AM", "LinkedIn Page"],
                 ["Short", "13/03/2026", "18:00", "x"])  # fmt: skip
    first, second = read(path)
    assert (first.title, first.notes) == ("Your oven wastes a third.", text.strip())
    assert first.publish_at == datetime(2026, 3, 2, 8, 30, tzinfo=UTC)
    assert (first.channel, second.channel, second.artifact_type) == ("linkedin", "twitter", "social_post")
    assert first.given == {"external_id", "title", "notes", "publish_at", "channel"}


def test_a_time_zone_beside_the_date_is_the_one_that_it_is_of(tmp_path: Path):
    path = table(
        tmp_path, ["Title", "Type", "Date", "Timezone"], ["a", "email", "2026-03-02 09:00", "America/New_York"]
    )
    assert one(path).publish_at == datetime(2026, 3, 2, 14, tzinfo=UTC)


# Refleqt's own tables


def test_our_own_columns_hold_money_moments_lists_and_plans(tmp_path: Path):
    path = table(
        tmp_path,
        ["external_id", "title", "artifact_type", "publish_at", "channels", "production_cost", "currency",
         "secondary_kpis", "review_due", "core_web_vitals", "linkedin.hook", "email.segments", "email.paid_budget",
         "linkedin.posting_schedule"],
        ["BW-1", "Weigh it, fix it", "email", "2026-03-31T09:00:00+02:00", "email; linkedin", "463.08", "USD",
         "clicks", "2026-04-30", "lcp=2.5; cls=0.1", "Ever weighed it?",
         '["chefs", "ops"]', "20", "TU 09:00; TH 09:00"],
    )  # fmt: skip
    (entry,) = read_calendar(path).items
    assert entry.publish_at == datetime(2026, 3, 31, 7, tzinfo=UTC)
    assert entry.channels == ("email", "linkedin")
    assert entry.production_cost == Money(minor=46308, currency="USD")
    assert (entry.secondary_kpis, entry.review_due) == (("clicks",), date(2026, 4, 30))
    assert entry.core_web_vitals == {"lcp": 2.5, "cls": 0.1}
    assert {plan.channel: plan for plan in entry.plans} == {
        "linkedin": PlanDraft(
            channel="linkedin",
            parameters={"hook": "Ever weighed it?"},
            posting_schedule=("TU 09:00", "TH 09:00"),
        ),
        "email": PlanDraft(
            channel="email", parameters={"segments": ["chefs", "ops"]}, paid_budget=Money(minor=2000, currency="USD")
        ),
    }


def test_the_faults_of_a_calendar_are_named_by_row_and_column(tmp_path: Path):
    path = table(
        tmp_path,
        ["external_id", "title", "artifact_type", "status", "publish_at", "channel", "production_cost"],
        ["a", "A", "email", "published", "31/03/2026 at noon", "email", "-3"],
        ["b", "B", "carrier_pigeon", "cooked", "", "fax", ""],
        ["c", "C", "email", "idea", "2026-13-31", "email", "1"],
        ["c", "C", "email", "idea", "", "email", "1"],
    )
    assert [(fault.row, fault.field) for fault in faults(path)] == [
        (2, "publish_at"), (2, "production_cost"),
        (3, "artifact_type"), (3, "status"), (3, "channel"),
        (4, "publish_at"), (4, "external_id"), (5, "external_id"),
    ]  # fmt: skip


def test_an_unknown_channel_lists_those_that_are_known(tmp_path: Path):
    path = table(tmp_path, ["external_id", "title", "artifact_type", "channel"], ["a", "A", "email", "fax"])
    (fault,) = faults(path)
    assert all(channel in fault.problem for channel in CHANNELS)
    assert "--value 'channel:fax=" in fault.remedy


def test_a_calendar_without_its_bad_rows_has_the_good_ones(tmp_path: Path):
    path = table(tmp_path, ["external_id", "title", "artifact_type"], ["a", "A", "email"], ["b", "", "email"],
                 ["c", "C", "email"])  # fmt: skip
    content = read_calendar(path, skip_bad_rows=True)
    assert [entry.external_id for entry in content.items] == ["a", "c"]
    assert [line.text for line in content.rejected] == ["b,,email"]


words = (
    st.text(st.characters(exclude_characters="\0;\r\n\uf8ff#", exclude_categories=["Cs"]), min_size=1, max_size=15)
    .map(str.strip)
    .filter(lambda said: said and not said.startswith("'"))
)
cents = st.integers(0, 10**12)
counts = st.integers(0, 2**31 - 1)
moments = st.datetimes(datetime(1970, 1, 2), datetime(2100, 1, 1)).map(lambda at: at.replace(tzinfo=UTC, microsecond=0))


def maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | strategy


def lists_of(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.lists(strategy, max_size=3, unique=True).map(tuple)


@st.composite
def entries(draw: st.DrawFn) -> EntryDraft:
    currency = draw(st.sampled_from(["EUR", "USD"]))
    money = maybe(cents.map(lambda minor: Money(minor=minor, currency=currency)))
    free = ("owner", "notes", "campaign", "icp_segment", "buyer_persona", "strategic_intent", "competitive_context",
            "primary_keyword", "conversion_event", "lifetime_value_tag")  # fmt: skip
    return draw(
        st.builds(
            EntryDraft,
            external_id=words,
            title=words,
            artifact_type=st.sampled_from(ARTIFACT_TYPES),
            status=st.sampled_from(STATUSES),
            team=lists_of(words),
            tags=lists_of(words),
            publish_at=maybe(moments),
            created_at=maybe(moments),
            funnel_stage=maybe(st.sampled_from(FUNNEL_STAGES)),
            angle=maybe(st.sampled_from(ANGLES)),
            search_intent=maybe(st.sampled_from(SEARCH_INTENTS)),
            channel=maybe(st.sampled_from(CHANNELS)),
            channels=lists_of(st.sampled_from(CHANNELS)),
            paid_budget=money,
            production_cost=money,
            primary_kpi=maybe(st.sampled_from(KPIS)),
            kpi_target=maybe(st.floats(0, 1e15).filter(lambda value: value == 0 or value > 1e-300)),
            secondary_kpis=lists_of(st.sampled_from(KPIS)),
            secondary_keywords=lists_of(words),
            attribution_model=maybe(st.sampled_from(ATTRIBUTION_MODELS)),
            review_due=maybe(st.dates(date(1970, 1, 1), date(2100, 1, 1))),
            keyword_difficulty=maybe(st.integers(0, 100)),
            search_volume=maybe(counts),
            ranking_position=maybe(st.integers(1, 2**31 - 1)),
            featured_snippet=st.booleans(),
            url_slug=maybe(st.sampled_from(["blog/ovens", "ovens-2"])),
            canonical_url=maybe(st.sampled_from(["https://b.example/ovens"])),
            image_alt_texts=lists_of(words),
            **{name: maybe(words) for name in free},
        )
    )


def written(value: Any) -> str:
    if value is None or value == {}:
        return ""
    if isinstance(value, tuple):
        return ";".join(value)
    if isinstance(value, Money):
        return f"{value.minor // 100}.{value.minor % 100:02}"
    return value.isoformat() if isinstance(value, (date, datetime)) else str(value)


def row_of(entry: EntryDraft) -> dict[str, str]:
    row = {name: written(getattr(entry, name)) for name in CALENDAR_COLUMNS if name != "currency"}
    paid = entry.paid_budget or entry.production_cost
    return row | {"currency": paid.currency if paid else ""}


@settings(deadline=None, max_examples=40)
@given(
    drafts=st.lists(entries(), min_size=1, max_size=4, unique_by=lambda entry: entry.external_id),
    delimiter=st.sampled_from([",", ";", "\t"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le"]),
)
def test_a_calendar_that_is_written_is_read_back_as_it_was(
    tmp_path_factory: pytest.TempPathFactory, drafts: list[EntryDraft], delimiter: str, encoding: str
):
    rows = [row_of(draft) for draft in drafts]
    path = table(
        tmp_path_factory.mktemp("calendar"),
        list(rows[0]),
        *(list(row.values()) for row in rows),
        delimiter=delimiter,
        encoding=encoding,
    )
    found = read_calendar(path).items
    assert [row_of(entry) for entry in found] == rows
    assert [entry.plans for entry in found] == [() for _ in drafts]
    said = set(CALENDAR_COLUMNS) - {"currency"}
    assert all(entry.given == said for entry in found)


# What a cell says


@pytest.mark.parametrize("field", ALLOWED)
def test_every_known_word_means_what_is_said_in_any_case_and_punctuation(tmp_path: Path, field: str):
    for word, value in words_of(field).items():
        for said in {word.upper(), word.title().replace(" ", "-"), f"★ {word} "}:
            if field != "artifact_type":
                found = cell(tmp_path, "Said", said, field)
                assert found == ((value,) if isinstance(found, tuple) else value), said
    assert {words_of(field)[value.replace("_", " ")] for value in ALLOWED[field]} == set(ALLOWED[field])


@pytest.mark.parametrize(
    ("said", "moment"),
    [
        ("2026-03-02T09:00:00Z", "2026-03-02T09:00"),
        ("2026-03-02", "2026-03-01T23:00"),
        ("2026-03-02 09:00", "2026-03-02T08:00"),
        ("46083", "2026-03-01T23:00"),
        ("46083.375", "2026-03-02T08:00"),
        ("March 2, 2026", "2026-03-01T23:00"),
        ("March 2, 2026 9:00 AM (GMT+1)", "2026-03-02T08:00"),
        ("2 March 2026 at 9am", "2026-03-02T08:00"),
        ("Mon, 2 Mar 2026 09:00:00 +0100", "2026-03-02T08:00"),
        ("2. März 2026", "2026-03-01T23:00"),
        ("02/03/2026", "2026-03-01T23:00"),
        ("2.3.26 9:05", "2026-03-02T08:05"),
        ("2026/03/02 09:00 PST", "2026-03-02T17:00"),
        ("March 2, 2026 → March 9, 2026", "2026-03-01T23:00"),
        ("12/31/2026 11:59 PM", None),
        ("31/12/2026 12:30 AM", "2026-12-30T23:30"),
        ("2026-07-01", "2026-06-30T22:00"),
    ],
)
def test_a_date_is_read_as_it_is_written(tmp_path: Path, said: str, moment: str | None):
    if moment is None:
        reading = TableReading(time_zone="Europe/Amsterdam", dates="dmy")
        assert cell(tmp_path, "Date", said, "publish_at", reading) == datetime(2026, 12, 31, 22, 59, tzinfo=UTC)
        return
    assert cell(tmp_path, "Date", said, "publish_at") == datetime.fromisoformat(moment).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("said", "minor", "currency"),
    [("1234.5", 123450, "EUR"), ("€ 1,234.50", 123450, "EUR"), ("1.234,50 EUR", 123450, "EUR"), ("$20", 2000, "USD"),
     ("1 234,50", 123450, "EUR"), ("GBP 1'000.00", 100000, "GBP"), ("1,000", 100000, "EUR"), ("0", 0, "EUR"),
     ("12,5", 1250, "EUR"), ("1.000.000", 100000000, "EUR")],
)  # fmt: skip
def test_money_is_read_as_it_is_written(tmp_path: Path, said: str, minor: int, currency: str):
    assert cell(tmp_path, "Budget", said, "paid_budget") == Money(minor=minor, currency=currency)


def test_the_whole_column_decides_which_of_day_and_month_comes_first(tmp_path: Path):
    rows = [[f"t{number}", "email", "03/04/2026"] for number in range(1_500)]
    path = table(tmp_path, ["Title", "Type", "Date"], *rows, ["last", "email", "04/27/2026"])
    assert looked_at(path).notes == ()
    assert {entry.publish_at for entry in read(path)[:-1]} == {datetime(2026, 3, 3, 23, tzinfo=UTC)}


def test_dates_that_nothing_decides_are_read_as_is_usual_and_said_to_be(tmp_path: Path):
    path = table(tmp_path, ["Title", "Type", "Date"], ["a", "email", "03/04/2026"])
    (note,) = looked_at(path, AMSTERDAM).notes
    assert "'Date'" in note and "day/month" in note and "--dates mdy" in note
    assert one(path).publish_at == datetime(2026, 4, 2, 22, tzinfo=UTC)
    american = TableReading(time_zone="America/New_York")
    assert "month/day" in looked_at(path, american).notes[0]
    (entry,) = read_calendar_table(path, looked_at(path).fields, american).items
    assert entry.publish_at == datetime(2026, 3, 4, 5, tzinfo=UTC)


def test_what_the_cells_show_goes_before_what_is_said_of_them(tmp_path: Path):
    path = table(tmp_path, ["Title", "Type", "Date"], ["a", "email", "27/04/2026"])
    content = read_calendar_table(path, looked_at(path).fields, TableReading(time_zone="UTC", dates="mdy"))
    assert content.items[0].publish_at == datetime(2026, 4, 27, tzinfo=UTC)
    assert any("the day comes first" in note for note in content.notes)


def test_a_word_of_ones_own_can_be_said_to_mean_something(tmp_path: Path):
    reading = TableReading(time_zone="UTC", values={"status": {"With legal": "in_review"}})
    assert cell(tmp_path, "State", "with LEGAL!", "status", reading) == "in_review"


def test_a_default_says_what_rows_are_that_do_not_say_it(tmp_path: Path):
    path = table(tmp_path, ["Title", "Status"], ["a", "Idea"])
    assert faults(path, looked_at(path).fields)[0].field == "artifact_type"
    reading = TableReading(defaults={"artifact_type": "podcast"})
    (entry,) = read_calendar_table(path, looked_at(path).fields, reading).items
    assert entry.artifact_type == "podcast"
    assert entry.given is not None and "artifact_type" not in entry.given, "it is not the file that says so"


# Where the table is in the file


def test_titles_above_the_header_and_sums_below_are_passed_over_and_named(tmp_path: Path):
    path = table(
        tmp_path,
        ["Marketing calendar 2026"],
        [],
        ["Title", "Type", "Publish date", "Budget"],
        ["Ovens", "Email", "2026-03-02", "10"],
        ["Total", "", "", "10"],
    )
    content = read_calendar_table(path, looked_at(path).fields, AMSTERDAM)
    assert [entry.title for entry in content.items] == ["Ovens"]
    assert content.passed_over == 2
    assert content.notes[:-1] == (
        "row 1 was passed over, above the header: Marketing calendar 2026",
        "row 5 was passed over, as it only adds up: Total,,,10",
    )


def test_an_entry_that_is_called_total_is_an_entry(tmp_path: Path):
    path = table(tmp_path, ["Title", "Type", "Status"], ["Total", "Email", "Idea"])
    assert one(path).title == "Total"


def test_a_hint_of_excel_says_what_parts_the_cells(tmp_path: Path):
    path = tmp_path / "c.csv"
    path.write_text("sep=|\nTitle|Type\nOvens|Email\n")
    assert one(path).title == "Ovens"


def test_a_workbook_has_its_dates_booleans_and_numbers_read(tmp_path: Path):
    path = workbook(
        tmp_path,
        ["Title", "Type", "Publish date", "Featured snippet", "Search volume", "Budget", "Review date"],
        ["Ovens", "Email", datetime(2026, 3, 2, 9), True, 1200.0, 12.5, date(2026, 4, 1)],
        ["Stoves", "Email", 46083, False, "1300", "7", None],
    )
    first, second = read(path)
    assert first.publish_at == datetime(2026, 3, 2, 8, tzinfo=UTC)
    assert second.publish_at == datetime(2026, 3, 1, 23, tzinfo=UTC)
    assert (first.featured_snippet, first.search_volume, second.search_volume) == (True, 1200, 1300)
    assert (first.paid_budget, first.review_due) == (Money(minor=1250), date(2026, 4, 1))


def test_the_first_sheet_with_a_header_is_read_and_the_others_named(tmp_path: Path):
    rows = [["Title", "Type"], ["Ovens", "Email"]]
    path = workbook(tmp_path, ["Welcome"], ["to our plan"], Plan=rows, Old=[["Title", "Type"], ["Stoves", "Email"]])
    content = read_calendar_table(path, looked_at(path).fields)
    assert [entry.title for entry in content.items] == ["Ovens"]
    assert content.notes[:-1] == ("the sheet 'Plan' was read; not read: Sheet, Old",)
    old = TableReading(sheet="Old")
    assert [entry.title for entry in read_calendar_table(path, looked_at(path, old).fields, old).items] == ["Stoves"]


def test_a_hidden_sheet_is_not_read_but_named(tmp_path: Path):
    book = Workbook()
    book.active.append(["Title", "Type"])
    book.active.append(["Old", "Email"])
    book.active.sheet_state = "hidden"
    for row in (["Title", "Type"], ["Ovens", "Email"]):
        (book["Plan"] if "Plan" in book.sheetnames else book.create_sheet("Plan")).append(row)
    book.save(tmp_path / "c.xlsx")
    content = read_calendar_table(tmp_path / "c.xlsx", {"Title": "title", "Type": "artifact_type"})
    assert [entry.title for entry in content.items] == ["Ovens"]
    assert content.notes[:-1] == ("hidden sheets were not read: Sheet",)


def test_a_cell_merged_downwards_holds_for_all_its_rows(tmp_path: Path):
    book = Workbook()
    for row in (["Title", "Type", "Campaign"], ["a", "Email", "Spring"], ["b", "Email", None], ["c", "Email", None]):
        book.active.append(row)
    book.active.merge_cells("C2:C3")
    book.save(tmp_path / "c.xlsx")
    assert [entry.campaign for entry in read(tmp_path / "c.xlsx")] == ["Spring", "Spring", None]


# Names of entries


def test_an_entry_without_an_id_is_known_by_its_title_whatever_else_changes(tmp_path: Path):
    before = one(table(tmp_path, ["Title", "Type", "Date"], ["Ten  Ways", "Email", "2026-03-02"]))
    after = one(table(tmp_path, ["Type", "Date", "Title"], ["Newsletter", "2026-04-09", "ten ways"]))
    assert before.external_id == after.external_id == "ten-ways-" + before.external_id[-10:]


def test_entries_with_one_title_are_numbered_by_their_dates(tmp_path: Path):
    def ids(*days: str) -> dict[str, str]:
        path = table(tmp_path, ["Title", "Type", "Date"], *(["Weekly", "Email", day] for day in days))
        return {str(entry.publish_at)[:10]: entry.external_id for entry in read(path)}

    two = ids("2026-03-12", "2026-03-05")
    assert ids("2026-03-05", "2026-03-19", "2026-03-12").items() > two.items(), "a new one changes no other"
    assert len(set(two.values())) == 2


def test_an_id_is_only_taken_from_a_column_in_which_every_row_has_its_own(tmp_path: Path):
    own = table(tmp_path, ["ID", "Title", "Type"], ["1", "a", "Email"], ["2", "b", "Email"])
    assert [entry.external_id for entry in read(own)] == ["1", "2"]
    shared = table(tmp_path, ["ID", "Title", "Type"], ["1", "a", "Email"], ["1", "b", "Email"])
    assert fields(shared)["ID"] is None


def test_links_into_the_tool_name_the_entries_and_links_elsewhere_do_not(tmp_path: Path):
    inside = table(tmp_path, ["URL", "Title", "Type"], ["https://www.notion.so/a", "a", "Email"],
                   ["https://www.notion.so/b", "b", "Email"])  # fmt: skip
    assert fields(inside)["URL"] == "external_id"
    outside = table(tmp_path, ["URL", "Title", "Type"], ["https://b.example/a", "a", "Email"])
    assert fields(outside)["URL"] == "canonical_url"


def test_a_file_speaks_only_of_what_its_columns_hold(tmp_path: Path):
    entry = one(table(tmp_path, ["Title", "Channel", "Notes"], ["a", "Blog", ""]))
    assert entry.given == {"external_id", "title", "channel", "notes"}


# Guesses


@pytest.mark.parametrize(
    ("column", "cells", "field"),
    [
        ("When", ["2026-03-02", "2026-03-09"], "publish_at"),
        ("When", ["soon", "later"], None),
        ("Stage", ["Draft", "Published"], "status"),
        ("Stage", ["Awareness", "Decision"], "funnel_stage"),
        ("Kolumne", ["LinkedIn", "Instagram"], "channel"),
        ("Foo", ["7", "8"], None),
        ("statsu", ["Idea", "Done"], "status"),
        ("Publish Date (CET)", ["2026-03-02", ""], "publish_at"),
        ("LinkedIn hook", ["Ever?", ""], "linkedin.hook"),
    ],
)
def test_name_and_cells_together_say_what_a_column_holds(
    tmp_path: Path, column: str, cells: list[str], field: str | None
):
    path = table(tmp_path, ["Title", "Type", column], *([f"t{n}", "Email", said] for n, said in enumerate(cells)))
    assert fields(path)[column] == field


def test_a_guess_says_how_sure_it_is_and_why_and_shows_cells(tmp_path: Path):
    path = table(tmp_path, ["Name", "Due date", "Type"], ["a", "2026-03-02", "Email"], ["b", "soon", "Email"])
    name, due, _ = looked_at(path).guesses
    assert name.is_sure and name.reason == "its name" and name.examples == ("a", "b")
    assert not due.is_sure and "50%" in due.reason


def test_the_same_columns_in_another_order_and_case_have_the_same_header():
    assert header_of(["Name", "Publish date"]) == header_of(["publish-date", "NAME"]) != header_of(["Name"])


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_a_calendar_of_another_tool_is_told_by_its_columns(tmp_path: Path, suffix: str):
    rows = [["Our plan"], ["Name", "Status", "Publish date"], ["a", "Done", "2026-03-02"]]
    path = table(tmp_path, *rows) if suffix == ".csv" else workbook(tmp_path, *rows)
    assert sniff(path) == "calendar"


def test_a_column_in_doubt_is_not_read_without_anybody_having_seen_it(tmp_path: Path):
    path = table(tmp_path, ["external_id", "tilte", "artifact_type"], ["a", "A", "email"])
    (fault,) = faults(path)
    assert (fault.row, fault.field) == (1, "tilte")
    assert "Did you mean 'title'?" in fault.remedy
