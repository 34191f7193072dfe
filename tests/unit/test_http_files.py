"""Files over HTTP: raw bytes up to a limit, and answers that a browser can only save."""

import io
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import attrs
import pytest
from starlette.testclient import TestClient

from refleqt_adapters.clock.simulated import SimulatedClock, SimulatedIds
from refleqt_adapters.store.memory import MemoryStore
from refleqt_core.access import TokenService
from refleqt_core.values import BusinessId
from refleqt_http.app import create_app
from refleqt_http.auth import Caller
from refleqt_http.bodies import Identity, Input, Name, Output
from refleqt_http.endpoints import Resource
from refleqt_http.files import IN_MEMORY, LARGEST_UPLOAD, FileAnswer, Upload
from refleqt_http.openapi import document

NOW = datetime(2026, 3, 1, tzinfo=UTC)
PNG = {"Content-Type": "image/png"}

files = Resource("files", "For these tests.")


class FileQuery(Input):
    name: Name


class FileOut(Output):
    name: str
    media_type: str
    size: int


@files.post("/files", gives=FileOut, uploads=("image/png", "image/gif"))
def keep_file(caller: Caller, query: FileQuery, upload: Upload) -> dict[str, Any]:
    """Keeps."""
    return {"name": query.name, "media_type": upload.media_type, "size": len(upload.data.read())}


@files.put("/files/{file_id}", gives=FileOut, uploads=("image/png",))
def replace_file(caller: Caller, file_id: Identity, upload: Upload) -> dict[str, Any]:
    """Replaces."""
    return {"name": str(file_id), "media_type": upload.media_type, "size": len(upload.data.read())}


@files.delete("/files/{file_id}", gives=FileOut)
def remove_file(caller: Caller, file_id: Identity) -> dict[str, Any]:
    """Removes."""
    return {"name": str(file_id), "media_type": "", "size": 0}


@files.get("/files/{file_id}/content", downloads=("image/png", "image/svg+xml"))
def fetch_file(caller: Caller, file_id: Identity) -> FileAnswer:
    """Fetches."""
    return FileAnswer(name='lögo "1"\r\n.svg', media_type="image/svg+xml", data=io.BytesIO(b"<svg/>" * 20_000))


@attrs.frozen
class Wired:
    """What the endpoints ask a container for."""

    tokens: Callable[[], TokenService]


@pytest.fixture(scope="module")
def anonymous() -> Iterator[TestClient]:
    clock = SimulatedClock(NOW)
    tokens = TokenService(store=MemoryStore(), clock=clock, ids=SimulatedIds(clock, seed=1))
    with TestClient(create_app(Wired(tokens=lambda: tokens), [files])) as client:
        yield client


@pytest.fixture(scope="module")
def client(anonymous: TestClient) -> TestClient:
    secret, _ = anonymous.app.state.refleqt.tokens().issue(BusinessId(uuid4()))
    return TestClient(anonymous.app, headers={"Authorization": f"Bearer {secret}"})


@pytest.mark.parametrize("size", [0, 1, IN_MEMORY + 1], ids=["empty", "one byte", "beyond what is held in memory"])
def test_a_handler_is_given_the_bytes_and_what_they_are_said_to_be(client: TestClient, size: int):
    answer = client.post("/files?name=logo", content=b"x" * size, headers=PNG)
    assert answer.json() == {"name": "logo", "media_type": "image/png", "size": size}


@pytest.mark.parametrize("chunked", [True, False])
def test_a_file_that_is_too_large_is_refused(client: TestClient, chunked: bool):
    content = iter([b" " * LARGEST_UPLOAD, b" "]) if chunked else b" " * (LARGEST_UPLOAD + 1)
    answer = client.post("/files?name=logo", content=content, headers=PNG)
    assert (answer.status_code, answer.json()["type"]) == (413, "/problems/too-large")


@pytest.mark.parametrize("headers", [{}, {"Content-Type": "text/html"}, {"Content-Type": "multipart/form-data"}])
def test_a_file_of_another_media_type_is_refused(client: TestClient, headers: dict[str, str]):
    answer = client.post("/files?name=logo", content=b"x", headers=headers)
    assert (answer.status_code, answer.json()["type"]) == (415, "/problems/wrong-media-type")
    assert "image/png or image/gif" in answer.json()["detail"]


def test_whoever_may_not_upload_is_refused_before_the_file_is_read(anonymous: TestClient):
    headers = {"Authorization": "Bearer rq_unknown", "Content-Length": str(LARGEST_UPLOAD + 1)}
    assert anonymous.post("/files?name=logo", content=b"x", headers=headers).status_code == 401


def test_the_query_beside_a_file_is_checked(client: TestClient):
    answer = client.post("/files?title=logo", content=b"x", headers=PNG)
    assert [fault["field"] for fault in answer.json()["faults"]] == ["name", "title"]


def test_a_file_can_be_replaced_and_removed(client: TestClient):
    path = f"/files/{uuid4()}"
    assert client.put(path, content=b"xyz", headers=PNG).json()["size"] == 3
    assert client.delete(path).json()["size"] == 0
    assert set(client.post(path).headers["Allow"].split(", ")) == {"DELETE", "PUT"}


def test_a_download_is_whole_and_can_only_be_saved(client: TestClient):
    answer = client.get(f"/files/{uuid4()}/content")
    assert answer.content == b"<svg/>" * 20_000
    assert answer.headers["Content-Type"] == "image/svg+xml"
    assert answer.headers["Content-Disposition"] == "attachment; filename*=UTF-8''l%C3%B6go%20%221%22%0D%0A.svg"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_the_document_names_the_media_types_of_files():
    paths = document([files], title="t", version="1", description="d")["paths"]
    keep, fetch = paths["/files"]["post"], paths["/files/{file_id}/content"]["get"]
    assert set(keep["requestBody"]["content"]) == {"image/png", "image/gif"}
    assert {"413", "415", "422"} <= set(keep["responses"])
    assert set(fetch["responses"]["200"]["content"]) == {"image/png", "image/svg+xml"}
