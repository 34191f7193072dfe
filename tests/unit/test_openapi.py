"""The OpenAPI document says all there is to know of every operation."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from refleqt_http.app import RESOURCES, openapi_document

DOCUMENT = openapi_document()
OPERATIONS = [
    pytest.param(path, operation, id=f"{method.upper()} {path}")
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
]
every_operation = pytest.mark.parametrize(("path", "operation"), OPERATIONS)


def resolved(reference: str) -> Any:
    found = DOCUMENT
    for part in reference.removeprefix("#/").split("/"):
        found = found[part]
    return found


def references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        yield from [node["$ref"]] if "$ref" in node else []
    for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from references(child)


@every_operation
def test_an_operation_says_what_it_does_and_to_what(path: str, operation: dict[str, Any]):
    assert operation["summary"].endswith(".")
    assert operation["tags"] and set(operation["tags"]) <= {tag["name"] for tag in DOCUMENT["tags"]}


@every_operation
def test_an_operation_needs_a_token_unless_it_is_of_health(path: str, operation: dict[str, Any]):
    assert operation["security"] == ([] if operation["tags"] == ["health"] else [{"bearer": []}])
    assert ("401" in operation["responses"]) == bool(operation["security"])


@every_operation
def test_an_operation_documents_its_problems(path: str, operation: dict[str, Any]):
    problems = {status: each for status, each in operation["responses"].items() if status != "200"}
    assert set(problems) >= {"500", "503"} | ({"413", "415", "422"} if "requestBody" in operation else set())
    for response in problems.values():
        (media_type,) = resolved(response["$ref"])["content"]
        assert media_type == "application/problem+json"


@every_operation
def test_the_parameters_of_a_path_are_those_that_are_documented(path: str, operation: dict[str, Any]):
    documented = [each["name"] for each in operation.get("parameters", ()) if each["in"] == "path"]
    assert documented == re.findall(r"{(\w+)}", path)


@every_operation
def test_no_parameter_is_null(path: str, operation: dict[str, Any]):
    assert not [each for each in operation.get("parameters", ()) if "null" in json.dumps(each["schema"])]


def test_the_names_of_operations_are_unique():
    names = [operation.name for resource in RESOURCES for operation in resource.operations]
    assert len(set(names)) == len(names) > 20


def test_every_reference_leads_somewhere_and_every_schema_is_referred_to():
    referred = set(references(DOCUMENT))
    assert all(resolved(reference) for reference in referred)
    assert referred >= {f"#/components/schemas/{name}" for name in DOCUMENT["components"]["schemas"]}


def test_limits_are_written_in_the_words_of_json_schema():
    text = json.dumps(DOCUMENT)
    assert '"maximum"' in text
    assert not re.search(r'"(ge|le|gt|lt|max_length)"', text)
