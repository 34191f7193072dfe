"""The five implicit signals of a vent board: what they say, what they rest on, and when they say nothing."""

import math
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import numpy as np
import pytest
from composition import NOON
from hypothesis import given
from hypothesis import strategies as st

from refleqt_core.intake.vent_plot import themes_over_time
from refleqt_core.intake.vent_signals import VentSignals, vent_signals
from refleqt_core.intake.vent_timing import mean_hour
from refleqt_core.intake.vents import VentEntry, VentTheme
from refleqt_core.values import BusinessId

BUSINESS = BusinessId(UUID(int=1))
THEME, OTHER = UUID(int=100), UUID(int=101)
MOMENTS = st.datetimes(NOON.replace(tzinfo=None) - timedelta(days=200), NOON.replace(tzinfo=None)).map(
    lambda at: at.replace(tzinfo=NOON.tzinfo)
)


def vent(number: int, **changes: Any) -> VentEntry:
    given: dict[str, Any] = {
        "id": UUID(int=1000 + number),
        "business_id": BUSINESS,
        "external_id": str(number),
        "text": "The till froze again",
        "written_at": NOON - timedelta(days=number),
    }
    return VentEntry(**(given | changes))


def theme(id: UUID = THEME, label: str = "till") -> VentTheme:
    return VentTheme(id=id, business_id=BUSINESS, label=label, first_seen=NOON, last_seen=NOON)


def signals(*vents: VentEntry, zone: str = "UTC", as_of: datetime = NOON) -> VentSignals:
    return vent_signals(vents, [theme(), theme(OTHER, "rent")], time_zone=zone, as_of=as_of)


VENTS = st.lists(
    st.tuples(MOMENTS, st.sampled_from([None, -0.8, 0.0, 0.4]), st.sampled_from([None, THEME, OTHER])), max_size=14
).map(lambda rows: [vent(n, written_at=at, sentiment=mood, theme_id=of) for n, (at, mood, of) in enumerate(rows)])


@given(VENTS, st.randoms(use_true_random=False))
def test_the_signals_do_not_depend_on_the_order_of_the_vents(vents: list[VentEntry], random: Any) -> None:
    shuffled = random.sample(vents, len(vents))
    assert signals(*shuffled) == signals(*vents)


@given(VENTS)
def test_every_vent_that_a_signal_names_is_one_of_the_board(vents: list[VentEntry]) -> None:
    found, known = signals(*vents), {each.id for each in vents}
    named = [*found.timing.night, *found.mood.darkest, *found.mood.brightest, *found.length.bursts]
    named += [id for each in found.recurrence.themes for id in each.vents]
    named += [id for each in found.vocabulary.terms or () for id in each.vents]
    assert set(named) <= known
    assert sum(found.timing.by_hour) == found.timing.n == len(vents)


@pytest.mark.parametrize("count", [0, 1, 4])
def test_too_few_vents_say_so_and_no_number(count: int) -> None:
    found = signals(*(vent(number, sentiment=0.1) for number in range(count)))
    for signal in (found.timing, found.mood, found.vocabulary, found.length):
        assert "Too few" in signal.sentence
    assert found.timing.mean_hour is found.timing.p is found.timing.night_share is None
    assert found.mood.mean is found.mood.trend is found.vocabulary.terms is found.length.burst_share is None


def test_what_was_written_later_than_asked_for_is_not_counted() -> None:
    vents = [vent(number) for number in range(10)]
    assert signals(*vents, as_of=NOON - timedelta(days=4)).timing.n == 6


@given(st.lists(st.floats(0, 23.99), min_size=1, max_size=30), st.floats(0, 24))
def test_the_mean_hour_turns_with_the_clock(hours: list[float], turn: float) -> None:
    hour, length, p = mean_hour(hours)
    turned, same, _ = mean_hour([(each + turn) % 24 for each in hours])
    assert same == pytest.approx(length, abs=1e-9) and 0 <= p <= 1
    if length > 1e-6:
        assert math.cos((turned - hour - turn) * math.pi / 12) == pytest.approx(1, abs=1e-6)


