"""A brief is made anonymous, certified, or held back."""

from datetime import UTC, datetime
from random import Random

import attrs
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from refleqt_core.errors import InvalidInput, NeedsReview
from refleqt_core.outputs.anonymity import (
    AnonymityCertificate,
    Document,
    Exposure,
    ReferenceBusinesses,
    anonymise,
    anonymise_document,
    attack_by_similarity,
    certify,
    require_anonymous,
)
from refleqt_core.outputs.identifying_strings import IdentifyingString, identifying_strings
from refleqt_core.outputs.leak_scan import leaks

NOW = datetime(2026, 3, 1, tzinfo=UTC)
STRINGS = identifying_strings(
    businesses=["Brinewell Coffee Ltd"],
    products=["Brinewell Pulse", "Tidepool"],
    competitors=["Saltmark Inc", "Mint"],
    people=["Dana Whitfield", "Tom Atlas"],
    domains=["brinewell.co.uk"],
    handles=["@brinewell_hq"],
    addresses=["12 Harbour Street, Leeds, LS1 4AB"],
    campaigns=["brinewell_spring", "honest-comparison"],
)
HIDING = ReferenceBusinesses(own=0.42, others=[0.40, 0.41, 0.43, 0.44, 0.39, 0.42, 0.38, 0.45])
BRIEF = {
    "title": "Why Brinewell's roasters switched from Saltmark",
    "key_messages": ["Tidepool cuts brewing time", "Write to dana@brinewell.co.uk", "Ask Dr. Dana Whitfield"],
    "specification": {"words": 1200, "links": ["https://brinewell.co.uk/pulse"], "seo": None, "premium": True},
}


def certificate_of(
    document: Document, reference: ReferenceBusinesses | None = HIDING, k: int = 5, cleared: tuple[str, ...] = ()
) -> AnonymityCertificate:
    return certify(document, STRINGS, reference_businesses=reference, checked_at=NOW, k=k, cleared=cleared)


@pytest.mark.parametrize(
    ("text", "anonymous"),
    [
        ("We say Brinewell helps.", "We say the company helps."),
        ("Brinewell helps. Brinewell sells.", "The company helps. The company sells."),
        ("It is Brinewell's best.", "It is the company's best."),
        ("The Brinewell app, a Brinewell mug, our Brinewells.", "The company app, a company mug, our company."),
        ("Tidepool and Brinewell Pulse", "Product B and Product A"),
        ("It beats Saltmark and saltmark inc.", "It beats Competitor A and Competitor A."),
        ("so Dr. Dana Whitfield says", "so a team member says"),
        ("so Atlas' plan", "so a team member's plan"),
        ("so Tom Atlas' plan", "so a team member's plan"),
        ("see #BrinewellTips by @brinewell_hq", "see the company by the company's account"),
        ("see https://brinewell.co.uk/pulse?a=b.", "see the company's website."),
        ("mail hello@brinewell.co.uk now", "mail an e-mail address now"),
        ("at 12 Harbour St, Leeds now", "at an address now"),
        ("a B r i n e w e l l and Bri\u200bnewеll", "a company and the company"),
        ("the mint leaves", "the mint leaves"),
        ("An Atlas of it, a hello@brinewell.co.uk", "A team member of it, an e-mail address"),
        ("An honest comparison of both", "An honest comparison of both"),
        ("an honest-comparison link", "a campaign link"),
        ("Product A info@brinewell.co.uk", "Product A e-mail address"),
        ("from utm_campaign=brinewell_spring on", "from utm_campaign=a campaign on"),
    ],
)
def test_strings_are_replaced_so_that_the_text_still_reads(text: str, anonymous: str) -> None:
    assert anonymise(text, STRINGS) == anonymous


def test_a_whole_brief_is_made_anonymous_and_passes() -> None:
    anonymous = anonymise_document(BRIEF, STRINGS)
    assert anonymous == {
        "title": "Why the company's roasters switched from Competitor A",
        "key_messages": ["Product B cuts brewing time", "Write to an e-mail address", "Ask a team member"],
        "specification": {"words": 1200, "links": ["The company's website"], "seo": None, "premium": True},
    }
    certificate = certificate_of(anonymous)
    assert certificate.passed
    assert certificate.statement == "No identifying string was found, and the business is anonymous among at least 5."
    require_anonymous(certificate, anonymous)


