"""What questions to language models cost, and the budget that they keep to."""

from datetime import date

from pydantic import Field

from refleqt_core.outputs.month_view import month_of
from refleqt_core.spending_report import SpendingReport, spending_report

from .auth import OWNERS, Caller
from .bodies import Amount, Input, Output
from .calendar_month import MonthName
from .endpoints import Resource

resource = Resource("language models", "What questions to models cost, in millionths of a US dollar (micros).")


class UsageQuery(Input):
    """Which month."""

    month: MonthName | None = Field(default=None, description="such as 2026-03 (UTC); without it the present one")


class BudgetBody(Input):
    """The most that a month's questions may cost."""

    monthly_micros: Amount | None = Field(
        description="1000000 is one US dollar; 0 stops all questions; null: what holds for every business"
    )


class TaskSpendingOut(Output):
    """What one task took of one model; ``failed`` questions had no usable answer, and cost as well."""

    task: str
    model: str
    calls: int
    failed: int
    tokens_in: int
    tokens_out: int
    cost_micros: int


class DailyCostOut(Output):
    """What a day (UTC) has cost."""

    day: date
    cost_micros: int


class UsageOut(Output):
    """A month: what is spent, and what is left of the budget; null where nothing limits it."""

    month: date
    spent_micros: int
    budget_micros: int | None
    left_micros: int | None
    tasks: list[TaskSpendingOut]
    days: list[DailyCostOut]


class BudgetOut(Output):
    """The budget that holds from now on; null: nothing limits it."""

    monthly_micros: int | None


@resource.get("/v1/llm/usage", gives=UsageOut)
def llm_usage(caller: Caller, query: UsageQuery) -> SpendingReport:
    """What the month's questions have cost so far, by task and model and by day."""
    month = None if query.month is None else date(*month_of(query.month), 1)
    return spending_report(caller.refleqt.spending().month(caller.business_id, month))


@resource.put("/v1/llm/budget", gives=BudgetOut, roles=OWNERS)
def limit_llm_budget(caller: Caller, body: BudgetBody) -> dict[str, int | None]:
    """The business's months may cost that much; what is asked beyond it is refused until the next one."""
    return {"monthly_micros": caller.refleqt.spending().limit(caller.business_id, body.monthly_micros)}
