"""What holds of any file, any cell and any mapping: values or `InvalidInput`, no row lost, memory bounded."""

import io
import tracemalloc
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from refleqt_adapters.connectors.calendar_table import looked_at, read_calendar_table
from refleqt_adapters.connectors.cells import Unreadable
from refleqt_adapters.connectors.mapped_cells import CellReader, title_of
from refleqt_adapters.connectors.mapped_rows import key_of
from refleqt_adapters.connectors.text_records import TextRecords
from refleqt_adapters.connectors.written_dates import Written, clock
from refleqt_core.errors import Fault, InvalidInput
from refleqt_core.intake.cell_shapes import Sample
from refleqt_core.intake.column_guess import guessed
from refleqt_core.intake.column_reading import TableReading, decimals_of, order_of
from refleqt_core.intake.table_fields import FIELDS

HEADER = b"Title,Type,Publish date,Budget,Tags\n"
FIELDS_OF = {"Title": "title", "Type": "artifact_type", "Publish date": "publish_at", "Budget": "paid_budget"}
said = st.text(st.sampled_from("0123456789/.-: ,;|'\"=$€→()TZWMarchpmGUéx\0\n\ud800"), max_size=30) | st.text(
    max_size=30
)
readers = st.builds(
    CellReader,
    order=st.sampled_from(["dmy", "mdy"]),
    decimals=st.sampled_from(["point", "comma"]),
    zone=st.sampled_from([None, ZoneInfo("Europe/Amsterdam")]),
    is_own=st.booleans(),
)


@settings(max_examples=300, deadline=None)
@given(reader=readers, field=st.sampled_from(sorted(FIELDS)), cell=said.map(str.strip).filter(bool))
@example(CellReader(zone=ZoneInfo("Europe/Amsterdam")), "publish_at", "0001-01-01")
@example(CellReader(), "paid_budget", "9" * 5_000)
@example(CellReader(), "core_web_vitals", "[" * 5_000)
def test_every_parser_gives_a_value_or_says_what_is_wrong(reader: CellReader, field: str, cell: str):
    try:
        reader.parser(FIELDS[field])(cell)
    except Unreadable as wrong:
        assert wrong.problem and wrong.remedy


@settings(max_examples=300, deadline=None)
@given(cell=said, at=said)
def test_every_text_is_a_moment_of_our_time_or_none(cell: str, at: str):
    for read in (lambda: Written("dmy", ZoneInfo("Europe/Amsterdam")).moment(cell, at), lambda: clock(at)):
        try:
            found = read()
        except Unreadable:
            continue
        assert not isinstance(found, datetime) or (found.tzinfo is UTC and 1899 <= found.year <= 2201)


@given(at=st.datetimes(datetime(1901, 1, 1), datetime(2199, 1, 1)).map(lambda at: at.replace(microsecond=0, second=0)))
def test_a_moment_is_read_in_every_way_that_it_is_written(at: datetime):
    utc = ZoneInfo("UTC")
    day, month = Written("dmy", utc), Written("mdy", utc)
    expected = at.replace(tzinfo=UTC)
    assert day.moment(f"{at:%d/%m/%Y %H:%M}") == expected == month.moment(f"{at:%m/%d/%Y %I:%M %p}")
    assert day.moment(f"{at:%B %d, %Y %I:%M %p}") == expected == month.moment(f"{at.isoformat()}Z")
    assert day.moment(f"{at:%A, %d %b %Y}", f"{at:%H:%M}") == expected
    assert order_of([f"{at:%d/%m/%Y}"]) in ({"dmy"} if at.day > 12 else {None})
    serial = (at - datetime(1899, 12, 30)).total_seconds() / 86_400
    assert day.moment(f"{serial:.6f}") == expected


@given(st.lists(st.decimals(0, 10**9, places=2), min_size=1), st.sampled_from([",.", ".,"]))
def test_a_column_of_amounts_shows_its_decimal_sign(amounts: list[Any], signs: str):
    cells = [f"{each:,.2f}".translate(str.maketrans(",.", signs)) for each in amounts]
    assert decimals_of(cells) == ("point" if signs == ",." else "comma")


@given(st.text(max_size=300))
def test_a_key_is_the_same_whatever_the_case_and_spaces_and_never_long(title: str):
    assert key_of(title) == key_of(f"  {title} ".replace(" ", "  "))
    assert len(key_of(title)) <= 60
    assert len(title_of(title)) <= 121 and "\n" not in title_of(title)


