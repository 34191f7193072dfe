"""The OpenAPI 3.1 document of a set of operations."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pydantic import BaseModel, TypeAdapter

from refleqt_core.errors import InvalidInput, NotAllowed, Unavailable

from .endpoints import Operation, Resource
from .problems import (
    CHANGED_SINCE,
    MEDIA_TYPE,
    OF_ERRORS,
    PROBLEMS,
    TOO_LARGE,
    UNAUTHENTICATED,
    UNEXPECTED,
    WRONG_MEDIA_TYPE,
    Problem,
    ProblemKind,
)
from .versions import TAGS

SCHEMA_REF = "#/components/schemas/{model}"

IF_MATCH: dict[str, Any] = {
    "name": "If-Match",
    "in": "header",
    "required": False,
    "description": "the ETag that was read; somebody has changed it since: 412",
    "schema": {"type": "string", "pattern": TAGS},
}

Document = dict[str, Any]
Schemas = Mapping[tuple[Any, str], Document]


def document(resources: Sequence[Resource], *, title: str, version: str, description: str) -> Document:
    """The document; the same resources give the same one."""
    operations = [operation for resource in resources for operation in resource.operations]
    schemas, components = _schemas(operations)
    paths: dict[str, Document] = {}
    for operation in operations:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(operation, schemas)
    return {
        "openapi": "3.1.0",
        "info": {"title": title, "version": version, "description": description, "license": {"name": "Apache-2.0"}},
        "tags": [{"name": resource.tag, "description": resource.description} for resource in resources],
        "paths": paths,
        "components": {
            "schemas": components,
            "responses": {str(status): _response_of(kinds) for status, kinds in _by_status(PROBLEMS.values()).items()},
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer", "description": "made by: refleqt token"}
            },
        },
    }


def _schemas(operations: Iterable[Operation]) -> tuple[Schemas, dict[str, Document]]:
    """The schema of each part of each operation by its name and part, and the models that they refer to."""
    parts: list[tuple[Any, Any, TypeAdapter[Any]]] = [("problem", "serialization", TypeAdapter(Problem))]
    for operation in operations:
        parts.append(((operation.name, "answer"), "serialization", operation.answer))
        body = {} if operation.body is None else {"body": TypeAdapter[Any](operation.body)}
        given = {**operation.parameters, **body}
        parts += [((operation.name, name), "validation", adapter) for name, adapter in given.items()]
    found, shared = TypeAdapter.json_schemas(parts, ref_template=SCHEMA_REF)
    return {key: schema for (key, _), schema in found.items()}, shared["$defs"]


def _operation(operation: Operation, schemas: Schemas) -> Document:
    told: Document = {
        "operationId": operation.name,
        "summary": operation.summary,
        "tags": [operation.tag],
        "security": [{"bearer": []}] if operation.roles is not None else [],
        "responses": _responses(operation, schemas),
    }
    if operation.description:
        told["description"] = operation.description
    conditions = [IF_MATCH] if operation.is_conditional else []
    if parameters := [*_path_parameters(operation, schemas), *_query_parameters(operation.query), *conditions]:
        told["parameters"] = parameters
    if operation.body is not None:
        content = {"application/json": {"schema": schemas[operation.name, "body"]}}
        told["requestBody"] = {"required": True, "content": content}
    if operation.uploads:
        told["requestBody"] = {"required": True, "content": _files(operation.uploads)}
    return told


def _files(media_types: Iterable[str]) -> Document:
    """Raw bytes of any of the media types."""
    return {media_type: {"schema": {"type": "string", "format": "binary"}} for media_type in media_types}


def _path_parameters(operation: Operation, schemas: Schemas) -> list[Document]:
    return [
        {"name": name, "in": "path", "required": True, "schema": schemas[operation.name, name]}
        for name in operation.parameters
    ]


def _query_parameters(query: type[BaseModel] | None) -> list[Document]:
    """The fields of the query, which are all plain: a query holds no objects."""
    if query is None:
        return []
    schema = query.model_json_schema()
    required = schema.get("required", ())
    return [_query_parameter(name, field, name in required) for name, field in schema["properties"].items()]


def _query_parameter(name: str, schema: Document, required: bool) -> Document:
    """A parameter that may be left out cannot be null: there is no null in a query."""
    told: Document = {"name": name, "in": "query", "required": required}
    if description := schema.pop("description", None):
        told["description"] = description
    schema.pop("title", None)
    if "anyOf" in schema and {"type": "null"} in schema["anyOf"]:
        (given,) = (option for option in schema.pop("anyOf") if option != {"type": "null"})
        schema.pop("default", None)
        schema |= given
    return told | {"schema": schema}


def _responses(operation: Operation, schemas: Schemas) -> Document:
    kinds = [OF_ERRORS[error] for error in (*operation.raises, Unavailable)]
    if operation.roles is not None:
        kinds += [UNAUTHENTICATED, OF_ERRORS[NotAllowed]]
    if operation.parameters or operation.query or operation.body or operation.uploads:
        kinds.append(OF_ERRORS[InvalidInput])
    if operation.is_conditional:
        kinds.append(CHANGED_SINCE)
    if operation.body or operation.uploads:
        kinds += [TOO_LARGE, WRONG_MEDIA_TYPE]
    json_answer = {"application/json": {"schema": schemas[operation.name, "answer"]}}
    answer = _files(operation.downloads) if operation.downloads else json_answer
    told: Document = {"200": {"description": "Done.", "content": answer}}
    if operation.versioned and operation.method != "DELETE":
        told["200"]["headers"] = {"ETag": {"description": "the version", "schema": {"type": "string"}}}
    statuses = sorted({kind.status for kind in (*kinds, UNEXPECTED)})
    return told | {str(status): {"$ref": f"#/components/responses/{status}"} for status in statuses}


def _by_status(kinds: Iterable[ProblemKind]) -> dict[int, list[ProblemKind]]:
    by_status: dict[int, list[ProblemKind]] = {}
    for kind in kinds:
        by_status.setdefault(kind.status, []).append(kind)
    return by_status


def _response_of(kinds: Sequence[ProblemKind]) -> Document:
    told: Document = {
        "description": " ".join(f"{kind.title}: {kind.meaning}" for kind in kinds),
        "content": {MEDIA_TYPE: {"schema": {"$ref": SCHEMA_REF.format(model="Problem")}}},
    }
    if headers := {name: {"schema": {"type": "string"}} for kind in kinds for name in kind.headers}:
        told["headers"] = headers
    return told
