"""The Store in this process's memory, as strict as the database: for tests, simulations and small embedded use."""

import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from threading import Lock
from types import NoneType
from typing import Any, Literal, NoReturn, get_args, get_origin
from uuid import UUID

import attrs

from refleqt_core.entities import Entity, Point
from refleqt_core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from refleqt_core.intake.business import Business
from refleqt_core.kinds import KINDS, in_words, referred_first
from refleqt_core.ports.store import Appended, E, Filter, P, Query
from refleqt_core.values import BusinessId, Money

from .series import key_of, one_of_each_key

COMPARISONS: Mapping[str, Callable[[Any, Any], bool]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "lt": operator.lt,
    "le": operator.le,
    "gt": operator.gt,
    "ge": operator.ge,
    "in": lambda value, allowed: value in allowed,
    "has": lambda value, member: member in value,
    "contains": lambda value, part: _lowered(part) in _lowered(value),
}


class Table:
    """The rows of one kind by id, and their ids by each natural key."""

    def __init__(self, kind: type[Entity]):
        self.rows: dict[UUID, Entity] = {}
        self._indexes: dict[tuple[str, ...], dict[tuple[Any, ...], UUID]] = {key: {} for key in kind.unique}

    def put(self, entity: Entity) -> None:
        """The row is there; a natural key of another row raises `Conflict` and changes nothing."""
        keys = {fields: _values(entity, fields) for fields in self._indexes}
        for fields, values in keys.items():
            if None not in values and self._indexes[fields].get(values, entity.id) != entity.id:
                named = ", ".join(f"{field} {value}" for field, value in zip(fields, values, strict=True))
                raise Conflict(f"there is one with {named} already, of the kind {in_words(type(entity))}")
        self.drop(entity.id)
        self.rows[entity.id] = entity
        for fields, values in keys.items():
            self._indexes[fields][values] = entity.id

    def drop(self, id: UUID) -> None:
        """The row is absent."""
        entity = self.rows.pop(id, None)
        if entity is not None:
            for fields, index in self._indexes.items():
                index.pop(_values(entity, fields), None)


class MemoryStore:
    """Transactions run one after the other: a second one waits until the first has ended."""

    def __init__(self) -> None:
        self._tables = {kind: Table(kind) for kind in KINDS.values()}
        self._lock = Lock()

    @contextmanager
    def business(self, id: BusinessId) -> Iterator["MemoryTransaction"]:
        """A unit that can see and touch that business alone."""
        yield from self._transaction(id)

    @contextmanager
    def platform(self) -> Iterator["MemoryTransaction"]:
        """A unit for what belongs to no business."""
        yield from self._transaction(None)

    def check(self) -> str:
        """What answers."""
        return f"memory, {sum(len(table.rows) for table in self._tables.values())} rows"

    def close(self) -> None:
        """Nothing to give back."""

    def _transaction(self, business_id: BusinessId | None) -> Iterator["MemoryTransaction"]:
        with self._lock:
            tx = MemoryTransaction(self._tables, business_id)
            try:
                yield tx
                tx.check_intact()
            except BaseException:
                tx.undo()
                raise
        tx.committed()


