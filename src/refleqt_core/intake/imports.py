"""What was imported when, from which file, and how much of it was new."""

from datetime import datetime
from typing import ClassVar

import attrs

from ..entities import Owned
from ..values import aware


@attrs.frozen(kw_only=True)
class ImportBatch(Owned):
    """One import. Read = new + changed + unchanged + rejected: no row is ever dropped silently."""

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

    def __attrs_post_init__(self) -> None:
        assert self.read == self.new + self.changed + self.unchanged + self.rejected
