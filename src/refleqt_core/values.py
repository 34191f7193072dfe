"""Small frozen values used everywhere: money, periods, ids, and the checks that entities are built with."""

import math
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from fractions import Fraction
from typing import Any, NewType, Self
from uuid import UUID

import attrs

from .errors import InvalidInput

BusinessId = NewType("BusinessId", UUID)
CreatorId = NewType("CreatorId", UUID)

MINOR_UNITS = {"BHD": 3, "JPY": 0, "KRW": 0, "KWD": 3, "VND": 0}
"""ISO 4217 currencies whose minor unit is not a hundredth."""


@attrs.frozen(kw_only=True, order=False)
class Money:
    """An amount in integer minor units (cents) of one ISO 4217 currency; never a float."""

    minor: int = attrs.field(validator=attrs.validators.instance_of(int))
    currency: str = attrs.field(default="EUR", validator=attrs.validators.matches_re(r"[A-Z]{3}"))

    @classmethod
    def parse(cls, text: str, currency: str = "EUR") -> Self:
        """Read a decimal such as ``1234.5`` exactly; more decimals than the currency has raise `InvalidInput`."""
        from decimal import Decimal, InvalidOperation

        try:
            minor = Decimal(text).scaleb(MINOR_UNITS.get(currency, 2))
        except InvalidOperation:
            raise InvalidInput(f"'{text}' is not an amount of money; write it like 1234.50") from None
        if not minor.is_finite() or minor != int(minor):
            raise InvalidInput(f"'{text}' has more decimals than {currency} has")
        return cls(minor=int(minor), currency=currency)

    def __add__(self, other: "Money") -> "Money":
        return attrs.evolve(self, minor=self.minor + self._same(other).minor)

    def __sub__(self, other: "Money") -> "Money":
        return attrs.evolve(self, minor=self.minor - self._same(other).minor)

    def __neg__(self) -> "Money":
        return attrs.evolve(self, minor=-self.minor)

    def __lt__(self, other: "Money") -> bool:
        return self.minor < self._same(other).minor

    def __str__(self) -> str:
        digits = MINOR_UNITS.get(self.currency, 2)
        return f"{self.minor / 10**digits:,.{digits}f} {self.currency}"

    def scaled(self, factor: float) -> "Money":
        """The nearest whole number of minor units to ``factor`` times this amount; halves go to the even one."""
        return attrs.evolve(self, minor=round(self.minor * factor))

    def allocate(self, weights: Sequence[float]) -> "tuple[Money, ...]":
        """Parts in proportion to the non-negative ``weights`` that sum to this amount exactly.

        Cents left over go to the largest remainders, ties to the earlier part (Hamilton's method). All weights zero
        raises `InvalidInput`.
        """
        if not all(math.isfinite(weight) and weight >= 0 for weight in weights) or not any(weights):
            raise InvalidInput("money can only be allocated by weights that are not negative and not all zero")
        # Floats are exact up to 2^53 alone, and a sum of parts that is off by one is off.
        total = sum(map(Fraction, weights))
        exact = [self.minor * Fraction(weight) / total for weight in weights]
        parts = [math.floor(part) for part in exact]
        by_remainder = sorted(range(len(parts)), key=lambda i: parts[i] - exact[i])
        for i in by_remainder[: self.minor - sum(parts)]:
            parts[i] += 1
        return tuple(attrs.evolve(self, minor=part) for part in parts)

    def _same(self, other: "Money") -> "Money":
        if other.currency != self.currency:
            raise InvalidInput(f"cannot combine {self.currency} with {other.currency}; convert one of them first")
        return other


def total(amounts: Sequence[Money], currency: str = "EUR") -> Money:
    """The sum of ``amounts``; nothing to add is zero ``currency``."""
    return sum(amounts[1:], amounts[0]) if amounts else Money(minor=0, currency=currency)


@attrs.frozen(kw_only=True)
class Period:
    """The half-open time ``[start, end)``, both timezone-aware."""

    start: datetime
    end: datetime

    def __attrs_post_init__(self) -> None:
        aware(self, None, self.start)
        aware(self, None, self.end)
        if self.end <= self.start:
            raise InvalidInput(f"a period has to end after its start: {self.start} … {self.end}")

    def __contains__(self, moment: datetime) -> bool:
        return self.start <= moment < self.end

    @classmethod
    def month(cls, day: date) -> Self:
        """The calendar month of ``day`` in UTC."""
        start = datetime(day.year, day.month, 1, tzinfo=UTC)
        end = datetime(day.year + day.month // 12, day.month % 12 + 1, 1, tzinfo=UTC)
        return cls(start=start, end=end)


def aware(_instance: Any, _attribute: "attrs.Attribute[Any] | None", value: datetime | None) -> None:
    """An attrs validator: a moment without a time zone is refused, since nobody can say when it was."""
    if value is not None and value.tzinfo is None:
        raise InvalidInput(f"{value} has no time zone; Refleqt keeps every moment in UTC")


def share(_instance: Any, attribute: "attrs.Attribute[Any]", value: float | None) -> None:
    """An attrs validator: a probability or share lies in [0, 1]."""
    if value is not None and not 0 <= value <= 1:
        raise InvalidInput(f"{attribute.name} is {value}, which is not in [0, 1]")


def not_negative(_instance: Any, attribute: "attrs.Attribute[Any]", value: Any) -> None:
    """An attrs validator for counts, costs and budgets; ``None`` (not known) passes."""
    if value is None:
        return
    if (value.minor if isinstance(value, Money) else value) < 0:
        raise InvalidInput(f"{attribute.name} is {value}, and cannot be negative")


def not_blank(_instance: Any, attribute: "attrs.Attribute[Any]", value: str) -> None:
    """An attrs validator: a text says something."""
    if not value.strip():
        raise InvalidInput(f"{attribute.name} is blank; write something")


def one_of(*allowed: str) -> Callable[[Any, "attrs.Attribute[Any]", Any], None]:
    """An attrs validator: the value, or each of a tuple of values, is one of ``allowed``; None passes."""

    def check(_instance: Any, attribute: "attrs.Attribute[Any]", value: Any) -> None:
        for each in value if isinstance(value, tuple) else (value,):
            if each is not None and each not in allowed:
                raise InvalidInput(f"{attribute.name} is '{each}', which is none of: {', '.join(allowed)}")

    return check
