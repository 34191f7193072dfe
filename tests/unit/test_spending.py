"""What questions to models cost, and the budget they keep to."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from refleqt_adapters.clock.simulated import SimulatedClock, SimulatedIds
from refleqt_adapters.store.memory import MemoryStore
from refleqt_core.errors import InvalidInput
from refleqt_core.intake.business import Business
from refleqt_core.outputs.writing import PLAIN, written
from refleqt_core.ports import Answer, Prompt, Unsatisfied, Usage
from refleqt_core.ports.llm import Interrupted
from refleqt_core.spending import BudgetSpent, MeteredLLM, SpendingService
from refleqt_core.values import BusinessId

ONE, OTHER = BusinessId(UUID(int=1)), BusinessId(UUID(int=2))
MAY = datetime(2026, 5, 31, 23, tzinfo=UTC)
PRICE = 400_000


class Priced:
    """Costs the same for each question; never answers as asked when told so."""

    model = "priced-1"
    satisfied = True

    def __init__(self):
        self.asked = 0

    def complete(self, prompt, schema):
        self.asked += 1
        usage = Usage(model=self.model, tokens_in=100, tokens_out=10, cost_micros=PRICE)
        if not self.satisfied:
            raise Unsatisfied("no JSON", usage)
        return Answer(value=schema(), usage=usage)

    def score(self, prompt, options):
        return self.scored(prompt, options).value

    def scored(self, prompt, options):
        usage = Usage(model=self.model, tokens_in=100, tokens_out=1, cost_micros=PRICE)
        if not self.satisfied:
            raise Interrupted("gone", usage)
        return Answer(value=[0.0 for _ in options], usage=usage)


@pytest.fixture
def clock():
    return SimulatedClock(MAY)


@pytest.fixture
def spending(clock):
    ids = SimulatedIds(clock, seed=1)
    store = MemoryStore()
    for each in (ONE, OTHER):
        with store.business(each) as tx:
            tx.add(Business(id=each, slug=f"b{each.int}", name="B", created_at=MAY))
    return SpendingService(store=store, clock=clock, ids=ids)


@pytest.fixture
def model():
    return Priced()


@pytest.fixture
def llm(model, spending):
    return MeteredLLM(llm=model, spending=spending)


def asked(business):
    return Prompt(task="write", instructions="Write.").on_account_of(business)


def test_what_was_asked_for_a_business_is_on_its_account(llm, spending):
    llm.complete(asked(ONE), dict)
    llm.complete(asked(ONE), dict)
    (row,) = spending.month(ONE).rows
    assert (row.task, row.model, row.calls, row.tokens_in, row.tokens_out) == ("write", "priced-1", 2, 200, 20)
    assert spending.month(ONE).spent_micros == 2 * PRICE


def test_no_other_business_pays(llm, spending):
    llm.complete(asked(ONE), dict)
    assert spending.month(OTHER).spent_micros == 0


def test_what_is_asked_on_nobodys_account_passes_through(llm, spending, model):
    llm.complete(Prompt(task="write", instructions="Write."), dict)
    assert (model.asked, spending.month(ONE).rows) == (1, [])


def test_answers_that_were_of_no_use_cost_as_well(llm, spending, model):
    model.satisfied = False
    with pytest.raises(Unsatisfied):
        llm.complete(asked(ONE), dict)
    (row,) = spending.month(ONE).rows
    assert (row.failed, row.cost_micros) == (1, PRICE)


def test_nothing_is_asked_when_the_budget_is_spent(llm, spending, model):
    spending.limit(ONE, 2 * PRICE)
    llm.complete(asked(ONE), dict)
    llm.complete(asked(ONE), dict)
    with pytest.raises(BudgetSpent, match=r"\$0.80 for May 2026 is spent"):
        llm.complete(asked(ONE), dict)
    assert model.asked == 2


def test_what_is_written_for_people_is_composed_by_plain_rules_then(llm, spending):
    spending.limit(ONE, 0)
    assert written(llm, asked(ONE), dict, lambda: {"title": "plain"}) == ({"title": "plain"}, PLAIN)


def test_scores_keep_to_the_budget_too(llm, spending):
    spending.limit(ONE, 0)
    with pytest.raises(BudgetSpent):
        llm.score(asked(ONE), ["a"])


def test_the_budget_of_one_business_is_not_that_of_another(llm, spending):
    spending.limit(ONE, 0)
    llm.complete(asked(OTHER), dict)
    assert (spending.month(ONE).left_micros, spending.month(OTHER).left_micros) == (0, None)


def test_the_next_month_brings_a_new_budget(llm, spending, clock):
    spending.limit(ONE, PRICE)
    llm.complete(asked(ONE), dict)
    clock.advance_to(MAY + timedelta(hours=2))
    llm.complete(asked(ONE), dict)
    assert spending.month(ONE, date(2026, 5, 9)).spent_micros == PRICE


def test_a_budget_of_its_own_comes_before_that_of_all(llm, spending, model):
    import attrs

    for_all = attrs.evolve(spending, default_micros=0)
    assert for_all.limit(ONE, PRICE) == PRICE
    assert (for_all.month(ONE).left_micros, for_all.month(OTHER).left_micros) == (PRICE, 0)
    assert for_all.limit(ONE, None) == 0


def test_without_a_budget_nothing_limits(spending):
    assert spending.month(ONE).left_micros is None


def test_a_negative_budget_is_refused(spending):
    with pytest.raises(InvalidInput, match="negative"):
        spending.limit(ONE, -1)


def test_december_ends_with_the_year(spending, llm, clock):
    assert spending.month(ONE, date(2026, 12, 31)).month == date(2026, 12, 1)


@pytest.mark.parametrize("field", ["tokens_in", "tokens_out", "cost_micros"])
def test_no_question_gives_money_or_tokens_back(field):
    with pytest.raises(InvalidInput, match=f"{field} is -1"):
        Usage(model="m", **{field: -1})


def test_scores_are_on_the_account(llm, spending):
    assert llm.score(asked(ONE), ["a", "b"]) == [0.0, 0.0]
    assert spending.month(ONE).spent_micros == PRICE


def test_scores_that_broke_off_are_on_the_account_too(llm, spending, model):
    model.satisfied = False
    with pytest.raises(Interrupted):
        llm.score(asked(ONE), ["a", "b"])
    (row,) = spending.month(ONE).rows
    assert (row.failed, row.cost_micros) == (1, PRICE)
