"""Cells become the fields of entries, column by column: each different cell is read once."""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from hashlib import blake2b
from typing import Any
from zoneinfo import ZoneInfo

import attrs

from refleqt_core.intake.choice_words import TYPE_OF_CHANNEL
from refleqt_core.intake.column_reading import Decimals, Order, TableReading
from refleqt_core.intake.field_rules import RULES
from refleqt_core.intake.table_fields import FIELDS, TableField, table_field

from .cells import Unreadable, keepable, shown
from .mapped_cells import FAILED, CellReader, people, related, title_of
from .own_cells import unprotected
from .sheet_records import BROKEN

REMEMBERED = 20_000
"""How many different cells of a column are remembered with what they say."""

PLAN = "plan:"
"""What the name of a plan's part begins with."""

_CURRENCY_OF_HEADER = re.compile(r"\(?\b([A-Z]{3})\b\)?|([€$£])")
_ZONE_OF_HEADER = re.compile(r"\(([A-Z]\w+(?:/[\w+-]+)+|UTC|GMT)\)\s*$", re.ASCII)
_NAMED = 100
_SIGNS = {"€": "EUR", "$": "USD", "£": "GBP"}


@attrs.define(eq=False)
class Item:
    """A field of an entry, the places of the cells that say it, and what reads them.

    ``column`` is what a fault of it is said to be in. ``known`` holds what cells said that have been seen.
    """

    field: str
    column: str
    places: tuple[int, ...]
    read: Callable[..., Any]
    known: dict[Any, Any] = attrs.field(factory=dict)
    has_faults: bool = False
    is_several: Callable[[str], bool] | None = None
    several: set[str] = attrs.field(factory=set)
    _rule: Callable[[Any], Any] | None = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        self._rule = RULES.get(self.field)

    def values(self, columns: Sequence[Sequence[str]]) -> list[Any]:
        """What the cells of these columns say, row by row; an `Unreadable` where one cannot be read."""
        one = len(self.places) == 1
        cells = columns[self.places[0]] if one else list(zip(*(columns[place] for place in self.places), strict=True))
        known = self.known
        try:
            return [known[cell] for cell in cells]
        except KeyError:
            if len(known) > REMEMBERED:
                known.clear()
            read: Callable[[Any], Any] = self._read_one if one else self._read
            for cell in set(cells).difference(known):
                known[cell] = read(cell)
            return [known[cell] for cell in cells]

    def _read_one(self, cell: str) -> Any:
        try:
            said = _told(cell)
            if self.is_several is not None and len(self.several) < _NAMED and self.is_several(said):
                self.several.add(said)
            value = self.read(said)
            if self._rule is not None and value is not None and value != ():
                self._check(value, cell)
            return value
        except Unreadable as wrong:
            self.has_faults = True
            return wrong

    def _read(self, cells: Sequence[str]) -> Any:
        try:
            value = self.read(*map(_told, cells))
            if self._rule is not None and value is not None and value != ():
                self._check(value, cells[0])
            return value
        except Unreadable as wrong:
            self.has_faults = True
            return wrong

    def _check(self, value: Any, cell: str) -> None:
        if self._rule is not None and (found := self._rule(value)):
            raise Unreadable(f"'{shown(cell.strip())}': {found.problem}", f"{found.remedy}.")


def _told(cell: str) -> str:
    """What the cell says; the fault of a cell that a spreadsheet could not compute."""
    said = cell.strip()
    if not said:
        return said
    if said[0] == BROKEN:
        formula = said[len(BROKEN) :]
        problem = f"'{shown(formula)}' has failed" if formula in FAILED else f"'{shown(formula)}' was never computed"
        raise Unreadable(f"the formula {problem}", "Open the file, let it compute, save it; or write the value.")
    if said[0] == "#" and said in FAILED:
        raise Unreadable(f"'{said}' is a formula that has failed", "Mend the formula, or write the value.")
    return keepable(unprotected(said))


@attrs.frozen(kw_only=True)
class Columns:
    """The columns of a file, and the field that each used one of them holds."""

    names: Sequence[str]
    fields: Mapping[str, str]

    def place(self, field: str) -> int | None:
        """Where the column of that field stands; None: there is none."""
        return next((at for at, name in enumerate(self.names) if self.fields.get(name) == field), None)

    def name(self, field: str) -> str:
        """What the column of that field is called."""
        return next(name for name, held in self.fields.items() if held == field)