def test_a_leak_blocks_and_says_where_without_naming_it() -> None:
    certificate = certificate_of(BRIEF)
    assert not certificate.passed
    assert {each.path for each in certificate.findings} == {
        "/title",
        "/key_messages/0",
        "/key_messages/1",
        "/key_messages/2",
        "/specification/links/0",
    }
    with pytest.raises(NeedsReview) as refused:
        require_anonymous(certificate, BRIEF)
    assert "/key_messages/1" in str(refused.value)
    assert not leaks(certificate.statement, STRINGS)


@pytest.mark.parametrize(
    "document",
    [
        "by Brinewell",
        {"Brinewell notes": "x"},
        {"a": [{"b": ("so Dana",)}]},
        {"n": 12025550123, "m": "+1 202 555 0123"},
    ],
)
def test_leaks_are_found_in_texts_keys_and_nested_values(document: Document) -> None:
    assert not certificate_of(document).passed


def test_a_doubtful_word_holds_the_brief_back_until_a_person_has_cleared_it() -> None:
    document = {"title": "Mint tea is what people like"}
    held = certificate_of(document)
    assert not held.passed
    assert [each.finding.text for each in held.doubtful] == ["Mint"]
    assert certificate_of(document, cleared=("Mint",)).passed


def test_doubtful_words_are_replaced_on_demand() -> None:
    assert anonymise("Mint is what people like", STRINGS) == "Mint is what people like"
    assert anonymise("Mint is what people like", STRINGS, doubtful=True) == "Competitor B is what people like"


def test_a_clearance_does_not_cover_a_certain_name() -> None:
    assert not certificate_of("so Brinewell said", cleared=("Brinewell",)).passed


def test_a_replacement_that_is_a_leak_itself_is_refused() -> None:
    strings = [IdentifyingString("Brinewell", "business", "the Brinewell")]
    with pytest.raises(NeedsReview):
        anonymise("so Brinewell it is", strings)


def test_a_string_of_one_letter_is_refused() -> None:
    with pytest.raises(InvalidInput):
        IdentifyingString("X", "business", "the company")


def test_a_business_that_stands_out_is_singled_out() -> None:
    certificate = certificate_of("a fine text", ReferenceBusinesses(own=0.9, others=[0.1, 0.15, 0.2, 0.12, 0.18, 0.11]))
    assert not certificate.passed
    assert certificate.attack.exposure is Exposure.SINGLED_OUT
    assert certificate.attack.rank == 1
    assert "too closely" in certificate.statement


@pytest.mark.parametrize("others", [[], [0.2], [0.4] * 4])
def test_with_fewer_than_k_others_anonymity_is_not_assessable_and_says_so(others: list[float]) -> None:
    certificate = certificate_of("a fine text", ReferenceBusinesses(own=0.4, others=others))
    assert certificate.attack.exposure is Exposure.NOT_ASSESSABLE
    assert "not assessable" in certificate.statement
    assert "is anonymous among" not in certificate.statement


def test_without_reference_businesses_anonymity_is_not_assessable() -> None:
    assert certificate_of("a fine text", None).attack == attack_by_similarity(None, 5)
    assert attack_by_similarity(None, 5).exposure is Exposure.NOT_ASSESSABLE


@pytest.mark.parametrize(("others", "exposure"), [(5, Exposure.HIDDEN), (4, Exposure.NOT_ASSESSABLE)])
def test_equally_similar_businesses_share_the_blame_equally(others: int, exposure: Exposure) -> None:
    attack = attack_by_similarity(ReferenceBusinesses(own=0.5, others=[0.5] * others), 5)
    assert attack.exposure is exposure
    assert attack.probability == pytest.approx(1 / (others + 1))


