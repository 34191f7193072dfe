"""A marketing calendar from an iCalendar file: its events and to-dos, each on each of its dates."""

from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from pathlib import Path

from refleqt_core.errors import Fault, InvalidInput
from refleqt_core.intake.drafts import EntryDraft

from .csv_records import RejectedLine, rejected_line
from .draft_rules import check_draft, refuse
from .ical_drafts import draft_of
from .ical_events import PLUMBING, USED, Dated, Event, dates_of, event_of
from .ical_lines import Component, read_calendars, shortened
from .ical_times import IcalTime, Zones
from .keyed_rows import FileContent
from .reading import Reading
from .remarks import Remarks

ENTRY_LIMIT = 50_000
"""Entries that one calendar may come to."""

RECURRING_LIMIT = 500
"""Recurring events of the largest calendar that is read."""

_LOST_LIMIT = 50
"""Rules that cannot be followed, after which the file is given up: to find that one never falls takes a while."""

_KINDS = ("VEVENT", "VTODO")
_KEPT = 10_000


def read_ical(path: Path, *, skip_bad_rows: bool = False, reading: Reading | None = None) -> FileContent[EntryDraft]:
    """The events of the file, and its to-dos with a date, as entries that the UID names for ever.

    A recurring event is an entry for each of its dates within the window of ``reading``, named by UID and date; dates
    that the file changes or cancels are as it says. Local times without a zone, and whole days, are in the zone of the
    reading, which the notes say, as they say what was passed over: what is no event, has no date, or is cancelled.

    Faults raise `InvalidInput` with all of them, each with the row of its line. With ``skip_bad_rows`` events that are
    at fault are kept apart instead.
    """
    calendar = _Calendar(str(path), reading or Reading.of_file(path))
    for component in read_calendars(path):
        calendar.take(component)
    return calendar.content(skip_bad_rows)


