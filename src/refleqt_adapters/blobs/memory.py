"""Blobs in this process's memory: for tests and simulations."""

import hashlib
import io
import re
from typing import BinaryIO

from refleqt_core.errors import InvalidInput, NotFound

SHA256 = re.compile(r"[0-9a-f]{64}")


class MemoryBlobStore:
    """Objects that last as long as the process."""

    def __init__(self) -> None:
        self._objects: dict[str, bytes] = {}

    def put(self, data: BinaryIO) -> str:
        """The bytes from here to the end of ``data`` are kept; gives their sha256 in lower-case hex."""
        content = data.read()
        digest = hashlib.sha256(content).hexdigest()
        self._objects.setdefault(digest, content)
        return digest

    def open(self, hash: str) -> BinaryIO:
        """A file that cannot be written to, and stays readable when the object is removed."""
        if not SHA256.fullmatch(hash):
            raise InvalidInput(f"'{hash}' is not a sha256 in lower-case hex")
        try:
            return io.BufferedReader(io.BytesIO(self._objects[hash]))
        except KeyError as exc:
            raise NotFound(f"no object {hash}") from exc

    def exists(self, hash: str) -> bool:
        """Whether the object is there; what is no sha256 never is."""
        return hash in self._objects

    def remove(self, hash: str) -> None:
        """The object is absent."""
        self._objects.pop(hash, None)
