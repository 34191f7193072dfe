"""Results come in, and find the artifacts that they are results of."""

import random
from datetime import date
from typing import Any
from urllib.parse import quote, quote_plus
from uuid import uuid4

import pytest
from composition import FILE, NOON, Composition, draft, result
from hypothesis import given, settings
from hypothesis import strategies as st

from refleqt_core.errors import InvalidInput
from refleqt_core.intake.calendar import CalendarEntry, SeoMetadata
from refleqt_core.intake.drafts import ImportedFile
from refleqt_core.intake.joining import EntryIndex, Match
from refleqt_core.intake.performance import PerformanceRecord
from refleqt_core.ports import MetricRecord
from refleqt_core.values import BusinessId

BUSINESS = BusinessId(uuid4())
NAMES = st.text("abcXYZ019 -_.+%äßéñ", min_size=1, max_size=12).filter(lambda name: any(c.isalnum() for c in name))


def entry(external_id: str = "E-1", **changes: Any) -> CalendarEntry:
    return CalendarEntry(
        id=uuid4(),
        business_id=BUSINESS,
        external_id=external_id,
        title="Ten ways",
        artifact_type="email",
        created_at=NOON,
        updated_at=NOON,
        **changes,
    )


def seo(of: CalendarEntry, **fields: Any) -> SeoMetadata:
    return SeoMetadata(id=uuid4(), business_id=BUSINESS, calendar_entry_id=of.id, **fields)


def found(
    index: EntryIndex, artifact_id: str | None = None, utm_content: str | None = None, url: str | None = None
) -> Match | None:
    return index.match(artifact_id=artifact_id, utm_content=utm_content, url=url)


@st.composite
def written_differently(draw: st.DrawFn, name: str) -> str:
    """The name as some tool might give it back."""
    chosen = draw(st.sampled_from([str, str.upper, str.lower, str.title]))(name)
    spaced = draw(st.sampled_from([str, lambda text: text.replace(" ", "_"), lambda text: text.replace("-", "  ")]))
    encoded = draw(st.sampled_from([str, quote, quote_plus, lambda text: quote(quote(text))]))
    return draw(st.sampled_from(["", " "])) + encoded(spaced(chosen)) + draw(st.sampled_from(["", "\t"]))


@given(st.data(), NAMES)
def test_an_artifact_is_found_however_a_tool_writes_its_name(data: st.DataObject, name: str) -> None:
    one = entry(name)
    assert found(EntryIndex.of([one], []), data.draw(written_differently(name))) == Match(one.id, "artifact_id")


@given(st.data(), NAMES)
def test_a_utm_value_is_found_however_a_tool_writes_it(data: st.DataObject, name: str) -> None:
    one = entry(utm_content=name)
    written = data.draw(written_differently(name))
    index = EntryIndex.of([one], [])
    assert found(index, utm_content=written) == Match(one.id, "utm")
    assert found(index, url=f"https://x.example/a?b=1&UTM_content={quote(written)}#top") == Match(one.id, "utm")


@given(st.data(), st.lists(NAMES.map(lambda name: name.replace("%", "")).filter(str.strip), min_size=1, max_size=3))
def test_a_page_is_found_whatever_the_host_the_query_and_the_encoding(data: st.DataObject, parts: list[str]) -> None:
    path = "/".join(part.strip() for part in parts)
    one = entry()
    index = EntryIndex.of([one], [seo(one, canonical_url=f"https://brine.example/{quote(path)}")])
    written = data.draw(
        st.sampled_from(
            [
                quote(path),
                f"/{quote(path)}/",
                f"http://www.brine.example/{quote(path.upper())}?utm_source=x",
                f"//cdn.example/{quote(path)}#part",
            ]
        )
    )
    assert found(index, url=written) == Match(one.id, "url")


def test_the_id_that_refleqt_gave_an_entry_names_it_too() -> None:
    one = entry()
    assert found(EntryIndex.of([one], []), str(one.id).upper()) == Match(one.id, "artifact_id")


def test_the_most_telling_name_decides() -> None:
    by_id, by_utm, by_url = entry("E-1"), entry("E-2", utm_content="two"), entry("E-3")
    index = EntryIndex.of([by_id, by_utm, by_url], [seo(by_url, url_slug="three")])
    assert found(index, "E-1", "two", "https://x.example/three") == Match(by_id.id, "artifact_id")
    assert found(index, "unknown", "two", "https://x.example/three") == Match(by_utm.id, "utm")
    assert found(index, "unknown", "unknown", "https://x.example/three") == Match(by_url.id, "url")


def test_a_name_that_two_entries_share_joins_neither() -> None:
    index = EntryIndex.of([entry("E-1", utm_content="spring"), entry("E-2", utm_content="Spring")], [])
    assert found(index, utm_content="spring") is None


def test_a_page_that_is_slug_and_canonical_url_of_one_entry_is_not_ambiguous() -> None:
    one = entry()
    index = EntryIndex.of([one], [seo(one, url_slug="blog/waste", canonical_url="https://brine.example/blog/waste")])
    assert found(index, url="/blog/waste") == Match(one.id, "url")


@pytest.mark.parametrize("url", ["http://[::1", "https://exa[mple/x", "", "/", "?utm_content=", "mailto:a@b.example"])
def test_what_is_no_page_joins_nothing(url: str) -> None:
    one = entry()
    assert found(EntryIndex.of([one], [seo(one, url_slug="waste")]), url=url) is None


def test_no_name_joins_nothing() -> None:
    assert found(EntryIndex.of([entry("--")], []), "__") is None


DAYS = st.integers(1, 28).map(lambda day: date(2026, 2, day))
RECORDS = st.builds(
    result,
    st.sampled_from(["E-1", "E-2", "nobody"]),
    st.floats(0, 1e6),
    day=DAYS,
    metric=st.sampled_from(["clicks", "opens"]),
    source=st.sampled_from(["ga4", "crm"]),
)


