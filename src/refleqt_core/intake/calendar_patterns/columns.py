"""The calendar of one business as of a moment, as arrays."""

from collections.abc import Mapping
from datetime import date, datetime
from functools import cached_property, lru_cache
from uuid import UUID
from zoneinfo import ZoneInfo

import attrs
import numpy as np
from numpy.typing import NDArray

from ...phrases import spoken
from ..calendar import STATUSES
from .findings import Evidence, NotedEntry

DAY = 86_400.0
EPOCH = date(1970, 1, 1).toordinal()
OUT = (STATUSES.index("published"), STATUSES.index("reviewed"))
"""Statuses of what has gone out, as places in `STATUSES`; they are its last."""


SPOKEN = tuple(spoken(status) for status in STATUSES)


@attrs.frozen(kw_only=True, eq=False)
class Coded:
    """Values as places (n,) in ``names``; -1 for none."""

    codes: NDArray[np.int64]
    names: tuple[str, ...]

    @property
    def counts(self) -> NDArray[np.int64]:
        """How many have each of the names."""
        return np.bincount(self.codes[self.codes >= 0], minlength=len(self.names))


@attrs.frozen(kw_only=True, eq=False)
class Steps:
    """Status changes (m,), by entry and then by time, from ``left`` (-1 for the first one) to ``reached``.

    ``until`` is when the entry left that status again, infinite where it has not.
    """

    entry: NDArray[np.int64]
    left: NDArray[np.int64]
    reached: NDArray[np.int64]
    at: NDArray[np.float64]
    until: NDArray[np.float64]

    @property
    def is_first(self) -> NDArray[np.bool_]:
        """Whether the record of the entry begins with that step."""
        return self.left < 0

    def of(self, which: NDArray[np.bool_]) -> "Steps":
        """Those of the steps."""
        return Steps(**{field.name: getattr(self, field.name)[which] for field in attrs.fields(Steps)})


@attrs.frozen(kw_only=True, eq=False)
class CalendarColumns:
    """Entries (n,) in the order of their ids; moments in seconds since 1970, NaN for none.

    ``status`` is as of the moment; a status in `OUT` says that the entry was out by then. ``published`` and
    ``reviewed`` are when that was, NaN where it is not so or not known. ``since_known`` is false where an import
    brought the entry and did not say since when it was there, ``start_known`` where its first status is older than the
    record of it.
    """

    as_of: datetime
    zone: ZoneInfo
    later: int
    ids: tuple[UUID, ...]
    created: NDArray[np.float64]
    publish: NDArray[np.float64]
    published: NDArray[np.float64]
    reviewed: NDArray[np.float64]
    review_due: NDArray[np.float64]
    status: NDArray[np.int64]
    since_known: NDArray[np.bool_]
    start_known: NDArray[np.bool_]
    steps: Steps
    campaign: Coded
    stage: Coded
    keyword: Coded
    intent: Coded
    topic: Coded
    secondary: tuple[NDArray[np.int64], NDArray[np.int64]]
    channels: tuple[NDArray[np.int64], NDArray[np.int64]]
    filled: NDArray[np.bool_]

    @property
    def n(self) -> int:
        """How many entries."""
        return len(self.ids)

    @property
    def now(self) -> float:
        """The moment in seconds."""
        return self.as_of.timestamp()

    @property
    def is_out(self) -> NDArray[np.bool_]:
        """Whether the entry had been published by the moment."""
        return self.status >= OUT[0]

    def days_of(self, moments: NDArray[np.float64]) -> NDArray[np.float64]:
        """The days of the moments where the business is, as ordinals of `date`; NaN of none."""
        return local_days(moments, self.zone)

    def day_of(self, moment: float) -> date | None:
        """The day at the business's own place; None of no moment."""
        day = float(self.days_of(np.array([moment]))[0])
        return None if np.isnan(day) else date.fromordinal(int(day))

    @cached_property
    def _dates(self) -> NDArray[np.float64]:
        """The day of each entry's publication, past or to come."""
        return self.days_of(np.where(np.isnan(self.published), self.publish, self.published))

    def told(self, entry: int) -> str:
        """Where the entry stands, such as ``published 2026-03-04`` or ``in review, for 2026-04-01``."""
        status, day = SPOKEN[int(self.status[entry])], float(self._dates[entry])
        if np.isnan(day):
            return status
        return f"{status}{', for ' if np.isnan(self.published[entry]) else ' '}{_iso(int(day))}"

    def newest(self, entries: NDArray[np.int64]) -> NDArray[np.int64]:
        """The entries by the date that they are for, or else were made on, the newest first."""
        dates = np.where(np.isnan(self.publish[entries]), self.created[entries], self.publish[entries])
        return entries[np.argsort(-dates, kind="stable")]

    def evidence(
        self,
        label: str,
        entries: NDArray[np.int64],
        notes: Mapping[int, str] | None = None,
        *,
        keep: int | None,
    ) -> Evidence:
        """The first ``keep`` of the entries (None: all of them), each with its note or else where it stands."""
        told = notes or {}
        shown = [(each, told[each] if each in told else self.told(each)) for each in entries[:keep].tolist()]
        noted = tuple(NotedEntry(id=self.ids[each], note=note) for each, note in shown)
        return Evidence(label=label, count=entries.size, entries=noted)


def local_days(moments: NDArray[np.float64], zone: ZoneInfo) -> NDArray[np.float64]:
    """The ordinals of the days that the clocks of ``zone`` show at the moments; NaN stays."""
    found = np.full(moments.shape, np.nan)
    known = np.flatnonzero(np.isfinite(moments))
    utc_days, place = np.unique(np.floor(moments[known] / DAY), return_inverse=True)
    offsets = np.array([_offset(day, zone) for day in utc_days.tolist()], dtype=np.float64)[place]
    found[known] = np.floor((moments[known] + offsets) / DAY) + EPOCH
    for each in known[np.isnan(offsets)].tolist():
        found[each] = datetime.fromtimestamp(moments[each], zone).toordinal()
    return found


@lru_cache(maxsize=20_000)
def _offset(utc_day: float, zone: ZoneInfo) -> float:
    """By how many seconds the clocks are ahead on that day; NaN where they are moved on it."""
    begin, end = (datetime.fromtimestamp(each * DAY, zone).utcoffset() for each in (utc_day, utc_day + 1))
    assert begin is not None and end is not None
    return begin.total_seconds() if begin == end else np.nan


@lru_cache(maxsize=20_000)
def _iso(day: int) -> str:
    return date.fromordinal(day).isoformat()
