"""What a cell of another tool's table says, for each kind of field; or what is wrong with it and how to mend it."""

import csv
import json
import re
from collections.abc import Callable, Mapping
from typing import Any
from zoneinfo import ZoneInfo

import attrs

from refleqt_core.intake.choice_words import ALLOWED, channel_within, plain, words_of
from refleqt_core.intake.column_reading import Decimals, Order
from refleqt_core.intake.table_fields import TableField
from refleqt_core.values import Money

from .cells import NO, YES, Parser, Unreadable, amount, choice, currency_code, number, shown, text, time_zone, whole
from .own_cells import of_parameter, unlisted
from .written_dates import Written, clock

FAILED = frozenset(("#REF!", "#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#VALUE!", "#ERROR!", "#SPILL!", "#CALC!"))
"""What spreadsheets show where a formula has failed."""

LONGEST_TITLE = 120
"""Characters of a title that is made of a post's text."""

_LARGEST_COUNT = 2**31 - 1
_CHECKED = YES | {"checked", "x", "✓", "✔", "✅", "☑", "on", "ja", "oui", "sí", "wahr", "done"}
_UNCHECKED = NO | {"unchecked", "-", "☐", "off", "nein", "nee", "non", "falsch"}
_SIGNS = {"€": "EUR", "$": "USD", "£": "GBP", "¥": "JPY", "₹": "INR", "kr": "SEK", "US$": "USD"}
_MONEY = re.compile(r"([^\d\s.,+\-(]{1,3})?\s*([+-]?\s?[\d.,'’\s ]*\d[\d.,]*)\s*([^\d\s.,]{1,3})?")
_SPACES = re.compile(r"[\s' ’]")
_PLAIN = re.compile(r"[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d{1,3})?", re.ASCII)
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:([.,])\d{3})+", re.ASCII)
_PARTED = re.compile(r"[;|\n]")
_VITAL = re.compile(r"\s*([A-Za-z][\w ]{0,40}?)\s*[=:]\s*(\S{1,30})\s*")
_LONGEST = 5_000


@attrs.frozen(kw_only=True)
class CellReader:
    """How the cells of one column are read: see `TableReading`, whose answers these are for this column.

    ``is_own`` says that the column is named as Refleqt names it: there semicolons alone part a list.
    """

    order: Order = "dmy"
    decimals: Decimals = "point"
    zone: ZoneInfo | None = None
    is_of_1904: bool = False
    currency: str = ""
    values: Mapping[str, str] = attrs.field(factory=dict)
    is_own: bool = False
    is_sheet: bool = False

    def parser(self, field: TableField) -> Parser:
        """What reads the cells of that field; each gives a value or raises `Unreadable`."""
        written = Written(self.order, self.zone, is_of_1904=self.is_of_1904, is_sheet=self.is_sheet)
        parsers: Mapping[str, Callable[[], Parser]] = {
            "moment": lambda: written.moment,
            "day": lambda: written.day,
            "clock": lambda: clock,
            "choice": lambda: self._choice(field.name),
            "choices": lambda: self._choices(field.name),
            "names": lambda: self._names,
            "count": lambda: self._count,
            "number": lambda: self._number,
            "money": lambda: self._money,
            "currency": lambda: currency_code,
            "zone": lambda: time_zone,
            "flag": lambda: _flag,
            "vitals": lambda: self._vitals,
            "parameter": lambda: of_parameter,
        }
        return parsers.get(field.kind, lambda: text)()

    def _choice(self, field: str) -> Parser:
        known = {**words_of(field), **{plain(said): value for said, value in self.values.items()}}
        strict = choice(*ALLOWED[field])

        def parse(cell: str) -> str:
            said = unlinked(cell[:_LONGEST])
            found = known.get(plain(said))
            if found is None and field in ("channel", "channels"):
                found = channel_within(said)
            return found if found is not None else _meant(field, cell, strict)

        return parse

    def _choices(self, field: str) -> Parser:
        one = self._choice(field)

        def parse(cell: str) -> tuple[str, ...]:
            parts = [part for raw in _SEPARATORS.split(cell) if (part := raw.strip(' "'))]
            return tuple(dict.fromkeys(map(one, parts)))

        return parse

    def _names(self, cell: str) -> tuple[str, ...]:
        if self.is_own:
            return unlisted(cell)
        cell = unlinked(cell)
        if _PARTED.search(cell):
            parts = _PARTED.split(cell)
        elif '"' in cell:
            parts = next(csv.reader([cell], skipinitialspace=True), [])
        else:
            parts = cell.split(",")
        return tuple(dict.fromkeys(part for raw in parts if (part := raw.strip())))

    def _figure(self, cell: str) -> str:
        """The number as the strict parsers write it: no thousands, a point before the decimals."""
        said = _SPACES.sub("", cell[:_LONGEST])
        if self.decimals == "point" and _PLAIN.fullmatch(said):
            return said
        sign, other = (".", ",") if self.decimals == "point" else (",", ".")
        whole_part, _, rest = said.partition(sign)
        if other in whole_part:
            if not _GROUPED.fullmatch(whole_part) or other in rest:
                return cell
            whole_part = whole_part.replace(other, "")
        return f"{whole_part}.{rest}" if rest else whole_part

    def _count(self, cell: str) -> int:
        return int(_whole(self._figure(cell)))

    def _number(self, cell: str) -> float:
        return float(_target(self._figure(cell)))

    def _money(self, cell: str, currency: str = "") -> Money:
        said = cell[:_LONGEST]
        found = _MONEY.fullmatch(said)
        mark = (found[1] or found[3] or "").strip() if found else ""
        code = _SIGNS.get(mark, mark.upper())
        if found and found[1] and found[3] and found[1] != found[3]:
            raise Unreadable(f"'{shown(cell)}' is of two currencies", "Write one of them.")
        beside = currency_code(currency.strip()) if currency.strip() else self.currency
        if code and beside and code != beside and not (found and found[1] == "$" and beside in _DOLLARS):
            problem = f"'{shown(cell)}' is in {code}, and its currency is said to be {beside}"
            raise Unreadable(problem, "Write one of them.")
        figure = self._figure(found[2].replace(" ", "")) if found else said
        paid: Money = amount(figure, beside or code)
        return paid

    def _vitals(self, cell: str) -> dict[str, float]:
        if cell.startswith("{"):
            try:
                said = json.loads(cell[:_LONGEST])
                return {str(name): float(value) for name, value in said.items()}
            except (ValueError, TypeError, AttributeError, RecursionError):
                raise _not_vitals(cell) from None
        found = [_VITAL.fullmatch(part) for part in re.split(r"[;,|\n]", cell[:_LONGEST]) if part.strip()]
        if not all(found):
            raise _not_vitals(cell)
        return {each[1].strip().casefold(): self._number(each[2]) for each in found if each}


