"""What was imported when, from which file, and how much of it was new."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

import attrs

from ..entities import Owned
from ..values import aware


@attrs.frozen(kw_only=True)
class ImportBatch(Owned):
    """One import. Read = new + changed + unchanged + rejected: no row is ever dropped silently.

    ``undone_at`` says when all that it did was taken back.
    """

    unique: ClassVar[tuple[tuple[str, ...], ...]] = ()

    kind: str
    file_name: str
    blob: str
    read: int
    new: int
    changed: int
    unchanged: int
    rejected: int
    imported_at: datetime = attrs.field(validator=aware)
    undone_at: datetime | None = attrs.field(default=None, validator=aware)

    def __attrs_post_init__(self) -> None:
        assert self.read == self.new + self.changed + self.unchanged + self.rejected


@attrs.frozen(kw_only=True)
class ColumnMapping(Owned):
    """What the columns of a file mean, as a person confirmed it: remembered for every file with the same ``header``.

    ``columns`` names the field of each column that has one; ``options`` how its cells are read (order of day and month,
    decimal comma, …).
    """

    unique: ClassVar[tuple[tuple[str, ...], ...]] = (("business_id", "kind", "header"),)

    kind: str
    header: str
    columns: Mapping[str, str]
    options: Mapping[str, Any] = attrs.field(factory=dict)
    confirmed_at: datetime = attrs.field(validator=aware)