class MemoryTransaction:
    """Writes in place and remembers how to undo it, since the store lets nobody else in meanwhile."""

    def __init__(self, tables: Mapping[type[Entity], Table], business_id: BusinessId | None):
        self._tables = tables
        self._before: list[tuple[Table, UUID, Entity | None]] = []
        self._actions: list[Callable[[], None]] = []
        self._lost: Conflict | NotFound | None = None
        self.business_id = business_id

    def check_intact(self) -> None:
        """A transaction that was lost raises what it was lost by."""
        if self._lost:
            raise self._lost

    def undo(self) -> None:
        """Every row is as it was before this transaction."""
        for table, written, before in reversed(self._before):
            table.drop(written)
            if before:
                table.put(before)

    def committed(self) -> None:
        """What waited for the commit is done."""
        for action in self._actions:
            action()

    def after_commit(self, action: Callable[[], None]) -> None:
        """``action`` is called once when the transaction has committed."""
        self._actions.append(action)

    def add(self, *entities: Entity) -> None:
        """Every one of ``entities`` is stored."""
        for entity in entities:
            self._check_writable(entity)
        for entity in referred_first(entities):
            if entity.id in self._rows(type(entity)):
                self._lose(Conflict(f"{in_words(type(entity))} {entity.id} exists already"))
            self._put(entity)

    def get(self, kind: type[E], id: UUID) -> E:
        """The entity as last saved."""
        entity = self._rows(kind).get(id)
        if entity is None or not self._readable(entity):
            raise NotFound(f"there is no {in_words(kind)} {id}")
        return entity  # type: ignore[return-value]  # a table holds one kind

    def find(
        self, kind: type[E], *filters: Filter, order: str = "id", after: UUID | None = None, limit: int | None = None
    ) -> list[E]:
        """All entities that meet every filter, in order."""
        found = self._matching(kind, filters)
        field, descending = order.removeprefix("-"), order.startswith("-")
        _check_comparable(kind, field)
        found.sort(key=lambda entity: entity.id)
        known = [entity for entity in found if getattr(entity, field) is not None]
        known.sort(key=lambda entity: getattr(entity, field), reverse=descending)
        found = known + [entity for entity in found if getattr(entity, field) is None]
        if after is not None:
            found = found[found.index(self.get(kind, after)) + 1 :]
        return found[:limit]

    def find_all(self, *queries: Query[Any]) -> list[list[Any]]:
        """What `find` would give for each."""
        return [self.find(each.kind, *each.filters, order=each.order, limit=each.limit) for each in queries]

    def rows(
        self, kind: type[Entity], fields: Sequence[str], *filters: Filter, order: str = "id", limit: int | None = None
    ) -> list[tuple[Any, ...]]:
        """The values of those fields, in order."""
        if not fields:
            raise InvalidInput(f"name the fields of {kind.__name__} that are asked for")
        for field in fields:
            _check_field(kind, field)
        return [_values(entity, fields) for entity in self.find(kind, *filters, order=order, limit=limit)]

    def count(self, kind: type[Entity], *filters: Filter) -> int:
        """How many entities meet every filter."""
        return len(self._matching(kind, filters))

    def save(self, entity: E) -> E:
        """The stored entity is replaced."""
        self._check_writable(entity)
        stored = self.get(type(entity), entity.id)
        if stored.version != entity.version:
            raise Conflict(f"{in_words(type(entity))} {entity.id} was saved by somebody else; read it again")
        saved = attrs.evolve(entity, version=entity.version + 1)
        self._put(saved)
        return saved

    def save_all(self, entities: Sequence[E]) -> list[E]:
        """Every one of ``entities`` is replaced."""
        for entity in entities:
            self._check_writable(entity)
        try:
            return [self.save(entity) for entity in entities]
        except (Conflict, NotFound) as reason:
            self._lose(reason)

    def remove(self, kind: type[Entity], *ids: UUID) -> None:
        """The entities are absent."""
        rows = self._rows(kind)
        gone = {each: rows[each] for each in ids if each in rows and self._readable(rows[each])}
        for other, table in self._tables.items():
            for field in [field for field, target in _references(other).items() if target is kind]:
                if any(getattr(row, field) in gone for row in table.rows.values()):
                    self._lose(Conflict(f"others still refer to the {in_words(kind)}; remove these first"))
        for each, stored in gone.items():
            self._before.append((self._tables[kind], each, stored))
            self._tables[kind].drop(each)

    def append(self, points: Sequence[Point]) -> Appended:
        """Points of a series are recorded and never rewritten."""
        counts = {"new": 0, "changed": 0, "unchanged": 0}
        if points:
            newest = _newest(self._matching(type(points[0]), ()))
            for key, point in one_of_each_key(points).items():
                before = newest.get(key)
                if before is None or before.value != point.value:
                    self.add(attrs.evolve(point, revision=0 if before is None else before.revision + 1))
                counts["new" if before is None else "unchanged" if before.value == point.value else "changed"] += 1
        return Appended(**counts)

    def latest(self, kind: type[P], *filters: Filter) -> list[P]:
        """The newest revision of every point that meets the filters."""
        return sorted(_newest(self._matching(kind, filters)).values(), key=lambda point: (point.day, point.id))

    def _rows(self, kind: type[Entity]) -> Mapping[UUID, Entity]:
        self.check_intact()
        return self._tables[kind].rows

    def _put(self, entity: Entity) -> None:
        self._check_references(entity)
        table = self._tables[type(entity)]
        try:
            before = table.rows.get(entity.id)
            table.put(entity)
            self._before.append((table, entity.id, before))
        except Conflict as conflict:
            self._lose(conflict)

    def _matching(self, kind: type[E], filters: Sequence[Filter]) -> list[E]:
        for each in filters:
            if each.operator != "null":
                _check_comparable(kind, each.field)
                _check_applicable(kind, each)
                if each.operator not in COMPARISONS:
                    raise InvalidInput(f"'{each.operator}' is no operator of a filter")
            _check_field(kind, each.field)
        rows = [row for row in self._rows(kind).values() if self._readable(row)]
        asked = [attrs.evolve(each, value=frozenset(each.value)) if each.operator == "in" else each for each in filters]
        return [row for row in rows if all(_holds(each, row) for each in asked)]  # type: ignore[misc]  # one kind

    def _readable(self, entity: Entity) -> bool:
        if entity.scope is None:
            return True
        if self.business_id is None:
            return entity.platform_reads
        return bool(getattr(entity, entity.scope) == self.business_id)

    def _check_writable(self, entity: Entity) -> None:
        if entity.scope is not None and getattr(entity, entity.scope) != self.business_id:
            raise NotAllowed(f"this unit of work cannot write a {type(entity).__name__} of another business")

    def _check_references(self, entity: Entity) -> None:
        for field, kind in _references(type(entity)).items():
            referred = getattr(entity, field)
            target = None if referred is None else self._rows(kind).get(referred)
            if referred is not None and (target is None or not self._readable(target)):
                said = f"its {field.removesuffix('_id').replace('_', ' ')} refers to {in_words(kind)} {referred}"
                self._lose(NotFound(f"{said}, which is absent"))

    def _lose(self, reason: Conflict | NotFound) -> NoReturn:
        self._lost = reason
        raise reason


