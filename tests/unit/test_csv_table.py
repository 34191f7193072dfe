"""A CSV file is read whole as values, or every fault of it is named with its row, field and remedy."""

import csv
import tracemalloc
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refleqt_adapters.connectors.cells import (
    amount,
    choice,
    day,
    moment,
    number,
    text,
    time_zone,
    whole,
    words,
    yes_no,
)
from refleqt_adapters.connectors.csv_records import HELD, LINE_LIMIT, LISTED, Lines, records
from refleqt_adapters.connectors.csv_table import Column, Problem, Table, read_header, read_table
from refleqt_adapters.connectors.rejected_file import rejected_path, write_rejected
from refleqt_core.errors import Fault, InvalidInput, Unavailable
from refleqt_core.values import Money

COLUMNS = (
    Column("id", text, required=True),
    Column("kind", choice("email", "blog", "B2B_SaaS"), default="blog"),
    Column("on", day),
    Column("at", moment),
    Column("cost", amount, beside=("currency",)),
    Column("count", whole(minimum=0)),
    Column("tags", words(), default=()),
)
HEADER = b"id,kind,on,at,cost,currency,count,tags\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "rows.csv"


def read(file: Path, content: bytes, **how: Any) -> Table:
    file.write_bytes(content)
    return read_table(file, COLUMNS, key="id", **how)


def read_into(file: Path, content: bytes) -> Path:
    file.write_bytes(content)
    return file


def faults(file: Path, content: bytes, **how: Any) -> tuple[Fault, ...]:
    with pytest.raises(InvalidInput) as caught:
        read(file, content, **how)
    assert all(fault.source == str(file) and fault.remedy for fault in caught.value.faults)
    return caught.value.faults


def fault_of(file: Path, column: str, cell: str) -> Fault:
    file.write_text(f"id,{column}\na,{cell}\n", encoding="utf-8")
    with pytest.raises(InvalidInput) as caught:
        read_table(file, COLUMNS)
    (fault,) = caught.value.faults
    return fault


def test_every_cell_is_read_as_what_its_column_holds(file: Path):
    row = b"a,Email,2026-03-31,2026-03-31T09:00:00+02:00,12.5,USD,3,x; y ;\n"
    table = read(file, HEADER + row)
    assert table.numbers == [2]
    assert table.rows == [
        {
            "id": "a",
            "kind": "email",
            "on": date(2026, 3, 31),
            "at": datetime(2026, 3, 31, 7, tzinfo=UTC),
            "cost": Money(minor=1250, currency="USD"),
            "count": 3,
            "tags": ("x", "y"),
        }
    ]


def test_empty_cells_and_absent_columns_are_the_default(file: Path):
    (row,) = read(file, b"id,kind,cost\na,,\n").rows
    assert row == {"id": "a", "kind": "blog", "on": None, "at": None, "cost": None, "count": None, "tags": ()}


def test_money_without_a_currency_is_in_euros(file: Path):
    assert read(file, b"id,cost\na,1\n").rows[0]["cost"] == Money(minor=100, currency="EUR")


@pytest.mark.parametrize("delimiter", [b",", b";", b"\t"], ids=["comma", "semicolon", "tab"])
def test_the_header_says_what_separates_the_columns(file: Path, delimiter: bytes):
    content = b"id,kind,count\na,email,3\n".replace(b",", delimiter)
    assert read(file, content).rows[0]["count"] == 3


@pytest.mark.parametrize("newline", [b"\n", b"\r\n"], ids=["lf", "crlf"])
def test_a_byte_order_mark_line_ends_blank_lines_and_blank_rows_do_no_harm(file: Path, newline: bytes):
    content = b"\xef\xbb\xbf" + b"Id, Kind \n\na,email\n,\n\n".replace(b"\n", newline)
    table = read(file, content)
    assert ([row["id"] for row in table.rows], table.numbers) == (["a"], [3])


def test_a_quoted_cell_may_hold_separators_quotes_and_line_breaks(file: Path):
    table = read(file, b'id,kind\n"a, ""b""\n\nc",email\nd,blog\n')
    assert [row["id"] for row in table.rows] == ['a, "b"\n\nc', "d"]
    assert table.numbers == [2, 5]


def test_columns_that_nobody_asked_for_are_named_even_if_they_are_there_twice(file: Path):
    assert read(file, b"id,colour,colour,\na,1,2,3\n").unused_columns == ("colour", "colour")


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xef\xbb\xbf"], ids=["no bytes", "blank lines", "a mark alone"])
def test_an_empty_file_is_said_to_be_empty(file: Path, content: bytes):
    assert [fault.problem for fault in faults(file, content)] == ["the file is empty"]


