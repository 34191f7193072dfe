"""``refleqt transcribe``: what is said in recordings, with its times; no database is needed."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .groups import GET
from .output import AsJson, console, print_json, say
from .session import session

if TYPE_CHECKING:
    from refleqt_core.errors import Fault
    from refleqt_core.ports import Transcriber, Transcript
    from refleqt_core.ports.transcriber import Progress

ENDINGS = {"txt": "text", "text": "text", "vtt": "vtt", "srt": "srt", "json": "json"}

STOPPED = 130
"""The exit code of what Ctrl-C stops, as shells have it: 128 and the number of the signal."""


def register(app: typer.Typer) -> None:
    """The app has the command."""
    app.command("transcribe", rich_help_panel=GET)(transcribe)


def transcribe(
    ctx: typer.Context,
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Recordings: sound or film of any format.")],
    form: Annotated[
        str | None,
        typer.Option("--format", metavar="text|vtt|srt|json", help="How to write it; else as --out ends, or text."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Where to; for several recordings, a folder.")
    ] = None,
    transcriber: Annotated[
        str | None, typer.Option(metavar="NAME", help="Who listens; else as REFLEQT_TRANSCRIBER says.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite what is there; never a recording.")] = False,
    as_json: AsJson = False,
) -> None:
    """Write down what is said in recordings, with the time of each utterance.

    Nothing is kept, and no business is needed. Of several recordings, --json prints a list.
    One that cannot be heard is told at the end, when the others have been written. Ctrl-C stops, with exit code 130,
    and writes nothing of the one that is being heard.
    """
    from refleqt_core.errors import Fault, InvalidInput

    named = _form(form, out, as_json=as_json)
    if len(files) > 1 and out is None and named in ("vtt", "srt"):
        raise InvalidInput(f"several recordings make several files of {named}; name a folder for them with --out")
    _check(files, out)
    targets = _targets(files, out, named)
    _check_targets(targets, files, force=force)
    chosen = {} if transcriber is None else {"transcriber": _known(transcriber)}
    faults: list[Fault] = []
    with _stopped_by_hand(), session(ctx).open(**chosen) as container:
        heard = _heard(container.transcriber(), files, faults)
        if out is not None:
            _write(heard, targets, named)
        elif named == "json":
            _print_json(heard, several=len(files) > 1)
        else:
            _print(heard, named, several=len(files) > 1)
    if faults:
        raise InvalidInput(faults)


def _form(form: str | None, out: Path | None, *, as_json: bool) -> str:
    from refleqt_adapters.transcript_exports import FORMATS
    from refleqt_core.errors import InvalidInput

    ending = out.suffix.removeprefix(".").lower() if out is not None and not out.is_dir() else ""
    named = form or ("json" if as_json else ENDINGS.get(ending, "text"))
    if named not in FORMATS:
        raise InvalidInput(f"there is no format '{named}'; choose one of {', '.join(FORMATS)}")
    if as_json and named != "json":
        raise InvalidInput(f"--json and --format {named} contradict each other; give one of them")
    return named


def _known(transcriber: str) -> str:
    from typing import get_args

    from refleqt_adapters.settings import Settings
    from refleqt_core.errors import InvalidInput

    names = get_args(Settings.model_fields["transcriber"].annotation)
    if transcriber not in names:
        raise InvalidInput(f"there is no transcriber '{transcriber}'; choose one of {', '.join(names)}")
    return transcriber


def _check(files: Sequence[Path], out: Path | None) -> None:
    """Every file is there, and so is what they are written to: hours of listening are not for nothing."""
    from refleqt_core.errors import Fault, InvalidInput

    faults = [Fault(str(f), None, None, "there is no such file", "Check the path.") for f in files if not f.is_file()]
    if out is not None and len(files) > 1 and not out.is_dir() and (out.exists() or out.suffix[1:].lower() in ENDINGS):
        faults.append(Fault(str(out), None, None, "it is no folder", "Name a folder for several recordings."))
    if out is not None and not out.parent.is_dir():
        faults.append(Fault(str(out), None, None, "its folder does not exist", "Make the folder, or name another."))
    if faults:
        raise InvalidInput(faults)


def _targets(files: Sequence[Path], out: Path | None, form: str) -> dict[Path, Path]:
    """Where each recording's words are written to; nowhere where they are printed."""
    if out is None:
        return {}
    if not (len(files) > 1 or out.is_dir()):
        return {files[0]: out}
    ending = "txt" if form == "text" else form
    return {file: out / f"{file.name}.{ending}" for file in files}


