"""The types that requests and answers are made of: strict on the way in, read from attributes on the way out."""

import re
from datetime import UTC, date, datetime
from typing import Annotated, Any, Generic, TypeVar
from uuid import UUID

import attrs
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    StrictBool,
    StringConstraints,
)
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from refleqt_core.entities import Entity
from refleqt_core.ports import Filter, Store
from refleqt_core.values import BusinessId, Money

T = TypeVar("T")
E = TypeVar("E", bound=Entity)

FIRST_YEAR, LAST_YEAR = 1970, 2199
LARGEST_COUNT = 2**31 - 1
LARGEST_AMOUNT = 10**15
NO_NUL = {"pattern": "^[^\\u0000]*$"}
RFC_3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)", re.ASCII)


def without_nul(text: str) -> str:
    """The text, if a database can keep it."""
    if "\x00" in text:
        raise PydanticCustomError("nul", "Text cannot hold the character U+0000")
    return text


def _whole(number: Any) -> Any:
    """JSON has one kind of number: 3.0 is whole, and true is none."""
    if isinstance(number, float) and number.is_integer():
        return int(number)
    if isinstance(number, bool) or not isinstance(number, int):
        raise PydanticCustomError("whole_number", "Input should be a whole number")
    return number


def as_number(number: Any) -> Any:
    """The number itself; true and false are none."""
    if isinstance(number, bool) or not isinstance(number, int | float):
        raise PydanticCustomError("number", "Input should be a number")
    return number


def _digits(text: Any) -> Any:
    if not isinstance(text, str) or not re.fullmatch(r"-?\d{1,19}", text, re.ASCII):
        raise PydanticCustomError("whole_number", "Input should be a whole number")
    return int(text)


def _identity(text: Any) -> Any:
    """UUIDs are written in one way, so that a log or a link names a thing in one way."""
    if not isinstance(text, str) or len(text) != len("00000000-0000-0000-0000-000000000000"):
        raise PydanticCustomError("uuid", "Input should be a UUID with its four hyphens")
    return text


def _rfc_3339(text: Any) -> Any:
    if not isinstance(text, str) or RFC_3339.fullmatch(text) is None:
        raise PydanticCustomError("moment", "Input should be a moment like 2026-03-01T09:30:00Z, with its time zone")
    return text


def _iso_day(text: Any) -> Any:
    if not isinstance(text, str) or re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII) is None:
        raise PydanticCustomError("day", "Input should be a day like 2026-03-01")
    return text


def _in_our_days(day: date) -> date:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise PydanticCustomError("day", "Input should be between the years 1970 and 2199")
    return day


def _in_our_time(moment: datetime) -> datetime:
    _in_our_days(moment.date())
    return moment.astimezone(UTC)


@attrs.frozen
class OneOf:
    """Marks a text that is one of the ``allowed``."""

    allowed: tuple[str, ...]

    def __get_pydantic_core_schema__(self, _source: Any, _handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.literal_schema(list(self.allowed))


Text = Annotated[str, StringConstraints(max_length=500), Field(json_schema_extra=NO_NUL), AfterValidator(without_nul)]
Name = Annotated[
    str,
    StringConstraints(min_length=1, max_length=500),
    Field(json_schema_extra=NO_NUL),
    AfterValidator(without_nul),
]
LongText = Annotated[
    str,
    StringConstraints(min_length=1, max_length=50_000),
    Field(json_schema_extra=NO_NUL),
    AfterValidator(without_nul),
]
Tags = Annotated[tuple[Name, ...], Field(max_length=50)]
Count = Annotated[int, Field(ge=0, le=LARGEST_COUNT), BeforeValidator(_whole)]
Difficulty = Annotated[int, Field(ge=0, le=100), BeforeValidator(_whole)]
Rank = Annotated[int, Field(ge=1, le=LARGEST_COUNT), BeforeValidator(_whole)]
Amount = Annotated[int, Field(ge=0, le=LARGEST_AMOUNT), BeforeValidator(_whole)]
Target = Annotated[float, Field(ge=0, le=1e12), BeforeValidator(as_number)]
Number = Annotated[float, Field(ge=-1e12, le=1e12), BeforeValidator(as_number)]
Moment = Annotated[AwareDatetime, AfterValidator(_in_our_time), BeforeValidator(_rfc_3339)]
Day = Annotated[date, AfterValidator(_in_our_days), BeforeValidator(_iso_day)]
Identity = Annotated[UUID, BeforeValidator(_identity)]
JobNumber = Annotated[int, Field(ge=1, le=2**63 - 1), BeforeValidator(_digits)]
Days = Annotated[int, Field(ge=1, le=3650), BeforeValidator(_whole)]
Flag = StrictBool
SmallCount = Annotated[int, Field(ge=1, le=20), BeforeValidator(_whole)]
Limit = Annotated[int, Field(ge=1, le=200), BeforeValidator(_digits)]


class Input(BaseModel):
    """What comes in: a field that is not known is refused, since it is most likely misspelt."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Output(BaseModel):
    """What goes out, read from the attributes of entities."""

    model_config = ConfigDict(from_attributes=True)


class MoneyBody(Input):
    """An amount in minor units (cents) of a currency."""

    minor: Amount
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")] = "EUR"

    def value(self) -> Money:
        """The amount."""
        return Money(minor=self.minor, currency=self.currency)


class MoneyOut(Output):
    """An amount in minor units (cents) of a currency."""

    minor: int
    currency: str


class PageQuery(Input):
    """Which part of a list."""

    limit: Limit = Field(default=50, description="how many at most")
    after: Identity | None = Field(default=None, description="the 'next' of the page before")


class PageOf(Output, Generic[T]):
    """A part of a list; ``next`` is None on the last one."""

    items: list[T]
    next: UUID | None = Field(description="ask for what follows with after=<next>")


@attrs.frozen(kw_only=True)
class Page(Generic[E]):
    """A part of a list of entities, and the cursor of what follows."""

    items: list[E]
    next: UUID | None


def page(
    store: Store, business_id: BusinessId, kind: type[E], *filters: Filter, order: str, query: PageQuery
) -> Page[E]:
    """The entities of that business that follow the query's cursor. A cursor that names nothing: `NotFound`."""
    with store.business(business_id) as tx:
        found = tx.find(kind, *filters, order=order, after=query.after, limit=query.limit + 1)
    items = found[: query.limit]
    return Page(items=items, next=items[-1].id if len(found) > query.limit else None)
