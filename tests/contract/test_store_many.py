"""What the Store promises of many rows at once, over every adapter of it."""

from collections.abc import Iterable
from typing import Any
from uuid import uuid4

import attrs
import pytest
from stored import NOON, add, entry, new_business, point

from refleqt_core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from refleqt_core.intake.business import BusinessProfile, Segment
from refleqt_core.intake.calendar import CalendarEntry, Campaign, Keyword, SeoMetadata
from refleqt_core.ports import Query, Store, where
from refleqt_core.values import BusinessId, Money


def spring(business: BusinessId) -> Campaign:
    return Campaign(id=uuid4(), business_id=business, name="Spring")


def test_several_searches_are_answered_in_their_order(store: Store, business: BusinessId) -> None:
    campaign, first, second = (
        Campaign(id=uuid4(), business_id=business, name="Spring"),
        entry(business),
        entry(business),
    )
    add(store, business, campaign, first, second)
    with store.business(business) as tx:
        campaigns, entries, keywords, none = tx.find_all(
            Query(Campaign, where(name__in=["Spring", "Autumn"])),
            Query(CalendarEntry, order="-id", limit=1),
            Query(Keyword),
            Query(CalendarEntry, where(title="none of them")),
        )
    assert (campaigns, entries, keywords, none) == ([campaign], [max([first, second], key=lambda e: e.id)], [], [])


def test_no_search_has_no_answer(store: Store, business: BusinessId) -> None:
    with store.business(business) as tx:
        assert tx.find_all() == []


def test_several_searches_see_what_was_added_before(store: Store, business: BusinessId) -> None:
    with store.business(business) as tx:
        tx.add(entry(business, title="new"))
        ((found,),) = tx.find_all(Query(CalendarEntry))
    assert found.title == "new"


def test_one_wrong_search_of_several_is_invalid(store: Store, business: BusinessId) -> None:
    with pytest.raises(InvalidInput), store.business(business) as tx:
        tx.find_all(Query(Campaign), Query(CalendarEntry, where(colour="red")))


def test_several_searches_find_nothing_of_another_business(store: Store, business: BusinessId) -> None:
    add(store, business, entry(business))
    with store.business(new_business(store)) as tx:
        assert tx.find_all(Query(CalendarEntry), Query(CalendarEntry, limit=5)) == [[], []]


def test_rows_have_the_values_that_the_entities_have(store: Store, business: BusinessId) -> None:
    full = entry(
        business,
        title="a",
        production_cost=Money(minor=5, currency="USD"),
        tags=("x", "y"),
        publish_at=NOON,
        team=("Mia",),
    )
    add(store, business, full, entry(business, title="b"))
    fields = [field.name for field in attrs.fields(CalendarEntry)]
    with store.business(business) as tx:
        entities = tx.find(CalendarEntry, order="title")
        rows = tx.rows(CalendarEntry, fields, order="title")
    assert rows == [tuple(getattr(each, field) for field in fields) for each in entities]


def test_rows_have_their_values_in_the_order_that_was_asked_for(store: Store, business: BusinessId) -> None:
    added = entry(business, production_cost=Money(minor=5), title="a")
    add(store, business, added)
    with store.business(business) as tx:
        assert tx.rows(CalendarEntry, ["title", "production_cost", "id"]) == [("a", Money(minor=5), added.id)]


def test_rows_have_nested_values_as_the_entities_have_them(store: Store, business: BusinessId) -> None:
    segments = (Segment(key="ops", name="Operations managers", pain_points=("spoilage",)),)
    add(store, business, BusinessProfile(id=uuid4(), business_id=business, segments=segments, valid_from=NOON))
    with store.business(business) as tx:
        assert tx.rows(BusinessProfile, ["segments", "valid_to"]) == [(segments, None)]


def test_rows_are_those_that_meet_the_filters_in_order_up_to_the_limit(store: Store, business: BusinessId) -> None:
    add(store, business, *(entry(business, title=title) for title in "dacb"))
    with store.business(business) as tx:
        assert tx.rows(CalendarEntry, ["title"], *where(title__ne="d"), order="-title", limit=2) == [("c",), ("b",)]
        assert tx.rows(CalendarEntry, ["title"], *where(title="e")) == []


