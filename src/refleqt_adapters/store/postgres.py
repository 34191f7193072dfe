"""The Store on PostgreSQL: statements by psycopg, compiled by SQLAlchemy, with row-level security beneath each."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby, islice
from typing import Any
from uuid import UUID

import attrs
from sqlalchemy import Connection

from refleqt_adapters.postgres.connections import Database
from refleqt_adapters.postgres.rows import WRITINGS, columns_of, entities_of, values_of_rows
from refleqt_adapters.postgres.schema import TABLE_NAMES, column_name
from refleqt_adapters.postgres.statements import Statements
from refleqt_core.entities import Entity, Point
from refleqt_core.errors import Conflict, NotAllowed, NotFound
from refleqt_core.kinds import in_words, referred_first
from refleqt_core.ports.store import Appended, E, Filter, P, Query
from refleqt_core.values import BusinessId

from .postgres_searches import newest, number, search
from .series import key_of, one_of_each_key

MANY = 200
"""From as many rows on COPY is quicker than statements, although it needs a table of its own."""

CHUNK = 2_000
"""So many rows are made ready here while the server stores those before."""


class PostgresStore:
    """Transactions of one database."""

    def __init__(self, database: Database):
        self._database = database

    @contextmanager
    def business(self, id: BusinessId) -> Iterator["PostgresTransaction"]:
        """A unit that can see and touch that business alone."""
        with self._database.statements(id) as statements:
            yield PostgresTransaction(statements, id)

    @contextmanager
    def platform(self) -> Iterator["PostgresTransaction"]:
        """A unit for what belongs to no business."""
        with self._database.statements(None) as statements:
            yield PostgresTransaction(statements, None)

    def check(self) -> str:
        """What answers: server, pgvector and schema versions."""
        return self._database.check()

    def close(self) -> None:
        """Connections are given back."""
        self._database.close()


class PostgresTransaction:
    """One database transaction; the queue and the index join it by `send` and `connection`."""

    def __init__(self, statements: Statements, business_id: BusinessId | None):
        self._statements = statements
        self.business_id = business_id

    def connection(self) -> Connection:
        """The SQLAlchemy connection in whose transaction everything happens."""
        return self._statements.connection

    def send(self, sql: str, rows: Sequence[Sequence[Any]]) -> None:
        """``sql`` is executed for each of ``rows`` before the transaction ends; an error of it is raised by then."""
        self._statements.send(sql, rows)

    def add(self, *entities: Entity) -> None:
        """Every one of ``entities`` is stored."""
        for entity in entities:
            self._check_writable(entity)
        for kind, group in groupby(referred_first(entities), key=type):
            writing = WRITINGS[kind]
            while rows := [writing.values_of(entity) for entity in islice(group, CHUNK)]:
                if len(rows) < MANY:
                    self._statements.send(writing.insert, rows)
                else:
                    self._statements.copy(TABLE_NAMES[kind], writing.columns, rows)

    def get(self, kind: type[E], id: UUID) -> E:
        """The entity as last saved."""
        found = self.find(kind, Filter("id", "eq", id))
        if not found:
            raise NotFound(f"there is no {in_words(kind)} {id}")
        return found[0]

    def find(
        self, kind: type[E], *filters: Filter, order: str = "id", after: UUID | None = None, limit: int | None = None
    ) -> list[E]:
        """All entities that meet every filter, in order."""
        last = None if after is None else self.get(kind, after)
        (rows,) = self._statements.ask(search(Query(kind, filters, order=order, limit=limit), last=last))
        return entities_of(kind, rows)

    def find_all(self, *queries: Query[Any]) -> list[list[Any]]:
        """What `find` would give for each."""
        answers = self._statements.ask(*(search(query) for query in queries))
        return [entities_of(query.kind, rows) for query, rows in zip(queries, answers, strict=True)]

    def rows(
        self, kind: type[Entity], fields: Sequence[str], *filters: Filter, order: str = "id", limit: int | None = None
    ) -> list[tuple[Any, ...]]:
        """The values of those fields, in order."""
        columns_of(kind, fields)
        (rows,) = self._statements.ask(search(Query(kind, filters, order=order, limit=limit), fields))
        return values_of_rows(kind, fields, rows)

    def count(self, kind: type[Entity], *filters: Filter) -> int:
        """How many entities meet every filter."""
        (((found,),),) = self._statements.ask(number(kind, filters))
        return int(found)

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
            reason = self._unsaved(entities)
            self._statements.lose(reason)
            raise reason
        return saved

    def remove(self, kind: type[Entity], *ids: UUID) -> None:
        """The entities are absent."""
        removal = f"delete from {TABLE_NAMES[kind]} where {column_name(kind, 'id')} = any($1)"  # noqa: S608  # own names
        self._statements.send(removal, [[list(ids)]])
        self._statements.wait()

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
        (rows,) = self._statements.ask(newest(kind, filters))
        return entities_of(kind, rows)

    def _newest(self, kind: type[P], points: Sequence[P]) -> dict[tuple[Any, ...], P]:
        """What is stored of the series that the points are of, within their days."""
        days = [point.day for point in points]
        sources = {getattr(point, "source", None) for point in points}
        filters = [Filter("day", "ge", min(days)), Filter("day", "le", max(days))]
        if None not in sources:
            filters.append(Filter("source", "in", sorted(sources)))
        return {key_of(point): point for point in self.latest(kind, *filters)}

    def _replaced(self, entities: Sequence[E]) -> tuple[list[E], int]:
        """The entities as saved, and how many rows of their old versions there were to be written."""
        for entity in entities:
            self._check_writable(entity)
        saved = [attrs.evolve(entity, version=entity.version + 1) for entity in entities]
        sent = [
            self._statements.send(WRITINGS[kind].update, [WRITINGS[kind].values_of(entity) for entity in group])
            for kind, group in groupby(saved, key=type)
        ]
        self._statements.wait()
        return saved, sum(cursor.rowcount for cursor in sent)

    def _unsaved(self, entities: Sequence[Entity]) -> Conflict | NotFound:
        """Why not all of ``entities`` could be saved."""
        for entity in entities:
            if not self.count(type(entity), Filter("id", "eq", entity.id)):
                return NotFound(f"there is no {in_words(type(entity))} {entity.id}")
        named = f"{in_words(type(entity))} {entity.id}" if len(entities) == 1 else "one of them"
        return Conflict(f"{named} was saved by somebody else; read it again")

    def _check_writable(self, entity: Entity) -> None:
        if entity.scope is not None and getattr(entity, entity.scope) != self.business_id:
            raise NotAllowed(f"this unit of work cannot write a {type(entity).__name__} of another business")
