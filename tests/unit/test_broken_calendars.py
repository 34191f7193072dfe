"""Files that are broken in one way each: all name the file, the row, the column, what stands there, and a remedy."""

import csv
import io
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from openpyxl import Workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from refleqt_adapters.connectors.calendar_table import looked_at, read_calendar_table
from refleqt_adapters.connectors.csv_records import LINE_LIMIT
from refleqt_adapters.connectors.rejected_file import write_rejected
from refleqt_core.errors import Fault, InvalidInput
from refleqt_core.intake.column_reading import TableReading

HEADER = ["ID", "Title", "Type", "Status", "Publish date", "Channel", "Budget", "Currency", "Target", "Slug", "URL"]
FIELDS = dict(
    zip(
        HEADER,
        ["external_id", "title", "artifact_type", "status", "publish_at", "channel", "paid_budget", "currency",
         "kpi_target", "url_slug", "canonical_url"],
        strict=True,
    )
)  # fmt: skip
GOOD = ["1", "Ovens", "Email", "Idea", "2026-03-02", "Email", "10", "EUR", "5", "ovens", "https://b.example/ovens"]
OLE = bytes.fromhex("d0cf11e0a1b11ae1")


class Broken(NamedTuple):
    """The bytes of a file, and what has to be said of them: row, column, a part of the problem or the value in it."""

    data: bytes
    row: int | None
    field: str | None
    says: str
    suffix: str = ".csv"
    fields: Mapping[str, str] | None = FIELDS
    reading: TableReading = TableReading(time_zone="UTC")


def text(*rows: Sequence[str], encoding: str = "utf-8", delimiter: str = ",") -> bytes:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator="\n").writerows(rows)
    return out.getvalue().encode(encoding)


def with_cell(column: str, said: str) -> bytes:
    """Two good rows, and one between them that has that cell."""
    bad = [said if name == column else cell for name, cell in zip(HEADER, ["2", *GOOD[1:]], strict=True)]
    return text(HEADER, GOOD, bad, ["3", *GOOD[1:]])


