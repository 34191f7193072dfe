"""Calendars of other tools over HTTP: looked at, imported with what their columns mean, and taken back."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from shutil import copyfileobj
from tempfile import TemporaryDirectory
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from refleqt_adapters.calendar_files import KINDS, CalendarPlan, Said, said_of, unconfirmed
from refleqt_core.errors import Fault, InvalidInput, NotFound
from refleqt_core.intake.column_reading import ORDERS
from refleqt_core.intake.imports import ColumnMapping, ImportBatch

from .auth import Caller
from .bodies import Identity, Input, OneOf, Output, Page, PageOf, PageQuery, Text, page
from .endpoints import Resource
from .files import Upload
from .problems import ProblemFault

resource = Resource(
    "calendar imports", "Calendars of other tools, whose columns are guessed, confirmed and remembered."
)

ENDINGS = {
    "text/csv": ".csv",
    "text/tab-separated-values": ".tsv",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
    "text/calendar": ".ics",
    "application/xml": ".xml",
    "text/xml": ".xml",
    "application/json": ".json",
}
"""The media types of files that can be imported, each with the ending that it has on disk.

XML is an export of WordPress (WXR), JSON one of Ghost.
"""

PREVIEWED = 200
"""Rows whose faults a preview tells."""

TOLD = 1_000
"""Rejected rows that an answer tells; further ones are counted."""

Pairs = tuple[Text, ...]
YesNo = Annotated[str, OneOf(("true", "false"))]


class ReadQuery(Input):
    """What the file is called, and what is known of it."""

    name: Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^/\\\x00-\x1f]+$")] = Field(
        default="calendar", description="as faults and the list of imports name the file"
    )
    map: Pairs = Field(default=(), max_length=200, description="what a column holds, as Column=field; may be repeated")
    unmap: Pairs = Field(default=(), max_length=200, description="a column to leave out; may be repeated")
    dates: Annotated[str, OneOf(ORDERS)] | None = Field(default=None, description="which of day and month comes first")
    sheet: Text | None = Field(default=None, description="the sheet of a workbook; else the first with a header")
    default: Pairs = Field(default=(), max_length=50, description="field=value, where the file says nothing")
    value: Pairs = Field(default=(), max_length=200, description="field:word=value, what a word of the file means")

    def said(self) -> Said:
        """What is said of the file."""
        return said_of(
            columns=self.map,
            unused=self.unmap,
            dates=self.dates,
            sheet=self.sheet,
            defaults=self.default,
            values=self.value,
        )


class ImportQuery(ReadQuery):
    """What the file is called, what is known of it, and how far to go."""

    confirmed: YesNo = Field(default="false", description="true: the columns are as a preview takes them")
    skip_bad_rows: YesNo = Field(default="false", description="true: keep the good rows, and tell of the others")


class GuessOut(Output):
    """What a column is taken for, how sure that is from 0 to 1, why, and some of its cells."""

    column: str
    field: str | None = Field(description="null: the column is left out")
    confidence: float
    reason: str
    examples: list[str]


class PreviewOut(Output):
    """What the file would be read as. Where it is settled nobody has to confirm it."""

    kind: Annotated[str, OneOf(KINDS)] = Field(description="calendar: a table, which alone has columns")
    columns: list[GuessOut]
    notes: list[str]
    is_settled: bool
    rows: int = Field(description=f"of the first {PREVIEWED}, how many are entries")
    passed_over: int = Field(description="what is no entry: a menu, an event without a date, a title above the header")
    faults: list[ProblemFault] = Field(description=f"of the first {PREVIEWED} rows")


class RejectedOut(Output):
    """A row that was left out: its number, its text, and every reason."""

    row: int
    text: str
    faults: list[ProblemFault]


class BatchOut(Output):
    """An import: read = new + changed + unchanged + rejected."""

    id: UUID
    file_name: str
    read: int
    new: int
    changed: int
    unchanged: int
    rejected: int
    imported_at: datetime
    undone_at: datetime | None


class ImportOut(BatchOut):
    """An import, with what a person should know of it; of very many rejected rows the first are told."""

    rejected_rows: list[RejectedOut]
    unused_columns: list[str]
    passed_over: int = Field(description="rows that are no entries: titles above the header, sums below")
    notes: list[str]


class BatchPage(PageOf[BatchOut]):
    """A part of the imports of the calendar."""


class MappingOut(Output):
    """What the columns of files with one header hold, as somebody confirmed it, and how their cells are read."""

    id: UUID
    columns: dict[str, str]
    options: dict[str, Any]
    confirmed_at: datetime


class MappingPage(PageOf[MappingOut]):
    """A part of the mappings that are remembered."""


class UndoQuery(Input):
    """What becomes of entries that were changed since."""

    keep_changed: YesNo = Field(default="false", description="true: they stay as they are")


class UndoneOut(Output):
    """How many entries are gone, how many are as they were, how many were left as they are."""

    removed: int
    restored: int
    kept: int


@resource.post("/v1/calendar/imports/preview", gives=PreviewOut, uploads=tuple(ENDINGS))
def preview_import(caller: Caller, query: ReadQuery, upload: Upload) -> dict[str, Any]:
    """What each column of the file is taken for, and what is wrong with its first rows; nothing is kept."""
    with _on_disk(query, upload) as path:
        files = caller.refleqt.calendar_files()
        plan = files.plan(caller.business_id, path, query.said())
        told: dict[str, Any] = {"kind": plan.kind, "columns": plan.guesses, "is_settled": plan.is_settled}
        try:
            content = files.read(plan, skip_bad_rows=True, rows=PREVIEWED)
        except InvalidInput as error:
            named = [_named(fault, path, query.name) for fault in error.faults]
            return {**told, "notes": list(plan.notes), "rows": 0, "passed_over": 0, "faults": named}
        faults = [_named(fault, path, query.name) for line in content.rejected for fault in line.faults]
        return {
            **told,
            "notes": list(content.notes),
            "rows": len(content.items),
            "passed_over": content.passed_over,
            "faults": faults,
        }


@resource.post("/v1/calendar/imports", gives=ImportOut, uploads=tuple(ENDINGS))
def import_calendar(caller: Caller, query: ImportQuery, upload: Upload) -> dict[str, Any]:
    """The entries of the file are on the calendar, all or none; the same file again changes nothing.

    Columns that are not named as the fields are have to be `confirmed` once; what they mean is remembered for files
    with the same columns. Only the fields that the file has are changed. Entries without an id are known by titles.
    """
    with _on_disk(query, upload) as path:
        files = caller.refleqt.calendar_files()
        plan = files.plan(caller.business_id, path, query.said())
        _check_settled(plan, query)
        content = files.read(plan, skip_bad_rows=query.skip_bad_rows == "true")
        batch = files.take(caller.business_id, plan, content, query.name)
    caller.refleqt.performance().map(caller.business_id)
    counted = {name: getattr(batch, name) for name in BatchOut.model_fields}
    rejected = [
        {"row": line.row, "text": line.text, "faults": [_named(fault, path, query.name) for fault in line.faults]}
        for line in content.rejected[:TOLD]
    ]
    return {
        **counted,
        "rejected_rows": rejected,
        "unused_columns": list(content.unused_columns),
        "passed_over": content.passed_over,
        "notes": list(content.notes),
    }


@resource.get("/v1/calendar/imports", gives=BatchPage, raises=[NotFound])
def list_imports(caller: Caller, query: PageQuery) -> Page[ImportBatch]:
    """The imports of the calendar, the latest first."""
    from refleqt_core.ports import where

    store = caller.refleqt.store()
    return page(store, caller.business_id, ImportBatch, *where(kind="calendar"), order="-id", query=query)


@resource.get("/v1/calendar/imports/mappings", gives=MappingPage, raises=[NotFound])
def list_mappings(caller: Caller, query: PageQuery) -> Page[ColumnMapping]:
    """What is remembered of the columns of files, the latest first."""
    from refleqt_core.ports import where

    store = caller.refleqt.store()
    return page(store, caller.business_id, ColumnMapping, *where(kind="calendar"), order="-id", query=query)


@resource.delete("/v1/calendar/imports/mappings/{mapping_id}", gives=MappingOut, raises=[NotFound])
def forget_mapping(caller: Caller, mapping_id: Identity) -> ColumnMapping:
    """Files with these columns have to be confirmed again; what was remembered is the answer."""
    return caller.refleqt.column_mappings().forget(caller.business_id, mapping_id)


@resource.post("/v1/calendar/imports/{import_id}/undo", gives=UndoneOut, raises=[NotFound])
def undo_import(caller: Caller, import_id: Identity, query: UndoQuery) -> Any:
    """What the import brought is gone, and what it changed is as it was; undone before, nothing happens.

    Entries that were changed since are a conflict, unless they are to be kept.
    """
    return caller.refleqt.calendar().undo_import(
        caller.business_id, import_id, keep_changed=query.keep_changed == "true"
    )


def _check_settled(plan: CalendarPlan, query: ImportQuery) -> None:
    if not plan.is_settled and query.confirmed != "true":
        raise InvalidInput(
            fault._replace(remedy="Look at a preview, then send confirmed=true, with map and unmap where it errs")
            for fault in unconfirmed(plan).faults
        )


@contextmanager
def _on_disk(query: ReadQuery, upload: Upload) -> Iterator[Path]:
    """The file for as long as it is read; its faults name it as the caller does."""
    with TemporaryDirectory(prefix="refleqt-") as folder:
        path = Path(folder) / f"calendar{ENDINGS[upload.media_type]}"
        with path.open("wb") as file:
            copyfileobj(upload.data, file)
        try:
            yield path
        except InvalidInput as error:
            raise InvalidInput(_named(fault, path, query.name) for fault in error.faults) from error


def _named(fault: Fault, path: Path, name: str) -> Fault:
    """The fault with the file called as the caller calls it."""
    source = name if fault.source == str(path) else fault.source
    return fault._replace(source=source, remedy=fault.remedy.replace(str(path), name))
