"""Touches and conversions come in, and each artifact gets its credit to the cent."""

from datetime import timedelta
from typing import Any

import pytest
from composition import FILE, NOON, Composition, draft
from hypothesis import given, settings
from hypothesis import strategies as st

from refleqt_core.attribution.records import ArtifactCredit, Conversion, Touch
from refleqt_core.errors import InvalidInput
from refleqt_core.intake.calendar import ATTRIBUTION_MODELS
from refleqt_core.intake.drafts import ConversionDraft, ImportedFile, TouchDraft
from refleqt_core.values import BusinessId, Money, Period

MARCH = Period.month(NOON.date())
FEBRUARY = Period.month((MARCH.start - timedelta(days=1)).date())


def touch(external_id: str, visitor: str = "v", hours: float = -1.0, **changes: Any) -> TouchDraft:
    """A visit, by default to artifact E-1, an hour before noon."""
    given: dict[str, Any] = {"utm_content": "e-1", "occurred_at": NOON + timedelta(hours=hours)}
    return TouchDraft(external_id=external_id, visitor_id=visitor, **(given | changes))


def conversion(external_id: str, visitor: str = "v", minor: int = 10_000, **changes: Any) -> ConversionDraft:
    given: dict[str, Any] = {"occurred_at": NOON, "event": "purchase", "revenue": Money(minor=minor)}
    return ConversionDraft(external_id=external_id, visitor_id=visitor, **(given | changes))


VISITORS = st.sampled_from(["v", "w", "x"])
TOUCHES = st.lists(
    st.builds(
        touch,
        st.text("abc", max_size=4),
        VISITORS,
        st.floats(-24 * 120, 24).map(lambda hours: round(hours)),
        utm_content=st.sampled_from(["e-1", "e-2", "unknown", None]),
    ),
    max_size=12,
    unique_by=lambda each: each.external_id,
)
CONVERSIONS = st.lists(
    st.builds(conversion, st.text("abc", max_size=4), VISITORS, st.integers(-(10**6), 10**6)),
    max_size=6,
    unique_by=lambda each: each.external_id,
)


def filled(touches: list[TouchDraft], conversions: list[ConversionDraft]) -> tuple[Composition, BusinessId]:
    refleqt = Composition()
    business = refleqt.business()
    entries = [draft(f"E-{n}", utm_content=f"e-{n}", production_cost=Money(minor=5_000)) for n in (1, 2)]
    refleqt.calendar.import_entries(business, entries, FILE)
    refleqt.attribution.import_touches(business, touches, FILE)
    refleqt.attribution.import_conversions(business, conversions, FILE)
    return refleqt, business


@given(TOUCHES, CONVERSIONS)
@settings(max_examples=50)
def test_each_of_five_models_credits_the_whole_revenue_to_the_cent(
    touches: list[TouchDraft], conversions: list[ConversionDraft]
) -> None:
    refleqt, business = filled(touches, conversions)
    credits = refleqt.attribution.attribute(business, MARCH)
    revenue = sum(each.revenue.minor for each in conversions)
    by_model = dict.fromkeys(ATTRIBUTION_MODELS, 0)
    for each in credits:
        by_model[each.model] += each.revenue.minor
    assert by_model == dict.fromkeys(ATTRIBUTION_MODELS, revenue)


@given(TOUCHES, CONVERSIONS)
@settings(max_examples=30)
def test_attributing_again_replaces_what_was_there(
    touches: list[TouchDraft], conversions: list[ConversionDraft]
) -> None:
    refleqt, business = filled(touches, conversions)
    refleqt.attribution.attribute(business, MARCH)
    again = refleqt.attribution.attribute(business, MARCH)
    assert sorted(refleqt.rows(business, ArtifactCredit), key=lambda each: each.id) == sorted(
        again, key=lambda each: each.id
    )


def told(credits: list[ArtifactCredit]) -> list[tuple[Any, ...]]:
    return sorted(
        (each.model, str(each.calendar_entry_id), each.revenue.minor, each.roi, each.note) for each in credits
    )