def key(record: MetricRecord) -> tuple[Any, ...]:
    return record.source, record.entity_id, record.metric, record.day


FILES = st.lists(RECORDS, max_size=8, unique_by=key)


@given(FILES)
@settings(max_examples=40)
def test_importing_results_twice_is_importing_them_once(records: list[MetricRecord]) -> None:
    refleqt = Composition()
    business = refleqt.business()
    refleqt.calendar.import_entries(business, [draft("E-1"), draft("E-2")], FILE)
    refleqt.performance.import_records(business, records, FILE)
    before = refleqt.rows(business, PerformanceRecord)
    again = refleqt.performance.import_records(business, records, FILE)
    assert (again.new, again.changed, again.unchanged) == (0, 0, len(records))
    assert refleqt.rows(business, PerformanceRecord) == before


@given(FILES, FILES, st.integers(0, 3), st.integers(0, 3))
@settings(max_examples=40)
def test_every_result_read_is_new_changed_unchanged_or_rejected(
    first: list[MetricRecord], second: list[MetricRecord], twice: int, rejected: int
) -> None:
    refleqt = Composition()
    business = refleqt.business()
    refleqt.performance.import_records(business, first, FILE)
    rows = [*second, *second[:twice]]
    batch = refleqt.performance.import_records(business, rows, ImportedFile(name="b", blob="b", rejected=rejected))
    assert batch.read == len(rows) + rejected == batch.new + batch.changed + batch.unchanged + rejected
    assert batch.new == len({key(each) for each in second} - {key(each) for each in first})


def test_one_result_with_two_values_in_a_file_is_refused(refleqt: Composition) -> None:
    with pytest.raises(InvalidInput, match="two values"):
        refleqt.performance.import_records(refleqt.business(), [result(value=1.0), result(value=2.0)], FILE)


def values(refleqt: Composition, business: BusinessId) -> list[tuple[int, float]]:
    return [(row.revision, row.value) for row in refleqt.rows(business, PerformanceRecord, order="revision")]


def test_a_corrected_result_stands_beside_the_old_one(refleqt: Composition) -> None:
    business = refleqt.business()
    refleqt.performance.import_records(business, [result(value=3.0)], FILE)
    batch = refleqt.performance.import_records(business, [result(value=5.0)], FILE)
    assert batch.changed == 1
    assert values(refleqt, business) == [(0, 3.0), (1, 5.0)]


def test_a_result_is_joined_to_its_entry_and_says_by_what(refleqt: Composition) -> None:
    business = refleqt.business()
    one = refleqt.calendar.save(business, draft(utm_content="spring-post"))
    record = result("?", labels={"utm_content": "Spring%20Post"})
    refleqt.performance.import_records(business, [record], FILE)
    [row] = refleqt.rows(business, PerformanceRecord)
    assert (row.calendar_entry_id, row.matched_by) == (one.id, "utm")


def test_a_result_of_nothing_known_is_kept_and_shown(refleqt: Composition) -> None:
    business = refleqt.business()
    refleqt.performance.import_records(business, [result("E-9")], FILE)
    assert [row.entity_id for row in refleqt.performance.unmatched(business)] == ["E-9"]


def test_a_result_is_joined_later_when_its_entry_is_there(refleqt: Composition) -> None:
    business = refleqt.business()
    refleqt.performance.import_records(business, [result("E-1"), result("E-9")], FILE)
    one = refleqt.calendar.save(business, draft("E-1"))
    assert refleqt.performance.map(business) == 1
    assert {row.entity_id: row.calendar_entry_id for row in refleqt.rows(business, PerformanceRecord)} == {
        "E-1": one.id,
        "E-9": None,
    }
    assert refleqt.performance.map(business) == 0


def test_a_result_whose_correction_was_joined_is_not_shown_as_unmatched(refleqt: Composition) -> None:
    business = refleqt.business()
    refleqt.performance.import_records(business, [result("E-1", 1.0)], FILE)
    refleqt.calendar.save(business, draft("E-1"))
    refleqt.performance.import_records(business, [result("E-1", 2.0)], FILE)
    assert refleqt.performance.unmatched(business) == []


def test_of_what_is_unmatched_the_last_correction_is_shown(refleqt: Composition) -> None:
    business = refleqt.business()
    for value in (1.0, 2.0):
        refleqt.performance.import_records(business, [result("E-9", value)], FILE)
    assert [row.value for row in refleqt.performance.unmatched(business)] == [2.0]


def test_the_order_of_a_file_does_not_matter(refleqt: Composition) -> None:
    records = [result(f"E-{n % 3}", float(n), day=date(2026, 2, 1 + n)) for n in range(9)]
    shuffled = random.Random(0).sample(records, len(records))
    stored = []
    for slug, order in (("brine", records), ("ash", shuffled)):
        business = refleqt.business(slug)
        refleqt.calendar.save(business, draft("E-1"))
        refleqt.performance.import_records(business, order, FILE)
        rows = refleqt.rows(business, PerformanceRecord, order="day")
        stored.append([(row.entity_id, row.day, row.value, row.matched_by) for row in rows])
    assert stored[0] == stored[1]


def test_another_business_s_results_are_neither_seen_nor_joined(refleqt: Composition) -> None:
    mine, other = refleqt.business("brine"), refleqt.business("ash")
    refleqt.performance.import_records(mine, [result("E-1")], FILE)
    refleqt.calendar.save(other, draft("E-1"))
    assert refleqt.performance.map(other) == 0
    assert refleqt.performance.unmatched(other) == []
    assert refleqt.performance.map(mine) == 0