def test_the_mean_of_eleven_at_night_and_one_in_the_morning_is_midnight() -> None:
    hour, length, _ = mean_hour([23.0, 1.0])
    assert min(hour, 24 - hour) == pytest.approx(0, abs=1e-9)
    assert length == pytest.approx(math.cos(math.pi / 12))


def test_the_rayleigh_test_finds_one_hour_and_no_hour() -> None:
    assert mean_hour([9.0] * 10)[2] < 0.001
    assert mean_hour([float(hour) for hour in range(24)])[2] > 0.9


def test_p_of_the_rayleigh_test_is_that_of_a_simulation() -> None:
    rng = np.random.default_rng(4)
    length = 0.5
    drawn = np.abs(np.exp(2j * np.pi * rng.random((20_000, 10))).mean(1))
    # Two directions of which the resultant is 0.5: ten hours, five each way of the mean, 120 degrees apart.
    hours = [12 - 4.0] * 5 + [12 + 4.0] * 5
    assert mean_hour(hours)[1] == pytest.approx(length)
    assert mean_hour(hours)[2] == pytest.approx((drawn >= length).mean(), abs=0.01)


def test_hours_are_those_of_the_clocks_of_the_business() -> None:
    late = [vent(number, written_at=(NOON - timedelta(days=number)).replace(hour=21)) for number in range(1, 7)]
    assert signals(*late).timing.night_share == 0
    there = signals(*late, zone="Europe/Berlin").timing
    assert (there.night_share, there.by_hour[22]) == (1.0, 6)
    assert there.mean_hour == pytest.approx(22, abs=0.01) and "around 22:00" in there.sentence


def test_vents_at_all_hours_have_no_mean_hour() -> None:
    spread = [vent(number, written_at=NOON - timedelta(hours=25 * number)) for number in range(24)]
    found = signals(*spread).timing
    assert found.mean_hour is None and "no time of day stands out" in found.sentence


def test_nights_that_are_darker_than_days_are_told() -> None:
    night = [
        vent(n, written_at=(NOON - timedelta(days=n)).replace(hour=23), sentiment=-0.7 - n / 100) for n in range(1, 8)
    ]
    day = [vent(20 + n, sentiment=0.3 + n / 100, written_at=NOON - timedelta(days=n)) for n in range(7)]
    found = signals(*night, *day).timing
    assert found.mood_p is not None and found.mood_p < 0.01 and "at night are darker" in found.sentence


def test_what_was_said_five_times_is_a_core_pain_point() -> None:
    vents = [vent(number, theme_id=THEME) for number in range(5)] + [vent(9, theme_id=OTHER)]
    [found] = signals(*vents).recurrence.themes
    assert (found.label, found.count, found.is_core) == ("till", 5, True)
    [less] = signals(*vents[1:]).recurrence.themes
    assert (less.count, less.is_core) == (4, False)


def test_a_mood_that_falls_is_a_trend_and_one_that_jumps_about_is_none() -> None:
    falling = signals(*(vent(n, sentiment=-0.5 + n / 20) for n in range(12))).mood
    assert falling.trend is not None and falling.trend.direction == "down"
    assert falling.trend.slope == pytest.approx(-1.5) and "darker" in falling.sentence
    assert falling.darkest[0] == vent(0).id
    jumping = signals(*(vent(n, sentiment=(-1.0) ** n / 2) for n in range(12))).mood
    assert jumping.trend is not None and jumping.trend.direction == "none"


def test_a_single_outburst_makes_no_trend() -> None:
    moods = [0.1, 0.12, 0.08, 0.11, 0.09, 0.1, 0.11, -1.0]
    found = signals(*(vent(7 - n, sentiment=mood) for n, mood in enumerate(moods))).mood
    assert found.trend is not None and found.trend.direction == "none"


