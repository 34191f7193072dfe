"""How the cells of a file are read: which of day and month comes first, and which sign parts off the decimals."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, Literal, TypeAlias

import attrs

Order: TypeAlias = Literal["dmy", "mdy"]
Decimals: TypeAlias = Literal["point", "comma"]

ORDERS = ("dmy", "mdy")
"""Day/month/year, and month/day/year as it is written in the United States."""

_SLASHED = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-]\d{2,4}(?!\d)", re.ASCII)
_DIGITS = re.compile(r"[\d.,]*\d[\d.,]*", re.ASCII)
_AMERICAN = frozenset(
    f"America/{city}" for city in ("New_York", "Chicago", "Denver", "Los_Angeles", "Phoenix", "Detroit", "Boise")
) | {"America/Anchorage", "Pacific/Honolulu", "US/Eastern", "US/Central", "US/Mountain", "US/Pacific"}


@attrs.frozen(kw_only=True)
class TableReading:
    """How a file's cells are read.

    ``dates`` and ``decimals`` hold where the cells do not decide it themselves. ``values`` says what words of the file
    mean, by field; ``defaults`` what a field is where the file says nothing; ``sheet`` which one of a workbook it is.
    Moments without an offset are of ``time_zone``; where that is None they are faults.
    """

    dates: Order | None = None
    decimals: Decimals | None = None
    time_zone: str | None = None
    values: Mapping[str, Mapping[str, str]] = attrs.field(factory=dict)
    defaults: Mapping[str, str] = attrs.field(factory=dict)
    sheet: str | None = None

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> "TableReading":
        """What `options` wrote."""
        return cls(**{name: value for name, value in options.items() if name in attrs.fields_dict(cls)})

    @property
    def options(self) -> Mapping[str, Any]:
        """What has to be remembered of it, as JSON has it; the time zone is the business's, whatever it is by then."""
        said = attrs.asdict(self, recurse=False, filter=lambda field, value: bool(value) and field.name != "time_zone")
        return {name: dict(value) if isinstance(value, Mapping) else value for name, value in said.items()}


def order_of(cells: Iterable[str]) -> Order | None:
    """The order that the dates of a column are written in, as a day after the 12th shows it; None: none of them does.

    Where some show one order and some the other, the one that more of them show: the others are faults of their rows.
    """
    first, second = 0, 0
    for cell in cells:
        if found := _SLASHED.match(cell):
            first += int(found[1]) > 12
            second += int(found[2]) > 12
    if first == second == 0:
        return None
    return "dmy" if first >= second else "mdy"


def is_slashed(cell: str) -> bool:
    """Whether day and month of the cell can only be told apart by an order."""
    return _SLASHED.match(cell) is not None


def usual_order(time_zone: str | None) -> Order:
    """The order where nothing shows it: month first in the time zones of the United States, else day first."""
    return "mdy" if time_zone in _AMERICAN else "dmy"


def decimals_of(cells: Iterable[str]) -> Decimals | None:
    """The decimal sign of a column's numbers: what stands last where both signs do, or before other than three digits.

    None: no cell shows it.
    """
    for cell in cells:
        for found in _DIGITS.findall(cell):
            point, comma = found.rfind("."), found.rfind(",")
            last = max(point, comma)
            if last < 0:
                continue
            sign: Decimals = "point" if point > comma else "comma"
            if found.count(found[last]) > 1:
                return "comma" if sign == "point" else "point"
            if min(point, comma) >= 0 or len(found) - last - 1 != 3:
                return sign
    return None
