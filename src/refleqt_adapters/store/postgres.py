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
    Integer,
    Select,
    Table,
    Text,
    Uuid,
    and_,
    any_,
    bindparam,
    delete,
    func,
    literal,
    literal_column,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

from refleqt_adapters.postgres.connections import Database, vendor_errors
from refleqt_adapters.postgres.rows import columns_of, entities_of, to_driver_row, values_of_rows
from refleqt_adapters.postgres.schema import TABLES, column_name
from refleqt_core.entities import Entity, Point
from refleqt_core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from refleqt_core.ports.store import Appended, E, Filter, P, Query
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
    "contains": lambda column, part: func.strpos(func.lower(column), func.lower(part)) > literal_column("0"),
}


def _insert(table: Table) -> str:
    columns = ", ".join(f'"{column.name}"' for column in table.columns)
    values = ", ".join(f"%({column.name})s" for column in table.columns)
    return f"insert into {table.name} ({columns}) values ({values})"  # noqa: S608  # names of our own


def _update(kind: type[Entity], table: Table) -> str:
    """Of the version before: it names the row that is replaced, with the version that it has to have."""
    columns = ", ".join(f'"{column.name}" = %({column.name})s' for column in table.columns if not column.primary_key)
    row = f"{column_name(kind, 'id')} = %({column_name(kind, 'id')})s and version = %(version)s - 1"
    return f"update {table.name} set {columns} where {row}"  # noqa: S608  # names of our own


UPDATES = {kind: _update(kind, table) for kind, table in TABLES.items()}
INSERTS = {kind: _insert(table) for kind, table in TABLES.items()}


class PostgresStore:
    """Transactions of one database."""

    def __init__(self, database: Database):
        self._database = database

    @contextmanager
    def business(self, id: BusinessId) -> Iterator["PostgresTransaction"]:
        """A unit that can see and touch that business alone."""
        with self._database.transaction(id) as connection:
            tx = PostgresTransaction(connection, id)
            yield tx
            tx.check_intact()

    @contextmanager
    def platform(self) -> Iterator["PostgresTransaction"]:
        """A unit for what belongs to no business."""
        with self._database.transaction(None) as connection:
            tx = PostgresTransaction(connection, None)
            yield tx
            tx.check_intact()

    def check(self) -> str:
        """What answers: server, pgvector and schema versions."""
        return self._database.check()

    def close(self) -> None:
        """Connections are given back."""
        self._database.close()


