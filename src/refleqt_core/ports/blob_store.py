"""The BlobStore: bytes that never change, named by what they are."""

from typing import BinaryIO, Protocol


class BlobStore(Protocol):
    """Immutable objects by content hash. Safe for many writers at once; a crash leaves no half-written object."""

    def put(self, data: BinaryIO) -> str:
        """The bytes from here to the end of ``data`` are stored; gives their sha256 in hex. Twice is one object.

        It reads in pieces, so that the size is bounded by the disk and not by memory.
        """
        ...

    def open(self, hash: str) -> BinaryIO:
        """A binary file to read; the caller closes it. Absent: `NotFound`. Not a sha256 in hex: `InvalidInput`."""
        ...

    def exists(self, hash: str) -> bool:
        """Whether the object is there."""
        ...

    def remove(self, hash: str) -> None:
        """The object is absent. Absent before: no-op."""
        ...