def test_a_file_with_a_header_alone_is_said_to_have_no_rows(file: Path):
    assert [fault.problem for fault in faults(file, HEADER)] == ["the file has a header and no rows"]


def test_a_missing_column_is_named_with_those_that_are_there(file: Path):
    (fault,) = faults(file, b"name,tags\na,b\n")
    assert (fault.row, fault.field) == (1, "id")
    assert "it has: name, tags" in fault.problem
    assert "id, kind, on, at, cost, currency, count, tags" in fault.remedy


def test_a_misspelt_column_is_a_fault_that_names_the_nearest(file: Path):
    (fault,) = faults(file, b"id,curency\na,EUR\n")
    assert (fault.row, fault.field, fault.remedy) == (1, "curency", "Did you mean 'currency'?")


def test_a_column_that_is_there_twice_is_refused(file: Path):
    (fault,) = faults(file, b"id,kind,KIND\na,blog,email\n")
    assert (fault.field, fault.problem) == ("kind", "the header has it more than once")


def test_a_header_of_very_many_columns_is_refused(file: Path):
    (fault,) = faults(file, b"id," * 5_000 + b"\na\n")
    assert "more than 1,000" in fault.problem


@pytest.mark.parametrize("content", [b"", b"name\na\n", b"id,kindd\na,b\n", HEADER], ids=range(4))
def test_skipping_bad_rows_does_not_help_a_file_that_is_wrong_as_a_whole(file: Path, content: bytes):
    assert faults(file, content, skip_bad_rows=True)


@pytest.mark.parametrize(
    ("column", "cell", "problem"),
    [
        ("on", "31.03.2026", "'31.03.2026' is not a day"),
        ("on", "2026-02-30", "'2026-02-30' is not a day"),
        ("on", "0026-02-03", "'0026-02-03' is in the year 26"),
        ("at", "tomorrow", "'tomorrow' is not a moment"),
        ("at", "2026-03-31T25:00:00Z", "'2026-03-31T25:00:00Z' is not a moment"),
        ("at", "2026-03-31T09:00:00", "'2026-03-31T09:00:00' has no time zone"),
        ("at", "0001-01-01T00:00:00+14:00", "'0001-01-01T00:00:00+14:00' is in the year 1"),
        ("cost", "-5", "-5 is negative"),
        ("cost", "free", "'free' is not an amount of money"),
        ("cost", "1_000", "'1_000' is not an amount of money"),
        ("cost", "1e9", "'1e9' is not an amount of money"),
        ("cost", "NaN", "'NaN' is not an amount of money"),
        ("cost", '"1,50"', "'1,50' is not an amount of money"),
        ("cost", "0.001", "'0.001' has more decimals than EUR has"),
        ("count", "-1", "-1 is negative"),
        ("count", "1.5", "'1.5' is not a whole number"),
        ("count", "1e400", "1e400 is too large"),
        ("count", "٣", "'٣' is not a number"),
        ("kind", "fax", "'fax' is none of: email, blog, B2B_SaaS"),
    ],
)
def test_a_bad_cell_is_named_with_row_field_and_problem(file: Path, column: str, cell: str, problem: str):
    fault = fault_of(file, column, cell)
    assert (fault.row, fault.field, fault.problem) == (2, column, problem)


def test_a_moment_without_a_time_zone_says_how_to_write_one(file: Path):
    assert "2026-03-31T09:00:00+02:00" in fault_of(file, "at", "2026-03-31T09:00:00").remedy


def test_a_misspelt_choice_names_the_nearest(file: Path):
    assert fault_of(file, "kind", "b2b_sas").remedy == "Did you mean 'B2B_SaaS'?"


def test_a_wrong_currency_is_a_fault_of_the_currency_given_once(file: Path):
    columns = (Column("cost", amount, beside=("currency",)), Column("budget", amount, beside=("currency",)))
    file.write_text("cost,budget,currency\n1,2,Euro\n")
    with pytest.raises(InvalidInput) as caught:
        read_table(file, columns)
    assert [(fault.field, fault.problem) for fault in caught.value.faults] == [("currency", "'Euro' is not a currency")]


@pytest.mark.parametrize(
    ("parse", "cell"),
    [
        (yes_no, "perhaps"),
        (time_zone, "Mars/Olympus"),
        (time_zone, "../etc/passwd"),
        (number(minimum=0, maximum=1), "1.01"),
        (number(minimum=2), "1"),
        (words(each=choice("a")), "a;b"),
    ],
)
def test_what_a_parser_cannot_read_is_a_fault(file: Path, parse: Any, cell: str):
    file.write_text(f'x\n"{cell}"\n')
    with pytest.raises(InvalidInput):
        read_table(file, [Column("x", parse)])


