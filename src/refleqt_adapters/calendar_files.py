"""Files with a marketing calendar: what a table's columns are taken for, said to be and remembered as; their import."""

import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import cast

import attrs

from refleqt_core.errors import Fault, InvalidInput
from refleqt_core.intake.business import Business
from refleqt_core.intake.calendar_service import CalendarService
from refleqt_core.intake.choice_words import plain
from refleqt_core.intake.column_guess import OWN_NAME, ColumnGuess, mapping_of
from refleqt_core.intake.column_mappings import ColumnMappingService
from refleqt_core.intake.column_reading import ORDERS, Order, TableReading
from refleqt_core.intake.drafts import EntryDraft, ImportedFile
from refleqt_core.intake.imports import ColumnMapping, ImportBatch
from refleqt_core.ports import BlobStore, Clock, Store
from refleqt_core.values import BusinessId

from .connectors.calendar_file import CALENDAR_SUFFIXES
from .connectors.calendar_table import Look, looked_at, read_calendar_table
from .connectors.file_kinds import FILE_KINDS, sniff
from .connectors.keyed_rows import FileContent
from .connectors.mapped_table import Progress
from .connectors.reading import Reading
from .connectors.sheet_records import is_workbook

TABLE = "calendar"
KINDS = (TABLE, "ical", "wordpress", "ghost")
"""The kinds of files whose rows are entries of the calendar; of the first one a person says what its columns hold."""

AS_SAID = "as said"
"""Why a column is taken for the field that somebody has just said it holds."""


@attrs.frozen(kw_only=True)
class Said:
    """What somebody says of a file: the field of columns (None: left out), how its cells are read, its sheet."""

    columns: Mapping[str, str | None] = attrs.field(factory=dict)
    dates: Order | None = None
    sheet: str | None = None
    defaults: Mapping[str, str] = attrs.field(factory=dict)
    values: Mapping[str, Mapping[str, str]] = attrs.field(factory=dict)

    def over(self, reading: TableReading) -> TableReading:
        """The reading with what is said put over it."""
        values = {field: {**reading.values.get(field, {}), **words} for field, words in self.values.items()}
        return attrs.evolve(
            reading,
            dates=self.dates or reading.dates,
            sheet=self.sheet or reading.sheet,
            defaults={**reading.defaults, **self.defaults},
            values={**reading.values, **values},
        )

    @property
    def options(self) -> Sequence[str]:
        """The options that it was said by."""
        said = {
            "--map": any(self.columns.values()),
            "--unmap": None in self.columns.values(),
            "--dates": self.dates,
            "--sheet": self.sheet,
            "--default": self.defaults,
            "--value": self.values,
        }
        return [name for name, given in said.items() if given]


def said_of(
    *,
    columns: Sequence[str] = (),
    unused: Sequence[str] = (),
    dates: str | None = None,
    sheet: str | None = None,
    defaults: Sequence[str] = (),
    values: Sequence[str] = (),
) -> Said:
    """What is said as texts: ``Column=field``, ``field=value``, ``field:word=value``; faults raise `InvalidInput`."""
    faults: list[Fault] = []
    if dates not in (None, *ORDERS):
        remedy = "Say dmy for 31/03/2026, or mdy for 03/31/2026."
        faults.append(Fault("dates", None, None, f"'{dates}' is no order of day and month", remedy))
    words: dict[str, dict[str, str]] = {}
    for field_and_word, meant in _pairs("value", values, faults):
        field, _, word = field_and_word.partition(":")
        words.setdefault(field.strip(), {})[word.strip()] = meant
    mapped: dict[str, str | None] = {**dict(_pairs("map", columns, faults)), **dict.fromkeys(unused)}
    stated = dict(_pairs("default", defaults, faults))
    if faults:
        raise InvalidInput(faults)
    return Said(columns=mapped, dates=cast("Order | None", dates), sheet=sheet, defaults=stated, values=words)


def _pairs(option: str, given: Sequence[str], faults: list[Fault]) -> list[tuple[str, str]]:
    parts = [(each, *each.rpartition("=")) for each in given]
    wrong = [each for each, name, _, value in parts if not (name.strip() and value.strip())]
    faults += [
        Fault(option, None, None, f"'{each}' has no name or no value", "Write it as NAME=VALUE.") for each in wrong
    ]
    return [(name.strip(), value.strip()) for each, name, _, value in parts if each not in wrong]


