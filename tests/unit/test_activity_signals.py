"""Five implicit signals of team activities, and the measures that they are made of."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refleqt_core.intake.activity_signals import (
    HeldActivity,
    activity_signals,
    consistency,
    entropy,
    gini,
    participation,
    preference,
    richness,
    spoken_or_written,
)
from refleqt_core.intake.lexical_diversity import mtld
from refleqt_core.intake.transcripts import Turn

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
OFFERED = ("rant_round", "brand_voice_brawl", "competitor_roast", "premortem", "discussion")

AMOUNTS = st.lists(st.integers(0, 1_000), min_size=1, max_size=12)
WORDS = st.lists(st.sampled_from(["we", "sell", "scales", "to", "kitchens", "that", "waste"]), max_size=200)


def held(number: int = 0, **given: Any) -> HeldActivity:
    """An activity, each a week after the one before."""
    defaults: dict[str, Any] = {"activity_type": "rant_round", "held_at": NOON + timedelta(days=7 * number)}
    return HeldActivity(id=UUID(int=number), **(defaults | given))


def test_the_diversity_of_a_known_text_is_the_published_one() -> None:
    # The example of the package LexicalRichness (Shen 2022), whose documentation gives 46.79226361031519.
    text = """Measure of textual lexical diversity, computed as the mean length of sequential words in a text that
    maintains a minimum threshold TTR score. Iterates over words until TTR scores falls below a threshold, then increase
    factor counter by 1 and start over. McCarthy and Jarvis (2010, pg. 385) recommends a factor threshold in the range
    of [0.660, 0.750]. (McCarthy 2005, McCarthy and Jarvis 2010)"""
    assert mtld(re.findall("[a-z]+", text.lower())) == pytest.approx(46.79226361031519, abs=1e-12)


def test_the_example_of_the_paper_has_one_full_factor() -> None:
    # McCarthy and Jarvis 2010: at the sixth word the ratio is .667; what follows has no repetition, and counts nothing.
    words = ["of", "the", "people", "by", "the", "people", "for", "the", "people"]
    forwards = len(words) / 1
    backwards = len(words) / 1
    assert mtld(words) == (forwards + backwards) / 2


def test_words_that_never_come_twice_are_as_diverse_as_they_are_many() -> None:
    assert mtld([f"w{n}" for n in range(30)]) == 30


def test_no_words_have_no_diversity() -> None:
    assert mtld([]) is None


@given(WORDS)
def test_a_text_is_as_diverse_backwards(words: list[str]) -> None:
    assert mtld(words) == (mtld(words[::-1]) if words else None)


def test_two_of_whom_one_says_it_all_are_as_uneven_as_two_can_be() -> None:
    assert gini([0, 10]) == 0.5


@given(AMOUNTS, st.integers(1, 50))
def test_unevenness_does_not_depend_on_the_unit(amounts: list[int], factor: int) -> None:
    scaled = gini([factor * amount for amount in amounts])
    assert scaled == pytest.approx(gini(amounts)) if any(amounts) else scaled is None


@given(AMOUNTS)
def test_unevenness_is_the_mean_difference_by_twice_the_mean(amounts: list[int]) -> None:
    if not any(amounts):
        assert gini(amounts) is None
        return
    n, mean = len(amounts), sum(amounts) / len(amounts)
    by_definition = sum(abs(a - b) for a in amounts for b in amounts) / (2 * n * n * mean)
    assert gini(amounts) == pytest.approx(by_definition)


@given(st.lists(st.integers(1, 50), min_size=1, max_size=10))
def test_entropy_is_most_where_all_are_alike(counts: list[int]) -> None:
    assert entropy(counts) <= entropy([1] * len(counts)) + 1e-9


def test_entropy_of_four_alike_is_two_bits() -> None:
    assert entropy([3, 3, 3, 3]) == 2


def turn(speaker: str | None, words: int, **given: Any) -> Turn:
    return Turn(speaker, " ".join(["word"] * words), **given)


def test_those_who_were_silent_count_as_having_said_nothing() -> None:
    talk = held(participants={"Ada": "", "Bo": "", "Cy": ""}, turns=(turn("Ada", 60), turn("Bo", 60)))
    found = participation([talk], ["Ada", "Bo", "Cy", "Di"])
    assert (found.words, found.share, found.gini) == ({"Ada": 60, "Bo": 60, "Cy": 0}, 0.75, pytest.approx(1 / 3))


def test_what_the_leaders_said_is_told_apart() -> None:
    talk = held(participants={"Ada": "Founder and CEO", "Bo": "sales"}, turns=(turn("Ada", 75), turn("Bo", 25)))
    assert participation([talk], []).founder_share == 0.75


def test_who_was_alone_is_counted() -> None:
    alone, both = held(0, participants={"Ada": ""}), held(1, participants={"Ada": "", "Bo": ""})
    assert participation([alone, both], []).alone == 1


def test_few_words_say_nothing_of_who_speaks_how_much() -> None:
    found = participation([held(participants={"Ada": "", "Bo": ""}, turns=(turn("Ada", 10),))], ["Ada"])
    assert found.gini is None and "less than 50 words" in (found.lacks or "")


def test_a_team_that_nobody_has_named_is_not_compared_with() -> None:
    found = participation([held(participants={"Ada": ""}, turns=(turn("Ada", 60), turn("Bo", 9)))], [])
    assert found.share is None and "no team is on record" in (found.lacks or "")


def test_a_weekly_rhythm_has_no_variation() -> None:
    found = consistency([NOON + timedelta(days=7 * n) for n in range(5)], NOON + timedelta(days=30))
    assert (found.median_days, found.variation, found.days_since, found.lacks) == (7, 0, 2, None)


@pytest.mark.parametrize(
    ("count", "has_median", "has_variation"), [(2, False, False), (3, True, False), (4, True, True)]
)
def test_a_rhythm_is_told_of_as_many_as_it_takes(count: int, has_median: bool, has_variation: bool) -> None:
    found = consistency([NOON + timedelta(days=n * n) for n in range(count)], NOON + timedelta(days=60))
    assert (found.median_days is not None, found.variation is not None) == (has_median, has_variation)


@pytest.mark.parametrize(("days", "only"), [(10, False), (31, True)])
def test_a_first_activity_is_the_only_one_after_a_month(days: int, only: bool) -> None:
    assert consistency([NOON], NOON + timedelta(days=days)).only_first is only


def test_little_text_has_no_diversity_and_says_why() -> None:
    found = richness([held(notes="Too few words.")])
    assert found.diversity is None and "100 are the fewest" in (found.lacks or "")


def test_emotional_range_is_between_the_calm_and_the_charged() -> None:
    found = richness([held(notes="word " * 100, charges=tuple(n / 10 for n in range(11)), topics=("a", "b"))])
    assert found.emotional_range == pytest.approx(0.8)


def test_a_preference_is_told_only_where_chance_does_not_explain_it() -> None:
    types = ["rant_round"] * 9 + ["premortem"]
    found = preference([held(n, activity_type=name) for n, name in enumerate(types)], OFFERED)
    assert [(each.activity_type, each.is_preferred) for each in found.types] == [
        ("rant_round", True),
        ("premortem", False),
    ]


def test_what_is_expected_is_that_all_types_are_held_alike() -> None:
    found = preference([held(n) for n in range(5)], OFFERED)
    assert found.types[0].expected == 1 / 4


def test_talks_that_were_brought_in_are_no_choice() -> None:
    found = preference([held(n, activity_type="discussion") for n in range(9)], OFFERED)
    assert found.types == () and "0 were held" in (found.lacks or "")


def test_what_was_said_aloud_is_told_from_what_was_written() -> None:
    file = UUID(int=9)
    talk = held(
        notes="note " * 40,
        turns=(turn("Ada", 50, artifact_id=file, is_spoken=True), turn("Bo", 10, second=3.0, artifact_id=file)),
    )
    found = spoken_or_written([talk])
    assert (found.spoken_words, found.written_words, found.spoken_share) == (50, 50, 0.5)


def test_lines_of_the_notes_are_not_counted_twice() -> None:
    found = spoken_or_written([held(notes="Ada: " + "word " * 60, turns=(turn("Ada", 60),))])
    assert found.written_words == 61


@given(st.permutations(range(6)))
def test_the_order_of_activities_changes_nothing(order: list[int]) -> None:
    activities = [held(n, notes=f"note {n} " * 20, participants={f"P{n % 2}": ""}) for n in range(6)]
    told = [
        activity_signals(each, team=["P0"], offered=OFFERED, as_of=NOON + timedelta(days=99))
        for each in (activities, [activities[place] for place in order])
    ]
    assert told[0] == told[1]


def test_what_was_held_later_is_not_known_yet() -> None:
    found = activity_signals([held(0), held(1)], team=[], offered=OFFERED, as_of=NOON + timedelta(days=1))
    assert found.consistency.held == 1


def test_nothing_held_gives_no_number() -> None:
    found = activity_signals([], team=[], offered=OFFERED, as_of=NOON)
    numbers = (
        found.participation.share,
        found.participation.gini,
        found.consistency.median_days,
        found.richness.diversity,
        found.spoken_or_written.spoken_share,
    )
    assert set(numbers) == {None}