@pytest.mark.parametrize(("cell", "said"), [("TRUE", True), ("yes", True), ("0", False), ("No", False)])
def test_yes_and_no_are_read_in_their_usual_spellings(cell: str, said: bool):
    assert yes_no(cell) is said


def test_an_id_that_is_there_twice_is_named_in_both_rows(file: Path):
    found = faults(file, b"id\na\nb\na\n")
    assert [(fault.row, fault.field, fault.problem) for fault in found] == [
        (2, "id", "'a' stands in row 4 too"),
        (4, "id", "'a' stands in row 2 too"),
    ]


def test_an_id_that_is_there_very_often_names_a_few_rows_and_counts_the_others(file: Path):
    found = faults(file, b"id\n" + b"a\n" * 100)
    assert len(found) == 100
    assert found[99].problem == "'a' stands in row 2, 3, 4, 5, 6 and 94 more rows too"


def test_an_id_of_a_faulty_row_counts_as_well(file: Path):
    found = faults(file, b"id,count\na,x\na,1\n")
    assert [(fault.row, fault.field) for fault in found] == [(2, "count"), (2, "id"), (3, "id")]


def test_rows_that_share_an_id_are_all_left_out_when_bad_rows_are_skipped(file: Path):
    table = read(file, b"id,count\na,1\nb,2\na,3\n", skip_bad_rows=True)
    assert [row["id"] for row in table.rows] == ["b"]
    assert table.numbers == [3]
    assert [(line.row, line.text) for line in table.rejected] == [(2, "a,1"), (4, "a,3")]


def test_a_check_of_the_whole_row_names_its_field(file: Path):
    def check(row: Any) -> list[Problem]:
        return [Problem("on", "there is no day", "Write it.")] if row["count"] and row["on"] is None else []

    (fault,) = faults(file, b"id,count\na,1\nb,\n", check=check)
    assert (fault.row, fault.field) == (2, "on")


@pytest.mark.parametrize("row", [b"a\n", b"a,email,\n"], ids=["too short", "too long"])
def test_a_row_of_another_length_than_the_header_is_refused(file: Path, row: bytes):
    (fault,) = faults(file, b"id,kind\n" + row)
    assert "fields, the header 2" in fault.problem


def test_a_row_may_end_early_where_its_kind_of_file_allows_it(file: Path):
    assert read(file, b"id,kind,count\na,email\n", short_rows=True).rows[0]["kind"] == "email"
    assert faults(file, b"id,kind,count\na,email,1,2\n", short_rows=True)


def test_a_row_that_ends_before_a_required_cell_lacks_it(file: Path):
    (fault,) = faults(file, b"kind,id\nemail\n", short_rows=True)
    assert (fault.field, fault.problem) == ("id", "the field is empty")


def test_bytes_that_are_not_utf8_are_named_by_row_and_place(file: Path):
    (fault,) = faults(file, b"id\na\ncaf\xe9\nb\n")
    assert (fault.row, fault.problem) == (3, "byte 4 of the line (0xe9) is not UTF-8")


def test_bytes_that_are_not_utf8_in_a_cell_of_several_lines_are_named_by_their_own_row(file: Path):
    (fault,) = faults(file, b'id\n"a\ncaf\xe9"\nb\n')
    assert (fault.row, fault.problem) == (3, "byte 4 of the line (0xe9) is not UTF-8")


def test_a_utf16_file_is_told_to_be_saved_as_utf8(file: Path):
    (fault,) = faults(file, HEADER.decode().encode("utf-16"))
    assert (fault.row, "UTF-8" in fault.remedy) == (1, True)


@pytest.mark.parametrize("content", [b"id\0\na\n", b"id,kind\n\0a,blog\n"], ids=["header", "row"])
def test_a_nul_character_is_named(file: Path, content: bytes):
    assert "NUL" in faults(file, content)[0].problem


def test_a_quote_that_is_never_closed_is_a_fault_of_its_line_alone(file: Path):
    table = read(file, b'id,kind\na,blog\n"b,blog\nc,email\n"d",email\n', skip_bad_rows=True)
    assert [row["id"] for row in table.rows] == ["a", "c", "d"]
    assert [(line.row, line.text) for line in table.rejected] == [(3, '"b,blog')]
    assert table.rejected[0].faults[0].problem == "a quote is opened and not closed"


