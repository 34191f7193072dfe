"""A marketing calendar in a table of any tool: what its columns are taken for, and its entries."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from hashlib import blake2b
from itertools import chain, islice
from pathlib import Path

import attrs

from refleqt_core.errors import Fault, InvalidInput
from refleqt_core.intake.cell_shapes import Sample
from refleqt_core.intake.choice_words import ALLOWED, plain
from refleqt_core.intake.column_guess import ColumnGuess, guessed, is_calendar, mapping_of
from refleqt_core.intake.column_reading import TableReading, decimals_of, is_slashed, order_of, usual_order
from refleqt_core.intake.drafts import EntryDraft
from refleqt_core.intake.table_fields import ASIDE, FIELDS, table_field

from .csv_records import HELD
from .keyed_rows import FileContent
from .mapped_rows import Columns, Decided, zone_of
from .mapped_table import Progress, content_of, read_rows, refuse, same_field_faults
from .table_source import Table, opened_table
from .text_records import Read

SAMPLE = 1_000
"""Rows that a guess is made from."""

_DATED = ("moment", "day")
_NUMBERED = ("money", "number", "count", "vitals")
_MAP = "Say what the columns hold: --map 'Column=field'."


@attrs.frozen(kw_only=True)
class Look:
    """What a file looks like: its columns with what each is taken for, and what a person should know of it.

    ``header`` is the same for all files with these columns, in whatever order. ``is_own`` says that every column that
    is used has the name that Refleqt gives it, so that there is nothing to ask.
    """

    header: str
    row: int
    columns: tuple[str, ...]
    guesses: tuple[ColumnGuess, ...]
    notes: tuple[str, ...]

    @property
    def fields(self) -> Mapping[str, str]:
        """The columns that are used, each with its field."""
        return mapping_of(self.guesses)

    @property
    def is_own(self) -> bool:
        """Whether the columns are named as Refleqt names them."""
        fields = self.fields
        return "title" in fields.values() and all(_own(name) == field for name, field in fields.items())

    @property
    def is_calendar(self) -> bool:
        """Whether the columns are those of a calendar."""
        return is_calendar(self.guesses)


def looked_at(path: Path, reading: TableReading | None = None, fields: Mapping[str, str] | None = None) -> Look:
    """What the file looks like; one that cannot be read, or has no header, raises `InvalidInput`.

    The notes are on how it would be read where its columns hold ``fields``; without them, on the guess.
    """
    reading = reading or TableReading()
    with opened_table(path, reading.sheet) as table:
        sample = list(islice(table.rows, SAMPLE))
        guesses = _guesses(table, sample)
        fields = mapping_of(guesses) if fields is None else fields
        _, notes = _decided(path, table, Columns(names=table.columns, fields=fields), sample, reading)
        told = (*table.notes, *map(str, table.passed_over), *notes)
        return Look(
            header=header_of(table.columns), row=table.header_row, columns=table.columns, guesses=guesses, notes=told
        )


def read_calendar_table(
    path: Path,
    fields: Mapping[str, str] | None = None,
    reading: TableReading | None = None,
    *,
    skip_bad_rows: bool = False,
    progress: Progress = lambda _: None,
    limit: int | None = None,
) -> FileContent[EntryDraft]:
    """The entries of the file, whose columns hold these ``fields``; without them the columns say so themselves.

    A draft speaks of those fields alone that a column holds. Entries without an id get one of their titles: the same
    again at the next reading, whatever else has changed; a changed title makes a new entry. With a ``limit`` no more
    rows are read. Any fault raises
    `InvalidInput` with all faults of the file, by row and column; with ``skip_bad_rows`` faulty rows are kept apart
    instead, and a file that is wrong as a whole raises all the same.
    """
    reading = reading or TableReading()
    with opened_table(path, reading.sheet) as table:
        sample = list(islice(table.rows, SAMPLE))
        held = _sure_fields(table, sample) if fields is None else _named_fields(table, fields)
        columns = Columns(names=table.columns, fields=held)
        _check(table, columns, reading)
        decided, notes = _decided(path, table, columns, sample, reading)
        whole = attrs.evolve(table, rows=islice(chain(sample, table.rows), limit))
        rows = read_rows(path, whole, columns, reading, decided, progress, None if skip_bad_rows else HELD)
        if not rows.drafts and not rows.rejected:
            remedy = "Check that it was exported whole, or leave the file out."
            raise InvalidInput([Fault(table.source, None, None, "the file has a header and no rows", remedy)])
        if rows.rejected and not skip_bad_rows:
            raise refuse(rows)
        return content_of(whole, columns, rows, notes)


def header_of(columns: Sequence[str]) -> str:
    """A name for all files with these columns, in whatever order, case and punctuation."""
    names = "\n".join(sorted(plain(name) or name for name in columns))
    return blake2b(names.encode(), digest_size=16).hexdigest()


def _guesses(table: Table, sample: Sequence[Read]) -> tuple[ColumnGuess, ...]:
    rows = [read.cells for read in sample if not isinstance(read.cells, Fault)]
    said = (
        [cell for row in rows if place < len(row) and (cell := row[place].strip())]
        for place in range(len(table.columns))
    )
    return guessed(table.columns, [Sample(cells=cells, rows=len(rows)) for cells in said])


def _sure_fields(table: Table, sample: Sequence[Read]) -> Mapping[str, str]:
    """What the columns hold, if that needs nobody's eye; else `InvalidInput` which says what is in doubt."""
    guesses = _guesses(table, sample)
    doubtful = [guess for guess in guesses if guess.field is not None and not guess.is_sure]
    if doubtful:
        raise InvalidInput(
            Fault(
                table.source,
                table.header_row,
                guess.column,
                f"the column may be {guess.field} ({guess.confidence:.0%}: {guess.reason})",
                f"Did you mean '{guess.field}'? Confirm what the columns hold: refleqt calendar import {table.source}",
            )
            for guess in doubtful
        )
    return mapping_of(guesses)