def test_rows_of_another_business_are_absent(store: Store, business: BusinessId) -> None:
    add(store, business, entry(business))
    with store.business(new_business(store)) as tx:
        assert tx.rows(CalendarEntry, ["id", "title"]) == []


@pytest.mark.parametrize("fields", [[], ["title", "colour"]])
def test_rows_of_no_field_or_an_unknown_one_are_invalid(store: Store, business: BusinessId, fields: list[str]) -> None:
    with pytest.raises(InvalidInput), store.business(business) as tx:
        tx.rows(CalendarEntry, fields)


def test_saving_many_counts_every_version_up(store: Store, business: BusinessId) -> None:
    first, second = entry(business, tags=("a",)), entry(business, production_cost=Money(minor=1))
    add(store, business, first, second)
    with store.business(business) as tx:
        saved = tx.save_all([attrs.evolve(second, title="2"), attrs.evolve(first, title="1")])
        assert tx.find(CalendarEntry, order="title") == saved[::-1]
    assert saved == [attrs.evolve(second, title="2", version=1), attrs.evolve(first, title="1", version=1)]


def test_saving_none_does_nothing(store: Store, business: BusinessId) -> None:
    with store.business(business) as tx:
        assert tx.save_all([]) == []


def test_many_of_several_kinds_are_saved(store: Store, business: BusinessId) -> None:
    campaign, added = spring(business), entry(business)
    add(store, business, campaign, added)
    with store.business(business) as tx:
        tx.save_all([attrs.evolve(added, title="Better"), attrs.evolve(campaign, name="Summer")])
        assert (tx.get(CalendarEntry, added.id).title, tx.get(Campaign, campaign.id).name) == ("Better", "Summer")


def test_saving_many_of_which_one_was_saved_meanwhile_loses_all(store: Store, business: BusinessId) -> None:
    first, second = entry(business), entry(business)
    add(store, business, first, second)
    with store.business(business) as tx:
        tx.save(attrs.evolve(second, title="quicker"))
    with pytest.raises(Conflict), store.business(business) as tx:
        with pytest.raises(Conflict):
            tx.save_all([attrs.evolve(first, title="late"), attrs.evolve(second, title="late")])
        with pytest.raises(Conflict):
            tx.count(CalendarEntry)
    with store.business(business) as tx:
        assert "late" not in [each.title for each in tx.find(CalendarEntry)]


def test_saving_many_of_which_one_is_absent_loses_all(store: Store, business: BusinessId) -> None:
    added = entry(business)
    add(store, business, added)
    with pytest.raises(NotFound), store.business(business) as tx, pytest.raises(NotFound):
        tx.save_all([attrs.evolve(added, title="late"), entry(business)])
    with store.business(business) as tx:
        assert tx.get(CalendarEntry, added.id) == added


def test_saving_one_twice_in_one_call_is_a_conflict(store: Store, business: BusinessId) -> None:
    added = entry(business)
    add(store, business, added)
    with pytest.raises(Conflict), store.business(business) as tx:
        tx.save_all([attrs.evolve(added, title="a"), attrs.evolve(added, title="b")])


def test_saving_many_of_which_one_is_another_business_s_is_not_allowed(store: Store, business: BusinessId) -> None:
    added, other = entry(business), new_business(store)
    add(store, business, added)
    with pytest.raises(NotAllowed), store.business(other) as tx:
        tx.save_all([added])


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        ("WASTE", ["50% less_waste", "Waste \\ want"]),
        ("äpf", ["ÄPFEL"]),
        ("%", ["50% less_waste"]),
        ("_", ["50% less_waste"]),
        ("\\", ["Waste \\ want"]),
        ("", ["50% less_waste", "Waste \\ want", "ÄPFEL"]),
        ("less.waste", []),
    ],
)
def test_text_that_contains_a_part_is_found_in_any_letters(
    store: Store, business: BusinessId, part: str, expected: list[str]
) -> None:
    add(store, business, *(entry(business, title=title) for title in ["50% less_waste", "Waste \\ want", "ÄPFEL"]))
    with store.business(business) as tx:
        assert [each.title for each in tx.find(CalendarEntry, *where(title__contains=part), order="title")] == expected


def test_a_text_that_is_none_contains_nothing(store: Store, business: BusinessId) -> None:
    add(store, business, entry(business))
    with store.business(business) as tx:
        assert tx.find(CalendarEntry, *where(owner__contains="")) == []


