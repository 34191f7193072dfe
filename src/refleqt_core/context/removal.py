"""Removing a vent or an activity: it is gone with all that follows from it."""

from collections.abc import Set
from uuid import UUID

import attrs

from ..entities import Entity
from ..intake.activities import Activity, ActivityArtifact, StoredTranscript
from ..intake.import_manifest import withdraw_files
from ..intake.unused_blobs import UnusedBlobs
from ..intake.vents import VentEntry
from ..ports import BlobStore, Store, where
from ..values import BusinessId
from .service import ContextService
from .themes import recount


@attrs.frozen(kw_only=True)
class RemovalService:
    """What people said can be taken back. ``blob_kinds`` are all kinds of rows that name a blob."""

    store: Store
    blobs: BlobStore
    context: ContextService
    blob_kinds: tuple[type[Entity], ...]

    def remove_vent(self, business_id: BusinessId, vent_id: UUID) -> None:
        """The vent is gone with its vectors and findings, and its theme is what the others make of it.

        A theme that was its alone is gone. Unknown, or of another business: `NotFound`. No import of vents keeps its
        file any more, whose words nobody could take back one by one.
        """
        with self.store.business(business_id) as tx:
            vent = tx.get(VentEntry, vent_id)
            self.context.forget(tx, business_id, "vent", vent_id)
            tx.remove(VentEntry, vent_id)
            if vent.theme_id is not None:
                recount(tx, {vent.theme_id}, relabel=True)
            files = withdraw_files(tx, self.blobs, "vents")
        self.remove_unused(files)

    def remove_activity(self, business_id: BusinessId, activity_id: UUID) -> None:
        """The activity is gone with its files, its transcripts, and all that was read in them.

        Its blobs go once that is certain, those that nobody else has: the same bytes uploaded again in that very moment
        may have to be uploaded once more. No import of an activity keeps its file any more, only what file it was.
        Unknown, or of another business: `NotFound`.
        """
        with self.store.business(business_id) as tx:
            tx.get(Activity, activity_id)
            self.context.forget(tx, business_id, "activity", activity_id)
            artifacts = tx.rows(ActivityArtifact, ("id", "blob"), *where(activity_id=activity_id))
            heard = where(activity_artifact_id__in=[id for id, _ in artifacts])
            transcripts = tx.rows(StoredTranscript, ("id", "blob"), *heard)
            tx.remove(StoredTranscript, *(id for id, _ in transcripts))
            tx.remove(ActivityArtifact, *(id for id, _ in artifacts))
            tx.remove(Activity, activity_id)
            files = withdraw_files(tx, self.blobs, "activity")
        self.remove_unused({blob for _, blob in (*artifacts, *transcripts)} | files)

    def remove_unused(self, blobs: Set[str]) -> None:
        """Those of ``blobs`` that no row of any business names are gone: by their content, two may have the same."""
        UnusedBlobs(store=self.store, blobs=self.blobs, kinds=self.blob_kinds).remove(blobs)