@attrs.frozen(kw_only=True)
class Decided:
    """What the cells of each column have decided of how they are read, by column."""

    orders: Mapping[str, Order] = attrs.field(factory=dict)
    decimals: Mapping[str, Decimals] = attrs.field(factory=dict)
    is_of_1904: bool = False
    is_sheet: bool = False


def items_of(columns: Columns, reading: TableReading, decided: Decided) -> list[Item]:
    """What has to be read of each row, in the order of the columns; what follows from others comes last."""
    made: list[Item] = []
    for name in columns.names:
        held = columns.fields.get(name)
        field = table_field(held) if held else None
        if field is not None:
            made += _items(columns, name, field, _reader(name, field, reading, decided), reading)
    return [*made, *_following(columns, reading)]


def given_by(columns: Columns) -> frozenset[str]:
    """The fields that the file speaks of; what is only guessed from them is not among them."""
    held = set(columns.fields.values())
    said = {field for field in held if field in FIELDS} - {"post_text", "publish_time", "time_zone", "currency"}
    said |= {"title", "notes"} if "post_text" in held and "title" not in held else set()
    said |= {"notes"} if "post_text" in held and "notes" not in held else set()
    said |= {"channel"} if "channels" in held else set()
    said |= {"plans"} if any("." in field for field in held) else set()
    return frozenset(said | {"external_id"})


def _reader(name: str, field: TableField, reading: TableReading, decided: Decided) -> CellReader:
    found = _CURRENCY_OF_HEADER.search(name) if field.kind == "money" else None
    return CellReader(
        order=decided.orders.get(name, reading.dates or "dmy"),
        decimals=decided.decimals.get(name, reading.decimals or "point"),
        zone=zone_of(name) or (ZoneInfo(reading.time_zone) if reading.time_zone else None),
        is_of_1904=decided.is_of_1904,
        currency=(found[1] or _SIGNS[found[2]]) if found else "",
        values=reading.values.get(field.name, {}),
        is_own=name == field.name,
        is_sheet=decided.is_sheet,
    )


def zone_of(column: str) -> ZoneInfo | None:
    """The time zone that a column like ``Publish Date (America/New_York)`` names; None: it names none."""
    found = _ZONE_OF_HEADER.search(column)
    try:
        return ZoneInfo(found[1]) if found else None
    except (OSError, ValueError, LookupError):
        return None


def _items(columns: Columns, name: str, field: TableField, reader: CellReader, reading: TableReading) -> list[Item]:
    place = columns.names.index(name)
    if field.name == "post_text":
        return _of_post(columns, name, place)
    if field.name in ("publish_time", "time_zone", "currency"):
        return []
    parse = reader.parser(field)
    if field.kind == "moment" and field.name == "publish_at":
        beside = tuple(columns.place(other) for other in ("publish_time", "time_zone"))
        return [Item(field.name, name, (place, *_there(beside)), _moment(parse, *(at is not None for at in beside)))]
    if field.kind == "money":
        currency = columns.place("currency")
        return [Item(_target(field.name), name, (place, *_there((currency,))), _optional(parse))]
    if field.name == "artifact_type":
        return [_type_item(columns, name, (place,), parse, reading)]
    if field.name == "owner" and not reader.is_own and columns.place("team") is None:
        return _of_people(name, place, parse)
    if field.name in _RELATED and not reader.is_own:
        first = _optional(lambda cell: parse(related(cell)[0]))
        return [Item(field.name, name, (place,), first, is_several=lambda cell: len(related(cell)) > 1)]
    required = field.name in ("external_id", "title")
    default = reading.defaults.get(field.name)
    read = _required(parse, field.name) if required else _optional(parse, _parsed_default(parse, default, field))
    return [Item(_target(field.name), name, (place,), read)]


def _following(columns: Columns, reading: TableReading) -> list[Item]:
    """Fields that follow from others: an id from the title, the main channel, the type from the channel."""
    made: list[Item] = []
    told = columns.place("post_text") if columns.place("title") is None else columns.place("title")
    if columns.place("external_id") is None and told is not None:
        made.append(Item("external_id", columns.names[told], (told,), _quiet(key_of)))
    channels = columns.place("channels")
    if columns.place("channel") is None and channels is not None:
        parse = CellReader(values=reading.values.get("channels", {})).parser(FIELDS["channels"])
        made.append(Item("channel", columns.names[channels], (channels,), _quiet(lambda cell: _first(parse(cell)))))
    if columns.place("artifact_type") is None:
        made.append(_type_item(columns, "artifact_type", (), None, reading))
    return made


