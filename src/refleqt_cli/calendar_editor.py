"""An entry in the person's own editor, as a form: what is wrong with it can be mended, and nothing typed is lost."""

import os
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from refleqt_core.errors import InvalidInput, Unavailable

from .faults import told
from .output import say
from .session import At

if TYPE_CHECKING:
    from refleqt_core.intake.calendar import CalendarEntry
    from refleqt_core.intake.drafts import EntryDraft


def edited(at: At, entry: "CalendarEntry", stored: "EntryDraft", by: str | None) -> None:
    """The entry is as the form says once the editor is closed. Without a terminal, `InvalidInput`.

    A form with faults may be opened again; where it is not, its file stays, and a remark says wat.
    """
    from refleqt_adapters.entry_forms import read_entry_form, write_form

    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise InvalidInput("say what is to change, such as --set owner=Mira; the editor opens at a terminal alone")
    zone = at.business.time_zone
    path = Path(tempfile.mkdtemp(prefix="refleqt-")) / "entry.yaml"
    path.write_text(write_form(stored, zone), encoding="utf-8")
    before = read_entry_form(path, zone)
    while True:
        open_in_editor(path)
        try:
            _save(at, entry, path, before, by)
        except InvalidInput as error:
            told(error, debug=False)
            if not typer.confirm("Open it again?", default=True, err=True):
                say(f"What you wrote is kept in {path}")
                raise typer.Exit(2) from error
        except Exception:
            say(f"What you wrote is kept in {path}")
            raise
        else:
            path.unlink()
            path.parent.rmdir()
            return


def _save(at: At, entry: "CalendarEntry", path: Path, before: dict[str, object], by: str | None) -> None:
    from refleqt_adapters.entry_forms import changed_fields, read_entry_form

    changes = changed_fields(before, read_entry_form(path, at.business.time_zone))
    if not changes:
        say("Nothing was changed.")
        return
    at.container.calendar().edit(at.id, entry.id, changes, by=by, version=entry.version)


def open_in_editor(path: Path) -> None:
    editor = shlex.split(os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi")
    try:
        subprocess.run([*editor, str(path)], check=True)  # noqa: S603  # the person's own editor, as git opens it
    except (OSError, subprocess.CalledProcessError) as error:
        raise Unavailable(f"the editor '{editor[0]}' did not end well ({error}); name another one in EDITOR") from error
