"""A file of aggregated paths is read whole, or every fault of it is named with its row, field and remedy."""

import tracemalloc
from pathlib import Path

import pytest

from refleqt_adapters.connectors.csv_records import LINE_LIMIT
from refleqt_adapters.connectors.path_file import PathFile, read_path_file
from refleqt_core.errors import Fault, InvalidInput

HEADER = b"path,total_conversions,total_conversion_value,total_null\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "paths.csv"


def read(file: Path, content: bytes, *, skip_bad_rows: bool = False) -> PathFile:
    file.write_bytes(content)
    return read_path_file(file, skip_bad_rows=skip_bad_rows)


def faults(file: Path, content: bytes) -> tuple[Fault, ...]:
    with pytest.raises(InvalidInput) as caught:
        read(file, content)
    assert all(fault.source == str(file) and fault.remedy for fault in caught.value.faults)
    return caught.value.faults


def test_a_file_is_read_into_columns(file: Path):
    table = read(file, HEADER + b"a > b,2,3.5,1\nc,0,0.0,4\n").table
    assert table.paths == ("a > b", "c")
    assert [table.conversions.tolist(), table.values.tolist(), table.nulls.tolist()] == [[2, 0], [3.5, 0], [1, 4]]


def test_short_column_names_in_any_order_and_case_are_known(file: Path):
    table = read(file, b"Null, Conversions,VALUE,path\n1,2,3.5,a\n").table
    assert (table.paths, table.conversions[0], table.values[0], table.nulls[0]) == (("a",), 2, 3.5, 1)


@pytest.mark.parametrize("newline", [b"\n", b"\r\n"], ids=["lf", "crlf"])
def test_a_byte_order_mark_line_ends_and_blank_lines_do_no_harm(file: Path, newline: bytes):
    content = b"\xef\xbb\xbf" + (HEADER + b"\na,1,2,3\n\n").replace(b"\n", newline).rstrip()
    assert read(file, content).table.paths == ("a",)


def test_a_quoted_path_may_hold_commas_and_quotes(file: Path):
    assert read(file, HEADER + b'"a, b > ""c""",1,2,3\n').table.paths == ('a, b > "c"',)


@pytest.mark.parametrize(("header", "absent"), [(b"path,value", "conversions"), (b"path,conversions", "values")])
def test_one_of_conversions_and_value_is_enough(file: Path, header: bytes, absent: str):
    table = read(file, header + b"\na,3\n").table
    assert getattr(table, absent) is None


def test_a_column_that_is_not_used_is_named(file: Path):
    assert read(file, b"index,path,conversions\n0,a,3\n").unused_columns == ("index",)


def test_an_empty_path_is_a_row(file: Path):
    assert read(file, HEADER + b",1,2,3\n").table.paths == ("",)


def test_a_file_with_a_header_alone_has_no_paths(file: Path):
    assert read(file, HEADER).table.paths == ()


@pytest.mark.parametrize("content", [b"", b"\n\n"], ids=["no bytes", "blank lines"])
def test_an_empty_file_is_said_to_be_empty(file: Path, content: bytes):
    assert [fault.problem for fault in faults(file, content)] == ["the file is empty"]


def test_a_wrong_header_names_every_column_that_lacks(file: Path):
    found = faults(file, b"channel,count\na,1\n")
    assert [(fault.row, fault.field) for fault in found] == [(1, "path"), (1, "total_conversions")]
    assert "channel, count" in found[0].problem
    assert "path,total_conversions,total_conversion_value,total_null" in found[0].remedy


def test_two_columns_for_the_same_thing_are_refused(file: Path):
    found = faults(file, b"path,conversions,total_conversions\na,1,2\n")
    assert found[0].problem == "the header has it more than once: conversions and total_conversions"


@pytest.mark.parametrize(
    ("cell", "problem"),
    [
        (b"-1", "-1 is negative"),
        (b"-0.001", "-0.001 is negative"),
        (b"many", "'many' is not a number"),
        (b"nan", "'nan' is not a number"),
        (b"inf", "'inf' is not a number"),
        (b"1_000", "'1_000' is not a number"),
        (b'"1,000"', "'1,000' is not a number"),
        ("١".encode(), "'١' is not a number"),
        (b"1e400", "1e400 is too large"),
        (b"1e99", "1e99 is too large"),
        (b"", "the field is empty"),
    ],
)
@pytest.mark.parametrize("place", [0, 1, 2], ids=["total_conversions", "total_conversion_value", "total_null"])
def test_a_bad_number_is_named_with_row_and_field(file: Path, cell: bytes, problem: str, place: int):
    cells = [b"1", b"2", b"3"]
    cells[place] = cell
    (fault,) = faults(file, HEADER + b"a,1,2,3\nb," + b",".join(cells) + b"\n")
    name = ["total_conversions", "total_conversion_value", "total_null"][place]
    assert (fault.row, fault.field, fault.problem) == (3, name, problem)


