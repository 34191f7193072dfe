"""Entities to rows and back."""

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from functools import partial
from itertools import islice
from typing import Any, TypeVar
from uuid import UUID

import attrs
from cattrs.preconf.json import JsonConverter, make_converter
from psycopg.types.json import Jsonb
from sqlalchemy import ARRAY, DateTime
from sqlalchemy.dialects.postgresql import JSONB

from refleqt_core.entities import Entity
from refleqt_core.errors import InvalidInput
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


@attrs.frozen
class Reading:
    """The columns that a field lies in, and what makes the field's values of theirs, column by column."""

    columns: Sequence[str]
    read: Callable[..., Iterable[Any]]


def _reading_of(kind: type[Entity], field: Field) -> Reading:
    if field.type is Money:
        return Reading(field.columns, _amounts)
    column = column_name(kind, field.name)
    match column_type(field.type):
        case DateTime():
            return Reading([column], _moments)
        case ARRAY():
            return Reading([column], _tuples)
        case JSONB():
            return Reading([column], partial(_structured, converter.get_structure_hook(field.type), field.type))
        case _:
            return Reading([column], iter)


def _amounts(minor: Iterable[int | None], currency: Iterable[str]) -> Iterable[Money | None]:
    pairs = zip(minor, currency, strict=True)
    return [None if minor is None else Money(minor=minor, currency=currency) for minor, currency in pairs]


def _moments(column: Iterable[datetime | None]) -> Iterable[datetime | None]:
    return [None if value is None else value.astimezone(UTC) for value in column]


def _tuples(column: Iterable[list[Any] | None]) -> Iterable[tuple[Any, ...] | None]:
    return [None if value is None else tuple(value) for value in column]


def _structured(structure: Callable[[Any, Any], Any], annotation: object, column: Iterable[Any]) -> Iterable[Any]:
    return [None if value is None else structure(value, annotation) for value in column]


READINGS = {kind: {field.name: _reading_of(kind, field) for field in fields_of(kind)} for kind in KINDS.values()}


def columns_of(kind: type[Entity], fields: Sequence[str]) -> list[str]:
    """The columns that the fields lie in, in order; an unknown field, or none, raises `InvalidInput`."""
    unknown = [field for field in fields if field not in READINGS[kind]]
    if unknown or not fields:
        raise InvalidInput(f"{kind.__name__} has no field '{unknown[0]}'" if unknown else "name the fields to be read")
    return [column for field in fields for column in READINGS[kind][field].columns]


def values_of_rows(kind: type[Entity], fields: Iterable[str], rows: Sequence[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """The fields' values in each of ``rows``, which have the columns of `columns_of`."""
    if not rows:
        return []
    columns = zip(*rows, strict=True)
    readings = [READINGS[kind][field] for field in fields]
    return list(zip(*[each.read(*islice(columns, len(each.columns))) for each in readings], strict=True))


def entities_of(kind: type[E], rows: Sequence[tuple[Any, ...]]) -> list[E]:
    """The entities that ``rows``, with all columns of the table, are of; moments are in UTC."""
    fields = READINGS[kind]
    return [kind(**dict(zip(fields, values, strict=True))) for values in values_of_rows(kind, fields, rows)]