def _named_fields(table: Table, fields: Mapping[str, str]) -> Mapping[str, str]:
    """The file's own names of the columns that are mapped; those that are not there are faults."""
    known = {plain(name) or name: name for name in reversed(table.columns)}
    there = {name: name if name in table.columns else known.get(plain(name) or name) for name in fields}
    faults = [_no_column(table, name) for name, found in there.items() if found is None]
    faults += [_no_field(table, name, field) for name, field in fields.items() if table_field(field) is None]
    if faults:
        raise InvalidInput(faults)
    return {found: fields[name] for name, found in there.items() if found is not None}


def _no_column(table: Table, name: str) -> Fault:
    problem = f"the file has no column '{name}'; it has: {', '.join(table.columns)[:500]}"
    near = get_close_matches(name, table.columns, 1, 0.6)
    return Fault(table.source, table.header_row, name, problem, f"Did you mean '{near[0]}'?" if near else _MAP)


def _no_field(table: Table, name: str, field: str) -> Fault:
    near = get_close_matches(field, FIELDS, 1, 0.6)
    meant = f"Did you mean '{near[0]}'? " if near else ""
    remedy = f"{meant}The fields are: {', '.join(FIELDS)}, and those of plans, like linkedin.hook."
    return Fault(table.source, table.header_row, name, f"there is no field '{field}'", remedy)


def _check(table: Table, columns: Columns, reading: TableReading) -> None:
    """What the columns are said to hold can be read; else `InvalidInput`."""
    faults = list(same_field_faults(table.source, table.header_row, columns))
    if columns.place("title") is None and columns.place("post_text") is None:
        problem = f"no column holds the title; the file has: {', '.join(table.columns)[:500]}"
        faults.append(Fault(table.source, table.header_row, "title", problem, _MAP))
    faults += _option_faults(table, reading)
    if faults:
        raise InvalidInput(faults)


