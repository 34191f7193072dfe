"""Vents from a file of JSON lines, one object a line."""

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from refleqt_core.errors import Fault, InvalidInput
from refleqt_core.intake.drafts import VentDraft
from refleqt_core.intake.vent_rules import tidied_tags, vent_faults

from .cells import Unreadable, keepable, moment
from .csv_records import HELD, Line, Lines, opened, refused, text_of
from .keyed_rows import FileContent, KeyedRows
from .reading import Reading

VENT_FIELDS = ("external_id", "written_at", "text", "tags")
_REMEDY = (
    'Write one object a line, like {"external_id": "V-01", "written_at": "2026-03-31T09:00:00+02:00", "text": "…"}.'
)


def read_vents(path: Path, *, skip_bad_rows: bool = False, reading: Reading | None = None) -> FileContent[VentDraft]:
    """The vents of the file, each ``external_id`` once; any fault raises `InvalidInput` with all faults by line.

    With ``skip_bad_rows`` faulty lines are kept apart as ``rejected`` instead; a file without a line raises all the
    same. Fields that are not known are named in ``unused_columns``.
    """
    source, now = str(path), (reading or Reading.of_file(path)).now
    rows: KeyedRows[VentDraft] = KeyedRows(source, ("external_id",), None if skip_bad_rows else HELD)
    unused: dict[str, None] = {}
    empty = True
    with opened(path) as file:
        for line in Lines(file):
            if not line.is_blank:
                _take(rows, source, line, unused, now)
                empty = False
    if empty:
        raise InvalidInput([Fault(source, None, None, "the file is empty", _REMEDY)])
    good, rejected = rows.apart()
    if rejected and not skip_bad_rows:
        raise refused((fault for each in rejected for fault in each.faults), rows.more)
    return FileContent(list(good.values()), rejected, tuple(unused))


def _take(rows: KeyedRows[VentDraft], source: str, line: Line, unused: dict[str, None], now: datetime) -> None:
    fields = _object(source, line)
    if isinstance(fields, Fault):
        rows.reject(line.row, line.raw, [fields])
        return
    unused.update(dict.fromkeys(name for name in fields if name not in VENT_FIELDS))
    values: dict[str, Any] = {}
    faults = []
    for name, read in _FIELDS.items():
        try:
            values[name] = read(fields.get(name))
        except Unreadable as wrong:
            faults.append(Fault(source, line.row, name, wrong.problem, wrong.remedy))
    rows.note_key(line.row, (values.get("external_id"),))
    vent = None if faults else VentDraft(**values)
    if vent is None or (faults := vent_faults(vent, now, source, line.row)):
        rows.reject(line.row, line.raw, faults)
    else:
        rows.keep(line.row, line.raw, vent)


def _object(source: str, line: Line) -> dict[str, Any] | Fault:
    document = text_of(source, line)
    if isinstance(document, Fault):
        return document
    try:
        fields = json.loads(document)
    except json.JSONDecodeError as error:
        return Fault(source, line.row, None, f"the line is not JSON: {error.msg} (column {error.colno})", _REMEDY)
    except (RecursionError, ValueError) as error:
        return Fault(source, line.row, None, f"the line cannot be read as JSON: {error}", _REMEDY)
    return fields if isinstance(fields, dict) else Fault(source, line.row, None, "the line is no object", _REMEDY)


def _text(said: Any) -> str:
    remedy = "Write a text in double quotes."
    if said is not None and not isinstance(said, str):
        raise Unreadable("the field is not a text", remedy)
    if not said or not said.strip():
        raise Unreadable("the field is missing or empty", remedy)
    return keepable(said.strip())


def _tags(said: Any) -> tuple[str, ...]:
    if said is None:
        return ()
    if not isinstance(said, list):
        raise Unreadable("the field is not a list", 'Write a list of texts, like ["launch"].')
    return tidied_tags(_text(tag) for tag in said if tag != "")


_FIELDS: dict[str, Callable[[Any], Any]] = {
    "external_id": _text,
    "written_at": lambda said: moment(_text(said)),
    "text": _text,
    "tags": _tags,
}
