"""Plots in lines of text, as a terminal shows them."""

import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from refleqt_cli.text_plots import Drawn, bar, interval_line, sparkline


def shown(drawn: Drawn, encoding: str = "utf-8") -> str:
    out = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    Console(file=out, width=80).print(drawn)
    out.seek(0)
    return out.read().removesuffix("\n")


def test_the_largest_value_is_the_highest_and_zero_is_a_blank() -> None:
    assert shown(sparkline([0, 1, 4, 8])) == " ▁▄█"
    assert shown(sparkline([0, 0])) == "  "
    assert shown(sparkline([])) == ""


def test_a_bar_is_as_long_as_its_share_and_little_is_not_nothing() -> None:
    assert shown(bar(0.5, width=4)) == "━━──"
    assert shown(bar(0.001, width=4)) == "━───"
    assert shown(bar(0.0, width=4)) == "────"
    assert shown(bar(1.7, width=4)) == "━━━━"


def test_an_interval_lies_around_its_point() -> None:
    assert shown(interval_line(5, 2, 8, most=10, width=10)) == "──━━━●━━━─"
    assert shown(interval_line(10, 10, 10, most=10, width=5)) == "────●"
    assert shown(interval_line(0, 0, 0, most=0, width=3)) == "●──"


DRAWN = st.one_of(
    st.lists(st.floats(0, 1e6), max_size=30).map(sparkline),
    st.floats(0, 1).map(bar),
    st.lists(st.floats(0, 100), min_size=3, max_size=3).map(
        lambda three: interval_line(sorted(three)[1], min(three), max(three), 100)
    ),
)


@given(DRAWN)
def test_a_terminal_without_unicode_gets_as_many_columns_of_ascii(drawn: Any) -> None:
    plain = shown(drawn, "ascii")
    assert plain.isascii()
    assert len(plain) == len(shown(drawn))


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_the_ends_of_a_line_are_on_it(value: float) -> None:
    assert shown(interval_line(value, 0, 1, most=1, width=6)).count("●") == 1
