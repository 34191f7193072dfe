"""An export file of a tool as a source like any other: what it holds is what the tool said when it was exported."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from refleqt_core.errors import Fault, InvalidInput
from refleqt_core.ports import MetricRecord

from .file_kinds import FILE_KINDS, sniff

METRIC_KINDS = ("performance", "ads", "deals", "google_ads", "mailchimp", "ga4", "instagram")


class FileExport:
    """The records of one export file; ``kind`` is told from the file where it is not given."""

    def __init__(self, path: Path, kind: str | None = None):
        self._path = path
        self._kind = kind or sniff(path)
        if self._kind not in METRIC_KINDS:
            remedy = f"Files with metrics are: {', '.join(METRIC_KINDS)}."
            raise InvalidInput([Fault(str(path), None, None, f"'{self._kind}' holds no metrics", remedy)])

    @property
    def source(self) -> str:
        """The tool's name, as its records have it; that of the kind for a file with results of several tools."""
        sources = {record.source for record in self._records()}
        return sources.pop() if len(sources) == 1 else self._kind

    def pull(self, start: date, end: date) -> Iterator[MetricRecord]:
        """The records of those days; a fault of the file raises `InvalidInput` with every fault of it."""
        return (record for record in self._records() if start <= record.day <= end)

    def revoke(self) -> str:
        """A file gives no access that could be taken back."""
        return f"{self._path.name} is a file; there is no access to revoke"

    def _records(self) -> list[MetricRecord]:
        records: list[MetricRecord] = FILE_KINDS[self._kind].read(self._path).items
        return records
