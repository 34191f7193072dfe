"""Blobs as files of one folder on a POSIX file system."""

import hashlib
import os
import re
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from refleqt_core.errors import InvalidInput, NotFound, Unavailable

SHA256 = re.compile(r"[0-9a-f]{64}")
PIECE = 1 << 20
ABANDONED_AFTER_SECONDS = 24 * 3600


class FilesystemBlobStore:
    """Objects under ``folder`` as ``ab/cd/abcd…``, readable by this user alone (folders 0700, files 0600).

    An object is written beside its place, forced to the disk and then renamed, so that every file under its hash is
    whole, whatever crashes. What a crash left half-written in ``incoming`` goes a day later, when a store is opened.
    A disk that fails or is full raises `Unavailable`.
    """

    def __init__(self, folder: Path):
        self._folder = folder
        self._incoming = folder / "incoming"
        with _disk():
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._incoming.mkdir(mode=0o700, exist_ok=True)
            self._sweep()

    def put(self, data: BinaryIO) -> str:
        """The bytes from here to the end of ``data`` are on the disk; gives their sha256 in lower-case hex."""
        with _disk(), self._written(data) as (file, digest):
            place = self._place(digest)
            if not place.exists():
                _make_private(place.parent.parent)
                _make_private(place.parent)
                file.replace(place)
                _force(place.parent)
        return digest

    def open(self, hash: str) -> BinaryIO:
        """A file that stays readable when the object is removed."""
        with _disk():
            try:
                return self._place(hash).open("rb")
            except FileNotFoundError as exc:
                raise NotFound(f"no object {hash}") from exc

    def exists(self, hash: str) -> bool:
        """Whether the object is there; what is no sha256 never is."""
        with _disk():
            return bool(SHA256.fullmatch(hash)) and self._place(hash).is_file()

    def remove(self, hash: str) -> None:
        """The object is absent; its folders stay."""
        if SHA256.fullmatch(hash):
            with _disk():
                self._place(hash).unlink(missing_ok=True)

    def _place(self, hash: str) -> Path:
        if not SHA256.fullmatch(hash):
            raise InvalidInput(f"'{hash}' is not a sha256 in lower-case hex")
        return self._folder / hash[:2] / hash[2:4] / hash

    @contextmanager
    def _written(self, data: BinaryIO) -> Iterator[tuple[Path, str]]:
        """A file with the content of ``data``, forced to the disk, and its hash; it is gone after the block."""
        descriptor, name = tempfile.mkstemp(dir=self._incoming)
        try:
            digest = hashlib.sha256()
            with os.fdopen(descriptor, "wb") as file:
                while piece := data.read(PIECE):
                    digest.update(piece)
                    file.write(piece)
                file.flush()
                os.fsync(file.fileno())
            yield Path(name), digest.hexdigest()
        finally:
            Path(name).unlink(missing_ok=True)

    def _sweep(self) -> None:
        for file in self._incoming.iterdir():
            with suppress(FileNotFoundError):
                if time.time() - file.stat().st_mtime > ABANDONED_AFTER_SECONDS:
                    file.unlink()


def _make_private(folder: Path) -> None:
    if not folder.is_dir():
        folder.mkdir(mode=0o700, exist_ok=True)
        _force(folder.parent)


def _force(folder: Path) -> None:
    """The names in ``folder`` are on the disk: a rename alone may be lost with the power."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _disk() -> Iterator[None]:
    try:
        yield
    except OSError as exc:
        raise Unavailable(f"the folder of the blobs does not work: {exc.strerror}") from exc