@pytest.mark.parametrize("field", ["tags", "publish_at", "campaign_id", "production_cost"])
def test_a_field_that_is_no_text_contains_nothing(store: Store, business: BusinessId, field: str) -> None:
    with pytest.raises(InvalidInput), store.business(business) as tx:
        tx.find(CalendarEntry, *where(**{f"{field}__contains": "a"}))


MANY = 450
"""Enough for every adapter to take its way for many."""

ODD = ["\t", "\n", "\r", "\\N", "\\.", "\\", "NULL", "", "ä☃", '"', "{,}", "%s", "$1", "a\\tb"]


def many(business: BusinessId, **changes: Any) -> list[CalendarEntry]:
    return [entry(business, external_id=f"E-{number}", **changes) for number in range(MANY)]


def by_id(entities: Iterable[CalendarEntry]) -> list[CalendarEntry]:
    return sorted(entities, key=lambda each: each.id)


def test_many_that_were_added_are_read_back_equal(store: Store, business: BusinessId) -> None:
    added = many(business, production_cost=Money(minor=5, currency="USD"), publish_at=NOON, tags=("a", "b"))
    added = [attrs.evolve(each, owner=ODD[index % len(ODD)], notes=None) for index, each in enumerate(added)]
    added += [entry(business, title=f"odd {text}", tags=(text, "x")) for text in ODD]
    with store.business(business) as tx:
        tx.add(*added)
        assert tx.find(CalendarEntry) == by_id(added)
    with store.business(business) as tx:
        assert tx.find(CalendarEntry) == by_id(added)


def test_many_of_several_kinds_are_added_in_whatever_order(store: Store, business: BusinessId) -> None:
    campaign, entries = spring(business), many(business)
    entries = [attrs.evolve(each, campaign_id=campaign.id) for each in entries]
    details = [SeoMetadata(id=uuid4(), business_id=business, calendar_entry_id=each.id) for each in entries]
    mixed = [each for pair in zip(details, entries, strict=True) for each in pair]
    with store.business(business) as tx:
        tx.add(*mixed, campaign)
        assert (tx.count(SeoMetadata), tx.count(CalendarEntry), tx.count(Campaign)) == (MANY, MANY, 1)


def test_many_may_be_added_again_and_again(store: Store, business: BusinessId) -> None:
    first, second = many(business), [attrs.evolve(each, external_id=f"F-{each.external_id}") for each in many(business)]
    with store.business(business) as tx:
        tx.add(*first)
        tx.add(*second)
        tx.add(entry(business))
    with store.business(business) as tx:
        assert tx.count(CalendarEntry) == 2 * MANY + 1


def test_one_conflict_among_many_loses_all(store: Store, business: BusinessId) -> None:
    add(store, business, entry(business, external_id=f"E-{MANY - 1}"))
    with pytest.raises(Conflict), store.business(business) as tx:
        tx.add(*many(business))
    with store.business(business) as tx:
        assert tx.count(CalendarEntry) == 1


def test_a_reference_of_one_among_many_to_what_is_absent_is_not_found(store: Store, business: BusinessId) -> None:
    with pytest.raises(NotFound), store.business(business) as tx:
        tx.add(*many(business), entry(business, campaign_id=uuid4()))
    with store.business(business) as tx:
        assert tx.count(CalendarEntry) == 0


def test_one_of_another_business_among_many_is_not_allowed(store: Store, business: BusinessId) -> None:
    other = new_business(store)
    with pytest.raises(NotAllowed), store.business(business) as tx:
        tx.add(*many(business), entry(other))


def test_many_in_a_block_that_fails_are_not_there(store: Store, business: BusinessId) -> None:
    with pytest.raises(RuntimeError), store.business(business) as tx:
        tx.add(*many(business))
        raise RuntimeError("the program failed in mid-work")
    with store.business(business) as tx:
        assert tx.count(CalendarEntry) == 0
        tx.add(*many(business))
        assert tx.count(CalendarEntry) == MANY


def test_many_points_appended_twice_are_there_once(store: Store, business: BusinessId) -> None:
    points = [point(business, 1, float(number), entity_id=f"a-{number}") for number in range(MANY)]
    with store.business(business) as tx:
        tx.append(points)
    with store.business(business) as tx:
        assert tx.append(points).unchanged == MANY