def _option_faults(table: Table, reading: TableReading) -> Iterator[Fault]:
    for field, said in (
        *reading.defaults.items(),
        *((f, v) for f, words in reading.values.items() for v in words.values()),
    ):
        allowed = ALLOWED.get(field)
        if field not in FIELDS or field in ASIDE or (allowed is None and field in reading.values):
            yield Fault(table.source, None, field, "there is no such field with a choice of values", _MAP)
        elif allowed is not None and said not in allowed:
            yield Fault(table.source, None, field, f"'{said}' is none of: {', '.join(allowed)}", "Name one of them.")


def _decided(
    path: Path, table: Table, columns: Columns, sample: Sequence[Read], reading: TableReading
) -> tuple[Decided, list[str]]:
    """How dates and numbers are read: as the sample shows it, else as the whole column does, else as is usual."""
    dated, numbered = _of_kinds(columns, _DATED), _of_kinds(columns, _NUMBERED)
    orders = {name: order_of(_cells(sample, place)) for name, place in dated.items()}
    signs = {name: decimals_of(_cells(sample, place)) for name, place in numbered.items()}
    open_dates = {n: p for n, p in dated.items() if orders[n] is None and any(map(is_slashed, _cells(sample, p)))}
    open_signs = {n: p for n, p in numbered.items() if signs[n] is None and any(map(_is_parted, _cells(sample, p)))}
    if (open_dates or open_signs) and len(sample) == SAMPLE:
        with opened_table(path, reading.sheet) as again:
            whole = _columns_of(again.rows, {*open_dates.values(), *open_signs.values()})
        orders |= {name: order_of(whole[place]) for name, place in open_dates.items()}
        signs |= {name: decimals_of(whole[place]) for name, place in open_signs.items()}
    usual = reading.dates or usual_order(reading.time_zone)
    sign = reading.decimals or ("comma" if table.delimiter == ";" else "point")
    notes = [_ambiguous(name, usual) for name in open_dates if orders[name] is None]
    notes += [_against(name, found) for name, found in orders.items() if found and reading.dates not in (None, found)]
    notes += [
        f"the times of the column '{name}' are those of {zone.key}, as it says"
        for name in dated
        if (zone := zone_of(name)) is not None
    ]
    return Decided(
        orders={name: found or usual for name, found in orders.items()},
        decimals={name: found or sign for name, found in signs.items()},
        is_of_1904=table.is_of_1904,
        is_sheet=table.may_end_early,
    ), notes


def _of_kinds(columns: Columns, kinds: Sequence[str]) -> dict[str, int]:
    found = {name: table_field(field) for name, field in columns.fields.items()}
    return {
        name: columns.names.index(name) for name, field in found.items() if field is not None and field.kind in kinds
    }


def _cells(reads: Iterable[Read], place: int) -> Iterator[str]:
    for read in reads:
        if not isinstance(read.cells, Fault) and place < len(read.cells):
            yield read.cells[place].strip()


def _columns_of(rows: Iterable[Read], places: Iterable[int]) -> Mapping[int, set[str]]:
    """The different cells of those columns, each cut to what a date or number takes."""
    found: dict[int, set[str]] = {place: set() for place in places}
    for read in rows:
        if not isinstance(read.cells, Fault):
            for place, cells in found.items():
                if place < len(read.cells):
                    cells.add(read.cells[place].strip()[:_LONGEST])
    return found


_LONGEST = 40


def _is_parted(cell: str) -> bool:
    return "," in cell or "." in cell


def _ambiguous(name: str, order: str) -> str:
    first, other, way = ("day/month", "month/day", "mdy") if order == "dmy" else ("month/day", "day/month", "dmy")
    return (
        f"no date of the column '{name}' shows whether the day or the month comes first; they are read as {first}"
        f" (--dates {way} reads them as {other})"
    )


def _against(name: str, order: str) -> str:
    first = "the day" if order == "dmy" else "the month"
    return f"the dates of the column '{name}' show that {first} comes first, and are read so"


def _own(name: str) -> str:
    return name.strip().casefold().replace(" ", "_")
