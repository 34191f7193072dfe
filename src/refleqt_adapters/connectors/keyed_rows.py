"""Good rows apart from rejected ones, where rows that share their key are all rejected."""

from collections.abc import Hashable, Iterable, Iterator, Sequence
from typing import Generic, NamedTuple, TypeVar

import attrs

from refleqt_core.errors import Fault

from .csv_records import RejectedLine, rejected_line

T = TypeVar("T")

_ROWS_NAMED = 5


class FileContent(NamedTuple, Generic[T]):
    """What a file held, in its order; the rows that were left out; the columns that were not used.

    ``passed_over`` counts what is in the file and no item by its nature (a menu, a time zone); ``notes`` say what that
    was, and what was taken for granted.
    """

    items: list[T]
    rejected: tuple[RejectedLine, ...] = ()
    unused_columns: tuple[str, ...] = ()
    passed_over: int = 0
    notes: tuple[str, ...] = ()


class KeyedRows(Generic[T]):
    """The rows of a file as they are read; which of them share a key is known at the end.

    ``fields`` name the key; with none, rows are never taken for the same. With a ``limit`` no more rows are held as
    rejected once that many faults are; their faults are counted in ``more``.
    """

    def __init__(self, source: str, fields: Sequence[str], limit: int | None = None) -> None:
        self._source, self._field = source, " + ".join(fields)
        self._room = limit
        self.more = 0
        self._good: dict[int, tuple[bytes, T]] = {}
        self._rejected: dict[int, RejectedLine] = {}
        self._keys: dict[tuple[Hashable, ...], list[int]] = {}

    def keep(self, row: int, raw: bytes, item: T) -> None:
        """The row is good, unless another one has its key."""
        self._good[row] = raw if self._field else b"", item

    def reject(self, row: int, raw: bytes, faults: Iterable[Fault]) -> None:
        """The row is rejected for those reasons."""
        line = rejected_line(row, raw, faults)
        if self._has_room(len(line.faults)):
            self._rejected[row] = line

    def note_key(self, row: int, key: tuple[Hashable, ...]) -> None:
        """The row has that key, whether it is good or not; an incomplete key is no key."""
        if key and None not in key:
            self._keys.setdefault(key, []).append(row)

    def apart(self) -> tuple[dict[int, T], tuple[RejectedLine, ...]]:
        """The good rows by number, and the rejected ones in their order."""
        good, rejected = dict(self._good), dict(self._rejected)
        for row, fault in self._shared_keys():
            before = rejected.get(row) or rejected_line(row, good[row][0] if row in good else b"", ())
            good.pop(row, None)
            if self._has_room(1):
                rejected[row] = attrs.evolve(before, faults=(*before.faults, fault))
        return {row: item for row, (_, item) in good.items()}, tuple(rejected[row] for row in sorted(rejected))

    def _has_room(self, faults: int) -> bool:
        """Whether that many more faults are to be held; where not, they are counted."""
        if self._room is None:
            return True
        if self._room <= 0:
            self.more += faults
            return False
        self._room -= faults
        return True

    def _shared_keys(self) -> Iterator[tuple[int, Fault]]:
        remedy = "Keep one of the rows, or give each an id of its own."
        for key, rows in self._keys.items():
            for row in rows if len(rows) > 1 else ():
                others = [str(other) for other in rows[: _ROWS_NAMED + 1] if other != row][:_ROWS_NAMED]
                more = f" and {left} more rows" if (left := len(rows) - 1 - len(others)) else ""
                problem = f"'{' + '.join(map(str, key))}' stands in row {', '.join(others)}{more} too"
                yield row, Fault(self._source, row, self._field, problem, remedy)