class PostgresTransaction:
    """One database transaction; `connection` is what the queue and the index join it by."""

    def __init__(self, connection: Connection, business_id: BusinessId | None):
        self._connection = connection
        self._lost: Conflict | NotFound | None = None
        self.business_id = business_id

    @property
    def connection(self) -> Connection:
        """The SQLAlchemy connection in whose transaction everything happens."""
        self.check_intact()
        return self._connection

    def check_intact(self) -> None:
        """A transaction that was lost raises what it was lost by."""
        if self._lost:
            raise self._lost

    def add(self, *entities: Entity) -> None:
        """Every one of ``entities`` is stored."""
        for entity in entities:
            self._check_writable(entity)
        if not entities:
            return
        # Straight to the driver: all tables in one trip to the server, and no statement compiled by the row.
        with vendor_errors(), self._driver.pipeline():
            for group in _by_kind(entities):
                self._sent(INSERTS, group)

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
            (found,) = self.find_all(Query(kind, filters, order=order, limit=limit))
            return found
        last = self.get(kind, after)
        beyond = _beyond(kind, order, last)
        query = _query(kind, filters, order).where(beyond).limit(limit)
        with vendor_errors():
            return entities_of(kind, self.connection.execute(query, values_of(filters)).all())

    def find_all(self, *queries: Query[Any]) -> list[list[Any]]:
        """What `find` would give for each."""
        asked = [(_selection(each), _parameters(each)) for each in queries]
        return [entities_of(each.kind, rows) for each, rows in zip(queries, self._answers(asked), strict=True)]

    def rows(
        self, kind: type[Entity], fields: Sequence[str], *filters: Filter, order: str = "id", limit: int | None = None
    ) -> list[tuple[Any, ...]]:
        """The values of those fields, in order."""
        query = Query(kind, filters, order=order, limit=limit)
        (rows,) = self._answers([(_selection(query, columns_of(kind, fields)), _parameters(query))])
        return values_of_rows(kind, fields, rows)

    def count(self, kind: type[Entity], *filters: Filter) -> int:
        """How many entities meet every filter."""
        query = select(func.count()).select_from(TABLES[kind]).where(*_conditions(kind, filters))
        with vendor_errors():
            return self.connection.scalar(query, values_of(filters)) or 0

    def save(self, entity: E) -> E:
        """The stored entity is replaced."""
        saved, written = self._replaced([entity])
        if not written:
            raise self._unsaved([entity])
        return saved[0]

    def save_all(self, entities: Sequence[E]) -> list[E]:
        """Every one of ``entities`` is replaced."""
        saved, written = self._replaced(entities)
        if written < len(entities):
            self._lost = self._unsaved(entities)
            raise self._lost
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
            return entities_of(kind, self.connection.execute(query, values_of(filters)).all())

    def _answers(self, asked: Sequence[tuple[str, Mapping[str, Any]]]) -> list[list[tuple[Any, ...]]]:
        """The rows of every statement, all in one trip to the server."""
        with vendor_errors(), self._driver.pipeline():
            return [cursor.fetchall() for cursor in [self._driver.execute(sql, given) for sql, given in asked]]

    @property
    def _driver(self) -> "psycopg.Connection[Any]":
        return cast("psycopg.Connection[Any]", self.connection.connection.driver_connection)

    def _replaced(self, entities: Sequence[E]) -> tuple[list[E], int]:
        """The entities as saved, and how many rows of their old versions there were to be written."""
        for entity in entities:
            self._check_writable(entity)
        saved = [attrs.evolve(entity, version=entity.version + 1) for entity in entities]
        with vendor_errors():
            with self._driver.pipeline():
                cursors = [self._sent(UPDATES, group) for group in _by_kind(saved)]
            return saved, sum(cursor.rowcount for cursor in cursors)

    def _sent(self, statements: Mapping[type[Entity], str], group: Sequence[Entity]) -> "psycopg.Cursor[Any]":
        cursor = self._driver.cursor()
        cursor.executemany(statements[type(group[0])], [to_driver_row(entity) for entity in group])
        return cursor

    def _unsaved(self, entities: Sequence[Entity]) -> Conflict | NotFound:
        """Why not all of ``entities`` could be saved."""
        for entity in entities:
            if not self.count(type(entity), Filter("id", "eq", entity.id)):
                return NotFound(f"there is no {type(entity).__name__} {entity.id}")
        named = f"{type(entity).__name__} {entity.id}" if len(entities) == 1 else "one of them"
        return Conflict(f"{named} was saved by somebody else; read it again")

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


_SELECTIONS: dict[tuple[Any, ...], str] = {}


def _selection(asked: Query[Any], columns: Sequence[str] = ()) -> str:
    """The SQL of a search for those columns (all of them where none is named).

    It is compiled once for every shape of it: the values are the only thing that differs.
    """
    filters = tuple((each.field, each.operator, each.operator == "null" and each.value) for each in asked.filters)
    shape = (asked.kind, filters, asked.order, asked.limit is None, *columns)
    if shape not in _SELECTIONS:
        query = _query(asked.kind, asked.filters, asked.order)
        if columns:
            query = query.with_only_columns(*(TABLES[asked.kind].c[column] for column in columns))
        if asked.limit is not None:
            query = query.limit(bindparam("limit", type_=Integer))
        _SELECTIONS[shape] = str(query.compile(dialect=DIALECT))
    return _SELECTIONS[shape]


def _parameters(asked: Query[Any]) -> dict[str, Any]:
    return values_of(asked.filters) | ({} if asked.limit is None else {"limit": asked.limit})


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
    elif condition.operator == "contains" and not isinstance(value_type, Text):
        raise InvalidInput(f"{kind.__name__}.{condition.field} is no text that could contain something")
    return COMPARISONS[condition.operator](column, bindparam(name, type_=value_type))


def _presence(kind: type[Entity], field: str) -> ColumnElement[Any]:
    """The column that is null when the field is None."""
    minor = f"{field}_minor"
    return TABLES[kind].c[minor] if minor in TABLES[kind].c else _column(kind, field)
