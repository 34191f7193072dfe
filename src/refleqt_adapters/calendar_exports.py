"""The calendar of a business on its way out: as a table, as a workbook, as a feed."""

from collections.abc import Callable, Sequence
from datetime import datetime
from hashlib import sha256
from importlib.metadata import version
from typing import BinaryIO

import attrs

from refleqt_core.errors import InvalidInput
from refleqt_core.intake.business import Business
from refleqt_core.intake.calendar import CalendarEntry, Campaign
from refleqt_core.intake.calendar_details import stored_entries
from refleqt_core.intake.calendar_search import EntrySearch, found
from refleqt_core.intake.drafts import EntryDraft
from refleqt_core.ports import Store, Transaction, where
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

_DATED = where(publish_at__null=False)


@attrs.frozen(kw_only=True)
class Exported:
    """How many entries a file holds, how many are not in it for want of a date, how many texts were cut."""

    entries: int
    without_date: int = 0
    cut: int = 0


@attrs.frozen(kw_only=True)
class ServedFeed:
    """A feed with what tells whether it has changed: its tag, and when an entry of it was changed last.

    ``data`` is None where whoever asks has it already.
    """

    data: bytes | None
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

    def feed(
        self, business_id: BusinessId, *, whole: bool = False, known: Callable[[str], bool] = lambda _tag: False
    ) -> ServedFeed:
        """All entries with a date, as calendar programs subscribe to them; ``whole`` as of `calendar_feed`.

        Where the tag is ``known``, no entry is read: it is made of the versions of what the feed tells.
        """
        with self.store.business(business_id) as tx:
            name, undated = tx.get(Business, business_id).name, tx.count(CalendarEntry, *where(publish_at=None))
            stamps = tx.rows(CalendarEntry, ("id", "version", "updated_at"), *_DATED)
            campaigns = tx.rows(Campaign, ("id", "version"))
            told = (version("refleqt"), whole, name, undated, [(str(id), number) for id, number, _ in stamps])
            tag = sha256(repr((told, [(str(id), number) for id, number in campaigns])).encode()).hexdigest()[:32]
            changed = max((at for *_, at in stamps), default=None)
            if known(tag):
                return ServedFeed(data=None, tag=tag, changed_at=changed)
            rows = _drafted(tx, tx.find(CalendarEntry, *_DATED, order="publish_at"))
        data = calendar_feed(name, rows, whole=whole, undated=undated).data
        return ServedFeed(data=data, tag=tag, changed_at=changed)

    def _read(
        self, business_id: BusinessId, asked: EntrySearch
    ) -> tuple[Business, Sequence[tuple[CalendarEntry, EntryDraft]]]:
        with self.store.business(business_id) as tx:
            return tx.get(Business, business_id), _drafted(tx, found(tx, asked))


def _drafted(tx: Transaction, entries: Sequence[CalendarEntry]) -> list[tuple[CalendarEntry, EntryDraft]]:
    stored = stored_entries(tx, entries)
    return [(entry, stored[entry.external_id].draft) for entry in entries]


def check_ending(ending: str) -> None:
    """The calendar can be exported as that; else `InvalidInput`."""
    if ending not in FORMATS:
        raise InvalidInput(f"there is no export as '{ending[:50]}'; name a file with one of: .{', .'.join(FORMATS)}")
