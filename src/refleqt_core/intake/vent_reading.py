"""Reading the vent board: one vent, those that are asked for, and what all of them say together."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import attrs

from ..ports import Clock, Filter, Store, Transaction, where
from ..values import BusinessId
from .business import Business
from .vent_plot import ThemesOverTime, themes_over_time
from .vent_signals import VentSignals, vent_signals
from .vents import VentEntry, VentTheme


@attrs.frozen(kw_only=True)
class VentSearch:
    """Which vents; all of what is given has to hold. ``text`` stands in them, whether in capitals or not."""

    theme_id: UUID | None = None
    tag: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    text: str | None = None

    def filters(self) -> tuple[Filter, ...]:
        """The search as the store takes it."""
        asked = {
            "theme_id": self.theme_id,
            "tags__has": self.tag,
            "written_at__ge": self.since,
            "written_at__lt": self.until,
            "text__contains": self.text,
        }
        return where(**{name: value for name, value in asked.items() if value is not None})


@attrs.frozen(kw_only=True)
class VentReader:
    """What can be read of the vent board of a business."""

    store: Store
    clock: Clock

    def get(self, business_id: BusinessId, vent_id: UUID) -> VentEntry:
        """The vent. Unknown, or of another business: `NotFound`."""
        with self.store.business(business_id) as tx:
            return tx.get(VentEntry, vent_id)

    def find(
        self,
        business_id: BusinessId,
        search: VentSearch = VentSearch(),
        *,
        after: UUID | None = None,
        limit: int | None = None,
    ) -> list[VentEntry]:
        """The vents that are asked for, the newest first; ``after`` is the last one of the page before."""
        with self.store.business(business_id) as tx:
            return tx.find(VentEntry, *search.filters(), order="-written_at", after=after, limit=limit)

    def signals(self, business_id: BusinessId) -> VentSignals:
        """The five implicit signals as of now, by the clocks of the business."""
        with self.store.business(business_id) as tx:
            zone = tx.get(Business, business_id).time_zone
            return vent_signals(_vents(tx), tx.find(VentTheme), time_zone=zone, as_of=self.clock.now())

    def over_time(self, business_id: BusinessId, *, most: int = 8) -> ThemesOverTime:
        """How often the ``most`` themes with the most vents came up, by the clocks of the business."""
        with self.store.business(business_id) as tx:
            zone = tx.get(Business, business_id).time_zone
            now = self.clock.now()
            return themes_over_time(_vents(tx), tx.find(VentTheme), time_zone=zone, as_of=now, most=most)


def _vents(tx: Transaction) -> Sequence[VentEntry]:
    return tx.find(VentEntry, order="written_at")
