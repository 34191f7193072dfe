"""The PaymentEscrow as double entry in the Store: every movement is a set of legs that sum to zero."""

from uuid import UUID

import attrs

from refleqt_core.errors import Conflict, InvalidInput, NotAllowed
from refleqt_core.marketplace.records import EscrowHold, LedgerLeg
from refleqt_core.ports import Balance, Clock, Ids, Price, Transaction, where
from refleqt_core.values import BusinessId, CreatorId, Money

PLATFORM_FEES = "platform:fees"
AFTER = {"release": "released", "bonus": "ended", "refund": "ended"}
BEFORE = {"release": ("open",), "bonus": ("released",), "refund": ("open", "released")}
"""The states of a hold that each movement needs, and the one that it leaves behind."""


class LedgerEscrow:
    """Writes to the transaction it is given, and is there or not with it.

    Accounts are ``business:<id>`` (money from outside comes in there, so that it is below zero by what it has paid),
    ``escrow:<hold>``, ``creator:<id>`` and ``platform:fees``. A movement that was recorded is never changed. Two
    releases, bonuses or refunds with one key at the same time are one; of two different movements of one hold at the
    same time, and of two holds with one id, the second raises `Conflict`.
    """

    def __init__(self, clock: Clock, ids: Ids):
        self._clock = clock
        self._ids = ids

    def hold(self, hold_id: UUID, business_id: BusinessId, price: Price, *, key: str, tx: Transaction) -> None:
        """``price.total`` is in the hold's account. A part below zero or of another currency: `InvalidInput`."""
        amount = price.total
        hold = EscrowHold(
            id=hold_id,
            business_id=business_id,
            currency=amount.currency,
            base_fee=price.base_fee.minor,
            bonus_reserve=price.bonus_reserve.minor,
            platform_fee=price.platform_fee.minor,
        )
        if legs := _recorded(tx, key):
            stored = tx.get(EscrowHold, legs[0].hold_id)
            _require_same(key, legs[0].kind == "hold" and attrs.evolve(stored, state="open", version=0) == hold)
            return
        if tx.count(EscrowHold, *where(id=hold_id)):
            raise Conflict(f"the hold {hold_id} exists already")
        tx.add(hold)
        amounts = {f"business:{business_id}": -amount.minor, _account(hold): amount.minor}
        self._record(tx, hold, "hold", key, amounts)

    def release(self, hold_id: UUID, creator_id: CreatorId, *, key: str, tx: Transaction) -> Money:
        """The base fee is the creator's and the platform's fee the platform's; gives the base fee."""
        hold = tx.get(EscrowHold, hold_id)
        amounts = {f"creator:{creator_id}": hold.base_fee, PLATFORM_FEES: hold.platform_fee}
        self._move(tx, hold, "release", key, amounts, creator_id)
        return Money(minor=hold.base_fee, currency=hold.currency)

    def bonus(self, hold_id: UUID, creator_id: CreatorId, *, key: str, tx: Transaction) -> Money:
        """The reserve is the creator's; gives it."""
        hold = tx.get(EscrowHold, hold_id)
        self._move(tx, hold, "bonus", key, {f"creator:{creator_id}": hold.bonus_reserve}, creator_id)
        return Money(minor=hold.bonus_reserve, currency=hold.currency)

    def refund(self, hold_id: UUID, *, key: str, tx: Transaction) -> Money:
        """What was still held is the business's again; gives it."""
        hold = tx.get(EscrowHold, hold_id)
        account = f"business:{hold.business_id}"
        held = self.balance(hold_id, tx=tx).held.minor
        legs = self._move(tx, hold, "refund", key, {account: held}, None)
        returned = sum(leg.amount for leg in legs if leg.account == account)
        return Money(minor=returned, currency=hold.currency)

    def balance(self, hold_id: UUID, *, tx: Transaction) -> Balance:
        """Where the money is, each part added up from legs of its own."""
        hold = tx.get(EscrowHold, hold_id)
        legs = tx.find(LedgerLeg, *where(hold_id=hold_id))

        def into(*kinds: str, escrow: bool) -> Money:
            mine = (leg for leg in legs if leg.kind in kinds and (leg.account == _account(hold)) is escrow)
            return Money(minor=sum(leg.amount for leg in mine), currency=hold.currency)

        return Balance(
            funded=into("hold", escrow=True),
            held=into("hold", "release", "bonus", "refund", escrow=True),
            released=into("release", "bonus", escrow=False),
            refunded=into("refund", escrow=False),
        )

    def _move(
        self, tx: Transaction, hold: EscrowHold, kind: str, key: str, amounts: dict[str, int], creator_id: UUID | None
    ) -> list[LedgerLeg]:
        """The legs of the movement out of the hold, which are there already when the key is."""
        if legs := _recorded(tx, key):
            return _same_movement(legs, hold, kind, key, creator_id)
        if hold.state not in BEFORE[kind]:
            raise Conflict(f"the hold {hold.id} is {hold.state}, so that no {kind} is possible")
        try:
            tx.save(attrs.evolve(hold, state=AFTER[kind]))
        except Conflict:
            # Somebody has moved it since it was read. That may have been this very call, made twice at once.
            if legs := _recorded(tx, key):
                return _same_movement(legs, hold, kind, key, creator_id)
            raise
        return self._record(tx, hold, kind, key, {_account(hold): -sum(amounts.values()), **amounts}, creator_id)

    def _record(
        self,
        tx: Transaction,
        hold: EscrowHold,
        kind: str,
        key: str,
        amounts: dict[str, int],
        creator_id: UUID | None = None,
    ) -> list[LedgerLeg]:
        movement, now = self._ids.new(), self._clock.now()
        legs = [
            LedgerLeg(
                id=self._ids.new(),
                business_id=hold.business_id,
                movement=movement,
                key=key,
                hold_id=hold.id,
                kind=kind,
                account=account,
                amount=amount,
                currency=hold.currency,
                creator_id=creator_id,
                recorded_at=now,
            )
            for account, amount in amounts.items()
        ]
        tx.add(*legs)
        return legs


def _recorded(tx: Transaction, key: str) -> list[LedgerLeg]:
    if not key:
        raise InvalidInput("a movement of money needs a key, so that it can be told from the same one made again")
    if tx.business_id is None:
        raise NotAllowed("a hold belongs to a business; move its money in a transaction of that business")
    return tx.find(LedgerLeg, *where(business_id=tx.business_id, key=key))


def _same_movement(
    legs: list[LedgerLeg], hold: EscrowHold, kind: str, key: str, creator_id: UUID | None
) -> list[LedgerLeg]:
    first = legs[0]
    _require_same(key, (first.hold_id, first.kind, first.creator_id) == (hold.id, kind, creator_id))
    return legs


def _require_same(key: str, same: bool) -> None:
    if not same:
        raise Conflict(f"the key '{key}' was used before for another movement of money; give this one a key of its own")


def _account(hold: EscrowHold) -> str:
    return f"escrow:{hold.id}"