def _values(entity: Entity, fields: Sequence[str]) -> tuple[Any, ...]:
    return tuple(getattr(entity, field) for field in fields)


def _newest(points: Sequence[P]) -> dict[tuple[Any, ...], P]:
    return {key_of(point): point for point in sorted(points, key=lambda point: point.revision)}


def _references(kind: type[Entity]) -> Mapping[str, type[Entity]]:
    owner = {"business_id": Business} if kind.scope == "business_id" else {}
    return {**owner, **kind.references}


def _check_field(kind: type[Entity], field: str) -> None:
    if field not in attrs.fields_dict(kind):
        raise InvalidInput(f"{kind.__name__} has no field '{field}'")


def _check_comparable(kind: type[Entity], field: str) -> None:
    _check_field(kind, field)
    if attrs.fields_dict(kind)[field].type in (Money, Money | None):
        raise InvalidInput(f"{kind.__name__}.{field} is money; only whether it is there can be asked")


def _check_applicable(kind: type[Entity], condition: Filter) -> None:
    annotation = attrs.fields_dict(kind)[condition.field].type
    if condition.operator == "has" and "tuple" not in str(annotation):
        raise InvalidInput(f"{kind.__name__}.{condition.field} is no tuple that could hold something")
    if condition.operator == "contains" and not _is_text(annotation):
        raise InvalidInput(f"{kind.__name__}.{condition.field} is no text that could contain something")


def _is_text(annotation: Any) -> bool:
    """Whether a field of that type is text or None; one of a few words is."""
    inner = [each for each in get_args(annotation) if each is not NoneType] or [annotation]
    return all(each is str or isinstance(each, str) or get_origin(each) is Literal for each in inner)


def _lowered(text: str) -> str:
    """Letter by letter as the database does it, so that no letter becomes two."""
    return "".join(map(str.lower, text))


def _holds(condition: Filter, entity: Entity) -> bool:
    value = getattr(entity, condition.field)
    if condition.operator == "null":
        return (value is None) is bool(condition.value)
    return value is not None and COMPARISONS[condition.operator](value, condition.value)
