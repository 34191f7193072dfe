"""What the BlobStore promises, over every adapter of it."""

import hashlib
import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from refleqt_adapters.blobs.filesystem import FilesystemBlobStore
from refleqt_adapters.blobs.memory import MemoryBlobStore
from refleqt_core.errors import InvalidInput, NotFound
from refleqt_core.ports import BlobStore

ABSENT = hashlib.sha256(b"never stored").hexdigest()
ADAPTERS: dict[str, Callable[[Path], BlobStore]] = {
    "memory": lambda _folder: MemoryBlobStore(),
    "filesystem": FilesystemBlobStore,
}


@pytest.fixture(params=ADAPTERS)
def blobs(request: pytest.FixtureRequest, tmp_path: Path) -> BlobStore:
    return ADAPTERS[request.param](tmp_path / "blobs")


class BrokenStream(io.BytesIO):
    """Gives what it has, and fails where the end would be."""

    def read(self, size: int | None = -1, /) -> bytes:
        piece = super().read(size)
        if not piece or size is None or size < 0:
            raise ConnectionResetError("the upload broke off")
        return piece


def put(blobs: BlobStore, content: bytes) -> str:
    return blobs.put(io.BytesIO(content))


def read(blobs: BlobStore, hash: str) -> bytes:
    with blobs.open(hash) as file:
        return file.read()


def test_what_was_put_is_read_back(blobs: BlobStore) -> None:
    assert read(blobs, put(blobs, b"a brief")) == b"a brief"


def test_an_object_is_named_by_its_sha256(blobs: BlobStore) -> None:
    assert put(blobs, b"a brief") == hashlib.sha256(b"a brief").hexdigest()


def test_an_object_larger_than_any_piece_is_read_back(blobs: BlobStore) -> None:
    content = bytes(range(256)) * 12_345
    assert read(blobs, put(blobs, content)) == content


def test_no_bytes_are_an_object_too(blobs: BlobStore) -> None:
    assert read(blobs, put(blobs, b"")) == b""


def test_the_bytes_before_the_position_are_left_out(blobs: BlobStore) -> None:
    data = io.BytesIO(b"header body")
    data.seek(7)
    assert read(blobs, blobs.put(data)) == b"body"


def test_put_twice_is_one_object(blobs: BlobStore) -> None:
    first, second = put(blobs, b"twice"), put(blobs, b"twice")
    blobs.remove(first)
    assert not blobs.exists(second)


def test_an_absent_object_is_not_found(blobs: BlobStore) -> None:
    with pytest.raises(NotFound):
        blobs.open(ABSENT)


@pytest.mark.parametrize("name", ["", "abc", "../" * 21 + "x", ABSENT.upper(), ABSENT + "\n", ABSENT + "0"])
def test_what_is_no_hash_is_refused(blobs: BlobStore, name: str) -> None:
    with pytest.raises(InvalidInput):
        blobs.open(name)


def test_an_object_exists_from_put_to_remove(blobs: BlobStore) -> None:
    before = blobs.exists(hashlib.sha256(b"here").hexdigest())
    hash = put(blobs, b"here")
    during = blobs.exists(hash)
    blobs.remove(hash)
    assert (before, during, blobs.exists(hash)) == (False, True, False)


@pytest.mark.parametrize("name", ["", "../../etc/passwd"])
def test_what_is_no_hash_never_exists(blobs: BlobStore, name: str) -> None:
    assert not blobs.exists(name)


def test_a_removed_object_is_not_found(blobs: BlobStore) -> None:
    hash = put(blobs, b"gone")
    blobs.remove(hash)
    with pytest.raises(NotFound):
        blobs.open(hash)


def test_removing_leaves_other_objects(blobs: BlobStore) -> None:
    kept, removed = put(blobs, b"kept"), put(blobs, b"removed")
    blobs.remove(removed)
    assert read(blobs, kept) == b"kept"


@pytest.mark.parametrize("name", [ABSENT, "../outside"])
def test_removing_what_is_absent_does_nothing(blobs: BlobStore, name: str) -> None:
    kept = put(blobs, b"kept")
    blobs.remove(name)
    assert blobs.exists(kept)


def test_an_object_can_be_put_again_after_its_removal(blobs: BlobStore) -> None:
    blobs.remove(put(blobs, b"again"))
    assert read(blobs, put(blobs, b"again")) == b"again"


def test_an_open_object_stays_readable_when_it_is_removed(blobs: BlobStore) -> None:
    hash = put(blobs, b"still here")
    with blobs.open(hash) as file:
        blobs.remove(hash)
        assert file.read() == b"still here"


def test_an_open_object_can_be_read_from_any_position(blobs: BlobStore) -> None:
    with blobs.open(put(blobs, b"0123456789")) as file:
        file.seek(4)
        assert file.read(3) == b"456"


def test_an_open_object_cannot_be_written_to(blobs: BlobStore) -> None:
    with blobs.open(put(blobs, b"immutable")) as file, pytest.raises(io.UnsupportedOperation):
        file.write(b"changed")


def test_two_readers_do_not_move_each_other(blobs: BlobStore) -> None:
    hash = put(blobs, b"abcdef")
    with blobs.open(hash) as first, blobs.open(hash) as second:
        first.read(3)
        assert second.read(3) == b"abc"


def test_an_upload_that_breaks_off_leaves_no_object(blobs: BlobStore) -> None:
    with pytest.raises(Exception, match=r".+"):
        blobs.put(BrokenStream(b"half"))
    assert not blobs.exists(hashlib.sha256(b"half").hexdigest())


def test_many_writers_of_one_object_get_one_hash(blobs: BlobStore) -> None:
    content = b"the same" * 100_000
    with ThreadPoolExecutor(8) as pool:
        hashes = set(pool.map(lambda _: put(blobs, content), range(16)))
    assert [read(blobs, hash) for hash in hashes] == [content]


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(contents=st.lists(st.binary(max_size=200), max_size=5))
def test_each_of_many_objects_keeps_its_bytes(blobs: BlobStore, contents: list[bytes]) -> None:
    hashes = [put(blobs, content) for content in contents]
    assert [read(blobs, hash) for hash in hashes] == contents
