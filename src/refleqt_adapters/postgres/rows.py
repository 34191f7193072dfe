"""Entities to rows and back."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import partial
from itertools import islice
from operator import attrgetter
from typing import Any, TypeVar
from uuid import UUID

import attrs
from cattrs.preconf.json import JsonConverter, make_converter
from sqlalchemy import ARRAY, BigInteger, Boolean, Date, DateTime, Double, LargeBinary, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeEngine

from refleqt_core.entities import Entity
from refleqt_core.errors import InvalidInput
from refleqt_core.kinds import KINDS
from refleqt_core.values import Money

from .schema import TABLE_NAMES, Field, column_name, column_type, fields_of

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


def _array(values: Sequence[Any]) -> str:
    if not values:
        return "{}"
    quoted = (str(value).replace("\\", "\\\\").replace('"', '\\"') for value in values)
    return "{" + ",".join([f'"{value}"' for value in quoted]) + "}"


def _json(value: Any) -> str:
    if value == {}:  # most are
        return "{}"
    return to_json(converter.unstructure(value))


def _moment(value: datetime | date) -> str:
    return value.isoformat()


WRITERS: Mapping[type[TypeEngine[Any]], Callable[[Any], str]] = {
    BigInteger: str,
    Double: lambda value: repr(float(value)),
    Boolean: str,
    Uuid: attrgetter("hex"),
    Date: _moment,
    DateTime: _moment,
    LargeBinary: lambda value: f"\\x{value.hex()}",
    ARRAY: _array,
    JSONB: _json,
}
"""What makes text of a value, as PostgreSQL reads it; text itself needs nothing.

Were a value given with its own type, the server would have to plan a statement anew for every mixture of types and
absent values that a row has.
"""


def _written_columns(kind: type[Entity]) -> Iterator[tuple[str, str, Callable[[Any], str] | None]]:
    """Each column, the field whose value lies in it, and what makes text of the value."""
    for field in fields_of(kind):
        if field.type is Money:
            minor, currency = field.columns
            yield minor, field.name, lambda money: str(money.minor)
            yield currency, field.name, lambda money: money.currency
        else:
            yield column_name(kind, field.name), field.name, WRITERS.get(type(column_type(field.type)))


@attrs.frozen
class Writing:
    """How entities of a kind are written: the statements, with all columns in order, and what makes their values.

    An update replaces the version before the one that it writes.
    """

    columns: Sequence[str]
    insert: str
    update: str
    fields_of: Callable[[Entity], tuple[Any, ...]]
    writers: Sequence[Callable[[Any], str] | None]

    def values_of(self, entity: Entity) -> list[str | None]:
        """The values of all columns, as text."""
        values = zip(self.fields_of(entity), self.writers, strict=True)
        return [value if write is None or value is None else write(value) for value, write in values]


def _writing_of(kind: type[Entity]) -> Writing:
    columns, fields, writers = zip(*_written_columns(kind), strict=True)
    table, id = TABLE_NAMES[kind], column_name(kind, "id")
    places = {column: f"${place}" for place, column in enumerate(columns, start=1)}
    names, values = ", ".join(f'"{column}"' for column in columns), ", ".join(places.values())
    assigned = ", ".join(f'"{column}" = {place}' for column, place in places.items())
    before = f"{id} = {places[id]} and version = {places['version']}::bigint - 1"
    return Writing(
        columns,
        f"insert into {table} ({names}) values ({values})",  # noqa: S608  # names of our own
        f"update {table} set {assigned} where {before}",  # noqa: S608  # names of our own
        attrgetter(*fields),
        writers,
    )


WRITINGS = {kind: _writing_of(kind) for kind in KINDS.values()}


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
