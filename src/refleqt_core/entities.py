"""What every stored thing has in common."""

from typing import ClassVar
from uuid import UUID

import attrs

from .values import BusinessId


@attrs.frozen(kw_only=True)
class Entity:
    """A stored thing with an identity.

    ``version`` counts the saves; the `Store` refuses a save of an older one. ``unique`` names the natural keys, each a
    tuple of fields whose values no two rows share (a key with a None in it never collides, as in SQL).
    """

    unique: ClassVar[tuple[tuple[str, ...], ...]] = ()

    id: UUID
    version: int = 0


@attrs.frozen(kw_only=True)
class Owned(Entity):
    """An entity that belongs to one business; no other business can read or write it."""

    business_id: BusinessId
