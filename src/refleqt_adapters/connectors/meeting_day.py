"""When a meeting was held and what it is called, as the name of its file tells it."""

import re
from datetime import UTC, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

_STAMP = re.compile(
    r"(?<!\d)(?P<gmt>GMT)?(?P<day>20\d\d[-_.]?[01]\d[-_.]?[0-3]\d)"
    r"(?:[-_ T.]{1,3}(?:at )?(?P<time>[0-2]\d[-_.:h]?[0-5]\d(?:[-_.:m]?[0-5]\d)?))?(?!\d)"
)
_ENDING = re.compile(r"(?:\.(?:vtt|srt|txt|docx|transcript|cc|[a-z]{2}(?:-[A-Z]{2})?))+$")
_BY_TOOLS = re.compile(
    r"(?:meeting[ _])?(?:recording|saved[ _]closed[ _]caption|saved[ _]chat)|otter[._ ]ai|transcript(?:ion)?",
    re.IGNORECASE,
)
_SEPARATORS = re.compile(r"[\s_]+|\s+-+\s+|(?<=\s)-+|-+(?=\s)")


class Supposed(NamedTuple):
    """A moment and how it is known."""

    moment: datetime
    told_by: str


def supposed_moment(name: str, time_zone: str, changed: datetime) -> Supposed:
    """When the meeting of a file was held: by its name, as Zoom, Teams and people date one, else when it was changed.

    A moment of the name is of that time zone unless it says GMT, and a bare day stands for its noon.
    """
    found = _STAMP.search(name)
    if found is not None:
        day, time = (re.sub(r"\D", "", found[part] or "") for part in ("day", "time"))
        try:
            moment = datetime.strptime(f"{day}{time or '12':0<14}"[:14], "%Y%m%d%H%M%S")  # noqa: DTZ007  # placed below
            return Supposed(moment.replace(tzinfo=UTC if found["gmt"] else ZoneInfo(time_zone)), "by the file's name")
        except ValueError:
            pass
    return Supposed(changed, "when the file was changed")


def meeting_title(name: str) -> str:
    """What the meeting of a file is called: its name without the day, and without what tools put into each name."""
    stem = _ENDING.sub("", name) or name
    words = _SEPARATORS.sub(" ", _BY_TOOLS.sub(" ", _STAMP.sub(" ", stem)))
    return " ".join(words.strip(" -_.,()").split()) or "Meeting"
