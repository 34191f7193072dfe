"""Files that somebody names on a command line: found, told apart, and read to the end before anything is written."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from refleqt_core.attribution.models import MODELS
from refleqt_core.attribution.path_report import By, PathReport, path_report
from refleqt_core.errors import Fault, InvalidInput
from refleqt_core.intake.drafts import OnboardingForm

from .connectors.activity_file import read_activity
from .connectors.calendar_table import looked_at
from .connectors.file_kinds import FILE_KINDS, sniff
from .connectors.onboarding_file import read_onboarding
from .connectors.path_file import read_path_file
from .connectors.rejected_file import write_rejected
from .connectors.slack_archive import is_slack_export
from .connectors.slack_export import SlackChoice, read_slack
from .connectors.transcript_files import TRANSCRIPT_TYPES, is_transcript

ALIASES = {
    "crm": "deals",
    "activities": "activity",
    "people": "team",
    "ics": "ical",
    "wxr": "wordpress",
    **dict.fromkeys(("vtt", "srt", "docx", "txt", "transcripts"), "transcript"),
}

ORDER = (
    *("onboarding", "team", "calendar", "ical", "wordpress", "ghost", "vents"),
    *("activity", "transcript", "slack", "performance"),
)
"""What others are joined to comes first."""

LAST = ("creators", "creator_history")


class Source(NamedTuple):
    """A file and what kind it is."""

    path: Path
    kind: str


def sources(arguments: Sequence[str]) -> list[Source]:
    """The files meant by ``[KIND] FILE…``, in the order in which they have to be imported.

    A folder stands for all files in it, and below it, that have the ending of a kind: but for texts, documents and ZIP
    files that by what they hold are no transcripts and no exports, and for what an activity there names as its own.
    What is not there, and what looks like no kind, raise `InvalidInput`, all of it at once.
    """
    kind = _kind_named(arguments[0]) if arguments and not Path(arguments[0]).exists() else None
    faults: list[Fault] = []
    found: list[Source] = []
    for argument in arguments[1 if kind else 0 :]:
        for file in _files(Path(argument), kind, faults):
            try:
                found.append(Source(file, kind or sniff(file)))
            except InvalidInput as error:
                faults += error.faults
    if faults or not found:
        remedy = f"Name a file or a folder; a kind may stand before it: {', '.join(FILE_KINDS)}."
        raise InvalidInput(faults or [Fault(" ".join(arguments), None, None, "there is no file to import", remedy)])
    return sorted(dict.fromkeys(found), key=lambda source: _rank(source.kind))


def check(
    files: Iterable[Source], *, skip_bad_rows: bool = False, private: bool = False, channels: Sequence[str] = ()
) -> None:
    """Every file can be imported; any fault of any of them raises `InvalidInput` with all faults of all of them.

    ``private`` and ``channels`` say what is taken of Slack's exports, as in `FileImporter.import_slack`.
    """
    choice = SlackChoice(private=private, channels=tuple(channels))
    faults: list[Fault] = []
    for path, kind in files:
        try:
            if kind == "slack":
                read_slack(path, skip_bad_rows=skip_bad_rows, choice=choice)
            else:
                FILE_KINDS[kind].read(path, skip_bad_rows=skip_bad_rows)
        except InvalidInput as error:
            faults += error.faults
    if faults:
        raise InvalidInput(faults)


def is_foreign_calendar(source: Source) -> bool:
    """Whether it is a calendar whose columns are not named as Refleqt names them; one that cannot be read is not."""
    try:
        return source.kind == "calendar" and not looked_at(source.path).is_own
    except InvalidInput:
        return False


def onboarding_form(path: Path) -> OnboardingForm:
    """The form as the file fills it in; any fault raises `InvalidInput` with all faults by line and field."""
    return read_onboarding(path)


def path_credits(
    path: Path, models: Sequence[str] = tuple(MODELS), by: By = "conversions", *, skip_bad_rows: bool = False
) -> PathReport:
    """The credit of each channel of the file's paths under each model.

    With ``skip_bad_rows`` the faulty rows lie with their reasons in a file beside it, and the notes say so; else any
    fault raises `InvalidInput` with all faults.
    """
    content = read_path_file(path, skip_bad_rows=skip_bad_rows)
    report = path_report(content.table, models, by)
    if content.rejected:
        target = write_rejected(path, content.rejected)
        report["notes"].append(f"rows left out: {len(content.rejected)}; the reasons are in {target}")
    return report


def _kind_named(name: str) -> str | None:
    plain = name.lower().replace("-", "_")
    plain = ALIASES.get(plain, plain)
    return plain if plain in FILE_KINDS else None


def _rank(kind: str) -> int:
    if kind in LAST:
        return len(ORDER) + 1 + LAST.index(kind)
    return ORDER.index(kind) if kind in ORDER else len(ORDER)


def _files(path: Path, kind: str | None, faults: list[Fault]) -> Iterator[Path]:
    if path.is_dir():
        kinds = [FILE_KINDS[kind]] if kind else FILE_KINDS.values()
        endings = {ending for each in kinds for ending in each.suffixes}
        inside = sorted(file for file in path.rglob("*") if file.is_file() and file.suffix.lower() in endings)
        own = _of_activities(inside)
        for file in inside:
            if not (file.name.startswith(".") or ".rejected." in file.name or file in own) and _is_one(file):
                yield file
    elif path.exists():
        yield path
    else:
        remedy = f"Check the path. A kind may stand first: {', '.join(FILE_KINDS)}."
        faults.append(Fault(str(path), None, None, "there is no such file", remedy))


def _is_one(file: Path) -> bool:
    """Whether a file of a folder is what its ending may stand for."""
    suffix = file.suffix.lower()
    if suffix == ".zip":
        return is_slack_export(file)
    return suffix not in TRANSCRIPT_TYPES or is_transcript(file)


def _of_activities(files: Iterable[Path]) -> set[Path]:
    """The files that activities among ``files`` name as theirs; what is wrong with one its own reading says."""
    own: set[Path] = set()
    for form in files:
        if form.suffix.lower() in FILE_KINDS["activity"].suffixes:
            with suppress(InvalidInput):
                own.update(read_activity(form).files)
    return own