@given(TOUCHES, CONVERSIONS, st.randoms(use_true_random=False))
@settings(max_examples=30)
def test_the_order_of_the_files_changes_no_credit(
    touches: list[TouchDraft], conversions: list[ConversionDraft], shuffle: Any
) -> None:
    refleqt, business = filled(touches, conversions)
    other = refleqt.business("ash")
    refleqt.calendar.import_entries(
        other, [draft(f"E-{n}", utm_content=f"e-{n}", production_cost=Money(minor=5_000)) for n in (1, 2)], FILE
    )
    refleqt.attribution.import_touches(other, shuffle.sample(touches, len(touches)), FILE)
    refleqt.attribution.import_conversions(other, shuffle.sample(conversions, len(conversions)), FILE)
    sums = []
    for each in (business, other):
        credits = refleqt.attribution.attribute(each, MARCH)
        names = {entry.id: entry.external_id for entry in refleqt.calendar.find(each)}
        sums.append(
            sorted((c.model, names.get(c.calendar_entry_id), c.revenue.minor) for c in credits if c.calendar_entry_id)
        )
    assert sums[0] == sums[1]


@given(TOUCHES, CONVERSIONS)
@settings(max_examples=30)
def test_importing_twice_is_importing_once(touches: list[TouchDraft], conversions: list[ConversionDraft]) -> None:
    refleqt, business = filled(touches, conversions)
    before = [refleqt.rows(business, kind) for kind in (Touch, Conversion)]
    first = refleqt.attribution.import_touches(business, touches, FILE)
    second = refleqt.attribution.import_conversions(business, conversions, FILE)
    assert (first.unchanged, second.unchanged) == (len(touches), len(conversions))
    assert [refleqt.rows(business, kind) for kind in (Touch, Conversion)] == before


@given(CONVERSIONS, CONVERSIONS, st.integers(0, 3))
@settings(max_examples=30)
def test_every_row_read_is_new_changed_unchanged_or_rejected(
    first: list[ConversionDraft], second: list[ConversionDraft], rejected: int
) -> None:
    refleqt, business = filled([], first)
    batch = refleqt.attribution.import_conversions(
        business, second, ImportedFile(name="b", blob="b", rejected=rejected)
    )
    assert batch.read == len(second) + rejected == batch.new + batch.changed + batch.unchanged + rejected


@pytest.mark.parametrize("what", ["touches", "conversions"])
def test_a_key_that_stands_twice_in_a_file_is_named(refleqt: Composition, what: str) -> None:
    make: Any = {"touches": touch, "conversions": conversion}[what]
    with pytest.raises(InvalidInput, match="'T-1' stands there twice"):
        getattr(refleqt.attribution, f"import_{what}")(refleqt.business(), [make("T-1"), make("T-1", "w")], FILE)


def credit_of(credits: list[ArtifactCredit], model: str, entry_id: Any) -> int:
    return sum(each.revenue.minor for each in credits if (each.model, each.calendar_entry_id) == (model, entry_id))


def test_first_and_last_touch_get_all_and_the_linear_model_shares() -> None:
    touches = [touch("1", hours=-3), touch("2", hours=-2, utm_content="e-2"), touch("3", hours=-1, utm_content="e-2")]
    refleqt, business = filled(touches, [conversion("c", minor=100)])
    credits = refleqt.attribution.attribute(business, MARCH)
    one, two = (entry.id for entry in sorted(refleqt.calendar.find(business), key=lambda each: each.external_id))
    shares = {
        model: (credit_of(credits, model, one), credit_of(credits, model, two))
        for model in ("first_touch", "last_touch", "linear", "position_based")
    }
    assert shares == {
        "first_touch": (100, 0),
        "last_touch": (0, 100),
        "linear": (34, 66),
        "position_based": (40, 60),
    }


def test_a_conversion_that_nothing_led_to_is_unattributed() -> None:
    refleqt, business = filled([touch("1", "somebody else")], [conversion("c", minor=100)])
    credits = refleqt.attribution.attribute(business, MARCH)
    assert {each.revenue.minor for each in credits if each.calendar_entry_id is None} == {100}


@pytest.mark.parametrize(("days", "credited"), [(89, 100), (91, 0)])
def test_a_touch_counts_for_ninety_days(days: int, credited: int) -> None:
    refleqt, business = filled([touch("1", hours=-24 * days)], [conversion("c", minor=100)])
    credits = refleqt.attribution.attribute(business, MARCH)
    assert sum(each.revenue.minor for each in credits if each.model == "linear" and each.calendar_entry_id) == credited


def test_only_conversions_of_the_period_count() -> None:
    moments = {
        "before": MARCH.start - timedelta(microseconds=1),
        "first": MARCH.start,
        "last": MARCH.end - timedelta(microseconds=1),
        "after": MARCH.end,
    }
    refleqt, business = filled([], [conversion(key, occurred_at=moment) for key, moment in moments.items()])
    credits = refleqt.attribution.attribute(business, MARCH)
    assert sum(each.conversions for each in credits if each.model == "linear") == 2


