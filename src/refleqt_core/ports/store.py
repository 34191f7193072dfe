"""The Store: one atomic unit of work at a time, which can see and touch one business alone."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any, Generic, Literal, Protocol, TypeVar
from uuid import UUID

import attrs

from ..entities import Entity, Point
from ..values import BusinessId

E = TypeVar("E", bound=Entity)
P = TypeVar("P", bound=Point)

Operator = Literal["eq", "ne", "lt", "le", "gt", "ge", "in", "null", "has", "contains"]


@attrs.frozen
class Filter:
    """A condition on one field of an entity.

    The operators are those of Python, and: ``in`` (value is a sequence), ``null`` (value says whether the field is
    None), ``has`` (the field is a tuple that holds the value), ``contains`` (the field is text with the value in it,
    whether in capitals or not). A comparison with a field that is None never holds. Of a field of money only ``null``
    can be asked, since amounts of two currencies do not compare.
    """

    field: str
    operator: Operator
    value: Any


def where(**conditions: Any) -> tuple[Filter, ...]:
    """Filters in the manner of ``where(status="published", publish_at__ge=start)``: field, two underscores, operator.

    Without an operator the field has to equal the value; a value of None asks for a field that is None.
    """
    filters = []
    for name, value in conditions.items():
        field, _, operator = name.partition("__")
        if not operator and value is None:
            filters.append(Filter(field, "null", True))
        else:
            filters.append(Filter(field, operator or "eq", value))  # type: ignore[arg-type]  # checked by the Store
    return tuple(filters)


@attrs.frozen
class Query(Generic[E]):
    """What `Transaction.find` is asked, as a value: one of several for `Transaction.find_all`."""

    kind: type[E]
    filters: tuple[Filter, ...] = ()
    order: str = attrs.field(default="id", kw_only=True)
    limit: int | None = attrs.field(default=None, kw_only=True)


@attrs.frozen
class Appended:
    """What an append did: ``new`` keys, keys with a ``changed`` value, and ``unchanged`` points that were there."""

    new: int
    changed: int
    unchanged: int


class Transaction(Protocol):
    """One atomic unit. Everything done through it is there after the ``with`` block, or nothing of it is.

    A transaction of a business sees the rows of that business and the rows that belong to nobody (creators, policies);
    the rows of any other business are absent for it, and writing one raises `NotAllowed`. What it wrote it sees itself;
    others see it when the block has ended.
    """

    @property
    def business_id(self) -> BusinessId | None:
        """The business whose unit this is; None for the platform's own."""
        ...

    def add(self, *entities: Entity) -> None:
        """Every one of ``entities`` is stored, and there for whatever this transaction reads from now on.

        They may be given in any order, also what refers to another one before that.
        An id or a natural key (`Entity.unique`) that is there already raises `Conflict`, also when two transactions
        race for it. So does a reference to something that is absent, with `NotFound`. Either is raised by this call, by
        a later one, or at the latest when the block ends, since additions may travel with what follows them. The whole
        transaction is lost then, and every later call of it raises. An entity of another business raises `NotAllowed`
        at once.
        """
        ...

    def get(self, kind: type[E], id: UUID) -> E:
        """The entity as last saved. Absent, or of another business: `NotFound`, the same for both."""
        ...

    def find(
        self,
        kind: type[E],
        *filters: Filter,
        order: str = "id",
        after: UUID | None = None,
        limit: int | None = None,
    ) -> list[E]:
        """All entities that meet every filter, by ``order`` (a field; ``-field`` for descending) and then by id.

        ``after`` is a cursor: the id of the last one of the page before; an id that is absent raises `NotFound`. Rows
        with None in the ordering field come last. An unknown field or operator raises `InvalidInput`. None found: [].
        """
        ...

    def find_all(self, *queries: Query[Any]) -> list[list[Any]]:
        """What `find` would give for each of ``queries``, in their order, for the time of one."""
        ...

    def rows(
        self, kind: type[Entity], fields: Sequence[str], *filters: Filter, order: str = "id", limit: int | None = None
    ) -> list[tuple[Any, ...]]:
        """The values of those fields of the entities that `find` would give, in the order of ``fields``.

        They are as the entities would have them (money as `Money`); that no entity is built makes it the way to read
        thousands. An unknown field, or none, raises `InvalidInput`.
        """
        ...

    def count(self, kind: type[Entity], *filters: Filter) -> int:
        """How many entities `find` would give without a limit."""
        ...

    def save(self, entity: E) -> E:
        """The stored entity is replaced; gives it back with its new ``version`` (one more).

        When it was saved by somebody else since it was read (versions differ) nothing is written and `Conflict` is
        raised. Absent: `NotFound`. A natural key of another one: `Conflict`.
        """
        ...

    def save_all(self, entities: Sequence[E]) -> list[E]:
        """Every one of ``entities`` is replaced as by `save`, in few trips however many they are.

        One that was saved by somebody else (`Conflict`), or is absent (`NotFound`), loses the whole transaction.
        """
        ...

    def remove(self, kind: type[Entity], *ids: UUID) -> None:
        """The entities are absent. Absent before: no-op. Others still refer to one: `Conflict`."""
        ...

    def append(self, points: Sequence[Point]) -> Appended:
        """Points of a series are recorded and never rewritten.

        A point whose key (`Point.key`) and value are there already is left out. A key that is there with another value
        gets a newer point beside the old one, with ``revision`` one higher: both stay readable; `latest` gives the
        newest. Two points of one call with the same key and different values raise `InvalidInput`.
        """
        ...

    def latest(self, kind: type[P], *filters: Filter) -> list[P]:
        """The newest revision of every point of a series that meets the filters, by ``day`` and id."""
        ...


class Store(Protocol):
    """Where everything is kept. `business` and `platform` may be called from any thread."""

    def business(self, id: BusinessId) -> AbstractContextManager[Transaction]:
        """A unit that can see and touch that business alone. The business needs not exist yet."""
        ...

    def platform(self) -> AbstractContextManager[Transaction]:
        """A unit for what belongs to no business: creators, offers, policies, and the directory of businesses.

        It also reads the payment ledger of all businesses, since a creator is paid by many. Rows of other kinds that
        belong to a business are absent for it.
        """
        ...

    def check(self) -> str:
        """One line that says what answers, e.g. ``PostgreSQL 18.4, pgvector 0.8.5, schema 0001``.

        Nothing answers: `Unavailable`.
        """
        ...

    def close(self) -> None:
        """Connections are given back. Closing twice is a no-op."""
        ...
