"""Typed endpoints on plain Starlette: what a handler is annotated with is read, checked and documented."""

import inspect
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from tempfile import SpooledTemporaryFile
from typing import Any, BinaryIO, TypeVar, cast

import attrs
from pydantic import BaseModel, TypeAdapter, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from refleqt_core.errors import Conflict, RefleqtError

from .auth import READERS, WRITERS, bearer, caller_of
from .files import IN_MEMORY, LARGEST_UPLOAD, FileAnswer, Upload, media_type_of, received, sent
from .problems import TOO_LARGE, Refused, input_faults, problem_response
from .versions import tag_of, versions_of

LARGEST_BODY = 1 << 20
"""Bytes."""

H = TypeVar("H", bound=Callable[..., Any])


@attrs.frozen(kw_only=True)
class Operation:
    """One method of one path: its handler, and what the handler is given and gives.

    A handler is called in the thread pool as ``handler(caller, …)``, a public one as ``handler(refleqt)``. Further
    parameters are ``body`` and ``query``, each a pydantic model, and those of the path by name. What it returns is
    written as ``gives``, read from attributes where that is a model. ``raises`` are errors to document beside those
    that any operation can end in. With ``uploads``, the media types that it takes, the body is a file of at most
    ``largest`` bytes, which the handler is given as ``upload``; with ``downloads``, those that it gives, it returns a
    `FileAnswer`. What is ``versioned`` has an answer with the version as its ETag; the caller of a change knows what
    If-Match names.
    """

    method: str
    path: str
    tag: str
    handler: Callable[..., Any]
    roles: frozenset[str] | None
    gives: Any
    raises: tuple[type[RefleqtError], ...]
    body: type[BaseModel] | None
    query: type[BaseModel] | None
    parameters: Mapping[str, TypeAdapter[Any]]
    answer: TypeAdapter[Any]
    uploads: tuple[str, ...] = ()
    downloads: tuple[str, ...] = ()
    largest: int = LARGEST_UPLOAD
    versioned: bool = False

    @property
    def name(self) -> str:
        """The operation's id: the handler's name."""
        return self.handler.__name__

    @property
    def summary(self) -> str:
        """The first line of the handler's docstring."""
        return inspect.getdoc(self.handler).splitlines()[0]  # type: ignore[union-attr]  # `Resource` asks for one

    @property
    def description(self) -> str:
        """The docstring's further lines."""
        return inspect.getdoc(self.handler).partition("\n")[2].strip()  # type: ignore[union-attr]  # as above

    @property
    def is_conditional(self) -> bool:
        """Whether the change can be asked for of one version alone."""
        return self.versioned and self.method != "GET"

    def arguments(self, request: Request, body: bytes) -> dict[str, Any]:
        """What the handler is called with. All faults of a part of the request at once: `InvalidInput`."""
        read: dict[str, Any] = {}
        try:
            part = "path"
            for name, adapter in self.parameters.items():
                read[name] = adapter.validate_python(request.path_params[name])
            if self.query is not None:
                part = "query"
                read["query"] = self.query.model_validate(_queried(request, self.query))
            if self.body is not None:
                part = "body"
                read["body"] = self.body.model_validate_json(body)
        except ValidationError as error:
            raise input_faults(error, part) from error
        return read

    def written(self, result: Any) -> Response:
        """The response that carries what the handler returned."""
        if self.downloads:
            return sent(cast(FileAnswer, result))
        answer = self.answer.validate_python(result, from_attributes=True)
        tagged = self.versioned and self.method != "DELETE"
        headers = {"ETag": tag_of(answer.version)} if tagged else None
        return Response(self.answer.dump_json(answer), headers=headers, media_type="application/json")