def test_the_probability_is_the_softmax_over_robust_spreads() -> None:
    # The others have median 0.2 and median absolute deviation 0.1, so that one spread is 0.14826.
    attack = attack_by_similarity(ReferenceBusinesses(own=0.34826, others=[0.1, 0.2, 0.3]), 2)
    odds = sum(2.718281828459045 ** ((s - 0.34826) / 0.14826) for s in (0.1, 0.2, 0.3))
    assert attack.probability == pytest.approx(1 / (1 + odds))


similarity = st.floats(-1, 1, allow_nan=False)
similarities = st.lists(similarity, min_size=5, max_size=30)


@given(similarity, similarities, st.randoms(use_true_random=False))
def test_the_order_of_the_others_does_not_matter(own: float, others: list[float], random: Random) -> None:
    shuffled = list(others)
    random.shuffle(shuffled)
    first, second = (attack_by_similarity(ReferenceBusinesses(own=own, others=each), 5) for each in (others, shuffled))
    assert first.probability == pytest.approx(second.probability)
    assert attrs.evolve(first, probability=0) == attrs.evolve(second, probability=0)


@given(similarity, similarity, similarities)
def test_more_similarity_never_hides_better(a: float, b: float, others: list[float]) -> None:
    low, high = (attack_by_similarity(ReferenceBusinesses(own=own, others=others), 5) for own in sorted((a, b)))
    assert (low.probability or 0) <= (high.probability or 0) + 1e-12
    assert (low.rank or 0) >= (high.rank or 0)


@given(similarity, similarities, st.integers(2, 5))
def test_singled_out_is_who_has_a_probability_above_one_in_k(own: float, others: list[float], k: int) -> None:
    attack = attack_by_similarity(ReferenceBusinesses(own=own, others=others), k)
    assert attack.probability is not None
    assume(abs(attack.probability - 1 / k) > 1e-9)
    assert (attack.exposure is Exposure.SINGLED_OUT) == (attack.probability > 1 / k)


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_similarities_that_are_no_numbers_are_refused(number: float) -> None:
    with pytest.raises(InvalidInput):
        ReferenceBusinesses(own=0.5, others=[0.1, number])


def test_anonymity_among_one_is_refused() -> None:
    with pytest.raises(InvalidInput):
        attack_by_similarity(HIDING, 1)


def test_a_certificate_covers_exactly_its_document_whatever_the_order_of_keys() -> None:
    certificate = certificate_of({"a": 1, "b": "x"})
    assert certificate.covers({"b": "x", "a": 1})
    assert not certificate.covers({"a": 1, "b": "y"})
    with pytest.raises(NeedsReview, match="changed"):
        require_anonymous(certificate, {"a": 1, "b": "y"})


def test_a_certificate_needs_a_moment_with_time_zone() -> None:
    with pytest.raises(InvalidInput):
        certify("x", STRINGS, reference_businesses=None, checked_at=datetime(2026, 3, 1))


name = st.text("bcdfghklmnprstvzaeiou", min_size=7, max_size=12).map(str.capitalize)
filler = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=30)


@given(st.lists(name, min_size=1, max_size=4), st.lists(filler, min_size=1, max_size=6), st.data())
@settings(deadline=None)
def test_anonymous_text_never_holds_a_string_and_stays_as_it_is(
    names: list[str], fillers: list[str], data: st.DataObject
) -> None:
    strings = identifying_strings(businesses=names[:1], competitors=names[1:])
    assume(not any(string.is_everyday for string in strings))
    assume(not any(leaks(string.replacement, strings) for string in strings))
    text = " ".join(
        filler + data.draw(st.sampled_from(["", " ", "-"])) + data.draw(st.sampled_from(names)) for filler in fillers
    )
    anonymous = anonymise(text, strings)
    assert not any(finding.certain for finding in leaks(anonymous, strings))
    assert not any(string.text.casefold() in anonymous.casefold() for string in strings)
    assert anonymise(anonymous, strings) == anonymous


@given(st.text())
def test_text_without_findings_is_left_as_it_is(text: str) -> None:
    assume(not leaks(text, STRINGS))
    assert anonymise(text, STRINGS) == text
