"""What every model's answer goes through before it is believed."""

import re
from functools import cache
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from refleqt_core.errors import InvalidInput

T = TypeVar("T")

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
"""What no store takes in a text: NUL, and a surrogate without its other half."""


def satisfied(schema: type[T], value: Any) -> T:
    """An instance of ``schema``; `InvalidInput` says all that is wrong with ``value`` and where.

    Characters that cannot be stored are left out: asking again for the sake of one would be paid for again.
    """
    try:
        return _adapter(schema).validate_python(_storable(value))  # type: ignore[arg-type, no-any-return]  # has a hash
    except RecursionError as error:
        raise InvalidInput("nested too deep") from error
    except ValidationError as error:
        raise InvalidInput("; ".join(_readable(each) for each in error.errors())) from error


def _storable(value: Any) -> Any:
    if isinstance(value, str):
        return _UNSTORABLE.sub("", value)
    if isinstance(value, list):
        return [_storable(each) for each in value]
    return {key: _storable(each) for key, each in value.items()} if isinstance(value, dict) else value


@cache
def _adapter(schema: type[Any]) -> TypeAdapter[Any]:
    """Made once for each schema: making one takes longer than most answers take to check."""
    return TypeAdapter(schema)


def json_schema(schema: type[Any]) -> dict[str, Any]:
    """The JSON Schema of ``schema`` in which every object is closed and every property required.

    Servers that constrain the answer by a schema ask for both.
    """
    closed = _closed(TypeAdapter(schema).json_schema())
    assert isinstance(closed, dict)
    return closed


def _closed(node: Any) -> Any:
    if isinstance(node, list):
        return [_closed(each) for each in node]
    if not isinstance(node, dict):
        return node
    inner = {key: _closed(value) for key, value in node.items() if key != "default"}
    if inner.get("type") == "object" and "properties" in inner:
        inner |= {"additionalProperties": False, "required": list(inner["properties"])}
    return inner


def _readable(error: Any) -> str:
    place = ".".join(map(str, error["loc"]))
    return f"{place}: {error['msg']}" if place else str(error["msg"])
