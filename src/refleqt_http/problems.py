"""The one place that knows which HTTP status a fault is: errors become problem documents (RFC 9457)."""

import logging
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import attrs
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from refleqt_core.errors import (
    Conflict,
    Fault,
    InvalidInput,
    MissingDependency,
    NeedsReview,
    NotAllowed,
    NotFound,
    RefleqtError,
    Unavailable,
)

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER_SECONDS = 5
REALM = 'Bearer realm="refleqt"'

log = logging.getLogger(__name__)


@attrs.frozen(kw_only=True)
class ProblemKind:
    """A kind of problem: the last part of its type URI, its status, and what a person should know of it.

    What is ``hidden`` may name hosts, accounts or code: its detail goes to the log, and the caller gets a number to
    ask about.
    """

    name: str
    status: int
    title: str
    meaning: str
    headers: Mapping[str, str] = attrs.field(factory=dict)
    hidden: bool = False

    @property
    def uri(self) -> str:
        """What identifies the kind; relative to the server, which explains it there."""
        return f"/problems/{self.name}"


UNAUTHENTICATED = ProblemKind(
    name="unauthenticated",
    status=401,
    title="A bearer token is needed",
    meaning="The request has no bearer token, or one that is unknown, revoked or expired. Make one: refleqt token.",
    headers={"WWW-Authenticate": REALM},
)
NOT_ALLOWED = ProblemKind(
    name="not-allowed", status=403, title="Not allowed", meaning="This caller may not do this, now or ever."
)
NOT_FOUND = ProblemKind(
    name="not-found",
    status=404,
    title="Not found",
    meaning="There is no such thing, or it belongs to another business; the answer is the same for both.",
)
METHOD_NOT_ALLOWED = ProblemKind(
    name="method-not-allowed",
    status=405,
    title="Method not allowed",
    meaning="The path exists, but not for this method; the Allow header names those it has.",
)
CONFLICT = ProblemKind(
    name="conflict",
    status=409,
    title="Conflict",
    meaning="Somebody else was quicker, or the thing exists already or is in another state: read again, then decide.",
)
NEEDS_REVIEW = ProblemKind(
    name="needs-review",
    status=409,
    title="A person has to decide",
    meaning="Refleqt does not go on by itself here; the detail says what a person has to look at.",
)
CHANGED_SINCE = ProblemKind(
    name="changed-since",
    status=412,
    title="It was changed since it was read",
    meaning="What is there is not what the If-Match header names; read it again, then decide.",
)
TOO_LARGE = ProblemKind(
    name="too-large",
    status=413,
    title="The request is too large",
    meaning="A body may have one mebibyte, an uploaded file twenty, a recording two gibibytes. Import larger files"
    " with: refleqt import.",
)
WRONG_MEDIA_TYPE = ProblemKind(
    name="wrong-media-type",
    status=415,
    title="The body is of another media type",
    meaning="Send UTF-8 JSON with the header Content-Type: application/json, and a file with one of the media types"
    " that /openapi.json names for it.",
)
INVALID_INPUT = ProblemKind(
    name="invalid-input",
    status=422,
    title="The input is not valid",
    meaning="The faults say where each thing that is wrong stands, what is wrong with it, and how to mend it.",
)
UNEXPECTED = ProblemKind(
    name="unexpected",
    status=500,
    title="Something went wrong in Refleqt",
    meaning="This is a fault of Refleqt; the server's log tells of it under the number in 'instance'.",
    hidden=True,
)
MISSING_DEPENDENCY = ProblemKind(
    name="missing-dependency",
    status=501,
    title="The server lacks an extra",
    meaning="An optional package is not installed on the server; the detail names the command that installs it.",
)
UNAVAILABLE = ProblemKind(
    name="unavailable",
    status=503,
    title="A part outside does not answer",
    meaning="The database or a service outside does not answer; the same request may succeed later.",
    headers={"Retry-After": str(RETRY_AFTER_SECONDS)},
    hidden=True,
)

OF_ERRORS: Mapping[type[RefleqtError], ProblemKind] = {
    InvalidInput: INVALID_INPUT,
    NotFound: NOT_FOUND,
    Conflict: CONFLICT,
    NotAllowed: NOT_ALLOWED,
    Unavailable: UNAVAILABLE,
    NeedsReview: NEEDS_REVIEW,
    MissingDependency: MISSING_DEPENDENCY,
}
OF_STATUSES: Mapping[int, ProblemKind] = {404: NOT_FOUND, 405: METHOD_NOT_ALLOWED}