def _type_item(
    columns: Columns, name: str, places: tuple[int, ...], parse: Callable[[str], Any] | None, reading: TableReading
) -> Item:
    """What an entry is: what its cell says, else what goes out on its channel, else the default."""
    field = "channel" if columns.place("channel") is not None else "channels"
    at = columns.place(field)
    channels = CellReader(values=reading.values.get(field, {})).parser(FIELDS["channels"])
    default = reading.defaults.get("artifact_type")

    def read(*cells: str) -> Any:
        if parse is not None and cells[0]:
            return parse(cells[0])
        on = _quiet(lambda cell: _first(channels(cell)))(cells[-1]) if at is not None and cells[-1] else None
        found = TYPE_OF_CHANNEL.get(on or "", default)
        if found is None:
            remedy = "Write one, or say what such rows are with --default artifact_type=…, such as social_post."
            raise Unreadable("the field is empty, and no channel tells what it is", remedy)
        return found

    return Item("artifact_type", name, (*places, *_there((at,))) or (0,), read)


def _of_post(columns: Columns, name: str, place: int) -> list[Item]:
    """A post's text is its notes, and its first line its title; each where no other column is."""
    made = []
    if columns.place("title") is None:
        made.append(Item("title", name, (place,), _required(title_of, "title")))
    if columns.place("notes") is None:
        made.append(Item("notes", name, (place,), _optional(str)))
    return made


_RELATED = frozenset(("campaign", "owner", "icp_segment", "buyer_persona", "primary_keyword"))


def _of_people(name: str, place: int, parse: Callable[[str], Any]) -> list[Item]:
    """Of several people the first is the owner, and the others are the team."""
    owner = _optional(lambda cell: parse(people(cell)[0] if people(cell) else cell))
    team = _optional(lambda cell: people(cell)[1:], ())
    return [
        Item("owner", name, (place,), owner, is_several=lambda cell: len(people(cell)) > 1),
        Item("team", name, (place,), team),
    ]


def _target(field: str) -> str:
    return PLAN + field if "." in field else field


def _there(places: Sequence[int | None]) -> tuple[int, ...]:
    return tuple(place for place in places if place is not None)


def _first(values: Sequence[str]) -> str | None:
    return values[0] if values else None


def _optional(parse: Callable[..., Any], default: Any = None) -> Callable[..., Any]:
    return lambda cell, *others: parse(cell, *others) if cell else default


def _required(parse: Callable[[str], Any], field: str) -> Callable[[str], Any]:
    def read(cell: str) -> Any:
        if not cell:
            more = " Without the column, ids are made of the titles." if field == "external_id" else ""
            raise Unreadable("the field is empty", f"Every row has to have it.{more}")
        return parse(cell)

    return read


def _moment(parse: Callable[..., Any], has_clock: bool, has_zone: bool) -> Callable[..., Any]:
    def read(cell: str, *others: str) -> Any:
        if not cell:
            return None
        at = others[0] if has_clock else ""
        return parse(cell, at, others[-1] if has_zone else "")

    return read


def _quiet(read: Callable[[str], Any]) -> Callable[[str], Any]:
    """A cell that cannot be read is the fault of the column that it stands in, and of no other."""

    def parse(cell: str) -> Any:
        try:
            return read(cell)
        except Unreadable:
            return None

    return parse


_NO_VALUE: Mapping[str, Any] = {"names": (), "choices": (), "flag": False}


def _parsed_default(parse: Callable[[str], Any], said: str | None, field: TableField) -> Any:
    if said is not None:
        return parse(said)
    if field.name == "status":
        return "idea"
    return {} if field.kind == "vitals" else _NO_VALUE.get(field.kind)


def key_of(title: str) -> str:
    """A name for an entry that has none: its title's first words and a hash of all, whatever its case and spaces."""
    folded = " ".join(unicodedata.normalize("NFKC", title).casefold().split())
    words = re.sub(r"[^a-z0-9]+", "-", unicodedata.normalize("NFKD", folded).encode("ascii", "ignore").decode())
    start = words.strip("-")[:40].rstrip("-")
    return f"{start or 'entry'}-{blake2b(folded.encode(), digest_size=5).hexdigest()}" if folded else ""