def test_a_row_that_runs_on_by_an_open_quote_says_to_where(file: Path):
    (fault,) = faults(file, b'id,kind\n"a,blog\nb,",email,x\n')
    assert fault.problem == "the row has 3 fields, the header 2, and runs on to row 3"


def test_old_line_ends_are_named(file: Path):
    assert "carriage return" in faults(file, b"id,kind\ra,blog\r")[0].problem


def test_an_open_quote_in_every_line_is_a_fault_of_every_line(file: Path):
    table = read(file, b"id\n" + b'"a\n' * 20_001, skip_bad_rows=True)
    assert (len(table.rows), len(table.rejected)) == (0, 20_001)


def test_a_line_of_a_hundred_megabytes_is_refused_without_holding_it(file: Path):
    with file.open("wb") as target:
        target.write(b"id,count\n")
        for _ in range(100):
            target.write(b"a > " * 250_000)
        target.write(b",1\nb,-1\n")
    tracemalloc.start()
    with pytest.raises(InvalidInput) as caught:
        read_table(file, COLUMNS, key="id")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [fault.row for fault in caught.value.faults] == [2, 3]
    assert caught.value.faults[0].problem == "the line is longer than 1,000,000 bytes"
    assert peak < 10 * LINE_LIMIT


def test_a_cell_of_many_lines_that_never_ends_is_not_held_either(file: Path):
    with file.open("wb") as target:
        target.write(b'id\n"')
        for _ in range(400):
            target.write((b"a" * 9_999 + b"\n") * 10)
    tracemalloc.start()
    table = read_table(file, [Column("id", len)], skip_bad_rows=True)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (table.rejected[0].row, len(table.rows)) == (2, 3_999)
    assert peak < 10 * LINE_LIMIT


def test_a_row_of_very_many_cells_with_line_breaks_is_refused(file: Path):
    content = b"id,b\n" + b'"' + (b"a" * 99_999 + b'\n","') * 12 + b'"\nx,y\n'
    table = read_table(read_into(file, content), [Column("id", text), Column("b", text)], skip_bad_rows=True)
    assert table.rejected[0].row == 2
    assert "at most 1,000,000 bytes" in table.rejected[0].faults[0].remedy
    assert table.rows[-1] == {"id": "x", "b": "y"}


def test_an_overlong_line_that_begins_with_spaces_is_not_taken_for_a_blank_one(file: Path):
    (fault,) = faults(file, b"id\na\n" + b" " * (LINE_LIMIT + 10) + b"x\n")
    assert (fault.row, "longer than" in fault.problem) == (3, True)


def test_all_faults_of_a_file_come_at_once(file: Path):
    content = HEADER + b"a,fax,x,y,-1,EUR,-1,\n,,,,,,1,\nb\n\xff,,,,,,,\n"
    assert [(fault.row, fault.field) for fault in faults(file, content)] == [
        *((2, name) for name in ("kind", "on", "at", "cost", "count")),
        (3, "id"),
        (4, None),
        (5, None),
    ]


def test_a_message_lists_the_first_faults_and_counts_the_others(file: Path):
    file.write_bytes(b"id,count\n" + b"".join(b"%d,x\n" % n for n in range(LISTED + 7)))
    with pytest.raises(InvalidInput) as caught:
        read_table(file, COLUMNS)
    assert len(caught.value.faults) == LISTED + 7
    assert len(str(caught.value).splitlines()) == LISTED + 1
    assert str(caught.value).endswith("… and 7 more faults")


def test_a_field_that_is_too_long_is_said_to_be_too_long(file: Path):
    (fault,) = faults(file, b"id\n" + b"a" * 131_073 + b"\nb\n")
    assert (fault.row, fault.problem) == (2, "a field of the line is longer than 131,072 characters")


@pytest.mark.parametrize("cell", [b"%d,x\n", b"a,%d\n"], ids=["bad cells", "shared keys"])
def test_of_very_many_faults_the_first_are_held_and_the_others_counted(file: Path, cell: bytes):
    with pytest.raises(InvalidInput) as caught:
        read(file, b"id,count\n" + b"".join(cell % n for n in range(HELD + 2_000)))
    assert len(caught.value.faults) == HELD
    assert str(caught.value).endswith(f"… and {HELD + 2_000 - LISTED:,} more faults")
    assert caught.value.__notes__ == ["1,000 faults were kept, and 2,000 more were only counted."]


def test_very_many_bad_rows_that_are_skipped_are_all_kept(file: Path):
    content = b"id,count\n" + b"".join(b"%d,x\n" % n for n in range(HELD + 9))
    assert len(read(file, content, skip_bad_rows=True).rejected) == HELD + 9