PROBLEMS: Mapping[str, ProblemKind] = {
    kind.name: kind
    for kind in (
        UNAUTHENTICATED,
        NOT_ALLOWED,
        NOT_FOUND,
        METHOD_NOT_ALLOWED,
        CONFLICT,
        NEEDS_REVIEW,
        CHANGED_SINCE,
        TOO_LARGE,
        WRONG_MEDIA_TYPE,
        INVALID_INPUT,
        UNEXPECTED,
        MISSING_DEPENDENCY,
        UNAVAILABLE,
    )
}


class Refused(Exception):
    """The request is turned away by the HTTP face itself, before any use case."""

    def __init__(self, kind: ProblemKind, detail: str, **headers: str):
        self.kind = kind
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}
        super().__init__(detail)


class ProblemFault(BaseModel):
    """One thing wrong with an input: where it stands, what is wrong, how to mend it."""

    model_config = ConfigDict(from_attributes=True)

    source: str = Field(description="body, query or path of this request, or the file that was read")
    row: int | None = None
    field: str | None = Field(description="the path to the field, its parts joined by dots")
    problem: str
    remedy: str
    value: str | None = Field(default=None, description="what the field holds, where one value of a file is at fault")


class Problem(BaseModel):
    """A problem document (RFC 9457)."""

    type: str = Field(description="identifies the kind; the server explains it at this path")
    title: str
    status: int
    detail: str
    instance: str | None = Field(default=None, description="a number by which the server's log tells more")
    faults: list[ProblemFault] = Field(default_factory=list)


def problem_response(error: Exception) -> Response:
    """The problem document of any error; one that nobody foresaw is logged and tells nothing of the inside."""
    kind, headers = _kind_of(error)
    problem = _hidden(kind, error) if kind.hidden else _told(kind, error)
    return Response(
        problem.model_dump_json(exclude_defaults=True),
        kind.status,
        headers={**kind.headers, **headers},
        media_type=MEDIA_TYPE,
    )


async def on_http_exception(_request: Request, error: Exception) -> Response:
    """The problem document of what Starlette itself turns away, such as a path that nothing answers to."""
    return problem_response(error)


def input_faults(error: ValidationError, source: str) -> InvalidInput:
    """All that pydantic found wrong with a part of the request; the values given are not repeated."""
    return InvalidInput(
        Fault(
            source,
            None,
            ".".join(map(str, found["loc"])) or None,
            found["msg"],
            REMEDIES.get(found["type"], "See the schema of this request in /openapi.json"),
        )
        for found in error.errors(include_url=False, include_context=False, include_input=False)
    )


REMEDIES: Mapping[str, str] = {
    "missing": "Give it",
    "extra_forbidden": "Leave it out, or mind its spelling",
    "json_invalid": "Send well-formed UTF-8 JSON",
}


def _kind_of(error: Exception) -> tuple[ProblemKind, Mapping[str, str]]:
    if isinstance(error, Refused):
        return error.kind, error.headers
    if isinstance(error, HTTPException):
        return OF_STATUSES.get(error.status_code, UNEXPECTED), dict(error.headers or {})
    known = (kind for cls, kind in OF_ERRORS.items() if isinstance(error, cls))
    return next(known, UNEXPECTED), {}


def _told(kind: ProblemKind, error: Exception) -> Problem:
    if isinstance(error, InvalidInput):
        faults = [ProblemFault.model_validate(fault) for fault in error.faults]
        return _problem(kind, str(error) if len(faults) == 1 else f"{len(faults)} faults; each is named", faults=faults)
    if isinstance(error, Conflict) and error.field is not None:
        taken = ProblemFault(source="body", field=error.field, problem=str(error), remedy="Choose another one.")
        return _problem(kind, str(error), faults=[taken])
    return _problem(kind, kind.meaning if isinstance(error, HTTPException) else str(error))


def _hidden(kind: ProblemKind, error: Exception) -> Problem:
    instance = uuid4().urn
    log.error("%s: %s", instance, kind.title, exc_info=error)
    return _problem(kind, kind.meaning, instance=instance)


def _problem(kind: ProblemKind, detail: str, **more: Any) -> Problem:
    return Problem(type=kind.uri, title=kind.title, status=kind.status, detail=detail, **more)
