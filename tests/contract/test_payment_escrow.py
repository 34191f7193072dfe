"""What the PaymentEscrow promises, over every adapter of it and every store that it works in."""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier
from typing import Any
from uuid import UUID, uuid4

import attrs
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, multiple, rule

from refleqt_adapters.clock.simulated import SimulatedClock, SimulatedIds
from refleqt_adapters.escrow.ledger import LedgerEscrow
from refleqt_adapters.postgres.connections import Database
from refleqt_adapters.store.memory import MemoryStore
from refleqt_adapters.store.postgres import PostgresStore
from refleqt_core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from refleqt_core.intake.business import Business
from refleqt_core.marketplace.records import Creator, LedgerLeg
from refleqt_core.ports import Balance, PaymentEscrow, Price, Store, where
from refleqt_core.values import BusinessId, CreatorId, Money

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def euro(minor: int) -> Money:
    return Money(minor=minor)


PRICE = Price(base_fee=euro(40_000), bonus_reserve=euro(8_000), platform_fee=euro(6_000))


@attrs.frozen
class House:
    """An escrow in a store, with one business and two creators."""

    store: Store
    escrow: PaymentEscrow
    business: BusinessId
    creator: CreatorId
    another: CreatorId

    def hold(self, price: Price = PRICE, *, key: str = "buy", id: UUID | None = None) -> UUID:
        id = id or uuid4()
        with self.store.business(self.business) as tx:
            self.escrow.hold(id, self.business, price, key=key, tx=tx)
        return id

    def release(self, hold: UUID, *, key: str = "pay", creator: CreatorId | None = None) -> Money:
        with self.store.business(self.business) as tx:
            return self.escrow.release(hold, creator or self.creator, key=key, tx=tx)

    def bonus(self, hold: UUID, *, key: str = "extra") -> Money:
        with self.store.business(self.business) as tx:
            return self.escrow.bonus(hold, self.creator, key=key, tx=tx)

    def refund(self, hold: UUID, *, key: str = "back") -> Money:
        with self.store.business(self.business) as tx:
            return self.escrow.refund(hold, key=key, tx=tx)

    def balance(self, hold: UUID) -> Balance:
        with self.store.business(self.business) as tx:
            return self.escrow.balance(hold, tx=tx)

    def legs(self) -> list[LedgerLeg]:
        with self.store.business(self.business) as tx:
            return tx.find(LedgerLeg)


def house_in(store: Store) -> House:
    business, creators = BusinessId(uuid4()), [CreatorId(uuid4()), CreatorId(uuid4())]
    with store.business(business) as tx:
        tx.add(Business(id=business, slug=f"b-{business}", name="Brine", created_at=NOON))
        tx.add(*(Creator(id=id, external_id=f"c-{id}", display_name="Anselm") for id in creators))
    clock = SimulatedClock(NOON)
    return House(store, LedgerEscrow(clock, SimulatedIds(clock, seed=business.int)), business, *creators)


@pytest.fixture(params=["memory", "postgres"])
def house(request: pytest.FixtureRequest) -> Iterator[House]:
    store: Store = (
        MemoryStore() if request.param == "memory" else PostgresStore(Database(request.getfixturevalue("database_url")))
    )
    yield house_in(store)
    store.close()


def balance(funded: int, held: int, released: int, refunded: int) -> Balance:
    return Balance(funded=euro(funded), held=euro(held), released=euro(released), refunded=euro(refunded))


def accounts(legs: list[LedgerLeg]) -> Counter[str]:
    sums: Counter[str] = Counter()
    for leg in legs:
        sums[leg.account] += leg.amount
    return sums


def test_a_hold_keeps_the_whole_price(house: House) -> None:
    assert house.balance(house.hold()) == balance(54_000, 54_000, 0, 0)


def test_a_hold_takes_the_price_from_the_business(house: House) -> None:
    house.hold()
    assert accounts(house.legs())[f"business:{house.business}"] == -54_000


def test_the_same_hold_with_the_same_key_is_one(house: House) -> None:
    hold = house.hold()
    house.hold(id=hold)
    assert house.balance(hold).funded == euro(54_000)


def test_the_same_hold_with_the_same_key_is_one_also_after_its_release(house: House) -> None:
    hold = house.hold()
    house.release(hold)
    house.hold(id=hold)
    assert house.balance(hold).funded == euro(54_000)


def test_the_key_of_a_hold_is_refused_for_another_price(house: House) -> None:
    hold = house.hold()
    with pytest.raises(Conflict):
        house.hold(attrs.evolve(PRICE, base_fee=euro(40_001), platform_fee=euro(5_999)), id=hold)


def test_the_key_of_a_hold_is_refused_for_another_hold(house: House) -> None:
    house.hold()
    with pytest.raises(Conflict):
        house.hold(id=uuid4())


def test_a_hold_that_exists_is_refused_under_another_key(house: House) -> None:
    hold = house.hold()
    with pytest.raises(Conflict):
        house.hold(id=hold, key="buy again")


def test_a_price_in_two_currencies_is_refused(house: House) -> None:
    with pytest.raises(InvalidInput):
        house.hold(attrs.evolve(PRICE, platform_fee=Money(minor=6_000, currency="USD")))


