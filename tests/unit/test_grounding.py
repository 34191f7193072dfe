"""What a text states is borne out by the facts, or is listed."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from refleqt_core.outputs.grounding import unsupported_claims
from refleqt_core.values import Money

FACTS: dict[str, Any] = {
    "business": "Brinewell",
    "product": "Brinewell Pulse",
    "people": ["Dana Whitfield", "Marcus Reed"],
    "quote": "Office managers told us that the espresso at Saltmark tastes burnt.",
    "subscribers": 1234567,
    "sign_ups": 1200,
    "open_rate": 0.1234,
    "churn": "fell by 4.5 % in Q3",
    "cost": Money(minor=115000, currency="EUR"),
    "fee": {"minor": 250050, "currency": "USD"},
    "publish_on": "2026-03-14",
    "call_at": datetime(2026, 4, 2, 9, 30, tzinfo=UTC),
    "channels": ["LinkedIn", "newsletter", "YouTube"],
    "site": "https://brinewell.example/pulse",
    "loss": -0.08,
    "ratio": 2,
}


def claims(text: str, facts: Any = FACTS) -> list[str]:
    return [claim.text for claim in unsupported_claims(text, facts)]


@pytest.mark.parametrize(
    "text",
    [
        "We had 1,200 sign-ups, or 1200 of them.",
        "An open rate of 12.34 %, that is 12.3 percent, or about 12 per cent.",
        "Written as a share it is 0.1234, or 0.12.",
        "Churn fell by 4.5%, or 0.045.",
        "It reaches 1.2 million people, 1.23m, over 1,200,000, nearly 1,300,000, about 1.2 million.",
        "That costs €1,150.00 or EUR 1,150, with a fee of $2,500.50.",
        "It is due on 14 March 2026, on March 14th, or 14 March; in March 2026 at the latest.",
        "Call at 9:30 or 9:30 am on 2 April.",
        "Three channels doubled in 2026.",
        "We lost 8 % of it.",
        "1. Open with the pain.\n2) Show the proof.\nStep 3 is the call.",
    ],
)
def test_numbers_and_dates_are_borne_out_however_they_are_written(text: str) -> None:
    assert claims(text) == []


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        ("We had 1,300 sign-ups.", "1,300"),
        ("An open rate of 13 %.", "13 %"),
        ("An open rate of 12.4%.", "12.4%"),
        ("It reaches 1.3 million people.", "1.3 million"),
        ("It reaches over 1,300,000 people.", "1,300,000"),
        ("It reaches over 1,100,000 people.", "1,100,000"),
        ("That costs €1,151.", "1,151"),
        ("It is due on 15 March 2026.", "15 March 2026"),
        ("It is due on March 14, 2027.", "March 14, 2027"),
        ("It is due by April 2027.", "April 2027"),
        ("Call at 9:45.", "9:45"),
        ("Seven channels matter.", "Seven"),
        ("Results tripled.", "tripled"),
        ("There are twenty-one reasons.", "twenty-one"),
        ("There are three hundred and five reasons.", "three hundred and five"),
        ("Back in 2019 it was so.", "2019"),
        ("Mail us at hello@brinewell.example now.", "hello@brinewell.example"),
        ("See https://brinewell.example/other now.", "https://brinewell.example/other"),
    ],
)
def test_a_number_date_or_address_that_is_not_among_the_facts_is_listed(text: str, claim: str) -> None:
    assert claims(text) == [claim]


@pytest.mark.parametrize(
    "text",
    [
        "Brinewell's roast is what office managers want. It beats Saltmark.",
        "Ask Dana Whitfield, or Dana, or Ms Whitfield.",
        "Brinewell Pulse on LinkedIn and YouTube.",
        "Great coffee starts here. Teams love it: Simple, quick, warm.",
        "Espresso that tastes right. Croissants don't matter.",
        "How to Choose Better Coffee for Your Office",
        "Why Office Managers Switch to Brinewell",
        "A B2B brief for SEO, with H2 headings and one CTA.",
        "On Monday in March I'll post it.",
        "See https://brinewell.example/pulse for more.",
        "“Warm cups win,” they say.",
        "- Lead with the pain\n- Quote a customer\n- End with a question",
        "FIVE-minute reads? No: SHORT ONES.".replace("FIVE-minute", "Short"),
    ],
)
def test_known_names_and_grammatical_capitals_pass(text: str) -> None:
    assert claims(text) == []


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        ("It works better than Starbucks does.", "Starbucks"),
        ("As Harvard found, coffee helps.", "Harvard"),
        ("Starbucks is worse. Nobody likes Starbucks.", "Starbucks"),
        ("HubSpot says so.", "HubSpot"),
        ("Angela Merkel says so.", "Angela Merkel"),
        ("Ask Dana Reed about it.", "Dana Reed"),
        ("Why Starbucks Fails Every Office Manager", "Starbucks"),
        ("Track it in GA4 now.", "GA4"),
        ("A report by IBM is out.", "IBM"),
        ("Our Growth Summit is on.", "Growth Summit"),
        ("The café Zoë’s is near.", "Zoë’s"),
    ],
)
def test_a_name_that_is_not_among_the_facts_is_listed(text: str, claim: str) -> None:
    assert claim in claims(text)


def test_a_name_in_mid_sentence_is_one_at_the_start_of_another() -> None:
    assert claims("Starbucks is worse. Nobody likes Starbucks.") == ["Starbucks", "Starbucks"]


def test_the_place_and_kind_of_each_claim_are_given_in_order() -> None:
    text = "Then Starbucks sold 77 cups on 1 May 2020."
    found = unsupported_claims(text, FACTS)
    assert [(claim.kind, text[claim.start : claim.end]) for claim in found] == [
        ("name", "Starbucks"),
        ("number", "77"),
        ("date", "1 May 2020"),
    ]


def test_the_length_of_a_list_may_be_stated() -> None:
    assert claims("These three reasons count.", {"reasons": ["a", "b", "c"]}) == []
    assert claims("These four reasons count.", {"reasons": ["a", "b", "c"]}) == ["four"]


@given(st.floats(0.001, 1e9), st.integers(0, 4))
def test_a_fact_displayed_with_any_number_of_decimals_is_borne_out(fact: float, decimals: int) -> None:
    assert claims(f"It is {fact:,.{decimals}f} now.", {"x": fact}) == []


@given(st.integers(2, 10**9), st.integers(2, 10**9))
@example(499_999_971, 499_999_970)
def test_whole_numbers_are_borne_out_by_themselves_alone(fact: int, stated: int) -> None:
    assert bool(claims(f"It is {stated:,} now.", {"x": fact})) == (fact != stated)


@given(st.dates(date(1990, 1, 1), date(2090, 1, 1)))
def test_a_day_is_borne_out_in_words_by_its_iso_form(day: date) -> None:
    assert claims(f"It is due on {day:%d %B %Y}.", {"due": day.isoformat()}) == []
    assert claims(f"It is due on {day:%B %d, %Y}.", {"due": day}) == []


@given(
    st.text(), st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda x: st.lists(x, max_size=3))
)
def test_claims_are_pieces_of_the_text(text: str, facts: Any) -> None:
    assert all(text[c.start : c.end] == c.text and c.text for c in unsupported_claims(text, facts))


@given(st.text(max_size=60))
@example("0A¼\tC")
def test_a_text_bears_out_its_own_names(text: str) -> None:
    assert [c for c in unsupported_claims(text, {"text": text}) if c.kind == "name"] == []