class _Calendar:
    """The entries of a file as its components are read, and what is to be said of them."""

    def __init__(self, source: str, reading: Reading) -> None:
        self._source, self._reading = source, reading
        self._remarks = Remarks()
        self._rejected: dict[int, RejectedLine] = {}
        self._items: dict[str, tuple[Component, EntryDraft]] = {}
        self._unused: set[str] = set()
        self._recurring = self._lost = 0

    def take(self, calendar: Component) -> None:
        """The entries of one VCALENDAR are among the items."""
        zones = Zones(self._source, self._reading.time_zone, (p for p in calendar.parts if p.name == "VTIMEZONE"))
        method = next((line.text.partition(":")[2].strip().upper() for line in calendar.all("METHOD")), "")
        by_uid: dict[str, list[Event]] = {}
        for component in calendar.parts:
            if component.name == "VTIMEZONE":
                continue
            if component.name not in _KINDS:
                self._remarks.pass_over(f"{component.name}, which is neither an event nor a to-do", component.row)
            elif event := self._event(component, zones, method):
                by_uid.setdefault(event.uid or _made_uid(event, self._remarks), []).append(event)
        for uid, events in by_uid.items():
            for dated in self._dated(uid, events, zones):
                self._add(uid, dated)

    def content(self, skip_bad_rows: bool) -> FileContent[EntryDraft]:
        """What the file held; `InvalidInput` where something of it is at fault and not to be skipped."""
        rejected = tuple(self._rejected[row] for row in sorted(self._rejected))
        if rejected and not skip_bad_rows:
            refuse(rejected)
        if not (self._items or rejected or self._remarks.passed_over):
            remedy = "Check that the right calendar was exported."
            raise InvalidInput([Fault(self._source, None, None, "the calendar holds no event and no to-do", remedy)])
        items = [draft for _, draft in self._items.values()]
        notes = self._remarks.told()
        return FileContent(items, rejected, tuple(sorted(self._unused)), self._remarks.passed_over, notes)

    def _event(self, component: Component, zones: Zones, method: str) -> Event | None:
        self._unused |= component.names - USED - PLUMBING
        try:
            event = event_of(self._source, component, zones)
        except InvalidInput as error:
            self._reject(component, error.faults)
            return None
        what = "event" if component.name == "VEVENT" else "to-do"
        if event is None:
            self._remarks.pass_over(f"{what} without a date", component.row)
        elif (event.cancelled or method == "CANCEL") and event.replaces is None:
            self._remarks.pass_over(f"cancelled {what}; what the calendar has of it stays", component.row)
        else:
            return event
        return None

    def _dated(self, uid: str, events: Sequence[Event], zones: Zones) -> Iterator[Dated]:
        """The events of one UID on their dates: a changed date stands for the one that it replaces."""
        main = self._newest(uid, [event for event in events if event.replaces is None])
        changed = {event.replaces.key: event for event in sorted(events, key=_age) if event.replaces is not None}
        for key, event in changed.items():
            if event.values["RECURRENCE-ID"].parameters.get("RANGE"):
                self._remarks.say("a change of a date and all after it is followed for that date alone", event.row)
            if event.cancelled:
                self._remarks.pass_over("cancelled date of a recurring event", event.row)
            else:
                yield Dated(event, event.start, key)
        if main is not None and main.recurs:
            yield from (Dated(main, at, at.key) for at in self._dates(main, zones) if at.key not in changed)
        elif main is not None:
            yield Dated(main, main.start, None)

    def _dates(self, event: Event, zones: Zones) -> Iterable[IcalTime]:
        self._recurring += 1
        if self._recurring > RECURRING_LIMIT:
            problem = f"the calendar has more than {RECURRING_LIMIT:,} recurring events"
            raise InvalidInput([Fault(self._source, event.row, "RRULE", problem, "Export several files.")])
        try:
            dates = dates_of(self._source, event, zones, self._reading)
        except InvalidInput as error:
            self._reject(event.component, error.faults)
            self._lost += 1
            if self._lost > _LOST_LIMIT:
                refuse(tuple(self._rejected.values()))
            return []
        if not dates:
            self._remarks.pass_over(f"recurring event without a date {self._window}", event.row)
        self._remarks.say(f"recurring events are taken {self._window}", event.row)
        return dates

    @property
    def _window(self) -> str:
        first, last = self._reading.now - self._reading.back, self._reading.now + self._reading.ahead
        return f"from {first:%Y-%m-%d} until {last:%Y-%m-%d}"

    def _newest(self, uid: str, events: Sequence[Event]) -> Event | None:
        """The event that counts among those of one UID: the newest version. Two that are different and equally new
        are both at fault."""
        versions = sorted(events, key=_age)
        latest = [event for event in versions if _age(event) == _age(versions[-1])]
        if any(event.component.lines_alike != latest[0].component.lines_alike for event in latest):
            for event in latest:
                self._reject(event.component, [_same_uid(self._source, uid, event, latest)])
            return None
        for event in versions[:-1]:
            self._remarks.pass_over("older or equal version of an event with the same UID", event.row)
        return versions[-1] if versions else None

    def _add(self, uid: str, dated: Dated) -> None:
        component = dated.event.component
        name = uid if dated.of is None else f"{uid}/{dated.of}"
        try:
            draft = draft_of(self._source, name, dated, self._reading, self._remarks)
            check_draft(self._source, component.row, draft)
        except InvalidInput as error:
            self._reject(component, error.faults)
            return
        if draft.external_id in self._items:
            before = self._items[draft.external_id][0]
            self._reject(component, [_same_entry(self._source, component.row, before.row, draft.external_id)])
            return
        self._items[draft.external_id] = component, draft
        if len(self._items) > ENTRY_LIMIT:
            problem = f"the calendar comes to more than {ENTRY_LIMIT:,} entries"
            raise InvalidInput([Fault(self._source, component.row, None, problem, "Export several files.")])

    def _reject(self, component: Component, faults: Iterable[Fault]) -> None:
        before = self._rejected.get(component.row)
        raw = component.written()[:_KEPT].encode()
        known = before.faults if before else ()
        self._rejected[component.row] = rejected_line(component.row, raw, (*known, *faults))


def _age(event: Event) -> tuple[int, str]:
    """What orders the versions of an event: its SEQUENCE, then when it was changed."""
    changed = next(event.component.all("LAST-MODIFIED"), None)
    return event.sequence, changed.text.rpartition(":")[2].strip() if changed else ""


def _made_uid(event: Event, remarks: Remarks) -> str:
    remarks.say("without a UID, so it is known by its start and title: changed, it is another entry", event.row)
    known_by = f"{event.start.key} {event.text('SUMMARY')}"
    return f"ical-{sha256(known_by.encode()).hexdigest()[:16]}"


def _same_uid(source: str, uid: str, event: Event, events: Sequence[Event]) -> Fault:
    others = ", ".join(f"{other.row:,}" for other in events[:6] if other is not event)
    problem = f"the UID '{shortened(uid)}' is that of another event of the same SEQUENCE too, in row {others}"
    return Fault(source, event.row, "UID", problem, "Give each event a UID of its own, or leave one out.")


def _same_entry(source: str, row: int, other: int, name: str) -> Fault:
    problem = f"the event in row {other:,} comes to the same entry '{shortened(name)}'"
    return Fault(source, row, "UID", problem, "Give each event a UID of its own, or leave one out.")
