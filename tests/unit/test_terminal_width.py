"""Pages that keep what matters on a narrow terminal."""

import io
from datetime import date, timedelta
from uuid import UUID

import pytest
from rich.console import Console, RenderableType

from refleqt_cli.llm import usage_page
from refleqt_cli.vent_signals_page import plot_page
from refleqt_core.intake.vent_plot import ThemeLine, ThemesOverTime
from refleqt_core.spending_report import DailyCost, SpendingReport, TaskSpending

MONTH = date(2026, 3, 1)


def shown(*parts: RenderableType, width: int) -> str:
    out = io.StringIO()
    Console(file=out, width=width, color_system=None).print(*parts)
    return out.getvalue()


@pytest.mark.parametrize("width", [60, 80, 140])
@pytest.mark.parametrize("months", [3, 130, 400])
def test_a_theme_keeps_its_name_however_long_the_time_is(width: int, months: int) -> None:
    counts = tuple(place % 3 for place in range(months))
    line = ThemeLine(theme_id=UUID(int=1), label="The scanners are far too slow", counts=counts)
    starts = tuple(MONTH + timedelta(days=31 * place) for place in range(months))
    told = shown(*plot_page(ThemesOverTime(step="month", starts=starts, lines=(line,), left_out=0)), width=width)
    first = told.splitlines()[0]
    assert first.startswith(line.label) and first.rstrip().endswith(str(sum(counts))) and len(first) <= width


def test_columns_of_several_spans_say_so_and_add_up() -> None:
    line = ThemeLine(theme_id=UUID(int=1), label="Scanners", counts=(1,) * 130)
    starts = tuple(MONTH + timedelta(days=31 * place) for place in range(130))
    told = shown(*plot_page(ThemesOverTime(step="month", starts=starts, lines=(line,), left_out=0)), width=80)
    assert "one column for 2 months" in " ".join(told.split()) and "the highest is 2 vents" in " ".join(told.split())


def test_what_a_model_read_and_wrote_is_told_on_eighty_columns() -> None:
    task = TaskSpending(
        task="categorize_entry",
        model="anthropic/claude-sonnet-4-5-20250929",
        calls=1_234,
        failed=7,
        tokens_in=1_234_567,
        tokens_out=98_765,
        cost_micros=12_345_678,
    )
    report = SpendingReport(
        month=MONTH,
        spent_micros=12_345_678,
        budget_micros=None,
        left_micros=None,
        tasks=[task],
        days=[DailyCost(day=MONTH, cost_micros=12_345_678)],
    )
    told = shown(*usage_page(report), width=80)
    assert all(part in told for part in ("1,234", "7 failed", "1,234,567 in", "98,765 out", "$12.35"))
