"""``refleqt llm``: what questions to language models cost, and the budget that they keep to."""

from typing import TYPE_CHECKING, Annotated

import typer

from .groups import RUN, WithDefault
from .output import AsJson, print_json, print_page
from .session import session

if TYPE_CHECKING:
    from rich.console import RenderableType

    from refleqt_core.spending_report import SpendingReport

MOST_DOLLARS = 1_000_000_000


class WithUsage(WithDefault):
    """A group whose default is ``usage``."""

    default = "usage"


group = typer.Typer(cls=WithUsage, help="What language models cost, and the budget of a month.")


def register(app: typer.Typer) -> None:
    """The app has the group."""
    app.add_typer(group, name="llm", rich_help_panel=RUN)


@group.command("usage")
def usage(
    ctx: typer.Context,
    month: Annotated[str | None, typer.Option(metavar="YYYY-MM", help="Such as 2026-03; else this month.")] = None,
    as_json: AsJson = False,
) -> None:
    """Show what a month's questions have cost: by task and model, by day, and what is left of the budget."""
    from datetime import date

    from refleqt_core.outputs.month_view import month_of
    from refleqt_core.spending_report import spending_report

    with session(ctx).at_business() as at:
        asked = date(*month_of(month), 1) if month else None
        report = spending_report(at.container.spending().month(at.id, asked))
    if as_json:
        print_json(report)
    else:
        print_page(*usage_page(report))


@group.command("budget")
def budget(
    ctx: typer.Context,
    amount: Annotated[
        str | None,
        typer.Argument(metavar="[AMOUNT|none]", help="US dollars a month; none: what holds for every business."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show the monthly budget of the business, or set it.

    What is asked beyond it is refused until the next month: texts wait to be read, and what is written falls back on
    plain rules. REFLEQT_LLM_MONTHLY_BUDGET holds for every business without a budget of its own.
    """
    given = None if amount is None else _micros(amount)
    with session(ctx).at_business() as at:
        spending = at.container.spending()
        if amount is not None:
            spending.limit(at.id, given)
        now = spending.month(at.id)
    if as_json:
        print_json({name: getattr(now, name) for name in ("month", "spent_micros", "budget_micros", "left_micros")})
        return
    from .tables import hint

    if now.budget_micros is None:
        print_page(hint(f"Nothing limits what models cost; {dollars(now.spent_micros)} this month."))
    else:
        print_page(_gauge(now.spent_micros, now.budget_micros, now.left_micros or 0))


def dollars(micros: int) -> str:
    """US dollars; what is less than a cent with more digits."""
    return f"${micros / 1e6:,.2f}" if micros == 0 or micros >= 10_000 else f"${micros / 1e6:.6f}".rstrip("0")


def _micros(amount: str) -> int | None:
    """Dollars, with or without their sign, as micro-USD; None for ``none``."""
    from decimal import Decimal, InvalidOperation

    from refleqt_core.errors import InvalidInput

    if amount.strip().lower() == "none":
        return None
    try:
        given = Decimal(amount.strip().removeprefix("$").replace(",", ""))
    except InvalidOperation:
        given = Decimal(-1)
    if not given.is_finite() or not 0 <= given <= MOST_DOLLARS:
        raise InvalidInput(f"'{amount}' is no budget; write US dollars a month, such as 20 or 7.50, or: none")
    return round(given * 1_000_000)


def usage_page(report: "SpendingReport") -> "list[RenderableType]":
    from .tables import headed, hint, row, table
    from .text_plots import sparkline
    from .words import day, number, spoken

    if not report.tasks:
        parts: list[RenderableType] = [hint(f"Nothing was asked of a model in {report.month:%B %Y}.")]
    else:
        made = table("task", "*model", ">questions", ">tokens", ">cost")
        for each in report.tasks:
            asked = number(each.calls) + (f"\n{number(each.failed)} failed" if each.failed else "")
            tokens = f"{number(each.tokens_in)} in\n{number(each.tokens_out)} out"
            row(made, spoken(each.task), each.model, asked, tokens, dollars(each.cost_micros))
        parts = [made]
    costs = [each.cost_micros for each in report.days]
    if report.spent_micros:
        dearest = max(report.days, key=lambda each: each.cost_micros)
        line = f"{report.month:%B %Y} by day; the most was {dollars(dearest.cost_micros)}, on {day(dearest.day)}"
        parts.append(headed(line, sparkline(costs)))
    if report.budget_micros is None:
        return [*parts, hint(f"{dollars(report.spent_micros)} in {report.month:%B %Y}; no budget limits it.")]
    return [*parts, headed("Budget", _gauge(report.spent_micros, report.budget_micros, report.left_micros or 0))]


def _gauge(spent: int, budget: int, left: int) -> "RenderableType":
    """How much of the budget is gone."""
    from rich.console import Group
    from rich.text import Text

    from .text_plots import bar

    share = spent / budget if budget else 1.0
    style = "red" if left == 0 else "yellow" if share > 0.8 else "cyan"
    told = f"{dollars(spent)} of {dollars(budget)} a month, {dollars(left)} left."
    if left == 0:
        told += " Nothing more is asked this month; raise it with: refleqt llm budget AMOUNT"
    return Group(bar(share, style=style), Text(told))