def book(*rows: Sequence[Any], change: Callable[[Workbook], None] = lambda _: None) -> bytes:
    made = Workbook()
    for row in rows:
        made.active.append(list(row))
    change(made)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def repacked(data: bytes, change: Callable[[str, bytes], bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            new.writestr(part, change(part, old.read(part)))
    return out.getvalue()


def in_sheet(data: bytes, old: bytes, new: bytes) -> bytes:
    return repacked(data, lambda part, xml: xml.replace(old, new) if "sheet1" in part else xml)


def bomb() -> bytes:
    return in_sheet(book(HEADER), b"</sheetData>", b" " * 60_000_000 + b"</sheetData>")


def entities() -> bytes:
    """Ten levels of entities, each ten times the one before."""
    levels = b"".join(b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 10) for n in range(1, 10))
    head = b'<?xml version="1.0"?><!DOCTYPE s [<!ENTITY l0 "ha">' + levels + b"]>"

    def change(part: str, xml: bytes) -> bytes:
        if "sheet1" not in part:
            return xml
        body = xml.split(b"?>", 1)[-1] if xml.startswith(b"<?xml") else xml
        return head + body.replace(
            b"<sheetData>", b"<sheetData><row r='1'><c t='inlineStr'><is><t>&l9;</t></is></c></row>"
        )

    return repacked(book(), change)


def cells() -> Iterator[tuple[str, Broken]]:
    """One bad cell each."""
    for name, column, said, says in (
        ("no id", "ID", "", "empty"),
        ("a very long id", "ID", "x" * 300, "300 characters"),
        ("no title", "Title", "", "empty"),
        ("a title of spaces", "Title", "   ", "empty"),
        ("an unknown type", "Type", "Skywriting", "'Skywriting'"),
        ("an unknown status", "Status", "Cooked", "'Cooked'"),
        ("a status of two", "Status", "Idea, Done", "'Idea, Done'"),
        ("an unknown channel", "Channel", "Fax", "'Fax'"),
        ("a date that does not exist", "Publish date", "2026-02-30", "'2026-02-30'"),
        ("a month that does not exist", "Publish date", "2026-13-01", "'2026-13-01'"),
        ("a day that no order allows", "Publish date", "32/01/2026", "'32/01/2026'"),
        ("a leap day in no leap year", "Publish date", "February 29, 2026", "'February 29, 2026'"),
        ("a month of no language", "Publish date", "Smarch 2, 2026", "'Smarch 2, 2026'"),
        ("words for a date", "Publish date", "next week", "'next week'"),
        ("a year long ago", "Publish date", "1026-03-02", "1026"),
        ("a year far off", "Publish date", "2926-03-02", "2926"),
        ("an hour that does not exist", "Publish date", "2026-03-02 25:00", "'2026-03-02 25:00'"),
        ("thirteen at noon", "Publish date", "2026-03-02 13:00 PM", "'2026-03-02 13:00 PM'"),
        ("an unknown zone", "Publish date", "2026-03-02 09:00 QQQ", "'2026-03-02 09:00 QQQ'"),
        ("a serial beyond all days", "Publish date", "9999999", "'9999999'"),
        ("a negative serial", "Publish date", "-5", "'-5'"),
        ("a date in a page of text", "Publish date", "2026-03-02 " * 50, "is not a moment"),
        ("words for money", "Budget", "a lot", "'a lot'"),
        ("negative money", "Budget", "-3", "-3"),
        ("money with a third of a cent", "Budget", "0.333", "0.333"),
        ("money of two signs", "Budget", "€ 3 USD", "'€ 3 USD'"),
        ("money against its currency", "Budget", "$3", "USD"),
        ("money of badly parted thousands", "Budget", "1,00,000.00", "'1,00,000.00'"),
        ("money beyond all money", "Budget", "9" * 30, "9" * 30),
        ("a currency in words", "Currency", "euros", "'euros'"),
        ("a negative number", "Target", "-1", "-1"),
        ("a number in words", "Target", "many", "'many'"),
        ("a percentage", "Target", "12%", "'12%'"),
        ("a number beyond all numbers", "Target", "1e300", "1e300"),
        ("not a number", "Target", "NaN", "'NaN'"),
        ("a slug with spaces", "Slug", "Our Ovens", "'Our Ovens'"),
        ("a slug that is an address", "Slug", "https://b.example/x", "https://b.example/x"),
        ("an address without a host", "URL", "https:///ovens", "https:///ovens"),
        ("an address of another scheme", "URL", "javascript:alert(1)", "javascript:alert(1)"),
        ("a failed formula", "Target", "#REF!", "#REF!"),
        ("a failed formula as a title", "Title", "#N/A", "#N/A"),
        ("a NUL character", "Title", "a\0b", "NUL"),
    ):  # fmt: skip
        yield name, Broken(with_cell(column, said), 3, column, says)


def lines() -> Iterator[tuple[str, Broken]]:
    """One bad row, or text that is wrong as a whole."""
    whole = text(HEADER, GOOD)
    yield "a row with too few cells", Broken(whole + b"2,Stoves\n", 3, None, "2 fields, the header 11")
    yield "a row with too many cells", Broken(whole + b",".join([b"x"] * 13) + b"\n", 3, None, "13 fields")
    yield "a quote that is never closed", Broken(whole + b'2,"Stoves\n' + text(["3", *GOOD[1:]]), 3, None, "quote")
    yield "text behind a quote", Broken(whole + b'2,"Sto"ves,,,,,,,,,\n', 3, None, "not CSV")
    yield "a byte that is not UTF-8", Broken(whole + b"2,Caf\x81" + b"," * 9 + b"\n", 3, None, "0x81")
    yield "half of a surrogate pair", Broken(whole + b"2,\xed\xa0\x80" + b"," * 9 + b"\n", 3, None, "not UTF-8")
    yield (
        "a cut UTF-16",
        Broken(
            b"\xff\xfe" + whole.decode().encode("utf-16-le") + "2,".encode("utf-16-le") + b"\x00\xd8", 3, None, "UTF-16"
        ),
    )
    yield "a cell beyond all cells", Broken(whole + b'2,"' + b"x" * 200_000 + b'"\n', 3, None, "longer than 131,072")
    yield "a line beyond all lines", Broken(whole + b"x" * (LINE_LIMIT + 9) + b"\n", 3, None, f"{LINE_LIMIT:,}")
    yield "old line ends", Broken(whole + b"2,Stoves\r3,Pans\n", 3, None, "carriage return")
    yield "an id that is there twice", Broken(text(HEADER, GOOD, GOOD), 2, "ID", "'1' stands in row 3 too")
    yield "an empty file", Broken(b"", None, None, "the file is empty")
    yield "nothing but blank lines", Broken(b"\n \n\t\n", None, None, "the file is empty")
    yield "nothing but a byte order mark", Broken(b"\xef\xbb\xbf", None, None, "the file is empty")
    yield "a header alone", Broken(text(HEADER), None, None, "a header and no rows")
    yield "a header and a sum", Broken(text(HEADER, ["Total", *[""] * 10]), None, None, "a header and no rows")
    yield "a header that is not UTF-8", Broken(b"T\x81tel,Stat\xfcs\na,b\n", 1, None, "0x81", fields=None)
    yield "a header with a NUL", Broken(b"Ti\0tle,Type,Status\na,b,c\n", 1, None, "NUL", fields=None)
    yield (
        "a header of very many columns",
        Broken(b"Title" + b",x" * 1_200 + b"\na\n", 1, None, "1,201 columns", fields=None),
    )
    yield "a picture", Broken(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4, 1, None, "", fields=None)


def mappings() -> Iterator[tuple[str, Broken]]:
    """What is said of the columns cannot be."""
    data = text(HEADER, GOOD)
    twice = FIELDS | {"Slug": "title"}
    yield (
        "two columns for one field",
        Broken(data, 1, "Slug", "'Title' and 'Slug' are both said to be title", fields=twice),
    )
    yield "a column that is not there", Broken(data, 1, "Titel", "no column 'Titel'", fields={"Titel": "title"})
    yield "a field that is not there", Broken(data, 1, "Title", "no field 'titel'", fields={"Title": "titel"})
    yield "no title at all", Broken(data, 1, "title", "no column holds the title", fields={"Type": "artifact_type"})
    yield "no title is guessed", Broken(text(["Foo", "Bar"], ["1", "2"]), 1, "title", "no column holds", fields=None)
    said = TableReading(defaults={"artifact_type": "skywriting"})
    yield "a default that is no value", Broken(data, None, "artifact_type", "'skywriting'", reading=said)
    said = TableReading(values={"status": {"Cooked": "done"}})
    yield "a word that means no value", Broken(data, None, "status", "'done'", reading=said)
    said = TableReading(values={"title": {"a": "b"}})
    yield "words for a field without a choice", Broken(data, None, "title", "choice", reading=said)


def workbooks() -> Iterator[tuple[str, Broken]]:
    """Workbooks that are none, or that hold what cannot be read."""
    good = book(HEADER, GOOD)
    formula = [f"=A{n}&B{n}" for n in range(2, 3)]
    for name, broken in {
        "a workbook that is no archive": Broken(b"Title,Type\na,Email\n", None, None, "cannot be read as a workbook"),
        "an archive that is no workbook": Broken(repacked(good, lambda *_: b""), None, None, "cannot be read"),
        "half of a workbook": Broken(good[: len(good) // 2], None, None, "cannot be read as a workbook"),
        "a locked workbook": Broken(OLE + b"\0" * 600, None, None, "locked with a password"),
        "a bomb": Broken(bomb(), None, None, "would unpack to"),
        "entities within entities": Broken(entities(), None, None, "", fields=None),
        "a sheet of broken XML": Broken(in_sheet(good, b"</row>", b"</wor>"), None, None, "cannot be read"),
        "an empty workbook": Broken(book(), None, None, "the file is empty"),
        "a workbook without a header": Broken(book(["Hello"], ["there"]), None, None, "the file is empty"),
        "a sheet that is not there": Broken(
            good, None, None, "no sheet 'Plan'", reading=TableReading(sheet="Plan")
        ),
        "a formula without a value": Broken(
            book(["Title", "Type"], [*formula, "Email"]), 2, "Title", "'=A2&B2' was never computed",
            fields={"Title": "title", "Type": "artifact_type"},
        ),
        "a formula that has failed": Broken(
            book(HEADER, [*GOOD[:8], "#DIV/0!", *GOOD[9:]]), 2, "Target", "'#DIV/0!' has failed",
        ),
        "a row far to the right": Broken(
            book(HEADER, GOOD, change=lambda made: made.active.cell(3, 1_200, "x")), 3, None, "more than 1,000 columns"
        ),
        "a serial of no day": Broken(book(HEADER, [*GOOD[:4], -3.5, *GOOD[5:]]), 2, "Publish date", "'-3.5'"),
    }.items():  # fmt: skip
        yield name, broken._replace(suffix=".xlsx")


CORPUS = dict([*cells(), *lines(), *mappings(), *workbooks()])


def test_there_are_as_many_broken_files_as_are_called_for():
    assert len(CORPUS) >= 60


def read(path: Path, broken: Broken, **more: Any) -> Any:
    return read_calendar_table(path, broken.fields, broken.reading, **more)


@pytest.mark.parametrize("name", CORPUS)
def test_a_broken_file_is_refused_with_place_value_and_remedy(tmp_path: Path, name: str):
    broken = CORPUS[name]
    path = tmp_path / f"plan{broken.suffix}"
    path.write_bytes(broken.data)
    with pytest.raises(InvalidInput) as caught:
        read(path, broken)
    found: tuple[Fault, ...] = caught.value.faults
    assert all(fault.source == str(path) and fault.problem and fault.remedy for fault in found)
    there = [fault for fault in found if (fault.row, fault.field) == (broken.row, broken.field)]
    assert any(broken.says in fault.problem for fault in there), found


@pytest.mark.parametrize("name", [name for name, broken in CORPUS.items() if broken.row == 3])
def test_the_good_rows_around_a_broken_one_can_be_kept(tmp_path: Path, name: str):
    broken = CORPUS[name]
    path = tmp_path / f"plan{broken.suffix}"
    path.write_bytes(broken.data)
    content = read(path, broken, skip_bad_rows=True)
    assert content.items and "Ovens" in {entry.title for entry in content.items}
    assert [line.row for line in content.rejected] == [3]
    with write_rejected(path, content.rejected).open(encoding="utf-8", newline="") as file:
        kept = list(csv.DictReader(file))
    told = [(path.name, "3", fault.field or "", fault.problem, fault.remedy) for fault in content.rejected[0].faults]
    assert [(row["file"], row["row"], row["field"], row["problem"], row["remedy"]) for row in kept] == told
    if broken.suffix != ".ics":
        assert all(row["value"] for row in kept if row["field"] and "empty" not in row["problem"]), kept


def test_all_faults_of_a_file_come_at_once(tmp_path: Path):
    path = tmp_path / "plan.csv"
    path.write_bytes(text(HEADER, ["1", "", "Fax", "Cooked", "soon", "Fax", "x", "EUR", "y", "A b", "z"]))
    with pytest.raises(InvalidInput) as caught:
        read_calendar_table(path, FIELDS, TableReading(time_zone="UTC"))
    assert [fault.field for fault in caught.value.faults] == [
        "Title", "Type", "Status", "Publish date", "Channel", "Budget", "Target", "Slug", "URL",
    ]  # fmt: skip


def test_rows_below_an_open_quote_keep_their_numbers(tmp_path: Path):
    path = tmp_path / "plan.csv"
    rows = [["3", *GOOD[1:]], ["4", "a\nb", *GOOD[2:]], ["5", "", *GOOD[2:]]]
    path.write_bytes(text(HEADER, GOOD) + b'2,"Stoves\n' + text(*rows))
    with pytest.raises(InvalidInput) as caught:
        read_calendar_table(path, FIELDS, TableReading(time_zone="UTC"))
    assert [(fault.row, fault.field) for fault in caught.value.faults] == [(3, None), (7, "Title")]


def test_dates_of_a_workbook_of_1904_are_not_four_years_off(tmp_path: Path):
    def of_1904(made: Workbook) -> None:
        made.epoch = CALENDAR_MAC_1904

    path = tmp_path / "plan.xlsx"
    path.write_bytes(
        book(HEADER, [*GOOD[:4], datetime(2026, 3, 2), *GOOD[5:]], ["2", *GOOD[1:4], 44621, *GOOD[5:]], change=of_1904)
    )
    content = read_calendar_table(path, FIELDS, TableReading(time_zone="UTC"))
    assert {entry.publish_at.date().isoformat() for entry in content.items if entry.publish_at} == {"2026-03-02"}


def test_columns_that_are_called_the_same_are_told_apart(tmp_path: Path):
    path = tmp_path / "plan.csv"
    path.write_bytes(text(["Title", "Type", "Notes", "Notes"], ["a", "Email", "one", "two"]))
    assert looked_at(path).columns == ("Title", "Type", "Notes", "Notes (2)")
    assert looked_at(path).fields == {"Title": "title", "Type": "artifact_type", "Notes": "notes"}


def test_a_cell_far_below_is_named_and_the_empty_rows_above_it_cost_nothing(tmp_path: Path):
    made = book(HEADER, GOOD, change=lambda book: book.active.cell(100_000, 3, "x"))
    (tmp_path / "plan.xlsx").write_bytes(made)
    content = read_calendar_table(tmp_path / "plan.xlsx", FIELDS, TableReading(time_zone="UTC"), skip_bad_rows=True)
    assert [entry.title for entry in content.items] == ["Ovens"]
    assert [line.row for line in content.rejected] == [100_000]


def test_of_very_many_faults_the_first_are_held_and_the_others_counted(tmp_path: Path):
    path = tmp_path / "plan.csv"
    path.write_bytes(text(["Title", "Type"], *[["a", "fax"]] * 5_000))
    with pytest.raises(InvalidInput) as caught:
        read_calendar_table(path, {"Title": "title", "Type": "artifact_type"})
    assert len(caught.value.faults) == 1_000
    assert "4,950 more faults" in str(caught.value)