def test_a_movement_without_a_key_is_refused(house: House) -> None:
    with pytest.raises(InvalidInput):
        house.hold(key="")


def test_money_of_another_business_cannot_be_held(house: House) -> None:
    other = house_in(house.store)
    with pytest.raises(NotAllowed), house.store.business(house.business) as tx:
        house.escrow.hold(uuid4(), other.business, PRICE, key="buy", tx=tx)


def test_the_platform_cannot_hold_money(house: House) -> None:
    with pytest.raises(NotAllowed), house.store.platform() as tx:
        house.escrow.hold(uuid4(), house.business, PRICE, key="buy", tx=tx)


def test_another_business_s_hold_is_absent(house: House) -> None:
    hold, other = house.hold(), house_in(house.store)
    with pytest.raises(NotFound):
        other.release(hold)


def test_two_businesses_may_use_one_key(house: House) -> None:
    house.hold(key="buy")
    other = house_in(house.store)
    assert other.balance(other.hold(key="buy")).held == euro(54_000)


def test_a_release_gives_the_base_fee(house: House) -> None:
    assert house.release(house.hold()) == euro(40_000)


def test_a_release_leaves_the_bonus_reserve_held(house: House) -> None:
    hold = house.hold()
    house.release(hold)
    assert house.balance(hold) == balance(54_000, 8_000, 46_000, 0)


def test_a_release_pays_creator_and_platform(house: House) -> None:
    house.release(house.hold())
    paid = accounts(house.legs())
    assert (paid[f"creator:{house.creator}"], paid["platform:fees"]) == (40_000, 6_000)


def test_a_release_with_the_same_key_pays_once(house: House) -> None:
    hold = house.hold()
    assert house.release(hold) == house.release(hold)
    assert accounts(house.legs())[f"creator:{house.creator}"] == 40_000


def test_a_second_release_under_another_key_is_refused(house: House) -> None:
    hold = house.hold()
    house.release(hold)
    with pytest.raises(Conflict):
        house.release(hold, key="pay again")


def test_the_key_of_a_release_is_refused_for_another_creator(house: House) -> None:
    hold = house.hold()
    house.release(hold)
    with pytest.raises(Conflict):
        house.release(hold, creator=house.another)


def test_the_key_of_a_release_is_refused_for_another_hold(house: House) -> None:
    first, second = house.hold(key="buy 1"), house.hold(key="buy 2")
    house.release(first)
    with pytest.raises(Conflict):
        house.release(second)


def test_the_key_of_a_hold_is_refused_for_a_release(house: House) -> None:
    hold = house.hold(key="buy")
    with pytest.raises(Conflict):
        house.release(hold, key="buy")


def test_a_bonus_gives_the_reserve_and_ends_the_hold(house: House) -> None:
    hold = house.hold()
    house.release(hold)
    assert house.bonus(hold) == euro(8_000)
    assert house.balance(hold) == balance(54_000, 0, 54_000, 0)


def test_a_bonus_with_the_same_key_is_paid_once(house: House) -> None:
    hold = house.hold()
    house.release(hold)
    assert house.bonus(hold) == house.bonus(hold)
    assert accounts(house.legs())[f"creator:{house.creator}"] == 48_000


def test_a_bonus_before_the_release_is_refused(house: House) -> None:
    with pytest.raises(Conflict):
        house.bonus(house.hold())


def test_a_bonus_after_the_refund_of_the_reserve_is_refused(house: House) -> None:
    hold = house.hold()
    house.release(hold)
    house.refund(hold)
    with pytest.raises(Conflict):
        house.bonus(hold)


def test_a_refund_of_an_open_hold_gives_everything_back(house: House) -> None:
    hold = house.hold()
    assert house.refund(hold) == euro(54_000)
    assert house.balance(hold) == balance(54_000, 0, 0, 54_000)


def test_a_refund_after_the_release_gives_the_reserve_back(house: House) -> None:
    hold = house.hold()
    house.release(hold)
    assert house.refund(hold) == euro(8_000)
    assert house.balance(hold) == balance(54_000, 0, 46_000, 8_000)


def test_a_refund_with_the_same_key_says_the_same_and_pays_once(house: House) -> None:
    hold = house.hold()
    assert house.refund(hold) == house.refund(hold)
    assert house.balance(hold).refunded == euro(54_000)


def test_a_release_after_the_refund_is_refused(house: House) -> None:
    hold = house.hold()
    house.refund(hold)
    with pytest.raises(Conflict):
        house.release(hold)


def test_a_hold_ends_once(house: House) -> None:
    hold = house.hold()
    house.release(hold)
    house.bonus(hold)
    with pytest.raises(Conflict):
        house.refund(hold)


@pytest.mark.parametrize("call", ["release", "bonus", "refund", "balance"])
def test_an_unknown_hold_is_not_found(house: House, call: str) -> None:
    with pytest.raises(NotFound):
        getattr(house, call)(uuid4())


