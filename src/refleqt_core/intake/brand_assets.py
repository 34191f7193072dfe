"""The files of the visual identity: kept as blobs, replaced and removed without losing what they were."""

from collections.abc import Iterator
from datetime import datetime
from io import RawIOBase
from typing import BinaryIO, cast
from unicodedata import normalize
from uuid import UUID

import attrs

from ..attempts import tried_again
from ..errors import Conflict, Fault, InvalidInput, NotFound
from ..ports import BlobStore, Clock, Ids, Store, Transaction, where
from ..values import BusinessId, aware
from .business import ASSET_KINDS, BrandAsset
from .drafts import UploadedFile
from .media_types import HEAD, MEDIA_TYPES, media_type_of, promised_by

LARGEST_ASSET = 20 << 20
"""Bytes."""

LONGEST_NAME = 200


@attrs.frozen(kw_only=True)
class BrandAssetService:
    """Keeps brand assets. What a file is, its first bytes say; what its sender says does not count."""

    store: Store
    blobs: BlobStore
    clock: Clock
    ids: Ids

    def add(self, business_id: BusinessId, file: UploadedFile, *, kind: str = "other") -> BrandAsset:
        """The file is in use under its name. The same file under the same name again is the one that is there.

        A file that is none of `MEDIA_TYPES`, that is not what its name promises, that is empty or over `LARGEST_ASSET`
        bytes, and a kind that is none of `ASSET_KINDS` raise `InvalidInput`; another file of that name in use raises
        `Conflict`.
        """
        return self._taken_into_use(business_id, self._stored(business_id, file, kind))

    def replace(self, business_id: BusinessId, asset_id: UUID, file: UploadedFile) -> BrandAsset:
        """The file takes the place of the asset, under the asset's kind; gives the new one.

        The old one stays readable as of its day. The same file again changes nothing. Faults as `add`; an asset that
        is no longer in use raises `Conflict`, an unknown one `NotFound`.
        """
        before = self.get(business_id, asset_id)
        return self._put_in_place_of(business_id, asset_id, self._stored(business_id, file, before.kind))

    @tried_again
    def _taken_into_use(self, business_id: BusinessId, asset: BrandAsset) -> BrandAsset:
        with self.store.business(business_id) as tx:
            for other in _in_use(tx, asset.name):
                if other.blob == asset.blob and other.kind == asset.kind:
                    return other
                raise Conflict(f"there is another '{asset.name}' ({other.id}); replace or remove that one")
            tx.add(asset)
        return asset

    @tried_again
    def _put_in_place_of(self, business_id: BusinessId, asset_id: UUID, asset: BrandAsset) -> BrandAsset:
        with self.store.business(business_id) as tx:
            before = tx.get(BrandAsset, asset_id)
            if before.removed_at is not None:
                raise Conflict(f"'{before.name}' is no longer in use; add the file instead")
            if (before.name, before.blob) == (asset.name, asset.blob):
                return before
            if any(other.id != before.id for other in _in_use(tx, asset.name)):
                raise Conflict(f"there is another '{asset.name}'; remove that one first")
            tx.save(_removed(before, asset.added_at))
            tx.add(asset)
        return asset

    def remove(self, business_id: BusinessId, asset_id: UUID) -> BrandAsset:
        """The asset is no longer in use, and readable as of its day. Removed before: as it was. Unknown: `NotFound`."""
        with self.store.business(business_id) as tx:
            asset = tx.get(BrandAsset, asset_id)
            return asset if asset.removed_at else tx.save(_removed(asset, self.clock.now()))

    def in_use(self, business_id: BusinessId, *, as_of: datetime | None = None) -> list[BrandAsset]:
        """The assets in use now, or at a past moment, by name."""
        aware(self, None, as_of)
        with self.store.business(business_id) as tx:
            if as_of is None:
                return tx.find(BrandAsset, *where(removed_at=None), order="name")
            added = tx.find(BrandAsset, *where(added_at__le=as_of), order="name")
        return [each for each in added if each.removed_at is None or each.removed_at > as_of]

    def get(self, business_id: BusinessId, asset_id: UUID) -> BrandAsset:
        """The asset, in use or not. Unknown, or of another business: `NotFound`."""
        with self.store.business(business_id) as tx:
            return tx.get(BrandAsset, asset_id)

    def open(self, business_id: BusinessId, asset_id: UUID) -> tuple[BrandAsset, BinaryIO]:
        """The asset and its bytes, which the caller closes. Unknown, or of another business: `NotFound`."""
        asset = self.get(business_id, asset_id)
        return asset, self.blobs.open(asset.blob)

    def named(self, business_id: BusinessId, name: str) -> BrandAsset:
        """The asset in use of that name. None: `NotFound`."""
        with self.store.business(business_id) as tx:
            found = _in_use(tx, name)
        if not found:
            raise NotFound(f"there is no brand asset '{name}' in use")
        return found[0]

    def _stored(self, business_id: BusinessId, file: UploadedFile, kind: str) -> BrandAsset:
        """The bytes are kept; the asset is not stored yet."""
        name = _file_name(file.name)
        measured = _Measured(file.data)
        head = measured.peeked
        media_type = _type_of(name, head, kind)
        blob = self.blobs.put(cast(BinaryIO, measured))
        return BrandAsset(
            id=self.ids.new(),
            business_id=business_id,
            name=name,
            in_use_as=name,
            kind=kind,
            media_type=media_type,
            blob=blob,
            size=measured.size,
            added_at=self.clock.now(),
        )


