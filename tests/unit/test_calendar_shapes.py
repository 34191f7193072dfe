"""What other tools put into cells: addresses behind names, lists of people, profiles, zones, other letters."""

import csv
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from refleqt_adapters.connectors.calendar_table import looked_at, read_calendar_table
from refleqt_adapters.connectors.keyed_rows import FileContent
from refleqt_core.errors import InvalidInput
from refleqt_core.intake.column_reading import TableReading
from refleqt_core.intake.drafts import EntryDraft

AMSTERDAM = TableReading(time_zone="Europe/Amsterdam")
SPRING, FALL = "https://www.notion.so/Spring-1f3a?pvs=21", "https://www.notion.so/acme/Fall-77"


def table(folder: Path, *rows: Sequence[str], encoding: str = "utf-8", delimiter: str = ",") -> Path:
    path = folder / "plan.csv"
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file, delimiter=delimiter).writerows(rows)
    return path


def content(path: Path, reading: TableReading = AMSTERDAM) -> FileContent[EntryDraft]:
    return read_calendar_table(path, looked_at(path).fields, reading)


def one(path: Path) -> EntryDraft:
    (entry,) = content(path).items
    return entry


def test_what_a_relation_of_notion_names_is_kept_without_its_address(tmp_path: Path):
    path = table(
        tmp_path,
        ["Name", "Type", "Campaign", "Persona", "Tags", "Platform"],
        ["Ovens", "Email", f"Spring ({SPRING})", f"Head chef ({FALL})", f"food ({SPRING}), waste ({FALL})",
         f"LinkedIn ({SPRING})"],
    )  # fmt: skip
    entry = one(path)
    assert (entry.campaign, entry.buyer_persona, entry.tags) == ("Spring", "Head chef", ("food", "waste"))
    assert entry.channel == "linkedin"
    assert not any("several" in note for note in content(path).notes)


def test_of_several_campaigns_the_first_is_the_entrys_and_the_others_are_told(tmp_path: Path):
    path = table(tmp_path, ["Name", "Type", "Campaign"], ["Ovens", "Email", f"Spring, late ({SPRING}), Fall ({FALL})"])
    assert one(path).campaign == "Spring, late"
    (note,) = [each for each in content(path).notes if "several" in each]
    assert "'Campaign' names several" in note and "Fall" in note


def test_an_address_in_a_note_stays(tmp_path: Path):
    path = table(tmp_path, ["Name", "Type", "Notes"], ["Ovens", "Email", f"see Spring ({SPRING})"])
    assert one(path).notes == f"see Spring ({SPRING})"


def test_of_several_people_the_first_is_the_owner_and_the_others_are_the_team(tmp_path: Path):
    path = table(tmp_path, ["Name", "Type", "Assign"], ["Ovens", "Email", "Bo, Cy, Di"], ["Pans", "Email", "Bo"])
    first, second = content(path).items
    assert (first.owner, first.team, second.owner, second.team) == ("Bo", ("Cy", "Di"), "Bo", ())
    assert first.given is not None and second.given is not None
    assert "team" in first.given and "team" not in second.given, "a single name says nothing of a team"
    assert any("the others are its team: 'Bo, Cy, Di'" in note for note in content(path).notes)


def test_an_owner_in_our_own_column_or_beside_a_team_stays_as_it_is(tmp_path: Path):
    path = table(tmp_path, ["title", "artifact_type", "owner"], ["Ovens", "email", "Bell, Ann"])
    assert (one(path).owner, one(path).team) == ("Bell, Ann", ())
    path = table(tmp_path, ["Name", "Type", "Assign", "Team members"], ["Ovens", "Email", "Bo, Cy", "Di"])
    assert (one(path).owner, one(path).team) == ("Bo, Cy", ("Di",))


@pytest.mark.parametrize(
    ("said", "channel"),
    [
        ("@acme (Twitter)", "twitter"),
        ("Acme Inc. (LinkedIn Page)", "linkedin"),
        ("LinkedIn - Acme", "linkedin"),
        ("Instagram: acme.kitchen", "instagram"),
    ],
)
def test_a_profile_names_its_channel(tmp_path: Path, said: str, channel: str):
    path = table(tmp_path, ["Text", "Date", "Profile"], ["Our ovens", "2026-03-02", said])
    assert (one(path).channel, one(path).artifact_type) == (channel, "social_post")


def test_a_profile_on_two_channels_is_none(tmp_path: Path):
    path = table(tmp_path, ["Name", "Type", "Channel"], ["Ovens", "Email", "Acme (Twitter) (LinkedIn)"])
    with pytest.raises(InvalidInput, match="is none of"):
        read_calendar_table(path, {"Name": "title", "Type": "artifact_type", "Channel": "channel"}, AMSTERDAM)


def test_a_zone_in_the_header_is_that_of_the_column(tmp_path: Path):
    path = table(tmp_path, ["Name", "Type", "Publish Date (America/New_York)"], ["Ovens", "Email", "2026-03-02 09:00"])
    assert one(path).publish_at == datetime(2026, 3, 2, 14, tzinfo=UTC)
    assert any("America/New_York" in note for note in looked_at(path, AMSTERDAM).notes)
    path = table(tmp_path, ["Name", "Type", "Publish Date (No/Where)"], ["Ovens", "Email", "2026-03-02 09:00"])
    assert one(path).publish_at == datetime(2026, 3, 2, 8, tzinfo=UTC), "what is no zone says nothing"


