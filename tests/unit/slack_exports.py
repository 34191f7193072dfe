"""A small Slack export of a test's own making."""

import json
import zipfile
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ANA, BO, APP = "U1", "U2", "U9"

USERS: Sequence[Mapping[str, Any]] = (
    {"id": ANA, "name": "ana", "profile": {"real_name": "Ana Ruiz", "title": "Head of marketing"}},
    {"id": BO, "name": "bo", "deleted": True, "real_name": "Bo Lind", "profile": {"display_name": "bobby"}},
    {"id": APP, "name": "chart", "is_bot": True, "profile": {"real_name": "Chart App"}},
)


def moment(text: str) -> datetime:
    """``3 12:30:05`` in May 2026, UTC."""
    return datetime.strptime(f"2026-05-{text}", "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)


def stamp(text: str) -> str:
    """The ``ts`` of that moment."""
    return f"{int(moment(text).timestamp())}.000100"


def said(at: str, user: str, text: str, **more: Any) -> dict[str, Any]:
    """A message; ``more`` are further fields of it, as Slack names them."""
    return {"type": "message", "ts": stamp(at), "user": user, "text": text, **more}


def export(
    path: Path,
    channels: Mapping[str, Sequence[Mapping[str, Any]]],
    *,
    lists: Mapping[str, Sequence[Mapping[str, Any]]] | None = None,
    root: str = "",
    files: Mapping[str, str | bytes] | None = None,
) -> Path:
    """The ZIP file with the messages of each channel, by the day of UTC; ``files`` are put in as they are.

    Without ``lists`` every channel is a public one, with the id ``C-name``.
    """
    listed = lists or {"channels.json": [{"id": f"C-{name}", "name": name, "members": [ANA, BO]} for name in channels]}
    days: dict[str, list[Mapping[str, Any]]] = {}
    for name, messages in channels.items():
        for each in messages:
            day = datetime.fromtimestamp(float(each["ts"]), UTC).date()
            days.setdefault(f"{name}/{day}.json", []).append(each)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in {"users.json": USERS, **listed, **days}.items():
            packed.writestr(f"{root}{name}", json.dumps(content))
        for name, data in (files or {}).items():
            packed.writestr(f"{root}{name}", data)
    return path
