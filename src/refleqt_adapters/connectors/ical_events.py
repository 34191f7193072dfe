"""The events and to-dos of an iCalendar file, and the dates on which each of them falls."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import attrs

from refleqt_core.errors import Fault, InvalidInput

from .ical_lines import Component, Value, value_of
from .ical_times import IcalTime, Zones, time_of, times_of
from .reading import Reading
from .recurrence import local_occurrences

MOST_DATES = 1_000
"""Dates that one recurring event may have in the window."""

LISTED = ("RRULE", "RDATE", "EXDATE", "CATEGORIES")
USED = frozenset(LISTED).union(
    ("UID", "SUMMARY", "DTSTART", "DUE", "DESCRIPTION", "URL", "STATUS", "RECURRENCE-ID", "SEQUENCE", "CREATED"),
    ("ORGANIZER", "X-REFLEQT-ENTRY"),
)
PLUMBING = frozenset(("DTSTAMP", "LAST-MODIFIED", "TRANSP", "DTEND", "DURATION", "CLASS", "PRIORITY"))
"""Properties that say nothing of what is planned."""


@attrs.frozen(kw_only=True)
class Event:
    """An event or to-do as the file has it: its first value of each property, all of those that list something."""

    component: Component
    uid: str
    start: IcalTime
    values: Mapping[str, Value]
    lists: Mapping[str, Sequence[Value]]
    replaces: IcalTime | None
    sequence: int

    @property
    def row(self) -> int:
        """Where it begins."""
        return self.component.row

    @property
    def recurs(self) -> bool:
        """Whether it falls on more than one date by itself."""
        return bool(self.lists["RRULE"] or self.lists["RDATE"])

    @property
    def cancelled(self) -> bool:
        """Whether it does not take place."""
        return self.text("STATUS").upper() == "CANCELLED"

    def text(self, name: str) -> str:
        """The text of the property, its escapes undone; "" where it is not there."""
        from icalendar.parser import unescape_backslash

        value = self.values.get(name)
        return "" if value is None else unescape_backslash(value.raw).strip()

    def texts(self, name: str) -> list[str]:
        """The texts that all lines of the property list."""
        from icalendar.parser import split_on_unescaped_comma

        return [part.strip() for value in self.lists[name] for part in split_on_unescaped_comma(value.raw)]


class Dated(NamedTuple):
    """An event on one of its dates; ``of`` is the key of that date in its series, None where there is no series."""

    event: Event
    at: IcalTime
    of: str | None


def event_of(source: str, component: Component, zones: Zones) -> Event | None:
    """The event; None where it has no date. All that is wrong with its lines raises `InvalidInput`."""
    values, lists, faults = _values(source, component)
    times: dict[str, IcalTime] = {}
    for name in ("DTSTART", "DUE", "RECURRENCE-ID"):
        if name in values:
            try:
                times[name] = time_of(source, values[name], values[name].raw, zones)
            except InvalidInput as error:
                faults += error.faults
    for value in (*lists["RDATE"], *lists["EXDATE"]):
        try:
            times_of(source, value, zones)
        except InvalidInput as error:
            faults += error.faults
    if faults:
        raise InvalidInput(faults)
    start = times.get("DUE") if component.name == "VTODO" else None
    start = start or times.get("DTSTART")
    if start is None:
        return None
    return Event(
        component=component,
        uid=values["UID"].raw.strip() if "UID" in values else "",
        start=start,
        values=values,
        lists=lists,
        replaces=times.get("RECURRENCE-ID"),
        sequence=_sequence(values),
    )


def dates_of(source: str, event: Event, zones: Zones, reading: Reading) -> list[IcalTime]:
    """The dates of a recurring event in the window of the reading, in their order.

    They are its start, those of its rules and those it lists, without those it leaves out. A rule that cannot be
    followed raises `InvalidInput`.
    """
    zone = event.start.zone
    now = reading.now.astimezone(zone).replace(tzinfo=None)
    window = _within(now, reading.back, reading.ahead)
    found = {event.start.local} | {time.local for time in _listed(source, event, "RDATE", zones)}
    for rule in event.lists["RRULE"]:
        found.update(_by_rule(source, event, rule, window))
    left_out = {time.key for time in _listed(source, event, "EXDATE", zones)}
    dates = [event.start.at(local) for local in sorted(found) if window[0] <= local < window[1]]
    return [date for date in dates if date.key not in left_out and date.key[:8] not in left_out]


def _within(now: datetime, back: timedelta, ahead: timedelta) -> tuple[datetime, datetime]:
    return now - back, now + ahead


def _by_rule(source: str, event: Event, rule: Value, window: tuple[datetime, datetime]) -> list[datetime]:
    try:
        return local_occurrences(rule.raw, event.start.local, event.start.zone, *window, most=MOST_DATES)
    except InvalidInput as error:
        raise InvalidInput(
            Fault(source, rule.row, f"RRULE {fault.field or ''}".strip(), fault.problem, fault.remedy)
            for fault in error.faults
        ) from error


def _listed(source: str, event: Event, name: str, zones: Zones) -> Iterator[IcalTime]:
    """The dates that the property lists, in the event's own zone."""
    for value in event.lists[name]:
        for time in times_of(source, value, zones):
            if time.whole_day or event.start.whole_day:
                yield attrs.evolve(time, zone=event.start.zone)
            else:
                yield event.start.at(time.moment.astimezone(event.start.zone).replace(tzinfo=None))


def _values(source: str, component: Component) -> tuple[dict[str, Value], dict[str, list[Value]], list[Fault]]:
    values: dict[str, Value] = {}
    lists: dict[str, list[Value]] = {name: [] for name in LISTED}
    faults: list[Fault] = []
    for line in component.lines:
        if line.name not in USED:
            continue
        try:
            value = value_of(source, line)
        except InvalidInput as error:
            faults += error.faults
            continue
        values.setdefault(line.name, value)
        if line.name in lists:
            lists[line.name].append(value)
    return values, lists, faults


def _sequence(values: Mapping[str, Value]) -> int:
    said = values["SEQUENCE"].raw.strip() if "SEQUENCE" in values else ""
    return int(said) if said.isascii() and said.isdecimal() and len(said) < 10 else 0
