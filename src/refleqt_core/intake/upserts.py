"""Importing twice is importing once: fresh rows are told apart from those that are there by their natural key."""

from collections.abc import Collection, Sequence
from typing import Generic

import attrs

from ..errors import Fault, InvalidInput
from ..ports import Transaction, where
from ..ports.store import E
from .drafts import ImportedFile
from .imports import ImportBatch


@attrs.frozen(kw_only=True)
class Upserted(Generic[E]):
    """The rows as they are stored now, by what had to be done for each."""

    new: tuple[E, ...]
    changed: tuple[E, ...]
    unchanged: tuple[E, ...]

    @property
    def touched(self) -> tuple[E, ...]:
        """New and changed ones."""
        return self.new + self.changed

    @property
    def counted(self) -> "Counted":
        """How many there are of each."""
        return Counted(new=len(self.new), changed=len(self.changed), unchanged=len(self.unchanged))


@attrs.frozen(kw_only=True)
class Counted:
    """How many rows an import added, changed, and found as they were."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0


def upsert(
    tx: Transaction,
    kind: type[E],
    fresh: Sequence[E],
    *,
    key: str,
    keep: Collection[str] = (),
    stamp: Collection[str] = (),
) -> Upserted[E]:
    """Every one of ``fresh`` is stored; those that are there by ``key`` keep their id and their fields in ``keep``.

    A row that differs in nothing but its ``stamp`` fields (when it was written, by whom) is unchanged.
    """
    stored = tx.find(kind, *where(**{f"{key}__in": [getattr(row, key) for row in fresh]})) if fresh else []
    done = compared(stored, fresh, key=key, keep=keep, stamp=stamp)
    tx.add(*done.new)
    return attrs.evolve(done, changed=tuple(tx.save(row) for row in done.changed))


def compared(
    stored: Sequence[E], fresh: Sequence[E], *, key: str, keep: Collection[str] = (), stamp: Collection[str] = ()
) -> Upserted[E]:
    """What `upsert` would do; nothing is written, and the changed rows are as they would be saved."""
    known = {getattr(row, key): row for row in stored}
    new, changed, unchanged = [], [], []
    for row in fresh:
        before = known.get(getattr(row, key))
        if before is None:
            new.append(row)
            continue
        kept = {name: getattr(before, name) for name in ("id", "version", *keep)}
        merged = attrs.evolve(row, **kept)
        if attrs.evolve(merged, **{name: getattr(before, name) for name in stamp}) == before:
            unchanged.append(before)
        else:
            changed.append(merged)
    return Upserted(new=tuple(new), changed=tuple(changed), unchanged=tuple(unchanged))


def check_no_duplicates(keys: Sequence[str], file: ImportedFile, field: str) -> None:
    """A key that stands twice in one file raises `InvalidInput`; which of the two is meant nobody can say."""
    seen: set[str] = set()
    twice = sorted({key for key in keys if key in seen or seen.add(key)})  # type: ignore[func-returns-value]  # add
    if twice:
        remedy = "Keep one of the rows, or give each an id of its own."
        raise InvalidInput([Fault(file.name, None, field, f"'{key}' stands there twice", remedy) for key in twice])


def batch(tx: Transaction, kind: str, file: ImportedFile, counted: Counted, **identity: object) -> ImportBatch:
    """The import is on record with its counts."""
    record = ImportBatch(
        kind=kind,
        file_name=file.name,
        blob=file.blob,
        read=counted.new + counted.changed + counted.unchanged + file.rejected,
        rejected=file.rejected,
        **attrs.asdict(counted),
        **identity,  # type: ignore[arg-type]  # id, business and moment, which the service knows
    )
    tx.add(record)
    return record