@settings(deadline=None)
@given(st.lists(st.text(max_size=12), min_size=1, max_size=8, unique=True), st.data())
def test_no_field_is_guessed_for_two_columns(columns: list[str], data: st.DataObject):
    samples = [Sample(cells=data.draw(st.lists(said.filter(bool), max_size=4)), rows=4) for _ in columns]
    found = [guess.field for guess in guessed(columns, samples) if guess.field]
    assert len(found) == len(set(found))
    assert all(0 <= guess.confidence <= 1 and guess.reason for guess in guessed(columns, samples))


def read_all(path: Path) -> Any:
    """What is read of the file, or its faults; nothing else is ever raised."""
    try:
        looked_at(path)
        return read_calendar_table(path, FIELDS_OF, TableReading(time_zone="UTC"), skip_bad_rows=True)
    except InvalidInput as error:
        assert error.faults and all(fault.source == str(path) for fault in error.faults)
        assert all(fault.problem and fault.remedy for fault in error.faults)
        return None


PIECES = (
    b'"',
    b",",
    b";",
    b"\t",
    b"\n",
    b"\r\n",
    b"\r",
    b"a",
    b"Email",
    b"2026-03-02",
    b"\xff\xfe",
    b"\0",
    b"\xc3\xa9",
    b"\xe9",
)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200) | st.lists(st.sampled_from(PIECES), max_size=40).map(b"".join), st.booleans())
def test_any_bytes_give_entries_or_faults(tmp_path_factory: pytest.TempPathFactory, content: bytes, has_header: bool):
    path = tmp_path_factory.mktemp("any") / "plan.csv"
    path.write_bytes(HEADER + content if has_header else content)
    read_all(path)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.sampled_from([piece for piece in PIECES if piece not in (b"\0", b"\xff\xfe")]), max_size=40).map(
        b"".join
    )
)
def test_no_line_is_lost_whatever_the_quotes(content: bytes):
    """The lines of all records together are those of the file but the blank ones."""
    reads = list(TextRecords("x", io.BytesIO(content)))
    lines = content.decode("utf-8", "surrogateescape").split("\n")
    seen = {row for read in reads for row in range(read.row, read.row + max(1, read.text.rstrip("\n").count("\n") + 1))}
    filled = {row for row, line in enumerate(lines, 1) if line.strip("\r")}
    assert filled <= seen, (content, reads)
    assert all(isinstance(read.cells, Fault) or read.cells for read in reads)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300), st.integers(0, 10_000), st.integers(0, 60))
def test_any_damage_to_a_workbook_gives_entries_or_faults(
    tmp_path_factory: pytest.TempPathFactory, damage: bytes, place: int, cut: int
):
    data = WORKBOOK
    at = place % len(data)
    path = tmp_path_factory.mktemp("any") / "plan.xlsx"
    path.write_bytes(data[:at] + damage + data[at + cut :])
    read_all(path)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.lists(
            st.none() | st.booleans() | st.floats(-1e9, 1e9) | st.datetimes(datetime(1900, 3, 1), datetime(2200, 1, 1))
            | st.text(st.characters(min_codepoint=32, exclude_categories=["Cs"]), max_size=8),
            min_size=1, max_size=5,
        ),
        max_size=4,
    )
)  # fmt: skip
def test_any_cells_of_a_workbook_give_entries_or_faults(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[Any]]
):
    path = tmp_path_factory.mktemp("any") / "plan.xlsx"
    path.write_bytes(workbook(*rows))
    content = read_all(path)
    if content is not None:
        named = sum(any(cell not in (None, "") for cell in row) for row in rows)
        assert len(content.items) + len(content.rejected) + content.passed_over <= named


def workbook(*rows: list[Any]) -> bytes:
    made = Workbook()
    made.active.append(["Title", "Type", "Publish date", "Budget", "Tags"])
    for row in rows:
        made.active.append(row)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


WORKBOOK = workbook(["Ovens", "Email", datetime(2026, 3, 2), 10, "a, b"])


def peak_of(path: Path) -> int:
    """Bytes that reading the file takes at most."""
    tracemalloc.start()
    try:
        with pytest.raises(InvalidInput):
            read_calendar_table(path, FIELDS_OF, TableReading(time_zone="UTC"))
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    "content",
    [b"x" * 20_000_000, b'"' + b"x\n" * 30_000, b'a,"' + b"y" * 20_000_000, b"\n" * 300_000],
    ids=["one line", "an open quote", "one cell", "blank lines"],
)
def test_a_large_file_that_holds_nothing_is_not_held(tmp_path: Path, content: bytes):
    path = tmp_path / "plan.csv"
    path.write_bytes(HEADER + content)
    del content
    assert peak_of(path) < 16_000_000
