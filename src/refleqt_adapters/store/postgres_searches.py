"""Searches as SQL: each shape of a search is compiled once, since its values are the only thing that differs."""

import operator
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, Literal, cast

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Integer,
    Select,
    Table,
    Text,
    and_,
    any_,
    bindparam,
    func,
    literal_column,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

from refleqt_adapters.postgres.rows import columns_of
from refleqt_adapters.postgres.schema import TABLE_NAMES, TABLES, column_name
from refleqt_core.entities import Entity, Point
from refleqt_core.errors import InvalidInput
from refleqt_core.kinds import KINDS
from refleqt_core.ports.store import Filter, Query

Question = tuple[str, Mapping[str, Any]]
"""A statement, and its values by name."""

After = Literal["value", "nothing"] | None
"""What the row that a search goes on after has in the ordering field; None where it begins at the first."""

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


def search(asked: Query[Any], fields: Sequence[str] = (), *, last: Entity | None = None) -> Question:
    """What finds the rows of a query, those after ``last``, with the columns of ``fields`` or with all of them."""
    values = _values_of(asked.filters)
    after: After = None
    if asked.limit is not None:
        values["row_limit"] = asked.limit
    if last is not None:
        values["last_id"], values["last_value"] = last.id, getattr(last, asked.order.removeprefix("-"))
        after = "nothing" if values["last_value"] is None else "value"
    name, limited = TABLE_NAMES[asked.kind], asked.limit is not None
    return _search(name, _shape(asked.filters), asked.order, limited, tuple(fields), after), values


def number(kind: type[Entity], filters: Sequence[Filter]) -> Question:
    """What counts the rows that meet the filters."""
    return _number(TABLE_NAMES[kind], _shape(filters)), _values_of(filters)


def newest(kind: type[Point], filters: Sequence[Filter]) -> Question:
    """What finds the newest revision of every point that meets the filters, by day and id."""
    return _newest(TABLE_NAMES[kind], _shape(filters)), _values_of(filters)


def _shape(filters: Sequence[Filter]) -> tuple[Filter, ...]:
    """The filters without their values, as far as these are not a part of the SQL."""
    return tuple(Filter(each.field, each.operator, each.operator == "null" and bool(each.value)) for each in filters)


def _values_of(filters: Sequence[Filter]) -> dict[str, Any]:
    return {
        f"value_{index}": list(each.value) if each.operator == "in" else each.value
        for index, each in enumerate(filters)
        if each.operator != "null"
    }


@cache
def _search(
    name: str, filters: tuple[Filter, ...], order: str, limited: bool, fields: tuple[str, ...], after: After
) -> str:
    kind = KINDS[name]
    table = TABLES[kind]
    column = _column(kind, order.removeprefix("-"))
    direction = (column.desc() if order.startswith("-") else column.asc()).nulls_last()
    query = select(*(table.c[each] for each in columns_of(kind, fields)) if fields else table.c)
    query = query.where(*_conditions(kind, filters)).order_by(direction, _id(kind))
    if after:
        query = query.where(_beyond(kind, order, after))
    return _compiled(query.limit(bindparam("row_limit", type_=Integer)) if limited else query)


@cache
def _number(name: str, filters: tuple[Filter, ...]) -> str:
    kind = KINDS[name]
    return _compiled(select(func.count()).select_from(TABLES[kind]).where(*_conditions(kind, filters)))


@cache
def _newest(name: str, filters: tuple[Filter, ...]) -> str:
    kind = cast("type[Point]", KINDS[name])
    table, key = TABLES[kind], [_column(kind, field) for field in kind.key]
    revisions = select(table).where(*_conditions(kind, filters))
    last = revisions.ext(distinct_on(*key)).order_by(*key, table.c.revision.desc()).subquery()
    return _compiled(select(last).order_by(last.c.day, last.c.id))


def _compiled(query: Select[Any]) -> str:
    return str(query.compile(dialect=DIALECT))


def _beyond(kind: type[Entity], order: str, after: After) -> ColumnElement[bool]:
    """Whatever comes after the last row in that order (None last) and then by id."""
    column, id = _column(kind, order.removeprefix("-")), _id(kind)
    later_id = id > bindparam("last_id", type_=id.type)
    if after == "nothing":
        return and_(column.is_(None), later_id)
    value = bindparam("last_value", type_=column.type)
    further = column < value if order.startswith("-") else column > value
    return or_(further, and_(column == value, later_id), column.is_(None))


def _conditions(kind: type[Entity], filters: Sequence[Filter]) -> list[ColumnElement[bool]]:
    return [_condition(kind, each, f"value_{index}") for index, each in enumerate(filters)]


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
