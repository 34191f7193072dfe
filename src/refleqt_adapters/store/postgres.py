"""The Store on PostgreSQL: SQLAlchemy Core over psycopg, with row-level security beneath every statement."""

import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, cast
from uuid import UUID

import attrs
import psycopg
from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Connection,
    Table,
    and_,
    any_,
    delete,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import distinct_on

from refleqt_adapters.postgres.connections import Database, vendor_errors
from refleqt_adapters.postgres.rows import from_row, to_driver_row, to_row
from refleqt_adapters.postgres.schema import TABLES, column_name
from refleqt_core.entities import Entity, Point
from refleqt_core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from refleqt_core.ports.store import Appended, E, Filter, P
from refleqt_core.values import BusinessId

from .series import key_of, one_of_each_key

COMPARISONS: Mapping[str, Callable[[ColumnElement[Any], Any], ColumnElement[bool]]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "lt": operator.lt,
    "le": operator.le,
    "gt": operator.gt,
    "ge": operator.ge,
    "in": lambda column, allowed: column == any_(literal(list(allowed), ARRAY(column.type))),
    "null": lambda column, absent: column.is_(None) if absent else column.is_not(None),
    "has": lambda column, member: literal(member) == any_(column),
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
        driver = cast("psycopg.Connection[Any]", self.connection.connection.driver_connection)
        with vendor_errors(), driver.pipeline(), driver.cursor() as cursor:
            for group in _by_kind(entities):
                cursor.executemany(INSERTS[type(group[0])], [to_driver_row(entity) for entity in group])

    def get(self, kind: type[E], id: UUID) -> E:
        """The entity as last saved."""
        found = self._select(kind, [_id(kind) == id])
        if not found:
            raise NotFound(f"there is no {kind.__name__} {id}")
        return found[0]

    def find(
        self, kind: type[E], *filters: Filter, order: str = "id", after: UUID | None = None, limit: int | None = None
    ) -> list[E]:
        """All entities that meet every filter, in order."""
        column = _column(kind, order.removeprefix("-"))
        descending = order.startswith("-")
        conditions = _conditions(kind, filters)
        if after is not None:
            conditions.append(self._beyond(kind, column, descending, self.get(kind, after), order.removeprefix("-")))
        direction = (column.desc() if descending else column.asc()).nulls_last()
        return self._select(kind, conditions, order_by=[direction, _id(kind)], limit=limit)

    def count(self, kind: type[Entity], *filters: Filter) -> int:
        """How many entities meet every filter."""
        query = select(func.count()).select_from(TABLES[kind]).where(*_conditions(kind, filters))
        with vendor_errors():
            return self.connection.scalar(query) or 0

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
            self.connection.execute(delete(TABLES[kind]).where(COMPARISONS["in"](_id(kind), ids)))

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
            return [from_row(kind, row._mapping) for row in self.connection.execute(query)]

    def _select(
        self,
        kind: type[E],
        conditions: Sequence[ColumnElement[bool]],
        order_by: Sequence[Any] = (),
        limit: int | None = None,
    ) -> list[E]:
        query = select(TABLES[kind]).where(*conditions).order_by(*order_by).limit(limit)
        with vendor_errors():
            return [from_row(kind, row._mapping) for row in self.connection.execute(query)]

    def _newest(self, kind: type[P], points: Sequence[P]) -> dict[tuple[Any, ...], P]:
        """What is stored of the series that the points are of, within their days."""
        days = [point.day for point in points]
        sources = {getattr(point, "source", None) for point in points}
        filters = [Filter("day", "ge", min(days)), Filter("day", "le", max(days))]
        if None not in sources:
            filters.append(Filter("source", "in", sorted(sources)))
        return {key_of(point): point for point in self.latest(kind, *filters)}

    def _beyond(
        self, kind: type[E], column: ColumnElement[Any], descending: bool, last: E, field: str
    ) -> ColumnElement[bool]:
        """Whatever comes after ``last`` in the order by ``column`` (None last) and id."""
        value, id_column = getattr(last, field), _id(kind)
        if value is None:
            return and_(column.is_(None), id_column > last.id)
        further = column < value if descending else column > value
        return or_(further, and_(column == value, id_column > last.id), column.is_(None))

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


def _conditions(kind: type[Entity], filters: Sequence[Filter]) -> list[ColumnElement[bool]]:
    return [
        _condition(_presence(kind, each.field) if each.operator == "null" else _column(kind, each.field), each)
        for each in filters
    ]


def _presence(kind: type[Entity], field: str) -> ColumnElement[Any]:
    """The column that is null when the field is None."""
    minor = f"{field}_minor"
    return TABLES[kind].c[minor] if minor in TABLES[kind].c else _column(kind, field)


def _condition(column: ColumnElement[Any], condition: Filter) -> ColumnElement[bool]:
    if condition.operator not in COMPARISONS:
        raise InvalidInput(f"'{condition.operator}' is no operator of a filter")
    return COMPARISONS[condition.operator](column, condition.value)
