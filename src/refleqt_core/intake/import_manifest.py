"""What an import keeps of a file whose words can be taken back: which file it was, and nothing that it says."""

import hashlib
import json
from io import BytesIO
from typing import BinaryIO, NamedTuple

import attrs

from ..errors import NotFound
from ..ports import BlobStore, Transaction, where
from .imports import ImportBatch

_FIELDS = frozenset({"file", "bytes", "sha256", "read"})
_LONGEST = 16_384
"""Bytes of a manifest at most."""
_PART = 1 << 20


class Manifest(NamedTuple):
    """The manifest as JSON in UTF-8, and the sha256 in hex of the file that it tells of."""

    content: bytes
    sha256: str

    def kept(self, blobs: BlobStore) -> str:
        """The manifest is a blob; gives its name."""
        return blobs.put(BytesIO(self.content))


def manifest_of(name: str, data: BinaryIO, read: int) -> Manifest:
    """What file ``data`` is: its name, bytes and sha256, and how many records were ``read`` in it."""
    digest, size = hashlib.sha256(), 0
    while part := data.read(_PART):
        digest.update(part)
        size += len(part)
    told = {"file": name[:255], "bytes": size, "sha256": digest.hexdigest(), "read": read}
    return Manifest(json.dumps(told, ensure_ascii=False).encode(errors="replace"), digest.hexdigest())


def withdraw_files(tx: Transaction, blobs: BlobStore, kind: str) -> set[str]:
    """Every import of that ``kind`` has a manifest and no file; gives the blobs of the files that they had.

    Imports from before there were manifests had the file itself.
    """
    gone: set[str] = set()
    for record in tx.find(ImportBatch, *where(kind=kind)):
        manifest = _instead_of_file(blobs, record)
        if manifest is not None:
            tx.save(attrs.evolve(record, blob=manifest.kept(blobs)))
            gone.add(record.blob)
    return gone


def _instead_of_file(blobs: BlobStore, record: ImportBatch) -> Manifest | None:
    """The manifest of the file that the import has; None where it has none."""
    try:
        with blobs.open(record.blob) as data:
            if _is_manifest(data.read(_LONGEST)):
                return None
            data.seek(0)
            return manifest_of(record.file_name, data, record.read)
    except NotFound:
        return None


def _is_manifest(content: bytes) -> bool:
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        return False
    return isinstance(found, dict) and found.keys() == _FIELDS
