"""What every stored thing has in common."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

import attrs

from .values import BusinessId, aware


@attrs.frozen(kw_only=True)
class Entity:
    """A stored thing with an identity.

    ``version`` counts the saves; the `Store` refuses a save of an older one. ``unique`` names the natural keys, each a
    tuple of fields whose values no two rows share (a key with a None in it never collides, as in SQL). ``references``
    says which fields are ids of what; of a business's own entity they can only be ids of the same business. ``scope``
    is the field that names the business which the row belongs to, None for what belongs to nobody. A row with
    ``platform_reads`` can be read, not written, by the platform's own transactions.
    """

    unique: ClassVar[tuple[tuple[str, ...], ...]] = ()
    references: ClassVar[Mapping[str, "type[Entity]"]] = {}
    scope: ClassVar[str | None] = None
    platform_reads: ClassVar[bool] = False

    id: UUID
    version: int = 0


@attrs.frozen(kw_only=True)
class Owned(Entity):
    """An entity that belongs to one business; no other business can read or write it."""

    scope: ClassVar[str | None] = "business_id"

    business_id: BusinessId


@attrs.frozen(kw_only=True)
class Point(Owned):
    """One value of a series on one day.

    ``key`` names what it is a value of; a corrected value is a new ``revision``.
    """

    key: ClassVar[tuple[str, ...]] = ()

    day: date
    value: float
    revision: int = 0
    recorded_at: datetime = attrs.field(validator=aware)


def referrers(kind: type[Entity]) -> list[tuple[type[Owned], str]]:
    """The kinds of a business's rows that refer to rows of ``kind``, each with the field that does."""
    kinds, found = [Owned], []
    for each in kinds:
        kinds += each.__subclasses__()
        found += [(each, field) for field, target in each.references.items() if target is kind]
    return found
