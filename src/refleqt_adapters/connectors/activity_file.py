"""A team activity from a YAML file, with the files that lie beside it."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

from refleqt_core.errors import Fault, InvalidInput
from refleqt_core.intake.activities import Participant
from refleqt_core.intake.drafts import ActivityDraft, UploadedFile

from .cells import moment, number
from .csv_records import opened
from .transcript_files import TRANSCRIPT_TYPES, read_transcript_file
from .yaml_form import Form, read_form

MEDIA_TYPES = {
    ".wav": "audio/wav",
    ".mp3": "audio/mpeg",
    ".m4a": "audio/mp4",
    ".ogg": "audio/ogg",
    ".flac": "audio/flac",
    **TRANSCRIPT_TYPES,
    ".md": "text/markdown",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".jpg": "image/jpeg",
}


class ActivityFile(NamedTuple):
    """The activity, and where its files are."""

    draft: ActivityDraft
    files: list[Path]


def read_activity(path: Path) -> ActivityFile:
    """The activity as the file tells it; any fault raises `InvalidInput` with all faults by line and field.

    ``audio``, ``transcripts`` and ``files`` name files that lie in the same folder; one that does not is a fault, and
    so is every fault of a transcript.
    """
    form = read_form(path)
    draft = ActivityDraft(
        external_id=form.value("external_id", required=True),
        activity_type=form.value("activity_type", required=True),
        held_at=form.value("held_at", moment, required=True),
        duration_minutes=form.value("duration_minutes", number(minimum=0, remedy="Write how many minutes it took")),
        participants=tuple(map(_participant, form.items("participants"))),
        notes=form.value("notes", default=""),
        title=form.value("title", default=""),
    )
    files = [file for name in ("audio", "transcripts", "files") for file in _files(form, name, path.parent)]
    form.finish()
    _check_transcripts(file for file in files if file.suffix.lower() in TRANSCRIPT_TYPES)
    return ActivityFile(draft, files)


@contextmanager
def uploads(files: Sequence[Path]) -> Iterator[list[UploadedFile]]:
    """The files are open for as long as the block runs, each with the media type that its name says."""
    with ExitStack() as stack:
        yield [
            UploadedFile(
                name=file.name,
                media_type=MEDIA_TYPES.get(file.suffix.lower(), "application/octet-stream"),
                data=stack.enter_context(opened(file)),
            )
            for file in files
        ]


def _check_transcripts(files: Iterable[Path]) -> None:
    faults: list[Fault] = []
    for file in files:
        try:
            read_transcript_file(file)
        except InvalidInput as error:
            faults += error.faults
    if faults:
        raise InvalidInput(faults)


def _participant(form: Form) -> Participant:
    return Participant(name=form.value("name", required=True, default=""), role=form.value("role", default=""))


def _files(form: Form, name: str, folder: Path) -> Iterator[Path]:
    for said in form.values(name):
        file = folder / said
        if Path(said).name != said:
            form.fault(name, f"'{said}' is not in the same folder", "Put the file beside this one, and write its name.")
        elif not file.is_file():
            form.fault(name, f"there is no file '{said}' beside this one", "Put it there, or leave the field out.")
        else:
            yield file
