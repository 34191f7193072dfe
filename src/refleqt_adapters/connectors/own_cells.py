"""How our own tables write what a cell cannot simply hold, and how it is read again: the same comes back.

A spreadsheet runs a text that begins with ``=``, ``+``, ``-`` or ``@`` as a formula (CSV injection, OWASP). Such a text
is written with an apostrophe before it, as spreadsheets themselves mark a text, and so are words that a
reader takes for a sum or a failed formula. The apostrophe is taken off again when the cell is read.
"""

import json
import re
from collections.abc import Iterable
from typing import Any

_RISKY = re.compile(r"'*[=+\-@\t\r＝＋－＠]")
_LIST = re.compile(r"[;\n]")
_SCALAR = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d{1,3})?|true|false|null", re.ASCII)
_FAILED = re.compile(r"#(?:REF!|DIV/0!|N/A|NAME\?|NULL!|NUM!|VALUE!|ERROR!|SPILL!|CALC!)")
SUMS = frozenset(
    (
        *("total", "totals", "grand total", "subtotal", "sum", "sums", "average", "averages", "count"),
        *("gesamt", "summe", "totaal", "totale"),
    )
)
"""What the first cell of a row below the others says when the row only adds them up."""

REST = "parameters"
"""The part of a plan that holds, as JSON, the parameters whose names are none of a column."""

_LONGEST_JSON = 100_000


LONGEST_CELL = 32_767
"""Characters that a cell of Excel holds."""

CUT = " […cut: a cell of a workbook holds no more]"
"""How a text ends that was longer than a cell."""


def fitting(text: str) -> str:
    """The text, if a cell holds it with an apostrophe before it; else its beginning, marked as cut."""
    return text if len(text) < LONGEST_CELL else text[: LONGEST_CELL - 1 - len(CUT)] + CUT


def was_cut(cell: str) -> bool:
    """Whether the cell is a text that `fitting` cut."""
    return len(cell) >= LONGEST_CELL - 1 and cell.endswith(CUT)


def protected(text: str) -> str:
    """The text as a cell that no spreadsheet runs; `unprotected` gives the text again."""
    return f"'{text}" if _needs_mark(text) else text


def unprotected(cell: str) -> str:
    """The text that was `protected`; any other cell as it is, its apostrophes too."""
    return cell[1:] if cell.startswith("'") and _needs_mark(cell) else cell


def listed(items: Iterable[str]) -> str:
    """The items as one cell, parted by semicolons; as JSON where that would not give the same items again."""
    known = list(items)
    cell = "; ".join(known)
    return cell if _parted(cell) == known and not cell.startswith("[") else json.dumps(known, ensure_ascii=False)


def unlisted(cell: str) -> tuple[str, ...]:
    """The items of a cell that `listed` wrote or a person, each once."""
    if cell.startswith("[") and len(cell) <= _LONGEST_JSON:
        try:
            found = json.loads(cell)
        except (ValueError, RecursionError):
            found = None
        if isinstance(found, list) and all(isinstance(item, str) for item in found):
            return tuple(found)
    return tuple(dict.fromkeys(_parted(cell)))


def parameter(value: Any) -> str:
    """A parameter of a platform as a cell: a text as it is, anything else, and a text that looks like it, as JSON."""
    if isinstance(value, str) and value and not (value[0] in '[{"' or _SCALAR.fullmatch(value)):
        return value
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def of_parameter(cell: str) -> Any:
    """The parameter that the cell says; what is not JSON is the text itself."""
    if (cell[:1] in ("[", "{", '"') or _SCALAR.fullmatch(cell)) and len(cell) <= _LONGEST_JSON:
        try:
            return json.loads(cell)
        except (ValueError, RecursionError):
            return cell
    return cell


def _needs_mark(text: str) -> bool:
    bare = text.lstrip("'")
    return bool(_RISKY.match(text)) or bare.strip().casefold() in SUMS or bool(_FAILED.fullmatch(bare.strip()))


def _parted(cell: str) -> list[str]:
    return [part for raw in _LIST.split(cell) if (part := raw.strip())]
