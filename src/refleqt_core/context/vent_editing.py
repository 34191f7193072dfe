"""Editing a vent: what followed from its old words goes, and follows anew from the new ones."""

from collections.abc import Sequence
from uuid import UUID

import attrs

from ..errors import Conflict, InvalidInput
from ..intake.vent_rules import tag_faults, tidied_tags
from ..intake.vents import VentEntry
from ..jobs.catalogue import ExtractContext, GenerateEmbeddings, job
from ..ports import Clock, Queue, Store, where
from ..values import BusinessId
from .service import ContextService
from .themes import recount


@attrs.frozen(kw_only=True)
class VentEditing:
    """What can be changed of a vent that is on the board."""

    store: Store
    queue: Queue
    clock: Clock
    context: ContextService

    def edit(
        self,
        business_id: BusinessId,
        vent_id: UUID,
        *,
        text: str | None = None,
        tags: Sequence[str] | None = None,
        version: int | None = None,
    ) -> VentEntry:
        """The vent says ``text`` and has ``tags``; None: as it was. The same again changes nothing.

        With another text all that followed from the old one is gone at once (vectors, findings, mood, theme unless a
        person chose it or it is the vent's alone), and the vent is about to be read anew. Unknown: `NotFound`. Blank,
        or with a tag that cannot be one: `InvalidInput`. Changed since ``version``, or read by the worker: `Conflict`.
        """
        tags = None if tags is None else tidied_tags(tags)
        if faults := list(tag_faults(tags or (), "vent")):
            raise InvalidInput(faults)
        with self.store.business(business_id) as tx:
            vent = tx.get(VentEntry, vent_id)
            if version not in (None, vent.version):
                raise Conflict("somebody has changed the vent since; read it again, then decide")
            said = vent.text if text is None else text
            edited = attrs.evolve(vent, text=said, tags=vent.tags if tags is None else tags)
            if edited == vent:
                return vent
            edited = attrs.evolve(edited, edited_at=self.clock.now())
            if said == vent.text:
                return tx.save(edited)
            self.context.forget(tx, business_id, "vent", vent_id)
            stays = vent.placed_at is not None or tx.count(VentEntry, *where(theme_id=vent.theme_id)) == 1
            edited = tx.save(attrs.evolve(edited, sentiment=None, theme_id=vent.theme_id if stays else None))
            if vent.theme_id is not None:
                recount(tx, {vent.theme_id}, relabel=True)
            for payload in (GenerateEmbeddings, ExtractContext):
                self.queue.enqueue(job(payload(source_type="vent", source_id=vent_id), business_id), tx=tx)
            return edited
