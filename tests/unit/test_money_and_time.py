"""Small values: money that sums to the cent, periods that meet without overlap, and the checks of entities."""

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any

import attrs
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from refleqt_core.errors import InvalidInput
from refleqt_core.values import Money, Period, aware, not_negative, one_of, share, total

AMOUNTS = st.integers(-(10**18), 10**18)
WEIGHTS = st.lists(st.floats(0, 1e300), min_size=1, max_size=8).filter(any)
MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))


@given(AMOUNTS, WEIGHTS)
def test_allocated_parts_sum_to_the_amount(minor: int, weights: list[float]) -> None:
    assert sum(part.minor for part in Money(minor=minor).allocate(weights)) == minor


@given(AMOUNTS, WEIGHTS)
def test_each_part_is_within_one_unit_of_its_exact_share(minor: int, weights: list[float]) -> None:
    whole = sum(map(Fraction, weights))
    for part, weight in zip(Money(minor=minor).allocate(weights), weights, strict=True):
        assert abs(part.minor - minor * Fraction(weight) / whole) < 1


@given(st.integers(0, 10**18), WEIGHTS)
def test_more_weight_never_gets_less(minor: int, weights: list[float]) -> None:
    parts = [part.minor for part in Money(minor=minor).allocate(weights)]
    by_weight = [part for _, part in sorted(zip(weights, parts, strict=True))]
    assert by_weight == sorted(by_weight)


def test_of_equal_shares_the_earlier_gets_the_cent_that_is_left() -> None:
    assert [part.minor for part in Money(minor=100).allocate([1, 1, 1])] == [34, 33, 33]


@pytest.mark.parametrize("weights", [[], [0.0, 0.0], [1.0, -1.0], [float("nan"), 1.0], [float("inf"), 1.0]], ids=str)
def test_weights_that_say_nothing_are_invalid(weights: list[float]) -> None:
    with pytest.raises(InvalidInput, match="not all zero"):
        Money(minor=1).allocate(weights)


@given(AMOUNTS, st.sampled_from(["EUR", "JPY", "KWD"]))
def test_an_amount_is_read_as_it_was_written(minor: int, currency: str) -> None:
    digits = {"EUR": 2, "JPY": 0, "KWD": 3}[currency]
    text = f"{minor // 10**digits}.{minor % 10**digits:0{digits}}" if digits and minor >= 0 else f"{minor}e-{digits}"
    assert Money.parse(text, currency) == Money(minor=minor, currency=currency)


@pytest.mark.parametrize(("text", "why"), [("12.345", "more decimals"), ("nan", "decimals"), ("twelve", "1234.50")])
def test_what_is_no_amount_is_invalid_and_says_why(text: str, why: str) -> None:
    with pytest.raises(InvalidInput, match=why):
        Money.parse(text)


def test_an_amount_reads_as_people_write_it() -> None:
    assert str(Money(minor=123_456_789)) == "1,234,567.89 EUR"
    assert str(Money(minor=-5, currency="JPY")) == "-5 JPY"


@given(AMOUNTS, AMOUNTS)
def test_what_is_added_can_be_taken_away_again(left: int, right: int) -> None:
    assert Money(minor=left) + Money(minor=right) - Money(minor=right) == Money(minor=left)


@pytest.mark.parametrize("combine", [lambda a, b: a + b, lambda a, b: a - b, lambda a, b: a < b])
def test_two_currencies_are_not_combined(combine: Any) -> None:
    with pytest.raises(InvalidInput, match="cannot combine EUR with USD"):
        combine(Money(minor=1), Money(minor=1, currency="USD"))


def test_halves_of_a_cent_go_to_the_even_one() -> None:
    assert [Money(minor=minor).scaled(0.5).minor for minor in (1, 3, 5)] == [0, 2, 2]


def test_nothing_to_add_up_is_zero() -> None:
    assert total([], "USD") == Money(minor=0, currency="USD")


def test_a_total_is_the_sum() -> None:
    assert total([Money(minor=1), Money(minor=2), Money(minor=3)]) == Money(minor=6)


@given(MOMENTS)
def test_a_moment_lies_in_its_own_month_and_in_no_other(moment: datetime) -> None:
    month = Period.month(moment.date())
    assert moment in month
    assert moment not in Period.month((month.start - timedelta(days=1)).date())
    assert moment not in Period.month(month.end.date())


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)))
def test_months_meet_without_gap(day: date) -> None:
    month = Period.month(day)
    assert Period.month(month.end.date()).start == month.end


@given(MOMENTS, MOMENTS)
def test_a_period_that_does_not_end_after_its_start_is_invalid(start: datetime, end: datetime) -> None:
    assume(end <= start)
    with pytest.raises(InvalidInput, match="end after its start"):
        Period(start=start, end=end)


def test_a_period_without_a_time_zone_is_invalid() -> None:
    with pytest.raises(InvalidInput, match="no time zone"):
        Period(start=datetime(2026, 1, 1), end=datetime(2026, 2, 1))


@attrs.frozen
class Checked:
    """One field for each check."""

    moment: datetime | None = attrs.field(default=None, validator=aware)
    chance: float | None = attrs.field(default=None, validator=share)
    count: float | Money | None = attrs.field(default=None, validator=not_negative)
    colour: str | tuple[str, ...] | None = attrs.field(default=None, validator=one_of("red", "blue"))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"moment": datetime(2026, 1, 1)}, "no time zone"),
        ({"chance": 1.01}, "chance is 1.01"),
        ({"chance": float("nan")}, "chance is nan"),
        ({"count": -1}, "count is -1"),
        ({"count": Money(minor=-1)}, "cannot be negative"),
        ({"colour": "green"}, "none of: red, blue"),
        ({"colour": ("red", "green")}, "colour is 'green'"),
    ],
    ids=str,
)
def test_a_wrong_value_is_refused_with_its_name(given: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        Checked(**given)


def test_what_is_not_known_passes_every_check() -> None:
    assert Checked() == Checked(moment=None, chance=None, count=None, colour=None)
