"""Whether people say the same of the same things: statements compared, and the widest pairs side by side."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from composition import NOON, Composition
from hypothesis import given, settings
from hypothesis import strategies as st

from refleqt_adapters.embedder.memory import HashingEmbedder
from refleqt_core.context.activity_report import KIND
from refleqt_core.context.alignment import FEWEST_PAIRS, Alignment, Statement, alignment
from refleqt_core.context.records import AnalyticsSnapshot
from refleqt_core.errors import InvalidInput
from refleqt_core.intake.activities import Participant
from refleqt_core.intake.drafts import ActivityDraft

DAY = datetime(2026, 3, 2, tzinfo=UTC)
WORDS = ["customers", "kitchens", "scales", "waste", "prices", "always", "never", "want", "love", "hate"]


def said(speaker: str, text: str, second: float | None = None) -> Statement:
    return Statement(speaker, text, UUID(int=1), DAY, second)


def aligned(*statements: Statement, show: int = 5) -> Alignment:
    def mood(text: str) -> float:
        return 0.8 * (("love" in text) - ("hate" in text))

    return alignment(statements, HashingEmbedder(), mood, show=show)


STATEMENTS = st.lists(
    st.builds(
        said,
        st.sampled_from(["Ada", "Bo", "Cy"]),
        st.lists(st.sampled_from(WORDS), min_size=3, max_size=8).map(" ".join),
        st.none() | st.floats(0, 100),
    ),
    max_size=12,
)


@given(STATEMENTS, st.randoms())
@settings(max_examples=40, deadline=None)
def test_the_order_of_statements_changes_nothing(statements: list[Statement], rng: st.DataObject) -> None:
    shuffled = statements[:]
    rng.shuffle(shuffled)  # type: ignore[attr-defined]  # a random.Random
    assert aligned(*statements) == aligned(*shuffled)


@given(STATEMENTS)
@settings(max_examples=40, deadline=None)
def test_agreement_and_divergence_are_shares(statements: list[Statement]) -> None:
    found = aligned(*statements)
    assert found.agreement is None or 0 <= found.agreement <= 1
    assert all(0 <= pair.divergence <= 1 for pair in found.widest)


@given(STATEMENTS)
@settings(max_examples=40, deadline=None)
def test_nobody_is_compared_with_themselves(statements: list[Statement]) -> None:
    assert all(pair.one.speaker != pair.other.speaker for pair in aligned(*statements).widest)


def test_different_things_of_one_subject_are_the_widest_apart() -> None:
    found = aligned(
        said("Ada", "Our customer is the head chef."),
        said("Bo", "Our customer is whoever signs the order."),
        said("Cy", "Kitchens weigh waste with our scales."),
        said("Bo", "Hotels weigh waste with our scales."),
    )
    first = found.widest[0]
    assert {first.one.speaker, first.other.speaker} == {"Ada", "Bo"}
    assert (first.topic, first.why) == ("customer", "they say different things of one subject")


def test_opposite_moods_diverge_more_than_equal_ones() -> None:
    same = aligned(said("Ada", "kitchens love those loud posts"), said("Bo", "kitchens love these loud posts"))
    apart = aligned(said("Ada", "kitchens love those loud posts"), said("Bo", "kitchens hate these loud posts"))
    assert apart.widest[0].divergence > same.widest[0].divergence
    assert apart.widest[0].why == "their moods are opposite"


def test_a_denial_diverges() -> None:
    found = aligned(said("Ada", "kitchens read those loud posts"), said("Bo", "kitchens never read those loud posts"))
    assert found.widest[0].why == "one of them denies"


def test_what_shares_no_word_of_weight_is_not_compared() -> None:
    found = aligned(said("Ada", "we are what we are and so be it"), said("Bo", "we are what we are and so it is"))
    assert found.pairs == 0


def test_one_speaker_gives_no_number_and_says_why() -> None:
    found = aligned(*(said("Ada", f"kitchens want scales number {n}") for n in range(9)))
    assert found.agreement is None and "nobody knows who said what" in (found.lacks or "")


@pytest.mark.parametrize(("pairs", "is_told"), [(FEWEST_PAIRS - 1, False), (FEWEST_PAIRS, True)])
def test_agreement_is_told_of_enough_pairs(pairs: int, is_told: bool) -> None:
    statements = [said("Ada", "kitchens want quiet scales")]
    statements += [said("Bo", f"kitchens want quiet scales{'!' * n}") for n in range(pairs)]
    found = aligned(*statements)
    assert (found.pairs, found.agreement is not None) == (pairs, is_told)


def test_the_same_words_of_two_people_agree() -> None:
    statements = [said(name, "kitchens want quiet scales") for name in ("Ada", "Bo", "Cy", "Di")]
    assert aligned(*statements).agreement == pytest.approx(1, abs=1e-6)


def test_quotes_say_who_said_them_where_and_when(refleqt: Composition) -> None:
    business = refleqt.business()
    people = (Participant(name="Ada"), Participant(name="Bo"))
    notes = "Ada: Our customer is the head chef.\nBo: Our customer is whoever signs the order."
    draft = ActivityDraft(
        external_id="A-1", activity_type="brand_voice_brawl", held_at=NOON, participants=people, notes=notes
    )
    held = refleqt.activities.record(business, draft)
    report = refleqt.activity_report.read(business)
    [pair] = report.alignment.widest
    assert [(each.speaker, each.activity_id) for each in (pair.one, pair.other)] == [("Ada", held.id), ("Bo", held.id)]
    assert report.activities[held.id] == "Brand Voice Brawl, 2026-03-02"


def test_another_business_is_not_looked_at(refleqt: Composition) -> None:
    mine, other = refleqt.business("brine"), refleqt.business("ash")
    refleqt.activities.record(mine, ActivityDraft(external_id="A-1", activity_type="rant_round", held_at=NOON))
    assert refleqt.activity_report.read(other).signals.consistency.held == 0


def test_a_night_keeps_numbers_and_no_words(refleqt: Composition) -> None:
    business = refleqt.business()
    people = (Participant(name="Ada Lund"),)
    draft = ActivityDraft(
        external_id="A-1",
        activity_type="rant_round",
        held_at=NOON,
        participants=people,
        notes="Ada: " + "portions " * 60,
    )
    refleqt.activities.record(business, draft)
    snapshot = refleqt.activity_report.analyze(business)
    assert snapshot is not None and "Lund" not in str(snapshot.patterns) and "portions" not in str(snapshot.patterns)


def test_a_night_that_is_analysed_twice_is_one(refleqt: Composition) -> None:
    business = refleqt.business()
    refleqt.activities.record(business, ActivityDraft(external_id="A-1", activity_type="rant_round", held_at=NOON))
    for _ in range(2):
        refleqt.activity_report.analyze(business)
    assert [row.kind for row in refleqt.rows(business, AnalyticsSnapshot)] == [KIND]


def test_a_business_without_activities_has_no_nights(refleqt: Composition) -> None:
    business = refleqt.business()
    assert refleqt.activity_report.analyze(business) is None
    assert refleqt.activity_report.history(business) == []


def test_a_day_that_has_not_begun_is_refused(refleqt: Composition) -> None:
    with pytest.raises(InvalidInput, match="has not begun"):
        refleqt.activity_report.read(refleqt.business(), NOON.date().replace(year=2100))
