"""The calendar as a workbook (XLSX), with real dates and numbers."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, BinaryIO
from zoneinfo import ZoneInfo

from refleqt_core.intake.drafts import EntryDraft

from .calendar_rows import Cell, columns_of, iso, row_of
from .own_cells import fitting, protected

SHEET = "Calendar"

_FIRST_DAY = date(1900, 3, 1)
_WIDEST, _NARROWEST = 50, 10
_MEASURED = 200
_SHORT = 4_000
"""Characters that a cell holds, even if each of them has to be written as seven."""
_MOMENT, _DAY = "yyyy-mm-dd hh:mm:ss", "yyyy-mm-dd"


def calendar_workbook(drafts: Sequence[EntryDraft], time_zone: str, out: BinaryIO) -> int:
    """``out`` holds a workbook with one sheet: a header that stays in sight and filters, a row for each draft.

    Moments are dates of the clock in ``time_zone``; one that such a date cannot say exactly (a fraction of a second, an
    hour that comes twice when clocks change) is ISO 8601 as a text. No text is a formula. Gives how many texts were
    longer than a cell holds, and were cut and marked so. Imported again for a business in that zone, nothing changes.
    """
    from openpyxl import Workbook  # type: ignore[import-untyped]  # ships none
    from openpyxl.styles import Font  # type: ignore[import-untyped]

    columns = columns_of(drafts)
    book = Workbook(write_only=True)
    book.properties.creator = "Refleqt"
    sheet = book.create_sheet(SHEET)
    rows = [row_of(draft, columns) for draft in drafts]
    _lay_out(sheet, columns, rows)
    sheet.append([_styled(sheet, name, font=Font(bold=True)) for name in columns])
    zone, cut = ZoneInfo(time_zone), 0
    for row in rows:
        cut += sum(isinstance(cell, str) and _is_long(cell) for cell in row)
        sheet.append([_excel(sheet, cell, zone) for cell in row])
    book.save(out)
    return cut


def _lay_out(sheet: Any, columns: Sequence[str], rows: Sequence[Sequence[Cell]]) -> None:
    from openpyxl.utils import get_column_letter  # type: ignore[import-untyped]

    sheet.freeze_panes = "C2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{len(rows) + 1}"
    for at, name in enumerate(columns):
        widths = [_width(row[at]) for row in rows[:_MEASURED]]
        sheet.column_dimensions[get_column_letter(at + 1)].width = min(
            _WIDEST, max(_NARROWEST, len(name) + 4, *widths, 0)
        )


def _width(cell: Cell) -> int:
    if isinstance(cell, datetime):
        return len(_MOMENT)
    return len(str(cell)) + 1 if cell is not None else 0


def _excel(sheet: Any, cell: Cell, zone: ZoneInfo) -> Any:
    """The cell as openpyxl takes it."""
    if cell is None or cell is False:
        return None
    if isinstance(cell, datetime):
        local = _exact_local(cell, zone)
        return _styled(sheet, local, _MOMENT) if local else _styled(sheet, iso(cell))
    if isinstance(cell, date):
        return _styled(sheet, cell, _DAY) if cell >= _FIRST_DAY else _styled(sheet, iso(cell))
    if isinstance(cell, bool | int | float | Decimal):
        return cell if _is_exact(cell) else _styled(sheet, str(cell))
    return _styled(sheet, fitting(_legal(cell)))


def _is_long(text: str) -> bool:
    return len(text) > _SHORT and fitting(said := _legal(text)) != said


def _is_exact(figure: int | float | Decimal) -> bool:
    """Whether the 15 digits of a number of Excel say all of it."""
    return Decimal(f"{figure:.15g}") == Decimal(str(figure)) if not isinstance(figure, bool) else True


def _exact_local(moment: datetime, zone: ZoneInfo) -> datetime | None:
    """The clock's time in the zone; None where it does not tell the moment."""
    local = moment.astimezone(zone).replace(tzinfo=None, fold=0)
    back = local.replace(tzinfo=zone).astimezone(UTC)
    return local if back == moment and not moment.microsecond and local.date() >= _FIRST_DAY else None


def _styled(sheet: Any, value: Any, number_format: str = "", **style: Any) -> Any:
    from openpyxl.cell import WriteOnlyCell  # type: ignore[import-untyped]

    cell = WriteOnlyCell(sheet, value=protected(value) if isinstance(value, str) else value)
    if number_format:
        cell.number_format = number_format
    for name, each in style.items():
        setattr(cell, name, each)
    return cell


def _legal(text: str) -> str:
    """The text without the control characters that XML cannot hold; Excel writes them as _x0007_."""
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE  # type: ignore[import-untyped]

    return str(ILLEGAL_CHARACTERS_RE.sub(lambda found: f"_x{ord(found.group()):04X}_", text))