def _check_targets(targets: dict[Path, Path], files: Sequence[Path], *, force: bool) -> None:
    """What is written destroys no recording, nothing that was written for another, and nothing unasked."""
    from refleqt_core.errors import Fault, InvalidInput

    faults, sources = [], dict[Path, Path]()
    for file, target in targets.items():
        if target.exists() and any(target.samefile(each) for each in files):
            faults.append(Fault(str(target), None, None, "it is a recording itself", "Name another file with --out."))
        elif (other := sources.setdefault(target, file)) is not file:
            problem = f"both {other} and {file} would be written to it"
            faults.append(Fault(str(target), None, None, problem, "Give them one at a time, or other names."))
        elif target.is_file() and not force:
            remedy = "Name another with --out, or overwrite it with --force."
            faults.append(Fault(str(target), None, None, "it is there already", remedy))
    if faults:
        raise InvalidInput(faults)


def _heard(
    transcriber: "Transcriber", files: Sequence[Path], faults: "list[Fault]"
) -> "Iterator[tuple[Path, Transcript]]":
    """Each file that can be heard, as soon as it has been, with what is said in it; ``faults`` has the others'."""
    from refleqt_core.errors import InvalidInput

    for file in dict.fromkeys(files):
        second = 0.0
        try:
            with file.open("rb") as audio, listening(file.name) as progress:

                def told(seconds: float, of: float | None, progress: "Progress" = progress) -> None:
                    nonlocal second
                    second = seconds
                    progress(seconds, of)

                heard = transcriber.transcribe(audio, _media_type(file), progress=told)
        except KeyboardInterrupt:
            from .activity_show import clock

            say(f"Stopped in {file.name} at {clock(second)}; nothing of it was written.")
            raise typer.Exit(STOPPED) from None
        except InvalidInput as error:
            faults += [fault._replace(source=str(file)) for fault in error.faults]
            continue
        if not heard.segments:
            say(f"Nobody says a word in {file.name}.")
        yield file, heard


def _media_type(file: Path) -> str:
    from mimetypes import guess_type

    return guess_type(file.name)[0] or "application/octet-stream"


@contextmanager
def _stopped_by_hand() -> Iterator[None]:
    """Ctrl-C between two recordings ends the command as it does in the midst of one."""
    try:
        yield
    except KeyboardInterrupt:
        say("Stopped; nothing more was written.")
        raise typer.Exit(STOPPED) from None


@contextmanager
def listening(name: str) -> "Iterator[Progress]":
    """A bar in seconds of sound on a terminal, which is gone at the end; elsewhere nothing."""
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    err = console(stderr=True)
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=30),
        TextColumn("{task.fields[heard]}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as bar:
        task = bar.add_task(name, total=None, heard="")

        def told(seconds: float, of: float | None) -> None:
            heard = f"{seconds:,.0f} s" if of is None else f"{seconds:,.0f} of {of:,.0f} s"
            bar.update(task, completed=seconds, total=of, heard=heard)

        yield told


def _write(heard: "Iterable[tuple[Path, Transcript]]", targets: dict[Path, Path], form: str) -> None:
    from refleqt_adapters.transcript_exports import written

    for file, transcript in heard:
        target = targets[file]
        target.parent.mkdir(exist_ok=True)
        target.write_text(written(transcript, form), encoding="utf-8")
        say(f"Written to {target}")


def _print_json(heard: "Iterable[tuple[Path, Transcript]]", *, several: bool) -> None:
    """The one document, or a list; what was heard before somebody else's fault is printed all the same."""
    from refleqt_adapters.transcript_exports import as_document

    found: list[dict[str, Any]] = []
    try:
        for file, transcript in heard:
            found.append({"file": str(file), **as_document(transcript)})
    finally:
        if several or found:
            print_json(found if several else found[0])


def _print(heard: "Iterable[tuple[Path, Transcript]]", form: str, *, several: bool) -> None:
    from refleqt_adapters.transcript_exports import written

    from .visible import visible

    for file, transcript in heard:
        title = f"{file.name}\n" if several else ""
        sys.stdout.write(visible(title + written(transcript, form)))
        sys.stdout.flush()
