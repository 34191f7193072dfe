"""What the cells of a column look like, told from a sample of them."""

import re
from collections.abc import Callable, Mapping, Sequence

import attrs

from .choice_words import channel_within, plain, words_of
from .table_fields import TableField

_NUMBER = re.compile(r"[+-]?\d[\d.,\s' ]{0,20}", re.ASCII)
_MONEY = re.compile(r"([$€£¥]|[A-Z]{3})?\s?[+-]?\d[\d.,\s' ]{0,20}\s?([$€£¥]|[A-Z]{3})?", re.ASCII)
_DAY = re.compile(
    r"(\w{2,9}\.?,? )?(\d{4}-\d\d?-\d\d?|\d{8}|\d{1,4}[./-]\d{1,2}[./-]\d{1,4}|\d{1,2}[. ]{1,2}[^\W\d_]{3,10}\.? \d{4}|"
    r"[^\W\d_]{3,10}\.? \d{1,2}(st|nd|rd|th)?,? \d{4})([T ,].{0,60}|→.{0,60})?"
)
_SERIAL = re.compile(r"[2-7]\d{4}(\.\d+)?", re.ASCII)
_CLOCK = re.compile(r"0\.\d{1,17}|\d{1,2}([:.h]\d\d){0,2} ?([ap]\.?m\.?)?(\s.{0,20})?", re.IGNORECASE)
_URL = re.compile(r"(https?://|www\.)\S+", re.IGNORECASE)
_SLUG = re.compile(r"/?[a-z0-9]+(?:[-_/][a-z0-9]+)*/?")
_ZONE = re.compile(r"[A-Z]\w+/\w[\w/+-]+|UTC|GMT")
_FLAGS = frozenset(("true", "false", "yes", "no", "checked", "unchecked", "x", "y", "n", "1", "0", "ja", "nein"))
_LONG = 200
_SEPARATORS = re.compile(r"[,;|\n]")

LIKENESS: Mapping[str, Callable[[str], bool]] = {
    "moment": lambda cell: bool(_DAY.fullmatch(cell) or _SERIAL.fullmatch(cell)),
    "day": lambda cell: bool(_DAY.fullmatch(cell) or _SERIAL.fullmatch(cell)),
    "clock": lambda cell: bool(_CLOCK.fullmatch(cell)),
    "count": lambda cell: bool(_NUMBER.fullmatch(cell)),
    "number": lambda cell: bool(_NUMBER.fullmatch(cell)),
    "money": lambda cell: bool(_MONEY.fullmatch(cell)),
    "currency": lambda cell: len(cell) == 3 and cell.isupper(),
    "flag": lambda cell: cell.casefold() in _FLAGS,
    "url": lambda cell: bool(_URL.fullmatch(cell)),
    "slug": lambda cell: bool(_SLUG.fullmatch(cell)),
    "zone": lambda cell: bool(_ZONE.fullmatch(cell)),
    "text": lambda cell: not _URL.fullmatch(cell),
    "names": lambda cell: not _URL.fullmatch(cell),
    "post": lambda cell: " " in cell,
    "vitals": lambda cell: "=" in cell or ":" in cell,
}
"""Whether a cell can be of that kind, by its look alone; a kind that is not here can be anything."""


@attrs.frozen(kw_only=True)
class Sample:
    """The cells of a column that say something, as they stand in the first rows, and how many rows those are."""

    cells: Sequence[str]
    rows: int

    @property
    def fill(self) -> float:
        """The share of rows in which the column says something."""
        return len(self.cells) / self.rows if self.rows else 0.0

    @property
    def examples(self) -> tuple[str, ...]:
        """Up to three different cells."""
        return tuple(dict.fromkeys(self.cells))[:3]

    @property
    def are_unique(self) -> bool:
        """Whether every row says something, and each something else."""
        return self.fill == 1.0 and len(set(self.cells)) == len(self.cells)

    def share(self, test: Callable[[str], bool]) -> float:
        """The share of cells that pass; of none, none does."""
        return sum(map(test, self.cells)) / len(self.cells) if self.cells else 0.0

    def fit(self, field: TableField) -> float:
        """How well the cells go with the field, from 0 to 1; a column that says nothing goes with each."""
        if not self.cells:
            return 0.8
        if field.kind in ("choice", "choices"):
            return self.share(lambda cell: is_choice(field.name, cell))
        if field.kind == "key":
            return 1.0 if self.are_unique else 0.0
        alike = LIKENESS.get(field.kind)
        return self.share(lambda cell: alike(cell[:_LONG])) if alike else 1.0


def is_choice(field: str, cell: str) -> bool:
    """Whether every part of the cell is a known word for a value of that field."""
    known = words_of(field)
    if plain(cell) in known:
        return True
    parts = [part for part in _SEPARATORS.split(cell) if part.strip()]
    is_channel = field in ("channel", "channels")
    return bool(parts) and all(plain(part) in known or (is_channel and channel_within(part)) for part in parts)


def is_list(cells: Sequence[str], field: str) -> bool:
    """Whether a cell names several values of that field."""
    known = words_of(field)
    return any(plain(cell) not in known and len(_SEPARATORS.split(cell)) > 1 for cell in cells)
