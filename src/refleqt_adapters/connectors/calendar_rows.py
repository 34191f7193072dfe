"""The entries of a calendar as the rows of our own table, which an import reads as the same entries again."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeAlias

from refleqt_core.intake.drafts import EntryDraft, PlanDraft
from refleqt_core.intake.table_fields import ASIDE, FIELDS, PLAN_PARTS
from refleqt_core.values import MINOR_UNITS, Money

from .own_cells import REST, listed, parameter

Cell: TypeAlias = str | bool | int | float | Decimal | date | None
"""What a cell holds; a moment is one with its zone, None an empty cell."""

_SHORT = ("paid_budget",)
_OWN = tuple(name for name in FIELDS if name not in ASIDE | {"currency", *_SHORT})


def columns_of(drafts: Iterable[EntryDraft]) -> tuple[str, ...]:
    """The columns that say all of the drafts: every field, the currency, and the parts of plans that there are.

    The short form of a budget is among the parts, as the budget of its channel.
    """
    parts = {part for draft in drafts for plan in draft.plans for part in _parts(plan)}
    return (*_OWN, "currency", *sorted(parts))


def row_of(draft: EntryDraft, columns: Sequence[str]) -> list[Cell]:
    """The cells of the draft in those columns.

    Money is of the row's ``currency``; where a row has amounts in several, each names its own and the currency is
    empty.
    """
    said: dict[str, Any] = {name: _cell(name, getattr(draft, name)) for name in _OWN}
    for plan in draft.plans:
        said |= _parts(plan)
    said["channels"] = listed(dict.fromkeys((*draft.channels, *(plan.channel for plan in draft.plans)))) or None
    money = {name: value for name, value in said.items() if isinstance(value, Money)}
    currencies = {value.currency for value in money.values()}
    one = currencies.pop() if len(currencies) == 1 else None
    said |= {name: _decimal(value) if one else f"{_decimal(value)} {value.currency}" for name, value in money.items()}
    said["currency"] = one
    return [said.get(name) for name in columns]


def _cell(name: str, value: Any) -> Any:
    kind = FIELDS[name].kind
    if kind in ("names", "choices"):
        return listed(value) or None
    if kind == "vitals":
        return "; ".join(f"{vital}={value[vital]!r}" for vital in sorted(value)) or None
    return value if value != "" else None


def _parts(plan: PlanDraft) -> Mapping[str, Any]:
    """The parts of the plan by the names of their columns."""
    named = {name: value for name, value in plan.parameters.items() if _is_column(name) and value is not None}
    rest = {name: value for name, value in plan.parameters.items() if name not in named}
    parts: dict[str, Any] = {name: parameter(value) for name, value in named.items()}
    parts |= {REST: parameter(rest)} if rest else {}
    parts |= {"posting_schedule": listed(plan.posting_schedule)} if plan.posting_schedule else {}
    parts |= {name: getattr(plan, name) for name in ("paid_budget", "repurposing_plan") if getattr(plan, name)}
    return {f"{plan.channel}.{name}": value for name, value in parts.items()}


def _is_column(name: str) -> bool:
    return name.isidentifier() and name == name.casefold() and name not in PLAN_PARTS and name != REST


def _decimal(money: Money) -> Decimal:
    return Decimal(money.minor).scaleb(-MINOR_UNITS.get(money.currency, 2))


def iso(moment: date) -> str:
    """A day or moment as ISO 8601 writes it, a moment in UTC with a Z."""
    return moment.isoformat().replace("+00:00", "Z") if isinstance(moment, datetime) else moment.isoformat()