@attrs.frozen(kw_only=True)
class CalendarPlan:
    """How a file would be imported: what ``kind`` it is; of a table the field of each column and why, and how its cells
    are read.

    ``is_settled`` says that there is nothing to ask: the file is no table, or each column that is used has Refleqt's
    own name, is said to hold its field, or has been confirmed before.
    """

    path: Path
    kind: str
    header: str = ""
    row: int | None = None
    guesses: tuple[ColumnGuess, ...] = ()
    reading: TableReading
    placed: Reading
    notes: tuple[str, ...] = ()
    is_settled: bool = False

    @property
    def fields(self) -> Mapping[str, str]:
        """The columns that are used, each with its field."""
        return mapping_of(self.guesses)


@attrs.frozen(kw_only=True)
class CalendarFiles:
    """Reads and imports files of calendar entries."""

    store: Store
    clock: Clock
    blobs: BlobStore
    calendar: CalendarService
    mappings: ColumnMappingService

    def plan(self, business_id: BusinessId, path: Path, said: Said | None = None) -> CalendarPlan:
        """How the file would be imported: as was confirmed for its header before, else as guessed; ``said`` goes first.

        A file that cannot be read or is no calendar, and what is said of columns or options that are not there, raise
        `InvalidInput`.
        """
        said = said or Said()
        kind = calendar_kind(path, said)
        _check_options(path, kind, said)
        placed = Reading(time_zone=self._time_zone(business_id), now=self.clock.now())
        if kind != TABLE:
            reading = TableReading(time_zone=placed.time_zone)
            return CalendarPlan(path=path, kind=kind, reading=reading, placed=placed, is_settled=True)
        return self._table_plan(business_id, path, said, placed)

    def _table_plan(self, business_id: BusinessId, path: Path, said: Said, placed: Reading) -> CalendarPlan:
        reading = said.over(TableReading(time_zone=placed.time_zone))
        look = looked_at(path, reading)
        known = self.mappings.remembered(business_id, look.header)
        reading = (
            said.over(attrs.evolve(TableReading.of(known.options), time_zone=reading.time_zone)) if known else reading
        )
        guesses = _as_said(path, look, known, said.columns)
        return CalendarPlan(
            path=path,
            kind=TABLE,
            header=look.header,
            row=look.row,
            guesses=guesses,
            reading=reading,
            placed=placed,
            notes=looked_at(path, reading, mapping_of(guesses)).notes,
            is_settled=known is not None or (_has_title(guesses) and not _open(guesses)),
        )

    def settled_plan(self, business_id: BusinessId, path: Path) -> CalendarPlan:
        """The plan for a file that needs no question; for any other `InvalidInput` says what is to be confirmed."""
        plan = self.plan(business_id, path)
        if not plan.is_settled:
            raise unconfirmed(plan)
        return plan

    def read(
        self,
        plan: CalendarPlan,
        *,
        skip_bad_rows: bool = False,
        progress: Progress = lambda _: None,
        rows: int | None = None,
    ) -> FileContent[EntryDraft]:
        """What the file holds by that plan, of its first ``rows`` where given; errors are its reader's."""
        if plan.kind == TABLE:
            return read_calendar_table(
                plan.path, plan.fields, plan.reading, skip_bad_rows=skip_bad_rows, progress=progress, limit=rows
            )
        content = FILE_KINDS[plan.kind].content(plan.path, plan.placed, skip_bad_rows=skip_bad_rows)
        progress(len(content.items) + len(content.rejected))
        return content._replace(items=content.items[:rows], rejected=content.rejected[:rows])

    def take(
        self, business_id: BusinessId, plan: CalendarPlan, content: FileContent[EntryDraft], name: str
    ) -> ImportBatch:
        """The entries are on the calendar, all or none; the file is kept, and what its columns mean is remembered."""
        with plan.path.open("rb") as data:
            file = ImportedFile(name=name, blob=self.blobs.put(data), rejected=len(content.rejected))
        done = self.calendar.import_entries(business_id, content.items, file)
        if plan.kind == TABLE:
            self.mappings.remember(business_id, plan.header, plan.fields, plan.reading.options)
        return done

    def _time_zone(self, business_id: BusinessId) -> str:
        with self.store.business(business_id) as tx:
            return tx.get(Business, business_id).time_zone


