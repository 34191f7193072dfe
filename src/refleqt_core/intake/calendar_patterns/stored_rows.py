"""The rows of a business's calendar as arrays, by a few reads however many they are."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from itertools import repeat
from operator import attrgetter, itemgetter
from typing import Any, TypeAlias
from uuid import UUID
from zoneinfo import ZoneInfo

import attrs
import numpy as np
from numpy.typing import NDArray

from ...ports import Transaction
from ..calendar import (
    CHANNELS,
    FUNNEL_STAGES,
    SEARCH_INTENTS,
    STATUSES,
    CalendarEntry,
    Campaign,
    DistributionPlan,
    SeoMetadata,
    StatusChange,
)
from .columns import DAY, OUT, CalendarColumns, Coded, Steps
from .fields import ENTRY_FIELDS, FIELDS, NUMBERS, PLAN_FIELDS, SEARCH_FIELDS, STEP_FIELDS

Rows: TypeAlias = Sequence[tuple[Any, ...]]
Columns: TypeAlias = Mapping[str, Sequence[Any]]
Places: TypeAlias = Mapping[int, int]
"""The place of each entry by the number of its id, which is hashed much faster than the id."""

IMPORTED_BY = "import of "
"""How the step of an entry that an import brought begins to say who took it."""

SAME = DAY / 24
"""An entry whose record began within an hour of its own beginning was made then."""


@attrs.frozen(kw_only=True)
class CalendarRows:
    """What is stored: rows of `ENTRY_FIELDS`, `SEARCH_FIELDS`, `PLAN_FIELDS`, `STEP_FIELDS`, and ids with names."""

    entries: Rows = ()
    search: Rows = ()
    plans: Rows = ()
    steps: Rows = ()
    campaigns: Rows = ()


def read_rows(tx: Transaction) -> CalendarRows:
    """Everything on the calendar of the transaction's business, by one read for each kind."""
    return CalendarRows(
        entries=tx.rows(CalendarEntry, ENTRY_FIELDS),
        search=tx.rows(SeoMetadata, SEARCH_FIELDS),
        plans=tx.rows(DistributionPlan, PLAN_FIELDS),
        steps=tx.rows(StatusChange, STEP_FIELDS),
        campaigns=tx.rows(Campaign, ("id", "name")),
    )


def columns_of(rows: CalendarRows, *, as_of: datetime, time_zone: str = "UTC") -> CalendarColumns:
    """The calendar at ``as_of``, whatever the order of the rows. What came later is left out and counted.

    Fields are as they are stored; statuses and what happened are as they were at the moment.
    """
    now = as_of.timestamp()
    present = sorted((row for row in rows.entries if row[1] <= as_of), key=lambda row: row[0].int)
    entry = _named(ENTRY_FIELDS, present)
    places = {id.int: number for number, id in enumerate(entry["id"])}
    search, at_entry = _owned(SEARCH_FIELDS, rows.search, places)
    plans, at_plan = _owned(PLAN_FIELDS, rows.plans, places)
    keyword, secondary = _keywords(search, at_entry, len(present))
    channels = _pairs(_coded(entry["channel"], CHANNELS).codes, _coded(plans["channel"], CHANNELS).codes, at_plan)
    names: Mapping[UUID, str] = dict(rows.campaigns)
    return CalendarColumns(
        as_of=as_of,
        zone=ZoneInfo(time_zone),
        later=len(rows.entries) - len(present),
        ids=tuple(entry["id"]),
        campaign=_coded([names.get(id) for id in entry["campaign_id"]]),
        stage=_coded(entry["funnel_stage"], FUNNEL_STAGES),
        keyword=keyword,
        intent=_spread(_coded(search["search_intent"], SEARCH_INTENTS), at_entry, len(present)),
        topic=_coded(entry["keyword_cluster"]),
        secondary=secondary,
        channels=channels,
        filled=_filled(entry, (search, at_entry), (plans, at_plan)),
        review_due=_days(entry["review_due"]),
        **_history(entry, rows.steps, places, now),
    )


def _history(entry: Columns, step_rows: Rows, places: Places, now: float) -> dict[str, Any]:
    """When each entry was made, published and reviewed, and where it stood at ``now``."""
    created, publish = _moments(entry["created_at"]), _moments(entry["publish_at"])
    past, later, imported = _steps(step_rows, places, now)
    status = _codes(entry["status"], STATUSES)
    status[later.entry[::-1]] = np.where(later.left < 0, later.reached, later.left)[::-1]
    status[past.entry] = past.reached
    first = np.full(created.size, np.nan)
    first[past.entry[past.is_first]] = past.at[past.is_first]
    start_known = ~imported & ~(first - created > DAY)
    seen = ~past.is_first | start_known[past.entry]
    went_out = np.zeros(created.size, dtype=bool)
    went_out[past.entry[~past.is_first & (past.reached >= OUT[0])]] = True
    status[(status >= OUT[0]) & (publish > now) & ~went_out] = STATUSES.index("scheduled")
    by_step = _last_time(past, seen & (past.reached == OUT[0]), created.size)
    published = np.where(publish <= now, publish, by_step)
    return {
        "created": created,
        "publish": publish,
        "published": np.where(status >= OUT[0], published, np.nan),
        "reviewed": np.where(status == OUT[1], _last_time(past, seen & (past.reached == OUT[1]), created.size), np.nan),
        "status": status,
        "since_known": ~(imported & (np.abs(first - created) < SAME)),
        "start_known": start_known,
        "steps": past,
    }


