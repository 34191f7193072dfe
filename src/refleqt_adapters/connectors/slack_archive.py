"""The ZIP file that Slack exports: its people, its channels, and the days of each, one file at a time.

Names of files inside only tell what is where; nothing is unpacked to disk.
"""

import json
import re
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO

import attrs

from refleqt_core.errors import Fault, InvalidInput

from .slack_text import SlackText

FILES_LIMIT = 500_000
UNPACKED_LIMIT = 20_000_000_000
"""Bytes of all files together, unpacked."""

FILE_LIMIT = 100_000_000
"""Bytes of the largest file inside, unpacked: a day of a channel, or the list of the people."""

LISTS: Mapping[str, str] = {
    "channels.json": "channel",
    "groups.json": "private channel",
    "mpims.json": "group of direct messages",
    "dms.json": "direct messages",
}
"""The files that list the conversations, and what each lists."""

PEOPLE = ("users.json", "org_users.json")
_HEAD = 100
_DAY_FILE = re.compile(r"(.+)/(\d{4}-\d\d-\d\d)\.json")
_EXPORT_AGAIN = "Export the workspace again in Slack, and take the ZIP file as it is."


@attrs.frozen(kw_only=True)
class Person:
    """Somebody of the workspace; ``is_bot`` is said of apps."""

    name: str
    title: str = ""
    is_bot: bool = False


@attrs.frozen(kw_only=True)
class Channel:
    """A conversation: what kind it is (`LISTS`), the folder of its days, and its day files by date."""

    id: str
    name: str
    kind: str
    members: tuple[str, ...] = ()
    days: tuple[tuple[date, str], ...] = ()

    @property
    def is_private(self) -> bool:
        """Whether not everybody of the workspace can read it."""
        return self.kind != "channel"


@attrs.frozen(kw_only=True)
class SlackArchive:
    """An open export."""

    source: str
    packed: zipfile.ZipFile
    people: Mapping[str, Person]
    channels: tuple[Channel, ...]

    @property
    def text(self) -> SlackText:
        """How its messages are turned into text; private channels are not named there."""
        public = {each.id: each.name.removeprefix("#") for each in self.channels if not each.is_private}
        return SlackText(people={id: person.name for id, person in self.people.items()}, channels=public)

    def messages(self, file: str) -> list[Mapping[str, Any]] | Fault:
        """The messages of one day's file, in its order; or why they cannot be read."""
        return _listed(self.source, self.packed, file)


def is_slack_export(path: Path) -> bool:
    """Whether it is a ZIP file with one of Slack's lists in it."""
    try:
        with zipfile.ZipFile(path) as packed:
            return _root(packed.namelist()) is not None
    except (OSError, zipfile.BadZipFile):
        return False


@contextmanager
def opened_archive(source: str, file: BinaryIO) -> Iterator[SlackArchive]:
    """The export is open; what is none, is too large, or has a broken list raises `InvalidInput` with all faults."""
    file.seek(0)
    if not file.read(_HEAD).strip():
        raise InvalidInput([Fault(source, None, None, "the file is empty", _EXPORT_AGAIN)])
    try:
        packed = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, OSError) as error:
        raise InvalidInput([Fault(source, None, None, "it is no ZIP file", _EXPORT_AGAIN)]) from error
    with packed:
        _check_sizes(source, packed)
        root = _root(packed.namelist())
        if root is None:
            problem = f"it is no export of Slack; it has none of: {', '.join(LISTS)}"
            raise InvalidInput([Fault(source, None, None, problem, _EXPORT_AGAIN)])
        faults: list[Fault] = []
        people = _people(source, packed, root, faults)
        channels = tuple(_channels(source, packed, root, people, faults))
        if faults:
            raise InvalidInput(faults)
        yield SlackArchive(source=source, packed=packed, people=people, channels=channels)


def _check_sizes(source: str, packed: zipfile.ZipFile) -> None:
    files = packed.infolist()
    faults = [
        Fault(source, None, file.filename[:200], f"it is larger than {FILE_LIMIT:,} bytes when unpacked", _EXPORT_AGAIN)
        for file in files
        if file.file_size > FILE_LIMIT and file.filename.endswith(".json")
    ]
    if len(files) > FILES_LIMIT or sum(file.file_size for file in files) > UNPACKED_LIMIT:
        problem = f"it holds more than {FILES_LIMIT:,} files or {UNPACKED_LIMIT:,} bytes when unpacked"
        faults.append(Fault(source, None, None, problem, "Export a shorter time."))
    if faults:
        raise InvalidInput(faults)


