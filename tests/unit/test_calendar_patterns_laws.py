"""Laws of the nine signals, over calendars of any kind."""

import json
import random
from typing import Any
from uuid import UUID

import attrs
import pytest
from calendar_rows import NOW, Calendar
from hypothesis import given, settings
from hypothesis import strategies as st

from refleqt_core.intake.calendar import CHANNELS, FUNNEL_STAGES, SEARCH_INTENTS, STATUSES
from refleqt_core.intake.calendar_patterns.analysis import analysed
from refleqt_core.intake.calendar_patterns.document import document_of, patterns_of
from refleqt_core.intake.calendar_patterns.findings import SIGNALS, CalendarPatterns, Finding
from refleqt_core.intake.calendar_patterns.stored_rows import columns_of

WORDS = st.sampled_from(["waste", "Waste ", "bins", "scales", "", "kitchen waste"])
ENTRIES = st.fixed_dictionaries(
    {
        "created": st.integers(-5, 300),
        "status": st.sampled_from(STATUSES),
        "publish": st.none() | st.integers(-40, 300),
        "funnel_stage": st.none() | st.sampled_from(FUNNEL_STAGES),
        "channel": st.none() | st.sampled_from(CHANNELS[:4]),
        "campaign": st.none() | st.sampled_from(["spring", "launch", "always on"]),
        "primary_keyword": st.none() | WORDS,
        "search_intent": st.none() | st.sampled_from(SEARCH_INTENTS[:2]),
        "secondary_keywords": st.lists(WORDS, max_size=3).map(tuple),
    }
)
STEPS = st.lists(st.tuples(st.sampled_from(STATUSES), st.integers(-3, 200)), max_size=4)
IMPORTED = st.sampled_from([None, "Mira", "import of plan.csv"])
CALENDARS = st.lists(st.tuples(ENTRIES, STEPS, IMPORTED, st.none() | st.sampled_from(CHANNELS[:4])), max_size=12)


def made(drawn: list[Any]) -> Calendar:
    calendar = Calendar()
    for fields, steps, by, channel in drawn:
        entry = calendar.entry(**fields)
        calendar.way(entry, *sorted(steps, key=lambda step: -step[1]), by=by)
        if channel:
            calendar.plan(entry, channel=channel)
    return calendar


def findings(patterns: CalendarPatterns) -> list[Finding]:
    return [getattr(patterns, signal) for signal in SIGNALS]


@given(CALENDARS, st.randoms())
@settings(max_examples=80)
def test_the_order_of_the_rows_does_not_matter(drawn: list[Any], order: random.Random) -> None:
    rows = made(drawn).rows
    mixed = attrs.evolve(rows, **{kind: order.sample(each, len(each)) for kind, each in attrs.asdict(rows).items()})
    assert analysed(columns_of(mixed, as_of=NOW)) == analysed(columns_of(rows, as_of=NOW))


@given(CALENDARS)
@settings(max_examples=80)
def test_shares_sum_to_one_and_indices_lie_between_their_ends(drawn: list[Any]) -> None:
    found = made(drawn).patterns()
    funnel, channels, campaigns = found.funnel_balance, found.channel_concentration, found.campaign_clustering
    for parts in (funnel.stages, channels.channels, campaigns.campaigns):
        assert sum(part.share for part in parts) == pytest.approx(1 if parts else 0)
    for parts, index in ((channels.channels, channels.value), (campaigns.campaigns, campaigns.herfindahl)):
        assert (index is None) == (not parts)
        assert index is None or 1 / len(parts) - 1e-9 <= index <= 1 + 1e-9
    assert all(0 <= each.value <= 1 for each in (funnel, channels, campaigns) if each.value is not None)


@given(CALENDARS)
@settings(max_examples=80)
def test_every_entry_is_counted_once(drawn: list[Any]) -> None:
    found = made(drawn).patterns()
    assert found.entries + found.later == len(drawn)
    time, velocity, funnel = found.time_to_publish, found.velocity, found.funnel_balance
    assert time.published + time.waiting + time.logged_later + time.unknown == found.entries
    assert velocity.n + velocity.unknown_start == found.entries
    assert funnel.n + funnel.unstaged == found.entries
    assert found.channel_concentration.n + found.channel_concentration.without == found.entries
    assert found.review_behaviour.done <= found.review_behaviour.due


@given(CALENDARS)
@settings(max_examples=80)
def test_a_value_lies_in_its_interval_and_evidence_names_entries_of_the_calendar(drawn: list[Any]) -> None:
    calendar = made(drawn)
    known = {row[0] for row in calendar.entries}
    for finding in findings(calendar.patterns()):
        if finding.value is not None:
            assert finding.low is None or finding.low <= finding.value + 1e-9
            assert finding.high is None or finding.high >= finding.value - 1e-9
        for evidence in finding.evidence:
            named = [each.id for each in evidence.entries]
            assert len(set(named)) == len(named) == evidence.count
            assert known.issuperset(named)


@given(CALENDARS)
@settings(max_examples=60)
def test_the_document_comes_back_from_json_as_the_same_signals(drawn: list[Any]) -> None:
    patterns = made(drawn).patterns()
    document = document_of(patterns)
    through_json = json.loads(json.dumps(document, allow_nan=False))
    assert through_json == document
    assert patterns_of(through_json) == patterns


@given(CALENDARS, CALENDARS)
@settings(max_examples=40)
def test_details_of_entries_that_are_not_there_change_nothing(drawn: list[Any], others: list[Any]) -> None:
    rows, strange = made(drawn).rows, made(others).rows
    more = {kind: [*getattr(rows, kind), *_moved(getattr(strange, kind))] for kind in ("search", "plans", "steps")}
    assert analysed(columns_of(attrs.evolve(rows, **more), as_of=NOW)) == analysed(columns_of(rows, as_of=NOW))


def _moved(rows: list[Any]) -> list[Any]:
    """The rows about other entries."""
    return [tuple(UUID(int=each.int + 10**9) if isinstance(each, UUID) else each for each in row) for row in rows]
