"""The vent board: whatever somebody had to get off their chest."""

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar
from uuid import UUID

import attrs

from ..entities import Entity, Owned
from ..values import aware, not_blank


@attrs.frozen(kw_only=True)
class VentTheme(Owned):
    """Something that is vented about again and again.

    ``named_at`` says when a person first named it or corrected what belongs to it; it keeps its label from then on.
    """

    label: str
    count: int = 1
    first_seen: datetime = attrs.field(validator=aware)
    last_seen: datetime = attrs.field(validator=aware)
    named_at: datetime | None = attrs.field(default=None, validator=aware)


@attrs.frozen(kw_only=True)
class VentEntry(Owned):
    """One vent, as written. ``sentiment`` in [-1, 1] and the theme are known once it has been extracted.

    ``placed_at`` says when a person put it into its theme, where it stays then.
    """

    references: ClassVar[Mapping[str, type[Entity]]] = {"theme_id": VentTheme}
    unique: ClassVar[tuple[tuple[str, ...], ...]] = (("business_id", "external_id"),)

    external_id: str
    text: str = attrs.field(validator=not_blank)
    tags: tuple[str, ...] = ()
    written_at: datetime = attrs.field(validator=aware)
    theme_id: UUID | None = None
    sentiment: float | None = None
    edited_at: datetime | None = attrs.field(default=None, validator=aware)
    placed_at: datetime | None = attrs.field(default=None, validator=aware)
