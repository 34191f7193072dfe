"""What the columns of a business's files mean, remembered from the time that somebody confirmed it."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import attrs

from ..ports import Clock, Ids, Store, where
from ..values import BusinessId
from .imports import ColumnMapping

CALENDAR = "calendar"


@attrs.frozen(kw_only=True)
class ColumnMappingService:
    """The mappings of each business; one for every header of a kind of file."""

    store: Store
    clock: Clock
    ids: Ids

    def remembered(self, business_id: BusinessId, header: str, kind: str = CALENDAR) -> ColumnMapping | None:
        """The mapping for files with that header; None: nobody has confirmed one."""
        with self.store.business(business_id) as tx:
            return next(iter(tx.find(ColumnMapping, *where(kind=kind, header=header))), None)

    def known(self, business_id: BusinessId, kind: str = CALENDAR) -> list[ColumnMapping]:
        """Every mapping that is remembered, in the order in which their files came first."""
        with self.store.business(business_id) as tx:
            return list(tx.find(ColumnMapping, *where(kind=kind), order="id"))

    def forget(self, business_id: BusinessId, mapping_id: UUID) -> ColumnMapping:
        """Files with that header are asked about again; gives what was forgotten. Not there: `NotFound`."""
        with self.store.business(business_id) as tx:
            forgotten = tx.get(ColumnMapping, mapping_id)
            tx.remove(ColumnMapping, mapping_id)
            return forgotten

    def remember(
        self,
        business_id: BusinessId,
        header: str,
        columns: Mapping[str, str],
        options: Mapping[str, Any],
        kind: str = CALENDAR,
    ) -> ColumnMapping:
        """The mapping is kept for files with that header, instead of what was kept; the same again is no change."""
        with self.store.business(business_id) as tx:
            stored = next(iter(tx.find(ColumnMapping, *where(kind=kind, header=header))), None)
            if stored is None:
                identity = {"id": self.ids.new(), "business_id": business_id, "kind": kind, "header": header}
                fresh = ColumnMapping(columns=columns, options=options, confirmed_at=self.clock.now(), **identity)  # type: ignore[arg-type]
                tx.add(fresh)
                return fresh
            if (dict(stored.columns), dict(stored.options)) == (dict(columns), dict(options)):
                return stored
            return tx.save(attrs.evolve(stored, columns=columns, options=options, confirmed_at=self.clock.now()))
