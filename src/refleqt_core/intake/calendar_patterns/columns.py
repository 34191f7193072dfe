"""The calendar of one business as of a moment, as arrays."""

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import attrs
import numpy as np
from numpy.typing import NDArray

from ...phrases import spoken
from ..calendar import STATUSES
from .findings import Evidence, NotedEntry

DAY = 86_400.0
OUT = (STATUSES.index("published"), STATUSES.index("reviewed"))
"""Statuses of what has gone out, as places in `STATUSES`."""


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
        return np.isin(self.status, OUT)

    def day_of(self, moment: float) -> date | None:
        """The day at the business's own place; None of no moment."""
        return None if np.isnan(moment) else datetime.fromtimestamp(moment, self.zone).date()

    def told(self, entry: int) -> str:
        """Where the entry stands, such as ``published 2026-03-04`` or ``in review, for 2026-04-01``."""
        status, day = spoken(STATUSES[self.status[entry]]), self.day_of(self.publish[entry])
        out = self.day_of(self.published[entry])
        return f"{status} {out}" if out else f"{status}, for {day}" if day else status

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
        shown = [int(each) for each in entries[:keep]]
        noted = [NotedEntry(id=self.ids[each], note=(notes or {}).get(each) or self.told(each)) for each in shown]
        return Evidence(label=label, count=entries.size, entries=tuple(noted))