def test_a_period_without_conversions_has_no_credits() -> None:
    refleqt, business = filled([touch("1")], [])
    assert refleqt.attribution.attribute(business, MARCH) == []
    assert refleqt.attribution.report(business) == []


def returns(refleqt: Composition, business: BusinessId) -> dict[str, ArtifactCredit]:
    credits = refleqt.attribution.attribute(business, MARCH)
    names = {entry.id: entry.external_id for entry in refleqt.calendar.find(business)}
    return {
        names[each.calendar_entry_id]: each for each in credits if each.model == "linear" and each.calendar_entry_id
    }


def test_the_return_is_revenue_over_cost_with_its_interval() -> None:
    visitors = [f"v{n}" for n in range(12)]
    refleqt, business = filled([touch(v, v) for v in visitors], [conversion(v, v, 1_000) for v in visitors])
    credit = returns(refleqt, business)["E-1"]
    assert credit.roi == pytest.approx(12_000 / 5_000)
    assert credit.cost == Money(minor=5_000)
    assert credit.roi_low is not None and credit.roi_high is not None
    assert credit.roi_low <= credit.roi <= credit.roi_high


def test_a_cost_in_another_currency_gives_no_return_and_says_why() -> None:
    visitors = [f"v{n}" for n in range(12)]
    refleqt, business = filled([touch(v, v) for v in visitors], [conversion(v, v, 1_000) for v in visitors])
    dollars = Money(minor=5_000, currency="USD")
    refleqt.calendar.save(business, draft("E-1", utm_content="e-1", production_cost=dollars))
    credit = returns(refleqt, business)["E-1"]
    assert (credit.roi, credit.cost, credit.note) == (None, dollars, "the cost is in USD, the revenue in EUR")
    assert credit.revenue == Money(minor=12_000)


def test_too_few_journeys_give_no_return() -> None:
    refleqt, business = filled([touch("1")], [conversion("c")])
    credit = returns(refleqt, business)["E-1"]
    assert credit.roi is None and "1 of at least" in (credit.note or "")


def test_conversions_in_two_currencies_are_refused_and_change_nothing() -> None:
    refleqt, business = filled([], [conversion("c")])
    before = refleqt.attribution.attribute(business, MARCH)
    dollars = conversion("d", revenue=Money(minor=1, currency="USD"))
    refleqt.attribution.import_conversions(business, [dollars], FILE)
    with pytest.raises(InvalidInput, match="EUR and USD"):
        refleqt.attribution.attribute(business, MARCH)
    assert told(refleqt.rows(business, ArtifactCredit)) == told(before)


def test_the_report_is_of_the_newest_period_however_late_an_older_one_was_attributed() -> None:
    in_february = conversion("f", minor=7, occurred_at=FEBRUARY.start)
    refleqt, business = filled([], [conversion("m", minor=100), in_february])
    for period in (MARCH, FEBRUARY):
        refleqt.attribution.attribute(business, period)
        refleqt.pass_days(1)
    assert sum(each.revenue.minor for each in refleqt.attribution.report(business)) == 100


def test_of_periods_that_end_together_the_one_that_began_last_is_reported() -> None:
    in_february = conversion("f", minor=7, occurred_at=FEBRUARY.start)
    refleqt, business = filled([], [conversion("m", minor=100), in_february])
    refleqt.attribution.attribute(business, MARCH)
    refleqt.attribution.attribute(business, Period(start=FEBRUARY.start, end=MARCH.end))
    assert sum(each.revenue.minor for each in refleqt.attribution.report(business)) == 100


def test_the_report_begins_with_the_highest_revenue() -> None:
    touches = [touch("1", "v"), touch("2", "w", utm_content="e-2")]
    refleqt, business = filled(touches, [conversion("c", "v", 100), conversion("d", "w", 900)])
    refleqt.attribution.attribute(business, MARCH)
    revenue = [each.revenue.minor for each in refleqt.attribution.report(business, model="last_touch")]
    assert revenue[:2] == [900, 100]


def test_another_business_s_conversions_are_not_credited() -> None:
    refleqt, _ = filled([touch("1")], [conversion("c")])
    other = refleqt.business("ash")
    assert refleqt.attribution.attribute(other, MARCH) == []
    assert refleqt.attribution.report(other) == []
