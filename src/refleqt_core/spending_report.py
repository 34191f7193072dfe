"""A month's spending as people look at it: what each task took of each model, and what each day cost."""

from collections.abc import Sequence
from datetime import date, timedelta

import attrs

from .spending import LlmSpend, MonthlySpending


@attrs.frozen(kw_only=True)
class TaskSpending:
    """What one task took of one model: questions, those without a usable answer, tokens, micro-USD."""

    task: str
    model: str
    calls: int
    failed: int
    tokens_in: int
    tokens_out: int
    cost_micros: int


@attrs.frozen(kw_only=True)
class DailyCost:
    """What a day (UTC) has cost, in micro-USD."""

    day: date
    cost_micros: int


@attrs.frozen(kw_only=True)
class SpendingReport:
    """A month: its first day, what is spent, the budget and what is left of it (None: nothing limits it), and on what.

    ``tasks`` come by what they cost, the dearest first; ``days`` are all of the month.
    """

    month: date
    spent_micros: int
    budget_micros: int | None
    left_micros: int | None
    tasks: Sequence[TaskSpending]
    days: Sequence[DailyCost]


def spending_report(spending: MonthlySpending) -> SpendingReport:
    """The month as a report; nothing of it is lost: tasks and days each add up to what is spent."""
    return SpendingReport(
        month=spending.month,
        spent_micros=spending.spent_micros,
        budget_micros=spending.budget_micros,
        left_micros=spending.left_micros,
        tasks=_by_task(spending.rows),
        days=_by_day(spending.month, spending.rows),
    )


def _by_task(rows: Sequence[LlmSpend]) -> list[TaskSpending]:
    groups: dict[tuple[str, str], list[LlmSpend]] = {}
    for row in rows:
        groups.setdefault((row.task, row.model), []).append(row)
    found = [
        TaskSpending(
            task=task,
            model=model,
            calls=sum(row.calls for row in group),
            failed=sum(row.failed for row in group),
            tokens_in=sum(row.tokens_in for row in group),
            tokens_out=sum(row.tokens_out for row in group),
            cost_micros=sum(row.cost_micros for row in group),
        )
        for (task, model), group in groups.items()
    ]
    return sorted(found, key=lambda each: (-each.cost_micros, -each.calls, each.task, each.model))


def _by_day(first: date, rows: Sequence[LlmSpend]) -> list[DailyCost]:
    costs: dict[date, int] = {}
    day = first
    while day.month == first.month:
        costs[day] = 0
        day += timedelta(days=1)
    for row in rows:
        costs[row.day] += row.cost_micros
    return [DailyCost(day=day, cost_micros=cost) for day, cost in costs.items()]
