"""A month in the terminal: a grid that fits, whatever the titles, the width and the signs that it can draw."""

import io
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from composition import NOON
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from refleqt_cli.month_grid import MonthGrid
from refleqt_cli.visible import VisibleConsole
from refleqt_core.intake.calendar import CHANNELS, STATUSES, CalendarEntry
from refleqt_core.outputs.month_view import Day, Ghost, Month
from refleqt_core.values import BusinessId

FIRST = date(2026, 3, 1)


def entry(title: str = "A word on ladles", **changes: Any) -> CalendarEntry:
    given: dict[str, Any] = {"status": "planned", "channel": "email", "artifact_type": "email"}
    return CalendarEntry(
        id=UUID(int=1), business_id=BusinessId(UUID(int=2)), external_id="E-1", title=title, created_at=NOON,
        updated_at=NOON, **(given | changes),
    )  # fmt: skip


def ghost(title: str = "An idea") -> Ghost:
    return Ghost(
        id=UUID(int=3), title=title, artifact_type="email", channel="email", segment="ops", publish_at=NOON, chance=0.5
    )


def month(days: dict[int, dict[str, Any]], first: date = FIRST, today: date = date(2026, 3, 10)) -> Month:
    last = 31 if first.month == 3 else 28
    made = tuple(Day(day=first + timedelta(days=n), **days.get(n + 1, {})) for n in range(last))
    return Month(
        first=first, today=today, time_zone="UTC", days=made, undated=(), undated_count=0, by_status={}, by_stage={}
    )  # fmt: skip


def drawn(found: Month, width: int = 100, *, sunday: bool = False, encoding: str = "utf-8") -> list[str]:
    file = io.TextIOWrapper(io.BytesIO(), encoding=encoding, errors="replace")
    console = VisibleConsole(file=file, width=width, emoji=False, highlight=False)
    console.print(MonthGrid(found, sunday_first=sunday))
    file.flush()
    return file.buffer.getvalue().decode(encoding).splitlines()  # type: ignore[attr-defined]  # a BytesIO


def row_of(lines: list[str], day: int) -> int:
    return next(n for n, line in enumerate(lines) if f" {day} " in line.replace("[", " ").replace("]", " "))


def test_weeks_are_rows_that_begin_on_monday_or_on_sunday() -> None:
    monday, sunday = drawn(month({})), drawn(month({}), sunday=True)
    assert monday[1].split("│")[1:-1] == [
        f" {name}".ljust(13) for name in ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
    ]
    assert monday[3].split("│")[7].strip() == "1"
    assert sunday[1].split("│")[1].strip() == "Sun"
    assert [cell.strip() for cell in sunday[3].split("│")[1:-1]] == ["1", "2", "3", "4", "5", "6", "7"]


def test_a_month_of_four_whole_weeks_has_four_rows() -> None:
    lines = drawn(month({}, first=date(2027, 2, 1)))
    assert sum(line.startswith("├") for line in lines) == 4


def test_an_entry_is_in_the_column_of_its_day_with_the_sign_of_its_status() -> None:
    lines = drawn(month({11: {"entries": (entry("Soup"),)}}))
    cells = lines[row_of(lines, 11) + 1].split("│")
    assert cells[3].strip() == "◔ Soup"
    assert all(not cell.strip() for number, cell in enumerate(cells) if number != 3)


def test_long_titles_take_two_lines_where_there_is_room_and_one_where_not() -> None:
    long = entry("Somebody threw away the whole pan")
    lines = drawn(month({11: {"entries": (long,)}}))
    place = row_of(lines, 11)
    assert [lines[place + n].split("│")[3].rstrip() for n in (1, 2)] == ["◔ Somebody", "  threw away…"]
    three = drawn(month({11: {"entries": (long, long, long)}}))
    assert [three[place + n].split("│")[3].rstrip() for n in (1, 2, 3)] == ["◔ Somebody th…"[:12] + "…"] * 3


def test_what_has_no_room_is_counted() -> None:
    lines = drawn(month({11: {"entries": tuple(entry(f"T{n}") for n in range(5)), "ghosts": (ghost(),)}}))
    place = row_of(lines, 11)
    told = [lines[place + n].split("│")[3].strip() for n in range(1, 5)]
    assert told == ["◔ T0", "◔ T1", "◔ T2", "+3 more"]


def test_four_fit_and_ghosts_come_last() -> None:
    lines = drawn(month({11: {"entries": tuple(entry(f"T{n}") for n in range(3)), "ghosts": (ghost("G"),)}}))
    place = row_of(lines, 11)
    assert lines[place + 4].split("│")[3].strip() == "◌ G"


def test_today_is_marked_and_reviews_are_counted_on_their_day() -> None:
    lines = drawn(month({12: {"reviews": (entry(), entry())}}), encoding="ascii")
    assert sum("[10]" in line for line in lines) == 1
    assert lines[row_of(lines, 12)].split("|")[4].rstrip().endswith("!2")


@settings(max_examples=40, deadline=None)
@given(
    st.dictionaries(
        st.integers(1, 31),
        st.lists(
            st.tuples(st.text(min_size=1, max_size=60), st.sampled_from(STATUSES), st.sampled_from((None, *CHANNELS))),
            max_size=7,
        ),
        max_size=6,
    ),
    st.integers(30, 120),
    st.sampled_from(["utf-8", "ascii"]),
)
def test_no_line_is_wider_than_the_terminal(
    days: dict[int, list[tuple[str, str, str | None]]], width: int, encoding: str
) -> None:
    made = {
        day: {"entries": tuple(entry(title, status=status, channel=channel) for title, status, channel in entries)}
        for day, entries in days.items()
    }
    lines = drawn(month(made), width, encoding=encoding)
    assert max((cell_len(line) for line in lines), default=0) <= width
    assert encoding != "ascii" or all(line.isascii() for line in lines)


def test_a_narrow_terminal_gets_a_list() -> None:
    lines = drawn(month({11: {"entries": (entry("Soup"),), "ghosts": (ghost(),)}}), 50)
    assert [line.rstrip() for line in lines] == [" Wed 11 ◔ Soup", " Wed 11 ◌ An idea"]


@pytest.mark.parametrize("year", [1970, 2199])
def test_far_months_are_drawn_too(year: int) -> None:
    assert drawn(month({}, first=date(year, 3, 1), today=datetime(2026, 3, 1, tzinfo=UTC).date()))
