"""When an entry is posted on a channel, as it is written: moments, days with a time, delays, recurrences."""

import re
from datetime import date, datetime
from functools import lru_cache

from .address_rules import Problem

_DAY = (
    r"(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?s?|daily|weekdays|weekends|monthly|weekly|yearly"
)
_TIME = r"(?:[01]?\d|2[0-3]):[0-5]\d"
_FORMS = (
    re.compile(rf"(?:every )?(?:{_DAY})(?:(?: ?[,&+] ?| and )(?:{_DAY}))*(?: (?:at )?{_TIME})?"),
    re.compile(rf"{_TIME}"),
    re.compile(rf"\+? ?\d{{1,3}} ?(?:h|hours?|d|days?|w|weeks?|m|months?)(?: later| after)?(?: (?:at )?{_TIME})?"),
    re.compile(r"(?:rrule:)?freq=(?:hourly|daily|weekly|monthly|yearly)(?:;[a-z]+=[a-z0-9,+:-]+)*"),
)
REMEDY = "Write '2026-03-09T09:00', 'Tue 09:00', 'daily 18:30', '+3d' or 'FREQ=WEEKLY;BYDAY=MO'"


@lru_cache(4_096)
def schedule_problem(slots: tuple[str, ...]) -> Problem | None:
    """Each slot is a moment or day (ISO 8601), days of the week, a delay after publication, or a rule of RFC 5545."""
    for slot in slots:
        said = " ".join(slot.split()).lower()
        if not (any(form.fullmatch(said) for form in _FORMS) or _is_moment(slot.strip())):
            return Problem(f"'{slot}' says no time of posting", REMEDY)
    return None


def _is_moment(text: str) -> bool:
    try:
        date.fromisoformat(text) if len(text) == len("2026-03-09") else datetime.fromisoformat(text)
    except ValueError:
        return False
    return True
