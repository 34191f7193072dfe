"""What has changed in a tool's numbers, and whether it is more than chance."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from composition import FILE, Composition
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from refleqt_core.intake.change_detection import Law, Series, compared, significant_changes
from refleqt_core.intake.drafts import ImportedFile
from refleqt_core.intake.tooling import Signal, ToolingExtraction, ToolingMetric
from refleqt_core.ports import MetricRecord
from refleqt_core.values import BusinessId

Days = NDArray[np.float64]
Draw = Callable[[np.random.Generator, int], Days]

STEADY: dict[str, tuple[Law, Draw]] = {
    "rare events": ("count", lambda rng, n: rng.poisson(0.03, n).astype(float)),
    "few events": ("count", lambda rng, n: rng.poisson(3, n).astype(float)),
    "many events": ("count", lambda rng, n: rng.poisson(300, n).astype(float)),
    "clumped events": ("count", lambda rng, n: rng.negative_binomial(0.5, 0.02, n).astype(float)),
    "weekly rhythm": ("count", lambda rng, n: rng.poisson(40 * (1 + 0.8 * np.sin(np.arange(n) * 0.9))).astype(float)),
    "rates": ("rate", lambda rng, n: rng.beta(3, 100, n)),
    "amounts": ("other", lambda rng, n: rng.lognormal(3, 0.7, n)),
    "steady amounts": ("other", lambda rng, n: rng.normal(100, 15, n)),
    "amounts with empty days": ("other", lambda rng, n: rng.lognormal(3, 0.7, n) * (rng.random(n) < 0.7)),
}


def series(law: Law, before: Any, after: Any, entity: str = "a", metric: str = "m") -> Series:
    return Series(
        entity_id=entity,
        metric=metric,
        law=law,
        before=np.asarray(before, dtype=float),
        after=np.asarray(after, dtype=float),
    )


@pytest.mark.parametrize("days", [(31, 28), (31, 5), (3, 3)], ids=str)
@pytest.mark.parametrize("kind", STEADY)
def test_where_nothing_changed_false_discoveries_are_rare(kind: str, days: tuple[int, int]) -> None:
    rng = np.random.default_rng(7)
    law, draw = STEADY[kind]
    extractions = [[series(law, draw(rng, days[0]), draw(rng, days[1]), f"e{n}") for n in range(20)] for _ in range(20)]
    wrong = sum(bool(significant_changes(extraction)) for extraction in extractions)
    # With nothing to be found every discovery is false: 5 % of the extractions may have one, and chance adds some.
    assert wrong <= 3


@pytest.mark.parametrize("factor", [1.6, 0.4])
@pytest.mark.parametrize("kind", ["many events", "rates", "steady amounts"])
def test_a_change_of_sixty_per_cent_in_a_steady_series_is_found_among_many(kind: str, factor: float) -> None:
    rng = np.random.default_rng(3)
    law, draw = STEADY[kind]
    still = [series(law, draw(rng, 31), draw(rng, 28), f"e{n}") for n in range(20)]
    changed = series(law, draw(rng, 31), factor * draw(rng, 28), "changed")
    found = significant_changes([*still, changed])
    assert [change.series.entity_id for change in found] == ["changed"]
    assert found[0].low <= found[0].magnitude <= found[0].high


@pytest.mark.parametrize("law", ["count", "rate", "other"])
def test_a_change_between_windows_without_any_noise_is_found(law: Law) -> None:
    [change] = significant_changes([series(law, np.full(31, 100.0), np.full(28, 160.0))])
    assert change.magnitude == pytest.approx(0.6)


@pytest.mark.parametrize("law", ["count", "rate", "other"])
def test_windows_that_are_alike_show_no_change(law: Law) -> None:
    assert significant_changes([series(law, np.full(31, 100.0), np.full(28, 100.0))]) == []


def test_a_trifle_is_not_told_however_certain() -> None:
    steady = series("count", np.full(31, 1e6), np.full(28, 1.09e6))
    assert compared(steady).p_value < 1e-9  # type: ignore[union-attr]  # it has days enough
    assert significant_changes([steady]) == []


def test_what_fell_silent_is_found() -> None:
    [change] = significant_changes([series("count", np.full(31, 5.0), np.zeros(28))])
    assert (change.after, change.magnitude) == (0.0, -1.0)


def test_one_event_that_did_not_come_again_is_nothing() -> None:
    before = np.zeros(31)
    before[4] = 1
    assert compared(series("count", before, np.zeros(28))).p_value > 0.2  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("before", "after"),
    [([1.0], [1.0, 2.0]), ([1.0, 2.0], [1.0]), ([], []), ([0.0, 0.0], [1.0, 1.0])],
    ids=["one-day-before", "one-day-after", "no-days", "nothing-before"],
)
def test_too_little_is_not_compared(before: list[float], after: list[float]) -> None:
    assert compared(series("count", before, after)) is None


def test_the_largest_change_comes_first() -> None:
    found = significant_changes(
        [series("count", np.full(31, 100.0), np.full(28, 100.0 * k), str(k)) for k in (1.3, 3.0, 0.2)]
    )
    assert [change.series.entity_id for change in found] == ["3.0", "0.2", "1.3"]


COUNTS = st.lists(st.integers(0, 10**6).map(float), min_size=2, max_size=31)


@given(COUNTS.filter(any), COUNTS, st.sampled_from(["count", "rate", "other"]))
def test_every_comparison_is_finite_and_its_interval_holds_the_change(
    before: list[float], after: list[float], law: Law
) -> None:
    change = compared(series(law, before, after))
    if change is None:
        assert law == "other" and np.median(before) == 0
    else:
        numbers = (change.low, change.magnitude, change.high, change.p_value)
        assert np.isfinite(numbers).all()
        assert 0 <= change.p_value <= 1 and -1 <= change.low <= change.high
        if law != "count":
            assert change.low - 1e-9 <= change.magnitude <= change.high + 1e-9


@given(COUNTS.filter(any), COUNTS)
def test_twice_the_counts_on_both_sides_are_no_less_certain(before: list[float], after: list[float]) -> None:
    one = compared(series("rate", before, after))
    twice = compared(series("rate", 2 * np.asarray(before), 2 * np.asarray(after)))
    assert (one is None) == (twice is None)
    if one and twice:
        assert one.p_value == pytest.approx(twice.p_value) and one.magnitude == pytest.approx(twice.magnitude)


FEBRUARY, MARCH = date(2026, 2, 1), date(2026, 3, 1)


def month(start: date, days: int, value: float, **changes: Any) -> list[MetricRecord]:
    given: dict[str, Any] = {"source": "ads", "entity_kind": "ad", "entity_id": "ad-1", "metric": "clicks"}
    return [MetricRecord(**(given | changes), day=start + timedelta(days=n), value=value) for n in range(days)]


def extract(refleqt: Composition, business: BusinessId, *records: list[MetricRecord]) -> ToolingExtraction:
    return refleqt.tooling.extract(business, "ads", [each for part in records for each in part], FILE)


def test_extracting_the_same_again_adds_nothing_but_the_extraction(refleqt: Composition) -> None:
    business = refleqt.business()
    first = extract(refleqt, business, month(FEBRUARY, 28, 10.0))
    metrics = refleqt.rows(business, ToolingMetric)
    again = extract(refleqt, business, month(FEBRUARY, 28, 10.0))
    assert (first.new, again.new, again.changed, again.unchanged) == (28, 0, 0, 28)
    assert refleqt.rows(business, ToolingMetric) == metrics
    assert len(refleqt.rows(business, ToolingExtraction)) == 2


@given(st.integers(0, 6), st.integers(0, 6), st.integers(0, 3), st.integers(0, 2))
def test_every_record_of_an_extraction_is_new_changed_or_unchanged(
    before: int, now: int, twice: int, rejected: int
) -> None:
    refleqt = Composition()
    business = refleqt.business()
    extract(refleqt, business, month(FEBRUARY, before, 10.0))
    records = month(FEBRUARY + timedelta(days=2), now, 12.0)
    rows = [*records, *records[:twice]]
    done = refleqt.tooling.extract(business, "ads", rows, ImportedFile(name="b", blob="b", rejected=rejected))
    assert done.records == len(rows) == done.new + done.changed + done.unchanged
    assert done.rejected == rejected


def test_an_extraction_says_which_days_it_holds(refleqt: Composition) -> None:
    business = refleqt.business()
    done = extract(refleqt, business, month(FEBRUARY, 28, 10.0))
    assert (done.window_start, done.window_end) == (FEBRUARY, date(2026, 2, 28))


def test_an_empty_extraction_is_on_record(refleqt: Composition) -> None:
    business = refleqt.business()
    assert extract(refleqt, business).records == 0
    assert refleqt.tooling.delta(business, "ads") == []


def test_a_rise_from_month_to_month_is_a_signal_with_its_days(refleqt: Composition) -> None:
    business = refleqt.business()
    extract(refleqt, business, month(FEBRUARY, 28, 100.0), month(MARCH, 31, 160.0))
    [signal] = refleqt.tooling.delta(business, "ads")
    assert (signal.signal_type, signal.entity_id, signal.metric) == ("rise", "ad-1", "clicks")
    assert signal.magnitude == pytest.approx(0.6)
    assert (signal.window_start, signal.window_end) == (MARCH, date(2026, 3, 31))
    assert signal.detail["days_before"] == 28 and signal.detail["days_after"] == 31


def test_a_month_that_has_just_begun_has_not_fallen(refleqt: Composition) -> None:
    business = refleqt.business()
    extract(refleqt, business, month(FEBRUARY, 28, 100.0), month(MARCH, 6, 100.0))
    assert refleqt.tooling.delta(business, "ads") == []


def test_a_tool_that_was_connected_in_mid_month_has_not_risen(refleqt: Composition) -> None:
    business = refleqt.business()
    extract(refleqt, business, month(FEBRUARY + timedelta(days=22), 6, 100.0), month(MARCH, 31, 100.0))
    assert refleqt.tooling.delta(business, "ads") == []


def test_a_thing_that_stops_while_others_go_on_has_fallen(refleqt: Composition) -> None:
    business = refleqt.business()
    others = month(FEBRUARY, 59, 100.0, entity_id="ad-2")
    extract(refleqt, business, others, month(FEBRUARY, 28, 100.0))
    assert [(each.entity_id, each.magnitude) for each in refleqt.tooling.delta(business, "ads")] == [("ad-1", -1.0)]


def test_a_day_without_a_rate_says_nothing_of_it(refleqt: Composition) -> None:
    business = refleqt.business()
    rate = {"metric": "open_rate", "additivity": "ratio"}
    sparse = [record for record in month(MARCH, 31, 0.2, **rate) if record.day.day % 3 == 0]
    extract(refleqt, business, month(FEBRUARY, 28, 0.2, **rate), sparse)
    assert refleqt.tooling.delta(business, "ads") == []


@pytest.mark.parametrize("rising", ["ad", "campaign"])
def test_a_campaign_and_an_ad_of_the_same_name_are_two_things(refleqt: Composition, rising: str) -> None:
    business = refleqt.business()
    parts = [
        month(start, days, 30.0 if (kind, start) == (rising, MARCH) else 10.0, entity_kind=kind)
        for kind in ("ad", "campaign")
        for start, days in ((FEBRUARY, 28), (MARCH, 31))
    ]
    extract(refleqt, business, *parts)
    assert [round(each.magnitude, 2) for each in refleqt.tooling.delta(business, "ads")] == [2.0]


def test_where_two_things_of_one_name_change_the_larger_change_is_told(refleqt: Composition) -> None:
    business = refleqt.business()
    extract(
        refleqt,
        business,
        month(FEBRUARY, 28, 100.0) + month(MARCH, 31, 200.0),
        month(FEBRUARY, 28, 10.0, entity_kind="campaign") + month(MARCH, 31, 50.0, entity_kind="campaign"),
    )
    assert [round(each.magnitude, 2) for each in refleqt.tooling.delta(business, "ads")] == [4.0]


def test_signals_are_computed_once_for_the_same_days(refleqt: Composition) -> None:
    business = refleqt.business()
    extract(refleqt, business, month(FEBRUARY, 28, 100.0), month(MARCH, 31, 160.0))
    first = refleqt.tooling.delta(business, "ads")
    refleqt.pass_days(1)
    assert refleqt.tooling.delta(business, "ads") == first
    assert refleqt.rows(business, Signal) == first


def test_more_days_of_a_month_are_judged_anew(refleqt: Composition) -> None:
    business = refleqt.business()
    extract(refleqt, business, month(FEBRUARY, 28, 100.0), month(MARCH, 20, 160.0))
    refleqt.tooling.delta(business, "ads")
    extract(refleqt, business, month(MARCH + timedelta(days=20), 11, 300.0))
    [signal] = refleqt.tooling.delta(business, "ads")
    assert (signal.window_end, signal.detail["days_after"]) == (date(2026, 3, 31), 31)


def test_the_largest_signal_comes_first(refleqt: Composition) -> None:
    business = refleqt.business()
    parts = [
        month(FEBRUARY, 28, 100.0, entity_id=name) + month(MARCH, 31, after, entity_id=name)
        for name, after in (("small", 130.0), ("large", 300.0), ("fall", 20.0))
    ]
    extract(refleqt, business, *parts)
    assert [each.entity_id for each in refleqt.tooling.delta(business, "ads")] == ["large", "fall", "small"]


def test_a_corrected_number_counts_as_it_was_corrected(refleqt: Composition) -> None:
    business = refleqt.business()
    extract(refleqt, business, month(FEBRUARY, 28, 100.0), month(MARCH, 31, 160.0))
    extract(refleqt, business, month(MARCH, 31, 100.0))
    assert refleqt.tooling.delta(business, "ads") == []


def test_a_signal_names_the_extraction_that_it_rests_on(refleqt: Composition) -> None:
    business = refleqt.business()
    extract(refleqt, business, month(FEBRUARY, 28, 100.0))
    last = extract(refleqt, business, month(MARCH, 31, 160.0))
    assert [each.extraction_id for each in refleqt.tooling.delta(business, "ads")] == [last.id]


def test_the_newest_signals_of_all_tools_come_first(refleqt: Composition) -> None:
    business = refleqt.business()
    for source in ("ads", "crm"):
        refleqt.tooling.extract(
            business, source, month(FEBRUARY, 28, 9.0, source=source) + month(MARCH, 31, 30.0, source=source), FILE
        )
        refleqt.tooling.delta(business, source)
        refleqt.pass_days(1)
    assert [each.source for each in refleqt.tooling.signals(business)] == ["crm", "ads"]


def test_another_business_s_numbers_are_not_compared(refleqt: Composition) -> None:
    mine, other = refleqt.business("brine"), refleqt.business("ash")
    extract(refleqt, mine, month(FEBRUARY, 28, 100.0), month(MARCH, 31, 160.0))
    refleqt.tooling.delta(mine, "ads")
    assert refleqt.tooling.delta(other, "ads") == []
    assert refleqt.tooling.signals(other) == []