class Resource:
    """The operations on one kind of thing, gathered as they are declared.

    Reading is open to `READERS` and writing to `WRITERS`, where an operation does not say otherwise; with ``roles``
    None anybody may call it, without a token.
    """

    def __init__(self, tag: str, description: str):
        self.tag = tag
        self.description = description
        self.operations: list[Operation] = []

    def get(
        self,
        path: str,
        *,
        gives: Any = None,
        downloads: Sequence[str] = (),
        raises: Sequence[type[RefleqtError]] = (),
        roles: frozenset[str] | None = READERS,
        versioned: bool = False,
    ) -> Callable[[H], H]:
        """Declares what answers to GET and HEAD of ``path``."""
        return self._declare("GET", path, gives, raises, roles, downloads=tuple(downloads), versioned=versioned)

    def post(
        self,
        path: str,
        *,
        gives: Any,
        uploads: Sequence[str] = (),
        largest: int = LARGEST_UPLOAD,
        raises: Sequence[type[RefleqtError]] = (),
        roles: frozenset[str] | None = WRITERS,
    ) -> Callable[[H], H]:
        """Declares what answers to POST of ``path``; somebody else may always be quicker."""
        return self._declare("POST", path, gives, (*raises, Conflict), roles, uploads=tuple(uploads), largest=largest)

    def put(
        self,
        path: str,
        *,
        gives: Any,
        uploads: Sequence[str] = (),
        raises: Sequence[type[RefleqtError]] = (),
        roles: frozenset[str] | None = WRITERS,
    ) -> Callable[[H], H]:
        """Declares what answers to PUT of ``path``; the same again changes nothing more."""
        return self._declare("PUT", path, gives, (*raises, Conflict), roles, uploads=tuple(uploads))

    def patch(
        self,
        path: str,
        *,
        gives: Any,
        raises: Sequence[type[RefleqtError]] = (),
        roles: frozenset[str] | None = WRITERS,
        versioned: bool = False,
    ) -> Callable[[H], H]:
        """Declares what answers to PATCH of ``path``, which changes what the body names and nothing else."""
        return self._declare("PATCH", path, gives, (*raises, Conflict), roles, versioned=versioned)

    def delete(
        self,
        path: str,
        *,
        gives: Any,
        raises: Sequence[type[RefleqtError]] = (),
        roles: frozenset[str] | None = WRITERS,
        versioned: bool = False,
    ) -> Callable[[H], H]:
        """Declares what answers to DELETE of ``path``."""
        return self._declare("DELETE", path, gives, (*raises, Conflict), roles, versioned=versioned)

    def _declare(
        self,
        method: str,
        path: str,
        gives: Any,
        raises: Sequence[type[RefleqtError]],
        roles: frozenset[str] | None,
        **more: Any,
    ) -> Callable[[H], H]:
        def declare(handler: H) -> H:
            hints = {name: each.annotation for name, each in inspect.signature(handler).parameters.items()}
            if not inspect.getdoc(handler):
                raise TypeError(f"{handler.__name__} needs a docstring, which documents the operation")
            operation = Operation(
                method=method,
                path=path,
                tag=self.tag,
                handler=handler,
                roles=roles,
                gives=gives,
                raises=tuple(raises),
                body=hints.get("body"),
                query=hints.get("query"),
                parameters={name: TypeAdapter(hints[name]) for name in re.findall(r"{(\w+)}", path)},
                answer=TypeAdapter(gives),
                **more,
            )
            self.operations.append(operation)
            return handler

        return declare


def routes(operations: Iterable[Operation]) -> list[Route]:
    """One route for each path, so that the Allow header of a 405 names every method of it.

    A word in a path is tried before a parameter in the same place: ``/calendar/month`` is no entry named ``month``.
    """
    by_path: dict[str, dict[str, Operation]] = {}
    for operation in sorted(operations, key=_place):
        by_path.setdefault(operation.path, {})[operation.method] = operation
    return [Route(path, _answering(methods), methods=list(methods)) for path, methods in by_path.items()]


def _place(operation: Operation) -> list[bool]:
    return ["{" in part for part in operation.path.split("/")]


def _answering(operations: Mapping[str, Operation]) -> Callable[[Request], Any]:
    """Answers requests to one path; whatever is raised becomes a problem document."""

    async def answer(request: Request) -> Response:
        operation = operations["GET" if request.method == "HEAD" else request.method]
        try:
            secret = None if operation.roles is None else bearer(request.headers.get("authorization"))
            if operation.uploads:
                return await _handled_upload(operation, request, secret)
            body = b"" if operation.body is None else await _body(request)
            return await run_in_threadpool(_handled, operation, request, secret, body)
        except ClientDisconnect:
            return Response(status_code=400)  # nobody is there to read it
        except Exception as error:
            return problem_response(error)

    return answer


async def _handled_upload(operation: Operation, request: Request, secret: str | None) -> Response:
    """Who asks, and for what, is known before a byte of the file is taken."""
    asking = await run_in_threadpool(_asking, operation, request, secret)
    media_type = media_type_of(request, operation.uploads)
    given = operation.arguments(request, b"")
    with SpooledTemporaryFile(max_size=IN_MEMORY) as file:
        await received(request, file, operation.largest)
        upload = Upload(media_type=media_type, data=cast(BinaryIO, file))
        return operation.written(await run_in_threadpool(operation.handler, asking, upload=upload, **given))


def _handled(operation: Operation, request: Request, secret: str | None, body: bytes) -> Response:
    """Runs in a thread: who asks, for what, and the answer."""
    asking = _asking(operation, request, secret)
    if operation.body is not None:
        media_type_of(request, ("application/json",))
    return operation.written(operation.handler(asking, **operation.arguments(request, body)))


def _asking(operation: Operation, request: Request, secret: str | None) -> Any:
    refleqt = request.app.state.refleqt
    if operation.roles is None:
        return refleqt
    caller = caller_of(refleqt, secret or "", operation.roles)
    if not operation.is_conditional:
        return caller
    return attrs.evolve(caller, only_versions=versions_of(request.headers.get("if-match")))


async def _body(request: Request) -> bytes:
    """The whole body. One that is or says it is larger than `LARGEST_BODY`: `Refused` with 413."""
    said = request.headers.get("content-length", "0")
    read = bytearray()
    if not said.isdecimal() or int(said) <= LARGEST_BODY:
        async for part in request.stream():
            read += part
            if len(read) > LARGEST_BODY:
                break
        else:
            return bytes(read)
    raise Refused(TOO_LARGE, f"the body has more than {LARGEST_BODY} bytes; import large files with: refleqt import")


def _queried(request: Request, model: type[BaseModel]) -> dict[str, Any]:
    """The query by name: a list where the field is one or the name is repeated."""
    asked: dict[str, Any] = {}
    for name in request.query_params:
        values = request.query_params.getlist(name)
        field = model.model_fields.get(name)
        many = len(values) > 1 or (field is not None and getattr(field.annotation, "__origin__", None) is tuple)
        asked[name] = values if many else values[0]
    return asked
