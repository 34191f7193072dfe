"""From where a file is read: in which time zone its local times are, and which days of what recurs are taken."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import attrs

from refleqt_core.values import aware


@attrs.frozen(kw_only=True)
class Reading:
    """A file is read for a business in that time zone (a name of the IANA database), at the moment ``now``.

    What comes back without end is taken from ``back`` before that moment until ``ahead`` after it.
    """

    time_zone: str
    now: datetime = attrs.field(validator=aware)
    back: timedelta = timedelta(days=365)
    ahead: timedelta = timedelta(days=365)

    @classmethod
    def of_file(cls, path: Path) -> "Reading":
        """As if the file were read in UTC when it was last changed; one that is not there is as old as time itself."""
        changed = path.stat().st_mtime if path.exists() else 0
        return cls(time_zone="UTC", now=datetime.fromtimestamp(changed, UTC))


FIRST_YEAR, LAST_YEAR = 1900, 2200
"""The years of anything that a calendar of marketing holds."""


def in_years(moment: datetime) -> datetime:
    """The moment itself; one outside of those years raises ValueError."""
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise ValueError(f"it is in the year {moment.year}")
    return moment
