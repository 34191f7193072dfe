"""Blobs that no row names are gone: what was refused, and what was removed."""

from collections.abc import Callable, Iterable, Iterator, Set
from contextlib import contextmanager
from typing import BinaryIO

import attrs

from ..entities import Entity
from ..ports import BlobStore, Store, Transaction, where
from ..values import BusinessId
from .business import Business


@attrs.frozen(kw_only=True)
class UnusedBlobs:
    """Tells the blobs that some row names from those that none does. ``kinds`` are all whose rows name a blob."""

    store: Store
    blobs: BlobStore
    kinds: tuple[type[Entity], ...]

    def remove(self, blobs: Set[str]) -> None:
        """Those of ``blobs`` that no row of any business names are gone: by their content, two may have the same."""
        if not blobs:
            return
        with self.store.platform() as tx:
            businesses = [id for (id,) in tx.rows(Business, ("id",))]
            unused = blobs - self._named(tx, blobs)
        for business_id in businesses:
            if unused:
                with self.store.business(BusinessId(business_id)) as tx:
                    unused -= self._named(tx, unused)
        for blob in sorted(unused):
            self.blobs.remove(blob)

    @contextmanager
    def taken_back(self) -> Iterator[Callable[[BinaryIO], str]]:
        """As ``blobs.put``; where the block ends in a fault, what was put in it is gone, unless a row names it.

        The same bytes that somebody else puts in that very moment may have to be put once more.
        """
        put: set[str] = set()

        def stored(data: BinaryIO) -> str:
            blob = self.blobs.put(data)
            put.add(blob)
            return blob

        try:
            yield stored
        except BaseException as error:
            try:
                self.remove(put)
            except Exception as other:
                error.add_note(f"{len(put)} blobs that nobody names could not be removed ({type(other).__name__}).")
            raise

    def _named(self, tx: Transaction, blobs: Iterable[str]) -> set[str]:
        asked = where(blob__in=sorted(blobs))
        return {blob for kind in self.kinds for (blob,) in tx.rows(kind, ("blob",), *asked)}