@pytest.mark.parametrize(
    ("said", "at"), [(0.375, "09:00"), (0.25, "06:00"), (0.3958333333333333, "09:30"), (0, "00:00"), ("9:15", "09:15")]
)
def test_a_time_of_a_sheet_may_be_a_part_of_the_day(tmp_path: Path, said: Any, at: str):
    book = Workbook()
    for row in (["Name", "Type", "Date", "Time"], ["Ovens", "Email", datetime(2026, 1, 5), said]):
        book.active.append(row)
    book.save(tmp_path / "plan.xlsx")
    fields = {"Name": "title", "Type": "artifact_type", "Date": "publish_at", "Time": "publish_time"}
    (entry,) = read_calendar_table(tmp_path / "plan.xlsx", fields, TableReading(time_zone="UTC")).items
    assert f"{entry.publish_at:%H:%M}" == at


def test_in_a_text_a_point_parts_hours_from_minutes(tmp_path: Path):
    path = table(tmp_path, ["Name", "Type", "Date", "Time"], ["Ovens", "Email", "2026-01-05", "0.25"])
    fields = {"Name": "title", "Type": "artifact_type", "Date": "publish_at", "Time": "publish_time"}
    (entry,) = read_calendar_table(path, fields, TableReading(time_zone="UTC")).items
    assert f"{entry.publish_at:%H:%M}" == "00:25"


GERMAN = (
    ["Überschrift", "Format", "Status", "Verantwortliche", "Veröffentlichungsdatum", "Suchvolumen"],
    ["Öfen – groß", "Blogartikel", "In Prüfung", "Jörg", "02.03.2026", "1.200"],
)


def test_a_german_file_of_excel_is_read_with_its_letters_and_says_so(tmp_path: Path):
    path = table(tmp_path, *GERMAN, encoding="cp1252", delimiter=";")
    entry = one(path)
    assert (entry.title, entry.artifact_type, entry.status) == ("Öfen – groß", "blog_copy", "in_review")
    assert (entry.owner, entry.search_volume, f"{entry.publish_at:%Y-%m-%d %H}") == ("Jörg", 1200, "2026-03-01 23")
    (note,) = [note for note in content(path).notes if "Windows-1252" in note]
    assert "not UTF-8" in note and "'Überschrift'" in note
    assert not [note for note in content(table(tmp_path, *GERMAN, delimiter=";")).notes if "1252" in note]


@pytest.mark.parametrize("more", [b"\x81", b"\x9d", "ü".encode(), b"\x01"])
def test_what_windows_does_not_have_or_utf_8_has_is_not_read_as_windows(tmp_path: Path, more: bytes):
    path = tmp_path / "plan.csv"
    path.write_bytes(b"Name,Type\nCaf\xe9,Email\nPans" + more + b",Email\n")
    with pytest.raises(InvalidInput, match=r"0xe9\) is not UTF-8"):
        read_calendar_table(path, {"Name": "title", "Type": "artifact_type"}, AMSTERDAM)


def test_a_letter_of_utf_8_between_two_pieces_is_seen(tmp_path: Path):
    path = tmp_path / "plan.csv"
    start = b"Name,Type\nCaf\xe9,Email\n"
    path.write_bytes(start + b"x" * ((1 << 20) - len(start) - 1) + "ü".encode() + b",Email\n")
    with pytest.raises(InvalidInput, match="UTF-8"):
        read_calendar_table(path, {"Name": "title", "Type": "artifact_type"}, AMSTERDAM)


@given(title=st.text("äöüÄÖÜßéèçñabc ", min_size=1).filter(lambda said: said.strip() and not said.isascii()))
def test_any_title_of_western_letters_survives_windows_1252(tmp_path_factory: pytest.TempPathFactory, title: str):
    path = table(tmp_path_factory.mktemp("w"), ["Name", "Type"], [title, "email"], encoding="cp1252")
    assert one(path).title == title.strip()


@pytest.mark.parametrize(
    ("column", "said", "field", "value"),
    [
        ("Statut", "Brouillon", "status", "in_production"),
        ("Statut", "Planifié", "status", "planned"),
        ("Status", "In Prüfung", "status", "in_review"),
        ("Estado", "Borrador", "status", "in_production"),
        ("Format", "Blogartikel", "artifact_type", "blog_copy"),
        ("Verantwortlicher", "Ann", "owner", "Ann"),
        ("Rédacteur", "Ann", "owner", "Ann"),
        ("Volume de recherche", "120", "search_volume", 120),
        ("Mot clé", "four", "primary_keyword", "four"),
        ("Kampagnenname", "Ernte", "campaign", "Ernte"),
    ],
)
def test_words_of_other_languages_are_known(tmp_path: Path, column: str, said: str, field: str, value: object):
    other = ["Type", "email"] if field != "artifact_type" else ["Note", "x"]
    path = table(tmp_path, ["Titel", other[0], column], ["a", other[1], said])
    assert getattr(one(path), field) == value


def test_entries_that_are_known_by_their_titles_are_said_to_be(tmp_path: Path):
    told = "one with a changed title is another entry"
    assert any(told in note for note in content(table(tmp_path, ["Name", "Type"], ["Ovens", "Email"])).notes)
    named = table(tmp_path, ["ID", "Name", "Type"], ["1", "Ovens", "Email"], ["2", "Pans", "Email"])
    assert not any("changed title" in note for note in content(named).notes)
