"""The Connector: a tool's numbers as records of one schema."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Literal, Protocol

import attrs

Additivity = Literal["additive", "ratio", "unique"]


@attrs.frozen(kw_only=True)
class MetricRecord:
    """One value of one metric of one thing on one day, in the source's own time zone.

    ``additivity`` says whether values may be summed: ``ratio`` and ``unique`` may not. ``labels`` are the dimensions
    (campaign, UTM values, artifact id) that the value is joined by.
    """

    source: str
    entity_kind: str
    entity_id: str
    metric: str
    value: float
    day: date
    unit: str = "count"
    currency: str | None = None
    additivity: Additivity = "additive"
    time_zone: str = "UTC"
    labels: Mapping[str, str] = attrs.field(factory=dict)


class Connector(Protocol):
    """One tool, connected for as long as one extraction takes."""

    @property
    def source(self) -> str:
        """The tool's name, as in every record of it."""
        ...

    def pull(self, start: date, end: date) -> Iterator[MetricRecord]:
        """The records of the days from ``start`` to ``end``, both included, in any order; each key once.

        A fault of the data raises `InvalidInput` that names the place; a tool that does not answer, `Unavailable`.
        """
        ...

    def revoke(self) -> str:
        """The tool no longer accepts our credentials; gives the proof (what a probe with the old token answered).

        Nothing to revoke (a file): says so. Still accepted after the revocation: `NeedsReview`.
        """
        ...
