"""The Store on PostgreSQL: SQLAlchemy Core over psycopg, with row-level security beneath every statement."""

import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, cast
from uuid import UUID

import attrs
import psycopg
from psycopg.rows import dict_row
from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Connection,
    Integer,
    Select,
    Table,
    Uuid,
    and_,
    any_,
    bindparam,
    delete,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

from refleqt_adapters.postgres.connections import Database, vendor_errors
from refleqt_adapters.postgres.rows import from_row, to_driver_row, to_row
from refleqt_adapters.postgres.schema import TABLES, column_name
from refleqt_core.entities import Entity, Point
from refleqt_core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from refleqt_core.ports.store import Appended, E, Filter, P
from refleqt_core.values import BusinessId

from .series import key_of, one_of_each_key

DIALECT = PGDialect_psycopg()  # type: ignore[no-untyped-call]

COMPARISONS: Mapping[str, Callable[[ColumnElement[Any], ColumnElement[Any]], ColumnElement[bool]]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "lt": operator.lt,
    "le": operator.le,
    "gt": operator.gt,
    "ge": operator.ge,
    "in": lambda column, allowed: column == any_(allowed),
    "has": lambda column, member: member == any_(column),
}


def _insert(table: Table) -> str:
    columns = ", ".join(f'"{column.name}"' for column in table.columns)
    values = ", ".join(f"%({column.name})s" for column in table.columns)
    return f"insert into {table.name} ({columns}) values ({values})"  # noqa: S608  # names of our own


INSERTS = {kind: _insert(table) for kind, table in TABLES.items()}


class PostgresStore:
    """Transactions of one database."""

    def __init__(self, database: Database):
        self._database = database

    @contextmanager
    def business(self, id: BusinessId) -> Iterator["PostgresTransaction"]:
        """A unit that can see and touch that business alone."""
        with self._database.transaction(id) as connection:
            yield PostgresTransaction(connection, id)

    @contextmanager
    def platform(self) -> Iterator["PostgresTransaction"]:
        """A unit for what belongs to no business."""
        with self._database.transaction(None) as connection:
            yield PostgresTransaction(connection, None)

    def check(self) -> str:
        """What answers: server, pgvector and schema versions."""
        return self._database.check()

    def close(self) -> None:
        """Connections are given back."""
        self._database.close()


class PostgresTransaction:
    """One database transaction; `connection` is what the queue and the index join it by."""

    def __init__(self, connection: Connection, business_id: BusinessId | None):
        self.connection = connection
        self.business_id = business_id

    def add(self, *entities: Entity) -> None:
        """Every one of ``entities`` is stored."""
        for entity in entities:
            self._check_writable(entity)
        if not entities:
            return
        # Straight to the driver: all tables in one trip to the server, and no statement compiled by the row.
        with vendor_errors(), self._driver.pipeline(), self._driver.cursor() as cursor:
            for group in _by_kind(entities):
                cursor.executemany(INSERTS[type(group[0])], [to_driver_row(entity) for entity in group])

    def get(self, kind: type[E], id: UUID) -> E:
        """The entity as last saved."""
        found = self.find(kind, Filter("id", "eq", id))
        if not found:
            raise NotFound(f"there is no {kind.__name__} {id}")
        return found[0]

    def find(
        self, kind: type[E], *filters: Filter, order: str = "id", after: UUID | None = None, limit: int | None = None
    ) -> list[E]:
        """All entities that meet every filter, in order."""
        if after is None:
            return self._run(kind, statement(kind, filters, order, limited=limit is not None), filters, limit)
        last = self.get(kind, after)
        beyond = _beyond(kind, order, last)
        query = _query(kind, filters, order).where(beyond).limit(limit)
        with vendor_errors():
            return [from_row(kind, row._mapping) for row in self.connection.execute(query, values_of(filters))]

    def count(self, kind: type[Entity], *filters: Filter) -> int:
        """How many entities meet every filter."""
        query = select(func.count()).select_from(TABLES[kind]).where(*_conditions(kind, filters))
        with vendor_errors():
            return self.connection.scalar(query, values_of(filters)) or 0

    def save(self, entity: E) -> E:
        """The stored entity is replaced."""
        self._check_writable(entity)
        kind = type(entity)
        saved = attrs.evolve(entity, version=entity.version + 1)
        table = TABLES[kind]
        update = table.update().where(_id(kind) == entity.id, table.c.version == entity.version).values(**to_row(saved))
        with vendor_errors():
            written = self.connection.execute(update).rowcount
        if not written:
            self.get(kind, entity.id)
            raise Conflict(f"{kind.__name__} {entity.id} was saved by somebody else; read it again")
        return saved

    def remove(self, kind: type[Entity], *ids: UUID) -> None:
        """The entities are absent."""
        with vendor_errors():
            self.connection.execute(delete(TABLES[kind]).where(_id(kind) == any_(literal(list(ids), ARRAY(Uuid())))))

    def append(self, points: Sequence[Point]) -> Appended:
        """Points of a series are recorded and never rewritten."""
        if not points:
            return Appended(0, 0, 0)
        kind = type(points[0])
        given = one_of_each_key(points)
        stored = self._newest(kind, points)
        changed = [
            attrs.evolve(point, revision=stored[key].revision + 1)
            for key, point in given.items()
            if key in stored and stored[key].value != point.value
        ]
        new = [attrs.evolve(point, revision=0) for key, point in given.items() if key not in stored]
        self.add(*new, *changed)
        return Appended(len(new), len(changed), len(given) - len(new) - len(changed))

    def latest(self, kind: type[P], *filters: Filter) -> list[P]:
        """The newest revision of every point that meets the filters."""
        key = [_column(kind, field) for field in kind.key]
        table = TABLES[kind]
        newest = (
            select(table)
            .where(*_conditions(kind, filters))
            .ext(distinct_on(*key))
            .order_by(*key, table.c.revision.desc())
        ).subquery()
        query = select(newest).order_by(newest.c.day, newest.c.id)
        with vendor_errors():
            return [from_row(kind, row._mapping) for row in self.connection.execute(query, values_of(filters))]

    def _run(self, kind: type[E], sql: str, filters: Sequence[Filter], limit: int | None) -> list[E]:
        """A compiled statement, straight to the driver."""
        given = values_of(filters) | ({} if limit is None else {"limit": limit})
        with vendor_errors(), self._driver.cursor(row_factory=dict_row) as cursor:
            return [from_row(kind, row) for row in cursor.execute(sql, given)]

    @property
    def _driver(self) -> "psycopg.Connection[Any]":
        return cast("psycopg.Connection[Any]", self.connection.connection.driver_connection)

    def _newest(self, kind: type[P], points: Sequence[P]) -> dict[tuple[Any, ...], P]:
        """What is stored of the series that the points are of, within their days."""
        days = [point.day for point in points]
        sources = {getattr(point, "source", None) for point in points}
        filters = [Filter("day", "ge", min(days)), Filter("day", "le", max(days))]
        if None not in sources:
            filters.append(Filter("source", "in", sorted(sources)))
        return {key_of(point): point for point in self.latest(kind, *filters)}

    def _check_writable(self, entity: Entity) -> None:
        if entity.scope is not None and getattr(entity, entity.scope) != self.business_id:
            raise NotAllowed(f"this unit of work cannot write a {type(entity).__name__} of another business")


