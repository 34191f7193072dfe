"""A marketing calendar from a table: its own columns, and those of any other tool."""

from pathlib import Path

from refleqt_core.intake.column_reading import TableReading
from refleqt_core.intake.drafts import EntryDraft
from refleqt_core.intake.table_fields import FIELDS

from .calendar_table import read_calendar_table
from .keyed_rows import FileContent
from .reading import Reading

CALENDAR_COLUMNS = tuple(name for name in FIELDS if name not in ("post_text", "publish_time", "time_zone"))
"""The columns of Refleqt's own tables; those of plans, like ``linkedin.hook``, come beside them.

Lists are parted by semicolons; money is of the row's ``currency``, EUR where it names none.
"""

CALENDAR_SUFFIXES = (".csv", ".tsv", ".xlsx", ".xlsm")


def read_calendar(
    path: Path, *, skip_bad_rows: bool = False, reading: Reading | None = None
) -> FileContent[EntryDraft]:
    """The entries of the file, its local times those of the reading's time zone, of UTC without one.

    The columns have to speak for themselves: one that is not sure of its field is a fault. Else as
    `read_calendar_table`.
    """
    time_zone = "UTC" if reading is None else reading.time_zone
    return read_calendar_table(path, reading=TableReading(time_zone=time_zone), skip_bad_rows=skip_bad_rows)
