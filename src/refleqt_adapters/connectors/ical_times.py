"""What the dates and times of an iCalendar file mean: days, moments of a zone, moments of the business's own zone."""

from collections.abc import Iterable
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo

import attrs

from refleqt_core.errors import Fault, InvalidInput

from .ical_lines import Component, Value, shortened
from .reading import FIRST_YEAR, LAST_YEAR
from .recurrence import read_rule

_DEFINITION_PARTS = 200


@attrs.frozen(kw_only=True)
class IcalTime:
    """A local time of ``zone``, without an offset; ``whole_day`` where only a day was named.

    ``floating`` says that no zone was named, and the business's own was taken.
    """

    local: datetime
    zone: tzinfo
    whole_day: bool = False
    floating: bool = False

    @property
    def moment(self) -> datetime:
        """The moment in UTC; a local time that a clock change leaves out is after it, of two it is the first."""
        return self.local.replace(tzinfo=self.zone).astimezone(UTC)

    @property
    def key(self) -> str:
        """The same text for the same moment, however a file writes it; a day for a whole day."""
        return f"{self.local:%Y%m%d}" if self.whole_day else f"{self.moment:%Y%m%dT%H%M%SZ}"

    def at(self, local: datetime) -> "IcalTime":
        """Another local time of the same kind."""
        return attrs.evolve(self, local=local)


class Zones:
    """The time zones that a file names: by their usual names, else as the file itself defines them."""

    def __init__(self, source: str, home: str, definitions: Iterable[Component]) -> None:
        self._source = source
        self.home = ZoneInfo(home)
        self._definitions: dict[str, Component] = {}
        for component in definitions:
            for line in component.all("TZID"):
                self._definitions.setdefault(line.text.partition(":")[2].strip(), component)
        self._known: dict[str, tzinfo] = {}

    def zone(self, name: str, row: int) -> tzinfo:
        """The zone of that TZID; one that is neither known nor defined raises `InvalidInput`."""
        if name not in self._known:
            self._known[name] = _by_name(name) or self._defined(name, row)
        return self._known[name]

    def _defined(self, name: str, row: int) -> tzinfo:
        component = self._definitions.get(name)
        if component is None:
            problem = f"the time zone '{shortened(name)}' is neither known nor defined in the file"
            remedy = "Write a name like Europe/Berlin, or export the calendar with its time zones (VTIMEZONE)."
            raise InvalidInput([Fault(self._source, row, "TZID", problem, remedy)])
        return _built(self._source, component)


def times_of(source: str, value: Value, zones: Zones) -> list[IcalTime]:
    """The times of the property, which may list several; a text that is none raises `InvalidInput`."""
    # A period says how long something takes as well; only when it begins is a time.
    return [time_of(source, value, part.partition("/")[0], zones) for part in value.raw.split(",")]


def time_of(source: str, value: Value, text: str, zones: Zones) -> IcalTime:
    """The time that ``text`` is, with the property's own zone; a text that is none raises `InvalidInput`."""
    from icalendar import vDate, vDatetime

    said = text.strip()
    try:
        if not said.isascii():
            raise ValueError
        if len(said) == len("20260301"):
            day = vDate.from_ical(said)  # type: ignore[no-untyped-call]  # the library's
            local = datetime.combine(day, datetime.min.time())
            return _checked(source, value, IcalTime(local=local, zone=zones.home, whole_day=True, floating=True))
        found = vDatetime.from_ical(said)  # type: ignore[no-untyped-call]
    except (ValueError, TypeError) as error:
        problem = f"'{shortened(said)}' is not a date or time"
        remedy = "Write a day like 20260301, or a moment like 20260301T090000Z."
        raise InvalidInput([Fault(source, value.row, value.name, problem, remedy)]) from error
    assert isinstance(found, datetime)
    if found.tzinfo is not None:
        return _checked(source, value, IcalTime(local=found.replace(tzinfo=None), zone=UTC))
    named = value.parameters.get("TZID", "").strip()
    zone = zones.zone(named, value.row) if named else zones.home
    return _checked(source, value, IcalTime(local=found, zone=zone, floating=not named))


def _checked(source: str, value: Value, time: IcalTime) -> IcalTime:
    if FIRST_YEAR <= time.local.year <= LAST_YEAR:
        return time
    remedy = f"Write a year from {FIRST_YEAR} to {LAST_YEAR}."
    raise InvalidInput([Fault(source, value.row, value.name, f"it is in the year {time.local.year}", remedy)])


def _by_name(name: str) -> tzinfo | None:
    """The zone of the IANA database; Windows names and names with a maker's path before them are known too."""
    from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

    parts = name.strip("/").split("/")
    paths = ("/".join(parts[at:]) for at in range(len(parts)))
    for each in (WINDOWS_TO_OLSON.get(name, name), *paths):
        try:
            return ZoneInfo(each)
        except (KeyError, ValueError, OSError):
            continue
    return None


def _built(source: str, component: Component) -> tzinfo:
    from icalendar import Timezone

    _check_definition(source, component)
    try:
        timezone = Timezone.from_ical(component.written())
        assert isinstance(timezone, Timezone)
        built: tzinfo = timezone.to_tz(lookup_tzid=False)
        for year in (FIRST_YEAR, 2000, LAST_YEAR):
            datetime(year, 7, 1, tzinfo=built).utcoffset()
    except Exception as error:  # the library says in many ways that a definition is no good
        remedy = "Export the calendar anew, or name a zone like Europe/Berlin."
        problem = "the time zone's definition cannot be followed"
        raise InvalidInput([Fault(source, component.row, "VTIMEZONE", problem, remedy)]) from error
    return built


def _check_definition(source: str, component: Component) -> None:
    """A definition changes the clock by rules of a year; any other could keep the library busy for ever."""
    if len(component.parts) > _DEFINITION_PARTS:
        problem = f"the time zone has more than {_DEFINITION_PARTS} changes"
        raise InvalidInput([Fault(source, component.row, "VTIMEZONE", problem, "Name a zone like Europe/Berlin.")])
    for line in (line for part in component.parts for line in part.all("RRULE")):
        if read_rule(line.text.partition(":")[2]).get("FREQ") != "YEARLY":
            problem = "the time zone changes by a rule that is not yearly"
            raise InvalidInput([Fault(source, line.row, "RRULE", problem, "Name a zone like Europe/Berlin.")])