@pytest.mark.parametrize("moods", [[0.2] * 9, [0.0] * 9])
def test_a_mood_that_is_always_the_same_has_no_direction(moods: list[float]) -> None:
    found = signals(*(vent(n, sentiment=mood) for n, mood in enumerate(moods))).mood
    assert found.trend is not None and (found.trend.slope, found.trend.p) == (0.0, 1.0)


def test_a_word_that_several_recent_vents_have_and_no_earlier_one_is_new() -> None:
    earlier = [vent(40 + n, text=f"The till froze on day {n}") for n in range(12)]
    recent = [vent(n, text=f"Franchise talks with partner {n}") for n in range(8)]
    found = signals(*earlier, *recent).vocabulary
    assert found.terms is not None
    first = found.terms[0]
    assert first.term == "franchise talks" and (first.recent, first.earlier) == (8, 0)
    assert set(first.vents) == {each.id for each in recent} and "(new)" in found.sentence


def test_one_vent_alone_makes_no_new_word() -> None:
    earlier = [vent(40 + n) for n in range(12)]
    recent = [vent(n) for n in range(6)] + [vent(9, text="franchise " * 50)]
    found = signals(*earlier, *recent).vocabulary
    assert all(each.term != "franchise" for each in found.terms or ())


def test_short_bursts_and_long_entries_are_told_apart() -> None:
    bursts = [vent(n, text="Late again!") for n in range(6)]
    essays = [vent(10 + n, text="word " * 120) for n in range(3)]
    found = signals(*bursts, *essays).length
    assert (found.burst_share, found.long_share) == (pytest.approx(6 / 9), pytest.approx(3 / 9))
    assert set(found.long_entries) == {each.id for each in essays}


def test_vents_that_get_shorter_are_a_trend() -> None:
    found = signals(*(vent(n, text="word " * (5 + 4 * n)) for n in range(15))).length
    assert found.trend is not None and found.trend.direction == "down" and "shorter" in found.sentence


@given(VENTS, st.integers(1, 3))
def test_the_plot_counts_every_vent_once_or_names_it_as_left_out(vents: list[VentEntry], most: int) -> None:
    found = themes_over_time(vents, [theme(), theme(OTHER, "rent")], time_zone="UTC", as_of=NOON, most=most)
    assert sum(line.total for line in found.lines) + found.left_out == len(vents)
    assert all(len(line.counts) == len(found.starts) for line in found.lines)
    assert list(found.starts) == sorted(set(found.starts))


def test_a_week_without_a_vent_is_a_column_of_its_own() -> None:
    twice = [vent(0, theme_id=THEME), vent(14, theme_id=THEME)]
    found = themes_over_time(twice, [theme()], time_zone="UTC", as_of=NOON)
    assert (found.step, found.lines[0].counts) == ("week", (1, 0, 1))


def test_a_long_time_is_counted_by_months() -> None:
    twice = [vent(0, theme_id=THEME), vent(300, theme_id=THEME)]
    found = themes_over_time(twice, [theme()], time_zone="UTC", as_of=NOON)
    assert found.step == "month" and all(start.day == 1 for start in found.starts) and len(found.starts) == 11


@pytest.mark.parametrize("year", [1, 1989, 2199, 9999])
def test_a_date_that_cannot_be_right_changes_neither_the_plot_nor_the_signals(year: int) -> None:
    vents = [vent(number, theme_id=THEME, sentiment=0.1) for number in range(9)]
    wrong = vent(50, theme_id=THEME, sentiment=-1.0, written_at=NOON.replace(year=year))
    plots = [
        themes_over_time(those, [theme()], time_zone="Pacific/Kiritimati", as_of=NOON)
        for those in (vents, [*vents, wrong])
    ]
    assert (plots[0].starts, plots[0].lines) == (plots[1].starts, plots[1].lines)
    assert [plot.left_out for plot in plots] == [0, 1]
    assert signals(*vents, wrong) == signals(*vents)