def _steps(rows: Rows, places: Places, now: float) -> tuple[Steps, Steps, NDArray[np.bool_]]:
    """The steps until ``now``, those after it, and which entries came by an import."""
    step, entry = _owned(STEP_FIELDS, rows, places)
    at = _moments(step["at"])
    order = np.lexsort((_ranks(step["id"]), at, entry))
    entry, at = entry[order], at[order]
    left, reached = _codes(step["left"], STATUSES)[order], _codes(step["reached"], STATUSES)[order]
    brought = np.array([by is not None and by.startswith(IMPORTED_BY) for by in step["by"]], dtype=bool)[order]
    imported = np.zeros(len(places), dtype=bool)
    imported[entry[brought & (left < 0)]] = True
    until = np.full(at.size, np.inf)
    until[:-1] = np.where(entry[1:] == entry[:-1], at[1:], np.inf)
    until[until > now] = np.inf
    all_steps = Steps(entry=entry, left=left, reached=reached, at=at, until=until)
    return all_steps.of(at <= now), all_steps.of(at > now), imported


def _ranks(ids: Sequence[UUID]) -> NDArray[np.int64]:
    """The place of each id in their order."""
    numbers = list(map(attrgetter("int"), ids))
    ranks = np.empty(len(ids), dtype=np.int64)
    ranks[sorted(range(len(ids)), key=numbers.__getitem__)] = np.arange(len(ids))
    return ranks


def _last_time(steps: Steps, which: NDArray[np.bool_], n: int) -> NDArray[np.float64]:
    """When each entry last took a step that is asked for; NaN for never."""
    found = np.full(n, np.nan)
    found[steps.entry[which]] = steps.at[which]
    return found


def _keywords(
    search: Columns, at: NDArray[np.int64], n: int
) -> tuple[Coded, tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """The primary keyword of each entry, and its other ones as pairs of entry and keyword, without double ones."""
    primary = [_folded(each) for each in search["primary_keyword"]]
    others = [(int(row), word) for row, words in zip(at, search["secondary_keywords"], strict=True) for word in words]
    coded = _coded([*primary, *(_folded(word) for _, word in others)])
    keyword = _spread(Coded(codes=coded.codes[: len(primary)], names=coded.names), at, n)
    entry = np.array([each for each, _ in others], dtype=np.int64)
    word = coded.codes[len(primary) :]
    is_other = (word >= 0) & (keyword.codes[entry] != word)
    return keyword, _unique_pairs(entry[is_other], word[is_other])


def _folded(keyword: str | None) -> str | None:
    """Case and spacing make no other search."""
    return " ".join(keyword.casefold().split()) or None if keyword else None


def _pairs(
    main: NDArray[np.int64], more: NDArray[np.int64], at: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Each entry with each of its channels: its ``main`` one, and those of its plans."""
    own = np.flatnonzero(main >= 0)
    return _unique_pairs(np.concatenate([own, at]), np.concatenate([main[own], more]))


def _unique_pairs(first: NDArray[np.int64], second: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    width = int(second.max(initial=0)) + 1
    first, second = np.divmod(np.unique(first * width + second), width)
    return first, second


def _filled(
    entry: Columns, search: tuple[Columns, NDArray[np.int64]], plans: tuple[Columns, NDArray[np.int64]]
) -> NDArray[np.bool_]:
    """Which of `FIELDS` each entry fills, (n, fields); one that several plans have is filled when any fills it."""
    filled = np.zeros((len(entry["id"]), len(FIELDS)), dtype=bool)
    everywhere = np.arange(len(entry["id"]))
    for columns, at in ((entry, everywhere), search, plans):
        for number, name in enumerate(FIELDS):
            if name in columns:
                filled[at[_is_filled(name, columns[name])], number] = True
    return filled


def _is_filled(name: str, values: Sequence[Any]) -> NDArray[np.bool_]:
    said: Iterable[bool] = (value is not None for value in values) if name in NUMBERS else map(bool, values)
    return np.fromiter(said, dtype=bool, count=len(values))


def _named(fields: Sequence[str], rows: Rows) -> Columns:
    return {name: list(map(itemgetter(place), rows)) for place, name in enumerate(fields)}


def _owned(fields: Sequence[str], rows: Rows, places: Places) -> tuple[Columns, NDArray[np.int64]]:
    """The columns of rows that are about an entry of ours, and the entry's place."""
    owners = map(itemgetter(fields.index("calendar_entry_id")), rows)
    found = list(map(places.get, map(attrgetter("int"), owners), repeat(-1)))
    known = [row for row, place in zip(rows, found, strict=True) if place >= 0] if -1 in found else rows
    return _named(fields, known), np.array([place for place in found if place >= 0], dtype=np.int64)


def _coded(values: Sequence[str | None], known: Sequence[str] | None = None) -> Coded:
    names = tuple(sorted({value for value in values if value})) if known is None else tuple(known)
    return Coded(codes=_codes(values, names), names=names)


def _codes(values: Sequence[str | None], names: Sequence[str]) -> NDArray[np.int64]:
    number: dict[str | None, int] = {name: each for each, name in enumerate(names)}
    return np.fromiter(map(number.get, values, repeat(-1)), dtype=np.int64, count=len(values))


def _spread(coded: Coded, at: NDArray[np.int64], n: int) -> Coded:
    """What rows about entries say, for every entry."""
    codes = np.full(n, -1, dtype=np.int64)
    codes[at] = coded.codes
    return Coded(codes=codes, names=coded.names)


def _moments(values: Sequence[datetime | None]) -> NDArray[np.float64]:
    return np.array([np.nan if value is None else value.timestamp() for value in values], dtype=np.float64)


def _days(values: Sequence[date | None]) -> NDArray[np.float64]:
    return np.array([np.nan if value is None else value.toordinal() for value in values], dtype=np.float64)
