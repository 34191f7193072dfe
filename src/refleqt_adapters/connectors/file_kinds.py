"""The kinds of files that can be imported, and which of them a file is."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, Protocol

import attrs

from refleqt_core.errors import Fault, InvalidInput

from .activity_file import read_activity
from .calendar_file import CALENDAR_COLUMNS, CALENDAR_SUFFIXES, read_calendar
from .calendar_table import looked_at
from .csv_table import Column, read_header
from .file_signs import SIGNED, signs
from .ghost_file import read_ghost
from .ical_file import read_ical
from .journey_files import CONVERSION_COLUMNS, TOUCH_COLUMNS, read_conversions, read_touches
from .keyed_rows import FileContent
from .mail_file import read_mail
from .metric_files import (
    ADS_COLUMNS,
    DEAL_COLUMNS,
    PERFORMANCE_COLUMNS,
    read_ads,
    read_crm_deals,
    read_performance,
)
from .onboarding_file import read_onboarding
from .people_files import HISTORY_COLUMNS, read_creator_history, read_creators, read_team
from .reading import Reading
from .sheet_records import is_workbook
from .slack_export import read_slack
from .tool_exports import (
    GA4_COLUMNS,
    GOOGLE_ADS_COLUMNS,
    INSTAGRAM_COLUMNS,
    MAILCHIMP_COLUMNS,
    read_ga4_events,
    read_google_ads,
    read_instagram,
    read_mailchimp,
)
from .transcript_files import TRANSCRIPT_TYPES, read_transcript_file
from .vent_file import VENT_FIELDS, read_vents
from .wordpress_file import read_wordpress
from .yaml_form import read_form


class Reader(Protocol):
    """Reads a file whole, or raises `InvalidInput` with every fault of it."""

    def __call__(self, path: Path, *, skip_bad_rows: bool = False) -> FileContent[Any]: ...


class PlacedReader(Protocol):
    """A `Reader` of files whose times depend on where and when they are read."""

    def __call__(self, path: Path, *, skip_bad_rows: bool = False, reading: Reading | None = None) -> FileContent[Any]:
        """Without a ``reading``: as `Reading.of_file` says."""


@attrs.frozen(kw_only=True)
class FileKind:
    """One kind of file: what it is, how it ends, its columns (or top fields) and which it has to have, its reader."""

    description: str
    suffixes: tuple[str, ...]
    columns: tuple[str, ...]
    required: tuple[str, ...]
    read: Reader
    placed: PlacedReader | None = None

    def content(self, path: Path, reading: Reading, *, skip_bad_rows: bool = False) -> FileContent[Any]:
        """What the file holds, its local times as ``reading`` says; errors are those of its reader."""
        if self.placed is None:
            return self.read(path, skip_bad_rows=skip_bad_rows)
        return self.placed(path, skip_bad_rows=skip_bad_rows, reading=reading)


def sniff(path: Path) -> str:
    """The name of the kind of file that it is, by its ending and its header or top fields.

    A file that lacks something of its kind is still of that kind, so that its reader can say what is missing. One that
    looks like none raises `InvalidInput` with the kinds there are, as does one that cannot be read at all.
    """
    kinds = {name: kind for name, kind in FILE_KINDS.items() if path.suffix.lower() in kind.suffixes}
    found = _found(path, kinds)
    alike = {name: _likeness(kind, found) for name, kind in kinds.items()}
    best = max(alike, key=lambda name: alike[name], default=None)
    if best is None or alike[best] < (0, 0.5, 0):
        if path.suffix.lower() in CALENDAR_SUFFIXES and looked_at(path).is_calendar:
            return "calendar"
        known = ", ".join(f"{name} ({'/'.join(kind.suffixes)})" for name, kind in FILE_KINDS.items())
        problem = f"it looks like no kind of file that is known; it has: {', '.join(sorted(found))[:500] or 'nothing'}"
        raise InvalidInput([Fault(str(path), None, None, problem, f"Say what it is; the kinds are: {known}.")])
    return best


def _names(path: Path, kinds: Mapping[str, FileKind]) -> Sequence[str]:
    suffix = path.suffix.lower()
    if suffix in SIGNED:
        return signs(path)
    if not kinds or suffix == ".jsonl":
        return [name for kind in kinds.values() for name in kind.columns]
    return read_header(path) if suffix in (".csv", ".tsv") else read_form(path).names()


def _found(path: Path, kinds: Mapping[str, FileKind]) -> frozenset[str]:
    """The names that are in the file; none where its header is only found by one who looks for that of a calendar."""
    try:
        return frozenset(() if is_workbook(path) else _names(path, kinds))
    except InvalidInput:
        if path.suffix.lower() in CALENDAR_SUFFIXES and looked_at(path).is_calendar:
            return frozenset()
        raise


def _likeness(kind: FileKind, found: frozenset[str]) -> tuple[int, float, int]:
    """Whether all that it has to have is there, the share of that which is, and how many of its columns are."""
    there = len(found.intersection(kind.required))
    return int(there == len(kind.required)), there / len(kind.required), len(found.intersection(kind.columns))


def _table(description: str, columns: Sequence[Column], read: Reader) -> FileKind:
    return FileKind(
        description=description,
        suffixes=(".csv", ".tsv"),
        columns=tuple(dict.fromkeys(name for column in columns for name in (column.name, *column.beside))),
        required=tuple(column.name for column in columns if column.required),
        read=read,
    )


def _document(description: str, suffix: str, sign: str, read: Reader, placed: PlacedReader | None = None) -> FileKind:
    """A kind that a file shows by a sign of its own, whatever fields it has."""
    return FileKind(
        description=description, suffixes=(suffix,), columns=(sign,), required=(sign,), read=read, placed=placed
    )


def _form(
    description: str,
    columns: Sequence[str],
    required: Sequence[str],
    read: Callable[[Path], Any],
    suffixes: tuple[str, ...] = (".yaml", ".yml"),
) -> FileKind:
    def read_whole(path: Path, *, skip_bad_rows: bool = False) -> FileContent[Any]:
        """A form has no rows that could be skipped: it is read whole either way."""
        content = read(path)
        return FileContent(content if isinstance(content, list) else [content])

    return FileKind(
        description=description,
        suffixes=suffixes,
        columns=tuple(columns),
        required=tuple(required),
        read=read_whole,
    )


FILE_KINDS: Mapping[str, FileKind] = MappingProxyType(
    {
        "onboarding": _form(
            "what a business says of itself, in ten groups",
            ("identity", "audience"),
            ("identity",),
            read_onboarding,
            (".yaml", ".yml", ".json"),
        ),
        "team": _form("the people of the business", ("members",), ("members",), read_team),
        "calendar": FileKind(
            description="marketing artifacts, planned and published, from any tool",
            suffixes=CALENDAR_SUFFIXES,
            columns=CALENDAR_COLUMNS,
            required=("external_id", "title", "artifact_type"),
            read=read_calendar,
            placed=read_calendar,
        ),
        "ical": _document("a calendar of any calendar program", ".ics", "vcalendar", read_ical, read_ical),
        "wordpress": _document("posts and pages of WordPress (WXR)", ".xml", "wordpress", read_wordpress),
        "ghost": _document("posts and pages of Ghost", ".json", "ghost", read_ghost),
        "vents": FileKind(
            description="the vent board, one JSON object a line",
            suffixes=(".jsonl",),
            columns=VENT_FIELDS,
            required=VENT_FIELDS[:3],
            read=read_vents,
            placed=read_vents,
        ),
        "mail": _document("a vent that came as a mail", ".eml", "mail header", read_mail, read_mail),
        "activity": _form(
            "a team activity, with its files beside it",
            (
                "external_id",
                "activity_type",
                "title",
                "held_at",
                "duration_minutes",
                "participants",
                "notes",
                "audio",
                "transcripts",
                "files",
            ),
            ("activity_type", "held_at"),
            read_activity,
        ),
        "transcript": FileKind(
            description="what was said in a meeting, as a tool wrote it down (WebVTT, SubRip, text, Word)",
            suffixes=tuple(TRANSCRIPT_TYPES),
            columns=("transcript",),
            required=("transcript",),
            read=read_transcript_file,
        ),
        "slack": _document(
            "an export of Slack: each channel's days as conversations", ".zip", "slack", read_slack, read_slack
        ),
        "performance": _table("results of published artifacts by day", PERFORMANCE_COLUMNS, read_performance),
        "ads": _table("what each ad did and cost by day", ADS_COLUMNS, read_ads),
        "deals": _table("the deals of a CRM", DEAL_COLUMNS, read_crm_deals),
        "touches": _table("visits with their UTM values", TOUCH_COLUMNS, read_touches),
        "conversions": _table("conversions and what they were worth", CONVERSION_COLUMNS, read_conversions),
        "creators": _form("the creators of the marketplace", ("creators", "currency"), ("creators",), read_creators),
        "creator_history": _table("past jobs of the creators", HISTORY_COLUMNS, read_creator_history),
        "google_ads": _table("Google Ads: statistics of ads", GOOGLE_ADS_COLUMNS, read_google_ads),
        "mailchimp": _table("Mailchimp: campaigns", MAILCHIMP_COLUMNS, read_mailchimp),
        "ga4": _table("Google Analytics 4: events", GA4_COLUMNS, read_ga4_events),
        "instagram": _table("Instagram: insights of media", INSTAGRAM_COLUMNS, read_instagram),
    }
)
"""Every kind by its name, as ``refleqt import --kind`` takes it."""