def test_a_free_artifact_goes_the_same_way(house: House) -> None:
    hold = house.hold(Price(base_fee=euro(0), bonus_reserve=euro(0), platform_fee=euro(0)))
    assert (house.release(hold), house.bonus(hold), house.release(hold)) == (euro(0), euro(0), euro(0))


def test_a_movement_is_gone_with_its_transaction(house: House) -> None:
    hold = house.hold()
    with pytest.raises(RuntimeError), house.store.business(house.business) as tx:
        house.escrow.release(hold, house.creator, key="pay", tx=tx)
        raise RuntimeError("the program failed in mid-work")
    assert house.balance(hold) == balance(54_000, 54_000, 0, 0)


def test_the_legs_of_every_movement_sum_to_zero(house: House) -> None:
    hold = house.hold()
    house.release(hold)
    house.refund(hold)
    sums: Counter[UUID] = Counter()
    for leg in house.legs():
        sums[leg.movement] += leg.amount
    assert list(sums.values()) == [0, 0, 0]


def test_the_platform_sees_what_all_businesses_paid_to_a_creator(house: House) -> None:
    house.release(house.hold())
    with house.store.platform() as tx:
        legs = tx.find(LedgerLeg, *where(account=f"creator:{house.creator}"))
    assert [leg.amount for leg in legs] == [40_000]


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """The results of the calls, made at the same moment in threads of their own; a Conflict is a result."""
    start = Barrier(len(calls))

    def run(call: Callable[[], Any]) -> Any:
        start.wait()
        try:
            return call()
        except Conflict:
            return Conflict

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def test_of_two_releases_at_once_one_wins(house: House) -> None:
    hold = house.hold()
    results = at_once(lambda: house.release(hold, key="a"), lambda: house.release(hold, key="b"))
    assert sorted(results, key=str) == [euro(40_000), Conflict]
    assert accounts(house.legs())[f"creator:{house.creator}"] == 40_000


def test_the_same_release_twice_at_once_pays_once_and_says_so_to_both(house: House) -> None:
    hold = house.hold()
    assert at_once(*[lambda: house.release(hold)] * 4) == [euro(40_000)] * 4
    assert accounts(house.legs())[f"creator:{house.creator}"] == 40_000


def test_of_bonus_and_refund_at_once_one_wins(house: House) -> None:
    hold = house.hold()
    house.release(hold)
    results = at_once(lambda: house.bonus(hold), lambda: house.refund(hold))
    assert sorted(results, key=str) == [euro(8_000), Conflict]
    assert house.balance(hold).held == euro(0)


AMOUNTS = st.integers(0, 10_000).map(euro)
PRICES = st.builds(Price, base_fee=AMOUNTS, bonus_reserve=AMOUNTS, platform_fee=AMOUNTS)
FEW_KEYS = st.integers(0, 15).map("key {}".format)


class MoneyIsConserved(RuleBasedStateMachine):
    """Any sequence of calls with any keys, refused or not."""

    holds: Bundle[UUID] = Bundle("holds")
    calls: Bundle[tuple[str, UUID, str]] = Bundle("calls")

    @initialize()
    def opens(self) -> None:
        self.house = house_in(MemoryStore())
        self.funded: dict[UUID, int] = {}
        self.ended: set[UUID] = set()

    @rule(target=holds, price=PRICES, key=FEW_KEYS)
    def hold(self, price: Price, key: str) -> Any:
        id = uuid4()
        try:
            self.house.hold(price, key=key, id=id)
        except Conflict:
            return multiple()
        self.funded[id] = price.total.minor
        return id

    @rule(target=calls, hold=holds, name=st.sampled_from(["release", "bonus", "refund"]), key=FEW_KEYS)
    def moves(self, hold: UUID, name: str, key: str) -> Any:
        before = self.house.legs()
        try:
            getattr(self.house, name)(hold, key=key)
        except Conflict:
            assert self.house.legs() == before
            return multiple()
        if name != "release" and len(self.house.legs()) > len(before):
            assert hold not in self.ended, "a hold ended twice"
            self.ended.add(hold)
        return name, hold, key

    @rule(call=consumes(calls))
    def again(self, call: tuple[str, UUID, str]) -> None:
        name, hold, key = call
        before = self.house.legs()
        getattr(self.house, name)(hold, key=key)
        assert self.house.legs() == before

    @invariant()
    def legs_of_a_movement_sum_to_zero(self) -> None:
        sums: Counter[UUID] = Counter()
        for leg in self.house.legs():
            sums[leg.movement] += leg.amount
        assert not any(sums.values())

    @invariant()
    def every_cent_is_somewhere(self) -> None:
        for hold, funded in self.funded.items():
            found = self.house.balance(hold)
            assert found.funded.minor == funded == found.held.minor + found.released.minor + found.refunded.minor

    @invariant()
    def nothing_is_held_after_the_end(self) -> None:
        assert all(self.house.balance(hold).held.minor == 0 for hold in self.ended)

    @invariant()
    def only_the_business_is_below_zero(self) -> None:
        below = [account for account, amount in accounts(self.house.legs()).items() if amount < 0]
        assert set(below) <= {f"business:{self.house.business}"}


TestMoneyIsConserved = MoneyIsConserved.TestCase
TestMoneyIsConserved.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
