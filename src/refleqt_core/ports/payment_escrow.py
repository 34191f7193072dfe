"""The PaymentEscrow: money that is held until the work is done, and leaves in parts that sum to what was held."""

from typing import Protocol
from uuid import UUID

import attrs

from ..values import BusinessId, CreatorId, Money, not_negative
from .store import Transaction


@attrs.frozen(kw_only=True)
class Balance:
    """Where the money of one hold is. ``held`` + ``released`` + ``refunded`` is always what was ``funded``."""

    funded: Money
    held: Money
    released: Money
    refunded: Money


@attrs.frozen(kw_only=True)
class Price:
    """What a business pays for one artifact: the base fee, the reserve for a bonus, and the platform's fee."""

    base_fee: Money = attrs.field(validator=not_negative)
    bonus_reserve: Money = attrs.field(validator=not_negative)
    platform_fee: Money = attrs.field(validator=not_negative)

    @property
    def total(self) -> Money:
        """All that is held when the artifact is bought."""
        return self.base_fee + self.bonus_reserve + self.platform_fee


class PaymentEscrow(Protocol):
    """Idempotent by ``key``: the same call with the same key again changes nothing and raises nothing.

    A key used before with other arguments raises `Conflict`. After every call the sum over all accounts is zero, and
    no account but the platform's receivable is below zero. An unknown hold raises `NotFound`.
    """

    def hold(self, hold_id: UUID, business_id: BusinessId, price: Price, *, key: str, tx: Transaction) -> None:
        """``price.total`` of the business is held under ``hold_id``. The hold exists already: `Conflict`."""
        ...

    def release(self, hold_id: UUID, creator_id: CreatorId, *, key: str, tx: Transaction) -> Money:
        """The base fee goes to the creator and the platform's fee to the platform; the bonus reserve stays held.

        Gives the base fee. Released or refunded before under another key: `Conflict`.
        """
        ...

    def bonus(self, hold_id: UUID, creator_id: CreatorId, *, key: str, tx: Transaction) -> Money:
        """The bonus reserve goes to the creator, and the hold has ended; gives the reserve.

        Before the release, or when the hold has ended: `Conflict`.
        """
        ...

    def refund(self, hold_id: UUID, *, key: str, tx: Transaction) -> Money:
        """All that is still held goes back to the business, and the hold has ended; gives what went back.

        The hold has ended before: `Conflict`.
        """
        ...

    def balance(self, hold_id: UUID, *, tx: Transaction) -> Balance:
        """Where the money of the hold is."""
        ...
