"""Blobs as files: who may read them, and what a crash leaves."""

import io
import os
import stat
from pathlib import Path

import pytest

from refleqt_adapters.blobs.filesystem import ABANDONED_AFTER_SECONDS, PIECE, FilesystemBlobStore
from refleqt_core.errors import Unavailable


class WatchedStream(io.BytesIO):
    """Remembers the largest piece that anybody asked for."""

    largest = 0

    def read(self, size: int | None = -1, /) -> bytes:
        self.largest = max(self.largest, len(self.getvalue()) if size is None or size < 0 else size)
        return super().read(size)


def permissions(folder: Path) -> dict[str, int]:
    every = [folder, *folder.rglob("*")]
    return {str(path.relative_to(folder)): stat.S_IMODE(path.stat().st_mode) for path in every}


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_only_this_user_may_read_the_objects(tmp_path: Path) -> None:
    folder = tmp_path / "blobs"
    hash = FilesystemBlobStore(folder).put(io.BytesIO(b"secret"))
    places = [".", "incoming", hash[:2], f"{hash[:2]}/{hash[2:4]}"]
    assert permissions(folder) == dict.fromkeys(places, 0o700) | {f"{hash[:2]}/{hash[2:4]}/{hash}": 0o600}


def test_objects_outlive_the_store(tmp_path: Path) -> None:
    hash = FilesystemBlobStore(tmp_path).put(io.BytesIO(b"kept"))
    with FilesystemBlobStore(tmp_path).open(hash) as file:
        assert file.read() == b"kept"


def test_a_large_object_is_read_in_pieces(tmp_path: Path) -> None:
    stream = WatchedStream(bytes(3 * PIECE))
    FilesystemBlobStore(tmp_path).put(stream)
    assert stream.largest <= PIECE


def test_an_object_put_twice_is_one_file(tmp_path: Path) -> None:
    blobs = FilesystemBlobStore(tmp_path)
    assert blobs.put(io.BytesIO(b"x")) == blobs.put(io.BytesIO(b"x"))
    assert len(files(tmp_path)) == 1


def test_an_object_is_written_nowhere_but_in_its_folder(tmp_path: Path) -> None:
    blobs = FilesystemBlobStore(tmp_path / "blobs")
    blobs.put(io.BytesIO(b"x"))
    assert [path.name for path in tmp_path.iterdir()] == ["blobs"]


def test_a_stream_that_fails_leaves_no_file(tmp_path: Path) -> None:
    class Failing(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        FilesystemBlobStore(tmp_path).put(Failing())
    assert files(tmp_path) == []


def test_what_a_crash_left_goes_a_day_later(tmp_path: Path) -> None:
    FilesystemBlobStore(tmp_path)
    old, young = tmp_path / "incoming" / "old", tmp_path / "incoming" / "young"
    for file in (old, young):
        file.write_bytes(b"half")
    a_day_ago = young.stat().st_mtime - ABANDONED_AFTER_SECONDS - 60
    os.utime(old, (a_day_ago, a_day_ago))
    FilesystemBlobStore(tmp_path)
    assert files(tmp_path) == [young]


def test_a_folder_that_cannot_be_made_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(Unavailable):
        FilesystemBlobStore(tmp_path / "taken" / "blobs")


def test_a_folder_that_went_away_is_unavailable_to_a_writer(tmp_path: Path) -> None:
    blobs = FilesystemBlobStore(tmp_path / "blobs")
    (tmp_path / "blobs").rename(tmp_path / "elsewhere")
    with pytest.raises(Unavailable):
        blobs.put(io.BytesIO(b"x"))