def test_a_message_names_file_row_field_problem_and_remedy(file: Path):
    message = str(fault_of(file, "count", "-1"))
    assert message == (f"{file}, row 2, field 'count': -1 is negative. Write a whole number, 0 or more.")


@pytest.mark.parametrize("name", ["missing.csv", "."])
def test_what_cannot_be_opened_is_named(tmp_path: Path, name: str):
    with pytest.raises(InvalidInput, match="CSV file that can be read"):
        read_table(tmp_path / name, COLUMNS)


def test_the_header_of_a_file_is_read_alone(file: Path):
    file.write_bytes(b"\xef\xbb\xbfPublish At;id\n\xff\n")
    assert read_header(file) == ("publish_at", "id")


cells = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20)


@given(rows=st.lists(st.tuples(cells, cells), min_size=1, max_size=8))
def test_every_record_that_is_written_is_read_back(tmp_path_factory: pytest.TempPathFactory, rows: Any):
    path = tmp_path_factory.mktemp("records") / "rows.csv"
    with path.open("w", encoding="utf-8", newline="") as target:
        target.write("id,text\n")
        csv.writer(target).writerows(rows)
    with path.open("rb") as source:
        read_back = [record.cells for record in records("rows.csv", Lines(source))]
    assert read_back == [["id", "text"], *map(list, rows)]


@given(content=st.lists(st.sampled_from([b"a", b",", b'"', b"\n", b"\r\n", b"\xe9", b"\0", b" "])).map(b"".join))
def test_any_bytes_give_rows_or_faults_and_no_row_is_lost(tmp_path_factory: pytest.TempPathFactory, content: bytes):
    path = tmp_path_factory.mktemp("bytes") / "rows.csv"
    path.write_bytes(b"id,b\nx,\n" + content)
    table = read_table(path, [Column("id", text), Column("b", text)], skip_bad_rows=True)
    with path.open("rb") as source:
        taken = list(records("rows.csv", Lines(source)))[1:]
    blank = [each.row for each in taken if isinstance(each.cells, list) and not any(map(str.strip, each.cells))]
    assert sorted([*table.numbers, *(line.row for line in table.rejected), *blank]) == [each.row for each in taken]


def test_the_rejected_rows_are_written_beside_the_file_with_their_reasons(file: Path):
    table = read(file, b'id,count,kind\na,-1,fax\nb,1,blog\n"c",x,blog\n', skip_bad_rows=True)
    written = write_rejected(file, table.rejected)
    assert written == rejected_path(file) == file.with_name("rows.csv.rejected.csv")
    with written.open(encoding="utf-8", newline="") as source:
        rows = list(csv.DictReader(source))
    assert [(row["file"], row["row"], row["field"], row["value"], row["text"]) for row in rows] == [
        ("rows.csv", "2", "kind", "fax", "a,-1,fax"),
        ("rows.csv", "2", "count", "-1", "a,-1,fax"),
        ("rows.csv", "4", "count", "x", '"c",x,blog'),
    ]
    assert (rows[0]["problem"], rows[0]["remedy"]) == (
        "'fax' is none of: email, blog, B2B_SaaS", "Write one of them."
    )  # fmt: skip


def test_nothing_in_the_file_of_rejected_rows_is_a_formula(file: Path):
    table = read(file, b"id,count\n=1+2,=HYPERLINK(1)\n", skip_bad_rows=True)
    with write_rejected(file, table.rejected).open(encoding="utf-8", newline="") as source:
        (row,) = csv.DictReader(source)
    assert (row["value"], row["text"]) == ("'=HYPERLINK(1)", "'=1+2,=HYPERLINK(1)")


def test_the_file_of_rejected_rows_replaces_an_older_one_and_leaves_nothing_else(file: Path):
    table = read(file, b"id,count\na,x\n", skip_bad_rows=True)
    write_rejected(file, table.rejected)
    write_rejected(file, ())
    assert rejected_path(file).read_text() == "file,row,field,value,problem,remedy,text\n"
    assert sorted(each.name for each in file.parent.iterdir()) == ["rows.csv", "rows.csv.rejected.csv"]


def test_rejected_rows_that_cannot_be_written_say_so_and_leave_nothing(file: Path):
    table = read(file, b"id,count\na,x\n", skip_bad_rows=True)
    rejected_path(file).mkdir()
    with pytest.raises(Unavailable, match="rejected"):
        write_rejected(file, table.rejected)
    assert len(list(file.parent.iterdir())) == 2