def calendar_kind(path: Path, said: Said | None = None) -> str:
    """Which of the `KINDS` the file is; any other raises `InvalidInput`, which says how it is imported.

    A table is a calendar unless its columns are those of another kind, and nobody says what they hold.
    """
    if path.suffix.lower() not in CALENDAR_SUFFIXES:
        kind = sniff(path)
    elif (said is not None and said.columns) or looked_at(path, _on_sheet(said)).is_calendar:
        return TABLE
    else:
        kind = _other_table(path)
    if kind not in KINDS:
        problem = f"it is no calendar; it looks like {kind.replace('_', '-')} ({FILE_KINDS[kind].description})"
        remedy = f"Import it with: refleqt import {shlex.quote(str(path))}"
        raise InvalidInput([Fault(str(path), None, None, problem, remedy)])
    return kind


def _on_sheet(said: Said | None) -> TableReading | None:
    return TableReading(sheet=said.sheet) if said is not None else None


def _other_table(path: Path) -> str:
    try:
        return sniff(path)
    except InvalidInput:
        return TABLE


def _check_options(path: Path, kind: str, said: Said) -> None:
    """What is said of the file makes sense there; else `InvalidInput`."""
    senseless = list(said.options)
    if kind == TABLE:
        senseless = [] if is_workbook(path) else [option for option in senseless if option == "--sheet"]
    what = "text, which has no sheets" if kind == TABLE else f"of the kind {kind}, which has no columns"
    if senseless:
        problem = f"the file is {what}"
        raise InvalidInput(
            Fault(str(path), None, option.lstrip("-"), problem, f"Leave {option} out.") for option in senseless
        )


def unconfirmed(plan: CalendarPlan) -> InvalidInput:
    """The error for a plan that nobody has confirmed, with what each column that is in doubt would be taken for."""
    file = shlex.quote(str(plan.path))
    source = str(plan.path)
    if not _has_title(plan.guesses):
        problem = f"no column is known to hold the title; it has: {', '.join(g.column for g in plan.guesses)[:500]}"
        remedy = f"Say which one does: refleqt calendar import {file} --map 'COLUMN=title'"
        return InvalidInput([Fault(source, plan.row, None, problem, remedy)])
    remedy = f"If so, confirm it with: refleqt calendar import {file} --yes"
    return InvalidInput(
        Fault(
            source,
            plan.row,
            guess.column,
            f"the column looks like {guess.field} ({guess.reason}), which nobody has confirmed",
            f"Did you mean '{guess.field}'? {remedy}",
        )
        for guess in _open(plan.guesses)
    )


def _has_title(guesses: Sequence[ColumnGuess]) -> bool:
    return any(guess.field in ("title", "post_text") for guess in guesses)


def _open(guesses: Sequence[ColumnGuess]) -> Sequence[ColumnGuess]:
    """The columns whose fields are guessed, and nobody's word."""
    return [
        guess for guess in guesses if guess.field and guess.reason not in (OWN_NAME, AS_SAID) and not _is_own(guess)
    ]


def _is_own(guess: ColumnGuess) -> bool:
    return guess.column.strip().casefold().replace(" ", "_") == guess.field


def _as_said(
    path: Path, look: Look, known: ColumnMapping | None, said: Mapping[str, str | None]
) -> tuple[ColumnGuess, ...]:
    """The guesses with what was confirmed, and what is said now, put over them."""
    missing = [name for name in said if name not in look.columns]
    if missing:
        remedy = f"The file has: {', '.join(look.columns)[:500]}."
        raise InvalidInput(Fault(str(path), look.row, name, f"there is no column '{name}'", remedy) for name in missing)
    guesses: Sequence[ColumnGuess] = look.guesses
    if known is not None:
        when = f"confirmed on {known.confirmed_at:%Y-%m-%d}"
        confirmed = {_folded(name): field for name, field in known.columns.items()}
        guesses = [_put(guess, confirmed.get(_folded(guess.column)), when) for guess in guesses]
    fields = {field: name for name, field in said.items() if field}
    guesses = [
        _put(guess, None, "another one is said to be that") if _is_taken(guess, fields) else guess for guess in guesses
    ]
    return tuple(_put(guess, said[guess.column], AS_SAID) if guess.column in said else guess for guess in guesses)


def _folded(column: str) -> str:
    """The name without case and punctuation, which another export of the same columns may have otherwise."""
    return plain(column) or column


def _is_taken(guess: ColumnGuess, fields: Mapping[str, str]) -> bool:
    """Whether another column is said to hold the field that this one was taken for."""
    return guess.field is not None and fields.get(guess.field, guess.column) != guess.column


def _put(guess: ColumnGuess, field: str | None, reason: str) -> ColumnGuess:
    return attrs.evolve(guess, field=field or None, confidence=1.0 if field else 0.0, reason=reason)