def _by_kind(entities: Sequence[Entity]) -> Iterator[list[Entity]]:
    group: list[Entity] = []
    for entity in entities:
        if group and type(entity) is not type(group[0]):
            yield group
            group = []
        group.append(entity)
    if group:
        yield group


def _column(kind: type[Entity], field: str) -> ColumnElement[Any]:
    table: Table = TABLES[kind]
    name = column_name(kind, field)
    if f"{name}_minor" in table.c:
        raise InvalidInput(f"{kind.__name__}.{field} is money; only whether it is there can be asked")
    if name not in table.c:
        raise InvalidInput(f"{kind.__name__} has no field '{field}' that can be filtered or ordered by")
    return table.c[name]


def _id(kind: type[Entity]) -> ColumnElement[Any]:
    return _column(kind, "id")


_STATEMENTS: dict[tuple[Any, ...], str] = {}


def statement(kind: type[Entity], filters: Sequence[Filter], order: str, *, limited: bool) -> str:
    """The SQL of a search, compiled once for every shape of it: the values are the only thing that differs."""
    shape = (kind, tuple((f.field, f.operator, f.operator == "null" and f.value) for f in filters), order, limited)
    if shape not in _STATEMENTS:
        query = _query(kind, filters, order)
        limit = bindparam("limit", type_=Integer) if limited else None
        _STATEMENTS[shape] = str(query.limit(limit).compile(dialect=DIALECT))
    return _STATEMENTS[shape]


def values_of(filters: Sequence[Filter]) -> dict[str, Any]:
    """The values of the filters, by the names that they have in a statement."""
    return {
        f"value_{number}": list(each.value) if each.operator == "in" else each.value
        for number, each in enumerate(filters)
        if each.operator != "null"
    }


def _query(kind: type[Entity], filters: Sequence[Filter], order: str) -> Select[Any]:
    column = _column(kind, order.removeprefix("-"))
    direction = (column.desc() if order.startswith("-") else column.asc()).nulls_last()
    return select(TABLES[kind]).where(*_conditions(kind, filters)).order_by(direction, _id(kind))


def _beyond(kind: type[Entity], order: str, last: Entity) -> ColumnElement[bool]:
    """Whatever comes after ``last`` in that order (None last) and then by id."""
    column, value = _column(kind, order.removeprefix("-")), getattr(last, order.removeprefix("-"))
    if value is None:
        return and_(column.is_(None), _id(kind) > last.id)
    further = column < value if order.startswith("-") else column > value
    return or_(further, and_(column == value, _id(kind) > last.id), column.is_(None))


def _conditions(kind: type[Entity], filters: Sequence[Filter]) -> list[ColumnElement[bool]]:
    return [_condition(kind, each, f"value_{number}") for number, each in enumerate(filters)]


def _condition(kind: type[Entity], condition: Filter, name: str) -> ColumnElement[bool]:
    if condition.operator == "null":
        column = _presence(kind, condition.field)
        return column.is_(None) if condition.value else column.is_not(None)
    if condition.operator not in COMPARISONS:
        raise InvalidInput(f"'{condition.operator}' is no operator of a filter")
    column = _column(kind, condition.field)
    value_type: Any = column.type
    if condition.operator == "in":
        value_type = ARRAY(value_type)
    elif condition.operator == "has":
        if not isinstance(value_type, ARRAY):
            raise InvalidInput(f"{kind.__name__}.{condition.field} is no tuple that could hold something")
        value_type = value_type.item_type
    return COMPARISONS[condition.operator](column, bindparam(name, type_=value_type))


def _presence(kind: type[Entity], field: str) -> ColumnElement[Any]:
    """The column that is null when the field is None."""
    minor = f"{field}_minor"
    return TABLES[kind].c[minor] if minor in TABLES[kind].c else _column(kind, field)
