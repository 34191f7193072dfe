"""What a reader passed over, or took for granted, told so that a person can look it up."""

from collections.abc import Iterable

_ROWS_NAMED = 5


class Remarks:
    """Remarks on a file, each with the rows that it holds for."""

    def __init__(self) -> None:
        self._rows: dict[str, list[int]] = {}
        self.passed_over = 0

    def pass_over(self, what: str, row: int | None = None) -> None:
        """Something of the file, which begins in that row, is no item: ``what`` it is and why."""
        self.passed_over += 1
        self.say(f"passed over: {what}", row)

    def say(self, what: str, row: int | None = None) -> None:
        """``what`` was taken for granted at that row."""
        rows = self._rows.setdefault(what, [])
        rows += [0 if row is None else row]

    def told(self) -> tuple[str, ...]:
        """Every remark once, in the order in which they came up, with how often and the first rows."""
        return tuple(f"{what}{_times(rows)}" for what, rows in self._rows.items())


def _times(rows: Iterable[int]) -> str:
    known = list(rows)
    named = [f"{row:,}" for row in sorted(set(known)) if row]
    if not named:
        return f" ({len(known):,} times)" if len(known) > 1 else ""
    more = ", …" if len(named) > _ROWS_NAMED else ""
    where = f"row {', '.join(named[:_ROWS_NAMED])}{more}"
    return f" ({len(known):,} times: {where})" if len(known) > 1 else f" ({where})"
