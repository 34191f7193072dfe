"""What the Store promises, over every adapter of it."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import attrs
import pytest
from stored import NOON, add, entry, new_business, point

from refleqt_core.cdt.records import BeliefEvidence
from refleqt_core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from refleqt_core.intake.business import Business, BusinessProfile, PricingTier, Product, Segment
from refleqt_core.intake.calendar import CalendarEntry, Campaign, SeoMetadata
from refleqt_core.intake.performance import PerformanceRecord
from refleqt_core.marketplace.records import Creator, EscrowHold, LedgerLeg
from refleqt_core.ports import Store, Transaction, where
from refleqt_core.values import BusinessId, Money


def test_what_was_added_is_read_back_equal(store: Store, business: BusinessId) -> None:
    added = entry(business, production_cost=Money(minor=12_345), tags=("waste", "kitchen"), publish_at=NOON)
    add(store, business, added)
    with store.business(business) as tx:
        assert tx.get(CalendarEntry, added.id) == added


def test_nested_values_are_read_back_equal(store: Store, business: BusinessId) -> None:
    tier = PricingTier(name="Pro", price=Money(minor=9_900, currency="USD"))
    profile = BusinessProfile(
        id=uuid4(),
        business_id=business,
        segments=(Segment(key="ops", name="Operations managers", pain_points=("spoilage",)),),
        products=(Product(name="Scale", pricing_tiers=(tier,)),),
        valid_from=NOON,
    )
    add(store, business, profile)
    with store.business(business) as tx:
        assert tx.find(BusinessProfile) == [profile]


def test_a_failed_block_leaves_nothing(store: Store, business: BusinessId) -> None:
    with pytest.raises(RuntimeError), store.business(business) as tx:
        tx.add(entry(business))
        raise RuntimeError("the program failed in mid-work")
    with store.business(business) as tx:
        assert tx.count(CalendarEntry) == 0


def test_a_failed_block_restores_what_it_saved_and_removed(store: Store, business: BusinessId) -> None:
    first, second = entry(business), entry(business)
    add(store, business, first, second)
    with pytest.raises(RuntimeError), store.business(business) as tx:
        tx.save(attrs.evolve(first, title="Changed"))
        tx.remove(CalendarEntry, second.id)
        raise RuntimeError("the program failed in mid-work")
    with store.business(business) as tx:
        assert tx.find(CalendarEntry) == sorted([first, second], key=lambda each: each.id)


def test_the_same_id_twice_is_a_conflict(store: Store, business: BusinessId) -> None:
    added = entry(business)
    add(store, business, added)
    with pytest.raises(Conflict):
        add(store, business, attrs.evolve(added, external_id="another"))


def test_the_same_natural_key_twice_is_a_conflict(store: Store, business: BusinessId) -> None:
    add(store, business, entry(business, external_id="E-1"))
    with pytest.raises(Conflict):
        add(store, business, entry(business, external_id="E-1"))


def test_a_transaction_that_met_a_conflict_is_lost_as_a_whole(store: Store, business: BusinessId) -> None:
    add(store, business, entry(business, external_id="E-1"))
    with pytest.raises(Conflict), store.business(business) as tx:
        tx.add(entry(business, external_id="E-2"))
        with pytest.raises(Conflict):
            tx.add(entry(business, external_id="E-1"))
            tx.count(CalendarEntry)
        tx.add(entry(business, external_id="E-3"))
    with store.business(business) as tx:
        assert [each.external_id for each in tx.find(CalendarEntry)] == ["E-1"]


@pytest.mark.parametrize("reads", [True, False])
def test_a_conflict_that_is_passed_over_loses_the_transaction(store: Store, business: BusinessId, reads: bool) -> None:
    add(store, business, entry(business, external_id="E-1"))
    with pytest.raises(Conflict), store.business(business) as tx:
        tx.add(entry(business, external_id="E-2"))
        with suppress(Conflict):
            tx.add(entry(business, external_id="E-1"))
            if reads:
                tx.count(CalendarEntry)
    with store.business(business) as tx:
        assert [each.external_id for each in tx.find(CalendarEntry)] == ["E-1"]


def test_every_call_after_a_conflict_raises_it(store: Store, business: BusinessId) -> None:
    added = entry(business)
    add(store, business, added)
    with pytest.raises(Conflict), store.business(business) as tx:
        with pytest.raises(Conflict):
            tx.add(added)
            tx.count(CalendarEntry)
        for call in (
            lambda: tx.get(CalendarEntry, added.id),
            lambda: tx.save(added),
            lambda: tx.latest(PerformanceRecord),
        ):
            with pytest.raises(Conflict):
                call()


def test_a_block_that_fails_raises_its_own_error_even_after_a_conflict(store: Store, business: BusinessId) -> None:
    added = entry(business)
    add(store, business, added)
    with pytest.raises(RuntimeError), store.business(business) as tx:
        with suppress(Conflict):
            tx.add(added)
        raise RuntimeError("the program failed in mid-work")


def test_what_refers_to_another_may_be_added_with_it(store: Store, business: BusinessId) -> None:
    campaign = Campaign(id=uuid4(), business_id=business, name="Spring")
    planned = entry(business, campaign_id=campaign.id)
    with store.business(business) as tx:
        tx.add(campaign, planned)
        tx.add(SeoMetadata(id=uuid4(), business_id=business, calendar_entry_id=planned.id), entry(business))
        assert tx.count(CalendarEntry) == 2
        assert tx.get(CalendarEntry, planned.id) == planned


def test_what_was_added_can_be_saved_and_removed_at_once(store: Store, business: BusinessId) -> None:
    first, second = entry(business), entry(business)
    with store.business(business) as tx:
        tx.add(first, second)
        saved = tx.save(attrs.evolve(first, title="Better"))
        tx.remove(CalendarEntry, second.id)
    with store.business(business) as tx:
        assert tx.find(CalendarEntry) == [saved]


def test_odd_words_of_a_tuple_are_read_back_equal(store: Store, business: BusinessId) -> None:
    odd = entry(business, title="a", tags=('"{,}"', "\\", "NULL", "", "ä b"))
    add(store, business, odd)
    with store.business(business) as tx:
        assert tx.get(CalendarEntry, odd.id) == odd


def test_two_businesses_may_use_the_same_natural_key(store: Store, business: BusinessId) -> None:
    add(store, business, entry(business, external_id="E-1"))
    other = new_business(store)
    add(store, other, entry(other, external_id="E-1"))
    with store.business(other) as tx:
        assert tx.count(CalendarEntry) == 1


def test_another_business_s_rows_are_absent(store: Store, business: BusinessId) -> None:
    added = entry(business)
    add(store, business, added)
    other = new_business(store)
    with store.business(other) as tx:
        assert tx.find(CalendarEntry) == []
        with pytest.raises(NotFound):
            tx.get(CalendarEntry, added.id)


def test_removing_another_business_s_row_does_nothing(store: Store, business: BusinessId) -> None:
    added = entry(business)
    add(store, business, added)
    with store.business(new_business(store)) as tx:
        tx.remove(CalendarEntry, added.id)
    with store.business(business) as tx:
        assert tx.count(CalendarEntry) == 1


def test_writing_for_another_business_is_not_allowed(store: Store, business: BusinessId) -> None:
    other = new_business(store)
    with pytest.raises(NotAllowed):
        add(store, other, entry(business))


def test_saving_another_business_s_row_is_not_allowed(store: Store, business: BusinessId) -> None:
    added = entry(business)
    add(store, business, added)
    other = new_business(store)
    with pytest.raises(NotAllowed), store.business(other) as tx:
        tx.save(added)


def test_a_reference_to_another_business_s_row_is_refused(store: Store, business: BusinessId) -> None:
    campaign = Campaign(id=uuid4(), business_id=business, name="Spring")
    add(store, business, campaign)
    other = new_business(store)
    with pytest.raises(NotFound):
        add(store, other, entry(other, campaign_id=campaign.id))


def test_the_platform_sees_no_rows_of_a_business(store: Store, business: BusinessId) -> None:
    add(store, business, entry(business))
    with store.platform() as tx:
        assert tx.find(CalendarEntry) == []


def test_the_platform_sees_the_directory_of_businesses(store: Store, business: BusinessId) -> None:
    with store.platform() as tx:
        assert tx.get(Business, business).name == "Brine"


def test_a_business_sees_only_itself_in_the_directory(store: Store, business: BusinessId) -> None:
    new_business(store)
    with store.business(business) as tx:
        assert [each.id for each in tx.find(Business)] == [business]


def test_the_platform_reads_the_ledger_but_does_not_write_it(store: Store, business: BusinessId) -> None:
    hold = EscrowHold(id=uuid4(), business_id=business, currency="EUR", base_fee=1, bonus_reserve=0, platform_fee=0)
    leg = LedgerLeg(
        id=uuid4(),
        business_id=business,
        movement=uuid4(),
        key="k",
        hold_id=hold.id,
        kind="hold",
        account="escrow",
        amount=1,
        currency="EUR",
        recorded_at=NOON,
    )
    add(store, business, hold, leg)
    with store.platform() as tx:
        assert tx.find(LedgerLeg, *where(hold_id=hold.id)) == [leg]
        with pytest.raises(NotAllowed):
            tx.add(attrs.evolve(leg, id=uuid4()))


def test_what_belongs_to_nobody_is_seen_by_all(store: Store, business: BusinessId) -> None:
    creator = Creator(id=uuid4(), external_id=f"C-{uuid4()}", display_name="Ada")
    with store.platform() as tx:
        tx.add(creator)
    with store.business(business) as tx:
        assert tx.get(Creator, creator.id) == creator


def test_a_save_counts_the_version_up(store: Store, business: BusinessId) -> None:
    added = entry(business)
    add(store, business, added)
    with store.business(business) as tx:
        saved = tx.save(attrs.evolve(added, title="Better"))
    with store.business(business) as tx:
        assert tx.get(CalendarEntry, added.id) == saved == attrs.evolve(added, title="Better", version=1)


def test_saving_an_older_version_is_a_conflict(store: Store, business: BusinessId) -> None:
    added = entry(business)
    add(store, business, added)
    with store.business(business) as tx:
        tx.save(attrs.evolve(added, title="First"))
    with pytest.raises(Conflict), store.business(business) as tx:
        tx.save(attrs.evolve(added, title="Second"))


def test_of_two_racing_saves_one_wins(store: Store, business: BusinessId) -> None:
    added = entry(business)
    add(store, business, added)

    def save(title: str) -> bool:
        try:
            with store.business(business) as tx:
                tx.save(attrs.evolve(added, title=title))
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(save, ["a", "b", "c", "d"])) == 1


def test_saving_what_is_absent_is_not_found(store: Store, business: BusinessId) -> None:
    with pytest.raises(NotFound), store.business(business) as tx:
        tx.save(entry(business))


def test_saving_the_natural_key_of_another_is_a_conflict(store: Store, business: BusinessId) -> None:
    first, second = entry(business, external_id="E-1"), entry(business, external_id="E-2")
    add(store, business, first, second)
    with pytest.raises(Conflict), store.business(business) as tx:
        tx.save(attrs.evolve(second, external_id="E-1"))


def test_a_natural_key_is_free_again_after_its_row_is_removed(store: Store, business: BusinessId) -> None:
    first = entry(business, external_id="E-1")
    add(store, business, first)
    with store.business(business) as tx:
        tx.remove(CalendarEntry, first.id)
    add(store, business, entry(business, external_id="E-1"))
    with store.business(business) as tx:
        assert tx.count(CalendarEntry, *where(external_id="E-1")) == 1


def test_removing_what_is_absent_does_nothing(store: Store, business: BusinessId) -> None:
    with store.business(business) as tx:
        tx.remove(CalendarEntry, uuid4())
        assert tx.count(CalendarEntry) == 0


def test_removing_what_others_refer_to_is_a_conflict(store: Store, business: BusinessId) -> None:
    added = entry(business)
    add(store, business, added, SeoMetadata(id=uuid4(), business_id=business, calendar_entry_id=added.id))
    with pytest.raises(Conflict), store.business(business) as tx:
        tx.remove(CalendarEntry, added.id)


def test_a_reference_to_what_is_absent_is_not_found(store: Store, business: BusinessId) -> None:
    with pytest.raises(NotFound):
        add(store, business, SeoMetadata(id=uuid4(), business_id=business, calendar_entry_id=uuid4()))


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        ({"title": "b"}, ["b"]),
        ({"title__ne": "b"}, ["a", "c"]),
        ({"publish_at__ge": NOON}, ["b", "c"]),
        ({"publish_at__gt": NOON}, ["c"]),
        ({"publish_at__le": NOON}, ["b"]),
        ({"publish_at__lt": NOON}, []),
        ({"title__in": ["a", "c", "z"]}, ["a", "c"]),
        ({"title__in": []}, []),
        ({"publish_at": None}, ["a"]),
        ({"publish_at__null": False}, ["b", "c"]),
        ({"tags__has": "x"}, ["b"]),
        ({"title": "b", "publish_at": None}, []),
    ],
    ids=str,
)
def test_find_gives_what_meets_every_filter(
    store: Store, business: BusinessId, conditions: dict[str, Any], expected: list[str]
) -> None:
    later = NOON + timedelta(hours=1)
    add(
        store,
        business,
        entry(business, title="a"),
        entry(business, title="b", publish_at=NOON, tags=("x", "y")),
        entry(business, title="c", publish_at=later),
    )
    with store.business(business) as tx:
        assert [each.title for each in tx.find(CalendarEntry, *where(**conditions), order="title")] == expected
        assert tx.count(CalendarEntry, *where(**conditions)) == len(expected)


def test_whether_money_is_there_can_be_asked(store: Store, business: BusinessId) -> None:
    paid, free = entry(business, production_cost=Money(minor=1)), entry(business)
    add(store, business, paid, free)
    with store.business(business) as tx:
        assert tx.find(CalendarEntry, *where(production_cost__null=False)) == [paid]
        assert tx.find(CalendarEntry, *where(production_cost=None)) == [free]


@pytest.mark.parametrize("asked", [{"filter": where(production_cost__gt=Money(minor=1))}, {"order": "production_cost"}])
def test_money_is_not_compared(store: Store, business: BusinessId, asked: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput), store.business(business) as tx:
        tx.find(CalendarEntry, *asked.get("filter", ()), order=asked.get("order", "id"))


def test_find_by_ids(store: Store, business: BusinessId) -> None:
    first = entry(business)
    add(store, business, first, entry(business))
    with store.business(business) as tx:
        assert tx.find(CalendarEntry, *where(id__in=[first.id])) == [first]


def test_an_unknown_field_is_invalid(store: Store, business: BusinessId) -> None:
    with pytest.raises(InvalidInput), store.business(business) as tx:
        tx.find(CalendarEntry, *where(colour="red"))


def test_an_unknown_operator_is_invalid(store: Store, business: BusinessId) -> None:
    with pytest.raises(InvalidInput), store.business(business) as tx:
        tx.find(CalendarEntry, *where(title__resembles="red"))


def test_a_field_that_is_no_tuple_holds_nothing(store: Store, business: BusinessId) -> None:
    with pytest.raises(InvalidInput), store.business(business) as tx:
        tx.find(CalendarEntry, *where(title__has="a"))


@pytest.mark.parametrize("order", ["publish_at", "-publish_at"])
def test_pages_by_cursor_are_the_whole_in_order(store: Store, business: BusinessId, order: str) -> None:
    moments = [NOON, NOON, NOON + timedelta(days=1), None, None, NOON - timedelta(days=1)]
    add(store, business, *(entry(business, publish_at=moment) for moment in moments))
    with store.business(business) as tx:
        whole = tx.find(CalendarEntry, order=order)
        assert [each.publish_at is None for each in whole] == [False] * 4 + [True] * 2
        assert pages(tx, order) == whole


def pages(tx: Transaction, order: str) -> list[CalendarEntry]:
    seen: list[CalendarEntry] = []
    after: UUID | None = None
    while page := tx.find(CalendarEntry, order=order, after=after, limit=2):
        seen += page
        after = page[-1].id
    return seen


def test_a_cursor_that_is_absent_is_not_found(store: Store, business: BusinessId) -> None:
    with pytest.raises(NotFound), store.business(business) as tx:
        tx.find(CalendarEntry, after=uuid4())


def test_odd_text_is_read_back_equal(store: Store, business: BusinessId) -> None:
    odd = entry(business, title="snow ☃ and 'quotes' and \\ and %s and ; drop table")
    add(store, business, odd)
    with store.business(business) as tx:
        assert tx.get(CalendarEntry, odd.id).title == odd.title


def test_points_appended_twice_are_there_once(store: Store, business: BusinessId) -> None:
    points = [point(business, 1, 3.0), point(business, 2, 4.0)]
    with store.business(business) as tx:
        first, again = tx.append(points), tx.append(points)
        assert (first.new, first.unchanged, again.new, again.unchanged) == (2, 0, 0, 2)
        assert tx.count(PerformanceRecord) == 2


def test_a_corrected_point_stands_beside_the_old_one(store: Store, business: BusinessId) -> None:
    with store.business(business) as tx:
        tx.append([point(business, 1, 3.0)])
        assert tx.append([point(business, 1, 5.0)]).changed == 1
        assert [each.value for each in tx.latest(PerformanceRecord)] == [5.0]
        assert [each.value for each in tx.find(PerformanceRecord, order="revision")] == [3.0, 5.0]


def test_one_key_with_two_values_in_one_call_is_invalid(store: Store, business: BusinessId) -> None:
    with pytest.raises(InvalidInput), store.business(business) as tx:
        tx.append([point(business, 1, 3.0), point(business, 1, 4.0)])


def test_points_of_other_keys_stay_apart(store: Store, business: BusinessId) -> None:
    points = [point(business, 1, 3.0), point(business, 1, 4.0, metric="opens"), point(business, 1, 5.0, source="crm")]
    with store.business(business) as tx:
        assert tx.append(points).new == 3


def test_a_source_counts_once_as_evidence_for_a_cell(store: Store, business: BusinessId) -> None:
    evidence = BeliefEvidence(
        id=uuid4(),
        business_id=business,
        belief_category="channel",
        segment="ops",
        option="email",
        metric="success",
        outcome=1.0,
        source_type="calendar",
        source_id=uuid4(),
        observed_at=NOON,
        recorded_at=NOON,
    )
    add(store, business, evidence)
    with pytest.raises(Conflict):
        add(store, business, attrs.evolve(evidence, id=uuid4()))


def test_check_says_what_answers(store: Store) -> None:
    assert store.check()
