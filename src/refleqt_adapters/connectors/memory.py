"""A tool whose records are given: for tests and simulations."""

from collections.abc import Iterable, Iterator
from datetime import date

from refleqt_core.errors import Unavailable
from refleqt_core.ports import MetricRecord


class MemoryConnector:
    """Hands out the records it was made with, until it is revoked."""

    def __init__(self, source: str, records: Iterable[MetricRecord]):
        self.source = source
        self._records = tuple(records)
        self._revoked = False

    def pull(self, start: date, end: date) -> Iterator[MetricRecord]:
        """The records of the days from ``start`` to ``end``; after the revocation `Unavailable`."""
        if self._revoked:
            raise Unavailable(f"the access to {self.source} was revoked; connect it again")
        return (record for record in self._records if start <= record.day <= end)

    def revoke(self) -> str:
        """No record is handed out any more."""
        self._revoked = True
        return f"{self.source} no longer answers"