def test_minus_zero_is_zero(file: Path):
    assert str(read(file, HEADER + b"a,-0,1,1\n").table.conversions[0]) == "0.0"


def test_all_faults_of_a_file_come_at_once(file: Path):
    content = HEADER + b"a,-1,x,3\nb,1,2\n\xff,1,2,3\nc,1,2,3\n" + b'"d,1,2,3\n'
    found = faults(file, content)
    assert [(fault.row, fault.field) for fault in found] == [
        (2, "total_conversions"),
        (2, "total_conversion_value"),
        (3, None),
        (4, None),
        (6, None),
    ]


def test_rows_are_counted_with_blank_lines_as_a_person_sees_them(file: Path):
    assert faults(file, HEADER + b"\n\na,x,2,3\n")[0].row == 4


@pytest.mark.parametrize("content", [b"a,1\n", b"a,1,2,3,4\n"])
def test_a_row_with_too_few_or_too_many_fields_is_refused(file: Path, content: bytes):
    assert "fields, the header 4" in faults(file, HEADER + content)[0].problem


def test_bytes_that_are_not_utf8_are_named_by_place(file: Path):
    (fault,) = faults(file, HEADER + b"caf\xe9,1,2,3\n")
    assert (fault.row, fault.problem) == (2, "byte 4 of the line (0xe9) is not UTF-8")


def test_a_utf16_file_is_told_to_be_saved_as_utf8(file: Path):
    (fault,) = faults(file, HEADER.decode().encode("utf-16"))
    assert fault.row == 1
    assert "UTF-8" in fault.remedy


def test_a_line_of_a_hundred_megabytes_is_refused_without_holding_it(file: Path):
    with file.open("wb") as target:
        target.write(HEADER)
        for _ in range(100):
            target.write(b"a > " * 250_000)
        target.write(b",1,2,3\nb,-1,2,3\n")
    tracemalloc.start()
    with pytest.raises(InvalidInput) as caught:
        read_path_file(file)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [fault.row for fault in caught.value.faults] == [2, 3]
    assert caught.value.faults[0].problem == "the line is longer than 1,000,000 bytes"
    assert peak < 10 * LINE_LIMIT


def test_an_overlong_last_line_and_an_overlong_header_are_refused(file: Path):
    assert faults(file, HEADER + b"a" * (LINE_LIMIT + 1))[0].row == 2
    assert faults(file, b"a" * (LINE_LIMIT + 1))[0].row == 1


def test_a_field_that_is_too_long_for_csv_is_a_fault_of_its_row(file: Path):
    assert faults(file, HEADER + b"a" * 200_000 + b",1,2,3\n")[0].row == 2


@pytest.mark.parametrize("name", ["missing.csv", "."])
def test_what_cannot_be_opened_is_named(tmp_path: Path, name: str):
    with pytest.raises(InvalidInput, match="file"):
        read_path_file(tmp_path / name)


def test_skipping_bad_rows_keeps_the_good_ones_and_the_reasons(file: Path):
    content = HEADER + b"a,1,2,3\nb,-1,x,3\n\xe9,1,2,3\nc,4,5,6\n"
    result = read(file, content, skip_bad_rows=True)
    assert result.table.paths == ("a", "c")
    assert [(line.row, line.text, len(line.faults)) for line in result.rejected] == [
        (3, "b,-1,x,3", 2),
        (4, "\\xe9,1,2,3", 1),
    ]


def test_every_line_below_the_header_is_kept_or_rejected(file: Path):
    content = HEADER + b"a,1,2,3\n\nb,,,\n" + b"c" * (LINE_LIMIT * 2 + 5) + b"\nd,1,2,3"
    result = read(file, content, skip_bad_rows=True)
    assert (result.table.paths, [line.row for line in result.rejected]) == (("a", "d"), [4, 5])


@pytest.mark.parametrize("content", [b"", b"channel\na\n"], ids=["empty", "wrong header"])
def test_skipping_bad_rows_does_not_help_a_file_without_header(file: Path, content: bytes):
    with pytest.raises(InvalidInput):
        read(file, content, skip_bad_rows=True)
