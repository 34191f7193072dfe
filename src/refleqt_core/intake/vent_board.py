"""The vent board's use cases: write, import."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import attrs

from ..errors import InvalidInput
from ..jobs.catalogue import ExtractContext, GenerateEmbeddings, job
from ..ports import Clock, Ids, Queue, Store, Transaction, where
from ..values import BusinessId
from .drafts import ImportedFile, VentDraft
from .imports import ImportBatch
from .upserts import Upserted, batch, check_no_duplicates, upsert
from .vent_rules import tidied_tags, vent_faults
from .vents import VentEntry


@attrs.frozen(kw_only=True)
class VentService:
    """What can be done with the vent board of a business."""

    store: Store
    queue: Queue
    clock: Clock
    ids: Ids

    def write(
        self,
        business_id: BusinessId,
        text: str,
        *,
        tags: Sequence[str] = (),
        external_id: str | None = None,
        written_at: datetime | None = None,
    ) -> VentEntry:
        """The vent is kept as written, and about to be read: extracted, embedded, joined to its theme.

        Written before 1990 or more than a year ahead of now, or with a tag that cannot be one: `InvalidInput`.
        """
        draft = VentDraft(
            external_id=external_id or str(self.ids.new()),
            text=text,
            tags=tuple(tags),
            written_at=written_at or self.clock.now(),
        )
        [draft] = self._checked([draft], "vent")
        with self.store.business(business_id) as tx:
            done = self._write(tx, business_id, [draft])
            return (done.touched + done.unchanged)[0]

    def import_vents(self, business_id: BusinessId, drafts: Sequence[VentDraft], file: ImportedFile) -> ImportBatch:
        """All vents of the file are on the board, or none of them. Imported again, all are unchanged.

        A vent that a person has edited is as that person left it, whatever the file says, and counts as unchanged.
        Those that cannot be vents (`vent_faults`): `InvalidInput` with all that is wrong.
        """
        drafts = self._checked(drafts, file.name)
        check_no_duplicates([draft.external_id for draft in drafts], file, "external_id")
        with self.store.business(business_id) as tx:
            done = self._write(tx, business_id, drafts, keep_edited=True)
            identity = {"id": self.ids.new(), "business_id": business_id, "imported_at": self.clock.now()}
            return batch(tx, "vents", file, done.counted, **identity)

    def newest(self, business_id: BusinessId, *, limit: int = 50) -> list[VentEntry]:
        """The last vents, the newest first."""
        with self.store.business(business_id) as tx:
            return tx.find(VentEntry, *where(), order="-written_at", limit=limit)

    def _checked(self, drafts: Sequence[VentDraft], source: str) -> list[VentDraft]:
        """The drafts with their tags tidied."""
        now, tidied = self.clock.now(), [replace(draft, tags=tidied_tags(draft.tags)) for draft in drafts]
        faults = [fault for draft in tidied for fault in vent_faults(draft, now, source)]
        if faults:
            raise InvalidInput(faults)
        return tidied

    def _write(
        self, tx: Transaction, business_id: BusinessId, drafts: Sequence[VentDraft], *, keep_edited: bool = False
    ) -> Upserted[VentEntry]:
        fresh = [
            VentEntry(
                id=self.ids.new(),
                business_id=business_id,
                external_id=draft.external_id,
                text=draft.text,
                tags=draft.tags,
                written_at=draft.written_at,
            )
            for draft in drafts
        ]
        keys = where(external_id__in=[vent.external_id for vent in fresh])
        if keep_edited and fresh:
            edited = {vent.external_id: vent for vent in tx.find(VentEntry, *keys, *where(edited_at__null=False))}
            fresh = [edited.get(vent.external_id, vent) for vent in fresh]
        said = dict(tx.rows(VentEntry, ("id", "text"), *keys)) if fresh else {}
        done = upsert(tx, VentEntry, fresh, key="external_id", keep=("theme_id", "sentiment", "edited_at", "placed_at"))
        # What says something else may belong elsewhere; where, it is told when it is read.
        other = [vent for vent in done.changed if vent.text != said[vent.id] and vent.placed_at is None]
        tx.save_all([attrs.evolve(vent, theme_id=None) for vent in other])
        for payload in (GenerateEmbeddings, ExtractContext):
            sources = [payload(source_type="vent", source_id=vent.id) for vent in done.touched]
            self.queue.enqueue(*(job(each, business_id) for each in sources), tx=tx)
        return done
