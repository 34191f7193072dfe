"""Files on their way in and out: a body of raw bytes up to a limit, and an answer that a browser can only save."""

from collections.abc import Iterator, Sequence
from tempfile import SpooledTemporaryFile
from typing import BinaryIO
from urllib.parse import quote

import attrs
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from .problems import TOO_LARGE, WRONG_MEDIA_TYPE, Refused

LARGEST_UPLOAD = 20 << 20
"""Bytes, where an operation does not say otherwise."""

IN_MEMORY = 1 << 20
"""Bytes of an upload that are held in memory; a larger one lies in a temporary file while it is read."""

_PIECE = 1 << 16


@attrs.frozen(kw_only=True)
class Upload:
    """A file that a request carries; ``data`` is readable until the request is answered."""

    media_type: str
    data: BinaryIO


@attrs.frozen(kw_only=True)
class FileAnswer:
    """A file as an answer: it is saved under ``name`` and never shown; ``data`` is closed when it is sent."""

    name: str
    media_type: str
    data: BinaryIO


def media_type_of(request: Request, allowed: Sequence[str]) -> str:
    """What the request says that its body is; any but the ``allowed`` ones: `Refused` with 415."""
    said = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if said not in allowed:
        raise Refused(WRONG_MEDIA_TYPE, f"the body is '{said[:100]}'; send it as {' or '.join(allowed)}")
    return said


async def received(request: Request, into: "SpooledTemporaryFile[bytes]", largest: int = LARGEST_UPLOAD) -> None:
    """The body lies in ``into``, which stands at its beginning. One over ``largest`` bytes: `Refused` with 413."""
    said, size = request.headers.get("content-length", "0"), 0
    _check_size(int(said) if said.isdecimal() else 0, largest)
    async for part in request.stream():
        size += len(part)
        _check_size(size, largest)
        await run_in_threadpool(into.write, part)
    into.seek(0)


def sent(answer: FileAnswer) -> Response:
    """The response that carries the file, in pieces; every browser saves it instead of showing it."""
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(answer.name, safe='')}"}
    return StreamingResponse(_pieces(answer.data), headers=headers, media_type=answer.media_type)


def _check_size(size: int, largest: int) -> None:
    if size > largest:
        raise Refused(TOO_LARGE, f"the file has more than {largest} bytes")


def _pieces(data: BinaryIO) -> Iterator[bytes]:
    with data:
        while piece := data.read(_PIECE):
            yield piece