class _Measured(RawIOBase):
    """The bytes of ``data``, counted; more than `LARGEST_ASSET` raise `InvalidInput`. ``peeked`` are the first."""

    def __init__(self, data: BinaryIO) -> None:
        self._data = data
        self.peeked = data.read(HEAD)
        self._left = self.peeked
        self.size = 0

    def readable(self) -> bool:
        """Yes."""
        return True

    def read(self, size: int = -1) -> bytes:
        """The next bytes: at most ``size`` of them, where that is not negative."""
        if self._left:
            piece, self._left = (self._left, b"") if size < 0 else (self._left[:size], self._left[size:])
            if size < 0:
                piece += self._data.read(LARGEST_ASSET + 1)
        else:
            piece = self._data.read(LARGEST_ASSET + 1 if size < 0 else size)
        self.size += len(piece)
        if self.size > LARGEST_ASSET:
            problem = f"the file has more than {LARGEST_ASSET:,} bytes"
            raise InvalidInput([Fault("brand asset", None, "file", problem, "Make it smaller, or link to it.")])
        return piece


def _removed(asset: BrandAsset, at: datetime) -> BrandAsset:
    return attrs.evolve(asset, in_use_as=None, removed_at=at)


def _in_use(tx: Transaction, name: str) -> list[BrandAsset]:
    return tx.find(BrandAsset, *where(in_use_as=name))


def _file_name(name: str) -> str:
    """The last part of a path, its letters composed: some systems take ``ü`` apart.

    Control characters and what is longer than a file's name may be are refused later.
    """
    return normalize("NFC", name.replace("\\", "/").rpartition("/")[2].strip())


def _type_of(name: str, head: bytes, kind: str) -> str:
    media_type = media_type_of(head)
    if faults := [*_faults(name, head, kind, media_type)]:
        raise InvalidInput(faults)
    assert media_type is not None
    return media_type


def _faults(name: str, head: bytes, kind: str, media_type: str | None) -> Iterator[Fault]:
    source, promised = name or "brand asset", promised_by(name)
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        problem = "the file has no name that can be kept"
        yield Fault("brand asset", None, "name", problem, f"Give one of at most {LONGEST_NAME} printable characters.")
    if kind not in ASSET_KINDS:
        yield Fault(source, None, "kind", f"'{kind[:100]}' is none of: {', '.join(ASSET_KINDS)}", "Choose one.")
    if not head:
        yield Fault(source, None, "file", "the file is empty", "Check that it is the right one.")
    elif media_type is None:
        known = ", ".join(MEDIA_TYPES)
        yield Fault(
            source, None, "file", "its first bytes are of no kind of file that is kept", f"Send one of: {known}."
        )
    elif promised not in (None, media_type):
        yield Fault(source, None, "file", f"its name promises {promised}, and it is {media_type}", "Rename the file.")
