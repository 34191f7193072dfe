"""Touches and conversions from CSV files, as an analytics tool or a CRM exports them."""

from pathlib import Path

from refleqt_core.intake.drafts import ConversionDraft, TouchDraft

from .cells import amount, moment, text
from .csv_table import Column, read_table
from .keyed_rows import FileContent

TOUCH_COLUMNS = (
    Column("touch_id", text, required=True),
    Column("visitor_id", text, required=True),
    Column("occurred_at", moment, required=True),
    Column("channel", text, default=""),
    Column("utm_source", text),
    Column("utm_medium", text),
    Column("utm_campaign", text),
    Column("utm_content", text),
    Column("url", text),
)


def read_touches(path: Path, *, skip_bad_rows: bool = False) -> FileContent[TouchDraft]:
    """The visits of the file, each ``touch_id`` once; faults as `read_table` raises them."""
    table = read_table(path, TOUCH_COLUMNS, key="touch_id", skip_bad_rows=skip_bad_rows)
    return table.content(TouchDraft(external_id=row.pop("touch_id"), **row) for row in table.rows)


CONVERSION_COLUMNS = (
    Column("conversion_id", text, required=True),
    Column("visitor_id", text, required=True),
    Column("occurred_at", moment, required=True),
    Column("event", text, required=True),
    Column("revenue", amount, required=True, beside=("currency",)),
)


def read_conversions(path: Path, *, skip_bad_rows: bool = False) -> FileContent[ConversionDraft]:
    """The conversions of the file, each ``conversion_id`` once; faults as `read_table` raises them.

    Revenue is 0 or more, in the row's ``currency``, EUR where it names none.
    """
    table = read_table(path, CONVERSION_COLUMNS, key="conversion_id", skip_bad_rows=skip_bad_rows)
    return table.content(ConversionDraft(external_id=row.pop("conversion_id"), **row) for row in table.rows)