def _root(names: Sequence[str]) -> str | None:
    """The folder that the lists lie in, which is the whole file unless somebody packed it again."""
    lists = [name for name in names if name.rpartition("/")[2] in LISTS and not name.startswith("__MACOSX/")]
    roots = [name.removesuffix(name.rpartition("/")[2]) for name in lists]
    return min(roots, key=lambda root: root.count("/"), default=None)


def _people(source: str, packed: zipfile.ZipFile, root: str, faults: list[Fault]) -> dict[str, Person]:
    rows = [row for name in PEOPLE for row in _list_of(source, packed, f"{root}{name}", faults)]
    named = {row["id"]: row for row in rows if isinstance(row.get("id"), str)}
    names = {id: _name(row) or id for id, row in named.items()}
    many = Counter(names.values())
    return {
        id: Person(
            name=f"{names[id]} (@{row['name']})" if many[names[id]] > 1 and row.get("name") else names[id],
            title=" ".join(str(_profile(row).get("title") or "").split()),
            is_bot=bool(row.get("is_bot")) or id == "USLACKBOT",
        )
        for id, row in named.items()
    }


def _profile(row: Mapping[str, Any]) -> Mapping[str, Any]:
    profile = row.get("profile")
    return profile if isinstance(profile, Mapping) else {}


def _name(row: Mapping[str, Any]) -> str:
    profile = _profile(row)
    said = (profile.get("real_name"), row.get("real_name"), profile.get("display_name"), row.get("name"))
    return next((" ".join(str(name).split()) for name in said if name and str(name).strip()), "")


def _channels(
    source: str, packed: zipfile.ZipFile, root: str, people: Mapping[str, Person], faults: list[Fault]
) -> Iterator[Channel]:
    days: dict[str, list[tuple[date, str]]] = {}
    for file in packed.namelist():
        if file.startswith(root) and (found := _DAY_FILE.fullmatch(file[len(root) :])):
            try:
                days.setdefault(found[1], []).append((date.fromisoformat(found[2]), file))
            except ValueError:
                faults.append(Fault(source, None, file[:200], "its name is no day", _EXPORT_AGAIN))
    for name, kind in LISTS.items():
        for row in _list_of(source, packed, f"{root}{name}", faults):
            id, folder = row.get("id"), row.get("name") or row.get("id")
            if not isinstance(id, str) or not isinstance(folder, str):
                faults.append(Fault(source, None, name, "a conversation of the list has no id", _EXPORT_AGAIN))
                continue
            members = tuple(each for each in _as_list(row.get("members")) if isinstance(each, str))
            told = "private channel" if kind == "channel" and row.get("is_private") is True else kind
            yield Channel(
                id=id,
                name=_told(told, folder, members, people),
                kind=told,
                members=members,
                days=tuple(sorted(days.get(folder) or days.get(id) or ())),
            )


def _as_list(said: Any) -> list[Any]:
    return said if isinstance(said, list) else []


def _told(kind: str, name: str, members: Sequence[str], people: Mapping[str, Person]) -> str:
    """``#marketing``; of direct messages, who they are between."""
    if kind in ("channel", "private channel"):
        return f"#{name}"
    named = [people[id].name if id in people else id for id in members]
    return " and ".join(filter(None, (", ".join(named[:-1]), *named[-1:]))) or name


def _list_of(source: str, packed: zipfile.ZipFile, file: str, faults: list[Fault]) -> Sequence[Mapping[str, Any]]:
    """The objects of that list; none where the export has no such file."""
    if file not in packed.NameToInfo:
        return []
    found = _listed(source, packed, file)
    if isinstance(found, Fault):
        faults.append(found)
        return []
    return found


def _listed(source: str, packed: zipfile.ZipFile, file: str) -> list[Mapping[str, Any]] | Fault:
    def fault(problem: str) -> Fault:
        return Fault(source, None, file[:200], problem, _EXPORT_AGAIN)

    try:
        found = json.loads(packed.read(file))
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError) as error:
        # RuntimeError is also what a file with a password raises, and a JSON nested too deeply.
        return fault(f"the file inside cannot be read: {str(error)[:200] or type(error).__name__}")
    except ValueError as error:
        return fault(f"the file inside is not JSON: {str(error)[:200]}")
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        return fault("the file inside is no list of objects")
    return found