def unlinked(cell: str) -> str:
    """The cell without the addresses that Notion writes behind what a relation names."""
    return _RELATION.sub("", cell) if "notion" in cell else cell


def related(cell: str) -> tuple[str, ...]:
    """What the relations of a Notion cell name, in their order; any other cell names itself."""
    if "notion" not in cell or not _RELATION.search(cell):
        return (cell,)
    return tuple(dict.fromkeys(part for raw in _RELATION.split(cell) if (part := raw.strip(" ,"))))


def people(cell: str) -> tuple[str, ...]:
    """The people that a cell names: those of a list, each once."""
    parts = _SEPARATORS.split(unlinked(cell))
    return tuple(dict.fromkeys(part for raw in parts if (part := raw.strip(' "'))))


_RELATION = re.compile(r"\s*\(https?://(?:[\w-]+\.)?notion\.(?:so|site)/[^\s()]*\)")
_DOLLARS = frozenset(("USD", "CAD", "AUD", "NZD", "SGD", "HKD", "MXN"))
_SEPARATORS = re.compile(r"[,;|\n]")
_whole = whole(minimum=0, maximum=_LARGEST_COUNT)
_target = number(minimum=0, remedy="Write how many are aimed at")


def title_of(post: str) -> str:
    """The first line of a post's text, cut after a whole word where it is long."""
    line = next((said for raw in post.splitlines() if (said := " ".join(raw.split()))), "")
    if len(line) <= LONGEST_TITLE:
        return line
    cut = line[:LONGEST_TITLE].rpartition(" ")[0]
    return f"{cut or line[:LONGEST_TITLE]}…"


def _meant(field: str, cell: str, strict: Parser) -> Any:
    """Ours for it, if it is one of ours; else what can be done about a word that is not known."""
    try:
        return strict(cell)
    except Unreadable as wrong:
        remedy = f"{wrong.remedy} Or say what it means: --value '{field}:{shown(cell)}=…'."
        raise Unreadable(wrong.problem, remedy) from None


def _flag(cell: str) -> bool:
    said = cell.casefold()
    if said in _CHECKED or said in _UNCHECKED:
        return said in _CHECKED
    raise Unreadable(f"'{shown(cell)}' is neither yes nor no", "Write true or false.")


def _not_vitals(cell: str) -> Unreadable:
    return Unreadable(f"'{shown(cell)}' is not a list of web vitals", "Write it like lcp=2.5; cls=0.1.")
