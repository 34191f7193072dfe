"""What a business's questions to language models cost, and the budget of a month that they keep to."""

from collections.abc import Sequence
from datetime import UTC, date
from typing import ClassVar, TypeVar

import attrs

from .attempts import tried_again
from .entities import Owned
from .errors import NotAllowed
from .ports import LLM, Answer, Clock, Ids, Prompt, Store, Transaction, Usage, where
from .ports.llm import Interrupted, ScoresOnAccount, Unsatisfied
from .values import BusinessId, not_negative

T = TypeVar("T")

MICROS = 1_000_000
"""Micro-USD of one dollar."""


class BudgetSpent(NotAllowed):
    """The month's budget is used up: a person can raise it, and the next month brings a new one."""


@attrs.frozen(kw_only=True)
class LlmBudget(Owned):
    """The most that a business's questions may cost in a calendar month (UTC), in micro-USD."""

    unique: ClassVar[tuple[tuple[str, ...], ...]] = (("business_id",),)

    monthly_micros: int = attrs.field(validator=not_negative)


@attrs.frozen(kw_only=True)
class LlmSpend(Owned):
    """What one task took of one model on one day (UTC): questions, those without a usable answer, tokens, micro-USD."""

    unique: ClassVar[tuple[tuple[str, ...], ...]] = (("business_id", "day", "task", "model"),)

    day: date
    task: str
    model: str
    calls: int = attrs.field(default=0, validator=not_negative)
    failed: int = attrs.field(default=0, validator=not_negative)
    tokens_in: int = attrs.field(default=0, validator=not_negative)
    tokens_out: int = attrs.field(default=0, validator=not_negative)
    cost_micros: int = attrs.field(default=0, validator=not_negative)


@attrs.frozen(kw_only=True)
class MonthlySpending:
    """What a month has cost so far, by day, task and model; ``budget_micros`` None: nothing limits it."""

    month: date
    spent_micros: int
    budget_micros: int | None
    rows: Sequence[LlmSpend]

    @property
    def left_micros(self) -> int | None:
        """What may still be spent, at least 0; None where nothing limits it."""
        return None if self.budget_micros is None else max(self.budget_micros - self.spent_micros, 0)


@attrs.frozen(kw_only=True)
class SpendingService:
    """Reads and limits what the models cost. Without a budget of its own a business has ``default_micros``."""

    store: Store
    clock: Clock
    ids: Ids
    default_micros: int | None = None

    def month(self, business_id: BusinessId, month: date | None = None) -> MonthlySpending:
        """What the month of that day has cost; without a day the present one."""
        first = (month or self._today()).replace(day=1)
        with self.store.business(business_id) as tx:
            rows = tx.find(LlmSpend, *where(day__ge=first, day__lt=_next_month(first)), order="day")
            budget = self._budget(tx)
        spent = sum(row.cost_micros for row in rows)
        return MonthlySpending(month=first, spent_micros=spent, budget_micros=budget, rows=rows)

    @tried_again
    def limit(self, business_id: BusinessId, monthly_micros: int | None) -> int | None:
        """The business's months may cost that much from now on; None: what holds for every business. Gives what holds.

        A negative one: `InvalidInput`.
        """
        with self.store.business(business_id) as tx:
            known = tx.find(LlmBudget)
            if monthly_micros is None:
                tx.remove(LlmBudget, *(each.id for each in known))
            elif known:
                tx.save(attrs.evolve(known[0], monthly_micros=monthly_micros))
            else:
                tx.add(LlmBudget(id=self.ids.new(), business_id=business_id, monthly_micros=monthly_micros))
            return self.default_micros if monthly_micros is None else monthly_micros

    def check(self, business_id: BusinessId) -> None:
        """There is something left of this month's budget, or there is none to keep to; else `BudgetSpent`."""
        now = self.month(business_id)
        if now.left_micros == 0:
            raise BudgetSpent(
                f"the budget of {_dollars(now.budget_micros or 0)} for {now.month:%B %Y} is spent "
                f"({_dollars(now.spent_micros)}); raise it with: refleqt llm budget, or wait for next month"
            )

    @tried_again
    def record(self, business_id: BusinessId, task: str, usage: Usage, *, answered: bool = True) -> None:
        """One more question of that task is on the account, with what it took."""
        fresh = LlmSpend(id=self.ids.new(), business_id=business_id, day=self._today(), task=task, model=usage.model)
        with self.store.business(business_id) as tx:
            known = tx.find(LlmSpend, *where(day=fresh.day, task=task, model=usage.model))
            row = known[0] if known else fresh
            row = attrs.evolve(
                row,
                calls=row.calls + 1,
                failed=row.failed + (not answered),
                tokens_in=row.tokens_in + usage.tokens_in,
                tokens_out=row.tokens_out + usage.tokens_out,
                cost_micros=row.cost_micros + usage.cost_micros,
            )
            if known:
                tx.save(row)
            else:
                tx.add(row)

    def _budget(self, tx: Transaction) -> int | None:
        own = tx.find(LlmBudget)
        return own[0].monthly_micros if own else self.default_micros

    def _today(self) -> date:
        return self.clock.now().astimezone(UTC).date()


@attrs.frozen(kw_only=True)
class MeteredLLM:
    """An `LLM` whose questions for a business are on that business's account, and asked within its budget.

    What is asked on nobody's account passes through. The budget is looked at before each question and what it took is
    recorded after it, so that questions under way at the same time may together go beyond it by what they cost. No
    transaction may be open while it is asked.
    """

    llm: LLM
    spending: SpendingService

    @property
    def model(self) -> str:
        """See `LLM.model`."""
        return self.llm.model

    def complete(self, prompt: Prompt, schema: type[T]) -> Answer[T]:
        """See `LLM.complete`. Nothing left of the month's budget: `BudgetSpent`, and nothing is asked."""
        if prompt.business_id is None:
            return self.llm.complete(prompt, schema)
        self.spending.check(prompt.business_id)
        try:
            answer = self.llm.complete(prompt, schema)
        except (Unsatisfied, Interrupted) as error:
            self.spending.record(prompt.business_id, prompt.task, error.usage, answered=False)
            raise
        self.spending.record(prompt.business_id, prompt.task, answer.usage)
        return answer

    def score(self, prompt: Prompt, options: Sequence[str]) -> list[float]:
        """See `LLM.score`; asked within the budget, and on the account where the model says what scores take."""
        if prompt.business_id is None:
            return self.llm.score(prompt, options)
        self.spending.check(prompt.business_id)
        if not isinstance(self.llm, ScoresOnAccount):
            return self.llm.score(prompt, options)
        try:
            answer = self.llm.scored(prompt, options)
        except Interrupted as error:
            self.spending.record(prompt.business_id, prompt.task, error.usage, answered=False)
            raise
        self.spending.record(prompt.business_id, prompt.task, answer.usage)
        return answer.value


def _next_month(first: date) -> date:
    return first.replace(year=first.year + first.month // 12, month=first.month % 12 + 1)


def _dollars(micros: int) -> str:
    return f"${micros / MICROS:,.2f}"
