"""Entities to rows and back."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar
from uuid import UUID

from cattrs.preconf.json import JsonConverter, make_converter
from psycopg.types.json import Jsonb
from sqlalchemy.dialects.postgresql import JSONB

from refleqt_core.entities import Entity
from refleqt_core.kinds import KINDS
from refleqt_core.values import Money

from .schema import Field, column_name, column_type, fields_of

E = TypeVar("E", bound=Entity)


def _converter() -> JsonConverter:
    converter = make_converter()
    converter.register_unstructure_hook(UUID, str)
    converter.register_structure_hook(UUID, lambda value, _: value if isinstance(value, UUID) else UUID(value))
    converter.register_structure_hook_func(lambda kind: kind is object, lambda value, _: value)
    return converter


converter = _converter()


def to_json(value: Any) -> str:
    """JSON for a JSONB column; a UUID or a moment becomes text."""
    return json.dumps(value, default=_plain, allow_nan=False)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _writers_of(kind: type[Entity]) -> list[tuple[Field, str, Callable[[Any], Any] | None]]:
    """Each field, its column, and what makes a JSON value of it where it is not a plain column."""
    return [
        (
            field,
            column_name(kind, field.name),
            converter.unstructure if field.type is not Money and isinstance(column_type(field.type), JSONB) else None,
        )
        for field in fields_of(kind)
    ]


_WRITERS = {kind: _writers_of(kind) for kind in KINDS.values()}


def to_row(entity: Entity) -> dict[str, Any]:
    """The entity as column values."""
    row: dict[str, Any] = {}
    for field, column, write in _WRITERS[type(entity)]:
        value = getattr(entity, field.name)
        if field.type is Money:
            minor, currency = field.columns
            row[minor], row[currency] = (value.minor, value.currency) if value else (None, None)
        elif isinstance(value, tuple) and write is None:
            row[column] = list(value)
        else:
            row[column] = value if write is None or value is None else write(value)
    return row


def to_driver_row(entity: Entity) -> dict[str, Any]:
    """The entity as column values that the driver takes as they are."""
    row = to_row(entity)
    for _, column, write in _WRITERS[type(entity)]:
        if write is not None and row[column] is not None:
            row[column] = Jsonb(row[column], dumps=to_json)
    return row


def from_row(kind: type[E], row: Mapping[Any, Any]) -> E:
    """The entity that the column values are of; moments are in UTC."""
    values: dict[str, Any] = {}
    for field, column, write in _WRITERS[kind]:
        if field.type is Money:
            minor, currency = (row[name] for name in field.columns)
            value: Any = None if minor is None else Money(minor=minor, currency=currency)
        else:
            value = row[column]
            if isinstance(value, datetime):
                value = value.astimezone(UTC)
            elif write is not None and value is not None:
                value = converter.structure(value, field.type)  # type: ignore[arg-type]  # an annotation
            elif isinstance(value, list):
                value = tuple(value)
        values[field.name] = value
    return kind(**values)
