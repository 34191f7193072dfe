"""The calendar of a business on its way out: as a table, as a workbook, as a feed."""

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from typing import BinaryIO

import attrs

from refleqt_core.errors import InvalidInput
from refleqt_core.intake.business import Business
from refleqt_core.intake.calendar import CalendarEntry
from refleqt_core.intake.calendar_details import stored_entries
from refleqt_core.intake.calendar_search import EntrySearch, found
from refleqt_core.intake.drafts import EntryDraft
from refleqt_core.ports import Store
from refleqt_core.values import BusinessId

from .connectors.calendar_csv import calendar_csv
from .connectors.calendar_workbook import calendar_workbook
from .connectors.ical_feed import calendar_feed

FORMATS = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ics": "text/calendar",
}
"""What the calendar is exported as, by the ending of a file, each with its media type."""


@attrs.frozen(kw_only=True)
class Exported:
    """How many entries a file holds, how many are not in it for want of a date, how many texts were cut."""

    entries: int
    without_date: int = 0
    cut: int = 0


@attrs.frozen(kw_only=True)
class ServedFeed:
    """A feed with what tells whether it has changed: a tag of its bytes, and when an entry was changed last."""

    data: bytes
    tag: str
    changed_at: datetime | None


@attrs.frozen(kw_only=True)
class CalendarExports:
    """Writes the calendar in the formats that other programs read."""

    store: Store

    def write(self, business_id: BusinessId, ending: str, out: BinaryIO, asked: EntrySearch | None = None) -> Exported:
        """``out`` holds the entries that are asked for, in the order of publication, as a file with that ending.

        Any ending but those of `FORMATS` raises `InvalidInput`.
        """
        check_ending(ending)
        business, rows = self._read(business_id, asked or EntrySearch())
        drafts = [draft for _, draft in rows]
        if ending == "csv":
            out.writelines(calendar_csv(drafts))
            return Exported(entries=len(drafts))
        if ending == "xlsx":
            return Exported(entries=len(drafts), cut=calendar_workbook(drafts, business.time_zone, out))
        feed = calendar_feed(business.name, rows)
        out.write(feed.data)
        return Exported(entries=feed.entries, without_date=feed.without_date)

    def feed(self, business_id: BusinessId) -> ServedFeed:
        """All entries with a date, as calendar programs subscribe to them."""
        business, rows = self._read(business_id, EntrySearch())
        data = calendar_feed(business.name, rows).data
        changed = max((entry.updated_at for entry, _ in rows), default=None)
        return ServedFeed(data=data, tag=sha256(data).hexdigest()[:32], changed_at=changed)

    def _read(
        self, business_id: BusinessId, asked: EntrySearch
    ) -> tuple[Business, Sequence[tuple[CalendarEntry, EntryDraft]]]:
        with self.store.business(business_id) as tx:
            entries = found(tx, asked)
            stored = stored_entries(tx, entries)
            rows = [(entry, stored[entry.external_id].draft) for entry in entries]
            return tx.get(Business, business_id), rows


def check_ending(ending: str) -> None:
    """The calendar can be exported as that; else `InvalidInput`."""
    if ending not in FORMATS:
        raise InvalidInput(f"there is no export as '{ending[:50]}'; name a file with one of: .{', .'.join(FORMATS)}")
