"""Whether what was read from somewhere can be an entry, said with the place that it was read from."""

from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

from refleqt_core.errors import Fault, InvalidInput
from refleqt_core.intake.drafts import EntryDraft
from refleqt_core.intake.field_rules import RULES, faults_of

from .cells import shown
from .csv_records import HELD, RejectedLine, refused
from .remarks import Remarks


def check_draft(source: str, row: int, draft: EntryDraft) -> None:
    """The draft can be an entry; else `InvalidInput` with all that its fields' rules say, at that row."""
    faults = [
        Fault(source, row, found.field, found.problem, f"{found.remedy}.", _held(draft, found.field))
        for found in faults_of(draft)
    ]
    if faults:
        raise InvalidInput(faults)


def _held(draft: EntryDraft, field: str) -> str | None:
    value = getattr(draft, field, None)
    return None if value is None else shown(str(value))


def in_order(said: Mapping[str, Any], row: int, remarks: Remarks) -> dict[str, Any]:
    """What of ``said`` can be kept; a field that its own rule refuses is left out, and the remarks say so.

    For fields that a tool made by itself: its slug of an old post is no reason to turn the post away.
    """
    kept = {}
    for field, value in said.items():
        problem = RULES[field](value) if field in RULES and value else None
        if problem:
            remarks.say(f"{field} is not kept: {problem.problem}", row)
        elif value:
            kept[field] = value
    return kept


def refuse(rejected: Sequence[RejectedLine]) -> NoReturn:
    """Raises `InvalidInput` with the faults of all rejected rows; very many are counted."""
    faults = [fault for line in rejected for fault in line.faults]
    raise refused(faults[:HELD], max(0, len(faults) - HELD))
